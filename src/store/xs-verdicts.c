/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-verdicts.h"

#include "xs-journal-private.h"

gboolean
xs_verdicts_get_cursor (XsJournal *journal, const char *platform, gint64 *after, GError **error)
{
  return xs_db_query_int (journal->db, after, 0, "SELECT after FROM verdict_cursor WHERE platform = ?", error, "s",
                          platform);
}

typedef struct {
  const char *platform;
  const GArray *verdicts;
  gint64 next;
} KeepCall;

/* Of a journal that had to begin anew the platform may know logs that are not here, or others of the same number. */
static gboolean
keep_one (XsDb *db, const XsWireVerdict *verdict, GError **error)
{
  gint64 count;
  const char *state =
    verdict->state < XS_N_AUDIT_STATES ? xs_audit_state_nick (verdict->state) : "other"; /* a word of a later version */
  g_autofree char *reasons = xs_wire_reasons_encode (verdict->reasons);

  if (!xs_db_query_int (db, &count, 0, "SELECT count (*) FROM log WHERE seq = ? AND sha256 = ?", error, "is",
                        verdict->seq, verdict->log_sha256))
    return FALSE;
  return count == 0
         || xs_db_run (db,
                       "INSERT INTO verdict (log_seq, version, at_us, state, verdict, credited_min, credited_next_min,"
                       " by_person, comment, reasons) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                       " ON CONFLICT (log_seq) DO UPDATE SET version = excluded.version, at_us = excluded.at_us,"
                       " state = excluded.state, verdict = excluded.verdict, credited_min = excluded.credited_min,"
                       " credited_next_min = excluded.credited_next_min, by_person = excluded.by_person,"
                       " comment = excluded.comment, reasons = excluded.reasons"
                       " WHERE excluded.version > verdict.version",
                       error, "iiissiiiss", verdict->seq, verdict->version, verdict->at_us, state,
                       verdict->judged ? xs_verdict_nick (verdict->verdict) : NULL, (gint64) verdict->credited_min[0],
                       (gint64) verdict->credited_min[1], (gint64) (verdict->by_person ? 1 : 0), verdict->comment,
                       reasons);
}

static gboolean
keep (XsDb *db, gpointer data, GError **error)
{
  const KeepCall *call = data;

  for (guint i = 0; i < call->verdicts->len; i++)
    {
      if (!keep_one (db, &g_array_index (call->verdicts, XsWireVerdict, i), error))
        return FALSE;
    }
  return xs_db_run (db,
                    "INSERT INTO verdict_cursor (platform, after) VALUES (?, ?)"
                    " ON CONFLICT (platform) DO UPDATE SET after = excluded.after",
                    error, "si", call->platform, call->next);
}

gboolean
xs_verdicts_keep (XsJournal *journal, const char *platform, const GArray *verdicts, gint64 next, GError **error)
{
  KeepCall call = { platform, verdicts, next };

  return xs_db_transaction (journal->db, keep, &call, error);
}

gboolean
xs_verdicts_read (XsJournal *journal, gint64 seq, XsWireVerdict *verdict, gboolean *found, GError **error)
{
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT version, at_us, state, verdict, credited_min, credited_next_min, by_person, comment, reasons"
                   " FROM verdict WHERE log_seq = ?",
                   error, "i", seq);

  if (stmt == NULL || !xs_stmt_step (stmt, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  g_autoptr (GArray) reasons = xs_wire_reasons_decode (xs_stmt_string (stmt, 8), error);
  if (reasons == NULL)
    return FALSE;
  xs_wire_verdict_clear (verdict);
  *verdict = (XsWireVerdict){ .seq = seq,
                              .version = xs_stmt_int (stmt, 0),
                              .at_us = xs_stmt_int (stmt, 1),
                              .state = XS_N_AUDIT_STATES,
                              .credited_min = { (guint) xs_stmt_int (stmt, 4), (guint) xs_stmt_int (stmt, 5) },
                              .by_person = xs_stmt_int (stmt, 6) != 0,
                              .reasons = g_steal_pointer (&reasons) };
  xs_audit_state_from_nick (xs_stmt_string (stmt, 2), &verdict->state);
  verdict->judged = xs_verdict_from_nick (xs_stmt_string (stmt, 3), &verdict->verdict);
  g_strlcpy (verdict->comment, xs_stmt_string (stmt, 7), sizeof verdict->comment);
  return TRUE;
}

gboolean
xs_verdicts_sum (XsJournal *journal, const char *stunum, gint64 since_wall_us, XsVerdictSum *sum, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT count (*), count (v.verdict), total (v.state IN ('needs_human', 'appealed')),"
                   " coalesce (sum (CASE WHEN v.verdict IS NULL THEN 0 ELSE g.credited_us / 60000000 END), 0),"
                   " coalesce (sum (v.credited_min + v.credited_next_min), 0)"
                   " FROM session s JOIN segment g ON g.session_id = s.id JOIN log l ON l.segment_id = g.id"
                   " LEFT JOIN verdict v ON v.log_seq = l.seq WHERE s.stunum = ? AND g.start_wall_us >= ?",
                   error, "si", stunum, since_wall_us);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  *sum = (XsVerdictSum){ .n_logs = (guint) xs_stmt_int (stmt, 0),
                         .n_judged = (guint) xs_stmt_int (stmt, 1),
                         .n_open = (guint) xs_stmt_int (stmt, 2),
                         .claimed_min = (guint) xs_stmt_int (stmt, 3),
                         .credited_min = (guint) xs_stmt_int (stmt, 4) };
  return TRUE;
}
