/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* renameat2() */
#include "xs-platform-storage-private.h"

#include "xs-blob.h"
#include "xs-crash-point.h"
#include "xs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *
xs_platform_storage_get_incoming_dir (XsPlatformStorage *storage)
{
  return storage->incoming_dir;
}

static gboolean
flush_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return xs_storage_fail (error, errno, "open", path);
  int result = fsync (fd);
  int saved_errno = errno;
  close (fd);
  return result == 0 || xs_storage_fail (error, saved_errno, "flush", path);
}

/*
 * A new file is flushed under its new name, which costs a quarter less than before it has one. Until the row that
 * follows nobody takes what lies there for a photo. A file that is there already is only replaced by one that is on the
 * disk: it may be a photo that was acknowledged.
 */
static gboolean
move_into_place (XsPlatformStorage *storage, const char *spool_path, const char *path, gboolean is_new, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  xs_crash_point ("upload-received");
  if (!xs_storage_ensure_folder_of (storage, path, error))
    return FALSE;
  /* Where the file system has no such call, the other way is as good. */
  gboolean is_named = is_new && renameat2 (AT_FDCWD, spool_path, AT_FDCWD, path, RENAME_NOREPLACE) == 0;
  if (is_named)
    xs_crash_point ("upload-named");
  if (!flush_file (is_named ? path : spool_path, error))
    return FALSE;
  xs_crash_point ("upload-flushed");
  /* Two uploads of one photo may meet here: the files are the same, so whichever comes last does no harm. */
  if (!is_named && g_rename (spool_path, path) != 0)
    return xs_storage_fail (error, errno, "write", path);
  return xs_dir_flush (folder, error);
}

/* @is_kept: whether it has a row, and its file or one that says why there is none. */
static gboolean
has_photo (XsPlatformStorage *storage, const char *sha256, gboolean *has_row, gboolean *is_kept, GError **error)
{
  g_autofree char *path = xs_storage_path (storage->photo_dir, sha256);
  gint64 count;

  if (!xs_sql_query_int (storage->sql, &count, 0, "SELECT count (*) FROM photo WHERE sha256 = ?", error, "s", sha256))
    return FALSE;
  *has_row = count > 0;
  *is_kept = *has_row && g_file_test (path, G_FILE_TEST_EXISTS);
  if (!*has_row || *is_kept)
    return TRUE;
  if (!xs_sql_query_int (storage->sql, &count, 0, "SELECT count (*) FROM photo_gone WHERE sha256 = ?", error, "s",
                         sha256))
    return FALSE;
  *is_kept = count > 0;
  return TRUE;
}

typedef struct {
  XsPlatformStorage *storage;
  const char *sha256;
  gint64 size_bytes;
  gint64 device_id;
  gboolean is_new; /* had no row just before; not known any more once its transaction was run */
  gboolean *created;
} RecordCall;

/* Nothing waits for an answer: those that are recorded together go to the server at once. */
static gboolean
record_new (XsSql *sql, RecordCall *call, GError **error)
{
  *call->created = TRUE;
  return xs_sql_add (sql, "INSERT INTO photo (sha256, size_bytes, device_id, received_us) VALUES (?, ?, ?, ?)", error,
                     "siii", call->sha256, call->size_bytes, call->device_id, xs_clock_wall_us (call->storage->clock));
}

static gboolean
record_photo (XsSql *sql, gpointer data, GError **error)
{
  RecordCall *call = data;
  gboolean is_new = call->is_new;

  call->is_new = FALSE;
  if (is_new)
    return record_new (sql, call, error);
  if (!xs_sql_run (sql,
                   "INSERT INTO photo (sha256, size_bytes, device_id, received_us) VALUES (?, ?, ?, ?)"
                   " ON CONFLICT DO NOTHING",
                   error, "siii", call->sha256, call->size_bytes, call->device_id,
                   xs_clock_wall_us (call->storage->clock)))
    return FALSE;
  *call->created = xs_sql_changes (sql) > 0;
  /* One that came again may lie over one that was filed. */
  return *call->created
         || xs_sql_run (sql,
                        "INSERT INTO filing (log_id, stunum) SELECT log.id, log.stunum FROM log_photo"
                        " JOIN log ON log.id = log_photo.log_id WHERE log_photo.sha256 = ? ON CONFLICT DO NOTHING",
                        error, "s", call->sha256);
}

/* Two may upload one photo at the same moment: the second finds its key taken, and looks again. */
static gboolean
record (RecordCall *call, GError **error)
{
  XsSql *sql = call->storage->sql;
  g_autoptr (GError) refused = NULL;

  if (xs_sql_transaction_by_keys (sql, record_photo, call, &refused))
    return TRUE;
  if (g_error_matches (refused, XS_ERROR, XS_ERROR_EXISTS))
    return xs_sql_transaction_by_keys (sql, record_photo, call, error);
  g_propagate_error (error, g_steal_pointer (&refused));
  return FALSE;
}

gboolean
xs_platform_storage_keep_photo (XsPlatformStorage *storage, const char *sha256, const char *spool_path,
                                gint64 size_bytes, gint64 device_id, gboolean *created, GError **error)
{
  gboolean has_row, found;
  g_autofree char *path = xs_storage_path (storage->photo_dir, sha256);

  *created = FALSE;
  if (!has_photo (storage, sha256, &has_row, &found, error))
    return FALSE;
  /* A row whose file was lost is healed by the upload. */
  if (found)
    {
      g_unlink (spool_path);
      return TRUE;
    }
  if (!move_into_place (storage, spool_path, path, !has_row, error))
    {
      g_unlink (spool_path);
      return FALSE;
    }

  xs_crash_point ("upload-filed");
  RecordCall call = { storage, sha256, size_bytes, device_id, !has_row, created };
  if (!record (&call, error))
    return FALSE;
  xs_crash_point ("upload-recorded");
  return TRUE;
}

/* (transfer full): those of @photos that have rows, as a set. */
static GHashTable *
find_rows (XsPlatformStorage *storage, const GPtrArray *photos, GError **error)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text =
    g_strdup_printf ("SELECT sha256 FROM photo WHERE sha256 IN (%s)", xs_sql_get_items (storage->sql));
  g_autoptr (GString) items = g_string_new (NULL);
  gboolean ok;

  for (guint i = 0; i < photos->len; i++)
    g_string_append_printf (items, "%s%s", i > 0 ? "," : "", (const char *) g_ptr_array_index (photos, i));
  g_autoptr (XsSqlRow) row = xs_sql_prepare (storage->sql, text, error, "s", items->str);
  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    g_hash_table_add (found, xs_sql_row_dup_string (row, 0));
  return ok ? g_steal_pointer (&found) : NULL;
}

gboolean
xs_storage_has_photo_files (XsPlatformStorage *storage, const GPtrArray *photos)
{
  for (guint i = 0; i < photos->len; i++)
    {
      g_autofree char *path = xs_storage_path (storage->photo_dir, g_ptr_array_index (photos, i));
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return FALSE;
    }
  return TRUE;
}

GPtrArray *
xs_platform_storage_find_missing (XsPlatformStorage *storage, const GPtrArray *photos, GError **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) found = find_rows (storage, photos, error);

  if (found == NULL)
    return NULL;
  for (guint i = 0; i < photos->len; i++)
    {
      const char *sha256 = g_ptr_array_index (photos, i);
      g_autofree char *path = xs_storage_path (storage->photo_dir, sha256);
      gboolean has_row = g_hash_table_contains (found, sha256);
      gboolean is_kept = has_row && g_file_test (path, G_FILE_TEST_EXISTS);
      if (has_row && !is_kept && !has_photo (storage, sha256, &has_row, &is_kept, error))
        return NULL;
      if (!is_kept)
        g_ptr_array_add (missing, g_strdup (sha256));
    }
  return g_steal_pointer (&missing);
}

GArray *
xs_platform_storage_list_photos (XsPlatformStorage *storage, GError **error)
{
  gboolean has_row;
  g_autoptr (GArray) photos = g_array_new (FALSE, TRUE, sizeof (XsPlatformPhoto));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT photo.sha256, size_bytes, devnum, received_us, coalesce (gone_us, 0)"
                    " FROM photo JOIN device ON device.id = device_id"
                    " LEFT JOIN photo_gone ON photo_gone.sha256 = photo.sha256 ORDER BY received_us, photo.sha256",
                    error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_step (row, &has_row, error))
    {
      if (!has_row)
        return g_steal_pointer (&photos);
      XsPlatformPhoto photo = { 0 };
      g_strlcpy (photo.sha256, xs_sql_row_string (row, 0), sizeof photo.sha256);
      photo.size_bytes = xs_sql_row_int (row, 1);
      g_strlcpy (photo.devnum, xs_sql_row_string (row, 2), sizeof photo.devnum);
      photo.received_us = xs_sql_row_int (row, 3);
      photo.gone_us = xs_sql_row_int (row, 4);
      g_array_append_val (photos, photo);
    }
  return NULL;
}
