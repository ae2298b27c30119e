/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Two coaches who decide on the same logs at once, on a real platform that is killed and started again in the middle:
 * of each log one has decided, once, and the other is told who.
 *
 * Usage: test-review-coaches PLATFORM
 */

#include "review-fixture.h"
#include "xs-review-client.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define N_LOGS 16
#define N_COACHES 2
#define PASSWORD "correct horse battery"

static const char *platform_path;
static const char *const names[N_COACHES] = { "wang", "li" };

typedef struct {
  XsPlatformFixture f;
  GPid pid;
  GIOChannel *out;
  guint n_kills;
} School;

/* @port: 0: any. Until it listens. */
static void
serve (School *school, guint16 port)
{
  g_autofree char *port_text = g_strdup_printf ("%u", port);
  const char *argv[] = { platform_path, "serve", "--data", school->f.dir, "--port", port_text, NULL };
  g_autoptr (GError) error = NULL;
  int out;

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                           &school->pid, NULL, &out, NULL, &error));
  g_assert_no_error (error);
  school->out = g_io_channel_unix_new (out);
  g_autofree char *line = NULL;
  g_io_channel_set_close_on_unref (school->out, TRUE);
  g_assert_cmpint (g_io_channel_read_line (school->out, &line, NULL, NULL, &error), ==, G_IO_STATUS_NORMAL);
  const char *colon = strrchr (line, ':');
  g_assert_nonnull (colon);
  school->f.port = (guint16) g_ascii_strtoull (colon + 1, NULL, 10);
}

static void
kill_platform (School *school)
{
  int status;

  kill (school->pid, SIGKILL);
  g_assert_cmpint (waitpid (school->pid, &status, 0), ==, school->pid);
  g_clear_pointer (&school->out, g_io_channel_unref);
  school->n_kills++;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static XsReviewClient *
sign_in (School *school, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", school->f.port);
  XsReviewClient *client = xs_review_client_new (url, &error);

  g_assert_no_error (error);
  xs_review_client_sign_in_async (client, name, PASSWORD, NULL, NULL, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (xs_review_client_sign_in_finish (client, result, NULL, &error), ==, XS_REVIEW_SIGN_IN_DONE);
  return client;
}

static void
set_up (School *school)
{
  XsPlatformFixture *f = &school->f;
  g_autoptr (GError) error = NULL;

  xs_platform_fixture_set_up (f, NULL);
  review_set_up_school (f);
  for (guint i = 1; i <= N_LOGS; i++)
    {
      review_send_log (f, i, XS_SAMPLE_STUNUM, i * REVIEW_HOUR, FALSE);
      review_judge (f, 0.4);
    }
  for (guint i = 0; i < N_COACHES; i++)
    g_assert_true (
      xs_platform_storage_add_person (f->storage, names[i], XS_PLATFORM_ROLE_HEAD_COACH, NULL, PASSWORD, &error));
  g_assert_no_error (error);
  xs_platform_fixture_stop (f);
  /* To look at what there is. */
  f->storage = xs_platform_storage_open (f->dir, f->clock, &error);
  g_assert_no_error (error);
  serve (school, 0);
}

static void
decide (School *school, XsReviewClient *client, guint coach, gint64 seq, GAsyncResult **result)
{
  g_auto (XsReviewActions) actions;
  char id[XS_REVIEW_ID_BYTES];

  xs_review_client_make_id (id);
  xs_review_actions_init (&actions);
  XsReviewAction action = review_action (&school->f, id, "decide", seq, 1);
  if (coach == 0)
    {
      action.verdict = XS_VERDICT_VALID;
      action.reason[0] = '\0';
    }
  g_array_append_val (actions.actions, action);
  xs_review_client_act_async (client, &actions, NULL, on_done, result);
}

static XsReviewOutcome
finish (XsReviewClient *client, GAsyncResult *result)
{
  g_auto (XsReviewOutcomes) outcomes;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_review_client_act_finish (client, result, &outcomes, &error));
  g_assert_no_error (error);
  return g_array_index (outcomes.outcomes, XsReviewOutcome, 0);
}

/* What they were told is what the platform has, and it has it once. */
static void
check_log (School *school, gint64 seq, const XsReviewOutcome outcomes[N_COACHES])
{
  guint winner = strcmp (outcomes[0].status, "done") == 0 ? 0 : 1;
  g_autoptr (GError) error = NULL;
  gint64 log_id, version;

  g_assert_cmpstr (outcomes[winner].status, ==, "done");
  g_assert_cmpstr (outcomes[1 - winner].status, ==, "conflict");
  g_assert_cmpstr (outcomes[1 - winner].who, ==, names[winner]);
  g_assert_cmpint (outcomes[1 - winner].verdict, ==, outcomes[winner].verdict);
  g_assert_true (xs_platform_audit_find (school->f.storage, XS_SAMPLE_DEVNUM, seq, NULL, &log_id, &version, &error));
  g_assert_cmpint (version, ==, 2);
  g_autoptr (GArray) history = xs_platform_audit_get_history (school->f.storage, log_id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, 2);
  const XsAuditStep *step = &g_array_index (history, XsAuditStep, 1);
  g_assert_cmpstr (step->who, ==, names[winner]);
  g_assert_cmpint (step->verdict, ==, outcomes[winner].verdict);
}

/* Q3, Q4: no decision is lost or doubled, and nobody is told what the platform does not have. */
static void
test_at_once (void)
{
  School school = { 0 };
  XsReviewClient *clients[N_COACHES];

  set_up (&school);
  for (guint i = 0; i < N_COACHES; i++)
    clients[i] = sign_in (&school, names[i]);
  for (gint64 seq = 1; seq <= N_LOGS; seq++)
    {
      GAsyncResult *results[N_COACHES] = { NULL };
      XsReviewOutcome outcomes[N_COACHES];
      guint first = (guint) g_test_rand_int_range (0, N_COACHES);
      for (guint i = 0; i < N_COACHES; i++)
        {
          guint coach = (first + i) % N_COACHES;
          decide (&school, clients[coach], coach, seq, &results[coach]);
        }
      if (seq % 3 == 0)
        {
          /* Wherever the two of them are by then. */
          for (gint32 n = g_test_rand_int_range (0, 40); n > 0; n--)
            g_main_context_iteration (NULL, FALSE);
          kill_platform (&school);
          serve (&school, school.f.port);
        }
      while (results[0] == NULL || results[1] == NULL)
        g_main_context_iteration (NULL, TRUE);
      for (guint i = 0; i < N_COACHES; i++)
        {
          outcomes[i] = finish (clients[i], results[i]);
          g_object_unref (results[i]);
        }
      check_log (&school, seq, outcomes);
    }
  g_test_message ("%u logs, the platform killed %u times", N_LOGS, school.n_kills);
  for (guint i = 0; i < N_COACHES; i++)
    g_assert_finalize_object (clients[i]);
  kill_platform (&school);
  xs_platform_fixture_tear_down (&school.f, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("usage: test-review-coaches PLATFORM");
  platform_path = argv[1];
  g_test_add_func ("/review/coaches/at-once", test_at_once);
  return g_test_run ();
}
