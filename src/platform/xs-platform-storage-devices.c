/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-storage-private.h"

#include "xs-error.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define DEVICE_COLUMNS "device.id, device.devnum, sign_key, paired_us, revoked_us, seen_us"

void
xs_storage_read_device (XsSqlRow *row, int column, XsPlatformDevice *device)
{
  g_autoptr (GBytes) key = xs_sql_row_bytes (row, column + 2);

  *device = (XsPlatformDevice){ 0 };
  device->id = xs_sql_row_int (row, column);
  g_strlcpy (device->devnum, xs_sql_row_string (row, column + 1), sizeof device->devnum);
  memcpy (device->sign_key, g_bytes_get_data (key, NULL), XS_KEY_BYTES);
  device->paired_us = xs_sql_row_int (row, column + 3);
  device->revoked_us = xs_sql_row_int (row, column + 4);
  device->seen_us = xs_sql_row_int (row, column + 5);
}

/* A code opens the way to all photos of the school: it must not be guessable from earlier ones. */
static gboolean
make_code (char code[XS_PLATFORM_CODE_DIGITS + 1], GError **error)
{
  for (guint i = 0; i < XS_PLATFORM_CODE_DIGITS;)
    {
      guint8 byte;
      if (getrandom (&byte, 1, 0) != 1)
        {
          if (errno == EINTR)
            continue;
          return xs_storage_fail (error, errno, "read", "random numbers");
        }
      if (byte < 250)
        code[i++] = (char) ('0' + byte % 10);
    }
  code[XS_PLATFORM_CODE_DIGITS] = '\0';
  return TRUE;
}

char *
xs_platform_storage_make_pair_code (XsPlatformStorage *storage, const char *devnum, gint64 valid_us, GError **error)
{
  char code[XS_PLATFORM_CODE_DIGITS + 1];

  if ((devnum != NULL && !xs_number_check (devnum, XS_UNIFIED_DIGITS, "devnum", error)) || !make_code (code, error))
    return NULL;
  g_autofree char *sha256 = xs_sha256_hex (code, strlen (code));
  /* Replacing: a code that comes up again by chance is a new code. */
  if (!xs_sql_run (storage->sql,
                   "INSERT INTO pair_code (code_sha256, devnum, expires_us) VALUES (?, ?, ?) ON CONFLICT (code_sha256)"
                   " DO UPDATE SET devnum = excluded.devnum, expires_us = excluded.expires_us, used_by = NULL",
                   error, "ssi", sha256, devnum, xs_clock_wall_us (storage->clock) + valid_us))
    return NULL;
  return g_strdup (code);
}

typedef struct {
  XsPlatformStorage *storage;
  const XsWirePairRequest *request;
  XsWirePairAnswer *answer;
  const char **refusal;
} PairCall;

static gboolean
find_by_key (XsSql *sql, const guint8 key[XS_KEY_BYTES], XsPlatformDevice *device, gboolean *found, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, XS_KEY_BYTES);
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (sql, "SELECT " DEVICE_COLUMNS " FROM device WHERE sign_key = ?", error, "b", bytes);

  if (row == NULL || !xs_sql_row_step (row, found, error))
    return FALSE;
  if (*found)
    xs_storage_read_device (row, 0, device);
  return TRUE;
}

/* The number the device is to have: the code's, its own, or the next provisional one. */
static gboolean
choose_number (XsSql *sql, const char *wanted, const XsPlatformDevice *known, char devnum[XS_UNIFIED_DIGITS + 1],
               GError **error)
{
  gint64 last;

  if (wanted != NULL || known != NULL)
    {
      g_strlcpy (devnum, wanted != NULL ? wanted : known->devnum, XS_UNIFIED_DIGITS + 1);
      return TRUE;
    }
  if (!xs_sql_query_int (sql, &last, 0,
                         "SELECT max (cast (devnum AS BIGINT)) FROM device WHERE devnum LIKE '00000000%'", error, ""))
    return FALSE;
  g_snprintf (devnum, XS_UNIFIED_DIGITS + 1, "%016" G_GINT64_FORMAT, last + 1);
  return TRUE;
}

/* Make @devnum the number of the key in @request: @known is its row, when it has one. */
static gboolean
enrol (XsSql *sql, PairCall *call, const XsPlatformDevice *known, const char *devnum, gint64 *device_id, GError **error)
{
  gint64 now_us = xs_clock_wall_us (call->storage->clock);
  g_autoptr (GBytes) key = g_bytes_new (call->request->device_key, XS_KEY_BYTES);

  if (!xs_sql_run (sql, "UPDATE device SET revoked_us = ? WHERE devnum = ? AND revoked_us IS NULL AND sign_key <> ?",
                   error, "isb", now_us, devnum, key))
    return FALSE;
  if (known != NULL)
    {
      *device_id = known->id;
      return xs_sql_run (sql, "UPDATE device SET devnum = ?, revoked_us = NULL, paired_us = ? WHERE id = ?", error,
                         "sii", devnum, now_us, known->id);
    }
  return xs_sql_query_int (sql, device_id, 0,
                           "INSERT INTO device (devnum, sign_key, paired_us) VALUES (?, ?, ?) RETURNING id", error,
                           "sbi", devnum, key, now_us);
}

static gboolean
pair_fresh (XsSql *sql, PairCall *call, const char *code_sha256, const char *wanted, const XsPlatformDevice *known,
            GError **error)
{
  char devnum[XS_UNIFIED_DIGITS + 1];
  gint64 device_id;
  gint64 n_logs = 0;

  if (!choose_number (sql, wanted, known, devnum, error))
    return FALSE;
  if (known != NULL && strcmp (known->devnum, devnum) != 0)
    {
      if (!xs_sql_query_int (sql, &n_logs, 0, "SELECT count (*) FROM log WHERE device_id = ?", error, "i", known->id))
        return FALSE;
      if (n_logs > 0)
        {
          *call->refusal = XS_WIRE_ERROR_DEVICE_PAIRED;
          return TRUE;
        }
    }
  if (!enrol (sql, call, known, devnum, &device_id, error)
      || !xs_sql_run (sql, "UPDATE pair_code SET used_by = ? WHERE code_sha256 = ?", error, "is", device_id,
                      code_sha256))
    return FALSE;
  g_strlcpy (call->answer->devnum, devnum, sizeof call->answer->devnum);
  return TRUE;
}

static gboolean
pair (XsSql *sql, gpointer data, GError **error)
{
  PairCall *call = data;
  gint64 now_us = xs_clock_wall_us (call->storage->clock);
  g_autofree char *sha256 = xs_sha256_hex (call->request->code, strlen (call->request->code));
  XsPlatformDevice known;
  gboolean is_known;
  gboolean has_row;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (sql, "SELECT devnum, expires_us, used_by FROM pair_code WHERE code_sha256 = ?", error, "s", sha256);

  *call->refusal = NULL;
  if (row == NULL || !xs_sql_row_step (row, &has_row, error)
      || !find_by_key (sql, call->request->device_key, &known, &is_known, error))
    return FALSE;
  if (!has_row)
    {
      *call->refusal = XS_WIRE_ERROR_CODE_UNKNOWN;
      return TRUE;
    }
  gboolean used = !xs_sql_row_is_null (row, 2);
  gboolean by_the_same = used && is_known && known.revoked_us == 0 && known.id == xs_sql_row_int (row, 2);
  if (used && !by_the_same)
    {
      *call->refusal = XS_WIRE_ERROR_CODE_USED;
      return TRUE;
    }
  if (now_us > xs_sql_row_int (row, 1))
    {
      *call->refusal = XS_WIRE_ERROR_CODE_EXPIRED;
      return TRUE;
    }
  if (by_the_same)
    {
      g_strlcpy (call->answer->devnum, known.devnum, sizeof call->answer->devnum);
      return TRUE;
    }
  g_autofree char *wanted = xs_sql_row_dup_string (row, 0);
  return pair_fresh (sql, call, sha256, wanted, is_known ? &known : NULL, error);
}

gboolean
xs_platform_storage_pair (XsPlatformStorage *storage, const XsWirePairRequest *request, XsWirePairAnswer *answer,
                          const char **refusal, GError **error)
{
  PairCall call = { storage, request, answer, refusal };

  *answer = (XsWirePairAnswer){ 0 };
  g_strlcpy (answer->inscode, storage->inscode, sizeof answer->inscode);
  g_strlcpy (answer->school, storage->school, sizeof answer->school);
  memcpy (answer->platform_key, storage->seal_key.public_key, XS_KEY_BYTES);
  return xs_sql_transaction (storage->sql, pair, &call, error);
}

gboolean
xs_platform_storage_find_device (XsPlatformStorage *storage, const char *devnum, XsPlatformDevice *device,
                                 GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql, "SELECT " DEVICE_COLUMNS " FROM device WHERE devnum = ? AND revoked_us IS NULL",
                    error, "s", devnum);

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  if (has_row)
    {
      xs_storage_read_device (row, 0, device);
      return TRUE;
    }
  g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No device %s is paired", devnum);
  return FALSE;
}

gboolean
xs_platform_storage_get_last_seq (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 *seq,
                                  GError **error)
{
  return xs_sql_query_int (storage->sql, seq, 0, "SELECT max (seq) FROM log WHERE device_id = ?", error, "i",
                           device->id);
}

gboolean
xs_platform_storage_see_device (XsPlatformStorage *storage, const XsPlatformDevice *device, GError **error)
{
  gint64 now_us = xs_clock_wall_us (storage->clock);

  if (device->seen_us != 0 && ABS (now_us - device->seen_us) < G_TIME_SPAN_MINUTE)
    return TRUE;
  return xs_sql_run (storage->sql, "UPDATE device SET seen_us = ? WHERE id = ?", error, "ii", now_us, device->id);
}

GArray *
xs_platform_storage_list_devices (XsPlatformStorage *storage, GError **error)
{
  gboolean has_row;
  g_autoptr (GArray) devices = g_array_new (FALSE, TRUE, sizeof (XsPlatformDevice));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql, "SELECT " DEVICE_COLUMNS ", name FROM device ORDER BY id", error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_step (row, &has_row, error))
    {
      if (!has_row)
        return g_steal_pointer (&devices);
      XsPlatformDevice device;
      xs_storage_read_device (row, 0, &device);
      g_strlcpy (device.name, xs_sql_row_string (row, 6), sizeof device.name);
      g_array_append_val (devices, device);
    }
  return NULL;
}
