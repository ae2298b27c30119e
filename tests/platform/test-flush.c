/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "xs-platform-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * What was acknowledged survives a power cut, which no kill -9 tries: the calls by which a photo reaches the disk are
 * watched on their way to the kernel. A photo's file and its folder are flushed between its name and the commit of its
 * row, and no name that was taken ever leads to a file that was not flushed before.
 */

#define N_THREADS 16

typedef enum {
  FLUSHED,   /* a file or folder */
  NAMED,     /* a file got a name that nothing had */
  REPLACED,  /* a file took a name, which another may have had */
  COMMITTED, /* the database is on the disk */
} Kind;

typedef struct {
  Kind kind;
  ino_t inode;
  off_t size;
} Event;

static GMutex mutex;
static GArray *events; /* of Event; @mutex */

static void
note (Kind kind, const struct stat *status)
{
  Event event = { kind, status->st_ino, status->st_size };

  g_mutex_lock (&mutex);
  if (events != NULL)
    g_array_append_val (events, event);
  g_mutex_unlock (&mutex);
}

static void
note_flush (int fd)
{
  struct stat status;
  char link[32], path[4096] = "";

  g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  if (fstat (fd, &status) == 0 && readlink (link, path, sizeof path - 1) > 0)
    note (g_str_has_suffix (path, "platform.db-wal") ? COMMITTED : FLUSHED, &status);
}

int
fsync (int fd)
{
  int result = (int) syscall (SYS_fsync, fd);

  if (result == 0)
    note_flush (fd);
  return result;
}

int
fdatasync (int fd)
{
  int result = (int) syscall (SYS_fdatasync, fd);

  if (result == 0)
    note_flush (fd);
  return result;
}

int
renameat2 (int old_dir, const char *old_path, int new_dir, const char *new_path, unsigned int flags)
{
  struct stat status;
  int result = (int) syscall (SYS_renameat2, old_dir, old_path, new_dir, new_path, flags);

  if (result == 0 && stat (new_path, &status) == 0)
    note (flags == RENAME_NOREPLACE ? NAMED : REPLACED, &status);
  return result;
}

int
rename (const char *old_path, const char *new_path)
{
  struct stat status;

  if (stat (old_path, &status) == 0)
    note (REPLACED, &status);
  return (int) syscall (SYS_renameat2, AT_FDCWD, old_path, AT_FDCWD, new_path, 0);
}

typedef struct {
  XsPlatformFixture platform;
  GBytes *photo;
  char *sha256;
  char *path;
  gint64 device_id;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  xs_platform_fixture_set_up (&f->platform, NULL);
  const XsSealKey *seal_key = xs_platform_storage_get_seal_key (f->platform.storage);
  f->photo = xs_make_photo (seal_key->public_key, 1, 61440, &f->sha256);
  g_autofree char *shard = g_strndup (f->sha256, 2);
  f->path = g_build_filename (f->platform.dir, "photos", shard, f->sha256, NULL);
  g_autoptr (GArray) devices = xs_platform_storage_list_devices (f->platform.storage, &error);
  g_assert_no_error (error);
  f->device_id = g_array_index (devices, XsPlatformDevice, 0).id;
  events = g_array_new (FALSE, FALSE, sizeof (Event));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_mutex_lock (&mutex);
  g_clear_pointer (&events, g_array_unref);
  g_mutex_unlock (&mutex);
  xs_platform_fixture_tear_down (&f->platform, NULL);
  g_bytes_unref (f->photo);
  g_free (f->sha256);
  g_free (f->path);
}

/* As the server does once the body is here. Returns: whether it is new */
static gboolean
keep (Fixture *f)
{
  g_autofree char *spool =
    g_build_filename (xs_platform_storage_get_incoming_dir (f->platform.storage), "upload.XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  gsize size;
  const void *data = g_bytes_get_data (f->photo, &size);
  gboolean created;
  int fd = g_mkstemp (spool);

  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  close (fd);
  g_assert_true (xs_platform_storage_keep_photo (f->platform.storage, f->sha256, spool, (gint64) size, f->device_id,
                                                 &created, &error));
  g_assert_no_error (error);
  return created;
}

/* The place of the first such event from @from on; -1: none */
static gint
find (Kind kind, ino_t inode, guint from)
{
  for (guint i = from; i < events->len; i++)
    {
      const Event *event = &g_array_index (events, Event, i);
      if (event->kind == kind && (inode == 0 || event->inode == inode))
        return (gint) i;
    }
  return -1;
}

static ino_t
inode_of (const char *path)
{
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  return status.st_ino;
}

static void
assert_whole (Fixture *f)
{
  g_autofree char *contents = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (f->path, &contents, &size, NULL));
  g_assert_cmpmem (contents, size, g_bytes_get_data (f->photo, NULL), g_bytes_get_size (f->photo));
}

/* What has its name since @named is flushed, then its folder. Returns: the place of the latter */
static gint
assert_flushed_since (Fixture *f, gint named)
{
  g_autofree char *folder = g_path_get_dirname (f->path);

  assert_whole (f);
  gint folder_flushed = find (FLUSHED, inode_of (folder), (guint) named);
  g_assert_cmpint (folder_flushed, >, named);
  gint file_flushed = find (FLUSHED, inode_of (f->path), 0);
  g_assert_cmpint (file_flushed, >=, 0);
  g_assert_cmpint (file_flushed, <, folder_flushed);
  g_assert_cmpint (g_array_index (events, Event, file_flushed).size, ==, (gint) g_bytes_get_size (f->photo));
  return folder_flushed;
}

static void
assert_replaced_by_flushed (void)
{
  for (gint i = -1; (i = find (REPLACED, 0, (guint) (i + 1))) >= 0;)
    {
      gint flushed = find (FLUSHED, g_array_index (events, Event, i).inode, 0);
      g_assert_cmpint (flushed, >=, 0);
      g_assert_cmpint (flushed, <, i);
    }
}

static void
test_new (Fixture *f, gconstpointer data)
{
  g_assert_true (keep (f));
  gint named = find (NAMED, inode_of (f->path), 0);
  g_assert_cmpint (named, >=, 0);
  gint flushed = assert_flushed_since (f, named);
  g_assert_cmpint (find (COMMITTED, 0, (guint) named), >, flushed);
}

/* What a power cut left of an upload that was not acknowledged. */
static void
test_stray (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (f->path, "half", -1, NULL));
  g_array_set_size (events, 0);
  g_assert_true (keep (f));
  g_assert_cmpint (find (NAMED, 0, 0), ==, -1);
  assert_replaced_by_flushed ();
  gint named = find (REPLACED, inode_of (f->path), 0);
  gint flushed = assert_flushed_since (f, named);
  g_assert_cmpint (find (COMMITTED, 0, (guint) named), >, flushed);
}

/* Its row says that it is here: half a file must not stand in for it. */
static void
test_lost (Fixture *f, gconstpointer data)
{
  g_assert_true (keep (f));
  g_assert_cmpint (g_unlink (f->path), ==, 0);
  g_array_set_size (events, 0);
  g_assert_false (keep (f));
  g_assert_cmpint (find (NAMED, 0, 0), ==, -1);
  assert_replaced_by_flushed ();
  assert_flushed_since (f, find (REPLACED, inode_of (f->path), 0));
}

static gpointer
keep_in_thread (gpointer data)
{
  return GINT_TO_POINTER (keep (data));
}

static void
test_at_a_time (Fixture *f, gconstpointer data)
{
  GThread *threads[N_THREADS];
  guint n_created = 0;

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("keep", keep_in_thread, f);
  for (guint i = 0; i < N_THREADS; i++)
    n_created += g_thread_join (threads[i]) != NULL;
  g_assert_cmpuint (n_created, ==, 1);
  assert_whole (f);
  assert_replaced_by_flushed ();
  g_assert_cmpint (find (FLUSHED, inode_of (f->path), 0), >=, 0);
}

#define ADD(path, func) g_test_add ("/platform/flush/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("new", test_new);
  ADD ("stray", test_stray);
  ADD ("lost", test_lost);
  ADD ("at-a-time", test_at_a_time);
  return g_test_run ();
}
