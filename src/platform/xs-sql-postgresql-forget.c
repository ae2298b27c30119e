/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-sql-postgresql.h"

/* Writing a table anew stops everybody who needs it: for seconds, not for minutes. */
#define ANEW_MAX_BYTES "268435456"
/* How long to wait for those who may still read what is to be forgotten, or who hold its table. */
#define PATIENCE_US (3 * G_USEC_PER_SEC)
#define PATIENCE "SET lock_timeout = 3000"
#define LOOK_US (G_USEC_PER_SEC / 20)
#define INSUFFICIENT_PRIVILEGE "42501"

/* The number of the next transaction. */
#define NEXT "pg_snapshot_xmax (pg_current_snapshot ())::TEXT::BIGINT"
/* How many on this server, or on one that follows it, may read what transactions left behind before the given one. */
#define HOLDERS                                                                                                        \
  "SELECT count (*) FROM (SELECT backend_xmin AS oldest FROM pg_stat_activity"                                         \
  " WHERE pid <> pg_backend_pid () AND coalesce (datname, current_database ()) = current_database ()"                  \
  " AND backend_type <> 'autovacuum worker'"                                                                           \
  " UNION ALL SELECT xmin FROM pg_replication_slots) AS held"                                                          \
  " WHERE " NEXT " - age (oldest) < %" G_GINT64_FORMAT

/* What somebody may still read would be taken along into the new table. */
static gboolean
wait_for_readers (XsSql *sql, XsSqlSession *session, GError **error)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;
  gint64 next, n_holders;

  if (!xs_postgresql_query_int (session, "SELECT " NEXT, &next, error))
    return FALSE;
  g_autofree char *text = g_strdup_printf (HOLDERS, next);
  for (;;)
    {
      if (!xs_postgresql_query_int (session, text, &n_holders, error))
        return FALSE;
      if (n_holders == 0)
        return TRUE;
      if (g_get_monotonic_time () >= end_us || xs_sql_is_closing (sql, LOOK_US))
        break;
    }
  g_set_error_literal (error, XS_ERROR, XS_ERROR_BUSY,
                       "Database: others read all the time what is to be overwritten; end long queries, and see "
                       "pg_replication_slots");
  return FALSE;
}

static gboolean
write_anew (XsSqlSession *session, const char *table, GError **error)
{
  gint64 is_small;
  g_autofree char *question =
    g_strdup_printf ("SELECT (pg_total_relation_size ('%s') <= " ANEW_MAX_BYTES ")::INTEGER", table);

  if (!xs_postgresql_query_int (session, question, &is_small, error))
    return FALSE;
  g_autofree char *text = g_strdup_printf ("VACUUM %s %s", is_small ? "(FULL)" : "", table);
  return xs_postgresql_exec (session, text, NULL, error);
}

/* What is not allowed here, the server does by itself in its own time. */
static gboolean
exec_if_allowed (XsSqlSession *session, const char *text, GError **error)
{
  g_autoptr (PGresult) result = PQexec (session->connection, text);

  if (PQresultStatus (result) == PGRES_COMMAND_OK || PQresultStatus (result) == PGRES_TUPLES_OK)
    return TRUE;
  if (g_strcmp0 (PQresultErrorField (result, PG_DIAG_SQLSTATE), INSUFFICIENT_PRIVILEGE) != 0)
    return xs_postgresql_fail (session, result, text, error);
  g_message ("What was erased stays in PostgreSQL's log until that is written over: “%s” needs a right, see "
             "docs/scale.md",
             text);
  return TRUE;
}

gboolean
xs_postgresql_forget (XsSql *sql, XsSqlSession *session, const char *const *tables, GError **error)
{
  gboolean ok = wait_for_readers (sql, session, error) && xs_postgresql_exec (session, PATIENCE, NULL, error);

  for (guint i = 0; ok && tables[i] != NULL; i++)
    ok = write_anew (session, tables[i], error);
  if (!xs_postgresql_exec (session, "RESET lock_timeout", NULL, ok ? error : NULL))
    return FALSE;
  /* The log's file that has it ends, and what a checkpoint does not need any more goes. */
  return ok && exec_if_allowed (session, "SELECT pg_switch_wal ()", error)
         && exec_if_allowed (session, "CHECKPOINT", error);
}
