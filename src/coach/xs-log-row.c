/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-log-row.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-log-list.h"
#include "xs-review-text.h"
#include "xs-update.h"

/* The parts of a row; belongs to its box. */
typedef struct {
  GtkImage *mark;
  GtkImage *standing;
  GtkLabel *name;
  GtkLabel *time;
  GtkLabel *why;
  GtkLabel *minutes;
  XsStanding shown;
  XsLogItem *item; /* (nullable) */
} Row;

#define ROW_KEY "xs-row"

static GtkWidget *
make_label (const char *css_class, gboolean expand)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), expand ? 0 : 1);
  gtk_widget_set_hexpand (label, expand);
  if (expand)
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
line_of (GtkWidget *first, GtkWidget *second)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_box_append (GTK_BOX (line), first);
  gtk_box_append (GTK_BOX (line), second);
  return line;
}

static void
mark (GtkGesture *gesture, Row *row)
{
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_activate_action (widget, "queue.mark", "s", xs_log_item_get_row (row->item)->log_sha256);
}

static void
on_pressed (GtkGesture *gesture, int n_press, double x, double y, gpointer data)
{
  if ((gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)) & GDK_CONTROL_MASK) != 0)
    mark (gesture, data);
}

static void
on_state_pressed (GtkGesture *gesture, int n_press, double x, double y, gpointer data)
{
  mark (gesture, data);
}

static void
add_press (GtkWidget *widget, GCallback on_press, Row *row)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  g_signal_connect (gesture, "pressed", on_press, row);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));
}

static void
set_up (GtkListItemFactory *factory, GtkListItem *list_item)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *state = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  row->mark = GTK_IMAGE (gtk_image_new_from_icon_name ("object-select-symbolic"));
  row->standing = GTK_IMAGE (gtk_image_new ());
  row->name = GTK_LABEL (make_label ("log-name", TRUE));
  row->time = GTK_LABEL (make_label ("log-time", FALSE));
  row->why = GTK_LABEL (make_label ("log-why", TRUE));
  row->minutes = GTK_LABEL (make_label ("log-minutes", FALSE));
  row->shown = XS_N_STANDINGS;
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->mark), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Marked"), -1);
  gtk_box_append (GTK_BOX (lines), line_of (GTK_WIDGET (row->name), GTK_WIDGET (row->time)));
  gtk_box_append (GTK_BOX (lines), line_of (GTK_WIDGET (row->why), GTK_WIDGET (row->minutes)));
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_box_append (GTK_BOX (state), GTK_WIDGET (row->mark));
  gtk_box_append (GTK_BOX (state), GTK_WIDGET (row->standing));
  gtk_widget_set_tooltip_text (state, _ ("Click here, or Ctrl+click the row, to mark logs that are decided on together "
                                         "(B)"));
  gtk_box_append (GTK_BOX (box), state);
  gtk_box_append (GTK_BOX (box), lines);
  gtk_widget_add_css_class (state, "log-row-state");
  gtk_widget_add_css_class (box, "log-row");
  add_press (state, G_CALLBACK (on_state_pressed), row);
  add_press (box, G_CALLBACK (on_pressed), row);
  g_object_set_data_full (G_OBJECT (box), ROW_KEY, row, g_free);
  gtk_list_item_set_child (list_item, box);
}

static char *
time_text (const XsReviewRow *row)
{
  g_autofree char *from = xs_wall_format (row->start_us, "%H:%M"), *to = xs_wall_format (row->end_us, "%H:%M");

  if (xs_wall_day (row->start_us) == xs_wall_day (xs_clock_wall_us (xs_clock_system ())))
    return g_strdup_printf ("%s–%s", from, to);
  g_autofree char *day = xs_wall_format (row->start_us, "%m-%d");
  return g_strdup_printf ("%s %s–%s", day, from, to);
}

static void
show (Row *row)
{
  const XsReviewRow *log = xs_log_item_get_row (row->item);
  XsStanding standing = xs_standing_of (log->state, log->verdict);
  g_autofree char *time = time_text (log);
  g_autofree char *reasons = xs_review_text_reasons (log->reasons);
  g_autofree char *state = xs_review_text_state (log);
  int minutes = (int) (log->credited_min + log->credited_next_min);
  g_autofree char *counted = standing == XS_STANDING_PENDING
                               ? g_strdup_printf (_ ("%d min"), (int) (log->claimed_s / 60))
                               : g_strdup_printf (_ ("%d of %d min"), minutes, (int) (log->claimed_s / 60));
  gboolean told = log->appealed || log->first_look[0] != '\0' || reasons[0] == '\0';

  xs_update_label (row->name, log->name[0] != '\0' ? log->name : log->stunum);
  xs_update_label (row->time, time);
  xs_update_label (row->why, told ? state : reasons);
  xs_update_label (row->minutes, counted);
  xs_update_icon (row->standing, xs_standing_icon (standing));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->standing), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  xs_standing_word (standing), -1);
  if (row->shown != standing)
    {
      if (row->shown != XS_N_STANDINGS)
        gtk_widget_remove_css_class (GTK_WIDGET (row->standing), xs_standing_class (row->shown));
      gtk_widget_add_css_class (GTK_WIDGET (row->standing), xs_standing_class (standing));
      row->shown = standing;
    }
  gtk_widget_set_visible (GTK_WIDGET (row->mark), xs_log_item_get_marked (row->item));
}

static Row *
row_of (GtkListItem *list_item)
{
  return g_object_get_data (G_OBJECT (gtk_list_item_get_child (list_item)), ROW_KEY);
}

static void
bind (GtkListItemFactory *factory, GtkListItem *list_item)
{
  Row *row = row_of (list_item);

  row->item = gtk_list_item_get_item (list_item);
  g_signal_connect_swapped (row->item, "changed", G_CALLBACK (show), row);
  show (row);
}

static void
unbind (GtkListItemFactory *factory, GtkListItem *list_item)
{
  Row *row = row_of (list_item);

  g_signal_handlers_disconnect_by_func (row->item, show, row);
  row->item = NULL;
}

GtkListItemFactory *
xs_log_row_factory_new (void)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (set_up), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind), NULL);
  return factory;
}
