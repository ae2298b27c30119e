/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <stdarg.h>

G_BEGIN_DECLS

/**
 * XsDb: one SQLite connection, used by one thread at a time. WAL, synchronous=FULL, foreign keys on, STRICT tables.
 */
typedef struct _XsDb XsDb;
/** XsStmt: one prepared statement; freed before its XsDb. */
typedef struct _XsStmt XsStmt;

/** XsDbOpenFlags: how xs_db_open() departs from its ordinary way. */
typedef enum {
  XS_DB_OPEN_DEFAULT = 0,
  XS_DB_OPEN_EXISTING = 1 << 0,  /* create nothing: XS_ERROR_NOT_FOUND */
  XS_DB_OPEN_UNCHECKED = 1 << 1, /* without xs_db_check(), unless the schema is an older one */
} XsDbOpenFlags;

/**
 * xs_db_open: open or create the database at @path and bring its schema up to date.
 * @application_id: written to a new file and checked on an old one
 * @migrations: GResource folder holding 0001-name.sql, 0002-name.sql …; those still missing are applied in one
 *   IMMEDIATE transaction that also sets user_version
 * @moved_aside: (out) (nullable) (transfer full): NULL refuses a damaged file with XS_ERROR_CORRUPT and leaves it where
 *   it is. Else it is moved to "@path.corrupt-TIME", with its -wal and -shm, and a fresh one is made: it is never
 *   deleted. This is where it went, NULL when nothing was damaged. Only for a caller whose file nobody else has open.
 * @error: XS_ERROR_TOO_NEW for a schema newer than @migrations, XS_ERROR_INVALID for another program's file
 */
XsDb *xs_db_open (const char *path, guint32 application_id, const char *migrations, XsDbOpenFlags flags,
                  char **moved_aside, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_db_open_reader: another connection to a database that is open already, for reading on another thread. Every
 * statement sees what was committed before it began, and holds up nobody.
 * @cancellable: (nullable): ends a statement with XS_ERROR_CANCELLED
 */
XsDb *xs_db_open_reader (const char *path, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_db_check: read the whole file and see that it is whole. @error: XS_ERROR_CORRUPT */
gboolean xs_db_check (XsDb *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_db_check_with_indexes: the same, and that every index has just what its table has: several times as long. */
gboolean xs_db_check_with_indexes (XsDb *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_db_check_table: xs_db_check() of the pages of one table and its indexes. */
gboolean xs_db_check_table (XsDb *db, const char *table, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_db_empty_log: copy the write-ahead log into the file and leave nothing in it: it holds older pages, too.
 * @error: XS_ERROR_BUSY when others read or write all the time
 */
gboolean xs_db_empty_log (XsDb *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** XsDbDamageFunc: @what SQLite found, for the log. Within the call that found it: it must not use the connection. */
typedef void (*XsDbDamageFunc) (const char *what, gpointer data);
/** xs_db_set_damage_func: have @on_damage told whenever a call on this connection fails with XS_ERROR_CORRUPT. */
void xs_db_set_damage_func (XsDb *db, XsDbDamageFunc on_damage, gpointer data);
/** xs_db_aside_path: (transfer full): where a damaged database at @path is moved to: a name that is not taken yet. */
char *xs_db_aside_path (const char *path);
/** xs_db_move: rename a closed database together with its -wal and -shm. */
gboolean xs_db_move (const char *from, const char *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_db_close (XsDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsDb, xs_db_close)

/** xs_db_exec: run one or more statements that return no rows. */
gboolean xs_db_exec (XsDb *db, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsDbFunc: the body of a transaction; FALSE with @error set rolls back. */
typedef gboolean (*XsDbFunc) (XsDb *db, gpointer data, GError **error);
/** xs_db_transaction: run @func in BEGIN IMMEDIATE … COMMIT; nothing of it remains when it or the commit fails. */
gboolean xs_db_transaction (XsDb *db, XsDbFunc func, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_db_commit_is_uncertain: whether the last xs_db_transaction() failed after its last byte may have reached the
 * disk. This process goes on as if it had not been; but were it killed now, the next might find it committed.
 */
gboolean xs_db_commit_is_uncertain (XsDb *db);

/** xs_db_last_insert_rowid: the row id of the last INSERT that succeeded on this connection. */
gint64 xs_db_last_insert_rowid (XsDb *db);
/** xs_db_changes: rows changed by the last INSERT, UPDATE or DELETE. */
int xs_db_changes (XsDb *db);
/** xs_db_total_changes: rows changed through this connection so far: it rises when anything was written. */
gint64 xs_db_total_changes (XsDb *db);

/**
 * xs_db_prepare: prepare @sql and bind its parameters.
 * @types: one letter a parameter: 'i' gint64, 's' const char * (NULL binds NULL), 'b' GBytes * (NULL binds NULL),
 *   'd' double (NaN binds NULL); the values follow @types
 *
 * Returns: (transfer full): NULL on error
 */
XsStmt *xs_db_prepare (XsDb *db, const char *sql, GError **error, const char *types, ...) G_GNUC_WARN_UNUSED_RESULT;
/** xs_db_prepare_valist: the same, the values as va_start() gives them. */
XsStmt *xs_db_prepare_valist (XsDb *db, const char *sql, GError **error, const char *types, va_list values)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_db_keep_statements: from now on keep what was prepared for the next use of the same text. */
void xs_db_keep_statements (XsDb *db);
/** xs_db_run: prepare, bind as xs_db_prepare(), and step a statement that returns no rows. */
gboolean xs_db_run (XsDb *db, const char *sql, GError **error, const char *types, ...) G_GNUC_WARN_UNUSED_RESULT;
/** xs_db_query_int: the first column of the first row; @fallback when there is no row or it is NULL. */
gboolean xs_db_query_int (XsDb *db, gint64 *value, gint64 fallback, const char *sql, GError **error, const char *types,
                          ...) G_GNUC_WARN_UNUSED_RESULT;

void xs_stmt_free (XsStmt *stmt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsStmt, xs_stmt_free)

/*
 * Errors beside those named: XS_ERROR_EXISTS for a key that is taken, XS_ERROR_INVALID for any other broken
 * constraint, XS_ERROR_NO_SPACE, XS_ERROR_BUSY, XS_ERROR_CORRUPT, XS_ERROR_IO. The message of a full, busy or failing
 * disk names the file and what to do.
 */

/** xs_stmt_step: advance; @has_row tells whether there is a row to read. */
gboolean xs_stmt_step (XsStmt *stmt, gboolean *has_row, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_stmt_next: xs_stmt_step() for loops over all rows. Returns: whether there is a row to read.
 * @ok: (out): FALSE when there is none because of an error
 */
gboolean xs_stmt_next (XsStmt *stmt, gboolean *ok, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_stmt_is_null (XsStmt *stmt, int column);
gint64 xs_stmt_int (XsStmt *stmt, int column);
double xs_stmt_double (XsStmt *stmt, int column);
/** xs_stmt_string: (transfer none) (nullable): valid until the next step. */
const char *xs_stmt_string (XsStmt *stmt, int column);
/** xs_stmt_dup_string: (transfer full) (nullable) */
char *xs_stmt_dup_string (XsStmt *stmt, int column);
/** xs_stmt_bytes: (transfer full) (nullable): a copy. */
GBytes *xs_stmt_bytes (XsStmt *stmt, int column);

G_END_DECLS
