/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-course.h"

#include "xs-blob.h"
#include "xs-course-private.h"
#include "xs-error.h"
#include "xs-number.h"
#include "xs-subjcode.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define COURSE_FORMAT 1
#define COURSE_MAX_BYTES (1024 * 1024)
#define COURSE_MAX_LESSONS 500
#define LESSON_MAX_MS (24 * 60 * 60 * 1000)
#define SHA256_HEX_DIGITS 64

typedef struct {
  const char *dir;     /* that the files lie in */
  gboolean unmeasured; /* lessons need not say how long they are */
} Source;

static void
lesson_clear (gpointer data)
{
  XsLesson *lesson = data;

  g_free ((char *) lesson->id);
  g_free ((char *) lesson->key);
  g_free ((char *) lesson->title);
  g_free ((char *) lesson->summary);
  g_free ((char *) lesson->subjcode);
  g_free ((char *) lesson->video_path);
  g_free ((char *) lesson->subtitles_path);
  g_free ((char *) lesson->poster_path);
  g_free ((char *) lesson->sha256);
}

static void
course_clear (gpointer data)
{
  XsCourse *course = data;

  g_free (course->id);
  g_free (course->title);
  g_free (course->language);
  g_free (course->publisher);
  g_array_unref (course->lessons);
  g_array_unref (course->chapters);
  if (course->use_fd >= 0)
    close (course->use_fd);
}

XsCourse *
xs_course_ref (XsCourse *course)
{
  return g_atomic_rc_box_acquire (course);
}

void
xs_course_unref (XsCourse *course)
{
  g_atomic_rc_box_release_full (course, course_clear);
}

char *
xs_course_default_dir (void)
{
  const char *dir = g_getenv ("XUESHI_COURSE_DIR");

  if (dir != NULL && dir[0] != '\0')
    return g_strdup (dir);
  return g_build_filename (XS_PKGDATA_DIR, "course", "sample", NULL);
}

/* Takes the file named by member @name to its path in @dir; @path stays NULL for an optional member that is absent. */
static gboolean
get_file (JsonObject *object, const char *name, gboolean optional, const char *dir, const char **path, GError **error)
{
  const char *file;

  if (optional && !json_object_has_member (object, name))
    return TRUE;
  if (!xs_json_get_string (object, name, &file, error))
    return FALSE;
  if (file[0] == '\0' || file[0] == '.' || strpbrk (file, "/\\") != NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "“%s” is “%s”, but must name a file in the course folder itself, without “/” and leading “.”", name,
                   file);
      return FALSE;
    }

  g_autofree char *full = g_build_filename (dir, file, NULL);
  if (!g_file_test (full, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "“%s”: there is no file %s; copy the whole course again", name,
                   full);
      return FALSE;
    }
  if (g_access (full, R_OK) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_IO, "“%s”: %s must be readable for this user", name, full);
      return FALSE;
    }
  *path = g_steal_pointer (&full);
  return TRUE;
}

static gboolean
get_subjcode (JsonObject *object, const char **value, GError **error)
{
  const char *text;
  XsSubjcode code;

  if (!xs_json_get_number (object, "subjcode", XS_SUBJCODE_DIGITS, &text, error)
      || !xs_subjcode_parse (&code, text, error))
    return FALSE;
  if (code.mode == XS_COURSE_PRACTICE)
    return xs_course_refuse ("subjcode", "is one of practical driving (1…), which nobody learns from a video", error);
  *value = g_strdup (text);
  return TRUE;
}

static gboolean
get_sha256 (JsonObject *object, const char **value, GError **error)
{
  const char *text;

  if (!json_object_has_member (object, "sha256"))
    return TRUE;
  if (!xs_json_get_string (object, "sha256", &text, error))
    return FALSE;
  if (strlen (text) != SHA256_HEX_DIGITS || strspn (text, "0123456789abcdef") != SHA256_HEX_DIGITS)
    return xs_course_refuse ("sha256", "must be 64 lower-case hex digits", error);
  *value = g_strdup (text);
  return TRUE;
}

static gboolean
is_lesson_field (const char *name)
{
  static const char *const fields[] = { "id",    "title",     "summary", "subjcode", "duration_ms",
                                        "video", "subtitles", "poster",  "sha256",   NULL };

  return g_strv_contains (fields, name);
}

/* On failure @lesson holds what was read so far, for lesson_clear(). */
static gboolean
read_lesson (const Source *source, JsonObject *object, XsLesson *lesson, GError **error)
{
  gint64 duration_ms = 0;
  gboolean unmeasured = source->unmeasured && !json_object_has_member (object, "duration_ms");
  const char *dir = source->dir;

  if (!xs_course_read_id (object, &lesson->id, error)
      || !xs_course_get_line (object, "title", XS_COURSE_TITLE_MAX_CHARS, &lesson->title, error)
      || !xs_course_get_line (object, "summary", XS_COURSE_TITLE_MAX_CHARS, &lesson->summary, error)
      || !get_subjcode (object, &lesson->subjcode, error)
      || (!unmeasured && !xs_json_get_int (object, "duration_ms", 1, LESSON_MAX_MS, &duration_ms, error))
      || !get_file (object, "video", FALSE, dir, &lesson->video_path, error)
      || !get_file (object, "subtitles", TRUE, dir, &lesson->subtitles_path, error)
      || !get_file (object, "poster", TRUE, dir, &lesson->poster_path, error)
      || !get_sha256 (object, &lesson->sha256, error)
      || !xs_json_has_only (object, is_lesson_field, "a field of a lesson", error))
    return FALSE;

  lesson->duration_us = duration_ms * 1000;
  return TRUE;
}

static gboolean
read_lessons (XsCourse *course, const Source *source, JsonObject *object, GError **error)
{
  JsonArray *array;

  if (!xs_json_get_array (object, "lessons", &array, error))
    return FALSE;
  guint n = json_array_get_length (array);
  if (n < 1 || n > COURSE_MAX_LESSONS)
    return xs_course_refuse ("lessons", "must hold 1 to 500 lessons", error);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *element;
      XsLesson lesson = { 0 };
      gboolean read =
        xs_json_get_element_object (array, i, &element, error) && read_lesson (source, element, &lesson, error);

      if (read && xs_course_find_lesson (course, lesson.id, NULL) != NULL)
        read = xs_course_refuse ("id", "is taken by an earlier lesson", error);
      if (!read)
        {
          lesson_clear (&lesson);
          return xs_json_error_at (error, "lessons[%u]", i);
        }
      lesson.key = g_strconcat (course->id, "/", lesson.id, NULL);
      course->duration_us += lesson.duration_us;
      g_array_append_val (course->lessons, lesson);
    }
  return TRUE;
}

static gboolean
is_course_field (const char *name)
{
  static const char *const fields[] = { "format",    "id",      "version",  "title", "language",
                                        "publisher", "lessons", "chapters", NULL };

  return g_strv_contains (fields, name);
}

/* What only a course that is passed on needs. */
static gboolean
read_edition (XsCourse *course, JsonObject *object, GError **error)
{
  gint64 version = 1;

  if (json_object_has_member (object, "version")
      && !xs_json_get_int (object, "version", 1, G_MAXINT32, &version, error))
    return FALSE;
  course->version = (guint) version;
  return !json_object_has_member (object, "publisher")
         || xs_course_get_line (object, "publisher", XS_COURSE_TITLE_MAX_CHARS, (const char **) &course->publisher,
                                error);
}

static gboolean
read_course (XsCourse *course, const Source *source, JsonObject *object, GError **error)
{
  gint64 format;

  if (!xs_json_get_int (object, "format", 1, G_MAXINT, &format, error))
    return FALSE;
  if (format > COURSE_FORMAT)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_TOO_NEW,
                   "“format” is %" G_GINT64_FORMAT ", this Xueshi knows %d; update Xueshi", format, COURSE_FORMAT);
      return FALSE;
    }
  return xs_course_read_id (object, (const char **) &course->id, error)
         && xs_course_get_line (object, "title", XS_COURSE_TITLE_MAX_CHARS, (const char **) &course->title, error)
         && xs_course_get_line (object, "language", XS_COURSE_TITLE_MAX_CHARS, (const char **) &course->language, error)
         && read_edition (course, object, error) && read_lessons (course, source, object, error)
         && xs_course_read_chapters (course, object, error)
         && xs_json_has_only (object, is_course_field, "a field of a course", error);
}

static XsCourse *
parse (const Source *source, const char *data, gsize size, JsonObject **document, GError **error)
{
  g_autoptr (JsonObject) object = xs_json_parse_object (data, size, COURSE_MAX_BYTES, error);

  if (object == NULL)
    return NULL;
  g_autoptr (XsCourse) course = g_atomic_rc_box_new0 (XsCourse);
  course->lessons = g_array_new (FALSE, FALSE, sizeof (XsLesson));
  g_array_set_clear_func (course->lessons, lesson_clear);
  course->chapters = xs_course_chapters_new ();
  course->use_fd = -1;
  if (!read_course (course, source, object, error))
    {
      xs_json_error_line (error, data, size);
      return NULL;
    }
  if (document != NULL)
    *document = g_steal_pointer (&object);
  return g_steal_pointer (&course);
}

static XsCourse *
load (const Source *source, JsonObject **document, GError **error)
{
  g_autofree char *path = g_build_filename (source->dir, XS_COURSE_FILE_NAME, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                   "There is no course in %s: %s is missing. Name a folder that holds one%s", source->dir,
                   XS_COURSE_FILE_NAME, source->unmeasured ? "" : " in XUESHI_COURSE_DIR");
      return NULL;
    }
  g_autoptr (GBytes) bytes = xs_blob_read (path, COURSE_MAX_BYTES, error);
  if (bytes == NULL)
    return NULL;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  XsCourse *course = parse (source, data != NULL ? data : "", size, document, error);
  if (course == NULL)
    g_prefix_error (error, "%s: ", path);
  return course;
}

XsCourse *
xs_course_load (const char *dir, GError **error)
{
  g_return_val_if_fail (dir != NULL, NULL);

  const Source source = { .dir = dir };
  return load (&source, NULL, error);
}

XsCourse *
xs_course_load_source (const char *dir, JsonObject **document, GError **error)
{
  const Source source = { .dir = dir, .unmeasured = TRUE };

  return load (&source, document, error);
}

const char *
xs_course_get_id (const XsCourse *course)
{
  return course->id;
}

const char *
xs_course_get_title (const XsCourse *course)
{
  return course->title;
}

const char *
xs_course_get_language (const XsCourse *course)
{
  return course->language;
}

guint
xs_course_get_version (const XsCourse *course)
{
  return course->version;
}

const char *
xs_course_get_publisher (const XsCourse *course)
{
  return course->publisher;
}

guint
xs_course_get_n_lessons (const XsCourse *course)
{
  return course->lessons->len;
}

const XsLesson *
xs_course_get_lesson (const XsCourse *course, guint index)
{
  g_return_val_if_fail (index < course->lessons->len, NULL);
  return &g_array_index (course->lessons, XsLesson, index);
}

const XsLesson *
xs_course_find_lesson (const XsCourse *course, const char *id, guint *index)
{
  for (guint i = 0; i < course->lessons->len; i++)
    {
      const XsLesson *lesson = &g_array_index (course->lessons, XsLesson, i);

      if (g_str_equal (lesson->id, id))
        {
          if (index != NULL)
            *index = i;
          return lesson;
        }
    }
  return NULL;
}

gint64
xs_course_get_duration_us (const XsCourse *course)
{
  return course->duration_us;
}

gboolean
xs_lesson_verify (const XsLesson *lesson, GCancellable *cancellable, GError **error)
{
  if (lesson->sha256 == NULL)
    return TRUE;

  g_autoptr (GFile) file = g_file_new_for_path (lesson->video_path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    {
      xs_error_convert (error);
      return FALSE;
    }

  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize chunk = 256 * 1024;
  g_autofree guint8 *buffer = g_malloc (chunk);
  gssize n;
  while ((n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, chunk, cancellable, error)) > 0)
    g_checksum_update (checksum, buffer, n);
  if (n < 0)
    {
      xs_error_convert (error);
      return FALSE;
    }

  if (!g_str_equal (g_checksum_get_string (checksum), lesson->sha256))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT,
                   "%s is not the file the course was made with: truncated or altered. Copy the course again",
                   lesson->video_path);
      return FALSE;
    }
  return TRUE;
}
