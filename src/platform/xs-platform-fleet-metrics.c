/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-fleet-metrics.h"

#include "xs-platform-fleet.h"

/* All gauges of a reading are of one look. */
#define LOOK_US G_USEC_PER_SEC

typedef struct {
  XsPlatformFleetMetrics *fleet;
  gsize offset; /* of its guint in XsPlatformFleetCounts */
} Gauge;

static const struct {
  const char *name, *help;
  gsize offset;
} gauges[] = {
  { "xueshi_devices", "Kiosks that may ask.", G_STRUCT_OFFSET (XsPlatformFleetCounts, devices) },
  { "xueshi_devices_silent", "Of these: no report within an hour.", G_STRUCT_OFFSET (XsPlatformFleetCounts, silent) },
  { "xueshi_devices_behind", "Of these: older than wanted.", G_STRUCT_OFFSET (XsPlatformFleetCounts, behind) },
  { "xueshi_devices_below_minimum", "Of these: older than min_version of the policy.",
    G_STRUCT_OFFSET (XsPlatformFleetCounts, below_minimum) },
  { "xueshi_devices_other_policy", "Of these: go by another policy than is handed out.",
    G_STRUCT_OFFSET (XsPlatformFleetCounts, policy) },
  { "xueshi_devices_camera_trouble", "Of these: trouble with the camera within a day.",
    G_STRUCT_OFFSET (XsPlatformFleetCounts, camera) },
  { "xueshi_devices_disk_low", "Of these: the disk is nearly full.", G_STRUCT_OFFSET (XsPlatformFleetCounts, disk) },
  { "xueshi_devices_unsent_old", "Of these: study waits to be sent for too long.",
    G_STRUCT_OFFSET (XsPlatformFleetCounts, unsent) },
  { "xueshi_devices_clock_off", "Of these: the clock is off.", G_STRUCT_OFFSET (XsPlatformFleetCounts, clock) },
  { "xueshi_devices_broken_runs", "Of these: a crash, a kill or the power ended a run within a day.",
    G_STRUCT_OFFSET (XsPlatformFleetCounts, broken) },
};

struct _XsPlatformFleetMetrics {
  XsPlatformStorage *storage;
  Gauge gauges[G_N_ELEMENTS (gauges)];
  GMutex mutex; /* of what follows */
  XsPlatformFleetCounts counts;
  gboolean known;
  gint64 looked_us; /* monotonic, after the look: a failing one takes longer than LOOK_US; 0: never */
};

static double
read_gauge (gpointer data)
{
  const Gauge *gauge = data;
  XsPlatformFleetMetrics *fleet = gauge->fleet;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&fleet->mutex);

  if (fleet->looked_us == 0 || g_get_monotonic_time () - fleet->looked_us > LOOK_US)
    {
      fleet->known = xs_platform_fleet_count (fleet->storage, &fleet->counts, NULL);
      fleet->looked_us = g_get_monotonic_time ();
    }
  return fleet->known ? (double) G_STRUCT_MEMBER (guint, &fleet->counts, gauge->offset) : -1;
}

XsPlatformFleetMetrics *
xs_platform_fleet_metrics_new (XsPlatformStorage *storage, XsPlatformMetrics *metrics)
{
  XsPlatformFleetMetrics *fleet = g_new0 (XsPlatformFleetMetrics, 1);

  fleet->storage = storage;
  g_mutex_init (&fleet->mutex);
  for (guint i = 0; i < G_N_ELEMENTS (gauges); i++)
    {
      fleet->gauges[i] = (Gauge){ fleet, gauges[i].offset };
      xs_platform_metrics_add_gauge (metrics, gauges[i].name, gauges[i].help, read_gauge, &fleet->gauges[i]);
    }
  return fleet;
}

void
xs_platform_fleet_metrics_free (XsPlatformFleetMetrics *fleet)
{
  if (fleet == NULL)
    return;
  g_mutex_clear (&fleet->mutex);
  g_free (fleet);
}
