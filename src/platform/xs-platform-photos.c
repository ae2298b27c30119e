/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-photos.h"

#include "xs-blob.h"
#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-platform-learner-keys.h"
#include "xs-platform-storage-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define FILED_AT_A_TIME 100 /* logs */

/* A photo as it lies on disk: what its sealed bytes or its JPEG are made from. */
typedef struct {
  XsPlatformPhotoForm form;
  GBytes *file;
  GBytes *jpeg;                       /* (nullable) */
  char stunum[XS_UNIFIED_DIGITS + 1]; /* FILED */
  guint8 ephemeral[XS_KEY_BYTES];
} Photo;

static void
photo_clear (Photo *photo)
{
  g_clear_pointer (&photo->file, g_bytes_unref);
  g_clear_pointer (&photo->jpeg, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Photo, photo_clear)

gboolean
xs_storage_has_hash (GBytes *bytes, const char *sha256)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree char *actual = xs_sha256_hex (data != NULL ? data : "", size);

  return strcmp (actual, sha256) == 0;
}

static gboolean
read_file (XsPlatformStorage *storage, const char *sha256, Photo *photo, GError **error)
{
  g_autofree char *path = xs_storage_path (storage->photo_dir, sha256);

  photo->file = xs_blob_read (path, XS_WIRE_PHOTO_MAX_BYTES + XS_PHOTO_FILE_EXTRA_BYTES, error);
  if (photo->file == NULL)
    return FALSE;
  /* The hash decides, not the look: anybody may send a file that looks filed. */
  photo->form = xs_storage_has_hash (photo->file, sha256) ? XS_PLATFORM_PHOTO_SEALED : XS_PLATFORM_PHOTO_FILED;
  if (photo->form == XS_PLATFORM_PHOTO_SEALED || xs_photo_file_owner (photo->file, photo->stunum))
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s is damaged: its hash is not its name", path);
  return FALSE;
}

static gboolean
load (XsPlatformStorage *storage, const char *sha256, Photo *photo, GError **error)
{
  if (!read_file (storage, sha256, photo, error))
    return FALSE;
  if (photo->form == XS_PLATFORM_PHOTO_FILED)
    photo->jpeg = xs_photo_file_open (storage, photo->file, sha256, photo->ephemeral, error);
  return photo->form == XS_PLATFORM_PHOTO_SEALED || photo->jpeg != NULL;
}

GBytes *
xs_platform_storage_get_sealed_photo (XsPlatformStorage *storage, const char *sha256, XsPlatformPhotoForm *form,
                                      GError **error)
{
  g_auto (Photo) photo = { 0 };

  if (!load (storage, sha256, &photo, error))
    return NULL;
  if (form != NULL)
    *form = photo.form;
  if (photo.form == XS_PLATFORM_PHOTO_SEALED)
    return g_steal_pointer (&photo.file);
  g_autoptr (GBytes) sealed = xs_reseal (&storage->seal_key, photo.ephemeral, photo.jpeg);
  if (xs_storage_has_hash (sealed, sha256))
    return g_steal_pointer (&sealed);
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "Photo %s is not the one that its name stands for", sha256);
  return NULL;
}

gboolean
xs_storage_record_reading (XsPlatformStorage *storage, const char *sha256, const char *stunum, gboolean registration,
                           const XsPlatformReader *reader, GError **error)
{
  return xs_sql_run (storage->sql,
                     "INSERT INTO photo_read (read_us, who, why, sha256, stunum, registration)"
                     " VALUES (?, ?, ?, ?, ?, ?)",
                     error, "issssi", xs_clock_wall_us (storage->clock), reader->who, reader->why, sha256, stunum,
                     (gint64) (registration ? 1 : 0));
}

GBytes *
xs_platform_storage_read_photo (XsPlatformStorage *storage, const char *sha256, const XsPlatformReader *reader,
                                GError **error)
{
  g_auto (Photo) photo = { 0 };

  if (!load (storage, sha256, &photo, error))
    return NULL;
  if (photo.form == XS_PLATFORM_PHOTO_SEALED
      && (photo.jpeg = xs_unseal (&storage->seal_key, photo.file, error)) == NULL)
    {
      g_prefix_error (error, "Photo %s: ", sha256);
      return NULL;
    }
  return xs_storage_record_reading (storage, sha256, photo.stunum, FALSE, reader, error) ? g_steal_pointer (&photo.jpeg)
                                                                                         : NULL;
}

gboolean
xs_platform_storage_is_photo_of_coach (XsPlatformStorage *storage, const char *sha256, const char *coachnum,
                                       gboolean *is, GError **error)
{
  gint64 count;

  if (!xs_sql_query_int (storage->sql, &count, 0,
                         "SELECT count (*) FROM log_photo JOIN log ON log.id = log_photo.log_id"
                         " JOIN learner ON learner.stunum = log.stunum"
                         " WHERE log_photo.sha256 = ? AND learner.coachnum = ? AND learner.coachnum <> ''",
                         error, "ss", sha256, coachnum))
    return FALSE;
  *is = count > 0;
  return TRUE;
}

/* Through the incoming folder, which is emptied at each start: nothing is left beside the photos by a crash. */
static gboolean
replace (XsPlatformStorage *storage, const char *path, GBytes *file, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *temporary = g_strconcat (storage->incoming_dir, G_DIR_SEPARATOR_S "filing-", uuid, NULL);

  if (!xs_blob_write (temporary, file, error))
    return FALSE;
  xs_crash_point ("photo-locked");
  if (g_rename (temporary, path) != 0)
    {
      int saved_errno = errno;
      g_unlink (temporary);
      return xs_storage_fail (error, saved_errno, "write", path);
    }
  return xs_dir_flush (folder, error);
}

static gboolean
file_photo (XsPlatformStorage *storage, const char *sha256, const char *stunum, gboolean *filed, GError **error)
{
  g_auto (Photo) photo = { 0 };

  *filed = FALSE;
  if (!read_file (storage, sha256, &photo, error))
    return FALSE;
  if (photo.form == XS_PLATFORM_PHOTO_FILED)
    return TRUE;
  g_autoptr (GBytes) jpeg = xs_unseal (&storage->seal_key, photo.file, NULL);
  /* Whole, and sealed to another key: it opens no later either. */
  if (jpeg == NULL)
    return TRUE;
  g_autoptr (GBytes) file = xs_photo_file_lock (storage, stunum, sha256, xs_seal_ephemeral (photo.file), jpeg, error);
  g_autofree char *path = xs_storage_path (storage->photo_dir, sha256);
  *filed = file != NULL && replace (storage, path, file, error);
  return *filed;
}

typedef struct {
  gint64 log_id;
  char stunum[XS_UNIFIED_DIGITS + 1];
  char sha256[65];
  gboolean erased; /* the learner */
} Waiting;

/* Of the first logs behind @after_id. */
static GArray *
list_waiting (XsPlatformStorage *storage, gint64 after_id, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) waiting = g_array_new (FALSE, TRUE, sizeof (Waiting));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT first.log_id, first.stunum, log_photo.sha256, learner.erased_us IS NOT NULL"
                    " FROM (SELECT log_id, stunum FROM filing WHERE log_id > ? ORDER BY log_id LIMIT ?) AS first"
                    " LEFT JOIN learner ON learner.stunum = first.stunum"
                    " LEFT JOIN log_photo ON log_photo.log_id = first.log_id"
                    "  AND NOT EXISTS (SELECT 1 FROM photo_gone WHERE photo_gone.sha256 = log_photo.sha256)"
                    " ORDER BY first.log_id",
                    error, "ii", after_id, (gint64) FILED_AT_A_TIME);

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    {
      Waiting one = { .log_id = xs_sql_row_int (row, 0), .erased = xs_sql_row_int (row, 3) != 0 };
      g_strlcpy (one.stunum, xs_sql_row_string (row, 1), sizeof one.stunum);
      if (!xs_sql_row_is_null (row, 2))
        g_strlcpy (one.sha256, xs_sql_row_string (row, 2), sizeof one.sha256);
      g_array_append_val (waiting, one);
    }
  return ok ? g_steal_pointer (&waiting) : NULL;
}

/* @done: ids of logs with commas between */
static gboolean
end_waiting (XsPlatformStorage *storage, const GString *done, GError **error)
{
  g_autofree char *text =
    g_strdup_printf ("DELETE FROM filing WHERE log_id IN (SELECT cast (item AS BIGINT) FROM (%s) AS items)",
                     xs_sql_get_items (storage->sql));

  return done->len == 0 || xs_sql_run (storage->sql, text, error, "s", done->str);
}

/* What fails for all photos, and not for this one. */
static gboolean
stops_filing (const GError *error)
{
  return g_error_matches (error, XS_ERROR, XS_ERROR_NO_SPACE) || g_error_matches (error, XS_ERROR, XS_ERROR_BUSY)
         || g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED);
}

/* Late photos of who was erased are no more to be kept than the others. @waits: (inout): set when this one must */
static gboolean
file_one (XsPlatformStorage *storage, const Waiting *one, guint *n_filed, gboolean *waits, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean filed = FALSE;

  if (one->sha256[0] == '\0')
    return TRUE;
  if (one->erased ? xs_storage_remove_photo (storage, one->sha256, "erased", &local_error)
                  : file_photo (storage, one->sha256, one->stunum, &filed, &local_error))
    {
      g_hash_table_remove (storage->unfiled, one->sha256);
      *n_filed += filed ? 1 : 0;
      return TRUE;
    }
  if (stops_filing (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  *waits = TRUE;
  if (g_hash_table_add (storage->unfiled, g_strdup (one->sha256)))
    g_message ("Photo %s of log %" G_GINT64_FORMAT " waits to be filed: %s; make the file readable, or restore it",
               one->sha256, one->log_id, local_error->message);
  return TRUE;
}

/* @done: (out): the logs of which no photo waits any more, also when it fails later */
static gboolean
file_all (XsPlatformStorage *storage, const GArray *waiting, GCancellable *cancellable, guint *n_filed, GString *done,
          GError **error)
{
  gboolean waits = FALSE; /* a photo of this log */

  for (guint i = 0; i < waiting->len; i++)
    {
      const Waiting *one = &g_array_index (waiting, Waiting, i);
      gboolean is_last = i + 1 == waiting->len || one[1].log_id != one->log_id;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          xs_error_convert (error);
          return FALSE;
        }
      if (!file_one (storage, one, n_filed, &waits, error))
        return FALSE;
      if (is_last && !waits)
        g_string_append_printf (done, "%s%" G_GINT64_FORMAT, done->len > 0 ? "," : "", one->log_id);
      waits = waits && !is_last;
    }
  return TRUE;
}

gboolean
xs_platform_storage_file_photos (XsPlatformStorage *storage, GCancellable *cancellable, guint *n_filed, GError **error)
{
  g_autoptr (GMutexLocker) filing G_GNUC_UNUSED = g_mutex_locker_new (&storage->filing_mutex);
  gint64 after_id = 0;

  *n_filed = 0;
  for (;;)
    {
      g_autoptr (GArray) waiting = list_waiting (storage, after_id, error);
      g_autoptr (GString) done = g_string_new (NULL);
      if (waiting == NULL || waiting->len == 0)
        return waiting != NULL;
      gboolean ok = file_all (storage, waiting, cancellable, n_filed, done, error);
      if (!end_waiting (storage, done, ok ? error : NULL) || !ok)
        return FALSE;
      after_id = g_array_index (waiting, Waiting, waiting->len - 1).log_id;
      xs_crash_point ("photos-filed");
    }
}

gboolean
xs_platform_storage_foreach_photo_read (XsPlatformStorage *storage, XsPlatformPhotoReadFunc func, gpointer data,
                                        GError **error)
{
  gboolean ok;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT read_us, who, why, sha256, stunum, registration FROM photo_read ORDER BY read_us, id",
                    error, "");

  if (row == NULL)
    return FALSE;
  while (xs_sql_row_next (row, &ok, error))
    {
      const XsPlatformPhotoRead photo_read = { .time_us = xs_sql_row_int (row, 0),
                                               .who = xs_sql_row_string (row, 1),
                                               .why = xs_sql_row_string (row, 2),
                                               .sha256 = xs_sql_row_string (row, 3),
                                               .stunum = xs_sql_row_string (row, 4),
                                               .registration = xs_sql_row_int (row, 5) != 0 };
      if (!func (&photo_read, data, error))
        return FALSE;
    }
  return ok;
}
