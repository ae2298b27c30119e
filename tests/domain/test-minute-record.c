/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-minute-record.h"

#define MS(ms_) ((gint64) (ms_) *1000)
#define SEC(s_) MS (1000 * (gint64) (s_))
#define WALL_US G_GINT64_CONSTANT (1772330400000000)

typedef struct {
  XsPolicy policy;
  XsHourCounter *counter;
  gint64 start_us;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  xs_policy_default (&f->policy);
  f->counter = xs_hour_counter_new (&f->policy, 0, 20260301);
  f->start_us = SEC (1000) + 17;
  xs_hour_counter_playback (f->counter, f->start_us, XS_PLAYBACK_PLAYING);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  xs_hour_counter_free (f->counter);
}

/* Confirmed throughout [@from_s, @to_s] after the start. */
static void
sit (Fixture *f, gint64 from_s, gint64 to_s)
{
  for (gint64 ms = from_s * 1000; ms <= to_s * 1000; ms += 500)
    xs_hour_counter_presence (f->counter, f->start_us + MS (ms), XS_PRESENCE_PRESENT);
}

static void
leave (Fixture *f, gint64 at_s)
{
  xs_hour_counter_presence (f->counter, f->start_us + SEC (at_s) + 1, XS_PRESENCE_NO_FACE);
}

static GArray *
list (Fixture *f, gint64 end_s)
{
  return xs_minutes_list (f->counter, &f->policy, f->start_us, WALL_US, f->start_us + SEC (end_s));
}

static void
assert_minute (const GArray *minutes, guint index, gint64 wall_end_s, gint64 credited_s, gboolean normal)
{
  const XsMinute *minute = &g_array_index (minutes, XsMinute, index);

  g_assert_cmpuint (minute->index, ==, index);
  g_assert_cmpint (minute->wall_end_us, ==, WALL_US + SEC (wall_end_s));
  g_assert_cmpint (minute->credited_us, ==, SEC (credited_s));
  g_assert_cmpint (minute->normal, ==, normal);
}

static void
test_count (Fixture *f, gconstpointer data)
{
  g_assert_cmpuint (xs_minute_count (5, 5), ==, 0);
  g_assert_cmpuint (xs_minute_count (5, 4), ==, 0);
  g_assert_cmpuint (xs_minute_count (5, 6), ==, 1);
  g_assert_cmpuint (xs_minute_count (5, 5 + SEC (60)), ==, 1);
  g_assert_cmpuint (xs_minute_count (5, 6 + SEC (60)), ==, 2);
  g_assert_cmpuint (xs_minute_count (0, SEC (24 * 3600)), ==, 1440);
}

static void
test_minutes (Fixture *f, gconstpointer data)
{
  sit (f, 0, 100);
  leave (f, 100);
  sit (f, 165, 270);

  g_autoptr (GArray) minutes = list (f, 270);
  g_assert_cmpuint (minutes->len, ==, 5);
  assert_minute (minutes, 0, 60, 60, TRUE);
  assert_minute (minutes, 1, 120, 40, FALSE);
  assert_minute (minutes, 2, 180, 15, FALSE);
  assert_minute (minutes, 3, 240, 60, TRUE);
  assert_minute (minutes, 4, 270, 30, FALSE);
}

static void
test_normal_from_the_limit (Fixture *f, gconstpointer data)
{
  sit (f, 15, 60);

  g_autoptr (GArray) minutes = list (f, 60);
  assert_minute (minutes, 0, 60, 45, TRUE);

  f->policy.minute_normal_s = 46;
  g_autoptr (GArray) stricter = list (f, 60);
  assert_minute (stricter, 0, 60, 45, FALSE);
}

static void
test_nothing_credited (Fixture *f, gconstpointer data)
{
  leave (f, 0);

  g_autoptr (GArray) minutes = list (f, 61);
  g_assert_cmpuint (minutes->len, ==, 2);
  assert_minute (minutes, 0, 60, 0, FALSE);
  assert_minute (minutes, 1, 61, 0, FALSE);
}

static void
test_second_segment (Fixture *f, gconstpointer data)
{
  sit (f, 0, 300);

  gint64 second_us = f->start_us + SEC (90);
  XsMinute minute = xs_minute_get (f->counter, &f->policy, second_us, WALL_US + SEC (90), f->start_us + SEC (300), 3);
  g_assert_cmpint (minute.credited_us, ==, SEC (30));
  g_assert_cmpint (minute.wall_end_us, ==, WALL_US + SEC (300));
}

/* The minutes of a long session add up to what the counter says. */
static void
test_sum (Fixture *f, gconstpointer data)
{
  gint64 sum_us = 0;

  for (int i = 0; i < 100; i++)
    {
      sit (f, i * 97, i * 97 + 61);
      leave (f, i * 97 + 61);
    }

  g_autoptr (GArray) minutes = list (f, 9700);
  for (guint i = 0; i < minutes->len; i++)
    sum_us += g_array_index (minutes, XsMinute, i).credited_us;
  g_assert_cmpint (sum_us, ==, SEC (6100));
  g_assert_cmpint (sum_us, ==, xs_hour_counter_credited_us (f->counter));
}

static void
add (const char *name, void (*func) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/minute-record/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("count", test_count);
  add ("minutes", test_minutes);
  add ("normal", test_normal_from_the_limit);
  add ("nothing", test_nothing_credited);
  add ("second-segment", test_second_segment);
  add ("sum", test_sum);

  return g_test_run ();
}
