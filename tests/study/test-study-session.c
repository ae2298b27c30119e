/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "sample-observation.h"
#include "xs-clock.h"
#include "xs-study-session.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define FRAME_US (SECOND / 5)
#define MORNING "20260105090000"

typedef struct {
  XsPolicy policy;
  XsStudySession *session;
  XsFrame *frame;
  gint64 now_us;
  gint64 wall_us;
  gint64 clock_us;

  guint n_photos;
  XsPhotoEvent events[512];
  gint64 photo_us[512];
  guint n_progress;
  XsProgress progress; /* the last; its minutes are not kept */
  guint n_minutes;
  guint n_closes;
  XsProgress closed; /* of the last log; its minutes are not kept */
  guint n_closed_minutes;
  XsSignOut reason;
} Fixture;

static void
on_photo (XsStudySession *session, XsFrame *frame, XsPhotoEvent event, const XsObservation *observation, gint64 wall_us,
          gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_true (frame == f->frame);
  g_assert_cmpuint (f->n_photos, <, G_N_ELEMENTS (f->events));
  f->photo_us[f->n_photos] = observation->time_us;
  f->events[f->n_photos++] = event;
}

static void
on_progress (XsStudySession *session, const XsProgress *progress, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpint (progress->credited_us, >=, f->n_progress > 0 ? f->progress.credited_us : 0);
  f->progress = *progress;
  f->n_minutes = progress->minutes->len;
  f->n_progress++;
}

static void
on_close (XsStudySession *session, XsSignOut reason, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_closes++;
  f->reason = reason;
  f->n_progress = 0;
  xs_study_session_get_progress (session, &f->closed);
  f->n_closed_minutes = f->closed.minutes->len;
  if (reason == XS_SIGN_OUT_SEGMENT_FULL)
    xs_study_session_next_segment (session);
}

static void
start (Fixture *f, const char *wire)
{
  const XsStudySessionFuncs funcs = { on_photo, on_progress, on_close };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_wall_from_wire (wire, &f->wall_us, &error));
  f->session = xs_study_session_new (&f->policy, 0, f->wall_us, 0, 7, &funcs, f);
  xs_study_session_playback (f->session, 0, XS_PLAYBACK_PLAYING);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const guint8 grey[3 * 16 * 9] = { 0 };
  g_autoptr (GBytes) pixels = g_bytes_new_static (grey, sizeof grey);

  xs_policy_default (&f->policy);
  f->frame = xs_frame_new (16, 9, 3 * 16, 0, pixels);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  xs_study_session_free (f->session);
  xs_frame_unref (f->frame);
}

static void
look (Fixture *f, XsObservation (*make) (gint64 time_us), gint64 duration_us)
{
  for (gint64 end_us = f->now_us + duration_us; f->now_us < end_us; f->now_us += FRAME_US)
    {
      XsObservation seen = make (f->now_us);
      if (f->now_us - f->clock_us >= SECOND)
        {
          f->clock_us = f->now_us;
          XsClockLook seen_clocks = { f->now_us, f->now_us, f->wall_us + f->now_us, 0 };
          xs_study_session_clock (f->session, &seen_clocks);
        }
      xs_study_session_observe (f->session, f->frame, &seen);
    }
}

static gint64
credited (Fixture *f)
{
  return xs_hour_counter_credited_us (xs_study_session_get_counter (f->session));
}

static void
test_credit (Fixture *f, gconstpointer data)
{
  start (f, MORNING);
  look (f, good, 10 * SECOND);
  g_assert_cmpint (credited (f), ==, 10 * SECOND - FRAME_US);
  g_assert_true (xs_study_session_wants_lesson (f->session));

  look (f, nobody, 5 * SECOND);
  g_assert_false (xs_study_session_wants_lesson (f->session));
  look (f, good, SECOND);
  g_assert_cmpint (credited (f), ==, 11 * SECOND - 2 * FRAME_US);
}

/* The player reports a pause while the observation of an earlier moment is still being worked on. */
static void
test_late_observation (Fixture *f, gconstpointer data)
{
  start (f, MORNING);
  look (f, good, 2 * SECOND);
  gint64 before_us = credited (f);

  xs_study_session_playback (f->session, f->now_us + FRAME_US / 2, XS_PLAYBACK_PAUSED);
  look (f, good, FRAME_US);
  g_assert_cmpint (credited (f), ==, before_us + FRAME_US);
  look (f, good, SECOND);
  g_assert_cmpint (credited (f), ==, before_us + FRAME_US);
  g_assert_cmpint (xs_hour_counter_pause (xs_study_session_get_counter (f->session)), ==, XS_PAUSE_LESSON_PAUSED);
}

/* Vision stalls for seconds: the frame it was stuck on says nothing about the moment it is done. */
static void
test_stalled_vision (Fixture *f, gconstpointer data)
{
  start (f, MORNING);
  look (f, good, 2 * SECOND);
  gint64 before_us = credited (f);
  XsObservation stuck = good (f->now_us);

  for (int i = 1; i <= 3; i++)
    {
      gint64 time_us = f->now_us + i * SECOND;
      XsClockLook clocks = { time_us, time_us, f->wall_us + time_us, 0 };
      xs_study_session_clock (f->session, &clocks);
    }
  xs_study_session_observe (f->session, f->frame, &stuck);
  f->now_us += 3 * SECOND + FRAME_US;
  f->clock_us = f->now_us;
  look (f, good, FRAME_US);
  g_assert_cmpint (credited (f), ==, before_us);
  look (f, good, SECOND);
  g_assert_cmpint (credited (f), ==, before_us + SECOND);
}

/* Present, looked at every @interval_us, each look taking as long again, while the clock goes on. */
static void
look_slowly (Fixture *f, gint64 interval_us, gint64 duration_us)
{
  gint64 tick_us = f->now_us;

  for (gint64 end_us = f->now_us + duration_us; f->now_us < end_us; f->now_us += interval_us)
    {
      XsObservation seen = good (f->now_us);
      for (; tick_us <= f->now_us + interval_us; tick_us += SECOND / 4)
        {
          XsClockLook clocks = { tick_us, tick_us, f->wall_us + tick_us, 0 };
          xs_study_session_clock (f->session, &clocks);
        }
      xs_study_session_observe (f->session, f->frame, &seen);
    }
}

/* A slow PC: whoever is there is credited as long as no two looks are too far apart, and never called absent. */
static void
test_slow_vision (Fixture *f, gconstpointer data)
{
  f->policy.absence_sign_out_s = 60;
  start (f, MORNING);
  look_slowly (f, SECOND * 3 / 4, 90 * SECOND);
  g_assert_cmpint (credited (f), ==, 90 * SECOND - SECOND * 3 / 4);

  gint64 before_us = credited (f);
  look_slowly (f, SECOND * 5 / 4, 90 * SECOND);
  g_assert_cmpint (credited (f), <=, before_us + SECOND * 3 / 4);
  g_assert_cmpint (xs_study_session_get_pause (f->session), ==, XS_PAUSE_CLOCK);
  g_assert_false (xs_study_session_wants_lesson (f->session));
  g_assert_cmpuint (f->n_closes, ==, 0);
  look (f, good, SECOND);
  g_assert_cmpint (xs_study_session_get_pause (f->session), ==, XS_PAUSE_NONE);
}

/* Without frames, what the player reports is not held back for ever. */
static void
test_camera_lost (Fixture *f, gconstpointer data)
{
  start (f, MORNING);
  look (f, good, 2 * SECOND);
  gint64 before_us = credited (f);

  xs_study_session_camera_lost (f->session, f->now_us);
  g_assert_cmpint (xs_hour_counter_pause (xs_study_session_get_counter (f->session)), ==, XS_PAUSE_CAMERA_LOST);
  g_assert_false (xs_study_session_wants_lesson (f->session));
  f->now_us += 10 * SECOND;
  look (f, good, FRAME_US);
  g_assert_cmpint (credited (f), ==, before_us);
  look (f, good, SECOND);
  g_assert_cmpint (credited (f), ==, before_us + SECOND);
}

/* A frame from before the camera was lost, looked at behind it, is no sign-out; one from after it came back is. */
static void
test_camera_lost_late_photo (Fixture *f, gconstpointer data)
{
  start (f, MORNING);
  look (f, good, 2 * SECOND);
  xs_study_session_camera_lost (f->session, f->now_us + SECOND);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_OUT, 3 * SECOND);
  look (f, good, FRAME_US);
  g_assert_true (xs_study_session_photo_is_waiting (f->session));
  g_assert_cmpuint (f->n_photos, ==, 0);
  f->now_us += SECOND;
  look (f, good, FRAME_US);
  g_assert_false (xs_study_session_photo_is_waiting (f->session));
}

static void
test_photos (Fixture *f, gconstpointer data)
{
  f->policy.snapshot_interval_s = 20;
  f->policy.snapshot_random = FALSE;
  start (f, MORNING);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 2 * SECOND);
  look (f, good, FRAME_US);
  g_assert_cmpuint (f->n_photos, ==, 1);
  g_assert_cmpint (f->events[0], ==, XS_PHOTO_SIGN_IN);

  /* The one of the first slot falls into an absence: it waits for the face. */
  look (f, good, 19 * SECOND);
  look (f, nobody, 3 * SECOND);
  g_assert_cmpuint (f->n_photos, ==, 1);
  look (f, good, SECOND);
  g_assert_cmpuint (f->n_photos, ==, 2);
  g_assert_cmpint (f->events[1], ==, XS_PHOTO_TIMED);
  g_assert_cmpint (f->photo_us[1], >=, 22 * SECOND);

  /* Nobody comes back: the photo is taken all the same, a quarter of a slot late, and shows it. */
  look (f, nobody, 30 * SECOND);
  g_assert_cmpuint (f->n_photos, ==, 3);
  g_assert_cmpint (f->photo_us[2], >=, 45 * SECOND);
}

/* As good() to a quick look. */
static XsObservation
glimpse (gint64 time_us)
{
  XsObservation seen = good (time_us);

  seen.thorough = FALSE;
  return seen;
}

static XsObservation
good_again (gint64 time_us)
{
  XsObservation seen = good (time_us);

  seen.repeats = 1;
  return seen;
}

/* A photo is what was looked at thoroughly, and no picture twice. */
static void
test_thorough_photo (Fixture *f, gconstpointer data)
{
  start (f, MORNING);
  look (f, glimpse, SECOND);
  g_assert_cmpint (xs_study_session_wanted_look (f->session), ==, XS_LOOK_QUICK);

  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 10 * SECOND);
  look (f, glimpse, SECOND);
  g_assert_cmpint (xs_study_session_wanted_look (f->session), ==, XS_LOOK_THOROUGH);
  g_assert_cmpuint (f->n_photos, ==, 0);
  look (f, good_again, SECOND);
  g_assert_cmpuint (f->n_photos, ==, 0);
  look (f, good, FRAME_US);
  g_assert_cmpuint (f->n_photos, ==, 1);
  g_assert_cmpint (xs_study_session_wanted_look (f->session), ==, XS_LOOK_QUICK);

  /* When nobody comes, only the last moment of the patience is worth a thorough look. */
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_OUT, 3 * SECOND);
  look (f, nobody, 2 * SECOND);
  g_assert_cmpint (xs_study_session_wanted_look (f->session), ==, XS_LOOK_QUICK);
  look (f, nobody, 4 * FRAME_US);
  g_assert_cmpint (xs_study_session_wanted_look (f->session), ==, XS_LOOK_THOROUGH);
}

static void
test_identity_interval (Fixture *f, gconstpointer data)
{
  f->policy.identity_interval_s = 30;
  start (f, MORNING);
  look (f, glimpse, 29 * SECOND);
  g_assert_cmpint (xs_study_session_wanted_look (f->session), ==, XS_LOOK_QUICK);
  look (f, glimpse, 2 * SECOND);
  g_assert_cmpint (xs_study_session_wanted_look (f->session), ==, XS_LOOK_THOROUGH);
  look (f, good, FRAME_US);
  g_assert_cmpint (xs_study_session_wanted_look (f->session), ==, XS_LOOK_QUICK);
}

static void
test_progress (Fixture *f, gconstpointer data)
{
  start (f, MORNING);
  look (f, good, 125 * SECOND);
  g_assert_cmpuint (f->n_progress, >=, 120);
  g_assert_cmpuint (f->n_minutes, ==, 3);
  g_assert_cmpint (f->progress.credited_us, >=, 123 * SECOND);
  g_assert_cmpint (f->progress.days[0].day, ==, 20260105);
  g_assert_cmpint (f->progress.days[0].credited_us, ==, f->progress.credited_us);
  g_assert_cmpint (f->progress.days[1].day, ==, 0);
}

static void
test_midnight (Fixture *f, gconstpointer data)
{
  start (f, "20260105235950");
  look (f, good, 30 * SECOND);
  g_assert_cmpint (f->progress.days[0].day, ==, 20260105);
  g_assert_cmpint (f->progress.days[0].credited_us, ==, 10 * SECOND);
  g_assert_cmpint (f->progress.days[1].day, ==, 20260106);
  g_assert_cmpint (f->progress.days[0].credited_us + f->progress.days[1].credited_us, ==, f->progress.credited_us);
}

static void
test_segment_full (Fixture *f, gconstpointer data)
{
  f->policy.segment_max_s = 60;
  start (f, MORNING);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 0);
  look (f, good, 90 * SECOND);
  g_assert_cmpuint (f->n_closes, ==, 1);
  g_assert_cmpint (f->reason, ==, XS_SIGN_OUT_SEGMENT_FULL);
  g_assert_cmpint (f->progress.credited_us, <, 31 * SECOND);
  g_assert_cmpuint (f->n_minutes, ==, 1);
  g_assert_cmpint (credited (f), ==, 90 * SECOND - FRAME_US);

  /* Either log has its first and its last photo, and no picture serves twice. */
  g_assert_cmpuint (f->n_photos, ==, 3);
  g_assert_cmpint (f->events[1], ==, XS_PHOTO_SIGN_OUT);
  g_assert_cmpint (f->photo_us[1], >, 57 * SECOND);
  g_assert_cmpint (f->photo_us[1], <=, 60 * SECOND);
  g_assert_cmpint (f->events[2], ==, XS_PHOTO_SIGN_IN);
  g_assert_cmpint (f->photo_us[2], <=, f->photo_us[1] + 4 * SECOND);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_OUT, 0);
  look (f, good, FRAME_US);
  g_assert_cmpuint (f->n_photos, ==, 4);
  g_assert_cmpuint (f->n_closes, ==, 1);
}

/* Who signs out while the segment gets full ends it: there is no second last photo. */
static void
test_sign_out_when_full (Fixture *f, gconstpointer data)
{
  f->policy.segment_max_s = 60;
  start (f, MORNING);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 0);
  look (f, good, 58 * SECOND);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_OUT, 0);
  look (f, good, 5 * SECOND);
  g_assert_cmpuint (f->n_photos, ==, 2);
  g_assert_cmpint (f->events[1], ==, XS_PHOTO_SIGN_OUT);
  g_assert_cmpuint (f->n_closes, ==, 0);
}

static void
assert_events (const Fixture *f, guint n, const XsPhotoEvent *events)
{
  g_assert_cmpuint (f->n_photos, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (f->events[i], ==, events[i]);
}

/* A slot that ends while a log does: its photo comes neither before the 17 of the next log nor behind the last 18. */
static void
test_sign_photos_are_first_and_last (Fixture *f, gconstpointer data)
{
  static const XsPhotoEvent events[] = { XS_PHOTO_SIGN_IN, XS_PHOTO_SIGN_OUT, XS_PHOTO_SIGN_IN, XS_PHOTO_SIGN_OUT };

  f->policy.segment_max_s = 60;
  f->policy.snapshot_interval_s = 57;
  f->policy.snapshot_random = FALSE;
  start (f, MORNING);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 0);
  look (f, good, 56 * SECOND);
  look (f, glimpse, 3 * SECOND);
  g_assert_cmpuint (f->n_photos, ==, 1);
  g_assert_true (xs_study_session_photo_is_waiting (f->session));
  look (f, good, 2 * SECOND);
  assert_events (f, 3, events);
  g_assert_cmpuint (f->n_closes, ==, 1);

  gint64 slot_end_us = (60 + f->policy.snapshot_interval_s) * SECOND;
  look (f, good, slot_end_us - SECOND - f->now_us);
  look (f, glimpse, 7 * FRAME_US);
  g_assert_cmpint (f->now_us, >, slot_end_us);
  assert_events (f, 3, events);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_OUT, 3 * SECOND);
  look (f, good, FRAME_US);
  assert_events (f, 4, events);
}

/* A study hour is 60 minutes, whatever the camera's rhythm, and nothing of the next is lost. */
static void
test_full_to_the_microsecond (Fixture *f, gconstpointer data)
{
  f->policy.segment_max_s = 60;
  start (f, MORNING);
  f->now_us = FRAME_US / 3;
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 0);
  for (guint i = 1; i <= 3; i++)
    {
      look (f, nobody, 7 * SECOND + FRAME_US / 7);
      while (f->n_closes < i)
        look (f, good, FRAME_US);
      g_assert_cmpint (f->closed.credited_us, ==, 60 * SECOND);
      g_assert_cmpint (f->closed.days[0].credited_us, ==, 60 * SECOND);
      g_assert_cmpuint (f->n_closed_minutes, ==, 2);
      g_assert_cmpint (f->closed.clock_wall_us, ==, f->closed.wall_us);
      g_assert_cmpint (f->closed.wall_us, <=, f->wall_us + f->now_us);
    }
  XsProgress open;
  xs_study_session_get_progress (f->session, &open);
  g_assert_cmpint (open.credited_us, ==, credited (f) - 180 * SECOND);
}

/* Four full logs are a full day: the last ends with the cap, and no empty one follows. */
static void
test_full_with_the_day (Fixture *f, gconstpointer data)
{
  f->policy.segment_max_s = 60;
  f->policy.daily_cap_s = 120;
  start (f, MORNING);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 0);
  look (f, good, 125 * SECOND);
  g_assert_cmpuint (f->n_closes, ==, 2);
  g_assert_cmpint (f->reason, ==, XS_SIGN_OUT_DAILY_CAP);
  g_assert_cmpint (f->closed.credited_us, ==, 60 * SECOND);
}

/* The hour is full just when somebody looks for a pen: neither log gets an empty chair for its 18 or 17. */
static void
test_sign_photos_wait_for_the_learner (Fixture *f, gconstpointer data)
{
  static const XsPhotoEvent events[] = { XS_PHOTO_SIGN_IN, XS_PHOTO_SIGN_OUT, XS_PHOTO_SIGN_IN };

  f->policy.segment_max_s = 60;
  start (f, MORNING);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 0);
  look (f, good, 57 * SECOND);
  look (f, glimpse, SECOND);
  look (f, nobody, 10 * SECOND);
  g_assert_cmpuint (f->n_photos, ==, 1);
  while (f->n_closes == 0)
    look (f, good, FRAME_US);
  look (f, nobody, 10 * SECOND);
  g_assert_cmpuint (f->n_photos, ==, 2);
  look (f, good, FRAME_US);
  assert_events (f, 3, events);
}

/* Between the 18 and the full hour the lesson stands for long: photos go on, and the log ends with a new 18. */
static void
test_pause_before_the_end (Fixture *f, gconstpointer data)
{
  f->policy.segment_max_s = 60;
  f->policy.snapshot_interval_s = 20;
  f->policy.snapshot_random = FALSE;
  start (f, MORNING);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 0);
  look (f, good, 59 * SECOND);
  g_assert_cmpint (f->events[f->n_photos - 1], ==, XS_PHOTO_SIGN_OUT);
  guint before = f->n_photos;
  xs_study_session_playback (f->session, f->now_us, XS_PLAYBACK_PAUSED);
  look (f, good, 100 * SECOND);
  g_assert_cmpuint (f->n_photos, ==, before + 5);
  g_assert_cmpuint (f->n_closes, ==, 0);
  xs_study_session_playback (f->session, f->now_us, XS_PLAYBACK_PLAYING);
  while (f->n_closes == 0)
    look (f, good, FRAME_US);
  g_assert_cmpint (f->events[f->n_photos - 1], ==, XS_PHOTO_SIGN_OUT);
  g_assert_cmpint (f->now_us - f->photo_us[f->n_photos - 1], <, 5 * SECOND);
}

/* The clock is set back while somebody studies: the next log begins where this one ends, and shares no time with it. */
static void
set_clock_back (Fixture *f, gint64 back_us)
{
  f->policy.segment_max_s = 120;
  start (f, MORNING);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 0);
  look (f, good, 90 * SECOND);
  f->wall_us -= back_us;
  while (f->n_closes == 0)
    look (f, good, FRAME_US);
}

static void
test_clock_back_shares_no_time (Fixture *f, gconstpointer data)
{
  set_clock_back (f, 80 * SECOND);
  g_assert_cmpint (f->closed.clock_wall_us, ==, f->closed.wall_us);
  g_assert_cmpint (xs_study_session_wall_us (f->session, f->now_us), >=, f->closed.wall_us);
}

/* By so much that the next log would begin before this one, and run into it. */
static void
test_clock_far_back (Fixture *f, gconstpointer data)
{
  set_clock_back (f, 200 * SECOND);
  g_assert_cmpint (f->closed.clock_wall_us, ==, f->closed.wall_us);
}

static void
test_day_set_right (Fixture *f, gconstpointer data)
{
  set_clock_back (f, 3 * G_TIME_SPAN_DAY);
  g_assert_cmpint (f->closed.clock_wall_us, <, f->closed.wall_us - 2 * G_TIME_SPAN_DAY);
}

/* Somebody sits there for hours before a lesson that stands: the log ends before it holds more than a log may. */
static void
test_log_is_full (Fixture *f, gconstpointer data)
{
  f->policy.snapshot_interval_s = 10;
  f->policy.active_check_interval_s = 0;
  start (f, MORNING);
  xs_study_session_photo_now (f->session, XS_PHOTO_SIGN_IN, 0);
  look (f, good, 10 * SECOND);
  xs_study_session_playback (f->session, f->now_us, XS_PLAYBACK_PAUSED);
  while (f->n_closes == 0)
    look (f, good, SECOND);
  g_assert_cmpint (f->reason, ==, XS_SIGN_OUT_SEGMENT_FULL);
  g_assert_cmpuint (f->n_photos, >, XS_LOG_PHOTOS_MAX / 2);
  g_assert_cmpuint (f->n_photos, <, XS_LOG_PHOTOS_MAX);
}

static void
test_absence (Fixture *f, gconstpointer data)
{
  f->policy.absence_sign_out_s = 60;
  start (f, MORNING);
  look (f, good, 10 * SECOND);
  look (f, nobody, 58 * SECOND);
  g_assert_cmpuint (f->n_closes, ==, 0);
  look (f, nobody, 10 * SECOND);
  g_assert_cmpuint (f->n_closes, ==, 1);
  g_assert_cmpint (f->reason, ==, XS_SIGN_OUT_ABSENCE);
}

/* A made-up head, round in front, turned by @yaw_deg; > 0 towards the picture's left. */
static XsObservation
turned (gint64 time_us, double yaw_deg)
{
  XsObservation seen = good (time_us);
  double c = cos (yaw_deg * G_PI / 180), s = sin (yaw_deg * G_PI / 180);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  seen.yaw_deg = (float) yaw_deg;
  for (guint i = 0; i < XS_N_LANDMARKS; i++)
    {
      double x = g_rand_double_range (random, -1, 1), y = g_rand_double_range (random, -1, 1);
      double depth = 1.2 * (1 - x * x - y * y);
      /* The outer corners of the eyes give the scale. */
      if (i == 33 || i == 263)
        x = i == 33 ? -0.7 : 0.7;
      double scale = 1000 / (8 - (x * s + depth * c));
      seen.landmarks[i] = (XsPoint){ (float) (640 + (x * c - depth * s) * scale), (float) (360 + y * scale) };
    }
  return seen;
}

static XsObservation
front (gint64 time_us)
{
  return turned (time_us, 0);
}

static gboolean
is_asked (Fixture *f)
{
  XsGuidanceCode code = xs_study_session_get_guidance (f->session);

  return code == XS_GUIDANCE_TURN_LEFT || code == XS_GUIDANCE_TURN_RIGHT;
}

/* Asked within one and a half stretches; who does not turn is not counted until the head was turned. */
static void
test_active_check (Fixture *f, gconstpointer data)
{
  f->policy.active_check_interval_s = 20;
  f->policy.active_check_s = 5;
  start (f, MORNING);
  while (!is_asked (f))
    {
      look (f, front, FRAME_US);
      g_assert_cmpint (f->now_us, <, 35 * SECOND);
    }
  g_assert_cmpint (f->now_us, >, 9 * SECOND);
  g_assert_cmpint (xs_study_session_get_turned_us (f->session), ==, G_MININT64);
  look (f, front, 6 * SECOND);
  g_assert_cmpint (xs_hour_counter_pause (xs_study_session_get_counter (f->session)), ==, XS_PAUSE_NOT_LIVE);
  gint64 before_us = credited (f);
  look (f, front, 5 * SECOND);
  g_assert_cmpint (credited (f), ==, before_us);

  double side = xs_study_session_get_guidance (f->session) == XS_GUIDANCE_TURN_LEFT ? -1 : 1;
  for (double yaw_deg = 0; yaw_deg <= 28; yaw_deg += 4, f->now_us += FRAME_US)
    {
      XsObservation seen = turned (f->now_us, side * yaw_deg);
      xs_study_session_observe (f->session, f->frame, &seen);
    }
  g_assert_cmpint (xs_study_session_get_turned_us (f->session), >, f->now_us - 2 * SECOND);
  look (f, front, 3 * SECOND);
  g_assert_false (is_asked (f));
  g_assert_cmpint (credited (f), >=, before_us + 2 * SECOND);
}

static XsObservation
unclear (gint64 time_us)
{
  XsObservation seen = good (time_us);

  seen.match = 0.4f;
  return seen;
}

static XsObservation
someone_else (gint64 time_us)
{
  XsObservation seen = good (time_us);

  seen.match = 0;
  return seen;
}

/*
 * A session that ends for absence is photographed with whoever may be its learner: not an empty chair, and not somebody
 * else, whose face would cost minutes that were studied.
 */
static void
test_photo_of_absence (Fixture *f, gconstpointer data)
{
  start (f, MORNING);
  look (f, good, 5 * SECOND);
  guint n_before = f->n_photos;
  xs_study_session_photo_now (f->session, XS_PHOTO_PROCESS, SECOND);
  look (f, nobody, 3 * SECOND);
  look (f, someone_else, 3 * SECOND);
  g_assert_cmpuint (f->n_photos, ==, n_before);
  g_assert_true (xs_study_session_photo_is_waiting (f->session));
  look (f, unclear, FRAME_US);
  g_assert_cmpuint (f->n_photos, ==, n_before + 1);
  g_assert_cmpint (f->events[n_before], ==, XS_PHOTO_PROCESS);
  g_assert_false (xs_study_session_photo_is_waiting (f->session));
}

static void
test_no_active_check (Fixture *f, gconstpointer data)
{
  f->policy.active_check_interval_s = 0;
  start (f, MORNING);
  for (int s = 0; s < 300; s++)
    {
      look (f, front, SECOND);
      g_assert_false (is_asked (f));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/study/session/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("credit", test_credit);
  ADD ("late-observation", test_late_observation);
  ADD ("stalled-vision", test_stalled_vision);
  ADD ("slow-vision", test_slow_vision);
  ADD ("camera-lost", test_camera_lost);
  ADD ("camera-lost-late-photo", test_camera_lost_late_photo);
  ADD ("photos", test_photos);
  ADD ("thorough-photo", test_thorough_photo);
  ADD ("identity-interval", test_identity_interval);
  ADD ("progress", test_progress);
  ADD ("midnight", test_midnight);
  ADD ("segment-full", test_segment_full);
  ADD ("sign-out-when-full", test_sign_out_when_full);
  ADD ("sign-photos-first-and-last", test_sign_photos_are_first_and_last);
  ADD ("full-to-the-microsecond", test_full_to_the_microsecond);
  ADD ("full-with-the-day", test_full_with_the_day);
  ADD ("sign-photos-wait", test_sign_photos_wait_for_the_learner);
  ADD ("pause-before-the-end", test_pause_before_the_end);
  ADD ("clock-back", test_clock_back_shares_no_time);
  ADD ("clock-far-back", test_clock_far_back);
  ADD ("day-set-right", test_day_set_right);
  ADD ("log-is-full", test_log_is_full);
  ADD ("absence", test_absence);
  ADD ("photo-of-absence", test_photo_of_absence);
  ADD ("active-check", test_active_check);
  ADD ("no-active-check", test_no_active_check);
  return g_test_run ();
}
