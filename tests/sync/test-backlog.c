/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-fixture.h"

#include "xs-journal-private.h"

#include <string.h>

/* What has waited for long must not keep back what happens now: the work of today, the policy, and those who study. */

#define N_BACKLOG 100000
/* Only as many of them have a file: so far a test must never get. */
#define N_FILES 64

/* 5,000 logs of twenty photos each, as a kiosk has them after months without a network. */
static const char backlog[] =
  "CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
  " SELECT i FROM n;"
  "INSERT INTO session (id, classid, stunum, policy_id, policy_version, start_wall_us, state)"
  " SELECT i, i, '" XS_TEST_STUNUM "', 'p', 1, 1600000000000000 + i * 3600000000, 'closed' FROM n WHERE i <= 5000;"
  "INSERT INTO segment (id, session_id, subjcode, start_wall_us, last_wall_us, credited_us, end_reason)"
  " SELECT i, i, '4001010000', 1600000000000000 + i * 3600000000, 1600003600000000 + i * 3600000000, 3600000000,"
  " 'by_learner' FROM n WHERE i <= 5000;"
  "INSERT INTO photo (number, segment_id, event, wall_us, sha256, width_px, height_px)"
  " SELECT i, (i + 19) / 20, 5, 1600000000000000, printf ('%064d', i), 640, 480 FROM n;"
  "INSERT INTO log SELECT i, i, '" XS_TEST_STUNUM "', i, zeroblob (12000),"
  " printf ('%064d', i), printf ('%064d', i - 1), zeroblob (64) FROM n WHERE i <= 5000;"
  "INSERT INTO outbox (kind, photo_number, segment_id) SELECT 'photo', number, segment_id FROM photo;"
  "INSERT INTO outbox (kind, log_seq, segment_id, stunum, photos_missing)"
  " SELECT 'log', seq, segment_id, stunum, 20 FROM log;"
  "UPDATE counter SET value = 5000 WHERE name IN ('classid', 'log');"
  "UPDATE counter SET value = 100000 WHERE name = 'photo';"
  "INSERT INTO learner_counter VALUES ('" XS_TEST_STUNUM "', 5000, 18000000);"
  "UPDATE device SET last_log_sha256 = printf ('%064d', 5000);";

static gboolean
add_backlog_in (XsDb *db, gpointer data, GError **error)
{
  XsJournal *journal = data;

  if (!xs_db_exec (db, backlog, error))
    return FALSE;
  for (int i = 1; i <= N_FILES; i++)
    {
      g_autofree char *text = g_strdup_printf ("photo %d of the backlog", i);
      g_autofree char *sha256 = xs_sha256_hex (text, strlen (text));
      g_autofree char *path = xs_journal_dup_photo_path (journal, sha256);

      if (!g_file_set_contents (path, text, -1, error)
          || !xs_db_run (db, "UPDATE photo SET sha256 = ? WHERE number = ?", error, "si", sha256, (gint64) i))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_backlog (XsJournal *journal, gpointer unused, GError **error)
{
  return xs_db_transaction (journal->db, add_backlog_in, journal, error);
}

static void
fill (XsSyncFixture *f)
{
  g_autoptr (GError) error = NULL;
  gboolean ok;

  xs_sync_fixture_pair (f);
  ok = xs_store_run (f->store, add_backlog, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static guint
n_logs (XsSyncFixture *f)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (xs_fault_server_get_lock (f->platform->server));

  return g_hash_table_size (f->platform->logs);
}

static guint
count (XsSyncFixture *f, const char *route)
{
  return xs_fault_server_count (f->platform->server, route);
}

/* Months of backlog: what was studied today is there within a few requests, and the oldest has begun to go. */
static void
test_today_first (XsSyncFixture *f, gconstpointer data)
{
  fill (f);
  xs_sync_fixture_add_session (f, 1, 2);
  XsOutboxStatus before = xs_sync_fixture_get_status (f);
  g_assert_cmpuint (before.photos_waiting, ==, N_BACKLOG + 2);
  g_assert_cmpuint (before.logs_waiting, ==, N_BACKLOG / 20 + 1);
  /* Whoever gets to the third batch has forgotten what is new. */
  xs_fault_server_set (f->platform->server, "POST /v1/photos/missing", XS_FAULT_SLOW, -1);
  xs_fault_server_set (f->platform->server, "POST /v1/photos/missing", XS_FAULT_NONE, 1);
  for (int i = 0; i < 14; i++)
    g_test_expect_message ("xs-sync", G_LOG_LEVEL_WARNING, "Photo * cannot be sent:*");
  xs_sync_start (f->sync);
  while (n_logs (f) == 0)
    xs_sync_fixture_tick ();
  g_test_message ("the log of today came as request %u", count (f, ""));
  g_assert_cmpuint (count (f, ""), <=, 40);
  g_assert_cmpuint (count (f, "PUT /v1/photos/"), >=, 16);
  xs_sync_stop (f->sync);
  xs_fault_server_clear (f->platform->server);
  xs_sync_fixture_close (f);
  g_test_assert_expected_messages ();
}

/* A drain that goes on for hours looks at the policy all the same, and who waits for its end is not told too early. */
static void
test_looks_at_the_policy_meanwhile (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 2, 100);
  f->timing.refresh_us = 1;
  xs_sync_fixture_new_sync (f);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, 200, 2);
  g_assert_cmpuint (count (f, "GET /v1/policy"), >=, 200 / 32);
}

/* The policy's limit reaches the photos: with a clock that stands still not one byte of them may go. */
static void
test_limited_by_policy (XsSyncFixture *f, gconstpointer data)
{
  g_autofree char *limited = NULL;
  g_auto (GStrv) parts = NULL;

  xs_sync_fixture_close (f);
  xs_clock_unref (f->clock);
  f->clock = xs_clock_fake_new (0, 1790000000 * (gint64) G_USEC_PER_SEC);
  f->timing.timeouts = (XsSyncTimeouts){ .silence_s = 60, .total_s = 60 };
  xs_sync_fixture_open (f);
  parts = g_strsplit (f->platform->policy, "\"upload_max_kib_s\": 0,", 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  limited = g_strjoinv ("\"upload_max_kib_s\": 16,", parts);
  g_free (f->platform->policy);
  f->platform->policy = g_steal_pointer (&limited);
  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 3);
  xs_sync_start (f->sync);
  while (count (f, "POST /v1/photos/missing") == 0)
    xs_sync_fixture_tick ();
  for (int i = 0; i < 20; i++)
    xs_sync_fixture_tick ();
  /* Only a request whose body has come counts there. */
  g_assert_cmpuint (count (f, "PUT /v1/photos/"), ==, 0);
  while (xs_sync_fixture_get_status (f).logs_sent == 0)
    {
      xs_clock_fake_advance (f->clock, G_USEC_PER_SEC / 100);
      xs_sync_fixture_tick ();
    }
  xs_sync_fixture_assert_sent (f, 3, 1);
  g_assert_cmpuint (xs_fault_server_get_peak (f->platform->server), ==, 1);
}

typedef struct {
  XsSessionHandle handle;
  int seconds;
} Study;

static gboolean
begin_study (XsJournal *journal, gpointer data, GError **error)
{
  Study *study = data;
  XsPolicy policy;

  xs_policy_default (&policy);
  return xs_journal_begin_session (journal, XS_TEST_STUNUM, "2211010000", &policy, 1790000000 * (gint64) G_USEC_PER_SEC,
                                   &study->handle, error);
}

static gboolean
save_tick (XsJournal *journal, gpointer data, GError **error)
{
  Study *study = data;
  gint64 credited_us = ++study->seconds * (gint64) G_USEC_PER_SEC;
  gint64 wall_us = 1790000000 * (gint64) G_USEC_PER_SEC + credited_us;
  XsMinuteRecord minute = { .wall_end_us = wall_us, .credited_us = credited_us };
  g_autoptr (GArray) minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  XsProgress progress = { .credited_us = credited_us,
                          .wall_us = wall_us,
                          .minutes = minutes,
                          .days = { { .day = 0 }, { .day = xs_wall_day (wall_us), .credited_us = credited_us } } };

  g_strlcpy (minute.stunum, XS_TEST_STUNUM, sizeof minute.stunum);
  g_array_append_val (minutes, minute);
  return xs_journal_save_progress (journal, &study->handle, &progress, error);
}

static void
on_saved (GObject *store, GAsyncResult *result, gpointer user_data)
{
  gboolean *saved = user_data;
  g_autoptr (GError) error = NULL;

  *saved = xs_store_finish (XS_STORE (store), result, &error);
  g_assert_no_error (error);
}

/* A platform that takes every request and never answers: sixty seconds of study go into the journal meanwhile. */
static void
test_silent_platform_holds_up_nobody (XsSyncFixture *f, gconstpointer data)
{
  Study study = { .seconds = 0 };
  g_autoptr (GError) error = NULL;
  gboolean ok;

  f->timing.timeouts = (XsSyncTimeouts){ .silence_s = 600, .total_s = 600 };
  xs_sync_fixture_new_sync (f);
  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 2);
  xs_fault_server_set (f->platform->server, "", XS_FAULT_SLOW, -1);
  ok = xs_store_run (f->store, begin_study, &study, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  guint before = count (f, "");
  xs_sync_start (f->sync);
  while (count (f, "") == before)
    xs_sync_fixture_tick ();
  while (study.seconds < 60)
    {
      gboolean saved = FALSE;

      xs_store_submit (f->store, save_tick, &study, NULL, on_saved, &saved);
      while (!saved)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpint (xs_sync_get_state (f->sync), ==, XS_SYNC_WORKING);
  g_assert_cmpuint (count (f, ""), ==, before + 1);
  g_assert_cmpuint (xs_sync_fixture_get_status (f).photos_waiting, ==, 2);
}

/* A kiosk that failed and waits for up to an hour, on a clock that stands still. */
static void
fail_for_an_hour (XsSyncFixture *f)
{
  xs_sync_fixture_close (f);
  xs_clock_unref (f->clock);
  f->clock = xs_clock_fake_new (0, 1790000000 * (gint64) G_USEC_PER_SEC);
  f->timing.backoff_base_us = f->timing.backoff_cap_us = 3600 * (gint64) G_USEC_PER_SEC;
  xs_sync_fixture_open (f);
  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 2);
  xs_fault_server_set (f->platform->server, "", XS_FAULT_DROP_BEFORE, -1);
  xs_sync_start (f->sync);
  while (xs_sync_get_state (f->sync) != XS_SYNC_OFFLINE || count (f, "") < 2)
    xs_sync_fixture_tick ();
  xs_fault_server_clear (f->platform->server);
}

static gint64
next_us (XsSyncFixture *f)
{
  XsOutboxStatus status = xs_sync_fixture_get_status (f);

  return xs_sync_get_next_wall_us (f->sync, &status);
}

/* One item was put off and the other is due: neither is tried before the pause of the whole ends, and that is what is
 * said. */
static void
test_tells_the_next_try (XsSyncFixture *f, gconstpointer data)
{
  fail_for_an_hour (f);
  gint64 now_us = xs_clock_wall_us (f->clock);
  g_assert_cmpint (xs_sync_fixture_get_status (f).next_wall_us, ==, now_us);
  g_assert_cmpint (next_us (f), >, now_us);
  g_assert_cmpint (next_us (f), <=, now_us + 2 * 3600 * (gint64) G_USEC_PER_SEC);
  xs_clock_fake_suspend (f->clock, 60 * (gint64) G_USEC_PER_SEC);
  while (n_logs (f) == 0)
    xs_sync_fixture_tick ();
  g_assert_cmpint (next_us (f), ==, 0);
}

/* Long waits, so that only waking up can be the reason. */
static void
test_sleep_wakes (XsSyncFixture *f, gconstpointer data)
{
  fail_for_an_hour (f);
  guint before = count (f, "");
  for (int i = 0; i < 20; i++)
    xs_sync_fixture_tick ();
  g_assert_cmpuint (count (f, ""), ==, before);
  xs_clock_fake_suspend (f->clock, 60 * (gint64) G_USEC_PER_SEC);
  while (n_logs (f) == 0)
    xs_sync_fixture_tick ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                                                \
  g_test_add ("/sync/backlog/" name, XsSyncFixture, NULL, xs_sync_fixture_set_up, func, xs_sync_fixture_tear_down)
  ADD ("today-first", test_today_first);
  ADD ("looks-at-the-policy-meanwhile", test_looks_at_the_policy_meanwhile);
  ADD ("limited-by-policy", test_limited_by_policy);
  ADD ("silent-platform-holds-up-nobody", test_silent_platform_holds_up_nobody);
  ADD ("sleep-wakes", test_sleep_wakes);
  ADD ("tells-the-next-try", test_tells_the_next_try);
  return g_test_run ();
}
