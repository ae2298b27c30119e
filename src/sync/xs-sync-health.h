/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-run-book.h"
#include "xs-sync-private.h"
#include "xs-wire-device.h"

G_BEGIN_DECLS

/**
 * XsSyncHealth: tells the platform how this kiosk is, again and again, and sends what it noted of itself when the
 * school asks for that. On a thread and a connection of its own: nothing waits for it, and what fails is tried again.
 * Nothing of a learner is in it.
 *
 * What the school wants of the kiosk is kept in a small file for the programs that look after it: xs-sync-fleet.h.
 */
typedef struct _XsSyncHealth XsSyncHealth;

/** xs_sync_health_new: begins at once. @run: of this program; copied */
XsSyncHealth *xs_sync_health_new (XsStore *store, XsClock *clock, const XsSyncTiming *timing, const XsRunBook *run);
/** xs_sync_health_free: what is under way is cancelled. NULL is fine. */
void xs_sync_health_free (XsSyncHealth *health);
/**
 * xs_sync_health_set_ready: what the ready check says now; copied. A change is told soon.
 * @state: the worst of all: "ok", "warning", "not" or "unknown"
 * @items: "camera:ok" …
 * @camera: (nullable): trouble there is with the camera now, a word of docs/protocol.md
 */
void xs_sync_health_set_ready (XsSyncHealth *health, const char *state, const char *const *items, const char *camera);

G_END_DECLS
