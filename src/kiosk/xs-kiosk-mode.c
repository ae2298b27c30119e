/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-kiosk-mode.h"

#include <glib/gi18n.h>

#define HIDE_POINTER_AFTER_MS 3000
/* A desktop that asks somebody first whether it may has had time to. */
#define GRANT_PATIENCE_S 5

struct _XsKioskMode {
  GObject parent_instance;

  GtkWindow *window; /* not owned */
  GListModel *monitors;
  GHashTable *covers; /* GdkMonitor → GtkWindow */
  gboolean hide_pointer;
  gboolean pointer_hidden;
  double x, y;
  guint hide_id;
  guint grant_id;
  gboolean grant_asked;
};

G_DEFINE_FINAL_TYPE (XsKioskMode, xs_kiosk_mode, G_TYPE_OBJECT)

/* Keys */

static gboolean
is_editing_key (GtkWindow *window, guint keyval, GdkModifierType held)
{
  GtkWidget *focus = gtk_window_get_focus (window);
  guint key = gdk_keyval_to_lower (keyval);

  return held == GDK_CONTROL_MASK && GTK_IS_EDITABLE (focus)
         && (key == GDK_KEY_a || key == GDK_KEY_c || key == GDK_KEY_v || key == GDK_KEY_x);
}

static gboolean
on_key_pressed (XsKioskMode *self, guint keyval, guint keycode, GdkModifierType state)
{
  const GdkModifierType leading = GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK | GDK_HYPER_MASK;
  GdkModifierType held = state & leading;

  /* F2 is the kiosk's own: it scans a card. */
  if (keyval == GDK_KEY_Super_L || keyval == GDK_KEY_Super_R || keyval == GDK_KEY_Menu
      || (keyval >= GDK_KEY_F1 && keyval <= GDK_KEY_F12 && keyval != GDK_KEY_F2))
    return GDK_EVENT_STOP;
  if (held == 0 || is_editing_key (self->window, keyval, held))
    return GDK_EVENT_PROPAGATE;
  if (held == (GDK_CONTROL_MASK | GDK_ALT_MASK) && gdk_keyval_to_lower (keyval) == GDK_KEY_q)
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static gboolean
tell_grant (gpointer data)
{
  XsKioskMode *self = data;
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self->window));
  gboolean inhibited = FALSE;

  self->grant_id = 0;
  if (surface != NULL)
    g_object_get (surface, "shortcuts-inhibited", &inhibited, NULL);
  if (inhibited)
    g_message ("The desktop leaves its shortcuts to the kiosk");
  else
    g_message ("The desktop keeps its own shortcuts: turn them off in its settings, or start the kiosk in a session of "
               "its own (docs/kiosk.md)");
  return G_SOURCE_REMOVE;
}

/* Other monitors */

static gboolean
on_close_cover (GtkWindow *cover)
{
  return TRUE;
}

static GtkWindow *
cover_new (GtkWindow *over, GdkMonitor *monitor)
{
  GtkWidget *cover = gtk_window_new ();
  GtkWidget *emblem = gtk_image_new_from_icon_name (XS_APP_ID);

  gtk_widget_add_css_class (cover, "kiosk");
  gtk_widget_add_css_class (cover, "cover");
  gtk_widget_add_css_class (emblem, "emblem");
  gtk_window_set_title (GTK_WINDOW (cover), _ ("Xueshi"));
  gtk_window_set_decorated (GTK_WINDOW (cover), FALSE);
  gtk_window_set_child (GTK_WINDOW (cover), emblem);
  gtk_widget_set_can_focus (cover, FALSE);
  g_signal_connect (cover, "close-request", G_CALLBACK (on_close_cover), NULL);
  gtk_window_fullscreen_on_monitor (GTK_WINDOW (cover), monitor);
  gtk_window_present (GTK_WINDOW (cover));
  gtk_window_present (over);
  return GTK_WINDOW (cover);
}

static gboolean
is_gone (gpointer monitor, gpointer cover, gpointer own)
{
  return monitor == own || !gdk_monitor_is_valid (monitor);
}

static void
cover_others (XsKioskMode *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self->window));
  GdkMonitor *own =
    surface != NULL ? gdk_display_get_monitor_at_surface (gdk_surface_get_display (surface), surface) : NULL;

  if (own == NULL)
    return;
  g_hash_table_foreach_remove (self->covers, is_gone, own);
  for (guint i = 0; i < g_list_model_get_n_items (self->monitors); i++)
    {
      g_autoptr (GdkMonitor) monitor = g_list_model_get_item (self->monitors, i);
      if (monitor != own && !g_hash_table_contains (self->covers, monitor))
        g_hash_table_insert (self->covers, g_object_ref (monitor), cover_new (self->window, monitor));
    }
}

static void
on_realize (XsKioskMode *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self->window));

  g_signal_connect_object (surface, "layout", G_CALLBACK (cover_others), self, G_CONNECT_SWAPPED);
  self->monitors = g_object_ref (gdk_display_get_monitors (gdk_surface_get_display (surface)));
  g_signal_connect_object (self->monitors, "items-changed", G_CALLBACK (cover_others), self, G_CONNECT_SWAPPED);
}

/* Asked again whenever the window comes to the front: X11 grants it to windows on screen only. */
static void
on_active (XsKioskMode *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self->window));

  if (surface == NULL || !gtk_window_is_active (self->window))
    return;
  gdk_toplevel_inhibit_system_shortcuts (GDK_TOPLEVEL (surface), NULL);
  if (!self->grant_asked)
    self->grant_id = g_timeout_add_seconds (GRANT_PATIENCE_S, tell_grant, self);
  self->grant_asked = TRUE;
}

/* The pointer */

static void
show_pointer (XsKioskMode *self, gboolean shown)
{
  if (self->pointer_hidden == !shown)
    return;
  self->pointer_hidden = !shown;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self->window), shown ? NULL : "none");
}

static gboolean
on_still (gpointer data)
{
  XsKioskMode *self = data;

  self->hide_id = 0;
  if (self->hide_pointer)
    show_pointer (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
wait_until_still (XsKioskMode *self)
{
  show_pointer (self, TRUE);
  g_clear_handle_id (&self->hide_id, g_source_remove);
  if (self->hide_pointer)
    self->hide_id = g_timeout_add (HIDE_POINTER_AFTER_MS, on_still, self);
}

static void
on_motion (XsKioskMode *self, double x, double y)
{
  /* What moves under a pointer that stands is reported as its motion, too. */
  if (ABS (x - self->x) < 1 && ABS (y - self->y) < 1)
    return;
  self->x = x;
  self->y = y;
  wait_until_still (self);
}

void
xs_kiosk_mode_set_hide_pointer (XsKioskMode *self, gboolean hide)
{
  if (self->hide_pointer == hide)
    return;
  self->hide_pointer = hide;
  wait_until_still (self);
}

static void
destroy_cover (gpointer cover)
{
  gtk_window_destroy (cover);
}

static void
xs_kiosk_mode_dispose (GObject *object)
{
  XsKioskMode *self = XS_KIOSK_MODE (object);

  g_clear_handle_id (&self->hide_id, g_source_remove);
  g_clear_handle_id (&self->grant_id, g_source_remove);
  g_clear_pointer (&self->covers, g_hash_table_unref);
  g_clear_object (&self->monitors);
  G_OBJECT_CLASS (xs_kiosk_mode_parent_class)->dispose (object);
}

static void
xs_kiosk_mode_class_init (XsKioskModeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_kiosk_mode_dispose;
}

static void
xs_kiosk_mode_init (XsKioskMode *self)
{
  self->covers = g_hash_table_new_full (NULL, NULL, g_object_unref, destroy_cover);
}

XsKioskMode *
xs_kiosk_mode_new (GtkWindow *window, XsKioskPlace place)
{
  XsKioskMode *self = g_object_new (XS_TYPE_KIOSK_MODE, NULL);
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->window = window;
  gtk_event_controller_set_propagation_phase (motion, GTK_PHASE_CAPTURE);
  g_signal_connect_object (motion, "motion", G_CALLBACK (on_motion), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (window), motion);
  if (place == XS_KIOSK_PLACE_WINDOW)
    return self;

  GtkEventController *keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key_pressed), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (window), keys);
  if (place == XS_KIOSK_PLACE_SESSION)
    return self;
  g_signal_connect_object (window, "realize", G_CALLBACK (on_realize), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (window, "notify::is-active", G_CALLBACK (on_active), self, G_CONNECT_SWAPPED);
  return self;
}
