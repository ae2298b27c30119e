/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-register.h"

#include "xs-error.h"
#include "xs-platform-storage-private.h"

static void
copy (XsSqlRow *row, int column, char *buffer, gsize size)
{
  const char *text = xs_sql_row_string (row, column);

  g_strlcpy (buffer, text != NULL ? text : "", size);
}

/* That @query, which counts, finds something; XS_ERROR_NOT_FOUND in these words else. */
static gboolean
require (XsSql *sql, const char *query, const char *number, const char *words, GError **error)
{
  gint64 count;

  if (!xs_sql_query_int (sql, &count, 0, query, error, "s", number))
    return FALSE;
  if (count > 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "%s: %s", number, words);
  return FALSE;
}

gboolean
xs_platform_storage_get_school (XsPlatformStorage *storage, XsPlatformSchool *school, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql, "SELECT inscode, name, filing_number, filed FROM school", error, "");

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  *school = (XsPlatformSchool){ 0 };
  if (!has_row)
    return TRUE;
  copy (row, 0, school->inscode, sizeof school->inscode);
  copy (row, 1, school->name, sizeof school->name);
  copy (row, 2, school->filing_number, sizeof school->filing_number);
  school->filed = xs_sql_row_int (row, 3) != 0;
  return TRUE;
}

gboolean
xs_platform_storage_set_filing_number (XsPlatformStorage *storage, const char *number, GError **error)
{
  if (number != NULL
      && !xs_storage_check_text ("filing number", number, sizeof (((XsPlatformSchool *) NULL)->filing_number) - 1,
                                 error))
    return FALSE;
  return xs_sql_run (storage->sql, "UPDATE school SET filing_number = ?, filed = ?", error, "si",
                     number != NULL ? number : "", (gint64) (number != NULL ? 1 : 0));
}

gboolean
xs_platform_storage_add_coach (XsPlatformStorage *storage, const char *coachnum, const char *name, GError **error)
{
  if (!xs_number_check (coachnum, XS_UNIFIED_DIGITS, "coachnum", error)
      || !xs_storage_check_text ("coach's name", name, sizeof (((XsPlatformCoach *) NULL)->name) - 1, error))
    return FALSE;
  return xs_sql_run (storage->sql,
                     "INSERT INTO coach (coachnum, name, added_us) VALUES (?, ?, ?)"
                     " ON CONFLICT (coachnum) DO UPDATE SET name = excluded.name",
                     error, "ssi", coachnum, name, xs_clock_wall_us (storage->clock));
}

GArray *
xs_platform_storage_list_coaches (XsPlatformStorage *storage, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) coaches = g_array_new (FALSE, TRUE, sizeof (XsPlatformCoach));
  g_autoptr (XsSqlRow) row = xs_sql_prepare (storage->sql,
                                             "SELECT coachnum, name, added_us,"
                                             " (SELECT count (*) FROM learner WHERE learner.coachnum = coach.coachnum)"
                                             " FROM coach ORDER BY coachnum",
                                             error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    {
      XsPlatformCoach coach = { .added_us = xs_sql_row_int (row, 2), .n_learners = xs_sql_row_int (row, 3) };
      copy (row, 0, coach.coachnum, sizeof coach.coachnum);
      copy (row, 1, coach.name, sizeof coach.name);
      g_array_append_val (coaches, coach);
    }
  return ok ? g_steal_pointer (&coaches) : NULL;
}

static gboolean
require_coach (XsSql *sql, const char *coachnum, GError **error)
{
  return require (sql, "SELECT count (*) FROM coach WHERE coachnum = ?", coachnum,
                  "no such coach is registered; add-coach or import-coaches comes first", error);
}

gboolean
xs_platform_storage_set_coach (XsPlatformStorage *storage, const char *stunum, const char *coachnum, GError **error)
{
  return require (storage->sql, "SELECT count (*) FROM learner WHERE stunum = ?", stunum,
                  "no such learner is registered; add-learner comes first", error)
         && (coachnum == NULL || require_coach (storage->sql, coachnum, error))
         && xs_sql_run (storage->sql, "UPDATE learner SET coachnum = ? WHERE stunum = ?", error, "ss", coachnum,
                        stunum);
}

GArray *
xs_platform_storage_list_register (XsPlatformStorage *storage, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsPlatformLearner));
  g_autoptr (XsSqlRow) row = xs_sql_prepare (storage->sql,
                                             "SELECT stunum, name, coachnum, photo_sha256 IS NOT NULL, active_check"
                                             " FROM learner WHERE erased_us IS NULL ORDER BY stunum",
                                             error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    {
      XsPlatformLearner learner = { .has_photo = xs_sql_row_int (row, 3) != 0,
                                    .active_check = xs_sql_row_int (row, 4) != 0 };
      copy (row, 0, learner.stunum, sizeof learner.stunum);
      copy (row, 1, learner.name, sizeof learner.name);
      copy (row, 2, learner.coachnum, sizeof learner.coachnum);
      g_array_append_val (learners, learner);
    }
  return ok ? g_steal_pointer (&learners) : NULL;
}

static gboolean
require_device (XsSql *sql, const char *devnum, GError **error)
{
  return require (sql, "SELECT count (*) FROM device WHERE devnum = ? AND revoked_us IS NULL", devnum,
                  "no such device is in use; list devices shows those that are", error);
}

gboolean
xs_platform_storage_rename_device (XsPlatformStorage *storage, const char *devnum, const char *name, GError **error)
{
  if (name != NULL && !xs_storage_check_text ("device's name", name, 63, error))
    return FALSE;
  return require_device (storage->sql, devnum, error)
         && xs_sql_run (storage->sql, "UPDATE device SET name = ? WHERE devnum = ? AND revoked_us IS NULL", error, "ss",
                        name != NULL ? name : "", devnum);
}

gboolean
xs_platform_storage_revoke_device (XsPlatformStorage *storage, const char *devnum, GError **error)
{
  return require_device (storage->sql, devnum, error)
         && xs_sql_run (storage->sql, "UPDATE device SET revoked_us = ? WHERE devnum = ? AND revoked_us IS NULL", error,
                        "is", xs_clock_wall_us (storage->clock), devnum);
}
