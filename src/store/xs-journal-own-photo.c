/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-error.h"

/* 2026-01-01 in GMT+8. A clock that stands before it was never set: it says nothing about how old something is. */
#define EARLIEST_NOW_US (G_GINT64_CONSTANT (1767196800) * G_USEC_PER_SEC)

/* Small copies of photos for the learner on them. The photos themselves are sealed to the platform. */

gboolean
xs_journal_seal_own_photo (XsJournal *journal, GBytes *thumbnail, GBytes **sealed, GError **error)
{
  XsPolicy policy;

  *sealed = NULL;
  if (thumbnail == NULL)
    return TRUE;
  if (g_bytes_get_size (thumbnail) == 0 || g_bytes_get_size (thumbnail) > XS_OWN_PHOTO_MAX_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "A learner's copy of a photo has 1 to %d bytes, this one has %" G_GSIZE_FORMAT,
                   XS_OWN_PHOTO_MAX_BYTES, g_bytes_get_size (thumbnail));
      return FALSE;
    }
  if (!xs_journal_get_policy (journal, &policy, NULL, error))
    return FALSE;
  if (policy.own_photo_days > 0)
    *sealed = xs_seal (journal->seal_key.public_key, thumbnail);
  return TRUE;
}

gboolean
xs_journal_add_own_photo_in (XsDb *db, gint64 number, gint64 wall_us, GBytes *sealed, GError **error)
{
  return sealed == NULL
         || xs_db_run (db, "INSERT INTO own_photo (number, wall_us, sealed) VALUES (?, ?, ?)", error, "iib", number,
                       wall_us, sealed);
}

GBytes *
xs_journal_get_own_photo (XsJournal *journal, const char *stunum, const char *number, GError **error)
{
  gboolean has_row;

  if (!xs_number_check (number, XS_PHOTO_NUMBER_DIGITS, "photo", error))
    return NULL;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT o.sealed FROM own_photo o JOIN photo p ON p.number = o.number"
                   " JOIN segment g ON g.id = p.segment_id JOIN session s ON s.id = g.session_id"
                   " WHERE o.number = ? AND s.stunum = ?",
                   error, "is", g_ascii_strtoll (number, NULL, 10), stunum);
  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return NULL;
  if (!has_row)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No copy of photo %s of learner %s is kept here", number,
                   stunum);
      return NULL;
    }
  g_autoptr (GBytes) sealed = xs_stmt_bytes (stmt, 0);
  return xs_unseal (&journal->seal_key, sealed, error);
}

gboolean
xs_journal_drop_own_photos (XsJournal *journal, guint *n_dropped, GError **error)
{
  XsPolicy policy;
  gint64 now_us = xs_clock_wall_us (journal->clock);

  if (n_dropped != NULL)
    *n_dropped = 0;
  if (now_us < EARLIEST_NOW_US)
    return TRUE;
  if (!xs_journal_get_policy (journal, &policy, NULL, error))
    return FALSE;
  gint64 held_us = policy.own_photo_days * G_TIME_SPAN_DAY;
  /* By a clock that was years ahead they would be kept for years. */
  if (!xs_db_run (journal->db, "DELETE FROM own_photo WHERE wall_us <= ?1 OR wall_us > ?2", error, "ii",
                  now_us - held_us, now_us + held_us))
    return FALSE;
  guint n = (guint) xs_db_changes (journal->db);
  if (n > 0)
    {
      g_message ("%u copies of photos are older than %" G_GINT64_FORMAT " days and were removed", n,
                 policy.own_photo_days);
      /* They must be gone from the copy of the journal, too. */
      xs_journal_back_up (journal, TRUE);
    }
  if (n_dropped != NULL)
    *n_dropped = n;
  return TRUE;
}
