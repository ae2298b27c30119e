/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-check.h"
#include "xs-platform-export.h"
#include "xs-platform-fixture.h"
#include "xs-platform-learner-keys.h"
#include "xs-platform-photos.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Photos at rest: locked with their learner's key, named by what came, and nobody looks without a trace. */

typedef XsPlatformFixture Fixture;

#define FILE_ALL "INSERT INTO filing (log_id, stunum) SELECT id, stunum FROM log"

static const XsPlatformReader reader = { .who = "person:wang", .why = "review" };

static char *
photo_path (Fixture *f, const char *sha256)
{
  g_autofree char *shard = g_strndup (sha256, 2);

  return g_build_filename (f->dir, "photos", shard, sha256, NULL);
}

static GBytes *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = xs_blob_read (path, XS_WIRE_PHOTO_MAX_BYTES + XS_PHOTO_FILE_EXTRA_BYTES, &error);

  g_assert_no_error (error);
  return bytes;
}

static void
put_photo (Fixture *f, const char *sha256, GBytes *sealed, guint status)
{
  g_autofree char *path = xs_wire_path_photo (sha256);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "PUT", path, sealed);

  g_assert_cmpuint (reply->status, ==, status);
}

/* One log of @stunum with the photo @sha256. */
static void
put_log (Fixture *f, gint64 seq, const char *stunum, const char *sha256)
{
  g_auto (XsWireLog) wire_log;
  g_autofree char *recnum = xs_recnum ((guint) seq);

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  xs_sample_add_photo (&wire_log, "0000000101", XS_PHOTO_SIGN_IN, sha256);
  wire_log.seq = seq;
  g_strlcpy (wire_log.log.stunum, stunum, sizeof wire_log.log.stunum);
  g_strlcpy (wire_log.log.recnum, recnum, sizeof wire_log.log.recnum);
  g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, XS_SAMPLE_TIME_US, &wire_log);
  g_assert_cmpuint (reply->status, ==, 200);
}

static GBytes *
make_photo (Fixture *f, guint seed, char **sha256)
{
  return xs_make_photo (xs_platform_storage_get_seal_key (f->storage)->public_key, seed, 3000, sha256);
}

static GBytes *
open_sealed (Fixture *f, GBytes *sealed)
{
  g_autoptr (GError) error = NULL;
  GBytes *plain = xs_unseal (xs_platform_storage_get_seal_key (f->storage), sealed, &error);

  g_assert_no_error (error);
  return plain;
}

/* The form of a photo, which is readable and provable in either. */
static XsPlatformPhotoForm
form_of (Fixture *f, const char *sha256, GBytes *sealed)
{
  XsPlatformPhotoForm form;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) expected = open_sealed (f, sealed);
  g_autoptr (GBytes) proof = xs_platform_storage_get_sealed_photo (f->storage, sha256, &form, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) jpeg = xs_platform_storage_read_photo (f->storage, sha256, &reader, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (proof, sealed));
  g_assert_true (g_bytes_equal (jpeg, expected));
  return form;
}

static void
test_filed (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) sealed = make_photo (f, 1, &sha256);
  g_autofree char *path = photo_path (f, sha256);

  put_photo (f, sha256, sealed, 201);
  g_assert_cmpint (form_of (f, sha256, sealed), ==, XS_PLATFORM_PHOTO_SEALED);
  put_log (f, 1, XS_SAMPLE_STUNUM, sha256);
  /* By the server's own thread, without being asked. */
  while (form_of (f, sha256, sealed) != XS_PLATFORM_PHOTO_FILED)
    g_thread_yield ();
  g_autoptr (GBytes) file = read_file (path);
  g_autoptr (GBytes) plain = open_sealed (f, sealed);
  char owner[XS_UNIFIED_DIGITS + 1];
  g_assert_true (xs_photo_file_owner (file, owner));
  g_assert_cmpstr (owner, ==, XS_SAMPLE_STUNUM);
  g_assert_null (memmem (g_bytes_get_data (file, NULL), g_bytes_get_size (file), g_bytes_get_data (plain, NULL), 64));
  g_assert_null (xs_unseal (xs_platform_storage_get_seal_key (f->storage), file, NULL));

  /* What is filed stays so when it comes again. */
  put_photo (f, sha256, sealed, 200);
  g_autoptr (GBytes) after = read_file (path);
  g_assert_true (g_bytes_equal (file, after));
}

/* One that was lost is healed by the kiosk, and filed once more. */
static void
test_filed_again (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) sealed = make_photo (f, 1, &sha256);
  g_autofree char *path = photo_path (f, sha256);

  put_photo (f, sha256, sealed, 201);
  put_log (f, 1, XS_SAMPLE_STUNUM, sha256);
  xs_platform_fixture_file_photos (f);
  g_assert_cmpint (g_unlink (path), ==, 0);
  put_photo (f, sha256, sealed, 200);
  xs_platform_fixture_file_photos (f);
  g_assert_cmpint (form_of (f, sha256, sealed), ==, XS_PLATFORM_PHOTO_FILED);
}

/* Logs that no server had time to file: the next start does. */
static void
test_filed_at_start (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) sealed = make_photo (f, 1, &sha256);
  g_autofree char *path = photo_path (f, sha256);
  g_autoptr (GError) error = NULL;

  put_photo (f, sha256, sealed, 201);
  put_log (f, 1, XS_SAMPLE_STUNUM, sha256);
  xs_platform_fixture_file_photos (f);
  xs_platform_fixture_stop (f);
  /* As it was before the log was filed: the file as it came, the row that says so. */
  g_assert_true (xs_blob_write (path, sealed, &error));
  xs_platform_fixture_exec (f, FILE_ALL, NULL);
  xs_platform_fixture_start (f);
  while (form_of (f, sha256, sealed) != XS_PLATFORM_PHOTO_FILED)
    g_thread_yield ();
}

static void
note_waiting (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (strstr (message, "waits to be filed") != NULL)
    g_ptr_array_add (data, g_strdup (message));
}

/* A file that is lost or cannot be read keeps back no other, is said once, and filed when it is there again. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  enum { LOST, UNREADABLE, SOUND, N };
  char *sha256[N], *path[N], *aside[N];
  GBytes *sealed[N];
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N; i++)
    {
      sealed[i] = make_photo (f, i, &sha256[i]);
      path[i] = photo_path (f, sha256[i]);
      aside[i] = g_strconcat (f->dir, "/aside-", sha256[i], NULL);
      put_photo (f, sha256[i], sealed[i], 201);
      put_log (f, i + 1, XS_SAMPLE_STUNUM, sha256[i]);
    }
  xs_platform_fixture_file_photos (f);
  xs_platform_fixture_stop (f);
  for (guint i = 0; i < N; i++)
    g_assert_true (xs_blob_write (i == SOUND ? path[i] : aside[i], sealed[i], &error));
  g_assert_cmpint (g_unlink (path[LOST]), ==, 0);
  g_assert_cmpint (g_unlink (path[UNREADABLE]), ==, 0);
  g_assert_cmpint (g_mkdir (path[UNREADABLE], 0700), ==, 0);
  xs_platform_fixture_exec (f, FILE_ALL, NULL);

  f->storage = xs_platform_storage_open (f->dir, f->clock, &error);
  g_assert_no_error (error);
  guint handler = g_log_set_handler ("xs-platform", G_LOG_LEVEL_MESSAGE, note_waiting, messages);
  xs_platform_fixture_file_photos (f);
  xs_platform_fixture_file_photos (f);
  g_log_remove_handler ("xs-platform", handler);
  g_assert_cmpint (form_of (f, sha256[SOUND], sealed[SOUND]), ==, XS_PLATFORM_PHOTO_FILED);
  g_assert_cmpuint (messages->len, ==, 2);
  for (guint i = LOST; i <= UNREADABLE; i++)
    {
      g_assert_nonnull (strstr (g_ptr_array_index (messages, i), path[i]));
      g_assert_nonnull (strstr (g_ptr_array_index (messages, i), "restore it"));
    }

  g_assert_cmpint (g_rmdir (path[UNREADABLE]), ==, 0);
  for (guint i = LOST; i <= UNREADABLE; i++)
    g_assert_cmpint (g_rename (aside[i], path[i]), ==, 0);
  xs_platform_fixture_file_photos (f);
  for (guint i = 0; i < N; i++)
    {
      g_assert_cmpint (form_of (f, sha256[i], sealed[i]), ==, XS_PLATFORM_PHOTO_FILED);
      g_bytes_unref (sealed[i]);
      g_free (sha256[i]);
      g_free (path[i]);
      g_free (aside[i]);
    }
}

/* A file that looks filed and is what came: the hash decides. */
static void
test_disguised (Fixture *f, gconstpointer data)
{
  static const char disguise[] = "XSPHOTO\1" XS_SAMPLE_STUNUM " and sixty bytes or so that no key has ever locked";
  g_autoptr (GBytes) bytes = g_bytes_new_static (disguise, sizeof disguise);
  g_autofree char *sha256 = xs_sha256_hex (disguise, sizeof disguise);
  g_autoptr (GError) error = NULL;
  XsPlatformPhotoForm form;

  put_photo (f, sha256, bytes, 201);
  put_log (f, 1, XS_SAMPLE_STUNUM, sha256);
  xs_platform_fixture_file_photos (f);
  g_autoptr (GBytes) proof = xs_platform_storage_get_sealed_photo (f->storage, sha256, &form, &error);
  g_assert_no_error (error);
  g_assert_cmpint (form, ==, XS_PLATFORM_PHOTO_SEALED);
  g_assert_true (g_bytes_equal (proof, bytes));
  g_assert_null (xs_platform_storage_read_photo (f->storage, sha256, &reader, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
}

static void
assert_gone (Fixture *f, const char *sha256, XsError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (xs_platform_storage_read_photo (f->storage, sha256, &reader, &error));
  g_assert_error (error, XS_ERROR, (int) code);
}

/* Two learners: neither key opens the other's photo, nor one photo under the other's name. */
static void
test_keys_apart (Fixture *f, gconstpointer data)
{
  static const char other[] = "2000000000000003";
  g_autofree char *mine = NULL, *theirs = NULL;
  g_autoptr (GBytes) my_photo = make_photo (f, 1, &mine);
  g_autoptr (GBytes) their_photo = make_photo (f, 2, &theirs);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_add_learner (f->storage, other, "李四", NULL, &error));
  put_photo (f, mine, my_photo, 201);
  put_photo (f, theirs, their_photo, 201);
  put_log (f, 1, XS_SAMPLE_STUNUM, mine);
  put_log (f, 2, other, theirs);
  xs_platform_fixture_file_photos (f);

  g_autofree char *my_path = photo_path (f, mine);
  g_autofree char *their_path = photo_path (f, theirs);
  g_autoptr (GBytes) my_file = read_file (my_path);
  g_autoptr (GBytes) their_file = read_file (their_path);
  g_assert_true (xs_blob_write (my_path, their_file, &error));
  assert_gone (f, mine, XS_ERROR_CORRUPT);
  g_assert_true (xs_blob_write (my_path, my_file, &error));

  guint8 my_key[XS_KEY_BYTES], their_key[XS_KEY_BYTES];
  g_assert_true (xs_learner_key_load (f->storage, XS_SAMPLE_STUNUM, FALSE, my_key, &error));
  g_assert_true (xs_learner_key_load (f->storage, other, FALSE, their_key, &error));
  g_assert_cmpint (memcmp (my_key, their_key, sizeof my_key), !=, 0);

  /* A key that is destroyed takes its own learner's photos with it, and no other's. */
  g_assert_true (xs_learner_key_destroy (f->storage, XS_SAMPLE_STUNUM, &error));
  g_assert_true (xs_learner_key_destroy (f->storage, XS_SAMPLE_STUNUM, &error));
  g_assert_no_error (error);
  assert_gone (f, mine, XS_ERROR_NOT_FOUND);
  g_assert_cmpint (form_of (f, theirs, their_photo), ==, XS_PLATFORM_PHOTO_FILED);
}

static void
test_damaged_key (Fixture *f, gconstpointer data)
{
  guint8 key[XS_KEY_BYTES];
  g_autofree char *path = xs_learner_key_path (f->storage, XS_SAMPLE_STUNUM);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) other = g_bytes_new_static ("nonsense", 8);

  g_assert_true (xs_learner_key_load (f->storage, XS_SAMPLE_STUNUM, FALSE, key, &error));
  g_autoptr (GBytes) file = read_file (path);
  g_assert_null (memmem (g_bytes_get_data (file, NULL), g_bytes_get_size (file), key, 16));
  g_assert_true (xs_blob_write (path, other, &error));
  g_assert_false (xs_learner_key_load (f->storage, XS_SAMPLE_STUNUM, TRUE, key, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
}

static gpointer
load_key (gpointer data)
{
  Fixture *f = data;
  guint8 *key = g_malloc0 (XS_KEY_BYTES);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_learner_key_load (f->storage, "2000000000000099", TRUE, key, &error));
  g_assert_no_error (error);
  return key;
}

/* Whoever makes the key first, all get the same. */
static void
test_one_key (Fixture *f, gconstpointer data)
{
  GThread *threads[8];
  guint8 *keys[G_N_ELEMENTS (threads)];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("key", load_key, f);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    keys[i] = g_thread_join (threads[i]);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_assert_cmpmem (keys[i], XS_KEY_BYTES, keys[0], XS_KEY_BYTES);
      if (i > 0)
        g_free (keys[i]);
    }
  g_free (keys[0]);
}

static GMutex flushed_mutex;
static GHashTable *flushed; /* paths; NULL: nobody asks */

/* In the place of the C library's, which it does the work of: notes what is flushed. */
int
fsync (int fd)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&flushed_mutex);
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);

  if (flushed != NULL)
    g_hash_table_add (flushed, g_file_read_link (link, NULL));
  return (int) syscall (SYS_fsync, fd);
}

static void
note_flushes (gboolean on)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&flushed_mutex);

  g_clear_pointer (&flushed, g_hash_table_unref);
  if (on)
    flushed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static gboolean
was_flushed (const char *path)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&flushed_mutex);

  return g_hash_table_contains (flushed, path);
}

/* A key that another process has made may not be on the disk yet: it is, before anything is locked with it. */
static void
test_key_of_another (Fixture *f, gconstpointer data)
{
  static const char stunum[] = "2000000000000042";
  guint8 first[XS_KEY_BYTES], second[XS_KEY_BYTES];
  g_autofree char *path = xs_learner_key_path (f->storage, stunum);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_learner_key_load (f->storage, stunum, TRUE, first, &error));
  g_autoptr (XsPlatformStorage) other = xs_platform_storage_open (f->dir, f->clock, &error);
  g_assert_no_error (error);
  g_autofree char *real = realpath (path, NULL);
  g_autofree char *folder = g_path_get_dirname (real);
  note_flushes (TRUE);
  g_assert_true (xs_learner_key_load (other, stunum, TRUE, second, &error));
  g_assert_true (was_flushed (folder));
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
  /* Once is enough, until it is another one. */
  note_flushes (TRUE);
  g_assert_true (xs_learner_key_load (other, stunum, TRUE, second, &error));
  g_assert_false (was_flushed (folder));
  g_assert_true (xs_learner_key_destroy (f->storage, stunum, &error));
  g_assert_true (xs_learner_key_load (f->storage, stunum, TRUE, first, &error));
  note_flushes (TRUE);
  g_assert_true (xs_learner_key_load (other, stunum, TRUE, second, &error));
  g_assert_true (was_flushed (folder));
  note_flushes (FALSE);
}

/* A folder that a process made and died before it flushed the one around it: a power cut takes it with all in it. */
static void
test_folder_of_a_crash (Fixture *f, gconstpointer data)
{
  static const char stunum[] = "2000000000000042";
  const char *const parents[] = { "photos", "registration", "keys/learner" };
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) sealed = make_photo (f, 1, &sha256);
  g_autoptr (GBytes) jpeg = g_bytes_new_static ("\xff\xd8\xff\xe0 another face", 17);
  g_autofree char *registered = xs_sha256_hex (g_bytes_get_data (jpeg, NULL), g_bytes_get_size (jpeg));
  const char *const names[] = { sha256, registered, stunum + XS_UNIFIED_DIGITS - 2 };
  g_autofree char *dir = realpath (f->dir, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parents); i++)
    {
      g_autofree char *folder = g_strdup_printf ("%s/%s/%.2s", f->dir, parents[i], names[i]);
      g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
    }
  note_flushes (TRUE);
  put_photo (f, sha256, sealed, 201);
  g_assert_true (xs_platform_storage_add_learner (f->storage, stunum, "李四", jpeg, &error));
  g_assert_no_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (parents); i++)
    {
      g_autofree char *parent = g_build_filename (dir, parents[i], NULL);
      g_assert_true (was_flushed (parent));
    }
  note_flushes (FALSE);
}

/* A registration photo of before there were keys of learners. */
static void
test_old_registration_photo (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (f->dir, "registration", NULL);
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (f->storage, &error);
  const char *sha256 = g_array_index (learners, XsWireLearner, 0).photo_sha256;
  g_autoptr (GBytes) jpeg = xs_platform_storage_read_registration_photo (f->storage, sha256, &reader, &error);
  g_autofree char *shard = g_strndup (sha256, 2);
  g_autofree char *old_path = g_build_filename (folder, shard, sha256, NULL);
  g_autofree char *new_path = g_strconcat (old_path, "-" XS_SAMPLE_STUNUM, NULL);
  g_autoptr (GBytes) sealed = xs_seal (xs_platform_storage_get_seal_key (f->storage)->public_key, jpeg);

  g_assert_no_error (error);
  xs_platform_fixture_stop (f);
  g_assert_cmpint (g_unlink (new_path), ==, 0);
  g_assert_true (xs_blob_write (old_path, sealed, &error));
  xs_platform_fixture_start (f);
  g_autoptr (GBytes) before = xs_platform_storage_read_registration_photo (f->storage, sha256, &reader, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (before, jpeg));
  while (g_file_test (old_path, G_FILE_TEST_EXISTS))
    g_thread_yield ();
  g_assert_cmpuint (xs_count_files (folder), ==, 1);
  g_autoptr (GBytes) after = xs_platform_storage_read_registration_photo (f->storage, sha256, &reader, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (after, jpeg));
}

static gboolean
note_read (const XsPlatformPhotoRead *photo_read, gpointer data, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%s %s %.4s %s %d", photo_read->who, photo_read->why, photo_read->sha256,
                                           photo_read->stunum, photo_read->registration);

  g_ptr_array_add (data, g_steal_pointer (&text));
  return TRUE;
}

/* Every reading, by whomever, is a row; a look at whether all is well is none, and no row ever goes. */
static void
test_readings (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) sealed = make_photo (f, 1, &sha256);
  g_autofree char *out = g_build_filename (f->dir, "out", NULL);
  g_autoptr (GPtrArray) reads = g_ptr_array_new_with_free_func (g_free);
  g_auto (XsPlatformChecked) checked = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (f->storage, &error);
  const char *registration = g_array_index (learners, XsWireLearner, 0).photo_sha256;
  g_autofree char *registration_path = xs_wire_path_registration_photo (registration);

  put_photo (f, sha256, sealed, 201);
  put_log (f, 1, XS_SAMPLE_STUNUM, sha256);
  xs_platform_fixture_file_photos (f);
  g_assert_true (xs_platform_check (f->storage, FALSE, &checked, &error));
  g_assert_cmpuint (checked.problems->len, ==, 0);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", registration_path, NULL);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_true (xs_platform_export (f->storage, out, NULL, &error));
  g_autoptr (GBytes) jpeg = xs_platform_storage_read_photo (f->storage, sha256, &reader, &error);
  assert_gone (f, registration, XS_ERROR_NOT_FOUND);
  g_assert_no_error (error);

  g_assert_true (xs_platform_storage_foreach_photo_read (f->storage, note_read, reads, &error));
  g_assert_cmpuint (reads->len, ==, 3);
  g_autofree char *by_device =
    g_strdup_printf ("device:" XS_SAMPLE_DEVNUM " roster %.4s " XS_SAMPLE_STUNUM " 1", registration);
  g_autofree char *by_export =
    g_strdup_printf ("command:%s export %.4s " XS_SAMPLE_STUNUM " 0", g_get_user_name (), sha256);
  g_autofree char *by_person = g_strdup_printf ("person:wang review %.4s " XS_SAMPLE_STUNUM " 0", sha256);
  g_assert_cmpstr (g_ptr_array_index (reads, 0), ==, by_device);
  g_assert_cmpstr (g_ptr_array_index (reads, 1), ==, by_export);
  g_assert_cmpstr (g_ptr_array_index (reads, 2), ==, by_person);

  g_autofree char *removing = xs_platform_fixture_refusal (f, "DELETE FROM photo_read");
  g_autofree char *changing = xs_platform_fixture_refusal (f, "UPDATE photo_read SET who = 'nobody'");
  g_assert_cmpstr (removing, ==, "who looked at a photo is never forgotten");
  g_assert_cmpstr (changing, ==, "who looked at a photo never changes");
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/photos/" name, Fixture, NULL, xs_platform_fixture_set_up, func, xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("filed", test_filed);
  ADD ("filed-again", test_filed_again);
  ADD ("filed-at-start", test_filed_at_start);
  ADD ("unreadable", test_unreadable);
  ADD ("disguised", test_disguised);
  ADD ("keys-apart", test_keys_apart);
  ADD ("damaged-key", test_damaged_key);
  ADD ("one-key", test_one_key);
  ADD ("key-of-another", test_key_of_another);
  ADD ("folder-of-a-crash", test_folder_of_a_crash);
  ADD ("old-registration-photo", test_old_registration_photo);
  ADD ("readings", test_readings);
  return g_test_run ();
}
