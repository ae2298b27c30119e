/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sql.h"

G_BEGIN_DECLS

/**
 * A queue of work in a table, for workers in several processes. The table has at least
 *
 *   id      the row's key, an integer
 *   due_us  wall time from which the job may be taken, not null, first column of an index (due_us, id)
 *   claims  how often it was taken, not null, 0 at first
 *
 * Whoever takes a job has it until a time. A worker that died loses it then, and another takes it; what the first one
 * would still say of it is recognised as late by its count of claims. Wall time is the same clock for all workers of
 * one database.
 */

/** XsSqlClaim: a job that was taken. */
typedef struct {
  gint64 id;
  gint64 claims; /* 1: for the first time */
} XsSqlClaim;

/**
 * xs_sql_queue_claim: take up to @max jobs of @table that are due, the longest due first; none of them goes to
 * another worker before @now_us + @lease_us.
 *
 * Returns: (transfer full) (element-type XsSqlClaim): empty when there is nothing to do; NULL on error
 */
GArray *xs_sql_queue_claim (XsSql *sql, const char *table, guint max, gint64 now_us, gint64 lease_us, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sql_queue_finish: remove the job, in the transaction that stores what came of it.
 * @mine: (out): FALSE when another worker has it by now: then undo the rest too
 */
gboolean xs_sql_queue_finish (XsSql *sql, const char *table, const XsSqlClaim *claim, gboolean *mine, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
