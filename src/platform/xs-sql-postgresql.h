/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sql-driver.h"

#include <libpq-fe.h>

G_BEGIN_DECLS

/** XsPostgresqlTrouble: why a statement failed, as far as running it again may help; the worst one last. */
typedef enum {
  XS_POSTGRESQL_FINE,
  XS_POSTGRESQL_AGAIN, /* another transaction was in the way */
  XS_POSTGRESQL_TAKEN, /* a unique key was taken, perhaps at the same moment by one that did the same */
  XS_POSTGRESQL_LOST,  /* the connection is gone, or leads to a server that cannot write any more */
} XsPostgresqlTrouble;

struct _XsSqlSession {
  PGconn *connection;
  GHashTable *prepared;        /* char * text → char * name on the server */
  GPtrArray *added;            /* char *: texts on their way to the server, their results not yet read */
  XsPostgresqlTrouble trouble; /* the worst since it was borrowed, or the transaction began */
  gint64 changes;
};

/** xs_postgresql_connect: a connection to the first of the hosts in @conninfo that can be written to. XS_ERROR_BUSY */
PGconn *xs_postgresql_connect (const char *conninfo, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_postgresql_fail: set XS_ERROR, and the session's trouble if it is worse, from what the server said.
 * @result: (nullable): NULL asks the connection
 * @doing: the statement. Returns: FALSE
 */
gboolean xs_postgresql_fail (XsSqlSession *session, const PGresult *result, const char *doing, GError **error);
/**
 * xs_postgresql_exec: settle, then one or more statements without parameters.
 * @tag: (nullable): what the last of them must be
 */
gboolean xs_postgresql_exec (XsSqlSession *session, const char *text, const char *tag, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_postgresql_query_int: settled before: a query without parameters of one row and one column. */
gboolean xs_postgresql_query_int (XsSqlSession *session, const char *text, gint64 *value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_postgresql_forget: xs_sql_forget() by a connection outside of a transaction. */
gboolean xs_postgresql_forget (XsSql *sql, XsSqlSession *session, const char *const *tables, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_postgresql_migrate: as xs_db_open() does for SQLite: bring the schema up to date. */
gboolean xs_postgresql_migrate (XsSqlSession *session, const char *migrations, gboolean create, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* The members of XsSqlDriver that concern statements. */
gpointer xs_postgresql_prepare (XsSqlSession *session, const char *text, GError **error, const char *types,
                                va_list values);
gboolean xs_postgresql_add (XsSqlSession *session, const char *text, GError **error, const char *types, va_list values)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_postgresql_settle (XsSqlSession *session, GError **error);
void xs_postgresql_free_row (gpointer handle);
gboolean xs_postgresql_step (gpointer handle, gboolean *has_row, GError **error);
gboolean xs_postgresql_is_null (gpointer handle, int column);
gint64 xs_postgresql_get_int (gpointer handle, int column);
double xs_postgresql_get_double (gpointer handle, int column);
const char *xs_postgresql_get_string (gpointer handle, int column);
GBytes *xs_postgresql_get_bytes (gpointer handle, int column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGconn, PQfinish)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PGresult, PQclear)

G_END_DECLS
