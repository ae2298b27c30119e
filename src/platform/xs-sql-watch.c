/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sql-driver.h"

#include <string.h>

struct _XsSqlWatch {
  XsSql *sql;
  const guint64 *count; /* of the channel, owned by @sql */
  guint64 seen;
};

static gboolean
is_channel (const char *channel)
{
  return channel[0] != '\0' && strspn (channel, "abcdefghijklmnopqrstuvwxyz_") == strlen (channel);
}

void
xs_sql_wake (XsSql *sql, const char *channel)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sql->mutex);
  GHashTableIter iter;
  gpointer name, count;

  g_hash_table_iter_init (&iter, sql->channels);
  while (g_hash_table_iter_next (&iter, &name, &count))
    {
      if (channel == NULL || strcmp (channel, name) == 0)
        ++*(guint64 *) count;
    }
  g_cond_broadcast (&sql->news);
}

gboolean
xs_sql_is_closing (XsSql *sql, gint64 wait_us)
{
  gint64 end_us = g_get_monotonic_time () + wait_us;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sql->mutex);

  while (!sql->closing && g_get_monotonic_time () < end_us)
    g_cond_wait_until (&sql->news, &sql->mutex, end_us);
  return sql->closing;
}

static gboolean
notify (XsSql *sql, gpointer data, GError **error)
{
  const char *channel = data;
  XsSqlScope *scope = xs_sql_get_scope (sql);

  if (scope->channels == NULL)
    scope->channels = g_ptr_array_new_with_free_func (g_free);
  if (g_ptr_array_find_with_equal_func (scope->channels, channel, g_str_equal, NULL))
    return TRUE;
  g_ptr_array_add (scope->channels, g_strdup (channel));
  return sql->driver->notify == NULL || sql->driver->notify (scope->session, channel, error);
}

gboolean
xs_sql_notify (XsSql *sql, const char *channel, GError **error)
{
  g_assert (is_channel (channel));
  return xs_sql_get_scope (sql) != NULL ? notify (sql, (gpointer) channel, error)
                                        : xs_sql_transaction (sql, notify, (gpointer) channel, error);
}

static gpointer
listen_for_others (gpointer data)
{
  XsSql *sql = data;

  sql->driver->listen (sql);
  return NULL;
}

XsSqlWatch *
xs_sql_watch_new (XsSql *sql, const char *channel)
{
  XsSqlWatch *watch = g_new0 (XsSqlWatch, 1);
  gboolean is_new = FALSE;

  g_assert (is_channel (channel));
  g_mutex_lock (&sql->mutex);
  guint64 *count = g_hash_table_lookup (sql->channels, channel);
  if (count == NULL)
    {
      is_new = TRUE;
      count = g_new0 (guint64, 1);
      g_hash_table_insert (sql->channels, g_strdup (channel), count);
    }
  *watch = (XsSqlWatch){ sql, count, *count };
  if (sql->listener == NULL)
    sql->listener = g_thread_new ("xs-sql-listen", listen_for_others, sql);
  g_mutex_unlock (&sql->mutex);
  if (is_new && sql->driver->heard != NULL)
    sql->driver->heard (sql);
  return watch;
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  XsSql *sql = data;

  g_mutex_lock (&sql->mutex);
  g_cond_broadcast (&sql->news);
  g_mutex_unlock (&sql->mutex);
}

gboolean
xs_sql_watch_wait (XsSqlWatch *watch, gint64 timeout_us, GCancellable *cancellable)
{
  XsSql *sql = watch->sql;
  gint64 end_us = g_get_monotonic_time () + timeout_us;
  gulong handler = 0;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), sql, NULL);
  g_mutex_lock (&sql->mutex);
  while (*watch->count == watch->seen && !sql->closing && !g_cancellable_is_cancelled (cancellable)
         && g_cond_wait_until (&sql->news, &sql->mutex, end_us))
    ;
  gboolean news = *watch->count != watch->seen;
  watch->seen = *watch->count;
  g_mutex_unlock (&sql->mutex);
  g_cancellable_disconnect (cancellable, handler);
  return news;
}

void
xs_sql_watch_free (XsSqlWatch *watch)
{
  g_free (watch);
}
