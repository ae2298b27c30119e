/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-ladder.h"

#define COUNTDOWN_MAX_US (60 * (gint64) G_USEC_PER_SEC)
/* However long the grace is: that the counter stands is told within the second. */
#define DROPOUT_UNTOLD_MAX_US (G_USEC_PER_SEC / 2)

static void
climb (XsLadder *ladder, XsRung rung, XsPause reason, gint64 left_us, gint64 whole_us)
{
  ladder->rung = rung;
  ladder->reason = reason;
  ladder->left_us = left_us;
  ladder->whole_us = whole_us;
}

/* While it counts. */
static void
judge_counting (XsLadder *ladder, const XsStudySession *session, const XsPolicy *policy, gint64 now_us)
{
  const XsHourCounter *counter = xs_study_session_get_counter (session);
  gint64 left_us, whole_us;
  XsPause dropout = xs_hour_counter_dropout (counter, now_us, &left_us);

  if (dropout != XS_PAUSE_NONE && policy->grace_us - left_us >= MIN (policy->grace_us / 4, DROPOUT_UNTOLD_MAX_US))
    {
      climb (ladder, XS_RUNG_GRACE, dropout, left_us, policy->grace_us);
      return;
    }
  XsPresence coming = xs_presence_watch_coming (xs_study_session_get_watch (session), now_us, &left_us, &whole_us);
  gint64 turn_left_us = xs_study_session_get_turn_left_us (session);
  if (turn_left_us != G_MAXINT64 && (coming == XS_PRESENCE_PRESENT || turn_left_us < left_us))
    climb (ladder, XS_RUNG_WARNING, XS_PAUSE_NOT_LIVE, turn_left_us, policy->active_check_s * G_USEC_PER_SEC);
  else if (coming != XS_PRESENCE_PRESENT)
    climb (ladder, XS_RUNG_WARNING, coming == XS_PRESENCE_LOOKING_AWAY ? XS_PAUSE_LOOKING_AWAY : XS_PAUSE_EYES_CLOSED,
           left_us, whole_us);
}

XsLadder
xs_ladder_judge (const XsStudySession *session, const XsPolicy *policy, gint64 now_us)
{
  XsPause pause = xs_study_session_get_pause (session);
  gint64 since_us = xs_study_session_get_absent_us (session);
  gint64 absence_us = policy->absence_sign_out_s * G_USEC_PER_SEC;
  gint64 countdown_us = MIN (COUNTDOWN_MAX_US, absence_us / 2);
  XsLadder ladder = { .sign_out_us = G_MAXINT64, .absence_us = absence_us };

  if (since_us != G_MAXINT64)
    ladder.sign_out_us = MAX (since_us + absence_us - now_us, 0);
  if (ladder.sign_out_us <= countdown_us)
    climb (&ladder, XS_RUNG_SIGN_OUT, pause, ladder.sign_out_us, countdown_us);
  else if (pause == XS_PAUSE_NONE)
    judge_counting (&ladder, session, policy, now_us);
  else if (pause != XS_PAUSE_STARTING)
    climb (&ladder, XS_RUNG_PAUSED, pause, 0, 0);
  return ladder;
}
