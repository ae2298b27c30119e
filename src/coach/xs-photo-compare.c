/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-photo-compare.h"

#include <glib/gi18n.h>

#include "xs-photo-checks.h"
#include "xs-photo-pane.h"

struct _XsPhotoCompare {
  AdwBin parent_instance;

  XsPhotoPane *photo;
  XsPhotoPane *registration;
  GtkLabel *title;
  GtkListBox *checks;
  GtkLabel *no_checks;
  GtkToggleButton *measured;
};

G_DEFINE_FINAL_TYPE (XsPhotoCompare, xs_photo_compare, ADW_TYPE_BIN)

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
add_check (XsPhotoCompare *self, const XsPhotoCheck *check)
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
  gtk_list_box_append (self->checks, row);
}

void
xs_photo_compare_show (XsPhotoCompare *self, const XsPhotoShown *photo)
{
  GtkWidget *row;

  g_return_if_fail (XS_IS_PHOTO_COMPARE (self));

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->checks))) != NULL)
    gtk_list_box_remove (self->checks, row);
  if (photo == NULL)
    {
      gtk_label_set_text (self->title, "");
      gtk_widget_set_visible (GTK_WIDGET (self->no_checks), FALSE);
      xs_photo_pane_set (self->photo, NULL, NULL, _ ("No photo was taken."), _ ("Photo"));
      return;
    }
  gtk_label_set_text (self->title, photo->title);
  xs_photo_pane_set (self->photo, photo->texture, photo->measured, photo->missing, photo->title);
  gtk_widget_set_visible (GTK_WIDGET (self->no_checks), photo->measured == NULL);
  if (photo->measured == NULL)
    return;
  g_autoptr (GArray) checks = xs_photo_checks_new (photo->measured, photo->limits);
  for (guint i = 0; i < checks->len; i++)
    add_check (self, &g_array_index (checks, XsPhotoCheck, i));
}

void
xs_photo_compare_set_registration (XsPhotoCompare *self, GdkTexture *texture, const char *missing)
{
  g_return_if_fail (XS_IS_PHOTO_COMPARE (self));

  xs_photo_pane_set (self->registration, texture, NULL, missing, _ ("Registration photo"));
}

static void
on_measured (XsPhotoCompare *self)
{
  xs_photo_pane_show_measured (self->photo, gtk_toggle_button_get_active (self->measured));
}

void
xs_photo_compare_toggle_measured (XsPhotoCompare *self)
{
  g_return_if_fail (XS_IS_PHOTO_COMPARE (self));

  gtk_toggle_button_set_active (self->measured, !gtk_toggle_button_get_active (self->measured));
}

static void
xs_photo_compare_class_init (XsPhotoCompareClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (XS_TYPE_PHOTO_PANE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-photo-compare.ui");
  gtk_widget_class_bind_template_child (widget_class, XsPhotoCompare, photo);
  gtk_widget_class_bind_template_child (widget_class, XsPhotoCompare, registration);
  gtk_widget_class_bind_template_child (widget_class, XsPhotoCompare, title);
  gtk_widget_class_bind_template_child (widget_class, XsPhotoCompare, checks);
  gtk_widget_class_bind_template_child (widget_class, XsPhotoCompare, no_checks);
  gtk_widget_class_bind_template_child (widget_class, XsPhotoCompare, measured);
  gtk_widget_class_bind_template_callback (widget_class, on_measured);
}

static void
xs_photo_compare_init (XsPhotoCompare *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
