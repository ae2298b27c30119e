/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-coach-page.h"

#include <glib/gi18n.h>

#include "xs-update.h"

struct _XsCoachPage {
  AdwBin parent_instance;

  XsStudy *study;
  GtkLabel *heading;
  GtkLabel *message;
  GtkLabel *explanation;
  GtkBox *form;
  GtkEntry *coach;
  GtkPasswordEntry *password;
  GtkButton *try_again;
  GtkButton *let_in;
};

G_DEFINE_FINAL_TYPE (XsCoachPage, xs_coach_page, ADW_TYPE_BIN)

static void
on_cancel (XsCoachPage *self)
{
  xs_study_cancel_sign_in (self->study);
}

static void
on_try_again (XsCoachPage *self)
{
  xs_study_try_again (self->study);
}

static void
on_let_in (XsCoachPage *self)
{
  g_autofree char *password = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->password)));

  gtk_editable_set_text (GTK_EDITABLE (self->password), "");
  xs_study_admit (self->study, gtk_editable_get_text (GTK_EDITABLE (self->coach)), password);
  memset (password, 0, strlen (password));
}

static void
on_next (XsCoachPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
}

void
xs_coach_page_set_study (XsCoachPage *self, XsStudy *study)
{
  self->study = g_object_ref (study);
}

void
xs_coach_page_update (XsCoachPage *self, const XsStudyStatus *status)
{
  gboolean may_try = status->tries_left > 0;
  g_autofree char *again = g_strdup_printf (
    ngettext ("You can try %u more time. Sit facing the light, take off mask and hat, and look into the camera.",
              "You can try %u more times. Sit facing the light, take off mask and hat, and look into the camera.",
              status->tries_left),
    status->tries_left);

  xs_update_label (self->heading, may_try ? _ ("The face check did not succeed") : _ ("Please ask your coach"));
  xs_update_label (self->message, status->error_message != NULL ? status->error_message : "");
  xs_update_label (self->explanation,
                   may_try ? again
                           : _ ("The coach looks at the student and can let them in with the staff password. The logs "
                                "of the session say so, and it counts once a person has compared the photos."));
  gtk_widget_set_visible (GTK_WIDGET (self->form), !may_try);
  gtk_widget_set_visible (GTK_WIDGET (self->let_in), !may_try);
  gtk_widget_set_visible (GTK_WIDGET (self->try_again), may_try);
}

void
xs_coach_page_enter (XsCoachPage *self)
{
  XsStudyStatus status;

  xs_study_get_status (self->study, &status);
  xs_coach_page_update (self, &status);
  gtk_editable_set_text (GTK_EDITABLE (self->coach), "");
  gtk_editable_set_text (GTK_EDITABLE (self->password), "");
  gtk_widget_grab_focus (status.tries_left > 0 ? GTK_WIDGET (self->try_again) : GTK_WIDGET (self->coach));
}

static void
xs_coach_page_dispose (GObject *object)
{
  g_clear_object (&XS_COACH_PAGE (object)->study);
  G_OBJECT_CLASS (xs_coach_page_parent_class)->dispose (object);
}

static void
xs_coach_page_class_init (XsCoachPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_coach_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-coach-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsCoachPage, heading);
  gtk_widget_class_bind_template_child (widget_class, XsCoachPage, message);
  gtk_widget_class_bind_template_child (widget_class, XsCoachPage, explanation);
  gtk_widget_class_bind_template_child (widget_class, XsCoachPage, form);
  gtk_widget_class_bind_template_child (widget_class, XsCoachPage, coach);
  gtk_widget_class_bind_template_child (widget_class, XsCoachPage, password);
  gtk_widget_class_bind_template_child (widget_class, XsCoachPage, try_again);
  gtk_widget_class_bind_template_child (widget_class, XsCoachPage, let_in);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_try_again);
  gtk_widget_class_bind_template_callback (widget_class, on_let_in);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
}

static void
xs_coach_page_init (XsCoachPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
