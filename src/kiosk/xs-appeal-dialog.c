/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-appeal-dialog.h"

#include <glib/gi18n.h>

/* Of Chinese, three bytes each: no keyboard of a kiosk writes longer ones. */
#define COMMENT_MAX_CHARS (XS_APPEAL_COMMENT_MAX_BYTES / 3)

typedef struct {
  GtkCheckButton *reasons[XS_N_APPEALS];
  GtkEditable *comment;
  XsAppealFunc func;
  GWeakRef owner;
} Dialog;

static void
free_dialog (gpointer data)
{
  Dialog *self = data;

  g_weak_ref_clear (&self->owner);
  g_free (self);
}

/* One line, as long as the protocol takes it. */
static char *
take_comment (const char *text)
{
  g_autofree char *line = g_utf8_make_valid (text, -1);
  const char *end;

  g_strdelimit (line, "\t\n\r\f\v", ' ');
  g_strstrip (line);
  if (strlen (line) > XS_APPEAL_COMMENT_MAX_BYTES)
    line[XS_APPEAL_COMMENT_MAX_BYTES] = '\0';
  if (!g_utf8_validate (line, -1, &end))
    line[end - line] = '\0';
  return g_steal_pointer (&line);
}

static void
on_response (GtkWidget *dialog, const char *response, gpointer data)
{
  Dialog *self = data;
  g_autoptr (GObject) owner = g_weak_ref_get (&self->owner);

  if (owner == NULL || !g_str_equal (response, "send"))
    return;
  for (guint i = 0; i < XS_N_APPEALS; i++)
    {
      if (!gtk_check_button_get_active (self->reasons[i]))
        continue;
      g_autofree char *comment = take_comment (gtk_editable_get_text (self->comment));
      self->func ((XsAppealReason) i, comment, owner);
      return;
    }
}

static GtkWidget *
make_reasons (Dialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  for (guint i = 0; i < XS_N_APPEALS; i++)
    {
      GtkWidget *button = gtk_check_button_new_with_label (xs_appeal_title ((XsAppealReason) i));
      self->reasons[i] = GTK_CHECK_BUTTON (button);
      if (i > 0)
        gtk_check_button_set_group (self->reasons[i], self->reasons[0]);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_check_button_set_active (self->reasons[0], TRUE);
  return box;
}

static GtkWidget *
make_content (Dialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16);
  GtkWidget *comment = gtk_entry_new ();

  self->comment = GTK_EDITABLE (comment);
  gtk_entry_set_max_length (GTK_ENTRY (comment), COMMENT_MAX_CHARS);
  gtk_entry_set_activates_default (GTK_ENTRY (comment), TRUE);
  gtk_entry_set_placeholder_text (GTK_ENTRY (comment), _ ("A comment, if you like"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (comment), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("A comment, if you like"),
                                  -1);
  gtk_widget_add_css_class (box, "appeal");
  gtk_box_append (GTK_BOX (box), make_reasons (self));
  gtk_box_append (GTK_BOX (box), comment);
  return box;
}

void
xs_appeal_dialog_show (GtkWindow *parent, XsAppealFunc func, GObject *owner)
{
  Dialog *self = g_new0 (Dialog, 1);
  GtkWidget *dialog = adw_message_dialog_new (parent, _ ("Appeal to the coach"),
                                              _ ("What should the coach know? There is one appeal for each log."));
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  self->func = func;
  g_weak_ref_init (&self->owner, owner);
  adw_message_dialog_set_extra_child (message, make_content (self));
  adw_message_dialog_add_responses (message, "cancel", _ ("Cancel"), "send", _ ("Send"), NULL);
  adw_message_dialog_set_response_appearance (message, "send", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "send");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), self);
  g_object_set_data_full (G_OBJECT (dialog), "xs-appeal", self, free_dialog);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (GTK_WIDGET (self->reasons[0]));
}
