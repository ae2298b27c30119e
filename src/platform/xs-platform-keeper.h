/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"

G_BEGIN_DECLS

/**
 * XsPlatformKeeper: the thread of a server on which photos are filed, and once a day removed as the policy says;
 * nothing that a kiosk waits for.
 */
typedef struct _XsPlatformKeeper XsPlatformKeeper;

/** xs_platform_keeper_start: begin with what was left when the last server ended. @storage: must outlive it */
XsPlatformKeeper *xs_platform_keeper_start (XsPlatformStorage *storage);
/** xs_platform_keeper_wake: there is something new to file. Any thread. */
void xs_platform_keeper_wake (XsPlatformKeeper *keeper);
/** xs_platform_keeper_stop: after the photo that is being filed. NULL is fine. */
void xs_platform_keeper_stop (XsPlatformKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformKeeper, xs_platform_keeper_stop)

G_END_DECLS
