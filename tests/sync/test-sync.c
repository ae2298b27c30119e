/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-fixture.h"

#include "xs-wire-message.h"

#include <glib/gstdio.h>
#include <string.h>

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static void
set_route (XsSyncFixture *f, const char *route, XsFault fault, int times)
{
  xs_fault_server_set (f->platform->server, route, fault, times);
}

static guint
count (XsSyncFixture *f, const char *route)
{
  return xs_fault_server_count (f->platform->server, route);
}

static void
wait_for_state (XsSyncFixture *f, XsSyncState state)
{
  while (xs_sync_get_state (f->sync) != state)
    xs_sync_fixture_tick ();
}

static void
wait_for_logs (XsSyncFixture *f, guint n_logs)
{
  while (xs_sync_fixture_get_status (f).logs_sent < n_logs)
    xs_sync_fixture_tick ();
}

static void
pair (XsSyncFixture *f, const char *url, const char *code, XsError expected)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  xs_sync_pair_async (f->sync, url, code, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (xs_sync_pair_finish (f->sync, result, &error));
  g_assert_error (error, XS_ERROR, (int) expected);
}

static gboolean
read_identity (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_get_identity (journal, data, error);
}

static void
test_pairs (XsSyncFixture *f, gconstpointer data)
{
  const char *url = xs_test_platform_get_url (f->platform);
  g_autofree char *with_slash = g_strconcat (" ", url, "// ", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  XsIdentity identity;

  xs_sync_pair_async (f->sync, with_slash, " " XS_TEST_CODE "\n", NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (xs_sync_pair_finish (f->sync, result, &error));
  g_assert_no_error (error);
  g_assert_true (xs_store_run (f->store, read_identity, &identity, &error));
  g_assert_cmpstr (identity.devnum, ==, XS_TEST_DEVNUM);
  g_assert_cmpstr (identity.school, ==, "第一驾校");
  g_assert_cmpstr (identity.platform_url, ==, url);
  g_assert_cmpmem (identity.platform_key, XS_KEY_BYTES, f->platform->seal_key.public_key, XS_KEY_BYTES);
  g_assert_cmpint (xs_sync_get_state (f->sync), ==, XS_SYNC_IDLE);
}

static void
test_pairs_with_reasons (XsSyncFixture *f, gconstpointer data)
{
  const char *url = xs_test_platform_get_url (f->platform);
  const char *const bad_urls[] = { "",         "platform.example.cn", "ftp://platform",
                                   "https://", "http://u:p@host",     "http://host/?a=b",
                                   "http://[" };

  pair (f, url, "9999", XS_ERROR_REJECTED);
  pair (f, url, "", XS_ERROR_INVALID);
  pair (f, url, "a code that is longer than any code of any platform", XS_ERROR_INVALID);
  pair (f, "http://127.0.0.1:1", XS_TEST_CODE, XS_ERROR_NETWORK);
  for (guint i = 0; i < G_N_ELEMENTS (bad_urls); i++)
    pair (f, bad_urls[i], XS_TEST_CODE, XS_ERROR_INVALID);
  g_assert_false (f->platform->paired);
  xs_sync_fixture_pair (f);
}

/* The answer was lost: the code is used up, and yet the same kiosk gets its identity. */
static void
test_pairs_after_a_lost_answer (XsSyncFixture *f, gconstpointer data)
{
  set_route (f, "POST /v1/pair", XS_FAULT_DROP_AFTER, -1);
  pair (f, xs_test_platform_get_url (f->platform), XS_TEST_CODE, XS_ERROR_NETWORK);
  g_assert_true (f->platform->paired);
  xs_fault_server_clear (f->platform->server);
  xs_sync_fixture_pair (f);
}

static void
test_unpaired (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = xs_sync_fixture_pass (f);

  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_assert_cmpint (xs_sync_get_state (f->sync), ==, XS_SYNC_UNPAIRED);
  g_assert_nonnull (xs_sync_get_error_message (f->sync));
  g_assert_cmpuint (count (f, ""), ==, 0);

  xs_sync_start (f->sync);
  wait_for_state (f, XS_SYNC_UNPAIRED);
  xs_sync_fixture_pair (f);
  wait_for_state (f, XS_SYNC_IDLE);
  while (count (f, "GET /v1/roster") == 0)
    xs_sync_fixture_tick ();
}

static void
test_sends_everything (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 3, 40);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, 120, 3);
  g_assert_cmpuint (count (f, "PUT /v1/photos/"), ==, 120);
  g_assert_cmpuint (count (f, "PUT /v1/logs/"), ==, 3);
  g_assert_cmpuint (count (f, "POST /v1/photos/missing"), ==, 4);
  g_assert_cmpuint (xs_fault_server_get_peak (f->platform->server), <=, 2);
  g_assert_cmpint (xs_sync_get_state (f->sync), ==, XS_SYNC_IDLE);
  g_assert_null (xs_sync_get_error_message (f->sync));

  /* And once more: nothing to do. */
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  g_assert_cmpuint (count (f, "PUT "), ==, 123);
}

static void
test_two_photos_at_a_time (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 5);
  set_route (f, "PUT /v1/photos/", XS_FAULT_SLOW, -1);
  xs_sync_pass_async (f->sync, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (xs_sync_pass_finish (f->sync, result, &error));
  g_assert_cmpuint (count (f, "PUT "), ==, 2);
  g_assert_cmpuint (xs_fault_server_get_peak (f->platform->server), ==, 2);
}

static void
test_does_not_send_what_is_there (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 5);
  set_route (f, "PUT /v1/photos/", XS_FAULT_DROP_AFTER, -1);
  while (g_hash_table_size (f->platform->photos) < 2)
    {
      g_clear_error (&error);
      error = xs_sync_fixture_pass (f);
      g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
    }
  xs_fault_server_clear (f->platform->server);
  guint before = count (f, "PUT /v1/photos/");
  guint there = g_hash_table_size (f->platform->photos);
  xs_sync_start (f->sync);
  wait_for_logs (f, 1);
  xs_sync_fixture_assert_sent (f, 5, 1);
  g_assert_cmpuint (count (f, "PUT /v1/photos/") - before, ==, 5 - there);
}

static void
test_sends_new_work_by_itself (XsSyncFixture *f, gconstpointer data)
{
  xs_sync_fixture_pair (f);
  xs_sync_start (f->sync);
  wait_for_state (f, XS_SYNC_IDLE);
  for (guint i = 1; i <= 3; i++)
    {
      xs_sync_fixture_add_session (f, 1, 2);
      wait_for_logs (f, i);
    }
  wait_for_state (f, XS_SYNC_IDLE);
  xs_sync_fixture_assert_sent (f, 6, 3);
  g_assert_cmpuint (count (f, "GET /v1/roster"), ==, 1);
}

static void
test_comes_back_by_itself (XsSyncFixture *f, gconstpointer data)
{
  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 2, 3);
  set_route (f, "", XS_FAULT_DROP_BEFORE, -1);
  xs_sync_start (f->sync);
  while (count (f, "") < 20)
    xs_sync_fixture_tick ();
  wait_for_state (f, XS_SYNC_OFFLINE);
  g_assert_nonnull (xs_sync_get_error_message (f->sync));
  xs_fault_server_clear (f->platform->server);
  wait_for_logs (f, 2);
  wait_for_state (f, XS_SYNC_IDLE);
  g_assert_null (xs_sync_get_error_message (f->sync));
  xs_sync_fixture_assert_sent (f, 6, 2);
}

/* Long waits, so that only a change of network can be the reason. */
static void
test_network_change_wakes (XsSyncFixture *f, gconstpointer data)
{
  f->timing.backoff_base_us = f->timing.backoff_cap_us = 3600 * (gint64) G_USEC_PER_SEC;
  xs_sync_fixture_new_sync (f);
  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 1);
  set_route (f, "", XS_FAULT_DROP_BEFORE, -1);
  xs_sync_start (f->sync);
  wait_for_state (f, XS_SYNC_WORKING);
  wait_for_state (f, XS_SYNC_OFFLINE);
  xs_fault_server_clear (f->platform->server);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  wait_for_logs (f, 1);
}

/* The same waits: whoever asks knows at once that the platform is there again. */
static void
test_ask (XsSyncFixture *f, gconstpointer data)
{
  f->timing.backoff_base_us = f->timing.backoff_cap_us = 3600 * (gint64) G_USEC_PER_SEC;
  xs_sync_fixture_new_sync (f);
  xs_sync_fixture_pair (f);
  set_route (f, "", XS_FAULT_DROP_BEFORE, -1);
  xs_sync_start (f->sync);
  wait_for_state (f, XS_SYNC_WORKING);
  wait_for_state (f, XS_SYNC_OFFLINE);
  xs_fault_server_clear (f->platform->server);
  xs_sync_ask (f->sync);
  wait_for_state (f, XS_SYNC_IDLE);
}

static void
note_idle (XsSync *sync, guint *n_idle)
{
  *n_idle += xs_sync_get_state (sync) == XS_SYNC_IDLE;
}

/* Nothing waits to be sent, policy and roster have just come: the next tries ask the platform all the same. */
static void
test_silence_is_no_answer (XsSyncFixture *f, gconstpointer data)
{
  guint n_idle = 0;

  xs_sync_fixture_pair (f);
  xs_sync_start (f->sync);
  wait_for_state (f, XS_SYNC_WORKING);
  wait_for_state (f, XS_SYNC_IDLE);
  g_assert_cmpint (xs_sync_get_settled_state (f->sync), ==, XS_SYNC_IDLE);
  set_route (f, "", XS_FAULT_DROP_BEFORE, -1);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  wait_for_state (f, XS_SYNC_OFFLINE);
  gint64 connected_us = xs_sync_get_connected_wall_us (f->sync);
  guint n_asked = count (f, "");
  gulong changed = g_signal_connect (f->sync, "changed", G_CALLBACK (note_idle), &n_idle);
  while (count (f, "") < n_asked + 10)
    xs_sync_fixture_tick ();
  wait_for_state (f, XS_SYNC_WORKING);
  g_assert_cmpint (xs_sync_get_settled_state (f->sync), ==, XS_SYNC_OFFLINE);
  wait_for_state (f, XS_SYNC_OFFLINE);
  g_assert_cmpuint (n_idle, ==, 0);
  g_assert_cmpint (xs_sync_get_connected_wall_us (f->sync), ==, connected_us);
  g_signal_handler_disconnect (f->sync, changed);
  xs_fault_server_clear (f->platform->server);
  wait_for_state (f, XS_SYNC_IDLE);
}

static void
test_poison_does_not_block (XsSyncFixture *f, gconstpointer data)
{
  XsOutboxStatus status;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 5, 2);
  f->platform->reject_seq = 1;
  set_route (f, "PUT /v1/logs/2", XS_FAULT_INTERNAL, -1);
  set_route (f, "PUT /v1/logs/3", XS_FAULT_DROP_BEFORE, -1);
  xs_sync_start (f->sync);
  wait_for_logs (f, 2);
  status = xs_sync_fixture_get_status (f);
  g_assert_cmpuint (status.logs_rejected, ==, 1);
  g_assert_cmpuint (status.logs_waiting, ==, 2);
  g_assert_cmpuint (status.photos_sent, ==, 10);

  /* New work goes on. */
  xs_sync_fixture_add_session (f, 1, 1);
  wait_for_logs (f, 3);
  xs_fault_server_clear (f->platform->server);
  wait_for_logs (f, 5);
  g_assert_cmpuint (g_hash_table_size (f->platform->logs), ==, 5);
}

/* The platform falls over one photo of the first log, whatever we do. */
static void
test_poison_photo_does_not_block (XsSyncFixture *f, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (f->dir, "photos", NULL);
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 1);
  g_autoptr (GDir) photos = g_dir_open (dir, 0, &error);
  g_assert_no_error (error);
  g_autofree char *route = g_strconcat ("PUT /v1/photos/", g_dir_read_name (photos), NULL);
  set_route (f, route, XS_FAULT_DROP_BEFORE, -1);
  xs_sync_fixture_add_session (f, 4, 4);
  xs_sync_start (f->sync);
  wait_for_logs (f, 4);
  g_assert_cmpuint (xs_sync_fixture_get_status (f).photos_sent, ==, 16);
  xs_fault_server_clear (f->platform->server);
  wait_for_logs (f, 5);
  xs_sync_fixture_assert_sent (f, 17, 5);
}

static void
test_damaged_photo_does_not_block (XsSyncFixture *f, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (f->dir, "photos", NULL);
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 1);
  g_autoptr (GDir) photos = g_dir_open (dir, 0, &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (dir, g_dir_read_name (photos), NULL);
  g_assert_true (g_file_set_contents (path, "damaged", -1, &error));
  xs_sync_fixture_add_session (f, 1, 3);

  g_test_expect_message ("xs-sync", G_LOG_LEVEL_WARNING, "Photo * cannot be sent:*");
  error = xs_sync_fixture_pass (f);
  g_test_assert_expected_messages ();
  g_assert_no_error (error);
  XsOutboxStatus status = xs_sync_fixture_get_status (f);
  g_assert_cmpuint (status.photos_rejected, ==, 1);
  g_assert_cmpuint (status.photos_sent, ==, 3);
  g_assert_cmpuint (status.logs_sent, ==, 1);
}

/* The disk with the photos is not there for a while: what it holds is waited for. */
static void
test_absent_photo_waits (XsSyncFixture *f, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (f->dir, "photos", NULL);
  g_autofree char *away = g_build_filename (f->dir, "away", NULL);
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 5);
  g_assert_cmpint (g_rename (dir, away), ==, 0);
  for (guint i = 0; i < 5; i++)
    g_test_expect_message ("xs-sync", G_LOG_LEVEL_WARNING, "Photo * cannot be sent:*");
  error = xs_sync_fixture_pass (f);
  g_test_assert_expected_messages ();
  g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
  g_clear_error (&error);
  XsOutboxStatus status = xs_sync_fixture_get_status (f);
  g_assert_cmpuint (status.photos_rejected, ==, 0);
  g_assert_cmpuint (status.photos_waiting, ==, 5);

  g_assert_cmpint (g_rename (away, dir), ==, 0);
  xs_sync_fixture_new_sync (f);
  xs_sync_start (f->sync);
  wait_for_logs (f, 1);
  xs_sync_fixture_assert_sent (f, 5, 1);
}

static void
test_sends_photos_again (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 4);
  set_route (f, "PUT /v1/logs/", XS_FAULT_UNAVAILABLE, 1);
  error = xs_sync_fixture_pass (f);
  g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_cmpuint (xs_sync_fixture_get_status (f).photos_sent, ==, 4);
  g_mutex_lock (xs_fault_server_get_lock (f->platform->server));
  g_hash_table_remove_all (f->platform->photos);
  g_mutex_unlock (xs_fault_server_get_lock (f->platform->server));
  xs_sync_fixture_new_sync (f);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, 4, 1);
}

/* A platform that loses every photo, and one that asks for what never was, must not keep the kiosk busy. */
static void
test_platform_that_forgets (XsSyncFixture *f, gconstpointer data)
{
  g_autofree char *never = xs_sha256_hex ("never", 5);
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 2);
  f->platform->forgets = TRUE;
  error = xs_sync_fixture_pass (f);
  g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_cmpuint (count (f, "PUT /v1/logs/"), ==, 2);
  g_assert_cmpuint (xs_sync_fixture_get_status (f).logs_waiting, ==, 1);

  f->platform->forgets = FALSE;
  f->platform->ask_for = never;
  xs_sync_fixture_new_sync (f);
  error = xs_sync_fixture_pass (f);
  g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
  g_clear_error (&error);
  g_assert_cmpuint (xs_sync_fixture_get_status (f).logs_waiting, ==, 1);

  f->platform->ask_for = NULL;
  xs_sync_fixture_new_sync (f);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, 2, 1);
}

/* A4: the device is not known any more, and nothing is lost */
static void
test_unauthorized (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 1);
  f->platform->paired = FALSE;
  error = xs_sync_fixture_pass (f);
  g_assert_error (error, XS_ERROR, XS_ERROR_UNAUTHORIZED);
  g_assert_cmpuint (count (f, "GET "), ==, 1);
  g_assert_cmpint (xs_sync_get_state (f->sync), ==, XS_SYNC_UNAUTHORIZED);
  xs_sync_start (f->sync);
  while (count (f, "GET ") < 4)
    xs_sync_fixture_tick ();
  g_assert_cmpint (xs_sync_get_state (f->sync), ==, XS_SYNC_UNAUTHORIZED);
  g_assert_cmpuint (count (f, "P"), ==, 1);

  /* Staff pairs it again. */
  xs_sync_fixture_pair (f);
  wait_for_logs (f, 1);
  wait_for_state (f, XS_SYNC_IDLE);
  xs_sync_fixture_assert_sent (f, 1, 1);
}

static void
test_wrong_clock (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_close (f);
  xs_clock_unref (f->clock);
  f->clock = xs_clock_fake_new (0, 946684800 * (gint64) G_USEC_PER_SEC);
  xs_sync_fixture_open (f);
  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 2);
  f->platform->clock_wrong = TRUE;
  f->platform->time_us = 1790000000 * (gint64) G_USEC_PER_SEC;
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, 2, 1);
}

/* Uploads go side by side and are not repeated at once with the platform's time: they wait, still of this device. */
static void
test_wrong_clock_of_an_upload (XsSyncFixture *f, gconstpointer data)
{
  const char *const routes[] = { "PUT /v1/photos/", "PUT /v1/logs/" };

  xs_sync_fixture_pair (f);
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autoptr (GError) error = NULL;

      xs_sync_fixture_add_session (f, 1, 2);
      set_route (f, routes[i], XS_FAULT_CLOCK_WRONG, 2);
      error = xs_sync_fixture_pass (f);
      g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
      g_assert_cmpint (xs_sync_get_state (f->sync), ==, XS_SYNC_IDLE);
      xs_fault_server_clear (f->platform->server);
      xs_sync_start (f->sync);
      wait_for_logs (f, i + 1);
      xs_sync_stop (f->sync);
      xs_sync_fixture_new_sync (f);
    }
  xs_sync_fixture_assert_sent (f, 4, 2);
}

/* What was put off to a time that the clock, set right, reaches in years only. */
static void
test_clock_set_back (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_close (f);
  xs_clock_unref (f->clock);
  f->clock = xs_clock_fake_new (0, 1890000000 * (gint64) G_USEC_PER_SEC);
  f->timing.backoff_base_us = f->timing.backoff_cap_us = 7200 * (gint64) G_USEC_PER_SEC;
  xs_sync_fixture_open (f);
  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 2);
  set_route (f, "PUT ", XS_FAULT_INTERNAL, -1);
  error = xs_sync_fixture_pass (f);
  g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
  g_clear_error (&error);
  xs_fault_server_clear (f->platform->server);
  xs_clock_fake_step_wall (f->clock, -3600 * (gint64) G_USEC_PER_SEC);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, 2, 1);
}

/* A pause that the platform asks for is kept, and nothing shortens it. */
static void
test_retry_after_is_kept (XsSyncFixture *f, gconstpointer data)
{
  xs_sync_fixture_pair (f);
  set_route (f, "GET /v1/policy", XS_FAULT_TOO_MANY, 1);
  gint64 start_us = g_get_monotonic_time ();
  xs_sync_start (f->sync);
  wait_for_state (f, XS_SYNC_WORKING);
  wait_for_state (f, XS_SYNC_OFFLINE);
  xs_sync_fixture_add_session (f, 1, 1);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  xs_sync_ask (f->sync);
  wait_for_logs (f, 1);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, G_USEC_PER_SEC);
  g_assert_cmpuint (count (f, "GET /v1/policy"), ==, 2);
}

/* R10: a platform that has much to do is looked at four times less often, and gets what is new all the same. */
static void
test_load_stretches_pauses (XsSyncFixture *f, gconstpointer data)
{
  gint64 start_us;

  f->platform->load = 100;
  f->timing.refresh_us = 100 * 1000;
  xs_sync_fixture_new_sync (f);
  xs_sync_fixture_pair (f);
  xs_sync_start (f->sync);
  while (count (f, "GET /v1/policy") < 1)
    xs_sync_fixture_tick ();
  start_us = g_get_monotonic_time ();
  xs_sync_fixture_add_session (f, 1, 1);
  wait_for_logs (f, 1);
  while (count (f, "GET /v1/policy") < 3)
    xs_sync_fixture_tick ();
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 600 * 1000);
}

static void
test_stop_ends_everything (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 3);
  set_route (f, "PUT ", XS_FAULT_SLOW, -1);
  xs_sync_pass_async (f->sync, NULL, on_result, &first);
  xs_sync_pass_async (f->sync, NULL, on_result, &second);
  while (count (f, "PUT ") == 0)
    xs_sync_fixture_tick ();
  xs_sync_stop (f->sync);
  while (first == NULL || second == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (xs_sync_pass_finish (f->sync, first, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (xs_sync_pass_finish (f->sync, second, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
  g_clear_error (&error);
  xs_fault_server_clear (f->platform->server);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, 3, 1);
}

static void
test_pairing_makes_way (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) pass = NULL;
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 2);
  set_route (f, "GET /v1/policy", XS_FAULT_SLOW, 1);
  xs_sync_pass_async (f->sync, NULL, on_result, &pass);
  while (count (f, "GET ") == 0)
    xs_sync_fixture_tick ();
  xs_sync_fixture_pair (f);
  while (pass == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (xs_sync_pass_finish (f->sync, pass, &error));
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, 2, 1);
}

/* The clock of the PC is compared with the Date of the platform's own answers, and not with anybody else's. */
static void
test_clock_ahead (XsSyncFixture *f, gconstpointer data)
{
  /* What the server of this test stands still at. */
  g_autoptr (GDateTime) date = g_date_time_new_utc (2026, 11, 23, 13, 0, 0);
  gint64 ahead_us = 0;

  xs_sync_fixture_pair (f);
  g_assert_false (xs_sync_get_clock_ahead (f->sync, &ahead_us));
  g_assert_cmpint (xs_sync_get_connected_wall_us (f->sync), ==, 0);
  g_autoptr (GError) error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  g_assert_true (xs_sync_get_clock_ahead (f->sync, &ahead_us));
  gint64 expected_us = g_date_time_to_unix (date) * G_USEC_PER_SEC - xs_clock_wall_us (f->clock);
  g_test_message ("ahead by %.1f s, expected %.1f s", (double) ahead_us / 1e6, (double) expected_us / 1e6);
  g_assert_cmpint (ABS (ahead_us - expected_us), <, 20 * G_USEC_PER_SEC);
  g_assert_cmpint (xs_sync_get_connected_wall_us (f->sync), >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                                                \
  g_test_add ("/sync/" name, XsSyncFixture, NULL, xs_sync_fixture_set_up, func, xs_sync_fixture_tear_down)
  ADD ("pairs", test_pairs);
  ADD ("pairs-with-reasons", test_pairs_with_reasons);
  ADD ("pairs-after-a-lost-answer", test_pairs_after_a_lost_answer);
  ADD ("clock-ahead", test_clock_ahead);
  ADD ("unpaired", test_unpaired);
  ADD ("sends-everything", test_sends_everything);
  ADD ("two-photos-at-a-time", test_two_photos_at_a_time);
  ADD ("does-not-send-what-is-there", test_does_not_send_what_is_there);
  ADD ("sends-new-work-by-itself", test_sends_new_work_by_itself);
  ADD ("comes-back-by-itself", test_comes_back_by_itself);
  ADD ("network-change-wakes", test_network_change_wakes);
  ADD ("ask", test_ask);
  ADD ("silence-is-no-answer", test_silence_is_no_answer);
  ADD ("poison-does-not-block", test_poison_does_not_block);
  ADD ("poison-photo-does-not-block", test_poison_photo_does_not_block);
  ADD ("damaged-photo-does-not-block", test_damaged_photo_does_not_block);
  ADD ("absent-photo-waits", test_absent_photo_waits);
  ADD ("sends-photos-again", test_sends_photos_again);
  ADD ("platform-that-forgets", test_platform_that_forgets);
  ADD ("unauthorized", test_unauthorized);
  ADD ("wrong-clock", test_wrong_clock);
  ADD ("wrong-clock-of-an-upload", test_wrong_clock_of_an_upload);
  ADD ("clock-set-back", test_clock_set_back);
  ADD ("retry-after-is-kept", test_retry_after_is_kept);
  ADD ("load-stretches-pauses", test_load_stretches_pauses);
  ADD ("stop-ends-everything", test_stop_ends_everything);
  ADD ("pairing-makes-way", test_pairing_makes_way);
  return g_test_run ();
}
