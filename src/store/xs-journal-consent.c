/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-wire-consent.h"

/* What learners decide about the own face: made once, signed like a log, and sent. */

static gboolean
read_consent (XsDb *db, const char *stunum, XsConsent *consent, GError **error)
{
  *consent = (XsConsent){ 0 };
  return xs_db_query_int (db, &consent->text_version, 0, "SELECT " XS_CONSENT_SQL ("version", "?1"), error, "s", stunum)
         && xs_db_query_int (db, &consent->wall_us, 0, "SELECT " XS_CONSENT_SQL ("at", "?1"), error, "s", stunum);
}

gboolean
xs_journal_get_consent (XsJournal *journal, const char *stunum, XsConsent *consent, GError **error)
{
  return read_consent (journal->db, stunum, consent, error);
}

static gboolean
sign (XsJournal *journal, XsDb *db, const XsConsentRecord *record, GError **error)
{
  g_autoptr (GBytes) bytes = xs_wire_consent_encode (record);
  gsize size;
  const void *content = g_bytes_get_data (bytes, &size);
  g_autofree char *sha256 = xs_sha256_hex (content, size);
  guint8 signature[XS_SIGNATURE_BYTES];

  xs_sign (&journal->sign_key, content, size, signature);
  g_autoptr (GBytes) signature_bytes = g_bytes_new (signature, sizeof signature);
  return xs_db_run (db, "INSERT INTO consent_document (consent_id, bytes, sha256, signature) VALUES (?, ?, ?, ?)",
                    error, "ibsb", record->seq, bytes, sha256, signature_bytes)
         && xs_db_run (db, "INSERT INTO outbox (kind, consent_id) VALUES ('consent', ?)", error, "i", record->seq);
}

/* @found: (out): FALSE when all are signed */
static gboolean
read_unsigned (XsDb *db, XsConsentRecord *record, gboolean *found, GError **error)
{
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (db,
                   "SELECT id, stunum, text_version, wall_us, decision = 'withdrawn' FROM consent"
                   " WHERE id > coalesce ((SELECT max (consent_id) FROM consent_document), 0) ORDER BY id LIMIT 1",
                   error, "");

  if (stmt == NULL || !xs_stmt_step (stmt, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  record->seq = xs_stmt_int (stmt, 0);
  g_strlcpy (record->stunum, xs_stmt_string (stmt, 1), sizeof record->stunum);
  record->text_version = xs_stmt_int (stmt, 2);
  record->wall_us = xs_stmt_int (stmt, 3);
  record->withdrawn = xs_stmt_int (stmt, 4) != 0;
  return TRUE;
}

gboolean
xs_journal_sign_decisions_in (XsDb *db, gpointer journal, GError **error)
{
  XsConsentRecord record = { .seq = 0 };
  g_autoptr (GError) unpaired = NULL;
  XsIdentity identity;
  gboolean found = TRUE;

  if (!xs_journal_read_identity (db, &identity, &unpaired))
    {
      if (g_error_matches (unpaired, XS_ERROR, XS_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&unpaired));
      return FALSE;
    }
  g_strlcpy (record.inscode, identity.inscode, sizeof record.inscode);
  g_strlcpy (record.devnum, identity.devnum, sizeof record.devnum);
  while (found)
    {
      if (!read_unsigned (db, &record, &found, error) || (found && !sign (journal, db, &record, error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
xs_journal_drop_withdrawn_in (XsDb *db, GError **error)
{
  return xs_db_exec (db,
                     "UPDATE roster SET template = NULL, template_sha256 = NULL"
                     " WHERE template IS NOT NULL AND " XS_CONSENT_SQL ("version", "roster.stunum") " = 0",
                     error)
         && xs_db_exec (db,
                        "DELETE FROM own_photo WHERE number IN"
                        " (SELECT p.number FROM own_photo o JOIN photo p ON p.number = o.number"
                        "  JOIN segment g ON g.id = p.segment_id JOIN session s ON s.id = g.session_id"
                        "  WHERE " XS_CONSENT_SQL ("version", "s.stunum") " = 0)",
                        error);
}

typedef struct {
  XsJournal *journal;
  const char *stunum;
  gint64 text_version; /* 0: of what is withdrawn */
  const char *decision;
  gboolean decided; /* (out) */
} Decide;

static gboolean
decide_in (XsDb *db, gpointer data, GError **error)
{
  Decide *call = data;
  gboolean withdraws = call->text_version == 0;
  XsConsent known;

  if (!read_consent (db, call->stunum, &known, error))
    return FALSE;
  call->decided = !withdraws || known.text_version != 0;
  if (!call->decided)
    return TRUE;
  if (!xs_db_run (db, "INSERT INTO consent (stunum, text_version, wall_us, decision) VALUES (?, ?, ?, ?)", error,
                  "siis", call->stunum, withdraws ? known.text_version : call->text_version,
                  xs_consent_next_wall_us (&known, xs_clock_wall_us (call->journal->clock)), call->decision)
      || !xs_journal_sign_decisions_in (db, call->journal, error)
      || (withdraws && !xs_journal_drop_withdrawn_in (db, error)))
    return FALSE;
  xs_crash_point ("consent-inserted");
  return TRUE;
}

static gboolean
decide (Decide *call, GError **error)
{
  if (!xs_number_check (call->stunum, XS_UNIFIED_DIGITS, "stunum", error)
      || !xs_db_transaction (call->journal->db, decide_in, call, error))
    return FALSE;
  xs_crash_point ("consent-committed");
  return TRUE;
}

gboolean
xs_journal_give_consent (XsJournal *journal, const char *stunum, gint64 text_version, GError **error)
{
  Decide call = { journal, stunum, text_version, "given", FALSE };

  if (text_version < 1)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "Texts about consent are counted from 1");
      return FALSE;
    }
  return decide (&call, error);
}

gboolean
xs_journal_withdraw_consent (XsJournal *journal, const char *stunum, GError **error)
{
  Decide call = { journal, stunum, 0, "withdrawn", FALSE };

  if (!decide (&call, error))
    return FALSE;
  /* What went must be gone from the copy of the journal, too. */
  if (call.decided)
    xs_journal_back_up (journal, TRUE);
  return TRUE;
}
