/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-scan-page.h"

#include <glib/gi18n.h>

#include "xs-camera-view.h"
#include "xs-update.h"

struct _XsScanPage {
  AdwBin parent_instance;

  XsStudy *study;
  XsCameraView *camera;
  GtkBox *instruction_box;
  GtkImage *icon;
  GtkLabel *instruction;
  GtkLabel *explanation;
};

G_DEFINE_FINAL_TYPE (XsScanPage, xs_scan_page, ADW_TYPE_BIN)

static void
on_cancel (XsScanPage *self)
{
  xs_study_cancel_sign_in (self->study);
}

void
xs_scan_page_set_study (XsScanPage *self, XsStudy *study)
{
  self->study = g_object_ref (study);
  xs_camera_view_set_camera (self->camera, xs_study_get_camera (study));
  xs_camera_view_set_target (self->camera, XS_CAMERA_TARGET_CARD);
}

void
xs_scan_page_update (XsScanPage *self, const XsStudyStatus *status)
{
  gboolean is_wrong = status->error_message != NULL;

  xs_update_icon (self->icon, is_wrong ? "dialog-warning-symbolic" : "camera-web-symbolic");
  xs_update_label (self->instruction, is_wrong ? _ ("This does not work") : _ ("Hold your card to the camera"));
  xs_update_label (self->explanation, is_wrong ? status->error_message
                                               : _ ("The square code must fill the frame. Only the card is read: no "
                                                    "picture is kept, and no face is looked for."));
  xs_update_class (self->instruction_box, "attention", is_wrong);
  xs_camera_view_update (self->camera, status);
}

static void
xs_scan_page_dispose (GObject *object)
{
  g_clear_object (&XS_SCAN_PAGE (object)->study);
  G_OBJECT_CLASS (xs_scan_page_parent_class)->dispose (object);
}

static void
xs_scan_page_class_init (XsScanPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_scan_page_dispose;
  g_type_ensure (XS_TYPE_CAMERA_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-scan-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsScanPage, camera);
  gtk_widget_class_bind_template_child (widget_class, XsScanPage, instruction_box);
  gtk_widget_class_bind_template_child (widget_class, XsScanPage, icon);
  gtk_widget_class_bind_template_child (widget_class, XsScanPage, instruction);
  gtk_widget_class_bind_template_child (widget_class, XsScanPage, explanation);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
xs_scan_page_init (XsScanPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
