/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-identify-page.h"

#include <glib/gi18n.h>

#include "xs-camera-view.h"
#include "xs-text.h"
#include "xs-update.h"

struct _XsIdentifyPage {
  AdwBin parent_instance;

  XsStudy *study;
  GtkLabel *greeting;
  XsCameraView *camera;
  GtkBox *instruction_box;
  GtkImage *icon;
  GtkLabel *instruction;
  GtkLabel *explanation;
  GtkLabel *time_left;
};

G_DEFINE_FINAL_TYPE (XsIdentifyPage, xs_identify_page, ADW_TYPE_BIN)

static void
on_cancel (XsIdentifyPage *self)
{
  xs_study_cancel_sign_in (self->study);
}

void
xs_identify_page_set_study (XsIdentifyPage *self, XsStudy *study)
{
  self->study = g_object_ref (study);
  xs_camera_view_set_camera (self->camera, xs_study_get_camera (study));
  xs_camera_view_set_target (self->camera, XS_CAMERA_TARGET_FACE);
}

/* What the page is waiting for. */
static XsAdvice
find_advice (const XsStudyStatus *status)
{
  XsAdvice advice = xs_text_guidance (status->guidance);
  gboolean failed = status->error_message != NULL;

  if (status->camera_refused && failed)
    return (XsAdvice){ _ ("This camera cannot be used"), status->error_message, "camera-disabled-symbolic" };
  if (failed)
    return (XsAdvice){ _ ("The camera gives no picture"), _ ("Check that it is plugged in, or tell the staff."),
                       "camera-disabled-symbolic" };
  if (status->face_check_left_us == 0)
    return (XsAdvice){ _ ("One moment, please"), _ ("Your number and your registration photo are being looked up."),
                       "content-loading-symbolic" };
  if (status->turned)
    return xs_text_turned ();
  if (!status->has_face && status->guidance == XS_GUIDANCE_NONE)
    return (XsAdvice){ _ ("Look at the camera"),
                       status->admitted_by != NULL ? _ ("The student alone: whoever is seen now has to stay.")
                                                   : _ ("Your face is compared with your registration photo."),
                       "avatar-default-symbolic" };
  if (status->guidance == XS_GUIDANCE_NONE)
    advice.title = _ ("Hold on, checking…");
  return advice;
}

static char *
find_greeting (const XsStudyStatus *status)
{
  if (status->learner == NULL)
    return g_strdup ("");
  if (status->admitted_by != NULL)
    return g_strdup_printf (_ ("%s, let in by %s"), status->learner->name, status->admitted_by);
  return g_strdup_printf (_ ("Hello, %s"), status->learner->name);
}

void
xs_identify_page_update (XsIdentifyPage *self, const XsStudyStatus *status)
{
  XsAdvice advice = find_advice (status);
  gboolean failed = status->error_message != NULL;
  int left_s = (int) ((status->face_check_left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  g_autofree char *greeting = find_greeting (status);
  g_autofree char *time_left = left_s > 0 ? g_strdup_printf (_ ("%d s left"), left_s) : g_strdup ("");

  xs_update_label (self->time_left, time_left);
  xs_update_label (self->greeting, greeting);
  xs_update_icon (self->icon, advice.icon_name);
  xs_update_label (self->instruction, advice.title);
  xs_update_label (self->explanation, advice.what_to_do);
  gtk_widget_set_visible (GTK_WIDGET (self->explanation), advice.what_to_do[0] != '\0');
  xs_update_class (self->instruction_box, "attention",
                   failed || (!status->turned && status->guidance != XS_GUIDANCE_NONE));
  xs_update_class (self->instruction_box, "turn", !failed && (status->turned || xs_text_is_turn (status->guidance)));
  xs_update_class (self->instruction_box, "turned", !failed && status->turned);
  xs_camera_view_update (self->camera, status);
}

static void
xs_identify_page_dispose (GObject *object)
{
  g_clear_object (&XS_IDENTIFY_PAGE (object)->study);
  G_OBJECT_CLASS (xs_identify_page_parent_class)->dispose (object);
}

static void
xs_identify_page_class_init (XsIdentifyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_identify_page_dispose;
  g_type_ensure (XS_TYPE_CAMERA_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-identify-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsIdentifyPage, greeting);
  gtk_widget_class_bind_template_child (widget_class, XsIdentifyPage, camera);
  gtk_widget_class_bind_template_child (widget_class, XsIdentifyPage, instruction_box);
  gtk_widget_class_bind_template_child (widget_class, XsIdentifyPage, icon);
  gtk_widget_class_bind_template_child (widget_class, XsIdentifyPage, instruction);
  gtk_widget_class_bind_template_child (widget_class, XsIdentifyPage, explanation);
  gtk_widget_class_bind_template_child (widget_class, XsIdentifyPage, time_left);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
xs_identify_page_init (XsIdentifyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
