/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-sql-postgresql.h"

#include <string.h>

/* "XSPF": one process at a time makes tables. */
#define MIGRATION_LOCK "1481855046"

/* libpq warns of nothing that concerns who serves; the fatal ones come as errors too. */
static void
on_notice (void *data, const char *message)
{
  g_debug ("%s", message);
}

PGconn *
xs_postgresql_connect (const char *conninfo, GError **error)
{
  /* What the connection string says itself comes later and counts. A host that is gone is noticed in seconds. */
  static const char *const names[] = {
    "connect_timeout",      "keepalives_idle",  "keepalives_interval", "keepalives_count", "tcp_user_timeout",
    "target_session_attrs", "application_name", "client_encoding",     "dbname",           NULL
  };
  const char *const values[] = { "3", "5", "2", "3", "8000", "read-write", "xueshi-platform", "UTF8", conninfo, NULL };
  g_autoptr (PGconn) connection = PQconnectdbParams (names, values, 1);
  g_autoptr (PGresult) result = NULL;

  if (PQstatus (connection) == CONNECTION_OK)
    {
      PQsetNoticeProcessor (connection, on_notice, NULL);
      /*
       * What is answered is on disk, whatever the server was told. Each transaction says that it writes: a query
       * outside of one cannot by mistake. Documents are packed in the way that takes the least time.
       */
      result = PQexec (connection, "SELECT set_config ('synchronous_commit', 'on', false)"
                                   " WHERE current_setting ('synchronous_commit') = 'off';"
                                   "SELECT set_config (name, 'lz4', false) FROM pg_settings"
                                   " WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals);"
                                   " SET default_transaction_read_only = on");
      if (PQresultStatus (result) == PGRES_COMMAND_OK)
        return g_steal_pointer (&connection);
    }
  g_autofree char *said = g_strdup (PQerrorMessage (connection));
  g_set_error (error, XS_ERROR, XS_ERROR_BUSY, "Database: no connection to PostgreSQL: %s", g_strstrip (said));
  return NULL;
}

gboolean
xs_postgresql_exec (XsSqlSession *session, const char *text, const char *tag, GError **error)
{
  if (!xs_postgresql_settle (session, error))
    return FALSE;
  g_autoptr (PGresult) result = PQexec (session->connection, text);
  ExecStatusType status = PQresultStatus (result);

  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    return xs_postgresql_fail (session, result, text, error);
  if (tag == NULL || strcmp (PQcmdStatus (result), tag) == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "Database: %s ended as %s: a statement in it failed", text,
               PQcmdStatus (result));
  return FALSE;
}

gboolean
xs_postgresql_query_int (XsSqlSession *session, const char *text, gint64 *value, GError **error)
{
  g_autoptr (PGresult) result = PQexec (session->connection, text);

  if (PQresultStatus (result) != PGRES_TUPLES_OK)
    return xs_postgresql_fail (session, result, text, error);
  *value = g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
read_version (XsSqlSession *session, gboolean create, gint64 *version, GError **error)
{
  gint64 is_there;

  if (!xs_postgresql_query_int (session,
                                "SELECT count (*) FROM pg_tables WHERE tablename = 'schema_version'"
                                " AND schemaname = current_schema ()",
                                &is_there, error))
    return FALSE;
  *version = 0;
  if (is_there > 0)
    return xs_postgresql_query_int (session, "SELECT version FROM schema_version", version, error);
  if (!create)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                           "The database has no tables of a platform: is it the right one?");
      return FALSE;
    }
  return xs_postgresql_exec (session,
                             "CREATE TABLE schema_version (version BIGINT NOT NULL);"
                             "INSERT INTO schema_version VALUES (0)",
                             NULL, error);
}

static gboolean
apply (XsSqlSession *session, const char *folder, char **names, gboolean create, GError **error)
{
  gint64 version;
  gint64 newest = g_strv_length (names);

  if (!xs_postgresql_exec (session, "SELECT pg_advisory_xact_lock (" MIGRATION_LOCK ")", NULL, error)
      || !read_version (session, create, &version, error))
    return FALSE;
  if (version > newest)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_TOO_NEW,
                   "The database has version %" G_GINT64_FORMAT ", this program knows up to %" G_GINT64_FORMAT
                   ": install the newer Xueshi again",
                   version, newest);
      return FALSE;
    }
  for (gint64 i = version; i < newest; i++)
    {
      g_autofree char *name = g_build_path ("/", folder, names[i], NULL);
      g_autoptr (GBytes) sql = g_resources_lookup_data (name, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
      if (sql == NULL || !xs_postgresql_exec (session, g_bytes_get_data (sql, NULL), NULL, error))
        {
          xs_error_convert (error);
          g_prefix_error (error, "%s: ", names[i]);
          return FALSE;
        }
    }
  g_autofree char *stamp = g_strdup_printf ("UPDATE schema_version SET version = %" G_GINT64_FORMAT, newest);
  return version == newest || xs_postgresql_exec (session, stamp, NULL, error);
}

gboolean
xs_postgresql_migrate (XsSqlSession *session, const char *migrations, gboolean create, GError **error)
{
  g_auto (GStrv) names = g_resources_enumerate_children (migrations, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (names == NULL)
    {
      xs_error_convert (error);
      return FALSE;
    }
  qsort (names, g_strv_length (names), sizeof (char *), compare_names);
  if (!xs_postgresql_exec (session, "BEGIN READ WRITE", NULL, error))
    return FALSE;
  if (apply (session, migrations, names, create, error))
    return xs_postgresql_exec (session, "COMMIT", "COMMIT", error);
  session->trouble = xs_postgresql_exec (session, "ROLLBACK", NULL, NULL) ? XS_POSTGRESQL_FINE : XS_POSTGRESQL_LOST;
  return FALSE;
}
