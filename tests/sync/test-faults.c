/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-fixture.h"

#include <string.h>

/*
 * Every fault on every kind of request, on those that send evidence also twice in a row, with the kiosk left to itself;
 * then both ends are compared.
 */

#define N_PHOTOS 3
#define N_LOGS 2

/* Faults by which a platform refuses what was sent, in its own words. */
static gboolean
refuses (XsFault fault, const char *route)
{
  switch ((int) fault)
    {
    case XS_FAULT_CONFLICT:
    case XS_FAULT_REJECTED:
      return g_str_has_prefix (route, "PUT /v1/logs/");
    case XS_FAULT_BAD_REQUEST:
    case XS_FAULT_TOO_LARGE:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
wait_until_settled (XsSyncFixture *f, guint n_settled, guint n_held_back)
{
  while (TRUE)
    {
      XsOutboxStatus status = xs_sync_fixture_get_status (f);

      if (status.photos_sent + status.photos_rejected + status.logs_sent + status.logs_rejected == n_settled
          && status.logs_waiting == n_held_back && status.photos_waiting == 0
          && xs_sync_get_state (f->sync) == XS_SYNC_IDLE)
        return;
      xs_sync_fixture_tick ();
    }
}

static void
check_refused (XsSyncFixture *f, const char *route, int times)
{
  XsOutboxStatus status = xs_sync_fixture_get_status (f);
  gboolean photo = g_str_has_prefix (route, "PUT /v1/photos/");

  /* What was refused is kept; a log with a refused photo stays here as well, and everything else is sent. */
  g_assert_cmpuint (status.photos_rejected, ==, photo ? (guint) times : 0);
  g_assert_cmpuint (status.logs_rejected, ==, photo ? 0 : (guint) times);
  g_assert_cmpuint (status.photos_sent + status.photos_rejected, ==, N_PHOTOS * N_LOGS);
  g_assert_cmpuint (status.photos_sent, ==, g_hash_table_size (f->platform->photos));
  g_assert_cmpuint (status.logs_sent, ==, g_hash_table_size (f->platform->logs));
  g_assert_cmpuint (status.logs_sent + status.logs_rejected + status.logs_waiting, ==, N_LOGS);
}

static void
try_fault (const char *route, XsFault fault, int times)
{
  XsSyncFixture fixture = { NULL }, *f = &fixture;
  gboolean refused = refuses (fault, route) && g_str_has_prefix (route, "PUT ");
  /* Photos go by age: those refused are of the first log. */
  guint n_held_back = refused && g_str_has_prefix (route, "PUT /v1/photos/") ? 1 : 0;

  g_test_message ("%s %s ×%d", route, xs_fault_name (fault), times);
  xs_sync_fixture_set_up (f, NULL);
  xs_sync_fixture_pair (f);
  xs_test_platform_add_learner (f->platform, XS_TEST_STUNUM, "a face");
  xs_sync_fixture_add_session (f, N_LOGS, N_PHOTOS);
  xs_fault_server_set (f->platform->server, route, fault, times);
  xs_sync_start (f->sync);
  wait_until_settled (f, (N_PHOTOS + 1) * N_LOGS - n_held_back, n_held_back);
  g_assert_cmpuint (xs_fault_server_count (f->platform->server, route), >=, 1);
  if (refused)
    check_refused (f, route, times);
  else
    xs_sync_fixture_assert_sent (f, N_PHOTOS * N_LOGS, N_LOGS);
  g_assert_cmpuint (xs_fault_server_count (f->platform->server, "GET /elsewhere"), ==, 0);
  xs_fault_server_clear (f->platform->server);
  xs_sync_fixture_tear_down (f, NULL);
}

static void
test_route (gconstpointer data)
{
  for (XsFault fault = XS_FAULT_DROP_AFTER; fault < XS_N_FAULTS; fault++)
    {
      gboolean slow = fault == XS_FAULT_SLOW || fault == XS_FAULT_TRICKLE || fault == XS_FAULT_TOO_MANY
                      || fault == XS_FAULT_UNAVAILABLE;

      try_fault (data, fault, 1);
      if (g_str_has_prefix (data, "PUT ") && !slow)
        try_fault (data, fault, 2);
    }
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

/* Cancelled while the request is under way, after the platform has committed it; then all is done again. */
static void
test_cancelled (gconstpointer data)
{
  const char *route = data;
  XsSyncFixture fixture = { NULL }, *f = &fixture;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_set_up (f, NULL);
  xs_sync_fixture_pair (f);
  xs_test_platform_add_learner (f->platform, XS_TEST_STUNUM, "a face");
  xs_sync_fixture_add_session (f, N_LOGS, N_PHOTOS);
  xs_fault_server_set (f->platform->server, route, XS_FAULT_SLOW, -1);
  xs_sync_pass_async (f->sync, cancellable, on_result, &result);
  while (xs_fault_server_count (f->platform->server, route) == 0)
    xs_sync_fixture_tick ();
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (xs_sync_pass_finish (f->sync, result, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&result);
  xs_fault_server_clear (f->platform->server);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, N_PHOTOS * N_LOGS, N_LOGS);
  xs_sync_fixture_tear_down (f, NULL);
}

/* The application goes away in the middle of a request: nothing of it is left, and the next one finishes. */
static void
test_finalized (gconstpointer data)
{
  const char *route = data;
  XsSyncFixture fixture = { NULL }, *f = &fixture;
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_set_up (f, NULL);
  xs_sync_fixture_pair (f);
  xs_test_platform_add_learner (f->platform, XS_TEST_STUNUM, "a face");
  xs_sync_fixture_add_session (f, N_LOGS, N_PHOTOS);
  xs_fault_server_set (f->platform->server, route, XS_FAULT_SLOW, -1);
  xs_sync_start (f->sync);
  while (xs_fault_server_count (f->platform->server, route) == 0)
    xs_sync_fixture_tick ();
  xs_sync_fixture_close (f);
  xs_fault_server_clear (f->platform->server);

  xs_sync_fixture_open (f);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, N_PHOTOS * N_LOGS, N_LOGS);
  xs_sync_fixture_tear_down (f, NULL);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *name;
    const char *route;
  } routes[] = {
    { "policy", "GET /v1/policy" },           { "roster", "GET /v1/roster" },
    { "missing", "POST /v1/photos/missing" }, { "registration-photo", "GET /v1/registration-photos/" },
    { "photo", "PUT /v1/photos/" },           { "log", "PUT /v1/logs/" },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autofree char *faults = g_strconcat ("/sync/faults/", routes[i].name, NULL);
      g_autofree char *cancelled = g_strconcat ("/sync/cancelled/", routes[i].name, NULL);
      g_autofree char *finalized = g_strconcat ("/sync/finalized/", routes[i].name, NULL);

      g_test_add_data_func (faults, routes[i].route, test_route);
      g_test_add_data_func (cancelled, routes[i].route, test_cancelled);
      g_test_add_data_func (finalized, routes[i].route, test_finalized);
    }
  return g_test_run ();
}
