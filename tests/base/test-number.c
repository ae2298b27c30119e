/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-number.h"

#define DEVNUM "0123456789012345"

static void
test_valid (void)
{
  g_assert_true (xs_number_is_valid (DEVNUM, 16));
  g_assert_true (xs_number_is_valid ("0000000000000000", 16));
  g_assert_true (xs_number_is_valid ("", 0));
  g_assert_false (xs_number_is_valid (NULL, 16));
  g_assert_false (xs_number_is_valid ("", 16));
  g_assert_false (xs_number_is_valid ("012345678901234", 16));
  g_assert_false (xs_number_is_valid ("01234567890123456", 16));
  g_assert_false (xs_number_is_valid ("012345678901234x", 16));
  g_assert_false (xs_number_is_valid (" 123456789012345", 16));
  g_assert_false (xs_number_is_valid ("-123456789012345", 16));
}

static void
test_check (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_number_check (DEVNUM, 16, "devnum", &error));
  g_assert_no_error (error);
  g_assert_false (xs_number_check ("12x", 16, "devnum", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "devnum"));
  g_assert_nonnull (strstr (error->message, "16"));
  g_assert_nonnull (strstr (error->message, "12x"));
  g_clear_error (&error);
  g_assert_false (xs_number_check (NULL, 16, "devnum", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);

  /* What is cut short stays text, wherever the cut goes through. */
  g_assert_false (xs_number_check ("学时学时学时学时学时学时学时学时", 16, "devnum", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_forms (void)
{
  g_autofree char *minute = xs_minute_number (DEVNUM, 20260301, 7);
  g_autofree char *last_minute = xs_minute_number (DEVNUM, 20001231, 9999);
  g_autofree char *photo = xs_photo_number (1);
  g_autofree char *last_photo = xs_photo_number (G_GUINT64_CONSTANT (9999999999));
  g_autofree char *reference = xs_photo_reference (DEVNUM, photo);
  g_autofree char *recnum = xs_recnum (1);
  g_autofree char *last_recnum = xs_recnum (99999);

  g_assert_cmpstr (minute, ==, DEVNUM "2603010007");
  g_assert_true (xs_number_is_valid (minute, XS_MINUTE_NUMBER_DIGITS));
  g_assert_cmpstr (last_minute, ==, DEVNUM "0012319999");
  g_assert_cmpstr (photo, ==, "0000000001");
  g_assert_cmpstr (last_photo, ==, "9999999999");
  g_assert_cmpstr (reference, ==, DEVNUM "0000000001");
  g_assert_cmpstr (recnum, ==, "00001");
  g_assert_cmpstr (last_recnum, ==, "99999");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/number/valid", test_valid);
  g_test_add_func ("/base/number/check", test_check);
  g_test_add_func ("/base/number/forms", test_forms);
  return g_test_run ();
}
