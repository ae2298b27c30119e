/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-fixture.h"
#include "xs-wire-auth.h"

#include <glib/gstdio.h>
#include <string.h>

/* Rules R of docs/protocol.md, and what a server on a network has to stand. */

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

typedef XsPlatformFixture Fixture;

static void
test_health (Fixture *f, gconstpointer data)
{
  XsRequest request = { .port = f->port, .method = "GET", .path = "/healthz" };
  g_autoptr (XsReply) reply = xs_send (&request);
  g_autofree char *text = xs_reply_text (reply);
  g_autofree char *type = xs_reply_header (reply, "Content-Type");

  g_assert_cmpuint (reply->status, ==, 200);
  g_autofree char *load = xs_reply_header (reply, XS_WIRE_HEADER_LOAD);
  g_autofree char *expected = g_strdup_printf ("{\"load\":%s,\"status\":\"ok\"}", load);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpstr (type, ==, "application/json");
}

static void
test_unknown_paths (Fixture *f, gconstpointer data)
{
  static const char *const paths[] = {
    "/",
    "/v1",
    "/v1/",
    "/v2/policy",
    "/v1/policy/",
    "/v1/photos",
    "/v1/photos/",
    "/v1/photos/abc",
    "/v1/photos/" HASH_A "a",
    "/v1/photos/../../keys/seal.key",
    "/v1/photos/..%2f..%2fkeys%2fseal.key",
    "/v1/registration-photos/A" HASH_A,
    "/v1/logs/",
    "/v1/logs/0",
    "/v1/logs/01",
    "/v1/logs/-1",
    "/v1/logs/1x",
    "/v1/logs/99999999999999999999",
    "//healthz",
    "/healthz%00",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", paths[i], NULL);
      g_test_message ("%s", paths[i]);
      if (strcmp (paths[i], "/healthz%00") == 0)
        g_assert_cmpuint (reply->status, !=, 500);
      else
        xs_assert_error (reply, 404, "not_found");
    }
}

static const struct {
  const char *method;
  const char *path;
  gsize cap;
  const char *allow; /* NULL: only @method */
} routes[] = {
  { "GET", "/healthz", 0 },
  { "POST", "/v1/pair", XS_WIRE_PAIR_MAX_BYTES },
  { "GET", "/v1/policy", 0 },
  { "GET", "/v1/roster", 0 },
  { "GET", "/v1/registration-photos/" HASH_A, 0 },
  { "POST", "/v1/photos/missing", XS_WIRE_PHOTOS_MAX_BYTES },
  { "PUT", "/v1/photos/" HASH_A, XS_WIRE_PHOTO_MAX_BYTES, "PUT, PATCH, HEAD" },
  { "PUT", "/v1/logs/1", XS_WIRE_LOG_MAX_BYTES },
};

static void
test_wrong_methods (Fixture *f, gconstpointer data)
{
  static const char *const methods[] = { "GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "BREW" };

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (methods); j++)
        {
          const char *allowed = routes[i].allow != NULL ? routes[i].allow : routes[i].method;
          if (strstr (allowed, methods[j]) != NULL)
            continue;
          g_autoptr (XsReply) reply = xs_platform_fixture_send (f, methods[j], routes[i].path, NULL);
          g_autofree char *allow = xs_reply_header (reply, "Allow");
          g_assert_cmpuint (reply->status, ==, 405);
          g_assert_cmpstr (allow, ==, allowed);
        }
    }
}

static void
test_query (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", "/v1/roster?all=1", NULL);

  xs_assert_error (reply, 400, "bad_request");
}

/* One byte above the cap is refused, whether or not it is sent; the cap itself is not. */
static void
test_caps (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autofree char *zeros = g_malloc0 (routes[i].cap + 1);
      g_autoptr (GBytes) above = g_bytes_new (zeros, routes[i].cap + 1);
      g_autoptr (GBytes) at = g_bytes_new (zeros, routes[i].cap);
      g_autoptr (XsReply) too_large = xs_platform_fixture_send (f, routes[i].method, routes[i].path, above);
      g_autoptr (XsReply) fits = xs_platform_fixture_send (f, routes[i].method, routes[i].path, at);

      g_test_message ("%s %s", routes[i].method, routes[i].path);
      xs_assert_error (too_large, 413, "too_large");
      g_assert_cmpuint (fits->status, !=, 413);
      g_assert_cmpuint (fits->status, !=, 0);
    }
  g_assert_cmpuint (xs_count_files (xs_platform_storage_get_incoming_dir (f->storage)), ==, 0);
}

/* A body that would take hours is refused by its announcement alone. */
static void
test_announced_monster (Fixture *f, gconstpointer data)
{
  XsRequest request = {
    .port = f->port, .method = "PUT", .path = "/v1/photos/" HASH_A, .headers = "Content-Length: 99999999999\r\n"
  };
  g_autoptr (XsReply) reply = xs_send (&request);

  xs_assert_error (reply, 413, "too_large");
}

/* R1 */
static void
test_chunked (Fixture *f, gconstpointer data)
{
  XsRequest request = {
    .port = f->port, .method = "POST", .path = XS_WIRE_PATH_PAIR, .headers = "Transfer-Encoding: chunked\r\n"
  };
  g_autoptr (XsReply) reply = xs_send (&request);

  xs_assert_error (reply, 411, "bad_request");
}

static void
test_bad_lengths (Fixture *f, gconstpointer data)
{
  static const char *const headers[] = {
    "Content-Length: -1\r\n",
    "Content-Length: 1x\r\n",
    "Content-Length: 18446744073709551616\r\n",
    "Content-Length: 0x10\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      XsRequest request = { .port = f->port, .method = "POST", .path = XS_WIRE_PATH_PAIR, .headers = headers[i] };
      g_autoptr (XsReply) reply = xs_send (&request);
      g_assert_true (reply->status == 400 || reply->status == 413 || reply->status == 0);
    }
}

/* A client that asks first is told before it sends. */
static void
test_expect (Fixture *f, gconstpointer data)
{
  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = "/v1/photos/" HASH_A,
                        .headers = "Content-Length: 1000\r\nExpect: 100-continue\r\n" };
  g_autoptr (XsReply) reply = xs_send (&request);

  xs_assert_error (reply, 401, "unauthorized");
}

static void
test_large_head (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) headers = g_string_new ("X-Much: ");

  for (guint i = 0; i < 64 * 1024; i++)
    g_string_append_c (headers, 'x');
  g_string_append (headers, "\r\n");
  XsRequest request = { .port = f->port, .method = "GET", .path = "/healthz", .headers = headers->str };
  g_autoptr (XsReply) reply = xs_send (&request);
  g_assert_true (reply->status == 431 || reply->status == 413 || reply->status == 0);
  test_health (f, NULL);
}

static void
test_noise (Fixture *f, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());

  for (guint i = 0; i < 50; i++)
    {
      char noise[4096];
      g_autoptr (GSocketConnection) connection = xs_connect (f->port);
      for (guint j = 0; j < sizeof noise; j++)
        noise[j] = (char) g_rand_int (rand);
      xs_write (connection, noise, sizeof noise);
      g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
      g_autoptr (GInputStream) stream = g_object_ref (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
      while (g_input_stream_read (stream, noise, sizeof noise, NULL, NULL) > 0)
        ;
    }
  test_health (f, NULL);
}

static void
wait_for_files (Fixture *f, guint count)
{
  const char *incoming = xs_platform_storage_get_incoming_dir (f->storage);

  while (xs_count_files (incoming) != count)
    g_thread_yield ();
}

/* Half a body, then nothing more (R4). */
static void
test_half_a_body (Fixture *f, gconstpointer data)
{
  const XsSealKey *seal_key = xs_platform_storage_get_seal_key (f->storage);
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo = xs_make_photo (seal_key->public_key, 1, 100000, &sha256);
  g_autofree char *path = xs_wire_path_photo (sha256);
  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = path,
                        .body = photo,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = XS_SAMPLE_TIME_US };
  g_autofree char *head = xs_request_head (&request);
  g_autofree char *photo_dir = g_build_filename (f->dir, "photos", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GSocketConnection) connection = xs_connect (f->port);
      g_assert_true (xs_write (connection, head, strlen (head)));
      g_assert_true (xs_write (connection, g_bytes_get_data (photo, NULL), 20000 * i + 1));
      wait_for_files (f, 1);
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      wait_for_files (f, 0);
    }
  g_assert_cmpuint (xs_count_files (photo_dir), ==, 0);
  g_autoptr (GArray) photos = xs_platform_storage_list_photos (f->storage, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (photos->len, ==, 0);
}

/* A client that falls silent loses its connection, wherever it stopped. */
static void
test_silent_client (Fixture *f, gconstpointer data)
{
  static const char *const beginnings[] = {
    "",
    "GET /healthz HT",
    "GET /healthz HTTP/1.1\r\nHost: a\r\n",
    "POST /v1/pair HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{\"code\"",
  };
  GSocketConnection *connections[G_N_ELEMENTS (beginnings)];

  xs_platform_fixture_stop (f);
  f->options.idle_timeout_s = 1;
  xs_platform_fixture_start (f);
  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      connections[i] = xs_connect (f->port);
      g_assert_true (xs_write (connections[i], beginnings[i], strlen (beginnings[i])));
    }
  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      g_autoptr (XsReply) reply = xs_read_reply (connections[i]);
      g_assert_true (reply->status == 0 || reply->status == 408);
      g_object_unref (connections[i]);
    }
  test_health (f, NULL);
}

/* Nor may one hold a connection for ever by sending a byte now and then. */
static void
test_trickling_client (Fixture *f, gconstpointer data)
{
  static const char head[] = "POST /v1/pair HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n";

  xs_platform_fixture_stop (f);
  f->options.request_timeout_s = 1;
  xs_platform_fixture_start (f);
  g_autoptr (GSocketConnection) connection = xs_connect (f->port);
  g_assert_true (xs_write (connection, head, strlen (head)));
  GSocket *socket = g_socket_connection_get_socket (connection);
  for (guint i = 0; i < 3999; i++)
    {
      g_autoptr (GError) error = NULL;
      if (g_socket_condition_timed_wait (socket, G_IO_IN | G_IO_HUP, 10 * 1000, NULL, &error))
        break;
      xs_write (connection, " ", 1);
    }
  g_autoptr (XsReply) reply = xs_read_reply (connection);
  g_assert_cmpuint (reply->status, ==, 0);
}

/* Send one request, and read its answer. */
static void
ask_health (GSocketConnection *connection)
{
  static const char request[] = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  char answer[4096];
  gsize size = 0;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_write (connection, request, strlen (request)));
  do
    {
      gssize more = g_input_stream_read (input, answer + size, sizeof answer - size, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (more, >, 0);
      size += (gsize) more;
    }
  while (g_strstr_len (answer, (gssize) size, "\"ok\"}") == NULL);
}

/* R8: nor before its body, in the first head of a connection or in a later one. */
static void
test_trickling_head (Fixture *f, gconstpointer data)
{
  g_autofree char *slow = g_strnfill (400, 'x');
  g_autofree char *head = g_strconcat ("GET /healthz HTTP/1.1\r\nX-Slow: ", slow, NULL);
  gboolean closed[2] = { FALSE, FALSE };

  xs_platform_fixture_stop (f);
  f->options.idle_timeout_s = f->options.head_timeout_s = 1;
  xs_platform_fixture_start (f);
  g_autoptr (GSocketConnection) fresh = xs_connect (f->port);
  g_autoptr (GSocketConnection) used = xs_connect (f->port);
  GSocketConnection *connections[] = { fresh, used };
  ask_health (used);
  for (const char *c = head; *c != '\0' && !(closed[0] && closed[1]); c++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (connections); i++)
        {
          GSocket *socket = g_socket_connection_get_socket (connections[i]);
          closed[i] = closed[i] || g_socket_condition_timed_wait (socket, G_IO_IN | G_IO_HUP, 50 * 1000, NULL, NULL);
          if (!closed[i])
            xs_write (connections[i], c, 1);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (connections); i++)
    {
      g_assert_true (closed[i]);
      g_autoptr (XsReply) nothing = xs_read_reply (connections[i]);
      g_assert_cmpuint (nothing->status, ==, 0);
    }
}

static void
test_keep_alive (Fixture *f, gconstpointer data)
{
  static const char request[] = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
  static const char last[] = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  g_autoptr (GSocketConnection) connection = xs_connect (f->port);

  for (guint i = 0; i < 20; i++)
    g_assert_true (xs_write (connection, request, strlen (request)));
  g_assert_true (xs_write (connection, last, strlen (last)));
  g_autoptr (XsReply) reply = xs_read_reply (connection);
  g_autofree char *rest = xs_reply_text (reply);
  g_auto (GStrv) answers = g_strsplit (rest, "HTTP/1.1 200 OK", -1);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpuint (g_strv_length (answers), ==, 21);
}

/* No disk to write to is a passing trouble, told as such. */
static void
test_no_room (Fixture *f, gconstpointer data)
{
  const XsSealKey *seal_key = xs_platform_storage_get_seal_key (f->storage);
  const char *incoming = xs_platform_storage_get_incoming_dir (f->storage);
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo = xs_make_photo (seal_key->public_key, 2, 1000, &sha256);
  g_autofree char *path = xs_wire_path_photo (sha256);

  g_assert_cmpint (g_rmdir (incoming), ==, 0);
  g_autoptr (XsReply) refused = xs_platform_fixture_send (f, "PUT", path, photo);
  g_autofree char *retry = xs_reply_header (refused, "Retry-After");
  xs_assert_error (refused, 503, "unavailable");
  g_assert_nonnull (retry);
  g_assert_cmpint (g_mkdir (incoming, 0700), ==, 0);
  g_autoptr (XsReply) stored = xs_platform_fixture_send (f, "PUT", path, photo);
  g_assert_cmpuint (stored->status, ==, 201);
}

static void
test_connection_limit (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) connections = g_ptr_array_new_with_free_func (g_object_unref);

  xs_platform_fixture_stop (f);
  f->options.max_connections_per_address = 8;
  xs_platform_fixture_start (f);
  for (guint i = 0; i < 40; i++)
    g_ptr_array_add (connections, xs_connect (f->port));
  /* What is beyond the limit was closed at once; when they are gone there is room again. */
  g_autoptr (XsReply) refused = xs_read_reply (g_ptr_array_index (connections, 39));
  g_assert_cmpuint (refused->status, ==, 0);
  g_ptr_array_set_size (connections, 0);
  guint status = 0;
  while (status != 200)
    {
      XsRequest request = { .port = f->port, .method = "GET", .path = "/healthz" };
      g_autoptr (XsReply) reply = xs_send (&request);
      status = reply->status;
    }
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/http/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                       \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("health", test_health);
  ADD ("unknown-paths", test_unknown_paths);
  ADD ("wrong-methods", test_wrong_methods);
  ADD ("query", test_query);
  ADD ("caps", test_caps);
  ADD ("announced-monster", test_announced_monster);
  ADD ("chunked", test_chunked);
  ADD ("bad-lengths", test_bad_lengths);
  ADD ("expect", test_expect);
  ADD ("large-head", test_large_head);
  ADD ("noise", test_noise);
  ADD ("half-a-body", test_half_a_body);
  ADD ("silent-client", test_silent_client);
  ADD ("trickling-client", test_trickling_client);
  ADD ("trickling-head", test_trickling_head);
  ADD ("keep-alive", test_keep_alive);
  ADD ("no-room", test_no_room);
  ADD ("connection-limit", test_connection_limit);
  return g_test_run ();
}
