/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-http.h"

G_BEGIN_DECLS

/**
 * XsPlatformMonitor: GET /metrics, for whoever watches the platform, on an address of its own: what it tells is not for
 * kiosks.
 */
typedef struct _XsPlatformMonitor XsPlatformMonitor;

/**
 * xs_platform_monitor_start: @address: numeric; @port: 0 for any; @metrics must outlive it
 * @error: XS_ERROR_IO, XS_ERROR_INVALID
 */
XsPlatformMonitor *xs_platform_monitor_start (XsPlatformMetrics *metrics, const char *address, guint16 port,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_monitor_get_port: the one that is listened on. */
guint16 xs_platform_monitor_get_port (XsPlatformMonitor *monitor);
void xs_platform_monitor_stop (XsPlatformMonitor *monitor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformMonitor, xs_platform_monitor_stop)

G_END_DECLS
