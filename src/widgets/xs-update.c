/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-update.h"

#include <math.h>

#define SMALLEST_STEP 0.004

void
xs_update_label (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

void
xs_update_icon (GtkImage *image, const char *icon_name)
{
  if (g_strcmp0 (gtk_image_get_icon_name (image), icon_name) != 0)
    gtk_image_set_from_icon_name (image, icon_name);
}

void
xs_update_button (GtkButton *button, const char *label)
{
  if (g_strcmp0 (gtk_button_get_label (button), label) != 0)
    gtk_button_set_label (button, label);
}

void
xs_update_bar (GtkProgressBar *bar, double fraction)
{
  double shown = gtk_progress_bar_get_fraction (bar);

  fraction = CLAMP (fraction, 0, 1);
  if (fabs (fraction - shown) >= SMALLEST_STEP || (fraction == 1) != (shown == 1))
    gtk_progress_bar_set_fraction (bar, fraction);
}

void
xs_update_class (gpointer widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}
