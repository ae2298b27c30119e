/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-request.h"

#include "config.h"
#include "xs-sync-tls.h"
#include "xs-wire-message.h"

#include <string.h>

#define CHUNK_BYTES (64 * 1024)
#define IN_FLIGHT 2

SoupSession *
xs_sync_session_new (const XsSyncTimeouts *timeouts)
{
  SoupSession *session =
    soup_session_new_with_options ("timeout", timeouts->silence_s, "idle-timeout", timeouts->silence_s, "max-conns",
                                   IN_FLIGHT, "max-conns-per-host", IN_FLIGHT, "user-agent", "Xueshi/" XS_VERSION,
                                   NULL);

  /* A packed answer could be a thousand times its size; an asked-for password is never ours to give. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  return session;
}

void
xs_sync_answer_free (XsSyncAnswer *answer)
{
  if (answer == NULL)
    return;
  g_free (answer->content_type);
  g_free (answer->etag);
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_free (answer);
}

/* One exchange under way; the data of its GTask. */
typedef struct {
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *body;
  gsize max_bytes;
  GCancellable *inner; /* follows the caller's, and the deadline */
  GCancellable *outer; /* (nullable) */
  gulong outer_id;
  GSource *outer_source; /* made ready by any thread that cancels @outer */
  GSource *deadline;
  guint total_s;
  gboolean too_late;
  char *pin;                       /* (nullable) */
  GTlsCertificateFlags tls_errors; /* why the server's certificate was not taken */
} Exchange;

static void
destroy_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
exchange_free (Exchange *exchange)
{
  if (exchange->outer != NULL)
    g_cancellable_disconnect (exchange->outer, exchange->outer_id);
  g_clear_pointer (&exchange->outer_source, destroy_source);
  g_clear_pointer (&exchange->deadline, destroy_source);
  if (exchange->message != NULL)
    g_signal_handlers_disconnect_by_data (exchange->message, exchange);
  g_clear_object (&exchange->message);
  g_clear_object (&exchange->stream);
  g_clear_pointer (&exchange->body, g_byte_array_unref);
  g_clear_object (&exchange->inner);
  g_clear_object (&exchange->outer);
  g_free (exchange->pin);
  g_free (exchange);
}

static gboolean
dispatch_outer (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

/* g_cancellable_source_new() loses its source when one thread cancels just as another is done with it. */
static GSourceFuncs outer_funcs = { .dispatch = dispatch_outer };

static gboolean
cancel_inner (gpointer data)
{
  Exchange *exchange = data;

  g_cancellable_cancel (exchange->inner);
  return G_SOURCE_REMOVE;
}

/* On the thread that cancels; disconnecting waits until it is over. */
static void
on_outer_cancelled (GCancellable *outer, gpointer data)
{
  Exchange *exchange = data;

  g_source_set_ready_time (exchange->outer_source, 0);
}

static gboolean
on_deadline (gpointer data)
{
  Exchange *exchange = data;

  exchange->too_late = TRUE;
  g_cancellable_cancel (exchange->inner);
  return G_SOURCE_REMOVE;
}

/* Whatever kept the answer away, it is worth another try, unless the caller gave up. */
static void
fail (GTask *task, GError *reason)
{
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) owned = reason;
  GUri *uri = soup_message_get_uri (exchange->message);
  const char *host = g_uri_get_host (uri);
  g_autofree char *address = g_strdup_printf ("%s:%d", host, g_uri_get_port (uri));

  if (exchange->outer != NULL && g_cancellable_is_cancelled (exchange->outer))
    g_task_return_new_error (task, XS_ERROR, XS_ERROR_CANCELLED, "The exchange with the platform was cancelled");
  else if (exchange->too_late)
    g_task_return_new_error (task, XS_ERROR, XS_ERROR_NETWORK, "The platform at %s did not finish its answer in %u s",
                             host, exchange->total_s);
  else if (exchange->tls_errors != 0)
    {
      g_autofree char *why = xs_sync_tls_describe (exchange->tls_errors, exchange->pin != NULL);
      g_task_return_new_error (task, XS_ERROR, XS_ERROR_NETWORK,
                               "Nothing was sent to %s, which may not be the platform: %s", address, why);
    }
  else
    g_task_return_new_error (task, XS_ERROR, XS_ERROR_NETWORK,
                             "No answer from the platform at %s: %s; check that it runs, its address and the network",
                             address, owned->message);
}

/* RFC 9110 § 10.2.3: seconds, or a date; a date is read against the Date of the same answer, because the clock of
 * this machine may be wrong. */
static gint64
retry_after_us (SoupMessageHeaders *headers, gint64 date_wall_us)
{
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  guint64 seconds;

  if (text == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &seconds, NULL))
    return (gint64) seconds * G_USEC_PER_SEC;

  g_autoptr (GDateTime) when = soup_date_time_new_from_http_string (text);
  if (when == NULL || date_wall_us == 0)
    return 0;
  return MAX (0, g_date_time_to_unix (when) * G_USEC_PER_SEC - date_wall_us);
}

/* -1: there is no such number. */
static gint64
read_number (SoupMessageHeaders *headers, const char *name, guint64 max)
{
  const char *text = soup_message_headers_get_one (headers, name);
  guint64 number;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, max, &number, NULL) ? (gint64) number : -1;
}

static XsSyncAnswer *
make_answer (Exchange *exchange)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (exchange->message);
  XsSyncAnswer *answer = g_new0 (XsSyncAnswer, 1);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  const char *date = soup_message_headers_get_one (headers, "Date");
  g_autoptr (GDateTime) when = date != NULL ? soup_date_time_new_from_http_string (date) : NULL;

  answer->status = soup_message_get_status (exchange->message);
  answer->content_type = g_ascii_strdown (type != NULL ? type : "", -1);
  answer->etag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
  answer->date_wall_us = when != NULL ? g_date_time_to_unix (when) * G_USEC_PER_SEC : 0;
  answer->load = (int) read_number (headers, XS_WIRE_HEADER_LOAD, 100);
  answer->last_seq = MAX (0, read_number (headers, XS_WIRE_HEADER_LAST_SEQ, G_MAXINT64));
  answer->upload_offset = MAX (0, read_number (headers, XS_WIRE_HEADER_UPLOAD_OFFSET, XS_WIRE_PHOTO_MAX_BYTES));
  goffset start, end, total;
  if (answer->status == SOUP_STATUS_PARTIAL_CONTENT)
    answer->range_offset = soup_message_headers_get_content_range (headers, &start, &end, &total) ? start : -1;
  answer->retry_after_us = retry_after_us (headers, answer->date_wall_us);
  answer->body = g_byte_array_free_to_bytes (g_steal_pointer (&exchange->body));
  return answer;
}

static void read_on (GTask *task);

static void
on_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result, &error);

  if (chunk == NULL)
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  if (g_bytes_get_size (chunk) == 0)
    {
      g_task_return_pointer (task, make_answer (exchange), (GDestroyNotify) xs_sync_answer_free);
      return;
    }
  if (g_bytes_get_size (chunk) > exchange->max_bytes - exchange->body->len)
    {
      fail (task, g_error_new (XS_ERROR, XS_ERROR_NETWORK, "its answer is longer than %" G_GSIZE_FORMAT " bytes",
                               exchange->max_bytes));
      return;
    }
  g_byte_array_append (exchange->body, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
  read_on (g_steal_pointer (&task));
}

static void
read_on (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (exchange->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, exchange->inner, on_read, task);
}

static void
on_sent (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  exchange->stream = soup_session_send_finish (SOUP_SESSION (session), result, &error);
  if (exchange->stream == NULL)
    fail (task, g_steal_pointer (&error));
  else
    read_on (g_steal_pointer (&task));
}

static void
fill_headers (SoupMessage *message, const XsSyncRequest *request)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (request->authorization != NULL)
    soup_message_headers_replace (headers, "Authorization", request->authorization);
  if (request->signature != NULL)
    soup_message_headers_replace (headers, "X-Xueshi-Signature", request->signature);
  if (request->etag != NULL)
    soup_message_headers_replace (headers, "If-None-Match", request->etag);
  if (request->range_bytes > 0)
    soup_message_headers_set_range (headers, request->range_offset, request->range_offset + request->range_bytes - 1);
  if (request->upload_offset > 0)
    {
      g_autofree char *offset = g_strdup_printf ("%" G_GINT64_FORMAT, request->upload_offset);
      soup_message_headers_replace (headers, XS_WIRE_HEADER_UPLOAD_OFFSET, offset);
      soup_message_headers_replace (headers, XS_WIRE_HEADER_UPLOAD_COMPLETE, "?1");
    }
}

typedef struct {
  GBytes *bytes;
  char *type;
  XsSyncPace *pace; /* (nullable) */
} Body;

static void
body_free (gpointer data, GClosure *closure)
{
  Body *body = data;

  g_bytes_unref (body->bytes);
  g_clear_pointer (&body->pace, xs_sync_pace_unref);
  g_free (body->type);
  g_free (body);
}

static void
set_body (SoupMessage *message, gpointer data)
{
  const Body *body = data;

  if (body->pace == NULL)
    {
      soup_message_set_request_body_from_bytes (message, body->type, body->bytes);
      return;
    }
  g_autoptr (GInputStream) stream = xs_sync_pace_open (body->pace, body->bytes);
  soup_message_set_request_body (message, body->type, stream, (gssize) g_bytes_get_size (body->bytes));
}

/* libsoup sends a request anew by itself when a kept connection turns out to be closed, and the body it has used up. */
static void
fill_body (SoupMessage *message, const XsSyncRequest *request)
{
  if (request->body == NULL)
    return;

  Body *body = g_new0 (Body, 1);
  body->bytes = g_bytes_ref (request->body);
  body->type = g_strdup (request->content_type);
  body->pace = request->pace != NULL ? xs_sync_pace_ref (request->pace) : NULL;
  set_body (message, body);
  g_signal_connect_data (message, "restarted", G_CALLBACK (set_body), body, body_free, 0);
}

/* Of a connection's first message; with a pin always, since the session then trusts nobody by itself. */
static gboolean
on_accept_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  Exchange *exchange = data;

  if (exchange->pin != NULL)
    errors = xs_sync_tls_verify (certificate, exchange->pin, g_uri_get_host (soup_message_get_uri (message)));
  exchange->tls_errors = errors;
  return errors == 0;
}

void
xs_sync_request_send_async (SoupSession *session, const XsSyncRequest *request, const XsSyncTimeouts *timeouts,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Exchange *exchange = g_new0 (Exchange, 1);

  g_task_set_source_tag (task, xs_sync_request_send_async);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  exchange->message = soup_message_new (request->method, request->url);
  if (exchange->message == NULL)
    {
      g_task_return_new_error (task, XS_ERROR, XS_ERROR_INVALID, "“%s” is not the address of a platform", request->url);
      return;
    }
  soup_message_add_flags (exchange->message, SOUP_MESSAGE_NO_REDIRECT);
  if (request->fresh)
    soup_message_add_flags (exchange->message, SOUP_MESSAGE_NEW_CONNECTION);
  exchange->pin = g_strdup (request->pin);
  g_signal_connect (exchange->message, "accept-certificate", G_CALLBACK (on_accept_certificate), exchange);
  fill_headers (exchange->message, request);
  fill_body (exchange->message, request);

  exchange->body = g_byte_array_new ();
  exchange->max_bytes = request->max_answer_bytes != 0 ? request->max_answer_bytes : XS_SYNC_ANSWER_MAX_BYTES;
  exchange->inner = g_cancellable_new ();
  exchange->total_s = timeouts->total_s;
  exchange->deadline = g_timeout_source_new_seconds (timeouts->total_s);
  g_source_set_callback (exchange->deadline, on_deadline, exchange, NULL);
  g_source_attach (exchange->deadline, g_main_context_get_thread_default ());
  if (cancellable != NULL)
    {
      exchange->outer = g_object_ref (cancellable);
      if (g_cancellable_is_cancelled (cancellable))
        g_cancellable_cancel (exchange->inner);
      exchange->outer_source = g_source_new (&outer_funcs, sizeof (GSource));
      g_source_set_callback (exchange->outer_source, cancel_inner, exchange, NULL);
      g_source_attach (exchange->outer_source, g_main_context_get_thread_default ());
      exchange->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled), exchange, NULL);
    }
  soup_session_send_async (session, exchange->message, G_PRIORITY_DEFAULT, exchange->inner, on_sent,
                           g_steal_pointer (&task));
}

XsSyncAnswer *
xs_sync_request_send_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, xs_sync_request_send_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

XsSyncAnswer *
xs_sync_request_send (SoupSession *session, const XsSyncRequest *request, const XsSyncTimeouts *timeouts,
                      GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  xs_sync_request_send_async (session, request, timeouts, cancellable, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
  return xs_sync_request_send_finish (result, error);
}
