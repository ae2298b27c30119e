/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-check-private.h"

#include "xs-error.h"
#include "xs-platform-consent.h"
#include "xs-wire-appeal.h"
#include "xs-wire-consent.h"
#include "xs-wire-log.h"

#include <string.h>

static const struct {
  const char *nick;
  const char *remedy;
} faults[] = {
  [XS_FAULT_DATABASE] = { "database", "restore it from a backup" },
  [XS_FAULT_PARTITION] = { "partition", "start the platform: it makes what is missing" },
  [XS_FAULT_BYTES] = { "bytes", "find out who changed it, and restore it from a backup" },
  [XS_FAULT_SIGNATURE] = { "signature", "find out who changed it, and restore it from a backup" },
  [XS_FAULT_CHAIN] = { "chain", "ask what happened to that kiosk: it was put back to an earlier day, or forges" },
  [XS_FAULT_RECORD] = { "record", "find out who changed the row, and restore it from a backup" },
  [XS_FAULT_HISTORY] = { "history", "find out who changed it, and restore it from a backup" },
  [XS_FAULT_STATE] = { "state", "have it judged anew: “xueshi-platform decide --again”" },
  [XS_FAULT_QUEUE] = { "queue", "have it judged anew: “xueshi-platform decide --again”" },
  [XS_FAULT_FEED] = { "feed", "restore the database from a backup: the kiosk may show an old verdict" },
  [XS_FAULT_PHOTO_MISSING] = { "photo-missing", "restore the file from a backup" },
  [XS_FAULT_PHOTO_DAMAGED] = { "photo-damaged", "restore the file from a backup" },
  [XS_FAULT_PHOTO_LOCK] = { "photo-lock", "file it again with --repair, else restore the file from a backup" },
  [XS_FAULT_PHOTO_KEPT] = { "photo-kept", "remove it with --repair" },
  [XS_FAULT_REGISTRATION] = { "registration-photo", "give the learner the photo again: “xueshi-platform add-learner”" },
  [XS_FAULT_KEY_MISSING] = { "key-missing", "restore it from a backup of keys/" },
  [XS_FAULT_KEY_DAMAGED] = { "key-damaged", "restore it from a backup of keys/" },
  [XS_FAULT_KEY_KEPT] = { "key-kept", "destroy it with --repair" },
  [XS_FAULT_STRAY] = { "stray-file", "look what it is; --repair removes it" },
};

const char *
xs_platform_fault_nick (XsPlatformFault fault)
{
  g_return_val_if_fail ((guint) fault < G_N_ELEMENTS (faults), NULL);
  return faults[fault].nick;
}

const char *
xs_platform_fault_remedy (XsPlatformFault fault)
{
  g_return_val_if_fail ((guint) fault < G_N_ELEMENTS (faults), NULL);
  return faults[fault].remedy;
}

void
xs_check_add (XsPlatformChecked *checked, XsPlatformFault fault, const char *format, ...)
{
  XsPlatformFinding finding = { .fault = fault };
  va_list arguments;

  va_start (arguments, format);
  finding.text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_array_append_val (checked->problems, finding);
}

void
xs_check_note (XsPlatformChecked *checked, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (checked->notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

typedef struct {
  XsPlatformStorage *storage;
  XsPlatformChecked *checked;
  gint64 device_id; /* of the log before */
  gint64 seq;
} Call;

static gboolean
is_signed (GBytes *bytes, const XsPlatformDevice *device, const guint8 *signature)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  return xs_verify (device->sign_key, data, size, signature);
}

/* Logs of a device come by their seq. */
static void
check_chain (Call *call, const char *name, const XsPlatformLog *log)
{
  gint64 last = log->device.id == call->device_id ? call->seq : 0;

  if (log->chain == XS_PLATFORM_CHAIN_BROKEN)
    xs_check_add (call->checked, XS_FAULT_CHAIN, "%s: it does not follow the log before it", name);
  if (log->seq > last + 2)
    xs_check_note (call->checked,
                   "Device %s: the logs %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                   " have not arrived; the kiosk keeps what it could not send",
                   log->device.devnum, last + 1, log->seq - 1);
  else if (log->seq == last + 2)
    xs_check_note (call->checked,
                   "Device %s: the log %" G_GINT64_FORMAT " has not arrived; the kiosk keeps what it could not send",
                   log->device.devnum, last + 1);
  call->device_id = log->device.id;
  call->seq = log->seq;
}

static gboolean
check_log (const XsPlatformLog *log, gpointer data, GError **error)
{
  Call *call = data;
  XsPlatformChecked *checked = call->checked;
  g_auto (XsWireLog) wire_log;
  g_autoptr (GError) invalid = NULL;
  g_autofree char *name = g_strdup_printf ("Log %s-%" G_GINT64_FORMAT, log->device.devnum, log->seq);

  checked->logs++;
  check_chain (call, name, log);
  /* What else is wrong with other bytes says nothing. */
  if (!xs_storage_has_hash (log->bytes, log->sha256))
    {
      xs_check_add (checked, XS_FAULT_BYTES, "%s: its bytes are not those that were received", name);
      return TRUE;
    }
  if (!is_signed (log->bytes, &log->device, log->signature))
    xs_check_add (checked, XS_FAULT_SIGNATURE, "%s: its signature is bad", name);
  xs_wire_log_init (&wire_log);
  if (!xs_wire_log_decode (&wire_log, log->bytes, &invalid))
    {
      xs_check_add (checked, XS_FAULT_BYTES, "%s: %s", name, invalid->message);
      return TRUE;
    }
  const char *inscode = xs_platform_storage_get_inscode (call->storage);
  if (wire_log.seq == log->seq && strcmp (wire_log.log.devnum, log->device.devnum) == 0
      && strcmp (wire_log.log.inscode, inscode) == 0 && strcmp (wire_log.previous, log->previous) == 0)
    return xs_check_record (call->storage, log->id, name, &wire_log.log, checked, error);
  xs_check_add (checked, XS_FAULT_RECORD, "%s: its numbers are not those it is filed under", name);
  return TRUE;
}

static gboolean
check_appeal (const XsPlatformAppeal *appeal, gpointer data, GError **error)
{
  XsPlatformChecked *checked = ((Call *) data)->checked;
  XsAppeal content;
  g_autoptr (GError) invalid = NULL;
  g_autofree char *name =
    g_strdup_printf ("Appeal against log %s-%" G_GINT64_FORMAT, appeal->device.devnum, appeal->seq);

  checked->appeals++;
  if (!appeal->has_log)
    xs_check_note (checked, "%s: the log is not here", name);
  if (!xs_storage_has_hash (appeal->bytes, appeal->sha256))
    {
      xs_check_add (checked, XS_FAULT_BYTES, "%s: its bytes are not those that were received", name);
      return TRUE;
    }
  if (!is_signed (appeal->bytes, &appeal->device, appeal->signature))
    xs_check_add (checked, XS_FAULT_SIGNATURE, "%s: its signature is bad", name);
  if (!xs_wire_appeal_decode (&content, appeal->bytes, &invalid))
    xs_check_add (checked, XS_FAULT_BYTES, "%s: %s", name, invalid->message);
  else if (content.seq != appeal->seq || strcmp (content.devnum, appeal->device.devnum) != 0)
    xs_check_add (checked, XS_FAULT_RECORD, "%s: its numbers are not those it is filed under", name);
  return TRUE;
}

static gboolean
check_consent (const XsPlatformConsent *consent, gpointer data, GError **error)
{
  XsPlatformChecked *checked = ((Call *) data)->checked;
  XsConsentRecord content;
  g_autoptr (GError) invalid = NULL;

  checked->consents++;
  if (consent->at_school)
    return TRUE;
  g_autofree char *name = g_strdup_printf ("Consent %s-%" G_GINT64_FORMAT, consent->device.devnum, consent->seq);
  if (!xs_storage_has_hash (consent->bytes, consent->sha256))
    {
      xs_check_add (checked, XS_FAULT_BYTES, "%s: its bytes are not those that were received", name);
      return TRUE;
    }
  if (!is_signed (consent->bytes, &consent->device, consent->signature))
    xs_check_add (checked, XS_FAULT_SIGNATURE, "%s: its signature is bad", name);
  if (!xs_wire_consent_decode (&content, consent->bytes, &invalid))
    xs_check_add (checked, XS_FAULT_BYTES, "%s: %s", name, invalid->message);
  else if (content.seq != consent->seq || strcmp (content.devnum, consent->device.devnum) != 0
           || strcmp (content.stunum, consent->stunum) != 0 || content.withdrawn != consent->withdrawn
           || content.text_version != consent->text_version || content.wall_us != consent->decided_us)
    xs_check_add (checked, XS_FAULT_RECORD, "%s: it is not filed as it was signed", name);
  return TRUE;
}

static gboolean
check_rows (XsSql *sql, gpointer data, GError **error)
{
  Call *call = data;

  return xs_platform_storage_foreach_log (call->storage, check_log, call, error)
         && xs_platform_storage_foreach_appeal (call->storage, check_appeal, call, error)
         && xs_platform_storage_foreach_consent (call->storage, check_consent, call, error)
         && xs_check_history (call->storage, call->checked, error);
}

static gboolean
check_partitions (XsPlatformStorage *storage, XsPlatformChecked *checked, GError **error)
{
  g_autoptr (GPtrArray) missing = xs_sql_list_missing_partitions (storage->sql, error);

  for (guint i = 0; missing != NULL && i < missing->len; i++)
    xs_check_add (checked, XS_FAULT_PARTITION, "The partition %s is missing, of the three months to come",
                  (const char *) g_ptr_array_index (missing, i));
  return missing != NULL;
}

static void
clear_finding (gpointer finding)
{
  g_free (((XsPlatformFinding *) finding)->text);
}

void
xs_platform_checked_clear (XsPlatformChecked *checked)
{
  g_clear_pointer (&checked->problems, g_array_unref);
  g_clear_pointer (&checked->notes, g_ptr_array_unref);
}

gboolean
xs_platform_check (XsPlatformStorage *storage, gboolean repair, XsPlatformChecked *checked, GError **error)
{
  g_autoptr (GError) damage = NULL;
  Call call = { .storage = storage, .checked = checked };

  *checked = (XsPlatformChecked){ .problems = g_array_new (FALSE, FALSE, sizeof (XsPlatformFinding)),
                                  .notes = g_ptr_array_new_with_free_func (g_free) };
  g_array_set_clear_func (checked->problems, clear_finding);
  if (!xs_platform_storage_check (storage, &damage))
    xs_check_add (checked, XS_FAULT_DATABASE, "%s", damage->message);
  return check_partitions (storage, checked, error) && xs_sql_snapshot (storage->sql, check_rows, &call, error)
         && xs_check_files (storage, repair, checked, error);
}
