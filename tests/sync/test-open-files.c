/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-fixture.h"

/* A kiosk runs for months: what a pass opens it closes, however the platform ended it. */

static guint
n_open_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, &error);
  guint n = 0;

  g_assert_no_error (error);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
pass (XsSyncFixture *f)
{
  g_autoptr (GError) error = xs_sync_fixture_pass (f);

  if (error != NULL)
    g_test_message ("%s", error->message);
}

static void
test_fault (XsSyncFixture *f, gconstpointer data)
{
  XsFault fault = (XsFault) GPOINTER_TO_INT (data);

  xs_sync_fixture_pair (f);
  pass (f);
  guint before = n_open_files ();
  xs_fault_server_set (f->platform->server, "", fault, 5);
  for (int i = 0; i < 10; i++)
    {
      xs_sync_fixture_add_session (f, 1, 1);
      pass (f);
    }
  /* The other end of each connection is in this process, too, and learns of it a moment later. SQLite and GLib may have
   * kept one or two; ten passes that close nothing would have left ten. */
  while (n_open_files () > before + 4)
    xs_sync_fixture_tick ();
}

int
main (int argc, char *argv[])
{
  const XsFault faults[] = { XS_FAULT_NONE,     XS_FAULT_DROP_AFTER, XS_FAULT_HALF_ANSWER, XS_FAULT_UNAUTHORIZED,
                             XS_FAULT_INTERNAL, XS_FAULT_PORTAL,     XS_FAULT_ENDLESS,     XS_FAULT_NOT_HTTP };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *name = g_strconcat ("/sync/open-files/", xs_fault_name (faults[i]), NULL);
      g_test_add (name, XsSyncFixture, GINT_TO_POINTER (faults[i]), xs_sync_fixture_set_up, test_fault,
                  xs_sync_fixture_tear_down);
    }
  return g_test_run ();
}
