/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sql-queue.h"

#include "xs-sql-driver.h"

typedef struct {
  const char *text;
  guint max;
  gint64 now_us;
  gint64 lease_us;
  GArray *claims;
} ClaimCall;

static gboolean
take_due (XsSql *sql, gpointer data, GError **error)
{
  ClaimCall *call = data;
  gboolean ok;

  g_array_set_size (call->claims, 0);
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (sql, call->text, error, "iii", call->now_us + call->lease_us, call->now_us, (gint64) call->max);
  if (row == NULL)
    return FALSE;
  while (xs_sql_row_next (row, &ok, error))
    {
      XsSqlClaim taken = { xs_sql_row_int (row, 0), xs_sql_row_int (row, 1) };
      g_array_append_val (call->claims, taken);
    }
  return ok;
}

GArray *
xs_sql_queue_claim (XsSql *sql, const char *table, guint max, gint64 now_us, gint64 lease_us, GError **error)
{
  g_autofree char *text =
    g_strdup_printf ("UPDATE %s SET due_us = ?, claims = claims + 1"
                     " WHERE id IN (SELECT id FROM %s WHERE due_us <= ? ORDER BY due_us, id LIMIT ?%s)"
                     " RETURNING id, claims",
                     table, table, sql->driver->skip_locked);
  g_autoptr (GArray) claims = g_array_new (FALSE, FALSE, sizeof (XsSqlClaim));
  ClaimCall call = { text, max, now_us, lease_us, claims };

  /* Rows that are locked keep workers apart; who adds to the queue meanwhile is in nobody's way. */
  return xs_sql_transaction_by_keys (sql, take_due, &call, error) ? g_steal_pointer (&claims) : NULL;
}

typedef struct {
  const char *text;
  const XsSqlClaim *claim;
  gboolean *mine;
} FinishCall;

static gboolean
remove_claimed (XsSql *sql, gpointer data, GError **error)
{
  FinishCall *call = data;

  if (!xs_sql_run (sql, call->text, error, "ii", call->claim->id, call->claim->claims))
    return FALSE;
  *call->mine = xs_sql_changes (sql) > 0;
  return TRUE;
}

gboolean
xs_sql_queue_finish (XsSql *sql, const char *table, const XsSqlClaim *claim, gboolean *mine, GError **error)
{
  g_autofree char *text = g_strdup_printf ("DELETE FROM %s WHERE id = ? AND claims = ?", table);
  FinishCall call = { text, claim, mine };

  return xs_sql_transaction (sql, remove_claimed, &call, error);
}
