/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-turn-sign.h"

#include <math.h>

/* In shares of the picture's height. */
#define SIZE 0.44
#define MARGIN 0.05
#define SWING 0.07
/* An arrow swings out and back once in so long. */
#define SWING_US (1200 * G_TIME_SPAN_MILLISECOND)
/* In shares of the sign's size. */
#define OUTLINE 0.07

XsTurnSign
xs_turn_sign_next (XsTurnSign shown, const XsStudyStatus *status)
{
  gboolean left = shown == XS_TURN_SIGN_LEFT || shown == XS_TURN_SIGN_DONE_LEFT;
  gboolean right = shown == XS_TURN_SIGN_RIGHT || shown == XS_TURN_SIGN_DONE_RIGHT;

  if (status->phase != XS_STUDY_IDENTIFYING && status->phase != XS_STUDY_STUDYING)
    return XS_TURN_SIGN_NONE;
  if (status->turned)
    return left ? XS_TURN_SIGN_DONE_LEFT : right ? XS_TURN_SIGN_DONE_RIGHT : XS_TURN_SIGN_DONE;
  if (status->guidance == XS_GUIDANCE_TURN_LEFT)
    return XS_TURN_SIGN_LEFT;
  return status->guidance == XS_GUIDANCE_TURN_RIGHT ? XS_TURN_SIGN_RIGHT : XS_TURN_SIGN_NONE;
}

/* A dark line round a bright sign is seen on any picture. */
static void
paint (cairo_t *cr, double red, double green, double blue)
{
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, 2 * OUTLINE);
  cairo_set_source_rgb (cr, 0.06, 0.09, 0.09);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, red, green, blue);
  cairo_fill (cr);
}

/* To the left, in a square of 1. */
static void
draw_arrow (cairo_t *cr)
{
  cairo_move_to (cr, 0.9, 0.5);
  cairo_line_to (cr, 0.9, 0.66);
  cairo_line_to (cr, 0.52, 0.66);
  cairo_line_to (cr, 0.52, 0.9);
  cairo_line_to (cr, 0.1, 0.5);
  cairo_line_to (cr, 0.52, 0.1);
  cairo_line_to (cr, 0.52, 0.34);
  cairo_line_to (cr, 0.9, 0.34);
  cairo_close_path (cr);
  paint (cr, 1, 0.78, 0.2);
}

static void
draw_tick (cairo_t *cr)
{
  cairo_arc (cr, 0.5, 0.5, 0.4, 0, 2 * G_PI);
  paint (cr, 0.1, 0.62, 0.38);
  cairo_move_to (cr, 0.3, 0.52);
  cairo_line_to (cr, 0.44, 0.66);
  cairo_line_to (cr, 0.71, 0.37);
  cairo_set_line_width (cr, 0.1);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_stroke (cr);
}

void
xs_turn_sign_draw (XsTurnSign sign, cairo_t *cr, double width, double height)
{
  double size = SIZE * height;
  double phase = (double) (g_get_monotonic_time () % SWING_US) / SWING_US;
  double swing = (1 - cos (2 * G_PI * phase)) / 2 * SWING * height;
  double x = (width - size) / 2;

  if (sign == XS_TURN_SIGN_NONE)
    return;
  if (sign == XS_TURN_SIGN_LEFT)
    x = (MARGIN + SWING) * height - swing;
  else if (sign == XS_TURN_SIGN_RIGHT)
    x = width - size - (MARGIN + SWING) * height + swing;
  else if (sign == XS_TURN_SIGN_DONE_LEFT)
    x = MARGIN * height;
  else if (sign == XS_TURN_SIGN_DONE_RIGHT)
    x = width - size - MARGIN * height;

  cairo_save (cr);
  cairo_translate (cr, x, (height - size) / 2);
  cairo_scale (cr, size, size);
  if (sign == XS_TURN_SIGN_RIGHT)
    {
      cairo_translate (cr, 1, 0);
      cairo_scale (cr, -1, 1);
    }
  if (sign == XS_TURN_SIGN_LEFT || sign == XS_TURN_SIGN_RIGHT)
    draw_arrow (cr);
  else
    draw_tick (cr);
  cairo_restore (cr);
}
