/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What reviewers ask, over HTTP, and what comes of it: Q1 to Q12 of docs/protocol.md. */

#include "xs-platform-fixture.h"
#include "xs-platform-people.h"
#include "xs-platform-photos.h"
#include "xs-platform-privacy.h"
#include "xs-platform-register.h"
#include "xs-platform-review.h"

#include <math.h>
#include <string.h>

typedef XsPlatformFixture Fixture;

#define OWN_COACH "3000000000000003"
#define OTHER_COACH "3000000000000004"
#define OTHER_STUNUM "2000000000000033"
#define HOUR (3600 * (gint64) G_USEC_PER_SEC)

static XsReply *
ask (Fixture *f, const char *token, const char *method, const char *path, GBytes *body)
{
  g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  XsRequest request = { .port = f->port, .method = method, .path = path, .body = body, .headers = headers };

  return xs_send (&request);
}

/* (transfer full): the token of a person, made and signed in behind the platform's back: no test of passwords. */
static char *
add_person (Fixture *f, const char *name, XsPlatformRole role, const char *coachnum)
{
  g_autofree char *token = g_strnfill (XS_PLATFORM_TOKEN_CHARS - 10, 'x');
  char *whole = g_strdup_printf ("%s%-10.10s", token, name);
  g_strdelimit (whole, " ", '-');
  g_autofree char *sha256 = xs_sha256_hex (whole, strlen (whole));
  gint64 now_us = xs_clock_wall_us (f->clock);
  g_autofree char *coach = coachnum != NULL ? g_strdup_printf ("'%s'", coachnum) : g_strdup ("NULL");
  g_autofree char *person = g_strdup_printf (
    "INSERT INTO person (name, role, coachnum, password_hash, added_us) VALUES ('%s', '%s', %s, '$argon2id$', 0);",
    name, xs_platform_role_nick (role), coach);
  g_autofree char *session =
    g_strdup_printf ("INSERT INTO person_session (token_sha256, person_id, address, began_us, seen_us, expires_us)"
                     " SELECT '%s', id, '::1', %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
                     " FROM person WHERE name = '%s';",
                     sha256, now_us, now_us, now_us + HOUR, name);

  xs_platform_fixture_exec (f, person, person);
  xs_platform_fixture_exec (f, session, session);
  return whole;
}

static void
set_up_school (Fixture *f)
{
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 'o' };
  g_autoptr (GBytes) photo = g_bytes_new_static (jpeg, sizeof jpeg);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_add_coach (f->storage, OWN_COACH, "王教练", &error));
  g_assert_true (xs_platform_storage_add_coach (f->storage, OTHER_COACH, "赵教练", &error));
  g_assert_true (xs_platform_storage_add_learner (f->storage, OTHER_STUNUM, "欧阳丽", photo, &error));
  g_assert_true (xs_platform_storage_set_coach (f->storage, XS_SAMPLE_STUNUM, OWN_COACH, &error));
  g_assert_true (xs_platform_storage_set_coach (f->storage, OTHER_STUNUM, OTHER_COACH, &error));
  g_assert_no_error (error);
}

/* The sample log as number @seq, @shift_us later. @short_log: of half a minute */
static void
send_log (Fixture *f, gint64 seq, const char *stunum, gint64 shift_us, gboolean short_log)
{
  g_auto (XsWireLog) wire_log;
  XsTeachingLog *log = &wire_log.log;

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  wire_log.seq = seq;
  g_snprintf (log->recnum, sizeof log->recnum, "%05d", (int) seq);
  g_strlcpy (log->stunum, stunum, sizeof log->stunum);
  g_array_set_size (log->photos, 0);
  log->start_wall_us += shift_us;
  log->end_wall_us += shift_us;
  if (short_log)
    {
      g_array_set_size (log->minutes, 1);
      g_array_index (log->minutes, XsMinuteRecord, 0).credited_us = 30000000;
      log->end_wall_us = log->start_wall_us + 30 * G_USEC_PER_SEC;
      log->credited_s = 30;
    }
  for (guint i = 0; i < log->minutes->len; i++)
    {
      XsMinuteRecord *minute = &g_array_index (log->minutes, XsMinuteRecord, i);
      g_strlcpy (minute->stunum, stunum, sizeof minute->stunum);
      minute->wall_end_us = short_log ? log->end_wall_us : minute->wall_end_us + shift_us;
    }
  g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, xs_clock_wall_us (f->clock), &wire_log);
  g_autofree char *text = xs_reply_text (reply);
  g_test_message ("%s", text);
  g_assert_cmpuint (reply->status, ==, 200);
}

/* The log that waits longest: a photo nobody could look at, and one of this likeness: a person has to decide. */
static void
judge (Fixture *f, double likeness)
{
  g_auto (XsAuditJob) job = { 0 };
  g_auto (XsAuditFacts) facts = { 0 };
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (GArray) doubts = xs_wire_reasons_new ();
  g_autoptr (GError) error = NULL;
  const XsWireReason doubt = { .word = "photo_unreadable", .photo = "0000000101" };
  XsAuditPhoto photo = { .number = "0000000101", .seen = "present", .match = likeness, .live = NAN };
  XsAuditOutcome outcome;
  gboolean found;

  photo.measures = g_strdup ("{\"boxes\":[[1,2,30,40]],\"height_px\":480,\"width_px\":640,\"yaw_deg\":-12.5}");
  photo.taken_us = XS_SAMPLE_TIME_US;
  g_array_append_val (photos, photo);
  g_array_append_val (doubts, doubt);
  g_assert_true (xs_platform_audit_claim (f->storage, G_TIME_SPAN_HOUR, &job, &found, &error));
  g_assert_true (found);
  xs_audit_facts_init (&facts);
  g_assert_true (xs_platform_audit_read_facts (f->storage, &job, &facts, &error));
  g_autoptr (XsAudit) audit = xs_audit_log (&job.wire_log.log, &job.policy, &facts);
  g_assert_true (xs_platform_audit_finish (f->storage, &job, audit, photos, doubts, &outcome, &error));
  g_assert_no_error (error);
  g_assert_cmpint (outcome, ==, XS_AUDIT_RECORDED);
}

static void
list (Fixture *f, const char *token, const XsReviewQuery *query, XsReviewPage *page)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_review_query_encode (query);
  g_autoptr (XsReply) reply = ask (f, token, "POST", XS_WIRE_PATH_REVIEW_QUEUE, body);
  g_autofree char *text = xs_reply_text (reply);

  g_test_message ("%s", text);
  g_assert_cmpuint (reply->status, ==, 200);
  xs_review_page_init (page);
  g_assert_true (xs_review_page_decode (page, reply->body, &error));
  g_assert_no_error (error);
}

/* (transfer full): the numbers of the logs of a page, in order. */
static char *
seqs_of (const XsReviewPage *page)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < page->rows->len; i++)
    g_string_append_printf (text, "%d ", (int) g_array_index (page->rows, XsReviewRow, i).seq);
  return g_string_free (text, FALSE);
}

static XsReviewAction
make_action (const char *id, const char *word, gint64 seq, gint64 version)
{
  XsReviewAction action;

  xs_review_action_init (&action);
  g_strlcpy (action.id, id, sizeof action.id);
  g_strlcpy (action.action, word, sizeof action.action);
  g_strlcpy (action.devnum, XS_SAMPLE_DEVNUM, sizeof action.devnum);
  action.seq = seq;
  action.version = version;
  action.verdict = XS_VERDICT_VOID;
  g_strlcpy (action.reason, "face_mismatch", sizeof action.reason);
  return action;
}

/* @actions, which are taken over, by one request. */
static XsReply *
send_actions (Fixture *f, const char *token, const char *path, XsReviewAction *actions, guint n_actions)
{
  g_auto (XsReviewActions) all;

  xs_review_actions_init (&all);
  g_array_append_vals (all.actions, actions, n_actions);
  g_autoptr (GBytes) body = xs_review_actions_encode (&all);
  return ask (f, token, "POST", path, body);
}

static XsReviewOutcome
outcome_of (const XsReply *reply, guint index)
{
  g_auto (XsReviewOutcomes) outcomes;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = xs_reply_text (reply);

  g_test_message ("%s", text);
  g_assert_cmpuint (reply->status, ==, 200);
  xs_review_outcomes_init (&outcomes);
  g_assert_true (xs_review_outcomes_decode (&outcomes, reply->body, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (index, <, outcomes.outcomes->len);
  return g_array_index (outcomes.outcomes, XsReviewOutcome, index);
}

static XsReviewOutcome
act (Fixture *f, const char *token, XsReviewAction action)
{
  g_autoptr (XsReply) reply = send_actions (f, token, XS_WIRE_PATH_REVIEW_ACTIONS, &action, 1);

  return outcome_of (reply, 0);
}

static void
get_log (Fixture *f, const char *token, gint64 seq, XsReviewLog *log)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = xs_wire_path_review_log (XS_SAMPLE_DEVNUM, seq);
  g_autoptr (XsReply) reply = ask (f, token, "GET", path, NULL);

  g_assert_cmpuint (reply->status, ==, 200);
  xs_review_log_init (log);
  g_assert_true (xs_review_log_decode (log, reply->body, &error));
  g_assert_no_error (error);
}

/* Q1: a coach has no learners but the own; who only looks changes nothing; who keeps the register sees nothing. */
static void
test_scope (Fixture *f, gconstpointer data)
{
  set_up_school (f);
  g_autofree char *own = add_person (f, "own", XS_PLATFORM_ROLE_COACH, OWN_COACH);
  g_autofree char *none = add_person (f, "none", XS_PLATFORM_ROLE_COACH, NULL);
  g_autofree char *auditor = add_person (f, "wu", XS_PLATFORM_ROLE_AUDITOR, NULL);
  g_autofree char *admin = add_person (f, "admin", XS_PLATFORM_ROLE_ADMIN, NULL);
  g_autofree char *path = xs_wire_path_review_log (XS_SAMPLE_DEVNUM, 2);
  const char *const tokens[] = { own, none, auditor };
  const char *const expected[] = { "1 ", "", "2 1 " };
  g_auto (XsReviewQuery) query;

  send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  send_log (f, 2, OTHER_STUNUM, HOUR, FALSE);
  xs_review_query_init (&query);
  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      g_auto (XsReviewPage) page;
      list (f, tokens[i], &query, &page);
      g_autofree char *seqs = seqs_of (&page);
      g_assert_cmpstr (seqs, ==, expected[i]);
      g_assert_cmpint (g_array_index (page.counts, XsReviewCounts, 0).received, ==, page.rows->len);
      g_autoptr (XsReply) log = ask (f, tokens[i], "GET", path, NULL);
      g_assert_cmpuint (log->status, ==, i == 2 ? 200 : 404);
    }
  g_assert_cmpstr (act (f, own, make_action ("a", "decide", 2, 0)).status, ==, "refused");
  XsReviewAction action = make_action ("b", "decide", 1, 0);
  g_autoptr (XsReply) by_auditor = send_actions (f, auditor, XS_WIRE_PATH_REVIEW_ACTIONS, &action, 1);
  xs_assert_error (by_auditor, 403, XS_WIRE_ERROR_FORBIDDEN);
  g_autoptr (GBytes) body = xs_review_query_encode (&query);
  g_autoptr (XsReply) by_admin = ask (f, admin, "POST", XS_WIRE_PATH_REVIEW_QUEUE, body);
  xs_assert_error (by_admin, 403, XS_WIRE_ERROR_FORBIDDEN);
  g_autoptr (XsReply) views = ask (f, own, "POST", XS_WIRE_PATH_REVIEW_VIEWS, body);
  xs_assert_error (views, 403, XS_WIRE_ERROR_FORBIDDEN);
}

/* Q2: what waits for a person comes first, by risk, then the others, the last first; each once over all pages. */
static void
test_queue (Fixture *f, gconstpointer data)
{
  static const double likeness[] = { 0.9, 0.1, 0.5 };
  g_autoptr (GString) seen = g_string_new (NULL);
  g_auto (XsReviewQuery) query;

  set_up_school (f);
  g_autofree char *head = add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  for (gint64 i = 1; i <= 3; i++)
    {
      send_log (f, i, i == 2 ? OTHER_STUNUM : XS_SAMPLE_STUNUM, i * HOUR, FALSE);
      judge (f, likeness[i - 1]);
    }
  for (gint64 i = 4; i <= 7; i++)
    send_log (f, i, XS_SAMPLE_STUNUM, i * HOUR, FALSE);
  xs_review_query_init (&query);
  query.limit = 2;
  do
    {
      g_auto (XsReviewPage) page;
      list (f, head, &query, &page);
      g_autofree char *seqs = seqs_of (&page);
      g_string_append (seen, seqs);
      g_assert_cmpuint (page.counts->len, ==, query.after[0] == '\0' ? 1 : 0);
      g_strlcpy (query.after, page.next, sizeof query.after);
    }
  while (query.after[0] != '\0');
  g_assert_cmpstr (seen->str, ==, "2 3 1 7 6 5 4 ");
  g_strlcpy (query.after, "open:1:x:2", sizeof query.after);
  g_autoptr (GBytes) body = xs_review_query_encode (&query);
  g_autoptr (XsReply) reply = ask (f, head, "POST", XS_WIRE_PATH_REVIEW_QUEUE, body);
  xs_assert_error (reply, 400, XS_WIRE_ERROR_BAD_REQUEST);
}

/* Q2: each filter leaves just what it says. */
static void
test_filters (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *member;
    const char *text;
    gint64 number;
    const char *expected;
  } cases[] = {
    { "text", "阳", 0, "2 " },
    { "text", "000033", 0, "2 " },
    { "text", "%", 0, "" },
    { "stunum", OTHER_STUNUM, 0, "2 " },
    { "devnum", "4000000000000099", 0, "" },
    { "state", "received", 0, "3 " },
    { "validity", "pending", 0, "2 3 " },
    { "validity", "void", 0, "1 " },
    { "judged_by", "person", 0, "1 " },
    { "judged_by", "auditor", 0, "2 " },
    { "judged_by", "nobody", 0, "3 " },
    { "part", NULL, 1, "2 3 1 " },
    { "part", NULL, 3, "" },
    { "mode", NULL, 1, "" },
    { "open_only", NULL, 1, "2 " },
  };

  set_up_school (f);
  g_autofree char *head = add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  for (gint64 i = 1; i <= 2; i++)
    {
      send_log (f, i, i == 2 ? OTHER_STUNUM : XS_SAMPLE_STUNUM, i * HOUR, FALSE);
      judge (f, 0.4);
    }
  send_log (f, 3, XS_SAMPLE_STUNUM, 30 * HOUR, FALSE);
  g_assert_cmpstr (act (f, head, make_action ("a", "decide", 1, 1)).status, ==, "done");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (XsReviewQuery) query;
      g_auto (XsReviewPage) page;
      const char *member = cases[i].member;
      xs_review_query_init (&query);
#define SET(name)                                                                                                      \
  if (strcmp (member, #name) == 0)                                                                                     \
  g_strlcpy (query.name, cases[i].text, sizeof query.name)
      SET (text);
      SET (stunum);
      SET (devnum);
      SET (state);
      SET (validity);
      SET (judged_by);
#undef SET
      query.part = strcmp (member, "part") == 0 ? cases[i].number : 0;
      query.mode = strcmp (member, "mode") == 0 ? cases[i].number : 0;
      query.open_only = strcmp (member, "open_only") == 0;
      list (f, head, &query, &page);
      g_autofree char *seqs = seqs_of (&page);
      g_test_message ("%s %s", member, cases[i].text);
      g_assert_cmpstr (seqs, ==, cases[i].expected);
      const XsReviewCounts *counts = &g_array_index (page.counts, XsReviewCounts, 0);
      g_assert_cmpint (counts->waiting, ==, 1);
      g_assert_cmpint (counts->none, ==, 1);
    }
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewPage) page;
  xs_review_query_init (&query);
  query.from_us = XS_SAMPLE_TIME_US + HOUR;
  query.to_us = XS_SAMPLE_TIME_US + 3 * HOUR;
  list (f, head, &query, &page);
  g_autofree char *seqs = seqs_of (&page);
  g_assert_cmpstr (seqs, ==, "2 ");
  g_assert_cmpint (g_array_index (page.counts, XsReviewCounts, 0).none, ==, 0);
}

/* Q3: the same id changes nothing and is answered the same, also after the log went on; another request is refused. */
static void
test_once (Fixture *f, gconstpointer data)
{
  set_up_school (f);
  g_autofree char *head = add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  judge (f, 0.4);
  XsReviewAction first = make_action ("a", "decide", 1, 1);
  XsReviewAction same = make_action ("a", "decide", 1, 1);
  XsReviewAction other = make_action ("a", "decide", 1, 2);
  g_autoptr (XsReply) reply = send_actions (f, head, XS_WIRE_PATH_REVIEW_ACTIONS, &first, 1);
  g_assert_cmpstr (outcome_of (reply, 0).status, ==, "done");
  g_assert_cmpint (outcome_of (reply, 0).version, ==, 2);
  g_assert_cmpstr (act (f, head, make_action ("b", "undo", 1, 2)).status, ==, "done");
  g_autoptr (XsReply) again = send_actions (f, head, XS_WIRE_PATH_REVIEW_ACTIONS, &same, 1);
  g_assert_true (g_bytes_equal (reply->body, again->body));
  g_autoptr (XsReply) refused = send_actions (f, head, XS_WIRE_PATH_REVIEW_ACTIONS, &other, 1);
  xs_assert_error (refused, 400, XS_WIRE_ERROR_BAD_REQUEST);
  g_auto (XsReviewLog) log;
  get_log (f, head, 1, &log);
  g_assert_cmpint (g_array_index (log.row, XsReviewRow, 0).version, ==, 3);
}

/* Q4: who comes second changes nothing, and learns who was first. */
static void
test_conflict (Fixture *f, gconstpointer data)
{
  set_up_school (f);
  g_autofree char *head = add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *own = add_person (f, "own", XS_PLATFORM_ROLE_COACH, OWN_COACH);
  send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  judge (f, 0.4);
  XsReviewAction valid = make_action ("a", "decide", 1, 1);
  valid.verdict = XS_VERDICT_VALID;
  XsReviewOutcome mine = act (f, own, valid);
  g_assert_cmpstr (mine.status, ==, "done");
  g_assert_cmpint (mine.verdict, ==, XS_VERDICT_VALID);
  g_assert_cmpstr (mine.who, ==, "own");
  XsReviewOutcome late = act (f, head, make_action ("a", "decide", 1, 1));
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

  set_up_school (f);
  g_autofree char *head = add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *own = add_person (f, "own", XS_PLATFORM_ROLE_COACH, OWN_COACH);
  send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  judge (f, 0.4);
  g_auto (XsReviewLog) before, decided, after;
  get_log (f, own, 1, &before);
  g_assert_cmpstr (act (f, head, make_action ("a", "decide", 1, 1)).status, ==, "done");
  get_log (f, own, 1, &decided);
  g_assert_cmpstr (g_array_index (decided.row, XsReviewRow, 0).judged_by, ==, "head");
  g_assert_cmpstr (act (f, own, make_action ("a", "undo", 1, 2)).status, ==, "refused");
  g_assert_cmpstr (act (f, own, make_action ("again", "again", 1, 2)).status, ==, "refused");
  g_assert_cmpstr (act (f, head, make_action ("b", "undo", 1, 2)).status, ==, "done");
  get_log (f, own, 1, &after);
  const XsReviewRow *was = &g_array_index (before.row, XsReviewRow, 0);
  const XsReviewRow *is = &g_array_index (after.row, XsReviewRow, 0);
  g_assert_cmpint (is->version, ==, 3);
  g_assert_cmpint (is->state, ==, XS_AUDIT_NEEDS_HUMAN);
  g_assert_cmpint (is->risk, ==, was->risk);
  g_assert_cmpstr (is->reasons, ==, was->reasons);
  g_assert_cmpstr (is->judged_by, ==, "auditor");
  g_assert_true (g_array_index (after.steps, XsReviewStep, 2).undo);
  g_assert_cmpstr (act (f, head, make_action ("c", "undo", 1, 3)).status, ==, "refused");

  XsReviewAction valid = make_action ("b", "decide", 1, 3);
  valid.verdict = XS_VERDICT_VALID;
  g_assert_cmpstr (act (f, own, valid).status, ==, "done");
  g_assert_true (xs_platform_audit_settle (f->storage, &settlement, &error));
  g_assert_cmpuint (settlement.n_ready, ==, 1);
  g_assert_cmpstr (act (f, own, make_action ("c", "undo", 1, 5)).status, ==, "refused");
}

/* Q6: each of a selection by itself, and what is shorter than a minute not at all; alone it may be decided. */
static void
test_batch (Fixture *f, gconstpointer data)
{
  XsReviewAction actions[3];

  set_up_school (f);
  g_autofree char *head = add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  for (gint64 i = 1; i <= 3; i++)
    {
      send_log (f, i, XS_SAMPLE_STUNUM, i * HOUR, i == 2);
      judge (f, 0.4);
      g_autofree char *id = g_strdup_printf ("batch-%d", (int) i);
      actions[i - 1] = make_action (id, "decide", i, i == 3 ? 7 : 1);
    }
  g_autoptr (XsReply) reply = send_actions (f, head, XS_WIRE_PATH_REVIEW_ACTIONS, actions, 3);
  g_assert_cmpstr (outcome_of (reply, 0).status, ==, "done");
  g_assert_cmpstr (outcome_of (reply, 1).status, ==, "refused");
  g_assert_cmpstr (outcome_of (reply, 1).state, ==, "needs_human");
  g_assert_cmpstr (outcome_of (reply, 2).status, ==, "conflict");
  g_assert_cmpstr (act (f, head, make_action ("alone", "decide", 2, 1)).status, ==, "done");
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

  set_up_school (f);
  set_second_look (f);
  g_autofree char *own = add_person (f, "own", XS_PLATFORM_ROLE_COACH, OWN_COACH);
  g_autofree char *head = add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *other = add_person (f, "other", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  judge (f, 0.4);
  XsReviewAction partial = make_action ("a", "decide", 1, 1);
  const XsReviewVoid stretch = { 1, 2 };
  partial.verdict = XS_VERDICT_PARTIAL;
  g_array_append_val (partial.voids, stretch);
  g_assert_cmpstr (act (f, head, partial).status, ==, "first_look");
  g_auto (XsReviewLog) waiting, decided;
  get_log (f, own, 1, &waiting);
  const XsReviewRow *row = &g_array_index (waiting.row, XsReviewRow, 0);
  g_assert_cmpint (row->state, ==, XS_AUDIT_NEEDS_HUMAN);
  g_assert_cmpint (row->verdict, ==, XS_VERDICT_PENDING);
  g_assert_cmpstr (row->first_look, ==, "head");
  g_assert_cmpstr (row->reasons, ==, "minute_abnormal no_photos photo_missing too_short photo_unreadable");
  const XsReviewStep *look = &g_array_index (waiting.steps, XsReviewStep, 1);
  g_assert_true (look->first_look);
  g_assert_cmpint (look->verdict, ==, XS_VERDICT_PARTIAL);
  g_assert_cmpuint (g_array_index (look->reasons, XsWireReason, 0).to_min, ==, 2);

  g_assert_cmpstr (act (f, head, make_action ("b", "confirm", 1, 2)).status, ==, "refused");
  g_assert_cmpstr (act (f, own, make_action ("b", "confirm", 1, 2)).status, ==, "refused");
  g_assert_cmpstr (act (f, other, make_action ("b", "confirm", 1, 2)).status, ==, "done");
  get_log (f, own, 1, &decided);
  g_assert_cmpint (g_array_index (decided.row, XsReviewRow, 0).verdict, ==, XS_VERDICT_PARTIAL);
  g_assert_true (xs_platform_storage_find_device (f->storage, XS_SAMPLE_DEVNUM, &device, &error));
  g_autoptr (GArray) verdicts = xs_platform_audit_get_verdicts (f->storage, device.id, 0, &next, &error);
  g_assert_true (g_array_index (verdicts, XsWireVerdict, 0).by_person);
  g_assert_cmpstr (act (f, other, make_action ("c", "confirm", 1, 3)).status, ==, "refused");
}

typedef struct {
  Fixture *f;
  const char *token;
  gint64 cursor;
} Wait;

static gpointer
follow (gpointer data)
{
  Wait *wait = data;
  g_autofree char *path = g_strdup_printf (XS_WIRE_PATH_REVIEW_FEED "%" G_GINT64_FORMAT, wait->cursor);

  return wait->token != NULL ? ask (wait->f, wait->token, "GET", path, NULL)
                             : xs_platform_fixture_send (wait->f, "GET", "/v1/verdicts/1", NULL);
}

static void
read_feed (const XsReply *reply, XsReviewPage *page)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (reply->status, ==, 200);
  xs_review_page_init (page);
  g_assert_true (xs_review_page_decode (page, reply->body, &error));
  g_assert_no_error (error);
}

/* Q8, Q9: who follows, and the kiosk of the log, are told of a decision at once; nobody of other coaches' learners. */
static void
test_feed (Fixture *f, gconstpointer data)
{
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewPage) start, changed, none;
  gint64 next;
  g_autoptr (GError) error = NULL;

  set_up_school (f);
  g_autofree char *own = add_person (f, "own", XS_PLATFORM_ROLE_COACH, OWN_COACH);
  g_autofree char *other = add_person (f, "other", XS_PLATFORM_ROLE_COACH, OTHER_COACH);
  send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  judge (f, 0.4);
  Wait from_start = { f, own, 0 };
  g_autoptr (XsReply) all = follow (&from_start);
  read_feed (all, &start);
  g_assert_cmpuint (start.rows->len, ==, 1);
  Wait reviewer = { f, own, start.feed }, kiosk = { f, NULL, 0 };
  GThread *reviews = g_thread_new ("reviewer", follow, &reviewer);
  GThread *studies = g_thread_new ("kiosk", follow, &kiosk);
  while (xs_platform_waits_count (xs_platform_server_get_waits (f->server)) < 2)
    g_thread_yield ();
  g_assert_cmpstr (act (f, own, make_action ("a", "decide", 1, 1)).status, ==, "done");
  g_autoptr (XsReply) reviewed = g_thread_join (reviews);
  g_autoptr (XsReply) told = g_thread_join (studies);
  read_feed (reviewed, &changed);
  g_assert_cmpint (g_array_index (changed.rows, XsReviewRow, 0).state, ==, XS_AUDIT_DECIDED);
  g_assert_cmpint (changed.feed, >, start.feed);
  g_autoptr (GArray) verdicts = xs_wire_verdicts_decode (told->body, &next, &error);
  g_assert_cmpint (g_array_index (verdicts, XsWireVerdict, 0).verdict, ==, XS_VERDICT_VOID);

  /* The other coach waits for nothing; the answer comes when the server stops. */
  Wait stranger = { f, other, 0 };
  GThread *waits = g_thread_new ("stranger", follow, &stranger);
  while (xs_platform_waits_count (xs_platform_server_get_waits (f->server)) < 1)
    g_thread_yield ();
  xs_platform_waits_stop (xs_platform_server_get_waits (f->server));
  g_autoptr (XsReply) nothing = g_thread_join (waits);
  read_feed (nothing, &none);
  g_assert_cmpuint (none.rows->len, ==, 0);
  g_assert_cmpint (none.feed, ==, changed.feed);
}

static const XsWireLearner *
find_on_roster (GArray *learners, const char *stunum)
{
  for (guint i = 0; i < learners->len; i++)
    {
      if (strcmp (g_array_index (learners, XsWireLearner, i).stunum, stunum) == 0)
        return &g_array_index (learners, XsWireLearner, i);
    }
  g_assert_not_reached ();
}

/* What kiosks get of the learner's photo: its state, "" when they get the photo itself. */
static void
assert_roster (Fixture *f, const char *state, const char *comment)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_autoptr (GArray) learners = xs_wire_roster_decode (reply->body, &error);

  g_assert_no_error (error);
  const XsWireLearner *learner = find_on_roster (learners, OTHER_STUNUM);
  g_assert_cmpstr (learner->photo_state, ==, state);
  g_assert_cmpstr (learner->photo_comment, ==, comment);
  g_assert_cmpint (learner->photo_sha256[0] != '\0', ==, state[0] == '\0');
}

static XsReviewOutcome
act_on_photo (Fixture *f, const char *token, const char *id, const char *word, const XsReviewOutcome *photo)
{
  XsReviewAction action = make_action (id, word, 0, photo->version);

  action.devnum[0] = '\0';
  g_strlcpy (action.stunum, OTHER_STUNUM, sizeof action.stunum);
  g_strlcpy (action.sha256, photo->sha256, sizeof action.sha256);
  g_strlcpy (action.reason, "glare", sizeof action.reason);
  g_strlcpy (action.comment, "眼镜反光", sizeof action.comment);
  g_autoptr (XsReply) reply = send_actions (f, token, XS_WIRE_PATH_REVIEW_PHOTO_ACTIONS, &action, 1);
  return outcome_of (reply, 0);
}

/* By its hash, which a kiosk may have from before. */
static void
assert_kiosk_gets (Fixture *f, const char *sha256, guint status)
{
  g_autofree char *path = xs_wire_path_registration_photo (sha256);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", path, NULL);

  g_assert_cmpuint (reply->status, ==, status);
}

/*
 * Q10: a photo that waits, was returned or reset is in no kiosk's roster, which says why, and no kiosk gets it by its
 * hash; approved it is there.
 */
static void
test_registration (Fixture *f, gconstpointer data)
{
  static const guint8 data_of_jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 'n', 'e', 'w' };
  g_autoptr (GBytes) jpeg = g_bytes_new_static (data_of_jpeg, sizeof data_of_jpeg);
  g_autoptr (GBytes) no_jpeg = g_bytes_new_static ("GIF89a", 6);
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewOutcome) put;
  g_auto (XsReviewLearners) learners;
  g_auto (XsReviewQuery) query;

  set_up_school (f);
  g_autofree char *head = add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *own = add_person (f, "own", XS_PLATFORM_ROLE_COACH, OWN_COACH);
  assert_roster (f, "", "");
  g_autoptr (XsReply) bad = ask (f, head, "PUT", XS_WIRE_PATH_REVIEW_PHOTOS OTHER_STUNUM, no_jpeg);
  xs_assert_error (bad, 400, XS_WIRE_ERROR_BAD_REQUEST);
  g_autoptr (XsReply) strange = ask (f, own, "PUT", XS_WIRE_PATH_REVIEW_PHOTOS OTHER_STUNUM, jpeg);
  xs_assert_error (strange, 404, XS_WIRE_ERROR_NOT_FOUND);
  g_autoptr (XsReply) reply = ask (f, head, "PUT", XS_WIRE_PATH_REVIEW_PHOTOS OTHER_STUNUM, jpeg);
  xs_review_outcome_init (&put);
  g_assert_true (xs_review_outcome_decode (&put, reply->body, &error));
  g_assert_cmpstr (put.state, ==, "waiting");
  assert_roster (f, "waiting", "");
  assert_kiosk_gets (f, put.sha256, 404);

  xs_review_query_init (&query);
  xs_review_learners_init (&learners);
  g_strlcpy (query.state, "waiting", sizeof query.state);
  g_autoptr (GBytes) body = xs_review_query_encode (&query);
  g_autoptr (XsReply) listed = ask (f, head, "POST", XS_WIRE_PATH_REVIEW_LEARNERS, body);
  g_assert_true (xs_review_learners_decode (&learners, listed->body, &error));
  g_assert_cmpint (learners.waiting, ==, 1);
  g_assert_cmpstr (g_array_index (learners.rows, XsReviewLearner, 0).sha256, ==, put.sha256);
  g_autofree char *path = g_strconcat (XS_WIRE_PATH_PEOPLE_REGISTRATION, put.sha256, NULL);
  g_autoptr (XsReply) photo = ask (f, head, "GET", path, NULL);
  g_assert_true (g_bytes_equal (photo->body, jpeg));
  g_autoptr (XsReply) not_own = ask (f, own, "GET", path, NULL);
  xs_assert_error (not_own, 404, XS_WIRE_ERROR_NOT_FOUND);

  XsReviewOutcome approved = act_on_photo (f, head, "a", "approve", &put);
  g_assert_cmpstr (approved.status, ==, "done");
  assert_roster (f, "", "");
  assert_kiosk_gets (f, put.sha256, 200);
  g_assert_cmpstr (act_on_photo (f, head, "b", "return", &put).status, ==, "conflict");
  g_assert_cmpstr (act_on_photo (f, own, "b", "reset", &approved).status, ==, "refused");
  XsReviewOutcome reset = act_on_photo (f, head, "c", "reset", &approved);
  g_assert_cmpstr (reset.state, ==, "reset");
  assert_roster (f, "reset", "眼镜反光");
  assert_kiosk_gets (f, put.sha256, 404);
  g_assert_cmpstr (act_on_photo (f, head, "c", "reset", &approved).state, ==, "reset");

  /* Who is erased does not come back by a photo. */
  g_assert_true (xs_platform_storage_erase_learner (f->storage, OTHER_STUNUM, &error));
  g_assert_no_error (error);
  g_autoptr (XsReply) late = ask (f, head, "PUT", XS_WIRE_PATH_REVIEW_PHOTOS OTHER_STUNUM, jpeg);
  xs_assert_error (late, 404, XS_WIRE_ERROR_NOT_FOUND);
}

/* Q11: who opened a photo and who exported a log stand in one list, each once. */
static void
test_views (Fixture *f, gconstpointer data)
{
  XsReviewExport export = { .id = "e1", .devnum = XS_SAMPLE_DEVNUM, .seq = 1, .format = "pdf" };
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewQuery) query;
  g_autoptr (GString) kinds = g_string_new (NULL);
  g_autofree char *sha256 = xs_sha256_hex ("\xff\xd8\xff\xe0o", 5);
  g_autofree char *path = g_strconcat (XS_WIRE_PATH_PEOPLE_REGISTRATION, sha256, NULL);

  set_up_school (f);
  g_autofree char *head = add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (XsReply) photo = ask (f, head, "GET", path, NULL);
      g_assert_cmpuint (photo->status, ==, 200);
      g_autoptr (GBytes) body = xs_review_export_encode (&export);
      g_autoptr (XsReply) recorded = ask (f, head, "POST", XS_WIRE_PATH_REVIEW_EXPORTS, body);
      g_assert_true (xs_wire_status_decode ("recorded", recorded->body, &error));
      g_assert_no_error (error);
    }
  export.seq = 2;
  g_autoptr (GBytes) unknown = xs_review_export_encode (&export);
  g_autoptr (XsReply) missing = ask (f, head, "POST", XS_WIRE_PATH_REVIEW_EXPORTS, unknown);
  xs_assert_error (missing, 404, XS_WIRE_ERROR_NOT_FOUND);
  xs_review_query_init (&query);
  query.limit = 2;
  do
    {
      g_auto (XsReviewViews) views;
      g_autoptr (GBytes) body = xs_review_query_encode (&query);
      g_autoptr (XsReply) reply = ask (f, head, "POST", XS_WIRE_PATH_REVIEW_VIEWS, body);
      xs_review_views_init (&views);
      g_assert_true (xs_review_views_decode (&views, reply->body, &error));
      g_assert_no_error (error);
      for (guint i = 0; i < views.rows->len; i++)
        {
          const XsReviewView *view = &g_array_index (views.rows, XsReviewView, i);
          g_assert_cmpstr (view->who, ==, "person:head");
          g_string_append_printf (kinds, "%s ", view->kind);
        }
      g_strlcpy (query.after, views.next, sizeof query.after);
    }
  while (query.after[0] != '\0');
  g_assert_cmpstr (kinds->str, ==, "registration registration export ");
}

/* Q12: a log is told as it was signed, with what the auditor measured beside the limits of its policy. */
static void
test_log (Fixture *f, gconstpointer data)
{
  g_auto (XsReviewLog) log;
  g_auto (XsReviewDaysQuery) query;
  g_auto (XsReviewDays) days;
  g_autoptr (GError) error = NULL;
  gboolean has_limit = FALSE;

  set_up_school (f);
  g_autofree char *own = add_person (f, "own", XS_PLATFORM_ROLE_COACH, OWN_COACH);
  send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  judge (f, 0.4);
  get_log (f, own, 1, &log);
  g_assert_cmpuint (log.wire_log.log.minutes->len, ==, 3);
  g_assert_cmpuint (log.slots->len, >, 0);
  g_assert_cmpstr (g_array_index (log.slots, XsReviewSlot, 0).state, ==, "missing");
  const XsReviewPhoto *photo = &g_array_index (log.photos, XsReviewPhoto, 0);
  g_assert_cmpfloat (photo->match, ==, 0.4);
  g_assert_cmpint (g_array_index (photo->faces, XsReviewBox, 0).width_px, ==, 30);
  g_assert_cmpuint (photo->measures->len, ==, 1);
  g_assert_cmpfloat (g_array_index (photo->measures, XsReviewMeasure, 0).value, ==, -12.5);
  for (guint i = 0; i < log.limits->len; i++)
    has_limit |= strcmp (g_array_index (log.limits, XsReviewLimit, i).name, "yaw_deg") == 0;
  g_assert_true (has_limit);
  g_assert_cmpuint (log.steps->len, ==, 1);

  xs_review_days_query_init (&query);
  xs_review_days_init (&days);
  g_strlcpy (query.stunum, XS_SAMPLE_STUNUM, sizeof query.stunum);
  query.from_us = XS_SAMPLE_TIME_US - 24 * HOUR;
  query.to_us = XS_SAMPLE_TIME_US + 24 * HOUR;
  g_autoptr (GBytes) body = xs_review_days_query_encode (&query);
  g_autoptr (XsReply) reply = ask (f, own, "POST", XS_WIRE_PATH_REVIEW_DAYS, body);
  g_assert_true (xs_review_days_decode (&days, reply->body, &error));
  g_assert_cmpuint (days.days->len, ==, 1);
  g_assert_cmpint (g_array_index (days.days, XsReviewDay, 0).n_pending, ==, 1);
  g_assert_cmpint (g_array_index (days.days, XsReviewDay, 0).claimed_s, ==, 121);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/review/" name, Fixture, NULL, xs_platform_fixture_set_up, func, xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("queue", test_queue);
  ADD ("filters", test_filters);
  ADD ("once", test_once);
  ADD ("undo", test_undo);
  ADD ("second-look", test_second_look);
  ADD ("feed", test_feed);
  ADD ("registration", test_registration);
  ADD ("views", test_views);
  ADD ("log", test_log);
  /* The statements of these are those of the others: once is enough. */
  if (g_strcmp0 (g_getenv ("XUESHI_TEST_DATABASE"), "postgresql") != 0)
    {
      ADD ("scope", test_scope);
      ADD ("conflict", test_conflict);
      ADD ("batch", test_batch);
    }
  return g_test_run ();
}
