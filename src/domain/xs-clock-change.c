/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-clock-change.h"

XsClockChange
xs_clock_change (const XsClockLook *before, const XsClockLook *now, gint64 max_gap_us)
{
  gint64 awake_us = now->monotonic_us - before->monotonic_us;
  gint64 ran_us = now->boottime_us - before->boottime_us;
  gint64 slept_us = ran_us - awake_us;
  gint64 stepped_us = now->wall_us - before->wall_us - ran_us;
  XsClockChange change = { .zone_us = now->zone_us - before->zone_us };

  if (slept_us > max_gap_us)
    change.slept_us = slept_us;
  if (ABS (stepped_us) > XS_WALL_STEP_US)
    change.stepped_us = stepped_us;
  if (change.slept_us == 0 && change.stepped_us == 0 && awake_us > max_gap_us)
    change.stood_us = awake_us;
  return change;
}
