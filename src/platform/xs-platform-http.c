/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-http.h"

#include "xs-clock.h"
#include "xs-error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Request line and headers together; MHD answers longer ones with 431. */
#define CONNECTION_MEMORY_BYTES (16 * 1024)
/* A refused body up to this length is read to its end, so that the client gets to read the answer. */
#define DRAIN_MAX_BYTES (8 * 1024 * 1024)

struct _XsPlatformHttp {
  XsPlatformHttpOptions options;
  XsPlatformHandler handler;
  XsPlatformWaits *waits;
  struct MHD_Daemon *daemon;
  int listen_fd;
  guint16 port;
  GMutex mutex; /* of what follows */
  GCond idle;
  guint n_running;
};

/* One request under way. */
typedef struct {
  XsPlatformHttp *http;
  XsPlatformRequest request;
  XsPlatformResponse response;
  char *method;
  char *path;
  GChecksum *checksum;
  int spool_fd;
  guint64 received_bytes;
  gint64 start_us;
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

  g_mutex_lock (&http->mutex);
  http->n_running++;
  g_mutex_unlock (&http->mutex);
  return exchange;
}

static void
write_access_log (const Exchange *exchange, gboolean completed)
{
  const XsPlatformRequest *request = &exchange->request;
  g_autofree char *now = xs_wall_format (xs_clock_wall_us (xs_clock_system ()), "%Y-%m-%dT%H:%M:%S+08:00");
  g_autofree char *method = g_strescape (exchange->method, NULL);
  g_autofree char *path = g_strescape (exchange->path, NULL);

  g_printerr ("%s %s %s %.16s %.200s %u %s%" G_GUINT64_FORMAT "B %" G_GINT64_FORMAT "ms\n", now, request->peer,
              request->devnum[0] != '\0' ? request->devnum : "-", method, path, exchange->response.status,
              completed ? "" : "unfinished ", exchange->received_bytes,
              (g_get_monotonic_time () - exchange->start_us) / 1000);
}

static void
exchange_free (Exchange *exchange)
{
  XsPlatformHttp *http = exchange->http;

  if (exchange->spool_fd >= 0)
    close (exchange->spool_fd);
  if (exchange->request.spool_path != NULL)
    g_unlink (exchange->request.spool_path);
  g_clear_pointer (&exchange->request.body, g_byte_array_unref);
  g_clear_pointer (&exchange->response.body, g_bytes_unref);
  g_clear_pointer (&exchange->checksum, g_checksum_free);
  g_free (exchange->request.spool_path);
  g_free (exchange->request.body_sha256);
  g_free (exchange->request.data);
  g_free (exchange->response.etag);
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
  exchange->response = (XsPlatformResponse){ 0 };
  handler->fail (&exchange->request, &exchange->response, status, message, handler->user_data);
}

static void
free_body (void *body)
{
  g_bytes_unref (body);
}

static enum MHD_Result
send_response (Exchange *exchange, gboolean close_connection)
{
  XsPlatformResponse *response = &exchange->response;
  GBytes *body = response->body != NULL ? g_bytes_ref (response->body) : g_bytes_new (NULL, 0);
  gsize size;
  const void *data = g_bytes_get_data (body, &size);
  struct MHD_Response *answer =
    MHD_create_response_from_buffer_with_free_callback_cls (size, (void *) data, free_body, body);

  if (answer == NULL)
    {
      g_bytes_unref (body);
      return MHD_NO;
    }
  if (response->type != NULL)
    MHD_add_response_header (answer, MHD_HTTP_HEADER_CONTENT_TYPE, response->type);
  if (response->etag != NULL)
    MHD_add_response_header (answer, MHD_HTTP_HEADER_ETAG, response->etag);
  if (response->allow != NULL)
    MHD_add_response_header (answer, MHD_HTTP_HEADER_ALLOW, response->allow);
  if (response->retry_after_s > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", response->retry_after_s);
      MHD_add_response_header (answer, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
  if (close_connection)
    MHD_add_response_header (answer, MHD_HTTP_HEADER_CONNECTION, "close");
  MHD_add_response_header (answer, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  enum MHD_Result result = MHD_queue_response (exchange->request.connection, response->status, answer);
  MHD_destroy_response (answer);
  return result;
}

static gboolean
open_spool (Exchange *exchange)
{
  XsPlatformRequest *request = &exchange->request;

  if (request->spool_folder == NULL)
    {
      request->body = g_byte_array_new ();
      return TRUE;
    }
  request->spool_path = g_build_filename (request->spool_folder, "upload.XXXXXX", NULL);
  exchange->spool_fd = g_mkstemp_full (request->spool_path, O_WRONLY | O_CLOEXEC, 0600);
  if (exchange->spool_fd >= 0)
    return TRUE;
  g_clear_pointer (&request->spool_path, g_free);
  return FALSE;
}

/* The headers are complete: decide what becomes of the body. */
static enum MHD_Result
begin (Exchange *exchange)
{
  XsPlatformRequest *request = &exchange->request;
  const XsPlatformHandler *handler = &exchange->http->handler;
  const char *length = xs_platform_request_get_header (request, MHD_HTTP_HEADER_CONTENT_LENGTH);
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

  handler->begin (request, &exchange->response, handler->user_data);
  if (exchange->response.status == 0 && request->content_length > request->max_body_bytes)
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

  exchange->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  if (request->content_length > 0 && !open_spool (exchange))
    {
      g_printerr ("xueshi-platform: cannot create a file in %s: %s\n", request->spool_folder, g_strerror (errno));
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

  g_checksum_update (exchange->checksum, (const guchar *) data, size);
  if (request->body != NULL)
    g_byte_array_append (request->body, (const guint8 *) data, size);
  else if (!write_spool (exchange, data, size))
    {
      g_printerr ("xueshi-platform: cannot write %s: %s\n", request->spool_path, g_strerror (errno));
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
  if (request->body_sha256 == NULL && exchange->checksum != NULL)
    request->body_sha256 = g_strdup (g_checksum_get_string (exchange->checksum));
  while (exchange->response.status == 0)
    {
      guint64 ticket = xs_platform_waits_get_ticket (exchange->http->waits);
      handler->finish (request, &exchange->response, handler->user_data);
      if (exchange->response.status != 0)
        break;
      g_assert (!request->timed_out);
      if (xs_platform_waits_suspend (exchange->http->waits, request->connection, exchange->response.wait_key,
                                     exchange->response.wait_us, ticket, &request->timed_out))
        return MHD_YES;
    }
  return send_response (exchange, FALSE);
}

static enum MHD_Result
on_access (void *user_data, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
           const char *upload_data, size_t *upload_data_size, void **exchange_data)
{
  Exchange *exchange = *exchange_data;

  if (exchange == NULL)
    {
      *exchange_data = exchange = exchange_new (user_data, connection, method, url);
      return begin (exchange);
    }
  if (*upload_data_size > 0)
    {
      gsize size = *upload_data_size;
      *upload_data_size = 0;
      return take (exchange, upload_data, size);
    }
  return finish (exchange);
}

static void
on_completed (void *user_data, struct MHD_Connection *connection, void **exchange_data,
              enum MHD_RequestTerminationCode code)
{
  Exchange *exchange = *exchange_data;

  if (exchange == NULL)
    return;
  if (exchange->http->options.access_log)
    write_access_log (exchange, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
  exchange_free (exchange);
  *exchange_data = NULL;
}

static void
on_mhd_message (void *user_data, const char *format, va_list arguments)
{
  g_autofree char *message = g_strdup_vprintf (format, arguments);

  g_debug ("%s", g_strchomp (message));
}

static gboolean
listen_on (XsPlatformHttp *http, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (http->options.address);
  g_autoptr (GError) local_error = NULL;

  if (address == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is no numeric IP address to bind to",
                   http->options.address);
      return FALSE;
    }
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (address, http->options.port);
  g_autoptr (GSocket) server =
    g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &local_error);
  g_autoptr (GSocketAddress) bound = NULL;
  if (server != NULL)
    g_socket_set_listen_backlog (server, 256);
  if (server == NULL || !g_socket_bind (server, wanted, TRUE, &local_error) || !g_socket_listen (server, &local_error)
      || (bound = g_socket_get_local_address (server, &local_error)) == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_IO,
                   "Cannot listen on %s port %u: %s; end what uses it, or choose others with --bind and --port",
                   http->options.address, http->options.port, local_error->message);
      return FALSE;
    }
  http->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  /* MHD closes the socket it was given when it stops; GSocket would close its own too. */
  http->listen_fd = fcntl (g_socket_get_fd (server), F_DUPFD_CLOEXEC, 0);
  if (http->listen_fd >= 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot listen on %s: %s", http->options.address, g_strerror (errno));
  return FALSE;
}

static void
http_free (XsPlatformHttp *http)
{
  g_mutex_clear (&http->mutex);
  g_cond_clear (&http->idle);
  xs_platform_waits_free (http->waits);
  g_free ((char *) http->options.address);
  g_free (http);
}

XsPlatformHttp *
xs_platform_http_start (const XsPlatformHttpOptions *options, const XsPlatformHandler *handler, GError **error)
{
  XsPlatformHttp *http = g_new0 (XsPlatformHttp, 1);

  http->options = *options;
  http->options.address = g_strdup (options->address);
  http->handler = *handler;
  g_mutex_init (&http->mutex);
  g_cond_init (&http->idle);
  http->waits = xs_platform_waits_new ();
  if (!listen_on (http, error))
    {
      http_free (http);
      return NULL;
    }
  http->daemon =
    MHD_start_daemon (MHD_USE_POLL | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
                      NULL, NULL, on_access, http, MHD_OPTION_EXTERNAL_LOGGER, on_mhd_message, NULL,
                      MHD_OPTION_LISTEN_SOCKET, http->listen_fd, MHD_OPTION_THREAD_POOL_SIZE, options->threads,
                      MHD_OPTION_CONNECTION_LIMIT, options->max_connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                      options->max_connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT, options->idle_timeout_s,
                      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) CONNECTION_MEMORY_BYTES,
                      MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
  if (http->daemon == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot serve on %s port %u", options->address, http->port);
      close (http->listen_fd);
      http_free (http);
      return NULL;
    }
  return http;
}

guint16
xs_platform_http_get_port (XsPlatformHttp *http)
{
  return http->port;
}

XsPlatformWaits *
xs_platform_http_get_waits (XsPlatformHttp *http)
{
  return http->waits;
}

void
xs_platform_http_stop (XsPlatformHttp *http, guint grace_s)
{
  gint64 end_us = g_get_monotonic_time () + grace_s * (gint64) G_USEC_PER_SEC;
  MHD_socket listener = MHD_quiesce_daemon (http->daemon);

  if (listener != MHD_INVALID_SOCKET)
    close (listener);
  xs_platform_waits_stop (http->waits);
  g_mutex_lock (&http->mutex);
  while (http->n_running > 0 && g_cond_wait_until (&http->idle, &http->mutex, end_us))
    ;
  g_mutex_unlock (&http->mutex);
  MHD_stop_daemon (http->daemon);
  http_free (http);
}
