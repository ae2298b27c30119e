/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-staff-page.h"

#include <glib/gi18n.h>

#include "xs-staff-gate.h"
#include "xs-update.h"

/* Nobody leaves this page open for the next student. */
#define SHUT_AFTER_S 180

typedef struct {
  const char *title;
  GtkWidget *(*make) (XsStaffContext *context);
} Part;

static const Part parts[] = {
  { N_ ("School"), xs_staff_school_new },   { N_ ("Camera"), xs_staff_camera_new },
  { N_ ("Sound"), xs_staff_sound_new },     { N_ ("Unsent work"), xs_staff_unsent_new },
  { N_ ("Policy"), xs_staff_policy_new },   { N_ ("Messages"), xs_staff_log_new },
  { N_ ("This PC"), xs_staff_machine_new },
};

struct _XsStaffPage {
  AdwBin parent_instance;

  guint shut_id;
  gint64 last_event_us; /* monotonic */
  GtkStack *stack;
  XsStaffGate *gate;
  GtkWidget *inside;
  GtkBox *menu;
  GtkStack *shown;
  guint current; /* of parts */
  GtkWidget *buttons[G_N_ELEMENTS (parts)];
  GtkWidget *widgets[G_N_ELEMENTS (parts)];
};

enum {
  SIGNAL_PAIRED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsStaffPage, xs_staff_page, ADW_TYPE_BIN)

/* Assistive technology reads what is visible, also on pages of a GtkStack that are not shown. */
static void
show_only (GtkStack *stack, GtkWidget *shown)
{
  gtk_widget_set_visible (shown, TRUE);
  gtk_stack_set_visible_child (stack, shown);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (stack)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_visible (child, child == shown);
}

static void
show_part (XsStaffPage *self, guint index)
{
  self->current = index;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    xs_update_class (self->buttons[i], "current", i == index);
  show_only (self->shown, self->widgets[index]);
}

static void
on_part (XsStaffPage *self, GtkWidget *button)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (self->buttons[i] == button)
      show_part (self, i);
}

static gboolean
shut_when_idle (gpointer data)
{
  XsStaffPage *self = data;

  if (g_get_monotonic_time () - self->last_event_us < SHUT_AFTER_S * (gint64) G_USEC_PER_SEC)
    return G_SOURCE_CONTINUE;
  self->shut_id = 0;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_event (XsStaffPage *self)
{
  self->last_event_us = g_get_monotonic_time ();
  return GDK_EVENT_PROPAGATE;
}

static void
on_opened (XsStaffPage *self)
{
  show_part (self, 0);
  show_only (self->stack, self->inside);
  gtk_widget_grab_focus (self->buttons[0]);
}

void
xs_staff_page_enter (XsStaffPage *self)
{
  show_only (self->stack, GTK_WIDGET (self->gate));
  xs_staff_gate_enter (self->gate);
  on_event (self);
  if (self->shut_id == 0)
    self->shut_id = g_timeout_add_seconds (1, shut_when_idle, self);
}

void
xs_staff_page_leave (XsStaffPage *self)
{
  g_clear_handle_id (&self->shut_id, g_source_remove);
  show_only (self->stack, GTK_WIDGET (self->gate));
}

static void
on_paired (XsStaffPage *self)
{
  g_signal_emit (self, signals[SIGNAL_PAIRED], 0);
}

void
xs_staff_page_set_context (XsStaffPage *self, XsStaffContext *context)
{
  xs_staff_gate_set_store (self->gate, context->store);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      self->buttons[i] = gtk_button_new_with_label (_ (parts[i].title));
      gtk_widget_add_css_class (self->buttons[i], "staff-menu");
      gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->buttons[i]))), 0);
      g_signal_connect_object (self->buttons[i], "clicked", G_CALLBACK (on_part), self, G_CONNECT_SWAPPED);
      gtk_box_append (self->menu, self->buttons[i]);
      self->widgets[i] = parts[i].make (context);
      gtk_stack_add_child (self->shown, self->widgets[i]);
    }
  g_signal_connect_object (self->widgets[0], "paired", G_CALLBACK (on_paired), self, G_CONNECT_SWAPPED);
  show_part (self, 0);
}

/* Left of a part is its own name, whatever stands at the same height. */
static gboolean
xs_staff_page_focus (GtkWidget *widget, GtkDirectionType direction)
{
  XsStaffPage *self = XS_STAFF_PAGE (widget);
  gboolean was_in_part = gtk_widget_get_focus_child (GTK_WIDGET (self->shown)) != NULL;
  gboolean moved = GTK_WIDGET_CLASS (xs_staff_page_parent_class)->focus (widget, direction);

  if (moved && direction == GTK_DIR_LEFT && was_in_part
      && gtk_widget_get_focus_child (GTK_WIDGET (self->shown)) == NULL)
    return gtk_widget_grab_focus (self->buttons[self->current]);
  return moved;
}

static void
xs_staff_page_dispose (GObject *object)
{
  g_clear_handle_id (&XS_STAFF_PAGE (object)->shut_id, g_source_remove);
  G_OBJECT_CLASS (xs_staff_page_parent_class)->dispose (object);
}

static void
xs_staff_page_class_init (XsStaffPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_staff_page_dispose;
  widget_class->focus = xs_staff_page_focus;
  signals[SIGNAL_PAIRED] =
    g_signal_new ("paired", XS_TYPE_STAFF_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (XS_TYPE_STAFF_GATE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-staff-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsStaffPage, stack);
  gtk_widget_class_bind_template_child (widget_class, XsStaffPage, gate);
  gtk_widget_class_bind_template_child (widget_class, XsStaffPage, inside);
  gtk_widget_class_bind_template_child (widget_class, XsStaffPage, menu);
  gtk_widget_class_bind_template_child (widget_class, XsStaffPage, shown);
  gtk_widget_class_bind_template_callback (widget_class, on_opened);
}

static void
xs_staff_page_init (XsStaffPage *self)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (events, "event", G_CALLBACK (on_event), self);
  gtk_widget_add_controller (GTK_WIDGET (self), events);
  show_only (self->stack, GTK_WIDGET (self->gate));
}
