/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sql-driver.h"

G_BEGIN_DECLS

/** XsSqlJob: a transaction that waits for its turn. It lies on the stack of its thread. */
typedef struct {
  XsSqlFunc func;
  gpointer data;
  gboolean by_keys;
  gboolean ok;   /* set by XsSqlLead */
  GError *error; /* the same; NULL when ok */
  /*< private >*/
  GCond changed;
  gboolean is_done;
} XsSqlJob;

/** XsSqlBatch: jobs that run one after the other; at least one. */
typedef struct {
  XsSql *sql;
  XsSqlJob **jobs;
  guint n_jobs;
} XsSqlBatch;

/** XsSqlLead: run all of @batch, and tell of each how it ended. On one thread at a time. */
typedef void (*XsSqlLead) (XsSqlBatch *batch);

/**
 * XsSqlGather: each commit waits for the disk, so the transactions that come meanwhile are gathered: the first of them
 * runs the others' too, and all wait for one flush. So they run one after the other, and none is in another's way.
 */
typedef struct {
  XsSql *sql;
  XsSqlLead lead;
  guint jobs_max;
  GMutex mutex;   /* of what follows */
  GQueue waiting; /* of XsSqlJob */
  gboolean led;
} XsSqlGather;

/** xs_sql_gather_init: @jobs_max: at most so many at a time. */
void xs_sql_gather_init (XsSqlGather *gather, XsSql *sql, XsSqlLead lead, guint jobs_max);
/** xs_sql_gather_clear: nobody waits. */
void xs_sql_gather_clear (XsSqlGather *gather);
/** xs_sql_gather_run: have @func run, on this thread or another. */
gboolean xs_sql_gather_run (XsSqlGather *gather, gboolean by_keys, XsSqlFunc func, gpointer data, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_sql_batch_run_plain: for an XsSqlLead: one job after the other in the transaction this thread is in.
 * Returns: FALSE with @error when one failed: the transaction is to be undone, and what the jobs tell means nothing
 */
gboolean xs_sql_batch_run_plain (XsSqlBatch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sql_batch_run: for an XsSqlLead: each job as a part of the transaction this thread is in, which can fail alone.
 * Returns: FALSE with @error when the whole transaction is gone; what the jobs tell then means nothing
 */
gboolean xs_sql_batch_run (XsSqlBatch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
