/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-registration-words.h"
#include "xs-review-acts.h"
#include "xs-review-text.h"

#include <string.h>

static XsReviewOutcome
outcome_of (const char *status, gint64 version, const char *state, XsVerdict verdict, const char *who)
{
  XsReviewOutcome outcome;

  xs_review_outcome_init (&outcome);
  g_strlcpy (outcome.status, status, sizeof outcome.status);
  g_strlcpy (outcome.state, state, sizeof outcome.state);
  g_strlcpy (outcome.who, who, sizeof outcome.who);
  outcome.version = version;
  outcome.verdict = verdict;
  outcome.credited_min = 30;
  return outcome;
}

/* What is said is what the platform answered; a word that is not known is no success. */
static void
test_text (void)
{
  static const struct {
    const char *action, *status;
    gint64 version; /* of the outcome; the action was on 2 */
    const char *expected;
  } cases[] = {
    { "decide", "done", 3, "Kept. Partly valid: 30 min count. U takes it back." },
    { "decide", "first_look", 3, "Kept. A second person has to look. U takes it back." },
    { "decide", "conflict", 3, "Not changed: li was faster" },
    { "decide", "conflict", 2, "Not changed: only li or a head coach changes that decision" },
    { "decide", "refused", 2, "Not changed: it is so" },
    { "decide", "postponed", 2, "Not changed: it is so" },
    { "undo", "done", 3, "Taken back. Now: Partly valid: 30 min count" },
    { "again", "done", 3, "It is being checked again" },
  };
  XsReviewAction action;

  xs_review_action_init (&action);
  action.version = 2;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      XsReviewOutcome outcome = outcome_of (cases[i].status, cases[i].version, "decided", XS_VERDICT_PARTIAL, "li");
      g_strlcpy (outcome.message, "it is so", sizeof outcome.message);
      g_strlcpy (action.action, cases[i].action, sizeof action.action);
      g_autofree char *text = xs_review_acts_text (&action, &outcome, NULL, 30);
      g_assert_cmpstr (text, ==, cases[i].expected);
    }
  /* That more are credited than are valid is the policy's, and is said. */
  XsReviewOutcome outcome = outcome_of ("done", 3, "decided", XS_VERDICT_VALID, "wang");
  g_strlcpy (action.action, "decide", sizeof action.action);
  g_autofree char *text = xs_review_acts_text (&action, &outcome, NULL, 24);
  g_assert_cmpstr (text, ==, "Kept. Valid: 24 min valid, 30 by the hour’s ratio. U takes it back.");
  g_array_unref (action.voids);
}

/* Whose photo it was is said, and who was faster in words of people; what the platform tells programs is not shown. */
static void
test_photo_text (void)
{
  static const struct {
    const char *action, *status, *who, *expected;
  } cases[] = {
    { "approve", "done", "wang", "Kept. 欧阳丽: Approved." },
    { "undo", "done", "wang", "Taken back: 欧阳丽. Now: Approved" },
    { "approve", "conflict", "li", "欧阳丽: not changed, li was faster" },
    { "approve", "conflict", "auditor", "欧阳丽: not changed, The check was faster" },
    { "approve", "conflict", "", "欧阳丽: not changed, there is another photo now. Look at it." },
    { "undo", "refused", "li", "欧阳丽: there is nothing that you could take back" },
    { "approve", "refused", "li", "欧阳丽: not changed, the platform did not take it" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (XsSentAct) act = xs_sent_act_new ("wang");
      XsReviewOutcome outcome = outcome_of (cases[i].status, 3, "approved", XS_VERDICT_PENDING, cases[i].who);
      XsReviewAction action;
      xs_review_action_init (&action);
      g_strlcpy (action.action, cases[i].action, sizeof action.action);
      g_array_append_val (act->actions.actions, action);
      g_strlcpy (act->row.name, "欧阳丽", sizeof act->row.name);
      g_autofree char *text = xs_registration_act_text (act, &outcome);
      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

/* What is looked for is cut between characters, and never beyond its room. */
static void
test_cut (void)
{
  struct {
    char text[8];
    char after;
  } room = { .after = 'x' };

  xs_review_text_cut (room.text, sizeof room.text, "欧阳丽");
  g_assert_cmpstr (room.text, ==, "欧阳");
  xs_review_text_cut (room.text, sizeof room.text, "𠀀𠀀");
  g_assert_cmpstr (room.text, ==, "𠀀");
  xs_review_text_cut (room.text, sizeof room.text, "abcdefg");
  g_assert_cmpstr (room.text, ==, "abcdefg");
  g_assert_cmpint (room.after, ==, 'x');
}

/* It is said on which log, since the next is on screen by then. */
static void
test_names_the_log (void)
{
  XsReviewAction action;
  XsReviewRow row;
  XsReviewOutcome outcome = outcome_of ("done", 3, "needs_human", XS_VERDICT_PENDING, "wang");

  xs_review_action_init (&action);
  xs_review_row_init (&row);
  g_strlcpy (action.action, "undo", sizeof action.action);
  g_strlcpy (row.name, "学员甲", sizeof row.name);
  row.start_us = 1795654800 * (gint64) G_USEC_PER_SEC;
  g_autofree char *text = xs_review_acts_text (&action, &outcome, &row, -1);
  g_assert_cmpstr (text, ==, "Taken back: 学员甲 11-26 09:00. Now: To be decided");
  outcome = outcome_of ("done", 3, "decided", XS_VERDICT_VALID, "wang");
  g_strlcpy (action.action, "decide", sizeof action.action);
  g_autofree char *kept = xs_review_acts_text (&action, &outcome, &row, -1);
  g_assert_cmpstr (kept, ==, "Kept: 学员甲 11-26 09:00. Valid: 30 min count. U takes it back.");
  g_array_unref (action.voids);
}

/* A row shows what the platform says of the log now, and never goes back to an older version. */
static void
test_apply (void)
{
  XsReviewRow row;
  XsReviewOutcome newer = outcome_of ("done", 5, "decided", XS_VERDICT_PARTIAL, "wang");
  XsReviewOutcome older = outcome_of ("conflict", 4, "needs_human", XS_VERDICT_PENDING, "auditor");

  xs_review_row_init (&row);
  row.version = 4;
  xs_review_acts_apply (&row, &newer);
  xs_review_acts_apply (&row, &older);
  g_assert_cmpint (row.version, ==, 5);
  g_assert_cmpint (row.state, ==, XS_AUDIT_DECIDED);
  g_assert_cmpint (row.credited_min, ==, 30);
  g_assert_true (row.by_person);
  g_assert_cmpstr (row.judged_by, ==, "wang");
}

static void
test_count (void)
{
  g_auto (XsReviewOutcomes) outcomes;

  xs_review_outcomes_init (&outcomes);
  for (guint i = 0; i < 3; i++)
    {
      XsReviewOutcome outcome = outcome_of (i < 2 ? "done" : "conflict", 2, "decided", XS_VERDICT_VALID, "li");
      g_array_append_val (outcomes.outcomes, outcome);
    }
  g_autofree char *text = xs_review_acts_count_text (&outcomes, 1);
  g_assert_cmpstr (text, ==, "2 logs kept, 1 not changed: look at them one by one, 1 left out: under a minute");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coach/review-acts/text", test_text);
  g_test_add_func ("/coach/review-acts/names-the-log", test_names_the_log);
  g_test_add_func ("/coach/review-acts/apply", test_apply);
  g_test_add_func ("/coach/review-acts/count", test_count);
  g_test_add_func ("/coach/review-acts/photo-text", test_photo_text);
  g_test_add_func ("/coach/review-acts/cut", test_cut);
  return g_test_run ();
}
