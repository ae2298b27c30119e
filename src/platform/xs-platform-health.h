/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"

G_BEGIN_DECLS

/** Below this much free disk the platform says that it is not ready: the database needs room to go on. */
#define XS_PLATFORM_DISK_RESERVE_BYTES (64 * (gint64) 1024 * 1024)

/**
 * XsPlatformHealth: whether a storage can take what comes. What was found out stands for a while, so that asking often
 * costs nothing. Every function may be called on any thread.
 */
typedef struct _XsPlatformHealth XsPlatformHealth;

/** xs_platform_health_new: @storage must outlive it */
XsPlatformHealth *xs_platform_health_new (XsPlatformStorage *storage);
void xs_platform_health_free (XsPlatformHealth *health);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformHealth, xs_platform_health_free)

/**
 * xs_platform_health_check: whether the database can be written and the disk has room; looked at every two seconds.
 * @error: XS_ERROR_NO_SPACE, or what the database says
 */
gboolean xs_platform_health_check (XsPlatformHealth *health, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_health_count: how many photos and logs are stored; counted once a minute. -1 while it cannot be told. */
void xs_platform_health_count (XsPlatformHealth *health, gint64 *photos, gint64 *logs);

G_END_DECLS
