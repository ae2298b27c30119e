/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-http.h"
#include "xs-platform-storage.h"

G_BEGIN_DECLS

/** XsPlatformServer: a storage being served. */
typedef struct _XsPlatformServer XsPlatformServer;

/**
 * xs_platform_server_start: lock the storage and serve it on threads of its own.
 * @storage: must outlive the server
 * @error: XS_ERROR_BUSY when another process serves it, XS_ERROR_IO when the address cannot be had
 */
XsPlatformServer *xs_platform_server_start (XsPlatformStorage *storage, const XsPlatformHttpOptions *options,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_server_get_url: (transfer none): "http://ADDRESS:PORT", or "https://…" */
const char *xs_platform_server_get_url (XsPlatformServer *server);
/**
 * xs_platform_server_get_metrics: (transfer none): to add gauges to; read with XsPlatformMonitor, as long as the server
 * lives.
 */
XsPlatformMetrics *xs_platform_server_get_metrics (XsPlatformServer *server);
/** xs_platform_server_get_waits: (transfer none): to wake requests that wait, on any thread, until it is stopped. */
XsPlatformWaits *xs_platform_server_get_waits (XsPlatformServer *server);
/** xs_platform_server_tidy: remove uploads nobody went on with; to be called now and then. */
void xs_platform_server_tidy (XsPlatformServer *server);

/** How long running requests have to end when nobody says otherwise. */
#define XS_PLATFORM_STOP_GRACE_S 10
/** xs_platform_server_stop: accept nothing more, let running requests end, then stop and free. NULL is fine. */
void xs_platform_server_stop (XsPlatformServer *server);
/** xs_platform_server_stop_within: the same, with another time for running requests. */
void xs_platform_server_stop_within (XsPlatformServer *server, guint grace_s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformServer, xs_platform_server_stop)

G_END_DECLS
