/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-study.h"

G_BEGIN_DECLS

/**
 * XsTurnSign: what is drawn over the preview, and over the lesson, of who is asked to turn the head. The preview is a
 * mirror: the student's own left is on the left.
 */
typedef enum {
  XS_TURN_SIGN_NONE,
  XS_TURN_SIGN_LEFT,       /* an arrow on the left, to the left */
  XS_TURN_SIGN_RIGHT,      /* an arrow on the right, to the right */
  XS_TURN_SIGN_DONE,       /* a tick in the middle: not known which way */
  XS_TURN_SIGN_DONE_LEFT,  /* a tick where the arrow was */
  XS_TURN_SIGN_DONE_RIGHT, /* the same */
} XsTurnSign;

/** xs_turn_sign_next: what to show now, after @shown. */
XsTurnSign xs_turn_sign_next (XsTurnSign shown, const XsStudyStatus *status);
/**
 * xs_turn_sign_draw: over a picture of this size. An arrow swings by the clock: draw it again some ten times a second.
 */
void xs_turn_sign_draw (XsTurnSign sign, cairo_t *cr, double width, double height);

G_END_DECLS
