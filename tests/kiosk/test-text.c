/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-text.h"

/* What is said of a log of which the rules count @credited_min of @claimed_min, with @missing_s still to go. */
static char *
outlook (guint credited_min, guint claimed_min, gint64 missing_s, gboolean *is_loss)
{
  g_autoptr (GArray) breaches = g_array_new (FALSE, FALSE, sizeof (XsBreach));
  /* Every pause makes one. */
  const XsBreach breach = { .rule = XS_RULE_MINUTE_ABNORMAL, .from_min = 1, .to_min = 2, .photo = -1 };
  g_array_append_val (breaches, breach);
  XsAudit audit = { .claimed_min = claimed_min, .credited_min = credited_min, .breaches = breaches };
  XsStudyStatus status = { .phase = XS_STUDY_STUDYING,
                           .outlook = &audit,
                           .daily_cap_us = 4 * G_TIME_SPAN_HOUR,
                           .missing_us = missing_s * G_USEC_PER_SEC };

  return xs_text_outlook (&status, is_loss);
}

static void
test_outlook (void)
{
  gboolean is_loss;
  g_autofree char *all = outlook (5, 5, 0, &is_loss);

  g_assert_cmpstr (all, ==, "All of it will count so far");
  g_assert_false (is_loss);
  g_autofree char *short_yet = outlook (0, 1, 7, &is_loss);
  g_assert_cmpstr (short_yet, ==, "7 s more until this part counts");
  g_assert_false (is_loss);
  g_autofree char *less = outlook (1, 3, 0, &is_loss);
  g_assert_cmpstr (less, ==, "So far 1 of 3 minutes count: those with many breaks do not");
  g_assert_true (is_loss);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kiosk/text/outlook", test_outlook);
  return g_test_run ();
}
