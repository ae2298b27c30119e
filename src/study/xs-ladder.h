/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-study-session.h"

G_BEGIN_DECLS

/**
 * XsRung: how far it has come with credit that is about to be lost. Each rung says what happens next and how long that
 * takes, so that nothing of it is a surprise.
 */
typedef enum {
  XS_RUNG_NONE,     /* nothing threatens the credit, or nothing has begun yet */
  XS_RUNG_WARNING,  /* it counts, and will stop unless the learner does something: looks up, turns the head */
  XS_RUNG_GRACE,    /* presence is lost: what passes now counts only if it comes back in time */
  XS_RUNG_PAUSED,   /* it stands */
  XS_RUNG_SIGN_OUT, /* it has stood for so long for want of the learner that the session ends soon */
} XsRung;

/** XsLadder: which rung, and what of it there is to show. */
typedef struct {
  XsRung rung;
  XsPause reason;  /* why it will stop, or stands; XS_PAUSE_NONE with XS_RUNG_NONE */
  gint64 left_us;  /* until the next rung; 0 with NONE and PAUSED */
  gint64 whole_us; /* @left_us when the rung began, for a bar that runs down; 0 with NONE and PAUSED */
  gint64
    sign_out_us; /* until the session ends by itself for want of the learner; G_MAXINT64 while the learner is seen */
  gint64 absence_us; /* @sign_out_us where an absence begins: what policy allows */
} XsLadder;

/**
 * xs_ladder_judge: the ladder as of @now_us, on the session's time line. Pure.
 *
 * Of policy come grace_us, look_away_s, eyes_closed_s, active_check_s and absence_sign_out_s. A dropout is shown from a
 * quarter of the grace on, or after half a second: a single lost frame would only flash. The end of a session is
 * counted down for a minute, or for the second half of absence_sign_out_s where that is shorter.
 */
XsLadder xs_ladder_judge (const XsStudySession *session, const XsPolicy *policy, gint64 now_us);

G_END_DECLS
