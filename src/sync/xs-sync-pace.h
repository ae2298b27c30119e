/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XsSyncPace: a token bucket for what is uploaded: never more than its rate times the time since it was made, and after
 * a pause never more than a second's worth at once. Reference counted; it and its streams belong to one thread.
 */
typedef struct _XsSyncPace XsSyncPace;

/** xs_sync_pace_new: (transfer full): @bytes_s > 0 */
XsSyncPace *xs_sync_pace_new (XsClock *clock, gint64 bytes_s);
XsSyncPace *xs_sync_pace_ref (XsSyncPace *pace);
void xs_sync_pace_unref (XsSyncPace *pace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSyncPace, xs_sync_pace_unref)

/**
 * xs_sync_pace_take: take tokens for up to @wanted > 0 bytes.
 * @wait_us: (out): when nothing was given: after how long to ask again
 * Returns: how many bytes may go now; 0 rather than a few, so that packets stay whole
 */
gsize xs_sync_pace_take (XsSyncPace *pace, gsize wanted, gint64 *wait_us);

/** xs_sync_pace_open: (transfer full): a stream that gives @bytes out as @pace allows; to be read asynchronously. */
GInputStream *xs_sync_pace_open (XsSyncPace *pace, GBytes *bytes);

G_END_DECLS
