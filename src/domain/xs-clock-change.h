/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-clock.h"

G_BEGIN_DECLS

/** A wall clock that advances differently from boot time by more than this between two looks has stepped. */
#define XS_WALL_STEP_US (2 * (gint64) G_USEC_PER_SEC)

/** XsClockChange: what happened to the clocks between two looks; 0: it did not. */
typedef struct {
  gint64 slept_us;   /* the PC slept: boot time ran ahead of monotonic time by more than the largest gap */
  gint64 stepped_us; /* the wall clock was set: it ran apart from boot time by more than XS_WALL_STEP_US */
  gint64 stood_us;   /* neither, but the looks are further apart than the largest gap */
  gint64 zone_us;    /* the PC's zone moved so far east */
} XsClockChange;

/** xs_clock_change: @max_gap_us: policy.max_tick_gap_us */
XsClockChange xs_clock_change (const XsClockLook *before, const XsClockLook *now, gint64 max_gap_us);

G_END_DECLS
