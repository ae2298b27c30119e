/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-wake.h"

/* The two clocks are not read at the very same moment. */
#define SLEEP_MIN_US ((gint64) G_USEC_PER_SEC)

struct _XsSyncWake {
  XsClock *clock;
  GRand *rand;
  gint64 spread_us;
  gint64 slept_us; /* since boot, as of the last look */
  XsSyncWakeFunc func;
  gpointer data;
  GMainContext *context;
  GNetworkMonitor *monitor;
  GSource *watch;
  GSource *spread; /* (nullable): between noticing and telling */
};

static void
clear_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static GSource *
add_timeout (XsSyncWake *wake, gint64 delay_us, GSourceFunc func)
{
  GSource *source = g_timeout_source_new ((guint) (delay_us / 1000));

  g_source_set_callback (source, func, wake, NULL);
  g_source_attach (source, wake->context);
  return source;
}

static gboolean
on_spread (gpointer data)
{
  XsSyncWake *wake = data;

  g_clear_pointer (&wake->spread, clear_source);
  wake->func (wake->data);
  return G_SOURCE_REMOVE;
}

/* The PCs of a classroom come back together. */
static void
notice (XsSyncWake *wake)
{
  if (wake->spread == NULL)
    wake->spread = add_timeout (wake, (gint64) (g_rand_double (wake->rand) * (double) wake->spread_us), on_spread);
}

static void
on_network_changed (XsSyncWake *wake, gboolean available)
{
  if (available)
    notice (wake);
}

static gint64
slept_us (XsSyncWake *wake)
{
  XsClockLook look = xs_clock_look (wake->clock);

  return look.boottime_us - look.monotonic_us;
}

static gboolean
on_watch (gpointer data)
{
  XsSyncWake *wake = data;
  gint64 now_us = slept_us (wake);

  if (now_us - wake->slept_us >= SLEEP_MIN_US)
    notice (wake);
  wake->slept_us = now_us;
  return G_SOURCE_CONTINUE;
}

XsSyncWake *
xs_sync_wake_new (XsClock *clock, const XsSyncTiming *timing, GRand *rand, XsSyncWakeFunc func, gpointer data)
{
  XsSyncWake *wake = g_new0 (XsSyncWake, 1);

  wake->clock = clock;
  wake->rand = rand;
  wake->spread_us = timing->network_spread_us;
  wake->slept_us = slept_us (wake);
  wake->func = func;
  wake->data = data;
  wake->context = g_main_context_ref_thread_default ();
  wake->monitor = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect_swapped (wake->monitor, "network-changed", G_CALLBACK (on_network_changed), wake);
  wake->watch = add_timeout (wake, timing->watch_us, on_watch);
  return wake;
}

void
xs_sync_wake_free (XsSyncWake *wake)
{
  g_signal_handlers_disconnect_by_data (wake->monitor, wake);
  g_object_unref (wake->monitor);
  clear_source (wake->watch);
  g_clear_pointer (&wake->spread, clear_source);
  g_main_context_unref (wake->context);
  g_free (wake);
}
