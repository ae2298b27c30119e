/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-consent-page.h"

#include <glib/gi18n.h>

#include "xs-consent.h"

struct _XsConsentPage {
  AdwBin parent_instance;

  XsStudy *study;
  GtkLabel *heading;
  GtkGrid *text;
  GtkCheckButton *tick;
  GtkLabel *tick_text;
  GtkButton *agree;
};

G_DEFINE_FINAL_TYPE (XsConsentPage, xs_consent_page, ADW_TYPE_BIN)

static void
on_tick (XsConsentPage *self)
{
  gboolean ticked = gtk_check_button_get_active (self->tick);

  gtk_widget_set_sensitive (GTK_WIDGET (self->agree), ticked);
  /* Where Return would untick it again. */
  if (ticked)
    gtk_widget_grab_focus (GTK_WIDGET (self->agree));
}

static void
on_agree (XsConsentPage *self)
{
  if (gtk_check_button_get_active (self->tick))
    xs_study_give_consent (self->study);
}

static void
on_decline (XsConsentPage *self)
{
  xs_study_decline_consent (self->study);
}

void
xs_consent_page_set_study (XsConsentPage *self, XsStudy *study)
{
  self->study = g_object_ref (study);
}

void
xs_consent_page_enter (XsConsentPage *self)
{
  XsStudyStatus status;

  xs_study_get_status (self->study, &status);
  g_autofree char *heading =
    g_strdup_printf (_ ("%s, before the camera is turned on"), status.learner != NULL ? status.learner->name : "");
  gtk_label_set_text (self->heading, heading);
  gtk_check_button_set_active (self->tick, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->tick));
}

static void
add_text (XsConsentPage *self, guint row, int column, const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, column == 1);
  gtk_widget_add_css_class (label, style);
  gtk_grid_attach (self->text, label, column, (int) row, 1, 1);
}

static void
xs_consent_page_dispose (GObject *object)
{
  g_clear_object (&XS_CONSENT_PAGE (object)->study);
  G_OBJECT_CLASS (xs_consent_page_parent_class)->dispose (object);
}

static void
xs_consent_page_class_init (XsConsentPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_consent_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-consent-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsConsentPage, heading);
  gtk_widget_class_bind_template_child (widget_class, XsConsentPage, text);
  gtk_widget_class_bind_template_child (widget_class, XsConsentPage, tick);
  gtk_widget_class_bind_template_child (widget_class, XsConsentPage, tick_text);
  gtk_widget_class_bind_template_child (widget_class, XsConsentPage, agree);
  gtk_widget_class_bind_template_callback (widget_class, on_tick);
  gtk_widget_class_bind_template_callback (widget_class, on_agree);
  gtk_widget_class_bind_template_callback (widget_class, on_decline);
}

static void
xs_consent_page_init (XsConsentPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < XS_CONSENT_ITEMS; i++)
    {
      XsConsentItem item = xs_consent_item (i);
      add_text (self, i, 0, item.question, "question");
      add_text (self, i, 1, item.answer, "answer");
    }
  gtk_label_set_text (self->tick_text, xs_consent_tick ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->tick), GTK_ACCESSIBLE_PROPERTY_LABEL, xs_consent_tick (), -1);
}
