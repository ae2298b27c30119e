/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-minute-record.h"

guint
xs_minute_count (gint64 start_us, gint64 end_us)
{
  if (end_us <= start_us)
    return 0;

  return (guint) ((end_us - start_us + XS_MINUTE_US - 1) / XS_MINUTE_US);
}

XsMinute
xs_minute_get (const XsHourCounter *counter, const XsPolicy *policy, gint64 start_us, gint64 start_wall_us,
               gint64 end_us, guint index)
{
  gint64 t0_us = start_us + index * XS_MINUTE_US;
  gint64 t1_us = MIN (t0_us + XS_MINUTE_US, end_us);
  gint64 credited_us = xs_hour_counter_credited_between_us (counter, t0_us, t1_us);

  return (XsMinute){
    .index = index,
    .wall_end_us = start_wall_us + (t1_us - start_us),
    .credited_us = credited_us,
    .normal = credited_us >= policy->minute_normal_s * G_USEC_PER_SEC,
  };
}

GArray *
xs_minutes_list (const XsHourCounter *counter, const XsPolicy *policy, gint64 start_us, gint64 start_wall_us,
                 gint64 end_us)
{
  guint n = xs_minute_count (start_us, end_us);
  GArray *minutes = g_array_sized_new (FALSE, FALSE, sizeof (XsMinute), n);

  for (guint i = 0; i < n; i++)
    {
      XsMinute minute = xs_minute_get (counter, policy, start_us, start_wall_us, end_us, i);

      g_array_append_val (minutes, minute);
    }

  return minutes;
}
