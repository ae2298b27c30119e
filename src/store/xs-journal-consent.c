/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

gboolean
xs_journal_get_consent (XsJournal *journal, const char *stunum, XsConsent *consent, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT text_version, wall_us, decision = 'given' FROM consent WHERE stunum = ?"
                   " ORDER BY id DESC LIMIT 1",
                   error, "s", stunum);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  gboolean is_given = has_row && xs_stmt_int (stmt, 2) != 0;
  *consent = is_given ? (XsConsent){ xs_stmt_int (stmt, 0), xs_stmt_int (stmt, 1) } : (XsConsent){ 0 };
  return TRUE;
}

static gboolean
add_decision (XsJournal *journal, XsDb *db, const char *stunum, gint64 text_version, const char *decision,
              GError **error)
{
  return xs_db_run (db, "INSERT INTO consent (stunum, text_version, wall_us, decision) VALUES (?, ?, ?, ?)", error,
                    "siis", stunum, text_version, xs_clock_wall_us (journal->clock), decision);
}

gboolean
xs_journal_give_consent (XsJournal *journal, const char *stunum, gint64 text_version, GError **error)
{
  return xs_number_check (stunum, XS_UNIFIED_DIGITS, "stunum", error)
         && add_decision (journal, journal->db, stunum, text_version, "given", error);
}

typedef struct {
  XsJournal *journal;
  const char *stunum;
  gint64 text_version;
} Withdraw;

static gboolean
withdraw_in (XsDb *db, gpointer data, GError **error)
{
  const Withdraw *withdraw = data;

  return add_decision (withdraw->journal, db, withdraw->stunum, withdraw->text_version, "withdrawn", error)
         && xs_db_run (db, "UPDATE roster SET template = NULL, template_sha256 = NULL WHERE stunum = ?", error, "s",
                       withdraw->stunum);
}

gboolean
xs_journal_withdraw_consent (XsJournal *journal, const char *stunum, GError **error)
{
  Withdraw withdraw = { journal, stunum, 0 };
  XsConsent consent;

  if (!xs_journal_get_consent (journal, stunum, &consent, error))
    return FALSE;
  withdraw.text_version = consent.text_version;
  return consent.text_version == 0 || xs_db_transaction (journal->db, withdraw_in, &withdraw, error);
}
