/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-clock.h"
#include "xs-minute-record.h"

/* What this kiosk knows beside a log, for the rules that ask. */

/* Whole minutes credited on the day the segment starts, and on the next. */
static gboolean
read_credit (XsDb *db, gint64 segment_id, XsOtherLog *other, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (other->credited_min); i++)
    {
      gint64 credited_us;

      if (!xs_db_query_int (db, &credited_us, 0,
                            "SELECT credited_us FROM credit WHERE stunum = ? AND day = ? AND segment_id = ?", error,
                            "sii", other->stunum, (gint64) xs_wall_day (other->start_wall_us + i * G_TIME_SPAN_DAY),
                            segment_id))
        return FALSE;
      other->credited_min[i] = credited_us / XS_MINUTE_US;
    }
  return TRUE;
}

static gboolean
read_others (XsDb *db, const char *devnum, gint64 start_wall_us, gint64 segment_id, GArray *others, GError **error)
{
  gint64 midnight_us = xs_wall_midnight_us (start_wall_us);
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (db,
                   "SELECT g.id, s.stunum, l.recnum, g.subjcode, g.start_wall_us, g.last_wall_us"
                   " FROM segment g JOIN session s ON s.id = g.session_id LEFT JOIN log l ON l.segment_id = g.id"
                   " WHERE g.start_wall_us BETWEEN ? AND ? AND g.id <> ?",
                   error, "iii", midnight_us - G_TIME_SPAN_DAY, midnight_us + 2 * G_TIME_SPAN_DAY, segment_id);
  gboolean ok;

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsOtherLog other = { .start_wall_us = xs_stmt_int (stmt, 4), .end_wall_us = xs_stmt_int (stmt, 5) };
      g_autofree char *recnum = xs_recnum (xs_stmt_is_null (stmt, 2) ? XS_RECNUM_MAX : (guint) xs_stmt_int (stmt, 2));
      g_strlcpy (other.stunum, xs_stmt_string (stmt, 1), sizeof other.stunum);
      g_strlcpy (other.devnum, devnum, sizeof other.devnum);
      g_strlcpy (other.recnum, recnum, sizeof other.recnum);
      g_strlcpy (other.subjcode, xs_stmt_string (stmt, 3), sizeof other.subjcode);
      if (!read_credit (db, xs_stmt_int (stmt, 0), &other, error))
        return FALSE;
      g_array_append_val (others, other);
    }
  return ok;
}

static gboolean
read_seen (XsDb *db, const char *devnum, const char *stunum, gint64 segment_id, GArray *photos, GError **error)
{
  g_autoptr (XsStmt) stmt = xs_db_prepare (
    db,
    "SELECT p.number, p.sha256, p.picture_hash, p.wall_us FROM session s JOIN segment g ON g.session_id = s.id"
    " JOIN photo p ON p.segment_id = g.id WHERE s.stunum = ? AND g.id < ?",
    error, "si", stunum, segment_id);
  gboolean ok;

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsSeenPhoto seen = { .wall_us = xs_stmt_int (stmt, 3) };
      g_autofree char *number = xs_photo_number ((guint64) xs_stmt_int (stmt, 0));
      g_strlcpy (seen.devnum, devnum, sizeof seen.devnum);
      g_strlcpy (seen.number, number, sizeof seen.number);
      g_strlcpy (seen.sha256, xs_stmt_string (stmt, 1), sizeof seen.sha256);
      g_strlcpy (seen.picture_hash, xs_stmt_string (stmt, 2), sizeof seen.picture_hash);
      g_array_append_val (photos, seen);
    }
  return ok;
}

gboolean
xs_journal_get_audit_facts (XsJournal *journal, const char *stunum, gint64 start_wall_us, const XsSessionHandle *own,
                            XsAuditFacts *facts, GError **error)
{
  XsIdentity identity;

  if (!xs_journal_get_identity (journal, &identity, error))
    return FALSE;
  facts->now_wall_us = xs_clock_wall_us (journal->clock);
  return read_others (journal->db, identity.devnum, start_wall_us, own->segment_id, facts->others, error)
         && read_seen (journal->db, identity.devnum, stunum, own->segment_id, facts->seen, error);
}
