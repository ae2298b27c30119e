/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sample-observation.h"
#include "xs-clock.h"
#include "xs-ladder.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define FRAME_US (SECOND / 10)

typedef struct {
  XsPolicy policy;
  XsStudySession *session;
  XsFrame *frame;
  gint64 now_us;
  gint64 wall_us;
  guint n_closes;
  XsSignOut reason;
} Fixture;

static void
on_close (XsStudySession *session, XsSignOut reason, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_closes++;
  f->reason = reason;
}

static void
start (Fixture *f)
{
  const XsStudySessionFuncs funcs = { .close = on_close };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_wall_from_wire ("20260105090000", &f->wall_us, &error));
  f->session = xs_study_session_new (&f->policy, 0, f->wall_us, 0, 7, &funcs, f);
  xs_study_session_playback (f->session, 0, XS_PLAYBACK_PLAYING);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const guint8 grey[3 * 16 * 9] = { 0 };
  g_autoptr (GBytes) pixels = g_bytes_new_static (grey, sizeof grey);

  xs_policy_default (&f->policy);
  f->policy.active_check_interval_s = 0;
  f->frame = xs_frame_new (16, 9, 3 * 16, 0, pixels);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  xs_study_session_free (f->session);
  xs_frame_unref (f->frame);
}

static XsObservation
turned_away (gint64 time_us)
{
  XsObservation seen = good (time_us);

  seen.yaw_deg = 60;
  return seen;
}

static XsObservation
asleep (gint64 time_us)
{
  XsObservation seen = good (time_us);

  seen.eyes_open = 0.1f;
  return seen;
}

static void
look (Fixture *f, XsObservation (*make) (gint64 time_us), gint64 duration_us)
{
  for (gint64 end_us = f->now_us + duration_us; f->now_us < end_us; f->now_us += FRAME_US)
    {
      XsObservation seen = make (f->now_us);
      XsClockLook clocks = { f->now_us, f->now_us, f->wall_us + f->now_us, 0 };

      xs_study_session_clock (f->session, &clocks);
      xs_study_session_observe (f->session, f->frame, &seen);
    }
}

/* As of the newest observation. */
static XsLadder
judge (Fixture *f)
{
  return xs_ladder_judge (f->session, &f->policy, f->now_us - FRAME_US);
}

/* Look on, in single frames, until the ladder is at @rung. Returns: it, as it is first shown. */
static XsLadder
climb (Fixture *f, XsObservation (*make) (gint64 time_us), XsRung rung, gint64 limit_us)
{
  gint64 end_us = f->now_us + limit_us;

  while (judge (f).rung != rung)
    {
      g_assert_cmpint (f->now_us, <, end_us);
      look (f, make, FRAME_US);
    }
  return judge (f);
}

static void
test_all_is_well (Fixture *f, gconstpointer data)
{
  start (f);
  XsLadder ladder = xs_ladder_judge (f->session, &f->policy, 0);
  g_assert_cmpint (ladder.rung, ==, XS_RUNG_NONE);
  look (f, good, 10 * SECOND);
  ladder = judge (f);
  g_assert_cmpint (ladder.rung, ==, XS_RUNG_NONE);
  g_assert_cmpint (ladder.reason, ==, XS_PAUSE_NONE);
  g_assert_cmpint (ladder.sign_out_us, ==, G_MAXINT64);
}

/* Nobody there any more: the grace runs down, then it stands, then the end is counted down and comes when it said. */
static void
test_absence (Fixture *f, gconstpointer data)
{
  f->policy.grace_us = 4 * SECOND;
  start (f);
  look (f, good, 5 * SECOND);
  gint64 gone_us = f->now_us;

  /* A single lost frame is not told. */
  look (f, nobody, FRAME_US);
  g_assert_cmpint (judge (f).rung, ==, XS_RUNG_NONE);

  XsLadder ladder = climb (f, nobody, XS_RUNG_GRACE, 2 * SECOND);
  g_assert_cmpint (ladder.reason, ==, XS_PAUSE_NO_FACE);
  g_assert_cmpint (ladder.whole_us, ==, 4 * SECOND);
  for (gint64 before_us = G_MAXINT64; ladder.rung == XS_RUNG_GRACE; before_us = ladder.left_us, ladder = judge (f))
    {
      g_assert_cmpint (ladder.left_us, >=, 0);
      g_assert_cmpint (ladder.left_us, <, before_us);
      look (f, nobody, FRAME_US);
    }
  g_assert_cmpint (ABS (f->now_us - gone_us - f->policy.grace_us), <=, 3 * FRAME_US);
  g_assert_cmpint (ladder.rung, ==, XS_RUNG_PAUSED);
  g_assert_cmpint (ladder.reason, ==, XS_PAUSE_NO_FACE);
  g_assert_cmpint (ladder.sign_out_us, >, 290 * SECOND);

  ladder = climb (f, nobody, XS_RUNG_SIGN_OUT, 300 * SECOND);
  g_assert_cmpint (ladder.left_us, ==, ladder.sign_out_us);
  g_assert_cmpint (ladder.left_us, <=, ladder.whole_us);
  g_assert_cmpint (ladder.whole_us, ==, 60 * SECOND);
  gint64 ends_us = f->now_us - FRAME_US + ladder.left_us;
  g_assert_cmpuint (f->n_closes, ==, 0);
  while (f->n_closes == 0)
    look (f, nobody, FRAME_US);
  g_assert_cmpint (f->reason, ==, XS_SIGN_OUT_ABSENCE);
  g_assert_cmpint (f->now_us, >=, ends_us);
  /* Progress is made once a second. */
  g_assert_cmpint (f->now_us, <=, ends_us + SECOND + 2 * FRAME_US);
}

/* Whoever is back in time has lost nothing, and is back at the foot of the ladder; also from its highest rung. */
static void
test_comes_back (Fixture *f, gconstpointer data)
{
  f->policy.grace_us = 4 * SECOND;
  start (f);
  look (f, good, 5 * SECOND);
  climb (f, nobody, XS_RUNG_GRACE, 2 * SECOND);
  look (f, good, SECOND);
  g_assert_cmpint (judge (f).rung, ==, XS_RUNG_NONE);
  gint64 credited_us = xs_hour_counter_credited_us (xs_study_session_get_counter (f->session));
  g_assert_cmpint (credited_us, >=, f->now_us - 2 * FRAME_US);

  climb (f, nobody, XS_RUNG_SIGN_OUT, 300 * SECOND);
  look (f, good, SECOND);
  g_assert_cmpint (judge (f).rung, ==, XS_RUNG_NONE);
  g_assert_cmpint (judge (f).sign_out_us, ==, G_MAXINT64);
  g_assert_cmpuint (f->n_closes, ==, 0);
}

/* Looking away and sleeping are warned of while the time still counts, with what is left of it. */
static void
check_warning (Fixture *f, XsObservation (*make) (gint64 time_us), gint64 limit_s, XsPause reason)
{
  start (f);
  look (f, good, 5 * SECOND);
  look (f, make, 2 * SECOND);
  g_assert_cmpint (judge (f).rung, ==, XS_RUNG_NONE);

  XsLadder ladder = climb (f, make, XS_RUNG_WARNING, limit_s * SECOND);
  g_assert_cmpint (ladder.reason, ==, reason);
  g_assert_cmpint (ladder.whole_us, ==, limit_s * SECOND);
  g_assert_cmpint (ladder.left_us, <=, ladder.whole_us * 2 / 3);
  g_assert_cmpint (xs_study_session_get_pause (f->session), ==, XS_PAUSE_NONE);
  gint64 stops_us = f->now_us - FRAME_US + ladder.left_us;

  ladder = climb (f, make, XS_RUNG_PAUSED, ladder.left_us + 2 * f->policy.grace_us);
  g_assert_cmpint (ladder.reason, ==, reason);
  g_assert_cmpint (f->now_us, >=, stops_us);
  g_assert_cmpint (f->now_us, <=, stops_us + f->policy.grace_us + 4 * FRAME_US);
  look (f, good, 2 * SECOND);
  g_assert_cmpint (judge (f).rung, ==, XS_RUNG_NONE);
}

static void
test_looking_away (Fixture *f, gconstpointer data)
{
  check_warning (f, turned_away, f->policy.look_away_s, XS_PAUSE_LOOKING_AWAY);
}

static void
test_asleep (Fixture *f, gconstpointer data)
{
  check_warning (f, asleep, f->policy.eyes_closed_s, XS_PAUSE_EYES_CLOSED);
}

/* A policy that does not mind does not warn either. */
static void
test_allowed (Fixture *f, gconstpointer data)
{
  f->policy.look_away_s = 0;
  start (f);
  look (f, good, 5 * SECOND);
  look (f, turned_away, 60 * SECOND);
  g_assert_cmpint (judge (f).rung, ==, XS_RUNG_NONE);
}

/* Asked to turn the head: the time for it runs down while the question is read. */
static void
test_turn (Fixture *f, gconstpointer data)
{
  f->policy.active_check_interval_s = 10;
  start (f);
  XsLadder ladder = climb (f, good, XS_RUNG_WARNING, 30 * SECOND);
  g_assert_cmpint (ladder.reason, ==, XS_PAUSE_NOT_LIVE);
  g_assert_cmpint (ladder.whole_us, ==, f->policy.active_check_s * SECOND);
  look (f, good, 5 * SECOND);
  g_assert_cmpint (judge (f).left_us, <, ladder.whole_us - 2 * SECOND);
  ladder = climb (f, good, XS_RUNG_PAUSED, 30 * SECOND);
  g_assert_cmpint (ladder.reason, ==, XS_PAUSE_NOT_LIVE);
}

/* The learner's own pause is one, and whoever leaves meanwhile is told how long that may last. */
static void
test_own_pause (Fixture *f, gconstpointer data)
{
  start (f);
  look (f, good, 5 * SECOND);
  xs_study_session_playback (f->session, f->now_us, XS_PLAYBACK_PAUSED);
  look (f, good, 5 * SECOND);
  XsLadder ladder = judge (f);
  g_assert_cmpint (ladder.rung, ==, XS_RUNG_PAUSED);
  g_assert_cmpint (ladder.reason, ==, XS_PAUSE_LESSON_PAUSED);
  g_assert_cmpint (ladder.sign_out_us, ==, G_MAXINT64);
  look (f, nobody, 10 * SECOND);
  g_assert_cmpint (judge (f).sign_out_us, <=, 291 * SECOND);
  climb (f, nobody, XS_RUNG_SIGN_OUT, 300 * SECOND);
}

#define ADD(name, func) g_test_add ("/study/ladder/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("all-is-well", test_all_is_well);
  ADD ("absence", test_absence);
  ADD ("comes-back", test_comes_back);
  ADD ("looking-away", test_looking_away);
  ADD ("asleep", test_asleep);
  ADD ("allowed", test_allowed);
  ADD ("turn", test_turn);
  ADD ("own-pause", test_own_pause);
  return g_test_run ();
}
