/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-registration-check.h"

#include "xs-platform-review-private.h"

#define AUDITOR "auditor"
/* As the roster says it: who withdrew is measured no more. Before the first decision the school answers for it. */
#define MAY_MEASURE " AND NOT (learner.consent_us > 0 AND learner.consent_version = 0)"

gboolean
xs_platform_registration_next_unchecked (XsPlatformStorage *storage, const XsPlatformUnchecked *after,
                                         XsPlatformUnchecked *next, gboolean *found, GError **error)
{
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT registration.stunum, registration.sha256, registration.at_us FROM registration"
                    " JOIN learner ON learner.stunum = registration.stunum AND learner.erased_us IS NULL"
                    "  AND learner.photo_sha256 = registration.sha256" MAY_MEASURE
                    " LEFT JOIN registration_check ON registration_check.stunum = registration.stunum"
                    "  AND registration_check.sha256 = registration.sha256"
                    " WHERE registration.state = 'waiting'"
                    "  AND registration_check.stunum IS NULL"
                    "  AND (registration.at_us, registration.stunum) > (?, ?)"
                    " ORDER BY registration.at_us, registration.stunum LIMIT 1",
                    error, "is", after != NULL ? after->at_us : 0, after != NULL ? after->stunum : "");

  *found = FALSE;
  if (row == NULL || !xs_sql_row_step (row, found, error))
    return FALSE;
  if (*found)
    {
      g_strlcpy (next->stunum, xs_sql_row_string (row, 0), sizeof next->stunum);
      g_strlcpy (next->sha256, xs_sql_row_string (row, 1), sizeof next->sha256);
      next->at_us = xs_sql_row_int (row, 2);
    }
  return TRUE;
}

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformUnchecked *photo;
  const char *useless;
  char *report;
} PutCall;

static gboolean
put (XsSql *sql, gpointer data, GError **error)
{
  PutCall *call = data;
  const XsPlatformUnchecked *photo = call->photo;
  gint64 waits;

  if (!xs_sql_query_int (sql, &waits, 0,
                         "SELECT count (*) FROM registration JOIN learner ON learner.stunum = registration.stunum"
                         " AND learner.photo_sha256 = registration.sha256 WHERE registration.stunum = ?"
                         " AND registration.sha256 = ? AND learner.erased_us IS NULL" MAY_MEASURE
                         " AND NOT EXISTS (SELECT 1 FROM registration_check"
                         "  WHERE registration_check.stunum = registration.stunum"
                         "  AND registration_check.sha256 = registration.sha256)",
                         error, "ss", photo->stunum, photo->sha256))
    return FALSE;
  if (waits == 0)
    return TRUE;
  return xs_sql_run (sql,
                     "INSERT INTO registration_check (stunum, sha256, report) VALUES (?, ?, ?)"
                     " ON CONFLICT (stunum) DO UPDATE SET sha256 = excluded.sha256, report = excluded.report",
                     error, "sss", photo->stunum, photo->sha256, call->report)
         && (call->useless == NULL
             || xs_sql_run (sql,
                            "UPDATE registration SET state_before = state, reason_before = reason,"
                            " comment_before = comment, state = 'returned', version = version + 1, reason = ?,"
                            " comment = '', who = ?, at_us = ? WHERE stunum = ? AND sha256 = ? AND state = 'waiting'",
                            error, "ssiss", call->useless, AUDITOR, xs_clock_wall_us (call->storage->clock),
                            photo->stunum, photo->sha256));
}

gboolean
xs_platform_registration_put_check (XsPlatformStorage *storage, const XsPlatformUnchecked *photo,
                                    const XsReviewPhotoCheck *check, const char *useless, GError **error)
{
  gsize size;
  g_autoptr (GBytes) bytes = xs_review_photo_check_encode (check);
  const char *text = g_bytes_get_data (bytes, &size);
  g_autofree char *report = g_strndup (text, size);
  PutCall call = { storage, photo, useless, report };

  return xs_sql_transaction (storage->sql, put, &call, error);
}
