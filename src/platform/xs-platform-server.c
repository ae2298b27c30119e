/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-server.h"

#include "xs-platform-audit.h"
#include "xs-platform-fleet-metrics.h"
#include "xs-platform-health.h"
#include "xs-platform-herald.h"
#include "xs-platform-routes.h"
#include "xs-platform-uploads.h"

#include <string.h>

struct _XsPlatformServer {
  XsPlatformStorage *storage;
  XsPlatformKeeper *keeper;
  XsPlatformHealth *health;
  XsPlatformRoutes *routes;
  XsPlatformHttp *http;
  XsPlatformHerald *herald;
  XsPlatformFleetMetrics *fleet;
  char *url;
};

static double
count_photos (gpointer data)
{
  gint64 photos, logs;

  xs_platform_health_count (data, &photos, &logs);
  return (double) photos;
}

static double
count_logs (gpointer data)
{
  gint64 photos, logs;

  xs_platform_health_count (data, &photos, &logs);
  return (double) logs;
}

static double
count_audit_backlog (gpointer data)
{
  gint64 count;

  return xs_platform_audit_count_waiting (data, &count, NULL) ? (double) count : -1;
}

static double
is_ready (gpointer data)
{
  return xs_platform_health_check (data, NULL) ? 1 : 0;
}

XsPlatformServer *
xs_platform_server_start (XsPlatformStorage *storage, const XsPlatformHttpOptions *options, GError **error)
{
  if (!xs_platform_storage_lock (storage, error))
    return NULL;

  g_autoptr (XsPlatformKeeper) keeper = xs_platform_keeper_start (storage);
  g_autoptr (XsPlatformHealth) health = xs_platform_health_new (storage);
  g_autoptr (XsPlatformRoutes) routes =
    xs_platform_routes_new (storage, keeper, health, options->device_requests_per_minute);
  XsPlatformHandler handler = xs_platform_routes_get_handler (routes);
  XsPlatformHttp *http = xs_platform_http_start (options, &handler, error);
  if (http == NULL)
    return NULL;

  XsPlatformServer *server = g_new0 (XsPlatformServer, 1);
  XsPlatformMetrics *metrics = xs_platform_http_get_metrics (http);
  gboolean is_ipv6 = strchr (options->address, ':') != NULL;
  xs_platform_metrics_add_gauge (metrics, "xueshi_photos", "Stored photos.", count_photos, health);
  xs_platform_metrics_add_gauge (metrics, "xueshi_logs", "Stored teaching logs.", count_logs, health);
  xs_platform_metrics_add_gauge (metrics, "xueshi_audit_backlog", "Logs that wait for an auditor.", count_audit_backlog,
                                 storage);
  xs_platform_metrics_add_gauge (metrics, "xueshi_ready", "1 when the platform can store what comes.", is_ready,
                                 health);
  server->fleet = xs_platform_fleet_metrics_new (storage, metrics);
  server->storage = storage;
  server->keeper = g_steal_pointer (&keeper);
  server->health = g_steal_pointer (&health);
  server->routes = g_steal_pointer (&routes);
  server->http = http;
  server->herald = xs_platform_herald_start (storage, xs_platform_http_get_waits (http));
  server->url = g_strdup_printf ("%s://%s%s%s:%u", options->tls != NULL ? "https" : "http", is_ipv6 ? "[" : "",
                                 options->address, is_ipv6 ? "]" : "", xs_platform_http_get_port (http));
  return server;
}

const char *
xs_platform_server_get_url (XsPlatformServer *server)
{
  return server->url;
}

XsPlatformMetrics *
xs_platform_server_get_metrics (XsPlatformServer *server)
{
  return xs_platform_http_get_metrics (server->http);
}

XsPlatformWaits *
xs_platform_server_get_waits (XsPlatformServer *server)
{
  return xs_platform_http_get_waits (server->http);
}

void
xs_platform_server_tidy (XsPlatformServer *server)
{
  g_autoptr (GError) error = NULL;

  if (!xs_platform_uploads_tidy (xs_platform_storage_get_incoming_dir (server->storage), FALSE, &error))
    g_message ("Cannot tidy up after uploads: %s", error->message);
}

void
xs_platform_server_stop_within (XsPlatformServer *server, guint grace_s)
{
  if (server == NULL)
    return;
  xs_platform_herald_stop (server->herald);
  xs_platform_http_stop (server->http, grace_s);
  xs_platform_routes_free (server->routes);
  xs_platform_health_free (server->health);
  xs_platform_fleet_metrics_free (server->fleet);
  xs_platform_keeper_stop (server->keeper);
  g_free (server->url);
  g_free (server);
}

void
xs_platform_server_stop (XsPlatformServer *server)
{
  xs_platform_server_stop_within (server, XS_PLATFORM_STOP_GRACE_S);
}
