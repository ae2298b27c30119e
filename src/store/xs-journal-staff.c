/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-error.h"

#include <string.h>

/* So many wrong tries in a row are taken for typing. */
#define FREE_TRIES 3
#define FIRST_WAIT_S 5
#define LONGEST_WAIT_S (15 * 60)

gboolean
xs_journal_get_setting (XsJournal *journal, const char *key, char **value, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, "SELECT value FROM setting WHERE key = ?", error, "s", key);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  *value = has_row ? xs_stmt_dup_string (stmt, 0) : NULL;
  return TRUE;
}

gboolean
xs_journal_set_setting (XsJournal *journal, const char *key, const char *value, GError **error)
{
  if (value == NULL)
    return xs_db_run (journal->db, "DELETE FROM setting WHERE key = ?", error, "s", key);
  if (!g_utf8_validate (value, -1, NULL) || strlen (value) > XS_SETTING_MAX_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "The setting “%s” must be UTF-8 of at most %d bytes", key,
                   XS_SETTING_MAX_BYTES);
      return FALSE;
    }
  return xs_db_run (journal->db, "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", error, "ss", key, value);
}

gboolean
xs_journal_has_staff_password (XsJournal *journal, gboolean *has, GError **error)
{
  gint64 n;

  if (!xs_db_query_int (journal->db, &n, 0, "SELECT count (*) FROM staff_password", error, ""))
    return FALSE;
  *has = n > 0;
  return TRUE;
}

gboolean
xs_journal_set_staff_password (XsJournal *journal, const char *password, GError **error)
{
  if (!g_utf8_validate (password, -1, NULL) || g_utf8_strlen (password, -1) < XS_STAFF_PASSWORD_MIN_CHARS
      || strlen (password) > XS_STAFF_PASSWORD_MAX_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "The staff password must have at least %d characters",
                   XS_STAFF_PASSWORD_MIN_CHARS);
      return FALSE;
    }
  g_autofree char *hash = xs_password_hash (password, error);
  return hash != NULL
         && xs_db_run (journal->db, "INSERT OR REPLACE INTO staff_password (id, hash) VALUES (1, ?)", error, "s", hash);
}

typedef struct {
  char *hash;
  gint64 n_wrong;
  gint64 wrong_wall_us;
} Password;

static void
password_clear (Password *password)
{
  g_clear_pointer (&password->hash, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Password, password_clear)

static gboolean
read_password (XsJournal *journal, Password *password, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db, "SELECT hash, n_wrong, wrong_wall_us FROM staff_password", error, "");

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND, "This kiosk has no staff password yet: set one first");
      return FALSE;
    }
  password->hash = xs_stmt_dup_string (stmt, 0);
  password->n_wrong = xs_stmt_int (stmt, 1);
  password->wrong_wall_us = xs_stmt_int (stmt, 2);
  return TRUE;
}

static gint64
wait_after_s (gint64 n_wrong)
{
  if (n_wrong < FREE_TRIES)
    return 0;
  return n_wrong - FREE_TRIES < 16 ? MIN (LONGEST_WAIT_S, (gint64) FIRST_WAIT_S << (n_wrong - FREE_TRIES))
                                   : LONGEST_WAIT_S;
}

static gint64
wait_left_s (const Password *password, gint64 now_us)
{
  gint64 whole_us = wait_after_s (password->n_wrong) * G_USEC_PER_SEC;
  gint64 left_us = password->wrong_wall_us + whole_us - now_us;

  return left_us > 0 ? (left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC : 0;
}

gboolean
xs_journal_check_staff_password (XsJournal *journal, const char *password, gboolean *is_right, gint64 *wait_s,
                                 GError **error)
{
  g_auto (Password) stored = { NULL };
  gint64 now_us = xs_clock_wall_us (journal->clock);

  *is_right = FALSE;
  *wait_s = 0;
  if (!read_password (journal, &stored, error))
    return FALSE;
  /* By a clock that was set back the wait begins anew, and never lasts longer than it is. */
  if (stored.wrong_wall_us > now_us)
    {
      stored.wrong_wall_us = now_us;
      if (!xs_db_run (journal->db, "UPDATE staff_password SET wrong_wall_us = ?", error, "i", now_us))
        return FALSE;
    }
  *wait_s = wait_left_s (&stored, now_us);
  if (*wait_s > 0)
    return TRUE;

  /* It counts before it is looked at: whoever pulls the plug on a wrong one has had a try all the same. */
  stored.n_wrong++;
  stored.wrong_wall_us = now_us;
  if (!xs_db_run (journal->db, "UPDATE staff_password SET n_wrong = ?, wrong_wall_us = ?", error, "ii", stored.n_wrong,
                  now_us))
    return FALSE;
  *is_right = xs_password_verify (stored.hash, password);
  if (*is_right)
    return xs_db_run (journal->db, "UPDATE staff_password SET n_wrong = 0", error, "");
  *wait_s = wait_left_s (&stored, now_us);
  return TRUE;
}
