/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

struct MHD_Connection;

/**
 * XsPlatformWaits: requests that are held back until something happens, on no thread: 2,000 kiosks that wait for a
 * verdict cost 2,000 connections and nothing else. Used by xs-platform-http.c; handlers wait by leaving
 * XsPlatformResponse.status 0 and filling in its wait_key and wait_us, and whoever has news calls
 * xs_platform_waits_wake(). Every function may be called on any thread.
 */
typedef struct _XsPlatformWaits XsPlatformWaits;

/** Room for a key, with its NUL. */
#define XS_PLATFORM_WAIT_KEY_BYTES 64

XsPlatformWaits *xs_platform_waits_new (void);
/** xs_platform_waits_free: once nothing waits any more. */
void xs_platform_waits_free (XsPlatformWaits *waits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformWaits, xs_platform_waits_free)

/**
 * xs_platform_waits_wake: something new for @key: every request that waits for it looks again.
 * @key: (nullable): NULL wakes all
 */
void xs_platform_waits_wake (XsPlatformWaits *waits, const char *key);
/** xs_platform_waits_count: how many wait now. */
guint xs_platform_waits_count (XsPlatformWaits *waits);

/** xs_platform_waits_get_ticket: to be taken before looking for news; see xs_platform_waits_suspend(). */
guint64 xs_platform_waits_get_ticket (XsPlatformWaits *waits);
/**
 * xs_platform_waits_suspend: hold @connection back until @key is woken or @wait_us have passed. Only inside of MHD's
 * access handler of that connection.
 * @ticket: from before the look that found nothing: what came since must not be slept through
 * @timed_out: (out): set before the connection goes on, when nothing came in time or the server stops
 * Returns: FALSE when it must look again at once instead; with @timed_out set when it must not wait any more
 */
gboolean xs_platform_waits_suspend (XsPlatformWaits *waits, struct MHD_Connection *connection, const char *key,
                                    gint64 wait_us, guint64 ticket, gboolean *timed_out);
/** xs_platform_waits_stop: let all go on as timed out, and hold back none from now on. */
void xs_platform_waits_stop (XsPlatformWaits *waits);

G_END_DECLS
