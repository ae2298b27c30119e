/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sync-private.h"

G_BEGIN_DECLS

/**
 * XsSyncWake: notices when the way to the platform may be free again though no timer says so: the network changed, or
 * the PC woke from sleep, during which timers stand still. Plain struct of the thread-default main context it was made
 * on.
 */
typedef struct _XsSyncWake XsSyncWake;

/** XsSyncWakeFunc: some time within the timing's network_spread_us after it was noticed; @data is the one given. */
typedef void (*XsSyncWakeFunc) (gpointer data);

/** xs_sync_wake_new: (transfer full). @clock and @rand: (transfer none): must outlive it */
XsSyncWake *xs_sync_wake_new (XsClock *clock, const XsSyncTiming *timing, GRand *rand, XsSyncWakeFunc func,
                              gpointer data);
/** xs_sync_wake_free: @func is not called any more. */
void xs_sync_wake_free (XsSyncWake *wake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSyncWake, xs_sync_wake_free)

G_END_DECLS
