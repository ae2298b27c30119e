/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-blob.h"
#include "xs-crash-point.h"
#include "xs-db-copy.h"
#include "xs-error.h"
#include "xs-store-resources.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MIB (1024 * 1024)
#define NO_LOG_SHA256 "0000000000000000000000000000000000000000000000000000000000000000"

/* The lock goes with the process, however it ends. */
static gboolean
lock (XsJournal *journal, GError **error)
{
  g_autofree char *path = g_build_filename (journal->dir, "lock", NULL);

  journal->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (journal->lock_fd < 0)
    {
      int saved_errno = errno;
      g_set_error (error, XS_ERROR, saved_errno == ENOSPC ? XS_ERROR_NO_SPACE : XS_ERROR_IO, "Cannot open %s: %s", path,
                   g_strerror (saved_errno));
      return FALSE;
    }
  if (flock (journal->lock_fd, LOCK_EX | LOCK_NB) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_BUSY,
                   "%s is in use by another program: close the other Xueshi window, then try again", journal->dir);
      return FALSE;
    }
  return TRUE;
}

static gboolean
set_aside (XsJournal *journal, const char *name, GError **error)
{
  gint64 now_us = xs_clock_wall_us (xs_clock_system ());
  g_autofree char *stamp = xs_wall_format (now_us, "%Y%m%dT%H%M%S");
  g_autofree char *from = g_build_filename (journal->dir, name, NULL);
  g_autofree char *to = g_strdup_printf ("%s.old-%s-%06d", from, stamp, (int) (now_us % G_USEC_PER_SEC));

  if (g_rename (from, to) != 0)
    {
      if (errno == ENOENT)
        return TRUE;
      g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot move %s aside: %s", from, g_strerror (errno));
      return FALSE;
    }
  g_message ("%s belongs to an earlier journal; moved to %s", from, to);
  return TRUE;
}

static gboolean
is_empty_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) == NULL;
}

/*
 * A journal that starts from nothing starts its numbers from 1 again. It must therefore be another device to the
 * platform: it gets a new signing key, and leaves what an earlier journal of this folder had where it can be found.
 */
static gboolean
start_anew (XsJournal *journal, GError **error)
{
  if (!set_aside (journal, "keys" G_DIR_SEPARATOR_S "sign", error))
    return FALSE;
  if (!is_empty_dir (journal->photos_dir)
      && (!set_aside (journal, "photos", error) || !xs_dir_ensure (journal->photos_dir, error)))
    return FALSE;
  return TRUE;
}

static gboolean
insert_device (XsJournal *journal, GBytes *public_key, GError **error)
{
  xs_crash_point ("journal-keys-made");
  if (!xs_db_run (journal->db, "INSERT INTO device (id, sign_public_key, last_log_sha256) VALUES (1, ?, ?)", error,
                  "bs", public_key, NO_LOG_SHA256))
    return FALSE;
  xs_crash_point ("journal-device-inserted");
  return TRUE;
}

static gboolean
load_keys (XsJournal *journal, GError **error)
{
  g_autofree char *sign_path = g_build_filename (journal->dir, "keys", "sign", NULL);
  g_autofree char *seal_path = g_build_filename (journal->dir, "keys", "seal", NULL);
  g_autoptr (GBytes) stored = NULL;
  gboolean known = FALSE;

  {
    g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, "SELECT sign_public_key FROM device", error, "");
    if (stmt == NULL || !xs_stmt_step (stmt, &known, error))
      return FALSE;
    if (known)
      stored = xs_stmt_bytes (stmt, 0);
  }

  if (!known && !start_anew (journal, error))
    return FALSE;
  if (known && !g_file_test (sign_path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT,
                   "%s is missing: restore it from a backup, or move %s away and pair this kiosk anew", sign_path,
                   journal->dir);
      return FALSE;
    }
  if (!xs_sign_key_load (sign_path, &journal->sign_key, error)
      || !xs_seal_key_load (seal_path, &journal->seal_key, error))
    return FALSE;

  g_autoptr (GBytes) own = g_bytes_new (journal->sign_key.public_key, XS_KEY_BYTES);
  if (!known)
    return insert_device (journal, own, error);
  if (!g_bytes_equal (own, stored))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT,
                   "%s belongs to another journal: restore the right one from a backup, or move %s away and pair this "
                   "kiosk anew",
                   sign_path, journal->dir);
      return FALSE;
    }
  return TRUE;
}

static gboolean
stat_database (XsJournal *journal, GStatBuf *info)
{
  g_autofree char *path = g_build_filename (journal->dir, XS_JOURNAL_DATABASE, NULL);

  return g_stat (path, info) == 0;
}

static void
note_database (XsJournal *journal)
{
  GStatBuf info;

  if (!stat_database (journal, &info))
    return;
  journal->db_device = info.st_dev;
  journal->db_inode = info.st_ino;
}

gboolean
xs_journal_check_disk (XsJournal *journal, gint64 reserve_bytes, GError **error)
{
  GStatBuf info;

  /* SQLite goes on writing to a file whose disk was unmounted behind it, and photos would go to another one. */
  if (!stat_database (journal, &info) || info.st_dev != journal->db_device || info.st_ino != journal->db_inode)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_IO,
                   "The journal is not in %s any more: connect or mount its disk again, then restart the kiosk",
                   journal->dir);
      return FALSE;
    }
  guint64 free_bytes = xs_dir_free_bytes (journal->dir);
  if (free_bytes >= (guint64) reserve_bytes)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_NO_SPACE,
               "The disk of %s has %" G_GUINT64_FORMAT " MiB free, a session needs %" G_GINT64_FORMAT
               " MiB: make space on it",
               journal->dir, free_bytes / MIB, reserve_bytes / (gint64) MIB);
  return FALSE;
}

static XsDb *
open_database (const char *dir, XsDbOpenFlags flags, GError **error)
{
  g_autofree char *path = g_build_filename (dir, XS_JOURNAL_DATABASE, NULL);

  if (xs_db_wal_is_damaged (path))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s-wal is damaged: what was recorded last is missing", path);
      return NULL;
    }
  g_autoptr (XsDb) db =
    xs_db_open (path, XS_JOURNAL_APPLICATION_ID, XS_JOURNAL_MIGRATIONS, flags | XS_DB_OPEN_UNCHECKED, NULL, error);
  if (db == NULL || !xs_journal_check_at_once (db, error)
      || (xs_journal_is_marked (dir) && !xs_db_check_with_indexes (db, error)))
    return NULL;
  return g_steal_pointer (&db);
}

typedef struct {
  gint64 wall_us;
  const char *damage;
  const char *moved_to;
} Anew;

static gboolean
note_anew (XsDb *db, const Anew *anew, GError **error)
{
  return xs_db_run (
    db, "INSERT INTO recovery (wall_us, source, damage, moved_to, photos_aside) VALUES (?, 'anew', ?, ?, 0)", error,
    "iss", anew->wall_us, anew->damage, anew->moved_to);
}

/* A damaged journal is replaced by the best that can be had, down to an empty one. */
static XsDb *
open_or_restore (const char *dir, gint64 wall_us, GError **error)
{
  g_autoptr (GError) damage = NULL;
  g_autofree char *moved_to = NULL;
  g_autoptr (XsDb) db = NULL;
  gboolean restored;

  if (!xs_journal_finish_restore (dir, wall_us, error))
    return NULL;
  db = open_database (dir, XS_DB_OPEN_DEFAULT, &damage);
  if (db != NULL || !g_error_matches (damage, XS_ERROR, XS_ERROR_CORRUPT))
    {
      if (db == NULL)
        g_propagate_error (error, g_steal_pointer (&damage));
      else if (xs_journal_is_marked (dir))
        xs_journal_unmark (dir);
      return g_steal_pointer (&db);
    }
  if (!xs_journal_restore (dir, damage, wall_us, &restored, &moved_to, error))
    return NULL;
  db = open_database (dir, XS_DB_OPEN_DEFAULT, error);
  Anew anew = { wall_us, damage->message, moved_to };
  if (db == NULL || (!restored && !note_anew (db, &anew, error)))
    return NULL;
  xs_journal_unmark (dir);
  return g_steal_pointer (&db);
}

static XsJournal *
open_journal (const char *dir, XsClock *clock, gboolean existing, GError **error)
{
  g_autoptr (XsJournal) journal = g_new0 (XsJournal, 1);
  g_autofree char *keys_dir = g_build_filename (dir, "keys", NULL);

  /* Keeps the linker from leaving the SQL out of a static build. */
  g_resources_register (xs_store_get_resource ());

  journal->dir = g_strdup (dir);
  journal->photos_dir = g_build_filename (dir, "photos", NULL);
  journal->lock_fd = -1;
  journal->backup_cancellable = g_cancellable_new ();
  journal->backup_us = G_MININT64 / 2;
  journal->clock = xs_clock_ref (clock);
  g_mutex_init (&journal->lock);
  journal->unsettled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  journal->given_photos = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  journal->minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));

  if (!xs_dir_ensure (dir, error) || !lock (journal, error) || !xs_dir_ensure (journal->photos_dir, error)
      || !xs_dir_ensure (keys_dir, error))
    return NULL;
  journal->db =
    existing ? open_database (dir, XS_DB_OPEN_EXISTING, error) : open_or_restore (dir, xs_clock_wall_us (clock), error);
  /* Removed templates and registration photos must be gone from the file's free pages too. */
  if (journal->db == NULL || !xs_db_exec (journal->db, "PRAGMA secure_delete = ON", error)
      || !load_keys (journal, error) || !xs_db_transaction (journal->db, xs_journal_sign_decisions_in, journal, error))
    return NULL;
  xs_db_set_damage_func (journal->db, xs_journal_mark, journal);
  note_database (journal);
  return g_steal_pointer (&journal);
}

XsJournal *
xs_journal_open (const char *dir, XsClock *clock, GError **error)
{
  return open_journal (dir, clock, FALSE, error);
}

XsJournal *
xs_journal_open_existing (const char *dir, XsClock *clock, GError **error)
{
  g_autofree char *db_path = g_build_filename (dir, XS_JOURNAL_DATABASE, NULL);

  /* Before the folder or the lock in it is made. */
  if (!g_file_test (db_path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "%s holds no journal of a kiosk: check the name of the folder",
                   dir);
      return NULL;
    }
  return open_journal (dir, clock, TRUE, error);
}

void
xs_journal_close (XsJournal *journal)
{
  if (journal == NULL)
    return;
  xs_journal_cancel_backup (journal);
  g_object_unref (journal->backup_cancellable);
  xs_db_close (journal->db);
  if (journal->lock_fd >= 0)
    close (journal->lock_fd);
  xs_clock_unref (journal->clock);
  g_array_unref (journal->minutes);
  g_hash_table_unref (journal->given_photos);
  g_hash_table_unref (journal->unsettled);
  g_mutex_clear (&journal->lock);
  g_free (journal->photos_dir);
  g_free (journal->dir);
  g_free (journal);
}

const char *
xs_journal_get_dir (XsJournal *journal)
{
  return journal->dir;
}

const XsSignKey *
xs_journal_get_sign_key (XsJournal *journal)
{
  return &journal->sign_key;
}

const XsSealKey *
xs_journal_get_seal_key (XsJournal *journal)
{
  return &journal->seal_key;
}

char *
xs_journal_dup_photo_path (XsJournal *journal, const char *sha256)
{
  return g_build_filename (journal->photos_dir, sha256, NULL);
}

gint64
xs_journal_total_changes (XsJournal *journal)
{
  return xs_db_total_changes (journal->db);
}

gboolean
xs_journal_next_number (XsDb *db, const char *name, gint64 *value, GError **error)
{
  return xs_db_run (db, "UPDATE counter SET value = value + 1 WHERE name = ?", error, "s", name)
         && xs_db_query_int (db, value, 0, "SELECT value FROM counter WHERE name = ?", error, "s", name);
}

gboolean
xs_journal_read_identity (XsDb *db, XsIdentity *identity, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (db, "SELECT devnum, inscode, school, platform_url, platform_key FROM identity", error, "");

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                           "This kiosk is not paired with a platform yet: pair it with a one-time code first");
      return FALSE;
    }
  g_autoptr (GBytes) key = xs_stmt_bytes (stmt, 4);
  *identity = (XsIdentity){ 0 };
  g_strlcpy (identity->devnum, xs_stmt_string (stmt, 0), sizeof identity->devnum);
  g_strlcpy (identity->inscode, xs_stmt_string (stmt, 1), sizeof identity->inscode);
  g_strlcpy (identity->school, xs_stmt_string (stmt, 2), sizeof identity->school);
  g_strlcpy (identity->platform_url, xs_stmt_string (stmt, 3), sizeof identity->platform_url);
  memcpy (identity->platform_key, g_bytes_get_data (key, NULL), XS_KEY_BYTES);
  return TRUE;
}

gboolean
xs_journal_get_identity (XsJournal *journal, XsIdentity *identity, GError **error)
{
  return xs_journal_read_identity (journal->db, identity, error);
}

typedef struct {
  XsJournal *journal;
  const XsIdentity *identity;
} SetIdentity;

static gboolean
set_identity_in (XsDb *db, gpointer data, GError **error)
{
  const SetIdentity *call = data;
  const XsIdentity *identity = call->identity;
  g_autoptr (GBytes) key = g_bytes_new (identity->platform_key, XS_KEY_BYTES);
  gint64 other, n_sessions;

  if (!xs_db_query_int (db, &other, 0, "SELECT count (*) FROM identity WHERE devnum <> ?", error, "s", identity->devnum)
      || !xs_db_query_int (db, &n_sessions, 0, "SELECT count (*) FROM (SELECT 1 FROM session LIMIT 1)", error, ""))
    return FALSE;
  if (other > 0 && n_sessions > 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_EXISTS,
                   "Sessions are recorded under another device number; %s needs a journal folder of its own",
                   identity->devnum);
      return FALSE;
    }
  return xs_db_run (db,
                    "INSERT OR REPLACE INTO identity (id, devnum, inscode, school, platform_url, platform_key)"
                    " VALUES (1, ?, ?, ?, ?, ?)",
                    error, "ssssb", identity->devnum, identity->inscode, identity->school, identity->platform_url, key)
         && xs_journal_sign_decisions_in (db, call->journal, error);
}

gboolean
xs_journal_set_identity (XsJournal *journal, const XsIdentity *identity, GError **error)
{
  if (!xs_number_check (identity->devnum, XS_UNIFIED_DIGITS, "devnum", error)
      || !xs_number_check (identity->inscode, XS_UNIFIED_DIGITS, "inscode", error)
      || !xs_seal_public_key_check (identity->platform_key, error))
    return FALSE;
  if (!g_utf8_validate (identity->school, -1, NULL))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "The school's name is not valid UTF-8");
      return FALSE;
    }
  SetIdentity call = { journal, identity };
  return xs_db_transaction (journal->db, set_identity_in, &call, error);
}

gboolean
xs_journal_get_policy (XsJournal *journal, XsPolicy *policy, char **etag, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, "SELECT json, etag FROM policy", error, "");

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (etag != NULL)
    *etag = NULL;
  if (!has_row)
    {
      xs_policy_default (policy);
      return TRUE;
    }
  const char *json = xs_stmt_string (stmt, 0);
  g_autoptr (GError) local_error = NULL;
  if (!xs_policy_parse (policy, json, strlen (json), &local_error))
    {
      /* It was checked when it came, by a program that knew other fields. Without its etag it is fetched again. */
      g_message ("The stored policy cannot be used, the default applies until it is fetched again: %s",
                 local_error->message);
      xs_policy_default (policy);
      return TRUE;
    }
  if (etag != NULL)
    *etag = xs_stmt_dup_string (stmt, 1);
  return TRUE;
}

gboolean
xs_journal_set_policy (XsJournal *journal, const char *json, const char *etag, GError **error)
{
  XsPolicy policy;

  return xs_policy_parse (&policy, json, strlen (json), error)
         && xs_db_run (journal->db,
                       "INSERT OR REPLACE INTO policy (id, json, etag, stored_wall_us) VALUES (1, ?, ?, ?)", error,
                       "ssi", json, etag, xs_clock_wall_us (journal->clock));
}
