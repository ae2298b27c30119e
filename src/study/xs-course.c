/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-course.h"

#include "xs-error.h"
#include "xs-json.h"
#include "xs-number.h"
#include "xs-subjcode.h"

#include <glib/gstdio.h>
#include <string.h>

#define COURSE_FILE "course.json"
#define COURSE_FORMAT 1
#define COURSE_MAX_BYTES (1024 * 1024)
#define COURSE_MAX_LESSONS 500
#define TITLE_MAX_CHARS 200
#define LESSON_MAX_MS (24 * 60 * 60 * 1000)
#define SHA256_HEX_DIGITS 64

struct _XsCourse {
  char *id;
  char *title;
  char *language;
  GArray *lessons; /* of XsLesson, each owning its strings */
  gint64 duration_us;
};

static void
lesson_clear (gpointer data)
{
  XsLesson *lesson = data;

  g_free ((char *) lesson->id);
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
  g_array_unref (course->lessons);
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

static gboolean
invalid (const char *name, const char *rule, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” %s", name, rule);
  return FALSE;
}

/* Something a person can read in one line. */
static gboolean
get_line (JsonObject *object, const char *name, char **value, GError **error)
{
  const char *text;

  if (!xs_json_get_string (object, name, &text, error))
    return FALSE;

  gboolean visible = FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c))
        return invalid (name, "must be one line without control characters", error);
      visible = visible || !g_unichar_isspace (c);
    }
  if (!visible)
    return invalid (name, "must not be empty", error);
  if (g_utf8_strlen (text, -1) > TITLE_MAX_CHARS)
    return invalid (name, "is longer than 200 characters", error);

  *value = g_strdup (text);
  return TRUE;
}

static gboolean
get_id (JsonObject *object, char **value, GError **error)
{
  const char *text;

  if (!xs_json_get_string (object, "id", &text, error))
    return FALSE;
  gsize length = strlen (text);
  if (length < 1 || length > 32 || strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
    return invalid ("id", "must be 1 to 32 of a-z, 0-9 and -", error);
  *value = g_strdup (text);
  return TRUE;
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
    return invalid ("subjcode", "is one of practical driving (1…), which nobody learns from a video", error);
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
    return invalid ("sha256", "must be 64 lower-case hex digits", error);
  *value = g_strdup (text);
  return TRUE;
}

/* On failure @lesson holds what was read so far, for lesson_clear(). */
static gboolean
read_lesson (JsonObject *object, const char *dir, XsLesson *lesson, GError **error)
{
  gint64 duration_ms;

  if (!get_id (object, (char **) &lesson->id, error) || !get_line (object, "title", (char **) &lesson->title, error)
      || !get_line (object, "summary", (char **) &lesson->summary, error)
      || !get_subjcode (object, &lesson->subjcode, error)
      || !xs_json_get_int (object, "duration_ms", 1, LESSON_MAX_MS, &duration_ms, error)
      || !get_file (object, "video", FALSE, dir, &lesson->video_path, error)
      || !get_file (object, "subtitles", TRUE, dir, &lesson->subtitles_path, error)
      || !get_file (object, "poster", TRUE, dir, &lesson->poster_path, error)
      || !get_sha256 (object, &lesson->sha256, error))
    return FALSE;

  lesson->duration_us = duration_ms * 1000;
  return TRUE;
}

static gboolean
read_lessons (XsCourse *course, JsonObject *object, const char *dir, GError **error)
{
  JsonArray *array;

  if (!xs_json_get_array (object, "lessons", &array, error))
    return FALSE;
  guint n = json_array_get_length (array);
  if (n < 1 || n > COURSE_MAX_LESSONS)
    return invalid ("lessons", "must hold 1 to 500 lessons", error);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *element;
      XsLesson lesson = { 0 };

      if (!xs_json_get_element_object (array, i, &element, error) || !read_lesson (element, dir, &lesson, error))
        {
          g_prefix_error (error, "lessons[%u]: ", i);
          lesson_clear (&lesson);
          return FALSE;
        }
      if (xs_course_find_lesson (course, lesson.id, NULL) != NULL)
        {
          g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "lessons[%u]: “id” %s is taken by an earlier lesson", i,
                       lesson.id);
          lesson_clear (&lesson);
          return FALSE;
        }
      course->duration_us += lesson.duration_us;
      g_array_append_val (course->lessons, lesson);
    }
  return TRUE;
}

static gboolean
read_course (XsCourse *course, JsonObject *object, const char *dir, GError **error)
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
  return get_id (object, &course->id, error) && get_line (object, "title", &course->title, error)
         && get_line (object, "language", &course->language, error) && read_lessons (course, object, dir, error);
}

XsCourse *
xs_course_load (const char *dir, GError **error)
{
  g_return_val_if_fail (dir != NULL, NULL);

  g_autofree char *path = g_build_filename (dir, COURSE_FILE, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                   "There is no course in %s: %s is missing. Name a folder that holds one in XUESHI_COURSE_DIR", dir,
                   COURSE_FILE);
      return NULL;
    }
  g_autoptr (JsonObject) object = xs_json_load_object (path, COURSE_MAX_BYTES, error);
  if (object == NULL)
    return NULL;

  g_autoptr (XsCourse) course = g_atomic_rc_box_new0 (XsCourse);
  course->lessons = g_array_new (FALSE, FALSE, sizeof (XsLesson));
  g_array_set_clear_func (course->lessons, lesson_clear);
  if (!read_course (course, object, dir, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  return g_steal_pointer (&course);
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
