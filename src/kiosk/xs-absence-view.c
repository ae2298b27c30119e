/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-absence-view.h"

#include <glib/gi18n.h>

#include "xs-study-text.h"
#include "xs-update.h"

struct _XsAbsenceView {
  AdwBin parent_instance;

  GtkLabel *seconds;
  GtkProgressBar *bar;
  GtkImage *icon;
  GtkLabel *how_to_stay;
  GtkLabel *how_in_words;
};

G_DEFINE_FINAL_TYPE (XsAbsenceView, xs_absence_view, ADW_TYPE_BIN)

void
xs_absence_view_update (XsAbsenceView *self, const XsStudyStatus *status)
{
  const XsLadder *ladder = &status->ladder;
  gboolean counts_down = status->phase == XS_STUDY_STUDYING && ladder->rung == XS_RUNG_SIGN_OUT;

  gtk_widget_set_visible (GTK_WIDGET (self), counts_down);
  if (!counts_down)
    return;
  XsAdvice advice = xs_text_threat (ladder->reason);
  g_autofree char *seconds = xs_text_ladder (ladder);
  xs_update_label (self->seconds, seconds);
  xs_update_bar (self->bar, (double) ladder->left_us / (double) MAX (ladder->whole_us, 1));
  xs_update_icon (self->icon, advice.icon_name);
  xs_update_label (self->how_to_stay, advice.title);
  xs_update_label (self->how_in_words, advice.what_to_do);
}

static void
xs_absence_view_class_init (XsAbsenceViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-absence-view.ui");
  gtk_widget_class_bind_template_child (widget_class, XsAbsenceView, seconds);
  gtk_widget_class_bind_template_child (widget_class, XsAbsenceView, bar);
  gtk_widget_class_bind_template_child (widget_class, XsAbsenceView, icon);
  gtk_widget_class_bind_template_child (widget_class, XsAbsenceView, how_to_stay);
  gtk_widget_class_bind_template_child (widget_class, XsAbsenceView, how_in_words);
}

static void
xs_absence_view_init (XsAbsenceView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
