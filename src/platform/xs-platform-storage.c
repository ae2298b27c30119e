/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-storage-private.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-policy.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

gboolean
xs_storage_fail (GError **error, int saved_errno, const char *verb, const char *path)
{
  XsError code = saved_errno == ENOSPC || saved_errno == EDQUOT ? XS_ERROR_NO_SPACE : XS_ERROR_IO;

  g_set_error (error, XS_ERROR, code, "Cannot %s %s: %s", verb, path, g_strerror (saved_errno));
  return FALSE;
}

char *
xs_storage_path (const char *folder, const char *sha256)
{
  g_autofree char *shard = g_strndup (sha256, 2);

  return g_build_filename (folder, shard, sha256, NULL);
}

gboolean
xs_storage_ensure_folder_of (XsPlatformStorage *storage, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *parent = g_path_get_dirname (folder);
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&storage->folder_mutex);

  if (g_hash_table_contains (storage->folders, folder) && g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  /* Whoever made one that is there may have died before the flush. */
  if (g_mkdir (folder, 0700) != 0 && errno != EEXIST)
    return xs_storage_fail (error, errno, "create", folder);
  if (!xs_dir_flush (parent, error))
    return FALSE;
  g_hash_table_add (storage->folders, g_steal_pointer (&folder));
  return TRUE;
}

gboolean
xs_storage_check_text (const char *what, const char *text, gsize max_bytes, GError **error)
{
  if (text == NULL || text[0] == '\0' || strlen (text) > max_bytes || !g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "The %s must be 1 to %" G_GSIZE_FORMAT " bytes of UTF-8 text",
                   what, max_bytes);
      return FALSE;
    }
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (p)))
        {
          g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "The %s holds a control character", what);
          return FALSE;
        }
    }
  return TRUE;
}

static XsPlatformStorage *
storage_new (const char *dir, XsClock *clock)
{
  XsPlatformStorage *storage = g_new0 (XsPlatformStorage, 1);

  xs_crypto_init ();
  g_mutex_init (&storage->registration_mutex);
  g_mutex_init (&storage->filing_mutex);
  storage->unfiled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&storage->folder_mutex);
  storage->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  storage->durable_keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  storage->lock_fd = -1;
  storage->clock = xs_clock_ref (clock);
  storage->dir = g_strdup (dir);
  storage->photo_dir = g_build_filename (dir, "photos", NULL);
  storage->registration_dir = g_build_filename (dir, "registration", NULL);
  storage->incoming_dir = g_build_filename (dir, "incoming", NULL);
  return storage;
}

void
xs_platform_storage_close (XsPlatformStorage *storage)
{
  if (storage == NULL)
    return;
  xs_sql_close (storage->sql);
  if (storage->lock_fd >= 0)
    close (storage->lock_fd);
  g_mutex_clear (&storage->registration_mutex);
  g_mutex_clear (&storage->filing_mutex);
  g_hash_table_unref (storage->unfiled);
  g_mutex_clear (&storage->folder_mutex);
  g_hash_table_unref (storage->folders);
  g_hash_table_unref (storage->durable_keys);
  xs_clock_unref (storage->clock);
  g_free (storage->dir);
  g_free (storage->photo_dir);
  g_free (storage->registration_dir);
  g_free (storage->incoming_dir);
  memset (&storage->seal_key, 0, sizeof storage->seal_key);
  g_free (storage);
}

static char *
key_path (XsPlatformStorage *storage)
{
  return g_build_filename (storage->dir, "keys", "seal.key", NULL);
}

static gboolean
insert_school (XsSql *sql, gpointer data, GError **error)
{
  XsPlatformStorage *storage = data;
  g_autoptr (GBytes) key = g_bytes_new (storage->seal_key.public_key, XS_KEY_BYTES);

  return xs_sql_run (sql, "INSERT INTO school (id, inscode, name, seal_public_key) VALUES (1, ?, ?, ?)", error, "ssb",
                     storage->inscode, storage->school, key);
}

XsPlatformStorage *
xs_platform_storage_create (const char *dir, const char *inscode, const char *school, XsClock *clock, GError **error)
{
  return xs_platform_storage_create_on (dir, NULL, inscode, school, clock, error);
}

XsPlatformStorage *
xs_platform_storage_create_on (const char *dir, const char *conninfo, const char *inscode, const char *school,
                               XsClock *clock, GError **error)
{
  g_autoptr (XsPlatformStorage) storage = storage_new (dir, clock);
  g_autofree char *keys = g_build_filename (dir, "keys", NULL);
  g_autofree char *key = key_path (storage);

  if (!xs_number_check (inscode, XS_UNIFIED_DIGITS, "inscode", error)
      || !xs_storage_check_text ("school's name", school, sizeof storage->school - 1, error)
      || !xs_dir_ensure (dir, error) || !xs_dir_ensure (keys, error) || !xs_dir_ensure (storage->photo_dir, error)
      || !xs_dir_ensure (storage->registration_dir, error) || !xs_dir_ensure (storage->incoming_dir, error)
      || !xs_seal_key_load (key, &storage->seal_key, error) || !xs_storage_choose_database (storage, conninfo, error)
      || !xs_storage_open_database (storage, TRUE, error))
    return NULL;

  g_autoptr (GError) local_error = NULL;
  g_strlcpy (storage->inscode, inscode, sizeof storage->inscode);
  g_strlcpy (storage->school, school, sizeof storage->school);
  if (xs_sql_transaction (storage->sql, insert_school, storage, &local_error))
    return g_steal_pointer (&storage);
  xs_storage_forget_database (storage);
  if (g_error_matches (local_error, XS_ERROR, XS_ERROR_EXISTS))
    g_set_error (error, XS_ERROR, XS_ERROR_EXISTS, "%s holds a school already",
                 conninfo != NULL ? "The database" : dir);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static gboolean
read_school (XsPlatformStorage *storage, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql, "SELECT inscode, name, seal_public_key FROM school", error, "");

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                   "%s holds no school: make one with “xueshi-platform init --data %s --school NAME --inscode NUMBER”",
                   storage->dir, storage->dir);
      return FALSE;
    }
  g_autofree char *path = key_path (storage);
  g_autoptr (GBytes) expected = xs_sql_row_bytes (row, 2);
  g_strlcpy (storage->inscode, xs_sql_row_string (row, 0), sizeof storage->inscode);
  g_strlcpy (storage->school, xs_sql_row_string (row, 1), sizeof storage->school);
  /* Without this look a lost key would silently be replaced by one that opens nothing. */
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s is missing: no photo can be opened without it; restore it",
                   path);
      return FALSE;
    }
  if (!xs_seal_key_load (path, &storage->seal_key, error))
    return FALSE;
  if (memcmp (g_bytes_get_data (expected, NULL), storage->seal_key.public_key, XS_KEY_BYTES) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s is not the key of this platform: restore the right one",
                   path);
      return FALSE;
    }
  return TRUE;
}

XsPlatformStorage *
xs_platform_storage_open (const char *dir, XsClock *clock, GError **error)
{
  g_autoptr (XsPlatformStorage) storage = storage_new (dir, clock);

  if (!xs_storage_open_database (storage, FALSE, error) || !read_school (storage, error))
    return NULL;
  return g_steal_pointer (&storage);
}

gboolean
xs_platform_storage_check (XsPlatformStorage *storage, GError **error)
{
  return xs_sql_check (storage->sql, TRUE, error);
}

XsClock *
xs_platform_storage_get_clock (XsPlatformStorage *storage)
{
  return storage->clock;
}

const char *
xs_platform_storage_get_inscode (XsPlatformStorage *storage)
{
  return storage->inscode;
}

const XsSealKey *
xs_platform_storage_get_seal_key (XsPlatformStorage *storage)
{
  return &storage->seal_key;
}

typedef struct {
  const char *json;
  const XsPolicy *policy;
  gint64 now_us;
} PolicyCall;

/* Those before it stay: logs that were made under them may still come. */
static gboolean
set_policy (XsSql *sql, gpointer data, GError **error)
{
  const PolicyCall *call = data;

  return xs_sql_run (sql,
                     "INSERT INTO policy (id, json, set_us) VALUES (1, ?, ?)"
                     " ON CONFLICT (id) DO UPDATE SET json = excluded.json, set_us = excluded.set_us",
                     error, "si", call->json, call->now_us)
         && xs_sql_run (sql,
                        "INSERT INTO policy_kept (policy_id, policy_version, json, set_us) VALUES (?, ?, ?, ?)"
                        " ON CONFLICT (policy_id, policy_version) DO UPDATE SET json = excluded.json,"
                        " set_us = excluded.set_us",
                        error, "sisi", call->policy->id, call->policy->version, call->json, call->now_us);
}

gboolean
xs_platform_storage_set_policy (XsPlatformStorage *storage, GBytes *json, GError **error)
{
  XsPolicy policy;
  gsize size;
  const char *data = g_bytes_get_data (json, &size);

  if (!xs_policy_parse (&policy, data != NULL ? data : "", size, error))
    return FALSE;
  g_autofree char *text = g_strndup (data, size);
  PolicyCall call = { text, &policy, xs_clock_wall_us (storage->clock) };
  return xs_sql_transaction (storage->sql, set_policy, &call, error);
}

GBytes *
xs_platform_storage_get_policy (XsPlatformStorage *storage, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row = xs_sql_prepare (storage->sql, "SELECT json FROM policy", error, "");

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return NULL;
  if (has_row)
    {
      char *text = xs_sql_row_dup_string (row, 0);
      return g_bytes_new_take (text, strlen (text));
    }
  g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No policy has been set");
  return NULL;
}

gboolean
xs_platform_storage_set_active_check (XsPlatformStorage *storage, const char *stunum, gboolean asked, GError **error)
{
  gint64 count;

  if (!xs_number_check (stunum, XS_UNIFIED_DIGITS, "stunum", error))
    return FALSE;
  if (!xs_sql_query_int (storage->sql, &count, 0, "SELECT count (*) FROM learner WHERE stunum = ?", error, "s", stunum))
    return FALSE;
  if (count == 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No learner %s is registered: add-learner comes first", stunum);
      return FALSE;
    }
  return xs_sql_run (storage->sql, "UPDATE learner SET active_check = ? WHERE stunum = ?", error, "is",
                     (gint64) (asked ? 1 : 0), stunum);
}

GArray *
xs_platform_storage_list_learners (XsPlatformStorage *storage, GError **error)
{
  gboolean has_row;
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsWireLearner));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT learner.stunum, name, photo_sha256, coalesce (max (cast (recnum AS BIGINT)), 0),"
                    " cast (coalesce (sum (credited_s), 0) AS BIGINT), active_check, consent_version, consent_us"
                    " FROM learner LEFT JOIN log ON log.stunum = learner.stunum WHERE learner.erased_us IS NULL"
                    " GROUP BY learner.stunum ORDER BY learner.stunum",
                    error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_step (row, &has_row, error))
    {
      if (!has_row)
        return g_steal_pointer (&learners);
      XsWireLearner learner = { 0 };
      const char *photo = xs_sql_row_string (row, 2);
      g_strlcpy (learner.stunum, xs_sql_row_string (row, 0), sizeof learner.stunum);
      g_strlcpy (learner.name, xs_sql_row_string (row, 1), sizeof learner.name);
      g_strlcpy (learner.photo_sha256, photo != NULL ? photo : "", sizeof learner.photo_sha256);
      learner.last_recnum = xs_sql_row_int (row, 3);
      learner.total_s = xs_sql_row_int (row, 4);
      learner.no_turning = xs_sql_row_int (row, 5) == 0;
      learner.consent = (XsConsent){ xs_sql_row_int (row, 6), xs_sql_row_int (row, 7) };
      g_array_append_val (learners, learner);
    }
  return NULL;
}
