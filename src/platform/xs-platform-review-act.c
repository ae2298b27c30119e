/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-review-private.h"

#include "xs-error.h"

#include <string.h>

/*
 * What people do to logs, each once: an action and the answer to it are one row, written in the transaction that does
 * it, and found again by the id that the person chose.
 */

#define SHORTEST_US G_TIME_SPAN_MINUTE
/* Of a log whose risk nobody kept: decided by the command line, and undone here. */
#define SOME_RISK 10

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformPerson *person;
  const XsReviewAction *action;
  gboolean in_batch;
  XsReviewOutcome *outcome;
  XsAuditRow row;
  char *decider; /* (nullable): whose decision @person may not touch */
} ActCall;

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED, message);
  return FALSE;
}

static void
copy_voids (const XsReviewAction *action, GArray *voids)
{
  for (guint i = 0; i < action->voids->len; i++)
    {
      const XsReviewVoid *stretch = &g_array_index (action->voids, XsReviewVoid, i);
      XsWireReason reason = { .from_min = (guint) stretch->from_min, .to_min = (guint) stretch->to_min };
      g_strlcpy (reason.word, action->reason, sizeof reason.word);
      g_array_append_val (voids, reason);
    }
}

static gboolean
check_voids (const ActCall *call, const XsReviewAction *action, GError **error)
{
  gint64 n_min = (call->row.end_us - call->row.start_us + G_TIME_SPAN_MINUTE - 1) / G_TIME_SPAN_MINUTE;

  for (guint i = 0; i < action->voids->len; i++)
    {
      const XsReviewVoid *stretch = &g_array_index (action->voids, XsReviewVoid, i);
      if (stretch->from_min >= stretch->to_min || stretch->to_min > n_min)
        return refuse (error, "The minutes that do not count must be minutes of the log");
    }
  return TRUE;
}

/* What @action says, in the name of who asks. @voids: to be kept as long */
static XsAuditDecision
make_decision (const ActCall *call, const XsReviewAction *action, GArray *voids)
{
  copy_voids (action, voids);
  return (XsAuditDecision){ .devnum = call->action->devnum,
                            .seq = call->action->seq,
                            .sha256 = call->action->sha256,
                            .version = call->row.version,
                            .who = call->person->name,
                            .verdict = action->verdict,
                            .voids = voids,
                            .reason = action->reason,
                            .comment = action->comment };
}

/* It stands from now on. */
static gboolean
decide (const ActCall *call, const XsReviewAction *action, GError **error)
{
  gint64 version;
  g_autoptr (GArray) voids = xs_wire_reasons_new ();
  const XsAuditDecision decision = make_decision (call, action, voids);

  return xs_platform_audit_decide (call->storage, &decision, &version, error);
}

/* The log stands as before, at its next version. */
static gboolean
take_look (ActCall *call, GError **error)
{
  const XsAuditRow *row = &call->row;
  g_auto (XsAuditStep) step = { .who = XS_AUDIT_FIRST_LOOK,
                                .to = row->state,
                                .verdict = row->judged ? row->verdict : XS_VERDICT_PENDING,
                                .engine = XS_AUDIT_ENGINE,
                                .policy_version = row->policy_version,
                                .reasons = xs_wire_reasons_new () };

  memcpy (step.credited_min, row->credited_min, sizeof step.credited_min);
  g_strlcpy (step.policy_id, row->policy_id, sizeof step.policy_id);
  return xs_audit_take_step (call->storage, row, &step, error);
}

static gboolean
do_decide (ActCall *call, GError **error)
{
  if (!check_voids (call, call->action, error) || !decide (call, call->action, error))
    return FALSE;
  xs_review_set_outcome (call->outcome, "done", "");
  return TRUE;
}

/* Checked by deciding it, which is then undone: what nobody could confirm is no first look. */
static gboolean
try_decide (XsSql *sql, gpointer data, GError **error)
{
  ActCall *call = data;

  if (do_decide (call, error))
    g_set_error_literal (error, XS_ERROR, XS_ERROR_CANCELLED, "It would do");
  return FALSE;
}

static gboolean
do_first_look (ActCall *call, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!xs_sql_transaction (call->storage->sql, try_decide, call, &local_error)
      && !g_error_matches (local_error, XS_ERROR, XS_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!take_look (call, error))
    return FALSE;
  xs_review_set_outcome (call->outcome, "first_look", "");
  return TRUE;
}

/* What brought the log to the version it is at. @who: (out) (transfer full) (nullable): NULL: no action did */
static gboolean
find_action (const ActCall *call, char **who, gint64 *risk, gboolean *first_look, XsReviewActions *actions,
             GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (call->storage->sql,
                    "SELECT who, risk, first_look, request FROM review_action WHERE log_id = ? AND version = ?"
                    " AND status IN ('done', 'first_look')",
                    error, "ii", call->row.log_id, call->row.version);

  *who = NULL;
  *risk = SOME_RISK;
  *first_look = FALSE;
  if (cursor == NULL || !xs_sql_row_step (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  const char *request = xs_sql_row_string (cursor, 3);
  g_autoptr (GBytes) bytes = g_bytes_new (request, strlen (request));
  *who = xs_sql_row_dup_string (cursor, 0);
  *risk = xs_sql_row_int (cursor, 1);
  *first_look = xs_sql_row_int (cursor, 2) != 0;
  return xs_review_actions_decode (actions, bytes, error);
}

static gboolean
do_confirm (ActCall *call, GError **error)
{
  g_auto (XsReviewActions) actions;
  g_autofree char *who = NULL;
  gint64 risk;
  gboolean first_look;

  xs_review_actions_init (&actions);
  if (!find_action (call, &who, &risk, &first_look, &actions, error))
    return FALSE;
  if (!first_look || actions.actions->len != 1)
    return refuse (error, "Nobody's decision waits for a second look here");
  if (strcmp (who, call->person->name) == 0)
    return refuse (error, "The second look is somebody else's");
  if (!xs_platform_role_has (call->person->role, XS_PLATFORM_RIGHT_OVERRULE))
    return refuse (error, "The second look is the head coach's");
  if (!decide (call, &g_array_index (actions.actions, XsReviewAction, 0), error))
    return FALSE;
  xs_review_set_outcome (call->outcome, "done", "");
  return TRUE;
}

/* The step that explained the log before its version of now. */
static gboolean
read_step_before (const ActCall *call, XsAuditStep *before, GError **error)
{
  g_autoptr (GArray) history = xs_platform_audit_get_history (call->storage, call->row.log_id, error);

  if (history == NULL)
    return FALSE;
  for (guint i = history->len; i > 0; i--)
    {
      XsAuditStep *step = &g_array_index (history, XsAuditStep, i - 1);
      if (step->version >= call->row.version || strcmp (step->who, "settlement") == 0
          || strcmp (step->who, "learner") == 0 || strcmp (step->who, XS_AUDIT_FIRST_LOOK) == 0)
        continue;
      *before = *step;
      step->reasons = NULL;
      return TRUE;
    }
  return refuse (error, "Nothing was before");
}

static gboolean
read_from_state (const ActCall *call, XsAuditState *from, gboolean *decided, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (call->storage->sql, "SELECT from_state, to_state FROM audit_step WHERE log_id = ? AND version = ?",
                    error, "ii", call->row.log_id, call->row.version);

  if (cursor == NULL || !xs_sql_row_step (cursor, &has_row, error))
    return FALSE;
  *decided = has_row && strcmp (xs_sql_row_string (cursor, 1), "decided") == 0;
  return !has_row || xs_audit_state_from_nick (xs_sql_row_string (cursor, 0), from);
}

/* As it was before: in another name, and at the next version. */
static gboolean
restore (ActCall *call, XsAuditState from, gint64 risk, GError **error)
{
  g_auto (XsAuditStep) step = { 0 };

  if (!read_step_before (call, &step, error))
    return FALSE;
  /* What had been settled is settled again; of an appeal the person's answer is what is undone. */
  step.to = from == XS_AUDIT_READY ? step.to : from;
  if (step.to != XS_AUDIT_DECIDED)
    step.comment[0] = '\0';
  g_strlcpy (step.who, call->person->name, sizeof step.who);
  call->row.appeal_open = step.to == XS_AUDIT_APPEALED;
  call->row.risk = risk;
  return xs_audit_take_step (call->storage, &call->row, &step, error);
}

static gboolean
do_undo (ActCall *call, GError **error)
{
  g_auto (XsReviewActions) actions;
  g_autofree char *who = NULL;
  gint64 risk;
  gboolean first_look, decided;
  XsAuditState from = call->row.state;

  xs_review_actions_init (&actions);
  if (!find_action (call, &who, &risk, &first_look, &actions, error) || !read_from_state (call, &from, &decided, error))
    return FALSE;
  const XsReviewAction *undone = actions.actions->len == 1 ? &g_array_index (actions.actions, XsReviewAction, 0) : NULL;
  gboolean is_undo = undone != NULL && strcmp (undone->action, "undo") == 0;
  if (call->row.state == XS_AUDIT_READY)
    return refuse (error, "The day was settled; decide anew instead");
  if (!first_look && (!decided || call->row.state != XS_AUDIT_DECIDED || is_undo))
    return refuse (error, "There is no decision to undo");
  if (!(first_look ? take_look (call, error) : restore (call, from, risk, error)))
    return FALSE;
  xs_review_set_outcome (call->outcome, "done", "");
  return TRUE;
}

static gboolean
do_again (ActCall *call, GError **error)
{
  const XsReviewAction *action = call->action;
  const XsAuditDecision decision = { .devnum = action->devnum,
                                     .seq = action->seq,
                                     .sha256 = action->sha256,
                                     .version = call->row.version,
                                     .who = call->person->name,
                                     .comment = action->comment };

  if (call->row.state == XS_AUDIT_READY)
    return refuse (error, "The day was settled; decide anew instead");
  if (!xs_platform_audit_again (call->storage, &decision, error))
    return FALSE;
  xs_review_set_outcome (call->outcome, "done", "");
  return TRUE;
}

/* What somebody decided, or has first looked at, only that person touches, or who may overrule. */
static gboolean
find_decider (ActCall *call, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) cursor = NULL;

  if (xs_platform_role_has (call->person->role, XS_PLATFORM_RIGHT_OVERRULE))
    return TRUE;
  cursor = xs_sql_prepare (call->storage->sql,
                           "SELECT coalesce ((SELECT max (who) FROM review_action WHERE log_id = audit_step.log_id"
                           "  AND version = ? AND status = 'first_look'), CASE WHEN to_state = 'decided' THEN who END)"
                           " FROM audit_step WHERE log_id = ? AND version ="
                           " (SELECT max (version) FROM audit_step AS last WHERE last.log_id = audit_step.log_id"
                           "  AND last." XS_AUDIT_EXPLAINS ")",
                           error, "ii", call->row.version, call->row.log_id);
  if (cursor == NULL || !xs_sql_row_step (cursor, &has_row, error))
    return FALSE;
  const char *who = has_row ? xs_sql_row_string (cursor, 0) : NULL;
  if (who != NULL && strcmp (who, call->person->name) != 0)
    call->decider = g_strdup (who);
  return TRUE;
}

static gboolean
do_action (XsSql *sql, gpointer data, GError **error)
{
  ActCall *call = data;
  const char *word = call->action->action;
  XsPolicy policy;

  if (call->in_batch && call->row.end_us - call->row.start_us < SHORTEST_US)
    return refuse (error, "A log shorter than a minute is looked at by itself");
  if (strcmp (word, "confirm") == 0)
    return do_confirm (call, error);
  if (!find_decider (call, error))
    return FALSE;
  if (call->decider != NULL)
    {
      xs_review_set_outcome (call->outcome, "conflict",
                             "Somebody else has decided; only that person or a head coach decides otherwise");
      return TRUE;
    }
  if (strcmp (word, "undo") == 0)
    return do_undo (call, error);
  if (strcmp (word, "again") == 0)
    return do_again (call, error);
  if (strcmp (word, "decide") != 0)
    return refuse (error, "There is no such action");
  if (!xs_audit_read_policy (call->storage, "", 0, &policy, error))
    return FALSE;
  return policy.second_look ? do_first_look (call, error) : do_decide (call, error);
}

/* How the log stands now, and who brought it there. */
static gboolean
describe (ActCall *call, GError **error)
{
  gboolean has_row;
  XsReviewOutcome *outcome = call->outcome;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (call->storage->sql,
                    "SELECT audit.version, audit.state, audit.verdict, audit.credited_min + audit.credited_next_min,"
                    " audit.changed_us, coalesce (review_action.who, audit_step.who) FROM audit"
                    " LEFT JOIN audit_step ON audit_step.log_id = audit.log_id AND audit_step.version = audit.version"
                    " LEFT JOIN review_action ON review_action.log_id = audit.log_id"
                    "  AND review_action.version = audit.version AND status IN ('done', 'first_look')"
                    " WHERE audit.log_id = ?",
                    error, "i", call->row.log_id);

  if (cursor == NULL || !xs_sql_row_step (cursor, &has_row, error) || !has_row)
    return FALSE;
  const char *who = xs_sql_row_string (cursor, 5);
  outcome->version = xs_sql_row_int (cursor, 0);
  g_strlcpy (outcome->state, xs_sql_row_string (cursor, 1), sizeof outcome->state);
  if (!xs_verdict_from_nick (xs_sql_row_string (cursor, 2), &outcome->verdict))
    outcome->verdict = XS_VERDICT_PENDING;
  outcome->credited_min = xs_sql_row_int (cursor, 3);
  outcome->at_us = xs_sql_row_int (cursor, 4);
  g_strlcpy (outcome->who, who != NULL ? who : "", sizeof outcome->who);
  return TRUE;
}

static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, XS_ERROR, XS_ERROR_REJECTED) || g_error_matches (error, XS_ERROR, XS_ERROR_INVALID);
}

static gboolean
act (XsSql *sql, gpointer data, GError **error)
{
  ActCall *call = data;
  const XsReviewAction *action = call->action;
  g_autoptr (GError) local_error = NULL;
  char stunum[XS_UNIFIED_DIGITS + 1];
  gboolean found;

  /* It may run once more. */
  g_clear_pointer (&call->decider, g_free);
  xs_review_outcome_init (call->outcome);
  if (!xs_review_recall (call->storage, call->person, action, &found, call->outcome, error))
    return FALSE;
  if (found)
    return TRUE;
  g_strlcpy (call->outcome->id, action->id, sizeof call->outcome->id);
  if (!xs_review_find_log (call->storage, call->person, action->devnum, action->seq, action->sha256, &call->row, stunum,
                           &local_error))
    {
      if (!g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      xs_review_set_outcome (call->outcome, "refused", "There is no such log");
      return TRUE;
    }
  gint64 risk = call->row.risk;
  if (call->row.version != action->version)
    xs_review_set_outcome (call->outcome, "conflict", "The log went on meanwhile; look at it again");
  else if (!xs_sql_transaction (sql, do_action, call, &local_error))
    {
      if (!is_refusal (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      xs_review_set_outcome (call->outcome, "refused", local_error->message);
    }
  if (!describe (call, error))
    return FALSE;
  /* What is done is this person's: the row that says so is only about to be written. */
  if (strcmp (call->outcome->status, "conflict") != 0 && strcmp (call->outcome->status, "refused") != 0)
    g_strlcpy (call->outcome->who, call->person->name, sizeof call->outcome->who);
  else if (call->decider != NULL)
    g_strlcpy (call->outcome->who, call->decider, sizeof call->outcome->who);
  const XsReviewKept kept = { call->person, action, call->row.log_id, stunum, risk };
  return xs_review_keep (call->storage, &kept, call->outcome, error);
}

gboolean
xs_platform_review_act (XsPlatformStorage *storage, const XsPlatformPerson *person, const XsReviewAction *action,
                        gboolean in_batch, XsReviewOutcome *outcome, GError **error)
{
  ActCall call = { .storage = storage, .person = person, .action = action, .in_batch = in_batch, .outcome = outcome };

  gboolean ok = xs_sql_transaction (storage->sql, act, &call, error);
  g_free (call.decider);
  return ok;
}

static gboolean
reckon (ActCall *call, GError **error)
{
  const XsReviewAction *action = call->action;
  XsReviewOutcome *outcome = call->outcome;
  char stunum[XS_UNIFIED_DIGITS + 1];
  g_autoptr (GArray) voids = xs_wire_reasons_new ();

  if (strcmp (action->action, "decide") != 0)
    return refuse (error, "Only a decision is reckoned");
  if (!xs_review_find_log (call->storage, call->person, action->devnum, action->seq, action->sha256, &call->row, stunum,
                           error)
      || !check_voids (call, action, error))
    return FALSE;
  const XsAuditDecision decision = make_decision (call, action, voids);
  if (!xs_platform_audit_reckon (call->storage, &decision, &outcome->verdict, &outcome->credited_min, error))
    return FALSE;
  outcome->version = call->row.version;
  g_strlcpy (outcome->state, xs_audit_state_nick (XS_AUDIT_DECIDED), sizeof outcome->state);
  xs_review_set_outcome (outcome, "done", "");
  return TRUE;
}

gboolean
xs_platform_review_reckon (XsPlatformStorage *storage, const XsPlatformPerson *person, const XsReviewAction *action,
                           XsReviewOutcome *outcome, GError **error)
{
  ActCall call = { .storage = storage, .person = person, .action = action, .outcome = outcome };
  g_autoptr (GError) local_error = NULL;

  xs_review_outcome_init (outcome);
  g_strlcpy (outcome->id, action->id, sizeof outcome->id);
  if (reckon (&call, &local_error))
    return TRUE;
  if (!is_refusal (local_error) && !g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  xs_review_set_outcome (outcome, "refused", local_error->message);
  return TRUE;
}
