/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-minute-record.h"

/* Sessions that ended without a sign-out, which their learner may make up for the rest of the day. */

typedef struct {
  XsSessionHandle handle;
  gint64 end_wall_us;
  gboolean is_cut_off; /* already; @reason says how */
  XsSignOut reason;
} OpenSession;

/* @stunum: (nullable): of all learners */
static GArray *
list_open (XsDb *db, const char *stunum, GError **error)
{
  g_autoptr (GArray) sessions = g_array_new (FALSE, TRUE, sizeof (OpenSession));
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (db,
                   "SELECT s.id, g.id, s.classid, max (g.start_wall_us, g.last_wall_us), s.cut_off"
                   " FROM session s JOIN segment g ON g.session_id = s.id AND g.end_reason IS NULL"
                   " WHERE s.state = 'open' AND (?1 IS NULL OR s.stunum = ?1) ORDER BY s.id",
                   error, "s", stunum);
  gboolean ok;

  if (stmt == NULL)
    return NULL;
  while (xs_stmt_next (stmt, &ok, error))
    {
      OpenSession session = { { xs_stmt_int (stmt, 0), xs_stmt_int (stmt, 1), xs_stmt_int (stmt, 2) },
                              xs_stmt_int (stmt, 3),
                              !xs_stmt_is_null (stmt, 4),
                              XS_SIGN_OUT_INTERRUPTED };
      if (session.is_cut_off && !xs_sign_out_from_nick (xs_stmt_string (stmt, 4), &session.reason))
        {
          g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "“%s” is no way to be cut off", xs_stmt_string (stmt, 4));
          return NULL;
        }
      g_array_append_val (sessions, session);
    }
  return ok ? g_steal_pointer (&sessions) : NULL;
}

gboolean
xs_journal_get_make_up_until (XsJournal *journal, gint64 end_wall_us, gint64 *until_wall_us, GError **error)
{
  XsPolicy policy;

  if (!xs_journal_get_policy (journal, &policy, NULL, error))
    return FALSE;
  *until_wall_us = policy.rules.rule[XS_RULE_NO_SIGN_OUT].on && policy.rules.made_up_until_min > 0
                     ? xs_wall_midnight_us (end_wall_us) + policy.rules.made_up_until_min * XS_MINUTE_US
                     : 0;
  return TRUE;
}

gboolean
xs_journal_may_be_made_up (XsJournal *journal, gint64 end_wall_us, gboolean *may, GError **error)
{
  gint64 until_us;

  if (!xs_journal_get_make_up_until (journal, end_wall_us, &until_us, error))
    return FALSE;
  *may = xs_clock_wall_us (journal->clock) < until_us;
  return TRUE;
}

gboolean
xs_journal_cut_off (XsJournal *journal, XsSessionHandle *handle, XsSignOut reason, gint64 end_wall_us,
                    gboolean *is_closed, GError **error)
{
  gboolean may_wait;

  g_return_val_if_fail (reason == XS_SIGN_OUT_ABSENCE || reason == XS_SIGN_OUT_INTERRUPTED, FALSE);

  if (!xs_journal_may_be_made_up (journal, end_wall_us, &may_wait, error))
    return FALSE;
  *is_closed = !may_wait;
  if (!may_wait)
    return xs_journal_close_segment (journal, handle, reason, end_wall_us, 0, NULL, error);
  return xs_db_run (journal->db,
                    "UPDATE session SET cut_off = ?1 WHERE id = ?2 AND state = 'open'"
                    " AND EXISTS (SELECT 1 FROM segment WHERE id = ?3 AND end_reason IS NULL)",
                    error, "sii", xs_sign_out_nick (reason), handle->session_id, handle->segment_id);
}

gboolean
xs_journal_close_cut_off (XsJournal *journal, gboolean with_running, guint *n_closed, GError **error)
{
  g_autoptr (GArray) sessions = list_open (journal->db, NULL, error);

  if (sessions == NULL)
    return FALSE;
  *n_closed = 0;
  for (guint i = 0; i < sessions->len; i++)
    {
      OpenSession *session = &g_array_index (sessions, OpenSession, i);
      gboolean is_closed = FALSE;

      if (!session->is_cut_off && !with_running)
        continue;
      if (!xs_journal_cut_off (journal, &session->handle, session->reason, session->end_wall_us, &is_closed, error))
        {
          g_prefix_error (error,
                          "Session %" G_GINT64_FORMAT " was cut off and cannot be closed: ", session->handle.classid);
          return FALSE;
        }
      *n_closed += is_closed;
    }
  return TRUE;
}

/* In one step: a photo of now in a session that stays open would move its end to now. */
static gboolean
sign_out_of (XsJournal *journal, OpenSession *session, GBytes *jpeg, GBytes *thumbnail, const XsPhotoRecord *photo,
             GError **error)
{
  XsPhotoRecord record = *photo;
  XsCloseRequest request = { journal, session->handle, XS_SIGN_OUT_MADE_UP, session->end_wall_us, 0, NULL };

  record.event = XS_PHOTO_SIGN_OUT;
  if (!xs_journal_add_photo_and (journal, &session->handle, jpeg, thumbnail, &record, xs_journal_close_segment_in,
                                 &request, error))
    return FALSE;
  xs_journal_forget_minutes (journal);
  return TRUE;
}

gboolean
xs_journal_make_up (XsJournal *journal, const char *stunum, GBytes *jpeg, GBytes *thumbnail, const XsPhotoRecord *photo,
                    guint *n_made_up, GError **error)
{
  g_autoptr (GArray) sessions = list_open (journal->db, stunum, error);

  if (sessions == NULL)
    return FALSE;
  *n_made_up = 0;
  for (guint i = 0; i < sessions->len; i++)
    {
      OpenSession *session = &g_array_index (sessions, OpenSession, i);
      gboolean may;

      if (!session->is_cut_off)
        continue;
      if (!xs_journal_may_be_made_up (journal, session->end_wall_us, &may, error))
        return FALSE;
      /* By a clock that was set back nobody is seen after the end: it waits until the clock is right. */
      if (may && photo->wall_us <= session->end_wall_us)
        continue;
      if (may ? !sign_out_of (journal, session, jpeg, thumbnail, photo, error)
              : !xs_journal_close_segment (journal, &session->handle, session->reason, session->end_wall_us, 0, NULL,
                                           error))
        return FALSE;
      *n_made_up += may;
    }
  return TRUE;
}

gboolean
xs_journal_find_resumable (XsJournal *journal, gint64 within_s, char stunum[XS_UNIFIED_DIGITS + 1], GError **error)
{
  gint64 now_us = xs_clock_wall_us (journal->clock);
  gboolean has_row;
  /* One that can still be made up is open; else its last log says how it ended. */
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT s.stunum, max (g.start_wall_us, g.last_wall_us), coalesce (s.cut_off, g.end_reason)"
                   " FROM session s JOIN segment g ON g.session_id = s.id ORDER BY s.id DESC, g.id DESC LIMIT 1",
                   error, "");

  stunum[0] = '\0';
  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (!has_row || xs_stmt_is_null (stmt, 2)
      || !g_str_equal (xs_stmt_string (stmt, 2), xs_sign_out_nick (XS_SIGN_OUT_INTERRUPTED)))
    return TRUE;
  gint64 ago_us = now_us - xs_stmt_int (stmt, 1);
  if (ago_us >= 0 && ago_us <= within_s * G_USEC_PER_SEC)
    g_strlcpy (stunum, xs_stmt_string (stmt, 0), XS_UNIFIED_DIGITS + 1);
  return TRUE;
}
