/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "temp-dir.h"
#include "tiny-disk.h"
#include "xs-blob.h"
#include "xs-error.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_write_read (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "blob", NULL);
  g_autoptr (GBytes) first = g_bytes_new_static ("first\0half", 10);
  g_autoptr (GBytes) second = g_bytes_new_static ("2", 1);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  GBytes *const versions[] = { first, second, empty };
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_assert_true (xs_blob_write (path, versions[i], &error));
      g_assert_no_error (error);
      g_autoptr (GBytes) back = xs_blob_read (path, 10, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (back, versions[i]));
      g_assert_cmpuint (count_files (dir), ==, 1);
      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    }
}

static void
test_read_refused (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "blob", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345", 5);
  g_autoptr (GError) error = NULL;

  g_assert_null (xs_blob_read (path, 10, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (xs_blob_write (path, bytes, NULL));
  g_assert_null (xs_blob_read (path, 4, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (xs_blob_read (dir, 1 << 20, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
test_write_refused (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *missing = g_build_filename (dir, "none", "blob", NULL);
  g_autofree char *taken = g_build_filename (dir, "folder", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345", 5);
  g_autoptr (GError) error = NULL;

  g_assert_false (xs_blob_write (missing, bytes, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  g_assert_true (xs_dir_ensure (taken, NULL));
  g_assert_false (xs_blob_write (taken, bytes, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_IO);
  g_assert_cmpuint (count_files (dir), ==, 1);
}

/* A write that stops half-way leaves the old file whole, and nothing beside it. */
static void
test_cut_off (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "blob", NULL);
  g_autofree char *large = g_malloc0 (1 << 20);
  g_autoptr (GBytes) old = g_bytes_new_static ("old", 3);
  g_autoptr (GBytes) too_much = g_bytes_new (large, 1 << 20);
  g_autoptr (GError) error = NULL;
  struct rlimit before;

  g_assert_true (xs_blob_write (path, old, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  struct rlimit limited = { 4096, before.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limited), ==, 0);
  gboolean written = xs_blob_write (path, too_much, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);

  g_assert_false (written);
  g_assert_error (error, XS_ERROR, XS_ERROR_IO);
  g_assert_cmpuint (count_files (dir), ==, 1);
  g_autoptr (GBytes) back = xs_blob_read (path, 10, NULL);
  g_assert_true (g_bytes_equal (back, old));
}

static void
test_full_disk (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "blob", NULL);
  g_autofree char *large = g_malloc0 (1 << 20);
  g_autoptr (GBytes) old = g_bytes_new_static ("old", 3);
  g_autoptr (GBytes) too_much = g_bytes_new (large, 1 << 20);
  g_autoptr (GError) error = NULL;

  if (!tiny_disk_mount (dir, 64 * 1024))
    return;
  g_assert_cmpuint (xs_dir_free_bytes (dir), <=, 64 * 1024);
  g_assert_true (xs_blob_write (path, old, NULL));
  g_assert_false (xs_blob_write (path, too_much, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  g_assert_cmpuint (count_files (dir), ==, 1);
  g_autoptr (GBytes) back = xs_blob_read (path, 10, NULL);
  g_assert_true (g_bytes_equal (back, old));
  tiny_disk_unmount (dir);
}

static void
test_remove (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "blob", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345", 5);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_blob_write (path, bytes, NULL));
  g_assert_true (xs_blob_remove (path, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (xs_blob_remove (path, &error));
  g_assert_no_error (error);
}

static GHashTable *flushed; /* paths; NULL: nobody asks */

/* In the place of the C library's, which it does the work of: notes what is flushed. */
int
fsync (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);

  if (flushed != NULL)
    g_hash_table_add (flushed, g_file_read_link (link, NULL));
  return (int) syscall (SYS_fsync, fd);
}

/* Of a folder that was made a power cut leaves nothing while the one around it is not flushed. */
static void
test_dirs_flushed (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *top = realpath (dir, NULL);
  g_autofree char *a = g_build_filename (top, "a", NULL);
  g_autofree char *b = g_build_filename (a, "b", NULL);
  g_autofree char *c = g_build_filename (b, "c", NULL);
  g_autoptr (GError) error = NULL;

  flushed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_assert_true (xs_dir_ensure (c, &error));
  g_assert_true (g_hash_table_contains (flushed, top));
  g_assert_true (g_hash_table_contains (flushed, a));
  g_assert_true (g_hash_table_contains (flushed, b));
  /* Whoever made it may have died before that. */
  g_hash_table_remove_all (flushed);
  g_assert_true (xs_dir_ensure (c, &error));
  g_assert_true (g_hash_table_contains (flushed, b));
  g_clear_pointer (&flushed, g_hash_table_unref);
}

static void
test_dirs (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *deep = g_build_filename (dir, "a", "b", "c", NULL);
  g_autofree char *file = g_build_filename (dir, "file", NULL);
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  g_assert_true (xs_dir_ensure (deep, &error) && xs_dir_ensure (deep, &error));
  g_assert_cmpint (g_stat (deep, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  g_assert_cmpuint (xs_dir_free_bytes (deep), >, 0);
  g_assert_cmpuint (xs_dir_free_bytes ("/nonexistent"), ==, G_MAXUINT64);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_false (xs_dir_ensure (file, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_IO);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/blob/write-read", test_write_read);
  g_test_add_func ("/base/blob/read-refused", test_read_refused);
  g_test_add_func ("/base/blob/write-refused", test_write_refused);
  g_test_add_func ("/base/blob/cut-off", test_cut_off);
  g_test_add_func ("/base/blob/full-disk", test_full_disk);
  g_test_add_func ("/base/blob/remove", test_remove);
  g_test_add_func ("/base/blob/dirs", test_dirs);
  g_test_add_func ("/base/blob/dirs-flushed", test_dirs_flushed);
  return g_test_run ();
}
