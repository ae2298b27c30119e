/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-db.h"

#include "xs-clock.h"
#include "xs-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>
#include <sys/statvfs.h>

/* How many steps of SQLite's machine pass between two looks whether reading was cancelled: about a millisecond. */
#define CANCEL_INTERVAL 10000
/* More texts than a program has; what is made up as it goes must not pile up. */
#define KEPT_STATEMENTS_MAX 200

struct _XsDb {
  sqlite3 *handle;
  GHashTable *kept; /* (nullable): text → sqlite3_stmt *, prepared and not in use */
  gboolean commit_uncertain;
  XsDbDamageFunc on_damage; /* (nullable) */
  gpointer damage_data;
};

struct _XsStmt {
  XsDb *db;
  sqlite3_stmt *handle;
};

/* Of the last failed call on one of a connection's files; 0 when there is none. */
static int
errno_of_file (sqlite3 *handle, int pointer_operation)
{
  sqlite3_file *file = NULL;
  int system_errno = 0;

  if (sqlite3_file_control (handle, "main", pointer_operation, &file) == SQLITE_OK && file != NULL
      && file->pMethods != NULL)
    file->pMethods->xFileControl (file, SQLITE_FCNTL_LAST_ERRNO, &system_errno);
  return system_errno;
}

static gboolean
is_no_space (int system_errno)
{
  return system_errno == ENOSPC || system_errno == EDQUOT;
}

/*
 * SQLite reports a full disk as SQLITE_FULL where it writes pages, but as an I/O error where it makes files, flushes
 * them, or meets a quota. When it makes files it tries again for reading only, so that the errno it keeps may be the
 * second one's: then the disk itself is asked. Of a COMMIT that failed it keeps none but the file's own.
 */
static gboolean
is_disk_full (sqlite3 *handle, int result)
{
  if (handle == NULL)
    return FALSE;
  if (is_no_space (sqlite3_system_errno (handle)))
    return TRUE;
  if ((result == SQLITE_IOERR_WRITE || result == SQLITE_IOERR_FSYNC)
      && (is_no_space (errno_of_file (handle, SQLITE_FCNTL_JOURNAL_POINTER))
          || is_no_space (errno_of_file (handle, SQLITE_FCNTL_FILE_POINTER))))
    return TRUE;

  const char *path = sqlite3_db_filename (handle, "main");
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  struct statvfs info;
  return folder != NULL && statvfs (folder, &info) == 0
         && (info.f_bavail == 0 || (info.f_files > 0 && info.f_favail == 0));
}

static XsError
code_from_constraint (int result)
{
  switch (result)
    {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return XS_ERROR_EXISTS;
    default:
      return XS_ERROR_INVALID;
    }
}

/* (transfer full): what people can do about it; "" for what only a programmer can. */
static char *
advice (XsError code, sqlite3 *handle)
{
  const char *path = handle != NULL ? sqlite3_db_filename (handle, "main") : NULL;

  if (path == NULL || *path == '\0')
    path = "the database";
  switch ((int) code)
    {
    case XS_ERROR_NO_SPACE:
      return g_strdup_printf ("; make space on the disk of %s", path);
    case XS_ERROR_BUSY:
      return g_strdup_printf ("; close the other program that has %s open", path);
    case XS_ERROR_IO:
      return g_strdup_printf ("; check that the disk of %s is there, sound, and may be written to", path);
    default:
      return g_strdup ("");
    }
}

static gboolean
fail (GError **error, XsDb *db, int result, const char *doing)
{
  sqlite3 *handle = db->handle;
  XsError code;

  switch (result & 0xff)
    {
    case SQLITE_FULL:
      code = XS_ERROR_NO_SPACE;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: /* the log's index must be made anew, and other connections still read by the old one */
      code = XS_ERROR_BUSY;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      code = XS_ERROR_CORRUPT;
      break;
    case SQLITE_INTERRUPT:
      code = XS_ERROR_CANCELLED;
      break;
    case SQLITE_CONSTRAINT:
      code = code_from_constraint (result);
      break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      code = is_disk_full (handle, result) ? XS_ERROR_NO_SPACE : XS_ERROR_IO;
      break;
    default:
      code = XS_ERROR_FAILED;
      break;
    }
  g_autofree char *remedy = advice (code, handle);
  const char *what = handle != NULL ? sqlite3_errmsg (handle) : sqlite3_errstr (result);
  g_set_error (error, XS_ERROR, code, "Database: %.160s: %s%s", doing, what, remedy);
  if (code == XS_ERROR_CORRUPT && db->on_damage != NULL)
    db->on_damage (what, db->damage_data);
  return FALSE;
}

void
xs_db_close (XsDb *db)
{
  if (db == NULL)
    return;
  g_clear_pointer (&db->kept, g_hash_table_unref);
  sqlite3_close_v2 (db->handle);
  g_free (db);
}

gboolean
xs_db_exec (XsDb *db, const char *sql, GError **error)
{
  int result = sqlite3_exec (db->handle, sql, NULL, NULL, NULL);

  return result == SQLITE_OK || fail (error, db, result, sql);
}

static gboolean
commit (XsDb *db, GError **error)
{
  int result = sqlite3_exec (db->handle, "COMMIT", NULL, NULL, NULL);

  /* A page that found no space makes the log of the transaction incomplete, which every reader sees. */
  db->commit_uncertain = result != SQLITE_OK && (result & 0xff) != SQLITE_FULL && (result & 0xff) != SQLITE_BUSY;
  return result == SQLITE_OK || fail (error, db, result, "COMMIT");
}

gboolean
xs_db_commit_is_uncertain (XsDb *db)
{
  return db->commit_uncertain;
}

gboolean
xs_db_transaction (XsDb *db, XsDbFunc func, gpointer data, GError **error)
{
  db->commit_uncertain = FALSE;
  if (!xs_db_exec (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (func (db, data, error) && commit (db, error))
    return TRUE;
  if (!sqlite3_get_autocommit (db->handle))
    sqlite3_exec (db->handle, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

gint64
xs_db_last_insert_rowid (XsDb *db)
{
  return sqlite3_last_insert_rowid (db->handle);
}

int
xs_db_changes (XsDb *db)
{
  return sqlite3_changes (db->handle);
}

gint64
xs_db_total_changes (XsDb *db)
{
  return sqlite3_total_changes64 (db->handle);
}

static int
bind (sqlite3_stmt *handle, const char *types, va_list values)
{
  int result = SQLITE_OK;

  for (int i = 1; *types != '\0' && result == SQLITE_OK; i++, types++)
    {
      switch (*types)
        {
        case 'i':
          result = sqlite3_bind_int64 (handle, i, va_arg (values, gint64));
          break;
        case 'd':
          result = sqlite3_bind_double (handle, i, va_arg (values, double));
          break;
        case 's':
          result = sqlite3_bind_text (handle, i, va_arg (values, const char *), -1, SQLITE_TRANSIENT);
          break;
        case 'b':
          {
            GBytes *bytes = va_arg (values, GBytes *);
            gsize size = 0;
            const void *blob = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
            if (bytes != NULL && blob == NULL)
              result = sqlite3_bind_zeroblob (handle, i, 0);
            else
              result = sqlite3_bind_blob64 (handle, i, blob, size, SQLITE_TRANSIENT);
            break;
          }
        default:
          g_assert_not_reached ();
        }
    }
  return result;
}

static void
finalize (gpointer handle)
{
  sqlite3_finalize (handle);
}

void
xs_db_keep_statements (XsDb *db)
{
  g_return_if_fail (db->kept == NULL);
  db->kept = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, finalize);
}

XsStmt *
xs_db_prepare_valist (XsDb *db, const char *sql, GError **error, const char *types, va_list values)
{
  gpointer handle = NULL;
  int result = SQLITE_OK;

  if (db->kept == NULL || !g_hash_table_steal_extended (db->kept, sql, NULL, &handle))
    result = sqlite3_prepare_v3 (db->handle, sql, -1, db->kept != NULL ? SQLITE_PREPARE_PERSISTENT : 0,
                                 (sqlite3_stmt **) &handle, NULL);

  if (result == SQLITE_OK)
    {
      g_assert (sqlite3_bind_parameter_count (handle) == (int) strlen (types));
      result = bind (handle, types, values);
    }
  if (result != SQLITE_OK)
    {
      fail (error, db, result, sql);
      sqlite3_finalize (handle);
      return NULL;
    }
  XsStmt *stmt = g_new0 (XsStmt, 1);
  stmt->db = db;
  stmt->handle = handle;
  return stmt;
}

XsStmt *
xs_db_prepare (XsDb *db, const char *sql, GError **error, const char *types, ...)
{
  va_list values;

  va_start (values, types);
  XsStmt *stmt = xs_db_prepare_valist (db, sql, error, types, values);
  va_end (values);
  return stmt;
}

gboolean
xs_db_run (XsDb *db, const char *sql, GError **error, const char *types, ...)
{
  va_list values;
  gboolean has_row;

  va_start (values, types);
  g_autoptr (XsStmt) stmt = xs_db_prepare_valist (db, sql, error, types, values);
  va_end (values);
  return stmt != NULL && xs_stmt_step (stmt, &has_row, error);
}

gboolean
xs_db_query_int (XsDb *db, gint64 *value, gint64 fallback, const char *sql, GError **error, const char *types, ...)
{
  va_list values;
  gboolean has_row;

  va_start (values, types);
  g_autoptr (XsStmt) stmt = xs_db_prepare_valist (db, sql, error, types, values);
  va_end (values);
  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  *value = has_row && !xs_stmt_is_null (stmt, 0) ? xs_stmt_int (stmt, 0) : fallback;
  return TRUE;
}

void
xs_stmt_free (XsStmt *stmt)
{
  if (stmt == NULL)
    return;
  GHashTable *kept = stmt->db->kept;
  if (kept != NULL && g_hash_table_size (kept) < KEPT_STATEMENTS_MAX)
    {
      sqlite3_reset (stmt->handle);
      sqlite3_clear_bindings (stmt->handle);
      g_hash_table_replace (kept, (gpointer) sqlite3_sql (stmt->handle), stmt->handle);
    }
  else
    sqlite3_finalize (stmt->handle);
  g_free (stmt);
}

gboolean
xs_stmt_step (XsStmt *stmt, gboolean *has_row, GError **error)
{
  int result = sqlite3_step (stmt->handle);

  *has_row = result == SQLITE_ROW;
  return result == SQLITE_ROW || result == SQLITE_DONE || fail (error, stmt->db, result, sqlite3_sql (stmt->handle));
}

gboolean
xs_stmt_next (XsStmt *stmt, gboolean *ok, GError **error)
{
  gboolean has_row;

  *ok = xs_stmt_step (stmt, &has_row, error);
  return *ok && has_row;
}

gboolean
xs_stmt_is_null (XsStmt *stmt, int column)
{
  return sqlite3_column_type (stmt->handle, column) == SQLITE_NULL;
}

gint64
xs_stmt_int (XsStmt *stmt, int column)
{
  return sqlite3_column_int64 (stmt->handle, column);
}

double
xs_stmt_double (XsStmt *stmt, int column)
{
  return sqlite3_column_double (stmt->handle, column);
}

const char *
xs_stmt_string (XsStmt *stmt, int column)
{
  return (const char *) sqlite3_column_text (stmt->handle, column);
}

char *
xs_stmt_dup_string (XsStmt *stmt, int column)
{
  return g_strdup (xs_stmt_string (stmt, column));
}

GBytes *
xs_stmt_bytes (XsStmt *stmt, int column)
{
  if (xs_stmt_is_null (stmt, column))
    return NULL;
  const void *blob = sqlite3_column_blob (stmt->handle, column);
  return g_bytes_new (blob, sqlite3_column_bytes (stmt->handle, column));
}

static XsDb *
open_handle (const char *path, int flags, GError **error)
{
  g_autoptr (XsDb) db = g_new0 (XsDb, 1);
  int result = sqlite3_open_v2 (path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);

  if (result != SQLITE_OK)
    {
      fail (error, db, result, path);
      return NULL;
    }
  sqlite3_extended_result_codes (db->handle, 1);
  sqlite3_busy_timeout (db->handle, 5000);
  if (!xs_db_exec (db, "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF", error))
    return NULL;
  return g_steal_pointer (&db);
}

static int
is_cancelled (void *cancellable)
{
  return g_cancellable_is_cancelled (cancellable);
}

XsDb *
xs_db_open_reader (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (XsDb) db = open_handle (path, SQLITE_OPEN_READONLY, error);

  if (db != NULL && cancellable != NULL)
    sqlite3_progress_handler (db->handle, CANCEL_INTERVAL, is_cancelled, cancellable);
  return g_steal_pointer (&db);
}

void
xs_db_set_damage_func (XsDb *db, XsDbDamageFunc on_damage, gpointer data)
{
  db->on_damage = on_damage;
  db->damage_data = data;
}

static gboolean
check_with (XsDb *db, const char *pragma, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) check = xs_db_prepare (db, pragma, error, "");

  if (check == NULL || !xs_stmt_step (check, &has_row, error))
    return FALSE;
  if (has_row && g_strcmp0 (xs_stmt_string (check, 0), "ok") == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "The database is damaged: %s",
               has_row ? xs_stmt_string (check, 0) : "no answer");
  return FALSE;
}

gboolean
xs_db_empty_log (XsDb *db, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (db, "PRAGMA wal_checkpoint (TRUNCATE)", error, "");

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (has_row && xs_stmt_int (stmt, 0) == 0)
    return TRUE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_BUSY,
                       "The database is being read all the time: its log could not be emptied; try again later");
  return FALSE;
}

gboolean
xs_db_check (XsDb *db, GError **error)
{
  return check_with (db, "PRAGMA quick_check (1)", error);
}

gboolean
xs_db_check_with_indexes (XsDb *db, GError **error)
{
  return check_with (db, "PRAGMA integrity_check (1)", error);
}

gboolean
xs_db_check_table (XsDb *db, const char *table, GError **error)
{
  g_autofree char *pragma = g_strdup_printf ("PRAGMA quick_check (%s)", table);

  return check_with (db, pragma, error);
}

typedef struct {
  const char *folder;
  char **names; /* sorted: 0001-… first; the position is the version */
  guint32 application_id;
} Migrations;

static gboolean
check_origin (XsDb *db, const Migrations *migrations, gint64 *version, GError **error)
{
  gint64 application_id, n_objects;
  gint64 newest = g_strv_length (migrations->names);

  if (!xs_db_query_int (db, version, 0, "PRAGMA user_version", error, "")
      || !xs_db_query_int (db, &application_id, 0, "PRAGMA application_id", error, "")
      || !xs_db_query_int (db, &n_objects, 0, "SELECT count (*) FROM sqlite_schema", error, ""))
    return FALSE;
  if ((*version != 0 || n_objects > 0) && (guint32) application_id != migrations->application_id)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "The database belongs to another program");
      return FALSE;
    }
  if (*version > newest)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_TOO_NEW,
                   "The database has version %" G_GINT64_FORMAT ", this program knows up to %" G_GINT64_FORMAT
                   ": install the newer Xueshi again",
                   *version, newest);
      return FALSE;
    }
  return TRUE;
}

static gboolean
migrate (XsDb *db, gpointer data, GError **error)
{
  const Migrations *migrations = data;
  gint64 version;
  gint64 newest = g_strv_length (migrations->names);

  if (!check_origin (db, migrations, &version, error))
    return FALSE;
  if (version == newest)
    return TRUE;

  for (gint64 i = version; i < newest; i++)
    {
      g_autofree char *name = g_build_path ("/", migrations->folder, migrations->names[i], NULL);
      g_autoptr (GBytes) sql = g_resources_lookup_data (name, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
      if (sql == NULL || !xs_db_exec (db, g_bytes_get_data (sql, NULL), error))
        {
          xs_error_convert (error);
          g_prefix_error (error, "%s: ", migrations->names[i]);
          return FALSE;
        }
    }
  g_autofree char *stamp = g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT "; PRAGMA application_id = %u",
                                            newest, migrations->application_id);
  return xs_db_exec (db, stamp, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
prepare_database (XsDb *db, guint32 application_id, const char *folder, XsDbOpenFlags flags, GError **error)
{
  g_auto (GStrv) names = g_resources_enumerate_children (folder, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  gboolean has_row;
  gint64 version;

  if (names == NULL)
    {
      xs_error_convert (error);
      return FALSE;
    }
  qsort (names, g_strv_length (names), sizeof (char *), compare_names);

  /* Before anything is written to a file that may not be ours. */
  Migrations migrations = { folder, names, application_id };
  if (!check_origin (db, &migrations, &version, error))
    return FALSE;

  g_autoptr (XsStmt) wal = xs_db_prepare (db, "PRAGMA journal_mode = WAL", error, "");
  if (wal == NULL || !xs_stmt_step (wal, &has_row, error))
    return FALSE;
  if (!has_row || g_strcmp0 (xs_stmt_string (wal, 0), "wal") != 0)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_IO, "The disk does not support a write-ahead log");
      return FALSE;
    }
  g_clear_pointer (&wal, xs_stmt_free);

  gboolean is_old = version < (gint64) g_strv_length (names);
  if ((is_old || (flags & XS_DB_OPEN_UNCHECKED) == 0) && !xs_db_check (db, error))
    return FALSE;

  return xs_db_exec (db, "PRAGMA synchronous = FULL", error) && xs_db_transaction (db, migrate, &migrations, error);
}

char *
xs_db_aside_path (const char *path)
{
  gint64 now_us = xs_clock_wall_us (xs_clock_system ());
  g_autofree char *stamp = xs_wall_format (now_us, "%Y%m%dT%H%M%S");

  return g_strdup_printf ("%s.corrupt-%s-%06d", path, stamp, (int) (now_us % G_USEC_PER_SEC));
}

gboolean
xs_db_move (const char *from, const char *to, GError **error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *old_name = g_strconcat (from, suffixes[i], NULL);
      g_autofree char *new_name = g_strconcat (to, suffixes[i], NULL);
      /* A write-ahead log left behind would be played into the next file of that name. */
      if (g_rename (old_name, new_name) != 0 && (i == 0 || errno != ENOENT))
        {
          g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot move the database %s to %s: %s", old_name, new_name,
                       g_strerror (errno));
          return FALSE;
        }
    }
  return TRUE;
}

static XsDb *
open_and_prepare (const char *path, guint32 application_id, const char *migrations, XsDbOpenFlags flags, GError **error)
{
  gboolean existing = (flags & XS_DB_OPEN_EXISTING) != 0;

  if (existing && !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND, "There is no such database");
      return NULL;
    }
  g_autoptr (XsDb) db = open_handle (path, SQLITE_OPEN_READWRITE | (existing ? 0 : SQLITE_OPEN_CREATE), error);
  if (db == NULL || !prepare_database (db, application_id, migrations, flags, error))
    return NULL;
  return g_steal_pointer (&db);
}

XsDb *
xs_db_open (const char *path, guint32 application_id, const char *migrations, XsDbOpenFlags flags, char **moved_aside,
            GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *moved_to = NULL;
  g_autoptr (XsDb) db = open_and_prepare (path, application_id, migrations, flags, &local_error);

  if (db == NULL && moved_aside != NULL && g_error_matches (local_error, XS_ERROR, XS_ERROR_CORRUPT))
    {
      moved_to = xs_db_aside_path (path);
      if (!xs_db_move (path, moved_to, error))
        return NULL;
      g_message ("%s: %s; moved to %s", path, local_error->message, moved_to);
      g_clear_error (&local_error);
      db = open_and_prepare (path, application_id, migrations, flags & ~XS_DB_OPEN_EXISTING, &local_error);
    }
  if (db == NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "%s: ", path);
      return NULL;
    }
  if (moved_aside != NULL)
    *moved_aside = g_steal_pointer (&moved_to);
  return g_steal_pointer (&db);
}
