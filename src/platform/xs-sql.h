/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XsSql: the platform's database: SQLite in its folder, or a PostgreSQL server. The calls have the shapes of xs-db.h
 * and one text for both: `?` for parameters, `INSERT … RETURNING id` for the id of a new row, `ON CONFLICT (columns)
 * DO …`, µs and flags as integers, no function that only one of them has.
 *
 * Usable from any thread. A call within a transaction of the same thread is part of it; any other takes a connection of
 * its own for as long as its row is open, sees what was committed before, and neither waits for a writer nor holds one
 * up. What was answered with TRUE is on disk.
 *
 * Errors beside those named: XS_ERROR_EXISTS for a key that is taken, XS_ERROR_INVALID for any other broken constraint,
 * XS_ERROR_BUSY when the database cannot be had now, XS_ERROR_NO_SPACE, XS_ERROR_CORRUPT, XS_ERROR_IO.
 */
typedef struct _XsSql XsSql;
/** XsSqlRow: a statement under way and the row it stands on. Of one thread; freed within its transaction. */
typedef struct _XsSqlRow XsSqlRow;

/**
 * xs_sql_open_sqlite: as xs_db_open() without a look whether the file is whole.
 * @create: FALSE: XS_ERROR_NOT_FOUND when there is no such file
 */
XsSql *xs_sql_open_sqlite (const char *path, guint32 application_id, const char *migrations, gboolean create,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sql_open_postgresql: a database of a PostgreSQL server (15 or later), up to its schema's date as above.
 * @conninfo: as libpq has it, an URI or names and values; several hosts are tried in turn for one that can be written
 *   to. The password may come from PGPASSFILE or a service file.
 * @create: FALSE: XS_ERROR_NOT_FOUND when it has no tables of a platform
 *
 * A server that is gone is waited for, three seconds a call, six at most behind others; then the call fails with
 * XS_ERROR_BUSY.
 */
XsSql *xs_sql_open_postgresql (const char *conninfo, const char *migrations, gboolean create, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_sql_close: no statement, transaction or watch may be left. NULL is fine. */
void xs_sql_close (XsSql *sql);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSql, xs_sql_close)
/**
 * xs_sql_check: see that the database is whole.
 * @thoroughly: and that every index has just what its table has: several times as long
 * @error: XS_ERROR_CORRUPT
 */
gboolean xs_sql_check (XsSql *sql, gboolean thoroughly, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_sql_forget: have what was deleted and overwritten before gone also from where the database keeps it for itself, as
 * in its log, as far as that is in its power: docs/scale.md says how far on a server.
 * @tables: (array zero-terminated=1): of which something is to be gone; those who need them may have to wait meanwhile
 * @error: XS_ERROR_BUSY when others read all the time
 */
gboolean xs_sql_forget (XsSql *sql, const char *const *tables, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * XsSqlFunc: the body of a transaction; FALSE with @error set undoes it. It may be run again from its beginning, when
 * the connection was lost, a unique key was taken at the same moment, or another one of its batch spoilt the commit: so
 * it sets all of its results anew, and finds what its first run may have committed. It may be run on another thread
 * than the caller's, which waits.
 */
typedef gboolean (*XsSqlFunc) (XsSql *sql, gpointer data, GError **error);
/**
 * xs_sql_transaction: run @func so that all of it is on disk when this returns TRUE, and nothing of it remains when it
 * returns FALSE. Transactions of several threads may be flushed to disk together. One within another is a part of it
 * that can fail alone.
 */
gboolean xs_sql_transaction (XsSql *sql, XsSqlFunc func, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sql_transaction_by_keys: the same for a @func of which keys and constraints refuse what must not be, whatever it
 * has read meanwhile: many of them run beside each other on a server without being run again for nothing.
 */
gboolean xs_sql_transaction_by_keys (XsSql *sql, XsSqlFunc func, gpointer data, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sql_snapshot: run @func, which only reads: all of its queries see what was committed before the first of them.
 * Writers are not held up. Not within a transaction.
 */
gboolean xs_sql_snapshot (XsSql *sql, XsSqlFunc func, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sql_list_missing_partitions: (transfer full) (element-type utf8): the names of tables that there should be for
 * this month and the three to come, and are not; none on SQLite.
 */
GPtrArray *xs_sql_list_missing_partitions (XsSql *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sql_get_items: (transfer none): the text of a query with one parameter, a string of parts with commas between, and
 * one column, item: the parts. For many rows by one statement.
 */
const char *xs_sql_get_items (XsSql *sql);

/**
 * xs_sql_prepare: run a query. Outside of a transaction it can only read.
 * @types: one letter a parameter: 'i' gint64, 's' const char *, 'b' GBytes *, 'd' double; NULL and NaN are SQL's NULL
 *
 * Returns: (transfer full): before its first row; NULL on error
 */
XsSqlRow *xs_sql_prepare (XsSql *sql, const char *text, GError **error, const char *types, ...)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_sql_run: a statement that returns no rows. Outside of a transaction it is one by itself. */
gboolean xs_sql_run (XsSql *sql, const char *text, GError **error, const char *types, ...) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sql_add: xs_sql_run() within a transaction, of which nothing need be known at once: it may go to the server with
 * what comes next, which then fails with its error. Saves the way there and back.
 */
gboolean xs_sql_add (XsSql *sql, const char *text, GError **error, const char *types, ...) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sql_is_far: whether that saves anything, because each answer is waited for; where not, what was just read in a
 * transaction is nearest at hand there.
 */
gboolean xs_sql_is_far (XsSql *sql);
/**
 * xs_sql_query_int: the first column of the first row; @fallback when there is no row or it is NULL. Outside of a
 * transaction it can only read.
 */
gboolean xs_sql_query_int (XsSql *sql, gint64 *value, gint64 fallback, const char *text, GError **error,
                           const char *types, ...) G_GNUC_WARN_UNUSED_RESULT;
/** xs_sql_changes: within a transaction: how many rows the last xs_sql_run() of it changed. */
gint64 xs_sql_changes (XsSql *sql);

void xs_sql_row_free (XsSqlRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSqlRow, xs_sql_row_free)
/** xs_sql_row_step: advance; @has_row tells whether there is a row to read. */
gboolean xs_sql_row_step (XsSqlRow *row, gboolean *has_row, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sql_row_next: xs_sql_row_step() for loops over all rows. Returns: whether there is a row to read.
 * @ok: (out): FALSE when there is none because of an error
 */
gboolean xs_sql_row_next (XsSqlRow *row, gboolean *ok, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_sql_row_is_null (XsSqlRow *row, int column);
gint64 xs_sql_row_int (XsSqlRow *row, int column);
double xs_sql_row_double (XsSqlRow *row, int column);
/** xs_sql_row_string: (transfer none) (nullable): valid until the next step. */
const char *xs_sql_row_string (XsSqlRow *row, int column);
/** xs_sql_row_dup_string: (transfer full) (nullable) */
char *xs_sql_row_dup_string (XsSqlRow *row, int column);
/** xs_sql_row_bytes: (transfer full) (nullable): a copy. */
GBytes *xs_sql_row_bytes (XsSqlRow *row, int column);

/**
 * xs_sql_notify: wake whoever watches @channel, in this process and in others, once this transaction, which writes the
 * news, has committed.
 * @channel: letters a to z and "_"
 */
gboolean xs_sql_notify (XsSql *sql, const char *channel, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * XsSqlWatch: waits for news on a channel. It counts from its making, so that nothing is missed by: make it, look at
 * the tables, wait, look again. Of one thread at a time.
 */
typedef struct _XsSqlWatch XsSqlWatch;
/** xs_sql_watch_new: @sql outlives it. */
XsSqlWatch *xs_sql_watch_new (XsSql *sql, const char *channel);
/**
 * xs_sql_watch_wait: wait for news since the watch was made or last returned TRUE; it may return TRUE for nothing. News
 * of another process come within a quarter of a second.
 * @timeout_us: 0 only looks
 * @cancellable: (nullable)
 * Returns: FALSE when the time ran out or it was cancelled
 */
gboolean xs_sql_watch_wait (XsSqlWatch *watch, gint64 timeout_us, GCancellable *cancellable);
void xs_sql_watch_free (XsSqlWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSqlWatch, xs_sql_watch_free)

G_END_DECLS
