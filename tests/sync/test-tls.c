/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-http.h"
#include "xs-platform-tls-make.h"
#include "xs-sync-client.h"
#include "xs-sync-tls.h"

#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <string.h>

/* Rules T of docs/protocol.md: real handshakes between the kiosk's client and the platform's server. */

#define YEAR_US (365 * G_TIME_SPAN_DAY)

typedef struct {
  char *dir;
  XsClock *clock; /* of the server */
  char *pin;
  XsPlatformTls *tls;
  XsPlatformHttp *http;
  guint16 port;
  guint idle_timeout_s; /* 0: the default */
  gint requests;        /* atomic: that came through */
} Fixture;

static void
begin (XsPlatformRequest *request, XsPlatformResponse *response, gpointer user_data)
{
  request->max_body_bytes = 1000;
}

static void
finish (XsPlatformRequest *request, XsPlatformResponse *response, gpointer user_data)
{
  Fixture *f = user_data;

  g_atomic_int_inc (&f->requests);
  response->status = 200;
  response->type = "application/json";
  response->body = g_bytes_new_static ("{}", 2);
}

static void
fail (XsPlatformRequest *request, XsPlatformResponse *response, guint status, const char *message, gpointer user_data)
{
  response->status = status;
}

static void
make (Fixture *f, const char *name, gint64 now_us)
{
  const char *names[] = { name, NULL };
  g_autoptr (GError) error = NULL;

  g_free (f->pin);
  f->pin = xs_platform_tls_make (f->dir, "示范驾校", names, now_us, &error);
  g_assert_no_error (error);
}

static char *
path_of (Fixture *f, const char *name)
{
  return g_build_filename (f->dir, name, NULL);
}

static void
serve (Fixture *f, const char *client_ca)
{
  XsPlatformHttpOptions options = XS_PLATFORM_HTTP_OPTIONS_DEFAULT;
  XsPlatformHandler handler = { .begin = begin, .finish = finish, .fail = fail, .user_data = f };
  g_autofree char *certificate = path_of (f, XS_PLATFORM_TLS_CERTIFICATE);
  g_autofree char *key = path_of (f, XS_PLATFORM_TLS_KEY);
  XsPlatformTlsFiles files = { certificate, key, client_ca };
  g_autoptr (GError) error = NULL;

  f->tls = xs_platform_tls_new (&files, f->clock, &error);
  g_assert_no_error (error);
  options.access_log = FALSE;
  options.tls = f->tls;
  if (f->idle_timeout_s != 0)
    options.idle_timeout_s = f->idle_timeout_s;
  f->http = xs_platform_http_start (&options, &handler, &error);
  g_assert_no_error (error);
  f->port = xs_platform_http_get_port (f->http);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("xs-tls-XXXXXX", &error);
  g_assert_no_error (error);
  f->clock = xs_clock_fake_new (0, g_get_real_time ());
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (f->dir, 0, NULL);
  const char *name;

  if (f->http != NULL)
    xs_platform_http_stop (f->http, 10);
  xs_platform_tls_free (f->tls);
  xs_clock_unref (f->clock);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = path_of (f, name);
      g_unlink (path);
    }
  g_rmdir (f->dir);
  g_free (f->dir);
  g_free (f->pin);
}

/* What a kiosk paired with this pin gets. */
static XsSyncReply *
ask (Fixture *f, const char *pin)
{
  XsSyncTimeouts timeouts = { 10, 20 };
  g_autofree char *url = pin != NULL ? g_strdup_printf ("https://127.0.0.1:%u#ca=%s", f->port, pin)
                                     : g_strdup_printf ("https://127.0.0.1:%u", f->port);
  XsSyncCall call = { .method = "GET", .path = "/healthz", .answer_type = "application/json" };
  g_autoptr (XsSyncClient) client = xs_sync_client_new (url, xs_clock_system (), &timeouts);

  return xs_sync_client_call (client, &call, NULL);
}

static void
assert_served (Fixture *f)
{
  g_autoptr (XsSyncReply) reply = ask (f, f->pin);

  if (reply->message != NULL)
    g_test_message ("%s", reply->message);
  g_assert_cmpint (reply->verdict, ==, XS_SYNC_DONE);
}

/* T2: nothing is sent, it is no verdict on what was to be sent, and the words say what to do. */
static void
assert_not_trusted (Fixture *f, const char *pin, const char *words)
{
  int requests = g_atomic_int_get (&f->requests);
  g_autoptr (XsSyncReply) reply = ask (f, pin);

  g_assert_cmpint (reply->verdict, ==, XS_SYNC_HALT);
  g_test_message ("%s", reply->message);
  g_assert_nonnull (strstr (reply->message, words));
  g_assert_cmpint (g_atomic_int_get (&f->requests), ==, requests);
}

static void
test_pinned (Fixture *f, gconstpointer data)
{
  make (f, "127.0.0.1", g_get_real_time ());
  serve (f, NULL);
  assert_served (f);
  assert_not_trusted (f, NULL, "nobody this computer trusts");
  assert_not_trusted (f, "00112233445566778899aabbccddeeff", "not from this school");
}

static void
test_wrong_name (Fixture *f, gconstpointer data)
{
  make (f, "platform.example.cn", g_get_real_time ());
  serve (f, NULL);
  assert_not_trusted (f, f->pin, "another name");
}

/* The authority of three years ago is still good, the server's certificate is not. */
static void
test_expired (Fixture *f, gconstpointer data)
{
  gint64 then_us = g_get_real_time () - 3 * YEAR_US;

  xs_clock_unref (f->clock);
  f->clock = xs_clock_fake_new (0, then_us);
  make (f, "127.0.0.1", then_us);
  serve (f, NULL);
  assert_not_trusted (f, f->pin, "expired");
}

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

static GIOStream *
connect_tls (Fixture *f, GTlsCertificate *certificate, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) plain = g_socket_client_connect_to_host (client, "127.0.0.1", f->port, NULL, error);

  g_assert_nonnull (plain);
  GIOStream *stream = g_tls_client_connection_new (G_IO_STREAM (plain), NULL, error);
  g_assert_nonnull (stream);
  g_tls_connection_set_database (G_TLS_CONNECTION (stream), NULL);
  g_signal_connect (stream, "accept-certificate", G_CALLBACK (accept_any), NULL);
  if (certificate != NULL)
    g_tls_connection_set_certificate (G_TLS_CONNECTION (stream), certificate);
  return stream;
}

static gboolean
send_text (GIOStream *stream, const char *text, GError **error)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text), NULL, NULL, error);
}

/* Returns: (nullable) (transfer full): all that comes; NULL when the handshake failed, in TLS 1.3 only seen now. */
static char *
read_text (GIOStream *stream, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, sizeof buffer, NULL, error)) > 0)
    g_string_append_len (text, buffer, n);
  return n < 0 && text->len == 0 ? NULL : g_strdup (text->str);
}

/* T3: a request under way when the certificate is renewed goes on; the next handshake sees the new one. */
static void
test_renewed (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *old_pin = NULL;

  make (f, "127.0.0.1", g_get_real_time ());
  old_pin = g_strdup (f->pin);
  serve (f, NULL);
  g_autoptr (GIOStream) stream = connect_tls (f, NULL, &error);
  g_assert_true (
    send_text (stream, "POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhalf ", &error));
  g_autoptr (GTlsCertificate) before = g_object_ref (g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (stream)));

  make (f, "127.0.0.1", g_get_real_time ());
  g_assert_true (xs_platform_tls_reload (f->tls, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (f->pin, ==, old_pin);
  assert_served (f);
  g_autoptr (GIOStream) fresh = connect_tls (f, NULL, &error);
  g_assert_true (g_tls_connection_handshake (G_TLS_CONNECTION (fresh), NULL, &error));
  g_assert_false (g_tls_certificate_is_same (before, g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (fresh))));

  g_assert_true (send_text (stream, "half.", &error));
  g_autofree char *answer = read_text (stream, &error);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 "));
}

/* T3: what is no certificate, or not of this key, is refused, and the old one goes on. */
static void
test_bad_renewal (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { XS_PLATFORM_TLS_CERTIFICATE, XS_PLATFORM_TLS_KEY };
  g_autofree char *other_key = NULL;
  gsize size;

  make (f, "127.0.0.1", g_get_real_time ());
  g_autofree char *key_path = path_of (f, XS_PLATFORM_TLS_KEY);
  g_assert_true (g_file_get_contents (key_path, &other_key, &size, NULL));
  make (f, "127.0.0.1", g_get_real_time ());
  serve (f, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *contents[] = { "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", other_key };
      g_autofree char *path = path_of (f, names[i]);
      g_autofree char *good = NULL;
      g_assert_true (g_file_get_contents (path, &good, &size, NULL));
      for (guint j = 0; j < G_N_ELEMENTS (contents); j++)
        {
          g_autoptr (GError) error = NULL;
          g_assert_true (g_file_set_contents (path, contents[j], -1, NULL));
          g_assert_false (xs_platform_tls_reload (f->tls, &error));
          g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
          g_assert_nonnull (strstr (error->message, path));
          assert_served (f);
        }
      g_assert_true (g_file_set_contents (path, good, -1, NULL));
    }
}

static GTlsCertificate *
load_client (const char *dir)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *certificate = g_build_filename (dir, XS_PLATFORM_TLS_CERTIFICATE, NULL);
  g_autofree char *key = g_build_filename (dir, XS_PLATFORM_TLS_KEY, NULL);
  GTlsCertificate *client = g_tls_certificate_new_from_files (certificate, key, &error);

  g_assert_no_error (error);
  return client;
}

static void
assert_client (Fixture *f, GTlsCertificate *certificate, gboolean let_in)
{
  g_autoptr (GError) error = NULL;
  int requests = g_atomic_int_get (&f->requests);
  g_autoptr (GIOStream) stream = connect_tls (f, certificate, &error);
  g_autofree char *answer = NULL;

  if (send_text (stream, "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", &error))
    answer = read_text (stream, &error);
  g_assert_cmpint (g_atomic_int_get (&f->requests), ==, requests + (let_in ? 1 : 0));
  if (let_in)
    g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 "));
  else
    g_assert_true (answer == NULL || answer[0] == '\0');
}

/* T4: with --tls-client-ca a client without a certificate of it gets nowhere. */
static void
test_client_certificate (Fixture *f, gconstpointer data)
{
  Fixture others = { 0 };
  Fixture strangers = { 0 };

  set_up (&others, NULL);
  set_up (&strangers, NULL);
  make (&others, "kiosk", g_get_real_time ());
  make (&strangers, "kiosk", g_get_real_time ());
  make (f, "127.0.0.1", g_get_real_time ());
  g_autofree char *client_ca = path_of (&others, XS_PLATFORM_TLS_CA);
  serve (f, client_ca);

  g_autoptr (GTlsCertificate) known = load_client (others.dir);
  g_autoptr (GTlsCertificate) stranger = load_client (strangers.dir);
  assert_client (f, known, TRUE);
  assert_client (f, NULL, FALSE);
  assert_client (f, stranger, FALSE);
  g_autoptr (XsSyncReply) reply = ask (f, f->pin);
  g_assert_cmpint (reply->verdict, ==, XS_SYNC_HALT);
  tear_down (&others, NULL);
  tear_down (&strangers, NULL);
}

/* R8: who never ends the handshake loses the connection as well. */
static void
test_silent_handshake (Fixture *f, gconstpointer data)
{
  /* The beginning of a ClientHello, and of nothing. */
  static const struct {
    const char *bytes;
    gsize size;
  } beginnings[] = { { "", 0 }, { "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11 } };
  GSocketConnection *connections[G_N_ELEMENTS (beginnings)];
  char byte;

  make (f, "127.0.0.1", g_get_real_time ());
  f->idle_timeout_s = 1;
  serve (f, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      g_autoptr (GSocketClient) client = g_socket_client_new ();
      connections[i] = g_socket_client_connect_to_host (client, "127.0.0.1", f->port, NULL, NULL);
      g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connections[i])),
                                                beginnings[i].bytes, beginnings[i].size, NULL, NULL, NULL));
    }
  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connections[i]));
      /* Perhaps an alert, then the end. */
      while (g_input_stream_read (in, &byte, 1, NULL, NULL) > 0)
        ;
      g_object_unref (connections[i]);
    }
  assert_served (f);
}

/* T1: nothing older than TLS 1.2. */
static void
test_versions (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *priorities;
    gboolean good;
  } versions[] = {
    { "NORMAL:%COMPAT:-VERS-ALL:+VERS-TLS1.0:+SHA1", FALSE },
    { "NORMAL:%COMPAT:-VERS-ALL:+VERS-TLS1.1:+SHA1", FALSE },
    { "NORMAL:-VERS-ALL:+VERS-TLS1.2", TRUE },
    { "NORMAL:-VERS-ALL:+VERS-TLS1.3", TRUE },
  };

  make (f, "127.0.0.1", g_get_real_time ());
  serve (f, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      gnutls_certificate_credentials_t nobody;
      gnutls_session_t session;
      g_autoptr (GSocketClient) client = g_socket_client_new ();
      g_autoptr (GSocketConnection) connection =
        g_socket_client_connect_to_host (client, "127.0.0.1", f->port, NULL, NULL);

      g_assert_cmpint (gnutls_certificate_allocate_credentials (&nobody), ==, 0);
      g_assert_cmpint (gnutls_init (&session, GNUTLS_CLIENT), ==, 0);
      g_assert_cmpint (gnutls_priority_set_direct (session, versions[i].priorities, NULL), ==, 0);
      gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, nobody);
      g_socket_set_blocking (g_socket_connection_get_socket (connection), TRUE);
      gnutls_transport_set_int (session, g_socket_get_fd (g_socket_connection_get_socket (connection)));
      int result;
      do
        result = gnutls_handshake (session);
      while (result < 0 && !gnutls_error_is_fatal (result));
      g_test_message ("%s: %s", versions[i].priorities, gnutls_strerror (result));
      g_assert_cmpint (result == 0, ==, versions[i].good);
      gnutls_deinit (session);
      gnutls_certificate_free_credentials (nobody);
    }
}

/* The address as it is given to a kiosk. */
static void
test_address (void)
{
  static const char *const bad[] = {
    "http://a#ca=00112233445566778899aabbccddeeff",
    "https://a#",
    "https://a#ca=",
    "https://a#ca=0011",
    "https://a#ca=00112233445566778899aabbccddeefg",
    "https://a#00112233445566778899aabbccddeeff",
  };
  g_autofree char *pin = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = xs_sync_tls_split_url ("https://a:1/b#CA=00112233445566778899AABBCCDDEEFF", &pin, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (url, ==, "https://a:1/b");
  g_assert_cmpstr (pin, ==, "00112233445566778899aabbccddeeff");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *none = NULL;
      g_autoptr (GError) problem = NULL;
      g_autofree char *bare = xs_sync_tls_split_url (bad[i], &none, &problem);
      g_assert_null (bare);
      g_assert_error (problem, XS_ERROR, XS_ERROR_INVALID);
    }
}

#define ADD(path, func) g_test_add ("/sync/tls/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("pinned", test_pinned);
  ADD ("wrong-name", test_wrong_name);
  ADD ("expired", test_expired);
  ADD ("renewed", test_renewed);
  ADD ("bad-renewal", test_bad_renewal);
  ADD ("client-certificate", test_client_certificate);
  ADD ("silent-handshake", test_silent_handshake);
  ADD ("versions", test_versions);
  g_test_add_func ("/sync/tls/address", test_address);
  return g_test_run ();
}
