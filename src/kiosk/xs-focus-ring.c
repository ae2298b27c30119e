/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-focus-ring.h"

/* Of all windows: a dialog is gone through as whoever opened it did. */
static gboolean by_pointer;

static void
on_focus_visible (GtkWindow *window)
{
  if (!by_pointer && !gtk_window_get_focus_visible (window))
    gtk_window_set_focus_visible (window, TRUE);
}

static gboolean
on_event (GtkWindow *window, GdkEvent *event)
{
  switch ((int) gdk_event_get_event_type (event))
    {
    case GDK_KEY_PRESS:
      by_pointer = FALSE;
      break;
    case GDK_BUTTON_PRESS:
    case GDK_TOUCH_BEGIN:
      by_pointer = TRUE;
      break;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  gtk_window_set_focus_visible (window, !by_pointer);
  return GDK_EVENT_PROPAGATE;
}

static void
on_windows_changed (GListModel *windows, guint position, guint n_removed, guint n_added)
{
  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, position + i);
      GtkEventController *events = gtk_event_controller_legacy_new ();
      gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
      g_signal_connect_swapped (events, "event", G_CALLBACK (on_event), window);
      gtk_widget_add_controller (GTK_WIDGET (window), events);
      g_signal_connect (window, "notify::focus-visible", G_CALLBACK (on_focus_visible), NULL);
    }
}

void
xs_focus_ring_keep (void)
{
  g_signal_connect (gtk_window_get_toplevels (), "items-changed", G_CALLBACK (on_windows_changed), NULL);
}
