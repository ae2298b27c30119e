/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-staff-context.h"

#include <glib/gi18n.h>

#include "xs-error.h"
#include "xs-update.h"

/* Between what is scrolled to and the edge. */
#define SCROLL_MARGIN_PX 12

XsStaffContext *
xs_staff_context_new (const XsOptions *options, XsStore *store, XsSync *sync)
{
  XsStaffContext *context = g_atomic_rc_box_new0 (XsStaffContext);

  context->options = options;
  context->store = g_object_ref (store);
  context->sync = g_object_ref (sync);
  return context;
}

void
xs_staff_context_set_study (XsStaffContext *context, XsStudy *study, XsReadyCheck *check)
{
  g_set_object (&context->study, study);
  g_set_object (&context->check, check);
}

XsStaffContext *
xs_staff_context_ref (XsStaffContext *context)
{
  return g_atomic_rc_box_acquire (context);
}

static void
context_clear (gpointer data)
{
  XsStaffContext *context = data;

  g_clear_object (&context->check);
  g_clear_object (&context->study);
  g_clear_object (&context->sync);
  g_clear_object (&context->store);
}

void
xs_staff_context_unref (XsStaffContext *context)
{
  g_atomic_rc_box_release_full (context, context_clear);
}

GtkBox *
xs_staff_part_new (AdwBin *part, const char *title, const char *intro)
{
  GtkWidget *scroll = gtk_scrolled_window_new ();
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *heading = gtk_label_new (title);
  GtkWidget *text = gtk_label_new (intro);

  gtk_widget_add_css_class (column, "staff-part");
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading-large");
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_widget_add_css_class (text, "body-large");
  gtk_box_append (GTK_BOX (column), heading);
  gtk_box_append (GTK_BOX (column), text);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), column);
  adw_bin_set_child (part, scroll);
  return GTK_BOX (column);
}

void
xs_staff_add_title (GtkBox *column, const char *title)
{
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "lead");
  gtk_box_append (column, label);
}

GtkListBox *
xs_staff_add_list (GtkBox *column, const char *title)
{
  GtkWidget *list = gtk_list_box_new ();

  if (title != NULL)
    {
      xs_staff_add_title (column, title);
      gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
    }
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_add_css_class (list, "rows-large");
  gtk_box_append (column, list);
  return GTK_LIST_BOX (list);
}

AdwActionRow *
xs_staff_add_row (GtkListBox *list, const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_list_box_append (list, row);
  return ADW_ACTION_ROW (row);
}

GtkLabel *
xs_staff_add_fact (GtkListBox *list, const char *title)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *name = gtk_label_new (title);
  GtkWidget *value = gtk_label_new (NULL);

  gtk_widget_add_css_class (grid, "fact-row");
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_yalign (GTK_LABEL (name), 0);
  gtk_label_set_wrap (GTK_LABEL (name), TRUE);
  gtk_widget_add_css_class (name, "fact-name");
  gtk_label_set_xalign (GTK_LABEL (value), 0);
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_yalign (GTK_LABEL (value), 0);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, title, -1);
  /* In every row as wide, so that what they say stands in one column. */
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_attach (GTK_GRID (grid), name, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), value, 1, 0, 2, 1);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), grid);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  /* Nothing can be done with it: whoever goes by Tab is on the way to what can. */
  gtk_widget_set_can_focus (row, FALSE);
  gtk_list_box_append (list, row);
  return GTK_LABEL (value);
}

AdwEntryRow *
xs_staff_add_entry (GtkListBox *list, const char *title)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (row))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_list_box_append (list, row);
  return ADW_ENTRY_ROW (row);
}

GtkBox *
xs_staff_add_line (GtkBox *column)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (line, "staff-line");
  gtk_box_append (column, line);
  return GTK_BOX (line);
}

GtkButton *
xs_staff_add_button (GtkBox *column, const char *label, GCallback clicked, gpointer part)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "secondary");
  g_signal_connect_object (button, "clicked", clicked, part, G_CONNECT_SWAPPED);
  gtk_box_append (column, button);
  return GTK_BUTTON (button);
}

GtkLabel *
xs_staff_add_result (GtkBox *column, const char *description)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (label, "lead");
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  gtk_widget_set_visible (label, FALSE);
  gtk_box_append (column, label);
  return GTK_LABEL (label);
}

/* Once it has its place: the column is longer than a screen, and an answer below its edge is none. */
static void
scroll_to (GtkWidget *result, GdkFrameClock *clock)
{
  GtkWidget *viewport = gtk_widget_get_ancestor (result, GTK_TYPE_VIEWPORT);
  graphene_rect_t bounds;

  g_signal_handlers_disconnect_by_func (clock, scroll_to, result);
  if (viewport == NULL || !gtk_widget_compute_bounds (result, viewport, &bounds))
    return;
  GtkAdjustment *scrolled = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (viewport));
  double top = gtk_adjustment_get_value (scrolled) + bounds.origin.y;
  gtk_adjustment_clamp_page (scrolled, top - SCROLL_MARGIN_PX, top + bounds.size.height + SCROLL_MARGIN_PX);
}

void
xs_staff_set_result (GtkLabel *result, gboolean failed, const char *text)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (result));

  if (clock != NULL && text != NULL && g_strcmp0 (text, gtk_label_get_text (result)) != 0)
    {
      g_signal_handlers_disconnect_by_func (clock, scroll_to, result);
      g_signal_connect_object (clock, "after-paint", G_CALLBACK (scroll_to), result, G_CONNECT_SWAPPED);
    }
  gtk_widget_set_visible (GTK_WIDGET (result), text != NULL);
  xs_update_label (result, text != NULL ? text : "");
  xs_update_class (result, "failed", failed);
}

const char *
xs_staff_exchange_text (const GError *error)
{
  switch (xs_error_code (error))
    {
    case XS_ERROR_NETWORK:
      return _ ("The platform cannot be reached. Check the network cable and the address.");
    case XS_ERROR_UNAUTHORIZED:
      return _ ("The platform does not know this kiosk any more: pair it again");
    case XS_ERROR_REJECTED:
      return _ ("The platform refused something. “Unsent work” says what.");
    case XS_ERROR_NO_SPACE:
      return _ ("The disk of this PC is full. Make space on it.");
    case XS_ERROR_TOO_NEW:
      return _ ("The platform is newer than this kiosk. Install the newest version of Xueshi.");
    case XS_ERROR_NOT_FOUND:
      return _ ("Not connected to a school");
    default:
      return _ ("The exchange went wrong. Tell whoever looks after the platform; “Messages” has the details.");
    }
}
