/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-auditor.h"

#include "xs-audit-measures.h"
#include "xs-doubt.h"
#include "xs-error.h"
#include "xs-platform-photos.h"
#include "xs-platform-registration-check.h"
#include "xs-presence.h"

#include <math.h>
#include <string.h>

/* Of learners; each is 2 KiB. */
#define TEMPLATES_MAX 256
/* Measures of liveness of fewer pictures say nothing: docs/vision.md. */
#define LIVE_RUN_MIN 3
/*
 * The kiosk hashes the face of the frame, we that of the JPEG it became, found anew: where the head is held high it is
 * found elsewhere, and up to 90 bits differ. Of pictures with nothing in common 128 do, with a standard deviation of 8.
 */
#define CLAIM_BITS_MAX 104
/* Also without news the queue is looked at this often: the wall clock may be set. */
#define WAIT_MAX_US G_TIME_SPAN_MINUTE
/* Who took so many auditors with it is left to a person. */
#define CLAIMS_MAX 3

static const XsPlatformReader reader = { "auditor", "audit" };
static const XsPlatformReader check_reader = { "auditor", "check" };

struct _XsAuditor {
  XsPlatformStorage *storage;
  XsLooker *looker;
  gint64 lease_us;
  gboolean logs_turn;    /* neither logs nor registration photos keep the others waiting */
  GHashTable *templates; /* SHA-256 of registration photo → XsTemplate */
};

/* One log while it is judged. */
typedef struct {
  XsAuditor *auditor;
  const XsAuditJob *job;
  const XsTemplate *reference; /* NULL: nobody to compare with */
  XsTemplate sign_in;
  GArray *jpegs;        /* GBytes by photo; NULL: could not be opened */
  GArray *photos;       /* XsAuditPhoto */
  GArray *doubts;       /* XsWireReason */
  XsTeachingLog judged; /* the log with what is in the sealed files in the place of what the kiosk says of them */
  XsAuditFacts facts;
  double live_sum;
  guint n_live;
  gint64 end_us; /* monotonic: then no further photo is looked at */
} Case;

XsAuditor *
xs_auditor_new (XsPlatformStorage *storage, XsLooker *looker, gint64 lease_us)
{
  XsAuditor *auditor = g_new0 (XsAuditor, 1);

  auditor->storage = storage;
  auditor->looker = looker;
  auditor->lease_us = lease_us;
  auditor->templates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return auditor;
}

void
xs_auditor_free (XsAuditor *auditor)
{
  if (auditor == NULL)
    return;
  g_hash_table_unref (auditor->templates);
  g_free (auditor);
}

static void
doubt (Case *c, XsDoubt doubt_, const char *photo)
{
  XsWireReason reason = { .review = TRUE };

  g_strlcpy (reason.word, xs_doubt_nick (doubt_), sizeof reason.word);
  g_strlcpy (reason.photo, photo, sizeof reason.photo);
  g_array_append_val (c->doubts, reason);
}

/* Whether an error says something of the picture; else it is ours, and the log must wait. */
static gboolean
is_of_picture (const GError *error)
{
  return !g_error_matches (error, XS_ERROR, XS_ERROR_FAILED) && !xs_error_is_transient (error)
         && !g_error_matches (error, XS_ERROR, XS_ERROR_NO_SPACE) && !g_error_matches (error, XS_ERROR, XS_ERROR_IO);
}

/* TRUE with *@error cleared: the picture is at fault. */
static gboolean
forgive (GError **local_error, GError **error)
{
  if (is_of_picture (*local_error))
    {
      g_clear_error (local_error);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (local_error));
  return FALSE;
}

static gboolean
open_photos (Case *c, GError **error)
{
  const GArray *records = c->job->wire_log.log.photos;

  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr (GError) local_error = NULL;
      const char *sha256 = g_array_index (records, XsPhotoRecord, i).sha256;
      GBytes *jpeg = xs_platform_storage_read_photo (c->auditor->storage, sha256, &reader, &local_error);
      if (jpeg == NULL && !forgive (&local_error, error))
        return FALSE;
      g_array_append_val (c->jpegs, jpeg);
    }
  return TRUE;
}

/* @found: (out): FALSE when the photo of the register is none that a face can be compared with */
static gboolean
enrol_registered (Case *c, gboolean *found, GError **error)
{
  XsAuditor *auditor = c->auditor;
  const char *sha256 = c->job->registration_sha256;
  XsTemplate template;
  g_autoptr (GError) local_error = NULL;

  *found = FALSE;
  if (sha256[0] == '\0')
    return TRUE;
  c->reference = g_hash_table_lookup (auditor->templates, sha256);
  *found = c->reference != NULL;
  if (*found)
    return TRUE;
  g_autoptr (GBytes) jpeg =
    xs_platform_storage_read_registration_photo (auditor->storage, sha256, &reader, &local_error);
  if (jpeg == NULL || !xs_looker_enrol (auditor->looker, jpeg, &template, &local_error))
    return forgive (&local_error, error);
  if (g_hash_table_size (auditor->templates) >= TEMPLATES_MAX)
    g_hash_table_remove_all (auditor->templates);
  XsTemplate *kept = g_memdup2 (&template, sizeof template);
  g_hash_table_insert (auditor->templates, g_strdup (sha256), kept);
  c->reference = kept;
  *found = TRUE;
  return TRUE;
}

/* Then the photos can still be seen to show one person: the one who signed in. */
static gboolean
enrol_sign_in (Case *c, GError **error)
{
  const GArray *records = c->job->wire_log.log.photos;
  g_autoptr (GError) local_error = NULL;

  c->reference = NULL;
  for (guint i = 0; i < records->len; i++)
    {
      GBytes *jpeg = g_array_index (c->jpegs, GBytes *, i);
      if (g_array_index (records, XsPhotoRecord, i).event != XS_PHOTO_SIGN_IN || jpeg == NULL)
        continue;
      if (!xs_looker_enrol (c->auditor->looker, jpeg, &c->sign_in, &local_error))
        return forgive (&local_error, error);
      c->reference = &c->sign_in;
      return TRUE;
    }
  return TRUE;
}

/* Who was let in by a coach could not be compared with the register; the engine has that decided by a person anyway. */
static gboolean
choose_reference (Case *c, GError **error)
{
  gboolean found = FALSE;

  if (c->job->wire_log.log.admitted_by[0] != '\0')
    return enrol_sign_in (c, error);
  if (!enrol_registered (c, &found, error))
    return FALSE;
  if (found)
    return TRUE;
  doubt (c, XS_DOUBT_REGISTRATION, "");
  return enrol_sign_in (c, error);
}

/* What the kiosk says of a photo must be so: it judged this very picture. */
static void
check_claim (Case *c, const XsPhotoRecord *claim, const XsObservation *observation)
{
  const XsPolicy *policy = &c->job->policy;
  gboolean other_size = claim->width_px != observation->width_px || claim->height_px != observation->height_px;
  gboolean other_face = xs_picture_hash_distance (claim->picture_hash, observation->picture_hash) > CLAIM_BITS_MAX;
  gboolean other_match = claim->match >= policy->match_same && observation->match < policy->match_different;

  if (other_size || other_face || other_match)
    doubt (c, XS_DOUBT_CLAIM, claim->number);
}

static void
note_liveness (Case *c, const XsObservation *observation)
{
  if (!xs_measured (observation->live))
    return;
  double live = CLAMP ((double) observation->live, 1e-6, 1 - 1e-6);
  c->live_sum += log (live / (1 - live));
  c->n_live++;
}

/*
 * What of it the engine shall know. Whoever is hard to see is nobody else: a low match of an unclear picture only says
 * that the picture is of no use.
 */
static void
note_finding (Case *c, const XsPhotoRecord *claim, const XsObservation *observation, XsPresence presence)
{
  XsPhotoFinding finding = { .match = observation->match };
  gboolean low = !(observation->match >= c->job->policy.match_different);

  finding.faulty = presence == XS_PRESENCE_NO_FACE || presence == XS_PRESENCE_COVERED
                   || presence == XS_PRESENCE_SEVERAL_FACES
                   || (presence == XS_PRESENCE_UNVERIFIED && low && c->reference != NULL);
  if (finding.faulty && low)
    finding.match = NAN;
  g_strlcpy (finding.number, claim->number, sizeof finding.number);
  g_array_append_val (c->facts.findings, finding);
}

static void
note_unreadable (Case *c, XsAuditPhoto *photo, const char *why)
{
  g_strlcpy (photo->seen, XS_AUDIT_UNREADABLE, sizeof photo->seen);
  photo->match = photo->live = NAN;
  photo->measures = xs_audit_measures_of_failure (why);
  doubt (c, XS_DOUBT_UNREADABLE, photo->number);
}

static gboolean
look_at (Case *c, guint index, GError **error)
{
  const XsPhotoRecord *claim = &g_array_index (c->job->wire_log.log.photos, XsPhotoRecord, index);
  XsPhotoRecord *judged = &g_array_index (c->judged.photos, XsPhotoRecord, index);
  GBytes *jpeg = g_array_index (c->jpegs, GBytes *, index);
  XsAuditPhoto photo = { .taken_us = claim->wall_us };
  XsObservation observation;
  g_autoptr (GError) local_error = NULL;

  judged->sha256[0] = judged->picture_hash[0] = '\0';
  g_strlcpy (photo.number, claim->number, sizeof photo.number);
  if (jpeg != NULL)
    {
      g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (jpeg, NULL), g_bytes_get_size (jpeg));
      g_strlcpy (photo.plain_sha256, sha256, sizeof photo.plain_sha256);
      g_strlcpy (judged->sha256, sha256, sizeof judged->sha256);
    }
  if (jpeg == NULL)
    note_unreadable (c, &photo, "it is not here, or damaged");
  else if (g_get_monotonic_time () >= c->end_us)
    note_unreadable (c, &photo, "the time there is for a log was over before it could be looked at");
  else if (xs_looker_observe (c->auditor->looker, jpeg, c->reference, &observation, &local_error))
    {
      XsPresence presence = xs_presence_judge (&observation, &c->job->policy);
      g_strlcpy (photo.seen, xs_presence_nick (presence), sizeof photo.seen);
      g_strlcpy (photo.picture_hash, observation.picture_hash, sizeof photo.picture_hash);
      g_strlcpy (judged->picture_hash, observation.picture_hash, sizeof judged->picture_hash);
      photo.match = observation.match;
      photo.live = observation.live;
      photo.measures = xs_audit_measures_of (&observation);
      check_claim (c, claim, &observation);
      note_liveness (c, &observation);
      note_finding (c, claim, &observation, presence);
    }
  else if (is_of_picture (local_error))
    note_unreadable (c, &photo, local_error->message);
  else
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_array_append_val (c->photos, photo);
  return TRUE;
}

static gboolean
look_at_all (Case *c, GError **error)
{
  const XsPolicy *policy = &c->job->policy;

  for (guint i = 0; i < c->jpegs->len; i++)
    {
      if (!look_at (c, i, error))
        return FALSE;
    }
  if (policy->liveness && c->n_live >= LIVE_RUN_MIN
      && 1 / (1 + exp (-c->live_sum / c->n_live)) < (double) policy->live_min)
    doubt (c, XS_DOUBT_NOT_LIVE, "");
  return TRUE;
}

/* Nobody looks at its photos any more: one of them may be why the others came to no end. */
static void
give_up (Case *c)
{
  for (guint i = 0; i < c->job->wire_log.log.photos->len; i++)
    {
      const XsPhotoRecord *claim = &g_array_index (c->job->wire_log.log.photos, XsPhotoRecord, i);
      XsAuditPhoto photo = { .taken_us = claim->wall_us };
      g_strlcpy (photo.number, claim->number, sizeof photo.number);
      note_unreadable (c, &photo, "the auditor came to no end with this log");
      g_array_append_val (c->photos, photo);
    }
}

static void
clear_bytes (gpointer data)
{
  g_clear_pointer ((GBytes **) data, g_bytes_unref);
}

static void
case_init (Case *c, XsAuditor *auditor, const XsAuditJob *job)
{
  const XsTeachingLog *log = &job->wire_log.log;

  *c = (Case){ .auditor = auditor, .job = job };
  c->jpegs = g_array_new (FALSE, TRUE, sizeof (GBytes *));
  g_array_set_clear_func (c->jpegs, clear_bytes);
  c->photos = xs_audit_photos_new ();
  c->doubts = xs_wire_reasons_new ();
  c->judged = *log;
  c->judged.photos = g_array_copy (log->photos);
  c->judged.minutes = g_array_ref (log->minutes);
  c->judged.events = g_array_ref (log->events);
  xs_audit_facts_init (&c->facts);
}

static void
case_clear (Case *c)
{
  g_array_unref (c->jpegs);
  g_array_unref (c->photos);
  g_array_unref (c->doubts);
  xs_teaching_log_clear (&c->judged);
  xs_audit_facts_clear (&c->facts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

/* Judge by what is known now what was seen, until nothing of it has changed meanwhile. */
static gboolean
record (Case *c, XsAuditJob *job, GError **error)
{
  XsPlatformStorage *storage = c->auditor->storage;
  XsAuditOutcome outcome = XS_AUDIT_STALE;

  while (outcome == XS_AUDIT_STALE)
    {
      g_array_set_size (c->facts.others, 0);
      g_array_set_size (c->facts.seen, 0);
      if (!xs_platform_audit_read_facts (storage, job, &c->facts, error))
        return FALSE;
      g_autoptr (XsAudit) audit = xs_audit_log (&c->judged, &job->policy, &c->facts);
      if (!xs_platform_audit_finish (storage, job, audit, c->photos, c->doubts, &outcome, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
judge (XsAuditor *auditor, XsAuditJob *job, GError **error)
{
  g_auto (Case) c;

  case_init (&c, auditor, job);
  /* Early enough to have done with it before another auditor may take it. */
  c.end_us = g_get_monotonic_time () + auditor->lease_us / 2;
  xs_looker_begin (auditor->looker);
  if (job->claim.claims > CLAIMS_MAX)
    give_up (&c);
  else if (!open_photos (&c, error) || !choose_reference (&c, error) || !look_at_all (&c, error))
    return FALSE;
  return record (&c, job, error);
}

/* Registration photos */

/* (transfer full) (nullable): why no face can be compared with the photo. */
static char *
find_useless (const XsPhotoReport *report)
{
  const XsPhotoItem *faces = xs_photo_report_find (report, XS_PHOTO_FACES);
  const XsPhotoItem *useless =
    faces != NULL && faces->state == XS_PHOTO_FAIL ? faces : xs_photo_report_find_useless (report);

  return useless != NULL ? xs_photo_item_reason (useless) : NULL;
}

/* The worker wrote it: one line of UTF-8. (transfer full) */
static char *
clean_error (const char *message, gsize size)
{
  g_autofree char *part = g_strndup (message, size / 4);
  g_autofree char *valid = g_utf8_make_valid (part, -1);
  GString *line = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    g_string_append_unichar (line, g_unichar_iscntrl (g_utf8_get_char (at)) ? ' ' : g_utf8_get_char (at));
  return g_string_free (line, FALSE);
}

/* @found: (out): whether a photo was there that waited for it */
static gboolean
check_photo (XsAuditor *auditor, gboolean *found, GError **error)
{
  XsPlatformUnchecked next;
  XsPhotoReport report;
  g_auto (XsReviewPhotoCheck) check;
  g_autofree char *useless = NULL;
  g_autoptr (GError) local_error = NULL;

  xs_review_photo_check_init (&check);
  if (!xs_platform_registration_claim (auditor->storage, auditor->lease_us, &next, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  g_autoptr (GBytes) jpeg =
    xs_platform_storage_read_registration_photo (auditor->storage, next.sha256, &check_reader, &local_error);
  if (jpeg == NULL && is_of_picture (local_error))
    {
      /* For the platform's staff to mend, not for the learner: it is looked at again once the lease is over. */
      g_warning ("The registration photo of %s cannot be read, and waits: %s", next.stunum, local_error->message);
      return TRUE;
    }
  xs_looker_begin (auditor->looker);
  if (jpeg != NULL && xs_looker_check (auditor->looker, jpeg, &report, &local_error))
    {
      xs_review_photo_check_fill (&check, &report);
      useless = find_useless (&report);
    }
  else if (is_of_picture (local_error))
    {
      g_strlcpy (check.verdict, XS_REGISTRATION_UNREADABLE, sizeof check.verdict);
      g_autofree char *line = clean_error (local_error->message, sizeof check.error);
      g_strlcpy (check.error, line, sizeof check.error);
      useless = g_strdup (XS_REGISTRATION_UNREADABLE);
    }
  else
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  check.at_us = xs_clock_wall_us (xs_platform_storage_get_clock (auditor->storage));
  return xs_platform_registration_put_check (auditor->storage, &next, &check, useless, error);
}

gboolean
xs_auditor_run_one (XsAuditor *auditor, gboolean *found, gint64 *wait_us, GError **error)
{
  g_auto (XsAuditJob) job = { 0 };
  gint64 due_us;

  /* Looking costs nobody anything; claiming would make those wait who write. */
  *found = FALSE;
  *wait_us = WAIT_MAX_US;
  if (!xs_platform_audit_next_due (auditor->storage, &due_us, error))
    return FALSE;
  gint64 now_us = xs_clock_wall_us (xs_platform_storage_get_clock (auditor->storage));
  auditor->logs_turn = !auditor->logs_turn;
  if (!auditor->logs_turn || due_us > now_us)
    {
      *wait_us = 0;
      if (!check_photo (auditor, found, error))
        return FALSE;
      if (*found)
        return TRUE;
    }
  if (due_us > now_us)
    {
      *wait_us = MIN (due_us - now_us, WAIT_MAX_US);
      return TRUE;
    }
  *wait_us = 0;
  return xs_platform_audit_claim (auditor->storage, auditor->lease_us, &job, found, error)
         && (!*found || judge (auditor, &job, error));
}
