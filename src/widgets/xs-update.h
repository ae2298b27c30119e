/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Setters that do nothing when nothing changes. A status comes ten times a second, and GTK lays the window out and
 * draws it again for every label that is set, be it to what it was.
 */

/** As gtk_label_set_text(), gtk_image_set_from_icon_name() and gtk_button_set_label(). */
void xs_update_label (GtkLabel *label, const char *text);
void xs_update_icon (GtkImage *image, const char *icon_name);
void xs_update_button (GtkButton *button, const char *label);
/** xs_update_bar: @fraction: 0 … 1; drawn again when it differs by what can be seen. */
void xs_update_bar (GtkProgressBar *bar, double fraction);
/** xs_update_class: @widget: GtkWidget; give it the CSS class @name, or take it. */
void xs_update_class (gpointer widget, const char *name, gboolean on);

G_END_DECLS
