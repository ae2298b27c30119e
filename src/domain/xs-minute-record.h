/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-hour-counter.h"

G_BEGIN_DECLS

/*
 * The minutes of a segment, counted from its start: minute n is [start + n * 60 s, start + (n + 1) * 60 s) on the
 * counter's time line. The last one may be cut short by the segment's end. Pure.
 */

#define XS_MINUTE_US (60 * (gint64) G_USEC_PER_SEC)

/** XsMinute: one minute as the counter saw it; XsMinuteRecord of xs-teaching-log.h is its stored form. */
typedef struct {
  guint index; /* from 0 */
  gint64
    wall_end_us; /* wall clock at its end, reckoned from the segment's start: neither wall steps nor sleep move it */
  gint64 credited_us; /* 0 … XS_MINUTE_US */
  gboolean normal;    /* credited_us reaches policy.minute_normal_s */
} XsMinute;

/** xs_minute_count: how many minutes [@start_us, @end_us) touches; 0 when it is empty. */
guint xs_minute_count (gint64 start_us, gint64 end_us);

/**
 * xs_minute_get: minute @index of a segment.
 * @start_us: the segment's start on the counter's time line
 * @start_wall_us: wall clock at @start_us
 * @end_us: the segment's end, or how far it has come: the minute is cut there
 * @index: below xs_minute_count()
 *
 * Costs a search in the counter's stretches, so that the running minute can be stored every second.
 */
XsMinute xs_minute_get (const XsHourCounter *counter, const XsPolicy *policy, gint64 start_us, gint64 start_wall_us,
                        gint64 end_us, guint index);

/** xs_minutes_list: (transfer full) (element-type XsMinute): all minutes of a segment, see xs_minute_get(). */
GArray *xs_minutes_list (const XsHourCounter *counter, const XsPolicy *policy, gint64 start_us, gint64 start_wall_us,
                         gint64 end_us);

G_END_DECLS
