/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-fixture.h"

#include "xs-wire-log.h"

#include <math.h>
#include <string.h>

#define START_US (1790000000 * (gint64) G_USEC_PER_SEC)

static void
remove_tree (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  (void) g_file_delete (file, NULL, NULL);
}

void
xs_sync_fixture_open (XsSyncFixture *f)
{
  g_autoptr (GError) error = NULL;
  XsJournal *journal = xs_journal_open (f->dir, f->clock, &error);

  g_assert_no_error (error);
  f->store = xs_store_new (journal);
  f->sync = xs_sync_new (f->store, f->clock);
  xs_sync_set_timing (f->sync, &f->timing);
}

void
xs_sync_fixture_close (XsSyncFixture *f)
{
  g_assert_finalize_object (g_steal_pointer (&f->sync));
  g_assert_finalize_object (g_steal_pointer (&f->store));
}

void
xs_sync_fixture_new_sync (XsSyncFixture *f)
{
  g_assert_finalize_object (g_steal_pointer (&f->sync));
  f->sync = xs_sync_new (f->store, f->clock);
  xs_sync_set_timing (f->sync, &f->timing);
}

void
xs_sync_fixture_set_up_at (XsSyncFixture *f, const char *dir)
{
  f->dir = g_strdup (dir);
  f->clock = xs_clock_ref (xs_clock_system ());
  f->timing = XS_SYNC_TIMING_DEFAULT;
  f->timing.timeouts = (XsSyncTimeouts){ .silence_s = 1, .total_s = 1 };
  f->timing.backoff_base_us = 1000;
  f->timing.backoff_cap_us = 20000;
  f->timing.unauthorized_us = 20000;
  f->timing.network_spread_us = 1000;
  f->timing.watch_us = 5000;
  f->timing.debounce_ms = 1;
  xs_sync_fixture_open (f);
}

/* In memory where there is such a folder: what is tried here does not depend on the disk, and hundreds of journals
 * are made. */
static char *
make_dir (void)
{
  g_autofree char *dir = g_strdup ("/dev/shm/xs-sync-XXXXXX");
  g_autoptr (GError) error = NULL;

  if (g_mkdtemp (dir) != NULL)
    return g_steal_pointer (&dir);
  char *fallback = g_dir_make_tmp ("xs-sync-XXXXXX", &error);
  g_assert_no_error (error);
  return fallback;
}

void
xs_sync_fixture_set_up (XsSyncFixture *f, gconstpointer data)
{
  g_autofree char *dir = make_dir ();

  f->platform = xs_test_platform_new ();
  xs_sync_fixture_set_up_at (f, dir);
}

void
xs_sync_fixture_tear_down (XsSyncFixture *f, gconstpointer data)
{
  if (f->sync != NULL)
    xs_sync_fixture_close (f);
  remove_tree (f->dir);
  g_clear_pointer (&f->dir, g_free);
  g_clear_pointer (&f->clock, xs_clock_unref);
  g_clear_pointer (&f->platform, xs_test_platform_free);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

void
xs_sync_fixture_pair (XsSyncFixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  xs_sync_pair_async (f->sync, xs_test_platform_get_url (f->platform), XS_TEST_CODE, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (xs_sync_pair_finish (f->sync, result, &error));
  g_assert_no_error (error);
}

GError *
xs_sync_fixture_pass (XsSyncFixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  xs_sync_pass_async (f->sync, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  gboolean ok = xs_sync_pass_finish (f->sync, result, &error);
  g_assert_true (ok == (error == NULL));
  return error;
}

typedef struct {
  const char *stunum;
  guint n_logs;
  guint n_photos;
  gsize photo_bytes;
} Session;

static gboolean
add_photos (XsJournal *journal, const XsSessionHandle *handle, const Session *session, gint64 wall_us, GError **error)
{
  static guint serial;

  for (guint i = 0; i < session->n_photos; i++)
    {
      XsPhotoRecord record = {
        .event = XS_PHOTO_PROCESS, .wall_us = wall_us, .match = NAN, .width_px = 640, .height_px = 480
      };
      g_autofree char *text = g_strdup_printf ("photo %u of this test", ++serial);
      gsize size = MAX (strlen (text), session->photo_bytes);
      guint8 *bytes = g_malloc0 (size);

      memcpy (bytes, text, strlen (text));
      g_autoptr (GBytes) jpeg = g_bytes_new_take (bytes, size);

      if (!xs_journal_add_photo (journal, handle, jpeg, &record, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_session (XsJournal *journal, gpointer data, GError **error)
{
  const Session *session = data;
  XsSessionHandle handle;
  XsPolicy policy;

  xs_policy_default (&policy);
  if (!xs_journal_begin_session (journal, session->stunum, "2211010000", &policy, START_US, &handle, error))
    return FALSE;
  if (session->n_logs == 0)
    return add_photos (journal, &handle, session, START_US, error);
  for (guint i = 0; i < session->n_logs; i++)
    {
      gint64 wall_us = START_US + (i + 1) * 60 * (gint64) G_USEC_PER_SEC;
      XsMinuteRecord minute = { .wall_end_us = wall_us, .credited_us = 50000000 };
      g_strlcpy (minute.stunum, session->stunum, sizeof minute.stunum);
      g_autoptr (GArray) minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
      g_array_append_val (minutes, minute);
      XsProgress progress = { .credited_us = minute.credited_us,
                              .wall_us = wall_us,
                              .minutes = minutes,
                              .days = { { .day = 0 }, { .day = xs_wall_day (wall_us), .credited_us = 50000000 } } };

      if (!xs_journal_save_progress (journal, &handle, &progress, error)
          || !add_photos (journal, &handle, session, wall_us, error)
          || !xs_journal_close_segment (journal, &handle, XS_SIGN_OUT_BY_LEARNER, wall_us,
                                        i + 1 < session->n_logs ? wall_us : 0, NULL, error))
        return FALSE;
    }
  return TRUE;
}

void
xs_sync_fixture_add_session (XsSyncFixture *f, guint n_logs, guint n_photos)
{
  xs_sync_fixture_add_session_of (f, XS_TEST_STUNUM, n_logs, n_photos);
}

void
xs_sync_fixture_add_session_of (XsSyncFixture *f, const char *stunum, guint n_logs, guint n_photos)
{
  Session session = { .stunum = stunum, .n_logs = n_logs, .n_photos = n_photos, .photo_bytes = f->photo_bytes };
  g_autoptr (GError) error = NULL;
  gboolean ok = xs_store_run (f->store, add_session, &session, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

typedef struct {
  const char *stunum;
  gint64 seq;
} Appeal;

static gboolean
appeal (XsJournal *journal, gpointer data, GError **error)
{
  const Appeal *call = data;

  return xs_journal_appeal (journal, call->stunum, call->seq, XS_APPEAL_CAMERA, "灯坏了", error);
}

void
xs_sync_fixture_appeal (XsSyncFixture *f, const char *stunum, gint64 seq)
{
  Appeal call = { stunum, seq };
  g_autoptr (GError) error = NULL;
  gboolean ok = xs_store_run (f->store, appeal, &call, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

typedef struct {
  const char *stunum;
  gint64 text_version;
  XsConsent consent;
} Decision;

static gboolean
decide (XsJournal *journal, gpointer data, GError **error)
{
  const Decision *call = data;

  return call->text_version > 0 ? xs_journal_give_consent (journal, call->stunum, call->text_version, error)
                                : xs_journal_withdraw_consent (journal, call->stunum, error);
}

void
xs_sync_fixture_decide (XsSyncFixture *f, const char *stunum, gint64 text_version)
{
  Decision call = { stunum, text_version, { 0 } };
  g_autoptr (GError) error = NULL;
  gboolean ok = xs_store_run (f->store, decide, &call, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
}

static gboolean
read_consent (XsJournal *journal, gpointer data, GError **error)
{
  Decision *call = data;

  return xs_journal_get_consent (journal, call->stunum, &call->consent, error);
}

XsConsent
xs_sync_fixture_get_consent (XsSyncFixture *f, const char *stunum)
{
  Decision call = { .stunum = stunum };
  g_autoptr (GError) error = NULL;
  gboolean ok = xs_store_run (f->store, read_consent, &call, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  return call.consent;
}

void
xs_sync_fixture_assert_consents (XsSyncFixture *f, guint n_consents)
{
  XsOutboxStatus status = xs_sync_fixture_get_status (f);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (xs_fault_server_get_lock (f->platform->server));

  g_assert_cmpuint (status.consents_waiting, ==, 0);
  g_assert_cmpuint (status.consents_rejected, ==, 0);
  g_assert_cmpuint (status.consents_sent, ==, n_consents);
  g_assert_cmpuint (g_hash_table_size (f->platform->consents), ==, n_consents);
}

static gboolean
read_status (XsJournal *journal, gpointer data, GError **error)
{
  return xs_outbox_get_status (journal, data, error);
}

XsOutboxStatus
xs_sync_fixture_get_status (XsSyncFixture *f)
{
  XsOutboxStatus status;
  g_autoptr (GError) error = NULL;
  gboolean ok = xs_store_run (f->store, read_status, &status, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  return status;
}

static gboolean
on_tick (gpointer data)
{
  gboolean *ticked = data;

  *ticked = TRUE;
  return G_SOURCE_REMOVE;
}

void
xs_sync_fixture_tick (void)
{
  gboolean ticked = FALSE;
  guint id = g_timeout_add (5, on_tick, &ticked);

  g_main_context_iteration (NULL, TRUE);
  if (!ticked)
    g_source_remove (id);
}

static void
assert_logs_complete (XsTestPlatform *platform)
{
  GHashTableIter iter;
  gpointer bytes;

  g_hash_table_iter_init (&iter, platform->logs);
  while (g_hash_table_iter_next (&iter, NULL, &bytes))
    {
      g_auto (XsWireLog) log;
      g_autoptr (GError) error = NULL;

      xs_wire_log_init (&log);
      gboolean ok = xs_wire_log_decode (&log, bytes, &error);
      g_assert_no_error (error);
      g_assert_true (ok);
      for (guint i = 0; i < log.log.photos->len; i++)
        g_assert_true (
          g_hash_table_contains (platform->photos, g_array_index (log.log.photos, XsPhotoRecord, i).sha256));
    }
}

void
xs_sync_fixture_assert_appeals (XsSyncFixture *f, guint n_appeals)
{
  XsOutboxStatus status = xs_sync_fixture_get_status (f);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (xs_fault_server_get_lock (f->platform->server));

  g_assert_cmpuint (status.appeals_waiting, ==, 0);
  g_assert_cmpuint (status.appeals_rejected, ==, 0);
  g_assert_cmpuint (status.appeals_sent, ==, n_appeals);
  g_assert_cmpuint (g_hash_table_size (f->platform->appeals), ==, n_appeals);
}

void
xs_sync_fixture_assert_sent (XsSyncFixture *f, guint n_photos, guint n_logs)
{
  XsOutboxStatus status = xs_sync_fixture_get_status (f);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (xs_fault_server_get_lock (f->platform->server));

  g_assert_cmpuint (status.photos_waiting, ==, 0);
  g_assert_cmpuint (status.photos_rejected, ==, 0);
  g_assert_cmpuint (status.photos_sent, ==, n_photos);
  g_assert_cmpuint (status.logs_waiting, ==, 0);
  g_assert_cmpuint (status.logs_rejected, ==, 0);
  g_assert_cmpuint (status.logs_sent, ==, n_logs);
  g_assert_cmpuint (g_hash_table_size (f->platform->photos), ==, n_photos);
  g_assert_cmpuint (g_hash_table_size (f->platform->logs), ==, n_logs);
  g_assert_cmpuint (f->platform->conflicts, ==, 0);
  assert_logs_complete (f->platform);
}
