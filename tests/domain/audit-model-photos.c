/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audit-model-private.h"

#include <math.h>
#include <string.h>

static gboolean
is_sign (const Photo *photo)
{
  return photo->record->event == XS_PHOTO_SIGN_IN || photo->record->event == XS_PHOTO_SIGN_OUT;
}

static gboolean
is_someone_else (const Model *m, const Photo *photo)
{
  return photo->match < m->policy->match_different;
}

static gboolean
same_bytes (const char *a, const char *b)
{
  return a[0] != '\0' && strcmp (a, b) == 0;
}

static gboolean
similar_hash (const Model *m, const char *a, const char *b)
{
  gint64 bits = 0;

  if (a[0] == '\0' || b[0] == '\0')
    return FALSE;
  for (int d = 0; d < 64 && bits <= m->rules->photo_reused_bits; d++)
    {
      int differing = g_ascii_xdigit_value (a[d]) ^ g_ascii_xdigit_value (b[d]);

      bits += (differing & 1) + (differing >> 1 & 1) + (differing >> 2 & 1) + (differing >> 3 & 1);
    }
  return bits <= m->rules->photo_reused_bits;
}

/* Nobody who sits still can help looking the same within ten seconds. */
static gboolean
copies (const Model *m, const XsPhotoRecord *photo, const char *hash, gint64 wall_us)
{
  gint64 apart_us = photo->wall_us > wall_us ? photo->wall_us - wall_us : wall_us - photo->wall_us;

  return apart_us >= 10000000 && similar_hash (m, photo->picture_hash, hash);
}

/* A photo of the history that is one of this log. */
static gboolean
is_own (const Model *m, const XsSeenPhoto *seen)
{
  for (guint p = 0; p < m->n_photos; p++)
    {
      const XsPhotoRecord *record = m->photos[p].record;

      if (strcmp (seen->devnum, m->log->devnum) == 0 && strcmp (seen->number, record->number) == 0
          && strcmp (seen->sha256, record->sha256) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_reused (const Model *m, guint p)
{
  const XsPhotoRecord *photo = m->photos[p].record;

  for (guint q = 0; q < p; q++)
    {
      const XsPhotoRecord *earlier = m->photos[q].record;

      if (same_bytes (photo->sha256, earlier->sha256) || copies (m, photo, earlier->picture_hash, earlier->wall_us))
        return TRUE;
    }
  for (guint s = 0; s < m->facts->seen->len; s++)
    {
      const XsSeenPhoto *seen = &g_array_index (m->facts->seen, XsSeenPhoto, s);

      if ((same_bytes (photo->sha256, seen->sha256) || copies (m, photo, seen->picture_hash, seen->wall_us))
          && !is_own (m, seen))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_number_repeated (const Model *m, guint p)
{
  const XsPhotoRecord *photo = m->photos[p].record;

  for (guint q = 0; q < p; q++)
    {
      if (strcmp (photo->number, m->photos[q].record->number) == 0)
        return TRUE;
    }
  for (guint s = 0; s < m->facts->seen->len; s++)
    {
      const XsSeenPhoto *seen = &g_array_index (m->facts->seen, XsSeenPhoto, s);

      if (strcmp (seen->devnum, m->log->devnum) == 0 && strcmp (seen->number, photo->number) == 0 && !is_own (m, seen))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_bad (const Model *m, guint p)
{
  const Photo *photo = &m->photos[p];

  if (!photo->inside && is_on (m, XS_RULE_PHOTO_OUTSIDE))
    return TRUE;
  if (isnan (photo->match))
    return TRUE;
  if (photo->faulty)
    return TRUE;
  if (is_someone_else (m, photo) && is_on (m, is_sign (photo) ? XS_RULE_SIGN_FACE_MISMATCH : XS_RULE_FACE_MISMATCH))
    return TRUE;
  if (is_on (m, XS_RULE_PHOTO_REUSED) && is_reused (m, p))
    return TRUE;
  return is_on (m, XS_RULE_PHOTO_NUMBER_REPEATED) && is_number_repeated (m, p);
}

/* The platform's own look; of several at one photo the last match goes. */
static void
look_up_findings (const Model *m, Photo *photo)
{
  for (guint f = 0; f < m->facts->findings->len; f++)
    {
      const XsPhotoFinding *finding = &g_array_index (m->facts->findings, XsPhotoFinding, f);

      if (strcmp (finding->number, photo->record->number) != 0)
        continue;
      if (finding->faulty)
        photo->faulty = TRUE;
      if (!isnan (finding->match))
        photo->match = finding->match;
    }
}

static int
compare_photos (gconstpointer a, gconstpointer b)
{
  const Photo *x = a, *y = b;
  int order = strcmp (x->record->number, y->record->number);

  if (x->record->wall_us != y->record->wall_us)
    return x->record->wall_us < y->record->wall_us ? -1 : 1;
  return order != 0 ? order : x->index - y->index;
}

/* The made-up sign-out photo: NULL when there is none. */
static Photo *
find_made_up (const Model *m)
{
  Photo *last = NULL;

  if (m->log->end_reason != XS_SIGN_OUT_MADE_UP)
    return NULL;
  for (guint p = 0; p < m->n_photos; p++)
    {
      if (m->photos[p].record->event == XS_PHOTO_SIGN_OUT)
        last = &m->photos[p];
    }
  return last != NULL && last->record->wall_us > m->log->end_wall_us ? last : NULL;
}

void
collect_photos (Model *m)
{
  m->n_photos = m->log->photos->len;
  m->photos = g_new0 (Photo, m->n_photos);

  for (guint p = 0; p < m->n_photos; p++)
    {
      const XsPhotoRecord *record = &g_array_index (m->log->photos, XsPhotoRecord, p);
      gboolean inside = record->wall_us >= m->log->start_wall_us && record->wall_us <= m->log->end_wall_us;

      m->photos[p] = (Photo){ record, (int) p, inside, record->wall_us, record->match };
      look_up_findings (m, &m->photos[p]);
    }
  if (m->n_photos > 0)
    qsort (m->photos, m->n_photos, sizeof (Photo), compare_photos);

  Photo *made_up = find_made_up (m);
  if (made_up != NULL)
    {
      made_up->inside = TRUE;
      made_up->at_us = m->log->end_wall_us;
    }
  for (guint p = 0; p < m->n_photos; p++)
    m->photos[p].bad = is_bad (m, p);
}

static gboolean
is_in_slot (const Model *m, const Photo *photo, const Slot *slot)
{
  if (!photo->inside)
    return FALSE;
  if (photo->at_us == m->log->end_wall_us)
    return slot->end_us == m->log->end_wall_us;
  return photo->at_us >= slot->start_us && photo->at_us < slot->end_us;
}

/* One slot: [@from_us, @to_us) before it is cut to the log. */
static void
add_slot (Model *m, gint64 from_us, gint64 to_us)
{
  const XsTeachingLog *log = m->log;
  Slot slot = { MAX (from_us, log->start_wall_us), MIN (to_us, log->end_wall_us) };
  XsSlot answer = { slot.start_us, slot.end_us, XS_SLOT_GOOD };
  gint64 length_us = slot.end_us - slot.start_us;
  gboolean cut = slot.start_us > from_us || slot.end_us < to_us;

  slot.last_of_open = m->facts->open && slot.end_us == log->end_wall_us;
  if (slot.last_of_open)
    {
      length_us = to_us - slot.start_us;
      cut = slot.start_us > from_us;
    }
  slot.needs_photo = !cut || length_us >= m->rules->slot_partial_min_s * SEC_US;

  for (guint p = 0; p < m->n_photos; p++)
    {
      if (!is_in_slot (m, &m->photos[p], &slot))
        continue;
      slot.has_photo = TRUE;
      if (!m->photos[p].bad)
        slot.has_good = TRUE;
    }
  slot.fails = slot.needs_photo && !slot.has_good && !slot.last_of_open;

  if (!slot.needs_photo)
    answer.state = XS_SLOT_EXEMPT;
  else if (slot.has_good)
    answer.state = XS_SLOT_GOOD;
  else if (slot.last_of_open)
    answer.state = XS_SLOT_OPEN;
  else if (slot.has_photo)
    answer.state = XS_SLOT_BAD;
  else
    answer.state = XS_SLOT_MISSING;
  if (slot.last_of_open)
    answer.end_wall_us = to_us;

  g_array_append_val (m->slots, slot);
  g_array_append_val (m->audit->slots, answer);
}

void
collect_slots (Model *m)
{
  gint64 interval_us = m->policy->snapshot_interval_s * SEC_US;
  gint64 origin_us = m->log->start_wall_us;

  m->slots = g_array_new (FALSE, FALSE, sizeof (Slot));
  if (m->n_minutes == 0)
    return;

  if (m->rules->slots_by_clock)
    origin_us = day_of (m->log->start_wall_us) * DAY_US - DAY_US / 3;
  for (gint64 from_us = origin_us; from_us < m->log->end_wall_us; from_us += interval_us)
    {
      if (from_us + interval_us > m->log->start_wall_us)
        add_slot (m, from_us, from_us + interval_us);
    }
}

/* The rules about single photos. */

static void
judge_no_photos (Model *m)
{
  if (is_on (m, XS_RULE_NO_PHOTOS) && !m->facts->open && m->n_photos == 0)
    broken (m, XS_RULE_NO_PHOTOS, -1);
}

static void
judge_first_photo (Model *m)
{
  const Photo *first = NULL;

  if (!is_on (m, XS_RULE_FIRST_PHOTO) || m->n_photos == 0)
    return;
  for (guint p = m->n_photos; p > 0; p--)
    {
      if (m->photos[p - 1].inside)
        first = &m->photos[p - 1];
    }
  if (first == NULL)
    broken (m, XS_RULE_FIRST_PHOTO, -1);
  else if (first->record->event != XS_PHOTO_SIGN_IN || first->bad
           || first->at_us - m->log->start_wall_us > m->rules->first_photo_within_s * SEC_US)
    broken (m, XS_RULE_FIRST_PHOTO, first->index);
}

static void
judge_last_photo (Model *m)
{
  XsSignOut reason = m->log->end_reason;
  gboolean regular =
    reason == XS_SIGN_OUT_BY_LEARNER || reason == XS_SIGN_OUT_SEGMENT_FULL || reason == XS_SIGN_OUT_DAILY_CAP;
  const Photo *last = NULL;

  if (!is_on (m, XS_RULE_LAST_PHOTO) || m->facts->open || m->n_photos == 0 || !regular)
    return;
  for (guint p = 0; p < m->n_photos; p++)
    {
      if (m->photos[p].inside)
        last = &m->photos[p];
    }
  if (last == NULL)
    broken (m, XS_RULE_LAST_PHOTO, -1);
  else if (last->record->event != XS_PHOTO_SIGN_OUT || last->bad
           || m->log->end_wall_us - last->at_us > m->rules->last_photo_within_s * SEC_US)
    broken (m, XS_RULE_LAST_PHOTO, last->index);
}

static void
judge_no_sign_out (Model *m)
{
  XsSignOut reason = m->log->end_reason;
  gint64 end_us = m->log->end_wall_us;
  const Photo *made_up = find_made_up (m);
  gboolean allowed = made_up != NULL && !made_up->bad && day_of (made_up->record->wall_us) == day_of (end_us)
                     && minute_of_day (made_up->record->wall_us) < m->rules->made_up_until_min;

  if (!is_on (m, XS_RULE_NO_SIGN_OUT) || m->facts->open)
    return;
  if (reason == XS_SIGN_OUT_INTERRUPTED || reason == XS_SIGN_OUT_ABSENCE || (reason == XS_SIGN_OUT_MADE_UP && !allowed))
    broken (m, XS_RULE_NO_SIGN_OUT, -1);
}

static void
broken_by_photo (Model *m, XsRuleId rule, const Photo *photo)
{
  broken_at_moment (m, rule, minute_at (m, photo->at_us), photo->record->wall_us, photo->index);
}

static void
judge_admitted (Model *m)
{
  if (is_on (m, XS_RULE_ADMITTED) && strlen (m->log->admitted_by) > 0)
    broken (m, XS_RULE_ADMITTED, -1);
}

static void
judge_each_photo (Model *m)
{
  for (guint p = 0; p < m->n_photos; p++)
    {
      const Photo *photo = &m->photos[p];
      gboolean unclear = photo->match >= m->policy->match_different && photo->match < m->policy->match_same;

      if (is_on (m, XS_RULE_PHOTO_OUTSIDE) && !photo->inside)
        broken (m, XS_RULE_PHOTO_OUTSIDE, photo->index);
      if (is_on (m, XS_RULE_SIGN_FACE_MISMATCH) && photo->inside && is_sign (photo) && is_someone_else (m, photo))
        broken_by_photo (m, XS_RULE_SIGN_FACE_MISMATCH, photo);
      if (is_on (m, XS_RULE_FACE_MISMATCH) && photo->inside && !is_sign (photo) && is_someone_else (m, photo))
        broken_by_photo (m, XS_RULE_FACE_MISMATCH, photo);
      if (is_on (m, XS_RULE_FACE_UNCLEAR) && photo->inside && unclear)
        broken_by_photo (m, XS_RULE_FACE_UNCLEAR, photo);
      if (is_on (m, XS_RULE_PHOTO_REUSED) && is_reused (m, p))
        broken_by_photo (m, XS_RULE_PHOTO_REUSED, photo);
      if (is_on (m, XS_RULE_PHOTO_NUMBER_REPEATED) && is_number_repeated (m, p))
        broken_by_photo (m, XS_RULE_PHOTO_NUMBER_REPEATED, photo);
    }
}

/* The rules about slots. */

static void
judge_photo_missing (Model *m, const Slot *slot)
{
  gint64 middle_us = slot->start_us + (slot->end_us - slot->start_us) / 2;

  if (!is_on (m, XS_RULE_PHOTO_MISSING) || !slot->fails || slot->has_photo)
    return;
  broken_at_moment (m, XS_RULE_PHOTO_MISSING, minute_at (m, middle_us), middle_us, -1);
}

static void
judge_photo_bad (Model *m, const Slot *slot)
{
  if (!is_on (m, XS_RULE_PHOTO_BAD) || !slot->fails)
    return;
  for (guint p = 0; p < m->n_photos; p++)
    {
      if (is_in_slot (m, &m->photos[p], slot))
        broken_by_photo (m, XS_RULE_PHOTO_BAD, &m->photos[p]);
    }
}

static void
judge_photos_in_a_row (Model *m)
{
  const Slot *slots = (const Slot *) m->slots->data;

  if (!is_on (m, XS_RULE_PHOTOS_IN_A_ROW))
    return;
  for (guint k = 0; k < m->slots->len; k++)
    {
      guint first = k, last = k;
      gint64 n_failing = 0;

      for (; k < m->slots->len && (slots[k].fails || !slots[k].needs_photo); k++)
        {
          if (!slots[k].fails)
            continue;
          if (n_failing == 0)
            first = k;
          last = k;
          n_failing++;
        }
      if (n_failing == 0 || n_failing < m->rules->in_a_row_count)
        continue;
      if (m->rules->rule[XS_RULE_PHOTOS_IN_A_ROW].voids == XS_VOIDS_MINUTES)
        void_minutes (m, XS_RULE_PHOTOS_IN_A_ROW, minute_at (m, slots[first].start_us),
                      minute_at (m, slots[last].end_us - 1) + 1, -1);
      else
        broken (m, XS_RULE_PHOTOS_IN_A_ROW, -1);
    }
}

static void
judge_photo_count (Model *m)
{
  gint64 claimed_s = m->log->credited_s / 60 * 60;
  gint64 needed = m->rules->photo_count_extra;
  gint64 good = 0;

  for (gint64 s = 0; s < claimed_s; s += m->policy->snapshot_interval_s)
    needed++;
  for (guint p = 0; p < m->n_photos; p++)
    good += !m->photos[p].bad;

  if (is_on (m, XS_RULE_PHOTO_COUNT) && !m->facts->open && good < needed)
    broken (m, XS_RULE_PHOTO_COUNT, -1);
}

void
judge_photos (Model *m)
{
  judge_no_photos (m);
  judge_first_photo (m);
  judge_last_photo (m);
  judge_no_sign_out (m);
  judge_admitted (m);
  judge_each_photo (m);
  for (guint k = 0; k < m->slots->len; k++)
    {
      judge_photo_missing (m, &g_array_index (m->slots, Slot, k));
      judge_photo_bad (m, &g_array_index (m->slots, Slot, k));
    }
  judge_photos_in_a_row (m);
  judge_photo_count (m);
}
