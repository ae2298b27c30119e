/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-audit-private.h"

#include "xs-error.h"

#include <math.h>

/* What people, and devices, are told of audits. */

static gboolean
read_entry (XsSqlRow *cursor, XsAuditEntry *entry, GError **error)
{
  const char *reasons = xs_sql_row_string (cursor, 20);

  *entry = (XsAuditEntry){ .log_id = xs_sql_row_int (cursor, 0),
                           .devnum = xs_sql_row_string (cursor, 1),
                           .stunum = xs_sql_row_string (cursor, 2),
                           .name = xs_sql_row_string (cursor, 3),
                           .recnum = xs_sql_row_string (cursor, 4),
                           .subjcode = xs_sql_row_string (cursor, 5),
                           .seq = xs_sql_row_int (cursor, 6),
                           .start_us = xs_sql_row_int (cursor, 7),
                           .end_us = xs_sql_row_int (cursor, 8),
                           .received_us = xs_sql_row_int (cursor, 9),
                           .changed_us = xs_sql_row_int (cursor, 10),
                           .version = xs_sql_row_int (cursor, 13),
                           .risk = xs_sql_row_int (cursor, 14),
                           .claimed_s = xs_sql_row_int (cursor, 15),
                           .credited_min = { (guint) xs_sql_row_int (cursor, 16), (guint) xs_sql_row_int (cursor, 17) },
                           .who = xs_sql_row_string (cursor, 18),
                           .comment = xs_sql_row_string (cursor, 19),
                           .sha256 = xs_sql_row_string (cursor, 21) };
  entry->judged = xs_verdict_from_nick (xs_sql_row_string (cursor, 12), &entry->verdict);
  entry->reasons = reasons != NULL ? xs_wire_reasons_decode (reasons, error) : xs_wire_reasons_new ();
  return entry->reasons != NULL && xs_audit_state_from_nick (xs_sql_row_string (cursor, 11), &entry->state);
}

gboolean
xs_platform_audit_foreach (XsPlatformStorage *storage, gboolean open_only, gint64 offset, gint64 limit,
                           XsAuditEntryFunc func, gpointer data, GError **error)
{
  gboolean ok;
  g_autoptr (XsSqlRow) cursor = xs_sql_prepare (
    storage->sql,
    "SELECT audit.log_id, audit.devnum, audit.stunum, learner.name, audit.recnum, audit.subjcode, log.seq, start_us,"
    " end_us, log.received_us, changed_us, state, log.verdict, audit.version, risk, log.credited_s, audit.credited_min,"
    " audit.credited_next_min, step.who, step.comment, step.reasons, log.sha256"
    " FROM audit JOIN log ON log.id = audit.log_id LEFT JOIN learner ON learner.stunum = audit.stunum"
    " LEFT JOIN audit_step AS step ON step.log_id = audit.log_id AND step.version ="
    "  (SELECT max (version) FROM audit_step WHERE audit_step.log_id = audit.log_id AND " XS_AUDIT_EXPLAINS ")"
    " WHERE ? = 0 OR state IN ('needs_human', 'appealed')"
    " ORDER BY CASE WHEN state IN ('needs_human', 'appealed') THEN 0 ELSE 1 END, risk DESC, audit.log_id DESC"
    " LIMIT ? OFFSET ?",
    error, "iii", (gint64) open_only, limit, offset);

  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      XsAuditEntry entry;
      gboolean go_on = read_entry (cursor, &entry, error) && func (&entry, data, error);
      g_clear_pointer (&entry.reasons, g_array_unref);
      if (!go_on)
        return FALSE;
    }
  return ok;
}

static double
measure (XsSqlRow *cursor, int column)
{
  return xs_sql_row_is_null (cursor, column) ? NAN : xs_sql_row_double (cursor, column);
}

GArray *
xs_platform_audit_get_photos (XsPlatformStorage *storage, gint64 log_id, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (XsSqlRow) cursor = xs_sql_prepare (storage->sql,
                                                "SELECT number, taken_us, seen, plain_sha256, picture_hash, likeness,"
                                                " live, measures FROM audit_photo WHERE log_id = ?"
                                                " ORDER BY taken_us, number",
                                                error, "i", log_id);

  if (cursor == NULL)
    return NULL;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      XsAuditPhoto photo = { .taken_us = xs_sql_row_int (cursor, 1),
                             .match = measure (cursor, 5),
                             .live = measure (cursor, 6),
                             .measures = xs_sql_row_dup_string (cursor, 7) };
      g_strlcpy (photo.number, xs_sql_row_string (cursor, 0), sizeof photo.number);
      g_strlcpy (photo.seen, xs_sql_row_string (cursor, 2), sizeof photo.seen);
      g_strlcpy (photo.plain_sha256, xs_sql_row_string (cursor, 3), sizeof photo.plain_sha256);
      g_strlcpy (photo.picture_hash, xs_sql_row_string (cursor, 4), sizeof photo.picture_hash);
      g_array_append_val (photos, photo);
    }
  return ok ? g_steal_pointer (&photos) : NULL;
}

static void
clear_step (gpointer step)
{
  xs_audit_step_clear (step);
}

static gboolean
read_step (XsSqlRow *cursor, XsAuditStep *step, GError **error)
{
  *step = (XsAuditStep){ .version = xs_sql_row_int (cursor, 0),
                         .at_us = xs_sql_row_int (cursor, 1),
                         .credited_min = { (guint) xs_sql_row_int (cursor, 6), (guint) xs_sql_row_int (cursor, 7) },
                         .engine = (int) xs_sql_row_int (cursor, 10),
                         .policy_version = xs_sql_row_int (cursor, 12) };
  g_strlcpy (step->who, xs_sql_row_string (cursor, 2), sizeof step->who);
  g_strlcpy (step->comment, xs_sql_row_string (cursor, 9), sizeof step->comment);
  g_strlcpy (step->policy_id, xs_sql_row_string (cursor, 11), sizeof step->policy_id);
  step->reasons = xs_wire_reasons_decode (xs_sql_row_string (cursor, 8), error);
  return step->reasons != NULL && xs_audit_state_from_nick (xs_sql_row_string (cursor, 3), &step->from)
         && xs_audit_state_from_nick (xs_sql_row_string (cursor, 4), &step->to)
         && xs_verdict_from_nick (xs_sql_row_string (cursor, 5), &step->verdict);
}

GArray *
xs_platform_audit_get_history (XsPlatformStorage *storage, gint64 log_id, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) steps = g_array_new (FALSE, TRUE, sizeof (XsAuditStep));
  g_autoptr (XsSqlRow) cursor = xs_sql_prepare (
    storage->sql,
    "SELECT version, at_us, who, from_state, to_state, verdict, credited_min, credited_next_min, reasons, comment,"
    " engine, policy_id, policy_version FROM audit_step WHERE log_id = ? ORDER BY version",
    error, "i", log_id);

  g_array_set_clear_func (steps, clear_step);
  if (cursor == NULL)
    return NULL;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      g_array_set_size (steps, steps->len + 1);
      if (!read_step (cursor, &g_array_index (steps, XsAuditStep, steps->len - 1), error))
        return NULL;
    }
  return ok ? g_steal_pointer (&steps) : NULL;
}

gboolean
xs_platform_audit_find (XsPlatformStorage *storage, const char *devnum, gint64 seq, const char *sha256, gint64 *log_id,
                        gint64 *version, GError **error)
{
  XsAuditRow row;

  if (!xs_audit_row_find (storage, devnum, seq, sha256, &row, error))
    return FALSE;
  if (log_id != NULL)
    *log_id = row.log_id;
  if (version != NULL)
    *version = row.version;
  return TRUE;
}

static gboolean
read_verdict (XsSqlRow *cursor, XsWireVerdict *verdict, GError **error)
{
  const char *comment = xs_sql_row_string (cursor, 9);
  const char *reasons = xs_sql_row_string (cursor, 10);

  *verdict =
    (XsWireVerdict){ .seq = xs_sql_row_int (cursor, 0),
                     .version = xs_sql_row_int (cursor, 2),
                     .at_us = xs_sql_row_int (cursor, 3),
                     .credited_min = { (guint) xs_sql_row_int (cursor, 6), (guint) xs_sql_row_int (cursor, 7) },
                     .by_person = g_strcmp0 (xs_sql_row_string (cursor, 8), "decided") == 0 };
  g_strlcpy (verdict->log_sha256, xs_sql_row_string (cursor, 1), sizeof verdict->log_sha256);
  g_strlcpy (verdict->comment, comment != NULL ? comment : "", sizeof verdict->comment);
  verdict->judged = xs_verdict_from_nick (xs_sql_row_string (cursor, 5), &verdict->verdict);
  verdict->reasons = reasons != NULL ? xs_wire_reasons_decode (reasons, error) : xs_wire_reasons_new ();
  return verdict->reasons != NULL && xs_audit_state_from_nick (xs_sql_row_string (cursor, 4), &verdict->state);
}

GArray *
xs_platform_audit_get_verdicts (XsPlatformStorage *storage, gint64 device_id, gint64 after, gint64 *next,
                                GError **error)
{
  gboolean ok;
  gint64 last;
  g_autoptr (GArray) verdicts = xs_wire_verdicts_new ();

  /* A platform that was put back to an earlier day tells everything again. */
  if (!xs_sql_query_int (storage->sql, &last, 0, "SELECT max (feed) FROM audit WHERE device_id = ?", error, "i",
                         device_id))
    return NULL;
  if (after > last)
    after = 0;
  g_autoptr (XsSqlRow) cursor = xs_sql_prepare (
    storage->sql,
    "SELECT log.seq, log.sha256, audit.version, changed_us, state, log.verdict, audit.credited_min,"
    " audit.credited_next_min, step.to_state, step.comment, step.reasons, feed"
    " FROM audit JOIN log ON log.id = audit.log_id"
    " LEFT JOIN audit_step AS step ON step.log_id = audit.log_id AND step.version ="
    "  (SELECT max (version) FROM audit_step WHERE audit_step.log_id = audit.log_id AND " XS_AUDIT_EXPLAINS ")"
    " WHERE audit.device_id = ? AND feed > ? ORDER BY feed LIMIT ?",
    error, "iii", device_id, after, (gint64) XS_WIRE_VERDICTS_MAX);

  *next = after;
  if (cursor == NULL)
    return NULL;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      g_array_set_size (verdicts, verdicts->len + 1);
      if (!read_verdict (cursor, &g_array_index (verdicts, XsWireVerdict, verdicts->len - 1), error))
        return NULL;
      *next = xs_sql_row_int (cursor, 11);
    }
  return ok ? g_steal_pointer (&verdicts) : NULL;
}

XsSqlWatch *
xs_platform_audit_watch (XsPlatformStorage *storage)
{
  return xs_sql_watch_new (storage->sql, XS_AUDIT_CHANNEL);
}
