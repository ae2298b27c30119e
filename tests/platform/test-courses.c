/* SPDX-License-Identifier: GPL-3.0-or-later */

/* GET /v1/courses and GET /v1/courses/{sha256}, over HTTP: K1 and K2 of docs/protocol.md. */

#include "xs-error.h"
#include "xs-platform-courses.h"
#include "xs-platform-fixture.h"
#include "xs-wire-sample.h"

#include <string.h>

#define SIZE (3 * 1024 * 1024)

typedef XsPlatformFixture Fixture;

static XsPlatformCourse
add (Fixture *f, const char *id, guint version, const XsSignKey *key)
{
  g_autofree char *path = xs_make_course_package (f->dir, id, version, SIZE, key);
  g_autoptr (GError) error = NULL;
  XsPlatformCourse added;

  g_assert_true (xs_platform_storage_add_course (f->storage, path, &added, &error));
  g_assert_no_error (error);
  return added;
}

static XsReply *
get (Fixture *f, const char *path, const char *headers)
{
  XsRequest request = { .port = f->port,
                        .method = "GET",
                        .path = path,
                        .headers = headers,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = xs_clock_wall_us (f->clock) };

  return xs_send (&request);
}

/* K1: the list, and that its tag changes with it. */
static void
test_list (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReply) empty = get (f, XS_WIRE_PATH_COURSE_LIST, NULL);
  XsPlatformCourse added = add (f, "course", 3, &f->key);
  g_autoptr (XsReply) reply = get (f, XS_WIRE_PATH_COURSE_LIST, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *etag = xs_reply_header (reply, "ETag");
  g_autofree char *old_etag = xs_reply_header (empty, "ETag");
  g_autofree char *known = g_strdup_printf ("If-None-Match: %s\r\n", etag);

  g_autoptr (GArray) none = xs_wire_courses_decode (empty->body, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_autoptr (GArray) courses = xs_wire_courses_decode (reply->body, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (courses->len, ==, 1);
  const XsWireCourse *course = &g_array_index (courses, XsWireCourse, 0);
  g_assert_cmpstr (course->id, ==, "course");
  g_assert_cmpuint (course->version, ==, 3);
  g_assert_cmpstr (course->title, ==, "课程");
  g_assert_cmpstr (course->sha256, ==, added.course.sha256);
  g_assert_cmpint (course->size_bytes, >, SIZE);
  g_assert_cmpmem (course->signer, XS_KEY_BYTES, f->key.public_key, XS_KEY_BYTES);
  g_assert_cmpstr (etag, !=, old_etag);
  g_autoptr (XsReply) unchanged = get (f, XS_WIRE_PATH_COURSE_LIST, known);
  g_assert_cmpuint (unchanged->status, ==, 304);
}

static void
assert_part (const XsReply *reply, GBytes *whole, gsize from, gsize size)
{
  g_autofree char *range = xs_reply_header (reply, "Content-Range");
  g_autofree char *expected = g_strdup_printf ("bytes %zu-%zu/%zu", from, from + size - 1, g_bytes_get_size (whole));

  g_assert_cmpuint (reply->status, ==, 206);
  g_assert_cmpstr (range, ==, expected);
  g_assert_cmpmem (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body),
                   (const char *) g_bytes_get_data (whole, NULL) + from, size);
}

/* K2: all of it, or the part that is asked for; nothing beyond its end. */
static void
test_ranges (Fixture *f, gconstpointer data)
{
  XsPlatformCourse added = add (f, "course", 1, &f->key);
  g_autofree char *path = xs_wire_path_course (added.course.sha256);
  g_autoptr (XsReply) reply = get (f, path, NULL);
  GBytes *whole = reply->body;
  gsize size = g_bytes_get_size (whole);
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (whole, NULL), size);
  g_autofree char *etag = xs_reply_header (reply, "ETag");
  g_autofree char *type = xs_reply_header (reply, "Content-Type");

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (sha256, ==, added.course.sha256);
  g_assert_cmpstr (type, ==, XS_WIRE_TYPE_COURSE);
  g_autoptr (XsReply) begin = get (f, path, "Range: bytes=0-99\r\n");
  assert_part (begin, whole, 0, 100);
  g_autoptr (XsReply) middle = get (f, path, "Range: bytes=1000000-2000000\r\n");
  assert_part (middle, whole, 1000000, 1000001);
  g_autoptr (XsReply) end = get (f, path, "Range: bytes=3000000-\r\n");
  assert_part (end, whole, 3000000, size - 3000000);
  g_autoptr (XsReply) cut = get (f, path, "Range: bytes=3000000-99999999\r\n");
  assert_part (cut, whole, 3000000, size - 3000000);
  g_autoptr (XsReply) beyond = get (f, path, "Range: bytes=99999999-\r\n");
  xs_assert_error (beyond, 416, XS_WIRE_ERROR_RANGE);
  g_autoptr (XsReply) strange = get (f, path, "Range: bytes=-5\r\n");
  g_assert_cmpuint (strange->status, ==, 200);
  g_autoptr (XsReply) other = get (f, path, "Range: bytes=0-99\r\nIf-Range: \"x\"\r\n");
  g_assert_cmpuint (other->status, ==, 200);
  g_autofree char *known = g_strdup_printf ("If-None-Match: %s\r\n", etag);
  g_autoptr (XsReply) unchanged = get (f, path, known);
  g_assert_cmpuint (unchanged->status, ==, 304);
  g_autoptr (XsReply) unknown =
    get (f, XS_WIRE_PATH_COURSES "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL);
  xs_assert_error (unknown, 404, XS_WIRE_ERROR_NOT_FOUND);
}

static void
refuse (Fixture *f, guint version, const XsSignKey *key, int code)
{
  g_autofree char *path = xs_make_course_package (f->dir, "course", version, 1000, key);
  g_autoptr (GError) error = NULL;
  XsPlatformCourse added;

  g_assert_false (xs_platform_storage_add_course (f->storage, path, &added, &error));
  g_assert_error (error, XS_ERROR, code);
}

static guint
n_files (Fixture *f)
{
  g_autofree char *folder = g_build_filename (f->dir, "platform", "courses", NULL);
  g_autofree char *beside = g_build_filename (f->dir, "courses", NULL);
  g_autoptr (GDir) dir = g_dir_open (g_file_test (folder, G_FILE_TEST_IS_DIR) ? folder : beside, 0, NULL);
  guint n = 0;

  for (; g_dir_read_name (dir) != NULL; n++)
    ;
  return n;
}

/* A newer version takes the place; what no kiosk would take is not handed out, nor what is not as it was signed. */
static void
test_replaced (Fixture *f, gconstpointer data)
{
  g_autofree char *damaged = g_build_filename (f->dir, "damaged.xsc", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  XsPlatformCourse added = add (f, "course", 2, &f->key);
  g_autofree char *old_path = xs_wire_path_course (added.course.sha256);
  XsSignKey stranger;
  gsize size;

  xs_make_key (&stranger, f->dir, 7);
  refuse (f, 1, &f->key, XS_ERROR_EXISTS);
  refuse (f, 2, &f->key, XS_ERROR_EXISTS);
  refuse (f, 3, &stranger, XS_ERROR_EXISTS);
  g_autofree char *path = xs_make_course_package (f->dir, "other", 1, 100000, &f->key);
  g_assert_true (g_file_get_contents (path, &content, &size, &error));
  content[size / 2] ^= 1;
  g_assert_true (g_file_set_contents (damaged, content, (gssize) size, &error));
  g_assert_false (xs_platform_storage_add_course (f->storage, damaged, &added, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_cmpuint (n_files (f), ==, 1);

  add (f, "course", 3, &f->key);
  g_autoptr (XsReply) gone = get (f, old_path, NULL);
  g_assert_cmpuint (gone->status, ==, 404);
  g_assert_cmpuint (n_files (f), ==, 1);
  g_assert_true (xs_platform_storage_remove_course (f->storage, "course", &error));
  g_assert_false (xs_platform_storage_remove_course (f->storage, "course", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_assert_cmpuint (n_files (f), ==, 0);
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/courses/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                    \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("list", test_list);
  ADD ("ranges", test_ranges);
  ADD ("replaced", test_replaced);
  return g_test_run ();
}
