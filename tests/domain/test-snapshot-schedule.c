/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-snapshot-schedule.h"

#include "xs-clock.h"

#define SEC(s_) ((gint64) (s_) *G_USEC_PER_SEC)
#define SLOT_S 900

static XsSnapshotSchedule *
new_schedule (gboolean random, gint64 start_us, guint32 seed)
{
  XsPolicy policy;

  xs_policy_default (&policy);
  policy.snapshot_interval_s = SLOT_S;
  policy.snapshot_random = random;

  return xs_snapshot_schedule_new (&policy, start_us, seed);
}

static void
assert_due (XsSnapshotSchedule *schedule, gint64 time_us, XsPhotoEvent expected)
{
  XsPhotoEvent event = XS_PHOTO_SIGN_IN;

  g_assert_true (xs_snapshot_schedule_due (schedule, time_us, &event));
  g_assert_cmpint (event, ==, expected);
}

static void
assert_not_due (XsSnapshotSchedule *schedule, gint64 time_us)
{
  XsPhotoEvent event = XS_PHOTO_SIGN_IN;

  g_assert_false (xs_snapshot_schedule_due (schedule, time_us, &event));
  g_assert_cmpint (event, ==, XS_PHOTO_SIGN_IN);
}

static void
assert_slot_ends (const XsSnapshotSchedule *schedule, gint64 time_us, gint64 expected_us)
{
  gint64 end_us = 0;

  xs_snapshot_schedule_slot (schedule, time_us, &end_us);
  g_assert_cmpint (end_us, ==, expected_us);
}

/* Slots by the clock: the one that a log begins in is cut, and so comes its end. */
static void
test_by_clock (void)
{
  XsPolicy policy;
  gint64 nine_us = 0, end_us = 0;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_wall_from_wire ("20260105090000", &nine_us, &error));
  xs_policy_default (&policy);
  policy.rules.slots_by_clock = TRUE;
  policy.snapshot_random = FALSE;
  g_autoptr (XsSnapshotSchedule) schedule = xs_snapshot_schedule_new (&policy, nine_us - SEC (3), 1);

  assert_not_due (schedule, nine_us - 1);
  g_assert_cmpint (xs_snapshot_schedule_slot (schedule, nine_us - SEC (3), &end_us), ==, 0);
  g_assert_cmpint (end_us, ==, nine_us);
  g_assert_cmpint (xs_snapshot_schedule_slot (schedule, nine_us, &end_us), ==, 1);
  g_assert_cmpint (end_us, ==, nine_us + SEC (SLOT_S));
  assert_due (schedule, nine_us, XS_PHOTO_TIMED);
  xs_snapshot_schedule_taken (schedule, nine_us);
  assert_not_due (schedule, nine_us + SEC (SLOT_S) - 1);
  assert_due (schedule, nine_us + SEC (SLOT_S), XS_PHOTO_TIMED);
}

/* The random moment of a cut slot is either still to come or not asked for. */
static void
test_random_in_cut_slot (void)
{
  XsPolicy policy;
  gint64 start_us = 0;
  guint n_due = 0;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_wall_from_wire ("20260105090730", &start_us, &error));
  xs_policy_default (&policy);
  policy.rules.slots_by_clock = TRUE;
  for (guint32 seed = 0; seed < 200; seed++)
    {
      g_autoptr (XsSnapshotSchedule) schedule = xs_snapshot_schedule_new (&policy, start_us, seed);

      assert_not_due (schedule, start_us);
      n_due += xs_snapshot_schedule_due (schedule, start_us + SEC (SLOT_S / 2) - 1, NULL);
    }
  g_assert_cmpuint (n_due, >, 50);
  g_assert_cmpuint (n_due, <, 150);
}

static void
test_timed (void)
{
  gint64 start_us = SEC (12345) + 678;
  g_autoptr (XsSnapshotSchedule) schedule = new_schedule (FALSE, start_us, 1);

  for (int slot = 1; slot <= 20; slot++)
    {
      gint64 due_us = start_us + SEC (slot * SLOT_S);

      g_assert_cmpint (xs_snapshot_schedule_next_us (schedule), ==, due_us);
      assert_not_due (schedule, due_us - 1);
      assert_due (schedule, due_us, XS_PHOTO_TIMED);
      assert_due (schedule, due_us + SEC (3), XS_PHOTO_TIMED);
      xs_snapshot_schedule_taken (schedule, due_us + SEC (4));
      assert_not_due (schedule, due_us + SEC (4));
    }
}

/* The whole of a session asked each second: one of each kind a slot, the random one inside its slot. */
static void
test_one_of_each_in_every_slot (void)
{
  for (guint32 seed = 0; seed < 50; seed++)
    {
      gint64 start_us = SEC (seed * 77);
      g_autoptr (XsSnapshotSchedule) schedule = new_schedule (TRUE, start_us, seed);
      int process[8] = { 0 };
      int timed = 0;

      for (int s = 0; s <= 8 * SLOT_S; s++)
        {
          XsPhotoEvent event;

          if (!xs_snapshot_schedule_due (schedule, start_us + SEC (s), &event))
            continue;
          if (event == XS_PHOTO_TIMED)
            {
              g_assert_cmpint (s % SLOT_S, ==, 0);
              timed++;
            }
          else
            {
              g_assert_cmpint (event, ==, XS_PHOTO_PROCESS);
              g_assert_cmpint (s % SLOT_S, >=, SLOT_S / 10);
              g_assert_cmpint (s % SLOT_S, <=, SLOT_S - SLOT_S / 10);
              process[s / SLOT_S]++;
            }
          xs_snapshot_schedule_taken (schedule, start_us + SEC (s));
        }

      g_assert_cmpint (timed, ==, 8);
      for (int slot = 0; slot < 8; slot++)
        g_assert_cmpint (process[slot], ==, 1);
    }
}

static void
test_random_moments_spread (void)
{
  int tenths[10] = { 0 };

  for (guint32 seed = 0; seed < 4000; seed++)
    {
      g_autoptr (XsSnapshotSchedule) schedule = new_schedule (TRUE, 0, seed);

      tenths[xs_snapshot_schedule_next_us (schedule) / SEC (SLOT_S / 10)]++;
    }

  g_assert_cmpint (tenths[0] + tenths[9], ==, 0);
  for (int i = 1; i < 9; i++)
    g_assert_cmpint (tenths[i], >, 400);
}

static void
test_same_seed_same_moments (void)
{
  g_autoptr (XsSnapshotSchedule) a = new_schedule (TRUE, SEC (5), 42);
  g_autoptr (XsSnapshotSchedule) b = new_schedule (TRUE, SEC (5), 42);
  g_autoptr (XsSnapshotSchedule) other = new_schedule (TRUE, SEC (5), 43);
  int differ = 0;

  for (int i = 0; i < 20; i++)
    {
      gint64 next_us = xs_snapshot_schedule_next_us (a);

      g_assert_cmpint (next_us, ==, xs_snapshot_schedule_next_us (b));
      differ += next_us != xs_snapshot_schedule_next_us (other);
      xs_snapshot_schedule_taken (a, next_us);
      xs_snapshot_schedule_taken (b, next_us);
      xs_snapshot_schedule_taken (other, xs_snapshot_schedule_next_us (other));
    }

  g_assert_cmpint (differ, >, 5);
}

static void
test_missed_slots (void)
{
  g_autoptr (XsSnapshotSchedule) schedule = new_schedule (TRUE, 0, 7);
  gint64 back_us = SEC (5 * SLOT_S + 1);

  assert_due (schedule, back_us, XS_PHOTO_TIMED);
  xs_snapshot_schedule_taken (schedule, back_us);
  assert_due (schedule, back_us + 1, XS_PHOTO_PROCESS);
  xs_snapshot_schedule_taken (schedule, back_us + 1);
  assert_not_due (schedule, back_us + 2);

  gint64 next_us = xs_snapshot_schedule_next_us (schedule);
  g_assert_cmpint (next_us, >, back_us);
  g_assert_cmpint (next_us, <, SEC (6 * SLOT_S));
  assert_due (schedule, next_us, XS_PHOTO_PROCESS);
}

static void
test_taken_is_the_one_that_was_answered (void)
{
  g_autoptr (XsSnapshotSchedule) schedule = new_schedule (TRUE, 0, 7);

  assert_due (schedule, SEC (SLOT_S) - 1, XS_PHOTO_PROCESS);
  xs_snapshot_schedule_taken (schedule, SEC (SLOT_S) + 1);
  assert_due (schedule, SEC (SLOT_S) + 2, XS_PHOTO_TIMED);
  xs_snapshot_schedule_taken (schedule, SEC (SLOT_S) + 3);
  assert_not_due (schedule, SEC (SLOT_S) + 4);
}

static void
test_taken_when_none_is_due (void)
{
  g_autoptr (XsSnapshotSchedule) schedule = new_schedule (FALSE, 0, 7);

  xs_snapshot_schedule_taken (schedule, SEC (1));
  assert_due (schedule, SEC (SLOT_S), XS_PHOTO_TIMED);
  xs_snapshot_schedule_taken (schedule, SEC (SLOT_S));
  g_assert_cmpint (xs_snapshot_schedule_next_us (schedule), ==, SEC (2 * SLOT_S));
}

static void
test_slot_end (void)
{
  g_autoptr (XsSnapshotSchedule) schedule = new_schedule (FALSE, SEC (100), 7);

  assert_slot_ends (schedule, SEC (50), SEC (100 + SLOT_S));
  assert_slot_ends (schedule, SEC (-3 * SLOT_S), SEC (100 + SLOT_S));
  assert_slot_ends (schedule, SEC (100), SEC (100 + SLOT_S));
  assert_slot_ends (schedule, SEC (100 + SLOT_S) - 1, SEC (100 + SLOT_S));
  assert_slot_ends (schedule, SEC (100 + SLOT_S), SEC (100 + 2 * SLOT_S));
  assert_not_due (schedule, SEC (50));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/snapshot-schedule/by-clock", test_by_clock);
  g_test_add_func ("/snapshot-schedule/random-in-cut-slot", test_random_in_cut_slot);
  g_test_add_func ("/snapshot-schedule/timed", test_timed);
  g_test_add_func ("/snapshot-schedule/each-slot", test_one_of_each_in_every_slot);
  g_test_add_func ("/snapshot-schedule/spread", test_random_moments_spread);
  g_test_add_func ("/snapshot-schedule/seed", test_same_seed_same_moments);
  g_test_add_func ("/snapshot-schedule/missed", test_missed_slots);
  g_test_add_func ("/snapshot-schedule/taken", test_taken_is_the_one_that_was_answered);
  g_test_add_func ("/snapshot-schedule/none-due", test_taken_when_none_is_due);
  g_test_add_func ("/snapshot-schedule/slot-end", test_slot_end);

  return g_test_run ();
}
