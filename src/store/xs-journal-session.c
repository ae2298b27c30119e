/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-blob.h"
#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-subjcode.h"
#include "xs-wire-log.h"
#include "xs-wire-message.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *stunum;
  const char *subjcode;
  const XsPolicy *policy;
  gint64 start_wall_us;
  const char *admitted_by;
  XsSessionHandle handle;
} Begin;

static gboolean
begin_session_in (XsDb *db, gpointer data, GError **error)
{
  Begin *begin = data;
  XsIdentity identity;

  if (!xs_journal_read_identity (db, &identity, error)
      || !xs_journal_next_number (db, "classid", &begin->handle.classid, error)
      || !xs_db_run (db,
                     "INSERT INTO session (classid, stunum, policy_id, policy_version, start_wall_us, state,"
                     " active_check, admitted_by) VALUES (?1, ?2, ?3, ?4, ?5, 'open',"
                     " coalesce ((SELECT active_check FROM roster WHERE stunum = ?2), 1), nullif (?6, ''))",
                     error, "issiis", begin->handle.classid, begin->stunum, begin->policy->id, begin->policy->version,
                     begin->start_wall_us, begin->admitted_by))
    return FALSE;
  begin->handle.session_id = xs_db_last_insert_rowid (db);
  if (!xs_db_run (db, "INSERT INTO segment (session_id, subjcode, start_wall_us, last_wall_us) VALUES (?, ?, ?, ?)",
                  error, "isii", begin->handle.session_id, begin->subjcode, begin->start_wall_us, begin->start_wall_us))
    return FALSE;
  begin->handle.segment_id = xs_db_last_insert_rowid (db);
  xs_crash_point ("session-inserted");
  return TRUE;
}

gboolean
xs_journal_begin_admitted_session (XsJournal *journal, const char *stunum, const char *subjcode, const XsPolicy *policy,
                                   gint64 start_wall_us, const char *admitted_by, XsSessionHandle *handle,
                                   GError **error)
{
  Begin begin = { stunum, subjcode, policy, start_wall_us, admitted_by, { 0 } };
  XsSubjcode parts;

  if (strlen (admitted_by) > XS_ADMITTED_BY_MAX || !g_utf8_validate (admitted_by, -1, NULL))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "Who lets a learner in has a name of at most %d bytes",
                   XS_ADMITTED_BY_MAX);
      return FALSE;
    }
  if (!xs_number_check (stunum, XS_UNIFIED_DIGITS, "stunum", error) || !xs_subjcode_parse (&parts, subjcode, error)
      || !xs_db_transaction (journal->db, begin_session_in, &begin, error))
    return FALSE;
  xs_crash_point ("session-committed");
  *handle = begin.handle;
  return TRUE;
}

gboolean
xs_journal_begin_session (XsJournal *journal, const char *stunum, const char *subjcode, const XsPolicy *policy,
                          gint64 start_wall_us, XsSessionHandle *handle, GError **error)
{
  return xs_journal_begin_admitted_session (journal, stunum, subjcode, policy, start_wall_us, "", handle, error);
}

void
xs_journal_forget_minutes (XsJournal *journal)
{
  journal->minutes_segment_id = 0;
  g_array_set_size (journal->minutes, 0);
}

static gboolean
load_minutes (XsJournal *journal, gint64 segment_id, GError **error)
{
  if (journal->minutes_segment_id == segment_id)
    return TRUE;
  xs_journal_forget_minutes (journal);

  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT wall_end_us, credited_us, normal FROM minute WHERE segment_id = ? ORDER BY ordinal", error,
                   "i", segment_id);
  gboolean ok;
  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsMinuteRecord minute = { .wall_end_us = xs_stmt_int (stmt, 0),
                                .credited_us = xs_stmt_int (stmt, 1),
                                .normal = xs_stmt_int (stmt, 2) != 0 };
      g_array_append_val (journal->minutes, minute);
    }
  if (ok)
    journal->minutes_segment_id = segment_id;
  return ok;
}

typedef struct {
  XsJournal *journal;
  const XsSessionHandle *handle;
  const XsProgress *progress;
} Save;

static gboolean
insert_minute (XsDb *db, const Save *save, const XsIdentity *identity, guint ordinal, GError **error)
{
  const XsMinuteRecord *minute = &g_array_index (save->progress->minutes, XsMinuteRecord, ordinal);
  int day = xs_wall_day (minute->wall_end_us);
  gint64 sequence;

  if (!xs_db_query_int (db, &sequence, 0, "SELECT minute FROM day_counter WHERE day = ?", error, "i", (gint64) day))
    return FALSE;
  if (++sequence > XS_MINUTES_PER_DAY_MAX)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "This device has used all %d minute numbers of the day %d",
                   XS_MINUTES_PER_DAY_MAX, day);
      return FALSE;
    }
  g_autofree char *number = xs_minute_number (identity->devnum, day, (guint) sequence);
  return xs_db_run (db,
                    "INSERT INTO day_counter (day, minute) VALUES (?, ?)"
                    " ON CONFLICT (day) DO UPDATE SET minute = excluded.minute",
                    error, "ii", (gint64) day, sequence)
         && xs_db_run (db,
                       "INSERT INTO minute (segment_id, ordinal, number, wall_end_us, credited_us, normal)"
                       " VALUES (?, ?, ?, ?, ?, ?)",
                       error, "iisiii", save->handle->segment_id, (gint64) ordinal, number, minute->wall_end_us,
                       minute->credited_us, (gint64) minute->normal);
}

static gboolean
save_minutes (XsDb *db, const Save *save, GError **error)
{
  const GArray *stored = save->journal->minutes;
  const GArray *minutes = save->progress->minutes;
  XsIdentity identity;

  if (minutes->len < stored->len)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%u minutes are stored, only %u are given", stored->len,
                   minutes->len);
      return FALSE;
    }
  for (guint i = 0; i < stored->len; i++)
    {
      const XsMinuteRecord *old = &g_array_index (stored, XsMinuteRecord, i);
      const XsMinuteRecord *now = &g_array_index (minutes, XsMinuteRecord, i);
      if (old->wall_end_us == now->wall_end_us && old->credited_us == now->credited_us && old->normal == now->normal)
        continue;
      if (!xs_db_run (db,
                      "UPDATE minute SET wall_end_us = ?, credited_us = ?, normal = ?"
                      " WHERE segment_id = ? AND ordinal = ?",
                      error, "iiiii", now->wall_end_us, now->credited_us, (gint64) now->normal,
                      save->handle->segment_id, (gint64) i))
        return FALSE;
    }
  if (minutes->len > stored->len && !xs_journal_read_identity (db, &identity, error))
    return FALSE;
  for (guint i = stored->len; i < minutes->len; i++)
    {
      if (!insert_minute (db, save, &identity, i, error))
        return FALSE;
    }
  return TRUE;
}

/* What happened once does not change: only the rest is new. */
static gboolean
save_events (XsDb *db, const Save *save, GError **error)
{
  const GArray *events = save->progress->events;
  gint64 n_stored;

  if (events == NULL || events->len == 0)
    return TRUE;
  if (!xs_db_query_int (db, &n_stored, 0, "SELECT count (*) FROM event WHERE segment_id = ?", error, "i",
                        save->handle->segment_id))
    return FALSE;
  for (gint64 i = n_stored; i < events->len; i++)
    {
      const XsLogEvent *event = &g_array_index (events, XsLogEvent, i);
      if (!xs_db_run (db, "INSERT INTO event (segment_id, ordinal, kind, wall_us, amount_us) VALUES (?, ?, ?, ?, ?)",
                      error, "iisii", save->handle->segment_id, i, xs_log_event_nick (event->kind), event->wall_us,
                      event->amount_us))
        return FALSE;
    }
  return TRUE;
}

static gboolean
save_days (XsDb *db, const Save *save, GError **error)
{
  gint64 sum;

  for (guint i = 0; i < G_N_ELEMENTS (save->progress->days); i++)
    {
      const XsDayCredit *day = &save->progress->days[i];
      if (day->day == 0)
        continue;
      if (!xs_db_run (db,
                      "INSERT INTO credit (stunum, day, segment_id, credited_us)"
                      " SELECT stunum, ?, ?, ? FROM session WHERE id = ?"
                      " ON CONFLICT (stunum, day, segment_id) DO UPDATE SET credited_us = excluded.credited_us"
                      " WHERE credited_us <> excluded.credited_us",
                      error, "iiii", (gint64) day->day, save->handle->segment_id, day->credited_us,
                      save->handle->session_id))
        return FALSE;
    }
  if (!xs_db_query_int (db, &sum, 0,
                        "SELECT sum (c.credited_us) FROM session s JOIN credit c ON c.stunum = s.stunum"
                        " WHERE s.id = ? AND c.segment_id = ?",
                        error, "ii", save->handle->session_id, save->handle->segment_id))
    return FALSE;
  if (sum <= save->progress->credited_us)
    return TRUE;
  /* The wall clock stood on another day for a while, and what was put there counts on its true day now. */
  return xs_db_run (db,
                    "DELETE FROM credit WHERE stunum = (SELECT stunum FROM session WHERE id = ?)"
                    " AND segment_id = ? AND day NOT IN (?, ?)",
                    error, "iiii", save->handle->session_id, save->handle->segment_id,
                    (gint64) save->progress->days[0].day, (gint64) save->progress->days[1].day);
}

static gboolean
check_progress (const XsProgress *progress, GError **error)
{
  gint64 days_us = 0;

  for (guint i = 0; i < G_N_ELEMENTS (progress->days); i++)
    days_us += progress->days[i].day != 0 ? progress->days[i].credited_us : 0;
  if (days_us > progress->credited_us)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "The days of a segment come to more than its credit");
      return FALSE;
    }
  if (progress->minutes->len > XS_WIRE_LOG_MAX_MINUTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "A segment holds at most %d minutes", XS_WIRE_LOG_MAX_MINUTES);
      return FALSE;
    }
  if (progress->events != NULL && progress->events->len > XS_LOG_EVENTS_MAX)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "A segment holds at most %d events", XS_LOG_EVENTS_MAX);
      return FALSE;
    }
  return TRUE;
}

static gboolean
save_progress_in (XsDb *db, gpointer data, GError **error)
{
  const Save *save = data;
  const XsProgress *progress = save->progress;
  gint64 stored_us;

  if (!xs_db_query_int (db, &stored_us, -1,
                        "SELECT g.credited_us FROM segment g JOIN session s ON s.id = g.session_id"
                        " WHERE g.id = ? AND s.id = ? AND g.end_reason IS NULL",
                        error, "ii", save->handle->segment_id, save->handle->session_id))
    return FALSE;
  if (stored_us < 0)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "The segment is closed already");
      return FALSE;
    }
  if (progress->credited_us < stored_us)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "Credit never falls: %" G_GINT64_FORMAT " µs are stored, %" G_GINT64_FORMAT " µs are given",
                   stored_us, progress->credited_us);
      return FALSE;
    }
  if (!xs_db_run (db, "UPDATE segment SET credited_us = ?, last_wall_us = ? WHERE id = ?", error, "iii",
                  progress->credited_us, progress->wall_us, save->handle->segment_id)
      || !save_minutes (db, save, error) || !save_events (db, save, error) || !save_days (db, save, error))
    return FALSE;
  xs_crash_point ("progress-inserted");
  return TRUE;
}

gboolean
xs_journal_save_progress (XsJournal *journal, const XsSessionHandle *handle, const XsProgress *progress, GError **error)
{
  Save save = { journal, handle, progress };

  if (!check_progress (progress, error) || !load_minutes (journal, handle->segment_id, error)
      || !xs_db_transaction (journal->db, save_progress_in, &save, error))
    return FALSE;
  xs_crash_point ("progress-committed");
  g_array_set_size (journal->minutes, 0);
  if (progress->minutes->len > 0)
    g_array_append_vals (journal->minutes, progress->minutes->data, progress->minutes->len);
  return TRUE;
}

typedef struct {
  const XsSessionHandle *handle;
  const XsPhotoRecord *record;
  const char *sha256;
  GBytes *own; /* (nullable): the learner's copy, sealed */
  gint64 number;
  XsDbFunc then; /* (nullable) */
  gpointer data;
} AddPhoto;

static gboolean
add_photo_in (XsDb *db, gpointer data, GError **error)
{
  AddPhoto *add = data;
  const XsPhotoRecord *record = add->record;
  gint64 n_photos;

  if (!xs_db_query_int (db, &n_photos, 0, "SELECT count (*) FROM photo WHERE segment_id = ?", error, "i",
                        add->handle->segment_id))
    return FALSE;
  if (n_photos >= XS_WIRE_LOG_MAX_PHOTOS)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "A segment holds at most %d photos", XS_WIRE_LOG_MAX_PHOTOS);
      return FALSE;
    }
  if (!xs_db_run (db,
                  "UPDATE segment SET last_wall_us = max (last_wall_us, CASE (SELECT cut_off IS NULL FROM session"
                  " WHERE id = session_id) WHEN 1 THEN ? ELSE 0 END) WHERE id = ? AND end_reason IS NULL",
                  error, "ii", record->wall_us, add->handle->segment_id))
    return FALSE;
  if (xs_db_changes (db) == 0)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "The segment is closed already");
      return FALSE;
    }
  if (!xs_journal_next_number (db, "photo", &add->number, error)
      || !xs_db_run (db,
                     "INSERT INTO photo (number, segment_id, event, wall_us, sha256, match, width_px, height_px,"
                     " picture_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     error, "iiiisdiis", add->number, add->handle->segment_id, (gint64) record->event, record->wall_us,
                     add->sha256, record->match, (gint64) record->width_px, (gint64) record->height_px,
                     record->picture_hash)
      || !xs_journal_add_own_photo_in (db, add->number, record->wall_us, add->own, error)
      || !xs_db_run (db, "INSERT INTO outbox (kind, photo_number, segment_id) VALUES ('photo', ?, ?)", error, "ii",
                     add->number, add->handle->segment_id))
    return FALSE;
  xs_crash_point ("photo-inserted");
  return add->then == NULL || add->then (db, add->data, error);
}

/* What the platform would refuse must not get into a log that is signed once and for all. */
static gboolean
check_photo (const XsPhotoRecord *record, gsize size, GError **error)
{
  if (size == 0 || size > XS_PHOTO_MAX_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "A photo must have 1 to %d bytes, this one has %" G_GSIZE_FORMAT,
                   XS_PHOTO_MAX_BYTES, size);
      return FALSE;
    }
  if (record->width_px < 1 || record->width_px > G_MAXUINT16 || record->height_px < 1
      || record->height_px > G_MAXUINT16)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%d × %d is no size of a photo", record->width_px,
                   record->height_px);
      return FALSE;
    }
  if (!isnan (record->match) && !(record->match >= -1 && record->match <= 1))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "A match lies between -1 and 1, found %g", record->match);
      return FALSE;
    }
  if (record->picture_hash[0] != '\0' && !xs_wire_sha256_is_valid (record->picture_hash))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "A picture hash has %d lower-case hex digits, this is “%s”",
                   XS_PICTURE_HASH_DIGITS, record->picture_hash);
      return FALSE;
    }
  return TRUE;
}

static void
drop_file (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS) && !xs_blob_remove (path, NULL))
    g_message ("%s has no row and cannot be removed; the next start will", path);
}

static void
set_unsettled (XsJournal *journal, const char *sha256, gboolean unsettled)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&journal->lock);

  if (unsettled)
    g_hash_table_add (journal->unsettled, g_strdup (sha256));
  else
    g_hash_table_remove (journal->unsettled, sha256);
}

/* The file, then the row. */
static gboolean
store_photo (XsJournal *journal, AddPhoto *add, GBytes *sealed, GError **error)
{
  g_autofree char *path = xs_journal_dup_photo_path (journal, add->sha256);

  if (!xs_blob_write (path, sealed, error))
    {
      /* Whole but for the folder's flush, perhaps: the next try seals the photo anew, under another name. */
      drop_file (path);
      return FALSE;
    }
  xs_crash_point ("photo-filed");
  if (xs_db_transaction (journal->db, add_photo_in, add, error))
    return TRUE;
  /* A row that may be on disk keeps its file; the next start removes it when there is none. */
  if (!xs_db_commit_is_uncertain (journal->db))
    drop_file (path);
  return FALSE;
}

gboolean
xs_journal_add_photo_and (XsJournal *journal, const XsSessionHandle *handle, GBytes *jpeg, GBytes *thumbnail,
                          XsPhotoRecord *record, XsDbFunc then, gpointer data, GError **error)
{
  XsIdentity identity;
  g_autoptr (GBytes) own = NULL;

  if (!check_photo (record, g_bytes_get_size (jpeg), error) || !xs_journal_read_identity (journal->db, &identity, error)
      || !xs_journal_seal_own_photo (journal, thumbnail, &own, error))
    return FALSE;

  g_autoptr (GBytes) sealed = xs_seal (identity.platform_key, jpeg);
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  AddPhoto add = { handle, record, sha256, own, 0, then, data };

  xs_crash_point ("photo-sealed");
  set_unsettled (journal, sha256, TRUE);
  gboolean stored = store_photo (journal, &add, sealed, error);
  if (stored || !xs_db_commit_is_uncertain (journal->db))
    set_unsettled (journal, sha256, FALSE);
  if (!stored)
    return FALSE;

  xs_crash_point ("photo-committed");
  g_autofree char *number = xs_photo_number ((guint64) add.number);
  g_strlcpy (record->number, number, sizeof record->number);
  g_strlcpy (record->sha256, sha256, sizeof record->sha256);
  return TRUE;
}

gboolean
xs_journal_add_photo (XsJournal *journal, const XsSessionHandle *handle, GBytes *jpeg, XsPhotoRecord *record,
                      GError **error)
{
  return xs_journal_add_photo_and (journal, handle, jpeg, NULL, record, NULL, NULL, error);
}

gboolean
xs_journal_add_photo_with_copy (XsJournal *journal, const XsSessionHandle *handle, GBytes *jpeg, GBytes *thumbnail,
                                XsPhotoRecord *record, GError **error)
{
  return xs_journal_add_photo_and (journal, handle, jpeg, thumbnail, record, NULL, NULL, error);
}

gboolean
xs_journal_get_credit (XsJournal *journal, const char *stunum, int day, gint64 *today_us, gint64 *total_us,
                       GError **error)
{
  gint64 today, platform_s, here;

  /* What the platform knows of is in its total; what it has not confirmed to know is added to it. */
  if (!xs_db_query_int (journal->db, &today, 0, "SELECT sum (credited_us) FROM credit WHERE stunum = ? AND day = ?",
                        error, "si", stunum, (gint64) day)
      || !xs_db_query_int (journal->db, &platform_s, 0, "SELECT total_s FROM roster WHERE stunum = ?", error, "s",
                           stunum)
      || !xs_db_query_int (journal->db, &here, 0, XS_JOURNAL_UNKNOWN_CREDIT_SQL, error, "s", stunum))
    return FALSE;
  if (today_us != NULL)
    *today_us = today;
  if (total_us != NULL)
    *total_us = platform_s * G_USEC_PER_SEC + here;
  return TRUE;
}
