/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-audit-private.h"

#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-platform-storage-walk.h"
#include "xs-wire-appeal.h"

#include <string.h>

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformDevice *device;
  gint64 seq;
  GBytes *bytes;
  GBytes *signature;
  const char *sha256;
  const XsAppeal *appeal;
  XsWireLogAnswer *answer;
} PutCall;

static gboolean
check_numbers (PutCall *call)
{
  const XsAppeal *appeal = call->appeal;

  if (strcmp (appeal->devnum, call->device->devnum) != 0)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH, "The appeal is of device %s, sent by device %s",
                       appeal->devnum, call->device->devnum);
  else if (strcmp (appeal->inscode, call->storage->inscode) != 0)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH, "The appeal is of school %s, this is %s",
                       appeal->inscode, call->storage->inscode);
  else if (appeal->seq != call->seq)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH,
                       "The appeal is against log %" G_GINT64_FORMAT
                       " of its device, sent as against log %" G_GINT64_FORMAT,
                       appeal->seq, call->seq);
  else
    return TRUE;
  return FALSE;
}

static gboolean
put_appeal (XsSql *sql, gpointer data, GError **error)
{
  PutCall *call = data;
  const XsAppeal *appeal = call->appeal;
  gboolean found;
  gint64 count;

  xs_wire_log_answer_clear (call->answer);
  if (!xs_storage_find_same (call->storage, "appeal", call->device, call->seq, call->sha256, &found, call->answer,
                             error))
    return FALSE;
  if (found)
    return TRUE;
  if (!xs_sql_query_int (sql, &count, 0, "SELECT count (*) FROM learner WHERE stunum = ?", error, "s", appeal->stunum))
    return FALSE;
  if (count == 0)
    {
      xs_storage_reject (call->answer, XS_WIRE_REASON_UNKNOWN_LEARNER, "No learner %s is registered at this school",
                         appeal->stunum);
      return TRUE;
    }
  if (!xs_sql_run (sql,
                   "INSERT INTO appeal (device_id, seq, bytes, signature, sha256, stunum, received_us)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?)",
                   error, "iibbssi", call->device->id, call->seq, call->bytes, call->signature, call->sha256,
                   appeal->stunum, xs_clock_wall_us (call->storage->clock))
      || !xs_audit_appeal (call->storage, call->device->id, call->seq, appeal->comment, error))
    return FALSE;
  xs_crash_point ("appeal-filed");
  return TRUE;
}

gboolean
xs_platform_storage_put_appeal (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 seq, GBytes *bytes,
                                const guint8 *signature, XsWireLogAnswer *answer, GError **error)
{
  XsAppeal appeal;
  g_autoptr (GError) invalid = NULL;
  gsize size;
  gboolean settled;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree char *sha256 = xs_sha256_hex (data != NULL ? data : "", size);

  xs_wire_log_answer_clear (answer);
  if (!xs_storage_settle (storage, "appeal", device, seq, bytes, sha256, signature, &settled, answer, error))
    return FALSE;
  if (settled)
    return TRUE;
  if (!xs_wire_appeal_decode (&appeal, bytes, &invalid))
    {
      xs_storage_reject (answer, XS_WIRE_REASON_INVALID, "%s", invalid->message);
      return TRUE;
    }

  g_autoptr (GBytes) signature_bytes = g_bytes_new (signature, XS_SIGNATURE_BYTES);
  PutCall call = { storage, device, seq, bytes, signature_bytes, sha256, &appeal, answer };
  if (!check_numbers (&call))
    return TRUE;
  if (!xs_sql_transaction (storage->sql, put_appeal, &call, error))
    return FALSE;
  xs_crash_point ("appeal-recorded");
  return TRUE;
}

static void
read_appeal (XsSqlRow *row, gpointer item)
{
  XsPlatformAppeal *appeal = item;
  g_autoptr (GBytes) signature = xs_sql_row_bytes (row, 2);

  *appeal = (XsPlatformAppeal){ .seq = xs_sql_row_int (row, 0),
                                .bytes = xs_sql_row_bytes (row, 1),
                                .has_log = xs_sql_row_int (row, 4) != 0,
                                .received_us = xs_sql_row_int (row, 11) };
  memcpy (appeal->signature, g_bytes_get_data (signature, NULL), XS_SIGNATURE_BYTES);
  g_strlcpy (appeal->sha256, xs_sql_row_string (row, 3), sizeof appeal->sha256);
  xs_storage_read_device (row, 5, &appeal->device);
}

static void
clear_appeal (gpointer data)
{
  XsPlatformAppeal *appeal = data;

  g_bytes_unref (appeal->bytes);
}

gboolean
xs_platform_storage_foreach_appeal (XsPlatformStorage *storage, XsPlatformAppealFunc func, gpointer data,
                                    GError **error)
{
  static const XsStorageItems items = {
    .query = "SELECT appeal.seq, appeal.bytes, appeal.signature, appeal.sha256,"
             " CASE WHEN log.id IS NULL THEN 0 ELSE 1 END,"
             " device.id, device.devnum, sign_key, paired_us, revoked_us, seen_us, appeal.received_us, appeal.id"
             " FROM appeal JOIN device ON device.id = appeal.device_id"
             " LEFT JOIN log ON log.device_id = appeal.device_id AND log.seq = appeal.seq"
             " WHERE appeal.id > ? ORDER BY appeal.id LIMIT ?",
    .id = 12,
    .size = sizeof (XsPlatformAppeal),
    .read = read_appeal,
    .clear = clear_appeal,
  };
  const XsPlatformAppeal *appeal;
  gboolean ok;
  g_auto (XsStorageWalk) walk;

  xs_storage_walk_init (&walk, storage, &items);
  while ((appeal = xs_storage_walk_next (&walk, &ok, error)) != NULL)
    {
      if (!func (appeal, data, error))
        return FALSE;
    }
  return ok;
}
