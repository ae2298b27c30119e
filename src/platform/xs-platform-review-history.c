/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-review-private.h"

#include "xs-error.h"

/* The photos of a learner, in few words: enough to lay thousands of them out by time. */

#define COPY(field, value) g_strlcpy (field, (value) != NULL ? (value) : "", sizeof (field))

/* Where a page ended: by the start of the log, then by the photo's number. */
typedef struct {
  gint64 start_us, log_id, number;
} Cursor;

static gboolean
read_cursor (const char *after, Cursor *cursor, GError **error)
{
  gint64 *numbers[] = { &cursor->start_us, &cursor->log_id, &cursor->number };

  *cursor = (Cursor){ 0 };
  return after[0] == '\0' || xs_review_read_numbers (after, numbers, G_N_ELEMENTS (numbers), error);
}

static XsReviewGlance
read_glance (XsSqlRow *cursor)
{
  XsReviewGlance glance = { .seq = xs_sql_row_int (cursor, 1),
                            .event = xs_sql_row_int (cursor, 3),
                            .taken_us = xs_sql_row_int (cursor, 4),
                            .gone = xs_sql_row_int (cursor, 7) != 0 };

  COPY (glance.devnum, xs_sql_row_string (cursor, 0));
  COPY (glance.log_sha256, xs_sql_row_string (cursor, 10));
  COPY (glance.number, xs_sql_row_string (cursor, 2));
  COPY (glance.sha256, xs_sql_row_string (cursor, 5));
  COPY (glance.seen, xs_sql_row_string (cursor, 6));
  return glance;
}

gboolean
xs_platform_review_get_history (XsPlatformStorage *storage, const XsPlatformPerson *person, const XsReviewQuery *query,
                                XsReviewHistory *history, GError **error)
{
  gint64 limit = query->limit != 0 ? query->limit : XS_REVIEW_GLANCES_MAX;
  gint64 to_us = query->to_us != 0 ? query->to_us : G_MAXINT64;
  gboolean ok;
  Cursor last;

  if (!read_cursor (query->after, &last, error) || !xs_review_may_see (storage, person, query->stunum, error))
    return FALSE;
  g_autofree char *number = g_strdup_printf ("%010" G_GINT64_FORMAT, last.number);
  g_autoptr (XsSqlRow) cursor = xs_sql_prepare (
    storage->sql,
    "SELECT audit.devnum, log.seq, log_photo.number, log_photo.event,"
    " coalesce (audit_photo.taken_us, audit.start_us), log_photo.sha256, audit_photo.seen,"
    " CASE WHEN photo_gone.sha256 IS NULL THEN 0 ELSE 1 END, audit.start_us, audit.log_id,"
    " log.sha256 FROM audit JOIN log ON log.id = audit.log_id JOIN log_photo ON log_photo.log_id = audit.log_id"
    " LEFT JOIN audit_photo ON audit_photo.log_id = audit.log_id"
    "  AND audit_photo.number = log_photo.number"
    " LEFT JOIN photo_gone ON photo_gone.sha256 = log_photo.sha256"
    " WHERE audit.stunum = ? AND audit.start_us >= ? AND audit.start_us < ?"
    " AND (audit.start_us, audit.log_id, log_photo.number) > (?, ?, ?)"
    " ORDER BY audit.start_us, audit.log_id, log_photo.number LIMIT ?",
    error, "siiiisi", query->stunum, MAX (query->from_us, last.start_us), to_us, last.start_us, last.log_id, number,
    limit);
  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      XsReviewGlance glance = read_glance (cursor);
      last =
        (Cursor){ xs_sql_row_int (cursor, 8), xs_sql_row_int (cursor, 9), g_ascii_strtoll (glance.number, NULL, 10) };
      g_array_append_val (history->photos, glance);
    }
  if (history->photos->len == limit)
    g_snprintf (history->next, sizeof history->next, "%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                last.start_us, last.log_id, last.number);
  return ok;
}
