/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-db-copy.h"

#include "xs-blob.h"
#include "xs-error.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* How many steps of SQLite's machine pass between two looks whether the copy was cancelled: about a millisecond. */
#define CANCEL_INTERVAL 10000

typedef sqlite3 Handle;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Handle, sqlite3_close_v2)
typedef sqlite3_stmt Statement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Statement, sqlite3_finalize)

static gboolean
fail (GError **error, sqlite3 *handle, const char *doing)
{
  XsError code;

  switch (sqlite3_errcode (handle) & 0xff)
    {
    case SQLITE_FULL:
      code = XS_ERROR_NO_SPACE;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR: /* a schema that makes no sense */
      code = XS_ERROR_CORRUPT;
      break;
    case SQLITE_INTERRUPT:
      code = XS_ERROR_CANCELLED;
      break;
    default:
      code = XS_ERROR_IO;
      break;
    }
  g_set_error (error, XS_ERROR, code, "Database: %.160s: %s", doing, sqlite3_errmsg (handle));
  return FALSE;
}

static Handle *
open_handle (const char *path, int flags, GError **error)
{
  g_autoptr (Handle) handle = NULL;

  if (sqlite3_open_v2 (path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL) != SQLITE_OK)
    {
      fail (error, handle, path);
      return NULL;
    }
  sqlite3_busy_timeout (handle, 5000);
  return g_steal_pointer (&handle);
}

static gboolean
run (sqlite3 *handle, const char *sql, GError **error)
{
  return sqlite3_exec (handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail (error, handle, sql);
}

/* A statement with one text parameter and no rows. */
static gboolean
run_with (sqlite3 *handle, const char *sql, const char *text, GError **error)
{
  g_autoptr (Statement) stmt = NULL;

  return (sqlite3_prepare_v2 (handle, sql, -1, &stmt, NULL) == SQLITE_OK
          && sqlite3_bind_text (stmt, 1, text, -1, SQLITE_TRANSIENT) == SQLITE_OK && sqlite3_step (stmt) == SQLITE_DONE)
         || fail (error, handle, sql);
}

static int
is_cancelled (void *cancellable)
{
  return g_cancellable_is_cancelled (cancellable);
}

static gboolean
check (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (Handle) handle = open_handle (path, SQLITE_OPEN_READONLY, error);
  g_autoptr (Statement) stmt = NULL;

  if (handle == NULL)
    return FALSE;
  if (cancellable != NULL)
    sqlite3_progress_handler (handle, CANCEL_INTERVAL, is_cancelled, cancellable);
  if (sqlite3_prepare_v2 (handle, "PRAGMA quick_check (1)", -1, &stmt, NULL) != SQLITE_OK
      || sqlite3_step (stmt) != SQLITE_ROW)
    return fail (error, handle, "quick_check");
  if (g_strcmp0 ((const char *) sqlite3_column_text (stmt, 0), "ok") == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "The database is damaged: %s", sqlite3_column_text (stmt, 0));
  return FALSE;
}

static gboolean
copy_to (const char *from, const char *to, GCancellable *cancellable, GError **error)
{
  g_autoptr (Handle) handle = open_handle (from, SQLITE_OPEN_READONLY, error);

  if (handle == NULL)
    return FALSE;
  if (cancellable != NULL)
    sqlite3_progress_handler (handle, CANCEL_INTERVAL, is_cancelled, cancellable);
  return run_with (handle, "VACUUM INTO ?", to, error);
}

gboolean
xs_db_copy (const char *from, const char *to, GCancellable *cancellable, GError **error)
{
  g_autofree char *temporary = g_strconcat (to, ".new", NULL);

  g_unlink (temporary);
  if (copy_to (from, temporary, cancellable, error) && check (temporary, cancellable, error)
      && xs_blob_publish (temporary, to, error))
    return TRUE;
  g_unlink (temporary);
  return FALSE;
}

/* The texts of one column of a query, all read before they are used. */
static GPtrArray *
list_texts (sqlite3 *handle, const char *sql, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (Statement) stmt = NULL;
  int result = sqlite3_prepare_v2 (handle, sql, -1, &stmt, NULL);

  while (result == SQLITE_OK || result == SQLITE_ROW)
    {
      result = sqlite3_step (stmt);
      if (result == SQLITE_ROW)
        g_ptr_array_add (texts, g_strdup ((const char *) sqlite3_column_text (stmt, 0)));
    }
  if (result == SQLITE_DONE)
    return g_steal_pointer (&texts);
  fail (error, handle, sql);
  return NULL;
}

static gboolean
run_all (sqlite3 *handle, const char *sql_of_sqls, GError **error)
{
  g_autoptr (GPtrArray) sqls = list_texts (handle, sql_of_sqls, error);

  if (sqls == NULL)
    return FALSE;
  for (guint i = 0; i < sqls->len; i++)
    {
      if (!run (handle, g_ptr_array_index (sqls, i), error))
        return FALSE;
    }
  return TRUE;
}

/* WHERE 1 keeps SQLite from copying the pages of indexes as they are. */
#define COPY_TABLES                                                                                                    \
  "SELECT printf ('INSERT INTO main.\"%w\" SELECT * FROM damaged.\"%w\" NOT INDEXED WHERE 1', name, name)"             \
  " FROM damaged.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"

static gboolean
read_int (sqlite3 *handle, const char *sql, gint64 *value, GError **error)
{
  g_autoptr (Statement) stmt = NULL;

  if (sqlite3_prepare_v2 (handle, sql, -1, &stmt, NULL) != SQLITE_OK || sqlite3_step (stmt) != SQLITE_ROW)
    return fail (error, handle, sql);
  *value = sqlite3_column_int64 (stmt, 0);
  return TRUE;
}

static gboolean
copy_numbers (sqlite3 *handle, GError **error)
{
  gint64 version, id;

  if (!read_int (handle, "PRAGMA damaged.user_version", &version, error)
      || !read_int (handle, "PRAGMA damaged.application_id", &id, error))
    return FALSE;
  g_autofree char *sql =
    g_strdup_printf ("PRAGMA main.user_version = %" G_GINT64_FORMAT "; PRAGMA main.application_id = %" G_GINT64_FORMAT,
                     version, id);
  return run (handle, sql, error);
}

static gboolean
salvage_to (const char *from, const char *to, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (from, NULL);
  g_autofree char *uri = g_filename_to_uri (absolute, NULL, error);
  g_autofree char *read_only = uri != NULL ? g_strconcat (uri, "?mode=ro", NULL) : NULL;
  g_autoptr (Handle) handle = NULL;

  if (uri == NULL)
    {
      xs_error_convert (error);
      return FALSE;
    }
  handle = open_handle (to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
  /* Triggers come after the rows: they have run once already. */
  return handle != NULL && run (handle, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", error)
         && run_with (handle, "ATTACH ? AS damaged", read_only, error) && copy_numbers (handle, error)
         && run (handle, "BEGIN", error)
         && run_all (handle,
                     "SELECT sql FROM damaged.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                     " AND sql IS NOT NULL",
                     error)
         && run_all (handle, COPY_TABLES, error)
         && run_all (handle,
                     "SELECT 'DELETE FROM main.sqlite_sequence' FROM damaged.sqlite_schema"
                     " WHERE name = 'sqlite_sequence' UNION ALL"
                     " SELECT 'INSERT INTO main.sqlite_sequence SELECT * FROM damaged.sqlite_sequence'"
                     " FROM damaged.sqlite_schema WHERE name = 'sqlite_sequence'",
                     error)
         && run_all (handle, "SELECT sql FROM damaged.sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL", error)
         && run (handle, "COMMIT", error);
}

gboolean
xs_db_salvage (const char *from, const char *to, GError **error)
{
  g_unlink (to);
  if (salvage_to (from, to, error) && check (to, NULL, error))
    return TRUE;
  g_unlink (to);
  return FALSE;
}

/* The write-ahead log, as https://www.sqlite.org/fileformat2.html describes it. */

#define WAL_HEADER_BYTES 32
#define FRAME_HEADER_BYTES 24
#define WAL_MAGIC 0x377f0682u /* the last bit: checksums are of big-endian words */

static guint32
word (const guint8 *data, gboolean big_endian)
{
  guint32 value;

  memcpy (&value, data, sizeof value);
  return big_endian ? GUINT32_FROM_BE (value) : GUINT32_FROM_LE (value);
}

static void
add_to_checksum (guint32 sum[2], const guint8 *data, gsize size, gboolean big_endian)
{
  for (gsize i = 0; i + 8 <= size; i += 8)
    {
      sum[0] += word (data + i, big_endian) + sum[1];
      sum[1] += word (data + i + 4, big_endian) + sum[0];
    }
}

static gboolean
has_damage (const guint8 *data, gsize size)
{
  guint32 sum[2] = { 0, 0 };
  gboolean big_endian = (word (data, TRUE) & 1) != 0;
  gsize frame_bytes = FRAME_HEADER_BYTES + (gsize) word (data + 8, TRUE);
  gboolean sound = TRUE, ended = FALSE;

  add_to_checksum (sum, data, 24, big_endian);
  if ((word (data, TRUE) & ~1u) != WAL_MAGIC || word (data + 24, TRUE) != sum[0] || word (data + 28, TRUE) != sum[1])
    return TRUE;
  for (gsize at = WAL_HEADER_BYTES; size - at >= frame_bytes; at += frame_bytes)
    {
      const guint8 *frame = data + at;
      /* What an earlier round of the log left behind has other salts, and nothing of this round follows. */
      if (memcmp (frame + 8, data + 16, 8) != 0)
        {
          sound = FALSE;
          continue;
        }
      if (ended)
        return TRUE;
      if (sound)
        {
          add_to_checksum (sum, frame, 8, big_endian);
          add_to_checksum (sum, frame + FRAME_HEADER_BYTES, frame_bytes - FRAME_HEADER_BYTES, big_endian);
          sound = word (frame + 16, TRUE) == sum[0] && word (frame + 20, TRUE) == sum[1];
        }
      /* The transaction that has the damage ends here: whatever follows was written after that was on the disk. */
      ended = !sound && word (frame + 4, TRUE) != 0;
    }
  return FALSE;
}

gboolean
xs_db_wal_is_damaged (const char *path)
{
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autofree char *data = NULL;
  gsize size;

  /* Unreadable is not for this function to say: SQLite will. */
  if (!g_file_get_contents (wal, &data, &size, NULL))
    return FALSE;
  return size > WAL_HEADER_BYTES && has_damage ((const guint8 *) data, size);
}
