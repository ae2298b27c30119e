/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-guidance.h"
#include "xs-hour-counter.h"

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
/** xs_text_duration: (transfer full): "4 h", "1 h 2 min", "2 min 3 s", "3 s", translated, for sentences. */
char *xs_text_duration (gint64 time_us);

G_END_DECLS
