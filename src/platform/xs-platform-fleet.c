/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-fleet.h"

#include "xs-error.h"
#include "xs-platform-storage-private.h"
#include "xs-policy.h"

#include <string.h>

#define SILENT_US G_TIME_SPAN_HOUR
#define LATELY_US G_TIME_SPAN_DAY

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformDevice *device;
  GBytes *report;
  XsWireHealthAnswer *answer;
} ReportCall;

static gboolean
read_wishes (XsSql *sql, ReportCall *call, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (sql,
                    "SELECT device.ring, ring.wanted_version, diagnosis.id FROM device"
                    " LEFT JOIN ring ON ring.ring = device.ring"
                    " LEFT JOIN diagnosis ON diagnosis.device_id = device.id AND diagnosis.answered_us IS NULL"
                    " WHERE device.id = ?",
                    error, "i", call->device->id);

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  *call->answer = (XsWireHealthAnswer){ .again_s = XS_PLATFORM_REPORT_S };
  if (!has_row)
    return TRUE;
  call->answer->ring = xs_sql_row_int (row, 0);
  if (!xs_sql_row_is_null (row, 1))
    g_strlcpy (call->answer->wanted_version, xs_sql_row_string (row, 1), sizeof call->answer->wanted_version);
  call->answer->diagnosis = xs_sql_row_int (row, 2);
  return TRUE;
}

static gboolean
report (XsSql *sql, gpointer data, GError **error)
{
  ReportCall *call = data;
  gint64 now_us = xs_clock_wall_us (call->storage->clock);

  /* A clock that was set back keeps nobody's report out. */
  return xs_sql_run (sql,
                     "INSERT INTO device_health (device_id, reported_us, report) VALUES (?, ?, ?)"
                     " ON CONFLICT (device_id) DO UPDATE SET reported_us = excluded.reported_us,"
                     " report = excluded.report WHERE device_health.reported_us NOT BETWEEN"
                     " excluded.reported_us - ? AND excluded.reported_us",
                     error, "iibi", call->device->id, now_us, call->report, XS_PLATFORM_REPORT_LEAST_US)
         && read_wishes (sql, call, error);
}

gboolean
xs_platform_fleet_report (XsPlatformStorage *storage, const XsPlatformDevice *device, GBytes *bytes,
                          XsWireHealthAnswer *answer, GError **error)
{
  ReportCall call = { storage, device, bytes, answer };

  return xs_sql_transaction (storage->sql, report, &call, error);
}

GArray *
xs_platform_fleet_list (XsPlatformStorage *storage, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) devices = g_array_new (FALSE, TRUE, sizeof (XsPlatformFleetDevice));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT device.id, device.devnum, sign_key, paired_us, revoked_us, seen_us, name, device.ring,"
                    " wanted_version, reported_us, report FROM device LEFT JOIN ring ON ring.ring = device.ring"
                    " LEFT JOIN device_health ON device_id = device.id ORDER BY device.id",
                    error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    {
      XsPlatformFleetDevice entry = { .ring = xs_sql_row_int (row, 7) };
      g_autoptr (GBytes) bytes = xs_sql_row_is_null (row, 10) ? NULL : xs_sql_row_bytes (row, 10);
      g_autoptr (GError) unreadable = NULL;
      xs_storage_read_device (row, 0, &entry.device);
      g_strlcpy (entry.device.name, xs_sql_row_string (row, 6), sizeof entry.device.name);
      if (!xs_sql_row_is_null (row, 8))
        g_strlcpy (entry.wanted_version, xs_sql_row_string (row, 8), sizeof entry.wanted_version);
      if (bytes != NULL && xs_wire_health_report_decode (&entry.health, bytes, &unreadable))
        entry.reported_us = xs_sql_row_int (row, 9);
      else
        entry.health = (XsWireDeviceHealth){ .version = "" };
      if (unreadable != NULL)
        g_message ("The report of device %s: %s", entry.device.devnum, unreadable->message);
      g_array_append_val (devices, entry);
    }
  return ok ? g_steal_pointer (&devices) : NULL;
}

static gboolean
check_ring (gint64 ring, GError **error)
{
  if (ring >= 0 && ring <= XS_WIRE_RING_MAX)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "A ring is a number from 0, whose kiosks are the first, to %d",
               XS_WIRE_RING_MAX);
  return FALSE;
}

typedef struct {
  XsPlatformStorage *storage;
  const char *devnum;
  gint64 ring;
  const char *who;
  gint64 id;
} DeviceCall;

/* (out) the id of the device in use under that number. */
static gboolean
find_device (XsSql *sql, const char *devnum, gint64 *device_id, GError **error)
{
  if (!xs_sql_query_int (sql, device_id, 0, "SELECT id FROM device WHERE devnum = ? AND revoked_us IS NULL", error, "s",
                         devnum))
    return FALSE;
  if (*device_id != 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No device %s is paired", devnum);
  return FALSE;
}

static gboolean
set_ring (XsSql *sql, gpointer data, GError **error)
{
  const DeviceCall *call = data;
  gint64 device_id;

  return find_device (sql, call->devnum, &device_id, error)
         && xs_sql_run (sql, "UPDATE device SET ring = ? WHERE id = ?", error, "ii", call->ring, device_id);
}

gboolean
xs_platform_fleet_set_ring (XsPlatformStorage *storage, const char *devnum, gint64 ring, GError **error)
{
  DeviceCall call = { .storage = storage, .devnum = devnum, .ring = ring };

  return xs_number_check (devnum, XS_UNIFIED_DIGITS, "devnum", error) && check_ring (ring, error)
         && xs_sql_transaction (storage->sql, set_ring, &call, error);
}

gboolean
xs_platform_fleet_set_version (XsPlatformStorage *storage, gint64 ring, const char *version, GError **error)
{
  if (!check_ring (ring, error))
    return FALSE;
  if (version == NULL)
    return xs_sql_run (storage->sql, "DELETE FROM ring WHERE ring = ?", error, "i", ring);
  if (!xs_version_is_valid (version))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is no version, such as 1.2.0", version);
      return FALSE;
    }
  return xs_sql_run (storage->sql,
                     "INSERT INTO ring (ring, wanted_version) VALUES (?, ?) ON CONFLICT (ring)"
                     " DO UPDATE SET wanted_version = excluded.wanted_version",
                     error, "is", ring, version);
}

static gboolean
is_behind (const XsPlatformFleetDevice *entry, const char *version)
{
  return entry->reported_us != 0 && version[0] != '\0' && xs_version_compare (entry->health.version, version) < 0;
}

/* Those that no device is in and that want a version, too: so each ring is there before its first device is counted. */
static GArray *
read_rings (XsPlatformStorage *storage, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) rings = g_array_new (FALSE, TRUE, sizeof (XsPlatformRing));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT used.ring, wanted_version FROM (SELECT ring FROM ring UNION SELECT ring FROM device"
                    " WHERE revoked_us IS NULL) AS used LEFT JOIN ring ON ring.ring = used.ring ORDER BY used.ring",
                    error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    {
      XsPlatformRing ring = { .ring = xs_sql_row_int (row, 0) };
      if (!xs_sql_row_is_null (row, 1))
        g_strlcpy (ring.wanted_version, xs_sql_row_string (row, 1), sizeof ring.wanted_version);
      g_array_append_val (rings, ring);
    }
  return ok ? g_steal_pointer (&rings) : NULL;
}

static void
count_in_ring (GArray *rings, const XsPlatformFleetDevice *entry, gint64 now_us)
{
  for (guint i = 0; i < rings->len; i++)
    {
      XsPlatformRing *ring = &g_array_index (rings, XsPlatformRing, i);
      if (ring->ring != entry->ring)
        continue;
      ring->devices++;
      ring->unreported += now_us - entry->reported_us > LATELY_US;
      ring->has_it += entry->reported_us != 0 && !is_behind (entry, ring->wanted_version);
    }
}

GArray *
xs_platform_fleet_list_rings (XsPlatformStorage *storage, GError **error)
{
  gint64 now_us = xs_clock_wall_us (storage->clock);
  g_autoptr (GArray) rings = read_rings (storage, error);
  g_autoptr (GArray) devices = rings != NULL ? xs_platform_fleet_list (storage, error) : NULL;

  for (guint i = 0; devices != NULL && i < devices->len; i++)
    {
      const XsPlatformFleetDevice *entry = &g_array_index (devices, XsPlatformFleetDevice, i);
      if (entry->device.revoked_us == 0)
        count_in_ring (rings, entry, now_us);
    }
  return devices != NULL ? g_steal_pointer (&rings) : NULL;
}

static void
count (XsPlatformFleetCounts *counts, const XsPlatformFleetDevice *entry, const XsPolicy *policy, gint64 now_us)
{
  const XsWireDeviceHealth *health = &entry->health;
  gint64 off_us = entry->reported_us - health->time_us;
  g_autofree char *policy_name = xs_policy_name (policy);

  counts->devices++;
  counts->silent += now_us - entry->reported_us > SILENT_US;
  if (entry->reported_us == 0)
    return;
  counts->behind += is_behind (entry, entry->wanted_version);
  counts->below_minimum += is_behind (entry, policy->min_version);
  counts->policy += health->policy[0] != '\0' && strcmp (health->policy, policy_name) != 0;
  counts->camera += health->camera_us != 0 && health->time_us - health->camera_us < LATELY_US;
  counts->disk += health->free_bytes != 0 && health->free_bytes < policy->disk_reserve_bytes;
  counts->unsent +=
    health->oldest_us != 0 && health->time_us - health->oldest_us > policy->unsent_warn_s * G_USEC_PER_SEC;
  counts->clock += ABS (off_us) > policy->clock_warn_s * G_USEC_PER_SEC;
  counts->broken += health->broken_us != 0 && health->time_us - health->broken_us < LATELY_US;
}

gboolean
xs_platform_fleet_count (XsPlatformStorage *storage, XsPlatformFleetCounts *counts, GError **error)
{
  XsPolicy policy;
  gint64 now_us = xs_clock_wall_us (storage->clock);

  *counts = (XsPlatformFleetCounts){ 0 };
  if (!xs_storage_read_policy (storage, &policy, error))
    return FALSE;
  g_autoptr (GArray) devices = xs_platform_fleet_list (storage, error);
  for (guint i = 0; devices != NULL && i < devices->len; i++)
    {
      const XsPlatformFleetDevice *entry = &g_array_index (devices, XsPlatformFleetDevice, i);
      if (entry->device.revoked_us == 0)
        count (counts, entry, &policy, now_us);
    }
  return devices != NULL;
}

static gboolean
ask (XsSql *sql, gpointer data, GError **error)
{
  DeviceCall *call = data;
  gint64 device_id;

  if (!find_device (sql, call->devnum, &device_id, error)
      || !xs_sql_query_int (sql, &call->id, 0, "SELECT id FROM diagnosis WHERE device_id = ? AND answered_us IS NULL",
                            error, "i", device_id))
    return FALSE;
  return call->id != 0
         || xs_sql_query_int (sql, &call->id, 0,
                              "INSERT INTO diagnosis (device_id, who, asked_us) VALUES (?, ?, ?) RETURNING id", error,
                              "isi", device_id, call->who, xs_clock_wall_us (call->storage->clock));
}

gboolean
xs_platform_fleet_ask (XsPlatformStorage *storage, const char *devnum, const char *who, gint64 *id, GError **error)
{
  DeviceCall call = { .storage = storage, .devnum = devnum, .who = who };

  if (!xs_number_check (devnum, XS_UNIFIED_DIGITS, "devnum", error)
      || !xs_sql_transaction (storage->sql, ask, &call, error))
    return FALSE;
  *id = call.id;
  return TRUE;
}

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformDevice *device;
  gint64 id;
  GBytes *sealed;
  gboolean created;
} PutCall;

static gboolean
put_diagnosis (XsSql *sql, gpointer data, GError **error)
{
  PutCall *call = data;
  gint64 n;

  if (!xs_sql_query_int (sql, &n, 0, "SELECT count (*) FROM diagnosis WHERE id = ? AND device_id = ?", error, "ii",
                         call->id, call->device->id))
    return FALSE;
  if (n == 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "Device %s is not asked for a diagnosis %" G_GINT64_FORMAT,
                   call->device->devnum, call->id);
      return FALSE;
    }
  if (!xs_sql_run (sql, "UPDATE diagnosis SET answered_us = ?, sealed = ? WHERE id = ? AND answered_us IS NULL", error,
                   "ibi", xs_clock_wall_us (call->storage->clock), call->sealed, call->id))
    return FALSE;
  call->created = xs_sql_changes (sql) > 0;
  return TRUE;
}

gboolean
xs_platform_fleet_put_diagnosis (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 id, GBytes *sealed,
                                 gboolean *created, GError **error)
{
  PutCall call = { storage, device, id, sealed, FALSE };
  g_autoptr (GBytes) plain = xs_unseal (&storage->seal_key, sealed, NULL);

  if (plain == NULL)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "The diagnosis is not sealed to this platform's key");
      return FALSE;
    }
  if (!xs_sql_transaction (storage->sql, put_diagnosis, &call, error))
    return FALSE;
  *created = call.created;
  return TRUE;
}

GArray *
xs_platform_fleet_list_diagnoses (XsPlatformStorage *storage, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) diagnoses = g_array_new (FALSE, TRUE, sizeof (XsPlatformDiagnosis));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT diagnosis.id, devnum, who, asked_us, answered_us, length (sealed) FROM diagnosis"
                    " JOIN device ON device.id = device_id ORDER BY diagnosis.id",
                    error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    {
      XsPlatformDiagnosis diagnosis = { .id = xs_sql_row_int (row, 0),
                                        .asked_us = xs_sql_row_int (row, 3),
                                        .answered_us = xs_sql_row_int (row, 4),
                                        .size_bytes = xs_sql_row_int (row, 5) };
      g_strlcpy (diagnosis.devnum, xs_sql_row_string (row, 1), sizeof diagnosis.devnum);
      g_strlcpy (diagnosis.who, xs_sql_row_string (row, 2), sizeof diagnosis.who);
      g_array_append_val (diagnoses, diagnosis);
    }
  return ok ? g_steal_pointer (&diagnoses) : NULL;
}

GBytes *
xs_platform_fleet_read_diagnosis (XsPlatformStorage *storage, gint64 id, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) row = xs_sql_prepare (storage->sql, "SELECT sealed FROM diagnosis WHERE id = ?", error, "i", id);

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return NULL;
  g_autoptr (GBytes) sealed = has_row && !xs_sql_row_is_null (row, 0) ? xs_sql_row_bytes (row, 0) : NULL;
  if (sealed != NULL)
    return xs_unseal (&storage->seal_key, sealed, error);
  g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND,
               has_row ? "Diagnosis %" G_GINT64_FORMAT " has not come yet: the kiosk sends it at its next report"
                       : "There is no diagnosis %" G_GINT64_FORMAT,
               id);
  return NULL;
}

gboolean
xs_platform_fleet_forget (XsPlatformStorage *storage, gint64 before_us, GError **error)
{
  return xs_sql_run (storage->sql, "DELETE FROM diagnosis WHERE asked_us < ?", error, "i", before_us);
}
