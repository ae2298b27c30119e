/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-teaching-log.h"

static const char *const sign_out_nicks[] = {
  [XS_SIGN_OUT_BY_LEARNER] = "by_learner",   [XS_SIGN_OUT_ABSENCE] = "absence",
  [XS_SIGN_OUT_INTERRUPTED] = "interrupted", [XS_SIGN_OUT_SEGMENT_FULL] = "segment_full",
  [XS_SIGN_OUT_DAILY_CAP] = "daily_cap",
};

const char *
xs_sign_out_nick (XsSignOut reason)
{
  g_return_val_if_fail ((guint) reason < G_N_ELEMENTS (sign_out_nicks), NULL);

  return sign_out_nicks[reason];
}

gboolean
xs_sign_out_from_nick (const char *nick, XsSignOut *reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (sign_out_nicks); i++)
    {
      if (g_strcmp0 (nick, sign_out_nicks[i]) == 0)
        {
          *reason = (XsSignOut) i;
          return TRUE;
        }
    }

  return FALSE;
}

XsTeachingLog *
xs_teaching_log_new (void)
{
  XsTeachingLog *log = g_new (XsTeachingLog, 1);

  xs_teaching_log_init (log);

  return log;
}

void
xs_teaching_log_init (XsTeachingLog *log)
{
  *log = (XsTeachingLog){ 0 };
  log->photos = g_array_new (FALSE, TRUE, sizeof (XsPhotoRecord));
  log->minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
}

void
xs_teaching_log_clear (XsTeachingLog *log)
{
  g_clear_pointer (&log->photos, g_array_unref);
  g_clear_pointer (&log->minutes, g_array_unref);
  *log = (XsTeachingLog){ 0 };
}

void
xs_teaching_log_free (XsTeachingLog *log)
{
  if (log == NULL)
    return;

  xs_teaching_log_clear (log);
  g_free (log);
}
