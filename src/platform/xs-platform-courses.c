/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-courses.h"

#include "xs-blob.h"
#include "xs-course-package.h"
#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-platform-storage-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "courses"
#define CHUNK_BYTES (1024 * 1024)
/* A copy that was cut off, or lost its row, is nobody's after so long. */
#define STRAY_S (24 * 3600)

static char *
folder_of (XsPlatformStorage *storage)
{
  return g_build_filename (storage->dir, FOLDER, NULL);
}

static void
read_course (XsSqlRow *row, XsPlatformCourse *course)
{
  g_autoptr (GBytes) key = xs_sql_row_bytes (row, 4);

  *course =
    (XsPlatformCourse){ .course = { .version = (guint) xs_sql_row_int (row, 1), .size_bytes = xs_sql_row_int (row, 6) },
                        .added_us = xs_sql_row_int (row, 7) };
  g_strlcpy (course->course.id, xs_sql_row_string (row, 0), sizeof course->course.id);
  g_strlcpy (course->course.title, xs_sql_row_string (row, 2), sizeof course->course.title);
  g_strlcpy (course->publisher, xs_sql_row_string (row, 3), sizeof course->publisher);
  memcpy (course->course.signer, g_bytes_get_data (key, NULL), XS_KEY_BYTES);
  g_strlcpy (course->course.sha256, xs_sql_row_string (row, 5), sizeof course->course.sha256);
}

GArray *
xs_platform_storage_list_courses (XsPlatformStorage *storage, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) courses = g_array_new (FALSE, FALSE, sizeof (XsPlatformCourse));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT course_id, version, title, publisher, sign_key, sha256, size_bytes, added_us FROM course"
                    " ORDER BY course_id",
                    error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    {
      XsPlatformCourse course;
      read_course (row, &course);
      g_array_append_val (courses, course);
    }
  return ok ? g_steal_pointer (&courses) : NULL;
}

/* Files without a row, of copies and removals that were cut off. */
static void
sweep (XsPlatformStorage *storage, const char *folder)
{
  g_autoptr (GArray) courses = xs_platform_storage_list_courses (storage, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gint64 now_s = xs_clock_wall_us (xs_clock_system ()) / G_USEC_PER_SEC;
  const char *name;

  while (courses != NULL && dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      gboolean known = FALSE;
      GStatBuf info;
      for (guint i = 0; i < courses->len; i++)
        known |= g_str_equal (g_array_index (courses, XsPlatformCourse, i).course.sha256, name);
      if (!known && g_stat (path, &info) == 0 && now_s - info.st_mtime > STRAY_S)
        g_unlink (path);
    }
}

static gboolean
copy_chunk (int to, const guint8 *data, gsize size, const char *path, GError **error)
{
  while (size > 0)
    {
      gssize n = write (to, data, size);
      if (n < 0 && errno != EINTR)
        return xs_storage_fail (error, errno, "write", path);
      if (n > 0)
        {
          data += n;
          size -= (gsize) n;
        }
    }
  return TRUE;
}

/* From the package to @temporary, which is there and empty, telling its hash and size. */
static gboolean
copy_package (const char *path, int to, const char *temporary, XsWireCourse *course, GError **error)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  XsSha256 *sum = xs_sha256_new ();
  int from = open (path, O_RDONLY | O_CLOEXEC);
  gboolean ok = from >= 0 || xs_storage_fail (error, errno, "read", path);
  gssize n = 1;

  course->size_bytes = 0;
  while (ok && n != 0)
    {
      n = read (from, chunk, CHUNK_BYTES);
      if (n < 0 && errno == EINTR)
        continue;
      ok = n >= 0 ? copy_chunk (to, chunk, (gsize) n, temporary, error) : xs_storage_fail (error, errno, "read", path);
      if (ok)
        xs_sha256_update (sum, chunk, (gsize) n);
      course->size_bytes += MAX (n, 0);
    }
  g_autofree char *sha256 = xs_sha256_finish_hex (sum);
  g_strlcpy (course->sha256, sha256, sizeof course->sha256);
  if (from >= 0)
    close (from);
  return ok && (fsync (to) == 0 || xs_storage_fail (error, errno, "flush", temporary));
}

/* What is handed out is what was checked: the copy. */
static gboolean
check_package (const char *path, const char *named, XsPlatformCourse *course, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (XsCoursePackage) package = xs_course_package_open (path, &local_error);

  if (package == NULL || !xs_course_package_unpack (package, NULL, &local_error))
    {
      g_set_error (error, XS_ERROR, local_error->code, "%s: %s", named, local_error->message);
      return FALSE;
    }
  const XsCourseManifest *manifest = xs_course_package_get_manifest (package);
  course->course.version = manifest->version;
  g_strlcpy (course->course.id, manifest->id, sizeof course->course.id);
  g_strlcpy (course->course.title, manifest->title, sizeof course->course.title);
  g_strlcpy (course->publisher, manifest->publisher, sizeof course->publisher);
  memcpy (course->course.signer, manifest->key, XS_KEY_BYTES);
  return TRUE;
}

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformCourse *course;
  char replaced[65]; /* the package that is no longer handed out; "" when none was */
} AddCall;

static gboolean
may_follow (const XsPlatformCourse *course, XsSqlRow *row, GError **error)
{
  g_autoptr (GBytes) key = xs_sql_row_bytes (row, 1);
  gint64 version = xs_sql_row_int (row, 0);

  if (memcmp (g_bytes_get_data (key, NULL), course->course.signer, XS_KEY_BYTES) != 0)
    g_set_error (error, XS_ERROR, XS_ERROR_EXISTS,
                 "%s of another publisher is handed out, and kiosks that have it take no other: remove it first, here "
                 "and there, or give yours another id",
                 course->course.id);
  else if (version >= course->course.version)
    g_set_error (error, XS_ERROR, XS_ERROR_EXISTS,
                 "%s is handed out in version %" G_GINT64_FORMAT ", this is version %u: give it a higher one",
                 course->course.id, version, course->course.version);
  else
    return TRUE;
  return FALSE;
}

static gboolean
read_replaced (XsSql *sql, AddCall *call, GError **error)
{
  gboolean has_row;
  gint64 count;
  g_autoptr (XsSqlRow) row = xs_sql_prepare (sql, "SELECT version, sign_key, sha256 FROM course WHERE course_id = ?",
                                             error, "s", call->course->course.id);

  call->replaced[0] = '\0';
  if (row == NULL || !xs_sql_row_step (row, &has_row, error) || (has_row && !may_follow (call->course, row, error)))
    return FALSE;
  if (has_row)
    g_strlcpy (call->replaced, xs_sql_row_string (row, 2), sizeof call->replaced);
  if (!xs_sql_query_int (sql, &count, 0, "SELECT count (*) FROM course", error, ""))
    return FALSE;
  if (has_row || count < XS_WIRE_COURSES_MAX)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%d courses are handed out, which is all there may be: remove one",
               XS_WIRE_COURSES_MAX);
  return FALSE;
}

/* Before it lies among those that are handed out. */
static gboolean
check_course (XsSql *sql, gpointer data, GError **error)
{
  return read_replaced (sql, data, error);
}

static gboolean
add_course (XsSql *sql, gpointer data, GError **error)
{
  AddCall *call = data;
  const XsWireCourse *course = &call->course->course;
  g_autoptr (GBytes) key = g_bytes_new (course->signer, XS_KEY_BYTES);

  return read_replaced (sql, call, error)
         && xs_sql_run (sql,
                        "INSERT INTO course (course_id, version, title, publisher, sign_key, sha256, size_bytes,"
                        " added_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                        " ON CONFLICT (course_id) DO UPDATE SET version = excluded.version, title = excluded.title,"
                        " publisher = excluded.publisher, sign_key = excluded.sign_key, sha256 = excluded.sha256,"
                        " size_bytes = excluded.size_bytes, added_us = excluded.added_us",
                        error, "sissbsii", course->id, (gint64) course->version, course->title, call->course->publisher,
                        key, course->sha256, course->size_bytes, call->course->added_us);
}

static gboolean
publish (XsPlatformStorage *storage, const char *folder, const char *temporary, XsPlatformCourse *course,
         GError **error)
{
  g_autofree char *path = g_build_filename (folder, course->course.sha256, NULL);
  AddCall call = { .storage = storage, .course = course };

  course->added_us = xs_clock_wall_us (storage->clock);
  if (!xs_sql_transaction (storage->sql, check_course, &call, error) || !xs_blob_publish (temporary, path, error))
    return FALSE;
  xs_crash_point ("course-filed");
  if (!xs_sql_transaction (storage->sql, add_course, &call, error))
    return FALSE;
  g_autofree char *old = g_build_filename (folder, call.replaced, NULL);
  /* Whoever reads it has it open. */
  return call.replaced[0] == '\0' || xs_blob_remove (old, error);
}

gboolean
xs_platform_storage_add_course (XsPlatformStorage *storage, const char *path, XsPlatformCourse *added, GError **error)
{
  g_autofree char *folder = folder_of (storage);
  g_autofree char *temporary = g_build_filename (folder, "adding.XXXXXX", NULL);

  *added = (XsPlatformCourse){ .added_us = 0 };
  if (!xs_dir_ensure (folder, error))
    return FALSE;
  sweep (storage, folder);
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return xs_storage_fail (error, errno, "create a file in", folder);
  gboolean ok = copy_package (path, fd, temporary, &added->course, error);
  close (fd);
  ok = ok && check_package (temporary, path, added, error) && publish (storage, folder, temporary, added, error);
  if (!ok)
    g_unlink (temporary);
  return ok;
}

typedef struct {
  const char *id;
  char sha256[65]; /* "" when there is none */
} RemoveCall;

static gboolean
remove_course (XsSql *sql, gpointer data, GError **error)
{
  RemoveCall *call = data;
  gboolean has_row;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (sql, "SELECT sha256 FROM course WHERE course_id = ?", error, "s", call->id);

  call->sha256[0] = '\0';
  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  if (has_row)
    g_strlcpy (call->sha256, xs_sql_row_string (row, 0), sizeof call->sha256);
  return xs_sql_run (sql, "DELETE FROM course WHERE course_id = ?", error, "s", call->id);
}

gboolean
xs_platform_storage_remove_course (XsPlatformStorage *storage, const char *id, GError **error)
{
  g_autofree char *folder = folder_of (storage);
  RemoveCall call = { .id = id };

  if (!xs_sql_transaction (storage->sql, remove_course, &call, error))
    return FALSE;
  if (call.sha256[0] == '\0')
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                   "No course %s is handed out: “course list” shows those that are", id);
      return FALSE;
    }
  g_autofree char *path = g_build_filename (folder, call.sha256, NULL);
  return xs_blob_remove (path, error);
}

int
xs_platform_storage_open_course (XsPlatformStorage *storage, const char *sha256, gint64 *size_bytes, GError **error)
{
  g_autofree char *folder = folder_of (storage);
  g_autofree char *path = g_build_filename (folder, sha256, NULL);

  if (!xs_sql_query_int (storage->sql, size_bytes, 0, "SELECT size_bytes FROM course WHERE sha256 = ?", error, "s",
                         sha256))
    return -1;
  if (*size_bytes == 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No course package %.8s… is handed out", sha256);
      return -1;
    }
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    xs_storage_fail (error, errno, "read", path);
  return fd;
}
