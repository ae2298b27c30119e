/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-look.h"

#include <locale.h>

/* One rem of the style sheets is this size of type. */
#define FONT "Noto Sans CJK SC 12"

/*
 * Quotation marks and apostrophes of a Chinese font are as wide as its characters; in Latin text they must not be. What
 * the course says is Chinese all the same.
 */
static void
narrow_punctuation (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_data (provider,
                                   "* { font-feature-settings: \"pwid\"; }"
                                   ".subtitle, .quiz * { font-feature-settings: normal; }",
                                   -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

void
xs_look_set_up (gboolean dark)
{
  g_object_set (gtk_settings_get_default (), "gtk-font-name", FONT, "gtk-enable-animations", FALSE, NULL);
  if (!g_str_has_prefix (setlocale (LC_MESSAGES, NULL), "zh"))
    narrow_punctuation ();
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

AdwMessageDialog *
xs_look_ask (GtkWindow *parent, const char *heading, const char *body, const char *stay, const char *go)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, heading, body));

  adw_message_dialog_add_responses (dialog, "stay", stay, "go", go, NULL);
  adw_message_dialog_set_response_appearance (dialog, "go", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "stay");
  adw_message_dialog_set_close_response (dialog, "stay");
  xs_look_present_dialog (dialog);
  return dialog;
}
