/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-study-pace.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define TICK_US (SECOND / 4)

/* Frames at @fps from @from_us for @duration_us, and the session's ticks. */
static void
run (XsStudyPace *pace, double fps, gint64 from_us, gint64 duration_us, XsPause pause, gboolean camera_runs)
{
  gint64 n_frames = 0;

  for (gint64 time_us = 0; time_us < duration_us; time_us += TICK_US)
    {
      for (; (double) n_frames * SECOND / fps < (double) time_us; n_frames++)
        xs_study_pace_frame (pace, from_us + (gint64) ((double) n_frames * SECOND / fps));
      xs_study_pace_tick (pace, from_us + time_us, pause, camera_runs);
    }
}

static void
expect (const char *pattern)
{
  g_test_expect_message ("xs-study", G_LOG_LEVEL_MESSAGE, pattern);
}

static void
test_lines (void)
{
  g_autoptr (XsStudyPace) pace = xs_study_pace_new (100 * SECOND);

  run (pace, 10, 100 * SECOND, 2 * SECOND, XS_PAUSE_STARTING, TRUE);
  expect ("second 102: counting; *");
  run (pace, 10, 102 * SECOND, 20 * SECOND, XS_PAUSE_NONE, TRUE);
  g_assert_cmpfloat_with_epsilon (xs_study_pace_get_fps (pace, 122 * SECOND), 10, 0.5);
  expect ("second 122: no_face; *.* pictures of the camera a second were looked at");
  run (pace, 10, 122 * SECOND, 5 * SECOND, XS_PAUSE_NO_FACE, TRUE);
  g_test_assert_expected_messages ();
  g_assert_false (xs_study_pace_is_slow (pace));
}

/* A reason that changes with every frame fills no disk. */
static void
test_flutter (void)
{
  g_autoptr (XsStudyPace) pace = xs_study_pace_new (0);

  expect ("second 0: clock; *");
  expect ("second 1: counting; *");
  expect ("second 2: clock; *");
  for (int i = 0; i < 11; i++)
    xs_study_pace_tick (pace, i * TICK_US, i % 2 == 0 ? XS_PAUSE_CLOCK : XS_PAUSE_NONE, TRUE);
  g_test_assert_expected_messages ();
}

static void
test_slow (void)
{
  g_autoptr (XsStudyPace) pace = xs_study_pace_new (0);

  run (pace, 1.5, 0, 9 * SECOND, XS_PAUSE_STARTING, TRUE);
  g_assert_false (xs_study_pace_is_slow (pace));
  expect ("second 10: this PC is too slow: only 1.* pictures*");
  run (pace, 1.5, 9 * SECOND, 40 * SECOND, XS_PAUSE_STARTING, TRUE);
  g_test_assert_expected_messages ();
  g_assert_true (xs_study_pace_is_slow (pace));
  run (pace, 5, 49 * SECOND, 10 * SECOND, XS_PAUSE_STARTING, TRUE);
  g_assert_false (xs_study_pace_is_slow (pace));

  /* Without a camera there is nothing to be slow at, nor right after it came back. */
  run (pace, 0.1, 59 * SECOND, 60 * SECOND, XS_PAUSE_STARTING, FALSE);
  run (pace, 1.5, 119 * SECOND, 9 * SECOND, XS_PAUSE_STARTING, TRUE);
  g_assert_false (xs_study_pace_is_slow (pace));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/study/pace/lines", test_lines);
  g_test_add_func ("/study/pace/flutter", test_flutter);
  g_test_add_func ("/study/pace/slow", test_slow);
  return g_test_run ();
}
