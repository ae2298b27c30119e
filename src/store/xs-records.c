/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-records.h"

#include "xs-error.h"
#include "xs-doubt.h"
#include "xs-journal-private.h"
#include "xs-verdicts.h"
#include "xs-wire-log.h"

#include <string.h>

GArray *
xs_records_list_days (XsJournal *journal, const char *stunum, int before_day, guint max, GError **error)
{
  g_autoptr (GArray) days = g_array_new (FALSE, TRUE, sizeof (XsRecordDay));
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, XS_RECORDS_DAYS_SQL, error, "sii", stunum,
                                           (gint64) (before_day > 0 ? before_day : G_MAXINT), (gint64) max);
  gboolean ok;

  if (stmt == NULL)
    return NULL;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsRecordDay day = { (int) xs_stmt_int (stmt, 0), xs_stmt_int (stmt, 1), (guint) xs_stmt_int (stmt, 2) };
      g_array_append_val (days, day);
    }
  return ok ? g_steal_pointer (&days) : NULL;
}

static void
copy_text (char *to, gsize size, XsStmt *stmt, int column)
{
  const char *text = xs_stmt_string (stmt, column);
  const char *end;

  g_strlcpy (to, text != NULL ? text : "", size);
  /* Cut at a whole character: it is shown to people. */
  if (!g_utf8_validate (to, -1, &end))
    to[end - to] = '\0';
}

static XsSent
read_sent (XsStmt *stmt, int column)
{
  const char *state = xs_stmt_string (stmt, column);

  if (state == NULL)
    return XS_SENT_NOTHING;
  if (strcmp (state, "acked") == 0)
    return XS_SENT_RECEIVED;
  return strcmp (state, "rejected") == 0 ? XS_SENT_REFUSED : XS_SENT_WAITING;
}

/* Columns as XS_RECORDS_LOG_SQL() has them. */
static gboolean
read_head (XsStmt *stmt, XsRecordLog *head, GError **error)
{
  *head = (XsRecordLog){ .segment_id = xs_stmt_int (stmt, 0),
                         .start_wall_us = xs_stmt_int (stmt, 2),
                         .end_wall_us = xs_stmt_int (stmt, 3),
                         .credited_us = xs_stmt_int (stmt, 4),
                         .cut_off = xs_stmt_int (stmt, 5) != 0,
                         .lost = xs_stmt_int (stmt, 6) != 0,
                         .seq = xs_stmt_int (stmt, 7),
                         .recnum = (guint) xs_stmt_int (stmt, 8),
                         .sent = read_sent (stmt, 9),
                         .day_us = xs_stmt_int (stmt, 16) };
  copy_text (head->subjcode, sizeof head->subjcode, stmt, 1);
  if (head->sent == XS_SENT_REFUSED)
    {
      copy_text (head->refusal, sizeof head->refusal, stmt, 10);
      copy_text (head->message, sizeof head->message, stmt, 11);
    }
  if (xs_stmt_is_null (stmt, 12))
    return TRUE;

  XsRecordAppeal *appeal = &head->appeal;
  appeal->wall_us = xs_stmt_int (stmt, 12);
  appeal->sent = read_sent (stmt, 15);
  copy_text (appeal->comment, sizeof appeal->comment, stmt, 14);
  if (appeal->sent == XS_SENT_REFUSED)
    copy_text (appeal->message, sizeof appeal->message, stmt, 17);
  if (xs_appeal_from_nick (xs_stmt_string (stmt, 13), &appeal->reason))
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "“%s” is no reason to appeal", xs_stmt_string (stmt, 13));
  return FALSE;
}

static gboolean
read_log (XsJournal *journal, gint64 seq, XsTeachingLog *log, GError **error)
{
  g_auto (XsWireLog) wire_log;
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, "SELECT bytes FROM log WHERE seq = ?", error, "i", seq);

  xs_wire_log_init (&wire_log);
  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "There is no log %" G_GINT64_FORMAT, seq);
      return FALSE;
    }
  g_autoptr (GBytes) bytes = xs_stmt_bytes (stmt, 0);
  if (!xs_wire_log_decode (&wire_log, bytes, error))
    {
      g_prefix_error (error, "Log %" G_GINT64_FORMAT ": ", seq);
      return FALSE;
    }
  xs_teaching_log_clear (log);
  *log = wire_log.log;
  xs_teaching_log_init (&wire_log.log);
  return TRUE;
}

/* As the platform will: by the same engine, with what this kiosk knows beside the log. */
static XsAudit *
judge (XsJournal *journal, const XsPolicy *policy, const XsTeachingLog *log, XsRecordLog *head, GError **error)
{
  g_auto (XsAuditFacts) facts = { 0 };
  XsSessionHandle own = { .segment_id = head->segment_id };

  xs_audit_facts_init (&facts);
  if (!xs_journal_get_audit_facts (journal, log->stunum, log->start_wall_us, &own, &facts, error))
    return NULL;
  XsAudit *audit = xs_audit_log (log, policy, &facts);
  head->judged = TRUE;
  head->verdict = audit->verdict;
  head->claimed_min = audit->claimed_min;
  head->credited_min = audit->credited_min;
  return audit;
}

static int
find_photo (const XsTeachingLog *log, const char *number)
{
  for (guint i = 0; i < log->photos->len; i++)
    {
      if (strcmp (g_array_index (log->photos, XsPhotoRecord, i).number, number) == 0)
        return (int) i;
    }
  return -1;
}

/* The platform's reasons in the place of ours; words of a later version have no title here, and are left out. */
static void
take_reasons (const XsWireVerdict *verdict, const XsTeachingLog *log, XsAudit *audit, GArray *doubts)
{
  g_array_set_size (audit->breaches, 0);
  for (guint i = 0; i < verdict->reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (verdict->reasons, XsWireReason, i);
      XsBreach breach = { .from_min = reason->from_min, .to_min = reason->to_min, .review = reason->review };
      XsDoubt doubt;
      breach.photo = find_photo (log, reason->photo);
      if (xs_rule_from_nick (reason->word, &breach.rule))
        g_array_append_val (audit->breaches, breach);
      else if (doubts != NULL && xs_doubt_from_nick (reason->word, &doubt))
        g_array_append_val (doubts, doubt);
    }
}

/* The platform has the last word: it has looked at the photos. */
static gboolean
hear_platform (XsJournal *journal, const XsTeachingLog *log, XsRecordLog *head, XsAudit *audit, GArray *doubts,
               GError **error)
{
  g_auto (XsWireVerdict) verdict;
  gboolean found;

  xs_wire_verdict_init (&verdict);
  if (!xs_verdicts_read (journal, head->seq, &verdict, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  head->state = verdict.state;
  if (!verdict.judged)
    return TRUE;
  head->by_platform = TRUE;
  head->by_person = verdict.by_person;
  head->verdict = audit->verdict = verdict.verdict;
  head->credited_min = audit->credited_min = verdict.credited_min[0] + verdict.credited_min[1];
  g_strlcpy (head->comment, verdict.comment, sizeof head->comment);
  take_reasons (&verdict, log, audit, doubts);
  return TRUE;
}

/* One that cannot be read is shown without a verdict: the others are as good as before. */
static void
judge_head (XsJournal *journal, const XsPolicy *policy, XsRecordLog *head)
{
  g_auto (XsTeachingLog) log;
  g_autoptr (GError) error = NULL;

  xs_teaching_log_init (&log);
  if (head->seq == 0)
    return;
  g_autoptr (XsAudit) audit =
    read_log (journal, head->seq, &log, &error) ? judge (journal, policy, &log, head, &error) : NULL;
  if (audit == NULL || !hear_platform (journal, &log, head, audit, NULL, &error))
    g_message ("Log %" G_GINT64_FORMAT " cannot be judged: %s", head->seq, error->message);
}

GArray *
xs_records_list_logs (XsJournal *journal, const char *stunum, int day, GError **error)
{
  g_autoptr (GArray) logs = g_array_new (FALSE, TRUE, sizeof (XsRecordLog));
  XsPolicy policy;
  gboolean ok;

  if (!xs_journal_get_policy (journal, &policy, NULL, error))
    return NULL;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, XS_RECORDS_LOGS_SQL, error, "si", stunum, (gint64) day);
  if (stmt == NULL)
    return NULL;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsRecordLog head;
      if (!read_head (stmt, &head, error))
        return NULL;
      g_array_append_val (logs, head);
    }
  for (guint i = 0; ok && i < logs->len; i++)
    judge_head (journal, &policy, &g_array_index (logs, XsRecordLog, i));
  return ok ? g_steal_pointer (&logs) : NULL;
}

static gboolean
read_one_head (XsJournal *journal, const char *stunum, gint64 seq, XsRecordLog *head, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, XS_RECORDS_ONE_LOG_SQL, error, "is", seq, stunum);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (has_row)
    return read_head (stmt, head, error);
  g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "Learner %s has no log %" G_GINT64_FORMAT " on this kiosk", stunum,
               seq);
  return FALSE;
}

static gboolean
find_own_photos (XsJournal *journal, XsRecord *record, GError **error)
{
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT o.number FROM photo p JOIN own_photo o ON o.number = p.number WHERE p.segment_id = ?", error,
                   "i", record->head.segment_id);
  gboolean ok;

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    g_hash_table_add (record->own_photos, xs_photo_number ((guint64) xs_stmt_int (stmt, 0)));
  return ok;
}

XsRecord *
xs_records_read (XsJournal *journal, const char *stunum, gint64 seq, GError **error)
{
  g_autoptr (XsRecord) record = g_new0 (XsRecord, 1);

  xs_teaching_log_init (&record->log);
  record->own_photos = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!read_one_head (journal, stunum, seq, &record->head, error) || !read_log (journal, seq, &record->log, error)
      || !xs_journal_get_policy (journal, &record->policy, NULL, error) || !find_own_photos (journal, record, error))
    return NULL;
  record->policy_changed =
    strcmp (record->policy.id, record->log.policy_id) != 0 || record->policy.version != record->log.policy_version;
  record->doubts = g_array_new (FALSE, FALSE, sizeof (XsDoubt));
  record->audit = judge (journal, &record->policy, &record->log, &record->head, error);
  if (record->audit == NULL
      || !hear_platform (journal, &record->log, &record->head, record->audit, record->doubts, error))
    return NULL;
  return g_steal_pointer (&record);
}

void
xs_record_free (XsRecord *record)
{
  if (record == NULL)
    return;
  xs_teaching_log_clear (&record->log);
  g_clear_pointer (&record->audit, xs_audit_free);
  g_clear_pointer (&record->doubts, g_array_unref);
  g_clear_pointer (&record->own_photos, g_hash_table_unref);
  g_free (record);
}
