/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-http-private.h"

#include "xs-crypto.h"
#include "xs-wire-message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A refused body up to this length is read to its end, so that the client gets to read the answer. */
#define DRAIN_MAX_BYTES (8 * 1024 * 1024)

/* One request under way. */
typedef struct {
  XsPlatformHttp *http;
  XsPlatformRequest request;
  XsPlatformResponse response;
  char *method;
  char *path;
  XsSha256 *sum; /* of the body so far */
  int spool_fd;
  gsize gathered_bytes; /* of its body, counted in http */
  guint64 received_bytes;
  guint64 sent_bytes;
  gint64 start_us;
  gint64 wait_end_us; /* of a wait, monotonic; 0: it has not waited */
} Exchange;

const char *
xs_platform_request_get_header (const XsPlatformRequest *request, const char *name)
{
  return MHD_lookup_connection_value (request->connection, MHD_HEADER_KIND, name);
}

static void
read_peer (struct MHD_Connection *connection, char *peer, gsize size)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

  g_strlcpy (peer, "-", size);
  if (info == NULL || info->client_addr == NULL)
    return;
  if (info->client_addr->sa_family == AF_INET)
    inet_ntop (AF_INET, &((const struct sockaddr_in *) info->client_addr)->sin_addr, peer, size);
  else if (info->client_addr->sa_family == AF_INET6)
    inet_ntop (AF_INET6, &((const struct sockaddr_in6 *) info->client_addr)->sin6_addr, peer, size);
}

static Exchange *
exchange_new (XsPlatformHttp *http, struct MHD_Connection *connection, const char *method, const char *path)
{
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->http = http;
  exchange->method = g_strdup (method);
  exchange->path = g_strdup (path);
  exchange->spool_fd = -1;
  exchange->start_us = g_get_monotonic_time ();
  exchange->request.method = exchange->method;
  exchange->request.path = exchange->path;
  exchange->request.connection = connection;
  exchange->request.has_query = MHD_get_connection_values (connection, MHD_GET_ARGUMENT_KIND, NULL, NULL) > 0;
  read_peer (connection, exchange->request.peer, sizeof exchange->request.peer);
  exchange->request.load = xs_http_note_busy (http, exchange->start_us);

  g_mutex_lock (&http->mutex);
  http->n_running++;
  g_mutex_unlock (&http->mutex);
  return exchange;
}

static void
write_access_log (const Exchange *exchange, gboolean completed, gint64 duration_us)
{
  const XsPlatformRequest *request = &exchange->request;
  g_autofree char *method = g_strescape (exchange->method, NULL);
  g_autofree char *path = g_strescape (exchange->path, NULL);
  g_autofree char *status = g_strdup_printf ("%u", exchange->response.status);
  g_autofree char *duration_ms = g_strdup_printf ("%.3f", (double) duration_us / 1000);

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "XS_PEER", request->peer, "XS_DEVICE",
                    request->devnum[0] != '\0' ? request->devnum : "-", "XS_METHOD", method, "XS_STATUS", status,
                    "XS_DURATION_MS", duration_ms, "MESSAGE", "%.16s %.200s: %s%s, %" G_GUINT64_FORMAT " bytes", method,
                    path, status, completed ? "" : " unfinished", exchange->received_bytes);
}

/* Nobody has looked at a signature yet: what strangers send must not take more memory together than there is for it. */
static gboolean
gather (Exchange *exchange, const char *data, gsize size)
{
  XsPlatformHttp *http = exchange->http;

  g_mutex_lock (&http->mutex);
  gboolean fits = size <= http->options.max_gathered_bytes - http->gathered_bytes;
  if (fits)
    http->gathered_bytes += size;
  g_mutex_unlock (&http->mutex);
  if (!fits)
    return FALSE;
  exchange->gathered_bytes += size;
  g_byte_array_append (exchange->request.body, (const guint8 *) data, size);
  return TRUE;
}

static void
drop_body (Exchange *exchange)
{
  g_clear_pointer (&exchange->request.body, g_byte_array_unref);
  g_mutex_lock (&exchange->http->mutex);
  exchange->http->gathered_bytes -= exchange->gathered_bytes;
  g_mutex_unlock (&exchange->http->mutex);
  exchange->gathered_bytes = 0;
}

static void
exchange_free (Exchange *exchange)
{
  XsPlatformHttp *http = exchange->http;

  if (exchange->spool_fd >= 0)
    close (exchange->spool_fd);
  if (exchange->request.spool_path != NULL && !exchange->response.took_spool)
    g_unlink (exchange->request.spool_path);
  if (exchange->request.resume_path != NULL)
    g_unlink (exchange->request.resume_path);
  drop_body (exchange);
  g_clear_pointer (&exchange->response.body, g_bytes_unref);
  g_clear_pointer (&exchange->sum, xs_sha256_free);
  g_free (exchange->request.spool_path);
  g_free (exchange->request.resume_path);
  g_free (exchange->request.body_sha256);
  g_free (exchange->request.data);
  g_free (exchange->response.etag);
  g_free (exchange->response.allow);
  g_free (exchange->response.content_range);
  if (exchange->response.has_file)
    close (exchange->response.file_fd);
  g_free (exchange->method);
  g_free (exchange->path);
  g_free (exchange);

  g_mutex_lock (&http->mutex);
  if (--http->n_running == 0)
    g_cond_signal (&http->idle);
  g_mutex_unlock (&http->mutex);
}

static void
refuse (Exchange *exchange, guint status, const char *message)
{
  const XsPlatformHandler *handler = &exchange->http->handler;

  g_clear_pointer (&exchange->response.body, g_bytes_unref);
  g_clear_pointer (&exchange->response.etag, g_free);
  g_clear_pointer (&exchange->response.allow, g_free);
  g_clear_pointer (&exchange->response.content_range, g_free);
  if (exchange->response.has_file)
    close (exchange->response.file_fd);
  exchange->response = (XsPlatformResponse){ 0 };
  handler->fail (&exchange->request, &exchange->response, status, message, handler->user_data);
}

static void
free_body (void *body)
{
  g_bytes_unref (body);
}

static void
add_header (struct MHD_Response *answer, const char *name, guint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  MHD_add_response_header (answer, name, text);
}

/* (nullable): with the file, or the body, which it then owns. @size: (out) */
static struct MHD_Response *
create_answer (XsPlatformResponse *response, guint64 *size)
{
  if (response->has_file)
    {
      struct MHD_Response *answer =
        MHD_create_response_from_fd_at_offset64 (response->file_bytes, response->file_fd, response->file_offset);
      *size = response->file_bytes;
      response->has_file = answer == NULL;
      return answer;
    }
  GBytes *body = response->body != NULL ? g_bytes_ref (response->body) : g_bytes_new (NULL, 0);
  gsize body_size;
  const void *data = g_bytes_get_data (body, &body_size);
  struct MHD_Response *answer =
    MHD_create_response_from_buffer_with_free_callback_cls (body_size, (void *) data, free_body, body);
  *size = body_size;
  if (answer == NULL)
    g_bytes_unref (body);
  return answer;
}

static enum MHD_Result
send_response (Exchange *exchange, gboolean close_connection)
{
  const XsPlatformResponse *response = &exchange->response;
  guint64 size;
  struct MHD_Response *answer = create_answer (&exchange->response, &size);

  if (answer == NULL)
    return MHD_NO;
  if (response->type != NULL)
    MHD_add_response_header (answer, MHD_HTTP_HEADER_CONTENT_TYPE, response->type);
  if (response->etag != NULL)
    MHD_add_response_header (answer, MHD_HTTP_HEADER_ETAG, response->etag);
  if (response->allow != NULL)
    MHD_add_response_header (answer, MHD_HTTP_HEADER_ALLOW, response->allow);
  if (response->content_range != NULL)
    MHD_add_response_header (answer, MHD_HTTP_HEADER_CONTENT_RANGE, response->content_range);
  if (response->retry_after_s > 0)
    add_header (answer, MHD_HTTP_HEADER_RETRY_AFTER, response->retry_after_s);
  if (response->last_seq > 0)
    add_header (answer, XS_WIRE_HEADER_LAST_SEQ, (guint64) response->last_seq);
  if (response->tells_upload)
    {
      add_header (answer, XS_WIRE_HEADER_UPLOAD_OFFSET, response->upload_offset);
      MHD_add_response_header (answer, XS_WIRE_HEADER_UPLOAD_COMPLETE, response->upload_complete ? "?1" : "?0");
    }
  add_header (answer, XS_WIRE_HEADER_LOAD, exchange->request.load);
  if (close_connection || g_atomic_int_get (&exchange->http->stopping))
    MHD_add_response_header (answer, MHD_HTTP_HEADER_CONNECTION, "close");
  MHD_add_response_header (answer, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  exchange->sent_bytes = size;
  enum MHD_Result result = MHD_queue_response (exchange->request.connection, response->status, answer);
  MHD_destroy_response (answer);
  return result;
}

/* What came of this body before counts for its hash as if it came now. */
static gboolean
reopen_spool (Exchange *exchange)
{
  XsPlatformRequest *request = &exchange->request;
  g_autofree char *before = NULL;
  gsize size;

  if (!g_file_get_contents (request->resume_path, &before, &size, NULL) || size != request->resume_bytes)
    return FALSE;
  xs_sha256_update (exchange->sum, before, size);
  exchange->spool_fd = g_open (request->resume_path, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
  request->spool_path = g_steal_pointer (&request->resume_path);
  return exchange->spool_fd >= 0;
}

static gboolean
open_spool (Exchange *exchange)
{
  XsPlatformRequest *request = &exchange->request;

  if (request->resume_path != NULL)
    return reopen_spool (exchange);
  if (request->spool_folder == NULL)
    {
      request->body = g_byte_array_sized_new ((guint) request->content_length);
      return TRUE;
    }
  request->spool_path = g_build_filename (request->spool_folder, "upload.XXXXXX", NULL);
  exchange->spool_fd = g_mkstemp_full (request->spool_path, O_WRONLY | O_CLOEXEC, 0600);
  if (exchange->spool_fd >= 0)
    return TRUE;
  g_clear_pointer (&request->spool_path, g_free);
  return FALSE;
}

static enum MHD_Result
begin (Exchange *exchange)
{
  XsPlatformRequest *request = &exchange->request;
  const XsPlatformHandler *handler = &exchange->http->handler;
  const char *length = xs_platform_request_get_header (request, MHD_HTTP_HEADER_CONTENT_LENGTH);
  const char *encoding = xs_platform_request_get_header (request, MHD_HTTP_HEADER_CONTENT_ENCODING);
  gboolean expects = xs_platform_request_get_header (request, MHD_HTTP_HEADER_EXPECT) != NULL;

  if (xs_platform_request_get_header (request, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL)
    {
      refuse (exchange, 411, "A body must come with its Content-Length");
      return send_response (exchange, TRUE);
    }
  if (length != NULL && !g_ascii_string_to_unsigned (length, 10, 0, G_MAXINT64, &request->content_length, NULL))
    {
      refuse (exchange, 400, "Content-Length is no length");
      return send_response (exchange, TRUE);
    }
  if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0)
    {
      refuse (exchange, 415, "A body must come as it is: no Content-Encoding is taken");
      return send_response (exchange, TRUE);
    }

  handler->begin (request, &exchange->response, handler->user_data);
  if (exchange->response.status == 0 && request->resume_bytes + request->content_length > request->max_body_bytes)
    {
      g_autofree char *message =
        g_strdup_printf ("The body may have at most %" G_GSIZE_FORMAT " bytes", request->max_body_bytes);
      refuse (exchange, 413, message);
    }
  if (exchange->response.status != 0)
    {
      if (request->content_length > 0 && (expects || request->content_length > DRAIN_MAX_BYTES))
        return send_response (exchange, TRUE);
      return MHD_YES;
    }

  exchange->sum = xs_sha256_new ();
  if (request->content_length > 0 && !open_spool (exchange))
    {
      g_message ("Cannot create a file in %s: %s", request->spool_folder, g_strerror (errno));
      refuse (exchange, 503, "The platform cannot store anything now");
    }
  return MHD_YES;
}

static gboolean
write_spool (Exchange *exchange, const char *data, gsize size)
{
  while (size > 0)
    {
      gssize n = write (exchange->spool_fd, data, size);
      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          data += n;
          size -= n;
        }
    }
  return TRUE;
}

static enum MHD_Result
take (Exchange *exchange, const char *data, gsize size)
{
  XsPlatformRequest *request = &exchange->request;
  gint64 limit_us = exchange->http->options.request_timeout_s * (gint64) G_USEC_PER_SEC;

  exchange->received_bytes += size;
  if (g_get_monotonic_time () - exchange->start_us > limit_us)
    return MHD_NO;
  /* The answer is decided: what still comes is read past. */
  if (exchange->response.status != 0)
    return MHD_YES;

  xs_sha256_update (exchange->sum, data, size);
  if (request->body != NULL)
    {
      if (gather (exchange, data, size))
        return MHD_YES;
      drop_body (exchange);
      refuse (exchange, 503, "Too much is being sent to the platform now");
    }
  else if (!write_spool (exchange, data, size))
    {
      g_message ("Cannot write %s: %s", request->spool_path, g_strerror (errno));
      refuse (exchange, 503, "The platform cannot store anything now");
    }
  return MHD_YES;
}

static enum MHD_Result
finish (Exchange *exchange)
{
  XsPlatformRequest *request = &exchange->request;
  const XsPlatformHandler *handler = &exchange->http->handler;

  if (exchange->spool_fd >= 0)
    {
      int result = close (exchange->spool_fd);
      exchange->spool_fd = -1;
      if (result != 0 && exchange->response.status == 0)
        refuse (exchange, 503, "The platform cannot store anything now");
    }
  if (request->body_sha256 == NULL && exchange->sum != NULL)
    request->body_sha256 = xs_sha256_finish_hex (g_steal_pointer (&exchange->sum));
  while (exchange->response.status == 0)
    {
      guint64 ticket = xs_platform_waits_get_ticket (exchange->http->waits);
      handler->finish (request, &exchange->response, handler->user_data);
      if (exchange->response.status != 0)
        break;
      g_assert (!request->timed_out);
      /* Woken for nothing it waits for what is left: who asks does not wait for ever. */
      gint64 now_us = g_get_monotonic_time ();
      if (exchange->wait_end_us == 0)
        exchange->wait_end_us = now_us + exchange->response.wait_us;
      if (xs_platform_waits_suspend (exchange->http->waits, request->connection, exchange->response.wait_key,
                                     exchange->wait_end_us - now_us, ticket, &request->timed_out))
        return MHD_YES;
    }
  return send_response (exchange, FALSE);
}

enum MHD_Result
xs_http_on_access (void *user_data, struct MHD_Connection *connection, const char *url, const char *method,
                   const char *version, const char *upload_data, size_t *upload_data_size, void **exchange_data)
{
  XsPlatformHttp *http = user_data;
  Exchange *exchange = *exchange_data;
  gint64 since_us = g_get_monotonic_time ();
  enum MHD_Result result;

  if (exchange == NULL)
    {
      xs_http_heads_arrived (http->heads, xs_http_get_head (connection));
      *exchange_data = exchange = exchange_new (http, connection, method, url);
      result = begin (exchange);
    }
  else if (*upload_data_size > 0)
    {
      gsize size = *upload_data_size;
      *upload_data_size = 0;
      result = take (exchange, upload_data, size);
    }
  else
    result = finish (exchange);
  /* The exchange may be over by now. */
  (void) xs_http_note_busy (http, since_us);
  return result;
}

void
xs_http_on_completed (void *user_data, struct MHD_Connection *connection, void **exchange_data,
                      enum MHD_RequestTerminationCode code)
{
  XsPlatformHttp *http = user_data;
  Exchange *exchange = *exchange_data;

  if (exchange == NULL)
    return;
  XsPlatformRequest *request = &exchange->request;
  gint64 duration_us = g_get_monotonic_time () - exchange->start_us;
  if (exchange->spool_fd >= 0 && exchange->response.status == 0 && http->handler.cut != NULL)
    http->handler.cut (request, http->handler.user_data);
  xs_platform_metrics_count_request (http->metrics, request->route != NULL ? request->route_method : "other",
                                     request->route != NULL ? request->route : "other", exchange->response.status,
                                     duration_us, exchange->received_bytes, exchange->sent_bytes);
  if (http->options.access_log)
    write_access_log (exchange, code == MHD_REQUEST_TERMINATED_COMPLETED_OK, duration_us);
  exchange_free (exchange);
  *exchange_data = NULL;
  xs_http_heads_await (http->heads, xs_http_get_head (connection));
}
