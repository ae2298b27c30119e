/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-hour-counter.h"

#include "xs-clock.h"

#define MS(ms_) ((gint64) (ms_) *1000)
#define SEC(s_) MS (1000 * (gint64) (s_))
#define FRAME_MS 200

typedef struct {
  XsPolicy policy;
  XsHourCounter *counter;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  xs_policy_default (&fixture->policy);
  fixture->counter = xs_hour_counter_new (&fixture->policy, 0, 20260301);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  xs_hour_counter_free (fixture->counter);
}

/* Start again with what was credited before. */
static void
set_credited_today (Fixture *fixture, gint64 credited_today_us)
{
  xs_hour_counter_free (fixture->counter);
  fixture->counter = xs_hour_counter_new (&fixture->policy, credited_today_us, 20260301);
}

static void
play (Fixture *fixture, gint64 ms, XsPlayback playback)
{
  xs_hour_counter_playback (fixture->counter, MS (ms), playback);
}

/* A frame at each FRAME_MS from @from_ms up to and with @to_ms. */
static void
see (Fixture *fixture, gint64 from_ms, gint64 to_ms, XsPresence presence)
{
  for (gint64 ms = from_ms; ms <= to_ms; ms += FRAME_MS)
    xs_hour_counter_presence (fixture->counter, MS (ms), presence);
}

/* A look at clocks that ran together since boot, @wall_us being the wall clock at 0. */
static void
look (Fixture *fixture, gint64 ms, gint64 wall_us)
{
  xs_hour_counter_clock (fixture->counter, MS (ms), MS (ms), wall_us + MS (ms));
}

static gint64
wall (const char *wire)
{
  gint64 wall_us = 0;

  g_assert_true (xs_wall_from_wire (wire, &wall_us, NULL));
  return wall_us;
}

static char *
list_to_text (const GArray *list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const XsStretch *stretch = &g_array_index (list, XsStretch, i);

      g_string_append_printf (text, "%s%.3f-%.3f", i > 0 ? " " : "", (double) stretch->t0_us / 1e6,
                              (double) stretch->t1_us / 1e6);
      if (stretch->pause != XS_PAUSE_NONE)
        g_string_append_printf (text, " %s", xs_pause_nick (stretch->pause));
    }

  return g_string_free (text, FALSE);
}

/* The counter's lists as text, in seconds: "0.000-1.000 3.000-4.000" and "1.000-3.000 no_face". */
static void
assert_lists (Fixture *fixture, const char *stretches, const char *pauses)
{
  g_autofree char *got_stretches = list_to_text (xs_hour_counter_stretches (fixture->counter));
  g_autofree char *got_pauses = list_to_text (xs_hour_counter_pauses (fixture->counter));

  g_assert_cmpstr (got_stretches, ==, stretches);
  g_assert_cmpstr (got_pauses, ==, pauses);
}

#define assert_pause(fixture_, pause_)                                                                                 \
  g_assert_cmpstr (xs_pause_nick (xs_hour_counter_pause ((fixture_)->counter)), ==, xs_pause_nick (pause_))

static void
test_fresh (Fixture *fixture, gconstpointer data)
{
  assert_pause (fixture, XS_PAUSE_STARTING);
  g_assert_cmpint (xs_hour_counter_credited_us (fixture->counter), ==, 0);
  g_assert_cmpint (xs_hour_counter_today_us (fixture->counter), ==, 0);
  assert_lists (fixture, "", "");
}

static void
test_steady (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  assert_pause (fixture, XS_PAUSE_STARTING);
  see (fixture, 500, 10500, XS_PRESENCE_PRESENT);

  assert_pause (fixture, XS_PAUSE_NONE);
  assert_lists (fixture, "0.500-10.500", "0.000-0.500 starting");
  g_assert_cmpint (xs_hour_counter_credited_us (fixture->counter), ==, SEC (10));
  g_assert_cmpint (xs_hour_counter_today_us (fixture->counter), ==, SEC (10));
}

static void
test_one_confirmation_is_nothing (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 0, XS_PRESENCE_PRESENT);
  see (fixture, 200, 4000, XS_PRESENCE_NO_FACE);

  g_assert_cmpint (xs_hour_counter_credited_us (fixture->counter), ==, 0);
  assert_lists (fixture, "", "0.000-4.000 no_face");
}

static void
test_lesson_never_told (Fixture *fixture, gconstpointer data)
{
  see (fixture, 0, 2000, XS_PRESENCE_PRESENT);

  assert_pause (fixture, XS_PAUSE_STARTING);
  assert_lists (fixture, "", "0.000-2.000 starting");
}

static void
test_dropout_within_grace (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  see (fixture, 1200, 1800, XS_PRESENCE_NO_FACE);

  assert_pause (fixture, XS_PAUSE_NONE);
  g_assert_cmpint (xs_hour_counter_credited_us (fixture->counter), ==, SEC (1));

  see (fixture, 2000, 2000, XS_PRESENCE_PRESENT);
  assert_lists (fixture, "0.000-2.000", "");
}

static void
test_dropout_one_microsecond_too_long (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  see (fixture, 1200, 1800, XS_PRESENCE_NO_FACE);
  xs_hour_counter_presence (fixture->counter, SEC (2) + 1, XS_PRESENCE_PRESENT);
  assert_pause (fixture, XS_PAUSE_NONE);
  xs_hour_counter_presence (fixture->counter, SEC (2) + 1 + MS (200), XS_PRESENCE_PRESENT);

  g_assert_cmpint (xs_hour_counter_credited_us (fixture->counter), ==, SEC (1) + MS (200));
  g_assert_cmpint (xs_hour_counter_credited_between_us (fixture->counter, SEC (1), SEC (2) + 1), ==, 0);
}

static void
test_dropout_pauses_when_grace_is_over (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  see (fixture, 1200, 2000, XS_PRESENCE_NO_FACE);
  assert_pause (fixture, XS_PAUSE_NONE);
  see (fixture, 2200, 2200, XS_PRESENCE_NO_FACE);
  assert_pause (fixture, XS_PAUSE_NO_FACE);
  assert_lists (fixture, "0.000-1.000", "1.000-2.200 no_face");
}

static void
test_look_sees_grace_over (Fixture *fixture, gconstpointer data)
{
  gint64 wall_us = wall ("20260301100000");

  look (fixture, 0, wall_us);
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  see (fixture, 1200, 1400, XS_PRESENCE_NO_FACE);
  look (fixture, 2000, wall_us);
  assert_pause (fixture, XS_PAUSE_NONE);
  look (fixture, 2001, wall_us);
  assert_pause (fixture, XS_PAUSE_NO_FACE);
}

static void
test_two_dropouts (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  see (fixture, 1200, 1600, XS_PRESENCE_UNVERIFIED);
  see (fixture, 1800, 1800, XS_PRESENCE_PRESENT);
  see (fixture, 2000, 2400, XS_PRESENCE_SEVERAL_FACES);
  see (fixture, 2600, 2600, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-2.600", "");
}

static void
test_dropout_of_two_kinds (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  see (fixture, 1200, 1400, XS_PRESENCE_UNVERIFIED);
  see (fixture, 1600, 1800, XS_PRESENCE_COVERED);
  see (fixture, 2000, 3000, XS_PRESENCE_UNVERIFIED);
  see (fixture, 3200, 3400, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-1.000 3.200-3.400", "1.000-2.200 camera_covered 2.200-3.200 cannot_verify");
}

static void
test_other_person_has_no_grace (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  see (fixture, 1200, 1200, XS_PRESENCE_OTHER_PERSON);
  assert_pause (fixture, XS_PAUSE_OTHER_PERSON);
  see (fixture, 1400, 2000, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-1.000 1.400-2.000", "1.000-1.400 other_person");
}

static void
test_no_grace_at_all (Fixture *fixture, gconstpointer data)
{
  fixture->policy.grace_us = 0;
  set_credited_today (fixture, 0);
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  see (fixture, 1200, 1200, XS_PRESENCE_NO_FACE);
  see (fixture, 1400, 2000, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-1.000 1.400-2.000", "1.000-1.400 no_face");
}

static void
test_gap_at_the_limit (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 0, XS_PRESENCE_PRESENT);
  see (fixture, 1000, 1000, XS_PRESENCE_PRESENT);
  assert_lists (fixture, "0.000-1.000", "");

  xs_hour_counter_presence (fixture->counter, SEC (2) + 1, XS_PRESENCE_PRESENT);
  g_assert_cmpint (xs_hour_counter_credited_us (fixture->counter), ==, SEC (1));
  assert_pause (fixture, XS_PAUSE_NONE);
}

static void
test_gap_inside_a_long_grace (Fixture *fixture, gconstpointer data)
{
  fixture->policy.grace_us = SEC (5);
  set_credited_today (fixture, 0);
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 0, XS_PRESENCE_PRESENT);
  see (fixture, 200, 200, XS_PRESENCE_NO_FACE);
  see (fixture, 1400, 1400, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "", "0.000-1.400 no_face");
}

static void
test_look_sees_frames_overdue (Fixture *fixture, gconstpointer data)
{
  gint64 wall_us = wall ("20260301100000");

  look (fixture, 0, wall_us);
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  look (fixture, 2100, wall_us);
  assert_pause (fixture, XS_PAUSE_CLOCK);
}

static void
test_frame_keeps_its_time_after_a_look (Fixture *fixture, gconstpointer data)
{
  gint64 wall_us = wall ("20260301100000");

  look (fixture, 0, wall_us);
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 800, XS_PRESENCE_PRESENT);
  look (fixture, 1100, wall_us);
  see (fixture, 1000, 1000, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-1.000", "");
}

static void
test_lesson_paused (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  play (fixture, 1100, XS_PLAYBACK_PAUSED);
  assert_pause (fixture, XS_PAUSE_LESSON_PAUSED);
  see (fixture, 1200, 5000, XS_PRESENCE_PRESENT);
  play (fixture, 5100, XS_PLAYBACK_PLAYING);
  assert_pause (fixture, XS_PAUSE_LESSON_PAUSED);
  see (fixture, 5200, 6000, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-1.000 5.200-6.000", "1.000-5.200 lesson_paused");
}

static void
test_lesson_paused_between_two_frames (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  play (fixture, 1050, XS_PLAYBACK_PAUSED);
  play (fixture, 1100, XS_PLAYBACK_PLAYING);
  see (fixture, 1200, 2000, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-1.000 1.200-2.000", "1.000-1.200 lesson_paused");
}

static void
test_playing_told_again (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  play (fixture, 1100, XS_PLAYBACK_PLAYING);
  see (fixture, 1200, 2000, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-2.000", "");
}

/* A repeat, a quiz and a question that nobody answered stop it as a pause does, each under its own name. */
static void
test_other_stops (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  play (fixture, 1100, XS_PLAYBACK_REPEAT);
  see (fixture, 1200, 2000, XS_PRESENCE_PRESENT);
  assert_pause (fixture, XS_PAUSE_REPEAT);
  play (fixture, 2000, XS_PLAYBACK_QUIZ);
  see (fixture, 2000, 3000, XS_PRESENCE_PRESENT);
  assert_pause (fixture, XS_PAUSE_QUIZ);
  play (fixture, 3000, XS_PLAYBACK_ATTENTION);
  see (fixture, 3000, 4000, XS_PRESENCE_PRESENT);
  assert_pause (fixture, XS_PAUSE_ATTENTION);
  play (fixture, 4000, XS_PLAYBACK_PLAYING);
  see (fixture, 4000, 5000, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-1.000 4.000-5.000", "1.000-2.000 repeat 2.000-3.000 quiz 3.000-4.000 attention");
}

static void
test_priority (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_ENDED);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  assert_pause (fixture, XS_PAUSE_LESSON_ENDED);
  see (fixture, 1200, 2000, XS_PRESENCE_UNVERIFIED);
  assert_pause (fixture, XS_PAUSE_UNVERIFIED);
  xs_hour_counter_camera_lost (fixture->counter, SEC (3));
  assert_pause (fixture, XS_PAUSE_CAMERA_LOST);
  play (fixture, 4000, XS_PLAYBACK_FAILED);
  assert_pause (fixture, XS_PAUSE_CAMERA_LOST);
  see (fixture, 5000, 5000, XS_PRESENCE_PRESENT);
  assert_pause (fixture, XS_PAUSE_LESSON_FAILED);

  assert_lists (fixture, "", "0.000-1.200 lesson_ended 1.200-3.000 cannot_verify 3.000-5.000 camera_lost");
}

static void
test_camera_lost_has_no_grace (Fixture *fixture, gconstpointer data)
{
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  xs_hour_counter_camera_lost (fixture->counter, MS (1100));
  see (fixture, 1200, 2000, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-1.000 1.200-2.000", "1.000-1.200 camera_lost");
}

static void
test_suspend (Fixture *fixture, gconstpointer data)
{
  gint64 wall_us = wall ("20260301100000");

  look (fixture, 0, wall_us);
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  xs_hour_counter_clock (fixture->counter, MS (1100), MS (1100) + SEC (60), wall_us + MS (1100) + SEC (60));
  assert_pause (fixture, XS_PAUSE_CLOCK);
  see (fixture, 1200, 2000, XS_PRESENCE_PRESENT);

  assert_pause (fixture, XS_PAUSE_NONE);
  assert_lists (fixture, "0.000-1.000 1.200-2.000", "1.000-1.200 clock");
}

static void
test_suspend_at_the_limit (Fixture *fixture, gconstpointer data)
{
  gint64 wall_us = wall ("20260301100000");

  look (fixture, 0, wall_us);
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  xs_hour_counter_clock (fixture->counter, MS (1100), MS (2100), wall_us + MS (2100));
  assert_pause (fixture, XS_PAUSE_NONE);
  xs_hour_counter_clock (fixture->counter, MS (1100), MS (3100) + 1, wall_us + MS (3100) + 1);
  assert_pause (fixture, XS_PAUSE_CLOCK);
}

static void
test_wall_step (Fixture *fixture, gconstpointer data)
{
  gint64 wall_us = wall ("20260301100000");

  look (fixture, 0, wall_us);
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);
  look (fixture, 1000, wall_us + SEC (2));
  assert_pause (fixture, XS_PAUSE_NONE);
  look (fixture, 1100, wall_us - 1);
  assert_pause (fixture, XS_PAUSE_CLOCK);
  see (fixture, 1200, 2000, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "0.000-1.000 1.200-2.000", "1.000-1.200 clock");
}

static void
test_daily_cap (Fixture *fixture, gconstpointer data)
{
  gint64 cap_us = fixture->policy.daily_cap_s * G_USEC_PER_SEC;

  set_credited_today (fixture, cap_us - MS (4500));
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 4400, XS_PRESENCE_PRESENT);
  assert_pause (fixture, XS_PAUSE_NONE);
  see (fixture, 4600, 6000, XS_PRESENCE_PRESENT);
  assert_pause (fixture, XS_PAUSE_DAILY_CAP);
  g_assert_cmpint (xs_hour_counter_today_us (fixture->counter), ==, cap_us);
  play (fixture, 7000, XS_PLAYBACK_PAUSED);
  assert_pause (fixture, XS_PAUSE_DAILY_CAP);
  xs_hour_counter_presence (fixture->counter, SEC (8), XS_PRESENCE_NO_FACE);
  assert_pause (fixture, XS_PAUSE_NO_FACE);

  assert_lists (fixture, "0.000-4.500", "4.500-8.000 daily_cap");
}

static void
test_cap_reached_before (Fixture *fixture, gconstpointer data)
{
  set_credited_today (fixture, SEC (20000));
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 1000, XS_PRESENCE_PRESENT);

  assert_pause (fixture, XS_PAUSE_DAILY_CAP);
  assert_lists (fixture, "", "0.000-1.000 daily_cap");
}

static void
test_midnight_opens_a_new_account (Fixture *fixture, gconstpointer data)
{
  gint64 cap_us = fixture->policy.daily_cap_s * G_USEC_PER_SEC;

  set_credited_today (fixture, cap_us - SEC (2));
  look (fixture, 0, wall ("20260301235957"));
  play (fixture, 0, XS_PLAYBACK_PLAYING);
  see (fixture, 0, 2800, XS_PRESENCE_PRESENT);
  assert_pause (fixture, XS_PAUSE_DAILY_CAP);
  xs_hour_counter_presence (fixture->counter, MS (3500), XS_PRESENCE_PRESENT);

  assert_pause (fixture, XS_PAUSE_NONE);
  g_assert_cmpint (xs_hour_counter_today_us (fixture->counter), ==, MS (500));
  assert_lists (fixture, "0.000-2.000 3.000-3.500", "2.000-3.000 daily_cap");
}

static void
test_midnight_seen_by_a_look (Fixture *fixture, gconstpointer data)
{
  gint64 wall_us = wall ("20260301235957");

  set_credited_today (fixture, SEC (20000));
  look (fixture, 0, wall_us);
  g_assert_cmpint (xs_hour_counter_today_us (fixture->counter), ==, SEC (20000));
  look (fixture, 2999, wall_us);
  g_assert_cmpint (xs_hour_counter_today_us (fixture->counter), ==, SEC (20000));
  look (fixture, 3000, wall_us);
  g_assert_cmpint (xs_hour_counter_today_us (fixture->counter), ==, 0);
  assert_pause (fixture, XS_PAUSE_STARTING);
}

static void
test_wall_step_back_opens_no_old_account (Fixture *fixture, gconstpointer data)
{
  set_credited_today (fixture, SEC (20000));
  look (fixture, 0, wall ("20260301120000"));
  look (fixture, 500, wall ("20260228120000"));
  play (fixture, 600, XS_PLAYBACK_PLAYING);
  see (fixture, 1000, 3000, XS_PRESENCE_PRESENT);

  g_assert_cmpint (xs_hour_counter_credited_us (fixture->counter), ==, 0);
  g_assert_cmpint (xs_hour_counter_today_us (fixture->counter), ==, SEC (20000));
}

static void
test_earlier_input_counts_as_at_the_last (Fixture *fixture, gconstpointer data)
{
  play (fixture, 1000, XS_PLAYBACK_PLAYING);
  see (fixture, 400, 1000, XS_PRESENCE_PRESENT);
  see (fixture, 1200, 1200, XS_PRESENCE_PRESENT);

  assert_lists (fixture, "1.000-1.200", "");
}

static void
test_credited_between (Fixture *fixture, gconstpointer data)
{
  const XsHourCounter *counter = fixture->counter;

  play (fixture, 0, XS_PLAYBACK_PLAYING);
  for (int i = 0; i < 10; i++)
    {
      see (fixture, 5000 * i, 5000 * i + 3000, XS_PRESENCE_PRESENT);
      see (fixture, 5000 * i + 3200, 5000 * i + 4800, XS_PRESENCE_NO_FACE);
    }

  g_assert_cmpint (xs_hour_counter_credited_between_us (counter, 0, SEC (50)), ==, SEC (30));
  g_assert_cmpint (xs_hour_counter_credited_between_us (counter, SEC (-5), SEC (500)), ==, SEC (30));
  g_assert_cmpint (xs_hour_counter_credited_between_us (counter, SEC (1), SEC (2)), ==, SEC (1));
  g_assert_cmpint (xs_hour_counter_credited_between_us (counter, SEC (2), SEC (6)), ==, SEC (2));
  g_assert_cmpint (xs_hour_counter_credited_between_us (counter, SEC (3), SEC (5)), ==, 0);
  g_assert_cmpint (xs_hour_counter_credited_between_us (counter, SEC (7), SEC (7)), ==, 0);
  g_assert_cmpint (xs_hour_counter_credited_between_us (counter, SEC (8), SEC (6)), ==, 0);
}

static void
test_nicks (void)
{
  for (int pause = XS_PAUSE_NONE; pause <= XS_PAUSE_STARTING; pause++)
    g_assert_nonnull (xs_pause_nick ((XsPause) pause));
  g_assert_cmpstr (xs_pause_nick (XS_PAUSE_COVERED), ==, xs_presence_nick (XS_PRESENCE_COVERED));
  g_assert_cmpstr (xs_pause_nick (XS_PAUSE_UNVERIFIED), ==, xs_presence_nick (XS_PRESENCE_UNVERIFIED));
}

static void
add (const char *name, void (*func) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/hour-counter/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("fresh", test_fresh);
  add ("steady", test_steady);
  add ("one-confirmation", test_one_confirmation_is_nothing);
  add ("lesson-never-told", test_lesson_never_told);
  add ("dropout/within-grace", test_dropout_within_grace);
  add ("dropout/one-microsecond-too-long", test_dropout_one_microsecond_too_long);
  add ("dropout/grace-over", test_dropout_pauses_when_grace_is_over);
  add ("dropout/look-sees-grace-over", test_look_sees_grace_over);
  add ("dropout/two", test_two_dropouts);
  add ("dropout/two-kinds", test_dropout_of_two_kinds);
  add ("dropout/other-person", test_other_person_has_no_grace);
  add ("dropout/no-grace", test_no_grace_at_all);
  add ("gap/limit", test_gap_at_the_limit);
  add ("gap/inside-grace", test_gap_inside_a_long_grace);
  add ("gap/look-sees-overdue", test_look_sees_frames_overdue);
  add ("gap/frame-after-look", test_frame_keeps_its_time_after_a_look);
  add ("lesson/paused", test_lesson_paused);
  add ("lesson/paused-between-frames", test_lesson_paused_between_two_frames);
  add ("lesson/playing-again", test_playing_told_again);
  add ("priority", test_priority);
  add ("other-stops", test_other_stops);
  add ("camera-lost", test_camera_lost_has_no_grace);
  add ("clock/suspend", test_suspend);
  add ("clock/suspend-limit", test_suspend_at_the_limit);
  add ("clock/wall-step", test_wall_step);
  add ("cap/mid-stretch", test_daily_cap);
  add ("cap/before", test_cap_reached_before);
  add ("midnight/new-account", test_midnight_opens_a_new_account);
  add ("midnight/look", test_midnight_seen_by_a_look);
  add ("midnight/step-back", test_wall_step_back_opens_no_old_account);
  add ("earlier-input", test_earlier_input_counts_as_at_the_last);
  add ("credited-between", test_credited_between);
  g_test_add_func ("/hour-counter/nicks", test_nicks);

  return g_test_run ();
}
