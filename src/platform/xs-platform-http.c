/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-http-private.h"

#include "xs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Request line and headers together; MHD answers longer ones with 431. Half of it is what comes of a body at a time. */
#define CONNECTION_MEMORY_BYTES (32 * 1024)
/* The load is that of the last stretch of this length. */
#define LOAD_WINDOW_US (2 * (gint64) G_USEC_PER_SEC)

guint
xs_http_note_busy (XsPlatformHttp *http, gint64 since_us)
{
  gint64 now_us = g_get_monotonic_time ();
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&http->mutex);
  gint64 window_us = now_us - http->window_us;

  http->busy_us += now_us - since_us;
  if (window_us >= LOAD_WINDOW_US)
    {
      http->load = (guint) CLAMP (http->busy_us * 100 / (window_us * http->options.threads), 0, 100);
      http->busy_us = 0;
      http->window_us = now_us;
    }
  return http->load;
}

XsHttpHead *
xs_http_get_head (struct MHD_Connection *connection)
{
  return MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void
on_connection (void *user_data, struct MHD_Connection *connection, void **socket_context,
               enum MHD_ConnectionNotificationCode code)
{
  XsPlatformHttp *http = user_data;

  if (code == MHD_CONNECTION_NOTIFY_CLOSED)
    {
      g_atomic_int_add (&http->n_connections, -1);
      xs_http_heads_remove (http->heads, *socket_context);
      return;
    }
  g_atomic_int_inc (&http->n_connections);
  *socket_context =
    xs_http_heads_add (http->heads,
                       MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
  if (http->options.tls == NULL)
    return;
  /* Not what the server was started with, but what was read last. */
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  xs_platform_tls_attach (http->options.tls, info->tls_session);
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
  xs_http_heads_free (http->heads);
  xs_platform_metrics_free (http->metrics);
  g_free ((char *) http->options.address);
  g_free (http);
}

static double
count_connections (gpointer data)
{
  XsPlatformHttp *http = data;

  return g_atomic_int_get (&http->n_connections);
}

static double
count_running (gpointer data)
{
  XsPlatformHttp *http = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&http->mutex);

  return http->n_running;
}

static double
count_waiting (gpointer data)
{
  XsPlatformHttp *http = data;

  return xs_platform_waits_count (http->waits);
}

static double
count_gathered (gpointer data)
{
  XsPlatformHttp *http = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&http->mutex);

  return (double) http->gathered_bytes;
}

static double
read_load (gpointer data)
{
  return xs_http_note_busy (data, g_get_monotonic_time ());
}

static void
add_gauges (XsPlatformHttp *http)
{
  xs_platform_metrics_add_gauge (http->metrics, "xueshi_http_connections", "Open connections.", count_connections,
                                 http);
  xs_platform_metrics_add_gauge (http->metrics, "xueshi_http_requests_running", "Requests not answered yet.",
                                 count_running, http);
  xs_platform_metrics_add_gauge (http->metrics, "xueshi_http_requests_waiting", "Of these: held back until news come.",
                                 count_waiting, http);
  xs_platform_metrics_add_gauge (http->metrics, "xueshi_http_body_bytes", "Bytes of bodies held in memory.",
                                 count_gathered, http);
  xs_platform_metrics_add_gauge (http->metrics, "xueshi_load", "How busy the threads are, 0 to 100.", read_load, http);
}

static gboolean
start_daemon (XsPlatformHttp *http, GError **error)
{
  const XsPlatformHttpOptions *options = &http->options;
  g_autofree char *certificate = NULL;
  g_autofree char *key = NULL;
  unsigned int flags = MHD_USE_POLL | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
  struct MHD_OptionItem tls[4] = { { MHD_OPTION_END, 0, NULL } };

  if (options->tls != NULL)
    {
      /* Each connection gets its certificate in on_connection(); MHD only wants to see one. */
      xs_platform_tls_dup_pem (options->tls, &certificate, &key);
      flags |= MHD_USE_TLS;
      tls[0] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, certificate };
      tls[1] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, key };
      tls[2] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0, (char *) XS_PLATFORM_TLS_PRIORITIES };
      tls[3] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
    }
  http->daemon =
    MHD_start_daemon (flags, 0, NULL, NULL, xs_http_on_access, http, MHD_OPTION_EXTERNAL_LOGGER, on_mhd_message, NULL,
                      MHD_OPTION_LISTEN_SOCKET, http->listen_fd, MHD_OPTION_THREAD_POOL_SIZE, options->threads,
                      MHD_OPTION_CONNECTION_LIMIT, options->max_connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                      options->max_connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT, options->idle_timeout_s,
                      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) CONNECTION_MEMORY_BYTES,
                      MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, xs_http_on_completed, http,
                      MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
  if (http->daemon != NULL)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot serve on %s port %u", options->address, http->port);
  close (http->listen_fd);
  return FALSE;
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
  http->window_us = g_get_monotonic_time ();
  http->waits = xs_platform_waits_new ();
  /* Silence before the head has a limit of its own, and whoever was silent up to it has all the time for the head. */
  http->heads = xs_http_heads_new ((options->idle_timeout_s + options->head_timeout_s) * (gint64) G_USEC_PER_SEC);
  http->metrics = xs_platform_metrics_new ();
  add_gauges (http);
  if (listen_on (http, error) && start_daemon (http, error))
    return http;
  http_free (http);
  return NULL;
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

XsPlatformMetrics *
xs_platform_http_get_metrics (XsPlatformHttp *http)
{
  return http->metrics;
}

void
xs_platform_http_stop (XsPlatformHttp *http, guint grace_s)
{
  gint64 end_us = g_get_monotonic_time () + grace_s * (gint64) G_USEC_PER_SEC;
  MHD_socket listener = MHD_quiesce_daemon (http->daemon);

  if (listener != MHD_INVALID_SOCKET)
    close (listener);
  g_atomic_int_set (&http->stopping, TRUE);
  xs_platform_waits_stop (http->waits);
  g_mutex_lock (&http->mutex);
  while (http->n_running > 0 && g_cond_wait_until (&http->idle, &http->mutex, end_us))
    ;
  g_mutex_unlock (&http->mutex);
  MHD_stop_daemon (http->daemon);
  http_free (http);
}
