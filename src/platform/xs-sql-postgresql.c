/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sql-postgresql.h"

#include "xs-error.h"
#include "xs-sql-gather.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* As many connections as the threads of a process that use them at a time; several processes share a server's 100. */
#define SESSIONS_MAX 24
/* How long a server may be gone before callers are told to come again: a failover takes longer. */
#define GIVE_UP_US (3 * G_USEC_PER_SEC)
#define RECONNECT_US (G_USEC_PER_SEC / 5)
/* Whoever is the fourth to find a key taken was not merely unlucky. */
#define TAKEN_MAX 3
/* The server keeps so many savepoints of a transaction at hand; what comes after them costs everybody. */
#define BATCH_MAX 60
/* As if one came after the other, which is what SQLite does. */
#define BEGIN "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
/* The stricter one takes neighbours in an index for conflicts. */
#define BEGIN_BY_KEYS "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
#define PARTITION_US (12 * G_TIME_SPAN_HOUR)

typedef struct {
  XsSql parent;
  char *conninfo;
  int listen_fd; /* an eventfd: there is a new channel, or it is closing */
  XsSqlGather gather;
  GMutex mutex; /* of what follows */
  GCond changed;
  GPtrArray *idle;      /* XsSqlSession */
  XsSqlSession *writer; /* (nullable): of the last transaction: its server process has at hand what they all need */
  guint n_open;         /* in use or not */
  gint64 retry_us;      /* the server was gone: nobody tries before */
  gint64 partitions_us;
  char *problem; /* (nullable): of the last attempt */
} Postgresql;

static void
session_free (gpointer data)
{
  XsSqlSession *session = data;

  PQfinish (session->connection);
  g_hash_table_unref (session->prepared);
  g_ptr_array_unref (session->added);
  g_free (session);
}

static XsSqlSession *
session_new (const char *conninfo, GError **error)
{
  PGconn *connection = xs_postgresql_connect (conninfo, error);

  if (connection == NULL)
    return NULL;
  XsSqlSession *session = g_new0 (XsSqlSession, 1);
  session->connection = connection;
  session->prepared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  session->added = g_ptr_array_new_with_free_func (g_free);
  return session;
}

/* With the mutex held, which is let go while connecting. NULL: it did not work now. */
static XsSqlSession *
open_one_more (Postgresql *self)
{
  g_autoptr (GError) error = NULL;

  self->n_open++;
  g_mutex_unlock (&self->mutex);
  XsSqlSession *session = session_new (self->conninfo, &error);
  g_mutex_lock (&self->mutex);
  if (session != NULL)
    return session;
  self->n_open--;
  self->retry_us = g_get_monotonic_time () + RECONNECT_US;
  g_free (self->problem);
  self->problem = g_strdup (error->message);
  return NULL;
}

static XsSqlSession *
borrow_until (Postgresql *self, gboolean to_write, gint64 end_us, GError **error)
{
  XsSqlSession *session = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  for (;;)
    {
      gint64 now_us = g_get_monotonic_time ();
      if (to_write && self->writer != NULL)
        session = g_steal_pointer (&self->writer);
      else if (self->idle->len > 0)
        session = g_ptr_array_steal_index_fast (self->idle, self->idle->len - 1);
      else if (self->n_open < SESSIONS_MAX && now_us >= self->retry_us)
        session = open_one_more (self);
      else if (self->n_open >= SESSIONS_MAX)
        session = g_steal_pointer (&self->writer);
      if (session != NULL)
        return session;
      if (g_get_monotonic_time () >= end_us)
        break;
      gint64 wake_us = self->retry_us > now_us ? MIN (self->retry_us, end_us) : end_us;
      g_cond_wait_until (&self->changed, &self->mutex, wake_us);
    }
  g_set_error (error, XS_ERROR, XS_ERROR_BUSY, "%s",
               self->problem != NULL ? self->problem : "Database: all connections are in use");
  return NULL;
}

static XsSqlSession *
borrow (XsSql *sql, GError **error)
{
  return borrow_until ((Postgresql *) sql, FALSE, g_get_monotonic_time () + GIVE_UP_US, error);
}

/* One connection that is gone says that the others are too. */
static gboolean
put_back (Postgresql *self, XsSqlSession *session, gboolean has_written)
{
  gboolean lost = session->trouble == XS_POSTGRESQL_LOST;
  g_autoptr (GPtrArray) gone = NULL;

  session->trouble = XS_POSTGRESQL_FINE;
  g_mutex_lock (&self->mutex);
  if (has_written && !lost && self->writer == NULL)
    self->writer = session;
  else
    g_ptr_array_add (self->idle, session);
  if (lost)
    {
      gone = g_steal_pointer (&self->idle);
      if (self->writer != NULL)
        g_ptr_array_add (gone, g_steal_pointer (&self->writer));
      self->n_open -= gone->len;
      self->idle = g_ptr_array_new_with_free_func (session_free);
      g_cond_broadcast (&self->changed);
    }
  else
    g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  return lost;
}

static gboolean
give_back (XsSql *sql, XsSqlSession *session)
{
  return put_back ((Postgresql *) sql, session, FALSE);
}

static gboolean
begin_snapshot (XsSqlSession *session, GError **error)
{
  return xs_postgresql_exec (session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, error);
}

static void
end_snapshot (XsSqlSession *session)
{
  if (!xs_postgresql_exec (session, "ROLLBACK", NULL, NULL))
    session->trouble = XS_POSTGRESQL_LOST;
}

/* As make_partitions() of the schema names them. */
#define MISSING_PARTITIONS                                                                                             \
  "SELECT parent.relname::TEXT || month FROM pg_partitioned_table JOIN pg_class AS parent ON parent.oid = partrelid"   \
  " CROSS JOIN (SELECT to_char (date_trunc ('month', now () AT TIME ZONE 'UTC' + INTERVAL '8 hours')"                  \
  "   + make_interval (months => i), '_YYYY_MM') AS month FROM generate_series (0, 3) AS i) AS months"                 \
  " WHERE parent.relnamespace = current_schema ()::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_inherits"             \
  "  JOIN pg_class AS part ON part.oid = inhrelid WHERE inhparent = parent.oid"                                        \
  "  AND part.relname = parent.relname::TEXT || month) ORDER BY 1"

/* Months that will be written to have their partitions before they begin. */
static gboolean
make_partitions (Postgresql *self, XsSqlSession *session, GError **error)
{
  gint64 now_us = g_get_monotonic_time ();

  g_mutex_lock (&self->mutex);
  gboolean is_time = self->partitions_us == 0 || now_us - self->partitions_us > PARTITION_US;
  if (is_time)
    self->partitions_us = now_us;
  g_mutex_unlock (&self->mutex);
  return !is_time
         || xs_postgresql_exec (session, "BEGIN READ WRITE; SELECT make_partitions (3); COMMIT", "COMMIT", error);
}

static gboolean
run_once (Postgresql *self, XsSqlSession *session, const char *begin, XsSqlFunc func, gpointer data, GError **error)
{
  XsSqlScope scope;

  xs_sql_scope_enter (&scope, &self->parent, session);
  gboolean ok = make_partitions (self, session, error) && xs_postgresql_exec (session, begin, NULL, error)
                && func (&self->parent, data, error) && xs_postgresql_exec (session, "COMMIT", "COMMIT", error);
  xs_sql_scope_leave (&scope, ok);
  if (!ok && session->trouble != XS_POSTGRESQL_LOST)
    {
      XsPostgresqlTrouble trouble = session->trouble;
      xs_postgresql_settle (session, NULL);
      gboolean undone = xs_postgresql_exec (session, "ROLLBACK", NULL, NULL);
      session->trouble = undone ? trouble : XS_POSTGRESQL_LOST;
    }
  return ok;
}

/*
 * An answer to COMMIT that was lost says nothing of what was committed: the body finds that when it is run again.
 * @taken_max: after how many keys that were taken it is not run again
 */
static gboolean
run_until (Postgresql *self, gint64 end_us, guint taken_max, gboolean by_keys, XsSqlFunc func, gpointer data,
           GError **error)
{
  for (guint n_taken = 0;;)
    {
      g_autoptr (GError) local_error = NULL;
      XsSqlSession *session = borrow_until (self, TRUE, end_us, error);
      if (session == NULL)
        return FALSE;
      session->trouble = XS_POSTGRESQL_FINE;
      gboolean ok = run_once (self, session, by_keys ? BEGIN_BY_KEYS : BEGIN, func, data, &local_error);
      XsPostgresqlTrouble trouble = ok ? XS_POSTGRESQL_FINE : session->trouble;
      put_back (self, session, TRUE);
      if (ok)
        return TRUE;
      if (trouble == XS_POSTGRESQL_TAKEN)
        n_taken++;
      if (trouble == XS_POSTGRESQL_FINE || n_taken > taken_max || g_get_monotonic_time () >= end_us)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
}

static gboolean
run_plain (XsSql *sql, gpointer data, GError **error)
{
  return xs_sql_batch_run_plain (data, error);
}

static gboolean
run_together (XsSql *sql, gpointer data, GError **error)
{
  XsSqlBatch *batch = data;

  if (!xs_sql_batch_run (batch, error))
    return FALSE;
  if (xs_sql_get_scope (sql)->session->trouble == XS_POSTGRESQL_FINE)
    return TRUE;
  for (guint i = 0; i < batch->n_jobs; i++)
    {
      if (!batch->jobs[i]->ok)
        {
          g_propagate_error (error, g_error_copy (batch->jobs[i]->error));
          return FALSE;
        }
    }
  return TRUE;
}

/*
 * Nearly always all of a batch is well. A savepoint for each would make each a transaction to the server, which it has
 * to write down wherever two of them look at one row.
 */
static void
lead (XsSqlBatch *batch)
{
  Postgresql *self = (Postgresql *) batch->sql;
  gint64 end_us = g_get_monotonic_time () + GIVE_UP_US;
  gboolean by_keys = TRUE;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < batch->n_jobs; i++)
    by_keys = by_keys && batch->jobs[i]->by_keys;
  if (batch->n_jobs > 1)
    {
      if (run_until (self, end_us, 0, by_keys, run_plain, batch, NULL)
          || run_until (self, end_us, 0, by_keys, run_together, batch, &error))
        return;
      g_debug ("%u transactions fall apart: %s", batch->n_jobs, error->message);
    }
  gboolean gone = error != NULL && g_get_monotonic_time () >= end_us;
  for (guint i = 0; i < batch->n_jobs; i++)
    {
      XsSqlJob *job = batch->jobs[i];
      g_clear_error (&job->error);
      job->ok = !gone && run_until (self, end_us, TAKEN_MAX, job->by_keys, job->func, job->data, &job->error);
      if (gone)
        job->error = g_error_copy (error);
    }
}

static gboolean
transaction (XsSql *sql, gboolean by_keys, XsSqlFunc func, gpointer data, GError **error)
{
  return xs_sql_gather_run (&((Postgresql *) sql)->gather, by_keys, func, data, error);
}

static gboolean
check (XsSql *sql, gboolean thoroughly, GError **error)
{
  gint64 count;

  /* The server keeps checksums of its pages itself; a table that cannot be read is told. */
  return xs_sql_query_int (sql, &count, 0, "SELECT count (*) FROM schema_version", error, "");
}

static gboolean
forget (XsSql *sql, const char *const *tables, GError **error)
{
  XsSqlSession *session = borrow (sql, error);

  if (session == NULL)
    return FALSE;
  gboolean ok = xs_postgresql_forget (sql, session, tables, error);
  give_back (sql, session);
  return ok;
}

static gboolean
add (XsSqlSession *session, const char *text, GError **error, const char *types, ...)
{
  va_list values;

  va_start (values, types);
  gboolean ok = xs_postgresql_add (session, text, error, types, values);
  va_end (values);
  return ok;
}

static gboolean
notify (XsSqlSession *session, const char *channel, GError **error)
{
  g_autofree char *text = g_strconcat ("NOTIFY ", channel, NULL);

  return add (session, text, error, "");
}

static gboolean
listen_to_all (XsSql *sql, PGconn *connection)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer channel;

  g_mutex_lock (&sql->mutex);
  g_hash_table_iter_init (&iter, sql->channels);
  while (g_hash_table_iter_next (&iter, &channel, NULL))
    g_string_append_printf (text, "LISTEN %s;", (const char *) channel);
  g_mutex_unlock (&sql->mutex);
  g_autoptr (PGresult) result = PQexec (connection, text->str);
  return PQresultStatus (result) == PGRES_COMMAND_OK;
}

/* Until the connection is lost or it is closing. */
static void
hear (XsSql *sql, PGconn *connection)
{
  struct pollfd fds[] = { { .fd = PQsocket (connection), .events = POLLIN },
                          { .fd = ((Postgresql *) sql)->listen_fd, .events = POLLIN } };
  guint64 count;

  while (!xs_sql_is_closing (sql, 0))
    {
      PGnotify *news;
      poll (fds, G_N_ELEMENTS (fds), -1);
      if ((fds[1].revents & POLLIN) != 0
          && (read (fds[1].fd, &count, sizeof count) < 0 || !listen_to_all (sql, connection)))
        return;
      if (fds[0].revents != 0 && !PQconsumeInput (connection))
        return;
      while ((news = PQnotifies (connection)) != NULL)
        {
          xs_sql_wake (sql, news->relname);
          PQfreemem (news);
        }
    }
}

static void
listen_for_others (XsSql *sql)
{
  Postgresql *self = (Postgresql *) sql;

  do
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PGconn) connection = xs_postgresql_connect (self->conninfo, &error);
      if (connection == NULL || !listen_to_all (sql, connection))
        continue;
      /* What was notified while nobody listened. */
      xs_sql_wake (sql, NULL);
      hear (sql, connection);
    }
  while (!xs_sql_is_closing (sql, RECONNECT_US));
}

static void
heard (XsSql *sql)
{
  guint64 one = 1;
  gssize n = write (((Postgresql *) sql)->listen_fd, &one, sizeof one);

  g_warn_if_fail (n == sizeof one);
}

static gint64
changes (XsSqlSession *session)
{
  return session->changes;
}

static void
postgresql_close (XsSql *sql)
{
  Postgresql *self = (Postgresql *) sql;

  g_clear_pointer (&self->writer, session_free);
  g_ptr_array_unref (self->idle);
  close (self->listen_fd);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  xs_sql_gather_clear (&self->gather);
  g_free (self->conninfo);
  g_free (self->problem);
  xs_sql_clear (sql);
  g_free (self);
}

static const XsSqlDriver postgresql_driver = {
  .skip_locked = " FOR UPDATE SKIP LOCKED",
  .missing_partitions = MISSING_PARTITIONS,
  .items = "SELECT unnest (string_to_array (?, ',')) AS item",
  .close = postgresql_close,
  .check = check,
  .forget = forget,
  .transaction = transaction,
  .borrow = borrow,
  .begin_snapshot = begin_snapshot,
  .end_snapshot = end_snapshot,
  .give_back = give_back,
  .notify = notify,
  .listen = listen_for_others,
  .heard = heard,
  .prepare = xs_postgresql_prepare,
  .add = xs_postgresql_add,
  .settle = xs_postgresql_settle,
  .changes = changes,
  .free_row = xs_postgresql_free_row,
  .step = xs_postgresql_step,
  .is_null = xs_postgresql_is_null,
  .get_int = xs_postgresql_get_int,
  .get_double = xs_postgresql_get_double,
  .get_string = xs_postgresql_get_string,
  .get_bytes = xs_postgresql_get_bytes,
};

XsSql *
xs_sql_open_postgresql (const char *conninfo, const char *migrations, gboolean create, GError **error)
{
  Postgresql *self = g_new0 (Postgresql, 1);

  xs_sql_init (&self->parent, &postgresql_driver);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  xs_sql_gather_init (&self->gather, &self->parent, lead, BATCH_MAX);
  self->conninfo = g_strdup (conninfo);
  self->idle = g_ptr_array_new_with_free_func (session_free);
  self->listen_fd = eventfd (0, EFD_CLOEXEC);

  g_autoptr (XsSql) sql = &self->parent;
  XsSqlSession *session = borrow (sql, error);
  if (session == NULL)
    return NULL;
  gboolean ok = xs_postgresql_migrate (session, migrations, create, error);
  give_back (sql, session);
  return ok ? g_steal_pointer (&sql) : NULL;
}
