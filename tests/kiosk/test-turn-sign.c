/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-turn-sign.h"

#define WIDTH_PX 320
#define HEIGHT_PX 180

/* Share of the drawn dots that lie in the left half, 0 … 1; -1 when nothing was drawn. @n_rows: rows with a dot. */
static double
left_share (XsTurnSign sign, int *n_rows)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH_PX, HEIGHT_PX);
  cairo_t *cr = cairo_create (surface);
  guint n_left = 0, n = 0;

  xs_turn_sign_draw (sign, cr, WIDTH_PX, HEIGHT_PX);
  cairo_surface_flush (surface);
  *n_rows = 0;
  for (int y = 0; y < HEIGHT_PX; y++)
    {
      const guint8 *row = cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface);
      guint before = n;
      for (int x = 0; x < WIDTH_PX; x++)
        if (row[4 * x + 3] != 0)
          {
            n++;
            n_left += x < WIDTH_PX / 2 ? 1 : 0;
          }
      *n_rows += n > before ? 1 : 0;
    }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return n > 0 ? (double) n_left / n : -1;
}

static XsTurnSign
next (XsTurnSign shown, XsStudyPhase phase, XsGuidanceCode guidance, gboolean turned)
{
  XsStudyStatus status = { .phase = phase, .guidance = guidance, .turned = turned };

  return xs_turn_sign_next (shown, &status);
}

/* What the student sees is a mirror: the own left is on the left. It must be large, and all of it in the picture. */
static void
test_side (void)
{
  int n_rows;

  g_assert_cmpfloat (left_share (XS_TURN_SIGN_LEFT, &n_rows), ==, 1);
  g_assert_cmpint (n_rows, >, HEIGHT_PX / 3);
  g_assert_cmpfloat (left_share (XS_TURN_SIGN_RIGHT, &n_rows), ==, 0);
  g_assert_cmpint (n_rows, >, HEIGHT_PX / 3);
  g_assert_cmpfloat (left_share (XS_TURN_SIGN_DONE_LEFT, &n_rows), ==, 1);
  g_assert_cmpfloat (left_share (XS_TURN_SIGN_DONE_RIGHT, &n_rows), ==, 0);
  g_assert_cmpfloat_with_epsilon (left_share (XS_TURN_SIGN_DONE, &n_rows), 0.5, 0.02);
  g_assert_cmpfloat (left_share (XS_TURN_SIGN_NONE, &n_rows), ==, -1);
}

static void
test_follows_status (void)
{
  const XsStudyPhase phases[] = { XS_STUDY_IDENTIFYING, XS_STUDY_STUDYING };

  for (guint i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      XsStudyPhase phase = phases[i];
      XsTurnSign left = next (XS_TURN_SIGN_NONE, phase, XS_GUIDANCE_TURN_LEFT, FALSE);
      XsTurnSign right = next (XS_TURN_SIGN_NONE, phase, XS_GUIDANCE_TURN_RIGHT, FALSE);

      g_assert_cmpint (left, ==, XS_TURN_SIGN_LEFT);
      g_assert_cmpint (right, ==, XS_TURN_SIGN_RIGHT);
      /* Guidance follows a moment later: what was done is said at once. */
      left = next (left, phase, XS_GUIDANCE_TURN_LEFT, TRUE);
      g_assert_cmpint (left, ==, XS_TURN_SIGN_DONE_LEFT);
      g_assert_cmpint (next (left, phase, XS_GUIDANCE_FACE_CAMERA, TRUE), ==, XS_TURN_SIGN_DONE_LEFT);
      g_assert_cmpint (next (right, phase, XS_GUIDANCE_NONE, TRUE), ==, XS_TURN_SIGN_DONE_RIGHT);
      g_assert_cmpint (next (XS_TURN_SIGN_NONE, phase, XS_GUIDANCE_NONE, TRUE), ==, XS_TURN_SIGN_DONE);
      g_assert_cmpint (next (left, phase, XS_GUIDANCE_NONE, FALSE), ==, XS_TURN_SIGN_NONE);
    }
  g_assert_cmpint (next (XS_TURN_SIGN_LEFT, XS_STUDY_SIGNING_OUT, XS_GUIDANCE_TURN_LEFT, FALSE), ==, XS_TURN_SIGN_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/kiosk/turn-sign/side", test_side);
  g_test_add_func ("/kiosk/turn-sign/follows-status", test_follows_status);
  return g_test_run ();
}
