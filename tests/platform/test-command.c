/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-export.h"
#include "xs-platform-fixture.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

/* The program itself: its commands, and what remains when it is killed. */

static const char *program;

typedef struct {
  char *dir;
  char *data;
  char *photo;
  XsSignKey key;
  GSubprocess *server;
  guint16 port;
  GBytes *sealed_to; /* the platform's public key */
} Fixture;

/* Run a command of the program to its end. Returns: its exit status */
static int
run (char **out, char **err, const char *first, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text_out = NULL;
  g_autofree char *text_err = NULL;
  va_list arguments;

  g_ptr_array_add (argv, (char *) program);
  va_start (arguments, first);
  for (const char *word = first; word != NULL; word = va_arg (arguments, const char *))
    g_ptr_array_add (argv, (char *) word);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  g_autoptr (GSubprocess) process =
    g_subprocess_newv ((const char *const *) argv->pdata,
                       G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &text_out, &text_err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  if (text_err[0] != '\0')
    g_test_message ("%s", text_err);
  if (out != NULL)
    *out = g_strchomp (g_steal_pointer (&text_out));
  if (err != NULL)
    *err = g_steal_pointer (&text_err);
  return g_subprocess_get_exit_status (process);
}

/* A test that fails takes its server with it. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_server (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  f->server = g_subprocess_launcher_spawn (launcher, &error, program, "serve", "--data", f->data, "--port", "0", NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->server));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on http://127.0.0.1:"));
  f->port = (guint16) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
}

static void
kill_server (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (f->server, SIGKILL);
  g_subprocess_wait (f->server, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&f->server);
}

static void
pair (Fixture *f)
{
  XsWirePairAnswer answer;
  g_autofree char *code = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (run (&code, NULL, "pair-code", "--data", f->data, "--devnum", XS_SAMPLE_DEVNUM, NULL), ==, 0);
  g_autoptr (GBytes) body = xs_wire_pair_request_encode (code, &f->key);
  XsRequest request = { .port = f->port, .method = "POST", .path = XS_WIRE_PATH_PAIR, .body = body };
  g_autoptr (XsReply) reply = xs_send (&request);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_true (xs_wire_pair_answer_decode (&answer, reply->body, &error));
  f->sealed_to = g_bytes_new (answer.platform_key, XS_KEY_BYTES);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("xs-platform-XXXXXX", &error);
  g_assert_no_error (error);
  f->data = g_build_filename (f->dir, "data", NULL);
  f->photo = g_build_filename (f->dir, "face.jpg", NULL);
  g_assert_true (g_file_set_contents (f->photo, "\xff\xd8\xff\xe0 a face", 11, &error));
  xs_sample_key (&f->key);
  g_assert_cmpint (run (NULL, NULL, "demo", "--data", f->data, "--photo", f->photo, NULL), ==, 0);
}

static void
set_up_served (Fixture *f, gconstpointer data)
{
  set_up (f, data);
  start_server (f);
  pair (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->server != NULL)
    kill_server (f);
  g_clear_pointer (&f->sealed_to, g_bytes_unref);
  xs_remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->data);
  g_free (f->photo);
}

static gint64
now_us (void)
{
  return xs_clock_wall_us (xs_clock_system ());
}

static XsReply *
put_photo (Fixture *f, const char *sha256, GBytes *photo)
{
  g_autofree char *path = xs_wire_path_photo (sha256);
  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = path,
                        .body = photo,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = now_us () };

  return xs_send (&request);
}

/* Log @seq with one photo, chained to the log before, whose hash is in @last; @last becomes its own. */
static void
make_log (XsWireLog *wire_log, gint64 seq, const char *photo_sha256, char last[65])
{
  g_autofree char *recnum = xs_recnum ((guint) seq);

  xs_wire_log_init (wire_log);
  xs_sample_log (wire_log);
  g_array_set_size (wire_log->log.photos, 0);
  xs_sample_add_photo (wire_log, "0000000101", XS_PHOTO_SIGN_IN, photo_sha256);
  wire_log->seq = seq;
  g_strlcpy (wire_log->log.recnum, recnum, sizeof wire_log->log.recnum);
  if (seq > 1)
    g_strlcpy (wire_log->previous, last, sizeof wire_log->previous);
  g_autoptr (GBytes) bytes = xs_wire_log_encode (wire_log);
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_strlcpy (last, sha256, 65);
}

static char *
status_word (const XsReply *reply)
{
  g_autofree char *text = xs_reply_text (reply);
  const char *start = strstr (text, "\"status\":\"");

  return start != NULL ? g_strndup (start + 10, strcspn (start + 10, "\"")) : g_strdup (text);
}

/* Killed right after each answer: what was answered is there (R5). */
static void
test_killed_after_answer (Fixture *f, gconstpointer data)
{
  char last[65];

  for (guint i = 1; i <= 8; i++)
    {
      g_auto (XsWireLog) wire_log;
      g_autofree char *sha256 = NULL;
      g_autoptr (GBytes) photo = xs_make_photo (g_bytes_get_data (f->sealed_to, NULL), i, 200000, &sha256);

      g_autoptr (XsReply) stored = put_photo (f, sha256, photo);
      kill_server (f);
      g_assert_cmpuint (stored->status, ==, 201);
      start_server (f);
      g_autoptr (XsReply) again = put_photo (f, sha256, photo);
      g_assert_cmpuint (again->status, ==, 200);

      make_log (&wire_log, i, sha256, last);
      g_autoptr (XsReply) sent = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, now_us (), &wire_log);
      kill_server (f);
      g_autofree char *word = status_word (sent);
      g_assert_cmpstr (word, ==, "accepted");
      start_server (f);
      g_autoptr (XsReply) repeated = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, now_us (), &wire_log);
      g_autofree char *repeated_word = status_word (repeated);
      g_assert_cmpstr (repeated_word, ==, "duplicate");
    }
}

/* Send @request, and kill the server at some moment within @within_us. */
static void
kill_amid (Fixture *f, const XsRequest *request, gint32 within_us)
{
  g_autofree char *head = xs_request_head (request);
  g_autoptr (GSocketConnection) connection = xs_connect (f->port);
  gint64 kill_us = g_get_monotonic_time () + g_test_rand_int_range (0, within_us);

  g_assert_true (xs_write (connection, head, strlen (head)));
  xs_write (connection, g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body));
  while (g_get_monotonic_time () < kill_us)
    g_thread_yield ();
  kill_server (f);
  start_server (f);
  g_assert_cmpint (run (NULL, NULL, "fsck", "--data", f->data, NULL), ==, 0);
}

/* Killed at any moment: what is there is whole, and sending all again ends with each thing once. */
static void
test_killed_any_time (Fixture *f, gconstpointer data)
{
  const guint rounds = 10;
  char last[65];
  guint n_stored = 0;
  guint n_accepted = 0;

  for (guint i = 1; i <= rounds; i++)
    {
      g_auto (XsWireLog) wire_log;
      guint8 signature[XS_SIGNATURE_BYTES];
      g_autofree char *sha256 = NULL;
      g_autoptr (GBytes) photo = xs_make_photo (g_bytes_get_data (f->sealed_to, NULL), i, 900000, &sha256);
      g_autofree char *photo_path = xs_wire_path_photo (sha256);
      g_autofree char *log_path = xs_wire_path_log (i);
      XsRequest request = { .port = f->port,
                            .method = "PUT",
                            .path = photo_path,
                            .body = photo,
                            .key = &f->key,
                            .devnum = XS_SAMPLE_DEVNUM,
                            .time_us = now_us () };

      kill_amid (f, &request, 40000);
      g_autoptr (XsReply) stored = put_photo (f, sha256, photo);
      g_assert_true (stored->status == 200 || stored->status == 201);
      n_stored += stored->status == 200;

      make_log (&wire_log, i, sha256, last);
      g_autoptr (GBytes) bytes = xs_wire_log_encode (&wire_log);
      xs_sign (&f->key, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), signature);
      g_autofree char *text = g_base64_encode (signature, sizeof signature);
      g_autofree char *headers = g_strdup_printf (XS_WIRE_HEADER_SIGNATURE ": %s\r\n", text);
      request.port = f->port;
      request.path = log_path;
      request.body = bytes;
      request.headers = headers;
      kill_amid (f, &request, 2500);
      g_autoptr (XsReply) sent = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, now_us (), &wire_log);
      g_autofree char *word = status_word (sent);
      g_assert_true (g_str_equal (word, "accepted") || g_str_equal (word, "duplicate"));
      n_accepted += g_str_equal (word, "duplicate");
    }
  g_test_message ("%u photos and %u logs of %u were kept before the kill", n_stored, n_accepted, rounds);

  g_autoptr (XsPlatformStorage) storage = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *photos = g_build_filename (f->data, "photos", NULL);
  g_autofree char *incoming = g_build_filename (f->data, "incoming", NULL);
  kill_server (f);
  storage = xs_platform_storage_open (f->data, xs_clock_system (), &error);
  g_assert_no_error (error);
  g_autoptr (JsonNode) logs = xs_platform_list (storage, "logs", &error);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (logs)), ==, rounds);
  g_assert_cmpuint (xs_count_files (photos), ==, rounds);
  /* A photo may have been being filed. */
  g_assert_true (xs_platform_storage_lock (storage, &error));
  g_assert_cmpuint (xs_count_files (incoming), ==, 0);
}

/* Told to stop while a request is coming in: it is finished, answered and kept. */
static void
test_graceful_stop (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo = xs_make_photo (g_bytes_get_data (f->sealed_to, NULL), 1, 100000, &sha256);
  const char *bytes = g_bytes_get_data (photo, NULL);
  gsize size = g_bytes_get_size (photo);
  g_autofree char *path = xs_wire_path_photo (sha256);
  g_autofree char *incoming = g_build_filename (f->data, "incoming", NULL);
  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = path,
                        .body = photo,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = now_us () };
  g_autofree char *head = xs_request_head (&request);
  g_autoptr (GSocketConnection) connection = xs_connect (f->port);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_write (connection, head, strlen (head)));
  g_assert_true (xs_write (connection, bytes, size / 2));
  while (xs_count_files (incoming) == 0)
    g_thread_yield ();
  g_subprocess_send_signal (f->server, SIGTERM);
  /* It has heard once it takes no more connections. */
  for (gboolean refused = FALSE; !refused;)
    {
      g_autoptr (GSocketClient) client = g_socket_client_new ();
      g_autoptr (GSocketConnection) probe = g_socket_client_connect_to_host (client, "127.0.0.1", f->port, NULL, NULL);
      refused = probe == NULL;
    }
  g_assert_true (xs_write (connection, bytes + size / 2, size - size / 2));
  g_autoptr (XsReply) reply = xs_read_reply (connection);
  g_assert_cmpuint (reply->status, ==, 201);
  g_subprocess_wait (f->server, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (f->server), ==, 0);
  g_clear_object (&f->server);
}

static void
test_demo_twice (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_assert_cmpint (run (&before, NULL, "list", "learners", "--json", "--data", f->data, NULL), ==, 0);
  g_assert_cmpint (run (NULL, NULL, "demo", "--data", f->data, "--photo", f->photo, NULL), ==, 0);
  g_assert_cmpint (run (&after, NULL, "list", "learners", "--json", "--data", f->data, NULL), ==, 0);
  g_assert_cmpstr (before, ==, after);
  g_assert_nonnull (strstr (after, XS_SAMPLE_STUNUM));
}

static void
test_init (Fixture *f, gconstpointer data)
{
  g_autofree char *other = g_build_filename (f->dir, "other", NULL);
  g_autofree char *err = NULL;
  g_autofree char *list = NULL;

  g_assert_cmpint (run (NULL, NULL, "init", "--data", other, "--school", "驾校", "--inscode", XS_SAMPLE_INSCODE, NULL),
                   ==, 0);
  g_assert_cmpint (run (NULL, &err, "init", "--data", other, "--school", "驾校", "--inscode", XS_SAMPLE_INSCODE, NULL),
                   ==, 1);
  g_assert_nonnull (strstr (err, "already"));
  g_assert_cmpint (run (NULL, NULL, "add-learner", "--data", other, "--stunum", XS_SAMPLE_STUNUM, "--name", "张三",
                        "--photo", f->photo, NULL),
                   ==, 0);
  g_assert_cmpint (run (&list, NULL, "list", "learners", "--data", other, NULL), ==, 0);
  g_assert_nonnull (strstr (list, "张三"));
}

static void
test_active_check (Fixture *f, gconstpointer data)
{
  g_autofree char *off = NULL;
  g_autofree char *on = NULL;

  g_assert_cmpint (run (NULL, NULL, "set-active-check", "--data", f->data, "--stunum", XS_SAMPLE_STUNUM, "off", NULL),
                   ==, 0);
  g_assert_cmpint (run (&off, NULL, "list", "learners", "--json", "--data", f->data, NULL), ==, 0);
  g_assert_nonnull (strstr (off, "\"active_check\" : false"));
  g_assert_cmpint (run (NULL, NULL, "set-active-check", "--data", f->data, "--stunum", XS_SAMPLE_STUNUM, "on", NULL),
                   ==, 0);
  g_assert_cmpint (run (&on, NULL, "list", "learners", "--json", "--data", f->data, NULL), ==, 0);
  g_assert_nonnull (strstr (on, "\"active_check\" : true"));
}

static gboolean
accept_any (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

static GSubprocess *
spawn (Fixture *f, const char *log, const char *const *more)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  g_strv_builder_add_many (builder, program, "serve", "--data", f->data, "--port", "0", NULL);
  g_strv_builder_addv (builder, (const char **) more);
  g_auto (GStrv) argv = g_strv_builder_end (builder);
  GSubprocess *server = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  return server;
}

/* The URL behind @words on the next line that the server prints; its port. */
static guint16
read_port (GDataInputStream *lines, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_test_message ("%s", line);
  g_assert_true (g_str_has_prefix (line, words));
  return (guint16) g_ascii_strtoull (strstr (line, "1:") + 2, NULL, 10);
}

static void
wait_for_log (const char *log, const char *words)
{
  g_autofree char *text = NULL;

  do
    {
      g_clear_pointer (&text, g_free);
      g_assert_true (g_file_get_contents (log, &text, NULL, NULL));
    }
  while (strstr (text, words) == NULL);
}

/* The pin that a TLS server on @port shows, by the last certificate of its chain. */
static char *
read_certificate (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) der = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_autoptr (GSocketConnection) plain = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GIOStream) stream = g_tls_client_connection_new (G_IO_STREAM (plain), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (stream, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_assert_true (g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL, &error));
  g_assert_no_error (error);
  g_object_get (g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (stream)), "certificate", &der, NULL);
  return xs_sha256_hex (der->data, der->len);
}

/* One command makes a school's TLS; a new certificate is taken by SIGHUP and by itself, a bad one is not. */
static void
test_tls (Fixture *f, gconstpointer data)
{
  g_autofree char *log = g_build_filename (f->dir, "log", NULL);
  g_autofree char *certificate = g_build_filename (f->data, "tls", "server.pem", NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (run (&first, NULL, "tls-init", "--data", f->data, "--name", "127.0.0.1", NULL), ==, 0);
  g_assert_true (g_str_has_prefix (first, "https://127.0.0.1:8480#ca="));
  f->server = spawn (f, log, (const char *const[]){ NULL });
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->server));
  guint16 port = read_port (lines, "listening on https://127.0.0.1:");
  g_autofree char *before = read_certificate (port);

  g_assert_cmpint (run (&second, NULL, "tls-init", "--data", f->data, "--name", "127.0.0.1", NULL), ==, 0);
  g_assert_cmpstr (second, ==, first);
  wait_for_log (log, "was read anew");
  g_autofree char *renewed = read_certificate (port);
  while (g_str_equal (renewed, before))
    {
      g_free (renewed);
      renewed = read_certificate (port);
    }
  g_assert_true (g_file_set_contents (certificate, "broken", -1, &error));
  g_subprocess_send_signal (f->server, SIGHUP);
  wait_for_log (log, "the old one stays");
  g_autofree char *kept = read_certificate (port);
  g_assert_cmpstr (kept, ==, renewed);
}

/* A whole session leaves a log of JSON lines, in which no learner's number or name is. */
static void
test_log_is_discreet (Fixture *f, gconstpointer data)
{
  g_autofree char *log = g_build_filename (f->dir, "log", NULL);
  g_autofree char *text = NULL;
  g_autofree char *sha256 = NULL;
  char last[65] = "";
  g_auto (XsWireLog) wire_log;
  g_autoptr (GError) error = NULL;

  f->server = spawn (f, log, (const char *const[]){ "--metrics-address", "127.0.0.1:0", NULL });
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->server));
  g_assert_cmpuint (read_port (lines, "metrics on http://127.0.0.1:"), >, 0);
  f->port = read_port (lines, "listening on http://127.0.0.1:");
  pair (f);
  g_autoptr (GBytes) photo = xs_make_photo (g_bytes_get_data (f->sealed_to, NULL), 1, 5000, &sha256);
  g_autoptr (XsReply) stored = put_photo (f, sha256, photo);
  g_assert_cmpuint (stored->status, ==, 201);
  make_log (&wire_log, 1, sha256, last);
  g_autoptr (XsReply) accepted = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, now_us (), &wire_log);
  g_assert_cmpuint (accepted->status, ==, 200);
  g_subprocess_send_signal (f->server, SIGTERM);
  g_assert_true (g_subprocess_wait_check (f->server, NULL, &error));
  g_clear_object (&f->server);

  g_assert_true (g_file_get_contents (log, &text, NULL, &error));
  g_assert_null (strstr (text, XS_SAMPLE_STUNUM));
  g_assert_null (strstr (text, "演示学员"));
  g_auto (GStrv) entries = g_strsplit (g_strchomp (text), "\n", -1);
  guint n_requests = 0;
  for (guint i = 0; entries[i] != NULL; i++)
    {
      g_autoptr (JsonNode) root = json_from_string (entries[i], &error);
      g_assert_no_error (error);
      n_requests += json_object_has_member (json_node_get_object (root), "duration_ms");
    }
  g_assert_cmpuint (n_requests, ==, 3);
}

/* Every mistake is told in words, with the exit status that says whose it is. */
static void
test_mistakes (Fixture *f, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (f->dir, "missing", NULL);
  const struct {
    const char *words[6];
    int status;
    const char *mentions;
  } cases[] = {
    { { NULL }, 2, NULL },
    { { "fly" }, 2, "fly" },
    { { "serve" }, 2, "--data" },
    { { "serve", "--data", missing }, 1, "init" },
    { { "serve", "--data", f->data, "--port", "65536" }, 2, "--port" },
    { { "serve", "--data", f->data, "--port", "x" }, 2, "x" },
    { { "serve", "--data", f->data, "--bind", "localhost" }, 2, "localhost" },
    { { "serve", "--data", f->data, "--bind", "0.0.0.0" }, 2, "tls-init" },
    { { "serve", "--data", f->data, "--tls-key", f->photo }, 2, "--tls-certificate" },
    { { "serve", "--data", f->data, "--metrics-address", ":" }, 2, "--metrics-address" },
    { { "tls-init", "--data", f->data }, 2, "--name" },
    { { "tls-init", "--data", missing, "--name", "a" }, 1, "init" },
    { { "list", "--data", f->data }, 2, "logs" },
    { { "list", "--data", f->data, "faces" }, 2, "faces" },
    { { "set-policy", "--data", f->data, f->photo }, 2, f->photo },
    { { "set-policy", "--data", f->data, missing }, 1, missing },
    { { "set-active-check", "--data", f->data, "off" }, 2, "--stunum" },
    { { "set-active-check", "--data", f->data, "--stunum=" XS_SAMPLE_STUNUM, "maybe" }, 2, "maybe" },
    { { "set-active-check", "--data", f->data, "--stunum=2000000000000009", "off" }, 1, "add-learner" },
    { { "pair-code", "--data", f->data, "--devnum", "4" }, 2, "devnum" },
    { { "pair-code", "--data", f->data, "--minutes", "0" }, 2, "--minutes" },
    { { "export", "--data", f->data }, 2, "--out" },
    { { "demo", "--data", f->data }, 2, "--photo" },
    { { "demo", "--data", f->data, "--photo", missing }, 1, missing },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *err = NULL;
      const char *const *w = cases[i].words;
      g_assert_cmpint (run (NULL, &err, w[0], w[0] ? w[1] : NULL, w[1] ? w[2] : NULL, w[2] ? w[3] : NULL,
                            w[3] ? w[4] : NULL, NULL),
                       ==, cases[i].status);
      if (cases[i].mentions != NULL)
        g_assert_nonnull (strstr (err, cases[i].mentions));
    }
}

static void
test_fsck_status (Fixture *f, gconstpointer data)
{
  g_autofree char *registration = g_build_filename (f->data, "registration", NULL);
  g_autofree char *err = NULL, *well = NULL, *lines = NULL, *json = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (run (&well, NULL, "fsck", "--data", f->data, NULL), ==, 0);
  g_assert_true (g_str_has_suffix (g_strchomp (well), "All is well."));
  xs_remove_tree (registration);
  g_assert_cmpint (run (&lines, &err, "fsck", "--data", f->data, NULL), ==, 1);
  g_assert_nonnull (strstr (err, "1 things are wrong"));
  g_assert_true (g_str_has_prefix (lines, "wrong: Registration photo of learner "));
  g_assert_nonnull (strstr (lines, "; give the learner the photo again"));

  g_assert_cmpint (run (&json, NULL, "fsck", "--json", "--data", f->data, NULL), ==, 1);
  g_autoptr (JsonNode) node = json_from_string (json, &error);
  g_assert_no_error (error);
  JsonObject *report = json_node_get_object (node);
  JsonArray *findings = json_object_get_array_member (report, "findings");
  g_assert_cmpuint (json_array_get_length (findings), ==, 1);
  JsonObject *finding = json_array_get_object_element (findings, 0);
  g_assert_cmpstr (json_object_get_string_member (finding, "kind"), ==, "registration-photo");
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (report, "checked"), "learners"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  g_test_add ("/platform/command/killed-after-answer", Fixture, NULL, set_up_served, test_killed_after_answer,
              tear_down);
  g_test_add ("/platform/command/killed-any-time", Fixture, NULL, set_up_served, test_killed_any_time, tear_down);
  g_test_add ("/platform/command/graceful-stop", Fixture, NULL, set_up_served, test_graceful_stop, tear_down);
  g_test_add ("/platform/command/demo-twice", Fixture, NULL, set_up, test_demo_twice, tear_down);
  g_test_add ("/platform/command/init", Fixture, NULL, set_up, test_init, tear_down);
  g_test_add ("/platform/command/active-check", Fixture, NULL, set_up, test_active_check, tear_down);
  g_test_add ("/platform/command/tls", Fixture, NULL, set_up, test_tls, tear_down);
  g_test_add ("/platform/command/log-is-discreet", Fixture, NULL, set_up, test_log_is_discreet, tear_down);
  g_test_add ("/platform/command/mistakes", Fixture, NULL, set_up, test_mistakes, tear_down);
  g_test_add ("/platform/command/verify-status", Fixture, NULL, set_up, test_fsck_status, tear_down);
  return g_test_run ();
}
