/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "course-fixture.h"
#include "xs-course-package.h"
#include "xs-course.h"
#include "xs-error.h"

#define SHA256_OF_HI "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"
#define COURSE_FILE "{\"name\":\"course.json\",\"size_bytes\":2,\"sha256\":\"" SHA256_OF_HI "\"}"

/* Whether all of the package at @path can be read; into @dir when that is not NULL. */
static gboolean
read_all (const char *path, const char *dir, GError **error)
{
  g_autoptr (XsCoursePackage) package = xs_course_package_open (path, error);

  return package != NULL && xs_course_package_unpack (package, dir, error);
}

static void
assert_same_file (const char *dir, const char *other_dir, const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *other_path = g_build_filename (other_dir, name, NULL);
  gsize size, other_size;
  g_autofree char *content = course_fixture_read (path, &size);
  g_autofree char *other = course_fixture_read (other_path, &other_size);

  g_assert_cmpmem (content, size, other, other_size);
}

static void
test_round_trip (CourseFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = course_fixture_build (fixture, "c1", 7, "你好");
  g_autofree char *source = course_fixture_path (fixture, "source");
  g_autofree char *out = course_fixture_path (fixture, "out");
  g_autoptr (XsCoursePackage) package = xs_course_package_open (path, &error);

  g_assert_no_error (error);
  const XsCourseManifest *manifest = xs_course_package_get_manifest (package);
  g_assert_cmpstr (manifest->id, ==, "c1");
  g_assert_cmpuint (manifest->version, ==, 7);
  g_assert_cmpstr (manifest->title, ==, "课程");
  g_assert_cmpstr (manifest->publisher, ==, "某驾校");
  g_assert_cmpmem (manifest->key, XS_KEY_BYTES, fixture->key.public_key, XS_KEY_BYTES);
  g_assert_cmpuint (xs_course_manifest_get_n_files (manifest), ==, 3);

  g_assert_cmpint (g_mkdir (out, 0700), ==, 0);
  g_assert_true (xs_course_package_unpack (package, out, &error));
  g_assert_no_error (error);
  g_autofree char *names = course_fixture_names (out);
  g_assert_cmpstr (names, ==, "course.json manifest.json manifest.sig 字幕.vtt 第一课.webm ");
  assert_same_file (source, out, "字幕.vtt");
  assert_same_file (source, out, "第一课.webm");

  /* What course.json left out is in it now. */
  g_autoptr (XsCourse) course = xs_course_load (out, &error);
  g_assert_no_error (error);
  const XsLesson *lesson = xs_course_get_lesson (course, 0);
  g_assert_cmpint (ABS (lesson->duration_us - G_USEC_PER_SEC), <, 100 * 1000);
  g_assert_true (xs_lesson_verify (lesson, NULL, &error));
  g_assert_no_error (error);
  g_assert_nonnull (lesson->sha256);
  g_autoptr (XsCourseManifest) kept = xs_course_manifest_load (out, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kept->version, ==, 7);
}

static void
test_same_bytes (CourseFixture *fixture, gconstpointer data)
{
  g_autofree char *path = course_fixture_build (fixture, "c1", 1, "你好");
  gsize size, again_size;
  g_autofree char *first = course_fixture_read (path, &size);
  g_autofree char *again_path = course_fixture_build (fixture, "c1", 1, "你好");
  g_autofree char *again = course_fixture_read (again_path, &again_size);

  g_assert_cmpmem (first, size, again, again_size);
}

static void
put_part (CourseFixture *fixture, const char *name, const char *content, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = course_fixture_path (fixture, name);

  /* Over a thousand times, none of which needs to outlive a power cut. */
  g_file_set_contents_full (path, content, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
test_broken_off (CourseFixture *fixture, gconstpointer data)
{
  g_autofree char *path = course_fixture_build (fixture, "c1", 1, "你好");
  g_autofree char *part = course_fixture_path (fixture, "part.xsc");
  gsize size;
  g_autofree char *content = course_fixture_read (path, &size);
  /* Two blocks of zeros and what fills the last record tell only that nothing follows. */
  gsize needed = size;

  while (needed > 0 && content[needed - 1] == '\0')
    needed--;
  g_assert_cmpuint (needed, >, 10000);
  for (gsize end = 0; end < needed; end += end < 4096 ? 61 : 1021)
    {
      g_autoptr (GError) error = NULL;

      put_part (fixture, "part.xsc", content, end);
      g_assert_false (read_all (part, NULL, &error));
      if (error->code != XS_ERROR_CORRUPT)
        g_error ("%" G_GSIZE_FORMAT " bytes: %s", end, error->message);
      g_assert_nonnull (strstr (error->message, "part.xsc"));
    }
}

/* One bit, anywhere: refused, or nothing that matters. */
static void
test_altered (CourseFixture *fixture, gconstpointer data)
{
  g_autofree char *path = course_fixture_build (fixture, "c1", 1, "你好");
  g_autofree char *altered = course_fixture_path (fixture, "altered.xsc");
  gsize size;
  g_autofree char *original = course_fixture_read (path, &size);
  g_autofree char *content = g_memdup2 (original, size);
  guint n_refused = 0;
  guint n_tried = 0;

  for (gsize at = 0; at < size; at += at < 8192 ? 7 : 211)
    {
      g_autoptr (GError) error = NULL;

      content[at] ^= (char) (1 << g_test_rand_int_range (0, 8));
      put_part (fixture, "altered.xsc", content, size);
      n_tried++;
      if (!read_all (altered, NULL, &error))
        {
          g_assert_true (error->domain == XS_ERROR);
          n_refused++;
        }
      content[at] = original[at];
    }
  g_test_message ("%u of %u refused", n_refused, n_tried);
  /* The rest lies in the fields that nobody reads, and in what fills blocks. */
  g_assert_cmpuint (n_refused * 10, >, n_tried * 5);
}

/* A manifest as @files, correctly signed: its publisher is the enemy. */
static char *
hostile (CourseFixture *fixture, const char *files, const PackEntry *entries)
{
  g_autofree char *key = g_base64_encode (fixture->key.public_key, XS_KEY_BYTES);
  g_autofree char *manifest =
    g_strdup_printf ("{\"format\":1,\"id\":\"c1\",\"version\":1,\"title\":\"t\",\"publisher\":\"p\",\"key\":\"%s\","
                     "\"files\":[%s]}",
                     key, files);
  char signature[XS_SIGNATURE_BYTES];
  g_autoptr (GArray) all = g_array_new (TRUE, TRUE, sizeof (PackEntry));
  PackEntry head[] = { { "manifest.json", manifest, strlen (manifest), NULL },
                       { "manifest.sig", signature, sizeof signature, NULL } };

  course_fixture_sign (fixture, manifest, signature);
  g_array_append_vals (all, head, G_N_ELEMENTS (head));
  for (; entries != NULL && entries->name != NULL; entries++)
    g_array_append_val (all, *entries);
  return course_fixture_pack (fixture, "hostile.xsc", (const PackEntry *) (gpointer) all->data);
}

static void
assert_refused (CourseFixture *fixture, const char *files, const PackEntry *entries, XsError code, const char *said)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = hostile (fixture, files, entries);
  g_autofree char *before = course_fixture_names (fixture->dir);
  g_autofree char *inner = course_fixture_path (fixture, "inner");

  g_mkdir (inner, 0700);
  g_assert_false (read_all (path, inner, &error));
  g_assert_error (error, XS_ERROR, (int) code);
  if (strstr (error->message, "hostile.xsc") == NULL || strstr (error->message, said) == NULL)
    g_error ("“%s” does not name the file and “%s”", error->message, said);
  g_autofree char *unpacked = course_fixture_names (inner);
  if (!g_str_equal (unpacked, "") && !g_str_equal (unpacked, "course.json ")
      && !g_str_equal (unpacked, "course.json two.webm "))
    g_error ("there is now: %s", unpacked);
  g_auto (GStrv) names = g_strsplit (unpacked, " ", -1);
  for (guint i = 0; names[i] != NULL && *names[i] != '\0'; i++)
    {
      g_autofree char *file = g_build_filename (inner, names[i], NULL);
      g_assert_cmpint (g_unlink (file), ==, 0);
    }
  g_assert_cmpint (g_rmdir (inner), ==, 0);
  g_autofree char *after = course_fixture_names (fixture->dir);
  g_assert_cmpstr (before, ==, after);
}

static void
test_hostile_manifest (CourseFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "..", "../two",  "/two",       "a/two",         "a\\\\two",     ".two",
                                       "",   "a\\ntwo", "\\u0001two", "manifest.json", "manifest.sig", "course.json" };
  static const struct {
    const char *files;
    const char *said;
  } cases[] = {
    { "", "“files” must name at least one" },
    { "7", "files[0]" },
    { "{\"name\":\"two\",\"size_bytes\":2,\"sha256\":\"" SHA256_OF_HI "\"}", "“files[0].name” must be course.json" },
    { COURSE_FILE ",{\"name\":\"two\",\"size_bytes\":-1,\"sha256\":\"" SHA256_OF_HI "\"}", "“files[1].size_bytes”" },
    { COURSE_FILE ",{\"name\":\"two\",\"size_bytes\":34359738369,\"sha256\":\"" SHA256_OF_HI "\"}",
      "“files[1].size_bytes”" },
    { COURSE_FILE ",{\"name\":\"two\",\"size_bytes\":2,\"sha256\":\"00\"}", "“files[1].sha256”" },
    { COURSE_FILE ",{\"name\":\"two\",\"size_bytes\":2,\"sha256\":\"" SHA256_OF_HI "\",\"mode\":7}",
      "“files[1].mode”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *files =
        g_strdup_printf (COURSE_FILE ",{\"name\":\"%s\",\"size_bytes\":2,\"sha256\":\"" SHA256_OF_HI "\"}", names[i]);
      assert_refused (fixture, files, NULL, XS_ERROR_INVALID, "“files[1].name”");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (fixture, cases[i].files, NULL, XS_ERROR_INVALID, cases[i].said);
}

static void
test_too_much (CourseFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new (COURSE_FILE);
  g_autoptr (GString) large = g_string_new (COURSE_FILE);

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (many, ",{\"name\":\"%u\",\"size_bytes\":2,\"sha256\":\"" SHA256_OF_HI "\"}", i);
  assert_refused (fixture, many->str, NULL, XS_ERROR_INVALID, "“files[2000].name” is that of one file too many");
  for (guint i = 0; i < 9; i++)
    g_string_append_printf (large, ",{\"name\":\"%u\",\"size_bytes\":34359738368,\"sha256\":\"" SHA256_OF_HI "\"}", i);
  assert_refused (fixture, large->str, NULL, XS_ERROR_INVALID, "“files[8].size_bytes” is too much");
}

#define TWO_FILES COURSE_FILE ",{\"name\":\"two.webm\",\"size_bytes\":2,\"sha256\":\"" SHA256_OF_HI "\"}"
#define FIRST                                                                                                          \
  {                                                                                                                    \
    "course.json", "hi", 2, NULL                                                                                       \
  }
#define END                                                                                                            \
  {                                                                                                                    \
    NULL, NULL, 0, NULL                                                                                                \
  }

static void
test_hostile_entries (CourseFixture *fixture, gconstpointer data)
{
  static const struct {
    PackEntry entries[4];
    const char *said;
  } cases[] = {
    { { END }, "it ends before course.json" },
    { { FIRST, END }, "it ends before two.webm" },
    { { FIRST, { "../two.webm", "hi", 2, NULL }, END }, "something else is in the place of two.webm" },
    { { FIRST, { "/two.webm", "hi", 2, NULL }, END }, "something else is in the place of two.webm" },
    { { FIRST, { "two.webm", "", 0, "/etc/passwd" }, END }, "no plain file is two.webm" },
    { { FIRST, { "two.webm", "", 0, "../../x" }, END }, "no plain file is two.webm" },
    { { FIRST, { "two.webm", "hihi", 4, NULL }, END }, "not of its size is two.webm" },
    { { FIRST, { "two.webm", "h", 1, NULL }, END }, "not of its size is two.webm" },
    { { FIRST, { "two.webm", "ho", 2, NULL }, END }, "altered is two.webm" },
    { { FIRST, { "two.webm", "hi", 2, NULL }, { "more.webm", "hi", 2, NULL }, END }, "there is more in it" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (fixture, TWO_FILES, cases[i].entries, XS_ERROR_CORRUPT, cases[i].said);
}

static void
assert_not_opened (const char *path, XsError code, const char *said)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsCoursePackage) package = xs_course_package_open (path, &error);

  g_assert_null (package);
  g_assert_error (error, XS_ERROR, (int) code);
  if (strstr (error->message, said) == NULL)
    g_error ("“%s” does not say “%s”", error->message, said);
}

static void
test_signature (CourseFixture *fixture, gconstpointer data)
{
  g_autofree char *key = g_base64_encode (fixture->key.public_key, XS_KEY_BYTES);
  g_autofree char *manifest =
    g_strdup_printf ("{\"format\":1,\"id\":\"c1\",\"version\":1,\"title\":\"t\",\"publisher\":\"p\",\"key\":\"%s\","
                     "\"files\":[" COURSE_FILE "]}",
                     key);
  g_autofree char *newer = g_strdup_printf ("{\"format\":2,\"key\":\"%s\"}", key);
  char signature[XS_SIGNATURE_BYTES];
  PackEntry entries[] = { { "manifest.json", manifest, strlen (manifest), NULL },
                          { "manifest.sig", signature, sizeof signature, NULL },
                          FIRST,
                          END };

  course_fixture_sign (fixture, "something else", signature);
  g_autofree char *path = course_fixture_pack (fixture, "other.xsc", entries);
  assert_not_opened (path, XS_ERROR_CORRUPT, "signature is not that of its publisher");

  course_fixture_sign (fixture, manifest, signature);
  entries[1].size = 63;
  g_autofree char *short_path = course_fixture_pack (fixture, "other.xsc", entries);
  assert_not_opened (short_path, XS_ERROR_CORRUPT, "signature is not that of its publisher");

  entries[1].size = sizeof signature;
  g_autofree char *good_path = course_fixture_pack (fixture, "other.xsc", entries);
  g_autoptr (GError) error = NULL;
  g_assert_true (read_all (good_path, NULL, &error));
  g_assert_no_error (error);

  entries[0].content = newer;
  entries[0].size = strlen (newer);
  g_autofree char *newer_path = course_fixture_pack (fixture, "other.xsc", entries);
  assert_not_opened (newer_path, XS_ERROR_TOO_NEW, "update Xueshi");
}

static void
test_no_package (CourseFixture *fixture, gconstpointer data)
{
  g_autofree char *missing = course_fixture_path (fixture, "missing.xsc");
  g_autofree char *video = course_fixture_path (fixture, "one.webm");
  g_autofree char *key = course_fixture_path (fixture, "school.key");

  assert_not_opened (missing, XS_ERROR_NOT_FOUND, "missing.xsc");
  assert_not_opened (video, XS_ERROR_CORRUPT, "one.webm is no course package");
  assert_not_opened (key, XS_ERROR_CORRUPT, "school.key is no course package");
  assert_not_opened (fixture->dir, XS_ERROR_CORRUPT, fixture->dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_COURSE_TEST ("/course-package/round-trip", test_round_trip);
  ADD_COURSE_TEST ("/course-package/same-bytes", test_same_bytes);
  ADD_COURSE_TEST ("/course-package/broken-off", test_broken_off);
  ADD_COURSE_TEST ("/course-package/altered", test_altered);
  ADD_COURSE_TEST ("/course-package/hostile-manifest", test_hostile_manifest);
  ADD_COURSE_TEST ("/course-package/too-much", test_too_much);
  ADD_COURSE_TEST ("/course-package/hostile-entries", test_hostile_entries);
  ADD_COURSE_TEST ("/course-package/signature", test_signature);
  ADD_COURSE_TEST ("/course-package/no-package", test_no_package);
  return g_test_run ();
}
