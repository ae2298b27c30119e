/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sql-driver.h"

#include <string.h>

struct _XsSqlRow {
  const XsSqlDriver *driver;
  gpointer handle;
  XsSql *sql;
  XsSqlSession *borrowed; /* (nullable): to be given back */
};

static GPrivate current_scope = G_PRIVATE_INIT (NULL);

XsSqlScope *
xs_sql_get_scope (XsSql *sql)
{
  XsSqlScope *scope = g_private_get (&current_scope);

  while (scope != NULL && scope->sql != sql)
    scope = scope->outer;
  return scope;
}

void
xs_sql_scope_enter (XsSqlScope *scope, XsSql *sql, XsSqlSession *session)
{
  *scope = (XsSqlScope){ .sql = sql, .session = session, .outer = g_private_get (&current_scope) };
  g_private_set (&current_scope, scope);
}

void
xs_sql_scope_leave (XsSqlScope *scope, gboolean committed)
{
  g_private_set (&current_scope, scope->outer);
  for (guint i = 0; committed && scope->channels != NULL && i < scope->channels->len; i++)
    xs_sql_wake (scope->sql, g_ptr_array_index (scope->channels, i));
  g_clear_pointer (&scope->channels, g_ptr_array_unref);
}

void
xs_sql_init (XsSql *sql, const XsSqlDriver *driver)
{
  sql->driver = driver;
  g_mutex_init (&sql->mutex);
  g_cond_init (&sql->news);
  sql->channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
xs_sql_clear (XsSql *sql)
{
  g_hash_table_unref (sql->channels);
  g_mutex_clear (&sql->mutex);
  g_cond_clear (&sql->news);
}

void
xs_sql_close (XsSql *sql)
{
  if (sql == NULL)
    return;
  g_mutex_lock (&sql->mutex);
  sql->closing = TRUE;
  g_cond_broadcast (&sql->news);
  g_mutex_unlock (&sql->mutex);
  if (sql->listener != NULL)
    {
      if (sql->driver->heard != NULL)
        sql->driver->heard (sql);
      g_thread_join (sql->listener);
    }
  sql->driver->close (sql);
}

gboolean
xs_sql_check (XsSql *sql, gboolean thoroughly, GError **error)
{
  return sql->driver->check (sql, thoroughly, error);
}

gboolean
xs_sql_forget (XsSql *sql, const char *const *tables, GError **error)
{
  return sql->driver->forget (sql, tables, error);
}

static gboolean
settle (XsSql *sql, GError **error)
{
  return sql->driver->settle == NULL || sql->driver->settle (xs_sql_get_scope (sql)->session, error);
}

gboolean
xs_sql_run_part (XsSql *sql, XsSqlFunc func, gpointer data, GError **part_error, GError **error)
{
  XsSqlScope *scope = xs_sql_get_scope (sql);
  guint n_channels = scope->channels != NULL ? scope->channels->len : 0;

  if (!xs_sql_add (sql, "SAVEPOINT part", error, ""))
    return FALSE;
  if (func (sql, data, part_error) && settle (sql, part_error))
    return xs_sql_add (sql, "RELEASE SAVEPOINT part", error, "");
  settle (sql, NULL);
  if (scope->channels != NULL)
    g_ptr_array_set_size (scope->channels, (gint) n_channels);
  if (xs_sql_run (sql, "ROLLBACK TO SAVEPOINT part", NULL, "") && xs_sql_add (sql, "RELEASE SAVEPOINT part", NULL, ""))
    return TRUE;
  g_propagate_error (error, g_error_copy (*part_error));
  return FALSE;
}

static gboolean
run_nested (XsSql *sql, XsSqlFunc func, gpointer data, GError **error)
{
  g_autoptr (GError) part_error = NULL;

  if (!xs_sql_run_part (sql, func, data, &part_error, error))
    return FALSE;
  if (part_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&part_error));
  return FALSE;
}

gboolean
xs_sql_transaction (XsSql *sql, XsSqlFunc func, gpointer data, GError **error)
{
  if (xs_sql_get_scope (sql) != NULL)
    return run_nested (sql, func, data, error);
  return sql->driver->transaction (sql, FALSE, func, data, error);
}

gboolean
xs_sql_transaction_by_keys (XsSql *sql, XsSqlFunc func, gpointer data, GError **error)
{
  if (xs_sql_get_scope (sql) != NULL)
    return run_nested (sql, func, data, error);
  return sql->driver->transaction (sql, TRUE, func, data, error);
}

const char *
xs_sql_get_items (XsSql *sql)
{
  return sql->driver->items;
}

static XsSqlRow *
row_new (XsSql *sql, gpointer handle, XsSqlSession *borrowed)
{
  XsSqlRow *row = g_new0 (XsSqlRow, 1);

  *row = (XsSqlRow){ .driver = sql->driver, .handle = handle, .sql = sql, .borrowed = borrowed };
  return row;
}

static XsSqlRow *
prepare (XsSql *sql, const char *text, GError **error, const char *types, va_list values)
{
  XsSqlScope *scope = xs_sql_get_scope (sql);
  g_autoptr (GError) local_error = NULL;
  gpointer handle = NULL;

  if (scope != NULL)
    {
      handle = sql->driver->prepare (scope->session, text, error, types, values);
      return handle != NULL ? row_new (sql, handle, NULL) : NULL;
    }
  /* A connection that was lost since it was used last is no reason to fail. */
  for (guint n = 0; n < 2; n++)
    {
      g_clear_error (&local_error);
      XsSqlSession *borrowed = sql->driver->borrow (sql, &local_error);
      if (borrowed == NULL)
        break;
      handle = sql->driver->prepare (borrowed, text, &local_error, types, values);
      if (handle != NULL)
        return row_new (sql, handle, borrowed);
      if (!sql->driver->give_back (sql, borrowed))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

gboolean
xs_sql_snapshot (XsSql *sql, XsSqlFunc func, gpointer data, GError **error)
{
  XsSqlScope scope;

  g_return_val_if_fail (xs_sql_get_scope (sql) == NULL, FALSE);
  XsSqlSession *session = sql->driver->borrow (sql, error);
  if (session == NULL)
    return FALSE;
  xs_sql_scope_enter (&scope, sql, session);
  gboolean begun = sql->driver->begin_snapshot (session, error);
  gboolean ok = begun && func (sql, data, error);
  if (begun)
    sql->driver->end_snapshot (session);
  xs_sql_scope_leave (&scope, FALSE);
  sql->driver->give_back (sql, session);
  return ok;
}

GPtrArray *
xs_sql_list_missing_partitions (XsSql *sql, GError **error)
{
  gboolean ok = TRUE;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (sql->driver->missing_partitions == NULL)
    return g_steal_pointer (&names);
  g_autoptr (XsSqlRow) row = xs_sql_prepare (sql, sql->driver->missing_partitions, error, "");
  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    g_ptr_array_add (names, xs_sql_row_dup_string (row, 0));
  return ok ? g_steal_pointer (&names) : NULL;
}

XsSqlRow *
xs_sql_prepare (XsSql *sql, const char *text, GError **error, const char *types, ...)
{
  va_list values;

  va_start (values, types);
  XsSqlRow *row = prepare (sql, text, error, types, values);
  va_end (values);
  return row;
}

typedef struct {
  const char *text;
  const char *types;
  va_list values;
} RunCall;

static gboolean
run (XsSql *sql, gpointer data, GError **error)
{
  RunCall *call = data;
  gboolean has_row;
  va_list values;

  va_copy (values, call->values);
  g_autoptr (XsSqlRow) row = prepare (sql, call->text, error, call->types, values);
  va_end (values);
  return row != NULL && xs_sql_row_step (row, &has_row, error);
}

gboolean
xs_sql_run (XsSql *sql, const char *text, GError **error, const char *types, ...)
{
  RunCall call = { .text = text, .types = types };

  va_start (call.values, types);
  gboolean ok = xs_sql_get_scope (sql) != NULL ? run (sql, &call, error) : xs_sql_transaction (sql, run, &call, error);
  va_end (call.values);
  return ok;
}

gboolean
xs_sql_add (XsSql *sql, const char *text, GError **error, const char *types, ...)
{
  XsSqlScope *scope = xs_sql_get_scope (sql);
  RunCall call = { .text = text, .types = types };

  g_return_val_if_fail (scope != NULL, FALSE);
  va_start (call.values, types);
  gboolean ok = sql->driver->add != NULL ? sql->driver->add (scope->session, text, error, types, call.values)
                                         : run (sql, &call, error);
  va_end (call.values);
  return ok;
}

gboolean
xs_sql_is_far (XsSql *sql)
{
  return sql->driver->add != NULL;
}

gboolean
xs_sql_query_int (XsSql *sql, gint64 *value, gint64 fallback, const char *text, GError **error, const char *types, ...)
{
  va_list values;
  gboolean has_row;

  va_start (values, types);
  g_autoptr (XsSqlRow) row = prepare (sql, text, error, types, values);
  va_end (values);
  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  *value = has_row && !xs_sql_row_is_null (row, 0) ? xs_sql_row_int (row, 0) : fallback;
  return TRUE;
}

gint64
xs_sql_changes (XsSql *sql)
{
  XsSqlScope *scope = xs_sql_get_scope (sql);

  g_return_val_if_fail (scope != NULL, 0);
  return sql->driver->changes (scope->session);
}

void
xs_sql_row_free (XsSqlRow *row)
{
  if (row == NULL)
    return;
  row->driver->free_row (row->handle);
  if (row->borrowed != NULL)
    row->driver->give_back (row->sql, row->borrowed);
  g_free (row);
}

gboolean
xs_sql_row_step (XsSqlRow *row, gboolean *has_row, GError **error)
{
  return row->driver->step (row->handle, has_row, error);
}

gboolean
xs_sql_row_next (XsSqlRow *row, gboolean *ok, GError **error)
{
  gboolean has_row;

  *ok = xs_sql_row_step (row, &has_row, error);
  return *ok && has_row;
}

gboolean
xs_sql_row_is_null (XsSqlRow *row, int column)
{
  return row->driver->is_null (row->handle, column);
}

gint64
xs_sql_row_int (XsSqlRow *row, int column)
{
  return row->driver->get_int (row->handle, column);
}

double
xs_sql_row_double (XsSqlRow *row, int column)
{
  return row->driver->get_double (row->handle, column);
}

const char *
xs_sql_row_string (XsSqlRow *row, int column)
{
  return row->driver->get_string (row->handle, column);
}

char *
xs_sql_row_dup_string (XsSqlRow *row, int column)
{
  return g_strdup (xs_sql_row_string (row, column));
}

GBytes *
xs_sql_row_bytes (XsSqlRow *row, int column)
{
  return row->driver->get_bytes (row->handle, column);
}
