/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "course-fixture.h"

#include <archive.h>
#include <archive_entry.h>
#include <gst/gst.h>
#include <string.h>

#include "media-fixture.h"
#include "temp-dir.h"
#include "xs-course-build.h"

void
course_fixture_set_up (CourseFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  gst_init (NULL, NULL);
  fixture->dir = temp_dir_new ();
  g_autofree char *key_path = course_fixture_path (fixture, "school.key");
  g_assert_true (xs_sign_key_load (key_path, &fixture->key, &error));
  g_assert_no_error (error);
  Fixture media = { fixture->dir };
  g_autofree char *video = fixture_make_video (&media, "one.webm", 30);
}

void
course_fixture_tear_down (CourseFixture *fixture, gconstpointer data)
{
  temp_dir_free (fixture->dir);
}

char *
course_fixture_path (CourseFixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

void
course_fixture_put (CourseFixture *fixture, const char *name, const char *content)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = course_fixture_path (fixture, name);

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

char *
course_fixture_read (const char *path, gsize *size)
{
  g_autoptr (GError) error = NULL;
  char *content = NULL;

  g_file_get_contents (path, &content, size, &error);
  g_assert_no_error (error);
  return content;
}

char *
course_fixture_source (CourseFixture *fixture, const char *name, const char *id, guint version, const char *notes)
{
  g_autoptr (GError) error = NULL;
  char *dir = course_fixture_path (fixture, name);
  g_autofree char *video = course_fixture_path (fixture, "one.webm");
  g_autofree char *json_name = g_build_filename (name, "course.json", NULL);
  g_autofree char *vtt_name = g_build_filename (name, "字幕.vtt", NULL);
  g_autofree char *video_name = g_build_filename (dir, "第一课.webm", NULL);
  g_autofree char *json = g_strdup_printf (
    "{\"format\": 1, \"id\": \"%s\", \"version\": %u, \"title\": \"课程\", \"language\": \"zh-CN\",\n"
    "\"publisher\": \"某驾校\", \"lessons\": [{\"id\": \"l1\", \"title\": \"课\", \"summary\": \"说明\",\n"
    "\"subjcode\": \"2211010000\", \"video\": \"第一课.webm\", \"subtitles\": \"字幕.vtt\"}]}",
    id, version);
  g_autofree char *vtt = g_strdup_printf ("WEBVTT\n\n00:00.000 --> 00:01.000\n%s\n", notes);
  gsize size;
  g_autofree char *content = course_fixture_read (video, &size);

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  course_fixture_put (fixture, json_name, json);
  course_fixture_put (fixture, vtt_name, vtt);
  g_file_set_contents (video_name, content, (gssize) size, &error);
  g_assert_no_error (error);
  return dir;
}

char *
course_fixture_build (CourseFixture *fixture, const char *id, guint version, const char *notes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("%s-%u.xsc", id, version);
  g_autofree char *dir = course_fixture_source (fixture, "source", id, version, notes);
  char *path = course_fixture_path (fixture, name);

  g_assert_true (xs_course_build (dir, path, &fixture->key, NULL, NULL, &error));
  g_assert_no_error (error);
  return path;
}

char *
course_fixture_pack (CourseFixture *fixture, const char *name, const PackEntry *entries)
{
  char *path = course_fixture_path (fixture, name);
  struct archive *archive = archive_write_new ();

  g_assert_cmpint (archive_write_set_format_pax_restricted (archive), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_open_filename (archive, path), ==, ARCHIVE_OK);
  for (; entries->name != NULL; entries++)
    {
      struct archive_entry *entry = archive_entry_new ();

      archive_entry_set_pathname (entry, entries->name);
      archive_entry_set_filetype (entry, entries->link_to != NULL ? AE_IFLNK : AE_IFREG);
      archive_entry_set_perm (entry, 0644);
      archive_entry_set_size (entry, (la_int64_t) entries->size);
      if (entries->link_to != NULL)
        archive_entry_set_symlink (entry, entries->link_to);
      g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
      if (entries->size > 0)
        g_assert_cmpint (archive_write_data (archive, entries->content, entries->size), ==, (la_ssize_t) entries->size);
      archive_entry_free (entry);
    }
  g_assert_cmpint (archive_write_free (archive), ==, ARCHIVE_OK);
  return path;
}

void
course_fixture_sign (CourseFixture *fixture, const char *text, char signature[XS_SIGNATURE_BYTES])
{
  xs_sign (&fixture->key, text, strlen (text), (guint8 *) signature);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
course_fixture_names (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GString *joined = g_string_new (NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (joined, "%s ", (const char *) g_ptr_array_index (names, i));
  return g_string_free (joined, FALSE);
}
