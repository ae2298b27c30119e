/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-wire-log.h"

#include <math.h>
#include <string.h>

static void
copy_text (char *to, gsize size, XsStmt *stmt, int column)
{
  const char *text = xs_stmt_string (stmt, column);

  g_strlcpy (to, text != NULL ? text : "", size);
}

static gboolean
read_photos (XsDb *db, gint64 segment_id, GArray *photos, GError **error)
{
  g_autoptr (XsStmt) stmt = xs_db_prepare (db,
                                           "SELECT number, event, wall_us, sha256, match, width_px, height_px,"
                                           " picture_hash"
                                           " FROM photo WHERE segment_id = ? ORDER BY number",
                                           error, "i", segment_id);
  gboolean ok;

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    {
      g_autofree char *number = xs_photo_number ((guint64) xs_stmt_int (stmt, 0));
      XsPhotoRecord photo = { .event = (XsPhotoEvent) xs_stmt_int (stmt, 1),
                              .wall_us = xs_stmt_int (stmt, 2),
                              .match = xs_stmt_is_null (stmt, 4) ? NAN : xs_stmt_double (stmt, 4),
                              .width_px = (int) xs_stmt_int (stmt, 5),
                              .height_px = (int) xs_stmt_int (stmt, 6) };
      g_strlcpy (photo.number, number, sizeof photo.number);
      copy_text (photo.sha256, sizeof photo.sha256, stmt, 3);
      copy_text (photo.picture_hash, sizeof photo.picture_hash, stmt, 7);
      g_array_append_val (photos, photo);
    }
  return ok;
}

static gboolean
read_minutes (XsDb *db, gint64 segment_id, const char *stunum, GArray *minutes, GError **error)
{
  g_autoptr (XsStmt) stmt = xs_db_prepare (db,
                                           "SELECT number, wall_end_us, credited_us, normal FROM minute"
                                           " WHERE segment_id = ? ORDER BY ordinal",
                                           error, "i", segment_id);
  gboolean ok;

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsMinuteRecord minute = { .wall_end_us = xs_stmt_int (stmt, 1),
                                .credited_us = xs_stmt_int (stmt, 2),
                                .normal = xs_stmt_int (stmt, 3) != 0 };
      copy_text (minute.number, sizeof minute.number, stmt, 0);
      g_strlcpy (minute.stunum, stunum, sizeof minute.stunum);
      g_array_append_val (minutes, minute);
    }
  return ok;
}

static gboolean
read_events (XsDb *db, gint64 segment_id, GArray *events, GError **error)
{
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (db, "SELECT kind, wall_us, amount_us FROM event WHERE segment_id = ? ORDER BY ordinal", error, "i",
                   segment_id);
  gboolean ok;

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsLogEvent event = { .wall_us = xs_stmt_int (stmt, 1), .amount_us = xs_stmt_int (stmt, 2) };
      if (!xs_log_event_from_nick (xs_stmt_string (stmt, 0), &event.kind))
        {
          g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "“%s” is no kind of event", xs_stmt_string (stmt, 0));
          return FALSE;
        }
      g_array_append_val (events, event);
    }
  return ok;
}

/* Everything but the numbers that closing allots. */
static gboolean
read_segment (XsDb *db, const XsSessionHandle *handle, XsTeachingLog *log, GError **error)
{
  XsIdentity identity;
  gboolean has_row;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (db,
                   "SELECT s.stunum, s.classid, s.policy_id, s.policy_version, g.subjcode, g.start_wall_us,"
                   " g.credited_us, s.active_check, s.admitted_by FROM segment g JOIN session s ON s.id = g.session_id"
                   " WHERE g.id = ? AND s.id = ? AND g.end_reason IS NULL",
                   error, "ii", handle->segment_id, handle->session_id);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "The segment is closed already");
      return FALSE;
    }
  copy_text (log->stunum, sizeof log->stunum, stmt, 0);
  log->classid = xs_stmt_int (stmt, 1);
  copy_text (log->policy_id, sizeof log->policy_id, stmt, 2);
  log->policy_version = xs_stmt_int (stmt, 3);
  copy_text (log->subjcode, sizeof log->subjcode, stmt, 4);
  log->start_wall_us = xs_stmt_int (stmt, 5);
  log->credited_s = xs_stmt_int (stmt, 6) / G_USEC_PER_SEC;
  log->active_check = xs_stmt_int (stmt, 7) != 0;
  copy_text (log->admitted_by, sizeof log->admitted_by, stmt, 8);

  if (!xs_journal_read_identity (db, &identity, error))
    return FALSE;
  g_strlcpy (log->devnum, identity.devnum, sizeof log->devnum);
  g_strlcpy (log->inscode, identity.inscode, sizeof log->inscode);
  return read_photos (db, handle->segment_id, log->photos, error)
         && read_minutes (db, handle->segment_id, log->stunum, log->minutes, error)
         && read_events (db, handle->segment_id, log->events, error);
}

static gboolean
allot_recnum (XsDb *db, XsTeachingLog *log, gint64 *recnum, GError **error)
{
  if (!xs_db_query_int (db, recnum, 0,
                        "SELECT max (coalesce ((SELECT recnum FROM learner_counter WHERE stunum = ?1), 0),"
                        " coalesce ((SELECT last_recnum FROM roster WHERE stunum = ?1), 0)) + 1",
                        error, "s", log->stunum)
      || !xs_db_query_int (db, &log->total_s, 0, "SELECT total_s FROM learner_counter WHERE stunum = ?", error, "s",
                           log->stunum))
    return FALSE;
  if (*recnum > XS_RECNUM_MAX)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "Learner %s has used all %d numbers of teaching logs", log->stunum,
                   XS_RECNUM_MAX);
      return FALSE;
    }
  log->total_s += log->credited_s;
  g_autofree char *text = xs_recnum ((guint) *recnum);
  g_strlcpy (log->recnum, text, sizeof log->recnum);
  return xs_db_run (db,
                    "INSERT INTO learner_counter (stunum, recnum, total_s) VALUES (?, ?, ?)"
                    " ON CONFLICT (stunum) DO UPDATE SET recnum = excluded.recnum, total_s = excluded.total_s",
                    error, "sii", log->stunum, *recnum, log->total_s);
}

static gboolean
read_chain_end (XsDb *db, char previous[65], GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (db, "SELECT last_log_sha256 FROM device", error, "");

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  g_return_val_if_fail (has_row, FALSE);
  copy_text (previous, 65, stmt, 0);
  return TRUE;
}

static gboolean
store_log (XsCloseRequest *request, XsDb *db, const XsWireLog *wire_log, gint64 recnum, GError **error)
{
  gint64 segment_id = request->handle.segment_id;
  guint8 signature[XS_SIGNATURE_BYTES];
  g_autoptr (GBytes) bytes = xs_wire_log_encode (wire_log);
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree char *sha256 = xs_sha256_hex (data, size);

  xs_sign (&request->journal->sign_key, data, size, signature);
  xs_crash_point ("segment-signed");
  g_autoptr (GBytes) signature_bytes = g_bytes_new (signature, sizeof signature);
  return xs_db_run (db,
                    "INSERT INTO log (seq, segment_id, stunum, recnum, bytes, sha256, previous, signature)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    error, "iisibssb", wire_log->seq, segment_id, wire_log->log.stunum, recnum, bytes, sha256,
                    wire_log->previous, signature_bytes)
         && xs_db_run (db, "UPDATE device SET last_log_sha256 = ?", error, "s", sha256)
         && xs_db_run (
           db,
           "INSERT INTO outbox (kind, log_seq, segment_id, stunum, photos_missing) VALUES ('log', ?1, ?2, ?3,"
           " (SELECT count (*) FROM outbox WHERE segment_id = ?2 AND kind = 'photo' AND state <> 'acked'))",
           error, "iis", wire_log->seq, segment_id, wire_log->log.stunum);
}

/* Its learner was not there when it ended, and is told at the next sign-in. */
static gboolean
ended_unseen (XsSignOut reason)
{
  return reason == XS_SIGN_OUT_INTERRUPTED || reason == XS_SIGN_OUT_MADE_UP || reason == XS_SIGN_OUT_ABSENCE;
}

static gboolean
continue_session (XsDb *db, XsCloseRequest *request, GError **error)
{
  if (!xs_db_run (db,
                  "INSERT INTO segment (session_id, subjcode, start_wall_us, last_wall_us)"
                  " SELECT session_id, subjcode, ?1, ?1 FROM segment WHERE id = ?2",
                  error, "ii", request->next_wall_us, request->handle.segment_id))
    return FALSE;
  request->handle.segment_id = xs_db_last_insert_rowid (db);
  return TRUE;
}

/* Hands the arrays over: the caller's log may already hold something. */
static void
give_log (XsWireLog *wire_log, XsTeachingLog *to)
{
  xs_teaching_log_clear (to);
  *to = wire_log->log;
  xs_teaching_log_init (&wire_log->log);
}

gboolean
xs_journal_close_segment_in (XsDb *db, gpointer data, GError **error)
{
  XsCloseRequest *request = data;
  g_auto (XsWireLog) wire_log;
  XsTeachingLog *log = &wire_log.log;
  gint64 recnum;

  xs_wire_log_init (&wire_log);
  if (!read_segment (db, &request->handle, log, error))
    return FALSE;
  log->end_wall_us = request->end_wall_us;
  log->end_reason = request->reason;
  xs_wire_log_choose_schema (&wire_log);
  if (!allot_recnum (db, log, &recnum, error) || !xs_journal_next_number (db, "log", &wire_log.seq, error))
    return FALSE;
  xs_crash_point ("segment-numbered");
  if (!read_chain_end (db, wire_log.previous, error) || !store_log (request, db, &wire_log, recnum, error)
      || !xs_db_run (db, "UPDATE segment SET last_wall_us = ?, end_reason = ? WHERE id = ?", error, "isi",
                     request->end_wall_us, xs_sign_out_nick (request->reason), request->handle.segment_id))
    return FALSE;

  /* A segment that brought nothing at all has a day, too. */
  if (!xs_db_run (db,
                  "INSERT INTO credit (stunum, day, segment_id, credited_us) SELECT ?1, ?2, ?3, 0"
                  " WHERE NOT EXISTS (SELECT 1 FROM credit WHERE stunum = ?1 AND segment_id = ?3)",
                  error, "sii", log->stunum, (gint64) xs_wall_day (log->start_wall_us), request->handle.segment_id))
    return FALSE;

  if (request->next_wall_us != 0)
    {
      if (!continue_session (db, request, error))
        return FALSE;
    }
  else if (!xs_db_run (db, "UPDATE session SET state = 'closed', interrupted = ? WHERE id = ?", error, "ii",
                       (gint64) ended_unseen (request->reason), request->handle.session_id))
    {
      return FALSE;
    }
  if (request->log != NULL)
    give_log (&wire_log, request->log);
  xs_crash_point ("segment-inserted");
  return TRUE;
}

gboolean
xs_journal_close_segment (XsJournal *journal, XsSessionHandle *handle, XsSignOut reason, gint64 end_wall_us,
                          gint64 next_wall_us, XsTeachingLog *log, GError **error)
{
  g_auto (XsTeachingLog) closed;
  XsCloseRequest request = { journal, *handle, reason, end_wall_us, next_wall_us, &closed };

  xs_teaching_log_init (&closed);
  if (!xs_db_transaction (journal->db, xs_journal_close_segment_in, &request, error))
    return FALSE;
  xs_crash_point ("segment-committed");
  xs_journal_forget_minutes (journal);
  xs_journal_back_up (journal, FALSE);
  *handle = request.handle;
  if (log != NULL)
    {
      xs_teaching_log_clear (log);
      *log = closed;
      xs_teaching_log_init (&closed);
    }
  return TRUE;
}
