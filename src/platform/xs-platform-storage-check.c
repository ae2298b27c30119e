/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-check.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-learner-keys.h"
#include "xs-platform-storage-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* What a server that is running may be about to write a row for. */
#define IN_FLIGHT_S 600

typedef struct {
  XsPlatformStorage *storage;
  gboolean repair;
  XsPlatformChecked *checked;
  GHashTable *photos;   /* sha256 → Photo */
  GHashTable *learners; /* stunum → sha256 of the registration photo, "" or NULL when erased */
} Check;

typedef struct {
  gint64 log_id; /* 0: no log names it */
  char stunum[XS_UNIFIED_DIGITS + 1];
  gboolean waits; /* to be filed */
  gboolean gone;
} Photo;

static void G_GNUC_PRINTF (2, 3) add (Check *check, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (check->checked->problems, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static gboolean
read_photos (Check *check, GError **error)
{
  gboolean ok;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (check->storage->sql,
                    "SELECT photo.sha256, log.id, log.stunum, filing.log_id IS NOT NULL, gone_us IS NOT NULL FROM photo"
                    " LEFT JOIN log_photo ON log_photo.sha256 = photo.sha256 LEFT JOIN log ON log.id = log_photo.log_id"
                    " LEFT JOIN filing ON filing.log_id = log.id"
                    " LEFT JOIN photo_gone ON photo_gone.sha256 = photo.sha256",
                    error, "");

  if (row == NULL)
    return FALSE;
  while (xs_sql_row_next (row, &ok, error))
    {
      Photo *photo = g_new0 (Photo, 1);
      const char *stunum = xs_sql_row_string (row, 2);
      photo->log_id = xs_sql_row_int (row, 1);
      g_strlcpy (photo->stunum, stunum != NULL ? stunum : "", sizeof photo->stunum);
      photo->waits = xs_sql_row_int (row, 3) != 0;
      photo->gone = xs_sql_row_int (row, 4) != 0;
      g_hash_table_replace (check->photos, xs_sql_row_dup_string (row, 0), photo);
    }
  return ok;
}

static gboolean
read_learners (Check *check, GError **error)
{
  gboolean ok;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (check->storage->sql,
                    "SELECT stunum, CASE WHEN erased_us IS NULL THEN coalesce (photo_sha256, '') END FROM learner",
                    error, "");

  if (row == NULL)
    return FALSE;
  while (xs_sql_row_next (row, &ok, error))
    g_hash_table_replace (check->learners, xs_sql_row_dup_string (row, 0), xs_sql_row_dup_string (row, 1));
  return ok;
}

/* What is to be removed: @what is wrong unless it may be mended. */
static gboolean
remove_file (Check *check, const char *path, const char *what, GError **error)
{
  if (!check->repair)
    {
      add (check, "%s: %s", path, what);
      return TRUE;
    }
  check->checked->repaired++;
  return xs_blob_remove (path, error);
}

static gboolean
is_in_flight (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 && ABS (g_get_real_time () / G_USEC_PER_SEC - (gint64) info.st_mtime) < IN_FLIGHT_S;
}

static gboolean
file_again (Check *check, const char *sha256, const Photo *photo, GError **error)
{
  if (!check->repair)
    {
      add (check, "Photo %s is not locked with the key of learner %s", sha256, photo->stunum);
      return TRUE;
    }
  check->checked->repaired++;
  return xs_sql_run (check->storage->sql,
                     "INSERT INTO filing (log_id, stunum) VALUES (?, ?) ON CONFLICT (log_id) DO NOTHING", error, "is",
                     photo->log_id, photo->stunum);
}

static gboolean
check_photo (Check *check, const char *path, const char *name, GError **error)
{
  const Photo *photo = g_hash_table_lookup (check->photos, name);
  char owner[XS_UNIFIED_DIGITS + 1];

  check->checked->files++;
  if (photo == NULL)
    return is_in_flight (path) || remove_file (check, path, "no row says whose photo this is", error);
  if (photo->gone)
    return remove_file (check, path, "this photo was to be removed", error);
  if (photo->log_id == 0 || photo->waits)
    return TRUE;
  g_autoptr (GBytes) file = xs_blob_read (path, XS_WIRE_PHOTO_MAX_BYTES + XS_PHOTO_FILE_EXTRA_BYTES, NULL);
  if (file == NULL)
    return TRUE; /* told by who looks at the rows */
  if (!xs_photo_file_owner (file, owner))
    return file_again (check, name, photo, error);
  if (strcmp (owner, photo->stunum) != 0)
    add (check, "Photo %s is of learner %s and locked with the key of %s", name, photo->stunum, owner);
  return TRUE;
}

static gboolean
check_registration (Check *check, const char *path, const char *name, GError **error)
{
  check->checked->files++;
  const char *sha256 =
    strlen (name) == 64 + 1 + XS_UNIFIED_DIGITS ? g_hash_table_lookup (check->learners, name + 65) : NULL;
  if (sha256 != NULL && strlen (sha256) == 64 && strncmp (name, sha256, 64) == 0)
    return TRUE;
  /* Of before learners had keys, until the server has filed it. */
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, check->learners);
  while (strlen (name) == 64 && g_hash_table_iter_next (&iter, NULL, &value))
    {
      if (g_strcmp0 (value, name) == 0)
        return TRUE;
    }
  return is_in_flight (path) || remove_file (check, path, "no learner has this registration photo", error);
}

static gboolean
check_key (Check *check, const char *path, const char *name, GError **error)
{
  guint8 key[XS_KEY_BYTES];
  gpointer sha256;
  g_autoptr (GError) local_error = NULL;

  check->checked->keys++;
  if (!xs_number_is_valid (name, XS_UNIFIED_DIGITS)
      || !g_hash_table_lookup_extended (check->learners, name, NULL, &sha256))
    return is_in_flight (path) || remove_file (check, path, "this key is nobody's", error);
  if (sha256 == NULL && check->repair)
    {
      check->checked->repaired++;
      return xs_learner_key_destroy (check->storage, name, error);
    }
  if (sha256 == NULL)
    add (check, "%s: learner %s was erased, and the key is still here", path, name);
  else if (!xs_learner_key_load (check->storage, name, FALSE, key, &local_error))
    add (check, "%s", local_error->message);
  xs_cipher_forget (key, sizeof key);
  return TRUE;
}

typedef gboolean (*FileFunc) (Check *check, const char *path, const char *name, GError **error);

/* Every file two folders deep. */
static gboolean
walk (Check *check, const char *folder, FileFunc func, GError **error)
{
  g_autoptr (GDir) shards = g_dir_open (folder, 0, NULL);

  for (const char *shard; shards != NULL && (shard = g_dir_read_name (shards)) != NULL;)
    {
      g_autofree char *shard_path = g_build_filename (folder, shard, NULL);
      g_autoptr (GDir) files = g_dir_open (shard_path, 0, NULL);
      for (const char *name; files != NULL && (name = g_dir_read_name (files)) != NULL;)
        {
          g_autofree char *path = g_build_filename (shard_path, name, NULL);
          if (!func (check, path, name, error))
            return FALSE;
        }
    }
  return TRUE;
}

gboolean
xs_platform_storage_check_files (XsPlatformStorage *storage, gboolean repair, XsPlatformChecked *checked,
                                 GError **error)
{
  g_autofree char *keys = g_build_filename (storage->dir, "keys", "learner", NULL);
  g_autoptr (GHashTable) photos = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) learners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Check check = { storage, repair, checked, photos, learners };
  guint n_filed;

  return read_photos (&check, error) && read_learners (&check, error)
         && walk (&check, storage->photo_dir, check_photo, error)
         && walk (&check, storage->registration_dir, check_registration, error) && walk (&check, keys, check_key, error)
         && (!repair || xs_platform_storage_file_photos (storage, NULL, &n_filed, error));
}
