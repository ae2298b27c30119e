/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-audit-private.h"

#include "xs-crash-point.h"
#include "xs-error.h"

#include <string.h>

#define PAGE_LOGS 64
/* What the first log of a device has for the hash of the one before it. */
#define NO_LOG "0000000000000000000000000000000000000000000000000000000000000000"

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
  GPtrArray *photos;  /* (element-type utf8): that it names */
  char *photos_text;  /* the same with commas between */
  gboolean is_judged; /* just before; not any more once its transaction was run */
  XsWireLogAnswer *answer;
} PutCall;

/* What the log says for itself. FALSE: @call's answer says what is against it. */
static gboolean
examine (PutCall *call, XsWireLog *wire_log, const guint8 *signature)
{
  const XsTeachingLog *log = &wire_log->log;
  const char *inscode = call->storage->inscode;
  g_autoptr (GError) invalid = NULL;

  if (!xs_storage_is_signed (call->device, call->bytes, signature))
    xs_storage_reject (call->answer, XS_WIRE_REASON_BAD_SIGNATURE, "The log is not signed by device %s",
                       call->device->devnum);
  else if (!xs_wire_log_decode (wire_log, call->bytes, &invalid))
    xs_storage_reject (call->answer, XS_WIRE_REASON_INVALID, "%s", invalid->message);
  else if (strcmp (log->devnum, call->device->devnum) != 0)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH, "The log is of device %s, sent by device %s",
                       log->devnum, call->device->devnum);
  else if (strcmp (log->inscode, inscode) != 0)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH, "The log is of school %s, this is %s",
                       log->inscode, inscode);
  else if (wire_log->seq != call->seq)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH,
                       "The log is number %" G_GINT64_FORMAT " of its device, sent as number %" G_GINT64_FORMAT,
                       wire_log->seq, call->seq);
  else
    return TRUE;
  return FALSE;
}

/* @n_rows: how many of its photos have one */
static gboolean
look_for_photos (PutCall *call, gint64 n_rows, GError **error)
{
  if (n_rows == call->photos->len && xs_storage_has_photo_files (call->storage, call->photos))
    return TRUE;
  g_autoptr (GPtrArray) missing = xs_platform_storage_find_missing (call->storage, call->photos, error);
  if (missing == NULL)
    return FALSE;
  if (missing->len > 0)
    {
      call->answer->status = XS_WIRE_LOG_PHOTOS_MISSING;
      call->answer->missing = g_steal_pointer (&missing);
    }
  return TRUE;
}

/* The checks against what the platform knows. TRUE with answer still "accepted" when there is nothing against it. */
static gboolean
judge (XsSql *sql, PutCall *call, GError **error)
{
  const XsTeachingLog *log = &call->wire_log->log;
  gboolean has_row;
  g_autofree char *text = g_strdup_printf ("SELECT (SELECT sha256 FROM log WHERE device_id = ? AND seq = ?),"
                                           " EXISTS (SELECT 1 FROM learner WHERE stunum = ?),"
                                           " EXISTS (SELECT 1 FROM log WHERE devnum = ? AND stunum = ? AND recnum = ?),"
                                           " (SELECT count (*) FROM photo WHERE sha256 IN (%s))",
                                           xs_sql_get_items (sql));
  g_autoptr (XsSqlRow) row = xs_sql_prepare (sql, text, error, "iisssss", call->device->id, call->seq, log->stunum,
                                             log->devnum, log->stunum, log->recnum, call->photos_text);

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  gint64 n_photo_rows = xs_sql_row_int (row, 3);
  if (!xs_sql_row_is_null (row, 0))
    xs_storage_compare (xs_sql_row_string (row, 0), call->sha256, call->answer);
  else if (!xs_sql_row_int (row, 1))
    xs_storage_reject (call->answer, XS_WIRE_REASON_UNKNOWN_LEARNER, "No learner %s is registered at this school",
                       log->stunum);
  else if (xs_sql_row_int (row, 2))
    xs_storage_reject (call->answer, XS_WIRE_REASON_RECNUM_TAKEN, "Learner %s has another log %s of device %s",
                       log->stunum, log->recnum, log->devnum);
  else
    {
      /* Nobody waits for a second connection while holding one. */
      g_clear_pointer (&row, xs_sql_row_free);
      return look_for_photos (call, n_photo_rows, error);
    }
  return TRUE;
}

/* Each as its ten digits, its event in three, and its hash. */
static gboolean
insert_photos (XsSql *sql, const PutCall *call, GError **error)
{
  const XsTeachingLog *log = &call->wire_log->log;
  g_autofree char *text =
    g_strdup_printf ("INSERT INTO log_photo (log_id, number, event, sha256) SELECT log.id, substr (item, 1, 10),"
                     " cast (substr (item, 11, 3) AS BIGINT), substr (item, 14) FROM log, (%s) AS items"
                     " WHERE device_id = ? AND seq = ?",
                     xs_sql_get_items (sql));
  g_autoptr (GString) items = g_string_new (NULL);

  for (guint i = 0; i < log->photos->len; i++)
    {
      const XsPhotoRecord *photo = &g_array_index (log->photos, XsPhotoRecord, i);
      g_string_append_printf (items, "%s%s%03d%s", i > 0 ? "," : "", photo->number, (int) photo->event, photo->sha256);
    }
  return items->len == 0 || xs_sql_add (sql, text, error, "sii", items->str, call->device->id, call->seq);
}

/* Nothing here waits for an id: all goes to the server at once. */
static gboolean
insert_log (XsSql *sql, PutCall *call, GError **error)
{
  const XsTeachingLog *log = &call->wire_log->log;
  gint64 now_us = xs_clock_wall_us (call->storage->clock);
  gint64 device_id = call->device->id;

  if (!xs_sql_add (sql,
                   "INSERT INTO log (device_id, devnum, seq, sha256, previous, stunum, recnum, credited_s, received_us)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   error, "isissssii", device_id, log->devnum, call->seq, call->sha256, call->wire_log->previous,
                   log->stunum, log->recnum, log->credited_s, now_us)
      || !xs_sql_add (sql,
                      "INSERT INTO log_document (log_id, received_us, bytes, signature) SELECT id, received_us, ?, ?"
                      " FROM log WHERE device_id = ? AND seq = ?",
                      error, "bbii", call->bytes, call->signature, device_id, call->seq))
    return FALSE;
  if (!insert_photos (sql, call, error)
      || !xs_sql_add (sql,
                      "INSERT INTO filing (log_id, stunum) SELECT id, stunum FROM log WHERE device_id = ? AND seq = ?",
                      error, "ii", device_id, call->seq)
      || !xs_audit_receive (call->storage, device_id, call->wire_log, error))
    return FALSE;
  xs_crash_point ("log-inserted");
  return TRUE;
}

static gboolean
put_log (XsSql *sql, gpointer data, GError **error)
{
  PutCall *call = data;
  /* A photo's file may go before its row does. */
  gboolean is_judged = call->is_judged && xs_storage_has_photo_files (call->storage, call->photos);

  call->is_judged = FALSE;
  xs_wire_log_answer_clear (call->answer);
  if (!is_judged && !judge (sql, call, error))
    return FALSE;
  return call->answer->status != XS_WIRE_LOG_ACCEPTED || insert_log (sql, call, error);
}

/*
 * On a server a log is judged before its transaction, beside those of others, so that this has nothing to wait for:
 * many are sent there in one go. What has changed meanwhile, keys refuse: that of the log, its number with the
 * learner, the learner and each photo. Then it is judged again, within the transaction.
 */
static gboolean
judge_and_put (PutCall *call, GError **error)
{
  XsSql *sql = call->storage->sql;
  g_autoptr (GError) refused = NULL;

  if (!xs_sql_is_far (sql))
    return xs_sql_transaction (sql, put_log, call, error);
  if (!judge (sql, call, error))
    return FALSE;
  if (call->answer->status != XS_WIRE_LOG_ACCEPTED)
    return TRUE;
  call->is_judged = TRUE;
  if (xs_sql_transaction (sql, put_log, call, &refused))
    return TRUE;
  if (g_error_matches (refused, XS_ERROR, XS_ERROR_EXISTS) || g_error_matches (refused, XS_ERROR, XS_ERROR_INVALID))
    return xs_sql_transaction (sql, put_log, call, error);
  g_propagate_error (error, g_steal_pointer (&refused));
  return FALSE;
}

gboolean
xs_platform_storage_put_log (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 seq, GBytes *bytes,
                             const guint8 *signature, XsWireLogAnswer *answer, GError **error)
{
  g_auto (XsWireLog) wire_log;
  g_autoptr (GPtrArray) photos = g_ptr_array_new ();
  gsize size;
  gboolean found;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree char *sha256 = xs_sha256_hex (data != NULL ? data : "", size);
  PutCall call = { .storage = storage,
                   .device = device,
                   .seq = seq,
                   .bytes = bytes,
                   .sha256 = sha256,
                   .wire_log = &wire_log,
                   .photos = photos,
                   .answer = answer };

  xs_wire_log_init (&wire_log);
  xs_wire_log_answer_clear (answer);
  /* Whatever is against it, one that is here already is answered for as such. */
  if (!examine (&call, &wire_log, signature))
    return xs_storage_find_same (storage, "log", device, seq, sha256, &found, answer, error);

  for (guint i = 0; i < wire_log.log.photos->len; i++)
    g_ptr_array_add (photos, g_array_index (wire_log.log.photos, XsPhotoRecord, i).sha256);
  g_ptr_array_add (photos, NULL);
  g_autofree char *photos_text = g_strjoinv (",", (char **) photos->pdata);
  g_ptr_array_set_size (photos, (gint) photos->len - 1);
  g_autoptr (GBytes) signature_bytes = g_bytes_new (signature, XS_SIGNATURE_BYTES);
  call.photos_text = photos_text;
  call.signature = signature_bytes;
  if (!judge_and_put (&call, error))
    return FALSE;
  xs_crash_point ("log-committed");
  return TRUE;
}

static void
read_log (XsSqlRow *row, XsPlatformLog *log)
{
  g_autoptr (GBytes) signature = xs_sql_row_bytes (row, 3);
  const char *before = xs_sql_row_string (row, 8);

  *log = (XsPlatformLog){ 0 };
  log->id = xs_sql_row_int (row, 0);
  log->seq = xs_sql_row_int (row, 1);
  log->bytes = xs_sql_row_bytes (row, 2);
  memcpy (log->signature, g_bytes_get_data (signature, NULL), XS_SIGNATURE_BYTES);
  g_strlcpy (log->sha256, xs_sql_row_string (row, 4), sizeof log->sha256);
  g_strlcpy (log->previous, xs_sql_row_string (row, 5), sizeof log->previous);
  log->received_us = xs_sql_row_int (row, 6);
  g_strlcpy (log->verdict, xs_sql_row_string (row, 7), sizeof log->verdict);
  log->chain = before == NULL                        ? XS_PLATFORM_CHAIN_GAP
               : strcmp (before, log->previous) == 0 ? XS_PLATFORM_CHAIN_OK
                                                     : XS_PLATFORM_CHAIN_BROKEN;
  xs_storage_read_device (row, 9, &log->device);
}

static void
clear_log (gpointer data)
{
  XsPlatformLog *log = data;

  g_bytes_unref (log->bytes);
}

/* (transfer full): the next logs after one of @device_id and @seq; so nothing is held while they are looked at. */
static GArray *
read_page (XsPlatformStorage *storage, gint64 device_id, gint64 seq, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) page = g_array_new (FALSE, FALSE, sizeof (XsPlatformLog));
  /* How a log sits in its chain is read from its neighbour, never stored: a late arrival may mend it. */
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT log.id, log.seq, bytes, signature, log.sha256, log.previous, log.received_us, log.verdict,"
                    " CASE WHEN log.seq = 1 THEN '" NO_LOG "' ELSE preceding.sha256 END,"
                    " device.id, device.devnum, sign_key, paired_us, revoked_us, seen_us"
                    " FROM log JOIN device ON device.id = log.device_id"
                    " JOIN log_document ON log_id = log.id AND log_document.received_us = log.received_us"
                    " LEFT JOIN log AS preceding ON preceding.device_id = log.device_id AND preceding.seq = log.seq - 1"
                    " WHERE (log.device_id, log.seq) > (?, ?) ORDER BY log.device_id, log.seq LIMIT ?",
                    error, "iii", device_id, seq, (gint64) PAGE_LOGS);

  if (row == NULL)
    return NULL;
  g_array_set_clear_func (page, clear_log);
  while (xs_sql_row_next (row, &ok, error))
    {
      XsPlatformLog log;
      read_log (row, &log);
      g_array_append_val (page, log);
    }
  return ok ? g_steal_pointer (&page) : NULL;
}

gboolean
xs_platform_storage_foreach_log (XsPlatformStorage *storage, XsPlatformLogFunc func, gpointer data, GError **error)
{
  gint64 device_id = 0;
  gint64 seq = 0;

  for (guint n = PAGE_LOGS; n == PAGE_LOGS;)
    {
      g_autoptr (GArray) page = read_page (storage, device_id, seq, error);
      if (page == NULL)
        return FALSE;
      n = page->len;
      for (guint i = 0; i < n; i++)
        {
          const XsPlatformLog *log = &g_array_index (page, XsPlatformLog, i);
          if (!func (log, data, error))
            return FALSE;
          device_id = log->device.id;
          seq = log->seq;
        }
    }
  return TRUE;
}
