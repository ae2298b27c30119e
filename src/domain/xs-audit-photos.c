/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-private.h"

#include <math.h>

#include "xs-clock.h"

#define HASH_WORDS (XS_PICTURE_HASH_DIGITS / 16)
/* Who sits still looks the same for moments: docs/vision.md tells pictures apart that lie this far apart. */
#define APART_US (10 * (gint64) G_USEC_PER_SEC)

/* Photos one by one: when, whose, and whether they are their own. */

typedef struct {
  gboolean present;
  guint64 words[HASH_WORDS];
} Hash;

/* Of lower-case hex digits. */
static Hash
parse_hash (const char *text)
{
  Hash hash = { .present = strlen (text) == XS_PICTURE_HASH_DIGITS };

  for (guint i = 0; hash.present && i < XS_PICTURE_HASH_DIGITS; i++)
    {
      guint64 *word = &hash.words[i / 16];
      *word = *word << 4 | (guint64) (text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10);
    }
  return hash;
}

static gboolean
is_same_picture (const Hash *a, const Hash *b, gint64 bits)
{
  int differing = 0;

  if (!a->present || !b->present)
    return FALSE;
  for (guint i = 0; i < HASH_WORDS && differing <= bits; i++)
    differing += __builtin_popcountll (a->words[i] ^ b->words[i]);
  return differing <= bits;
}

static gboolean
is_apart (gint64 a_us, gint64 b_us)
{
  return MAX (a_us, b_us) - MIN (a_us, b_us) >= APART_US;
}

static gboolean
is_same_bytes (const char *a, const char *b)
{
  return *a != '\0' && strcmp (a, b) == 0;
}

/* The history holds the log's own photos, too, once the log has arrived. */
static gboolean
is_own (const XsJudge *judge, const XsSeenPhoto *seen)
{
  if (strcmp (seen->devnum, judge->log->devnum) != 0)
    return FALSE;
  for (guint i = 0; i < judge->n_photos; i++)
    {
      const XsPhotoRecord *record = judge->photos[i].record;
      if (strcmp (seen->number, record->number) == 0 && strcmp (seen->sha256, record->sha256) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
compare_with_history (XsJudge *judge, const Hash *hashes)
{
  const GArray *history = judge->facts->seen;

  for (guint s = 0; s < history->len; s++)
    {
      const XsSeenPhoto *seen = &g_array_index (history, XsSeenPhoto, s);
      Hash hash = parse_hash (seen->picture_hash);

      if (is_own (judge, seen))
        continue;
      for (guint i = 0; i < judge->n_photos; i++)
        {
          XsJudgedPhoto *photo = &judge->photos[i];

          photo->reused |= is_same_bytes (photo->record->sha256, seen->sha256)
                           || (is_apart (photo->record->wall_us, seen->wall_us)
                               && is_same_picture (&hashes[i], &hash, judge->rules->photo_reused_bits));
          photo->number_repeated |=
            strcmp (seen->devnum, judge->log->devnum) == 0 && strcmp (seen->number, photo->record->number) == 0;
        }
    }
}

static void
compare_with_earlier (XsJudge *judge, const Hash *hashes)
{
  for (guint i = 0; i < judge->n_photos; i++)
    {
      XsJudgedPhoto *photo = &judge->photos[i];

      for (guint e = 0; e < i; e++)
        {
          const XsPhotoRecord *earlier = judge->photos[e].record;

          photo->reused |= is_same_bytes (photo->record->sha256, earlier->sha256)
                           || (is_apart (photo->record->wall_us, earlier->wall_us)
                               && is_same_picture (&hashes[i], &hashes[e], judge->rules->photo_reused_bits));
          photo->number_repeated |= strcmp (earlier->number, photo->record->number) == 0;
        }
    }
}

static int
compare_photos (gconstpointer a, gconstpointer b)
{
  const XsPhotoRecord *first = ((const XsJudgedPhoto *) a)->record, *second = ((const XsJudgedPhoto *) b)->record;

  if (first->wall_us != second->wall_us)
    return first->wall_us < second->wall_us ? -1 : 1;
  int numbers = strcmp (first->number, second->number);
  return numbers != 0 ? numbers : ((const XsJudgedPhoto *) a)->index - ((const XsJudgedPhoto *) b)->index;
}

static gboolean
is_for_signing (const XsJudgedPhoto *photo)
{
  return photo->record->event == XS_PHOTO_SIGN_IN || photo->record->event == XS_PHOTO_SIGN_OUT;
}

static gboolean
is_someone_else (const XsJudge *judge, const XsJudgedPhoto *photo)
{
  return photo->match < judge->policy->match_different;
}

static gboolean
is_good (const XsJudge *judge, const XsJudgedPhoto *photo)
{
  XsRuleId mismatch = is_for_signing (photo) ? XS_RULE_SIGN_FACE_MISMATCH : XS_RULE_FACE_MISMATCH;

  return !isnan (photo->match) && !photo->faulty && (photo->inside || !xs_judge_is_on (judge, XS_RULE_PHOTO_OUTSIDE))
         && !(is_someone_else (judge, photo) && xs_judge_is_on (judge, mismatch))
         && !(photo->reused && xs_judge_is_on (judge, XS_RULE_PHOTO_REUSED))
         && !(photo->number_repeated && xs_judge_is_on (judge, XS_RULE_PHOTO_NUMBER_REPEATED));
}

static void
place (XsJudge *judge, XsJudgedPhoto *photo)
{
  const XsTeachingLog *log = judge->log;
  gint64 time_us = photo->record->wall_us;

  photo->inside = time_us >= log->start_wall_us && time_us <= log->end_wall_us;
  if (judge->n_minutes > 0)
    photo->minute = CLAMP ((time_us - log->start_wall_us) / XS_MINUTE_US, 0, (gint64) judge->n_minutes - 1);
}

static void
apply_findings (XsJudge *judge, XsJudgedPhoto *photo)
{
  for (guint i = 0; i < judge->facts->findings->len; i++)
    {
      const XsPhotoFinding *finding = &g_array_index (judge->facts->findings, XsPhotoFinding, i);

      if (strcmp (finding->number, photo->record->number) != 0)
        continue;
      photo->faulty |= finding->faulty;
      if (!isnan (finding->match))
        photo->match = finding->match;
    }
}

/* The last 18 of a log whose sign-out was made up: taken when the learner was back. */
static XsJudgedPhoto *
made_up_photo (const XsJudge *judge)
{
  if (judge->log->end_reason != XS_SIGN_OUT_MADE_UP)
    return NULL;
  for (guint i = judge->n_photos; i-- > 0;)
    {
      if (judge->photos[i].record->event == XS_PHOTO_SIGN_OUT)
        return &judge->photos[i];
    }
  return NULL;
}

void
xs_judge_photos_init (XsJudge *judge)
{
  const GArray *records = judge->log->photos;

  judge->n_photos = records->len;
  judge->photos = g_new0 (XsJudgedPhoto, records->len + 1);
  for (guint i = 0; i < records->len; i++)
    {
      XsJudgedPhoto *photo = &judge->photos[i];

      photo->record = &g_array_index (records, XsPhotoRecord, i);
      photo->index = (int) i;
      photo->match = photo->record->match;
      place (judge, photo);
      apply_findings (judge, photo);
    }
  qsort (judge->photos, judge->n_photos, sizeof *judge->photos, compare_photos);

  g_autofree Hash *hashes = g_new0 (Hash, judge->n_photos + 1);
  for (guint i = 0; i < judge->n_photos; i++)
    hashes[i] = parse_hash (judge->photos[i].record->picture_hash);
  compare_with_earlier (judge, hashes);
  compare_with_history (judge, hashes);

  XsJudgedPhoto *made_up = made_up_photo (judge);
  if (made_up != NULL && made_up->record->wall_us > judge->log->end_wall_us)
    made_up->inside = TRUE;
  for (guint i = 0; i < judge->n_photos; i++)
    judge->photos[i].good = is_good (judge, &judge->photos[i]);
}

static const XsJudgedPhoto *
first_inside (const XsJudge *judge)
{
  for (guint i = 0; i < judge->n_photos; i++)
    {
      if (judge->photos[i].inside)
        return &judge->photos[i];
    }
  return NULL;
}

static const XsJudgedPhoto *
last_inside (const XsJudge *judge)
{
  for (guint i = judge->n_photos; i-- > 0;)
    {
      if (judge->photos[i].inside)
        return &judge->photos[i];
    }
  return NULL;
}

static void
judge_first (XsJudge *judge)
{
  const XsJudgedPhoto *photo = first_inside (judge);
  gint64 latest_us = judge->log->start_wall_us + judge->rules->first_photo_within_s * G_USEC_PER_SEC;

  if (photo == NULL || !photo->good || photo->record->event != XS_PHOTO_SIGN_IN || photo->record->wall_us > latest_us)
    xs_judge_void (judge, XS_RULE_FIRST_PHOTO, 0, 0, 0, photo);
}

static void
judge_last (XsJudge *judge)
{
  const XsJudgedPhoto *photo = last_inside (judge);
  gint64 earliest_us = judge->log->end_wall_us - judge->rules->last_photo_within_s * G_USEC_PER_SEC;

  if (photo == NULL || !photo->good || photo->record->event != XS_PHOTO_SIGN_OUT
      || photo->record->wall_us < earliest_us)
    xs_judge_void (judge, XS_RULE_LAST_PHOTO, 0, 0, 0, photo);
}

static gboolean
is_signed_out (const XsJudge *judge)
{
  const XsJudgedPhoto *photo;
  gint64 end_us = judge->log->end_wall_us;

  switch (judge->log->end_reason)
    {
    case XS_SIGN_OUT_INTERRUPTED:
    case XS_SIGN_OUT_ABSENCE:
      return FALSE;
    case XS_SIGN_OUT_MADE_UP:
      photo = made_up_photo (judge);
      return photo != NULL && photo->good && photo->record->wall_us > end_us
             && photo->record->wall_us < xs_wall_midnight_us (end_us) + judge->rules->made_up_until_min * XS_MINUTE_US;
    case XS_SIGN_OUT_BY_LEARNER:
    case XS_SIGN_OUT_SEGMENT_FULL:
    case XS_SIGN_OUT_DAILY_CAP:
    default:
      return TRUE;
    }
}

/* Every inside photo for which @is_broken says so, each on its own. */
static void
judge_each (XsJudge *judge, XsRuleId rule, gboolean (*is_broken) (const XsJudge *judge, const XsJudgedPhoto *photo))
{
  if (!xs_judge_is_on (judge, rule))
    return;
  for (guint i = 0; i < judge->n_photos; i++)
    {
      const XsJudgedPhoto *photo = &judge->photos[i];

      if (is_broken (judge, photo))
        xs_judge_void (judge, rule, photo->minute, photo->minute + 1, photo->record->wall_us, photo);
    }
}

static gboolean
is_outside (const XsJudge *judge, const XsJudgedPhoto *photo)
{
  return !photo->inside;
}

static gboolean
is_sign_mismatch (const XsJudge *judge, const XsJudgedPhoto *photo)
{
  return photo->inside && is_for_signing (photo) && is_someone_else (judge, photo);
}

static gboolean
is_mismatch (const XsJudge *judge, const XsJudgedPhoto *photo)
{
  return photo->inside && !is_for_signing (photo) && is_someone_else (judge, photo);
}

static gboolean
is_unclear (const XsJudge *judge, const XsJudgedPhoto *photo)
{
  return photo->inside && photo->match >= judge->policy->match_different && photo->match < judge->policy->match_same;
}

static gboolean
is_reused (const XsJudge *judge, const XsJudgedPhoto *photo)
{
  return photo->reused;
}

static gboolean
is_number_repeated (const XsJudge *judge, const XsJudgedPhoto *photo)
{
  return photo->number_repeated;
}

void
xs_judge_photos (XsJudge *judge)
{
  XsSignOut reason = judge->log->end_reason;
  gboolean is_regular =
    reason == XS_SIGN_OUT_BY_LEARNER || reason == XS_SIGN_OUT_SEGMENT_FULL || reason == XS_SIGN_OUT_DAILY_CAP;
  gboolean is_closed = !judge->facts->open;

  if (judge->n_photos == 0 && is_closed && xs_judge_is_on (judge, XS_RULE_NO_PHOTOS))
    xs_judge_break (judge, XS_RULE_NO_PHOTOS);
  if (judge->n_photos > 0 && xs_judge_is_on (judge, XS_RULE_FIRST_PHOTO))
    judge_first (judge);
  if (judge->n_photos > 0 && is_regular && is_closed && xs_judge_is_on (judge, XS_RULE_LAST_PHOTO))
    judge_last (judge);
  if (is_closed && xs_judge_is_on (judge, XS_RULE_NO_SIGN_OUT) && !is_signed_out (judge))
    xs_judge_break (judge, XS_RULE_NO_SIGN_OUT);
  judge_each (judge, XS_RULE_PHOTO_OUTSIDE, is_outside);
  if (judge->log->admitted_by[0] != '\0' && xs_judge_is_on (judge, XS_RULE_ADMITTED))
    xs_judge_break (judge, XS_RULE_ADMITTED);
  judge_each (judge, XS_RULE_SIGN_FACE_MISMATCH, is_sign_mismatch);
  judge_each (judge, XS_RULE_FACE_MISMATCH, is_mismatch);
  judge_each (judge, XS_RULE_FACE_UNCLEAR, is_unclear);
  judge_each (judge, XS_RULE_PHOTO_REUSED, is_reused);
  judge_each (judge, XS_RULE_PHOTO_NUMBER_REPEATED, is_number_repeated);
}
