/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

/* Lessons */

gboolean
xs_journal_get_lesson_position (XsJournal *journal, const char *stunum, const char *lesson_id, gint64 *position_us,
                                gint64 *watched_us, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT position_us, watched_us FROM lesson_position WHERE stunum = ? AND lesson_id = ?", error,
                   "ss", stunum, lesson_id);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  *position_us = has_row ? xs_stmt_int (stmt, 0) : 0;
  *watched_us = has_row ? xs_stmt_int (stmt, 1) : 0;
  return TRUE;
}

gboolean
xs_journal_set_lesson_position (XsJournal *journal, const char *stunum, const char *lesson_id, gint64 position_us,
                                gint64 watched_us, GError **error)
{
  return xs_db_run (journal->db,
                    "INSERT OR REPLACE INTO lesson_position (stunum, lesson_id, position_us, watched_us, turn)"
                    " VALUES (?1, ?2, ?3, ?4, (SELECT ifnull (max (turn), 0) + 1 FROM lesson_position"
                    " WHERE stunum = ?1))",
                    error, "ssii", stunum, lesson_id, position_us, watched_us);
}

gboolean
xs_journal_get_last_lesson (XsJournal *journal, const char *stunum, const char *prefix, char **lesson_id,
                            GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db,
                                           "SELECT lesson_id FROM lesson_position WHERE stunum = ?1 AND turn > 0"
                                           " AND substr (lesson_id, 1, length (?2)) = ?2 ORDER BY turn DESC LIMIT 1",
                                           error, "ss", stunum, prefix);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  *lesson_id = has_row ? xs_stmt_dup_string (stmt, 0) : NULL;
  return TRUE;
}

/* What a learner likes to have */

gboolean
xs_journal_get_learner_setting (XsJournal *journal, const char *stunum, const char *key, char **value, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db, "SELECT value FROM learner_setting WHERE stunum = ? AND key = ?", error, "ss", stunum,
                   key);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  *value = has_row ? xs_stmt_dup_string (stmt, 0) : NULL;
  return TRUE;
}

gboolean
xs_journal_set_learner_setting (XsJournal *journal, const char *stunum, const char *key, const char *value,
                                GError **error)
{
  return xs_db_run (journal->db, "INSERT OR REPLACE INTO learner_setting (stunum, key, value) VALUES (?, ?, ?)", error,
                    "sss", stunum, key, value);
}

/* Quizzes */

gboolean
xs_journal_add_quiz_result (XsJournal *journal, const XsQuizResult *result, GError **error)
{
  return xs_db_run (journal->db,
                    "INSERT INTO quiz_result (stunum, course_id, chapter_id, wall_us, n_right, n_asked, passed)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    error, "sssiiii", result->stunum, result->course_id, result->chapter_id, result->wall_us,
                    (gint64) result->n_right, (gint64) result->n_asked, (gint64) result->passed);
}

gboolean
xs_journal_get_best_quiz (XsJournal *journal, const char *stunum, const char *course_id, const char *chapter_id,
                          XsQuizResult *result, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT wall_us, n_right, n_asked, passed FROM quiz_result"
                   " WHERE stunum = ? AND course_id = ? AND chapter_id = ? ORDER BY passed DESC, id DESC LIMIT 1",
                   error, "sss", stunum, course_id, chapter_id);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  *result = (XsQuizResult){ .n_asked = 0 };
  if (!has_row)
    return TRUE;
  g_strlcpy (result->stunum, stunum, sizeof result->stunum);
  g_strlcpy (result->course_id, course_id, sizeof result->course_id);
  g_strlcpy (result->chapter_id, chapter_id, sizeof result->chapter_id);
  result->wall_us = xs_stmt_int (stmt, 0);
  result->n_right = (guint) xs_stmt_int (stmt, 1);
  result->n_asked = (guint) xs_stmt_int (stmt, 2);
  result->passed = xs_stmt_int (stmt, 3) != 0;
  return TRUE;
}
