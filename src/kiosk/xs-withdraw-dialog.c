/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-withdraw-dialog.h"

#include <glib/gi18n.h>

#include "xs-look.h"

typedef struct {
  XsWithdrawFunc func;
  GWeakRef owner;
} Dialog;

static void
free_dialog (gpointer data)
{
  Dialog *self = data;

  g_weak_ref_clear (&self->owner);
  g_free (self);
}

static void
on_response (GtkWidget *dialog, const char *response, gpointer data)
{
  Dialog *self = data;
  g_autoptr (GObject) owner = g_weak_ref_get (&self->owner);

  if (owner != NULL && g_str_equal (response, "go"))
    self->func (owner);
}

void
xs_withdraw_dialog_ask (GtkWindow *parent, XsWithdrawFunc func, GObject *owner)
{
  Dialog *self = g_new0 (Dialog, 1);
  AdwMessageDialog *dialog = xs_look_ask (
    parent, _ ("Take your consent back?"),
    _ ("What was measured of your face is removed from all kiosks of your school, and so are the copies of your photos "
       "on this PC. No camera looks at you any more: to study, your coach has to let you in.\n\nThe hours you have "
       "studied stay. Their photos stay at the school as long as it must keep the proof of them; if you want those "
       "gone as well, ask your school, which then has no proof of your hours either.\n\nYou can agree again when you "
       "sign in."),
    _ ("Cancel"), _ ("Take consent back"));

  self->func = func;
  g_weak_ref_init (&self->owner, owner);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), self);
  g_object_set_data_full (G_OBJECT (dialog), "xs-withdraw", self, free_dialog);
}

void
xs_withdraw_dialog_tell (GtkWindow *parent)
{
  GtkWidget *dialog = adw_message_dialog_new (
    parent, _ ("Your consent is taken back"),
    _ ("No camera looks at your face from now on, and what this PC had measured of it is gone. To study again, "
       "ask your coach to let you in, or agree again."));

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("Go on"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}
