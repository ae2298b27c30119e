/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-staff-context.h"
#include "xs-staff-folder.h"
#include "xs-unsent.h"

/* What has not reached the platform: how much, why, and the ways to get it there. */
#define XS_TYPE_STAFF_UNSENT (xs_staff_unsent_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffUnsent, xs_staff_unsent, XS, STAFF_UNSENT, AdwBin)

struct _XsStaffUnsent {
  AdwBin parent_instance;

  XsStaffContext *context;
  gboolean trying;
  gboolean exporting;
  GCancellable *cancellable; /* of what is under way */
  AdwActionRow *waiting;
  AdwActionRow *oldest;
  AdwActionRow *next;
  AdwActionRow *refused;
  AdwActionRow *message;
  GtkButton *try_now;
  GtkLabel *tried;
  XsStaffFolder *folder;
  GtkButton *export;
  GtkLabel *exported;
};

G_DEFINE_FINAL_TYPE (XsStaffUnsent, xs_staff_unsent, ADW_TYPE_BIN)

static void
update_buttons (XsStaffUnsent *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->try_now), !self->trying);
  gtk_widget_set_sensitive (GTK_WIDGET (self->export),
                            !self->exporting && *xs_staff_folder_get_path (self->folder) != '\0');
}

static char *
amount_text (guint n_logs, guint n_photos)
{
  if (n_logs + n_photos == 0)
    return g_strdup (_ ("Nothing"));
  return g_strdup_printf (_ ("Teaching logs: %u, photos: %u"), n_logs, n_photos);
}

/* The journal's word */

typedef struct {
  XsOutboxStatus status;
  gint64 oldest_wall_us;
} Reading;

static gboolean
read_outbox (XsJournal *journal, gpointer data, GError **error)
{
  Reading *reading = data;

  return xs_outbox_get_status (journal, &reading->status, error)
         && xs_outbox_get_oldest (journal, &reading->oldest_wall_us, error);
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
  g_autofree char *waiting = amount_text (status->logs_waiting, status->photos_waiting);
  g_autofree char *refused = amount_text (status->logs_rejected, status->photos_rejected);
  g_autofree char *oldest =
    reading->oldest_wall_us > 0 ? xs_wall_format (reading->oldest_wall_us, "%Y-%m-%d %H:%M") : g_strdup ("–");
  g_autofree char *next = status->next_wall_us > 0 ? xs_wall_format (status->next_wall_us, "%H:%M:%S") : g_strdup ("–");
  xs_staff_set_row (self->waiting, waiting);
  xs_staff_set_row (self->refused, refused);
  xs_staff_set_row (self->oldest, oldest);
  xs_staff_set_row (self->next, next);
  xs_staff_set_row (self->message, *status->last_message != '\0' ? status->last_message : _ ("None"));
}

static void
look (XsStaffUnsent *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    xs_store_submit (self->context->store, read_outbox, g_new0 (Reading, 1), g_free, on_read, g_object_ref (self));
}

/* Try now */

static gboolean
make_due (XsJournal *journal, gpointer unused, GError **error)
{
  return xs_outbox_retry_now (journal, error);
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffUnsent) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean sent = xs_sync_pass_finish (XS_SYNC (source), result, &error);
  g_autofree char *text =
    sent ? g_strdup (_ ("The school has answered everything.")) : g_strdup_printf (_ ("It failed: %s"), error->message);

  self->trying = FALSE;
  xs_staff_set_result (self->tried, !sent, text);
  update_buttons (self);
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
on_try_now (XsStaffUnsent *self)
{
  self->trying = TRUE;
  xs_staff_set_result (self->tried, FALSE, _ ("Sending…"));
  update_buttons (self);
  xs_store_submit (self->context->store, make_due, NULL, NULL, on_made_due, g_object_ref (self));
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
failure_text (const GError *error)
{
  switch (error->domain == XS_ERROR ? error->code : XS_ERROR_FAILED)
    {
    case XS_ERROR_NOT_FOUND:
      return _ ("Nothing waits to be sent, or there is no such folder. Plug the stick in, or choose another folder.");
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
      text = g_strdup (failure_text (error));
    }
  self->exporting = FALSE;
  xs_staff_set_result (self->exported, !exported, text);
  update_buttons (self);
}

static void
on_export (XsStaffUnsent *self)
{
  Export *export = g_new0 (Export, 1);
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_exported, NULL);

  export->store = g_object_ref (self->context->store);
  export->dir = g_strdup (xs_staff_folder_get_path (self->folder));
  self->exporting = TRUE;
  xs_staff_set_result (self->exported, FALSE, _ ("Writing…"));
  update_buttons (self);
  g_task_set_source_tag (task, on_export);
  g_task_set_task_data (task, export, export_free);
  g_task_run_in_thread (task, export_in_thread);
}

static void
xs_staff_unsent_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (xs_staff_unsent_parent_class)->map (widget);
  look ((XsStaffUnsent *) widget);
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

  self->cancellable = g_cancellable_new ();
  self->waiting = xs_staff_add_row (list, _ ("Waiting to be sent"));
  self->oldest = xs_staff_add_row (list, _ ("Oldest of it"));
  self->next = xs_staff_add_row (list, _ ("Next try"));
  self->refused = xs_staff_add_row (list, _ ("Refused by the platform"));
  self->message = xs_staff_add_row (list, _ ("Last error"));
  self->try_now = xs_staff_add_button (column, _ ("Try now"), G_CALLBACK (on_try_now), self);
  self->tried = xs_staff_add_result (column, _ ("Result of sending"));
  self->folder = xs_staff_folder_new ();
  gtk_box_append (column, GTK_WIDGET (self->folder));
  self->export = xs_staff_add_button (column, _ ("Export"), G_CALLBACK (on_export), self);
  self->exported = xs_staff_add_result (column, _ ("Result of the export"));
  g_signal_connect_object (self->folder, "changed", G_CALLBACK (update_buttons), self, G_CONNECT_SWAPPED);
  update_buttons (self);
}

GtkWidget *
xs_staff_unsent_new (XsStaffContext *context)
{
  XsStaffUnsent *self = g_object_new (XS_TYPE_STAFF_UNSENT, NULL);

  self->context = xs_staff_context_ref (context);
  g_signal_connect_object (context->store, "changed", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
