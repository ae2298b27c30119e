/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-clock-change.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define MAX_GAP (1 * SECOND)

static void
test_changes (void)
{
  static const struct {
    XsClockLook passed; /* since the look before */
    XsClockChange change;
  } cases[] = {
    { { SECOND, SECOND, SECOND, 0 }, { 0, 0, 0, 0 } },
    { { SECOND, SECOND + MAX_GAP, SECOND + MAX_GAP, 0 }, { 0, 0, 0, 0 } },
    { { SECOND, SECOND + MAX_GAP + 1, SECOND + MAX_GAP + 1, 0 }, { MAX_GAP + 1, 0, 0, 0 } },
    { { SECOND, SECOND, SECOND + XS_WALL_STEP_US, 0 }, { 0, 0, 0, 0 } },
    { { SECOND, SECOND, SECOND + XS_WALL_STEP_US + 1, 0 }, { 0, XS_WALL_STEP_US + 1, 0, 0 } },
    { { SECOND, SECOND, SECOND - XS_WALL_STEP_US - 1, 0 }, { 0, -XS_WALL_STEP_US - 1, 0, 0 } },
    /* Asleep, and set while it slept. */
    { { SECOND, 3600 * SECOND, 60 * SECOND, 0 }, { 3599 * SECOND, -3540 * SECOND, 0, 0 } },
    { { SECOND, SECOND, SECOND, -3600 * SECOND }, { 0, 0, 0, -3600 * SECOND } },
    { { MAX_GAP + 1, MAX_GAP + 1, MAX_GAP + 1, 0 }, { 0, 0, MAX_GAP + 1, 0 } },
    /* What kept it is known: no gap as well. */
    { { 9 * SECOND, 3600 * SECOND, 3600 * SECOND, 0 }, { 3591 * SECOND, 0, 0, 0 } },
  };
  XsClockLook before = { 50 * SECOND, 70 * SECOND, 1767574980 * SECOND, 8 * 3600 * SECOND };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const XsClockLook *passed = &cases[i].passed;
      XsClockLook now = { before.monotonic_us + passed->monotonic_us, before.boottime_us + passed->boottime_us,
                          before.wall_us + passed->wall_us, before.zone_us + passed->zone_us };
      XsClockChange change = xs_clock_change (&before, &now, MAX_GAP);
      g_test_message ("case %u", i);
      g_assert_cmpint (change.slept_us, ==, cases[i].change.slept_us);
      g_assert_cmpint (change.stepped_us, ==, cases[i].change.stepped_us);
      g_assert_cmpint (change.stood_us, ==, cases[i].change.stood_us);
      g_assert_cmpint (change.zone_us, ==, cases[i].change.zone_us);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/clock-change/changes", test_changes);

  return g_test_run ();
}
