/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-registration-bar.h"

#include <glib/gi18n.h>

#include "xs-registration-checks.h"
#include "xs-update.h"

struct _XsRegistrationBar {
  AdwBin parent_instance;

  GtkWidget *reason_line;
  GtkDropDown *reason;
  GtkEditable *comment;
  GtkWidget *approve;
  GtkWidget *send_back;
  GtkWidget *undo;
  GtkLabel *note;

  GArray *reasons; /* (nullable): XsRegistrationReason */
  gboolean proposing;
  gboolean is_edited; /* reason or comment are no longer what was proposed */
};

enum {
  SIGNAL_ACT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsRegistrationBar, xs_registration_bar, ADW_TYPE_BIN)

void
xs_registration_bar_say (XsRegistrationBar *bar, const char *text, gboolean failed)
{
  g_return_if_fail (XS_IS_REGISTRATION_BAR (bar));

  xs_update_label (bar->note, text);
  if (failed)
    gtk_widget_add_css_class (GTK_WIDGET (bar->note), "failed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (bar->note), "failed");
}

static void
on_reason (XsRegistrationBar *bar)
{
  guint index = gtk_drop_down_get_selected (bar->reason);

  if (bar->reasons != NULL && index < bar->reasons->len)
    gtk_editable_set_text (bar->comment, g_array_index (bar->reasons, XsRegistrationReason, index).advice);
  bar->is_edited = !bar->proposing;
}

static void
on_comment (XsRegistrationBar *bar)
{
  bar->is_edited = !bar->proposing;
}

/* Whether somebody is about to choose or to write. */
static gboolean
is_in_use (XsRegistrationBar *bar)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (bar));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, bar->reason_line);
}

void
xs_registration_bar_set_check (XsRegistrationBar *bar, const XsReviewPhotoCheck *check, gboolean again)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint n_failed;

  g_return_if_fail (XS_IS_REGISTRATION_BAR (bar));

  if (again && (bar->is_edited || is_in_use (bar)))
    return;
  bar->proposing = TRUE;
  g_clear_pointer (&bar->reasons, g_array_unref);
  g_autoptr (GArray) reasons = xs_registration_reasons_new (check, &n_failed);
  for (guint i = 0; i < reasons->len; i++)
    gtk_string_list_append (titles, g_array_index (reasons, XsRegistrationReason, i).title);
  gtk_drop_down_set_model (bar->reason, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (bar->reason, n_failed > 0 ? 0 : reasons->len - 1);
  gtk_editable_set_text (bar->comment, n_failed > 0 ? g_array_index (reasons, XsRegistrationReason, 0).advice : "");
  bar->reasons = g_steal_pointer (&reasons);
  bar->is_edited = FALSE;
  bar->proposing = FALSE;
}

const char *
xs_registration_bar_get_reason (XsRegistrationBar *bar)
{
  g_return_val_if_fail (XS_IS_REGISTRATION_BAR (bar), "");

  guint index = gtk_drop_down_get_selected (bar->reason);
  return bar->reasons != NULL && index < bar->reasons->len
           ? g_array_index (bar->reasons, XsRegistrationReason, index).word
           : "other";
}

const char *
xs_registration_bar_get_comment (XsRegistrationBar *bar)
{
  g_return_val_if_fail (XS_IS_REGISTRATION_BAR (bar), "");

  return gtk_editable_get_text (bar->comment);
}

void
xs_registration_bar_set_may (XsRegistrationBar *bar, const XsRegistrationMay *may)
{
  g_return_if_fail (XS_IS_REGISTRATION_BAR (bar));

  gtk_widget_set_sensitive (bar->approve, may->approve);
  gtk_widget_set_sensitive (bar->send_back, may->send_back);
  gtk_widget_set_sensitive (bar->undo, may->undo);
}

void
xs_registration_bar_open (XsRegistrationBar *bar, gboolean may)
{
  g_return_if_fail (XS_IS_REGISTRATION_BAR (bar));

  gtk_widget_set_visible (bar->reason_line, may);
  gtk_widget_set_visible (bar->approve, may);
  gtk_widget_set_visible (bar->send_back, may);
  gtk_widget_set_visible (bar->undo, may);
  xs_registration_bar_say (bar, may ? "" : _ ("You may look; coaches decide."), FALSE);
}

static void
act (XsRegistrationBar *bar, GtkWidget *button, const char *word)
{
  if (gtk_widget_get_visible (button) && gtk_widget_get_sensitive (button))
    g_signal_emit (bar, signals[SIGNAL_ACT], 0, word);
}

static void
on_approve (XsRegistrationBar *bar)
{
  act (bar, bar->approve, "approve");
}

static void
on_return (XsRegistrationBar *bar)
{
  g_autofree char *comment = g_strstrip (g_strdup (gtk_editable_get_text (bar->comment)));

  if (comment[0] != '\0')
    act (bar, bar->send_back, "return");
  else if (gtk_widget_get_sensitive (bar->send_back))
    {
      xs_registration_bar_say (bar, _ ("Choose or write what has to be different, then press Enter."), FALSE);
      gtk_widget_grab_focus (GTK_WIDGET (bar->comment));
    }
}

static void
on_undo (XsRegistrationBar *bar)
{
  act (bar, bar->undo, "undo");
}

gboolean
xs_registration_bar_key (XsRegistrationBar *bar, guint key)
{
  g_return_val_if_fail (XS_IS_REGISTRATION_BAR (bar), FALSE);

  switch (key)
    {
    case GDK_KEY_1:
    case GDK_KEY_KP_1:
      on_approve (bar);
      return TRUE;
    case GDK_KEY_3:
    case GDK_KEY_KP_3:
      on_return (bar);
      return TRUE;
    case GDK_KEY_u:
    case GDK_KEY_U:
      on_undo (bar);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
xs_registration_bar_finalize (GObject *object)
{
  g_clear_pointer (&XS_REGISTRATION_BAR (object)->reasons, g_array_unref);
  G_OBJECT_CLASS (xs_registration_bar_parent_class)->finalize (object);
}

static void
xs_registration_bar_class_init (XsRegistrationBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = xs_registration_bar_finalize;
  signals[SIGNAL_ACT] = g_signal_new ("act", XS_TYPE_REGISTRATION_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-registration-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationBar, reason_line);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationBar, reason);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationBar, comment);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationBar, approve);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationBar, send_back);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationBar, undo);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationBar, note);
  gtk_widget_class_bind_template_callback (widget_class, on_reason);
  gtk_widget_class_bind_template_callback (widget_class, on_comment);
  gtk_widget_class_bind_template_callback (widget_class, on_approve);
  gtk_widget_class_bind_template_callback (widget_class, on_return);
  gtk_widget_class_bind_template_callback (widget_class, on_undo);
}

static void
xs_registration_bar_init (XsRegistrationBar *bar)
{
  gtk_widget_init_template (GTK_WIDGET (bar));
}
