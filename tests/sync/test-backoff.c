/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-backoff.h"

#define BASE_US (2 * (gint64) G_USEC_PER_SEC)
#define CAP_US (300 * (gint64) G_USEC_PER_SEC)
#define ROUNDS 2000

static gint64
nth_wait (guint failures_before, GRand *rand, gint64 retry_after_us)
{
  XsBackoff backoff;

  xs_backoff_init (&backoff, BASE_US, CAP_US);
  backoff.failures = failures_before;
  return xs_backoff_fail (&backoff, rand, retry_after_us);
}

static void
test_doubles_up_to_the_cap (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint before = 0; before < 12; before++)
    {
      gint64 ceiling = MIN (CAP_US, BASE_US << before);
      gint64 lowest = G_MAXINT64, highest = 0;

      for (int i = 0; i < ROUNDS; i++)
        {
          gint64 wait = nth_wait (before, rand, 0);

          g_assert_cmpint (wait, >=, 0);
          g_assert_cmpint (wait, <=, ceiling);
          lowest = MIN (lowest, wait);
          highest = MAX (highest, wait);
        }
      /* Full jitter fills the whole range: a spread over part of it would fail one of these. */
      g_assert_cmpint (lowest, <, ceiling / 20);
      g_assert_cmpint (highest, >, ceiling - ceiling / 20);
    }
}

static void
test_counts_and_resets (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  XsBackoff backoff;

  xs_backoff_init (&backoff, BASE_US, CAP_US);
  for (guint i = 1; i <= 5; i++)
    {
      (void) xs_backoff_fail (&backoff, rand, 0);
      g_assert_cmpuint (backoff.failures, ==, i);
    }
  xs_backoff_reset (&backoff);
  g_assert_cmpuint (backoff.failures, ==, 0);
  for (int i = 0; i < ROUNDS; i++)
    {
      xs_backoff_reset (&backoff);
      g_assert_cmpint (xs_backoff_fail (&backoff, rand, 0), <=, BASE_US);
    }
}

static void
test_never_overflows (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  XsBackoff backoff;

  g_assert_cmpint (nth_wait (G_MAXUINT, rand, 0), <=, CAP_US);
  xs_backoff_init (&backoff, G_MAXINT64 / 3, G_MAXINT64 / 2);
  for (int i = 0; i < 200; i++)
    {
      gint64 wait = xs_backoff_fail (&backoff, rand, 0);

      g_assert_cmpint (wait, >=, 0);
      g_assert_cmpint (wait, <=, G_MAXINT64 / 2);
    }
}

static void
test_respects_retry_after (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  gint64 asked = 42 * (gint64) G_USEC_PER_SEC;

  for (int i = 0; i < ROUNDS; i++)
    {
      gint64 wait = nth_wait (0, rand, asked);

      g_assert_cmpint (wait, >=, asked);
      g_assert_cmpint (wait, <=, asked + BASE_US);
    }
  g_assert_cmpint (nth_wait (0, rand, -1), <=, BASE_US);
  g_assert_cmpint (nth_wait (0, rand, G_MAXINT64), <=, XS_BACKOFF_RETRY_AFTER_MAX_US + BASE_US);
}

static void
test_same_seed_same_waits (void)
{
  g_autoptr (GRand) one = g_rand_new_with_seed (5);
  g_autoptr (GRand) two = g_rand_new_with_seed (5);

  for (guint before = 0; before < 20; before++)
    g_assert_cmpint (nth_wait (before, one, 0), ==, nth_wait (before, two, 0));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sync/backoff/doubles-up-to-the-cap", test_doubles_up_to_the_cap);
  g_test_add_func ("/sync/backoff/counts-and-resets", test_counts_and_resets);
  g_test_add_func ("/sync/backoff/never-overflows", test_never_overflows);
  g_test_add_func ("/sync/backoff/respects-retry-after", test_respects_retry_after);
  g_test_add_func ("/sync/backoff/same-seed-same-waits", test_same_seed_same_waits);
  return g_test_run ();
}
