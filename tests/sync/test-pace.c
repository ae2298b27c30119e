/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-request.h"

#include <string.h>

/* The clock of these tests stands still until it is told to move: what counts is bytes, not how long they took. */

#define RATE (64 * 1024)
#define SECOND_US ((gint64) G_USEC_PER_SEC)

static void
test_takes (void)
{
  g_autoptr (XsClock) clock = xs_clock_fake_new (0, 0);
  g_autoptr (XsSyncPace) pace = xs_sync_pace_new (clock, RATE);
  gint64 wait_us = 0;
  gsize given = 0;

  /* It begins empty. */
  g_assert_cmpuint (xs_sync_pace_take (pace, 8192, &wait_us), ==, 0);
  g_assert_cmpint (wait_us, >, 0);
  g_assert_cmpint (wait_us, <, 50 * 1000);
  xs_clock_fake_advance (clock, wait_us);
  g_assert_cmpuint (xs_sync_pace_take (pace, 8192, &wait_us), >=, 1400);

  /* After a pause a second's worth goes at once, and no more. */
  xs_clock_fake_advance (clock, 3600 * SECOND_US);
  for (gsize more; (more = xs_sync_pace_take (pace, 8192, &wait_us)) > 0;)
    given += more;
  g_assert_cmpuint (given, ==, RATE);

  /* Few bytes at the end of a photo go as soon as there are tokens for them. */
  xs_clock_fake_advance (clock, 200);
  g_assert_cmpuint (xs_sync_pace_take (pace, 8192, &wait_us), ==, 0);
  g_assert_cmpuint (xs_sync_pace_take (pace, 10, &wait_us), ==, 10);
}

/* Whatever is asked for and whenever: over any stretch of time no more than the rate allows. */
static void
test_keeps_to_the_rate (void)
{
  g_autoptr (XsClock) clock = xs_clock_fake_new (0, 0);
  g_autoptr (XsSyncPace) pace = xs_sync_pace_new (clock, RATE);
  gint64 given = 0;

  for (guint i = 0; i < 20000; i++)
    {
      gint64 wait_us;
      given += (gint64) xs_sync_pace_take (pace, (gsize) g_test_rand_int_range (1, 65536), &wait_us);
      g_assert_cmpint (given, <=, xs_clock_monotonic_us (clock) * RATE / SECOND_US);
      if (g_test_rand_bit ())
        xs_clock_fake_advance (clock, g_test_rand_int_range (0, 100000));
    }
  /* And nearly all of it: what is left over is less than the largest piece that may wait. */
  g_assert_cmpint (given, >, xs_clock_monotonic_us (clock) * RATE / SECOND_US * 9 / 10);
}

/* A peer on loopback that counts what has arrived of one request, head and body. */
typedef struct {
  GSocketListener *listener;
  GMutex lock;
  GCond cond;
  gsize n_bytes;
  char *url;
  GThread *thread;
} Counter;

static gpointer
count_bytes (gpointer data)
{
  Counter *counter = data;
  g_autoptr (GSocketConnection) connection = g_socket_listener_accept (counter->listener, NULL, NULL, NULL);
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  char piece[4096];
  gssize n;

  while ((n = g_input_stream_read (in, piece, sizeof piece, NULL, NULL)) > 0)
    {
      g_mutex_lock (&counter->lock);
      counter->n_bytes += (gsize) n;
      g_cond_broadcast (&counter->cond);
      g_mutex_unlock (&counter->lock);
    }
  return NULL;
}

static void
counter_init (Counter *counter)
{
  g_autoptr (GError) error = NULL;

  *counter = (Counter){ .listener = g_socket_listener_new () };
  g_mutex_init (&counter->lock);
  g_cond_init (&counter->cond);
  guint16 port = g_socket_listener_add_any_inet_port (counter->listener, NULL, &error);
  g_assert_no_error (error);
  counter->url = g_strdup_printf ("http://127.0.0.1:%u/v1/photos/x", port);
  counter->thread = g_thread_new ("counter", count_bytes, counter);
}

static void
counter_clear (Counter *counter)
{
  g_thread_join (counter->thread);
  g_object_unref (counter->listener);
  g_mutex_clear (&counter->lock);
  g_cond_clear (&counter->cond);
  g_free (counter->url);
}

static gsize
counter_get (Counter *counter)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&counter->lock);

  return counter->n_bytes;
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static gboolean
on_wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Until @n_bytes of body and whatever head came before have arrived, and then a hundred looks of the stream longer. */
static void
wait_for_bytes (Counter *counter, gsize n_bytes)
{
  guint id = g_timeout_add (1, on_wake, NULL);

  while (counter_get (counter) < n_bytes)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

static void
test_over_loopback (void)
{
  const XsSyncTimeouts timeouts = { .silence_s = 60, .total_s = 60 };
  g_autoptr (SoupSession) session = xs_sync_session_new (&timeouts);
  g_autoptr (XsClock) clock = xs_clock_fake_new (0, 0);
  g_autoptr (XsSyncPace) pace = xs_sync_pace_new (clock, RATE);
  g_autofree guint8 *photo = g_malloc0 (3 * RATE);
  g_autoptr (GBytes) body = g_bytes_new (photo, 3 * RATE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Counter counter;

  counter_init (&counter);
  XsSyncRequest request = {
    .method = "PUT", .url = counter.url, .content_type = "image/jpeg", .body = body, .pace = pace
  };
  xs_sync_request_send_async (session, &request, &timeouts, cancellable, on_sent, &result);
  wait_for_bytes (&counter, 1);
  gsize head = counter_get (&counter);
  g_assert_cmpuint (head, <, 1024);
  for (gsize second = 1; second <= 3; second++)
    {
      xs_clock_fake_advance (clock, SECOND_US);
      wait_for_bytes (&counter, head + second * RATE);
      g_assert_cmpuint (counter_get (&counter), ==, head + second * RATE);
    }
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (xs_sync_request_send_finish (result, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
  soup_session_abort (session);
  g_clear_object (&session);
  counter_clear (&counter);
}

/* Given up while it waits for its turn. */
static void
test_cancelled (void)
{
  const XsSyncTimeouts timeouts = { .silence_s = 60, .total_s = 60 };
  g_autoptr (SoupSession) session = xs_sync_session_new (&timeouts);
  g_autoptr (XsClock) clock = xs_clock_fake_new (0, 0);
  g_autoptr (XsSyncPace) pace = xs_sync_pace_new (clock, RATE);
  g_autoptr (GBytes) body = g_bytes_new_static ("photo", 5);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Counter counter;

  counter_init (&counter);
  XsSyncRequest request = {
    .method = "PUT", .url = counter.url, .content_type = "image/jpeg", .body = body, .pace = pace
  };
  xs_sync_request_send_async (session, &request, &timeouts, cancellable, on_sent, &result);
  wait_for_bytes (&counter, 1);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (xs_sync_request_send_finish (result, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
  soup_session_abort (session);
  g_clear_object (&session);
  counter_clear (&counter);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sync/pace/takes", test_takes);
  g_test_add_func ("/sync/pace/keeps-to-the-rate", test_keeps_to_the_rate);
  g_test_add_func ("/sync/pace/over-loopback", test_over_loopback);
  g_test_add_func ("/sync/pace/cancelled", test_cancelled);
  return g_test_run ();
}
