/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-review-private.h"

#include "xs-error.h"

#include <string.h>

/* Who opened which photo, and who exported which log: two tables, told as one list. */

#define COPY(field, value) g_strlcpy (field, (value) != NULL ? (value) : "", sizeof (field))

/* Where a page ended in both tables: by time, then by number. */
typedef struct {
  gint64 photo_us, photo_n, export_us, export_n;
} Cursor;

static gboolean
read_cursor (const char *after, Cursor *cursor, GError **error)
{
  gint64 *numbers[] = { &cursor->photo_us, &cursor->photo_n, &cursor->export_us, &cursor->export_n };

  *cursor = (Cursor){ G_MAXINT64, 0, G_MAXINT64, 0 };
  return after[0] == '\0' || xs_review_read_numbers (after, numbers, G_N_ELEMENTS (numbers), error);
}

/* One of the two lists, a row ahead. */
typedef struct {
  XsSqlRow *cursor;
  gboolean has_row, ok;
} Source;

static void
advance (Source *source, GError **error)
{
  source->ok = source->ok && xs_sql_row_step (source->cursor, &source->has_row, error);
  source->has_row = source->has_row && source->ok;
}

static XsReviewView
read_view (XsSqlRow *cursor)
{
  XsReviewView view = { .at_us = xs_sql_row_int (cursor, 0), .seq = xs_sql_row_int (cursor, 8) };

  COPY (view.kind, xs_sql_row_string (cursor, 2));
  COPY (view.who, xs_sql_row_string (cursor, 3));
  COPY (view.why, xs_sql_row_string (cursor, 4));
  COPY (view.stunum, xs_sql_row_string (cursor, 5));
  COPY (view.sha256, xs_sql_row_string (cursor, 6));
  COPY (view.devnum, xs_sql_row_string (cursor, 7));
  return view;
}

static gboolean
merge (Source *photos, Source *exports, gint64 limit, Cursor *cursor, XsReviewViews *views, GError **error)
{
  advance (photos, error);
  if (photos->ok)
    advance (exports, error);
  while (photos->ok && exports->ok && views->rows->len < limit && (photos->has_row || exports->has_row))
    {
      gboolean is_photo =
        photos->has_row
        && (!exports->has_row || xs_sql_row_int (photos->cursor, 0) >= xs_sql_row_int (exports->cursor, 0));
      Source *source = is_photo ? photos : exports;
      XsReviewView view = read_view (source->cursor);
      *(is_photo ? &cursor->photo_us : &cursor->export_us) = view.at_us;
      *(is_photo ? &cursor->photo_n : &cursor->export_n) = xs_sql_row_int (source->cursor, 1);
      g_array_append_val (views->rows, view);
      advance (source, error);
    }
  return photos->ok && exports->ok;
}

static XsSqlRow *
prepare (XsPlatformStorage *storage, const char *select, const char *time_column, const char *n_column,
         const XsReviewQuery *query, gint64 at_us, gint64 n, gint64 limit, GError **error)
{
  gint64 to_us = query->to_us != 0 ? query->to_us : G_MAXINT64;
  g_autofree char *who = query->who[0] != '\0' ? g_strconcat ("person:", query->who, NULL) : g_strdup ("");
  g_autofree char *text =
    g_strdup_printf ("SELECT %s AND %s >= ? AND %s < ? AND (%s, %s) < (?, ?)%s%s ORDER BY %s DESC, %s DESC LIMIT ?",
                     select, time_column, time_column, time_column, n_column,
                     query->stunum[0] != '\0' ? " AND stunum = ?" : " AND ? = ''",
                     query->who[0] != '\0' ? " AND who = ?" : " AND ? = ''", time_column, n_column);

  return xs_sql_prepare (storage->sql, text, error, "iiiissi", query->from_us, to_us, at_us, n, query->stunum, who,
                         limit);
}

gboolean
xs_platform_review_list_views (XsPlatformStorage *storage, const XsReviewQuery *query, XsReviewViews *views,
                               GError **error)
{
  gint64 limit = query->limit != 0 ? query->limit : XS_REVIEW_PAGE_MAX;
  Cursor cursor;

  if (!read_cursor (query->after, &cursor, error))
    return FALSE;
  g_autoptr (XsSqlRow) photos =
    prepare (storage,
             "read_us, id, CASE WHEN registration = 1 THEN 'registration' ELSE 'photo' END, who, why, stunum, sha256,"
             " '', 0 FROM photo_read WHERE 1 = 1",
             "read_us", "id", query, cursor.photo_us, cursor.photo_n, limit, error);
  if (photos == NULL)
    return FALSE;
  g_autoptr (XsSqlRow) exports =
    prepare (storage, "at_us, n, 'export', who, format, stunum, '', devnum, seq FROM review_export WHERE 1 = 1",
             "at_us", "n", query, cursor.export_us, cursor.export_n, limit, error);
  if (exports == NULL)
    return FALSE;
  Source of_photos = { photos, FALSE, TRUE }, of_exports = { exports, FALSE, TRUE };
  if (!merge (&of_photos, &of_exports, limit, &cursor, views, error))
    return FALSE;
  if (views->rows->len == limit)
    g_snprintf (views->next, sizeof views->next,
                "%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, cursor.photo_us,
                cursor.photo_n, cursor.export_us, cursor.export_n);
  return TRUE;
}

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformPerson *person;
  const XsReviewExport *export;
} ExportCall;

static gboolean
record (XsSql *sql, gpointer data, GError **error)
{
  ExportCall *call = data;
  XsAuditRow row;
  char stunum[XS_UNIFIED_DIGITS + 1];
  g_autofree char *who = g_strconcat ("person:", call->person->name, NULL);

  return xs_review_find_log (call->storage, call->person, call->export->devnum, call->export->seq,
                             call->export->log_sha256, &row, stunum, error)
         && xs_sql_run (sql,
                        "INSERT INTO review_export (who, id, at_us, devnum, seq, stunum, format)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (who, id) DO NOTHING",
                        error, "ssisiss", who, call->export->id, xs_clock_wall_us (call->storage->clock),
                        call->export->devnum, call->export->seq, stunum, call->export->format);
}

gboolean
xs_platform_review_record_export (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                  const XsReviewExport *export, GError **error)
{
  ExportCall call = { storage, person, export };

  return xs_sql_transaction (storage->sql, record, &call, error);
}
