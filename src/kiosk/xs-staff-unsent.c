/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-staff-context.h"
#include "xs-staff-folder.h"
#include "xs-unsent.h"
#include "xs-update.h"

#define REFUSALS_SHOWN 10

/* What has not reached the platform: how much, why, and the ways to get it there. */
#define XS_TYPE_STAFF_UNSENT (xs_staff_unsent_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffUnsent, xs_staff_unsent, XS, STAFF_UNSENT, AdwBin)

struct _XsStaffUnsent {
  AdwBin parent_instance;

  XsStaffContext *context;
  gboolean trying;
  gboolean refused_any;
  gboolean exporting;
  GCancellable *cancellable; /* of what is under way */
  GtkLabel *waiting;
  GtkLabel *oldest;
  GtkLabel *next;
  GtkLabel *refused;
  GtkLabel *message;
  GtkButton *try_now;
  GtkButton *try_refused;
  GtkLabel *tried;
  XsStaffFolder *folder;
  GtkButton *export;
  GtkLabel *exported;
};

G_DEFINE_FINAL_TYPE (XsStaffUnsent, xs_staff_unsent, ADW_TYPE_BIN)

/* While one of them is at work it stays as it is, and ignores what is pressed: it would lose the focus. */
static void
update_buttons (XsStaffUnsent *self)
{
  if (!self->refused_any && gtk_widget_has_focus (GTK_WIDGET (self->try_refused)))
    gtk_widget_grab_focus (GTK_WIDGET (self->try_now));
  gtk_widget_set_sensitive (GTK_WIDGET (self->try_refused), self->refused_any);
  gtk_widget_set_sensitive (GTK_WIDGET (self->export), *xs_staff_folder_get_path (self->folder) != '\0');
}

static char *
amount_text (guint n_logs, guint n_photos, guint n_appeals, guint n_consents)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (n_logs + n_photos + n_appeals + n_consents == 0)
    return g_strdup (_ ("Nothing"));
  if (n_appeals == 0)
    g_string_append_printf (text, _ ("Teaching logs: %u, photos: %u"), n_logs, n_photos);
  else
    g_string_append_printf (text, _ ("Teaching logs: %u, photos: %u, appeals: %u"), n_logs, n_photos, n_appeals);
  if (n_consents > 0)
    g_string_append_printf (text, _ (", decisions on consent: %u"), n_consents);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* How many were refused, and a line for each of the newest: what, and why. */
static char *
refused_text (const XsOutboxStatus *status, const GArray *refusals)
{
  g_autofree char *amount =
    amount_text (status->logs_rejected, status->photos_rejected, status->appeals_rejected, status->consents_rejected);
  g_autoptr (GString) text = g_string_new (amount);

  for (guint i = 0; i < refusals->len; i++)
    {
      const XsOutboxRefusal *refusal = &g_array_index (refusals, XsOutboxRefusal, i);
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, refusal->number);
      g_string_append_c (text, '\n');
      switch (refusal->kind)
        {
        case XS_OUTBOX_PHOTO:
          g_string_append_printf (text, _ ("Photo %s: %s"), number, refusal->message);
          break;
        case XS_OUTBOX_APPEAL:
          g_string_append_printf (text, _ ("Appeal against log %s: %s"), number, refusal->message);
          break;
        case XS_OUTBOX_CONSENT:
          g_string_append_printf (text, _ ("Decision %s on consent: %s"), number, refusal->message);
          break;
        case XS_OUTBOX_LOG:
        default:
          g_string_append_printf (text, _ ("Teaching log %s: %s"), number, refusal->message);
          break;
        }
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The journal's word */

typedef struct {
  XsOutboxStatus status;
  gint64 oldest_wall_us;
  GArray *refusals; /* XsOutboxRefusal */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->refusals, g_array_unref);
  g_free (reading);
}

static guint
n_refused (const XsOutboxStatus *status)
{
  return status->logs_rejected + status->photos_rejected + status->appeals_rejected + status->consents_rejected;
}

static gboolean
read_outbox (XsJournal *journal, gpointer data, GError **error)
{
  Reading *reading = data;

  if (!xs_outbox_get_status (journal, &reading->status, error)
      || !xs_outbox_get_oldest (journal, &reading->oldest_wall_us, error))
    return FALSE;
  if (n_refused (&reading->status) > 0)
    reading->refusals = xs_outbox_list_rejected (journal, REFUSALS_SHOWN, error);
  else
    reading->refusals = g_array_new (FALSE, FALSE, sizeof (XsOutboxRefusal));
  return reading->refusals != NULL;
}

/* What one thing was refused with may be only in the platform's words. */
static const char *
error_text (XsStaffUnsent *self, const XsOutboxStatus *status)
{
  const GError *error = xs_sync_get_error (self->context->sync);

  if (*status->last_message == '\0')
    return _ ("None");
  return error != NULL ? xs_staff_exchange_text (error) : status->last_message;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffUnsent) self = user_data;
  g_autoptr (GError) error = NULL;
  const Reading *reading = xs_store_get_data (result);

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    {
      g_message ("Unsent work: %s", error->message);
      return;
    }
  const XsOutboxStatus *status = &reading->status;
  g_autofree char *waiting =
    amount_text (status->logs_waiting, status->photos_waiting, status->appeals_waiting, status->consents_waiting);
  g_autofree char *refused = refused_text (status, reading->refusals);
  g_autofree char *oldest =
    reading->oldest_wall_us > 0 ? xs_wall_format (reading->oldest_wall_us, "%Y-%m-%d %H:%M") : g_strdup ("–");
  gint64 next_wall_us = xs_sync_get_next_wall_us (self->context->sync, status);
  g_autofree char *next = next_wall_us > 0 ? xs_wall_format (next_wall_us, "%H:%M:%S") : g_strdup ("–");
  xs_update_label (self->waiting, waiting);
  xs_update_label (self->refused, refused);
  xs_update_label (self->oldest, oldest);
  xs_update_label (self->next, next);
  xs_update_label (self->message, error_text (self, status));
  self->refused_any = n_refused (status) > 0;
  update_buttons (self);
}

static void
look (XsStaffUnsent *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    xs_store_submit (self->context->store, read_outbox, g_new0 (Reading, 1), reading_free, on_read,
                     g_object_ref (self));
}

/* Try now */

static gboolean
make_due (XsJournal *journal, gpointer unused, GError **error)
{
  return xs_outbox_retry_now (journal, error);
}

static gboolean
make_refused_due (XsJournal *journal, gpointer unused, GError **error)
{
  return xs_outbox_retry_rejected (journal, error);
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffUnsent) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean sent = xs_sync_pass_finish (XS_SYNC (source), result, &error);
  g_autofree char *text = NULL;

  if (sent)
    text = g_strdup (_ ("The school has answered everything."));
  else
    text = g_strdup_printf (_ ("It failed: %s"), xs_staff_exchange_text (error));

  self->trying = FALSE;
  xs_staff_set_result (self->tried, !sent, text);
  look (self);
}

static void
on_made_due (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffUnsent) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    g_message ("Unsent work: %s", error->message);
  xs_sync_pass_async (self->context->sync, NULL, on_tried, g_object_ref (self));
}

static void
begin_trying (XsStaffUnsent *self, XsStoreFunc prepare)
{
  if (self->trying)
    return;
  self->trying = TRUE;
  xs_staff_set_result (self->tried, FALSE, _ ("Connecting and sending…"));
  xs_store_submit (self->context->store, prepare, NULL, NULL, on_made_due, g_object_ref (self));
}

static void
on_try_now (XsStaffUnsent *self)
{
  begin_trying (self, make_due);
}

/* The school has put right what was wrong, a learner who was not on its register for instance. */
static void
on_try_refused (XsStaffUnsent *self)
{
  begin_trying (self, make_refused_due);
}

/* Export: listed by the store, written on a thread of its own */

typedef struct {
  XsStore *store;
  char *dir;
  XsUnsent *unsent;
  char *folder;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_object_unref (export->store);
  g_clear_pointer (&export->unsent, xs_unsent_free);
  g_free (export->dir);
  g_free (export->folder);
  g_free (export);
}

static gboolean
list_unsent (XsJournal *journal, gpointer data, GError **error)
{
  Export *export = data;

  export->unsent = xs_unsent_list (journal, error);
  return export->unsent != NULL;
}

static void
export_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  GError *error = NULL;

  if (xs_store_run (export->store, list_unsent, export, &error)
      && xs_unsent_write (export->unsent, export->dir, cancellable, &export->folder, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static const char *
failure_text (const Export *export, const GError *error)
{
  switch (xs_error_code (error))
    {
    case XS_ERROR_NOT_FOUND:
      return xs_unsent_is_empty (export->unsent)
               ? _ ("Nothing waits to be sent: there is nothing to export.")
               : _ ("There is no such folder. Plug the stick in, or choose another folder.");
    case XS_ERROR_NO_SPACE:
      return _ ("There is not enough space there. Take a larger stick.");
    case XS_ERROR_CORRUPT:
      return _ ("What was written does not read back. Take another stick.");
    case XS_ERROR_CANCELLED:
      return _ ("Cancelled.");
    default:
      return _ ("It could not be written there. Take another stick, or another folder.");
    }
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsStaffUnsent *self = (XsStaffUnsent *) source;
  const Export *export = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean exported = g_task_propagate_boolean (G_TASK (result), &error);

  if (exported)
    {
      g_message ("Exported %u logs and %u photos", xs_unsent_get_n_logs (export->unsent),
                 xs_unsent_get_n_photos (export->unsent));
      text = g_strdup_printf (_ ("Exported and read back: teaching logs: %u, photos: %u, in %s. Take it to the "
                                 "platform. This PC keeps everything too."),
                              xs_unsent_get_n_logs (export->unsent), xs_unsent_get_n_photos (export->unsent),
                              export->folder);
    }
  else
    {
      g_message ("Export: %s", error->message);
      text = g_strdup (failure_text (export, error));
    }
  self->exporting = FALSE;
  xs_staff_set_result (self->exported, !exported, text);
}

static void
on_export (XsStaffUnsent *self)
{
  if (self->exporting || !gtk_widget_get_sensitive (GTK_WIDGET (self->export)))
    return;
  Export *export = g_new0 (Export, 1);
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_exported, NULL);

  export->store = g_object_ref (self->context->store);
  export->dir = g_strdup (xs_staff_folder_get_path (self->folder));
  self->exporting = TRUE;
  xs_staff_set_result (self->exported, FALSE, _ ("Writing…"));
  g_task_set_source_tag (task, on_export);
  g_task_set_task_data (task, export, export_free);
  g_task_run_in_thread (task, export_in_thread);
}

static void
xs_staff_unsent_map (GtkWidget *widget)
{
  XsStaffUnsent *self = (XsStaffUnsent *) widget;

  GTK_WIDGET_CLASS (xs_staff_unsent_parent_class)->map (widget);
  /* How it went the last time may not be so any more. */
  if (!self->trying)
    xs_staff_set_result (self->tried, FALSE, NULL);
  if (!self->exporting)
    xs_staff_set_result (self->exported, FALSE, NULL);
  look (self);
}

static void
xs_staff_unsent_dispose (GObject *object)
{
  g_cancellable_cancel (((XsStaffUnsent *) object)->cancellable);
  G_OBJECT_CLASS (xs_staff_unsent_parent_class)->dispose (object);
}

static void
xs_staff_unsent_finalize (GObject *object)
{
  XsStaffUnsent *self = (XsStaffUnsent *) object;

  g_object_unref (self->cancellable);
  xs_staff_context_unref (self->context);
  G_OBJECT_CLASS (xs_staff_unsent_parent_class)->finalize (object);
}

static void
xs_staff_unsent_class_init (XsStaffUnsentClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_staff_unsent_dispose;
  G_OBJECT_CLASS (klass)->finalize = xs_staff_unsent_finalize;
  GTK_WIDGET_CLASS (klass)->map = xs_staff_unsent_map;
}

static void
xs_staff_unsent_init (XsStaffUnsent *self)
{
  GtkBox *column =
    xs_staff_part_new (ADW_BIN (self), _ ("Unsent work"),
                       _ ("What students studied is sent by itself. When the network does not come back, carry it to "
                          "the platform on a USB stick: photos stay sealed, and nothing is removed from this PC."));
  GtkListBox *list = xs_staff_add_list (column, NULL);
  GtkBox *sending, *exporting;

  self->cancellable = g_cancellable_new ();
  self->waiting = xs_staff_add_fact (list, _ ("Waiting to be sent"));
  self->oldest = xs_staff_add_fact (list, _ ("Oldest of it"));
  self->next = xs_staff_add_fact (list, _ ("Next try"));
  self->refused = xs_staff_add_fact (list, _ ("Refused by the platform"));
  self->message = xs_staff_add_fact (list, _ ("Last error"));
  sending = xs_staff_add_line (column);
  self->try_now = xs_staff_add_button (sending, _ ("Try now"), G_CALLBACK (on_try_now), self);
  self->try_refused = xs_staff_add_button (sending, _ ("Send refused again"), G_CALLBACK (on_try_refused), self);
  self->tried = xs_staff_add_result (sending, _ ("Result of sending"));
  self->folder = xs_staff_folder_new ();
  gtk_box_append (column, GTK_WIDGET (self->folder));
  exporting = xs_staff_add_line (column);
  self->export = xs_staff_add_button (exporting, _ ("Export"), G_CALLBACK (on_export), self);
  self->exported = xs_staff_add_result (exporting, _ ("Result of the export"));
  g_signal_connect_object (self->folder, "changed", G_CALLBACK (update_buttons), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "activated", G_CALLBACK (on_export), self, G_CONNECT_SWAPPED);
  update_buttons (self);
}

GtkWidget *
xs_staff_unsent_new (XsStaffContext *context)
{
  XsStaffUnsent *self = g_object_new (XS_TYPE_STAFF_UNSENT, NULL);

  self->context = xs_staff_context_ref (context);
  if (context->options->sticks_dir != NULL)
    xs_staff_folder_lock (self->folder, context->options->sticks_dir);
  g_signal_connect_object (context->store, "changed", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
