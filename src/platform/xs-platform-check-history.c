/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-check-private.h"

#include "xs-error.h"

#include <string.h>

/* Of one kind; the rest is named once these are mended. */
#define FINDINGS_MAX "1000"

static gboolean
check_columns (XsPlatformStorage *storage, gint64 id, const char *name, const XsTeachingLog *log,
               XsPlatformChecked *checked, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT log.stunum, log.recnum, log.credited_s, audit.log_id, audit.stunum, audit.recnum,"
                    " audit.devnum, subjcode, start_us, end_us, CASE WHEN audit.device_id = log.device_id THEN 1 END"
                    " FROM log LEFT JOIN audit ON audit.log_id = log.id WHERE log.id = ?",
                    error, "i", id);

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  if (!has_row || strcmp (xs_sql_row_string (row, 0), log->stunum) != 0
      || strcmp (xs_sql_row_string (row, 1), log->recnum) != 0 || xs_sql_row_int (row, 2) != log->credited_s)
    xs_check_add (checked, XS_FAULT_RECORD, "%s: learner, number or seconds are filed as other than were signed", name);
  else if (xs_sql_row_is_null (row, 3))
    xs_check_add (checked, XS_FAULT_HISTORY, "%s: nothing says how it stands", name);
  else if (strcmp (xs_sql_row_string (row, 4), log->stunum) != 0
           || strcmp (xs_sql_row_string (row, 5), log->recnum) != 0
           || strcmp (xs_sql_row_string (row, 6), log->devnum) != 0
           || strcmp (xs_sql_row_string (row, 7), log->subjcode) != 0 || xs_sql_row_int (row, 8) != log->start_wall_us
           || xs_sql_row_int (row, 9) != log->end_wall_us || xs_sql_row_is_null (row, 10))
    xs_check_add (checked, XS_FAULT_RECORD, "%s: it is judged as another one than was signed", name);
  return TRUE;
}

static const XsPhotoRecord *
find_photo (const XsTeachingLog *log, const char *number)
{
  for (guint i = 0; i < log->photos->len; i++)
    {
      const XsPhotoRecord *photo = &g_array_index (log->photos, XsPhotoRecord, i);
      if (strcmp (photo->number, number) == 0)
        return photo;
    }
  return NULL;
}

static gboolean
check_photos (XsPlatformStorage *storage, gint64 id, const char *name, const XsTeachingLog *log,
              XsPlatformChecked *checked, GError **error)
{
  gboolean ok;
  guint n_same = 0, n_rows = 0;
  g_autoptr (XsSqlRow) row = xs_sql_prepare (storage->sql,
                                             "SELECT number, event, log_photo.sha256, photo.sha256 FROM log_photo"
                                             " LEFT JOIN photo ON photo.sha256 = log_photo.sha256 WHERE log_id = ?",
                                             error, "i", id);

  if (row == NULL)
    return FALSE;
  for (; xs_sql_row_next (row, &ok, error); n_rows++)
    {
      const char *sha256 = xs_sql_row_string (row, 2);
      const XsPhotoRecord *photo = find_photo (log, xs_sql_row_string (row, 0));
      n_same +=
        photo != NULL && xs_sql_row_int (row, 1) == (gint64) photo->event && strcmp (photo->sha256, sha256) == 0;
      if (xs_sql_row_is_null (row, 3))
        xs_check_add (checked, XS_FAULT_PHOTO_MISSING, "%s: photo %s is missing", name, sha256);
    }
  if (ok && (n_same != log->photos->len || n_rows != n_same))
    xs_check_add (checked, XS_FAULT_RECORD, "%s: its photos are filed as other than were signed", name);
  return ok;
}

gboolean
xs_check_record (XsPlatformStorage *storage, gint64 id, const char *name, const XsTeachingLog *log,
                 XsPlatformChecked *checked, GError **error)
{
  return check_columns (storage, id, name, log, checked, error)
         && check_photos (storage, id, name, log, checked, error);
}

/* A query of devnum and seq of logs, and which step it is about, for what is wrong. */
typedef struct {
  XsPlatformFault fault;
  const char *what;
  const char *text;
} Rule;

#define AUDITS "SELECT log.devnum, log.seq, audit.version FROM audit JOIN log ON log.id = audit.log_id"

static const Rule rules[] = {
  { XS_FAULT_HISTORY, "steps up to this one are missing, or there are more",
    "SELECT min (log.devnum), min (log.seq), audit.version FROM audit JOIN log ON log.id = audit.log_id"
    " LEFT JOIN audit_step AS step ON step.log_id = audit.log_id GROUP BY audit.log_id, audit.version"
    " HAVING count (step.version) <> audit.version OR coalesce (max (step.version), 0) <> audit.version" },
  { XS_FAULT_HISTORY, "it does not follow the step before it",
    "SELECT log.devnum, log.seq, step.version FROM audit_step AS step JOIN log ON log.id = step.log_id"
    " LEFT JOIN audit_step AS former ON former.log_id = step.log_id AND former.version = step.version - 1"
    " WHERE step.from_state <> coalesce (former.to_state, 'received')"
    " AND (step.version = 1 OR former.version IS NOT NULL)" },
  { XS_FAULT_STATE, "the log does not stand as it says",
    AUDITS " LEFT JOIN audit_step AS last ON last.log_id = audit.log_id AND last.version = audit.version"
           " WHERE (audit.version = 0 OR last.version IS NOT NULL) AND (state <> coalesce (last.to_state, 'received')"
           " OR log.verdict <>"
           "  CASE WHEN coalesce (last.to_state, 'received') = 'received' THEN 'waiting' ELSE last.verdict END"
           " OR audit.credited_min <> coalesce (last.credited_min, 0)"
           " OR audit.credited_next_min <> coalesce (last.credited_next_min, 0))" },
  { XS_FAULT_QUEUE, "the log waits for an auditor, and is not in their queue",
    AUDITS " LEFT JOIN audit_job ON audit_job.id = audit.log_id"
           " WHERE state = 'received' AND audit_job.id IS NULL" },
  { XS_FAULT_FEED, "the device is not told of it in order",
    AUDITS " LEFT JOIN verdict_feed ON verdict_feed.device_id = audit.device_id"
           " WHERE feed > coalesce (verdict_feed.last, 0) OR (feed = 0 AND version > 0) OR (feed > 0 AND EXISTS"
           "  (SELECT 1 FROM audit AS other WHERE other.device_id = audit.device_id AND other.feed = audit.feed"
           "   AND other.log_id <> audit.log_id))" },
};

gboolean
xs_check_history (XsPlatformStorage *storage, XsPlatformChecked *checked, GError **error)
{
  gint64 n_steps;

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      gboolean ok;
      g_autofree char *text = g_strconcat (rules[i].text, " LIMIT " FINDINGS_MAX, NULL);
      g_autoptr (XsSqlRow) row = xs_sql_prepare (storage->sql, text, error, "");
      if (row == NULL)
        return FALSE;
      while (xs_sql_row_next (row, &ok, error))
        xs_check_add (checked, rules[i].fault, "Log %s-%" G_GINT64_FORMAT ", step %" G_GINT64_FORMAT ": %s",
                      xs_sql_row_string (row, 0), xs_sql_row_int (row, 1), xs_sql_row_int (row, 2), rules[i].what);
      if (!ok)
        return FALSE;
    }
  if (!xs_sql_query_int (storage->sql, &n_steps, 0, "SELECT count (*) FROM audit_step", error, ""))
    return FALSE;
  checked->steps = (guint) n_steps;
  return TRUE;
}
