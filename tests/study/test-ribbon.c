/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-ribbon.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define STEP_US (SECOND / 5)

typedef struct {
  XsHourCounter *counter;
  gint64 now_us;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  XsPolicy policy;

  xs_policy_default (&policy);
  f->counter = xs_hour_counter_new (&policy, 0, 20260105);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  xs_hour_counter_free (f->counter);
}

static void
pass (Fixture *f, XsPresence presence, gint64 duration_us)
{
  for (gint64 end_us = f->now_us + duration_us; f->now_us < end_us; f->now_us += STEP_US)
    xs_hour_counter_presence (f->counter, f->now_us, presence);
}

/* In order, without gaps, and with what the counter itself says counted. */
static void
check_whole (Fixture *f, const GArray *ribbon)
{
  gint64 sums_us[XS_PAUSE_STARTING + 1];

  for (guint i = 1; i < ribbon->len; i++)
    g_assert_cmpint (g_array_index (ribbon, XsStretch, i).t0_us, ==, g_array_index (ribbon, XsStretch, i - 1).t1_us);
  xs_ribbon_sum (ribbon, sums_us);
  g_assert_cmpint (sums_us[XS_PAUSE_NONE], ==, xs_hour_counter_credited_us (f->counter));
}

static void
test_empty (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) ribbon = xs_ribbon_list (f->counter);

  g_assert_cmpuint (ribbon->len, ==, 0);
  check_whole (f, ribbon);
}

static void
test_session (Fixture *f, gconstpointer data)
{
  const XsPause expected[] = { XS_PAUSE_STARTING, XS_PAUSE_NONE,          XS_PAUSE_NO_FACE,
                               XS_PAUSE_NONE,     XS_PAUSE_LESSON_PAUSED, XS_PAUSE_NONE };
  gint64 sums_us[XS_PAUSE_STARTING + 1];

  pass (f, XS_PRESENCE_PRESENT, SECOND);
  xs_hour_counter_playback (f->counter, f->now_us, XS_PLAYBACK_PLAYING);
  pass (f, XS_PRESENCE_PRESENT, 10 * SECOND);
  pass (f, XS_PRESENCE_NO_FACE, 5 * SECOND);
  pass (f, XS_PRESENCE_PRESENT, 10 * SECOND);
  xs_hour_counter_playback (f->counter, f->now_us, XS_PLAYBACK_PAUSED);
  pass (f, XS_PRESENCE_PRESENT, 20 * SECOND);
  xs_hour_counter_playback (f->counter, f->now_us, XS_PLAYBACK_PLAYING);
  pass (f, XS_PRESENCE_PRESENT, 5 * SECOND);

  g_autoptr (GArray) ribbon = xs_ribbon_list (f->counter);
  check_whole (f, ribbon);
  g_assert_cmpuint (ribbon->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < ribbon->len; i++)
    g_assert_cmpint (g_array_index (ribbon, XsStretch, i).pause, ==, expected[i]);
  xs_ribbon_sum (ribbon, sums_us);
  g_assert_cmpint (ABS (sums_us[XS_PAUSE_NONE] - 25 * SECOND), <=, SECOND);
  g_assert_cmpint (ABS (sums_us[XS_PAUSE_NO_FACE] - 5 * SECOND), <=, SECOND);
  g_assert_cmpint (ABS (sums_us[XS_PAUSE_LESSON_PAUSED] - 20 * SECOND), <=, SECOND);
}

/* A dropout within the grace is no pause, on the ribbon either. */
static void
test_grace (Fixture *f, gconstpointer data)
{
  xs_hour_counter_playback (f->counter, 0, XS_PLAYBACK_PLAYING);
  pass (f, XS_PRESENCE_PRESENT, 5 * SECOND);
  pass (f, XS_PRESENCE_NO_FACE, 3 * STEP_US);
  pass (f, XS_PRESENCE_PRESENT, 5 * SECOND);

  g_autoptr (GArray) ribbon = xs_ribbon_list (f->counter);
  check_whole (f, ribbon);
  g_assert_cmpuint (ribbon->len, ==, 1);
  g_assert_cmpint (g_array_index (ribbon, XsStretch, 0).pause, ==, XS_PAUSE_NONE);
}

#define ADD(name, func) g_test_add ("/study/ribbon/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("empty", test_empty);
  ADD ("session", test_session);
  ADD ("grace", test_grace);
  return g_test_run ();
}
