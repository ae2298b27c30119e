/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-fixture.h"

#include <signal.h>
#include <string.h>

/*
 * kill -9 in the middle of a pass, at every request of it in turn and after the platform has committed what it says;
 * then the next process finishes on the same journal.
 */

#define N_PHOTOS 3
#define N_LOGS 2

static char *self;

/* The process that is killed. */
static int
run_child (const char *dir)
{
  XsSyncFixture fixture = { NULL };

  xs_sync_fixture_set_up_at (&fixture, dir);
  xs_sync_start (fixture.sync);
  while (TRUE)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}

static void
on_reaped (GObject *process, GAsyncResult *result, gpointer user_data)
{
  gboolean *reaped = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_finish (G_SUBPROCESS (process), result, &error);
  g_assert_no_error (error);
  *reaped = TRUE;
}

static void
kill_at_request (XsSyncFixture *f, guint nth)
{
  g_autoptr (GError) error = NULL;
  gboolean reaped = FALSE;
  guint before = xs_fault_server_count (f->platform->server, "");
  /* The entry set later is used up first. */
  xs_fault_server_set (f->platform->server, "", XS_FAULT_SLOW, -1);
  if (nth > 0)
    xs_fault_server_set (f->platform->server, "", XS_FAULT_NONE, (int) nth);
  g_autoptr (GSubprocess) child =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, self, "--child", f->dir, NULL);

  g_assert_no_error (error);
  while (xs_fault_server_count (f->platform->server, "") < before + nth + 1)
    xs_sync_fixture_tick ();
  g_subprocess_force_exit (child);
  g_subprocess_wait_async (child, NULL, on_reaped, &reaped);
  while (!reaped)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
  xs_fault_server_clear (f->platform->server);
}

static void
test_killed_at_every_request (void)
{
  /* Policy, roster, registration photo, one question, photos, logs, an appeal and a decision about consent (C6). */
  const guint n_requests = 4 + N_PHOTOS * N_LOGS + N_LOGS + 2;

  for (guint nth = 0; nth < n_requests; nth++)
    {
      XsSyncFixture fixture = { NULL }, *f = &fixture;
      g_autoptr (GError) error = NULL;

      g_test_message ("request %u", nth);
      xs_sync_fixture_set_up (f, NULL);
      xs_sync_fixture_pair (f);
      xs_test_platform_add_learner (f->platform, XS_TEST_STUNUM, "a face");
      xs_sync_fixture_add_session (f, N_LOGS, N_PHOTOS);
      xs_sync_fixture_appeal (f, XS_TEST_STUNUM, N_LOGS);
      xs_sync_fixture_decide (f, XS_TEST_STUNUM, 1);
      xs_sync_fixture_close (f);
      kill_at_request (f, nth);

      xs_sync_fixture_open (f);
      error = xs_sync_fixture_pass (f);
      g_assert_no_error (error);
      xs_sync_fixture_assert_sent (f, N_PHOTOS * N_LOGS, N_LOGS);
      xs_sync_fixture_assert_appeals (f, 1);
      xs_sync_fixture_assert_consents (f, 1);
      xs_sync_fixture_tear_down (f, NULL);
    }
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && strcmp (argv[1], "--child") == 0)
    return run_child (argv[2]);

  self = g_file_read_link ("/proc/self/exe", NULL);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/killed-at-every-request", test_killed_at_every_request);
  int result = g_test_run ();
  g_free (self);
  return result;
}
