/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-chime.h"
#include "xs-study.h"

G_BEGIN_DECLS

/** XsCues: what of a session was already told by sound. All zero at first. */
typedef struct {
  gboolean told_stop; /* the counter stands, and that was told */
  gboolean counted;   /* it has counted in this session */
  gboolean at_risk;
  gboolean asked;
  XsRung rung;
} XsCues;

/**
 * xs_cues_next: what @status is to be heard as: that the counter stopped, unless the learner paused it, or goes on
 * after that; that something must be done to keep the credit. XS_CHIME_NONE for all that goes on as it was.
 */
XsChimeTone xs_cues_next (XsCues *cues, const XsStudyStatus *status);

G_END_DECLS
