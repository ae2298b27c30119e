/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-ready-bar.h"

#include <glib/gi18n.h>

#include "xs-update.h"

struct _XsReadyBar {
  AdwBin parent_instance;

  XsReadyCheck *check;
  char *text;
  GtkButton *open;
  GtkImage *icon;
  GtkLabel *line;
};

G_DEFINE_FINAL_TYPE (XsReadyBar, xs_ready_bar, ADW_TYPE_BIN)

const char *
xs_ready_bar_icon (XsReadyState state)
{
  switch (state)
    {
    case XS_READY_OK:
      return "emblem-ok-symbolic";
    case XS_READY_WARNING:
      return "dialog-information-symbolic";
    case XS_READY_NOT:
      return "dialog-warning-symbolic";
    case XS_READY_UNKNOWN:
    default:
      return "content-loading-symbolic";
    }
}

static guint
count (XsReadyCheck *check, XsReadyState state, XsReadyKind *first)
{
  guint n = 0;

  for (guint i = 0; i < XS_READY_N_KINDS; i++)
    if (xs_ready_check_get_item (check, (XsReadyKind) i)->state == state && n++ == 0)
      *first = (XsReadyKind) i;
  return n;
}

static char *
line_text (XsReadyCheck *check, XsReadyState state)
{
  XsReadyKind first = XS_READY_CAMERA;
  guint n = count (check, state, &first);
  const char *title = xs_ready_title (first);
  const char *line = xs_ready_check_get_item (check, first)->line;

  switch (state)
    {
    case XS_READY_OK:
      return g_strdup (_ ("This PC is ready"));
    case XS_READY_WARNING:
      return n == 1 ? g_strdup_printf (_ ("This PC is ready · %s: %s"), title, line)
                    : g_strdup_printf (_ ("This PC is ready · %s: %s, and %u more"), title, line, n - 1);
    case XS_READY_NOT:
      return n == 1 ? g_strdup_printf (_ ("This PC is not ready · %s: %s"), title, line)
                    : g_strdup_printf (_ ("This PC is not ready · %s: %s, and %u more"), title, line, n - 1);
    case XS_READY_UNKNOWN:
    default:
      return g_strdup (_ ("This PC is being checked…"));
    }
}

static void
update (XsReadyBar *self)
{
  XsReadyState state = xs_ready_check_get_state (self->check);
  g_autofree char *text = line_text (self->check, state);

  xs_update_icon (self->icon, xs_ready_bar_icon (state));
  xs_update_class (self, "attention", state == XS_READY_NOT);
  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  gtk_label_set_text (self->line, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->open), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/* Before somebody has typed the number it is known whether there is any sense in it. */
static gboolean
on_event (XsReadyBar *self, GdkEvent *event)
{
  GdkEventType type = gdk_event_get_event_type (event);

  if (type == GDK_KEY_PRESS || type == GDK_BUTTON_PRESS || type == GDK_TOUCH_BEGIN)
    xs_ready_check_run (self->check, FALSE);
  return GDK_EVENT_PROPAGATE;
}

static void
on_page_shown (XsReadyBar *self, GParamSpec *pspec, GtkWidget *page)
{
  gtk_widget_set_visible (GTK_WIDGET (self), gtk_widget_get_visible (page));
}

void
xs_ready_bar_set_check (XsReadyBar *self, XsReadyCheck *check, GtkWidget *page)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  self->check = g_object_ref (check);
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_object (events, "event", G_CALLBACK (on_event), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (page, events);
  g_signal_connect_object (page, "notify::visible", G_CALLBACK (on_page_shown), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (check, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  on_page_shown (self, NULL, page);
  update (self);
}

static void
xs_ready_bar_dispose (GObject *object)
{
  XsReadyBar *self = XS_READY_BAR (object);

  g_clear_object (&self->check);
  g_clear_pointer (&self->text, g_free);
  G_OBJECT_CLASS (xs_ready_bar_parent_class)->dispose (object);
}

static void
xs_ready_bar_class_init (XsReadyBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_ready_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-ready-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, XsReadyBar, open);
  gtk_widget_class_bind_template_child (widget_class, XsReadyBar, icon);
  gtk_widget_class_bind_template_child (widget_class, XsReadyBar, line);
}

static void
xs_ready_bar_init (XsReadyBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
