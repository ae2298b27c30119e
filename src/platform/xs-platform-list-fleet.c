/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-list-private.h"

#include "xs-platform-fleet.h"

/* What a kiosk that never reported did not say is null. */
static void
set_int (JsonObject *object, const char *name, gboolean known, gint64 value)
{
  if (known)
    json_object_set_int_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

static void
set_health (JsonObject *object, const XsPlatformFleetDevice *entry)
{
  const XsWireDeviceHealth *health = &entry->health;
  gboolean known = entry->reported_us != 0;

  xs_list_set_time (object, "reported", entry->reported_us);
  json_object_set_string_member (object, "version", health->version);
  json_object_set_string_member (object, "packaging", health->packaging);
  set_int (object, "schema", known, health->schema);
  json_object_set_string_member (object, "policy", health->policy);
  json_object_set_string_member (object, "ready", health->ready);
  set_int (object, "logs_waiting", known, health->logs_waiting);
  set_int (object, "photos_waiting", known, health->photos_waiting);
  set_int (object, "oldest_waits_s", health->oldest_us != 0, (health->time_us - health->oldest_us) / G_USEC_PER_SEC);
  set_int (object, "free_mb", health->free_bytes != 0, health->free_bytes / (1024 * 1024));
  set_int (object, "clock_ahead_s", known, (health->time_us - entry->reported_us) / G_USEC_PER_SEC);
  json_object_set_string_member (object, "camera_trouble", health->camera);
  xs_list_set_time (object, "camera_trouble_at", health->camera_us);
  set_int (object, "uptime_s", known, health->uptime_s);
  xs_list_set_time (object, "started", health->started_us);
  set_int (object, "broken_runs", known, health->broken);
  xs_list_set_time (object, "broken_at", health->broken_us);
}

gboolean
xs_list_devices (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  g_autoptr (GArray) devices = xs_platform_fleet_list (storage, error);

  for (guint i = 0; devices != NULL && i < devices->len; i++)
    {
      const XsPlatformFleetDevice *entry = &g_array_index (devices, XsPlatformFleetDevice, i);
      const XsPlatformDevice *device = &entry->device;
      g_autofree char *key = g_base64_encode (device->sign_key, XS_KEY_BYTES);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "devnum", device->devnum);
      json_object_set_string_member (object, "name", device->name);
      json_object_set_int_member (object, "ring", entry->ring);
      json_object_set_string_member (object, "wanted_version", entry->wanted_version);
      xs_list_set_time (object, "seen", device->seen_us);
      set_health (object, entry);
      xs_list_set_time (object, "paired", device->paired_us);
      xs_list_set_time (object, "revoked", device->revoked_us);
      json_object_set_string_member (object, "device_key", key);
      json_array_add_object_element (array, object);
    }
  return devices != NULL;
}

gboolean
xs_list_rings (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  g_autoptr (GArray) rings = xs_platform_fleet_list_rings (storage, error);

  for (guint i = 0; rings != NULL && i < rings->len; i++)
    {
      const XsPlatformRing *ring = &g_array_index (rings, XsPlatformRing, i);
      JsonObject *object = json_object_new ();
      json_object_set_int_member (object, "ring", ring->ring);
      json_object_set_string_member (object, "wanted_version", ring->wanted_version);
      json_object_set_int_member (object, "devices", ring->devices);
      json_object_set_int_member (object, "has_it", ring->has_it);
      json_object_set_int_member (object, "silent_for_a_day", ring->unreported);
      json_array_add_object_element (array, object);
    }
  return rings != NULL;
}

gboolean
xs_list_diagnoses (XsPlatformStorage *storage, JsonArray *array, GError **error)
{
  g_autoptr (GArray) diagnoses = xs_platform_fleet_list_diagnoses (storage, error);

  for (guint i = 0; diagnoses != NULL && i < diagnoses->len; i++)
    {
      const XsPlatformDiagnosis *diagnosis = &g_array_index (diagnoses, XsPlatformDiagnosis, i);
      JsonObject *object = json_object_new ();
      json_object_set_int_member (object, "id", diagnosis->id);
      json_object_set_string_member (object, "devnum", diagnosis->devnum);
      json_object_set_string_member (object, "who", diagnosis->who);
      xs_list_set_time (object, "asked", diagnosis->asked_us);
      xs_list_set_time (object, "came", diagnosis->answered_us);
      json_object_set_int_member (object, "size_bytes", diagnosis->size_bytes);
      json_array_add_object_element (array, object);
    }
  return diagnoses != NULL;
}
