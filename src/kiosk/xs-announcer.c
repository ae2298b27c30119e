/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-announcer.h"

struct _XsAnnouncer {
  GtkWidget parent_instance;

  char *said;
};

G_DEFINE_FINAL_TYPE (XsAnnouncer, xs_announcer, GTK_TYPE_WIDGET)

void
xs_announcer_say (XsAnnouncer *self, const char *text)
{
  g_return_if_fail (XS_IS_ANNOUNCER (self));

  if (g_strcmp0 (self->said, text) == 0)
    return;
  g_free (self->said);
  self->said = g_strdup (text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

void
xs_announcer_listen (XsAnnouncer *self)
{
  g_return_if_fail (XS_IS_ANNOUNCER (self));

  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  if (root != NULL && gtk_root_get_focus (root) == NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
xs_announcer_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = 0;
}

/* It is listened to, and no place to go to by Tab. */
static gboolean
xs_announcer_focus (GtkWidget *widget, GtkDirectionType direction)
{
  return FALSE;
}

static void
xs_announcer_finalize (GObject *object)
{
  g_free (XS_ANNOUNCER (object)->said);
  G_OBJECT_CLASS (xs_announcer_parent_class)->finalize (object);
}

static void
xs_announcer_class_init (XsAnnouncerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = xs_announcer_finalize;
  widget_class->measure = xs_announcer_measure;
  widget_class->focus = xs_announcer_focus;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
xs_announcer_init (XsAnnouncer *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}
