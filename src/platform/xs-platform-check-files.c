/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-check-private.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-learner-keys.h"

#include <glib/gstdio.h>
#include <string.h>

/* What a server that is running may be about to write a row for. */
#define IN_FLIGHT_S 600
#define PAGE_LEARNERS "500"
#define N_SHARDS 256
#define PHOTO_FILE_MAX_BYTES (XS_WIRE_PHOTO_MAX_BYTES + XS_PHOTO_FILE_EXTRA_BYTES)

typedef struct {
  XsPlatformStorage *storage;
  gboolean repair;
  XsPlatformChecked *checked;
  GHashTable *keyless;   /* stunum → guint *: how many files cannot be opened because the key cannot be had */
  GPtrArray *suspicious; /* char * sha256 of photos: to be looked at again in the end */
} Check;

typedef struct {
  gint64 size_bytes;
  gint64 log_id; /* 0: no log names it */
  char stunum[XS_UNIFIED_DIGITS + 1];
  gboolean waits; /* to be filed */
  gboolean gone;
  gboolean erasing; /* it goes with its learner, by and by */
} Photo;

/* What is to be removed, unless nothing may be mended. */
static gboolean
remove_file (Check *check, XsPlatformFault fault, const char *path, const char *what, GError **error)
{
  if (!check->repair)
    {
      xs_check_add (check->checked, fault, "%s: %s", path, what);
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

/* Whether the key of @stunum can be had; else one more file is counted that it does not open. */
static gboolean
has_key (Check *check, const char *stunum)
{
  guint8 key[XS_KEY_BYTES];
  gboolean has = xs_learner_key_load (check->storage, stunum, FALSE, key, NULL);

  xs_cipher_forget (key, sizeof key);
  if (has)
    return TRUE;
  guint *count = g_hash_table_lookup (check->keyless, stunum);
  if (count == NULL)
    g_hash_table_insert (check->keyless, g_strdup (stunum), count = g_new0 (guint, 1));
  ++*count;
  return FALSE;
}

/* (transfer full) (element-type utf8 Photo): by sha256, @from or more and less than @past. */
static GHashTable *
read_photos (Check *check, const char *from, const char *past, GError **error)
{
  gboolean ok;
  g_autoptr (GHashTable) photos = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (check->storage->sql,
                    "SELECT photo.sha256, size_bytes, log.id, log.stunum, filing.log_id IS NOT NULL,"
                    " gone_us IS NOT NULL, learner.erasing FROM photo"
                    " LEFT JOIN log_photo ON log_photo.sha256 = photo.sha256 LEFT JOIN log ON log.id = log_photo.log_id"
                    " LEFT JOIN filing ON filing.log_id = log.id"
                    " LEFT JOIN photo_gone ON photo_gone.sha256 = photo.sha256"
                    " LEFT JOIN learner ON learner.stunum = log.stunum"
                    " WHERE photo.sha256 >= ? AND photo.sha256 < ?",
                    error, "ss", from, past);

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    {
      Photo *photo = g_new0 (Photo, 1);
      const char *stunum = xs_sql_row_string (row, 3);
      photo->size_bytes = xs_sql_row_int (row, 1);
      photo->log_id = xs_sql_row_int (row, 2);
      g_strlcpy (photo->stunum, stunum != NULL ? stunum : "", sizeof photo->stunum);
      photo->waits = xs_sql_row_int (row, 4) != 0;
      photo->gone = xs_sql_row_int (row, 5) != 0;
      photo->erasing = xs_sql_row_int (row, 6) != 0;
      g_hash_table_replace (photos, xs_sql_row_dup_string (row, 0), photo);
    }
  return ok ? g_steal_pointer (&photos) : NULL;
}

static gboolean
file_again (Check *check, const char *sha256, const Photo *photo, GError **error)
{
  if (!check->repair)
    {
      xs_check_add (check->checked, XS_FAULT_PHOTO_LOCK, "Photo %s is not locked with the key of learner %s", sha256,
                    photo->stunum);
      return TRUE;
    }
  check->checked->repaired++;
  return xs_sql_run (check->storage->sql,
                     "INSERT INTO filing (log_id, stunum) VALUES (?, ?) ON CONFLICT (log_id) DO NOTHING", error, "is",
                     photo->log_id, photo->stunum);
}

/* @owner: (out): whose key locks the file; "": nobody's */
static gboolean
is_whole (Check *check, const char *sha256, const char *path, const Photo *photo, char owner[XS_UNIFIED_DIGITS + 1],
          XsPlatformFault *fault, GError **error)
{
  XsPlatformPhotoForm form;

  owner[0] = '\0';
  g_autoptr (GBytes) sealed = xs_platform_storage_get_sealed_photo (check->storage, sha256, &form, error);
  g_autoptr (GBytes) file = xs_blob_read (path, PHOTO_FILE_MAX_BYTES, NULL);
  *fault = file == NULL ? XS_FAULT_PHOTO_MISSING : XS_FAULT_PHOTO_DAMAGED;
  if (sealed == NULL && (file == NULL || !xs_photo_file_owner (file, owner)))
    owner[0] = '\0';
  if (sealed == NULL)
    return FALSE;
  if (form == XS_PLATFORM_PHOTO_FILED && (file == NULL || !xs_photo_file_owner (file, owner)))
    owner[0] = '\0';
  if ((gint64) g_bytes_get_size (sealed) == photo->size_bytes)
    return TRUE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_CORRUPT, "its size is not what was received");
  return FALSE;
}

/* @is_last: else what does not fit is looked at again later: the server may be about to change row or file. */
static gboolean
check_photo (Check *check, const char *sha256, const Photo *photo, gboolean is_last, GError **error)
{
  XsPlatformFault fault;
  char owner[XS_UNIFIED_DIGITS + 1];
  g_autoptr (GError) why = NULL;
  g_autofree char *path = xs_storage_path (check->storage->photo_dir, sha256);

  if (photo->erasing || (photo->gone && !g_file_test (path, G_FILE_TEST_EXISTS)))
    return TRUE;
  gboolean whole = !photo->gone && is_whole (check, sha256, path, photo, owner, &fault, &why);
  gboolean may_be_sealed = photo->log_id == 0 || photo->waits;
  if (whole && (may_be_sealed || strcmp (owner, photo->stunum) == 0))
    return TRUE;
  if (!is_last)
    {
      g_ptr_array_add (check->suspicious, g_strdup (sha256));
      return TRUE;
    }
  if (photo->gone)
    return remove_file (check, XS_FAULT_PHOTO_KEPT, path, "this photo was to be removed", error);
  if (whole && owner[0] == '\0')
    return file_again (check, sha256, photo, error);
  if (owner[0] != '\0' && !may_be_sealed && strcmp (owner, photo->stunum) != 0)
    xs_check_add (check->checked, XS_FAULT_PHOTO_LOCK, "Photo %s is of learner %s and locked with the key of %s",
                  sha256, photo->stunum, owner);
  else if (owner[0] == '\0' || has_key (check, owner))
    xs_check_add (check->checked, fault, "Photo %s: %s", sha256, why->message);
  return TRUE;
}

static gboolean
check_shard (Check *check, guint shard, GError **error)
{
  g_autofree char *from = g_strdup_printf ("%02x", shard);
  g_autofree char *past = shard + 1 < N_SHARDS ? g_strdup_printf ("%02x", shard + 1) : g_strdup ("g");
  g_autofree char *folder = g_build_filename (check->storage->photo_dir, from, NULL);
  g_autoptr (GHashTable) photos = read_photos (check, from, past, error);
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  GHashTableIter iter;
  gpointer sha256, photo;

  if (photos == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, photos);
  while (g_hash_table_iter_next (&iter, &sha256, &photo))
    {
      check->checked->photos++;
      if (!check_photo (check, sha256, photo, FALSE, error))
        return FALSE;
    }
  for (const char *name; files != NULL && (name = g_dir_read_name (files)) != NULL;)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      check->checked->files++;
      if (!g_hash_table_contains (photos, name) && !is_in_flight (path)
          && !remove_file (check, XS_FAULT_STRAY, path, "no row says whose photo this is", error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_again (Check *check, const char *sha256, GError **error)
{
  g_autofree char *past = g_strconcat (sha256, "g", NULL);
  g_autoptr (GHashTable) photos = read_photos (check, sha256, past, error);
  const Photo *photo = photos != NULL ? g_hash_table_lookup (photos, sha256) : NULL;

  return photos != NULL && (photo == NULL || check_photo (check, sha256, photo, TRUE, error));
}

typedef struct {
  gboolean found;
  char stunum[XS_UNIFIED_DIGITS + 1];
  char photo_sha256[65]; /* "": none */
  gboolean erased;
  gboolean erasing; /* not all is done */
} Learner;

static void
read_learner (XsSqlRow *row, Learner *learner)
{
  const char *sha256 = xs_sql_row_string (row, 1);

  *learner = (Learner){ .found = TRUE };
  g_strlcpy (learner->stunum, xs_sql_row_string (row, 0), sizeof learner->stunum);
  g_strlcpy (learner->photo_sha256, sha256 != NULL ? sha256 : "", sizeof learner->photo_sha256);
  learner->erased = xs_sql_row_int (row, 2) != 0;
  learner->erasing = xs_sql_row_int (row, 3) != 0;
}

#define LEARNERS "SELECT stunum, photo_sha256, erased_us IS NOT NULL, erasing FROM learner"

static gboolean
find_learner (Check *check, const char *stunum, Learner *learner, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row = xs_sql_prepare (check->storage->sql, LEARNERS " WHERE stunum = ?", error, "s", stunum);

  *learner = (Learner){ 0 };
  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  if (has_row)
    read_learner (row, learner);
  return TRUE;
}

static gboolean
check_learner (Check *check, const Learner *learner, GError **error)
{
  Learner now;
  g_autoptr (GError) why = NULL;
  const char *sha256 = learner->photo_sha256;

  check->checked->learners++;
  if (learner->erasing)
    xs_check_note (check->checked, "Learner %s is not erased to the end; “xueshi-platform retain” goes on with it",
                   learner->stunum);
  if (learner->erased)
    return TRUE;
  if (sha256[0] == '\0')
    {
      xs_check_note (check->checked, "Learner %s has no registration photo and cannot sign in", learner->stunum);
      return TRUE;
    }
  if (xs_platform_storage_check_registration_photo (check->storage, learner->stunum, sha256, &why))
    return TRUE;
  if (!find_learner (check, learner->stunum, &now, error))
    return FALSE;
  g_autofree char *path = xs_storage_registration_path (check->storage, sha256, learner->stunum);
  if (now.erased || strcmp (now.photo_sha256, sha256) != 0
      || (g_file_test (path, G_FILE_TEST_EXISTS) && !has_key (check, learner->stunum)))
    return TRUE;
  xs_check_add (check->checked, XS_FAULT_REGISTRATION, "Registration photo of learner %s: %s", learner->stunum,
                why->message);
  return TRUE;
}

static gboolean
check_learners (Check *check, GError **error)
{
  g_autofree char *after = g_strdup ("");

  for (;;)
    {
      gboolean ok;
      Learner learner;
      g_autoptr (GArray) page = g_array_new (FALSE, FALSE, sizeof (Learner));
      g_autoptr (XsSqlRow) row =
        xs_sql_prepare (check->storage->sql, LEARNERS " WHERE stunum > ? ORDER BY stunum LIMIT " PAGE_LEARNERS, error,
                        "s", after);
      if (row == NULL)
        return FALSE;
      while (xs_sql_row_next (row, &ok, error))
        {
          read_learner (row, &learner);
          g_array_append_val (page, learner);
        }
      g_clear_pointer (&row, xs_sql_row_free);
      for (guint i = 0; ok && i < page->len; i++)
        ok = check_learner (check, &g_array_index (page, Learner, i), error);
      if (!ok || page->len == 0)
        return ok;
      g_free (after);
      after = g_strdup (g_array_index (page, Learner, page->len - 1).stunum);
    }
}

static gboolean
check_registration_file (Check *check, const char *path, const char *name, GError **error)
{
  gint64 n_learners = 0;
  g_autofree char *sha256 = g_strndup (name, 64);
  const char *stunum = strlen (name) == 64 + 1 + XS_UNIFIED_DIGITS ? name + 65 : NULL;

  check->checked->files++;
  /* One with no learner in its name is of before they had keys, until the server has filed it. */
  if ((stunum != NULL || strlen (name) == 64)
      && !xs_sql_query_int (check->storage->sql, &n_learners, 0,
                            "SELECT count (*) FROM learner WHERE photo_sha256 = ? AND stunum = coalesce (?, stunum)"
                            " AND erased_us IS NULL",
                            error, "ss", sha256, stunum))
    return FALSE;
  return n_learners > 0 || is_in_flight (path)
         || remove_file (check, XS_FAULT_STRAY, path, "no learner has this registration photo", error);
}

static gboolean
check_key_file (Check *check, const char *path, const char *name, GError **error)
{
  Learner learner = { 0 };

  check->checked->keys++;
  if (xs_number_is_valid (name, XS_UNIFIED_DIGITS) && !find_learner (check, name, &learner, error))
    return FALSE;
  if (!learner.found)
    return is_in_flight (path) || remove_file (check, XS_FAULT_STRAY, path, "this key is nobody's", error);
  if (learner.erasing)
    return TRUE; /* noted with the learner */
  if (learner.erased && check->repair)
    {
      check->checked->repaired++;
      return xs_learner_key_destroy (check->storage, name, error);
    }
  if (learner.erased && g_file_test (path, G_FILE_TEST_EXISTS))
    xs_check_add (check->checked, XS_FAULT_KEY_KEPT, "%s: learner %s was erased, and the key is still here", path,
                  name);
  else if (!learner.erased && !g_hash_table_contains (check->keyless, name) && !has_key (check, name))
    *(guint *) g_hash_table_lookup (check->keyless, name) = 0;
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

/* One finding a learner, and not one for every photo; unless the key was destroyed meanwhile. */
static gboolean
tell_of_keys (Check *check, GError **error)
{
  Learner learner;
  GHashTableIter iter;
  gpointer stunum, count;

  g_hash_table_iter_init (&iter, check->keyless);
  while (g_hash_table_iter_next (&iter, &stunum, &count))
    {
      g_autofree char *path = xs_learner_key_path (check->storage, stunum);
      gboolean is_here = g_file_test (path, G_FILE_TEST_EXISTS);
      if (!find_learner (check, stunum, &learner, error))
        return FALSE;
      if (learner.erased)
        continue;
      xs_check_add (check->checked, is_here ? XS_FAULT_KEY_DAMAGED : XS_FAULT_KEY_MISSING,
                    "%s: the key of learner %s is %s, and %u photos of the learner do not open", path,
                    (const char *) stunum, is_here ? "damaged" : "missing", *(guint *) count);
    }
  return TRUE;
}

/* Between removing a file and saying so a server takes some milliseconds. */
static void
let_server_finish (void)
{
  gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC / 10;
  GMutex mutex;
  GCond never;

  g_mutex_init (&mutex);
  g_cond_init (&never);
  g_mutex_lock (&mutex);
  while (g_cond_wait_until (&never, &mutex, end_us))
    ;
  g_mutex_unlock (&mutex);
  g_mutex_clear (&mutex);
  g_cond_clear (&never);
}

gboolean
xs_check_files (XsPlatformStorage *storage, gboolean repair, XsPlatformChecked *checked, GError **error)
{
  g_autofree char *keys = g_build_filename (storage->dir, "keys", "learner", NULL);
  g_autoptr (GHashTable) keyless = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) suspicious = g_ptr_array_new_with_free_func (g_free);
  Check check = { storage, repair, checked, keyless, suspicious };
  guint n_filed;

  for (guint shard = 0; shard < N_SHARDS; shard++)
    if (!check_shard (&check, shard, error))
      return FALSE;
  if (!check_learners (&check, error) || !walk (&check, storage->registration_dir, check_registration_file, error)
      || !walk (&check, keys, check_key_file, error))
    return FALSE;
  if (suspicious->len > 0)
    let_server_finish ();
  for (guint i = 0; i < suspicious->len; i++)
    if (!check_again (&check, g_ptr_array_index (suspicious, i), error))
      return FALSE;
  return tell_of_keys (&check, error) && (!repair || xs_platform_storage_file_photos (storage, NULL, &n_filed, error));
}
