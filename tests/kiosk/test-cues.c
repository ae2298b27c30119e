/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-cues.h"

static XsChimeTone
hear (XsCues *cues, XsPause pause, XsRung rung, gboolean at_risk)
{
  XsStudyStatus status = {
    .phase = XS_STUDY_STUDYING,
    .pause = pause,
    .photo_at_risk = at_risk,
    .ladder = { .rung = rung },
  };

  return xs_cues_next (cues, &status);
}

static void
test_stops_and_goes_on (void)
{
  XsCues cues = { 0 };

  /* Nothing has counted yet: whoever sits down has not been stopped. */
  g_assert_cmpint (hear (&cues, XS_PAUSE_STARTING, XS_RUNG_NONE, FALSE), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NO_FACE, XS_RUNG_PAUSED, FALSE), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE), ==, XS_CHIME_NONE);

  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_GRACE, FALSE), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NO_FACE, XS_RUNG_PAUSED, FALSE), ==, XS_CHIME_STOPPED);
  g_assert_cmpint (hear (&cues, XS_PAUSE_SEVERAL_FACES, XS_RUNG_PAUSED, FALSE), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NO_FACE, XS_RUNG_SIGN_OUT, FALSE), ==, XS_CHIME_ATTENTION);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NO_FACE, XS_RUNG_SIGN_OUT, FALSE), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE), ==, XS_CHIME_GOES_ON);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE), ==, XS_CHIME_NONE);
}

/* What the learner did is no surprise; the end of a lesson is. */
static void
test_own_pause (void)
{
  XsCues cues = { 0 };

  hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE);
  XsStudyStatus paused = { .phase = XS_STUDY_STUDYING, .pause = XS_PAUSE_LESSON_PAUSED, .own_pause = TRUE };
  g_assert_cmpint (xs_cues_next (&cues, &paused), ==, XS_CHIME_NONE);
  /* Nor that the chair is empty then. */
  paused.pause = XS_PAUSE_NO_FACE;
  g_assert_cmpint (xs_cues_next (&cues, &paused), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_LESSON_ENDED, XS_RUNG_PAUSED, FALSE), ==, XS_CHIME_STOPPED);
}

static void
test_warnings (void)
{
  XsCues cues = { 0 };

  hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_WARNING, FALSE), ==, XS_CHIME_ATTENTION);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_WARNING, FALSE), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, TRUE), ==, XS_CHIME_ATTENTION);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, TRUE), ==, XS_CHIME_NONE);
}

/* Whether somebody watches is asked once, aloud; a quiz is nothing that came over the learner. */
static void
test_questions (void)
{
  XsCues cues = { 0 };
  XsStudyStatus asked = { .phase = XS_STUDY_STUDYING, .attention = { .state = XS_ATTENTION_ASKED } };
  XsStudyStatus quiz = { .phase = XS_STUDY_STUDYING, .pause = XS_PAUSE_QUIZ };

  hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE);
  g_assert_cmpint (xs_cues_next (&cues, &asked), ==, XS_CHIME_ATTENTION);
  g_assert_cmpint (xs_cues_next (&cues, &asked), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE), ==, XS_CHIME_NONE);
  g_assert_cmpint (xs_cues_next (&cues, &quiz), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE), ==, XS_CHIME_NONE);
}

/* The next student hears nothing of the last one's. */
static void
test_next_session (void)
{
  XsCues cues = { 0 };
  XsStudyStatus summary = { .phase = XS_STUDY_SUMMARY, .pause = XS_PAUSE_STARTING };

  hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NO_FACE, XS_RUNG_PAUSED, FALSE), ==, XS_CHIME_STOPPED);
  g_assert_cmpint (xs_cues_next (&cues, &summary), ==, XS_CHIME_NONE);
  g_assert_cmpint (hear (&cues, XS_PAUSE_NONE, XS_RUNG_NONE, FALSE), ==, XS_CHIME_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kiosk/cues/stops-and-goes-on", test_stops_and_goes_on);
  g_test_add_func ("/kiosk/cues/own-pause", test_own_pause);
  g_test_add_func ("/kiosk/cues/warnings", test_warnings);
  g_test_add_func ("/kiosk/cues/questions", test_questions);
  g_test_add_func ("/kiosk/cues/next-session", test_next_session);
  return g_test_run ();
}
