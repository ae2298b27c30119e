/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-look.h"

/* One rem of the style sheets is this size of type. */
#define FONT "Noto Sans CJK SC 12"

void
xs_look_set_up (gboolean dark)
{
  g_object_set (gtk_settings_get_default (), "gtk-font-name", FONT, "gtk-enable-animations", FALSE, NULL);
  if (dark)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
}

static void
focus_default (GtkWindow *dialog)
{
  GtkWidget *button = gtk_window_get_default_widget (dialog);

  if (button != NULL)
    gtk_widget_grab_focus (button);
}

void
xs_look_present_dialog (AdwMessageDialog *dialog)
{
  g_signal_connect (dialog, "notify::default-widget", G_CALLBACK (focus_default), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
  focus_default (GTK_WINDOW (dialog));
}
