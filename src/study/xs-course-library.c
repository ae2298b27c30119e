/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course-library.h"

#include "xs-blob.h"
#include "xs-course-index.h"
#include "xs-course-private.h"
#include "xs-error.h"
#include "xs-lesson-player.h"
#include "xs-publishers.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* What an installation leaves free for the kiosk's photos and journal. */
#define RESERVE_BYTES (G_GUINT64_CONSTANT (256) << 20)

/* The lock is that of an open file: it goes with the process, however that ends. */
static gboolean
lock_library (const char *courses_dir, int *lock_fd, GError **error)
{
  g_autofree char *path = g_build_filename (courses_dir, "lock", NULL);

  if (!xs_dir_ensure (courses_dir, error))
    return FALSE;
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot open %s: %s", path, g_strerror (errno));
      return FALSE;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      close (fd);
      g_set_error (error, XS_ERROR, XS_ERROR_BUSY,
                   "Another command is changing the courses in %s: wait until it has finished, then try again",
                   courses_dir);
      return FALSE;
    }
  *lock_fd = fd;
  return TRUE;
}

/* What is in it is files only. */
static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_unlink (file);
    }
  g_rmdir (path);
}

static int
use_folder (const char *path, int operation)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0 && flock (fd, operation | LOCK_NB) != 0)
    {
      close (fd);
      return -1;
    }
  return fd;
}

/* Removes the folders of courses that are no longer, or were never quite installed. What a kiosk still uses stays. */
static void
sweep (const char *courses_dir, const XsCourseIndex *index)
{
  g_autoptr (GDir) dir = g_dir_open (courses_dir, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (courses_dir, name, NULL);

      if (g_str_has_suffix (name, ".tmp"))
        g_unlink (path);
      if (!g_file_test (path, G_FILE_TEST_IS_DIR) || xs_course_index_names_folder (index, name))
        continue;
      int fd = use_folder (path, LOCK_EX);
      if (fd < 0)
        continue;
      remove_folder (path);
      close (fd);
    }
}

static char *
library_dir (const char *state_dir)
{
  return g_build_filename (state_dir, "courses", NULL);
}

static void
installed_free (gpointer data)
{
  XsInstalledCourse *course = data;

  g_free (course->id);
  xs_course_manifest_free (course->manifest);
  g_free (course->problem);
  g_free (course->dir);
  g_free (course);
}

static XsCourseManifest *
load_manifest (const char *dir, const char *id, GError **error)
{
  g_autoptr (XsCourseManifest) manifest = xs_course_manifest_load (dir, error);

  if (manifest != NULL && g_str_equal (manifest->id, id))
    return g_steal_pointer (&manifest);
  if (manifest != NULL)
    g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s holds the course %s", dir, manifest->id);
  g_prefix_error (error, "The course %s is damaged: install it again, or “xueshi course remove %s”: ", id, id);
  return NULL;
}

GPtrArray *
xs_course_library_list (const char *state_dir, GError **error)
{
  g_autofree char *courses_dir = library_dir (state_dir);
  g_autoptr (XsCourseIndex) index = xs_course_index_load (courses_dir, error);
  g_autoptr (GPtrArray) courses = g_ptr_array_new_with_free_func (installed_free);

  if (index == NULL)
    return NULL;
  for (guint i = 0; i < index->entries->len; i++)
    {
      const XsCourseEntry *entry = g_ptr_array_index (index->entries, i);
      XsInstalledCourse *course = g_new0 (XsInstalledCourse, 1);
      g_autoptr (GError) local_error = NULL;

      g_ptr_array_add (courses, course);
      course->id = g_strdup (entry->id);
      course->dir = g_build_filename (courses_dir, entry->folder, NULL);
      course->chosen = g_strcmp0 (entry->id, index->chosen) == 0;
      course->manifest = load_manifest (course->dir, entry->id, &local_error);
      if (course->manifest == NULL)
        course->problem = g_strdup (local_error->message);
    }
  return g_steal_pointer (&courses);
}

/* Installing */

static gboolean refuse (const XsCourseManifest *manifest, XsError code, GError **error, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

static gboolean
refuse (const XsCourseManifest *manifest, XsError code, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *why = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, XS_ERROR, (int) code, "The course %s, version %u, is not installed: %s", manifest->id,
               manifest->version, why);
  return FALSE;
}

/* Whether @manifest may take the place of @entry. A damaged course may be replaced by anything. */
static gboolean
may_replace (const char *courses_dir, const XsCourseEntry *entry, const XsCourseManifest *manifest,
             XsInstallFlags flags, guint *replaced_version, GError **error)
{
  g_autofree char *dir = g_build_filename (courses_dir, entry->folder, NULL);
  g_autoptr (XsCourseManifest) old = xs_course_manifest_load (dir, NULL);

  if (old == NULL)
    return TRUE;
  *replaced_version = old->version;
  if (memcmp (old->key, manifest->key, XS_KEY_BYTES) != 0)
    return refuse (
      manifest, XS_ERROR_EXISTS, error,
      "the one that is there is by another publisher, %s. To have this one, first “xueshi course remove %s”",
      old->publisher, old->id);
  if (old->version > manifest->version && !(flags & XS_INSTALL_DOWNGRADE))
    return refuse (manifest, XS_ERROR_EXISTS, error,
                   "version %u is there, which is newer. To go back to the older one, repeat with --downgrade",
                   old->version);
  if (old->version != manifest->version)
    return TRUE;
  g_autoptr (GBytes) old_bytes = xs_course_manifest_to_bytes (old);
  g_autoptr (GBytes) new_bytes = xs_course_manifest_to_bytes (manifest);
  return g_bytes_equal (old_bytes, new_bytes)
         || refuse (manifest, XS_ERROR_EXISTS, error,
                    "another course of this version is there. Its publisher must give each edition a higher “version”");
}

static gboolean
check_space (const char *courses_dir, const XsCourseManifest *manifest, GError **error)
{
  guint64 needed_bytes = (guint64) manifest->total_bytes + RESERVE_BYTES;
  guint64 free_bytes = xs_dir_free_bytes (courses_dir);

  if (free_bytes >= needed_bytes)
    return TRUE;
  g_autofree char *needed = g_format_size (needed_bytes);
  g_autofree char *free_size = g_format_size (free_bytes);
  return refuse (manifest, XS_ERROR_NO_SPACE, error,
                 "it needs %s on the disk of %s, which has %s free: make space there", needed, courses_dir, free_size);
}

/* Where it was made every lesson was decoded; here it is enough that the decoders are there. */
static gboolean
check_lessons (const XsCourse *course, const XsCourseManifest *manifest, GError **error)
{
  for (guint i = 0; i < xs_course_get_n_lessons (course); i++)
    {
      const XsLesson *lesson = xs_course_get_lesson (course, i);
      g_autoptr (GError) local_error = NULL;
      g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (lesson->video_path, &local_error);

      if (reader == NULL || !xs_lesson_reader_check_streams (reader, &local_error))
        return refuse (manifest, XS_ERROR_MEDIA, error, "this computer cannot play its lesson %s: %s", lesson->id,
                       local_error->message);
    }
  return TRUE;
}

static gboolean
check_course (const char *dir, const XsCourseManifest *manifest, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (XsCourse) course = xs_course_load (dir, &local_error);

  if (course == NULL)
    return refuse (manifest, (XsError) local_error->code, error, "%s", local_error->message);
  if (!g_str_equal (xs_course_get_id (course), manifest->id) || xs_course_get_version (course) != manifest->version)
    return refuse (manifest, XS_ERROR_INVALID, error, "its course.json says id %s, version %u",
                   xs_course_get_id (course), xs_course_get_version (course));
  return check_lessons (course, manifest, error);
}

static gboolean
unpack (const char *courses_dir, XsCoursePackage *package, char **folder, GError **error)
{
  const XsCourseManifest *manifest = xs_course_package_get_manifest (package);
  g_autofree char *name = g_strdup_printf ("%s-XXXXXX", manifest->id);
  g_autofree char *dir = g_build_filename (courses_dir, name, NULL);

  if (g_mkdtemp_full (dir, 0700) == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot create a folder in %s: %s", courses_dir, g_strerror (errno));
      return FALSE;
    }
  if (!xs_course_package_unpack (package, dir, error) || !check_course (dir, manifest, error))
    {
      remove_folder (dir);
      return FALSE;
    }
  *folder = g_path_get_basename (dir);
  return TRUE;
}

static gboolean
install (const char *courses_dir, XsCoursePackage *package, XsInstallFlags flags, guint *replaced_version,
         GError **error)
{
  const XsCourseManifest *manifest = xs_course_package_get_manifest (package);
  g_autoptr (XsCourseIndex) index = xs_course_index_load (courses_dir, error);
  g_autofree char *folder = NULL;

  if (index == NULL)
    return FALSE;
  const XsCourseEntry *old = xs_course_index_find (index, manifest->id);
  if (old != NULL && !may_replace (courses_dir, old, manifest, flags, replaced_version, error))
    return FALSE;
  sweep (courses_dir, index);
  if (!check_space (courses_dir, manifest, error) || !unpack (courses_dir, package, &folder, error))
    return FALSE;
  xs_course_index_set (index, manifest->id, folder);
  if (!xs_course_index_save (index, courses_dir, error))
    return FALSE;
  sweep (courses_dir, index);
  return TRUE;
}

gboolean
xs_course_library_install (const char *state_dir, XsCoursePackage *package, XsInstallFlags flags,
                           guint *replaced_version, GError **error)
{
  g_autofree char *courses_dir = library_dir (state_dir);
  int lock_fd;

  *replaced_version = 0;
  if (!lock_library (courses_dir, &lock_fd, error))
    return FALSE;
  gboolean installed = install (courses_dir, package, flags, replaced_version, error);
  close (lock_fd);
  return installed;
}

gboolean
xs_course_library_lacks (const char *state_dir, const char *id, guint version, const guint8 signer[XS_KEY_BYTES])
{
  g_autoptr (GPtrArray) courses = xs_course_library_list (state_dir, NULL);
  gboolean trusted;

  if (!xs_publisher_is_trusted (state_dir, signer, &trusted, NULL) || !trusted)
    return FALSE;
  for (guint i = 0; courses != NULL && i < courses->len; i++)
    {
      const XsInstalledCourse *course = g_ptr_array_index (courses, i);
      if (g_str_equal (course->id, id))
        return course->manifest == NULL
               || (course->manifest->version < version && memcmp (course->manifest->key, signer, XS_KEY_BYTES) == 0);
    }
  return TRUE;
}

static gboolean
take (const char *state_dir, const char *path, char **title, GError **error)
{
  g_autoptr (XsCoursePackage) package = xs_course_package_open (path, error);
  gboolean trusted;
  guint replaced_version;

  if (package == NULL)
    return FALSE;
  const XsCourseManifest *manifest = xs_course_package_get_manifest (package);
  if (!xs_publisher_is_trusted (state_dir, manifest->key, &trusted, error))
    return FALSE;
  if (!trusted)
    return refuse (manifest, XS_ERROR_UNAUTHORIZED, error,
                   "this kiosk does not know its publisher: install it once with “xueshi course install --trust”");
  if (!xs_course_library_install (state_dir, package, XS_INSTALL_NOTHING, &replaced_version, error))
    return FALSE;
  *title = g_strdup (manifest->title);
  return TRUE;
}

gboolean
xs_course_library_take (const char *state_dir, const char *path, char **title, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean taken = take (state_dir, path, title, &local_error);
  /* Somebody may make space, or get the decoder that is missing. */
  gboolean may_do_later =
    g_error_matches (local_error, XS_ERROR, XS_ERROR_BUSY) || g_error_matches (local_error, XS_ERROR, XS_ERROR_NO_SPACE)
    || g_error_matches (local_error, XS_ERROR, XS_ERROR_IO) || g_error_matches (local_error, XS_ERROR, XS_ERROR_MEDIA);

  if (!may_do_later)
    g_unlink (path);
  if (!taken)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return taken;
}

/* Other changes */

typedef void (*Change) (XsCourseIndex *index, const char *id);

static gboolean
change (const char *courses_dir, const char *id, Change how, GError **error)
{
  g_autoptr (XsCourseIndex) index = xs_course_index_load (courses_dir, error);

  if (index == NULL)
    return FALSE;
  if (xs_course_index_find (index, id) == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                   "There is no installed course “%s”; “xueshi course list” tells which there are", id);
      return FALSE;
    }
  how (index, id);
  if (!xs_course_index_save (index, courses_dir, error))
    return FALSE;
  sweep (courses_dir, index);
  return TRUE;
}

static gboolean
lock_and_change (const char *state_dir, const char *id, Change how, GError **error)
{
  g_autofree char *courses_dir = library_dir (state_dir);
  int lock_fd;

  if (!lock_library (courses_dir, &lock_fd, error))
    return FALSE;
  gboolean changed = change (courses_dir, id, how, error);
  close (lock_fd);
  return changed;
}

gboolean
xs_course_library_remove (const char *state_dir, const char *id, GError **error)
{
  return lock_and_change (state_dir, id, xs_course_index_remove, error);
}

gboolean
xs_course_library_choose (const char *state_dir, const char *id, GError **error)
{
  return lock_and_change (state_dir, id, xs_course_index_choose, error);
}

/* Opening */

/* NULL without @error: its folder is gone, and so index.json names another by now. */
static XsCourse *
open_entry (const char *courses_dir, const XsCourseEntry *entry, GError **error)
{
  g_autofree char *dir = g_build_filename (courses_dir, entry->folder, NULL);
  int use_fd = use_folder (dir, LOCK_SH);

  if (use_fd < 0)
    return NULL;
  g_autoptr (XsCourseManifest) manifest = load_manifest (dir, entry->id, error);
  XsCourse *course = manifest != NULL ? xs_course_load (dir, error) : NULL;
  if (course == NULL)
    {
      close (use_fd);
      return NULL;
    }
  course->use_fd = use_fd;
  return course;
}

static XsCourse *
open_chosen (const char *courses_dir, gboolean *none, GError **error)
{
  g_autofree char *tried = NULL;

  for (;;)
    {
      g_autoptr (GError) local_error = NULL;
      g_autoptr (XsCourseIndex) index = xs_course_index_load (courses_dir, error);

      if (index == NULL)
        return NULL;
      const XsCourseEntry *entry = index->chosen != NULL ? xs_course_index_find (index, index->chosen) : NULL;
      *none = entry == NULL;
      if (*none)
        return NULL;
      XsCourse *course = open_entry (courses_dir, entry, &local_error);
      if (course != NULL)
        return course;
      if (local_error != NULL || g_strcmp0 (tried, entry->folder) == 0)
        {
          if (local_error == NULL)
            g_set_error (
              &local_error, XS_ERROR, XS_ERROR_NOT_FOUND,
              "The course %s is damaged: install it again, or “xueshi course remove %s”: its folder %s is gone",
              entry->id, entry->id, entry->folder);
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      g_free (tried);
      tried = g_strdup (entry->folder);
    }
}

XsCourse *
xs_course_library_open (const char *state_dir, GError **error)
{
  g_autofree char *courses_dir = library_dir (state_dir);
  g_autofree char *default_dir = xs_course_default_dir ();
  const char *named = g_getenv ("XUESHI_COURSE_DIR");
  gboolean none = FALSE;

  if (named != NULL && named[0] != '\0')
    return xs_course_load (named, error);
  XsCourse *course = open_chosen (courses_dir, &none, error);
  return none ? xs_course_load (default_dir, error) : course;
}
