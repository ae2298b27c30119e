/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-json.h"
#include "xs-sync-client.h"
#include "xs-wire-log.h"
#include "xs-wire-sample.h"

#include <string.h>

/*
 * The kiosk's side of tests/data/transcripts, which tests/platform/test-transcripts.c plays to the platform: the client
 * says today what was recorded, word for word where it is signed, and understands what it was answered.
 */

/* What the server answers next, and what came. */
typedef struct {
  GSocketService *service;
  guint16 port;
  char *answer;
  gsize answer_size;
  char *head;
  GBytes *body;
  GAsyncQueue *done; /* an item for each request that was answered */
} Server;

static char *
read_header (const char *head, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);
  g_autofree char *prefix = g_strconcat (name, ": ", NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_ascii_strncasecmp (lines[i], prefix, strlen (prefix)) == 0)
        return g_strdup (lines[i] + strlen (prefix));
    }
  return NULL;
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Server *server = data;
  g_autoptr (GDataInputStream) in = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_autoptr (GString) head = g_string_new (NULL);
  gsize size;

  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (in, NULL, NULL, NULL);
      if (line == NULL || *line == '\0')
        break;
      g_string_append_printf (head, "%s\r\n", line);
    }
  g_autofree char *length = read_header (head->str, "Content-Length");
  gsize n_bytes = length != NULL ? (gsize) g_ascii_strtoull (length, NULL, 10) : 0;
  char *body = g_malloc (n_bytes + 1);
  g_assert_true (g_input_stream_read_all (G_INPUT_STREAM (in), body, n_bytes, &size, NULL, NULL));
  server->head = g_strdup (head->str);
  server->body = g_bytes_new_take (body, size);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), server->answer,
                             server->answer_size, NULL, NULL, NULL);
  g_async_queue_push (server->done, server);
  return FALSE;
}

static void
start (Server *server)
{
  g_autoptr (GError) error = NULL;

  server->done = g_async_queue_new ();
  server->service = g_threaded_socket_service_new (1);
  g_signal_connect (server->service, "run", G_CALLBACK (on_run), server);
  server->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (server->service), NULL, &error);
  g_assert_no_error (error);
}

static GBytes *
get_bytes (JsonObject *object)
{
  gsize size;

  if (json_object_has_member (object, "body_base64"))
    {
      guchar *data = g_base64_decode (json_object_get_string_member (object, "body_base64"), &size);
      return g_bytes_new_take (data, size);
    }
  const char *text = json_object_get_string_member (object, "body");
  return g_bytes_new (text, strlen (text));
}

static void
prepare_answer (Server *server, JsonObject *response)
{
  JsonObject *headers = json_object_get_object_member (response, "headers");
  g_autoptr (GList) names = json_object_get_members (headers);
  g_autoptr (GBytes) body = get_bytes (response);
  GString *answer = g_string_new (NULL);

  g_string_append_printf (answer, "HTTP/1.1 %d Answer\r\nConnection: close\r\n",
                          (int) json_object_get_int_member (response, "status"));
  for (GList *l = names; l != NULL; l = l->next)
    g_string_append_printf (answer, "%s: %s\r\n", (const char *) l->data,
                            json_object_get_string_member (headers, l->data));
  g_string_append_printf (answer, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", g_bytes_get_size (body));
  g_string_append_len (answer, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body));
  server->answer_size = answer->len;
  server->answer = g_string_free (answer, FALSE);
}

/* What the answer means to a kiosk: all of them are good but that there is no policy. */
static void
assert_understood (const char *path, const XsSyncReply *reply)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (path, XS_WIRE_PATH_POLICY))
    {
      g_assert_cmpint (reply->verdict, ==, XS_SYNC_LATER);
      g_assert_cmpstr (reply->code, ==, XS_WIRE_ERROR_NOT_FOUND);
      return;
    }
  g_assert_cmpint (reply->verdict, ==, XS_SYNC_DONE);
  GBytes *body = reply->answer->body;
  if (g_str_equal (path, XS_WIRE_PATH_ROSTER) && reply->answer->status == 200)
    {
      g_autoptr (GArray) learners = xs_wire_roster_decode (body, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (learners->len, ==, 1);
    }
  else if (g_str_equal (path, XS_WIRE_PATH_PHOTOS_MISSING))
    {
      g_autoptr (GPtrArray) missing = xs_wire_missing_decode (body, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (missing->len, <=, 1);
    }
  else if (g_str_has_prefix (path, XS_WIRE_PATH_PHOTOS))
    g_assert_true (xs_wire_status_decode ("stored", body, &error));
  else if (g_str_has_prefix (path, XS_WIRE_PATH_LOGS) || g_str_has_prefix (path, XS_WIRE_PATH_APPEALS))
    {
      g_auto (XsWireLogAnswer) answer = { 0 };
      g_assert_true (xs_wire_log_answer_decode (&answer, reply->answer->status, body, &error));
      g_assert_no_error (error);
    }
}

static void
replay (JsonObject *exchange, XsClock *clock, const XsSignKey *key)
{
  Server server = { 0 };
  JsonObject *request = json_object_get_object_member (exchange, "request");
  const char *head = json_object_get_string_member (request, "head");
  g_auto (GStrv) words = g_strsplit (head, " ", 3);
  g_autofree char *authorization = read_header (head, "Authorization");
  g_autofree char *signature = read_header (head, XS_WIRE_HEADER_SIGNATURE);
  g_autofree char *etag = read_header (head, "If-None-Match");
  g_autoptr (GBytes) body = get_bytes (request);
  gboolean has_body = g_bytes_get_size (body) > 0;
  gboolean is_picture = g_str_has_prefix (words[1], XS_WIRE_PATH_REGISTRATION_PHOTOS);
  XsSyncTimeouts timeouts = { 10, 20 };

  prepare_answer (&server, json_object_get_object_member (exchange, "response"));
  start (&server);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", server.port);
  g_autoptr (XsSyncClient) client = xs_sync_client_new (url, clock, &timeouts);
  xs_sync_client_set_device (client, XS_SAMPLE_DEVNUM, key);
  XsSyncCall call = { .method = words[0],
                      .path = words[1],
                      .body = has_body ? body : NULL,
                      .content_type = XS_WIRE_TYPE_JSON,
                      .etag = etag,
                      .signature = signature,
                      .answer_type = is_picture ? XS_WIRE_TYPE_JPEG : XS_WIRE_TYPE_JSON,
                      .says_no_itself = signature != NULL };
  g_test_message ("%s %s", words[0], words[1]);
  g_autoptr (XsSyncReply) reply = xs_sync_client_call (client, &call, NULL);
  assert_understood (words[1], reply);

  g_autofree char *said = read_header (server.head, "Authorization");
  g_autofree char *said_signature = read_header (server.head, XS_WIRE_HEADER_SIGNATURE);
  g_assert_cmpstr (said, ==, authorization);
  g_assert_cmpstr (said_signature, ==, signature);
  g_assert_true (g_bytes_equal (server.body, body));
  g_async_queue_pop (server.done);
  g_socket_service_stop (server.service);
  g_object_unref (server.service);
  g_async_queue_unref (server.done);
  g_bytes_unref (server.body);
  g_free (server.head);
  g_free (server.answer);
}

static void
test_kiosk (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "transcripts", "kiosk-schema-2.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  XsClock *clock = xs_clock_fake_new (0, XS_SAMPLE_TIME_US);
  XsSignKey key;
  gsize size;

  xs_sample_key (&key);
  g_assert_true (g_file_get_contents (path, &text, &size, &error));
  g_autoptr (JsonNode) root = xs_json_parse (text, size, size, &error);
  g_assert_no_error (error);
  JsonArray *exchanges = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (exchanges); i++)
    replay (json_array_get_object_element (exchanges, i), clock, &key);
  xs_clock_unref (clock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add_func ("/sync/transcripts/kiosk", test_kiosk);
  return g_test_run ();
}
