/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sync-private.h"

G_BEGIN_DECLS

/**
 * XsSyncFeed: follows what the platform says of this kiosk's logs, by one request that waits there until there is news.
 * The journal keeps it, and XsStore::changed tells. It goes on by itself whatever happens to the way, with jitter, and
 * holds nothing else up: it has a thread and a connection of its own.
 */
typedef struct _XsSyncFeed XsSyncFeed;

/** xs_sync_feed_new: begins at once. */
XsSyncFeed *xs_sync_feed_new (XsStore *store, XsClock *clock, const XsSyncTiming *timing);
/** xs_sync_feed_free: what is under way is cancelled. NULL is fine. */
void xs_sync_feed_free (XsSyncFeed *feed);

G_END_DECLS
