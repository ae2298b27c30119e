/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "store-fixture.h"
#include "tiny-disk.h"
#include "xs-blob.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/*
 * Disks that are really full, read-only or gone, under a journal that is open. The disk is one of its own, in memory,
 * seen by this process alone; where none may be mounted only the folder that goes away is tried.
 */

#define DISK_BYTES (8 * 1024 * 1024)
#define SEGMENT_SECONDS 30

typedef struct {
  StoreFixture store;
  char *disk; /* where the journal's disk is always to be seen */
  char *dir;  /* of the journal: the same disk, as a mount of its own */
  gboolean mounted;
} Scene;

static char *
in_disk (Scene *s, const char *name)
{
  return g_build_filename (s->disk, name, NULL);
}

static void
open_journal (Scene *s)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key_path = g_build_filename (s->store.dir, "platform-key", NULL);

  s->store.journal = xs_journal_open (s->dir, s->store.clock, &error);
  g_assert_no_error (error);
  store_pair (s->store.journal, key_path, &s->store.platform);
}

static void
bind (const char *from, const char *to)
{
  g_assert_cmpint (mount (from, to, NULL, MS_BIND, NULL), ==, 0);
}

static void
set_up (Scene *s, gconstpointer data)
{
  s->store.dir = temp_dir_new ();
  s->store.clock = xs_clock_fake_new (0, START_US);
  s->disk = g_build_filename (s->store.dir, "disk", NULL);
  s->dir = g_build_filename (s->store.dir, "state", NULL);
  g_assert_cmpint (g_mkdir (s->disk, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (s->dir, 0700), ==, 0);
  s->mounted = tiny_disk_mount (s->disk, DISK_BYTES);
  if (!s->mounted)
    return;
  bind (s->disk, s->dir);
  open_journal (s);
}

static void
tear_down (Scene *s, gconstpointer data)
{
  g_clear_pointer (&s->store.journal, xs_journal_close);
  if (s->mounted)
    {
      (void) umount2 (s->dir, MNT_DETACH);
      tiny_disk_unmount (s->disk);
    }
  xs_clock_unref (s->store.clock);
  temp_dir_free (s->store.dir);
  g_free (s->disk);
  g_free (s->dir);
}

/* To the last byte. */
static void
fill_disk (Scene *s)
{
  static const char zeros[4096];
  g_autofree char *path = in_disk (s, "filler");
  int fd = g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  while (write (fd, zeros, sizeof zeros) > 0)
    ;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (fd);
}

static void
empty_disk (Scene *s)
{
  g_autofree char *path = in_disk (s, "filler");

  g_assert_cmpint (g_remove (path), ==, 0);
}

static gboolean
add_photo (Scene *s, const XsSessionHandle *handle, GError **error)
{
  static guint32 seed = 1000;
  g_autoptr (GBytes) jpeg = store_jpeg (++seed, 30000);
  XsPhotoRecord record = {
    .event = XS_PHOTO_TIMED, .wall_us = START_US, .match = NAN, .width_px = 640, .height_px = 480
  };

  return xs_journal_add_photo (s->store.journal, handle, jpeg, &record, error);
}

static void
assert_photo_fails (Scene *s, const XsSessionHandle *handle, XsError code, const char *remedy)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (add_photo (s, handle, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, XS_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, remedy));
  g_assert_nonnull (strstr (error->message, s->dir));
}

static void
assert_photo_works (Scene *s, const XsSessionHandle *handle)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (add_photo (s, handle, &error));
  g_assert_no_error (error);
}

/* Whatever happened: the session can be closed, and what the next start finds is whole. */
static void
finish (Scene *s, XsSessionHandle *handle, guint n_photos)
{
  store_close (s->store.journal, handle, XS_SIGN_OUT_BY_LEARNER, START_US + MINUTE_US, FALSE);
  g_clear_pointer (&s->store.journal, xs_journal_close);
  open_journal (s);
  store_recover (s->store.journal);
  store_check (s->store.journal, &s->store.platform, TRUE);
  g_assert_cmpint (store_count (s->store.journal, "SELECT count (*) FROM photo"), ==, n_photos);
  g_assert_cmpint (store_count (s->store.journal, "SELECT sum (credited_us) FROM segment"), ==,
                   SEGMENT_SECONDS * SECOND_US);
}

static XsSessionHandle
study (Scene *s)
{
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle = store_begin (s->store.journal, s->store.clock, STUNUM);

  assert_photo_works (s, &handle);
  g_assert_true (store_progress (s->store.journal, &handle, SEGMENT_SECONDS, &error));
  g_assert_no_error (error);
  return handle;
}

static void
test_full (Scene *s, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!s->mounted)
    return;
  XsSessionHandle handle = study (s);
  g_assert_true (xs_journal_check_disk (s->store.journal, DISK_BYTES / 2, &error));
  g_assert_no_error (error);
  g_assert_false (xs_journal_check_disk (s->store.journal, DISK_BYTES, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  g_clear_error (&error);

  fill_disk (s);
  assert_photo_fails (s, &handle, XS_ERROR_NO_SPACE, "make space");
  g_assert_false (xs_journal_check_disk (s->store.journal, 1, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  g_clear_error (&error);
  /* Until the log of changes has to grow, and after it did not: what is stored never takes harm. */
  for (int i = 1; i <= 400; i++)
    {
      XsSessionHandle other = { 0 };
      XsPolicy policy;
      xs_policy_default (&policy);
      if (!xs_journal_begin_session (s->store.journal, OTHER_STUNUM, SUBJCODE, &policy, START_US, &other, &error))
        break;
      store_close (s->store.journal, &other, XS_SIGN_OUT_BY_LEARNER, START_US, FALSE);
    }
  g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "make space"));
  g_clear_error (&error);
  store_check (s->store.journal, &s->store.platform, FALSE);
  g_assert_cmpint (store_count (s->store.journal, "SELECT max (credited_us) FROM segment"), ==,
                   SEGMENT_SECONDS * SECOND_US);

  empty_disk (s);
  assert_photo_works (s, &handle);
  finish (s, &handle, 2);
}

/* A disk that the kernel made read-only after a fault of its own, as far as the photos are concerned. */
static void
test_read_only (Scene *s, gconstpointer data)
{
  if (!s->mounted)
    return;
  XsSessionHandle handle = study (s);
  g_autofree char *photos = g_build_filename (s->dir, "photos", NULL);

  bind (photos, photos);
  g_assert_cmpint (mount (NULL, photos, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), ==, 0);
  assert_photo_fails (s, &handle, XS_ERROR_IO, "check that its disk");
  g_assert_cmpint (umount2 (photos, MNT_DETACH), ==, 0);
  assert_photo_works (s, &handle);
  finish (s, &handle, 2);
}

/* umount -l under the running kiosk, and the disk mounted again. */
static void
test_unmounted (Scene *s, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!s->mounted)
    return;
  XsSessionHandle handle = study (s);
  g_assert_cmpint (umount2 (s->dir, MNT_DETACH), ==, 0);
  assert_photo_fails (s, &handle, XS_ERROR_IO, "check that its disk");
  g_assert_false (xs_journal_check_disk (s->store.journal, 0, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "mount its disk again"));
  g_clear_error (&error);

  bind (s->disk, s->dir);
  g_assert_true (xs_journal_check_disk (s->store.journal, 0, &error));
  g_assert_no_error (error);
  assert_photo_works (s, &handle);
  finish (s, &handle, 2);
}

/* The folder is renamed away and back; for this no disk of its own is needed. */
static void
test_moved (StoreFixture *f, gconstpointer data)
{
  g_autofree char *dir = g_strdup (xs_journal_get_dir (f->journal));
  g_autofree char *elsewhere = g_strconcat (dir, "-moved", NULL);
  Scene s = { .store = *f, .dir = dir };
  XsSessionHandle handle = study (&s);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (dir, elsewhere), ==, 0);
  assert_photo_fails (&s, &handle, XS_ERROR_IO, "check that its disk");
  g_assert_false (xs_journal_check_disk (f->journal, 0, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_IO);
  g_clear_error (&error);

  g_assert_cmpint (g_rename (elsewhere, dir), ==, 0);
  g_assert_true (xs_journal_check_disk (f->journal, 0, &error));
  assert_photo_works (&s, &handle);
  store_close (f->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + MINUTE_US, FALSE);
  store_check (f->journal, &f->platform, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/disk/moved", test_moved);
  g_test_add ("/store/disk/full", Scene, NULL, set_up, test_full, tear_down);
  g_test_add ("/store/disk/read-only", Scene, NULL, set_up, test_read_only, tear_down);
  g_test_add ("/store/disk/unmounted", Scene, NULL, set_up, test_unmounted, tear_down);
  return g_test_run ();
}
