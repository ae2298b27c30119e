/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-storage-private.h"

void
xs_storage_reject (XsWireLogAnswer *answer, const char *reason, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  answer->status = XS_WIRE_LOG_REJECTED;
  g_strlcpy (answer->reason, reason, sizeof answer->reason);
  g_strlcpy (answer->message, message, sizeof answer->message);
}

gboolean
xs_storage_find_same (XsPlatformStorage *storage, const char *table, const XsPlatformDevice *device, gint64 seq,
                      GBytes *bytes, gboolean *found, XsWireLogAnswer *answer, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT bytes FROM %s WHERE device_id = ? AND seq = ?", table);
  g_autoptr (XsSqlRow) row = xs_sql_prepare (storage->sql, sql, error, "ii", device->id, seq);

  if (row == NULL || !xs_sql_row_step (row, found, error))
    return FALSE;
  if (*found)
    {
      g_autoptr (GBytes) stored = xs_sql_row_bytes (row, 0);
      answer->status = g_bytes_equal (stored, bytes) ? XS_WIRE_LOG_DUPLICATE : XS_WIRE_LOG_CONFLICT;
    }
  return TRUE;
}

gboolean
xs_storage_settle (XsPlatformStorage *storage, const char *table, const XsPlatformDevice *device, gint64 seq,
                   GBytes *bytes, const guint8 *signature, gboolean *settled, XsWireLogAnswer *answer, GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  if (!xs_storage_find_same (storage, table, device, seq, bytes, settled, answer, error))
    return FALSE;
  if (*settled || (signature != NULL && xs_verify (device->sign_key, data, size, signature)))
    return TRUE;
  xs_storage_reject (answer, XS_WIRE_REASON_BAD_SIGNATURE, "The %s is not signed by device %s", table, device->devnum);
  *settled = TRUE;
  return TRUE;
}
