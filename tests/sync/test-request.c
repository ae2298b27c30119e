/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-fault-server.h"
#include "xs-sync-request.h"

#include <string.h>

static const XsSyncTimeouts patient = { .silence_s = 30, .total_s = 60 };
static const XsSyncTimeouts hasty = { .silence_s = 1, .total_s = 2 };

typedef struct {
  XsFaultServer *server;
  XsHttpRequest seen; /* the last one */
  char *more;         /* header lines of the next reply */
} Fixture;

static char *
refusal (const XsHttpRequest *request, guint status)
{
  return g_strdup ("{\"error\":\"some_code\"}");
}

static void
handle (const XsHttpRequest *request, XsHttpReply *reply, gpointer user_data)
{
  Fixture *f = user_data;

  g_free (f->seen.method);
  f->seen.method = g_strdup (request->method);
  g_clear_pointer (&f->seen.headers, g_hash_table_unref);
  f->seen.headers = g_hash_table_ref (request->headers);
  g_clear_pointer (&f->seen.body, g_bytes_unref);
  f->seen.body = g_bytes_ref (request->body);
  reply->more = g_steal_pointer (&f->more);
  reply->body = g_strdup ("{\"fine\":true}");
  reply->size = strlen (reply->body);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = xs_fault_server_new (handle, refusal, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  xs_fault_server_free (f->server);
  g_free (f->seen.method);
  g_clear_pointer (&f->seen.headers, g_hash_table_unref);
  g_clear_pointer (&f->seen.body, g_bytes_unref);
  g_free (f->more);
}

static XsSyncAnswer *
get (Fixture *f, const XsSyncTimeouts *timeouts, GError **error)
{
  g_autoptr (SoupSession) session = xs_sync_session_new (timeouts);
  g_autofree char *url = g_strconcat (xs_fault_server_get_url (f->server), "/v1/thing", NULL);
  XsSyncRequest request = { .method = "GET", .url = url };

  return xs_sync_request_send (session, &request, timeouts, NULL, error);
}

static void
test_sends_the_exact_bytes (Fixture *f, gconstpointer data)
{
  g_autoptr (SoupSession) session = xs_sync_session_new (&patient);
  g_autofree char *url = g_strconcat (xs_fault_server_get_url (f->server), "/v1/thing", NULL);
  g_autoptr (GBytes) body = g_bytes_new_static ("a\0b\r\n\xff", 6);
  XsSyncRequest request = { .method = "PUT",
                            .url = url,
                            .authorization = "Xueshi a=1",
                            .signature = "c2ln",
                            .etag = "\"v7\"",
                            .content_type = "application/octet-stream",
                            .body = body };
  g_autoptr (GError) error = NULL;

  f->more = g_strdup ("ETag: \"v8\"\r\nRetry-After: 90\r\n");
  g_autoptr (XsSyncAnswer) answer = xs_sync_request_send (session, &request, &patient, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->content_type, ==, "application/json");
  g_assert_cmpstr (answer->etag, ==, "\"v8\"");
  g_assert_cmpint (answer->retry_after_us, ==, 90 * G_USEC_PER_SEC);
  g_assert_cmpmem (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body), "{\"fine\":true}", 13);
  g_assert_cmpstr (f->seen.method, ==, "PUT");
  g_assert_true (g_bytes_equal (f->seen.body, body));
  g_assert_cmpstr (g_hash_table_lookup (f->seen.headers, "authorization"), ==, "Xueshi a=1");
  g_assert_cmpstr (g_hash_table_lookup (f->seen.headers, "x-xueshi-signature"), ==, "c2ln");
  g_assert_cmpstr (g_hash_table_lookup (f->seen.headers, "if-none-match"), ==, "\"v7\"");
  g_assert_cmpstr (g_hash_table_lookup (f->seen.headers, "content-type"), ==, "application/octet-stream");
}

/* A kept connection may be closed just when it is used again: libsoup then sends the request anew by itself. */
static void
test_sends_the_body_again (Fixture *f, gconstpointer data)
{
  g_autoptr (SoupSession) session = xs_sync_session_new (&patient);
  g_autofree char *url = g_strconcat (xs_fault_server_get_url (f->server), "/v1/thing", NULL);
  g_autoptr (GBytes) body = g_bytes_new_static ("all of it", 9);
  XsSyncRequest request = { .method = "PUT", .url = url, .content_type = "image/jpeg", .body = body };

  for (guint i = 1; i <= 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (XsSyncAnswer) answer = xs_sync_request_send (session, &request, &patient, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (answer->status, ==, 200);
      g_assert_true (g_bytes_equal (f->seen.body, body));
      g_assert_cmpstr (g_hash_table_lookup (f->seen.headers, "content-type"), ==, "image/jpeg");
      g_clear_pointer (&f->seen.body, g_bytes_unref);
      xs_fault_server_set (f->server, "PUT", XS_FAULT_DROP_BEFORE, 1);
    }
  g_assert_cmpuint (xs_fault_server_count (f->server, "PUT"), ==, 3);
}

static void
test_reads_a_retry_date_by_the_answers_clock (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  /* The server's Date is always 13:00:00 on that day. */
  f->more = g_strdup ("Retry-After: Mon, 23 Nov 2026 13:01:30 GMT\r\n");
  g_autoptr (XsSyncAnswer) later = get (f, &patient, &error);
  g_assert_no_error (error);
  g_assert_cmpint (later->retry_after_us, ==, 90 * G_USEC_PER_SEC);

  f->more = g_strdup ("Retry-After: Mon, 23 Nov 2026 12:00:00 GMT\r\n");
  g_autoptr (XsSyncAnswer) past = get (f, &patient, &error);
  g_assert_no_error (error);
  g_assert_cmpint (past->retry_after_us, ==, 0);

  f->more = g_strdup ("Retry-After: whenever\r\n");
  g_autoptr (XsSyncAnswer) nonsense = get (f, &patient, &error);
  g_assert_no_error (error);
  g_assert_cmpint (nonsense->retry_after_us, ==, 0);
}

/* Faults after which there is no whole answer; the others are answers, right or wrong. */
static gboolean
leaves_no_answer (XsFault fault)
{
  switch ((int) fault)
    {
    case XS_FAULT_DROP_AFTER:
    case XS_FAULT_DROP_BEFORE:
    case XS_FAULT_HALF_ANSWER:
    case XS_FAULT_HALF_HEAD:
    case XS_FAULT_SLOW:
    case XS_FAULT_TRICKLE:
    case XS_FAULT_OVERTAKEN:
    case XS_FAULT_HALF_BODY:
    case XS_FAULT_GIGANTIC:
    case XS_FAULT_ENDLESS:
    case XS_FAULT_NOT_HTTP:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
test_survives_every_fault (Fixture *f, gconstpointer data)
{
  for (XsFault fault = XS_FAULT_NONE; fault < XS_N_FAULTS; fault++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", xs_fault_name (fault));
      xs_fault_server_set (f->server, "GET ", fault, -1);
      g_autoptr (XsSyncAnswer) answer = get (f, &hasty, &error);
      xs_fault_server_clear (f->server);
      if (leaves_no_answer (fault))
        {
          g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
          g_assert_true (xs_error_is_transient (error));
        }
      else
        {
          g_assert_no_error (error);
          g_assert_cmpuint (answer->status, >=, 200);
        }
    }
  g_assert_cmpuint (xs_fault_server_count (f->server, "GET /elsewhere"), ==, 0);
}

static void
test_nobody_there (Fixture *f, gconstpointer data)
{
  g_autoptr (SoupSession) session = xs_sync_session_new (&hasty);
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *closed = g_strdup_printf ("http://127.0.0.1:%u/v1/thing", port);
  const char *const urls[] = { closed, "http://no-such-host.invalid/v1/thing", "https://127.0.0.1:1/" };

  g_socket_listener_close (listener);
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      XsSyncRequest request = { .method = "GET", .url = urls[i] };
      g_autoptr (GError) error = NULL;
      g_autoptr (XsSyncAnswer) answer = xs_sync_request_send (session, &request, &hasty, NULL, &error);

      g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
      g_assert_null (answer);
    }
}

static void
test_not_a_url (Fixture *f, gconstpointer data)
{
  g_autoptr (SoupSession) session = xs_sync_session_new (&hasty);
  XsSyncRequest request = { .method = "GET", .url = "platform" };
  g_autoptr (GError) error = NULL;
  g_autoptr (XsSyncAnswer) answer = xs_sync_request_send (session, &request, &hasty, NULL, &error);

  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_assert_null (answer);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;
  g_autoptr (XsSyncAnswer) answer = xs_sync_request_send_finish (result, error);

  g_assert_null (answer);
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  const XsFault under[] = { XS_FAULT_SLOW, XS_FAULT_TRICKLE, XS_FAULT_ENDLESS };
  g_autofree char *url = g_strconcat (xs_fault_server_get_url (f->server), "/v1/thing", NULL);
  XsSyncRequest request = { .method = "GET", .url = url, .max_answer_bytes = G_MAXSIZE };

  for (guint i = 0; i < G_N_ELEMENTS (under); i++)
    {
      g_autoptr (SoupSession) session = xs_sync_session_new (&patient);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      guint before = xs_fault_server_count (f->server, "GET ");

      xs_fault_server_set (f->server, "GET ", under[i], -1);
      xs_sync_request_send_async (session, &request, &patient, cancellable, on_sent, &error);
      while (xs_fault_server_count (f->server, "GET ") == before)
        g_main_context_iteration (NULL, FALSE);
      g_assert_null (error);
      g_cancellable_cancel (cancellable);
      while (error == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
      xs_fault_server_clear (f->server);
    }
}

static void
test_cancelled_beforehand (Fixture *f, gconstpointer data)
{
  g_autoptr (SoupSession) session = xs_sync_session_new (&patient);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *url = g_strconcat (xs_fault_server_get_url (f->server), "/v1/thing", NULL);
  XsSyncRequest request = { .method = "GET", .url = url };
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_autoptr (XsSyncAnswer) answer = xs_sync_request_send (session, &request, &patient, cancellable, &error);
  g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
  g_assert_cmpuint (xs_fault_server_count (f->server, ""), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/sync/request/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("sends-the-exact-bytes", test_sends_the_exact_bytes);
  ADD ("sends-the-body-again", test_sends_the_body_again);
  ADD ("reads-a-retry-date-by-the-answers-clock", test_reads_a_retry_date_by_the_answers_clock);
  ADD ("survives-every-fault", test_survives_every_fault);
  ADD ("nobody-there", test_nobody_there);
  ADD ("not-a-url", test_not_a_url);
  ADD ("cancelled", test_cancelled);
  ADD ("cancelled-beforehand", test_cancelled_beforehand);
  return g_test_run ();
}
