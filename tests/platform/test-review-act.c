/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What people do to logs, over HTTP: Q3 to Q7, Q13, Q14 and Q19 of docs/protocol.md. */

#include "review-fixture.h"
#include "xs-error.h"

#include <string.h>

typedef XsPlatformFixture Fixture;

/* Q3: the same id changes nothing and is answered the same, also after the log went on; another request is refused. */
static void
test_once (Fixture *f, gconstpointer data)
{
  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_judge (f, 0.4);
  XsReviewAction first = review_action (f, "a", "decide", 1, 1);
  XsReviewAction same = review_action (f, "a", "decide", 1, 1);
  XsReviewAction other = review_action (f, "a", "decide", 1, 2);
  g_autoptr (XsReply) reply = review_send_actions (f, head, XS_WIRE_PATH_REVIEW_ACTIONS, &first, 1);
  g_assert_cmpstr (review_outcome (reply, 0).status, ==, "done");
  g_assert_cmpint (review_outcome (reply, 0).version, ==, 2);
  g_assert_cmpstr (review_act (f, head, review_action (f, "b", "undo", 1, 2)).status, ==, "done");
  g_autoptr (XsReply) again = review_send_actions (f, head, XS_WIRE_PATH_REVIEW_ACTIONS, &same, 1);
  g_assert_true (g_bytes_equal (reply->body, again->body));
  g_autoptr (XsReply) refused = review_send_actions (f, head, XS_WIRE_PATH_REVIEW_ACTIONS, &other, 1);
  xs_assert_error (refused, 400, XS_WIRE_ERROR_BAD_REQUEST);
  g_auto (XsReviewLog) log;
  review_get_log (f, head, 1, &log);
  g_assert_cmpint (g_array_index (log.row, XsReviewRow, 0).version, ==, 3);
}

/* Q4: who comes second changes nothing, and learns who was first. */
static void
test_conflict (Fixture *f, gconstpointer data)
{
  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_judge (f, 0.4);
  XsReviewAction valid = review_action (f, "a", "decide", 1, 1);
  valid.verdict = XS_VERDICT_VALID;
  XsReviewOutcome mine = review_act (f, own, valid);
  g_assert_cmpstr (mine.status, ==, "done");
  g_assert_cmpint (mine.verdict, ==, XS_VERDICT_VALID);
  g_assert_cmpstr (mine.who, ==, "own");
  XsReviewOutcome late = review_act (f, head, review_action (f, "a", "decide", 1, 1));
  g_assert_cmpstr (late.status, ==, "conflict");
  g_assert_cmpstr (late.who, ==, "own");
  g_assert_cmpstr (late.state, ==, "decided");
  g_assert_cmpint (late.verdict, ==, XS_VERDICT_VALID);
  g_assert_cmpint (late.version, ==, 2);
}

/* Q5: what is undone stands as before, with its risk; a coach undoes the own, a head coach any; nothing settled. */
static void
test_undo (Fixture *f, gconstpointer data)
{
  XsAuditSettlement settlement;
  g_autoptr (GError) error = NULL;

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_judge (f, 0.4);
  g_auto (XsReviewLog) before, decided, after;
  review_get_log (f, own, 1, &before);
  g_assert_cmpstr (review_act (f, head, review_action (f, "a", "decide", 1, 1)).status, ==, "done");
  review_get_log (f, own, 1, &decided);
  g_assert_cmpstr (g_array_index (decided.row, XsReviewRow, 0).judged_by, ==, "head");
  g_assert_cmpstr (review_act (f, own, review_action (f, "a", "undo", 1, 2)).status, ==, "conflict");
  g_assert_cmpstr (review_act (f, own, review_action (f, "again", "again", 1, 2)).status, ==, "conflict");
  g_assert_cmpstr (review_act (f, head, review_action (f, "b", "undo", 1, 2)).status, ==, "done");
  review_get_log (f, own, 1, &after);
  const XsReviewRow *was = &g_array_index (before.row, XsReviewRow, 0);
  const XsReviewRow *is = &g_array_index (after.row, XsReviewRow, 0);
  g_assert_cmpint (is->version, ==, 3);
  g_assert_cmpint (is->state, ==, XS_AUDIT_NEEDS_HUMAN);
  g_assert_cmpint (is->risk, ==, was->risk);
  g_assert_cmpstr (is->reasons, ==, was->reasons);
  g_assert_cmpstr (is->judged_by, ==, "auditor");
  g_assert_true (g_array_index (after.steps, XsReviewStep, 2).undo);
  g_assert_cmpstr (review_act (f, head, review_action (f, "c", "undo", 1, 3)).status, ==, "refused");

  XsReviewAction valid = review_action (f, "b", "decide", 1, 3);
  valid.verdict = XS_VERDICT_VALID;
  g_assert_cmpstr (review_act (f, own, valid).status, ==, "done");
  g_assert_true (xs_platform_audit_settle (f->storage, &settlement, &error));
  g_assert_cmpuint (settlement.n_ready, ==, 1);
  g_assert_cmpstr (review_act (f, own, review_action (f, "c", "undo", 1, 5)).status, ==, "refused");
}

/* Q6: each of a selection by itself, and what is shorter than a minute not at all; alone it may be decided. */
static void
test_batch (Fixture *f, gconstpointer data)
{
  XsReviewAction actions[3];

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  for (gint64 i = 1; i <= 3; i++)
    {
      review_send_log (f, i, XS_SAMPLE_STUNUM, i * REVIEW_HOUR, i == 2);
      review_judge (f, 0.4);
      g_autofree char *id = g_strdup_printf ("batch-%d", (int) i);
      actions[i - 1] = review_action (f, id, "decide", i, i == 3 ? 7 : 1);
    }
  g_autoptr (XsReply) reply = review_send_actions (f, head, XS_WIRE_PATH_REVIEW_ACTIONS, actions, 3);
  g_assert_cmpstr (review_outcome (reply, 0).status, ==, "done");
  g_assert_cmpstr (review_outcome (reply, 1).status, ==, "refused");
  g_assert_cmpstr (review_outcome (reply, 1).state, ==, "needs_human");
  g_assert_cmpstr (review_outcome (reply, 2).status, ==, "conflict");
  g_assert_cmpstr (review_act (f, head, review_action (f, "alone", "decide", 2, 1)).status, ==, "done");
}

static XsReviewAction
partly (Fixture *f, gint64 from_min, gint64 to_min)
{
  XsReviewAction action = review_action (f, "partly", "decide", 1, 1);
  const XsReviewVoid stretch = { from_min, to_min };

  action.verdict = XS_VERDICT_PARTIAL;
  g_array_append_val (action.voids, stretch);
  return action;
}

static void
set_second_look (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", "default.json", NULL);

  g_assert_true (g_file_get_contents (path, &json, NULL, &error));
  g_auto (GStrv) parts = g_strsplit (json, "\"second_look\": false", 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  g_autofree char *text = g_strjoinv ("\"second_look\": true", parts);
  g_autoptr (GBytes) policy = g_bytes_new (text, strlen (text));
  g_assert_true (xs_platform_storage_set_policy (f->storage, policy, &error));
  g_assert_no_error (error);
}

/* Q7: where policy asks for it a decision waits for a head coach, who is somebody else; until then nothing changed. */
static void
test_second_look (Fixture *f, gconstpointer data)
{
  gint64 next;
  g_autoptr (GError) error = NULL;
  XsPlatformDevice device;

  review_set_up_school (f);
  set_second_look (f);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *other = review_add_person (f, "other", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_judge (f, 0.4);
  g_assert_cmpstr (review_act (f, head, partly (f, 1, 2)).status, ==, "first_look");
  g_auto (XsReviewLog) waiting, decided;
  review_get_log (f, own, 1, &waiting);
  const XsReviewRow *row = &g_array_index (waiting.row, XsReviewRow, 0);
  g_assert_cmpint (row->state, ==, XS_AUDIT_NEEDS_HUMAN);
  g_assert_cmpint (row->verdict, ==, XS_VERDICT_PENDING);
  g_assert_cmpstr (row->first_look, ==, "head");
  g_assert_cmpstr (row->reasons, ==, "minute_abnormal no_photos photo_missing too_short photo_unreadable");
  const XsReviewStep *look = &g_array_index (waiting.steps, XsReviewStep, 1);
  g_assert_true (look->first_look);
  g_assert_cmpint (look->verdict, ==, XS_VERDICT_PARTIAL);
  g_assert_cmpuint (g_array_index (look->reasons, XsWireReason, 0).to_min, ==, 2);

  /* Q14: nor does another coach look first once more. */
  XsReviewOutcome mine = review_act (f, own, review_action (f, "mine", "decide", 1, 2));
  g_assert_cmpstr (mine.status, ==, "conflict");
  g_assert_cmpstr (mine.who, ==, "head");
  g_assert_cmpstr (review_act (f, head, review_action (f, "b", "confirm", 1, 2)).status, ==, "refused");
  g_assert_cmpstr (review_act (f, own, review_action (f, "b", "confirm", 1, 2)).status, ==, "refused");
  g_assert_cmpstr (review_act (f, other, review_action (f, "b", "confirm", 1, 2)).status, ==, "done");
  review_get_log (f, own, 1, &decided);
  g_assert_cmpint (g_array_index (decided.row, XsReviewRow, 0).verdict, ==, XS_VERDICT_PARTIAL);
  g_assert_true (xs_platform_storage_find_device (f->storage, XS_SAMPLE_DEVNUM, &device, &error));
  g_autoptr (GArray) verdicts = xs_platform_audit_get_verdicts (f->storage, device.id, 0, &next, &error);
  g_assert_true (g_array_index (verdicts, XsWireVerdict, 0).by_person);
  g_assert_cmpstr (review_act (f, other, review_action (f, "c", "confirm", 1, 3)).status, ==, "refused");
}

/* As another kiosk under the number of the fixture's: its first log is of the same learner, an hour later. */
static void
replace_kiosk (Fixture *f)
{
  XsSignKey successor;

  xs_make_key (&successor, f->dir, 9);
  g_autoptr (XsReply) paired = xs_platform_fixture_pair (f, &successor, XS_SAMPLE_DEVNUM);
  g_assert_cmpuint (paired->status, ==, 200);
  f->key = successor;
}

/* Q13: of two kiosks under one number each log is found by its hash alone, and no decision lands on the other one. */
static void
test_generations (Fixture *f, gconstpointer data)
{
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewPage) page;
  g_auto (XsReviewLog) first;
  XsAuditDecision by_number = { .devnum = XS_SAMPLE_DEVNUM, .seq = 1, .version = 1, .who = "wang", .comment = "" };
  g_autoptr (GError) error = NULL;

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_judge (f, 0.4);
  replace_kiosk (f);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, REVIEW_HOUR, FALSE);
  review_judge (f, 0.4);
  xs_review_query_init (&query);
  review_list (f, head, &query, &page);
  g_assert_cmpuint (page.rows->len, ==, 2);
  const XsReviewRow *newer = &g_array_index (page.rows, XsReviewRow, 0);
  const XsReviewRow *older = &g_array_index (page.rows, XsReviewRow, 1);
  g_assert_cmpstr (newer->log_sha256, !=, older->log_sha256);
  g_assert_cmpint (newer->start_us, ==, older->start_us + REVIEW_HOUR);

  g_assert_cmpstr (review_act (f, head, review_action (f, "a", "decide", 1, 1)).status, ==, "done");
  review_get_log (f, head, 1, &first);
  g_assert_cmpstr (first.log_sha256, ==, older->log_sha256);
  g_assert_cmpint (g_array_index (first.row, XsReviewRow, 0).state, ==, XS_AUDIT_DECIDED);
  g_autofree char *path = xs_wire_path_review_log (XS_SAMPLE_DEVNUM, 1, newer->log_sha256);
  g_auto (XsReviewLog) second;
  g_autoptr (XsReply) reply = review_ask (f, head, "GET", path, NULL);
  xs_review_log_init (&second);
  g_assert_true (xs_review_log_decode (&second, reply->body, &error));
  g_assert_cmpint (g_array_index (second.row, XsReviewRow, 0).state, ==, XS_AUDIT_NEEDS_HUMAN);
  g_assert_cmpint (g_array_index (second.row, XsReviewRow, 0).version, ==, 1);

  /* A number alone names neither. */
  XsReviewAction nameless = review_action (f, "b", "decide", 1, 1);
  nameless.sha256[0] = '\0';
  g_assert_cmpstr (review_act (f, head, nameless).status, ==, "refused");
  g_assert_false (xs_platform_audit_again (f->storage, &by_number, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  by_number.sha256 = newer->log_sha256;
  g_assert_true (xs_platform_audit_again (f->storage, &by_number, &error));
  g_assert_no_error (error);
}

/* Q14: what a person has decided nobody but that person and a head coach touches, not after an appeal either. */
static void
test_decider (Fixture *f, gconstpointer data)
{
  static const char *const words[] = { "decide", "undo", "again" };
  XsAuditSettlement settlement;
  g_autoptr (GError) error = NULL;

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  g_autofree char *second = review_add_person (f, "second", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_judge (f, 0.4);
  g_assert_cmpstr (review_act (f, own, review_action (f, "a", "decide", 1, 1)).status, ==, "done");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      XsReviewOutcome outcome = review_act (f, second, review_action (f, words[i], words[i], 1, 2));
      g_assert_cmpstr (outcome.status, ==, "conflict");
      g_assert_cmpstr (outcome.who, ==, "own");
      g_assert_cmpint (outcome.version, ==, 2);
      g_assert_cmpint (outcome.verdict, ==, XS_VERDICT_VOID);
    }
  XsReviewAction valid = review_action (f, "b", "decide", 1, 2);
  valid.verdict = XS_VERDICT_VALID;
  g_assert_cmpstr (review_act (f, own, valid).status, ==, "done");
  g_assert_cmpstr (review_act (f, head, review_action (f, "c", "decide", 1, 3)).status, ==, "done");
  XsReviewOutcome late = review_act (f, own, review_action (f, "d", "decide", 1, 4));
  g_assert_cmpstr (late.status, ==, "conflict");
  g_assert_cmpstr (late.who, ==, "head");
  xs_clock_fake_advance (f->clock, 30 * G_TIME_SPAN_DAY);
  g_assert_true (xs_platform_audit_settle (f->storage, &settlement, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (settlement.n_ready, ==, 1);
  g_autofree char *again = review_add_person (f, "later", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  XsReviewOutcome settled = review_act (f, again, review_action (f, "e", "decide", 1, 5));
  g_assert_cmpstr (settled.status, ==, "conflict");
  g_assert_cmpstr (settled.who, ==, "head");
}

static XsReviewOutcome
reckon (Fixture *f, const char *token, XsReviewAction action)
{
  g_autoptr (XsReply) reply = review_send_actions (f, token, XS_WIRE_PATH_REVIEW_RECKONING, &action, 1);

  return review_outcome (reply, 0);
}

/* Q19: what is reckoned is what the decision then credits; nothing changes before, and another coach's log is none. */
static void
test_reckoning (Fixture *f, gconstpointer data)
{
  review_set_up_school (f);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  g_autofree char *stranger = review_add_person (f, "stranger", XS_PLATFORM_ROLE_COACH, REVIEW_OTHER_COACH);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_judge (f, 0.4);
  XsReviewAction without_reason = partly (f, 0, 1);
  without_reason.reason[0] = '\0';
  XsReviewOutcome less = reckon (f, own, without_reason);
  g_assert_cmpstr (less.status, ==, "done");
  g_assert_cmpstr (less.state, ==, "decided");
  g_assert_cmpint (less.version, ==, 1);
  XsReviewAction valid = review_action (f, "valid", "decide", 1, 1);
  valid.verdict = XS_VERDICT_VALID;
  g_assert_cmpint (reckon (f, own, valid).credited_min, >, less.credited_min);
  g_assert_cmpint (reckon (f, own, review_action (f, "none", "decide", 1, 1)).credited_min, ==, 0);
  g_assert_cmpstr (reckon (f, own, partly (f, 0, 1000)).status, ==, "refused");
  g_assert_cmpstr (reckon (f, own, review_action (f, "undo", "undo", 1, 1)).status, ==, "refused");
  g_assert_cmpstr (reckon (f, stranger, partly (f, 0, 1)).status, ==, "refused");

  g_auto (XsReviewLog) log;
  review_get_log (f, own, 1, &log);
  g_assert_cmpint (g_array_index (log.row, XsReviewRow, 0).version, ==, 1);
  g_assert_cmpint (g_array_index (log.row, XsReviewRow, 0).state, ==, XS_AUDIT_NEEDS_HUMAN);
  XsReviewOutcome decided = review_act (f, own, partly (f, 0, 1));
  g_assert_cmpstr (decided.status, ==, "done");
  g_assert_cmpint (decided.credited_min, ==, less.credited_min);
  g_assert_cmpint (decided.verdict, ==, less.verdict);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/review-act/" name, Fixture, NULL, xs_platform_fixture_set_up, func,                           \
              xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("once", test_once);
  ADD ("undo", test_undo);
  ADD ("second-look", test_second_look);
  ADD ("generations", test_generations);
  ADD ("decider", test_decider);
  ADD ("reckoning", test_reckoning);
  /* The statements of these are those of the others: once is enough. */
  if (g_strcmp0 (g_getenv ("XUESHI_TEST_DATABASE"), "postgresql") != 0)
    {
      ADD ("conflict", test_conflict);
      ADD ("batch", test_batch);
    }
  return g_test_run ();
}
