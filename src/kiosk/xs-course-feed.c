/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course-feed.h"

#include "xs-course-library.h"

struct _XsCourseFeed {
  gatomicrefcount refs; /* of the owner, and of what runs elsewhere */
  XsStudy *study;       /* NULL once freed */
  char *state_dir;
  XsCourseFeedFunc installed;
  gpointer data;
  XsSyncCourses *courses;
  gulong phase_id;
  gboolean installing;

  GMutex mutex;        /* of what follows */
  GQueue *packages;    /* paths (char *) that wait to be installed */
  GHashTable *refused; /* paths of packages that will not do before the next start */
};

static XsCourseFeed *
feed_ref (XsCourseFeed *feed)
{
  g_atomic_ref_count_inc (&feed->refs);
  return feed;
}

static void
feed_unref (gpointer data)
{
  XsCourseFeed *feed = data;

  if (!g_atomic_ref_count_dec (&feed->refs))
    return;
  g_queue_free_full (feed->packages, g_free);
  g_hash_table_unref (feed->refused);
  g_mutex_clear (&feed->mutex);
  g_free (feed->state_dir);
  g_free (feed);
}

/* Installing: one at a time, on a thread */

typedef struct {
  XsCourseFeed *feed;
  char *path;
  char *title;
} Install;

static void
install_free (gpointer data)
{
  Install *install = data;

  feed_unref (install->feed);
  g_free (install->path);
  g_free (install->title);
  g_free (install);
}

static void
install_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Install *install = data;
  g_autoptr (GError) error = NULL;

  if (xs_course_library_take (install->feed->state_dir, install->path, &install->title, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void install_next (XsCourseFeed *feed);

/* What may do at another look: the package stays where it is. */
static gboolean
may_pass (const GError *error)
{
  return g_error_matches (error, XS_ERROR, XS_ERROR_BUSY) || g_error_matches (error, XS_ERROR, XS_ERROR_NO_SPACE)
         || g_error_matches (error, XS_ERROR, XS_ERROR_IO);
}

static void
on_installed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  const Install *install = g_task_get_task_data (G_TASK (result));
  XsCourseFeed *feed = install->feed;
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  feed->installing = FALSE;
  if (ok)
    g_message ("Course “%s” of the school is installed", install->title);
  else
    {
      g_message ("A course of the school: %s", error->message);
      g_mutex_lock (&feed->mutex);
      if (!may_pass (error))
        g_hash_table_add (feed->refused, g_strdup (install->path));
      g_mutex_unlock (&feed->mutex);
    }
  if (feed->study == NULL)
    return;
  if (ok)
    feed->installed (install->title, feed->data);
  else
    install_next (feed);
}

static gboolean
nobody_studies (XsStudy *study)
{
  XsStudyStatus status;

  xs_study_get_status (study, &status);
  return status.phase == XS_STUDY_READY;
}

static void
install_next (XsCourseFeed *feed)
{
  if (feed->study == NULL || feed->installing || !nobody_studies (feed->study))
    return;
  g_mutex_lock (&feed->mutex);
  char *path = g_queue_pop_head (feed->packages);
  g_mutex_unlock (&feed->mutex);
  if (path == NULL)
    return;
  Install *install = g_new0 (Install, 1);
  *install = (Install){ feed_ref (feed), path, NULL };
  feed->installing = TRUE;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_installed, NULL);
  g_task_set_source_tag (task, install_next);
  g_task_set_task_data (task, install, install_free);
  g_task_run_in_thread (task, install_in_thread);
}

/* What the fetching thread asks and tells */

static gboolean
wants (const XsWireCourse *course, gpointer data)
{
  XsCourseFeed *feed = data;

  return xs_course_library_lacks (feed->state_dir, course->id, course->version, course->signer);
}

static gboolean
on_package (gpointer data)
{
  install_next (data);
  return G_SOURCE_REMOVE;
}

static void
fetched (const XsWireCourse *course, const char *path, gpointer data)
{
  XsCourseFeed *feed = data;

  g_mutex_lock (&feed->mutex);
  gboolean is_new = !g_hash_table_contains (feed->refused, path)
                    && g_queue_find_custom (feed->packages, path, (GCompareFunc) g_strcmp0) == NULL;
  if (is_new)
    g_queue_push_tail (feed->packages, g_strdup (path));
  g_mutex_unlock (&feed->mutex);
  if (is_new)
    g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, on_package, feed_ref (feed), feed_unref);
}

XsCourseFeed *
xs_course_feed_new (XsStudy *study, XsStore *store, const char *state_dir, XsCourseFeedFunc installed, gpointer data)
{
  XsCourseFeed *feed = g_new0 (XsCourseFeed, 1);
  const XsSyncTiming timing = XS_SYNC_TIMING_DEFAULT;
  const XsSyncCourseFuncs funcs = { wants, fetched, feed };

  g_atomic_ref_count_init (&feed->refs);
  g_mutex_init (&feed->mutex);
  feed->study = g_object_ref (study);
  feed->state_dir = g_strdup (state_dir);
  feed->installed = installed;
  feed->data = data;
  feed->packages = g_queue_new ();
  feed->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  feed->phase_id = g_signal_connect_swapped (study, "notify::phase", G_CALLBACK (install_next), feed);
  feed->courses = xs_sync_courses_new (store, xs_clock_system (), &timing, state_dir, &funcs);
  return feed;
}

void
xs_course_feed_free (XsCourseFeed *feed)
{
  if (feed == NULL)
    return;
  xs_sync_courses_free (feed->courses);
  g_signal_handler_disconnect (feed->study, feed->phase_id);
  g_clear_object (&feed->study);
  feed_unref (feed);
}
