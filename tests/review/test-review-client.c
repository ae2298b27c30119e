/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The reviewer's client against a platform in this process, over loopback. */

#include "xs-error.h"
#include "xs-platform-fixture.h"
#include "xs-platform-people.h"
#include "xs-platform-review.h"
#include "xs-review-client.h"

#include <string.h>

typedef XsPlatformFixture Fixture;

#define PASSWORD "correct horse battery"
#define NOT_A_PHOTO "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **slot = data;

  *slot = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static XsReviewClient *
make_client (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", f->port);
  XsReviewClient *client = xs_review_client_new (url, &error);

  g_assert_no_error (error);
  return client;
}

static XsReviewSignIn
sign_in (XsReviewClient *client, const char *password)
{
  g_autoptr (GAsyncResult) result = NULL;

  xs_review_client_sign_in_async (client, "head", password, NULL, NULL, on_done, &result);
  wait_for (&result);
  return xs_review_client_sign_in_finish (client, result, NULL, NULL);
}

/* A head coach who is let in, and a log without photos that the auditor voided. */
static XsReviewClient *
set_up_review (Fixture *f)
{
  g_auto (XsWireLog) wire_log;
  g_auto (XsAuditJob) job = { 0 };
  g_auto (XsAuditFacts) facts = { 0 };
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (GArray) doubts = xs_wire_reasons_new ();
  g_autoptr (GError) error = NULL;
  XsAuditOutcome outcome;
  gboolean found;

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, xs_clock_wall_us (f->clock), &wire_log);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_true (xs_platform_audit_claim (f->storage, G_TIME_SPAN_HOUR, &job, &found, &error));
  xs_audit_facts_init (&facts);
  g_assert_true (xs_platform_audit_read_facts (f->storage, &job, &facts, &error));
  g_autoptr (XsAudit) audit = xs_audit_log (&job.wire_log.log, &job.policy, &facts);
  g_assert_true (xs_platform_audit_finish (f->storage, &job, audit, photos, doubts, &outcome, &error));
  g_assert_true (
    xs_platform_storage_add_person (f->storage, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL, PASSWORD, &error));
  g_assert_no_error (error);
  XsReviewClient *client = make_client (f);
  g_assert_cmpint (sign_in (client, PASSWORD), ==, XS_REVIEW_SIGN_IN_DONE);
  return client;
}

static void
list (XsReviewClient *client, XsReviewPage *page)
{
  g_auto (XsReviewQuery) query;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  xs_review_query_init (&query);
  xs_review_client_list_async (client, &query, NULL, on_done, &result);
  wait_for (&result);
  g_assert_true (xs_review_client_list_finish (client, result, page, &error));
  g_assert_no_error (error);
}

/* As set_up_review() sends it. */
static GBytes *
sample_bytes (void)
{
  g_auto (XsWireLog) wire_log;

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  return xs_wire_log_encode (&wire_log);
}

/* Decide that nothing of the log counts, looked at in its first version. */
static void
begin_decision (XsReviewClient *client, const char *id, GAsyncResult **result)
{
  g_auto (XsReviewActions) actions;
  g_autoptr (GBytes) bytes = sample_bytes ();
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  XsReviewAction action;

  xs_review_actions_init (&actions);
  xs_review_action_init (&action);
  g_strlcpy (action.sha256, sha256, sizeof action.sha256);
  g_strlcpy (action.id, id, sizeof action.id);
  g_strlcpy (action.action, "decide", sizeof action.action);
  g_strlcpy (action.devnum, XS_SAMPLE_DEVNUM, sizeof action.devnum);
  g_strlcpy (action.reason, "face_mismatch", sizeof action.reason);
  action.seq = 1;
  action.version = 1;
  action.verdict = XS_VERDICT_VOID;
  g_array_append_val (actions.actions, action);
  xs_review_client_act_async (client, &actions, NULL, on_done, result);
}

static XsReviewOutcome
end_decision (XsReviewClient *client, GAsyncResult *result)
{
  g_auto (XsReviewOutcomes) outcomes;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_review_client_act_finish (client, result, &outcomes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (outcomes.outcomes->len, ==, 1);
  return g_array_index (outcomes.outcomes, XsReviewOutcome, 0);
}

static void
test_sign_in (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReviewClient) client = set_up_review (f);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewQuery) query;
  XsReviewPage page;

  g_assert_cmpstr (xs_review_client_get_person (client)->role, ==, "head-coach");
  g_assert_cmpstr (xs_review_client_get_person (client)->token, ==, "");
  g_assert_cmpint (sign_in (client, "wrong horse battery"), ==, XS_REVIEW_SIGN_IN_WRONG);
  xs_review_client_sign_out (client);
  g_assert_null (xs_review_client_get_person (client));
  xs_review_query_init (&query);
  xs_review_client_list_async (client, &query, NULL, on_done, &result);
  wait_for (&result);
  g_assert_false (xs_review_client_list_finish (client, result, &page, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_UNAUTHORIZED);
}

/* An answer that came just before it was cancelled is none: what asked for it is over. */
static void
test_cancelled_too_late (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReviewClient) client = set_up_review (f);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewPage) page = { 0 };

  xs_review_query_init (&query);
  xs_review_client_list_async (client, &query, cancellable, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  g_assert_false (xs_review_client_list_finish (client, result, &page, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
}

/* Cancelled before its end it ends so, at whatever step: also with an answer that is there and not handed out yet. */
static void
test_cancelled_at (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReviewClient) client = set_up_review (f);
  gboolean in_time = TRUE;

  for (guint n_steps = 0; in_time; n_steps++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (XsReviewQuery) query;
      g_auto (XsReviewPage) page = { 0 };

      xs_review_query_init (&query);
      xs_review_client_list_async (client, &query, cancellable, on_done, &result);
      for (guint i = 0; i < n_steps && result == NULL; i++)
        g_main_context_iteration (NULL, TRUE);
      in_time = result == NULL;
      g_cancellable_cancel (cancellable);
      wait_for (&result);
      if (in_time)
        {
          g_assert_false (xs_review_client_list_finish (client, result, &page, &error));
          g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
        }
    }
}

static void
set_flag (XsReviewClient *client, gpointer data)
{
  *(gboolean *) data = TRUE;
}

/* What the platform ended is known as soon as anything is asked. */
static void
test_signed_out (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReviewClient) client = set_up_review (f);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean signed_out = FALSE;

  g_signal_connect (client, "signed-out", G_CALLBACK (set_flag), &signed_out);
  g_assert_true (xs_platform_storage_end_sessions (f->storage, "head", &error));
  xs_review_client_get_photo_async (client, NOT_A_PHOTO, FALSE, NULL, on_done, &result);
  wait_for (&result);
  g_autoptr (GBytes) photo = xs_review_client_get_photo_finish (client, result, &error);
  g_assert_null (photo);
  g_assert_error (error, XS_ERROR, XS_ERROR_UNAUTHORIZED);
  g_assert_true (signed_out);
  g_assert_null (xs_review_client_get_person (client));
}

static void
keep_version (XsReviewClient *client, GArray *rows, gpointer data)
{
  *(gint64 *) data = g_array_index (rows, XsReviewRow, 0).version;
}

/* A list, a log, a decision, and the news of it. */
static void
test_review (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReviewClient) client = set_up_review (f);
  g_autoptr (GAsyncResult) got = NULL;
  g_autoptr (GAsyncResult) decided = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewPage) page;
  g_auto (XsReviewLog) log;
  gint64 told = 0;

  list (client, &page);
  g_assert_cmpuint (page.rows->len, ==, 1);
  g_signal_connect (client, "news", G_CALLBACK (keep_version), &told);
  xs_review_client_start_feed (client, page.feed);
  const XsReviewRow *row = &g_array_index (page.rows, XsReviewRow, 0);
  xs_review_client_get_log_async (client, row->devnum, row->seq, row->log_sha256, NULL, on_done, &got);
  wait_for (&got);
  g_assert_true (xs_review_client_get_log_finish (client, got, &log, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (log.wire_log.log.minutes->len, ==, 3);
  begin_decision (client, "first", &decided);
  wait_for (&decided);
  g_assert_cmpstr (end_decision (client, decided).status, ==, "done");
  while (told != 2)
    g_main_context_iteration (NULL, TRUE);
  xs_review_client_stop_feed (client);
}

/* A decision that finds no platform waits for it, says so, and is made once. */
static void
test_network (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReviewClient) client = set_up_review (f);
  g_autoptr (GAsyncResult) decided = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_auto (XsReviewPage) page;

  xs_platform_fixture_stop (f);
  begin_decision (client, "first", &decided);
  while (xs_review_client_is_reachable (client))
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (decided);
  f->options.port = f->port;
  xs_platform_fixture_start (f);
  wait_for (&decided);
  g_assert_cmpstr (end_decision (client, decided).status, ==, "done");
  g_assert_true (xs_review_client_is_reachable (client));
  begin_decision (client, "first", &again);
  wait_for (&again);
  g_assert_cmpint (end_decision (client, again).version, ==, 2);
  list (client, &page);
  g_assert_cmpint (g_array_index (page.rows, XsReviewRow, 0).version, ==, 2);
}

/* Who signs out while a decision waits for the platform has it made all the same, and only then is the token ended. */
static void
test_sign_out (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReviewClient) client = set_up_review (f);
  g_autoptr (GAsyncResult) decided = NULL;
  g_autoptr (GError) error = NULL;

  xs_platform_fixture_stop (f);
  begin_decision (client, "first", &decided);
  while (xs_review_client_is_reachable (client))
    g_main_context_iteration (NULL, TRUE);
  xs_review_client_sign_out (client);
  g_assert_null (xs_review_client_get_person (client));
  f->options.port = f->port;
  xs_platform_fixture_start (f);
  wait_for (&decided);
  g_assert_cmpstr (end_decision (client, decided).status, ==, "done");
  for (guint n_sessions = 1; n_sessions > 0;)
    {
      g_main_context_iteration (NULL, FALSE);
      g_autoptr (GArray) sessions = xs_platform_storage_list_sessions (f->storage, &error);
      g_assert_no_error (error);
      n_sessions = sessions->len;
    }
}

/* Who gives up waiting for a platform that is not there is answered at once. */
static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReviewClient) client = set_up_review (f);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  XsReviewLog log;

  xs_platform_fixture_stop (f);
  xs_review_client_get_log_async (client, XS_SAMPLE_DEVNUM, 1, NOT_A_PHOTO, cancellable, on_done, &result);
  while (xs_review_client_is_reachable (client))
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  wait_for (&result);
  g_assert_false (xs_review_client_get_log_finish (client, result, &log, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
  xs_platform_fixture_start (f);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/review/client/" name, Fixture, NULL, xs_platform_fixture_set_up, func, xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sign-in", test_sign_in);
  ADD ("signed-out", test_signed_out);
  ADD ("review", test_review);
  ADD ("network", test_network);
  ADD ("sign-out", test_sign_out);
  ADD ("cancel", test_cancel);
  ADD ("cancelled-at", test_cancelled_at);
  ADD ("cancelled-too-late", test_cancelled_too_late);
  return g_test_run ();
}
