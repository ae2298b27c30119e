/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "temp-dir.h"
#include "xs-run-book.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static XsRunBook
begin (const char *dir, gint64 now_us)
{
  XsRunBook book;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_run_book_begin (dir, now_us, &book, &error));
  g_assert_no_error (error);
  g_assert_cmpint (book.started_us, ==, now_us);
  return book;
}

static void
end (const char *dir, const XsRunBook *book)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_run_book_end (dir, book, &error));
  g_assert_no_error (error);
}

/* A run that ends by itself is none that broke; one that is killed is seen by the next, and counted. */
static void
test_killed (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  int status;

  XsRunBook first = begin (dir, 1000);
  g_assert_cmpint (first.broken, ==, 0);
  end (dir, &first);
  pid_t child = fork ();
  if (child == 0)
    {
      begin (dir, 2000);
      (void) raise (SIGKILL);
      _exit (1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  XsRunBook third = begin (dir, 3000);
  g_assert_cmpint (third.broken, ==, 1);
  g_assert_cmpint (third.broken_us, ==, 3000);
  end (dir, &third);
  XsRunBook fourth = begin (dir, 4000);
  g_assert_cmpint (fourth.broken, ==, 1);
  g_assert_cmpint (fourth.broken_us, ==, 3000);
}

/* What cannot be read is no reason not to run. */
static void
test_damaged (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "runs.json", NULL);

  g_assert_true (g_file_set_contents (path, "{\"running\":tr", -1, NULL));
  XsRunBook book = begin (dir, 1000);
  g_assert_cmpint (book.broken, ==, 0);
  end (dir, &book);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/run-book/killed", test_killed);
  g_test_add_func ("/base/run-book/damaged", test_damaged);
  return g_test_run ();
}
