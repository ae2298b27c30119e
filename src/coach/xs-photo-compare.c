/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-photo-compare.h"

#include <glib/gi18n.h>

#include "xs-check-list.h"
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

void
xs_photo_compare_show (XsPhotoCompare *self, const XsPhotoShown *photo)
{
  g_autoptr (GArray) checks = NULL;

  g_return_if_fail (XS_IS_PHOTO_COMPARE (self));

  if (photo != NULL && photo->measured != NULL)
    checks = xs_photo_checks_new (photo->measured, photo->limits);
  else
    checks = xs_photo_checks_array_new ();
  xs_check_list_fill (self->checks, checks);
  if (photo == NULL)
    {
      gtk_label_set_text (self->title, "");
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), NULL);
      gtk_widget_set_visible (GTK_WIDGET (self->no_checks), FALSE);
      xs_photo_pane_set (self->photo, NULL, NULL, _ ("No photo was taken."), _ ("Photo"));
      return;
    }
  gtk_label_set_text (self->title, photo->title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), photo->title);
  xs_photo_pane_set (self->photo, photo->texture, photo->drawn, photo->missing, photo->title);
  gtk_widget_set_visible (GTK_WIDGET (self->no_checks), photo->measured == NULL);
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
