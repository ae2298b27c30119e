/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-db.h"
#include "xs-error.h"
#include "xs-sql-gather.h"

/* Several connections may read beside one that writes. */

#define BATCH_MAX 256
#define LISTEN_INTERVAL_US (G_USEC_PER_SEC / 5)

struct _XsSqlSession {
  XsDb *db;
};

typedef struct {
  XsSql parent;
  char *path;
  guint32 application_id;
  char *migrations;
  XsSqlSession writer; /* of the one that leads */
  XsSqlGather gather;
  GMutex mutex;    /* of what follows */
  GPtrArray *idle; /* XsSqlSession for reading */
} Sqlite;

static gboolean
run_alone (XsDb *db, gpointer data, GError **error)
{
  XsSqlBatch *batch = data;

  return batch->jobs[0]->func (batch->sql, batch->jobs[0]->data, error);
}

static gboolean
run_plain (XsDb *db, gpointer data, GError **error)
{
  return xs_sql_batch_run_plain (data, error);
}

static gboolean
run_together (XsDb *db, gpointer data, GError **error)
{
  return xs_sql_batch_run (data, error);
}

static gboolean
run (XsSqlBatch *batch, XsDbFunc func, GError **error)
{
  Sqlite *self = (Sqlite *) batch->sql;
  XsSqlScope scope;

  xs_sql_scope_enter (&scope, batch->sql, &self->writer);
  gboolean ok = xs_db_transaction (self->writer.db, func, batch, error);
  xs_sql_scope_leave (&scope, ok);
  return ok;
}

static void
lead (XsSqlBatch *batch)
{
  g_autoptr (GError) error = NULL;

  if (batch->n_jobs > 1)
    {
      /* Nearly always all is well; a savepoint for each would keep what each page was before. */
      if (run (batch, run_plain, NULL) || run (batch, run_together, &error))
        return;
      /* As after a page that found no room. */
      g_debug ("%u transactions fall apart: %s", batch->n_jobs, error->message);
    }
  for (guint i = 0; i < batch->n_jobs; i++)
    {
      XsSqlJob *job = batch->jobs[i];
      XsSqlBatch one = { batch->sql, batch->jobs + i, 1 };
      g_clear_error (&job->error);
      job->ok = run (&one, run_alone, &job->error);
    }
}

static gboolean
transaction (XsSql *sql, gboolean by_keys, XsSqlFunc func, gpointer data, GError **error)
{
  return xs_sql_gather_run (&((Sqlite *) sql)->gather, by_keys, func, data, error);
}

static XsSqlSession *
borrow (XsSql *sql, GError **error)
{
  Sqlite *self = (Sqlite *) sql;
  XsSqlSession *session = NULL;

  g_mutex_lock (&self->mutex);
  if (self->idle->len > 0)
    session = g_ptr_array_steal_index_fast (self->idle, self->idle->len - 1);
  g_mutex_unlock (&self->mutex);
  if (session != NULL)
    return session;
  g_autoptr (XsDb) db = xs_db_open_reader (self->path, NULL, error);
  if (db == NULL)
    return NULL;
  xs_db_keep_statements (db);
  session = g_new0 (XsSqlSession, 1);
  session->db = g_steal_pointer (&db);
  return session;
}

static gboolean
give_back (XsSql *sql, XsSqlSession *session)
{
  Sqlite *self = (Sqlite *) sql;

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->idle, session);
  g_mutex_unlock (&self->mutex);
  return FALSE;
}

static void
session_free (gpointer data)
{
  XsSqlSession *session = data;

  xs_db_close (session->db);
  g_free (session);
}

static gboolean
check (XsSql *sql, gboolean thoroughly, GError **error)
{
  XsSqlSession *session = borrow (sql, error);

  if (session == NULL)
    return FALSE;
  gboolean ok = thoroughly ? xs_db_check_with_indexes (session->db, error) : xs_db_check (session->db, error);
  give_back (sql, session);
  return ok;
}

static gboolean
begin_snapshot (XsSqlSession *session, GError **error)
{
  return xs_db_exec (session->db, "BEGIN", error);
}

static void
end_snapshot (XsSqlSession *session)
{
  g_autoptr (GError) error = NULL;

  if (!xs_db_exec (session->db, "ROLLBACK", &error))
    g_debug ("%s", error->message);
}

/* On a connection of its own, which a writer may wait for as for any other. */
static gboolean
forget (XsSql *sql, const char *const *tables, GError **error)
{
  Sqlite *self = (Sqlite *) sql;
  g_autoptr (XsDb) db = xs_db_open (self->path, self->application_id, self->migrations,
                                    XS_DB_OPEN_UNCHECKED | XS_DB_OPEN_EXISTING, NULL, error);

  return db != NULL && xs_db_empty_log (db, error);
}

/* Another process cannot call: that it has committed something shows in a number. */
static void
listen_for_others (XsSql *sql)
{
  gint64 seen = -1;
  gint64 version;
  XsSqlSession *session = NULL; /* one and the same: the number is of a connection */

  while (!xs_sql_is_closing (sql, LISTEN_INTERVAL_US))
    {
      g_autoptr (GError) error = NULL;
      if (session == NULL && (session = borrow (sql, &error)) == NULL)
        continue;
      if (!xs_db_query_int (session->db, &version, 0, "PRAGMA data_version", &error, "") || version == seen)
        continue;
      seen = version;
      xs_sql_wake (sql, NULL);
    }
  if (session != NULL)
    give_back (sql, session);
}

static gpointer
prepare (XsSqlSession *session, const char *text, GError **error, const char *types, va_list values)
{
  return xs_db_prepare_valist (session->db, text, error, types, values);
}

static gint64
changes (XsSqlSession *session)
{
  return xs_db_changes (session->db);
}

static void
free_row (gpointer handle)
{
  xs_stmt_free (handle);
}

static gboolean
step (gpointer handle, gboolean *has_row, GError **error)
{
  return xs_stmt_step (handle, has_row, error);
}

static gboolean
is_null (gpointer handle, int column)
{
  return xs_stmt_is_null (handle, column);
}

static gint64
get_int (gpointer handle, int column)
{
  return xs_stmt_int (handle, column);
}

static double
get_double (gpointer handle, int column)
{
  return xs_stmt_double (handle, column);
}

static const char *
get_string (gpointer handle, int column)
{
  return xs_stmt_string (handle, column);
}

static GBytes *
get_bytes (gpointer handle, int column)
{
  return xs_stmt_bytes (handle, column);
}

static void
sqlite_close (XsSql *sql)
{
  Sqlite *self = (Sqlite *) sql;

  g_ptr_array_unref (self->idle);
  xs_db_close (self->writer.db);
  xs_sql_gather_clear (&self->gather);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self->migrations);
  xs_sql_clear (sql);
  g_free (self);
}

static const XsSqlDriver sqlite_driver = {
  .skip_locked = "",
  .items = "SELECT value AS item FROM json_each ('[\"' || replace (?, ',', '\",\"') || '\"]')",
  .close = sqlite_close,
  .check = check,
  .forget = forget,
  .transaction = transaction,
  .borrow = borrow,
  .begin_snapshot = begin_snapshot,
  .end_snapshot = end_snapshot,
  .give_back = give_back,
  .listen = listen_for_others,
  .prepare = prepare,
  .changes = changes,
  .free_row = free_row,
  .step = step,
  .is_null = is_null,
  .get_int = get_int,
  .get_double = get_double,
  .get_string = get_string,
  .get_bytes = get_bytes,
};

XsSql *
xs_sql_open_sqlite (const char *path, guint32 application_id, const char *migrations, gboolean create, GError **error)
{
  g_autoptr (XsDb) db =
    xs_db_open (path, application_id, migrations,
                XS_DB_OPEN_UNCHECKED | (create ? XS_DB_OPEN_DEFAULT : XS_DB_OPEN_EXISTING), NULL, error);

  /*
   * A name that is overwritten is gone from its page, not only from its row. Each log goes to random places of several
   * indexes: beside a million others 40 MiB of pages are kept, and written back only when 32 MiB have gathered.
   */
  if (db == NULL
      || !xs_db_exec (db, "PRAGMA secure_delete = ON; PRAGMA cache_size = -40960; PRAGMA wal_autocheckpoint = 8192",
                      error))
    return NULL;
  Sqlite *self = g_new0 (Sqlite, 1);
  xs_db_keep_statements (db);
  xs_sql_init (&self->parent, &sqlite_driver);
  g_mutex_init (&self->mutex);
  xs_sql_gather_init (&self->gather, &self->parent, lead, BATCH_MAX);
  self->path = g_strdup (path);
  self->application_id = application_id;
  self->migrations = g_strdup (migrations);
  self->writer.db = g_steal_pointer (&db);
  self->idle = g_ptr_array_new_with_free_func (session_free);
  return &self->parent;
}
