/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * XsPlatformMetrics: what a server counts, in the text form that Prometheus reads (exposition format 0.0.4). Every
 * function may be called on any thread.
 */
typedef struct _XsPlatformMetrics XsPlatformMetrics;

XsPlatformMetrics *xs_platform_metrics_new (void);
void xs_platform_metrics_free (XsPlatformMetrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformMetrics, xs_platform_metrics_free)

/**
 * xs_platform_metrics_count_request: one request is over.
 * @method, @route: static strings of the route it took, "other" for none: what a stranger sends makes no new series
 */
void xs_platform_metrics_count_request (XsPlatformMetrics *metrics, const char *method, const char *route, guint status,
                                        gint64 duration_us, guint64 received_bytes, guint64 sent_bytes);

/** XsPlatformGauge: asked whenever the metrics are read, on any thread. */
typedef double (*XsPlatformGauge) (gpointer data);
/**
 * xs_platform_metrics_add_gauge: something that others know.
 * @name: [a-z_]+, static; @help: static; @data must outlive the metrics
 */
void xs_platform_metrics_add_gauge (XsPlatformMetrics *metrics, const char *name, const char *help,
                                    XsPlatformGauge gauge, gpointer data);

/** xs_platform_metrics_print: (transfer full): everything, gauges, counters and this process's own. */
char *xs_platform_metrics_print (XsPlatformMetrics *metrics);

/** xs_platform_memory_bytes: what of this process is in memory now; 0 when /proc does not say. */
gint64 xs_platform_memory_bytes (void);

G_END_DECLS
