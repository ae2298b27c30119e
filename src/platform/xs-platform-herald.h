/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"
#include "xs-platform-waits.h"

G_BEGIN_DECLS

/**
 * XsPlatformHerald: wakes the kiosks that wait for verdicts as soon as one was given, by whichever process. On a thread
 * of its own.
 */
typedef struct _XsPlatformHerald XsPlatformHerald;

/** xs_platform_herald_start: both outlive it. */
XsPlatformHerald *xs_platform_herald_start (XsPlatformStorage *storage, XsPlatformWaits *waits);
void xs_platform_herald_stop (XsPlatformHerald *herald);

G_END_DECLS
