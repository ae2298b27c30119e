/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-check-list.h"

#include "xs-photo-checks.h"

static GtkWidget *
make_label (const char *text, const char *css_class, gboolean expand)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), expand ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), expand ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_hexpand (label, expand);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_check (GtkListBox *list, const XsPhotoCheck *check)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *icon = gtk_image_new_from_icon_name (xs_tone_icon (check->tone));
  g_autofree char *name =
    g_strdup_printf ("%s: %s %s %s", check->title, check->value, check->limit, xs_tone_word (check->tone));

  gtk_widget_add_css_class (line, "check-line");
  gtk_widget_add_css_class (line, xs_tone_class (check->tone));
  gtk_box_append (GTK_BOX (line), icon);
  gtk_box_append (GTK_BOX (line), make_label (check->title, "check-title", TRUE));
  gtk_box_append (GTK_BOX (line), make_label (check->value, "check-value", FALSE));
  gtk_box_append (GTK_BOX (line), make_label (check->limit, "check-limit", FALSE));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), line);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_list_box_append (list, row);
}

void
xs_check_list_fill (GtkListBox *list, const GArray *checks)
{
  GtkWidget *row;

  g_return_if_fail (GTK_IS_LIST_BOX (list));

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, row);
  for (guint i = 0; i < checks->len; i++)
    add_check (list, &g_array_index (checks, XsPhotoCheck, i));
}
