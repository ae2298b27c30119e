/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-storage-private.h"

#include <string.h>

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

void
xs_storage_compare (const char *known_sha256, const char *sha256, XsWireLogAnswer *answer)
{
  *answer = (XsWireLogAnswer){
    .status = strcmp (known_sha256, sha256) == 0 ? XS_WIRE_LOG_DUPLICATE : XS_WIRE_LOG_CONFLICT,
  };
}

gboolean
xs_storage_is_signed (const XsPlatformDevice *device, GBytes *bytes, const guint8 *signature)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  return signature != NULL && xs_verify (device->sign_key, data, size, signature);
}

gboolean
xs_storage_find_same (XsPlatformStorage *storage, const char *table, const XsPlatformDevice *device, gint64 seq,
                      const char *sha256, gboolean *found, XsWireLogAnswer *answer, GError **error)
{
  g_autofree char *text = g_strdup_printf ("SELECT sha256 FROM %s WHERE device_id = ? AND seq = ?", table);
  g_autoptr (XsSqlRow) row = xs_sql_prepare (storage->sql, text, error, "ii", device->id, seq);

  if (row == NULL || !xs_sql_row_step (row, found, error))
    return FALSE;
  if (*found)
    xs_storage_compare (xs_sql_row_string (row, 0), sha256, answer);
  return TRUE;
}

gboolean
xs_storage_settle (XsPlatformStorage *storage, const char *table, const XsPlatformDevice *device, gint64 seq,
                   GBytes *bytes, const char *sha256, const guint8 *signature, gboolean *settled,
                   XsWireLogAnswer *answer, GError **error)
{
  if (!xs_storage_find_same (storage, table, device, seq, sha256, settled, answer, error))
    return FALSE;
  if (*settled || xs_storage_is_signed (device, bytes, signature))
    return TRUE;
  xs_storage_reject (answer, XS_WIRE_REASON_BAD_SIGNATURE, "The %s is not signed by device %s", table, device->devnum);
  *settled = TRUE;
  return TRUE;
}
