/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-wire-appeal.h"
#include "xs-wire-sample.h"

#include <string.h>

#define COMMENT "我一直在，灯坏了 \\\" \xf0\x9f\x98\x80"
#define SHA256 "00000000000000000000000000000000000000000000000000000000000000ff"

/* Written by hand from docs/protocol.md. */
static const char golden[] =
  "{\"comment\":\"我一直在，灯坏了 \\\\\\\" \xf0\x9f\x98\x80\",\"devnum\":\"4000000000000004\","
  "\"inscode\":\"1000000000000001\",\"log_sha256\":\"" SHA256 "\",\"reason\":\"camera\",\"recnum\":\"00007\","
  "\"schema\":1,\"seq\":3,\"stunum\":\"2000000000000002\",\"time\":\"20260105090300\","
  "\"time_us\":1767574980000000}";

static XsAppeal
make (void)
{
  XsAppeal appeal = { .seq = 3, .wall_us = XS_SAMPLE_TIME_US, .reason = XS_APPEAL_CAMERA };

  g_strlcpy (appeal.inscode, XS_SAMPLE_INSCODE, sizeof appeal.inscode);
  g_strlcpy (appeal.devnum, XS_SAMPLE_DEVNUM, sizeof appeal.devnum);
  g_strlcpy (appeal.stunum, XS_SAMPLE_STUNUM, sizeof appeal.stunum);
  g_strlcpy (appeal.recnum, "00007", sizeof appeal.recnum);
  g_strlcpy (appeal.log_sha256, SHA256, sizeof appeal.log_sha256);
  g_strlcpy (appeal.comment, COMMENT, sizeof appeal.comment);
  return appeal;
}

static void
test_golden (void)
{
  XsAppeal appeal = make (), back;
  g_autoptr (GBytes) bytes = xs_wire_appeal_encode (&appeal);
  g_autoptr (GError) error = NULL;

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), golden, strlen (golden));
  g_assert_true (xs_wire_appeal_decode (&back, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpint (back.seq, ==, 3);
  g_assert_cmpint (back.wall_us, ==, XS_SAMPLE_TIME_US);
  g_assert_cmpint (back.reason, ==, XS_APPEAL_CAMERA);
  g_assert_cmpstr (back.comment, ==, COMMENT);
  g_assert_cmpstr (back.stunum, ==, XS_SAMPLE_STUNUM);
  g_assert_cmpstr (back.recnum, ==, "00007");
  g_assert_cmpstr (back.log_sha256, ==, SHA256);
}

/* Every reason, and the longest comment as well as none: who has only a touch screen writes nothing. */
static void
test_extremes (void)
{
  for (guint reason = 0; reason < XS_N_APPEALS; reason++)
    {
      XsAppeal appeal = make (), back;
      g_autoptr (GError) error = NULL;

      appeal.reason = (XsAppealReason) reason;
      memset (appeal.comment, 0, sizeof appeal.comment);
      if (reason % 2 == 0)
        for (guint i = 0; i < XS_APPEAL_COMMENT_MAX_BYTES / 3; i++)
          memcpy (appeal.comment + 3 * i, "学", 3);
      g_autoptr (GBytes) bytes = xs_wire_appeal_encode (&appeal);
      g_assert_cmpuint (g_bytes_get_size (bytes), <=, XS_WIRE_APPEAL_MAX_BYTES);
      g_assert_true (xs_wire_appeal_decode (&back, bytes, &error));
      g_assert_no_error (error);
      g_assert_cmpint (back.reason, ==, appeal.reason);
      g_assert_cmpstr (back.comment, ==, appeal.comment);
    }
}

static void
refuse (const char *from, const char *to, XsError expected)
{
  g_auto (GStrv) parts = g_strsplit (golden, from, 2);
  g_autoptr (GError) error = NULL;
  XsAppeal appeal;

  g_assert_nonnull (parts[1]);
  char *text = g_strconcat (parts[0], to, parts[1], NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  g_assert_false (xs_wire_appeal_decode (&appeal, bytes, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, XS_ERROR, (int) expected);
}

static void
test_refused (void)
{
  g_autofree char *long_comment = g_strnfill (XS_APPEAL_COMMENT_MAX_BYTES + 1, 'x');

  refuse ("\"schema\":1", "\"schema\":2", XS_ERROR_TOO_NEW);
  refuse ("\"schema\":1", "\"schema\":0", XS_ERROR_INVALID);
  refuse ("\"seq\":3", "\"seq\":0", XS_ERROR_INVALID);
  refuse ("\"seq\":3", "\"seq\": 3", XS_ERROR_INVALID);
  refuse ("\"seq\":3", "\"seq\":3,\"seq\":3", XS_ERROR_INVALID);
  refuse ("\"seq\":3", "\"seq\":3,\"sex\":3", XS_ERROR_INVALID);
  refuse ("camera", "camel", XS_ERROR_INVALID);
  refuse ("我一直在", "\\n", XS_ERROR_INVALID);
  refuse ("我一直在", "\xff", XS_ERROR_INVALID);
  refuse ("我一直在", long_comment, XS_ERROR_INVALID);
  refuse ("20260105090300", "20260105090301", XS_ERROR_INVALID);
  refuse ("\"2000000000000002\"", "\"200000000000000\"", XS_ERROR_INVALID);
  refuse ("\"00007\"", "7", XS_ERROR_INVALID);
  refuse (SHA256, "FF", XS_ERROR_INVALID);
  refuse ("}", "}\n", XS_ERROR_INVALID);
}

static void
test_reasons (void)
{
  XsAppealReason reason = XS_APPEAL_OTHER;

  for (guint i = 0; i < XS_N_APPEALS; i++)
    {
      g_assert_true (xs_appeal_from_nick (xs_appeal_nick ((XsAppealReason) i), &reason));
      g_assert_cmpint (reason, ==, i);
      g_assert_cmpstr (xs_appeal_title ((XsAppealReason) i), !=, "");
    }
  g_assert_false (xs_appeal_from_nick (NULL, &reason));
  g_assert_false (xs_appeal_from_nick ("Camera", &reason));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/appeal/golden", test_golden);
  g_test_add_func ("/wire/appeal/extremes", test_extremes);
  g_test_add_func ("/wire/appeal/refused", test_refused);
  g_test_add_func ("/wire/appeal/reasons", test_reasons);
  return g_test_run ();
}
