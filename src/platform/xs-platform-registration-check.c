/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-registration-check.h"

#include "xs-platform-review-private.h"

#define AUDITOR "auditor"
/* As the roster says it: who withdrew is measured no more. Before the first decision the school answers for it. */
#define MAY_MEASURE " AND NOT (learner.consent_us > 0 AND learner.consent_version = 0)"

typedef struct {
  XsPlatformUnchecked *photo;
  gint64 now_us;
  gint64 due_us;
  gboolean mine;
} ClaimCall;

static gboolean
find_due (XsPlatformStorage *storage, const ClaimCall *call, gboolean *found, GError **error)
{
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT registration.stunum, registration.sha256 FROM registration"
                    " JOIN learner ON learner.stunum = registration.stunum AND learner.erased_us IS NULL"
                    "  AND learner.photo_sha256 = registration.sha256" MAY_MEASURE
                    " LEFT JOIN registration_check ON registration_check.stunum = registration.stunum"
                    "  AND registration_check.sha256 = registration.sha256"
                    " WHERE registration.state = 'waiting' AND check_due_us <= ?"
                    "  AND registration_check.stunum IS NULL"
                    " ORDER BY registration.at_us, registration.stunum LIMIT 1",
                    error, "i", call->now_us);

  if (row == NULL || !xs_sql_row_step (row, found, error))
    return FALSE;
  if (*found)
    {
      g_strlcpy (call->photo->stunum, xs_sql_row_string (row, 0), sizeof call->photo->stunum);
      g_strlcpy (call->photo->sha256, xs_sql_row_string (row, 1), sizeof call->photo->sha256);
    }
  return TRUE;
}

/* Of several who found it the row goes to the first. */
static gboolean
claim (XsSql *sql, gpointer data, GError **error)
{
  ClaimCall *call = data;

  if (!xs_sql_run (sql,
                   "UPDATE registration SET check_due_us = ? WHERE stunum = ? AND sha256 = ? AND state = 'waiting'"
                   " AND check_due_us <= ?",
                   error, "issi", call->due_us, call->photo->stunum, call->photo->sha256, call->now_us))
    return FALSE;
  call->mine = xs_sql_changes (sql) > 0;
  return TRUE;
}

gboolean
xs_platform_registration_claim (XsPlatformStorage *storage, gint64 lease_us, XsPlatformUnchecked *photo,
                                gboolean *found, GError **error)
{
  gint64 now_us = xs_clock_wall_us (storage->clock);
  ClaimCall call = { photo, now_us, now_us + lease_us, FALSE };

  *found = FALSE;
  while (!call.mine)
    {
      if (!find_due (storage, &call, found, error))
        return FALSE;
      if (!*found)
        return TRUE;
      if (!xs_sql_transaction_by_keys (storage->sql, claim, &call, error))
        return FALSE;
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
