/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-store.h"

G_BEGIN_DECLS

/** XsSyncState: what the connection to the platform is doing. */
typedef enum {
  XS_SYNC_UNPAIRED,
  XS_SYNC_IDLE, /* the last exchange went well */
  XS_SYNC_WORKING,
  XS_SYNC_OFFLINE,      /* the last exchange failed; it is tried again by itself */
  XS_SYNC_UNAUTHORIZED, /* the platform does not know this device: staff must pair it again */
} XsSyncState;

/**
 * XsSync: keeps the journal and the platform in step: drains the outbox, refreshes policy, roster and registration
 * photos. Main-context object; HTTP is asynchronous and the journal is reached through XsStore, so it never blocks.
 *
 * Woken by new work (XsStore::changed), network changes, the end of a sleep of the PC and its own timer; every failed
 * pass arms the next with full jitter. Signal "changed": state or refreshed data changed. Signal "refreshed": policy or
 * roster is new.
 */
#define XS_TYPE_SYNC (xs_sync_get_type ())
G_DECLARE_FINAL_TYPE (XsSync, xs_sync, XS, SYNC, GObject)

/** xs_sync_new: (transfer full): keeps references on both. Before xs_sync_start() it works only when asked. */
XsSync *xs_sync_new (XsStore *store, XsClock *clock);
/** xs_sync_start: begin to work in the background; harmless when not paired yet. */
void xs_sync_start (XsSync *self);
/** xs_sync_follow_verdicts: keep what the platform says of this kiosk's logs, at once, until xs_sync_stop(). */
void xs_sync_follow_verdicts (XsSync *self);
/** xs_sync_stop: cancel what is under way and do nothing more. */
void xs_sync_stop (XsSync *self);
XsSyncState xs_sync_get_state (XsSync *self);
/** xs_sync_get_settled_state: what the last exchange found, also while another is under way; never XS_SYNC_WORKING. */
XsSyncState xs_sync_get_settled_state (XsSync *self);
/** xs_sync_get_error: (transfer none) (nullable): of the last failed exchange. */
const GError *xs_sync_get_error (XsSync *self);
/** xs_sync_get_error_message: (nullable): its message. */
const char *xs_sync_get_error_message (XsSync *self);
/**
 * xs_sync_get_next_wall_us: when something of what waits is tried next: not before it is due, nor before the pause ends
 * that a failure made. New work does not shorten it; the network coming back may.
 * @status: what waits, as the journal says it
 * Returns: 0 when that is now, or nothing waits that may be sent
 */
gint64 xs_sync_get_next_wall_us (XsSync *self, const XsOutboxStatus *status);
/** xs_sync_get_connected_wall_us: when the platform last answered all that was asked; 0: not since the start. */
gint64 xs_sync_get_connected_wall_us (XsSync *self);
/**
 * xs_sync_get_clock_ahead: how far the platform's clock is ahead of this PC's, as of the last exchange and to about a
 * second; a step of the PC's clock since then is reckoned in.
 * Returns: FALSE while it is not known
 */
gboolean xs_sync_get_clock_ahead (XsSync *self, gint64 *ahead_us);

/**
 * xs_sync_pair_async: exchange a one-time code for an identity and store it.
 * @url: base URL of the platform, http:// or https://
 * @error of finish: XS_ERROR_NETWORK, XS_ERROR_REJECTED (code unknown, used or expired), XS_ERROR_INVALID
 */
void xs_sync_pair_async (XsSync *self, const char *url, const char *code, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_sync_pair_finish (XsSync *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_sync_pass_async: one whole pass now: refresh, then drain the outbox until nothing is due.
 * Completes without error when everything due was answered (also by rejections).
 */
void xs_sync_pass_async (XsSync *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_sync_pass_finish (XsSync *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_sync_ask: a pass now, to know how it stands; but not in a pause that the platform has asked for. */
void xs_sync_ask (XsSync *self);

G_END_DECLS
