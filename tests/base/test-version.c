/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-version.h"

static void
test_valid (void)
{
  static const char *const good[] = { "1", "0.1.0", "1.12.0-rc2", "20261126~dev+git_1" };
  static const char *const bad[] = { "", "v1.0", "1.0 beta", "1.0\n", "一.0", "1.0000000000000000000000000000000" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (xs_version_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (xs_version_is_valid (bad[i]));
  g_assert_false (xs_version_is_valid (NULL));
}

/* Each before the next. */
static void
test_order (void)
{
  static const char *const order[] = {
    "0.9", "0.9.1", "0.10.0-rc1", "0.10.0-rc2", "0.10.0", "1.0.0~beta", "1", "2.0.0"
  };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    for (guint k = 0; k < G_N_ELEMENTS (order); k++)
      {
        int sign = xs_version_compare (order[i], order[k]);
        g_assert_cmpint ((sign > 0) - (sign < 0), ==, (i > k) - (i < k));
      }
  g_assert_cmpint (xs_version_compare ("1", "1.0.0"), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/version/valid", test_valid);
  g_test_add_func ("/base/version/order", test_order);
  return g_test_run ();
}
