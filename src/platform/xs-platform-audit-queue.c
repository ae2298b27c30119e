/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-audit-private.h"

#include "xs-doubt.h"
#include "xs-error.h"
#include "xs-sql-queue.h"

#include <string.h>

/* Logs to be judged: claimed, judged with what the register knows, and recorded. */

/* No log is longer. */
#define LOG_MAX_US G_TIME_SPAN_DAY
#define QUEUE "audit_job"

/* That a log cannot be read back, having been checked when it came, is damage. */
static gboolean
read_claimed (XsPlatformStorage *storage, XsAuditJob *job, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql,
                    "SELECT log_document.bytes, log.received_us, audit.version, learner.photo_sha256"
                    " FROM log JOIN audit ON audit.log_id = log.id"
                    " JOIN log_document ON log_document.log_id = log.id"
                    "  AND log_document.received_us = log.received_us"
                    " LEFT JOIN learner ON learner.stunum = log.stunum WHERE log.id = ?",
                    error, "i", job->claim.id);

  if (cursor == NULL || !xs_sql_row_step (cursor, &has_row, error))
    return FALSE;
  g_autoptr (GBytes) bytes = has_row ? xs_sql_row_bytes (cursor, 0) : NULL;
  if (bytes == NULL || !xs_wire_log_decode (&job->wire_log, bytes, NULL))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "Log %" G_GINT64_FORMAT " of the database cannot be read",
                   job->claim.id);
      return FALSE;
    }
  const char *photo = xs_sql_row_string (cursor, 3);
  job->received_us = xs_sql_row_int (cursor, 1);
  job->version = xs_sql_row_int (cursor, 2);
  g_strlcpy (job->registration_sha256, photo != NULL ? photo : "", sizeof job->registration_sha256);
  return TRUE;
}

gboolean
xs_platform_audit_claim (XsPlatformStorage *storage, gint64 lease_us, XsAuditJob *job, gboolean *found, GError **error)
{
  const XsTeachingLog *log = &job->wire_log.log;

  xs_audit_job_clear (job);
  *job = (XsAuditJob){ .claimed_us = xs_clock_wall_us (storage->clock) };
  xs_wire_log_init (&job->wire_log);
  g_autoptr (GArray) claims = xs_sql_queue_claim (storage->sql, QUEUE, 1, job->claimed_us, lease_us, error);
  if (claims == NULL)
    return FALSE;
  *found = claims->len > 0;
  if (!*found)
    return TRUE;
  job->claim = g_array_index (claims, XsSqlClaim, 0);
  return read_claimed (storage, job, error)
         && xs_audit_read_policy (storage, log->policy_id, log->policy_version, &job->policy, error);
}

gboolean
xs_platform_audit_count_waiting (XsPlatformStorage *storage, gint64 *count, GError **error)
{
  return xs_sql_query_int (storage->sql, count, 0, "SELECT count (*) FROM audit_job", error, "");
}

gboolean
xs_platform_audit_next_due (XsPlatformStorage *storage, gint64 *due_us, GError **error)
{
  return xs_sql_query_int (storage->sql, due_us, G_MAXINT64, "SELECT min (due_us) FROM audit_job", error, "");
}

XsSqlWatch *
xs_platform_audit_watch_queue (XsPlatformStorage *storage)
{
  return xs_sql_watch_new (storage->sql, XS_AUDIT_QUEUE_CHANNEL);
}

/* From audit: the logs but log_id that share learner and days, or device and time; by eight parameters. */
#define OTHERS                                                                                                         \
  " FROM audit WHERE log_id <> ? AND ((stunum = ? AND start_us >= ? AND start_us < ?)"                                 \
  " OR (devnum = ? AND start_us > ? AND start_us < ? AND end_us > ?))"

static XsSqlRow *
prepare_others (XsPlatformStorage *storage, const char *text, gint64 log_id, const XsTeachingLog *log, GError **error)
{
  gint64 midnight_us = xs_wall_midnight_us (log->start_wall_us);
  gint64 until_us = MAX (log->end_wall_us, midnight_us + 2 * G_TIME_SPAN_DAY);

  return xs_sql_prepare (storage->sql, text, error, "isiisiii", log_id, log->stunum, midnight_us - G_TIME_SPAN_DAY,
                         until_us, log->devnum, log->start_wall_us - LOG_MAX_US, log->end_wall_us, log->start_wall_us);
}

/* Logs are never removed, and the versions of each only grow: the sum tells any change. */
static gboolean
read_around (XsPlatformStorage *storage, const XsAuditJob *job, gint64 *around, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row = prepare_others (storage, "SELECT cast (sum (version + 1) AS BIGINT)" OTHERS, job->claim.id,
                                             &job->wire_log.log, error);

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  *around = xs_sql_row_is_null (row, 0) ? 0 : xs_sql_row_int (row, 0);
  return TRUE;
}

gboolean
xs_audit_read_others (XsPlatformStorage *storage, gint64 log_id, const XsTeachingLog *log, XsAuditFacts *facts,
                      GError **error)
{
  gboolean ok;
  g_autoptr (XsSqlRow) cursor =
    prepare_others (storage,
                    "SELECT stunum, devnum, recnum, subjcode, start_us, end_us, credited_min, credited_next_min" OTHERS,
                    log_id, log, error);

  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      XsOtherLog other = { .start_wall_us = xs_sql_row_int (cursor, 4),
                           .end_wall_us = xs_sql_row_int (cursor, 5),
                           .credited_min = { xs_sql_row_int (cursor, 6), xs_sql_row_int (cursor, 7) } };
      g_strlcpy (other.stunum, xs_sql_row_string (cursor, 0), sizeof other.stunum);
      g_strlcpy (other.devnum, xs_sql_row_string (cursor, 1), sizeof other.devnum);
      g_strlcpy (other.recnum, xs_sql_row_string (cursor, 2), sizeof other.recnum);
      g_strlcpy (other.subjcode, xs_sql_row_string (cursor, 3), sizeof other.subjcode);
      g_array_append_val (facts->others, other);
    }
  return ok;
}

/* What was taken later does not count: a copy would void its original. */
static gboolean
read_seen (XsPlatformStorage *storage, const XsAuditJob *job, XsAuditFacts *facts, GError **error)
{
  gboolean ok;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql,
                    "SELECT devnum, number, plain_sha256, picture_hash, taken_us"
                    " FROM audit_photo WHERE stunum = ? AND taken_us < ? AND log_id <> ?",
                    error, "sii", job->wire_log.log.stunum, job->wire_log.log.start_wall_us, job->claim.id);

  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      XsSeenPhoto seen = { .wall_us = xs_sql_row_int (cursor, 4) };
      g_strlcpy (seen.devnum, xs_sql_row_string (cursor, 0), sizeof seen.devnum);
      g_strlcpy (seen.number, xs_sql_row_string (cursor, 1), sizeof seen.number);
      g_strlcpy (seen.sha256, xs_sql_row_string (cursor, 2), sizeof seen.sha256);
      g_strlcpy (seen.picture_hash, xs_sql_row_string (cursor, 3), sizeof seen.picture_hash);
      g_array_append_val (facts->seen, seen);
    }
  return ok;
}

gboolean
xs_platform_audit_read_facts (XsPlatformStorage *storage, XsAuditJob *job, XsAuditFacts *facts, GError **error)
{
  const XsTeachingLog *log = &job->wire_log.log;
  gint64 n_learners, is_filed;

  if (!read_around (storage, job, &job->around, error)
      || !xs_sql_query_int (storage->sql, &n_learners, 0,
                            "SELECT count (*) FROM learner WHERE stunum = ? AND erased_us IS NULL", error, "s",
                            log->stunum)
      || !xs_sql_query_int (storage->sql, &is_filed, 0, "SELECT filed FROM school", error, ""))
    return FALSE;
  facts->now_wall_us = xs_clock_wall_us (storage->clock);
  facts->received_wall_us = job->received_us;
  facts->learner_known = n_learners > 0;
  facts->school_filed = is_filed != 0;
  g_strlcpy (facts->device_inscode, storage->inscode, sizeof facts->device_inscode);
  return xs_audit_read_others (storage, job->claim.id, log, facts, error) && read_seen (storage, job, facts, error);
}

typedef struct {
  XsPlatformStorage *storage;
  const XsAuditJob *job;
  const XsAudit *audit;
  const GArray *photos;
  const GArray *doubts;
  XsAuditOutcome outcome;
} FinishCall;

static gboolean
store_photos (const FinishCall *call, GError **error)
{
  XsSql *sql = call->storage->sql;
  const XsTeachingLog *log = &call->job->wire_log.log;

  if (!xs_sql_run (sql, "DELETE FROM audit_photo WHERE log_id = ?", error, "i", call->job->claim.id))
    return FALSE;
  for (guint i = 0; i < call->photos->len; i++)
    {
      const XsAuditPhoto *photo = &g_array_index (call->photos, XsAuditPhoto, i);
      if (!xs_sql_run (sql,
                       "INSERT INTO audit_photo (log_id, number, devnum, stunum, taken_us, seen, plain_sha256,"
                       " picture_hash, likeness, live, measures)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       error, "isssisssdds", call->job->claim.id, photo->number, log->devnum, log->stunum,
                       photo->taken_us, photo->seen, photo->plain_sha256, photo->picture_hash, photo->match,
                       photo->live, photo->measures))
        return FALSE;
    }
  return TRUE;
}

static gint64
weight_of (const char *word)
{
  static const struct {
    const char *word;
    gint64 weight;
  } weights[] = {
    { "sign_face_mismatch", 500 }, { "face_mismatch", 500 }, { "photo_reused", 400 },      { "photo_unreadable", 400 },
    { "photo_claim", 400 },        { "concurrent", 300 },    { "photo_not_live", 300 },    { "admitted", 200 },
    { "clock_anomaly", 100 },      { "face_unclear", 100 },  { "registration_photo", 50 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    {
      if (strcmp (word, weights[i].word) == 0)
        return weights[i].weight;
    }
  return 10;
}

/* What a reviewer should see first: grave reasons, each once, then doubtful faces. */
static gint64
rate (const GArray *reasons, const GArray *photos)
{
  gint64 risk = 0;
  double lowest = 1;

  for (guint i = 0; i < reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      gboolean repeated = i > 0 && strcmp (reason->word, (reason - 1)->word) == 0;
      risk += repeated ? 1 : weight_of (reason->word);
    }
  for (guint i = 0; i < photos->len; i++)
    {
      double match = g_array_index (photos, XsAuditPhoto, i).match;
      if (match < lowest)
        lowest = match;
    }
  return risk + (gint64) (100 * (1 - lowest));
}

static gboolean
asks_a_person (const FinishCall *call)
{
  if (call->audit->verdict == XS_VERDICT_PENDING)
    return TRUE;
  for (guint i = 0; i < call->doubts->len; i++)
    {
      const XsWireReason *doubt = &g_array_index (call->doubts, XsWireReason, i);
      /* What nobody could look at may hide anything; other doubts about a log that is void anyway are idle. */
      if (call->audit->verdict != XS_VERDICT_VOID || strcmp (doubt->word, xs_doubt_nick (XS_DOUBT_UNREADABLE)) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
make_step (const FinishCall *call, const XsAuditRow *row, XsAuditStep *step)
{
  const XsAuditJob *job = call->job;

  step->reasons = xs_wire_reasons_new ();
  xs_audit_step_from_audit (step, &job->wire_log.log, call->audit);
  g_array_append_vals (step->reasons, call->doubts->data, call->doubts->len);
  g_strlcpy (step->who, "auditor", sizeof step->who);
  g_strlcpy (step->policy_id, job->policy.id, sizeof step->policy_id);
  step->policy_version = job->policy.version;
  if (asks_a_person (call))
    {
      step->to = XS_AUDIT_NEEDS_HUMAN;
      step->verdict = XS_VERDICT_PENDING;
    }
  else
    step->to = step->verdict == XS_VERDICT_VOID ? XS_AUDIT_FAILED : XS_AUDIT_PASSED;
  if (row->appeal_open)
    step->to = XS_AUDIT_APPEALED;
}

/* (out) whether the last step said just this. */
static gboolean
is_known (XsPlatformStorage *storage, const XsAuditRow *row, const XsAuditStep *step, gboolean *known, GError **error)
{
  gint64 count;
  g_autofree char *reasons = xs_wire_reasons_encode (step->reasons);

  if (!xs_sql_query_int (storage->sql, &count, 0,
                         "SELECT count (*) FROM audit_step WHERE log_id = ? AND version = ? AND to_state = ?"
                         " AND verdict = ? AND credited_min = ? AND credited_next_min = ? AND reasons = ?",
                         error, "iissiis", row->log_id, row->version, xs_audit_state_nick (step->to),
                         xs_verdict_nick (step->verdict), (gint64) step->credited_min[0],
                         (gint64) step->credited_min[1], reasons))
    return FALSE;
  *known = count > 0;
  return TRUE;
}

/* Verdicts of auditors that this one makes stale. Those of people stand. */
static gboolean
queue_neighbours (const FinishCall *call, const XsAuditRow *row, const XsAuditStep *step, GError **error)
{
  const XsTeachingLog *log = &call->job->wire_log.log;
  XsPlatformStorage *storage = call->storage;
  gboolean is_first = row->version == 0, ok;
  gboolean is_new_credit = memcmp (row->credited_min, step->credited_min, sizeof row->credited_min) != 0;
  gint64 end_us = MAX (log->end_wall_us, log->start_wall_us);
  g_autoptr (GArray) queued = g_array_new (FALSE, FALSE, sizeof (gint64[2]));

  if (!is_first && !is_new_credit)
    return TRUE;
  g_autoptr (XsSqlRow) cursor = xs_sql_prepare (
    storage->sql,
    "SELECT log_id, start_us FROM audit WHERE log_id <> ? AND state IN ('needs_human', 'passed', 'failed', 'appealed')"
    " AND ((? = 1 AND judged_us <= ? AND ((stunum = ? AND end_us > ?)"
    "   OR (devnum = ? AND start_us > ? AND start_us < ? AND end_us > ?)))"
    "  OR (? = 1 AND stunum = ? AND start_us >= ? AND start_us < ?)) ORDER BY start_us",
    error, "iiisisiiiisii", row->log_id, (gint64) is_first, row->received_us, log->stunum, log->start_wall_us,
    log->devnum, log->start_wall_us - LOG_MAX_US, end_us, log->start_wall_us, (gint64) is_new_credit, log->stunum,
    log->start_wall_us, xs_wall_midnight_us (log->start_wall_us) + 2 * G_TIME_SPAN_DAY);
  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      gint64 entry[] = { xs_sql_row_int (cursor, 0), xs_sql_row_int (cursor, 1) };
      g_array_append_val (queued, entry);
    }
  /* By their start: what an earlier one leaves of the day's cap is known before a later one is judged. */
  for (guint i = 0; ok && i < queued->len; i++)
    {
      const gint64 *entry = &g_array_index (queued, gint64, 2 * i);
      ok = xs_audit_queue (storage, entry[0], entry[1], error);
    }
  return ok;
}

static gboolean
finish (XsSql *sql, gpointer data, GError **error)
{
  FinishCall *call = data;
  XsAuditRow row;
  g_auto (XsAuditStep) step = { 0 };
  gboolean known, mine;
  gint64 around;

  if (!read_around (call->storage, call->job, &around, error))
    return FALSE;
  call->outcome = around == call->job->around ? XS_AUDIT_RECORDED : XS_AUDIT_STALE;
  if (call->outcome == XS_AUDIT_STALE)
    return TRUE;
  if (!xs_sql_queue_finish (sql, QUEUE, &call->job->claim, &mine, error))
    return FALSE;
  call->outcome = mine ? XS_AUDIT_RECORDED : XS_AUDIT_LATE;
  if (!mine)
    return TRUE;
  if (!xs_audit_row_read (call->storage, call->job->claim.id, &row, error))
    return FALSE;
  /* A person was faster. */
  if (row.version != call->job->version || row.state == XS_AUDIT_DECIDED || row.state == XS_AUDIT_READY
      || row.state == XS_AUDIT_SENT)
    return TRUE;
  make_step (call, &row, &step);
  row.risk = rate (step.reasons, call->photos);
  if (!store_photos (call, error)
      || !xs_sql_run (sql, "UPDATE audit SET judged_us = ? WHERE log_id = ?", error, "ii", call->job->claimed_us,
                      row.log_id)
      || !is_known (call->storage, &row, &step, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  if (!xs_audit_take_step (call->storage, &row, &step, error) || !queue_neighbours (call, &row, &step, error))
    return FALSE;
  return TRUE;
}

gboolean
xs_platform_audit_finish (XsPlatformStorage *storage, const XsAuditJob *job, const XsAudit *audit, const GArray *photos,
                          const GArray *doubts, XsAuditOutcome *outcome, GError **error)
{
  FinishCall call = { storage, job, audit, photos, doubts, XS_AUDIT_LATE };

  if (!xs_sql_transaction (storage->sql, finish, &call, error))
    return FALSE;
  *outcome = call.outcome;
  return TRUE;
}
