/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "course-fixture.h"
#include "xs-course-library.h"
#include "xs-error.h"
#include "xs-publishers.h"

static char *
state_dir (CourseFixture *fixture)
{
  return course_fixture_path (fixture, "state");
}

static gboolean
try_install (CourseFixture *fixture, const char *path, XsInstallFlags flags, guint *replaced_version, GError **error)
{
  g_autofree char *state = state_dir (fixture);
  g_autoptr (XsCoursePackage) package = xs_course_package_open (path, error);

  g_assert_no_error (*error);
  return xs_course_library_install (state, package, flags, replaced_version, error);
}

/* Returns the version that was there before. */
static guint
install (CourseFixture *fixture, const char *id, guint version, const char *notes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = course_fixture_build (fixture, id, version, notes);
  guint replaced_version = 99;

  g_assert_true (try_install (fixture, path, XS_INSTALL_DOWNGRADE, &replaced_version, &error));
  g_assert_no_error (error);
  return replaced_version;
}

static void
assert_not_installed (CourseFixture *fixture, const char *path, XsError code, const char *said)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *courses = course_fixture_path (fixture, "state/courses");
  g_autofree char *before = course_fixture_names (courses);
  guint replaced_version;

  g_assert_false (try_install (fixture, path, XS_INSTALL_NOTHING, &replaced_version, &error));
  g_assert_error (error, XS_ERROR, (int) code);
  if (strstr (error->message, said) == NULL)
    g_error ("“%s” does not say “%s”", error->message, said);
  g_autofree char *after = course_fixture_names (courses);
  if (*before != '\0')
    g_assert_cmpstr (before, ==, after);
}

static XsCourse *
open_course (CourseFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *state = state_dir (fixture);
  XsCourse *course = xs_course_library_open (state, &error);

  g_assert_no_error (error);
  return course;
}

static void
assert_shown (CourseFixture *fixture, const char *id, guint version)
{
  g_autoptr (XsCourse) course = open_course (fixture);

  g_assert_cmpstr (xs_course_get_id (course), ==, id);
  g_assert_cmpuint (xs_course_get_version (course), ==, version);
}

static guint
count_folders (CourseFixture *fixture)
{
  g_autofree char *courses = course_fixture_path (fixture, "state/courses");
  g_autoptr (GDir) dir = g_dir_open (courses, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (courses, name, NULL);
      n += g_file_test (path, G_FILE_TEST_IS_DIR) ? 1 : 0;
    }
  return n;
}

static void
test_versions (CourseFixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (install (fixture, "c1", 2, "二"), ==, 0);
  assert_shown (fixture, "c1", 2);
  g_assert_cmpuint (install (fixture, "c1", 3, "三"), ==, 2);
  assert_shown (fixture, "c1", 3);

  g_autofree char *older = course_fixture_build (fixture, "c1", 2, "二");
  assert_not_installed (fixture, older, XS_ERROR_EXISTS, "version 3 is there, which is newer");
  assert_shown (fixture, "c1", 3);
  g_autofree char *other = course_fixture_build (fixture, "c1", 3, "不一样");
  assert_not_installed (fixture, other, XS_ERROR_EXISTS, "another course of this version");
  g_assert_cmpuint (install (fixture, "c1", 2, "二"), ==, 3);
  assert_shown (fixture, "c1", 2);
  g_assert_cmpuint (count_folders (fixture), ==, 1);
}

static void
test_mends (CourseFixture *fixture, gconstpointer data)
{
  install (fixture, "c1", 1, "一");
  g_autoptr (XsCourse) course = open_course (fixture);
  g_autofree char *video = g_strdup (xs_course_get_lesson (course, 0)->video_path);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (video, "damaged", -1, &error));
  g_clear_pointer (&course, xs_course_unref);
  g_assert_cmpuint (install (fixture, "c1", 1, "一"), ==, 1);
  g_autoptr (XsCourse) mended = open_course (fixture);
  g_assert_true (xs_lesson_verify (xs_course_get_lesson (mended, 0), NULL, &error));
  g_assert_no_error (error);
}

static void
test_other_publisher (CourseFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *state = state_dir (fixture);
  g_autofree char *key_path = course_fixture_path (fixture, "other.key");

  install (fixture, "c1", 1, "一");
  g_assert_true (xs_sign_key_load (key_path, &fixture->key, &error));
  g_autofree char *theirs = course_fixture_build (fixture, "c1", 2, "二");
  assert_not_installed (fixture, theirs, XS_ERROR_EXISTS, "xueshi course remove c1");
  assert_shown (fixture, "c1", 1);
  g_assert_true (xs_course_library_remove (state, "c1", &error));
  g_assert_cmpuint (install (fixture, "c1", 2, "二"), ==, 0);
}

/* The last one installed is shown, or the one that somebody chose. */
static void
test_several (CourseFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *state = state_dir (fixture);

  install (fixture, "c1", 1, "一");
  install (fixture, "a2", 5, "五");
  assert_shown (fixture, "a2", 5);
  g_autoptr (GPtrArray) courses = xs_course_library_list (state, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (courses->len, ==, 2);
  const XsInstalledCourse *first = g_ptr_array_index (courses, 0);
  const XsInstalledCourse *second = g_ptr_array_index (courses, 1);
  g_assert_cmpstr (first->id, ==, "a2");
  g_assert_cmpuint (first->manifest->version, ==, 5);
  g_assert_true (first->chosen);
  g_assert_cmpstr (second->id, ==, "c1");
  g_assert_false (second->chosen);

  g_assert_true (xs_course_library_choose (state, "c1", &error));
  assert_shown (fixture, "c1", 1);
  g_assert_false (xs_course_library_choose (state, "b1", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (xs_course_library_remove (state, "c1", &error));
  assert_shown (fixture, "a2", 5);
  g_assert_cmpuint (count_folders (fixture), ==, 1);
  g_assert_false (xs_course_library_remove (state, "c1", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

/* Without an installed course the sample is shown; XUESHI_COURSE_DIR is above all. */
static void
test_which (CourseFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *state = state_dir (fixture);

  if (!g_file_test (XS_PKGDATA_DIR "/course/sample/course.json", G_FILE_TEST_EXISTS))
    {
      g_assert_null (xs_course_library_open (state, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
      g_assert_nonnull (strstr (error->message, XS_PKGDATA_DIR "/course/sample"));
    }
  install (fixture, "c1", 1, "一");
  assert_shown (fixture, "c1", 1);
  g_autofree char *packed = course_fixture_build (fixture, "named", 4, "四");
  g_autoptr (XsCoursePackage) package = xs_course_package_open (packed, NULL);
  g_autofree char *dir = course_fixture_path (fixture, "named");
  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  g_assert_true (xs_course_package_unpack (package, dir, NULL));
  g_setenv ("XUESHI_COURSE_DIR", dir, TRUE);
  assert_shown (fixture, "named", 4);
  g_unsetenv ("XUESHI_COURSE_DIR");
  assert_shown (fixture, "c1", 1);
}

/* What a kiosk plays stays until it has closed it. */
static void
test_in_use (CourseFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *state = state_dir (fixture);

  install (fixture, "c1", 1, "一");
  g_autoptr (XsCourse) playing = open_course (fixture);
  g_autoptr (XsCourse) same = open_course (fixture);
  install (fixture, "c1", 2, "二");
  install (fixture, "c1", 3, "三");
  g_assert_cmpuint (count_folders (fixture), ==, 2);
  g_clear_pointer (&same, xs_course_unref);
  g_assert_true (xs_course_library_remove (state, "c1", &error));
  g_assert_no_error (error);
  g_assert_true (xs_lesson_verify (xs_course_get_lesson (playing, 0), NULL, &error));
  g_assert_no_error (error);
  g_clear_pointer (&playing, xs_course_unref);
  install (fixture, "c1", 4, "四");
  g_assert_cmpuint (count_folders (fixture), ==, 1);
}

static void
test_damaged (CourseFixture *fixture, gconstpointer data)
{
  g_autofree char *state = state_dir (fixture);
  g_autoptr (GError) error = NULL;

  install (fixture, "c1", 1, "一");
  g_autoptr (GPtrArray) courses = xs_course_library_list (state, NULL);
  const XsInstalledCourse *course = g_ptr_array_index (courses, 0);
  g_autofree char *manifest = g_build_filename (course->dir, "manifest.json", NULL);
  g_assert_true (g_file_set_contents (manifest, "{}", -1, NULL));

  /* Not the sample instead: what is watched of that would count as well. */
  g_assert_null (xs_course_library_open (state, &error));
  g_assert_nonnull (strstr (error->message, "The course c1 is damaged: install it again"));
  g_clear_error (&error);
  g_autoptr (GPtrArray) listed = xs_course_library_list (state, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (((const XsInstalledCourse *) g_ptr_array_index (listed, 0))->problem, "damaged"));
  install (fixture, "c1", 1, "一");
  assert_shown (fixture, "c1", 1);

  static const char *const bad[] = {
    "",
    "{\"format\": 1}",
    "{\"format\": 1, \"courses\": [{\"id\": \"c1\", \"folder\": \"c1\"}]}",
    "{\"format\": 1, \"chosen\": \"c2\", \"courses\": [{\"id\": \"c1\", \"folder\": \"c1\"}]}",
    "{\"format\": 1, \"chosen\": \"c1\", \"courses\": [{\"id\": \"c1\", \"folder\": \"c1/../..\"}]}",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      course_fixture_put (fixture, "state/courses/index.json", bad[i]);
      g_assert_null (xs_course_library_open (state, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "index.json is damaged: remove it and install the courses again"));
      g_clear_error (&error);
    }
  course_fixture_put (fixture, "state/courses/index.json", "{\"format\": 2}");
  g_assert_null (xs_course_library_open (state, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_TOO_NEW);
}

/* The course is the one that was announced, and one that can be shown. */
static void
test_not_what_it_says (CourseFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *json;
    XsError code;
    const char *said;
  } cases[] = {
    { "{}", XS_ERROR_INVALID, "“format” is missing" },
    { "{\"format\": 1, \"id\": \"c2\", \"title\": \"t\", \"language\": \"zh-CN\", \"lessons\": [{\"id\": \"l\", "
      "\"title\": \"t\", \"summary\": \"s\", \"subjcode\": \"2211010000\", \"duration_ms\": 1, \"video\": "
      "\"course.json\"}]}",
      XS_ERROR_INVALID, "says id c2, version 1" },
    { "{\"format\": 1, \"id\": \"c1\", \"title\": \"t\", \"language\": \"zh-CN\", \"lessons\": [{\"id\": \"l\", "
      "\"title\": \"t\", \"summary\": \"s\", \"subjcode\": \"2211010000\", \"duration_ms\": 1, \"video\": "
      "\"course.json\"}]}",
      XS_ERROR_MEDIA, "cannot play its lesson l" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *key = g_base64_encode (fixture->key.public_key, XS_KEY_BYTES);
      g_autofree char *sha256 = xs_sha256_hex (cases[i].json, strlen (cases[i].json));
      g_autofree char *manifest =
        g_strdup_printf ("{\"format\":1,\"id\":\"c1\",\"version\":1,\"title\":\"t\",\"publisher\":\"p\",\"key\":\"%s\","
                         "\"files\":[{\"name\":\"course.json\",\"size_bytes\":%zu,\"sha256\":\"%s\"}]}",
                         key, strlen (cases[i].json), sha256);
      char signature[XS_SIGNATURE_BYTES];
      const PackEntry entries[] = { { "manifest.json", manifest, strlen (manifest), NULL },
                                    { "manifest.sig", signature, sizeof signature, NULL },
                                    { "course.json", cases[i].json, strlen (cases[i].json), NULL },
                                    { NULL, NULL, 0, NULL } };

      course_fixture_sign (fixture, manifest, signature);
      g_autofree char *path = course_fixture_pack (fixture, "odd.xsc", entries);
      assert_not_installed (fixture, path, cases[i].code, cases[i].said);
      g_assert_cmpuint (count_folders (fixture), ==, 0);
    }
}

static void
test_no_space (CourseFixture *fixture, gconstpointer data)
{
  g_autofree char *key = g_base64_encode (fixture->key.public_key, XS_KEY_BYTES);
  g_autoptr (GString) files = g_string_new (NULL);

  for (guint i = 0; i < 8; i++)
    g_string_append_printf (files, "%s{\"name\":\"%s\",\"size_bytes\":34359738368,\"sha256\":\"%064u\"}",
                            i > 0 ? "," : "", i > 0 ? &"zzzzzzz"[i - 1] : "course.json", i);
  g_autofree char *manifest = g_strdup_printf (
    "{\"format\":1,\"id\":\"c1\",\"version\":1,\"title\":\"t\",\"publisher\":\"p\",\"key\":\"%s\",\"files\":[%s]}", key,
    files->str);
  char signature[XS_SIGNATURE_BYTES];
  const PackEntry entries[] = { { "manifest.json", manifest, strlen (manifest), NULL },
                                { "manifest.sig", signature, sizeof signature, NULL },
                                { NULL, NULL, 0, NULL } };

  course_fixture_sign (fixture, manifest, signature);
  g_autofree char *path = course_fixture_pack (fixture, "large.xsc", entries);
  assert_not_installed (fixture, path, XS_ERROR_NO_SPACE, "it needs 275");
  g_assert_cmpuint (count_folders (fixture), ==, 0);
}

static void
test_publishers (CourseFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *state = state_dir (fixture);
  g_autofree char *program = course_fixture_path (fixture, "program");
  g_autofree char *public_path = course_fixture_path (fixture, "program/school.pub");
  const guint8 *key = fixture->key.public_key;
  guint8 other[XS_KEY_BYTES] = { 1 };
  gboolean trusted = TRUE;

  g_setenv ("XUESHI_PUBLISHERS_DIR", program, TRUE);
  g_assert_true (xs_publisher_is_trusted (state, key, &trusted, &error));
  g_assert_false (trusted);
  g_assert_true (xs_publisher_trust (state, key, "某驾校", &error));
  g_assert_true (xs_publisher_is_trusted (state, key, &trusted, &error));
  g_assert_true (trusted);
  g_assert_true (xs_publisher_is_trusted (state, other, &trusted, &error));
  g_assert_false (trusted);

  g_assert_cmpint (g_mkdir (program, 0700), ==, 0);
  g_assert_true (xs_publisher_write (public_path, other, "程序", &error));
  course_fixture_put (fixture, "program/README", "no key");
  g_assert_true (xs_publisher_is_trusted (state, other, &trusted, &error));
  g_assert_true (trusted);

  course_fixture_put (fixture, "program/school.pub", "no key");
  g_assert_false (xs_publisher_is_trusted (state, other, &trusted, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "school.pub"));
  g_unsetenv ("XUESHI_PUBLISHERS_DIR");

  g_autofree char *fingerprint = xs_publisher_fingerprint (key);
  g_assert_cmpuint (strlen (fingerprint), ==, 39);
  g_assert_cmpuint (strspn (fingerprint, "0123456789abcdef-"), ==, 39);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("XUESHI_COURSE_DIR");
  ADD_COURSE_TEST ("/course-library/versions", test_versions);
  ADD_COURSE_TEST ("/course-library/mends", test_mends);
  ADD_COURSE_TEST ("/course-library/other-publisher", test_other_publisher);
  ADD_COURSE_TEST ("/course-library/several", test_several);
  ADD_COURSE_TEST ("/course-library/which", test_which);
  ADD_COURSE_TEST ("/course-library/in-use", test_in_use);
  ADD_COURSE_TEST ("/course-library/damaged", test_damaged);
  ADD_COURSE_TEST ("/course-library/not-what-it-says", test_not_what_it_says);
  ADD_COURSE_TEST ("/course-library/no-space", test_no_space);
  ADD_COURSE_TEST ("/course-library/publishers", test_publishers);
  return g_test_run ();
}
