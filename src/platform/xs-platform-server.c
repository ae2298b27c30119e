/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-server.h"

#include "xs-platform-routes.h"

#include <string.h>

#define STOP_GRACE_S 10

struct _XsPlatformServer {
  XsPlatformKeeper *keeper;
  XsPlatformRoutes *routes;
  XsPlatformHttp *http;
  char *url;
};

XsPlatformServer *
xs_platform_server_start (XsPlatformStorage *storage, const XsPlatformHttpOptions *options, GError **error)
{
  if (!xs_platform_storage_lock (storage, error))
    return NULL;

  g_autoptr (XsPlatformKeeper) keeper = xs_platform_keeper_start (storage);
  g_autoptr (XsPlatformRoutes) routes = xs_platform_routes_new (storage, keeper);
  XsPlatformHandler handler = xs_platform_routes_get_handler (routes);
  XsPlatformHttp *http = xs_platform_http_start (options, &handler, error);
  if (http == NULL)
    return NULL;

  XsPlatformServer *server = g_new0 (XsPlatformServer, 1);
  gboolean is_ipv6 = strchr (options->address, ':') != NULL;
  server->keeper = g_steal_pointer (&keeper);
  server->routes = g_steal_pointer (&routes);
  server->http = http;
  server->url = g_strdup_printf ("http://%s%s%s:%u", is_ipv6 ? "[" : "", options->address, is_ipv6 ? "]" : "",
                                 xs_platform_http_get_port (http));
  return server;
}

const char *
xs_platform_server_get_url (XsPlatformServer *server)
{
  return server->url;
}

XsPlatformWaits *
xs_platform_server_get_waits (XsPlatformServer *server)
{
  return xs_platform_http_get_waits (server->http);
}

void
xs_platform_server_stop (XsPlatformServer *server)
{
  if (server == NULL)
    return;
  xs_platform_http_stop (server->http, STOP_GRACE_S);
  xs_platform_routes_free (server->routes);
  xs_platform_keeper_stop (server->keeper);
  g_free (server->url);
  g_free (server);
}
