/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-staff-context.h"
#include "xs-update.h"

/* Which school and platform this kiosk belongs to, how the exchange with it goes, and pairing. */
#define XS_TYPE_STAFF_SCHOOL (xs_staff_school_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffSchool, xs_staff_school, XS, STAFF_SCHOOL, AdwBin)

struct _XsStaffSchool {
  AdwBin parent_instance;

  XsStaffContext *context;
  gboolean pairing;
  gboolean confirming; /* that pairing went well is to be told */
  gboolean refill;     /* the address in force takes the place of what was typed */
  GtkBox *column;
  GtkListBox *state;
  GtkLabel *school;
  GtkLabel *device;
  GtkLabel *connection;
  GtkLabel *last_success;
  GtkLabel *last_error;
  GtkLabel *network;
  GtkLabel *clock;
  AdwEntryRow *url;
  AdwEntryRow *code;
  GtkButton *pair;
  GtkLabel *result;
};

enum {
  SIGNAL_PAIRED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsStaffSchool, xs_staff_school, ADW_TYPE_BIN)

static const char *
connection_text (XsSync *sync)
{
  /* What is known to be wrong is not hidden by the next try. */
  switch (xs_sync_get_error (sync) != NULL ? xs_sync_get_settled_state (sync) : xs_sync_get_state (sync))
    {
    case XS_SYNC_IDLE:
      return _ ("The platform answers");
    case XS_SYNC_WORKING:
      return _ ("An exchange is under way");
    case XS_SYNC_UNPAIRED:
      return _ ("Not connected to a school");
    case XS_SYNC_UNAUTHORIZED:
      return _ ("The platform does not know this kiosk any more: pair it again");
    case XS_SYNC_OFFLINE:
    default:
      return xs_sync_get_error_message (sync) != NULL ? _ ("The platform cannot be reached") : _ ("Not tried yet");
    }
}

static const char *
network_text (void)
{
  switch (g_network_monitor_get_connectivity (g_network_monitor_get_default ()))
    {
    case G_NETWORK_CONNECTIVITY_LOCAL:
      return _ ("This PC is in no network, or only in a local one");
    case G_NETWORK_CONNECTIVITY_LIMITED:
      return _ ("The network does not reach the internet");
    case G_NETWORK_CONNECTIVITY_PORTAL:
      return _ ("The network asks for a sign-in of its own");
    case G_NETWORK_CONNECTIVITY_FULL:
    default:
      return _ ("This PC is in a network");
    }
}

static char *
clock_text (XsSync *sync)
{
  gint64 ahead_us;

  if (!xs_sync_get_clock_ahead (sync, &ahead_us))
    return g_strdup (_ ("Not compared with the school’s yet"));
  return g_strdup_printf (_ ("Differs by %.0f s from the school’s"), (double) ABS (ahead_us) / G_USEC_PER_SEC);
}

static void
show_exchange (XsStaffSchool *self)
{
  XsSync *sync = self->context->sync;
  gint64 last_us = xs_sync_get_connected_wall_us (sync);
  g_autofree char *last =
    last_us > 0 ? xs_wall_format (last_us, "%Y-%m-%d %H:%M:%S") : g_strdup (_ ("Not since the start"));
  g_autofree char *clock = clock_text (sync);
  const GError *error = xs_sync_get_error (sync);

  xs_update_label (self->connection, connection_text (sync));
  xs_update_label (self->last_success, last);
  xs_update_label (self->last_error, error != NULL ? xs_staff_exchange_text (error) : _ ("None"));
  xs_update_label (self->network, network_text ());
  xs_update_label (self->clock, clock);
}

/* A kiosk without a school has nothing to show yet: what is to be done comes first. */
static void
arrange (XsStaffSchool *self, gboolean paired)
{
  GtkWidget *intro = gtk_widget_get_next_sibling (gtk_widget_get_first_child (GTK_WIDGET (self->column)));

  gtk_box_reorder_child_after (self->column, GTK_WIDGET (self->state), paired ? intro : GTK_WIDGET (self->result));
}

static gboolean
read_identity (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_get_identity (journal, data, error);
}

static void
confirm (XsStaffSchool *self, const XsIdentity *identity)
{
  g_autofree char *text = g_strdup_printf (_ ("Paired with: %s"), identity->school);

  self->confirming = FALSE;
  xs_staff_set_result (self->result, FALSE, text);
}

static void
on_identity_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffSchool) self = user_data;
  g_autoptr (GError) error = NULL;
  const XsIdentity *identity = xs_store_get_data (result);
  gboolean paired = xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error);

  arrange (self, paired);
  if (!paired)
    {
      xs_update_label (self->school, g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND)
                                       ? _ ("Not connected to a school")
                                       : error->message);
      xs_update_label (self->device, _ ("None"));
      return;
    }
  xs_update_label (self->school, identity->school);
  xs_update_label (self->device, identity->devnum);
  if (self->confirming)
    confirm (self, identity);
  if (self->refill || *gtk_editable_get_text (GTK_EDITABLE (self->url)) == '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->url), identity->platform_url);
  self->refill = FALSE;
}

static void
look (XsStaffSchool *self)
{
  show_exchange (self);
  xs_store_submit (self->context->store, read_identity, g_new0 (XsIdentity, 1), g_free, on_identity_read,
                   g_object_ref (self));
}

static gboolean
is_filled (XsStaffSchool *self)
{
  return *gtk_editable_get_text (GTK_EDITABLE (self->url)) != '\0'
         && *gtk_editable_get_text (GTK_EDITABLE (self->code)) != '\0';
}

/* What was said of the last try is not said of what is typed now. */
static void
on_typed (XsStaffSchool *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->pair), is_filled (self));
  if (!self->pairing)
    xs_staff_set_result (self->result, FALSE, NULL);
}

/* The error's own message, which is English, is among the messages; here where there is nothing better. */
static char *
failure_text (const GError *error)
{
  switch (xs_error_code (error))
    {
    case XS_ERROR_REJECTED:
      return g_strdup (_ ("The pairing code is not accepted. A code works once and for a short time: get a new one."));
    case XS_ERROR_NETWORK:
      return g_strdup (_ ("The platform cannot be reached. Check the network cable and the address."));
    case XS_ERROR_INVALID:
      return g_strdup (_ ("This is not the address of a platform. It looks like https://platform.example.cn"));
    case XS_ERROR_EXISTS:
      return g_strdup (
        _ ("Study is recorded here under another number of this kiosk. Ask the platform for a code for it."));
    default:
      return g_strdup_printf ("%s\n%s", _ ("Pairing failed."), error->message);
    }
}

static void
forget_typed (XsStaffSchool *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->code), "");
  self->refill = TRUE;
}

static void
on_paired (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffSchool) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean paired = xs_sync_pair_finish (XS_SYNC (source), result, &error);

  self->pairing = FALSE;
  if (!paired)
    {
      g_autofree char *text = failure_text (error);
      g_message ("Pairing: %s", error->message);
      xs_staff_set_result (self->result, TRUE, text);
      if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
        forget_typed (self);
      return;
    }
  /* The button is done with, and would lose the focus. */
  if (gtk_widget_has_focus (GTK_WIDGET (self->pair)))
    gtk_widget_grab_focus (GTK_WIDGET (self->code));
  gtk_editable_set_text (GTK_EDITABLE (self->code), "");
  self->confirming = TRUE;
  look (self);
  g_signal_emit (self, signals[SIGNAL_PAIRED], 0);
}

static void
on_pair (XsStaffSchool *self)
{
  if (self->pairing || !is_filled (self))
    return;
  self->pairing = TRUE;
  xs_staff_set_result (self->result, FALSE, _ ("Connecting to the school…"));
  xs_sync_pair_async (self->context->sync, gtk_editable_get_text (GTK_EDITABLE (self->url)),
                      gtk_editable_get_text (GTK_EDITABLE (self->code)), NULL, on_paired, g_object_ref (self));
}

static void
on_url_activated (XsStaffSchool *self)
{
  if (is_filled (self))
    on_pair (self);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->code));
}

static void
xs_staff_school_map (GtkWidget *widget)
{
  XsStaffSchool *self = (XsStaffSchool *) widget;

  GTK_WIDGET_CLASS (xs_staff_school_parent_class)->map (widget);
  look (self);
  /* What was true minutes ago is not what is asked here. */
  xs_sync_ask (self->context->sync);
}

static void
xs_staff_school_unmap (GtkWidget *widget)
{
  XsStaffSchool *self = (XsStaffSchool *) widget;

  if (!self->pairing)
    forget_typed (self);
  GTK_WIDGET_CLASS (xs_staff_school_parent_class)->unmap (widget);
}

static void
xs_staff_school_finalize (GObject *object)
{
  xs_staff_context_unref (((XsStaffSchool *) object)->context);
  G_OBJECT_CLASS (xs_staff_school_parent_class)->finalize (object);
}

static void
xs_staff_school_class_init (XsStaffSchoolClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_staff_school_finalize;
  GTK_WIDGET_CLASS (klass)->map = xs_staff_school_map;
  GTK_WIDGET_CLASS (klass)->unmap = xs_staff_school_unmap;
  signals[SIGNAL_PAIRED] =
    g_signal_new ("paired", XS_TYPE_STAFF_SCHOOL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_state (XsStaffSchool *self, GtkBox *column)
{
  GtkListBox *list = self->state = xs_staff_add_list (column, NULL);

  self->school = xs_staff_add_fact (list, _ ("School"));
  self->device = xs_staff_add_fact (list, _ ("Number of this kiosk"));
  self->connection = xs_staff_add_fact (list, _ ("Exchange"));
  self->last_success = xs_staff_add_fact (list, _ ("Last success"));
  self->last_error = xs_staff_add_fact (list, _ ("Last error"));
  self->network = xs_staff_add_fact (list, _ ("Network"));
  self->clock = xs_staff_add_fact (list, _ ("Clock"));
}

static void
add_pairing (XsStaffSchool *self, GtkBox *column)
{
  GtkListBox *list = xs_staff_add_list (column, _ ("Pair this kiosk"));

  self->url = xs_staff_add_entry (list, _ ("Address of the platform"));
  self->code = xs_staff_add_entry (list, _ ("Pairing code"));
  self->pair = xs_staff_add_button (column, _ ("Pair"), G_CALLBACK (on_pair), self);
  self->result = xs_staff_add_result (column, _ ("Result of pairing"));
  g_signal_connect_object (self->url, "changed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->url, "entry-activated", G_CALLBACK (on_url_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->code, "changed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->code, "entry-activated", G_CALLBACK (on_pair), self, G_CONNECT_SWAPPED);
  on_typed (self);
}

static void
xs_staff_school_init (XsStaffSchool *self)
{
  self->column = xs_staff_part_new (ADW_BIN (self), _ ("School"),
                                    _ ("Which platform this kiosk sends to, and whether it can be reached."));
  add_state (self, self->column);
  add_pairing (self, self->column);
}

GtkWidget *
xs_staff_school_new (XsStaffContext *context)
{
  XsStaffSchool *self = g_object_new (XS_TYPE_STAFF_SCHOOL, NULL);

  self->context = xs_staff_context_ref (context);
  g_signal_connect_object (context->sync, "changed", G_CALLBACK (show_exchange), self, G_CONNECT_SWAPPED);
  look (self);
  return GTK_WIDGET (self);
}
