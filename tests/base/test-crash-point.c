/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-crash-point.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>

#if XS_CRASH_POINTS

#define N_PASSAGES 5

static char *self;

/* The process that dies: it passes both points so often and says each time that it is still there. */
static int
run_child (void)
{
  for (int i = 0; i < N_PASSAGES; i++)
    {
      xs_crash_point ("photo-sealed");
      xs_crash_point ("photo-filed");
      g_print (".");
    }
  return 0;
}

/* Returns: the process, ended. @said: (transfer full): what it printed. */
static GSubprocess *
run_with (const char *crash_at, char **said)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;

  if (crash_at != NULL)
    g_subprocess_launcher_setenv (launcher, "XUESHI_CRASH_AT", crash_at, TRUE);
  else
    g_subprocess_launcher_unsetenv (launcher, "XUESHI_CRASH_AT");
  GSubprocess *child = g_subprocess_launcher_spawn (launcher, &error, self, "--child", NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (child, NULL, NULL, said, NULL, &error);
  g_assert_no_error (error);
  return child;
}

static void
assert_killed (const char *crash_at, const char *before)
{
  g_autofree char *said = NULL;
  g_autoptr (GSubprocess) child = run_with (crash_at, &said);

  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
  g_assert_cmpstr (said, ==, before);
}

static void
assert_survives (const char *crash_at)
{
  g_autofree char *said = NULL;
  g_autoptr (GSubprocess) child = run_with (crash_at, &said);

  g_assert_true (g_subprocess_get_successful (child));
  g_assert_cmpstr (said, ==, ".....");
}

static void
test_kills (void)
{
  assert_killed ("photo-sealed", "");
  assert_killed ("photo-filed:1", "");
  assert_killed ("photo-filed:5", "....");
  assert_survives ("photo-filed:6");
  assert_survives ("photo-committed");
  assert_survives (NULL);
  assert_survives ("");
}

/* A test that asks for what does not exist must not pass. */
static void
test_unknown (void)
{
  static const char *const wrong[] = { "photo", "photo-sealed:0", "photo-sealed:x" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *said = NULL;
      g_autoptr (GSubprocess) child = run_with (wrong[i], &said);
      g_assert_false (g_subprocess_get_successful (child));
      g_assert_false (g_subprocess_get_if_signaled (child) && g_subprocess_get_term_sig (child) == SIGKILL);
    }
}

static void
test_labels (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; xs_crash_points ()[i] != NULL; i++)
    g_assert_true (g_hash_table_add (seen, (gpointer) xs_crash_points ()[i]));
  g_assert_cmpuint (g_hash_table_size (seen), >, 30);
}

#endif

int
main (int argc, char **argv)
{
#if XS_CRASH_POINTS
  if (argc == 2 && strcmp (argv[1], "--child") == 0)
    return run_child ();
  self = g_file_read_link ("/proc/self/exe", NULL);
#endif
  g_test_init (&argc, &argv, NULL);
#if XS_CRASH_POINTS
  g_test_add_func ("/base/crash-point/kills-at-the-passage-asked-for", test_kills);
  g_test_add_func ("/base/crash-point/unknown", test_unknown);
  g_test_add_func ("/base/crash-point/labels", test_labels);
#endif
  int result = g_test_run ();
#if XS_CRASH_POINTS
  g_free (self);
#endif
  return result;
}
