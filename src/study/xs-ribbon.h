/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-hour-counter.h"

G_BEGIN_DECLS

/**
 * xs_ribbon_list: (transfer full) (element-type XsStretch): the time of a session so far, in order and without gaps:
 * what counted has XS_PAUSE_NONE, all else its reason. What is still pending is not in it. O(stretches).
 */
GArray *xs_ribbon_list (const XsHourCounter *counter);
/** xs_ribbon_sum: µs by XsPause; those of XS_PAUSE_NONE counted. */
void xs_ribbon_sum (const GArray *ribbon, gint64 sums_us[XS_PAUSE_STARTING + 1]);

G_END_DECLS
