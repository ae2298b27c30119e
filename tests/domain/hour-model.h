/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-hour-counter.h"

/*
 * The hour counter a second time, slow and by the letter of xs-hour-counter.h: it keeps every input and answers each
 * question by looking through all of them again.
 */

typedef enum {
  INPUT_PRESENCE,
  INPUT_CAMERA_LOST,
  INPUT_PLAYBACK,
  INPUT_CLOCK,
} InputKind;

typedef struct {
  InputKind kind;
  gint64 time_us;
  XsPresence presence;
  XsPlayback playback;
  gint64 boottime_us, wall_us;
} Input;

typedef struct {
  gint64 credited_us;
  gint64 today_us;
  XsPause pause;
  GArray *stretches; /* XsStretch */
  GArray *pauses;    /* XsStretch */
} Answer;

void hour_model_answer (const XsPolicy *policy, gint64 credited_today_us, int day, const Input *inputs, int n,
                        Answer *answer);
void answer_clear (Answer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)
