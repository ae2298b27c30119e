/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-log-export.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-log-document.h"
#include "xs-review-text.h"

/* A log that is to be taken out. */
typedef struct {
  char devnum[XS_UNIFIED_DIGITS + 1];
  gint64 seq;
  char log_sha256[65];
} Name;

/* A photo that is to be fetched. */
typedef struct {
  char sha256[65];
  gboolean registration;
} Photo;

struct _XsLogExport {
  GObject parent_instance;

  XsReviewClient *client;
  GCancellable *cancellable;
  GtkFileChooserNative *chooser; /* (nullable): while it is asked where to */
  GFile *file;                   /* (nullable): while it is being written */
  char *format;
  GArray *names; /* Name */
  XsShownLogs *shown;
  GArray *wanted;    /* Photo */
  GHashTable *jpegs; /* GBytes by SHA-256 */
  guint next;        /* of @names, then of @wanted */
};

enum {
  SIGNAL_SAID,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsLogExport, xs_log_export, G_TYPE_OBJECT)

static void
say (XsLogExport *export, gboolean failed, const char *text)
{
  g_signal_emit (export, signals[SIGNAL_SAID], 0, text, failed);
}

static void
end (XsLogExport *export)
{
  g_clear_object (&export->file);
  g_clear_pointer (&export->shown, xs_shown_logs_free);
  g_array_set_size (export->wanted, 0);
  g_hash_table_remove_all (export->jpegs);
}

static void
fail (XsLogExport *export, const GError *error)
{
  if (!g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    {
      g_message ("%s", error->message);
      say (export, TRUE, xs_review_text_error (error));
    }
  end (export);
}

/* Writing */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsLogExport) export = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_parse_name (G_FILE (source));

  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_message ("%s: %s", name, error->message);
  g_autofree char *text = xs_review_text_written (name, error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say (export, error != NULL, text);
  end (export);
}

static void
write_file (XsLogExport *export)
{
  const XsWirePerson *person = xs_review_client_get_person (export->client);
  const XsLogDocument document = { .shown = export->shown,
                                   .jpegs = export->jpegs,
                                   .who = person != NULL ? person->name : "",
                                   .at_us = xs_clock_wall_us (xs_clock_system ()) };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
    g_str_equal (export->format, "pdf") ? xs_log_document_pdf (&document, &error) : xs_log_document_csv (&document);

  if (bytes == NULL)
    {
      fail (export, error);
      return;
    }
  g_file_replace_contents_bytes_async (export->file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, export->cancellable,
                                       on_written, g_object_ref (export));
}

/* Photos, one after the other */

static void fetch_photo (XsLogExport *export);

static void
on_photo (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsLogExport) export = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = xs_review_client_get_photo_finish (XS_REVIEW_CLIENT (source), result, &error);

  if (jpeg == NULL && !g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      fail (export, error);
      return;
    }
  const Photo *photo = &g_array_index (export->wanted, Photo, export->next++);
  if (jpeg != NULL)
    g_hash_table_insert (export->jpegs, g_strdup (photo->sha256), g_steal_pointer (&jpeg));
  fetch_photo (export);
}

static void
fetch_photo (XsLogExport *export)
{
  if (export->next >= export->wanted->len)
    {
      write_file (export);
      return;
    }
  g_autofree char *text = g_strdup_printf (_ ("Getting photo %u of %u…"), export->next + 1, export->wanted->len);
  const Photo *photo = &g_array_index (export->wanted, Photo, export->next);
  say (export, FALSE, text);
  xs_review_client_get_photo_async (export->client, photo->sha256, photo->registration, export->cancellable, on_photo,
                                    g_object_ref (export));
}

static void
want (XsLogExport *export, const char *sha256, gboolean registration)
{
  Photo photo = { .registration = registration };

  for (guint i = 0; i < export->wanted->len; i++)
    if (g_str_equal (g_array_index (export->wanted, Photo, i).sha256, sha256))
      return;
  g_strlcpy (photo.sha256, sha256, sizeof photo.sha256);
  if (sha256[0] != '\0')
    g_array_append_val (export->wanted, photo);
}

static void
fetch_photos (XsLogExport *export)
{
  gboolean is_pdf = g_str_equal (export->format, "pdf");

  for (guint i = 0; is_pdf && i < export->shown->logs->len; i++)
    want (export, xs_shown_logs_get (export->shown, i)->registration_sha256, TRUE);
  for (guint i = 0; is_pdf && i < export->shown->photos->len; i++)
    want (export, g_array_index (export->shown->photos, XsShownPhoto, i).glance.sha256, FALSE);
  export->next = 0;
  fetch_photo (export);
}

/* Logs, each recorded first */

static void record_log (XsLogExport *export);

static void
on_log (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsLogExport) export = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewLog) log = { 0 };

  if (!xs_review_client_get_log_finish (XS_REVIEW_CLIENT (source), result, &log, &error))
    {
      fail (export, error);
      return;
    }
  xs_shown_logs_take (export->shown, &log);
  export->next++;
  record_log (export);
}

static void
on_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsLogExport) export = user_data;
  g_autoptr (GError) error = NULL;

  if (!xs_review_client_record_export_finish (XS_REVIEW_CLIENT (source), result, &error))
    {
      fail (export, error);
      return;
    }
  const Name *name = &g_array_index (export->names, Name, export->next);
  xs_review_client_get_log_async (export->client, name->devnum, name->seq, name->log_sha256, export->cancellable,
                                  on_log, g_object_ref (export));
}

static void
record_log (XsLogExport *export)
{
  XsReviewExport message = { 0 };

  if (export->next >= export->names->len)
    {
      fetch_photos (export);
      return;
    }
  const Name *name = &g_array_index (export->names, Name, export->next);
  xs_review_client_make_id (message.id);
  g_strlcpy (message.devnum, name->devnum, sizeof message.devnum);
  message.seq = name->seq;
  g_strlcpy (message.log_sha256, name->log_sha256, sizeof message.log_sha256);
  g_strlcpy (message.format, export->format, sizeof message.format);
  xs_review_client_record_export_async (export->client, &message, export->cancellable, on_recorded,
                                        g_object_ref (export));
}

/* Where to */

static void
on_response (XsLogExport *export, int response)
{
  if (response == GTK_RESPONSE_ACCEPT)
    export->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (export->chooser));
  g_clear_object (&export->chooser);
  if (export->file == NULL)
    return;
  export->shown = xs_shown_logs_new ();
  export->next = 0;
  record_log (export);
}

void
xs_log_export_ask (XsLogExport *export, GtkWindow *parent, const XsShownLogs *shown, const char *format)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autofree char *name = NULL;

  g_return_if_fail (XS_IS_LOG_EXPORT (export) && shown != NULL && shown->logs->len > 0);

  if (export->chooser != NULL || export->file != NULL)
    return;
  g_array_set_size (export->names, 0);
  /* With all that a student ever did on screen, the chosen log. */
  guint n_logs = shown->rows->len > 0 ? 1 : shown->logs->len;
  for (guint i = 0; i < n_logs; i++)
    {
      const XsReviewRow *row = xs_shown_log_row (xs_shown_logs_get (shown, i));
      Name one = { .seq = row->seq };
      g_strlcpy (one.devnum, row->devnum, sizeof one.devnum);
      g_strlcpy (one.log_sha256, row->log_sha256, sizeof one.log_sha256);
      g_array_append_val (export->names, one);
    }
  g_free (export->format);
  export->format = g_strdup (format);
  export->chooser =
    gtk_file_chooser_native_new (g_str_equal (format, "pdf") ? _ ("Take out as PDF") : _ ("Take out as a table (CSV)"),
                                 parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Take out"), _ ("Cancel"));
  name = xs_log_document_name (shown, format);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (export->chooser), name);
  gtk_file_filter_add_suffix (filter, format);
  gtk_file_chooser_set_filter (GTK_FILE_CHOOSER (export->chooser), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (export->chooser), TRUE);
  g_signal_connect_object (export->chooser, "response", G_CALLBACK (on_response), export, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (export->chooser));
}

void
xs_log_export_cancel (XsLogExport *export)
{
  g_return_if_fail (XS_IS_LOG_EXPORT (export));

  g_cancellable_cancel (export->cancellable);
  if (export->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (export->chooser));
  g_clear_object (&export->chooser);
}

static void
xs_log_export_finalize (GObject *object)
{
  XsLogExport *export = XS_LOG_EXPORT (object);

  g_clear_object (&export->chooser);
  g_clear_object (&export->file);
  g_clear_pointer (&export->shown, xs_shown_logs_free);
  g_array_unref (export->names);
  g_array_unref (export->wanted);
  g_hash_table_unref (export->jpegs);
  g_free (export->format);
  g_object_unref (export->cancellable);
  g_object_unref (export->client);
  G_OBJECT_CLASS (xs_log_export_parent_class)->finalize (object);
}

static void
xs_log_export_class_init (XsLogExportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_log_export_finalize;
  signals[SIGNAL_SAID] = g_signal_new ("said", XS_TYPE_LOG_EXPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                       2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
xs_log_export_init (XsLogExport *export)
{
  export->cancellable = g_cancellable_new ();
  export->names = g_array_new (FALSE, FALSE, sizeof (Name));
  export->wanted = g_array_new (FALSE, FALSE, sizeof (Photo));
  export->jpegs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
}

XsLogExport *
xs_log_export_new (XsReviewClient *client)
{
  XsLogExport *export = g_object_new (XS_TYPE_LOG_EXPORT, NULL);

  export->client = g_object_ref (client);
  return export;
}
