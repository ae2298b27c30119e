/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course-build.h"

#include "xs-course-manifest.h"
#include "xs-course-package.h"
#include "xs-course-private.h"
#include "xs-error.h"
#include "xs-lesson-player.h"
#include "xs-picture.h"
#include "xs-subtitles.h"

#include <string.h>

/* How far what course.json declares may lie from what plays. */
#define DURATION_SLACK_US (G_USEC_PER_SEC)
#define CHUNK_BYTES (256 * 1024)

/* What was found out about a lesson. */
typedef struct {
  gint64 duration_ms;
  char *sha256;
} Facts;

static void
facts_clear (gpointer data)
{
  g_free (((Facts *) data)->sha256);
}

static char *
format_time (gint64 ms)
{
  gint64 tenths = ms / 100;

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d.%d", tenths / 600, (int) (tenths / 10 % 60), (int) (tenths % 10));
}

static char *
hash_file (const char *path, gint64 *size_bytes, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  gssize n = -1;

  *size_bytes = 0;
  while (stream != NULL && (n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, CHUNK_BYTES, NULL, error)) > 0)
    {
      g_checksum_update (checksum, buffer, n);
      *size_bytes += n;
    }
  if (n == 0)
    return g_strdup (g_checksum_get_string (checksum));
  xs_error_convert (error);
  return NULL;
}

static gboolean
check_duration (const XsLesson *lesson, gint64 end_us, Facts *facts, GError **error)
{
  facts->duration_ms = lesson->duration_us > 0 ? lesson->duration_us / 1000 : MAX (end_us / 1000, 1);
  if (lesson->duration_us == 0 || ABS (end_us - lesson->duration_us) <= DURATION_SLACK_US)
    return TRUE;

  g_autofree char *declared = format_time (lesson->duration_us / 1000);
  g_autofree char *real = format_time (end_us / 1000);
  g_set_error (error, XS_ERROR, XS_ERROR_MEDIA,
               "“duration_ms” says %s, but %s plays %s (%" G_GINT64_FORMAT " ms): correct it, or leave it out",
               declared, lesson->video_path, real, end_us / 1000);
  return FALSE;
}

static gboolean
check_video (const XsLesson *lesson, Facts *facts, GError **error)
{
  g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (lesson->video_path, error);
  gint64 end_us, size_bytes;

  if (reader == NULL || !xs_lesson_reader_check_streams (reader, error)
      || !xs_lesson_reader_drain (reader, &end_us, error) || !check_duration (lesson, end_us, facts, error))
    return FALSE;
  facts->sha256 = hash_file (lesson->video_path, &size_bytes, error);
  if (facts->sha256 == NULL)
    return FALSE;
  if (lesson->sha256 == NULL || g_str_equal (lesson->sha256, facts->sha256))
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_MEDIA,
               "“sha256” is not that of %s: it was altered since; if that was meant, leave “sha256” out",
               lesson->video_path);
  return FALSE;
}

static gboolean
check_lesson (const XsLesson *lesson, Facts *facts, XsCourseReport report, gpointer user_data, GError **error)
{
  guint n_cues = 0;

  if (!check_video (lesson, facts, error))
    return FALSE;
  if (lesson->subtitles_path != NULL)
    {
      g_autoptr (XsSubtitles) subtitles = xs_subtitles_load (lesson->subtitles_path, error);

      if (subtitles == NULL)
        return FALSE;
      n_cues = xs_subtitles_get_n_cues (subtitles);
    }
  if (lesson->poster_path != NULL)
    {
      g_autoptr (XsFrame) poster = xs_picture_load (lesson->poster_path, error);

      if (poster == NULL)
        return FALSE;
    }

  g_autofree char *time = format_time (facts->duration_ms);
  g_autofree char *line = g_strdup_printf ("%s: %s, %u subtitles: %s", lesson->id, time, n_cues, lesson->title);
  if (report != NULL)
    report (line, user_data);
  return TRUE;
}

/* All lessons are looked at: whoever mends one wants to know of the others. */
static gboolean
check_lessons (const XsCourse *course, GArray *all_facts, XsCourseReport report, gpointer user_data, GError **error)
{
  g_autoptr (GString) faults = g_string_new (NULL);
  guint n = xs_course_get_n_lessons (course);
  guint n_faults = 0;

  for (guint i = 0; i < n; i++)
    {
      const XsLesson *lesson = xs_course_get_lesson (course, i);
      g_autoptr (GError) local_error = NULL;
      Facts facts = { 0 };

      if (!check_lesson (lesson, &facts, report, user_data, &local_error))
        {
          n_faults++;
          g_string_append_printf (faults, "\n  %s: %s", lesson->id, local_error->message);
        }
      g_array_append_val (all_facts, facts);
    }
  if (n_faults == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%u of %u lessons cannot be used:%s", n_faults, n, faults->str);
  return FALSE;
}

static JsonObject *
copy_object (JsonObject *object)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    json_object_set_member (copy, name, json_node_copy (node));
  return copy;
}

/* The text of course.json with what was found out about each lesson. */
static GBytes *
fill_in (JsonObject *document, const GArray *all_facts)
{
  JsonObject *filled = copy_object (document);
  JsonArray *lessons = json_object_get_array_member (document, "lessons");
  JsonArray *filled_lessons = json_array_new ();

  for (guint i = 0; i < json_array_get_length (lessons); i++)
    {
      const Facts *facts = &g_array_index (all_facts, Facts, i);
      JsonObject *lesson = copy_object (json_array_get_object_element (lessons, i));

      json_object_set_int_member (lesson, "duration_ms", facts->duration_ms);
      json_object_set_string_member (lesson, "sha256", facts->sha256);
      json_array_add_object_element (filled_lessons, lesson);
    }
  json_object_set_array_member (filled, "lessons", filled_lessons);
  g_autoptr (JsonNode) node = xs_json_node_take_object (filled);
  char *text = xs_json_to_pretty (node);
  return g_bytes_new_take (text, strlen (text));
}

/* Lessons may share a file. */
static gboolean
add_file (XsCourseManifest *manifest, GHashTable *added, const char *path, GError **error)
{
  gint64 size_bytes;

  if (path == NULL || !g_hash_table_add (added, (gpointer) path))
    return TRUE;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *sha256 = hash_file (path, &size_bytes, error);
  if (sha256 == NULL)
    return FALSE;
  if (xs_course_manifest_add (manifest, name, size_bytes, sha256, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

static XsCourseManifest *
describe (const XsCourse *course, GBytes *course_json, const XsSignKey *key, GError **error)
{
  g_autoptr (XsCourseManifest) manifest =
    xs_course_manifest_new (xs_course_get_id (course), xs_course_get_version (course), xs_course_get_title (course),
                            xs_course_get_publisher (course), key->public_key);
  g_autoptr (GHashTable) added = g_hash_table_new (g_str_hash, g_str_equal);
  gsize size;
  const void *data = g_bytes_get_data (course_json, &size);
  g_autofree char *sha256 = xs_sha256_hex (data, size);

  if (!xs_course_manifest_add (manifest, XS_COURSE_FILE_NAME, (gint64) size, sha256, error))
    return NULL;
  for (guint i = 0; i < xs_course_get_n_lessons (course); i++)
    {
      const XsLesson *lesson = xs_course_get_lesson (course, i);

      if (!add_file (manifest, added, lesson->video_path, error)
          || !add_file (manifest, added, lesson->subtitles_path, error)
          || !add_file (manifest, added, lesson->poster_path, error))
        return NULL;
    }
  return g_steal_pointer (&manifest);
}

gboolean
xs_course_build (const char *dir, const char *out, const XsSignKey *key, XsCourseReport report, gpointer user_data,
                 GError **error)
{
  g_autoptr (JsonObject) document = NULL;
  g_autoptr (XsCourse) course = xs_course_load_source (dir, &document, error);
  g_autoptr (GArray) all_facts = g_array_new (FALSE, FALSE, sizeof (Facts));

  g_array_set_clear_func (all_facts, facts_clear);
  if (course == NULL)
    return FALSE;
  if (xs_course_get_publisher (course) == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "%s/%s: “publisher” is missing: a package says who answers for it, your school for example", dir,
                   XS_COURSE_FILE_NAME);
      return FALSE;
    }
  if (!check_lessons (course, all_facts, report, user_data, error))
    return FALSE;

  g_autoptr (GBytes) course_json = fill_in (document, all_facts);
  g_autoptr (XsCourseManifest) manifest = describe (course, course_json, key, error);
  return manifest != NULL && xs_course_package_write (out, manifest, key, dir, course_json, error);
}
