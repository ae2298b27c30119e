/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-report.h"

#include "xs-journal-private.h"

gboolean
xs_journal_get_schema (XsJournal *journal, gint64 *version, GError **error)
{
  return xs_db_query_int (journal->db, version, 0, "PRAGMA user_version", error, "");
}

GPtrArray *
xs_journal_list_names (XsJournal *journal, GError **error)
{
  gboolean ok;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db,
                                           "SELECT name FROM roster"
                                           " UNION SELECT admitted_by FROM session WHERE admitted_by IS NOT NULL",
                                           error, "");

  if (stmt == NULL)
    return NULL;
  while (xs_stmt_next (stmt, &ok, error))
    g_ptr_array_add (names, g_strdup (xs_stmt_string (stmt, 0)));
  return ok ? g_steal_pointer (&names) : NULL;
}
