/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-command.h"

#include "xs-course-library.h"
#include "xs-error.h"
#include "xs-sync-courses.h"

/* What the kiosk does in the background, once and now. */

typedef struct {
  const char *state_dir;
  guint n_installed;
  GError *error; /* (nullable): of the first that could not be installed */
} Fetch;

static gboolean
wants (const XsWireCourse *course, gpointer data)
{
  const Fetch *fetch = data;

  return xs_course_library_lacks (fetch->state_dir, course->id, course->version, course->signer);
}

static void
fetched (const XsWireCourse *course, const char *path, gpointer data)
{
  Fetch *fetch = data;
  g_autofree char *title = NULL;

  if (!xs_course_library_take (fetch->state_dir, path, &title, fetch->error == NULL ? &fetch->error : NULL))
    return;
  fetch->n_installed++;
  g_print ("%s, version %u, is installed: %s\n", course->id, course->version, title);
}

gboolean
xs_command_course_fetch (const char *state_dir, GError **error)
{
  const XsSyncTiming timing = XS_SYNC_TIMING_DEFAULT;
  Fetch fetch = { .state_dir = state_dir };
  const XsSyncCourseFuncs funcs = { wants, fetched, &fetch };
  g_autoptr (GError) failure = NULL;
  gint64 retry_after_us;
  guint n_fetched;
  XsJournal *journal = xs_journal_open_existing (state_dir, xs_clock_system (), error);

  if (journal == NULL)
    return FALSE;
  g_autoptr (XsStore) store = xs_store_new (journal);
  gboolean ok = xs_sync_courses_fetch (store, xs_clock_system (), &timing, state_dir, &funcs, NULL, &n_fetched,
                                       &retry_after_us, &failure);
  if (ok && fetch.error == NULL)
    {
      if (fetch.n_installed == 0)
        g_print ("The school hands out nothing that this kiosk lacks and would take.\n");
      return TRUE;
    }
  g_propagate_error (error, fetch.error != NULL ? fetch.error : g_steal_pointer (&failure));
  return FALSE;
}
