/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-ready-feed.h"

static void
feed_network (XsReadyCheck *check, XsSync *sync)
{
  XsReadyNetwork network = { 0 };

  switch (xs_sync_get_settled_state (sync))
    {
    case XS_SYNC_IDLE:
      network.state = XS_READY_NETWORK_ONLINE;
      break;
    case XS_SYNC_UNAUTHORIZED:
      network.state = XS_READY_NETWORK_REFUSED;
      break;
    case XS_SYNC_OFFLINE:
      /* Without a message nothing was tried yet. */
      network.state = xs_sync_get_error_message (sync) != NULL ? XS_READY_NETWORK_OFFLINE : XS_READY_NETWORK_UNKNOWN;
      break;
    case XS_SYNC_UNPAIRED:
    case XS_SYNC_WORKING:
    default:
      break;
    }
  network.clock_known = xs_sync_get_clock_ahead (sync, &network.clock_ahead_us);
  xs_ready_check_set_network (check, &network);
}

static void
feed_display (XsReadyCheck *check, GdkSurface *surface)
{
  GdkMonitor *monitor = gdk_display_get_monitor_at_surface (gdk_surface_get_display (surface), surface);
  GdkRectangle geometry;

  if (monitor == NULL)
    return;
  gdk_monitor_get_geometry (monitor, &geometry);
  xs_ready_check_set_display (check, geometry.width, geometry.height);
}

static void
on_sync_changed (XsSync *sync, XsReadyCheck *check)
{
  feed_network (check, sync);
}

static void
on_layout (GdkSurface *surface, int width_px, int height_px, XsReadyCheck *check)
{
  feed_display (check, surface);
}

static void
on_realize (GtkWidget *window, XsReadyCheck *check)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));

  g_signal_connect_object (surface, "layout", G_CALLBACK (on_layout), check, (GConnectFlags) 0);
  feed_display (check, surface);
}

void
xs_ready_feed (XsReadyCheck *check, XsSync *sync, GtkWidget *window)
{
  g_signal_connect_object (sync, "changed", G_CALLBACK (on_sync_changed), check, (GConnectFlags) 0);
  feed_network (check, sync);
  if (gtk_widget_get_realized (window))
    on_realize (window, check);
  else
    g_signal_connect_object (window, "realize", G_CALLBACK (on_realize), check, (GConnectFlags) 0);
}
