/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-health.h"
#include "xs-platform-http.h"
#include "xs-platform-keeper.h"
#include "xs-platform-storage.h"

G_BEGIN_DECLS

/** XsPlatformRoutes: the protocol of docs/protocol.md over a storage. */
typedef struct _XsPlatformRoutes XsPlatformRoutes;

/**
 * xs_platform_routes_new: @keeper is woken by each log. All three must outlive it.
 * @requests_per_minute: that one device may make; 0: no limit
 */
XsPlatformRoutes *xs_platform_routes_new (XsPlatformStorage *storage, XsPlatformKeeper *keeper,
                                          XsPlatformHealth *health, guint requests_per_minute);
/**
 * xs_platform_routes_describe: (transfer full): "METHOD PATH" of every route, NULL-terminated; a path that ends in '/'
 * has one more part.
 */
char **xs_platform_routes_describe (void);
void xs_platform_routes_free (XsPlatformRoutes *routes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformRoutes, xs_platform_routes_free)

/** xs_platform_routes_get_handler: for xs_platform_http_start(); @routes must outlive the server. */
XsPlatformHandler xs_platform_routes_get_handler (XsPlatformRoutes *routes);

G_END_DECLS
