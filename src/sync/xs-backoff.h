/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** How long a wait may be that the platform asked for with Retry-After; a longer one is cut to this. */
#define XS_BACKOFF_RETRY_AFTER_MAX_US (3600 * (gint64) G_USEC_PER_SEC)

/**
 * XsBackoff: how long to wait after a failure: exponential with full jitter, so that the kiosks of a school that
 * lost their platform together do not come back together. Plain struct, needs no freeing.
 */
typedef struct {
  gint64 base_us; /* ceiling of the first wait, > 0 */
  gint64 cap_us;  /* ceiling of any wait, >= base_us */
  guint failures; /* in a row */
} XsBackoff;

void xs_backoff_init (XsBackoff *backoff, gint64 base_us, gint64 cap_us);

/**
 * xs_backoff_fail: one more failure in a row.
 * @rand: (transfer none): where the jitter comes from
 * @retry_after_us: what the platform asked for; 0 when it did not ask
 *
 * Returns: µs to wait: evenly spread over 0 … min (cap, base · 2^(failures before)). With @retry_after_us, never
 * less than that (cut to XS_BACKOFF_RETRY_AFTER_MAX_US), with the spread on top.
 */
gint64 xs_backoff_fail (XsBackoff *backoff, GRand *rand, gint64 retry_after_us);

/** xs_backoff_reset: it went well. */
void xs_backoff_reset (XsBackoff *backoff);

G_END_DECLS
