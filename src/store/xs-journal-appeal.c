/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-wire-appeal.h"

/* What a learner has against the verdict on a log: made once, signed as the log is, and sent like it. */

typedef struct {
  XsJournal *journal;
  XsAppeal *appeal;
  gint64 segment_id;
} Appeal;

static gboolean
read_log (XsDb *db, Appeal *call, GError **error)
{
  XsAppeal *appeal = call->appeal;
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (db,
                                           "SELECT l.segment_id, l.sha256, l.recnum, a.log_seq IS NOT NULL FROM log l"
                                           " LEFT JOIN appeal a ON a.log_seq = l.seq WHERE l.seq = ? AND l.stunum = ?",
                                           error, "is", appeal->seq, appeal->stunum);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "Learner %s has no log %" G_GINT64_FORMAT " on this kiosk",
                   appeal->stunum, appeal->seq);
      return FALSE;
    }
  if (xs_stmt_int (stmt, 3) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_EXISTS, "There is an appeal against log %" G_GINT64_FORMAT " already",
                   appeal->seq);
      return FALSE;
    }
  g_autofree char *recnum = xs_recnum ((guint) xs_stmt_int (stmt, 2));
  call->segment_id = xs_stmt_int (stmt, 0);
  g_strlcpy (appeal->log_sha256, xs_stmt_string (stmt, 1), sizeof appeal->log_sha256);
  g_strlcpy (appeal->recnum, recnum, sizeof appeal->recnum);
  return TRUE;
}

static gboolean
appeal_in (XsDb *db, gpointer data, GError **error)
{
  Appeal *call = data;
  XsAppeal *appeal = call->appeal;
  XsIdentity identity;
  guint8 signature[XS_SIGNATURE_BYTES];

  if (!read_log (db, call, error) || !xs_journal_read_identity (db, &identity, error))
    return FALSE;
  g_strlcpy (appeal->devnum, identity.devnum, sizeof appeal->devnum);
  g_strlcpy (appeal->inscode, identity.inscode, sizeof appeal->inscode);

  g_autoptr (GBytes) bytes = xs_wire_appeal_encode (appeal);
  gsize size;
  const void *content = g_bytes_get_data (bytes, &size);
  g_autofree char *sha256 = xs_sha256_hex (content, size);
  xs_sign (&call->journal->sign_key, content, size, signature);
  g_autoptr (GBytes) signature_bytes = g_bytes_new (signature, sizeof signature);
  if (!xs_db_run (db,
                  "INSERT INTO appeal (log_seq, wall_us, reason, comment, bytes, sha256, signature)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?)",
                  error, "iissbsb", appeal->seq, appeal->wall_us, xs_appeal_nick (appeal->reason), appeal->comment,
                  bytes, sha256, signature_bytes)
      || !xs_db_run (db, "INSERT INTO outbox (kind, appeal_seq, segment_id) VALUES ('appeal', ?, ?)", error, "ii",
                     appeal->seq, call->segment_id))
    return FALSE;
  xs_crash_point ("appeal-inserted");
  return TRUE;
}

gboolean
xs_journal_appeal (XsJournal *journal, const char *stunum, gint64 seq, XsAppealReason reason, const char *comment,
                   GError **error)
{
  XsAppeal appeal = { .seq = seq, .reason = reason, .wall_us = xs_clock_wall_us (journal->clock) };
  Appeal call = { journal, &appeal, 0 };

  g_return_val_if_fail ((guint) reason < XS_N_APPEALS, FALSE);

  if (!xs_number_check (stunum, XS_UNIFIED_DIGITS, "stunum", error) || !xs_wire_appeal_check_comment (comment, error))
    return FALSE;
  g_strlcpy (appeal.stunum, stunum, sizeof appeal.stunum);
  g_strlcpy (appeal.comment, comment, sizeof appeal.comment);
  if (!xs_db_transaction (journal->db, appeal_in, &call, error))
    return FALSE;
  xs_crash_point ("appeal-committed");
  return TRUE;
}
