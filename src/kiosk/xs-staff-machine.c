/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "xs-look.h"
#include "xs-staff-context.h"
#include "xs-sync-fleet.h"
#include "xs-update.h"

/* This PC: the version, where the records are, the password, and the way out. */
#define XS_TYPE_STAFF_MACHINE (xs_staff_machine_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffMachine, xs_staff_machine, XS, STAFF_MACHINE, AdwBin)

struct _XsStaffMachine {
  AdwBin parent_instance;

  XsStaffContext *context;
  GtkLabel *wanted;
  GtkLabel *records;
  GtkBox *session; /* what only a locked session can do */
  GtkWidget *password;
  GtkWidget *once_more;
  GtkLabel *changed;
  GtkWindow *question; /* (nullable): weak */
};

G_DEFINE_FINAL_TYPE (XsStaffMachine, xs_staff_machine, ADW_TYPE_BIN)

typedef struct {
  char *dir;
  XsSyncFleet fleet;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_free (reading->dir);
  g_free (reading);
}

static gboolean
read_machine (XsJournal *journal, gpointer data, GError **error)
{
  Reading *reading = data;

  reading->dir = g_strdup (xs_journal_get_dir (journal));
  return xs_sync_fleet_read (reading->dir, &reading->fleet, error);
}

/* (transfer full) */
static char *
wanted_text (const XsSyncFleet *fleet)
{
  if (fleet->ring < 0)
    return g_strdup (_ ("Not said yet"));
  if (fleet->wanted_version[0] == '\0')
    return g_strdup_printf (_ ("Any (this PC is in ring %d)"), (int) fleet->ring);
  return g_strdup_printf (xs_version_compare (XS_VERSION, fleet->wanted_version) < 0
                            ? _ ("%s, which is newer (this PC is in ring %d)")
                            : _ ("%s (this PC is in ring %d)"),
                          fleet->wanted_version, (int) fleet->ring);
}

static void
on_machine_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffMachine) self = user_data;
  const Reading *reading = xs_store_get_data (result);

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, NULL))
    return;
  g_autofree char *wanted = wanted_text (&reading->fleet);
  xs_update_label (self->records, reading->dir);
  xs_update_label (self->wanted, wanted);
}

static gboolean
store_password (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_set_staff_password (journal, data, error);
}

static void
free_password (gpointer data)
{
  explicit_bzero (data, strlen (data));
  g_free (data);
}

static void
on_password_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffMachine) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean stored = xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error);

  if (!stored)
    g_message ("Staff password: %s", error->message);
  xs_staff_set_result (self->changed, !stored,
                       stored ? _ ("The new password applies from now on.")
                              : _ ("The password could not be stored, the old one applies."));
}

static void
on_change (XsStaffMachine *self)
{
  const char *password = gtk_editable_get_text (GTK_EDITABLE (self->password));

  if (g_utf8_strlen (password, -1) < XS_STAFF_PASSWORD_MIN_CHARS)
    {
      g_autofree char *text =
        g_strdup_printf (_ ("The password must have at least %d characters."), XS_STAFF_PASSWORD_MIN_CHARS);
      xs_staff_set_result (self->changed, TRUE, text);
      return;
    }
  if (*gtk_editable_get_text (GTK_EDITABLE (self->once_more)) == '\0')
    {
      xs_staff_set_result (self->changed, FALSE, NULL);
      gtk_widget_grab_focus (self->once_more);
      return;
    }
  if (!g_str_equal (password, gtk_editable_get_text (GTK_EDITABLE (self->once_more))))
    {
      xs_staff_set_result (self->changed, TRUE, _ ("The two are not the same. Type both again."));
      return;
    }
  xs_store_submit (self->context->store, store_password, g_strdup (password), free_password, on_password_stored,
                   g_object_ref (self));
  gtk_editable_set_text (GTK_EDITABLE (self->password), "");
  gtk_editable_set_text (GTK_EDITABLE (self->once_more), "");
}

static void
end (XsEnding ending)
{
  g_message ("Staff leave the kiosk (%d)", (int) ending);
  xs_application_end (XS_APPLICATION (g_application_get_default ()), ending);
}

static void
on_leave_answer (XsStaffMachine *self, const char *response)
{
  if (g_str_equal (response, "go"))
    end (self->context->options->sticks_dir != NULL ? XS_ENDING_LEAVE : XS_ENDING_CLOSED);
}

static void
on_leave (XsStaffMachine *self)
{
  if (self->question != NULL)
    return;
  AdwMessageDialog *dialog =
    xs_look_ask (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _ ("Leave the kiosk?"),
                 _ ("Nobody can study here until it is started again. What was studied is stored."), _ ("Stay"),
                 _ ("Leave"));

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_leave_answer), self, G_CONNECT_SWAPPED);
  g_set_weak_pointer (&self->question, GTK_WINDOW (dialog));
}

static void
on_network (XsStaffMachine *self)
{
  end (XS_ENDING_NETWORK);
}

static void
on_restart (XsStaffMachine *self)
{
  end (XS_ENDING_RESTART);
}

static void
on_switch_off (XsStaffMachine *self)
{
  end (XS_ENDING_SWITCH_OFF);
}

static void
xs_staff_machine_map (GtkWidget *widget)
{
  XsStaffMachine *self = (XsStaffMachine *) widget;

  GTK_WIDGET_CLASS (xs_staff_machine_parent_class)->map (widget);
  xs_staff_set_result (self->changed, FALSE, NULL);
  xs_store_submit (self->context->store, read_machine, g_new0 (Reading, 1), reading_free, on_machine_read,
                   g_object_ref (self));
}

static void
xs_staff_machine_unmap (GtkWidget *widget)
{
  XsStaffMachine *self = (XsStaffMachine *) widget;

  /* The page goes by itself when staff have: nobody else may answer. */
  if (self->question != NULL)
    gtk_window_close (self->question);
  gtk_editable_set_text (GTK_EDITABLE (self->password), "");
  gtk_editable_set_text (GTK_EDITABLE (self->once_more), "");
  GTK_WIDGET_CLASS (xs_staff_machine_parent_class)->unmap (widget);
}

static void
xs_staff_machine_finalize (GObject *object)
{
  XsStaffMachine *self = (XsStaffMachine *) object;

  g_clear_weak_pointer (&self->question);
  xs_staff_context_unref (self->context);
  G_OBJECT_CLASS (xs_staff_machine_parent_class)->finalize (object);
}

static void
xs_staff_machine_class_init (XsStaffMachineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_staff_machine_finalize;
  GTK_WIDGET_CLASS (klass)->map = xs_staff_machine_map;
  GTK_WIDGET_CLASS (klass)->unmap = xs_staff_machine_unmap;
}

/* As on the page that asks for it: unlike that of a row, its eye is no place where Return shows what was typed. */
static GtkWidget *
add_password (XsStaffMachine *self, GtkBox *column, const char *title)
{
  GtkWidget *entry = gtk_password_entry_new ();

  gtk_password_entry_set_show_peek_icon (GTK_PASSWORD_ENTRY (entry), TRUE);
  g_object_set (entry, "placeholder-text", title, NULL);
  gtk_widget_add_css_class (entry, "password");
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect_object (entry, "activate", G_CALLBACK (on_change), self, G_CONNECT_SWAPPED);
  gtk_box_append (column, entry);
  return entry;
}

static void
xs_staff_machine_init (XsStaffMachine *self)
{
  GtkBox *column = xs_staff_part_new (ADW_BIN (self), _ ("This PC"),
                                      _ ("Leaving closes the kiosk properly: what was studied is stored."));
  GtkListBox *list = xs_staff_add_list (column, NULL);
  GtkBox *line;
  GtkButton *leave;

  xs_update_label (xs_staff_add_fact (list, _ ("Version of Xueshi")), XS_VERSION);
  self->wanted = xs_staff_add_fact (list, _ ("Version the school wants"));
  self->records = xs_staff_add_fact (list, _ ("Folder of the records"));
  line = xs_staff_add_line (column);
  leave = xs_staff_add_button (line, _ ("Leave the kiosk"), G_CALLBACK (on_leave), self);
  gtk_widget_add_css_class (GTK_WIDGET (leave), "destructive-action");
  self->session = xs_staff_add_line (line);
  xs_staff_add_button (self->session, _ ("Set up the network"), G_CALLBACK (on_network), self);
  xs_staff_add_button (self->session, _ ("Restart this PC"), G_CALLBACK (on_restart), self);
  xs_staff_add_button (self->session, _ ("Switch this PC off"), G_CALLBACK (on_switch_off), self);

  xs_staff_add_title (column, _ ("Change the staff password"));
  self->password = add_password (self, column, _ ("New password"));
  self->once_more = add_password (self, column, _ ("Once more"));
  xs_staff_add_button (column, _ ("Change"), G_CALLBACK (on_change), self);
  self->changed = xs_staff_add_result (column, _ ("Result of the change"));
}

GtkWidget *
xs_staff_machine_new (XsStaffContext *context)
{
  XsStaffMachine *self = g_object_new (XS_TYPE_STAFF_MACHINE, NULL);

  self->context = xs_staff_context_ref (context);
  gtk_widget_set_visible (GTK_WIDGET (self->session), context->options->sticks_dir != NULL);
  return GTK_WIDGET (self);
}
