/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-privacy.h"

#include "xs-blob.h"
#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-platform-consent.h"
#include "xs-platform-fleet.h"
#include "xs-platform-learner-keys.h"
#include "xs-platform-storage-private.h"
#include "xs-policy.h"

#include <string.h>

#define AT_A_TIME 500
#define WITNESS_US (7 * G_TIME_SPAN_DAY)
#define NOBODY "-" /* the name of who was erased */

/* (transfer full) (element-type utf8): the first column of a query with a time or a number in it. */
static GPtrArray *
list_texts (XsPlatformStorage *storage, const char *text, const char *types, gint64 number, const char *word,
            GError **error)
{
  gboolean ok;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (XsSqlRow) row = types[0] == 's'   ? xs_sql_prepare (storage->sql, text, error, "s", word)
                             : types[0] == 'i' ? xs_sql_prepare (storage->sql, text, error, "i", number)
                                               : xs_sql_prepare (storage->sql, text, error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    g_ptr_array_add (texts, xs_sql_row_dup_string (row, 0));
  return ok ? g_steal_pointer (&texts) : NULL;
}

/* The file first: a row without a file is looked at again, a file without a row is not. */
gboolean
xs_storage_remove_photo (XsPlatformStorage *storage, const char *sha256, const char *why, GError **error)
{
  g_autofree char *path = xs_storage_path (storage->photo_dir, sha256);

  if (!xs_blob_remove (path, error))
    return FALSE;
  xs_crash_point ("photo-removed");
  return xs_sql_run (storage->sql,
                     "INSERT INTO photo_gone (sha256, why, gone_us) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
                     error, "ssi", sha256, why, xs_clock_wall_us (storage->clock));
}

static gboolean
is_cancelled (GCancellable *cancellable, GError **error)
{
  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  xs_error_convert (error);
  return TRUE;
}

/* Photos of which every log is settled, by a verdict of before @before_us that nobody appeals against. */
static gboolean
remove_expired (XsPlatformStorage *storage, gint64 before_us, GCancellable *cancellable, guint *n, GError **error)
{
  static const char query[] =
    "SELECT DISTINCT log_photo.sha256 FROM log_photo JOIN log ON log.id = log_photo.log_id"
    " JOIN audit ON audit.log_id = log.id"
    " WHERE audit.state IN ('ready', 'sent') AND audit.appeal_open = 0 AND audit.verdict_us < ?"
    " AND NOT EXISTS (SELECT 1 FROM photo_gone WHERE photo_gone.sha256 = log_photo.sha256)"
    " AND NOT EXISTS (SELECT 1 FROM log_photo AS other JOIN audit AS later ON later.log_id = other.log_id"
    "  WHERE other.sha256 = log_photo.sha256 AND (later.state NOT IN ('ready', 'sent') OR later.appeal_open <> 0"
    "  OR later.verdict_us > audit.verdict_us))"
    " LIMIT " G_STRINGIFY (AT_A_TIME);

  for (;;)
    {
      g_autoptr (GPtrArray) photos = list_texts (storage, query, "i", before_us, NULL, error);
      if (photos == NULL || photos->len == 0)
        return photos != NULL;
      for (guint i = 0; i < photos->len; i++, (*n)++)
        {
          if (is_cancelled (cancellable, error)
              || !xs_storage_remove_photo (storage, g_ptr_array_index (photos, i), "retention", error))
            return FALSE;
        }
    }
}

typedef struct {
  XsPlatformStorage *storage;
  const char *sha256;
  gint64 before_us;
  gboolean removed;
} StrayCall;

/* In the transaction that a log would need to name it: it is taken away from under nobody. */
static gboolean
remove_stray (XsSql *sql, gpointer data, GError **error)
{
  StrayCall *call = data;
  g_autofree char *path = xs_storage_path (call->storage->photo_dir, call->sha256);

  if (!xs_sql_run (sql,
                   "DELETE FROM photo WHERE sha256 = ? AND received_us < ?"
                   " AND NOT EXISTS (SELECT 1 FROM log_photo WHERE log_photo.sha256 = photo.sha256)",
                   error, "si", call->sha256, call->before_us))
    return FALSE;
  call->removed = xs_sql_changes (sql) > 0;
  return !call->removed || xs_blob_remove (path, error);
}

static gboolean
remove_strays (XsPlatformStorage *storage, gint64 before_us, GCancellable *cancellable, guint *n, GError **error)
{
  static const char query[] = "SELECT sha256 FROM photo WHERE received_us < ?"
                              " AND NOT EXISTS (SELECT 1 FROM log_photo WHERE log_photo.sha256 = photo.sha256)";
  g_autoptr (GPtrArray) photos = list_texts (storage, query, "i", before_us, NULL, error);

  for (guint i = 0; photos != NULL && i < photos->len; i++)
    {
      StrayCall call = { storage, g_ptr_array_index (photos, i), before_us, FALSE };
      if (is_cancelled (cancellable, error) || !xs_sql_transaction (storage->sql, remove_stray, &call, error))
        return FALSE;
      *n += call.removed ? 1 : 0;
    }
  return photos != NULL;
}

/* What is left to do, but for the database's own copies, once the row says that the learner is being erased. */
static gboolean
remove_traces (XsPlatformStorage *storage, const char *stunum, GError **error)
{
  g_autoptr (GMutexLocker) filing G_GNUC_UNUSED = g_mutex_locker_new (&storage->filing_mutex);
  g_autoptr (GMutexLocker) registering G_GNUC_UNUSED = g_mutex_locker_new (&storage->registration_mutex);
  g_autoptr (GPtrArray) registered = NULL;
  g_autoptr (GPtrArray) photos = NULL;

  if (!xs_learner_key_destroy (storage, stunum, error))
    return FALSE;
  xs_crash_point ("learner-key-destroyed");
  registered = list_texts (storage, "SELECT photo_sha256 FROM learner WHERE stunum = ? AND photo_sha256 IS NOT NULL",
                           "s", 0, stunum, error);
  photos = registered == NULL ? NULL
                              : list_texts (storage,
                                            "SELECT DISTINCT log_photo.sha256 FROM log"
                                            " JOIN log_photo ON log_photo.log_id = log.id WHERE log.stunum = ?",
                                            "s", 0, stunum, error);
  if (photos == NULL
      || (registered->len > 0
          && !xs_storage_drop_registration_photo (storage, stunum, g_ptr_array_index (registered, 0), error)))
    return FALSE;
  for (guint i = 0; i < photos->len; i++)
    if (!xs_storage_remove_photo (storage, g_ptr_array_index (photos, i), "erased", error))
      return FALSE;
  /* What the auditor measured of the face, and people said of its picture, goes with it. */
  return xs_sql_run (storage->sql, "DELETE FROM audit_photo WHERE stunum = ?", error, "s", stunum)
         && xs_sql_run (storage->sql, "DELETE FROM registration WHERE stunum = ?", error, "s", stunum)
         && xs_sql_run (storage->sql, "DELETE FROM registration_check WHERE stunum = ?", error, "s", stunum)
         && xs_sql_run (storage->sql, "UPDATE learner SET photo_sha256 = NULL WHERE stunum = ?", error, "s", stunum);
}

/* Only then it is done: whoever reads all the time, or a crash, leaves it to the next run. */
static gboolean
forget_erased (XsPlatformStorage *storage, GPtrArray *stunums, GError **error)
{
  static const char *const tables[] = { "learner", "audit_photo", "registration", "registration_check", NULL };

  if (stunums->len > 0 && !xs_sql_forget (storage->sql, tables, error))
    return FALSE;
  for (guint i = 0; i < stunums->len; i++)
    if (!xs_sql_run (storage->sql, "UPDATE learner SET erasing = 0 WHERE stunum = ?", error, "s",
                     g_ptr_array_index (stunums, i)))
      return FALSE;
  return TRUE;
}

typedef struct {
  const char *stunum;
  gint64 now_us;
  gboolean found;
} EraseCall;

static gboolean
begin_erasing (XsSql *sql, gpointer data, GError **error)
{
  EraseCall *call = data;

  if (!xs_sql_run (sql,
                   "UPDATE learner SET name = '" NOBODY "', coachnum = NULL, active_check = 1,"
                   " erased_us = coalesce (erased_us, ?), erasing = 1 WHERE stunum = ?",
                   error, "is", call->now_us, call->stunum))
    return FALSE;
  call->found = xs_sql_changes (sql) > 0;
  return TRUE;
}

gboolean
xs_platform_storage_erase_learner (XsPlatformStorage *storage, const char *stunum, GError **error)
{
  EraseCall call = { stunum, xs_clock_wall_us (storage->clock), FALSE };

  if (!xs_number_check (stunum, XS_UNIFIED_DIGITS, "stunum", error)
      || !xs_sql_transaction (storage->sql, begin_erasing, &call, error))
    return FALSE;
  if (!call.found)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No learner %s is registered", stunum);
      return FALSE;
    }
  g_autoptr (GPtrArray) erased = g_ptr_array_new ();
  g_ptr_array_add (erased, (gpointer) stunum);
  return remove_traces (storage, stunum, error) && forget_erased (storage, erased, error);
}

gboolean
xs_storage_read_policy (XsPlatformStorage *storage, XsPolicy *policy, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) json = xs_platform_storage_get_policy (storage, &local_error);
  gsize size;

  if (json == NULL && g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      xs_policy_default (policy);
      return TRUE;
    }
  if (json == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  const char *data = g_bytes_get_data (json, &size);
  return xs_policy_parse (policy, data, size, error);
}

static gboolean
find_witness (XsPlatformStorage *storage, gint64 now_us, gboolean *found, GError **error)
{
  gint64 seen_us;

  if (!xs_sql_query_int (storage->sql, &seen_us, 0, "SELECT max (seen_us) FROM device", error, ""))
    return FALSE;
  *found = ABS (now_us - seen_us) < WITNESS_US;
  return TRUE;
}

gboolean
xs_platform_storage_retain (XsPlatformStorage *storage, GCancellable *cancellable, XsPlatformRetained *retained,
                            GError **error)
{
  XsPolicy policy;
  gint64 now_us = xs_clock_wall_us (storage->clock);
  gboolean has_witness;

  *retained = (XsPlatformRetained){ 0 };
  if (!xs_storage_read_policy (storage, &policy, error))
    return FALSE;
  g_autoptr (GPtrArray) erasing =
    list_texts (storage, "SELECT stunum FROM learner WHERE erasing = 1", "", 0, NULL, error);
  if (erasing == NULL)
    return FALSE;
  for (guint i = 0; i < erasing->len; i++, retained->erased++)
    if (!remove_traces (storage, g_ptr_array_index (erasing, i), error))
      return FALSE;
  if (!xs_platform_storage_remove_withdrawn (storage, error) || !find_witness (storage, now_us, &has_witness, error))
    return FALSE;
  retained->held = !has_witness;
  if (has_witness && !xs_platform_fleet_forget (storage, now_us - policy.diagnosis_keep_days * G_TIME_SPAN_DAY, error))
    return FALSE;
  if (has_witness
      && (!remove_strays (storage, now_us - policy.stray_photo_days * G_TIME_SPAN_DAY, cancellable, &retained->strays,
                          error)
          || (policy.photo_keep_days > 0
              && !remove_expired (storage, now_us - policy.photo_keep_days * G_TIME_SPAN_DAY, cancellable,
                                  &retained->expired, error))))
    return FALSE;
  /* Last, since readers may hold it up; one that fails holds up nothing else. */
  gboolean forgotten = forget_erased (storage, erasing, error);
  return xs_platform_storage_forget_withdrawn (storage, forgotten ? error : NULL) && forgotten;
}
