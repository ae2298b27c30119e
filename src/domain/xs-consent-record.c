/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-consent-record.h"

gboolean
xs_consent_is_later (const XsConsent *a, const XsConsent *b)
{
  if (a->wall_us != b->wall_us)
    return a->wall_us > b->wall_us;
  return a->text_version == 0 && b->text_version != 0;
}

gint64
xs_consent_next_wall_us (const XsConsent *known, gint64 now_us)
{
  return MAX (now_us, known->wall_us + 1);
}
