/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-import-window.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-photo-import.h"
#include "xs-review-text.h"
#include "xs-update.h"

struct _XsImportWindow {
  AdwWindow parent_instance;

  GtkLabel *summary;
  GtkListView *view;
  GtkWidget *save;
  GtkButton *close;

  XsPhotoImport *import;
  GtkStringList *lines; /* of files, in their order */
  GtkFileChooserNative *chooser;
};

G_DEFINE_FINAL_TYPE (XsImportWindow, xs_import_window, ADW_TYPE_WINDOW)

/* (transfer full) */
static char *
line_of (const XsPhotoFile *file)
{
  return g_strdup_printf ("%s · %s%s%s", file->name, xs_photo_file_word (file->result),
                          file->detail[0] != '\0' ? " · " : "", file->detail);
}

/* What is new, and what was settled since. */
static void
update_lines (XsImportWindow *window)
{
  const GArray *files = xs_photo_import_get_set (window->import)->files;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (window->lines));

  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *line = line_of (&g_array_index (files, XsPhotoFile, i));
      const char *const one[] = { line, NULL };
      if (i >= n)
        gtk_string_list_append (window->lines, line);
      else if (!g_str_equal (gtk_string_list_get_string (window->lines, i), line))
        gtk_string_list_splice (window->lines, i, 1, one);
    }
}

/* (transfer full): how many became what. */
static char *
summary_of (const XsPhotoSet *set)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, g_dngettext (NULL, "%u file", "%u files", set->files->len), set->files->len);
  for (guint i = 0; i < XS_N_PHOTO_FILE_RESULTS; i++)
    if (set->counts[i] > 0)
      g_string_append_printf (text, " · %s: %u", xs_photo_file_word ((XsPhotoFileResult) i), set->counts[i]);
  return g_strdup (text->str);
}

static void
on_changed (XsImportWindow *window)
{
  g_autofree char *text = summary_of (xs_photo_import_get_set (window->import));

  xs_update_label (window->summary, text);
  update_lines (window);
  g_action_group_activate_action (G_ACTION_GROUP (gtk_window_get_transient_for (GTK_WINDOW (window))), "touched", NULL);
}

static void
on_done (XsImportWindow *window)
{
  const XsPhotoSet *set = xs_photo_import_get_set (window->import);
  const char *trouble = xs_photo_import_get_trouble (window->import);
  g_autofree char *counts = summary_of (set);
  g_autofree char *text = trouble != NULL ? g_strdup_printf (_ ("It ended early: %s\n%s"), trouble, counts)
                                          : g_strdup_printf (_ ("Done. %s"), counts);

  on_changed (window);
  xs_update_label (window->summary, text);
  gtk_widget_set_sensitive (window->save, set->files->len > 0);
  gtk_button_set_label (window->close, _ ("Close"));
}

/* The report */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsImportWindow) window = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_parse_name (G_FILE (source));

  (void) g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  g_autofree char *text = xs_review_text_written (name, error);
  xs_update_label (window->summary, text);
}

static void
on_save_response (XsImportWindow *window, int response)
{
  g_autoptr (GFile) file =
    response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (window->chooser)) : NULL;

  g_clear_object (&window->chooser);
  if (file == NULL)
    return;
  g_autoptr (GBytes) csv = xs_photo_set_csv (xs_photo_import_get_set (window->import));
  g_file_replace_contents_bytes_async (file, csv, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, on_saved,
                                       g_object_ref (window));
}

static void
on_save (XsImportWindow *window)
{
  g_autofree char *day = xs_wall_format (xs_clock_wall_us (xs_clock_system ()), "%Y-%m-%d %H.%M");
  /* Translators: name of a file; %s is day and time. */
  g_autofree char *name = g_strdup_printf (_ ("Registration photos %s.csv"), day);

  if (window->chooser != NULL)
    return;
  window->chooser = gtk_file_chooser_native_new (_ ("Save the report"), GTK_WINDOW (window),
                                                 GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), _ ("Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (window->chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (window->chooser), TRUE);
  g_signal_connect_object (window->chooser, "response", G_CALLBACK (on_save_response), window, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (window->chooser));
}

/* Where from */

typedef struct {
  GtkWindow *parent;
  XsReviewClient *client;
  GCancellable *ends;
} Asked;

static void
asked_free (gpointer data, GClosure *closure)
{
  Asked *asked = data;

  g_object_unref (asked->parent);
  g_object_unref (asked->client);
  g_object_unref (asked->ends);
  g_free (asked);
}

static void
drop_question (GtkNativeDialog *chooser)
{
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
}

static void
on_chosen (GtkFileChooserNative *chooser, int response, Asked *asked)
{
  g_autoptr (GFile) file =
    response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    {
      XsImportWindow *window = g_object_new (XS_TYPE_IMPORT_WINDOW, "transient-for", asked->parent, NULL);
      window->import = xs_photo_import_new (asked->client);
      g_signal_connect_object (window->import, "changed", G_CALLBACK (on_changed), window, G_CONNECT_SWAPPED);
      g_signal_connect_object (window->import, "done", G_CALLBACK (on_done), window, G_CONNECT_SWAPPED);
      g_signal_connect_object (asked->ends, "cancelled", G_CALLBACK (gtk_window_destroy), window, G_CONNECT_SWAPPED);
      xs_photo_import_start (window->import, path);
      gtk_window_present (GTK_WINDOW (window));
    }
  g_object_unref (chooser);
}

void
xs_import_window_ask (GtkWindow *parent, XsReviewClient *client, gboolean folder, GCancellable *ends)
{
  Asked *asked = g_new (Asked, 1);
  GtkFileChooserNative *chooser =
    gtk_file_chooser_native_new (folder ? _ ("Folder of photos named by the student’s number")
                                        : _ ("Archive (zip or tar) of photos named by the student’s number"),
                                 parent, folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN,
                                 _ ("Take photos"), _ ("Cancel"));

  *asked = (Asked){ g_object_ref (parent), g_object_ref (client), g_object_ref (ends) };
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_data (chooser, "response", G_CALLBACK (on_chosen), asked, asked_free, 0);
  g_signal_connect_object (ends, "cancelled", G_CALLBACK (drop_question), chooser, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* Rows */

static void
set_up_row (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_list_item_set_child (list_item, label);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (list_item)),
                      gtk_string_object_get_string (gtk_list_item_get_item (list_item)));
}

static void
xs_import_window_dispose (GObject *object)
{
  XsImportWindow *window = XS_IMPORT_WINDOW (object);

  if (window->import != NULL)
    xs_photo_import_cancel (window->import);
  g_clear_object (&window->import);
  g_clear_object (&window->chooser);
  g_clear_object (&window->lines);
  G_OBJECT_CLASS (xs_import_window_parent_class)->dispose (object);
}

static void
xs_import_window_class_init (XsImportWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_import_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-import-window.ui");
  gtk_widget_class_bind_template_child (widget_class, XsImportWindow, summary);
  gtk_widget_class_bind_template_child (widget_class, XsImportWindow, view);
  gtk_widget_class_bind_template_child (widget_class, XsImportWindow, save);
  gtk_widget_class_bind_template_child (widget_class, XsImportWindow, close);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
xs_import_window_init (XsImportWindow *window)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (window));
  window->lines = gtk_string_list_new (NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (set_up_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
  GtkNoSelection *selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (window->lines)));
  gtk_list_view_set_factory (window->view, factory);
  gtk_list_view_set_model (window->view, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
}
