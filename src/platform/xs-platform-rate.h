/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * XsPlatformRate: how often each device may ask: a bucket for each that holds one minute's requests and fills
 * evenly, so that a backlog goes in one stretch and then at that pace. May be used on any thread.
 */
typedef struct _XsPlatformRate XsPlatformRate;

/** xs_platform_rate_new: @per_minute: 0: as often as it likes */
XsPlatformRate *xs_platform_rate_new (guint per_minute);
void xs_platform_rate_free (XsPlatformRate *rate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformRate, xs_platform_rate_free)

/**
 * xs_platform_rate_take: one request of the device @id.
 * @now_us: monotonic
 * Returns: 0 when it may pass, else in how many seconds to come again, at least 1
 */
guint xs_platform_rate_take (XsPlatformRate *rate, gint64 id, gint64 now_us);

G_END_DECLS
