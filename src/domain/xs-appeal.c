/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-appeal.h"

#include <glib/gi18n-lib.h>

static const struct {
  const char *nick;
  const char *title;
} reasons[XS_N_APPEALS] = {
  [XS_APPEAL_WAS_PRESENT] = { "was_present", N_ ("I was there and studied all the time") },
  [XS_APPEAL_PHOTO_IS_ME] = { "photo_is_me", N_ ("The photo does show me") },
  [XS_APPEAL_CAMERA] = { "camera", N_ ("The camera or the light was at fault") },
  [XS_APPEAL_PC] = { "pc", N_ ("The PC, the power or the network failed") },
  [XS_APPEAL_OTHER] = { "other", N_ ("Something else") },
};

const char *
xs_appeal_nick (XsAppealReason reason)
{
  g_return_val_if_fail ((guint) reason < XS_N_APPEALS, NULL);

  return reasons[reason].nick;
}

gboolean
xs_appeal_from_nick (const char *nick, XsAppealReason *reason)
{
  for (guint i = 0; i < XS_N_APPEALS; i++)
    {
      if (g_strcmp0 (nick, reasons[i].nick) == 0)
        {
          *reason = (XsAppealReason) i;
          return TRUE;
        }
    }
  return FALSE;
}

const char *
xs_appeal_title (XsAppealReason reason)
{
  g_return_val_if_fail ((guint) reason < XS_N_APPEALS, NULL);

  return _ (reasons[reason].title);
}
