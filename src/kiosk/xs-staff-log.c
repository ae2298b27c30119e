/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "xs-blob.h"
#include "xs-clock.h"
#include "xs-log-book.h"
#include "xs-staff-context.h"
#include "xs-staff-folder.h"

/* What the kiosk said of itself lately: to read, and to take along. */
#define XS_TYPE_STAFF_LOG (xs_staff_log_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffLog, xs_staff_log, XS, STAFF_LOG, AdwBin)

/* The end of the book is what is looked for. */
#define SHOWN_BYTES (24 * 1024)

struct _XsStaffLog {
  AdwBin parent_instance;

  GtkTextView *view;
  gboolean exporting;
  XsStaffFolder *folder;
  GtkButton *export;
  GtkLabel *exported;
};

G_DEFINE_FINAL_TYPE (XsStaffLog, xs_staff_log, ADW_TYPE_BIN)

static void
update_button (XsStaffLog *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->export), *xs_staff_folder_get_path (self->folder) != '\0');
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, xs_log_book_dup (), g_free);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsStaffLog *self = (XsStaffLog *) source;
  g_autofree char *text = g_task_propagate_pointer (G_TASK (result), NULL);
  gsize length = text != NULL ? strlen (text) : 0;
  const char *shown = text != NULL ? text : "";
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter end;

  if (length > SHOWN_BYTES)
    {
      const char *line = strchr (text + length - SHOWN_BYTES, '\n');
      shown = line != NULL ? line + 1 : "";
    }
  gtk_text_buffer_set_text (buffer, shown, -1);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  gtk_text_view_scroll_to_mark (self->view, gtk_text_buffer_get_insert (buffer), 0, FALSE, 0, 0);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const char *dir = data;
  GError *error = NULL;
  g_autofree char *stamp = xs_wall_format (xs_clock_wall_us (xs_clock_system ()), "%Y%m%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("xueshi-kiosk-%s.log", stamp);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  char *text = xs_log_book_dup ();
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  if (xs_blob_write (path, bytes, &error))
    g_task_return_pointer (task, g_steal_pointer (&path), g_free);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsStaffLog *self = (XsStaffLog *) source;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *text = path != NULL
                            ? g_strdup_printf (_ ("Written to %s"), path)
                            : g_strdup (_ ("It could not be written there. Take another stick, or another folder."));

  if (path == NULL)
    g_message ("Export of messages: %s", error->message);
  self->exporting = FALSE;
  xs_staff_set_result (self->exported, path == NULL, text);
}

static void
on_export (XsStaffLog *self)
{
  /* The button is not made insensitive meanwhile: it would lose the focus. */
  if (self->exporting || !gtk_widget_get_sensitive (GTK_WIDGET (self->export)))
    return;
  g_autoptr (GTask) task = g_task_new (self, NULL, on_written, NULL);

  self->exporting = TRUE;
  xs_staff_set_result (self->exported, FALSE, _ ("Writing…"));
  g_task_set_source_tag (task, on_export);
  g_task_set_task_data (task, g_strdup (xs_staff_folder_get_path (self->folder)), g_free);
  g_task_run_in_thread (task, write_in_thread);
}

static void
xs_staff_log_map (GtkWidget *widget)
{
  g_autoptr (GTask) task = g_task_new (widget, NULL, on_read, NULL);

  GTK_WIDGET_CLASS (xs_staff_log_parent_class)->map (widget);
  g_task_set_source_tag (task, xs_staff_log_map);
  g_task_run_in_thread (task, read_in_thread);
}

static void
xs_staff_log_class_init (XsStaffLogClass *klass)
{
  GTK_WIDGET_CLASS (klass)->map = xs_staff_log_map;
}

static void
xs_staff_log_init (XsStaffLog *self)
{
  GtkBox *column =
    xs_staff_part_new (ADW_BIN (self), _ ("Messages"),
                       _ ("What this kiosk noted lately, for whoever helps you. There are no names and no pictures in "
                          "it, and of student numbers the last four digits only."));
  GtkWidget *scroll = gtk_scrolled_window_new ();
  GtkBox *line;

  self->view = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_editable (self->view, FALSE);
  gtk_text_view_set_cursor_visible (self->view, FALSE);
  gtk_text_view_set_wrap_mode (self->view, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_monospace (self->view, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Messages"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), GTK_WIDGET (self->view));
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroll), 260);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_widget_add_css_class (scroll, "panel");
  gtk_box_append (column, scroll);
  self->folder = xs_staff_folder_new ();
  gtk_box_append (column, GTK_WIDGET (self->folder));
  line = xs_staff_add_line (column);
  self->export = xs_staff_add_button (line, _ ("Export"), G_CALLBACK (on_export), self);
  self->exported = xs_staff_add_result (line, _ ("Result of the export"));
  g_signal_connect_object (self->folder, "changed", G_CALLBACK (update_button), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "activated", G_CALLBACK (on_export), self, G_CONNECT_SWAPPED);
  update_button (self);
}

GtkWidget *
xs_staff_log_new (XsStaffContext *context)
{
  XsStaffLog *self = g_object_new (XS_TYPE_STAFF_LOG, NULL);

  if (context->options->sticks_dir != NULL)
    xs_staff_folder_lock (self->folder, context->options->sticks_dir);
  return GTK_WIDGET (self);
}
