/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-staff-gate.h"

#include <glib/gi18n.h>
#include <string.h>

#include "xs-update.h"

struct _XsStaffGate {
  AdwBin parent_instance;

  XsStore *store;
  gboolean setting; /* there is no password yet: a new one is asked for */
  gboolean busy;
  gint64 wait_s;
  guint wait_id;
  GtkLabel *explanation;
  GtkPasswordEntry *password;
  GtkPasswordEntry *once_more;
  GtkLabel *message;
  GtkButton *open;
};

enum {
  SIGNAL_OPENED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsStaffGate, xs_staff_gate, ADW_TYPE_BIN)

static void
show_message (XsStaffGate *self, const char *message)
{
  xs_update_label (self->message, message);
  gtk_widget_set_visible (GTK_WIDGET (self->message), *message != '\0');
}

static void
update_open (XsStaffGate *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->open), !self->busy && self->wait_s == 0 && self->store != NULL);
}

static void
clear_entries (XsStaffGate *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->password), "");
  gtk_editable_set_text (GTK_EDITABLE (self->once_more), "");
}

static void
show_wait (XsStaffGate *self)
{
  g_autofree char *text = g_strdup_printf (_ ("Wrong password. The next try is possible in %d s."), (int) self->wait_s);

  show_message (self, text);
}

static gboolean
on_second (gpointer data)
{
  XsStaffGate *self = data;

  if (--self->wait_s > 0)
    {
      show_wait (self);
      return G_SOURCE_CONTINUE;
    }
  self->wait_id = 0;
  show_message (self, _ ("You can try again now."));
  update_open (self);
  return G_SOURCE_REMOVE;
}

static void
begin_wait (XsStaffGate *self, gint64 wait_s)
{
  g_clear_handle_id (&self->wait_id, g_source_remove);
  self->wait_s = wait_s;
  if (wait_s == 0)
    return;
  show_wait (self);
  self->wait_id = g_timeout_add_seconds (1, on_second, self);
}

/* On the store's thread, where the hash takes its time. */

typedef struct {
  char *password;
  gboolean setting;
  gboolean has;
  gboolean is_right;
  gint64 wait_s;
} Try;

static void
try_free (gpointer data)
{
  Try *try = data;

  if (try->password != NULL)
    explicit_bzero (try->password, strlen (try->password));
  g_free (try->password);
  g_free (try);
}

static gboolean
run_try (XsJournal *journal, gpointer data, GError **error)
{
  Try *try = data;

  if (!xs_journal_has_staff_password (journal, &try->has, error))
    return FALSE;
  if (!try->setting)
    return xs_journal_check_staff_password (journal, try->password, &try->is_right, &try->wait_s, error);
  /* Somebody else was quicker: what is there is not overwritten from outside. */
  if (try->has)
    return TRUE;
  try->is_right = TRUE;
  return xs_journal_set_staff_password (journal, try->password, error);
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffGate) self = user_data;
  g_autoptr (GError) error = NULL;
  Try *try = xs_store_get_data (result);
  gboolean tried = xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error);

  self->busy = FALSE;
  if (!tried)
    {
      g_message ("Staff password: %s", error->message);
      show_message (self, _ ("This PC cannot read its records. Restart the kiosk."));
    }
  else if (try->is_right)
    {
      clear_entries (self);
      g_signal_emit (self, signals[SIGNAL_OPENED], 0);
    }
  else
    {
      g_message ("A wrong staff password was tried");
      clear_entries (self);
      show_message (self, _ ("Wrong password."));
      begin_wait (self, try->wait_s);
      gtk_widget_grab_focus (GTK_WIDGET (self->password));
    }
  update_open (self);
}

static void
on_open (XsStaffGate *self)
{
  const char *password = gtk_editable_get_text (GTK_EDITABLE (self->password));

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->open)) || *password == '\0')
    return;
  if (self->setting && g_utf8_strlen (password, -1) < XS_STAFF_PASSWORD_MIN_CHARS)
    {
      g_autofree char *text =
        g_strdup_printf (_ ("The password must have at least %d characters."), XS_STAFF_PASSWORD_MIN_CHARS);
      show_message (self, text);
      return;
    }
  if (self->setting && *gtk_editable_get_text (GTK_EDITABLE (self->once_more)) == '\0')
    {
      show_message (self, "");
      gtk_widget_grab_focus (GTK_WIDGET (self->once_more));
      return;
    }
  if (self->setting && !g_str_equal (password, gtk_editable_get_text (GTK_EDITABLE (self->once_more))))
    {
      show_message (self, _ ("The two are not the same. Type both again."));
      return;
    }
  Try *try = g_new0 (Try, 1);
  try->password = g_strdup (password);
  try->setting = self->setting;
  self->busy = TRUE;
  show_message (self, "");
  update_open (self);
  xs_store_submit (self->store, run_try, try, try_free, on_tried, g_object_ref (self));
}

static gboolean
look (XsJournal *journal, gpointer data, GError **error)
{
  Try *try = data;

  return xs_journal_has_staff_password (journal, &try->has, error);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffGate) self = user_data;
  g_autoptr (GError) error = NULL;
  const Try *try = xs_store_get_data (result);

  self->busy = FALSE;
  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    {
      g_message ("Staff password: %s", error->message);
      show_message (self, _ ("This PC cannot read its records. Restart the kiosk."));
      return;
    }
  self->setting = !try->has;
  gtk_widget_set_visible (GTK_WIDGET (self->once_more), self->setting);
  g_autofree char *explanation =
    self->setting
      ? g_strdup_printf (_ ("This kiosk has no staff password yet. Choose one of at least %d characters and "
                            "keep it: it opens this page, and lets a student in whose face cannot be "
                            "checked."),
                         XS_STAFF_PASSWORD_MIN_CHARS)
      : g_strdup (_ ("This page is for the staff of the school."));
  xs_update_label (self->explanation, explanation);
  xs_update_button (self->open, self->setting ? _ ("Set password") : _ ("Open"));
  update_open (self);
}

void
xs_staff_gate_enter (XsStaffGate *self)
{
  clear_entries (self);
  if (self->wait_s == 0)
    show_message (self, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
  if (self->busy)
    return;
  self->busy = TRUE;
  update_open (self);
  xs_store_submit (self->store, look, g_new0 (Try, 1), try_free, on_looked, g_object_ref (self));
}

void
xs_staff_gate_set_store (XsStaffGate *self, XsStore *store)
{
  self->store = g_object_ref (store);
}

static void
xs_staff_gate_dispose (GObject *object)
{
  XsStaffGate *self = XS_STAFF_GATE (object);

  g_clear_handle_id (&self->wait_id, g_source_remove);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (xs_staff_gate_parent_class)->dispose (object);
}

static void
xs_staff_gate_class_init (XsStaffGateClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_staff_gate_dispose;
  signals[SIGNAL_OPENED] =
    g_signal_new ("opened", XS_TYPE_STAFF_GATE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-staff-gate.ui");
  gtk_widget_class_bind_template_child (widget_class, XsStaffGate, explanation);
  gtk_widget_class_bind_template_child (widget_class, XsStaffGate, password);
  gtk_widget_class_bind_template_child (widget_class, XsStaffGate, once_more);
  gtk_widget_class_bind_template_child (widget_class, XsStaffGate, message);
  gtk_widget_class_bind_template_child (widget_class, XsStaffGate, open);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
}

static void
xs_staff_gate_init (XsStaffGate *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
