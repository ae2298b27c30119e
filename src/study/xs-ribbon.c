/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-ribbon.h"

GArray *
xs_ribbon_list (const XsHourCounter *counter)
{
  const GArray *credited = xs_hour_counter_stretches (counter), *paused = xs_hour_counter_pauses (counter);
  GArray *ribbon = g_array_sized_new (FALSE, FALSE, sizeof (XsStretch), credited->len + paused->len);
  guint c = 0, p = 0;

  while (c < credited->len || p < paused->len)
    {
      const XsStretch *next = c < credited->len ? &g_array_index (credited, XsStretch, c) : NULL;
      const XsStretch *pause = p < paused->len ? &g_array_index (paused, XsStretch, p) : NULL;

      if (next == NULL || (pause != NULL && pause->t0_us < next->t0_us))
        next = pause;
      if (next == pause)
        p++;
      else
        c++;
      g_array_append_val (ribbon, *next);
    }
  return ribbon;
}

void
xs_ribbon_sum (const GArray *ribbon, gint64 sums_us[XS_PAUSE_STARTING + 1])
{
  for (XsPause pause = XS_PAUSE_NONE; pause <= XS_PAUSE_STARTING; pause++)
    sums_us[pause] = 0;
  for (guint i = 0; i < ribbon->len; i++)
    {
      const XsStretch *stretch = &g_array_index (ribbon, XsStretch, i);
      sums_us[stretch->pause] += stretch->t1_us - stretch->t0_us;
    }
}
