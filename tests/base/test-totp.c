/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-totp.h"

#include <string.h>

static const char secret[] = "12345678901234567890";
#define SECRET (const guint8 *) secret, 20

/* RFC 4226, appendix D. */
static void
test_rfc4226 (void)
{
  static const guint32 codes[] = { 755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489 };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    g_assert_cmpuint (xs_totp_code (SECRET, i), ==, codes[i]);
}

/* RFC 6238, appendix B, SHA-1: the last six of its eight digits; for its first, 59 s, see appendix D above. */
static void
test_rfc6238 (void)
{
  static const struct {
    gint64 time_s;
    const char *code;
  } vectors[] = {
    { 89, "359152" },         { 1111111109, "081804" }, { 1111111111, "050471" },
    { 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gint64 now_us = vectors[i].time_s * G_USEC_PER_SEC, step;
      g_assert_true (xs_totp_check (SECRET, vectors[i].code, now_us, 0, &step));
      g_assert_cmpint (step, ==, vectors[i].time_s / XS_TOTP_STEP_S);
      g_assert_true (xs_totp_check (SECRET, vectors[i].code, now_us + 30 * G_USEC_PER_SEC, 0, &step));
      g_assert_true (xs_totp_check (SECRET, vectors[i].code, now_us - 30 * G_USEC_PER_SEC, 0, &step));
      g_assert_false (xs_totp_check (SECRET, vectors[i].code, now_us + 60 * G_USEC_PER_SEC, 0, &step));
      g_assert_false (xs_totp_check (SECRET, vectors[i].code, now_us - 60 * G_USEC_PER_SEC, 0, &step));
      /* Used up. */
      g_assert_false (xs_totp_check (SECRET, vectors[i].code, now_us, vectors[i].time_s / XS_TOTP_STEP_S, &step));
    }
}

static void
test_no_code (void)
{
  static const char *const texts[] = { NULL, "", "28708", "2870822", " 87082", "28708x", "-28708", "+28708" };
  gint64 step;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_false (xs_totp_check (SECRET, texts[i], 59 * G_USEC_PER_SEC, 0, &step));
}

/* RFC 4648, section 10. */
static void
test_base32 (void)
{
  static const char *const pairs[][2] = { { "", "" },
                                          { "f", "MY" },
                                          { "fob", "MZXWE" },
                                          { "foo", "MZXW6" },
                                          { "foob", "MZXW6YQ" },
                                          { "fooba", "MZXW6YTB" },
                                          { "foobar", "MZXW6YTBOI" } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *text = xs_base32 ((const guint8 *) pairs[i][0], strlen (pairs[i][0]));
      g_assert_cmpstr (text, ==, pairs[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/totp/rfc4226", test_rfc4226);
  g_test_add_func ("/base/totp/rfc6238", test_rfc6238);
  g_test_add_func ("/base/totp/no-code", test_no_code);
  g_test_add_func ("/base/totp/base32", test_base32);
  return g_test_run ();
}
