/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memfd_create() */
#include "fuzz-course.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "temp-dir.h"
#include "xs-course-package.h"
#include "xs-course.h"
#include "xs-error.h"

#define COURSE_JSON                                                                                                    \
  "{\"format\":1,\"id\":\"c\",\"title\":\"t\",\"language\":\"zh-CN\",\"lessons\":[{\"id\":\"l\",\"title\":\"t\","      \
  "\"summary\":\"s\",\"subjcode\":\"2211010000\",\"duration_ms\":1,\"video\":\"v.webm\"}]}"

/* One for all inputs: a folder with a video that course.json may name, and a publisher's key. */
typedef struct {
  char *dir;
  XsSignKey key;
  char *encoded_key;
} Ground;

static char *
path_of (const Ground *ground, const char *name)
{
  return g_build_filename (ground->dir, name, NULL);
}

static void remove_ground (void);

static Ground *
get_ground (void)
{
  static Ground ground;

  if (ground.dir == NULL)
    {
      ground.dir = temp_dir_new ();
      g_autofree char *key_path = path_of (&ground, "key");
      g_autofree char *video_path = path_of (&ground, "v.webm");
      gboolean made = xs_sign_key_load (key_path, &ground.key, NULL) && g_file_set_contents (video_path, "hi", 2, NULL);
      g_assert_true (made);
      ground.encoded_key = g_base64_encode (ground.key.public_key, XS_KEY_BYTES);
      atexit (remove_ground);
    }
  return &ground;
}

static void
remove_ground (void)
{
  Ground *ground = get_ground ();

  temp_dir_free (ground->dir);
  g_free (ground->encoded_key);
}

/* g_error() would trap, and libFuzzer would keep no input for it. */
static void
assert_sound_error (const GError *error, const char *what)
{
  if (error != NULL && error->domain == XS_ERROR && g_utf8_validate (error->message, -1, NULL))
    return;
  g_printerr ("%s: %s\n", what, error != NULL ? error->message : "no error is set");
  abort ();
}

static void
assert_plain (const XsCourseFile *file)
{
  g_assert_true (file->name[0] != '\0' && file->name[0] != '.');
  g_assert_null (strpbrk (file->name, "/\\\n"));
  g_assert_cmpint (file->size_bytes, >=, 0);
  g_assert_cmpuint (strlen (file->sha256), ==, 64);
}

static void
try_manifest (const Ground *ground, const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) signed_text = g_string_new_len (text, (gssize) size);
  guint8 signature[XS_SIGNATURE_BYTES];

  g_string_replace (signed_text, "@", ground->encoded_key, 1);
  xs_sign (&ground->key, signed_text->str, signed_text->len, signature);
  g_autoptr (GBytes) bytes = g_bytes_new (signed_text->str, signed_text->len);
  g_autoptr (GBytes) signature_bytes = g_bytes_new (signature, sizeof signature);
  g_autoptr (XsCourseManifest) manifest = xs_course_manifest_parse (bytes, signature_bytes, &error);
  if (manifest == NULL)
    {
      assert_sound_error (error, "manifest");
      return;
    }

  gint64 total_bytes = 0;
  for (guint i = 0; i < xs_course_manifest_get_n_files (manifest); i++)
    {
      assert_plain (xs_course_manifest_get_file (manifest, i));
      total_bytes += xs_course_manifest_get_file (manifest, i)->size_bytes;
    }
  g_assert_cmpint (total_bytes, ==, manifest->total_bytes);
  g_assert_cmpint (total_bytes, <=, XS_COURSE_PACKAGE_MAX_BYTES);

  /* The one byte form is that of the same content. */
  gsize again_size;
  g_autoptr (GBytes) again = xs_course_manifest_to_bytes (manifest);
  const void *again_data = g_bytes_get_data (again, &again_size);
  xs_sign (&ground->key, again_data, again_size, signature);
  g_autoptr (GBytes) again_signature = g_bytes_new (signature, sizeof signature);
  g_autoptr (XsCourseManifest) second = xs_course_manifest_parse (again, again_signature, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) third = xs_course_manifest_to_bytes (second);
  g_assert_true (g_bytes_equal (again, third));
}

static void
assert_sound_course (const XsCourse *course)
{
  guint next_lesson = 0;

  for (guint i = 0; i < xs_course_get_n_chapters (course); i++)
    {
      const XsChapter *chapter = xs_course_get_chapter (course, i);

      g_assert_cmpuint (chapter->first_lesson, ==, next_lesson);
      g_assert_cmpuint (chapter->n_lessons, >, 0);
      next_lesson += chapter->n_lessons;
      for (guint k = 0; k < chapter->n_questions; k++)
        g_assert_cmpuint (chapter->questions[k].answer, <, chapter->questions[k].n_choices);
    }
  g_assert_cmpuint (next_lesson, ==, xs_course_get_n_lessons (course));
}

static void
try_course (const Ground *ground, const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_of (ground, "course.json");

  g_file_set_contents_full (path, text, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  g_autoptr (XsCourse) course = xs_course_load (ground->dir, &error);
  if (course != NULL)
    assert_sound_course (course);
  else
    assert_sound_error (error, "course.json");
}

static void
try_package (const void *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  int fd = memfd_create ("package", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);

  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  g_autoptr (XsCoursePackage) package = xs_course_package_open (path, &error);
  if (package == NULL || !xs_course_package_unpack (package, NULL, &error))
    assert_sound_error (error, "package");
  close (fd);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const Ground *ground = get_ground ();

  try_package (data, size);
  if (size > 0 && data[0] == '{')
    {
      try_manifest (ground, (const char *) data, size);
      try_course (ground, (const char *) data, size);
    }
  return 0;
}

GBytes *
fuzz_course_make_package (void)
{
  Ground *ground = get_ground ();
  g_autofree char *path = path_of (ground, "package");
  g_autofree char *sha256 = xs_sha256_hex (COURSE_JSON, strlen (COURSE_JSON));
  g_autofree char *video_sha256 = xs_sha256_hex ("hi", 2);
  g_autoptr (GBytes) course_json = g_bytes_new_static (COURSE_JSON, strlen (COURSE_JSON));
  g_autoptr (XsCourseManifest) manifest = xs_course_manifest_new ("c", 1, "t", "p", ground->key.public_key);
  char *content = NULL;
  gsize size = 0;
  gboolean made = xs_course_manifest_add (manifest, "course.json", (gint64) strlen (COURSE_JSON), sha256, NULL)
                  && xs_course_manifest_add (manifest, "v.webm", 2, video_sha256, NULL)
                  && xs_course_package_write (path, manifest, &ground->key, ground->dir, course_json, NULL)
                  && g_file_get_contents (path, &content, &size, NULL);

  g_assert_true (made);
  return g_bytes_new_take (content, size);
}
