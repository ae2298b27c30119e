/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-backoff.h"
#include "xs-sync-private.h"

G_BEGIN_DECLS

/*
 * The work itself, in a straight line: called on a thread of its own, which it may block. It reaches the journal
 * through the store's thread and the platform through a session that lives as long as the call.
 */

/** XsSyncPass: one pass: what to do, and how it went. */
typedef struct {
  XsStore *store;
  XsClock *clock;
  XsSyncTiming timing;
  gboolean refresh;  /* look at policy, roster and registration photos first */
  gboolean make_due; /* what was postponed is tried again now */
  XsBackoff backoff; /* (inout): of the connection */
  guint32 seed;      /* of the jitter */

  gboolean paired;       /* (out) */
  gboolean connected;    /* (out): the platform answers; what is left over has its own times */
  gboolean refreshed;    /* (out): policy or roster is new */
  gboolean refresh_done; /* (out): policy and roster were looked at, and are as the platform has them */
  gboolean cut_short;    /* (out): policy and roster are to be looked at again before the rest is sent */
  gboolean clock_known;  /* (out): @clock_ahead_us was measured */
  gint64 clock_ahead_us; /* (out): the platform's clock against ours */
  guint load;            /* (out): how busy the platform is, 0 to 100 */
  gint64 wait_us;        /* (out): when to try again by itself; 0 when nothing asks for it */
  gboolean told_to_wait; /* (out): @wait_us is the platform's wish, and must be kept to */
} XsSyncPass;

/**
 * xs_sync_pass_run: one pass, from beginning to end, on this thread.
 * @error: XS_ERROR_NOT_FOUND when the kiosk is not paired, XS_ERROR_UNAUTHORIZED, XS_ERROR_CANCELLED,
 *   XS_ERROR_NETWORK when something is left that has to be tried again, or an error of the journal
 */
gboolean xs_sync_pass_run (XsSyncPass *pass, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_sync_pair_run: the exchange of xs_sync_pair_async(), on this thread. */
gboolean xs_sync_pair_run (XsStore *store, XsClock *clock, const XsSyncTimeouts *timeouts, const char *url,
                           const char *code, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
