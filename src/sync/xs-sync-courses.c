/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-courses.h"

#include "xs-backoff.h"
#include "xs-blob.h"
#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-sync-client.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "incoming-courses"
/* At a pace of 16 KiB/s, the least a policy may set, a piece takes as long as the platform lets a request take. */
#define PIECE_BYTES (1024 * 1024)
/* That the disk keeps free for what is to be recorded. */
#define RESERVE_BYTES ((guint64) 512 * 1024 * 1024)

char *
xs_sync_courses_folder (const char *state_dir)
{
  return g_build_filename (state_dir, FOLDER, NULL);
}

typedef struct {
  XsStore *store;
  XsClock *clock;
  const XsSyncTiming *timing;
  char *folder;
  const XsSyncCourseFuncs *funcs;
  GCancellable *cancellable;
  XsSyncClient *client;
  XsSyncPace *pace; /* (nullable) */
  guint n_fetched;
  gint64 retry_after_us;
  gboolean halted; /* nothing more will do now */
} Fetch;

typedef struct {
  XsIdentity identity;
  XsSignKey key;
  XsPolicy policy;
} Outline;

static gboolean
read_outline (XsJournal *journal, gpointer data, GError **error)
{
  Outline *outline = data;

  outline->key = *xs_journal_get_sign_key (journal);
  return xs_journal_get_identity (journal, &outline->identity, error)
         && xs_journal_get_policy (journal, &outline->policy, NULL, error);
}

static gboolean
fail_reply (Fetch *fetch, const XsSyncReply *reply, GError **error)
{
  XsError code = reply->verdict == XS_SYNC_CANCELLED        ? XS_ERROR_CANCELLED
                 : reply->verdict == XS_SYNC_UNKNOWN_DEVICE ? XS_ERROR_UNAUTHORIZED
                                                            : XS_ERROR_NETWORK;

  fetch->retry_after_us = reply->retry_after_us;
  fetch->halted = reply->verdict != XS_SYNC_REFUSED && reply->verdict != XS_SYNC_LATER;
  g_set_error (error, XS_ERROR, code, "Courses: %s", reply->message != NULL ? reply->message : "no answer");
  return FALSE;
}

/* (transfer full): what the school hands out. */
static GArray *
list_courses (Fetch *fetch, GError **error)
{
  XsSyncCall call = { .method = "GET",
                      .path = XS_WIRE_PATH_COURSE_LIST,
                      .answer_type = XS_WIRE_TYPE_JSON,
                      .max_answer_bytes = XS_WIRE_COURSES_MAX_BYTES };
  g_autoptr (XsSyncReply) reply = xs_sync_client_call (fetch->client, &call, fetch->cancellable);

  if (g_str_equal (reply->code, XS_WIRE_ERROR_NOT_FOUND))
    /* A platform from before hands none out. */
    return g_array_new (FALSE, FALSE, sizeof (XsWireCourse));
  if (reply->verdict == XS_SYNC_DONE)
    return xs_wire_courses_decode (reply->answer->body, error);
  fail_reply (fetch, reply, error);
  return NULL;
}

/* Pieces of what is no longer handed out, or came whole and was taken. */
static void
sweep (Fetch *fetch, const GArray *courses)
{
  g_autoptr (GDir) dir = g_dir_open (fetch->folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fetch->folder, name, NULL);
      gboolean known = FALSE;
      for (guint i = 0; i < courses->len; i++)
        known |= g_str_has_prefix (name, g_array_index (courses, XsWireCourse, i).sha256);
      if (!known)
        g_unlink (path);
    }
}

static gboolean
fail_file (int saved_errno, const char *verb, const char *path, GError **error)
{
  gboolean full = saved_errno == ENOSPC || saved_errno == EDQUOT;

  g_set_error (error, XS_ERROR, full ? XS_ERROR_NO_SPACE : XS_ERROR_IO, "Cannot %s %s: %s", verb, path,
               g_strerror (saved_errno));
  return FALSE;
}

/* On the disk before more is asked for: what is there is gone on from. */
static gboolean
keep_piece (int fd, const char *path, GBytes *piece, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (piece, &size);

  while (size > 0)
    {
      gssize n = write (fd, data, size);
      if (n < 0 && errno != EINTR)
        return fail_file (errno, "write", path, error);
      if (n > 0)
        {
          data += n;
          size -= (gsize) n;
        }
    }
  if (fdatasync (fd) != 0)
    return fail_file (errno, "flush", path, error);
  xs_crash_point ("course-piece-kept");
  return TRUE;
}

/* A piece that has come pays for the time until the next. */
static gboolean
rest (Fetch *fetch, gsize bytes, GError **error)
{
  while (fetch->pace != NULL && bytes > 0)
    {
      gint64 wait_us;
      gsize given = xs_sync_pace_take (fetch->pace, bytes, &wait_us);
      if (given > 0)
        {
          bytes -= MIN (given, bytes);
          continue;
        }
      GPollFD poll_fd;
      gboolean may_end = g_cancellable_make_pollfd (fetch->cancellable, &poll_fd);
      g_poll (&poll_fd, may_end ? 1 : 0, (int) (wait_us / 1000) + 1);
      if (may_end)
        g_cancellable_release_fd (fetch->cancellable);
      if (g_cancellable_set_error_if_cancelled (fetch->cancellable, error))
        {
          xs_error_convert (error);
          return FALSE;
        }
    }
  return TRUE;
}

/* From what is in @fd on to the end. */
static gboolean
fetch_rest (Fetch *fetch, const XsWireCourse *course, int fd, const char *path, GError **error)
{
  g_autofree char *url_path = xs_wire_path_course (course->sha256);
  gint64 offset = lseek (fd, 0, SEEK_END);

  while (offset < course->size_bytes)
    {
      XsSyncCall call = { .method = "GET",
                          .path = url_path,
                          .range_offset = offset,
                          .range_bytes = MIN (PIECE_BYTES, course->size_bytes - offset),
                          .answer_type = XS_WIRE_TYPE_COURSE,
                          .max_answer_bytes = PIECE_BYTES };
      g_autoptr (XsSyncReply) reply = xs_sync_client_call (fetch->client, &call, fetch->cancellable);
      if (reply->verdict != XS_SYNC_DONE)
        return fail_reply (fetch, reply, error);
      gint64 size = (gint64) g_bytes_get_size (reply->answer->body);
      if (reply->answer->range_offset != offset || size == 0 || offset + size > course->size_bytes)
        {
          g_set_error (error, XS_ERROR, XS_ERROR_NETWORK, "Courses: what came of %s is not what was asked for",
                       course->id);
          return FALSE;
        }
      if (!keep_piece (fd, path, reply->answer->body, error) || !rest (fetch, (gsize) size, error))
        return FALSE;
      offset += size;
    }
  return TRUE;
}

/* Of all that is in @fd. */
static char *
hash_file (Fetch *fetch, int fd, const char *path, GError **error)
{
  g_autofree guint8 *chunk = g_malloc (PIECE_BYTES);
  XsSha256 *sum = xs_sha256_new ();
  gssize n = 1;

  for (gint64 offset = 0; n > 0; offset += n)
    {
      if (g_cancellable_set_error_if_cancelled (fetch->cancellable, error))
        {
          xs_sha256_free (sum);
          xs_error_convert (error);
          return NULL;
        }
      do
        n = pread (fd, chunk, PIECE_BYTES, offset);
      while (n < 0 && errno == EINTR);
      if (n > 0)
        xs_sha256_update (sum, chunk, (gsize) n);
    }
  if (n == 0)
    return xs_sha256_finish_hex (sum);
  xs_sha256_free (sum);
  fail_file (errno, "read", path, error);
  return NULL;
}

static gboolean
check_space (Fetch *fetch, const XsWireCourse *course, const char *part, GError **error)
{
  GStatBuf info;
  guint64 size = (guint64) course->size_bytes;
  guint64 here = g_stat (part, &info) == 0 ? MIN ((guint64) info.st_size, size) : 0;

  /* Installed it lies there twice for a moment. */
  if (xs_dir_free_bytes (fetch->folder) >= 2 * size - here + RESERVE_BYTES)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_NO_SPACE, "Course %s does not fit on the disk of %s: make space there",
               course->id, fetch->folder);
  return FALSE;
}

static gboolean
fetch_into (Fetch *fetch, const XsWireCourse *course, int fd, const char *part, const char *path, GError **error)
{
  if (lseek (fd, 0, SEEK_END) > course->size_bytes && ftruncate (fd, 0) != 0)
    return fail_file (errno, "empty", part, error);
  if (!fetch_rest (fetch, course, fd, part, error))
    return FALSE;
  g_autofree char *sha256 = hash_file (fetch, fd, part, error);
  if (sha256 == NULL)
    return FALSE;
  if (strcmp (sha256, course->sha256) == 0)
    {
      xs_crash_point ("course-fetched");
      return xs_blob_publish (part, path, error);
    }
  g_unlink (part);
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "What came of course %s has another hash, and was thrown away",
               course->id);
  return FALSE;
}

static gboolean
fetch_course (Fetch *fetch, const XsWireCourse *course, GError **error)
{
  g_autofree char *name = g_strconcat (course->sha256, ".xsc", NULL);
  g_autofree char *path = g_build_filename (fetch->folder, name, NULL);
  g_autofree char *part = g_strconcat (path, ".part", NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      if (!check_space (fetch, course, part, error))
        return FALSE;
      int fd = g_open (part, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      if (fd < 0)
        return fail_file (errno, "create", part, error);
      gboolean ok = fetch_into (fetch, course, fd, part, path, error);
      close (fd);
      if (!ok)
        return FALSE;
      fetch->n_fetched++;
      g_message ("Course %s, version %u, has come from the school", course->id, course->version);
    }
  fetch->funcs->fetched (course, path, fetch->funcs->data);
  return TRUE;
}

static gboolean
fetch_all (Fetch *fetch, GError **error)
{
  g_autoptr (GArray) courses = NULL;
  g_autoptr (GError) first = NULL;

  if (!xs_dir_ensure (fetch->folder, error) || (courses = list_courses (fetch, error)) == NULL)
    return FALSE;
  sweep (fetch, courses);
  /* One that is damaged on the platform, or too large for the disk here, does not keep the others back. */
  for (guint i = 0; i < courses->len && !fetch->halted && !g_cancellable_is_cancelled (fetch->cancellable); i++)
    {
      const XsWireCourse *course = &g_array_index (courses, XsWireCourse, i);
      g_autoptr (GError) local_error = NULL;
      if (fetch->funcs->wants (course, fetch->funcs->data) && !fetch_course (fetch, course, &local_error)
          && first == NULL)
        first = g_steal_pointer (&local_error);
    }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

gboolean
xs_sync_courses_fetch (XsStore *store, XsClock *clock, const XsSyncTiming *timing, const char *state_dir,
                       const XsSyncCourseFuncs *funcs, GCancellable *cancellable, guint *n_fetched,
                       gint64 *retry_after_us, GError **error)
{
  g_autofree char *folder = xs_sync_courses_folder (state_dir);
  Fetch fetch = { store, clock, timing, folder, funcs, cancellable, NULL, NULL, 0, 0, FALSE };
  Outline outline;

  if (!xs_store_run (store, read_outline, &outline, error))
    return FALSE;
  g_autoptr (XsSyncClient) client = xs_sync_client_new (outline.identity.platform_url, clock, &timing->timeouts);
  xs_sync_client_set_device (client, outline.identity.devnum, &outline.key);
  explicit_bzero (&outline.key, sizeof outline.key);
  g_autoptr (XsSyncPace) pace =
    outline.policy.upload_max_bytes_s > 0 ? xs_sync_pace_new (clock, outline.policy.upload_max_bytes_s) : NULL;
  fetch.client = client;
  fetch.pace = pace;
  gboolean ok = fetch_all (&fetch, error);
  *n_fetched = fetch.n_fetched;
  *retry_after_us = fetch.retry_after_us;
  return ok;
}

/* Again and again */

struct _XsSyncCourses {
  XsStore *store;
  XsClock *clock;
  XsSyncTiming timing;
  char *state_dir;
  XsSyncCourseFuncs funcs;
  GCancellable *cancellable;
  GThread *thread;
  GMutex mutex; /* with @stopped, for waits between looks */
  GCond stopped;
};

static void
pause_for (XsSyncCourses *courses, gint64 wait_us)
{
  gint64 until_us = xs_clock_monotonic_us (xs_clock_system ()) + wait_us;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&courses->mutex);

  while (!g_cancellable_is_cancelled (courses->cancellable)
         && g_cond_wait_until (&courses->stopped, &courses->mutex, until_us))
    ;
}

static gpointer
run_thread (gpointer data)
{
  XsSyncCourses *courses = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GRand) rand = g_rand_new ();
  XsBackoff backoff;

  g_main_context_push_thread_default (context);
  xs_backoff_init (&backoff, courses->timing.backoff_base_us, courses->timing.backoff_cap_us);
  while (!g_cancellable_is_cancelled (courses->cancellable))
    {
      g_autoptr (GError) error = NULL;
      gint64 retry_after_us = 0, wait_us = courses->timing.refresh_us;
      guint n_fetched;
      if (xs_sync_courses_fetch (courses->store, courses->clock, &courses->timing, courses->state_dir, &courses->funcs,
                                 courses->cancellable, &n_fetched, &retry_after_us, &error))
        xs_backoff_reset (&backoff);
      else
        {
          g_info ("%s", error->message);
          wait_us = xs_backoff_fail (&backoff, rand, retry_after_us);
        }
      pause_for (courses, wait_us);
    }
  g_main_context_pop_thread_default (context);
  return NULL;
}

XsSyncCourses *
xs_sync_courses_new (XsStore *store, XsClock *clock, const XsSyncTiming *timing, const char *state_dir,
                     const XsSyncCourseFuncs *funcs)
{
  XsSyncCourses *courses = g_new0 (XsSyncCourses, 1);

  courses->store = g_object_ref (store);
  courses->clock = xs_clock_ref (clock);
  courses->timing = *timing;
  courses->state_dir = g_strdup (state_dir);
  courses->funcs = *funcs;
  courses->cancellable = g_cancellable_new ();
  g_mutex_init (&courses->mutex);
  g_cond_init (&courses->stopped);
  courses->thread = g_thread_new ("courses", run_thread, courses);
  return courses;
}

void
xs_sync_courses_free (XsSyncCourses *courses)
{
  if (courses == NULL)
    return;
  g_cancellable_cancel (courses->cancellable);
  g_mutex_lock (&courses->mutex);
  g_cond_broadcast (&courses->stopped);
  g_mutex_unlock (&courses->mutex);
  g_thread_join (courses->thread);
  g_object_unref (courses->store);
  g_object_unref (courses->cancellable);
  xs_clock_unref (courses->clock);
  g_mutex_clear (&courses->mutex);
  g_cond_clear (&courses->stopped);
  g_free (courses->state_dir);
  g_free (courses);
}
