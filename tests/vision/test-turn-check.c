/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A made-up head and a made-up flat picture of it, turned before a made-up camera. */

#include <math.h>

#include "xs-turn-check.h"

#define FRAME_US (100 * 1000)
#define DISTANCE 8.0

typedef struct {
  XsPolicy policy;
  double head[XS_N_LANDMARKS][3]; /* x right, y down, z towards the camera; the face is about 2 wide */
  gint64 now_us;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  xs_policy_default (&f->policy);
  for (guint i = 0; i < XS_N_LANDMARKS; i++)
    {
      double x = g_test_rand_double_range (-1, 1), y = g_test_rand_double_range (-1, 1);
      f->head[i][0] = x;
      f->head[i][1] = y;
      f->head[i][2] = 1.2 * (1 - x * x - y * y);
    }
  /* The outer corners of the eyes give the scale. */
  f->head[33][0] = -0.7;
  f->head[263][0] = 0.7;
  f->head[33][1] = f->head[263][1] = -0.3;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
}

/* The head, or its picture, turned by @yaw_deg; > 0 towards the picture's left. */
static XsObservation
see (Fixture *f, gboolean flat, double yaw_deg)
{
  XsObservation seen;
  double c = cos (yaw_deg * G_PI / 180), s = sin (yaw_deg * G_PI / 180);

  f->now_us += FRAME_US;
  xs_observation_init (&seen, f->now_us, 1280, 720);
  seen.n_faces = 1;
  seen.match = 0.8f;
  seen.yaw_deg = (float) yaw_deg;
  for (guint i = 0; i < XS_N_LANDMARKS; i++)
    {
      double depth = flat ? 0 : f->head[i][2];
      double x = f->head[i][0] * c - depth * s, z = f->head[i][0] * s + depth * c;
      double scale = 1000 / (DISTANCE - z);
      seen.landmarks[i] = (XsPoint){ (float) (640 + x * scale), (float) (360 + f->head[i][1] * scale) };
    }
  return seen;
}

/* Turn step by step to @to_deg; whether the check was passed on the way. */
static gboolean
turn (Fixture *f, XsTurnCheck *check, gboolean flat, double to_deg, double step_deg)
{
  gboolean passed = FALSE;

  for (double yaw_deg = 0; fabs (yaw_deg) <= fabs (to_deg); yaw_deg += to_deg > 0 ? step_deg : -step_deg)
    {
      XsObservation seen = see (f, flat, yaw_deg);
      passed = xs_turn_check_feed (check, &seen);
    }
  return passed;
}

static void
test_sides (Fixture *f, gconstpointer data)
{
  g_autoptr (XsTurnCheck) left = xs_turn_check_new (&f->policy, TRUE);
  g_autoptr (XsTurnCheck) right = xs_turn_check_new (&f->policy, FALSE);

  g_assert_cmpint (xs_turn_check_get_code (left), ==, XS_GUIDANCE_TURN_LEFT);
  g_assert_cmpint (xs_turn_check_get_code (right), ==, XS_GUIDANCE_TURN_RIGHT);
  g_assert_false (turn (f, left, FALSE, 25, 4));
  g_assert_true (turn (f, left, FALSE, -25, 4));
  g_assert_false (turn (f, right, FALSE, -25, 4));
  g_assert_true (turn (f, right, FALSE, 25, 4));
}

/* People far behind do not disturb, a second person does. */
static void
test_company (Fixture *f, gconstpointer data)
{
  for (int near = 0; near < 2; near++)
    {
      g_autoptr (XsTurnCheck) check = xs_turn_check_new (&f->policy, TRUE);
      gboolean passed = FALSE;

      for (int yaw_deg = 0; yaw_deg >= -28; yaw_deg -= 4)
        {
          XsObservation seen = see (f, FALSE, yaw_deg);
          seen.n_faces = 2;
          seen.faces[0] = (XsFaceBox){ 500, 200, 280, 320, 1 };
          seen.faces[1] = (XsFaceBox){ 900, 200, 80, near ? 300 : 90, 1 };
          passed = xs_turn_check_feed (check, &seen);
        }
      g_assert_cmpint (passed, ==, !near);
    }
}

static void
test_too_little (Fixture *f, gconstpointer data)
{
  g_autoptr (XsTurnCheck) check = xs_turn_check_new (&f->policy, TRUE);

  g_assert_false (turn (f, check, FALSE, -f->policy.active_check_deg + 2, 3));
}

/* Even when its pose is misjudged as that of a head. */
static void
test_flat (Fixture *f, gconstpointer data)
{
  g_autoptr (XsTurnCheck) check = xs_turn_check_new (&f->policy, TRUE);

  g_assert_false (turn (f, check, TRUE, -40, 4));
}

static void
test_swapped (Fixture *f, gconstpointer data)
{
  g_autoptr (XsTurnCheck) check = xs_turn_check_new (&f->policy, TRUE);

  /* A second picture, taken from the side. */
  g_assert_false (turn (f, check, FALSE, -25, 25));

  /* Somebody else's head. */
  XsObservation front = see (f, FALSE, 0);
  g_assert_false (xs_turn_check_feed (check, &front));
  for (int yaw_deg = -4; yaw_deg >= -30; yaw_deg -= 4)
    {
      XsObservation seen = see (f, FALSE, yaw_deg);
      seen.match = 0.1f;
      g_assert_false (xs_turn_check_feed (check, &seen));
    }
}

static void
test_interrupted (Fixture *f, gconstpointer data)
{
  g_autoptr (XsTurnCheck) check = xs_turn_check_new (&f->policy, TRUE);
  XsObservation front = see (f, FALSE, 0), nobody;

  g_assert_false (xs_turn_check_feed (check, &front));
  xs_observation_init (&nobody, f->now_us += FRAME_US, 1280, 720);
  g_assert_false (xs_turn_check_feed (check, &nobody));
  for (int yaw_deg = -12; yaw_deg >= -30; yaw_deg -= 4)
    {
      XsObservation seen = see (f, FALSE, yaw_deg);
      g_assert_false (xs_turn_check_feed (check, &seen));
    }
  g_assert_true (turn (f, check, FALSE, -25, 4));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/vision/turn-check/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("sides", test_sides);
  ADD ("company", test_company);
  ADD ("too-little", test_too_little);
  ADD ("flat", test_flat);
  ADD ("swapped", test_swapped);
  ADD ("interrupted", test_interrupted);
#undef ADD
  return g_test_run ();
}
