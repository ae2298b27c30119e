/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sync.h"
#include "xs-sync-request.h"

G_BEGIN_DECLS

/** XsSyncTiming: every wait of this room. Only tests use others than XS_SYNC_TIMING_DEFAULT. */
typedef struct {
  XsSyncTimeouts timeouts;
  gint64 backoff_base_us; /* see XsBackoff; for the connection, and for each item by itself */
  gint64 backoff_cap_us;
  gint64 unauthorized_us;   /* how often a refused device asks again */
  gint64 refresh_us;        /* how often policy and roster are looked at while all is well */
  gint64 network_spread_us; /* after network or PC came back, start at a random moment within this */
  gint64 watch_us;          /* how often to look whether the PC slept */
  gint64 change_us;         /* from a change of how the kiosk is to the report of it */
  guint debounce_ms;        /* from the first change of the journal to the look at the outbox */
} XsSyncTiming;

/** So many times as long are the pauses between looks at the platform when it says that its load is 100. */
#define XS_SYNC_LOAD_STRETCH 4.0

#define XS_SYNC_TIMING_DEFAULT                                                                                         \
  ((XsSyncTiming){                                                                                                     \
    .timeouts = { .silence_s = 20, .total_s = 180 },                                                                   \
    .backoff_base_us = 2 * (gint64) G_USEC_PER_SEC,                                                                    \
    .backoff_cap_us = 300 * (gint64) G_USEC_PER_SEC,                                                                   \
    .unauthorized_us = 600 * (gint64) G_USEC_PER_SEC,                                                                  \
    .refresh_us = 300 * (gint64) G_USEC_PER_SEC,                                                                       \
    .network_spread_us = 3 * (gint64) G_USEC_PER_SEC,                                                                  \
    .watch_us = 10 * (gint64) G_USEC_PER_SEC,                                                                          \
    .change_us = 30 * (gint64) G_USEC_PER_SEC,                                                                         \
    .debounce_ms = 500,                                                                                                \
  })

/** xs_sync_set_timing: before xs_sync_start() and any pass. */
void xs_sync_set_timing (XsSync *self, const XsSyncTiming *timing);

G_END_DECLS
