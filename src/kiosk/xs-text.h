/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-guidance.h"
#include "xs-hour-counter.h"
#include "xs-study.h"

G_BEGIN_DECLS

/* The words a student reads, translated. */

/** XsAdvice: one thing to say. @icon_name is from the icon theme or the application's own. */
typedef struct {
  const char *title;      /* a few words */
  const char *what_to_do; /* one sentence; "" when there is nothing to do */
  const char *icon_name;
} XsAdvice;

/** xs_text_guidance: the instruction for the camera. */
XsAdvice xs_text_guidance (XsGuidanceCode code);
/** xs_text_is_turn: whether the head is to be turned, to either side. */
gboolean xs_text_is_turn (XsGuidanceCode code);
/** xs_text_turned: the head was turned as asked. */
XsAdvice xs_text_turned (void);
/** xs_text_pause: why the counter stands, and how to go on. */
XsAdvice xs_text_pause (XsPause pause);
/** xs_text_error: why the kiosk cannot start, by what can be done about it; the error's own message is for staff. */
XsAdvice xs_text_error (const GError *error);
/** xs_text_clock: (transfer full): "1:02:03", for counters. */
char *xs_text_clock (gint64 time_us);
/** xs_text_position: (transfer full): "2:03", "1:02:03", for where a lesson stands. */
char *xs_text_position (gint64 time_us);
/** xs_text_duration: (transfer full): "4 h", "1 h 2 min", "2 min 3 s", "3 s", translated, for sentences. */
char *xs_text_duration (gint64 time_us);
/** xs_text_time_range: (transfer full): "09:15–09:30". */
char *xs_text_time_range (gint64 from_wall_us, gint64 to_wall_us);
/** xs_text_is_loss: whether a breach costs minutes that the learner does not know of already. */
gboolean xs_text_is_loss (const XsBreach *breach);
/**
 * xs_text_outlook: (transfer full): what counts so far of the log that is being made, in one sentence; "" when nothing
 * is known yet.
 * @is_loss: (out): whether it tells of a loss
 */
char *xs_text_outlook (const XsStudyStatus *status, gboolean *is_loss);
/** xs_text_interrupted: (transfer full): sessions that were cut off, a line each. @sessions: XsInterrupted */
char *xs_text_interrupted (const GArray *sessions);

G_END_DECLS
