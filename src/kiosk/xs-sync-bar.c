/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-sync-bar.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-update.h"

struct _XsSyncBar {
  AdwBin parent_instance;

  XsStore *store;
  XsSync *sync;
  char *noted; /* (nullable): the failure that is among the messages */
  gboolean reading;
  gboolean stale; /* something changed while the journal was being read */
  GtkImage *icon;
  GtkLabel *status;
  GtkLabel *device;
};

G_DEFINE_FINAL_TYPE (XsSyncBar, xs_sync_bar, ADW_TYPE_BIN)

typedef struct {
  XsOutboxStatus outbox;
  XsIdentity identity;
} Reading;

static gboolean
read_journal (XsJournal *journal, gpointer data, GError **error)
{
  Reading *reading = data;
  g_autoptr (GError) unpaired = NULL;

  if (!xs_journal_get_identity (journal, &reading->identity, &unpaired)
      && !g_error_matches (unpaired, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&unpaired));
      return FALSE;
    }
  return xs_outbox_get_status (journal, &reading->outbox, error);
}

typedef struct {
  guint logs, photos, appeals, consents;
} Amount;

static Amount
waiting_amount (const XsOutboxStatus *outbox)
{
  return (Amount){ outbox->logs_waiting, outbox->photos_waiting, outbox->appeals_waiting, outbox->consents_waiting };
}

static gboolean
is_nothing (Amount amount)
{
  return amount.logs + amount.photos + amount.appeals + amount.consents == 0;
}

/* Takes both over. */
static char *
join (char *text, char *more)
{
  g_autofree char *first = text, *second = more;

  /* Translators: "3 logs, 12 photos" */
  return first == NULL ? g_steal_pointer (&second) : g_strdup_printf (_ ("%s, %s"), first, second);
}

/* "3 logs, 12 photos", without what there is none of. */
static char *
amount_text (Amount amount)
{
  char *text = NULL;

  if (amount.logs > 0)
    text = join (text, g_strdup_printf (g_dngettext (NULL, "%u log", "%u logs", amount.logs), amount.logs));
  if (amount.photos > 0)
    text = join (text, g_strdup_printf (g_dngettext (NULL, "%u photo", "%u photos", amount.photos), amount.photos));
  if (amount.appeals > 0)
    text = join (text, g_strdup_printf (g_dngettext (NULL, "%u appeal", "%u appeals", amount.appeals), amount.appeals));
  if (amount.consents > 0)
    /* Translators: what learners decided about the processing of their face data. */
    text =
      join (text,
            g_strdup_printf (g_dngettext (NULL, "%u decision on consent", "%u decisions on consent", amount.consents),
                             amount.consents));
  return text;
}

static char *
waiting_text (const XsOutboxStatus *outbox, XsSyncState state, gint64 next_wall_us)
{
  g_autofree char *amount = amount_text (waiting_amount (outbox));

  if (state == XS_SYNC_WORKING)
    return g_strdup_printf (_ ("Sending to the school: %s"), amount);
  if (next_wall_us == 0)
    return g_strdup_printf (_ ("%s waiting"), amount);
  g_autofree char *next = xs_wall_format (next_wall_us, "%H:%M");
  return g_strdup_printf (_ ("%s waiting, next try %s"), amount, next);
}

static char *
status_text (const XsOutboxStatus *outbox, XsSync *sync, const char **icon_name)
{
  XsSyncState state = xs_sync_get_state (sync);
  const char *failure = xs_sync_get_error_message (sync);
  gint64 next_wall_us = xs_sync_get_next_wall_us (sync, outbox);
  g_autofree char *waiting = is_nothing (waiting_amount (outbox)) ? NULL : waiting_text (outbox, state, next_wall_us);

  *icon_name = "network-transmit-receive-symbolic";
  switch (xs_sync_get_settled_state (sync))
    {
    case XS_SYNC_UNPAIRED:
      *icon_name = "network-offline-symbolic";
      return g_strdup (_ ("Not connected to a school"));
    case XS_SYNC_UNAUTHORIZED:
      *icon_name = "dialog-warning-symbolic";
      return waiting != NULL
               ? g_strdup_printf (_ ("The school does not know this kiosk, please tell the staff · %s"), waiting)
               : g_strdup (_ ("The school does not know this kiosk, please tell the staff"));
    case XS_SYNC_OFFLINE:
      if (failure == NULL) /* not tried yet */
        return waiting != NULL ? g_steal_pointer (&waiting) : g_strdup (_ ("Connecting to the school…"));
      *icon_name = "network-offline-symbolic";
      return waiting != NULL ? g_strdup_printf (_ ("School not reachable, studying is possible · %s"), waiting)
                             : g_strdup (_ ("School not reachable, studying is possible"));
    case XS_SYNC_IDLE:
    case XS_SYNC_WORKING:
    default:
      if (waiting != NULL)
        return g_steal_pointer (&waiting);
      *icon_name = "emblem-ok-symbolic";
      return g_strdup (_ ("Everything has reached the school"));
    }
}

static void
show (XsSyncBar *self, const Reading *reading)
{
  const XsOutboxStatus *outbox = &reading->outbox;
  const char *icon_name;
  g_autofree char *status = status_text (outbox, self->sync, &icon_name);

  Amount rejected = { outbox->logs_rejected, outbox->photos_rejected, outbox->appeals_rejected,
                      outbox->consents_rejected };
  if (!is_nothing (rejected))
    {
      g_autofree char *amount = amount_text (rejected);
      g_autofree char *refused = g_strdup_printf (_ ("%s refused"), amount);
      char *longer = g_strdup_printf ("%s · %s", status, refused);
      g_free (status);
      status = longer;
      icon_name = "dialog-warning-symbolic";
    }
  xs_update_icon (self->icon, icon_name);
  xs_update_label (self->status, status);

  g_autofree char *device =
    reading->identity.devnum[0] != '\0' ? g_strdup_printf (_ ("Kiosk %s"), reading->identity.devnum) : g_strdup ("");
  xs_update_label (self->device, device);
}

static void read_again (XsSyncBar *self);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsSyncBar) self = user_data;
  g_autoptr (GError) error = NULL;

  self->reading = FALSE;
  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    g_message ("Outbox: %s", error->message);
  else if (self->sync != NULL)
    show (self, xs_store_get_data (result));
  if (self->stale)
    read_again (self);
}

static void
read_again (XsSyncBar *self)
{
  self->stale = self->reading;
  if (self->reading || self->store == NULL)
    return;
  self->reading = TRUE;
  xs_store_submit (self->store, read_journal, g_new0 (Reading, 1), g_free, on_read, g_object_ref (self));
}

/* In its own words once: on the screen is what to do. */
static void
note_failure (XsSyncBar *self)
{
  const char *message = xs_sync_get_error_message (self->sync);

  if (g_strcmp0 (message, self->noted) == 0)
    return;
  if (message != NULL)
    g_message ("Exchange with the platform: %s", message);
  g_free (self->noted);
  self->noted = g_strdup (message);
}

static void
on_sync_changed (XsSyncBar *self)
{
  note_failure (self);
  read_again (self);
}

void
xs_sync_bar_set_source (XsSyncBar *self, XsStore *store, XsSync *sync)
{
  self->store = g_object_ref (store);
  self->sync = g_object_ref (sync);
  g_signal_connect_object (store, "changed", G_CALLBACK (read_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sync, "changed", G_CALLBACK (on_sync_changed), self, G_CONNECT_SWAPPED);
  read_again (self);
}

static void
xs_sync_bar_dispose (GObject *object)
{
  XsSyncBar *self = XS_SYNC_BAR (object);

  g_clear_object (&self->store);
  g_clear_object (&self->sync);
  g_clear_pointer (&self->noted, g_free);
  G_OBJECT_CLASS (xs_sync_bar_parent_class)->dispose (object);
}

static void
xs_sync_bar_class_init (XsSyncBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_sync_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-sync-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, XsSyncBar, icon);
  gtk_widget_class_bind_template_child (widget_class, XsSyncBar, status);
  gtk_widget_class_bind_template_child (widget_class, XsSyncBar, device);
}

static void
xs_sync_bar_init (XsSyncBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
