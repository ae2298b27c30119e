/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "review-fixture.h"

#include <math.h>
#include <string.h>

XsReply *
review_ask (XsPlatformFixture *f, const char *token, const char *method, const char *path, GBytes *body)
{
  g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n", token);
  XsRequest request = { .port = f->port, .method = method, .path = path, .body = body, .headers = headers };

  return xs_send (&request);
}

/* (transfer full): the token of a person, made and signed in behind the platform's back: no test of passwords. */
char *
review_add_person (XsPlatformFixture *f, const char *name, XsPlatformRole role, const char *coachnum)
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
                     sha256, now_us, now_us, now_us + REVIEW_HOUR, name);

  xs_platform_fixture_exec (f, person, person);
  xs_platform_fixture_exec (f, session, session);
  return whole;
}

void
review_set_up_school (XsPlatformFixture *f)
{
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 'o' };
  g_autoptr (GBytes) photo = g_bytes_new_static (jpeg, sizeof jpeg);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_add_coach (f->storage, REVIEW_OWN_COACH, "王教练", &error));
  g_assert_true (xs_platform_storage_add_coach (f->storage, REVIEW_OTHER_COACH, "赵教练", &error));
  g_assert_true (xs_platform_storage_add_learner (f->storage, REVIEW_OTHER_STUNUM, "欧阳丽", photo, &error));
  g_assert_true (xs_platform_storage_set_coach (f->storage, XS_SAMPLE_STUNUM, REVIEW_OWN_COACH, &error));
  g_assert_true (xs_platform_storage_set_coach (f->storage, REVIEW_OTHER_STUNUM, REVIEW_OTHER_COACH, &error));
  g_assert_no_error (error);
}

/* The sample log as number @seq, @shift_us later. @short_log: of half a minute */
void
review_send_log (XsPlatformFixture *f, gint64 seq, const char *stunum, gint64 shift_us, gboolean short_log)
{
  g_auto (XsWireLog) wire_log;
  XsTeachingLog *log = &wire_log.log;

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  wire_log.seq = seq;
  g_snprintf (log->recnum, sizeof log->recnum, "%05d", (int) (seq + shift_us / REVIEW_HOUR));
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
void
review_judge (XsPlatformFixture *f, double likeness)
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

  photo.measures = g_strdup ("{\"boxes\":[[1,2,30,40]],\"points\":[[7,8],[9,10]],"
                             "\"height_px\":480,\"width_px\":640,\"yaw_deg\":-12.5}");
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

void
review_list (XsPlatformFixture *f, const char *token, const XsReviewQuery *query, XsReviewPage *page)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_review_query_encode (query);
  g_autoptr (XsReply) reply = review_ask (f, token, "POST", XS_WIRE_PATH_REVIEW_QUEUE, body);
  g_autofree char *text = xs_reply_text (reply);

  g_test_message ("%s", text);
  g_assert_cmpuint (reply->status, ==, 200);
  xs_review_page_init (page);
  g_assert_true (xs_review_page_decode (page, reply->body, &error));
  g_assert_no_error (error);
}

/* (transfer full): the numbers of the logs of a page, in order. */
char *
review_seqs (const XsReviewPage *page)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < page->rows->len; i++)
    g_string_append_printf (text, "%d ", (int) g_array_index (page->rows, XsReviewRow, i).seq);
  return g_string_free (text, FALSE);
}

typedef struct {
  gint64 seq;
  char *sha256;
} Wanted;

static gboolean
take_sha256 (const XsPlatformLog *log, gpointer data, GError **error)
{
  Wanted *wanted = data;

  if (log->seq == wanted->seq && wanted->sha256 == NULL)
    wanted->sha256 = g_strdup (log->sha256);
  return TRUE;
}

char *
review_find_sha256 (XsPlatformFixture *f, gint64 seq)
{
  Wanted wanted = { .seq = seq };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_foreach_log (f->storage, take_sha256, &wanted, &error));
  g_assert_no_error (error);
  return wanted.sha256 != NULL ? wanted.sha256 : g_strnfill (64, 'b');
}

XsReviewAction
review_action (XsPlatformFixture *f, const char *id, const char *word, gint64 seq, gint64 version)
{
  XsReviewAction action;
  g_autofree char *sha256 = review_find_sha256 (f, seq);

  xs_review_action_init (&action);
  g_strlcpy (action.id, id, sizeof action.id);
  g_strlcpy (action.sha256, sha256, sizeof action.sha256);
  g_strlcpy (action.action, word, sizeof action.action);
  g_strlcpy (action.devnum, XS_SAMPLE_DEVNUM, sizeof action.devnum);
  action.seq = seq;
  action.version = version;
  action.verdict = XS_VERDICT_VOID;
  g_strlcpy (action.reason, "face_mismatch", sizeof action.reason);
  return action;
}

/* @actions, which are taken over, by one request. */
XsReply *
review_send_actions (XsPlatformFixture *f, const char *token, const char *path, XsReviewAction *actions,
                     guint n_actions)
{
  g_auto (XsReviewActions) all;

  xs_review_actions_init (&all);
  g_array_append_vals (all.actions, actions, n_actions);
  g_autoptr (GBytes) body = xs_review_actions_encode (&all);
  return review_ask (f, token, "POST", path, body);
}

XsReviewOutcome
review_outcome (const XsReply *reply, guint index)
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

XsReviewOutcome
review_act (XsPlatformFixture *f, const char *token, XsReviewAction action)
{
  g_autoptr (XsReply) reply = review_send_actions (f, token, XS_WIRE_PATH_REVIEW_ACTIONS, &action, 1);

  return review_outcome (reply, 0);
}

void
review_get_log (XsPlatformFixture *f, const char *token, gint64 seq, XsReviewLog *log)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sha256 = review_find_sha256 (f, seq);
  g_autofree char *path = xs_wire_path_review_log (XS_SAMPLE_DEVNUM, seq, sha256);
  g_autoptr (XsReply) reply = review_ask (f, token, "GET", path, NULL);

  g_assert_cmpuint (reply->status, ==, 200);
  xs_review_log_init (log);
  g_assert_true (xs_review_log_decode (log, reply->body, &error));
  g_assert_no_error (error);
}
