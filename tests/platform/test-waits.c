/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-fixture.h"

#include <string.h>
#include <sys/resource.h>

/* Requests that wait, on a server whose handler has nothing but a number to tell of each path. */

#define LONG_US (600 * (gint64) G_USEC_PER_SEC)
#define N_KIOSKS 2000

typedef struct {
  XsPlatformHttp *http;
  guint16 port;
  gint wait_ms; /* atomic */
  gint news;    /* atomic: answered once it is above 0 */
  gint looked;  /* atomic: how often finish() was called */
} Fixture;

static void
begin (XsPlatformRequest *request, XsPlatformResponse *response, gpointer user_data)
{
  request->max_body_bytes = 100;
}

static void
finish (XsPlatformRequest *request, XsPlatformResponse *response, gpointer user_data)
{
  Fixture *f = user_data;
  int news = g_atomic_int_get (&f->news);

  g_atomic_int_inc (&f->looked);
  if (news > 0 || request->timed_out || strcmp (request->path, "/now") == 0)
    {
      g_autofree char *text = g_strdup_printf ("%s %d", request->timed_out ? "nothing" : "news", news);
      response->status = 200;
      response->body = g_bytes_new (text, strlen (text));
      return;
    }
  g_strlcpy (response->wait_key, request->path, sizeof response->wait_key);
  response->wait_us = g_atomic_int_get (&f->wait_ms) * (gint64) 1000;
}

static void
fail (XsPlatformRequest *request, XsPlatformResponse *response, guint status, const char *message, gpointer user_data)
{
  response->status = status;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  XsPlatformHttpOptions options = XS_PLATFORM_HTTP_OPTIONS_DEFAULT;
  XsPlatformHandler handler = { .begin = begin, .finish = finish, .fail = fail, .user_data = f };
  g_autoptr (GError) error = NULL;

  options.access_log = FALSE;
  options.max_connections_per_address = 0;
  options.idle_timeout_s = 1;
  f->wait_ms = (gint) (LONG_US / 1000);
  f->http = xs_platform_http_start (&options, &handler, &error);
  g_assert_no_error (error);
  f->port = xs_platform_http_get_port (f->http);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->http != NULL)
    xs_platform_http_stop (f->http, 10);
}

static GSocketConnection *
ask (Fixture *f, const char *path, const char *body)
{
  GSocketConnection *connection = xs_connect (f->port);
  g_autofree char *text =
    g_strdup_printf ("POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %" G_GSIZE_FORMAT
                     "\r\n\r\n%s",
                     path, strlen (body), body);

  g_assert_true (xs_write (connection, text, strlen (text)));
  return connection;
}

static void
assert_answer (GSocketConnection *connection, const char *expected)
{
  g_autoptr (XsReply) reply = xs_read_reply (connection);
  g_autofree char *text = xs_reply_text (reply);

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (text, ==, expected);
}

static void
wait_for_count (Fixture *f, guint count)
{
  while (xs_platform_waits_count (xs_platform_http_get_waits (f->http)) != count)
    g_thread_yield ();
}

/* With a body and without, and longer than a silent connection may be. */
static void
test_woken (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketConnection) first = ask (f, "/a", "");
  g_autoptr (GSocketConnection) second = ask (f, "/a", "some body");
  g_autoptr (GSocketConnection) silent = xs_connect (f->port);

  wait_for_count (f, 2);
  g_autoptr (XsReply) closed = xs_read_reply (silent);
  g_assert_cmpuint (closed->status, ==, 0);
  g_assert_cmpuint (xs_platform_waits_count (xs_platform_http_get_waits (f->http)), ==, 2);
  g_atomic_int_set (&f->news, 7);
  xs_platform_waits_wake (xs_platform_http_get_waits (f->http), "/a");
  assert_answer (first, "news 7");
  assert_answer (second, "news 7");
}

static void
test_other_key (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketConnection) a = ask (f, "/a", "");
  g_autoptr (GSocketConnection) b = ask (f, "/b", "");

  wait_for_count (f, 2);
  g_atomic_int_set (&f->news, 1);
  xs_platform_waits_wake (xs_platform_http_get_waits (f->http), "/b");
  assert_answer (b, "news 1");
  g_assert_cmpuint (xs_platform_waits_count (xs_platform_http_get_waits (f->http)), ==, 1);
  xs_platform_waits_wake (xs_platform_http_get_waits (f->http), NULL);
  assert_answer (a, "news 1");
}

static void
test_timed_out (Fixture *f, gconstpointer data)
{
  g_atomic_int_set (&f->wait_ms, 300);
  g_autoptr (GSocketConnection) late = ask (f, "/a", "");
  g_autoptr (GSocketConnection) later = ask (f, "/b", "");

  assert_answer (late, "nothing 0");
  assert_answer (later, "nothing 0");
}

/* What wakes a request may be of no use to it: that does not make it wait longer. */
static void
test_woken_for_nothing (Fixture *f, gconstpointer data)
{
  g_atomic_int_set (&f->wait_ms, 300);
  g_autoptr (GSocketConnection) waiting = ask (f, "/a", "");
  GSocket *socket = g_socket_connection_get_socket (waiting);

  while (g_socket_condition_check (socket, G_IO_IN) == 0)
    {
      xs_platform_waits_wake (xs_platform_http_get_waits (f->http), "/a");
      g_thread_yield ();
    }
  assert_answer (waiting, "nothing 0");
  g_assert_cmpint (g_atomic_int_get (&f->looked), >, 2);
}

/* News may come between the look that finds none and the beginning of the wait: it must not be slept through. */
static void
test_no_lost_wake (Fixture *f, gconstpointer data)
{
  XsPlatformWaits *waits = xs_platform_http_get_waits (f->http);

  for (guint i = 0; i < 300; i++)
    {
      g_atomic_int_set (&f->news, 0);
      int looked = g_atomic_int_get (&f->looked);
      g_autoptr (GSocketConnection) connection = ask (f, "/a", "");
      while (g_atomic_int_get (&f->looked) == looked)
        ;
      g_atomic_int_set (&f->news, 1);
      xs_platform_waits_wake (waits, "/a");
      assert_answer (connection, "news 1");
    }
}

/* All of a school's kiosks wait on four threads, others are served meanwhile, and one wake answers all (R12). */
static void
test_many (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) kiosks = g_ptr_array_new_with_free_func (g_object_unref);
  struct rlimit files;

  getrlimit (RLIMIT_NOFILE, &files);
  if (files.rlim_max < 2 * N_KIOSKS + 200)
    {
      g_test_skip ("This many files may not be open at a time here");
      return;
    }
  files.rlim_cur = MAX (files.rlim_cur, 2 * N_KIOSKS + 200);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &files), ==, 0);
  for (guint i = 0; i < N_KIOSKS; i++)
    g_ptr_array_add (kiosks, ask (f, "/verdicts", ""));
  wait_for_count (f, N_KIOSKS);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GSocketConnection) other = ask (f, "/now", "");
      assert_answer (other, "news 0");
    }
  g_atomic_int_set (&f->news, 1);
  xs_platform_waits_wake (xs_platform_http_get_waits (f->http), "/verdicts");
  for (guint i = 0; i < N_KIOSKS; i++)
    assert_answer (g_ptr_array_index (kiosks, i), "news 1");
}

/* Who waits gets an answer when the server stops. */
static void
test_stop (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketConnection) a = ask (f, "/a", "");
  g_autoptr (GSocketConnection) b = ask (f, "/b", "some body");

  wait_for_count (f, 2);
  xs_platform_http_stop (g_steal_pointer (&f->http), 600);
  assert_answer (a, "nothing 0");
  assert_answer (b, "nothing 0");
}

#define ADD(path, func) g_test_add ("/platform/waits/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("woken", test_woken);
  ADD ("other-key", test_other_key);
  ADD ("timed-out", test_timed_out);
  ADD ("woken-for-nothing", test_woken_for_nothing);
  ADD ("no-lost-wake", test_no_lost_wake);
  ADD ("many", test_many);
  ADD ("stop", test_stop);
  return g_test_run ();
}
