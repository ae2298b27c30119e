/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-audit-private.h"

#include "xs-error.h"
#include "xs-minute-record.h"

#include <string.h>

/* What people do to a log: decide, have it judged anew, appeal; and the settlement of the day. */

typedef struct {
  XsPlatformStorage *storage;
  const XsAuditDecision *decision;
  gboolean ran; /* to its end, before: it may have been committed */
  gint64 version;
} DecideCall;

static gboolean
reject (GError **error, XsError code, const char *message)
{
  g_set_error_literal (error, XS_ERROR, code, message);
  return FALSE;
}

static gboolean
read_log (XsPlatformStorage *storage, gint64 log_id, XsWireLog *wire_log, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql, "SELECT bytes FROM log_document WHERE log_id = ?", error, "i", log_id);

  if (cursor == NULL || !xs_sql_row_step (cursor, &has_row, error))
    return FALSE;
  g_autoptr (GBytes) bytes = has_row ? xs_sql_row_bytes (cursor, 0) : NULL;
  if (bytes != NULL && xs_wire_log_decode (wire_log, bytes, NULL))
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "Log %" G_GINT64_FORMAT " of the database cannot be read", log_id);
  return FALSE;
}

/* Of all rules those by which minutes are reckoned stay in force, whoever decides. */
static void
keep_reckoning (XsPolicy *policy)
{
  for (guint i = 0; i < XS_N_RULES; i++)
    {
      if (i != XS_RULE_HOUR_RATIO && i != XS_RULE_DAILY_CAP)
        policy->rules.rule[i].on = FALSE;
    }
}

static void
leave_out (XsTeachingLog *log, const XsWireReason *reason)
{
  gint64 from_us = log->start_wall_us + reason->from_min * XS_MINUTE_US;
  gint64 to_us = log->start_wall_us + reason->to_min * XS_MINUTE_US;

  for (guint i = 0; i < log->minutes->len; i++)
    {
      XsMinuteRecord *record = &g_array_index (log->minutes, XsMinuteRecord, i);
      if (record->wall_end_us > from_us && record->wall_end_us <= to_us)
        record->normal = FALSE;
    }
}

/* By the engine, so that a decision and the auditor's verdict reckon alike. */
static gboolean
reckon (const DecideCall *call, const XsAuditRow *row, XsAuditStep *step, GError **error)
{
  const XsAuditDecision *decision = call->decision;
  g_auto (XsWireLog) wire_log = { 0 };
  g_auto (XsAuditFacts) facts = { 0 };
  XsPolicy policy;

  step->verdict = XS_VERDICT_VOID;
  if (decision->verdict == XS_VERDICT_VOID)
    return TRUE;
  xs_wire_log_init (&wire_log);
  xs_audit_facts_init (&facts);
  if (!read_log (call->storage, row->log_id, &wire_log, error)
      || !xs_audit_read_policy (call->storage, wire_log.log.policy_id, wire_log.log.policy_version, &policy, error)
      || !xs_audit_read_others (call->storage, row->log_id, &wire_log.log, &facts, error))
    return FALSE;
  keep_reckoning (&policy);
  for (guint i = 0; decision->voids != NULL && i < decision->voids->len; i++)
    leave_out (&wire_log.log, &g_array_index (decision->voids, XsWireReason, i));
  g_autoptr (XsAudit) audit = xs_audit_log (&wire_log.log, &policy, &facts);
  xs_audit_step_from_audit (step, &wire_log.log, audit);
  g_strlcpy (step->policy_id, policy.id, sizeof step->policy_id);
  step->policy_version = policy.version;
  return TRUE;
}

static void
add_reasons (const XsAuditDecision *decision, XsAuditStep *step)
{
  if (decision->voids != NULL)
    g_array_append_vals (step->reasons, decision->voids->data, decision->voids->len);
  if (decision->verdict != XS_VERDICT_VOID)
    return;
  XsWireReason reason = { 0 };
  g_strlcpy (reason.word, decision->reason, sizeof reason.word);
  g_array_append_val (step->reasons, reason);
}

static gboolean
may_change (const XsAuditRow *row, gint64 version, GError **error)
{
  if (row->state == XS_AUDIT_RECEIVED)
    return reject (error, XS_ERROR_REJECTED, "The auditor has not judged this log yet; run “xueshi-platform audit”");
  if (row->state == XS_AUDIT_SENT)
    return reject (error, XS_ERROR_REJECTED, "This log was handed on to the province; nothing can change it here");
  if (row->version == version)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_BUSY,
               "The log went on meanwhile: it is at version %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT
               "; look at it again",
               row->version, version);
  return FALSE;
}

/* (out) whether the step was taken by an earlier run, the answer to whose commit was lost. */
static gboolean
find_own (const DecideCall *call, const XsAuditRow *row, XsAuditState to, gboolean *done, GError **error)
{
  const XsAuditDecision *decision = call->decision;
  gint64 count = 0;

  if (call->ran
      && !xs_sql_query_int (call->storage->sql, &count, 0,
                            "SELECT count (*) FROM audit_step WHERE log_id = ? AND version = ? AND to_state = ?"
                            " AND who = ? AND comment = ?",
                            error, "iisss", row->log_id, decision->version + 1, xs_audit_state_nick (to), decision->who,
                            decision->comment))
    return FALSE;
  *done = count > 0;
  return TRUE;
}

/*
 * The log that @call is about, and the step of whoever is named in it, from where it stands.
 * @done: (out): it was taken already, and nothing is left to do
 */
static gboolean
begin_step (const DecideCall *call, XsAuditRow *row, XsAuditStep *step, gboolean *done, GError **error)
{
  const XsAuditDecision *decision = call->decision;

  if (!xs_audit_row_find (call->storage, decision->devnum, decision->seq, decision->sha256, row, error)
      || !find_own (call, row, step->to, done, error))
    return FALSE;
  if (*done)
    return TRUE;
  if (!may_change (row, decision->version, error))
    return FALSE;
  g_strlcpy (step->who, decision->who, sizeof step->who);
  g_strlcpy (step->comment, decision->comment, sizeof step->comment);
  g_strlcpy (step->policy_id, row->policy_id, sizeof step->policy_id);
  step->policy_version = row->policy_version;
  return TRUE;
}

static gboolean
decide (XsSql *sql, gpointer data, GError **error)
{
  DecideCall *call = data;
  XsAuditRow row;
  g_auto (XsAuditStep) step = { .to = XS_AUDIT_DECIDED, .engine = XS_AUDIT_ENGINE, .reasons = xs_wire_reasons_new () };
  gboolean done = FALSE;

  if (!begin_step (call, &row, &step, &done, error) || done)
    return done;
  if (!reckon (call, &row, &step, error))
    return FALSE;
  add_reasons (call->decision, &step);
  row.appeal_open = FALSE;
  row.risk = 0;
  call->version = row.version + 1;
  call->ran = xs_audit_take_step (call->storage, &row, &step, error);
  return call->ran;
}

static gboolean
check_verdict (const XsAuditDecision *decision, GError **error)
{
  guint n_voids = decision->voids != NULL ? decision->voids->len : 0;

  if (decision->verdict == XS_VERDICT_PENDING)
    return reject (error, XS_ERROR_INVALID, "A decision is valid, partial or void");
  if ((decision->verdict == XS_VERDICT_PARTIAL) != (n_voids > 0))
    return reject (error, XS_ERROR_INVALID, "The minutes that do not count are given with “partial”, and only with it");
  return TRUE;
}

static gboolean
check_decision (const XsAuditDecision *decision, GError **error)
{
  XsRuleId rule;

  if (decision->who[0] == '\0' || strlen (decision->who) > 63)
    return reject (error, XS_ERROR_INVALID, "Who decides must be named, in up to 63 bytes");
  if (strlen (decision->comment) > XS_WIRE_VERDICT_COMMENT_MAX - 11 || !g_utf8_validate (decision->comment, -1, NULL))
    return reject (error, XS_ERROR_INVALID, "The comment must be UTF-8 of up to 500 bytes");
  if (!check_verdict (decision, error))
    return FALSE;
  if (decision->verdict != XS_VERDICT_VALID && !xs_rule_from_nick (decision->reason, &rule))
    return reject (error, XS_ERROR_INVALID, "What does not count needs a reason: the word of a rule in docs/rules.md");
  return TRUE;
}

gboolean
xs_platform_audit_decide (XsPlatformStorage *storage, const XsAuditDecision *decision, gint64 *version, GError **error)
{
  DecideCall call = { .storage = storage, .decision = decision };

  if (!check_decision (decision, error) || !xs_sql_transaction (storage->sql, decide, &call, error))
    return FALSE;
  *version = call.version;
  return TRUE;
}

gboolean
xs_platform_audit_reckon (XsPlatformStorage *storage, const XsAuditDecision *decision, XsVerdict *verdict,
                          gint64 *credited_min, GError **error)
{
  const DecideCall call = { .storage = storage, .decision = decision };
  XsAuditRow row;
  g_auto (XsAuditStep) step = { .reasons = xs_wire_reasons_new () };
  gboolean done = FALSE;

  if (!check_verdict (decision, error) || !begin_step (&call, &row, &step, &done, error)
      || !reckon (&call, &row, &step, error))
    return FALSE;
  *verdict = step.verdict;
  *credited_min = step.credited_min[0] + step.credited_min[1];
  return TRUE;
}

static gboolean
judge_again (XsSql *sql, gpointer data, GError **error)
{
  DecideCall *call = data;
  XsAuditRow row;
  g_auto (XsAuditStep) step = { .to = XS_AUDIT_RECEIVED, .engine = XS_AUDIT_ENGINE, .reasons = xs_wire_reasons_new () };
  gboolean done = FALSE;

  if (!begin_step (call, &row, &step, &done, error) || done)
    return done;
  step.verdict = XS_VERDICT_PENDING;
  call->ran =
    xs_audit_take_step (call->storage, &row, &step, error) && xs_audit_queue (call->storage, row.log_id, 0, error);
  return call->ran;
}

gboolean
xs_platform_audit_again (XsPlatformStorage *storage, const XsAuditDecision *decision, GError **error)
{
  DecideCall call = { .storage = storage, .decision = decision };

  return xs_sql_transaction (storage->sql, judge_again, &call, error);
}

gboolean
xs_audit_appeal (XsPlatformStorage *storage, gint64 device_id, gint64 seq, const char *comment, GError **error)
{
  gint64 log_id;
  XsAuditRow row;

  if (!xs_sql_query_int (storage->sql, &log_id, 0, "SELECT id FROM log WHERE device_id = ? AND seq = ?", error, "ii",
                         device_id, seq))
    return FALSE;
  if (log_id == 0)
    return TRUE;
  if (!xs_audit_row_read (storage, log_id, &row, error))
    return FALSE;
  if (row.state == XS_AUDIT_SENT)
    return TRUE;
  if (row.state == XS_AUDIT_RECEIVED)
    return xs_sql_run (storage->sql, "UPDATE audit SET appeal_open = 1 WHERE log_id = ?", error, "i", log_id);

  g_auto (XsAuditStep) step = { .who = "learner",
                                .to = XS_AUDIT_APPEALED,
                                .verdict = row.verdict,
                                .engine = XS_AUDIT_ENGINE,
                                .policy_version = row.policy_version,
                                .reasons = xs_wire_reasons_new () };
  memcpy (step.credited_min, row.credited_min, sizeof step.credited_min);
  g_strlcpy (step.comment, comment, sizeof step.comment);
  g_strlcpy (step.policy_id, row.policy_id, sizeof step.policy_id);
  row.appeal_open = TRUE;
  row.risk += 1000;
  return xs_audit_take_step (storage, &row, &step, error);
}

typedef struct {
  XsPlatformStorage *storage;
  XsAuditSettlement *settlement;
} SettleCall;

static gboolean
settle_one (XsPlatformStorage *storage, gint64 log_id, GError **error)
{
  XsAuditRow row;

  if (!xs_audit_row_read (storage, log_id, &row, error))
    return FALSE;
  g_auto (XsAuditStep) step = { .who = "settlement",
                                .to = XS_AUDIT_READY,
                                .verdict = row.verdict,
                                .engine = XS_AUDIT_ENGINE,
                                .policy_version = row.policy_version,
                                .reasons = xs_wire_reasons_new () };
  memcpy (step.credited_min, row.credited_min, sizeof step.credited_min);
  g_strlcpy (step.policy_id, row.policy_id, sizeof step.policy_id);
  return xs_audit_take_step (storage, &row, &step, error);
}

static gboolean
count (XsPlatformStorage *storage, const char *states, guint *n, GError **error)
{
  gint64 value;
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM audit WHERE state IN (%s)", states);

  if (!xs_sql_query_int (storage->sql, &value, 0, sql, error, ""))
    return FALSE;
  *n = (guint) value;
  return TRUE;
}

/* Who got less than was claimed has time to appeal; what the auditor is about to judge anew waits for it. */
static gboolean
settle (XsSql *sql, gpointer data, GError **error)
{
  SettleCall *call = data;
  XsPolicy policy;
  gboolean ok;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!xs_audit_read_policy (call->storage, "", 0, &policy, error))
    return FALSE;
  gint64 before_us = xs_clock_wall_us (call->storage->clock) - policy.appeal_s * G_USEC_PER_SEC;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (sql,
                    "SELECT audit.log_id FROM audit JOIN log ON log.id = audit.log_id"
                    " LEFT JOIN audit_job ON audit_job.id = audit.log_id"
                    " WHERE state IN ('passed', 'failed', 'decided') AND audit_job.id IS NULL"
                    " AND (log.verdict = 'valid' OR verdict_us <= ?) ORDER BY audit.log_id",
                    error, "i", before_us);
  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      gint64 id = xs_sql_row_int (cursor, 0);
      g_array_append_val (ids, id);
    }
  for (guint i = 0; ok && i < ids->len; i++)
    ok = settle_one (call->storage, g_array_index (ids, gint64, i), error);
  call->settlement->n_ready = ids->len;
  return ok && count (call->storage, "'received', 'needs_human', 'appealed'", &call->settlement->n_open, error)
         && count (call->storage, "'passed', 'failed', 'decided'", &call->settlement->n_appealable, error);
}

gboolean
xs_platform_audit_settle (XsPlatformStorage *storage, XsAuditSettlement *settlement, GError **error)
{
  SettleCall call = { storage, settlement };

  *settlement = (XsAuditSettlement){ 0 };
  return xs_sql_transaction (storage->sql, settle, &call, error);
}

gboolean
xs_platform_audit_next_settlement_us (XsPlatformStorage *storage, gint64 wall_us, gint64 *next_us, GError **error)
{
  XsPolicy policy;

  if (!xs_audit_read_policy (storage, "", 0, &policy, error))
    return FALSE;
  *next_us = xs_wall_midnight_us (wall_us) + policy.settle_minute * G_TIME_SPAN_MINUTE;
  if (*next_us <= wall_us)
    *next_us += G_TIME_SPAN_DAY;
  return TRUE;
}
