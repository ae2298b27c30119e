/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-consent.h"

#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-platform-storage-walk.h"
#include "xs-wire-consent.h"

#include <string.h>

/* The learner's row says how it stands. Of the same moment the withdrawal stands: xs_consent_is_later(). */
static gboolean
make_stand (XsSql *sql, const char *stunum, gint64 text_version, gboolean withdrawn, gint64 decided_us, GError **error)
{
  return xs_sql_run (sql,
                     "UPDATE learner SET consent_version = ?, consent_us = ?"
                     " WHERE stunum = ? AND (consent_us < ? OR (consent_us = ? AND ? = 1))",
                     error, "iisiii", withdrawn ? 0 : text_version, decided_us, stunum, decided_us, decided_us,
                     (gint64) withdrawn);
}

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformDevice *device;
  gint64 seq;
  GBytes *bytes;
  GBytes *signature;
  const char *sha256;
  const XsConsentRecord *record;
  XsWireLogAnswer *answer;
} PutCall;

static gboolean
check_numbers (PutCall *call)
{
  const XsConsentRecord *record = call->record;

  if (strcmp (record->devnum, call->device->devnum) != 0)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH, "The decision is of device %s, sent by device %s",
                       record->devnum, call->device->devnum);
  else if (strcmp (record->inscode, call->storage->inscode) != 0)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH, "The decision is of school %s, this is %s",
                       record->inscode, call->storage->inscode);
  else if (record->seq != call->seq)
    xs_storage_reject (call->answer, XS_WIRE_REASON_NUMBER_MISMATCH,
                       "The decision is number %" G_GINT64_FORMAT " of its device, sent as number %" G_GINT64_FORMAT,
                       record->seq, call->seq);
  else
    return TRUE;
  return FALSE;
}

static gboolean
put_consent (XsSql *sql, gpointer data, GError **error)
{
  PutCall *call = data;
  const XsConsentRecord *record = call->record;
  gboolean found;
  gint64 count;

  xs_wire_log_answer_clear (call->answer);
  if (!xs_storage_find_same (call->storage, "consent", call->device, call->seq, call->sha256, &found, call->answer,
                             error))
    return FALSE;
  if (found)
    return TRUE;
  if (!xs_sql_query_int (sql, &count, 0, "SELECT count (*) FROM learner WHERE stunum = ?", error, "s", record->stunum))
    return FALSE;
  if (count == 0)
    {
      xs_storage_reject (call->answer, XS_WIRE_REASON_UNKNOWN_LEARNER, "No learner %s is registered at this school",
                         record->stunum);
      return TRUE;
    }
  if (!xs_sql_run (sql,
                   "INSERT INTO consent (device_id, seq, bytes, signature, sha256, stunum, text_version, withdrawn,"
                   " decided_us, received_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   error, "iibbssiiii", call->device->id, call->seq, call->bytes, call->signature, call->sha256,
                   record->stunum, record->text_version, (gint64) record->withdrawn, record->wall_us,
                   xs_clock_wall_us (call->storage->clock))
      || !make_stand (sql, record->stunum, record->text_version, record->withdrawn, record->wall_us, error))
    return FALSE;
  xs_crash_point ("consent-filed");
  return TRUE;
}

gboolean
xs_platform_storage_put_consent (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 seq, GBytes *bytes,
                                 const guint8 *signature, XsWireLogAnswer *answer, GError **error)
{
  XsConsentRecord record;
  g_autoptr (GError) invalid = NULL;
  gsize size;
  gboolean settled;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree char *sha256 = xs_sha256_hex (data != NULL ? data : "", size);

  xs_wire_log_answer_clear (answer);
  if (!xs_storage_settle (storage, "consent", device, seq, bytes, sha256, signature, &settled, answer, error))
    return FALSE;
  if (settled)
    return TRUE;
  if (!xs_wire_consent_decode (&record, bytes, &invalid))
    {
      xs_storage_reject (answer, XS_WIRE_REASON_INVALID, "%s", invalid->message);
      return TRUE;
    }

  g_autoptr (GBytes) signature_bytes = g_bytes_new (signature, XS_SIGNATURE_BYTES);
  PutCall call = { storage, device, seq, bytes, signature_bytes, sha256, &record, answer };
  if (!check_numbers (&call))
    return TRUE;
  if (!xs_sql_transaction (storage->sql, put_consent, &call, error))
    return FALSE;
  xs_crash_point ("consent-recorded");
  return TRUE;
}

typedef struct {
  XsPlatformStorage *storage;
  const char *stunum;
  gboolean found;
  gboolean withdrawn;
} WithdrawCall;

static gboolean
read_standing (XsSql *sql, WithdrawCall *call, XsConsent *known, GError **error)
{
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (sql, "SELECT consent_version, consent_us FROM learner WHERE stunum = ? AND erased_us IS NULL",
                    error, "s", call->stunum);

  if (row == NULL || !xs_sql_row_step (row, &call->found, error))
    return FALSE;
  if (call->found)
    *known = (XsConsent){ xs_sql_row_int (row, 0), xs_sql_row_int (row, 1) };
  return TRUE;
}

static gboolean
withdraw (XsSql *sql, gpointer data, GError **error)
{
  WithdrawCall *call = data;
  gint64 now_us = xs_clock_wall_us (call->storage->clock);
  XsConsent known = { 0 };

  if (!read_standing (sql, call, &known, error))
    return FALSE;
  call->withdrawn = call->found && (known.text_version != 0 || known.wall_us == 0);
  if (!call->withdrawn)
    return TRUE;
  gint64 decided_us = xs_consent_next_wall_us (&known, now_us);
  return xs_sql_run (sql,
                     "INSERT INTO consent (stunum, text_version, withdrawn, decided_us, received_us)"
                     " VALUES (?, ?, 1, ?, ?)",
                     error, "siii", call->stunum, known.text_version, decided_us, now_us)
         && make_stand (sql, call->stunum, known.text_version, TRUE, decided_us, error);
}

gboolean
xs_platform_storage_withdraw_consent (XsPlatformStorage *storage, const char *stunum, gboolean *withdrawn,
                                      GError **error)
{
  WithdrawCall call = { storage, stunum, FALSE, FALSE };

  if (!xs_number_check (stunum, XS_UNIFIED_DIGITS, "stunum", error)
      || !xs_sql_transaction (storage->sql, withdraw, &call, error))
    return FALSE;
  if (!call.found)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No learner %s is registered", stunum);
      return FALSE;
    }
  *withdrawn = call.withdrawn;
  return TRUE;
}

static void
read_consent (XsSqlRow *row, gpointer item)
{
  XsPlatformConsent *consent = item;

  *consent = (XsPlatformConsent){ .at_school = xs_sql_row_is_null (row, 0),
                                  .text_version = xs_sql_row_int (row, 5),
                                  .withdrawn = xs_sql_row_int (row, 6) != 0,
                                  .decided_us = xs_sql_row_int (row, 7),
                                  .received_us = xs_sql_row_int (row, 14) };
  g_strlcpy (consent->stunum, xs_sql_row_string (row, 4), sizeof consent->stunum);
  if (consent->at_school)
    return;
  g_autoptr (GBytes) signature = xs_sql_row_bytes (row, 2);
  consent->seq = xs_sql_row_int (row, 0);
  consent->bytes = xs_sql_row_bytes (row, 1);
  memcpy (consent->signature, g_bytes_get_data (signature, NULL), XS_SIGNATURE_BYTES);
  g_strlcpy (consent->sha256, xs_sql_row_string (row, 3), sizeof consent->sha256);
  xs_storage_read_device (row, 8, &consent->device);
}

static void
clear_consent (gpointer data)
{
  XsPlatformConsent *consent = data;

  g_clear_pointer (&consent->bytes, g_bytes_unref);
}

gboolean
xs_platform_storage_foreach_consent (XsPlatformStorage *storage, XsPlatformConsentFunc func, gpointer data,
                                     GError **error)
{
  static const XsStorageItems items = {
    .query = "SELECT consent.seq, bytes, signature, sha256, stunum, text_version, withdrawn, decided_us,"
             " device.id, device.devnum, sign_key, paired_us, revoked_us, seen_us, received_us, consent.id"
             " FROM consent LEFT JOIN device ON device.id = consent.device_id"
             " WHERE consent.id > ? ORDER BY consent.id LIMIT ?",
    .id = 15,
    .size = sizeof (XsPlatformConsent),
    .read = read_consent,
    .clear = clear_consent,
  };
  const XsPlatformConsent *consent;
  gboolean ok;
  g_auto (XsStorageWalk) walk;

  xs_storage_walk_init (&walk, storage, &items);
  while ((consent = xs_storage_walk_next (&walk, &ok, error)) != NULL)
    {
      if (!func (consent, data, error))
        return FALSE;
    }
  return ok;
}

#define FORGETTING "audit_photo"

static gboolean
remove_measures (XsSql *sql, gpointer data, GError **error)
{
  gint64 n;

  if (!xs_sql_run (sql,
                   "DELETE FROM registration_check WHERE stunum IN (SELECT stunum FROM learner"
                   " WHERE consent_us > 0 AND consent_version = 0)",
                   error, ""))
    return FALSE;
  n = xs_sql_changes (sql);
  return xs_sql_run (sql,
                     "DELETE FROM audit_photo WHERE stunum IN (SELECT stunum FROM learner"
                     " WHERE consent_us > 0 AND consent_version = 0 AND NOT EXISTS (SELECT 1 FROM audit"
                     " WHERE audit.stunum = learner.stunum"
                     " AND (audit.state NOT IN ('ready', 'sent') OR audit.appeal_open <> 0)))",
                     error, "")
         && (n + xs_sql_changes (sql) == 0
             || xs_sql_run (sql,
                            "INSERT INTO forgetting (name, n) VALUES ('" FORGETTING "', 1)"
                            " ON CONFLICT (name) DO UPDATE SET n = forgetting.n + 1",
                            error, ""));
}

gboolean
xs_platform_storage_remove_withdrawn (XsPlatformStorage *storage, GError **error)
{
  return xs_sql_transaction (storage->sql, remove_measures, NULL, error);
}

gboolean
xs_platform_storage_forget_withdrawn (XsPlatformStorage *storage, GError **error)
{
  static const char *const tables[] = { FORGETTING, "registration_check", NULL };
  gint64 n;

  if (!xs_sql_query_int (storage->sql, &n, 0, "SELECT n FROM forgetting WHERE name = '" FORGETTING "'", error, ""))
    return FALSE;
  return n == 0
         || (xs_sql_forget (storage->sql, tables, error)
             && xs_sql_run (storage->sql, "DELETE FROM forgetting WHERE name = '" FORGETTING "' AND n = ?", error, "i",
                            n));
}
