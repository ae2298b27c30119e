/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-log-book.h"

#include <glib/gstdio.h>
#include <string.h>

#include "temp-dir.h"

static const char *book_dir; /* of the program's one book */

static void
test_mask (void)
{
  static const struct {
    const char *said, *kept;
  } cases[] = {
    { "", "" },
    { "no number", "no number" },
    { "1 log, 1234567 B", "1 log, 1234567 B" },
    { "12345678", "…5678" },
    { "Registration photo of 2000000000000002: gone", "Registration photo of …0002: gone" },
    { "二000000000000017号学员", "二…0017号学员" },
    { "two\nlines\r", "two lines " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *masked = xs_log_book_mask (cases[i].said);
      g_assert_cmpstr (masked, ==, cases[i].kept);
    }
}

static void
test_keeps (void)
{
  g_message ("learner 2000000000000002 was refused");
  g_debug ("nobody needs to know this");
  g_autofree char *text = xs_log_book_dup ();
  const char *line = strstr (text, "learner …0002 was refused\n");

  g_assert_nonnull (line);
  g_assert_null (strstr (text, "2000000000000002"));
  g_assert_null (strstr (text, "nobody"));
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

/* However much is said, the files stay small, others cannot read them, and the newest is there. */
static void
test_stays_small (void)
{
  g_autofree char *newest = g_build_filename (book_dir, "kiosk.log", NULL);
  g_autofree char *older = g_build_filename (book_dir, "kiosk.log.old", NULL);
  GStatBuf info;

  for (int i = 0; i < 6000; i++)
    g_message ("message %d of some length, as they are: nothing can be said of it", i);
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (g_stat (i == 0 ? newest : older, &info), ==, 0);
      g_assert_cmpint (info.st_size, <=, XS_LOG_BOOK_MAX_BYTES);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    }
  g_autofree char *text = xs_log_book_dup ();
  g_assert_nonnull (strstr (text, "message 5999 "));
  g_assert_null (strstr (text, "message 0 "));
  g_assert_cmpuint (strlen (text), >, XS_LOG_BOOK_MAX_BYTES / 2);
}

int
main (int argc, char *argv[])
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *messages = g_build_filename (dir, "messages", NULL);

  g_test_init (&argc, &argv, NULL);
  book_dir = messages;
  xs_log_book_open (messages);
  g_test_add_func ("/base/log-book/mask", test_mask);
  g_test_add_func ("/base/log-book/keeps", test_keeps);
  g_test_add_func ("/base/log-book/stays-small", test_stays_small);
  return g_test_run ();
}
