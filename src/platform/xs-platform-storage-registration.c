/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-storage-private.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-learner-keys.h"
#include "xs-platform-register.h"

#include <string.h>

/* One file a learner, also of those who brought the same picture: each goes with its learner's key. */
char *
xs_storage_registration_path (XsPlatformStorage *storage, const char *sha256, const char *stunum)
{
  g_autofree char *path = xs_storage_path (storage->registration_dir, sha256);

  return g_strconcat (path, "-", stunum, NULL);
}

static gboolean
write_locked (XsPlatformStorage *storage, const char *stunum, const char *sha256, GBytes *jpeg, GError **error)
{
  g_autofree char *path = xs_storage_registration_path (storage, sha256, stunum);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_autoptr (GBytes) file = xs_photo_file_lock (storage, stunum, sha256, NULL, jpeg, error);
  return file != NULL && xs_storage_ensure_folder_of (storage, path, error) && xs_blob_write (path, file, error);
}

gboolean
xs_storage_check_registration_photo (GBytes *jpeg, char **sha256, GError **error)
{
  static const guint8 magic[] = { 0xff, 0xd8, 0xff };
  gsize size;
  const guint8 *data = g_bytes_get_data (jpeg, &size);

  if (size < sizeof magic || memcmp (data, magic, sizeof magic) != 0 || size > XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "The registration photo must be a JPEG file of at most %d KiB",
                   XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES / 1024);
      return FALSE;
    }
  *sha256 = xs_sha256_hex (data, size);
  return TRUE;
}

/* The file of before there were keys of learners, once all learners who have this photo have their own. */
static gboolean
drop_sealed (XsPlatformStorage *storage, const char *sha256, GError **error)
{
  g_autofree char *path = xs_storage_path (storage->registration_dir, sha256);

  return xs_blob_remove (path, error);
}

gboolean
xs_storage_drop_registration_photo (XsPlatformStorage *storage, const char *stunum, const char *sha256, GError **error)
{
  gint64 count;
  g_autofree char *path = xs_storage_registration_path (storage, sha256, stunum);

  if (!xs_blob_remove (path, error)
      || !xs_sql_query_int (storage->sql, &count, 0, "SELECT count (*) FROM learner WHERE photo_sha256 = ?", error, "s",
                            sha256))
    return FALSE;
  return count > 0 || drop_sealed (storage, sha256, error);
}

static gboolean
find_photo (XsPlatformStorage *storage, const char *stunum, char **sha256, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql, "SELECT photo_sha256 FROM learner WHERE stunum = ?", error, "s", stunum);

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  *sha256 = has_row ? xs_sql_row_dup_string (row, 0) : NULL;
  return TRUE;
}

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformLearnerChange *change;
  const char *sha256; /* (nullable): of a new photo */
  char *obsolete;     /* of the photo that it replaces */
  XsSqlFunc also;     /* (nullable) */
  gpointer also_data;
  gboolean *added;
} ChangeCall;

static gboolean
change_learner (XsSql *sql, gpointer data, GError **error)
{
  ChangeCall *call = data;
  const XsPlatformLearnerChange *change = call->change;
  gint64 count;

  g_clear_pointer (&call->obsolete, g_free);
  if (call->also != NULL && !call->also (sql, call->also_data, error))
    return FALSE;
  if (!xs_sql_query_int (sql, &count, 0, "SELECT count (*) FROM learner WHERE stunum = ?", error, "s", change->stunum)
      || !find_photo (call->storage, change->stunum, &call->obsolete, error)
      || !xs_sql_run (sql,
                      "INSERT INTO learner (stunum, name, photo_sha256, added_us) VALUES (?, ?, ?, ?)"
                      " ON CONFLICT (stunum) DO UPDATE SET name = excluded.name, erased_us = NULL,"
                      " photo_sha256 = coalesce (excluded.photo_sha256, learner.photo_sha256)",
                      error, "sssi", change->stunum, change->name, call->sha256,
                      xs_clock_wall_us (call->storage->clock)))
    return FALSE;
  if (call->sha256 == NULL || g_strcmp0 (call->obsolete, call->sha256) == 0)
    g_clear_pointer (&call->obsolete, g_free);
  *call->added = count == 0;
  /* The file last: what is refused leaves none, and before the commit: no row is without it. */
  return (change->coachnum == NULL
          || xs_platform_storage_set_coach (call->storage, change->stunum, change->coachnum, error))
         && (change->active_check == NULL
             || xs_platform_storage_set_active_check (call->storage, change->stunum,
                                                      strcmp (change->active_check, "on") == 0, error))
         && (call->sha256 == NULL || write_locked (call->storage, change->stunum, call->sha256, change->jpeg, error));
}

gboolean
xs_storage_change_learner_and (XsPlatformStorage *storage, const XsPlatformLearnerChange *change, XsSqlFunc also,
                               gpointer data, gboolean *added, GError **error)
{
  g_autofree char *sha256 = NULL;

  if (!xs_number_check (change->stunum, XS_UNIFIED_DIGITS, "stunum", error)
      || !xs_storage_check_text ("learner's name", change->name, sizeof (((XsWireLearner *) NULL)->name) - 1, error))
    return FALSE;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&storage->registration_mutex);
  if (change->jpeg != NULL && !xs_storage_check_registration_photo (change->jpeg, &sha256, error))
    return FALSE;
  ChangeCall call = {
    .storage = storage, .change = change, .sha256 = sha256, .also = also, .also_data = data, .added = added
  };
  gboolean done = xs_sql_transaction (storage->sql, change_learner, &call, error);
  g_autofree char *obsolete = call.obsolete;
  return done && (obsolete == NULL || xs_storage_drop_registration_photo (storage, change->stunum, obsolete, error));
}

gboolean
xs_platform_storage_change_learner (XsPlatformStorage *storage, const XsPlatformLearnerChange *change, gboolean *added,
                                    GError **error)
{
  return xs_storage_change_learner_and (storage, change, NULL, NULL, added, error);
}

gboolean
xs_platform_storage_add_learner (XsPlatformStorage *storage, const char *stunum, const char *name, GBytes *jpeg,
                                 GError **error)
{
  const XsPlatformLearnerChange change = { .stunum = stunum, .name = name, .jpeg = jpeg };
  gboolean added;

  return xs_platform_storage_change_learner (storage, &change, &added, error);
}

/* The JPEG of a learner's photo in whichever form it lies there. */
static GBytes *
open_photo (XsPlatformStorage *storage, const char *stunum, const char *sha256, GError **error)
{
  guint8 ephemeral[XS_KEY_BYTES];
  g_autofree char *path = xs_storage_registration_path (storage, sha256, stunum);
  g_autofree char *sealed_path = xs_storage_path (storage->registration_dir, sha256);
  gboolean locked = g_file_test (path, G_FILE_TEST_EXISTS);
  g_autoptr (GBytes) file =
    xs_blob_read (locked ? path : sealed_path, XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES + XS_PHOTO_FILE_EXTRA_BYTES, error);
  g_autoptr (GBytes) jpeg = NULL;

  if (file != NULL)
    jpeg = locked ? xs_photo_file_open (storage, file, sha256, ephemeral, error)
                  : xs_unseal (&storage->seal_key, file, error);
  if (jpeg == NULL)
    return NULL;
  g_autofree char *actual = xs_sha256_hex (g_bytes_get_data (jpeg, NULL), g_bytes_get_size (jpeg));
  if (strcmp (actual, sha256) == 0)
    return g_steal_pointer (&jpeg);
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s holds another photo than its name says", path);
  return NULL;
}

gboolean
xs_platform_storage_check_registration_photo (XsPlatformStorage *storage, const char *stunum, const char *sha256,
                                              GError **error)
{
  g_autoptr (GBytes) jpeg = open_photo (storage, stunum, sha256, error);

  return jpeg != NULL;
}

/* @usable: only of somebody whose photo it may be compared with */
static char *
find_owner (XsPlatformStorage *storage, const char *sha256, gboolean usable, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    usable ? "SELECT stunum FROM learner WHERE photo_sha256 = ? AND erased_us IS NULL AND NOT EXISTS"
                             " (SELECT 1 FROM registration WHERE registration.stunum = learner.stunum"
                             "  AND registration.sha256 = learner.photo_sha256 AND registration.state <> 'approved')"
                             " ORDER BY stunum LIMIT 1"
                           : "SELECT stunum FROM learner WHERE photo_sha256 = ? ORDER BY stunum LIMIT 1",
                    error, "s", sha256);

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return NULL;
  if (has_row)
    return xs_sql_row_dup_string (row, 0);
  g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No learner has the registration photo %s", sha256);
  return NULL;
}

static GBytes *
read_photo (XsPlatformStorage *storage, const char *sha256, gboolean usable, const XsPlatformReader *reader,
            GError **error)
{
  g_autofree char *stunum = find_owner (storage, sha256, usable, error);
  g_autoptr (GBytes) jpeg = stunum != NULL ? open_photo (storage, stunum, sha256, error) : NULL;

  if (jpeg == NULL || !xs_storage_record_reading (storage, sha256, stunum, TRUE, reader, error))
    return NULL;
  return g_steal_pointer (&jpeg);
}

GBytes *
xs_platform_storage_read_registration_photo (XsPlatformStorage *storage, const char *sha256,
                                             const XsPlatformReader *reader, GError **error)
{
  return read_photo (storage, sha256, FALSE, reader, error);
}

GBytes *
xs_platform_storage_read_usable_photo (XsPlatformStorage *storage, const char *sha256, const XsPlatformReader *reader,
                                       GError **error)
{
  return read_photo (storage, sha256, TRUE, reader, error);
}

gboolean
xs_platform_storage_file_registration_photos (XsPlatformStorage *storage, GError **error)
{
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (storage, error);

  for (guint i = 0; learners != NULL && i < learners->len; i++)
    {
      const XsWireLearner *learner = &g_array_index (learners, XsWireLearner, i);
      g_autoptr (GError) local_error = NULL;
      g_autofree char *path = xs_storage_registration_path (storage, learner->photo_sha256, learner->stunum);
      if (learner->photo_sha256[0] == '\0' || g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      g_autoptr (GBytes) jpeg = open_photo (storage, learner->stunum, learner->photo_sha256, &local_error);
      /* What does not open is left as it is, for fsck to name. */
      if (jpeg != NULL && !write_locked (storage, learner->stunum, learner->photo_sha256, jpeg, error))
        return FALSE;
    }
  for (guint i = 0; learners != NULL && i < learners->len; i++)
    {
      const XsWireLearner *learner = &g_array_index (learners, XsWireLearner, i);
      g_autofree char *path = xs_storage_registration_path (storage, learner->photo_sha256, learner->stunum);
      if (learner->photo_sha256[0] != '\0' && g_file_test (path, G_FILE_TEST_EXISTS)
          && !drop_sealed (storage, learner->photo_sha256, error))
        return FALSE;
    }
  return learners != NULL;
}
