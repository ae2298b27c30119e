/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-storage-private.h"

#include "xs-crash-point.h"
#include "xs-error.h"

#include <string.h>

const char *
xs_platform_chain_nick (XsPlatformChain chain)
{
  static const char *const nicks[] = {
    [XS_PLATFORM_CHAIN_OK] = "ok",
    [XS_PLATFORM_CHAIN_GAP] = "gap",
    [XS_PLATFORM_CHAIN_BROKEN] = "broken",
  };

  g_return_val_if_fail ((guint) chain < G_N_ELEMENTS (nicks), NULL);
  return nicks[chain];
}

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformDevice *device;
  gint64 seq;
  GBytes *bytes;
  GBytes *signature;
  const char *sha256;
  const XsWireLog *wire_log;
  XsWireLogAnswer *answer;
} PutCall;

static gboolean
check_numbers (PutCall *call)
{
  const XsTeachingLog *log = &call->wire_log->log;
  const char *inscode = call->storage->inscode;

  if (strcmp (log->devnum, call->device->devnum) != 0)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH, "The log is of device %s, sent by device %s",
                       log->devnum, call->device->devnum);
  else if (strcmp (log->inscode, inscode) != 0)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH, "The log is of school %s, this is %s",
                       log->inscode, inscode);
  else if (call->wire_log->seq != call->seq)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH,
                       "The log is number %" G_GINT64_FORMAT " of its device, sent as number %" G_GINT64_FORMAT,
                       call->wire_log->seq, call->seq);
  else
    return TRUE;
  return FALSE;
}

/* The checks against what the platform knows. TRUE with answer still "accepted" when there is nothing against it. */
static gboolean
judge (XsDb *db, PutCall *call, GError **error)
{
  const XsTeachingLog *log = &call->wire_log->log;
  gint64 count;

  if (!xs_db_query_int (db, &count, 0, "SELECT count (*) FROM learner WHERE stunum = ?", error, "s", log->stunum))
    return FALSE;
  if (count == 0)
    {
      xs_storage_reject (call->answer, XS_WIRE_REASON_UNKNOWN_LEARNER, "No learner %s is registered at this school",
                         log->stunum);
      return TRUE;
    }
  if (!xs_db_query_int (db, &count, 0, "SELECT count (*) FROM log WHERE devnum = ? AND stunum = ? AND recnum = ?",
                        error, "sss", log->devnum, log->stunum, log->recnum))
    return FALSE;
  if (count > 0)
    {
      xs_storage_reject (call->answer, XS_WIRE_REASON_RECNUM_TAKEN, "Learner %s has another log %s of device %s",
                         log->stunum, log->recnum, log->devnum);
      return TRUE;
    }

  g_autoptr (GPtrArray) photos = g_ptr_array_new ();
  for (guint i = 0; i < log->photos->len; i++)
    g_ptr_array_add (photos, g_array_index (log->photos, XsPhotoRecord, i).sha256);
  g_autoptr (GPtrArray) missing = xs_platform_storage_find_missing (call->storage, photos, error);
  if (missing == NULL)
    return FALSE;
  if (missing->len > 0)
    {
      call->answer->status = XS_WIRE_LOG_PHOTOS_MISSING;
      call->answer->missing = g_steal_pointer (&missing);
    }
  return TRUE;
}

static gboolean
insert_log (XsDb *db, PutCall *call, GError **error)
{
  const XsTeachingLog *log = &call->wire_log->log;

  if (!xs_db_run (db,
                  "INSERT INTO log (device_id, devnum, seq, bytes, signature, sha256, previous, stunum, recnum,"
                  " credited_s, received_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  error, "isibbssssii", call->device->id, log->devnum, call->seq, call->bytes, call->signature,
                  call->sha256, call->wire_log->previous, log->stunum, log->recnum, log->credited_s,
                  xs_clock_wall_us (call->storage->clock)))
    return FALSE;
  gint64 id = xs_db_last_insert_rowid (db);
  for (guint i = 0; i < log->photos->len; i++)
    {
      const XsPhotoRecord *photo = &g_array_index (log->photos, XsPhotoRecord, i);
      if (!xs_db_run (db, "INSERT INTO log_photo (log_id, number, event, sha256) VALUES (?, ?, ?, ?)", error, "isis",
                      id, photo->number, (gint64) photo->event, photo->sha256))
        return FALSE;
    }
  xs_crash_point ("log-inserted");
  return TRUE;
}

static gboolean
put_log (XsDb *db, gpointer data, GError **error)
{
  PutCall *call = data;
  gboolean found;

  if (!xs_storage_find_same (call->storage, "log", call->device, call->seq, call->bytes, &found, call->answer, error))
    return FALSE;
  if (found)
    return TRUE;
  if (!judge (db, call, error))
    return FALSE;
  return call->answer->status != XS_WIRE_LOG_ACCEPTED || insert_log (db, call, error);
}

gboolean
xs_platform_storage_put_log (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 seq, GBytes *bytes,
                             const guint8 *signature, XsWireLogAnswer *answer, GError **error)
{
  g_auto (XsWireLog) wire_log;
  g_autoptr (GError) invalid = NULL;
  gsize size;
  gboolean settled;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree char *sha256 = xs_sha256_hex (data != NULL ? data : "", size);

  xs_wire_log_init (&wire_log);
  xs_wire_log_answer_clear (answer);
  if (!xs_storage_settle (storage, "log", device, seq, bytes, signature, &settled, answer, error))
    return FALSE;
  if (settled)
    return TRUE;
  if (!xs_wire_log_decode (&wire_log, bytes, &invalid))
    {
      xs_storage_reject (answer, XS_WIRE_REASON_INVALID, "%s", invalid->message);
      return TRUE;
    }

  g_autoptr (GBytes) signature_bytes = g_bytes_new (signature, XS_SIGNATURE_BYTES);
  PutCall call = { storage, device, seq, bytes, signature_bytes, sha256, &wire_log, answer };
  if (!check_numbers (&call))
    return TRUE;
  XS_STORAGE_LOCK (storage);
  if (!xs_db_transaction (storage->db, put_log, &call, error))
    return FALSE;
  xs_crash_point ("log-committed");
  return TRUE;
}

static void
read_log (XsStmt *stmt, XsPlatformLog *log)
{
  g_autoptr (GBytes) signature = xs_stmt_bytes (stmt, 3);
  const char *before = xs_stmt_string (stmt, 8);

  *log = (XsPlatformLog){ 0 };
  log->id = xs_stmt_int (stmt, 0);
  log->seq = xs_stmt_int (stmt, 1);
  log->bytes = xs_stmt_bytes (stmt, 2);
  memcpy (log->signature, g_bytes_get_data (signature, NULL), XS_SIGNATURE_BYTES);
  g_strlcpy (log->sha256, xs_stmt_string (stmt, 4), sizeof log->sha256);
  g_strlcpy (log->previous, xs_stmt_string (stmt, 5), sizeof log->previous);
  log->received_us = xs_stmt_int (stmt, 6);
  g_strlcpy (log->verdict, xs_stmt_string (stmt, 7), sizeof log->verdict);
  log->chain = before == NULL                        ? XS_PLATFORM_CHAIN_GAP
               : strcmp (before, log->previous) == 0 ? XS_PLATFORM_CHAIN_OK
                                                     : XS_PLATFORM_CHAIN_BROKEN;
  xs_storage_read_device (stmt, 9, &log->device);
}

gboolean
xs_platform_storage_foreach_log (XsPlatformStorage *storage, XsPlatformLogFunc func, gpointer data, GError **error)
{
  gboolean has_row;
  XS_STORAGE_LOCK (storage);
  /* How a log sits in its chain is read from its neighbour, never stored: a late arrival may mend it. */
  g_autoptr (XsStmt) stmt = xs_db_prepare (
    storage->db,
    "SELECT log.id, log.seq, log.bytes, log.signature, log.sha256, log.previous, log.received_us, log.verdict,"
    " CASE WHEN log.seq = 1 THEN printf ('%064d', 0) ELSE before.sha256 END,"
    " device.id, device.devnum, sign_key, paired_us, revoked_us, seen_us"
    " FROM log JOIN device ON device.id = log.device_id"
    " LEFT JOIN log AS before ON before.device_id = log.device_id AND before.seq = log.seq - 1"
    " ORDER BY log.device_id, log.seq",
    error, "");

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_step (stmt, &has_row, error))
    {
      if (!has_row)
        return TRUE;
      XsPlatformLog log;
      read_log (stmt, &log);
      gboolean go_on = func (&log, data, error);
      g_bytes_unref (log.bytes);
      if (!go_on)
        return FALSE;
    }
  return FALSE;
}
