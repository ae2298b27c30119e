/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-fixture.h"
#include "xs-platform-photos.h"
#include "xs-platform-uploads.h"
#include "xs-wire-auth.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

/* Rules H5 to H8 of docs/protocol.md: uploads that go on where they were cut. */

#define PHOTO_BYTES 900000

typedef struct {
  XsPlatformFixture platform;
  GBytes *photo;
  char *sha256;
  char *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  xs_platform_fixture_set_up (&f->platform, NULL);
  const XsSealKey *seal_key = xs_platform_storage_get_seal_key (f->platform.storage);
  f->photo = xs_make_photo (seal_key->public_key, 1, PHOTO_BYTES, &f->sha256);
  f->path = xs_wire_path_photo (f->sha256);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_bytes_unref (f->photo);
  g_free (f->sha256);
  g_free (f->path);
  xs_platform_fixture_tear_down (&f->platform, NULL);
}

static const char *
incoming (Fixture *f)
{
  return xs_platform_storage_get_incoming_dir (f->platform.storage);
}

/* The head of a request about the photo, signed by @key over all of it; @size is what it says it brings. */
static char *
make_head (Fixture *f, const XsSignKey *key, const char *devnum, const char *method, guint64 offset, gsize size)
{
  g_autofree char *authorization =
    xs_wire_authorization_new (devnum, key, method, f->path, f->photo, xs_clock_wall_us (f->platform.clock));
  g_autofree char *place =
    offset > 0 ? g_strdup_printf ("Upload-Offset: %" G_GUINT64_FORMAT "\r\nUpload-Complete: ?1\r\n", offset) : NULL;

  return g_strdup_printf ("%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: %s\r\n%sContent-Length: "
                          "%" G_GSIZE_FORMAT "\r\n\r\n",
                          method, f->path, authorization, place != NULL ? place : "", size);
}

/* Send from @offset on, all or only @n_bytes of it. Returns: (nullable) (transfer full): the answer; NULL when cut */
static XsReply *
send_from (Fixture *f, guint64 offset, gsize n_bytes)
{
  gsize size = g_bytes_get_size (f->photo) - offset;
  const char *bytes = (const char *) g_bytes_get_data (f->photo, NULL) + offset;
  g_autofree char *head = make_head (f, &f->platform.key, XS_SAMPLE_DEVNUM, offset > 0 ? "PATCH" : "PUT", offset, size);
  g_autoptr (GSocketConnection) connection = xs_connect (f->platform.port);

  g_assert_true (xs_write (connection, head, strlen (head)));
  g_assert_true (xs_write (connection, bytes, MIN (n_bytes, size)));
  if (n_bytes >= size)
    return xs_read_reply (connection);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return NULL;
}

/* What the platform says that it has. */
static guint64
ask_offset (Fixture *f, const XsSignKey *key, const char *devnum, gboolean *complete)
{
  XsRequest request = { .port = f->platform.port,
                        .method = "HEAD",
                        .path = f->path,
                        .key = key,
                        .devnum = devnum,
                        .time_us = xs_clock_wall_us (f->platform.clock) };
  g_autoptr (XsReply) reply = xs_send (&request);
  g_autofree char *offset = xs_reply_header (reply, "Upload-Offset");
  g_autofree char *word = xs_reply_header (reply, "Upload-Complete");

  g_assert_cmpuint (reply->status, ==, 204);
  *complete = g_str_equal (word, "?1");
  return g_ascii_strtoull (offset, NULL, 10);
}

static guint64
my_offset (Fixture *f)
{
  gboolean complete;
  guint64 offset = ask_offset (f, &f->platform.key, XS_SAMPLE_DEVNUM, &complete);

  g_assert_false (complete);
  return offset;
}

/* The server sees the end of the connection in its own time; a running upload has no such name. */
static void
wait_for_partial (Fixture *f, guint64 offset)
{
  while (my_offset (f) != offset)
    g_thread_yield ();
}

static void
assert_stored (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) stored = xs_platform_storage_get_sealed_photo (f->platform.storage, f->sha256, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (stored, f->photo));
  g_assert_cmpuint (xs_count_files (incoming (f)), ==, 0);
}

/* H5, H6: cut anywhere, as often as one likes, in the end it is there, and what came once was not sent again. */
static void
test_cut_anywhere (Fixture *f, gconstpointer data)
{
  guint64 offset = 0;
  gsize size = g_bytes_get_size (f->photo);
  gboolean complete;

  while (size - offset > 100000)
    {
      gsize n_bytes = (gsize) g_test_rand_int_range (offset == 0 ? XS_PLATFORM_UPLOAD_MIN_BYTES : 1, 250000);
      n_bytes = MIN (n_bytes, size - offset - 1);
      g_assert_null (send_from (f, offset, n_bytes));
      offset += n_bytes;
      wait_for_partial (f, offset);
    }
  g_autoptr (XsReply) reply = send_from (f, offset, size);
  g_assert_cmpuint (reply->status, ==, 201);
  assert_stored (f);
  (void) ask_offset (f, &f->platform.key, XS_SAMPLE_DEVNUM, &complete);
  g_assert_true (complete);
}

/* H5: what is little is forgotten, and an upload that was never begun stands at 0. */
static void
test_short (Fixture *f, gconstpointer data)
{
  g_assert_cmpuint (my_offset (f), ==, 0);
  g_assert_null (send_from (f, 0, XS_PLATFORM_UPLOAD_MIN_BYTES - 1));
  while (xs_count_files (incoming (f)) > 0)
    g_thread_yield ();
  g_assert_cmpuint (my_offset (f), ==, 0);
}

/* H7: another place than where it stands is refused with that place, and nothing is lost. */
static void
test_wrong_place (Fixture *f, gconstpointer data)
{
  static const guint64 wrong[] = { 1, 199999, 200001, 900047 };

  g_assert_null (send_from (f, 0, 200000));
  wait_for_partial (f, 200000);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (XsReply) reply = send_from (f, wrong[i], PHOTO_BYTES * 2);
      g_autofree char *offset = xs_reply_header (reply, "Upload-Offset");
      xs_assert_error (reply, 409, XS_WIRE_ERROR_UPLOAD_OFFSET);
      g_assert_cmpstr (offset, ==, "200000");
    }
  g_autofree char *no_place =
    make_head (f, &f->platform.key, XS_SAMPLE_DEVNUM, "PATCH", 0, g_bytes_get_size (f->photo));
  g_autoptr (GSocketConnection) connection = xs_connect (f->platform.port);
  g_assert_true (xs_write (connection, no_place, strlen (no_place)));
  g_assert_true (xs_write (connection, g_bytes_get_data (f->photo, NULL), g_bytes_get_size (f->photo)));
  g_autoptr (XsReply) refused = xs_read_reply (connection);
  xs_assert_error (refused, 400, XS_WIRE_ERROR_BAD_REQUEST);
  g_autoptr (XsReply) reply = send_from (f, 200000, PHOTO_BYTES * 2);
  g_assert_cmpuint (reply->status, ==, 201);
  assert_stored (f);
}

/* H7: what one device left is nothing to another, and to nobody who cannot sign. */
static void
test_others (Fixture *f, gconstpointer data)
{
  XsSignKey other, stranger;
  gboolean complete;

  xs_make_key (&other, f->platform.dir, 1);
  xs_make_key (&stranger, f->platform.dir, 2);
  g_autoptr (XsReply) paired = xs_platform_fixture_pair (&f->platform, &other, "4000000000000009");
  g_assert_cmpuint (paired->status, ==, 200);
  g_assert_null (send_from (f, 0, 200000));
  wait_for_partial (f, 200000);
  g_assert_cmpuint (ask_offset (f, &other, "4000000000000009", &complete), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      gsize rest = g_bytes_get_size (f->photo) - 200000;
      g_autofree char *head = i == 0 ? make_head (f, &other, "4000000000000009", "PATCH", 200000, rest)
                                     : make_head (f, &stranger, XS_SAMPLE_DEVNUM, "PATCH", 200000, rest);
      g_autoptr (GSocketConnection) connection = xs_connect (f->platform.port);
      g_assert_true (xs_write (connection, head, strlen (head)));
      g_assert_true (xs_write (connection, (const char *) g_bytes_get_data (f->photo, NULL) + 200000, rest));
      g_autoptr (XsReply) reply = xs_read_reply (connection);
      xs_assert_error (reply, i == 0 ? 409 : 401, i == 0 ? XS_WIRE_ERROR_UPLOAD_OFFSET : XS_WIRE_ERROR_UNAUTHORIZED);
    }
  g_assert_cmpuint (my_offset (f), ==, 200000);
}

static char *
partial_path (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (incoming (f), 0, NULL);
  const char *name = g_dir_read_name (dir);

  g_assert_nonnull (name);
  return g_build_filename (incoming (f), name, NULL);
}

/* H1: a beginning that was damaged on the platform's disk makes no photo, and the next attempt begins anew. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_null (send_from (f, 0, 200000));
  wait_for_partial (f, 200000);
  g_autofree char *path = partial_path (f);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  bytes[100] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  g_autoptr (XsReply) reply = send_from (f, 200000, PHOTO_BYTES * 2);
  xs_assert_error (reply, 422, XS_WIRE_ERROR_HASH_MISMATCH);
  g_assert_cmpuint (my_offset (f), ==, 0);
  g_assert_cmpuint (xs_count_files (incoming (f)), ==, 0);
}

/* H8: what nobody went on with is gone after a day, whether the server runs or starts; the rest stays. */
static void
test_tidy (Fixture *f, gconstpointer data)
{
  struct utimbuf old = { .actime = g_get_real_time () / G_USEC_PER_SEC - 25 * 3600 };

  old.modtime = old.actime;
  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (send_from (f, 0, 200000));
      wait_for_partial (f, 200000);
      if (i == 0)
        xs_platform_server_tidy (f->platform.server);
      xs_platform_fixture_stop (&f->platform);
      xs_platform_fixture_start (&f->platform);
      g_assert_cmpuint (my_offset (f), ==, 200000);

      g_autofree char *path = partial_path (f);
      g_assert_cmpint (utime (path, &old), ==, 0);
      if (i == 0)
        xs_platform_server_tidy (f->platform.server);
      else
        {
          xs_platform_fixture_stop (&f->platform);
          xs_platform_fixture_start (&f->platform);
        }
      g_assert_cmpuint (xs_count_files (incoming (f)), ==, 0);
    }
}

/* H8: one device cannot fill the disk with beginnings. */
static void
test_many (Fixture *f, gconstpointer data)
{
  const XsSealKey *seal_key = xs_platform_storage_get_seal_key (f->platform.storage);

  for (guint i = 0; i < XS_PLATFORM_UPLOADS_MAX + 3; i++)
    {
      g_bytes_unref (f->photo);
      g_free (f->sha256);
      g_free (f->path);
      f->photo = xs_make_photo (seal_key->public_key, 100 + i, 300000, &f->sha256);
      f->path = xs_wire_path_photo (f->sha256);
      g_assert_null (send_from (f, 0, 200000));
      wait_for_partial (f, 200000);
    }
  g_assert_cmpuint (xs_count_files (incoming (f)), ==, XS_PLATFORM_UPLOADS_MAX);
}

#define ADD(path, func) g_test_add ("/platform/uploads/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("cut-anywhere", test_cut_anywhere);
  ADD ("short", test_short);
  ADD ("wrong-place", test_wrong_place);
  ADD ("others", test_others);
  ADD ("damaged", test_damaged);
  ADD ("tidy", test_tidy);
  ADD ("many", test_many);
  return g_test_run ();
}
