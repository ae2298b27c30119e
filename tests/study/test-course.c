/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-course.h"
#include "xs-error.h"

#include <glib/gstdio.h>
#include <string.h>

#define VIDEO_BYTES "not really a video"

#define LESSON_1                                                                                                       \
  "{\"id\": \"l1\", \"title\": \"信号灯\", \"summary\": \"红黄绿\", \"subjcode\": \"2211010000\","               \
  " \"duration_ms\": 61500, \"video\": \"one.webm\", \"subtitles\": \"one.vtt\", \"poster\": \"one.png\","             \
  " \"sha256\": \"%s\"}"
#define LESSON_2                                                                                                       \
  "{\"id\": \"l2\", \"title\": \"让行\", \"summary\": \"谁先走\", \"subjcode\": \"2211020000\","                  \
  " \"duration_ms\": 1, \"video\": \"two.webm\"}"

typedef struct {
  char *dir;
  char *good; /* course.json that loads */
} Fixture;

static void
put (Fixture *fixture, const char *name, const char *content)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, VIDEO_BYTES, -1);

  fixture->dir = g_dir_make_tmp ("xueshi-course-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->good = g_strdup_printf ("{\"format\": 1, \"id\": \"test\",\n\"title\": \"课程\", \"language\": \"zh-CN\",\n"
                                   " \"lessons\": [\n" LESSON_1 ",\n" LESSON_2 "]}",
                                   sha256);
  put (fixture, "course.json", fixture->good);
  put (fixture, "one.webm", VIDEO_BYTES);
  put (fixture, "one.vtt", "WEBVTT\n");
  put (fixture, "one.png", "x");
  put (fixture, "two.webm", VIDEO_BYTES);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
      g_remove (path);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->good);
}

/* The good course.json with the first @from replaced by @to. */
static void
put_changed (Fixture *fixture, const char *from, const char *to)
{
  const char *at = strstr (fixture->good, from);

  g_assert_nonnull (at);
  g_autofree char *head = g_strndup (fixture->good, at - fixture->good);
  g_autofree char *changed = g_strconcat (head, to, at + strlen (from), NULL);
  put (fixture, "course.json", changed);
}

static void
assert_refused (Fixture *fixture, XsError code, const char *said)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsCourse) course = xs_course_load (fixture->dir, &error);

  g_assert_null (course);
  g_assert_error (error, XS_ERROR, (int) code);
  if (strstr (error->message, "course.json") == NULL || strstr (error->message, said) == NULL)
    g_error ("“%s” names neither course.json nor “%s”", error->message, said);
}

static void
test_good (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsCourse) course = xs_course_load (fixture->dir, &error);
  g_autofree char *video = g_build_filename (fixture->dir, "one.webm", NULL);
  g_autofree char *subtitles = g_build_filename (fixture->dir, "one.vtt", NULL);
  g_autofree char *poster = g_build_filename (fixture->dir, "one.png", NULL);
  guint index = 7;

  g_assert_no_error (error);
  g_assert_cmpstr (xs_course_get_id (course), ==, "test");
  g_assert_cmpstr (xs_course_get_title (course), ==, "课程");
  g_assert_cmpstr (xs_course_get_language (course), ==, "zh-CN");
  g_assert_cmpuint (xs_course_get_n_lessons (course), ==, 2);
  g_assert_cmpint (xs_course_get_duration_us (course), ==, 61501000);

  const XsLesson *one = xs_course_get_lesson (course, 0);
  g_assert_cmpstr (one->id, ==, "l1");
  g_assert_cmpstr (one->key, ==, "test/l1");
  g_assert_cmpstr (one->title, ==, "信号灯");
  g_assert_cmpstr (one->summary, ==, "红黄绿");
  g_assert_cmpstr (one->subjcode, ==, "2211010000");
  g_assert_cmpint (one->duration_us, ==, 61500000);
  g_assert_cmpstr (one->video_path, ==, video);
  g_assert_cmpstr (one->subtitles_path, ==, subtitles);
  g_assert_cmpstr (one->poster_path, ==, poster);

  const XsLesson *two = xs_course_find_lesson (course, "l2", &index);
  g_assert_true (two == xs_course_get_lesson (course, 1));
  g_assert_cmpuint (index, ==, 1);
  g_assert_null (two->subtitles_path);
  g_assert_null (two->poster_path);
  g_assert_null (two->sha256);
  g_assert_null (xs_course_find_lesson (course, "l3", NULL));
}

static void
test_outlives_folder (Fixture *fixture, gconstpointer data)
{
  XsCourse *course = xs_course_load (fixture->dir, NULL);
  g_autoptr (XsCourse) second = xs_course_ref (course);

  xs_course_unref (course);
  put (fixture, "course.json", "{}");
  g_assert_cmpstr (xs_course_get_lesson (second, 1)->title, ==, "让行");
}

static void
test_missing_field (Fixture *fixture, gconstpointer data)
{
  static const char *const fields[] = { "format",  "id",       "title",       "language", "lessons",
                                        "summary", "subjcode", "duration_ms", "video" };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *from = g_strdup_printf ("\"%s\":", fields[i]);
      g_autofree char *said = g_strdup_printf ("%s” is missing", fields[i]);

      put_changed (fixture, from, "\"other\":");
      assert_refused (fixture, XS_ERROR_INVALID, said);
    }
}

static void
test_names_the_lesson (Fixture *fixture, gconstpointer data)
{
  put_changed (fixture, "\"duration_ms\": 1,", "\"duration_ms\": 0,");
  assert_refused (fixture, XS_ERROR_INVALID, "line 5: “lessons[1].duration_ms”");
}

/* What is misspelt would otherwise silently be left out. */
static void
test_unknown_field (Fixture *fixture, gconstpointer data)
{
  put_changed (fixture, "\"subtitles\":", "\"subtitle\":");
  assert_refused (fixture, XS_ERROR_INVALID, "“lessons[0].subtitle” is not a field of a lesson");
  put_changed (fixture, "\"lessons\":", "\"author\": 1, \"lessons\":");
  assert_refused (fixture, XS_ERROR_INVALID, "“author” is not a field of a course");
}

static void
test_edition (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsCourse) plain = xs_course_load (fixture->dir, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (xs_course_get_version (plain), ==, 1);
  g_assert_null (xs_course_get_publisher (plain));

  put_changed (fixture, "\"id\": \"test\"", "\"id\": \"test\", \"version\": 7, \"publisher\": \"某驾校\"");
  g_autoptr (XsCourse) course = xs_course_load (fixture->dir, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (xs_course_get_version (course), ==, 7);
  g_assert_cmpstr (xs_course_get_publisher (course), ==, "某驾校");

  put_changed (fixture, "\"id\": \"test\"", "\"id\": \"test\", \"version\": 0");
  assert_refused (fixture, XS_ERROR_INVALID, "“version”");
  put_changed (fixture, "\"id\": \"test\"", "\"id\": \"test\", \"publisher\": \"\"");
  assert_refused (fixture, XS_ERROR_INVALID, "“publisher”");
}

static void
test_bad_values (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *from;
    const char *to;
    XsError code;
    const char *said;
  } cases[] = {
    { "\"format\": 1", "\"format\": 2", XS_ERROR_TOO_NEW, "format" },
    { "\"format\": 1", "\"format\": \"1\"", XS_ERROR_INVALID, "format" },
    { "\"test\"", "\"Test\"", XS_ERROR_INVALID, "id" },
    { "\"test\"", "\"\"", XS_ERROR_INVALID, "id" },
    { "\"课程\"", "\"\"", XS_ERROR_INVALID, "title" },
    { "\"课程\"", "\"　 \"", XS_ERROR_INVALID, "title" },
    { "\"信号灯\"", "\"信\\n号灯\"", XS_ERROR_INVALID, "title" },
    { "\"红黄绿\"", "7", XS_ERROR_INVALID, "summary" },
    { "\"l2\"", "\"l1\"", XS_ERROR_INVALID, "“lessons[1].id”" },
    { "\"id\": \"l2\",", "", XS_ERROR_INVALID, "“lessons[1].id” is missing" },
    { "\"title\": \"让行\",", "", XS_ERROR_INVALID, "“lessons[1].title” is missing" },
    { "2211020000", "221102000", XS_ERROR_INVALID, "subjcode" },
    { "2211020000", "2299020000", XS_ERROR_INVALID, "subjcode" },
    { "2211020000", "1211020000", XS_ERROR_INVALID, "subjcode" },
    { "61500", "61500.5", XS_ERROR_INVALID, "duration_ms" },
    { "61500", "86400001", XS_ERROR_INVALID, "duration_ms" },
    { "\"sha256\": \"", "\"sha256\": \"A", XS_ERROR_INVALID, "sha256" },
    { "\"language\"", "\"id\"", XS_ERROR_INVALID, "key" },
    { "]}", "]", XS_ERROR_INVALID, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      put_changed (fixture, cases[i].from, cases[i].to);
      assert_refused (fixture, cases[i].code, cases[i].said);
    }
}

static void
test_no_lessons (Fixture *fixture, gconstpointer data)
{
  put (fixture, "course.json",
       "{\"format\": 1, \"id\": \"a\", \"title\": \"b\", \"language\": \"zh-CN\", \"lessons\": []}");
  assert_refused (fixture, XS_ERROR_INVALID, "lessons");
}

static void
test_path_escape (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "", ".", "..", "../one.webm", "/etc/hostname", "sub/one.webm", "..\\\\one.webm", ".hidden", "./one.webm",
  };
  static const char *const fields[] = { "one.webm", "one.vtt", "one.png" };

  put (fixture, ".hidden", "x");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      for (gsize k = 0; k < G_N_ELEMENTS (fields); k++)
        {
          put_changed (fixture, fields[k], names[i]);
          assert_refused (fixture, XS_ERROR_INVALID, "course folder");
        }
    }
}

static void
test_missing_file (Fixture *fixture, gconstpointer data)
{
  static const char *const fields[] = { "one.webm", "one.vtt", "one.png", "two.webm" };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, fields[i], NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
      assert_refused (fixture, XS_ERROR_NOT_FOUND, fields[i]);
      /* A folder of that name is no file either. */
      g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
      assert_refused (fixture, XS_ERROR_NOT_FOUND, fields[i]);
      g_assert_cmpint (g_rmdir (path), ==, 0);
      put (fixture, fields[i], VIDEO_BYTES);
    }
}

static void
test_no_course (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "course.json", NULL);

  g_assert_cmpint (g_remove (path), ==, 0);
  assert_refused (fixture, XS_ERROR_NOT_FOUND, "XUESHI_COURSE_DIR");
}

static void
test_verify (Fixture *fixture, gconstpointer data)
{
  g_autoptr (XsCourse) course = xs_course_load (fixture->dir, NULL);
  const XsLesson *lesson = xs_course_get_lesson (course, 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_lesson_verify (lesson, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (xs_lesson_verify (xs_course_get_lesson (course, 1), NULL, &error));
  g_assert_no_error (error);

  put (fixture, "one.webm", "not really");
  g_assert_false (xs_lesson_verify (lesson, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "one.webm"));
  g_clear_error (&error);

  g_assert_cmpint (g_remove (lesson->video_path), ==, 0);
  g_assert_false (xs_lesson_verify (lesson, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

static void
test_default_dir (void)
{
  g_autofree char *before = g_strdup (g_getenv ("XUESHI_COURSE_DIR"));

  g_setenv ("XUESHI_COURSE_DIR", "/somewhere/else", TRUE);
  g_autofree char *named = xs_course_default_dir ();
  g_assert_cmpstr (named, ==, "/somewhere/else");

  g_setenv ("XUESHI_COURSE_DIR", "", TRUE);
  g_autofree char *empty = xs_course_default_dir ();
  g_assert_cmpstr (empty, ==, XS_PKGDATA_DIR "/course/sample");

  g_unsetenv ("XUESHI_COURSE_DIR");
  g_autofree char *installed = xs_course_default_dir ();
  g_assert_cmpstr (installed, ==, XS_PKGDATA_DIR "/course/sample");

  if (before != NULL)
    g_setenv ("XUESHI_COURSE_DIR", before, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/course/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("good", test_good);
  ADD ("outlives-folder", test_outlives_folder);
  ADD ("missing-field", test_missing_field);
  ADD ("names-the-lesson", test_names_the_lesson);
  ADD ("unknown-field", test_unknown_field);
  ADD ("edition", test_edition);
  ADD ("bad-values", test_bad_values);
  ADD ("no-lessons", test_no_lessons);
  ADD ("path-escape", test_path_escape);
  ADD ("missing-file", test_missing_file);
  ADD ("no-course", test_no_course);
  ADD ("verify", test_verify);
  g_test_add_func ("/course/default-dir", test_default_dir);
#undef ADD

  return g_test_run ();
}
