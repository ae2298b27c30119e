/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-clock.h"
#include "xs-error.h"

#include <time.h>

/* 2026-03-01 00:00:00 in GMT+8, which is still February in UTC and in the zone the tests run in. */
#define MARCH_US (G_GINT64_CONSTANT (1772294400) * G_USEC_PER_SEC)

static void
test_fake (void)
{
  g_autoptr (XsClock) clock = xs_clock_fake_new (1000, MARCH_US);

  g_assert_cmpint (xs_clock_monotonic_us (clock), ==, 1000);
  g_assert_cmpint (xs_clock_boottime_us (clock), ==, 1000);
  g_assert_cmpint (xs_clock_wall_us (clock), ==, MARCH_US);

  xs_clock_fake_advance (clock, 5);
  g_assert_cmpint (xs_clock_monotonic_us (clock), ==, 1005);
  g_assert_cmpint (xs_clock_boottime_us (clock), ==, 1005);
  g_assert_cmpint (xs_clock_wall_us (clock), ==, MARCH_US + 5);

  xs_clock_fake_suspend (clock, 100);
  g_assert_cmpint (xs_clock_monotonic_us (clock), ==, 1005);
  g_assert_cmpint (xs_clock_boottime_us (clock), ==, 1105);
  g_assert_cmpint (xs_clock_wall_us (clock), ==, MARCH_US + 105);

  xs_clock_fake_step_wall (clock, -50);
  g_assert_cmpint (xs_clock_monotonic_us (clock), ==, 1005);
  g_assert_cmpint (xs_clock_boottime_us (clock), ==, 1105);
  g_assert_cmpint (xs_clock_wall_us (clock), ==, MARCH_US + 55);
}

static void
test_fake_refs (void)
{
  XsClock *clock = xs_clock_fake_new (1, 2);
  XsClock *second = xs_clock_ref (clock);

  xs_clock_unref (clock);
  g_assert_cmpint (xs_clock_monotonic_us (second), ==, 1);
  xs_clock_unref (second);
  xs_clock_unref (NULL);
}

static void
test_system (void)
{
  XsClock *clock = xs_clock_system ();
  gint64 before = xs_clock_monotonic_us (clock);

  g_assert_true (clock == xs_clock_system ());
  g_assert_cmpint (xs_clock_monotonic_us (clock), >=, before);
  g_assert_cmpint (xs_clock_boottime_us (clock), >=, before);
  g_assert_cmpint (xs_clock_wall_us (clock), >, MARCH_US / 2);
}

static void
test_always_gmt8 (void)
{
  static const char *const zones[] = { "America/New_York", "Pacific/Kiritimati", "UTC", "Asia/Shanghai" };

  for (guint i = 0; i < G_N_ELEMENTS (zones); i++)
    {
      g_setenv ("TZ", zones[i], TRUE);
      tzset ();
      g_autofree char *wire = xs_wall_to_wire (MARCH_US);
      g_autofree char *last = xs_wall_to_wire (MARCH_US - 1 * G_USEC_PER_SEC);
      g_autofree char *shown = xs_wall_format (MARCH_US, "%H:%M");
      gint64 back;

      g_assert_cmpstr (wire, ==, "20260301000000");
      g_assert_cmpstr (last, ==, "20260228235959");
      g_assert_cmpstr (shown, ==, "00:00");
      g_assert_cmpint (xs_wall_day (MARCH_US), ==, 20260301);
      g_assert_cmpint (xs_wall_day (MARCH_US - 1 * G_USEC_PER_SEC), ==, 20260228);
      g_assert_true (xs_wall_from_wire (wire, &back, NULL));
      g_assert_cmpint (back, ==, MARCH_US);
    }
}

/* Beyond any calendar it is shown as the nearest there is. */
static void
test_beyond_years (void)
{
  g_autofree char *last = xs_wall_format (G_MAXINT64, "%Y-%m-%d %H:%M");
  g_autofree char *first = xs_wall_format (G_MININT64, "%Y");

  g_assert_cmpstr (last, ==, "9999-12-31 23:59");
  g_assert_cmpstr (first, ==, "1");
}

/* The PC's own zone is only looked at, also when it changes under the running program. */
static void
test_zone (void)
{
  static const struct {
    const char *zone;
    gint64 hours;
  } cases[] = { { "UTC", 0 }, { "Asia/Shanghai", 8 }, { "Pacific/Kiritimati", 14 } };
  g_autoptr (XsClock) fake = xs_clock_fake_new (0, MARCH_US);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_setenv ("TZ", cases[i].zone, TRUE);
      XsClockLook look = xs_clock_look (xs_clock_system ());
      g_assert_cmpint (look.zone_us, ==, cases[i].hours * 3600 * G_USEC_PER_SEC);
      g_assert_cmpint (look.wall_us, >, MARCH_US);
      g_assert_cmpint (look.boottime_us, >=, look.monotonic_us);
    }

  g_assert_cmpint (xs_clock_zone_us (fake), ==, 8 * 3600 * (gint64) G_USEC_PER_SEC);
  xs_clock_fake_set_zone (fake, 0);
  g_assert_cmpint (xs_clock_look (fake).zone_us, ==, 0);
}

static void
test_wire_refused (void)
{
  static const char *const bad[] = {
    NULL,
    "",
    "2026030100000",   /* 13 digits */
    "202603010000000", /* 15 */
    "20260229000000",  /* no leap year */
    "20261301000000",  /* month 13 */
    "20260100000000",  /* day 0 */
    "20260101240000",  /* hour 24 */
    "20260101006000",  /* minute 60 */
    "20260101000060",  /* second 60 */
    "00000101000000",  /* year 0 */
    "2026-01-0100:0",  /* other signs */
    " 2026010100000",
    "+2026010100000",
    "٢٠٢٦٠١٠", /* 14 bytes, digits elsewhere */
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 wall_us = 42;
      g_assert_false (xs_wall_from_wire (bad[i], &wall_us, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_assert_cmpint (wall_us, ==, 42);
    }
}

static void
test_wire_round_trip (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20260301);

  for (int i = 0; i < 5000; i++)
    {
      gint64 wall_us = (gint64) g_rand_int (random) * G_USEC_PER_SEC;
      g_autofree char *wire = xs_wall_to_wire (wall_us);
      gint64 back;
      g_assert_true (xs_wall_from_wire (wire, &back, NULL));
      g_assert_cmpint (back, ==, wall_us);
    }
}

static void
test_midnight (void)
{
  const struct {
    const char *time, *midnight;
  } cases[] = {
    { "20260105000000", "20260105000000" }, { "20260105075959", "20260105000000" },
    { "20260105080000", "20260105000000" }, { "20260105235959", "20260105000000" },
    { "19691231235959", "19691231000000" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 time_us = 0, midnight_us = 0;

      g_assert_true (xs_wall_from_wire (cases[i].time, &time_us, NULL));
      g_assert_true (xs_wall_from_wire (cases[i].midnight, &midnight_us, NULL));
      g_assert_cmpint (xs_wall_midnight_us (time_us + 999999), ==, midnight_us);
      g_assert_cmpint (xs_wall_midnight_us (time_us), ==, midnight_us);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/clock/fake", test_fake);
  g_test_add_func ("/base/clock/fake-refs", test_fake_refs);
  g_test_add_func ("/base/clock/system", test_system);
  g_test_add_func ("/base/clock/always-gmt8", test_always_gmt8);
  g_test_add_func ("/base/clock/beyond-years", test_beyond_years);
  g_test_add_func ("/base/clock/zone", test_zone);
  g_test_add_func ("/base/clock/wire-refused", test_wire_refused);
  g_test_add_func ("/base/clock/wire-round-trip", test_wire_round_trip);
  g_test_add_func ("/base/clock/midnight", test_midnight);
  return g_test_run ();
}
