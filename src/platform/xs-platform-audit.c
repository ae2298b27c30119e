/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-audit-private.h"

#include "xs-error.h"

#include <string.h>

void
xs_audit_step_clear (XsAuditStep *step)
{
  g_clear_pointer (&step->reasons, g_array_unref);
}

static void
clear_photo (gpointer data)
{
  g_free (((XsAuditPhoto *) data)->measures);
}

GArray *
xs_audit_photos_new (void)
{
  GArray *photos = g_array_new (FALSE, TRUE, sizeof (XsAuditPhoto));

  g_array_set_clear_func (photos, clear_photo);
  return photos;
}

void
xs_audit_job_clear (XsAuditJob *job)
{
  xs_wire_log_clear (&job->wire_log);
}

#define ROW_COLUMNS                                                                                                    \
  "audit.log_id, audit.version, start_us, end_us, log.received_us, state, log.verdict, credited_min,"                  \
  " credited_next_min, appeal_open, risk"

static gboolean
read_row (XsSqlRow *cursor, XsAuditRow *row, GError **error)
{
  gboolean has_row;

  if (!xs_sql_row_step (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                           "There is no such log; “xueshi-platform list verdicts” shows which there are");
      return FALSE;
    }
  *row = (XsAuditRow){ .log_id = xs_sql_row_int (cursor, 0),
                       .version = xs_sql_row_int (cursor, 1),
                       .start_us = xs_sql_row_int (cursor, 2),
                       .end_us = xs_sql_row_int (cursor, 3),
                       .received_us = xs_sql_row_int (cursor, 4),
                       .credited_min = { (guint) xs_sql_row_int (cursor, 7), (guint) xs_sql_row_int (cursor, 8) },
                       .appeal_open = xs_sql_row_int (cursor, 9) != 0,
                       .risk = xs_sql_row_int (cursor, 10) };
  row->judged = xs_verdict_from_nick (xs_sql_row_string (cursor, 6), &row->verdict);
  return xs_audit_state_from_nick (xs_sql_row_string (cursor, 5), &row->state);
}

/* By which policy the last verdict was given. Nothing that was read before may still hold a connection. */
static gboolean
read_row_policy (XsPlatformStorage *storage, XsAuditRow *row, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql,
                    "SELECT policy_id, policy_version FROM audit_step WHERE log_id = ? ORDER BY version DESC LIMIT 1",
                    error, "i", row->log_id);

  if (cursor == NULL || !xs_sql_row_step (cursor, &has_row, error))
    return FALSE;
  if (has_row)
    {
      g_strlcpy (row->policy_id, xs_sql_row_string (cursor, 0), sizeof row->policy_id);
      row->policy_version = xs_sql_row_int (cursor, 1);
    }
  return TRUE;
}

gboolean
xs_audit_row_read (XsPlatformStorage *storage, gint64 log_id, XsAuditRow *row, GError **error)
{
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql,
                    "SELECT " ROW_COLUMNS " FROM audit JOIN log ON log.id = audit.log_id WHERE audit.log_id = ?", error,
                    "i", log_id);

  if (cursor == NULL || !read_row (cursor, row, error))
    return FALSE;
  g_clear_pointer (&cursor, xs_sql_row_free);
  return read_row_policy (storage, row, error);
}

/* Kiosks are few, and of each (device_id, seq) is an index; of hashes there is none. */
gboolean
xs_audit_row_find (XsPlatformStorage *storage, const char *devnum, gint64 seq, const char *sha256, XsAuditRow *row,
                   GError **error)
{
  gboolean another = FALSE;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql,
                    "SELECT " ROW_COLUMNS " FROM device JOIN log ON log.device_id = device.id"
                    " JOIN audit ON audit.log_id = log.id"
                    " WHERE device.devnum = ? AND log.seq = ? AND (? = '' OR log.sha256 = ?) LIMIT 2",
                    error, "siss", devnum, seq, sha256 != NULL ? sha256 : "", sha256 != NULL ? sha256 : "");

  if (cursor == NULL || !read_row (cursor, row, error) || !xs_sql_row_step (cursor, &another, error))
    return FALSE;
  g_clear_pointer (&cursor, xs_sql_row_free);
  if (!another)
    return read_row_policy (storage, row, error);
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
               "Kiosks followed each other as %s, and several have a log %" G_GINT64_FORMAT
               "; say which by its sha256: “xueshi-platform list verdicts” shows it",
               devnum, seq);
  return FALSE;
}

static gboolean
write_history (XsPlatformStorage *storage, const XsAuditRow *row, const XsAuditStep *step, gint64 now_us,
               GError **error)
{
  g_autofree char *reasons = xs_wire_reasons_encode (step->reasons);

  return xs_sql_run (storage->sql,
                     "INSERT INTO audit_step (log_id, version, at_us, who, from_state, to_state, verdict, credited_min,"
                     " credited_next_min, reasons, comment, engine, policy_id, policy_version)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     error, "iiissssiissisi", row->log_id, row->version + 1, now_us, step->who,
                     xs_audit_state_nick (row->state), xs_audit_state_nick (step->to), xs_verdict_nick (step->verdict),
                     (gint64) step->credited_min[0], (gint64) step->credited_min[1], reasons, step->comment,
                     (gint64) step->engine, step->policy_id, step->policy_version);
}

gboolean
xs_audit_take_step (XsPlatformStorage *storage, const XsAuditRow *row, const XsAuditStep *step, GError **error)
{
  gint64 now_us = xs_clock_wall_us (storage->clock);
  gboolean gives_verdict = step->to != XS_AUDIT_READY && step->to != XS_AUDIT_SENT && step->to != XS_AUDIT_RECEIVED
                           && g_strcmp0 (step->who, "learner") != 0 && g_strcmp0 (step->who, XS_AUDIT_FIRST_LOOK) != 0;
  const char *verdict = step->to == XS_AUDIT_RECEIVED ? "waiting" : xs_verdict_nick (step->verdict);

  if (!xs_sql_run (storage->sql,
                   "INSERT INTO verdict_feed (device_id, last) SELECT device_id, 1 FROM audit WHERE log_id = ?"
                   " ON CONFLICT (device_id) DO UPDATE SET last = verdict_feed.last + 1",
                   error, "i", row->log_id)
      || !xs_sql_run (
        storage->sql,
        "UPDATE audit SET state = ?, version = ?, credited_min = ?, credited_next_min = ?, risk = ?,"
        " appeal_open = ?, verdict_us = CASE WHEN ? = 1 THEN ? ELSE verdict_us END, changed_us = ?, verdict = ?,"
        " review_feed = 0,"
        " feed = (SELECT last FROM verdict_feed WHERE verdict_feed.device_id = audit.device_id)"
        " WHERE log_id = ? AND version = ?",
        error, "siiiiiiiisii", xs_audit_state_nick (step->to), row->version + 1, (gint64) step->credited_min[0],
        (gint64) step->credited_min[1], row->risk, (gint64) row->appeal_open, (gint64) gives_verdict, now_us, now_us,
        verdict, row->log_id, row->version))
    return FALSE;
  if (xs_sql_changes (storage->sql) != 1)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_BUSY, "The log was changed meanwhile; look at it again");
      return FALSE;
    }
  return xs_sql_run (storage->sql, "UPDATE log SET verdict = ? WHERE id = ?", error, "si", verdict, row->log_id)
         && write_history (storage, row, step, now_us, error) && xs_sql_notify (storage->sql, XS_AUDIT_CHANNEL, error);
}

gboolean
xs_audit_queue (XsPlatformStorage *storage, gint64 log_id, gint64 due_us, GError **error)
{
  /* Who looks at it already does so with what was known before: that claim is void. */
  return xs_sql_add (storage->sql,
                     "INSERT INTO audit_job (id, due_us) VALUES (?, ?)"
                     " ON CONFLICT (id) DO UPDATE SET due_us = excluded.due_us, claims = audit_job.claims + 1"
                     " WHERE audit_job.claims > 0",
                     error, "ii", log_id, MIN (due_us, xs_clock_wall_us (storage->clock)))
         && xs_sql_notify (storage->sql, XS_AUDIT_QUEUE_CHANNEL, error);
}

gboolean
xs_audit_receive (XsPlatformStorage *storage, gint64 device_id, const XsWireLog *wire_log, GError **error)
{
  const XsTeachingLog *log = &wire_log->log;
  gint64 now_us = xs_clock_wall_us (storage->clock);

  return xs_sql_add (storage->sql,
                     "INSERT INTO audit (log_id, device_id, devnum, stunum, recnum, subjcode, start_us, end_us,"
                     " changed_us, appeal_open) SELECT id, device_id, devnum, stunum, recnum, ?, ?, ?, ?,"
                     " CASE WHEN EXISTS (SELECT 1 FROM appeal WHERE appeal.device_id = log.device_id"
                     " AND appeal.seq = log.seq) THEN 1 ELSE 0 END FROM log WHERE device_id = ? AND seq = ?",
                     error, "siiiii", log->subjcode, log->start_wall_us, log->end_wall_us, now_us, device_id,
                     wire_log->seq)
         && xs_sql_add (storage->sql,
                        "INSERT INTO audit_job (id, due_us) SELECT id, ? FROM log WHERE device_id = ? AND seq = ?",
                        error, "iii", now_us, device_id, wire_log->seq)
         && xs_sql_notify (storage->sql, XS_AUDIT_QUEUE_CHANNEL, error);
}

static gboolean
read_policy_json (XsSqlRow *cursor, XsPolicy *policy, gboolean *found, GError **error)
{
  if (cursor == NULL || !xs_sql_row_step (cursor, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  const char *json = xs_sql_row_string (cursor, 0);
  return xs_policy_parse (policy, json, strlen (json), error);
}

gboolean
xs_audit_read_policy (XsPlatformStorage *storage, const char *id, gint64 version, XsPolicy *policy, GError **error)
{
  gboolean found;
  g_autoptr (XsSqlRow) kept =
    xs_sql_prepare (storage->sql, "SELECT json FROM policy_kept WHERE policy_id = ? AND policy_version = ?", error,
                    "si", id, version);

  if (!read_policy_json (kept, policy, &found, error))
    return FALSE;
  g_clear_pointer (&kept, xs_sql_row_free);
  if (found)
    return TRUE;
  g_autoptr (XsSqlRow) current = xs_sql_prepare (storage->sql, "SELECT json FROM policy", error, "");
  if (!read_policy_json (current, policy, &found, error))
    return FALSE;
  if (!found)
    xs_policy_default (policy);
  return TRUE;
}

void
xs_audit_step_from_audit (XsAuditStep *step, const XsTeachingLog *log, const XsAudit *audit)
{
  step->verdict = audit->verdict;
  step->engine = XS_AUDIT_ENGINE;
  memcpy (step->credited_min, audit->credited_day_min, sizeof step->credited_min);
  for (guint i = 0; i < audit->breaches->len; i++)
    {
      const XsBreach *breach = &g_array_index (audit->breaches, XsBreach, i);
      XsWireReason reason = { .from_min = breach->from_min, .to_min = breach->to_min, .review = breach->review };
      g_strlcpy (reason.word, xs_rule_nick (breach->rule), sizeof reason.word);
      if (breach->photo >= 0)
        g_strlcpy (reason.photo, g_array_index (log->photos, XsPhotoRecord, breach->photo).number, sizeof reason.photo);
      g_array_append_val (step->reasons, reason);
    }
}
