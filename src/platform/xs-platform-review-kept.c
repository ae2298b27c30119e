/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-review-private.h"

#include "xs-error.h"

#include <string.h>

/* What a person may see, and what was asked and answered before: a row for each action, found by the id it has. */

gboolean
xs_review_sees_all (const XsPlatformPerson *person)
{
  return xs_platform_role_has (person->role, XS_PLATFORM_RIGHT_SEE_ALL);
}

const char *
xs_review_own_coach (const XsPlatformPerson *person)
{
  if (xs_review_sees_all (person))
    return "";
  return person->coachnum[0] != '\0' ? person->coachnum : "-";
}

gboolean
xs_review_may_see (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *stunum, GError **error)
{
  gint64 count;
  const char *text = xs_review_sees_all (person) ? "SELECT count (*) FROM learner WHERE stunum = ? AND ? = ''"
                                                 : "SELECT count (*) FROM learner WHERE stunum = ? AND coachnum = ?";

  if (!xs_sql_query_int (storage->sql, &count, 0, text, error, "ss", stunum, xs_review_own_coach (person)))
    return FALSE;
  if (count > 0)
    return TRUE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND, "There is no such learner");
  return FALSE;
}

gboolean
xs_review_find_log (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *devnum, gint64 seq,
                    const char *log_sha256, XsAuditRow *row, char stunum[XS_UNIFIED_DIGITS + 1], GError **error)
{
  gboolean has_row;

  if (!xs_audit_row_find (storage, devnum, seq, log_sha256[0] != '\0' ? log_sha256 : "-", row, error))
    return FALSE;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql, "SELECT stunum FROM log WHERE id = ?", error, "i", row->log_id);
  if (cursor == NULL || !xs_sql_row_step (cursor, &has_row, error))
    return FALSE;
  g_autofree char *learner = has_row ? xs_sql_row_dup_string (cursor, 0) : NULL;
  g_clear_pointer (&cursor, xs_sql_row_free);
  if (learner == NULL || !xs_review_may_see (storage, person, learner, error))
    return FALSE;
  if (stunum != NULL)
    g_strlcpy (stunum, learner, XS_UNIFIED_DIGITS + 1);
  return TRUE;
}

gboolean
xs_review_read_numbers (const char *after, gint64 *const numbers[], gsize n_numbers, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (after, ":", (int) n_numbers + 1);
  gboolean ok = g_strv_length (parts) == n_numbers;

  for (gsize i = 0; ok && i < n_numbers; i++)
    ok = g_ascii_string_to_signed (parts[i], 10, 0, G_MAXINT64, numbers[i], NULL);
  if (!ok)
    g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "“after” is not the “next” of a page");
  return ok;
}

char *
xs_review_pattern (const char *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  g_autoptr (GString) pattern = g_string_new ("%");

  for (const char *p = lower; *p != '\0'; p++)
    {
      if (*p == '%' || *p == '_' || *p == '!')
        g_string_append_c (pattern, '!');
      g_string_append_c (pattern, *p);
    }
  g_string_append_c (pattern, '%');
  return g_string_free (g_steal_pointer (&pattern), FALSE);
}

void
xs_review_set_outcome (XsReviewOutcome *outcome, const char *status, const char *message)
{
  const char *end;

  g_strlcpy (outcome->status, status, sizeof outcome->status);
  g_strlcpy (outcome->message, message, sizeof outcome->message);
  if (!g_utf8_validate (outcome->message, -1, &end))
    outcome->message[end - outcome->message] = '\0';
}

static char *
take_text (GBytes *bytes)
{
  g_autoptr (GBytes) owned = bytes;

  return g_strndup (g_bytes_get_data (owned, NULL), g_bytes_get_size (owned));
}

/* The request as it is kept: as one of many alone. */
static char *
write_request (const XsReviewAction *action)
{
  XsReviewActions actions = { g_array_new (FALSE, FALSE, sizeof *action) };

  g_array_append_val (actions.actions, *action);
  char *text = take_text (xs_review_actions_encode (&actions));
  g_array_unref (actions.actions);
  return text;
}

gboolean
xs_review_recall (XsPlatformStorage *storage, const XsPlatformPerson *person, const XsReviewAction *action,
                  gboolean *found, XsReviewOutcome *outcome, GError **error)
{
  g_autofree char *request = write_request (action);
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql, "SELECT request, outcome FROM review_action WHERE who = ? AND id = ?", error, "ss",
                    person->name, action->id);

  if (cursor == NULL || !xs_sql_row_step (cursor, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  if (strcmp (xs_sql_row_string (cursor, 0), request) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“id” %s was given to another action before", action->id);
      return FALSE;
    }
  const char *kept = xs_sql_row_string (cursor, 1);
  g_autoptr (GBytes) bytes = g_bytes_new (kept, strlen (kept));
  return xs_review_outcome_decode (outcome, bytes, error);
}

gboolean
xs_review_keep (XsPlatformStorage *storage, const XsReviewKept *kept, const XsReviewOutcome *outcome, GError **error)
{
  g_autofree char *request = write_request (kept->action);
  g_autofree char *answer = take_text (xs_review_outcome_encode (outcome));
  return xs_sql_run (storage->sql,
                     "INSERT INTO review_action (who, id, at_us, log_id, stunum, action, status, version, risk,"
                     " first_look, request, outcome)"
                     " VALUES (?, ?, ?, nullif (cast (? AS BIGINT), 0), ?, ?, ?, ?, ?, ?, ?, ?)",
                     error, "ssiisssiiiss", kept->person->name, kept->action->id, xs_clock_wall_us (storage->clock),
                     kept->log_id, kept->stunum, kept->action->action, outcome->status, outcome->version, kept->risk,
                     (gint64) (strcmp (outcome->status, "first_look") == 0), request, answer);
}
