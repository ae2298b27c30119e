/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-backoff.h"

void
xs_backoff_init (XsBackoff *backoff, gint64 base_us, gint64 cap_us)
{
  g_return_if_fail (base_us > 0 && cap_us >= base_us);

  *backoff = (XsBackoff){ .base_us = base_us, .cap_us = cap_us };
}

/* Doubling stops at the cap instead of shifting, so that no number of failures overflows. */
static gint64
ceiling_us (const XsBackoff *backoff)
{
  gint64 ceiling = backoff->base_us;

  for (guint i = 0; i < backoff->failures && ceiling < backoff->cap_us; i++)
    ceiling = ceiling > backoff->cap_us / 2 ? backoff->cap_us : ceiling * 2;
  return ceiling;
}

gint64
xs_backoff_fail (XsBackoff *backoff, GRand *rand, gint64 retry_after_us)
{
  gint64 spread_us = (gint64) (g_rand_double (rand) * (double) ceiling_us (backoff));

  if (backoff->failures < G_MAXUINT)
    backoff->failures++;
  return CLAMP (retry_after_us, 0, XS_BACKOFF_RETRY_AFTER_MAX_US) + spread_us;
}

void
xs_backoff_reset (XsBackoff *backoff)
{
  backoff->failures = 0;
}
