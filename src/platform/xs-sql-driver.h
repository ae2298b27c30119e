/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sql.h"

#include <stdarg.h>

G_BEGIN_DECLS

/** XsSqlSession: a driver's connection, used by one thread at a time. */
typedef struct _XsSqlSession XsSqlSession;

/** XsSqlDriver: what xs-sql.c asks of a kind of database. Any thread. */
typedef struct {
  /** skip_locked: what a subquery of a queue ends with. */
  const char *skip_locked;
  const char *items;              /* xs_sql_get_items() */
  const char *missing_partitions; /* (nullable): a query for the names of xs_sql_list_missing_partitions() */
  void (*close) (XsSql *sql);
  gboolean (*check) (XsSql *sql, gboolean thoroughly, GError **error);
  gboolean (*forget) (XsSql *sql, const char *const *tables, GError **error);
  /** transaction: run @func within xs_sql_scope_enter() and xs_sql_scope_leave(), and commit. */
  gboolean (*transaction) (XsSql *sql, gboolean by_keys, XsSqlFunc func, gpointer data, GError **error);
  /** borrow: a connection for reading outside of a transaction. */
  XsSqlSession *(*borrow) (XsSql *sql, GError **error);
  gboolean (*begin_snapshot) (XsSqlSession *session, GError **error);
  void (*end_snapshot) (XsSqlSession *session);
  /** give_back: Returns: whether the connection was lost, so that another may serve. */
  gboolean (*give_back) (XsSql *sql, XsSqlSession *session);
  /** notify: (nullable): tell other processes once this transaction has committed. */
  gboolean (*notify) (XsSqlSession *session, const char *channel, GError **error);
  /** listen: on a thread of its own: call xs_sql_wake() for news of other processes until xs_sql_is_closing(). */
  void (*listen) (XsSql *sql);
  /** heard: (nullable): a channel is watched for the first time; the listener may be waiting for others. */
  void (*heard) (XsSql *sql);

  gpointer (*prepare) (XsSqlSession *session, const char *text, GError **error, const char *types, va_list values);
  /** add: (nullable): xs_sql_add(), for a driver that can wait; what was added runs before anything else does. */
  gboolean (*add) (XsSqlSession *session, const char *text, GError **error, const char *types, va_list values);
  /** settle: (nullable): see that what was added has run. */
  gboolean (*settle) (XsSqlSession *session, GError **error);
  gint64 (*changes) (XsSqlSession *session);
  void (*free_row) (gpointer handle);
  gboolean (*step) (gpointer handle, gboolean *has_row, GError **error);
  gboolean (*is_null) (gpointer handle, int column);
  gint64 (*get_int) (gpointer handle, int column);
  double (*get_double) (gpointer handle, int column);
  const char *(*get_string) (gpointer handle, int column);
  GBytes *(*get_bytes) (gpointer handle, int column);
} XsSqlDriver;

/** XsSql: the first member of each driver's own. */
struct _XsSql {
  const XsSqlDriver *driver;
  GMutex mutex; /* of what follows */
  GCond news;
  GHashTable *channels; /* char * → guint64 *: how often each was notified */
  GThread *listener;
  gboolean closing;
};

/** XsSqlScope: the transaction a thread is in. */
typedef struct _XsSqlScope {
  XsSql *sql;
  XsSqlSession *session;
  struct _XsSqlScope *outer; /* of another database */
  GPtrArray *channels;       /* (nullable): to be woken after the commit */
} XsSqlScope;

/** xs_sql_init: @driver is static. */
void xs_sql_init (XsSql *sql, const XsSqlDriver *driver);
/** xs_sql_clear: what xs_sql_init() made; the listener has ended before. */
void xs_sql_clear (XsSql *sql);
void xs_sql_scope_enter (XsSqlScope *scope, XsSql *sql, XsSqlSession *session);
/** xs_sql_scope_leave: @committed: wake what the transaction notified. */
void xs_sql_scope_leave (XsSqlScope *scope, gboolean committed);
/**
 * xs_sql_run_part: run @func, and what it adds, in a savepoint of the transaction this thread is in.
 * @part_error: why it failed and was undone
 * @error: why the whole transaction is gone
 */
gboolean xs_sql_run_part (XsSql *sql, XsSqlFunc func, gpointer data, GError **part_error, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_sql_get_scope: (transfer none) (nullable): the transaction of @sql this thread is in. */
XsSqlScope *xs_sql_get_scope (XsSql *sql);
/** xs_sql_wake: @channel: (nullable): NULL wakes all */
void xs_sql_wake (XsSql *sql, const char *channel);
/** xs_sql_is_closing: wait so long. Returns: whether the listener must end */
gboolean xs_sql_is_closing (XsSql *sql, gint64 wait_us);

G_END_DECLS
