/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-subjcode.h"

#include "xs-error.h"

static void
test_examples (void)
{
  g_autoptr (GError) error = NULL;
  XsSubjcode code = { 0 };

  g_assert_true (xs_subjcode_parse (&code, "2211010000", &error));
  g_assert_no_error (error);
  g_assert_cmpint (code.mode, ==, XS_COURSE_CLASSROOM);
  g_assert_cmpstr (xs_subjcode_vehicle_name (code.vehicle), ==, "C1");
  g_assert_cmpint (code.part, ==, 1);
  g_assert_cmpstr (xs_subjcode_item_name (code.item), ==, "法律、法规及道路交通信号");

  g_assert_true (xs_subjcode_parse (&code, "4211030000", &error));
  g_assert_cmpint (code.mode, ==, XS_COURSE_REMOTE);
  g_assert_cmpint (code.item, ==, 3);

  g_assert_true (xs_subjcode_parse (&code, "2001010000", &error));
  g_assert_cmpint (code.vehicle, ==, XS_VEHICLE_NONE);
  g_assert_null (xs_subjcode_vehicle_name (code.vehicle));
}

static void
test_tables (void)
{
  static const int items[] = { 1,  2,  3,  11, 12, 13, 21, 22, 23, 24, 25, 26, 27, 28, 29,
                               30, 31, 32, 33, 34, 35, 36, 41, 42, 43, 44, 45, 46, 47, 48 };
  static const struct {
    int code;
    const char *name;
  } vehicles[] = {
    { 1, "A1" },  { 2, "A2" },  { 3, "A3" }, { 11, "B1" }, { 12, "B2" }, { 21, "C1" }, { 22, "C2" }, { 23, "C3" },
    { 24, "C4" }, { 25, "C5" }, { 31, "D" }, { 32, "E" },  { 33, "F" },  { 41, "M" },  { 42, "N" },  { 43, "P" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (items); i++)
    g_assert_nonnull (xs_subjcode_item_name (items[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (vehicles); i++)
    g_assert_cmpstr (xs_subjcode_vehicle_name (vehicles[i].code), ==, vehicles[i].name);
  g_assert_null (xs_subjcode_item_name (0));
  g_assert_null (xs_subjcode_vehicle_name (-1));
}

/* Every code that can be put together comes back the same; every other text of 10 digits is refused. */
static void
test_round_trip (void)
{
  guint n = 0;

  for (int mode = 0; mode <= 9; mode++)
    for (int vehicle = 0; vehicle <= 99; vehicle++)
      for (int part = 0; part <= 9; part++)
        for (int item = 0; item <= 99; item++)
          {
            XsSubjcode code = { (XsCourseMode) mode, vehicle, part, item }, read = { 0 };
            g_autofree char *text = xs_subjcode_format (&code);
            gboolean known = mode >= 1 && mode <= 4 && part >= 1 && part <= 4
                             && (vehicle == 0 || xs_subjcode_vehicle_name (vehicle) != NULL)
                             && xs_subjcode_item_name (item) != NULL;

            g_assert_cmpuint (strlen (text), ==, 10);
            g_assert_true (xs_subjcode_parse (&read, text, NULL) == known);
            if (known)
              {
                g_assert_cmpmem (&read, sizeof read, &code, sizeof code);
                n++;
              }
          }

  g_assert_cmpuint (n, ==, 4 * 17 * 4 * 30);
}

static void
test_refusals (void)
{
  static const struct {
    const char *text;
    const char *says;
  } cases[] = {
    { "5211010000", "digit 1" },        { "0211010000", "digit 1" }, { "2991010000", "digits 2 and 3" },
    { "2215010000", "digit 4" },        { "2210010000", "digit 4" }, { "2211990000", "digits 5 and 6" },
    { "2211010001", "digits 7 to 10" }, { "221101000", "subjcode" }, { "22110100000", "subjcode" },
    { "22110100a0", "subjcode" },       { "", "subjcode" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      XsSubjcode code = { .item = 77 };

      g_assert_false (xs_subjcode_parse (&code, cases[i].text, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      if (strstr (error->message, cases[i].says) == NULL)
        g_error ("“%s” does not say “%s”", error->message, cases[i].says);
      g_assert_cmpint (code.item, ==, 77);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/subjcode/examples", test_examples);
  g_test_add_func ("/subjcode/tables", test_tables);
  g_test_add_func ("/subjcode/round-trip", test_round_trip);
  g_test_add_func ("/subjcode/refusals", test_refusals);

  return g_test_run ();
}
