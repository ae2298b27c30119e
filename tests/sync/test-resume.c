/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-server.h"
#include "xs-sync-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* H5, H6: a large photo over a network that breaks again and again: what arrived once is not sent again. */

#define PHOTO_BYTES 900000
#define START_US (1790000000 * (gint64) G_USEC_PER_SEC)

/* A way to the platform that ends after so many bytes of an upload. */
typedef struct {
  GSocketService *service;
  guint16 port;
  guint16 platform_port;
  gint budget; /* atomic: bytes of the next upload; -1: all */
  gint sent;   /* atomic: bytes that the last upload took to the platform */
} Way;

typedef struct {
  GSocketConnection *from;
  GSocketConnection *to;
} Back;

static gpointer
copy_back (gpointer data)
{
  const Back *back = data;
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (back->from));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (back->to));
  char buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL)) > 0)
    {
      if (!g_output_stream_write_all (out, buffer, (gsize) n, NULL, NULL, NULL))
        break;
    }
  g_socket_shutdown (g_socket_connection_get_socket (back->to), TRUE, TRUE, NULL);
  return NULL;
}

static gboolean
is_upload (const char *text, gssize size)
{
  return g_strstr_len (text, MIN (size, 20), " /v1/photos/") != NULL && text[0] == 'P' && text[1] != 'O';
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *kiosk, GObject *source, gpointer data)
{
  Way *way = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) platform =
    g_socket_client_connect_to_host (client, "127.0.0.1", way->platform_port, NULL, NULL);
  Back back = { platform, kiosk };
  GThread *thread = g_thread_new ("back", copy_back, &back);
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (kiosk));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (platform));
  gboolean upload = FALSE;
  int budget = 0;
  char buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL)) > 0)
    {
      if (is_upload (buffer, n))
        {
          upload = TRUE;
          g_atomic_int_set (&way->sent, 0);
          budget = g_atomic_int_get (&way->budget);
        }
      if (upload && budget >= 0)
        {
          n = MIN (n, budget);
          budget -= (int) n;
        }
      if (upload)
        g_atomic_int_add (&way->sent, (int) n);
      if (!g_output_stream_write_all (out, buffer, (gsize) n, NULL, NULL, NULL) || (upload && budget == 0))
        break;
    }
  g_socket_shutdown (g_socket_connection_get_socket (platform), TRUE, TRUE, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (kiosk), TRUE, TRUE, NULL);
  g_thread_join (thread);
  return TRUE;
}

static gboolean
add_large_photo (XsJournal *journal, gpointer data, GError **error)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  guint8 *bytes = g_malloc (PHOTO_BYTES);
  XsSessionHandle handle;
  XsPolicy policy;
  XsPhotoRecord record = {
    .event = XS_PHOTO_SIGN_IN, .wall_us = START_US, .match = NAN, .width_px = 640, .height_px = 480
  };

  for (guint i = 0; i < PHOTO_BYTES; i++)
    bytes[i] = (guint8) g_rand_int (rand);
  g_autoptr (GBytes) jpeg = g_bytes_new_take (bytes, PHOTO_BYTES);
  xs_policy_default (&policy);
  return xs_journal_begin_session (journal, XS_TEST_STUNUM, "2211010000", &policy, START_US, &handle, error)
         && xs_journal_add_photo (journal, &handle, jpeg, &record, error);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static void
pair (XsSyncFixture *kiosk, XsPlatformStorage *storage, const char *url)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *code = xs_platform_storage_make_pair_code (storage, NULL, G_TIME_SPAN_HOUR, &error);

  xs_sync_pair_async (kiosk->sync, url, code, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (xs_sync_pair_finish (kiosk->sync, result, &error));
  g_assert_no_error (error);
}

/* Until the platform has seen that the connection is gone, and kept what came. Returns: how much that is */
static int
wait_for_partial (XsPlatformStorage *storage)
{
  const char *folder = xs_platform_storage_get_incoming_dir (storage);

  for (;;)
    {
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
      const char *name = g_dir_read_name (dir);
      g_autofree char *path = name != NULL ? g_build_filename (folder, name, NULL) : NULL;
      GStatBuf status;
      if (name != NULL && g_str_has_prefix (name, "partial-") && g_dir_read_name (dir) == NULL
          && g_stat (path, &status) == 0)
        return (int) status.st_size;
    }
}

static void
test_cut_anywhere (XsSyncFixture *kiosk, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (kiosk->dir, "platform", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (XsPlatformStorage) storage =
    xs_platform_storage_create (dir, "1000000000000001", "示范驾校", xs_clock_system (), &error);
  XsPlatformHttpOptions options = XS_PLATFORM_HTTP_OPTIONS_DEFAULT;
  Way way = { .budget = -1 };

  g_assert_no_error (error);
  options.access_log = FALSE;
  g_autoptr (XsPlatformServer) server = xs_platform_server_start (storage, &options, &error);
  g_assert_no_error (error);
  way.platform_port = (guint16) g_ascii_strtoull (strrchr (xs_platform_server_get_url (server), ':') + 1, NULL, 10);
  way.service = g_threaded_socket_service_new (8);
  g_signal_connect (way.service, "run", G_CALLBACK (on_run), &way);
  way.port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (way.service), NULL, &error);
  g_assert_no_error (error);
  kiosk->timing.timeouts = (XsSyncTimeouts){ .silence_s = 10, .total_s = 20 };
  xs_sync_fixture_new_sync (kiosk);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", way.port);
  pair (kiosk, storage, url);
  g_assert_true (xs_store_run (kiosk->store, add_large_photo, NULL, &error));
  g_assert_no_error (error);

  guint n_cuts = 0;
  int kept = 0;
  while (xs_sync_fixture_get_status (kiosk).photos_sent == 0)
    {
      g_autoptr (GError) problem = NULL;
      int budget = g_test_rand_int_range (150000, 250000);
      g_atomic_int_set (&way.budget, budget < PHOTO_BYTES - kept ? budget : -1);
      problem = xs_sync_fixture_pass (kiosk);
      /* All went through, or the next try is not due yet. */
      if (problem == NULL || g_atomic_int_get (&way.budget) < 0)
        continue;
      int before = kept;
      kept = wait_for_partial (storage);
      g_assert_cmpint (kept, >=, before);
      n_cuts += kept > before;
    }
  g_test_message ("%u cuts, then %d bytes", n_cuts, g_atomic_int_get (&way.sent));
  g_assert_cmpuint (n_cuts, >=, 3);
  g_assert_cmpint (g_atomic_int_get (&way.sent), <, PHOTO_BYTES - kept + 5000);
  g_autoptr (GArray) photos = xs_platform_storage_list_photos (storage, &error);
  g_assert_cmpuint (photos->len, ==, 1);
  g_socket_service_stop (way.service);
  g_socket_listener_close (G_SOCKET_LISTENER (way.service));
  g_object_unref (way.service);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add ("/sync/resume/cut-anywhere", XsSyncFixture, NULL, xs_sync_fixture_set_up, test_cut_anywhere,
              xs_sync_fixture_tear_down);
  return g_test_run ();
}
