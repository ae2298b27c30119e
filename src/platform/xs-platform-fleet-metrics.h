/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-metrics.h"
#include "xs-platform-storage.h"

G_BEGIN_DECLS

/** XsPlatformFleetMetrics: how many kiosks are as they should be, and how many are not, for Prometheus. */
typedef struct _XsPlatformFleetMetrics XsPlatformFleetMetrics;

/** xs_platform_fleet_metrics_new: adds its gauges to @metrics, which it outlives. */
XsPlatformFleetMetrics *xs_platform_fleet_metrics_new (XsPlatformStorage *storage, XsPlatformMetrics *metrics);
void xs_platform_fleet_metrics_free (XsPlatformFleetMetrics *fleet);

G_END_DECLS
