/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-monitor.h"

#include <string.h>

#define CONNECTIONS_MAX 16

struct _XsPlatformMonitor {
  XsPlatformMetrics *metrics;
  XsPlatformHttp *http;
};

static void
answer (XsPlatformResponse *response, guint status, char *text)
{
  response->status = status;
  response->type = "text/plain; version=0.0.4; charset=utf-8";
  response->body = g_bytes_new_take (text, strlen (text));
}

static void
fail (XsPlatformRequest *request, XsPlatformResponse *response, guint status, const char *message, gpointer user_data)
{
  answer (response, status, g_strdup (message));
}

static void
begin (XsPlatformRequest *request, XsPlatformResponse *response, gpointer user_data)
{
  if (strcmp (request->path, "/metrics") != 0 || strcmp (request->method, "GET") != 0)
    fail (request, response, 404, "Only GET /metrics is here\n", user_data);
}

static void
finish (XsPlatformRequest *request, XsPlatformResponse *response, gpointer user_data)
{
  XsPlatformMonitor *monitor = user_data;

  answer (response, 200, xs_platform_metrics_print (monitor->metrics));
}

XsPlatformMonitor *
xs_platform_monitor_start (XsPlatformMetrics *metrics, const char *address, guint16 port, GError **error)
{
  g_autofree XsPlatformMonitor *monitor = g_new0 (XsPlatformMonitor, 1);
  XsPlatformHttpOptions options = XS_PLATFORM_HTTP_OPTIONS_DEFAULT;
  XsPlatformHandler handler = { .begin = begin, .finish = finish, .fail = fail, .user_data = monitor };

  options.address = address;
  options.port = port;
  options.threads = 1;
  options.max_connections = CONNECTIONS_MAX;
  options.max_connections_per_address = 0;
  options.access_log = FALSE;
  monitor->metrics = metrics;
  monitor->http = xs_platform_http_start (&options, &handler, error);
  return monitor->http != NULL ? g_steal_pointer (&monitor) : NULL;
}

guint16
xs_platform_monitor_get_port (XsPlatformMonitor *monitor)
{
  return xs_platform_http_get_port (monitor->http);
}

void
xs_platform_monitor_stop (XsPlatformMonitor *monitor)
{
  if (monitor == NULL)
    return;
  xs_platform_http_stop (monitor->http, 0);
  g_free (monitor);
}
