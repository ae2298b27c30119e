/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-teaching-log.h"

static const char *const sign_out_nicks[] = {
  [XS_SIGN_OUT_BY_LEARNER] = "by_learner",   [XS_SIGN_OUT_ABSENCE] = "absence",
  [XS_SIGN_OUT_INTERRUPTED] = "interrupted", [XS_SIGN_OUT_SEGMENT_FULL] = "segment_full",
  [XS_SIGN_OUT_DAILY_CAP] = "daily_cap",     [XS_SIGN_OUT_MADE_UP] = "made_up",
};

static const char *const log_event_nicks[] = {
  [XS_LOG_EVENT_CLOCK_STEP] = "clock_step",
  [XS_LOG_EVENT_SUSPEND] = "suspend",
  [XS_LOG_EVENT_ZONE_CHANGED] = "zone_changed",
  [XS_LOG_EVENT_GAP] = "gap",
};

/* The place of @nick in @nicks; -1 when it is none of them. */
static int
find_nick (const char *const *nicks, guint n_nicks, const char *nick)
{
  for (guint i = 0; i < n_nicks; i++)
    {
      if (g_strcmp0 (nick, nicks[i]) == 0)
        return (int) i;
    }

  return -1;
}

const char *
xs_sign_out_nick (XsSignOut reason)
{
  g_return_val_if_fail ((guint) reason < G_N_ELEMENTS (sign_out_nicks), NULL);

  return sign_out_nicks[reason];
}

gboolean
xs_sign_out_from_nick (const char *nick, XsSignOut *reason)
{
  int i = find_nick (sign_out_nicks, G_N_ELEMENTS (sign_out_nicks), nick);

  if (i >= 0)
    *reason = (XsSignOut) i;
  return i >= 0;
}

const char *
xs_log_event_nick (XsLogEventKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (log_event_nicks), NULL);

  return log_event_nicks[kind];
}

gboolean
xs_log_event_from_nick (const char *nick, XsLogEventKind *kind)
{
  int i = find_nick (log_event_nicks, G_N_ELEMENTS (log_event_nicks), nick);

  if (i >= 0)
    *kind = (XsLogEventKind) i;
  return i >= 0;
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
  *log = (XsTeachingLog){ .active_check = TRUE };
  log->photos = g_array_new (FALSE, TRUE, sizeof (XsPhotoRecord));
  log->minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  log->events = g_array_new (FALSE, TRUE, sizeof (XsLogEvent));
}

void
xs_teaching_log_clear (XsTeachingLog *log)
{
  g_clear_pointer (&log->photos, g_array_unref);
  g_clear_pointer (&log->minutes, g_array_unref);
  g_clear_pointer (&log->events, g_array_unref);
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
