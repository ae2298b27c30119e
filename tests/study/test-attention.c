/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether the lesson is watched: what is credited around the question, in a session. */

#include <math.h>

#include "sample-observation.h"
#include "xs-clock.h"
#include "xs-study-session.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define FRAME_US (SECOND / 5)
#define MORNING "20260105090000"
#define INTERVAL_S 20
#define ANSWER_S 10

typedef struct {
  XsPolicy policy;
  XsStudySession *session;
  XsFrame *frame;
  gint64 wall_us;
  gint64 now_us;
  gint64 lag_us; /* so late an observation comes */
  gboolean is_there;
  gboolean lesson_obeys; /* it plays while it is wanted */
  XsPlayback playback;
  gint64 asked_us; /* when the open question was first seen; 0: none */
  guint n_closes;
  guint n_progress;
  gint64 progress_credited_us;
} Fixture;

static void
on_progress (XsStudySession *session, const XsProgress *progress, gpointer user_data)
{
  Fixture *f = user_data;
  gint64 minutes_us = 0;

  for (guint i = 0; i < progress->minutes->len; i++)
    minutes_us += g_array_index (progress->minutes, XsMinuteRecord, i).credited_us;
  /* Whatever is held back, minutes and sum agree, and nothing is ever taken back. */
  g_assert_cmpint (minutes_us, ==, progress->credited_us);
  g_assert_cmpint (progress->credited_us, >=, f->progress_credited_us);
  f->progress_credited_us = progress->credited_us;
  f->n_progress++;
}

static void
on_close (XsStudySession *session, XsSignOut reason, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_closes++;
  if (reason != XS_SIGN_OUT_SEGMENT_FULL)
    return;
  f->progress_credited_us = 0;
  xs_study_session_next_segment (session);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const guint8 grey[3 * 16 * 9] = { 0 };
  const XsStudySessionFuncs funcs = { NULL, on_progress, on_close };
  g_autoptr (GBytes) pixels = g_bytes_new_static (grey, sizeof grey);
  g_autoptr (GError) error = NULL;

  xs_policy_default (&f->policy);
  f->policy.active_check_interval_s = 0;
  f->policy.liveness = FALSE;
  f->policy.attention_interval_s = INTERVAL_S;
  f->policy.attention_answer_s = ANSWER_S;
  f->frame = xs_frame_new (16, 9, 3 * 16, 0, pixels);
  f->is_there = f->lesson_obeys = TRUE;
  f->lag_us = SECOND / 10;
  g_assert_true (xs_wall_from_wire (MORNING, &f->wall_us, &error));
  f->session = xs_study_session_new (&f->policy, 0, f->wall_us, 0, 7, &funcs, f);
  f->playback = XS_PLAYBACK_PLAYING;
  xs_study_session_playback (f->session, 0, f->playback);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  xs_study_session_free (f->session);
  xs_frame_unref (f->frame);
}

static XsObservation
seen_at (const Fixture *f, gint64 time_us)
{
  return f->is_there ? good (time_us) : nobody (time_us);
}

static XsAttentionState
state (const Fixture *f)
{
  return xs_attention_get_state (xs_study_session_get_attention (f->session));
}

static gint64
credited_us (const Fixture *f)
{
  return xs_hour_counter_credited_us (xs_study_session_get_counter (f->session));
}

static void
play (Fixture *f, XsPlayback playback)
{
  f->playback = playback;
  xs_study_session_playback (f->session, f->now_us, playback);
}

/* One frame, looked at a little later; the lesson does what the session wants. */
static void
step (Fixture *f)
{
  XsObservation seen = seen_at (f, f->now_us);
  XsClockLook look = { .monotonic_us = f->now_us + f->lag_us,
                       .boottime_us = f->now_us + f->lag_us,
                       .wall_us = f->wall_us + f->now_us + f->lag_us };

  xs_study_session_clock (f->session, &look);
  xs_study_session_observe (f->session, f->frame, &seen);
  f->now_us += FRAME_US;
  gboolean wanted = xs_study_session_wants_lesson (f->session);
  if (f->lesson_obeys && wanted != (f->playback == XS_PLAYBACK_PLAYING))
    play (f, wanted ? XS_PLAYBACK_PLAYING : XS_PLAYBACK_PAUSED);
}

static void
run (Fixture *f, gint64 duration_us)
{
  for (gint64 end_us = f->now_us + duration_us; f->now_us < end_us;)
    step (f);
}

static void
run_until_asked (Fixture *f)
{
  while (state (f) != XS_ATTENTION_ASKED)
    {
      g_assert_cmpint (f->now_us, <, 1000 * SECOND);
      step (f);
    }
  f->asked_us = xs_attention_get_asked_us (xs_study_session_get_attention (f->session));
}

static gboolean
answer_well (Fixture *f)
{
  return xs_study_session_answer (f->session, f->now_us,
                                  xs_attention_get_number (xs_study_session_get_attention (f->session)));
}

static gint64
credited_between (const Fixture *f, gint64 t0_us, gint64 t1_us)
{
  return xs_hour_counter_credited_between_us (xs_study_session_get_counter (f->session), t0_us, t1_us);
}

/* Answered in time it costs nothing: all is credited as if it had not been asked. */
static void
test_answered (Fixture *f, gconstpointer data)
{
  run_until_asked (f);
  gint64 before_us = credited_us (f);
  run (f, 6 * SECOND);
  g_assert_cmpint (credited_us (f), ==, before_us);
  g_assert_true (xs_study_session_wants_lesson (f->session));
  g_assert_cmpint (xs_study_session_get_pause (f->session), ==, XS_PAUSE_NONE);

  g_assert_true (answer_well (f));
  run (f, 3 * SECOND);
  g_assert_cmpint (state (f), ==, XS_ATTENTION_NONE);
  g_assert_cmpint (credited_us (f), ==, f->now_us - FRAME_US);
  g_assert_cmpuint (f->n_closes, ==, 0);
  g_assert_cmpuint (f->n_progress, >, 10);
}

/* A wrong number is no answer. */
static void
test_wrong (Fixture *f, gconstpointer data)
{
  run_until_asked (f);
  gint64 before_us = credited_us (f);
  guint number = xs_attention_get_number (xs_study_session_get_attention (f->session));
  g_assert_false (xs_attention_is_wrong (xs_study_session_get_attention (f->session)));
  g_assert_false (xs_study_session_answer (f->session, f->now_us, number % 9 + 1));
  g_assert_true (xs_attention_is_wrong (xs_study_session_get_attention (f->session)));
  g_assert_cmpint (state (f), ==, XS_ATTENTION_ASKED);
  run (f, (ANSWER_S + 2) * SECOND);
  g_assert_cmpint (state (f), ==, XS_ATTENTION_MISSED);
  g_assert_cmpint (credited_us (f), ==, before_us);
}

/* Missed, nothing between question and answer is credited, and lesson and counter stand until it comes. */
static void
test_missed (Fixture *f, gconstpointer data)
{
  run_until_asked (f);
  gint64 before_us = credited_us (f);
  run (f, (ANSWER_S + 1) * SECOND);
  g_assert_cmpint (state (f), ==, XS_ATTENTION_MISSED);
  g_assert_cmpint (xs_study_session_get_pause (f->session), ==, XS_PAUSE_ATTENTION);
  g_assert_false (xs_study_session_wants_lesson (f->session));
  g_assert_cmpint (f->playback, ==, XS_PLAYBACK_PAUSED);
  run (f, 30 * SECOND);
  g_assert_cmpint (credited_us (f), ==, before_us);
  g_assert_cmpint (xs_study_session_get_pause (f->session), ==, XS_PAUSE_ATTENTION);

  gint64 answered_us = f->now_us;
  g_assert_true (answer_well (f));
  run (f, 5 * SECOND);
  g_assert_cmpint (xs_study_session_get_pause (f->session), ==, XS_PAUSE_NONE);
  g_assert_cmpint (f->playback, ==, XS_PLAYBACK_PLAYING);
  g_assert_cmpint (credited_between (f, f->asked_us, answered_us), ==, 0);
  g_assert_cmpint (credited_us (f) - before_us, >=, 3 * SECOND);

  const GArray *pauses = xs_hour_counter_pauses (xs_study_session_get_counter (f->session));
  gint64 paused_us = 0;
  for (guint i = 0; i < pauses->len; i++)
    if (g_array_index (pauses, XsStretch, i).pause == XS_PAUSE_ATTENTION)
      paused_us += g_array_index (pauses, XsStretch, i).t1_us - g_array_index (pauses, XsStretch, i).t0_us;
  g_assert_cmpint (paused_us, >=, (ANSWER_S + 30) * SECOND);
}

/* A lesson that runs on against its orders earns nothing either. */
static void
test_missed_and_playing (Fixture *f, gconstpointer data)
{
  f->lesson_obeys = FALSE;
  run_until_asked (f);
  gint64 before_us = credited_us (f);
  run (f, 15 * SECOND);
  play (f, XS_PLAYBACK_PAUSED);
  run (f, SECOND);
  play (f, XS_PLAYBACK_PLAYING);
  run (f, 15 * SECOND);
  g_assert_cmpint (credited_us (f), ==, before_us);
  g_assert_true (answer_well (f));
  run (f, 3 * SECOND);
  g_assert_cmpint (credited_us (f) - before_us, >=, 2 * SECOND);
}

/* Who leaves while it is open has missed it: the lesson does not run on before an empty chair. */
static void
test_left (Fixture *f, gconstpointer data)
{
  run_until_asked (f);
  gint64 before_us = credited_us (f);
  run (f, 2 * SECOND);
  f->is_there = FALSE;
  run (f, f->policy.grace_us + SECOND);
  g_assert_cmpint (state (f), ==, XS_ATTENTION_MISSED);
  g_assert_false (xs_study_session_wants_lesson (f->session));
  f->is_there = TRUE;
  run (f, 3 * SECOND);
  g_assert_cmpint (xs_study_session_get_pause (f->session), ==, XS_PAUSE_ATTENTION);
  g_assert_cmpint (credited_us (f), ==, before_us);
  g_assert_true (answer_well (f));
  run (f, 3 * SECOND);
  g_assert_cmpint (credited_us (f) - before_us, >=, SECOND);
}

/* A camera that goes away meanwhile is noticed at once. */
static void
test_camera_lost (Fixture *f, gconstpointer data)
{
  run_until_asked (f);
  run (f, SECOND);
  xs_study_session_camera_lost (f->session, f->now_us);
  g_assert_cmpint (state (f), ==, XS_ATTENTION_MISSED);
  g_assert_cmpint (xs_study_session_get_pause (f->session), ==, XS_PAUSE_CAMERA_LOST);
}

/* A pause of the learner's own stands while a question is open, and is not credited by the answer. */
static void
test_paused_meanwhile (Fixture *f, gconstpointer data)
{
  f->lesson_obeys = FALSE;
  run_until_asked (f);
  gint64 before_us = credited_us (f);
  run (f, 2 * SECOND);
  play (f, XS_PLAYBACK_PAUSED);
  run (f, 4 * SECOND);
  g_assert_cmpint (xs_study_session_get_pause (f->session), ==, XS_PAUSE_LESSON_PAUSED);
  g_assert_true (answer_well (f));
  run (f, SECOND);
  g_assert_cmpint (credited_us (f) - before_us, >=, 2 * SECOND - FRAME_US);
  g_assert_cmpint (credited_us (f) - before_us, <=, 2 * SECOND + FRAME_US);
}

/* Not asked during a repeat, a pause or a quiz, and at once when it counts again. */
static void
test_waits (Fixture *f, gconstpointer data)
{
  static const XsPlayback others[] = { XS_PLAYBACK_REPEAT, XS_PLAYBACK_PAUSED, XS_PLAYBACK_QUIZ, XS_PLAYBACK_ENDED };

  f->lesson_obeys = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      play (f, others[i]);
      run (f, 3 * INTERVAL_S * SECOND);
      g_assert_cmpint (state (f), ==, XS_ATTENTION_NONE);
    }
  play (f, XS_PLAYBACK_PLAYING);
  run (f, SECOND);
  g_assert_cmpint (state (f), ==, XS_ATTENTION_ASKED);
}

/* Signing out is an answer; being cut off is none. */
static void
test_settled (Fixture *f, gconstpointer data)
{
  gboolean answered = GPOINTER_TO_INT (data);

  run_until_asked (f);
  gint64 before_us = credited_us (f);
  run (f, 4 * SECOND);
  xs_study_session_settle (f->session, f->now_us, answered);
  g_assert_cmpint (state (f), !=, XS_ATTENTION_ASKED);
  gint64 more_us = credited_us (f) - before_us;
  if (answered)
    g_assert_cmpint (more_us, >=, 4 * SECOND - FRAME_US);
  else
    g_assert_cmpint (more_us, ==, 0);
}

/* Asked again and again, late frames and all: what was answered is credited, what was missed is not. */
static void
test_many (Fixture *f, gconstpointer data)
{
  gint64 lost_us = 0;

  f->lag_us = 2 * SECOND;
  for (guint i = 0; i < 20; i++)
    {
      run_until_asked (f);
      gint64 asked_us = f->asked_us;
      gboolean misses = i % 3 == 2;
      run (f, misses ? (ANSWER_S + 5) * SECOND : 4 * SECOND);
      gint64 answered_us = f->now_us;
      g_assert_true (answer_well (f));
      run (f, 4 * SECOND);
      if (misses)
        {
          g_assert_cmpint (credited_between (f, asked_us, answered_us), ==, 0);
          lost_us += answered_us - asked_us;
        }
      else
        g_assert_cmpint (credited_between (f, asked_us, answered_us), ==, answered_us - asked_us);
    }
  g_assert_cmpint (f->now_us - lost_us - credited_us (f), >=, 0);
  /* Each missed one costs a little more: until the lesson runs again, and that is seen. */
  g_assert_cmpint (f->now_us - lost_us - credited_us (f), <, 26 * SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/study/question/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("answered", test_answered);
  ADD ("wrong", test_wrong);
  ADD ("missed", test_missed);
  ADD ("missed-and-playing", test_missed_and_playing);
  ADD ("left", test_left);
  ADD ("camera-lost", test_camera_lost);
  ADD ("paused-meanwhile", test_paused_meanwhile);
  ADD ("waits", test_waits);
  ADD ("many", test_many);
  g_test_add ("/study/question/signed-out", Fixture, GINT_TO_POINTER (TRUE), set_up, test_settled, tear_down);
  g_test_add ("/study/question/cut-off", Fixture, GINT_TO_POINTER (FALSE), set_up, test_settled, tear_down);
  return g_test_run ();
}
