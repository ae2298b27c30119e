/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-views-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-review-text.h"
#include "xs-update.h"

/* A row of the list. */
#define XS_TYPE_VIEW_ITEM (xs_view_item_get_type ())
G_DECLARE_FINAL_TYPE (XsViewItem, xs_view_item, XS, VIEW_ITEM, GObject)

struct _XsViewItem {
  GObject parent_instance;
  XsReviewView view;
};

G_DEFINE_FINAL_TYPE (XsViewItem, xs_view_item, G_TYPE_OBJECT)

static void
xs_view_item_class_init (XsViewItemClass *klass)
{
}

static void
xs_view_item_init (XsViewItem *item)
{
}

struct _XsViewsPage {
  AdwBin parent_instance;

  GtkEditable *search;
  GtkLabel *note;
  GtkColumnView *view;
  GtkWidget *more;

  XsReviewClient *client; /* (nullable) */
  GListStore *rows;       /* XsViewItem */
  char after[97];         /* where the next page begins */
  GCancellable *loading;  /* (nullable) */
};

G_DEFINE_FINAL_TYPE (XsViewsPage, xs_views_page, ADW_TYPE_BIN)

/* Words */

static char *
time_text (const XsReviewView *view)
{
  return xs_wall_format (view->at_us, "%Y-%m-%d %H:%M:%S");
}

static char *
who_text (const XsReviewView *view)
{
  const char *name = strchr (view->who, ':');

  if (g_str_equal (view->who, "auditor"))
    return g_strdup (_ ("The check"));
  if (g_str_has_prefix (view->who, "device:"))
    return g_strdup_printf (_ ("Kiosk %s"), name + 1);
  if (g_str_has_prefix (view->who, "command:"))
    return g_strdup_printf (_ ("At the server: %s"), name + 1);
  return g_strdup (g_str_has_prefix (view->who, "person:") ? name + 1 : view->who);
}

static char *
what_text (const XsReviewView *view)
{
  if (g_str_equal (view->kind, "registration"))
    return g_strdup (_ ("Registration photo"));
  if (g_str_equal (view->kind, "photo"))
    return g_strdup (_ ("Photo of a log"));
  g_autofree char *format = g_ascii_strup (view->why, -1);
  return g_strdup_printf (_ ("Log %d of kiosk %s taken out as %s"), (int) view->seq, view->devnum, format);
}

static char *
student_text (const XsReviewView *view)
{
  return g_strdup (view->stunum);
}

typedef char *(*TextFunc) (const XsReviewView *view);

static void
set_up_cell (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (list_item, label);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  XsViewItem *item = gtk_list_item_get_item (list_item);
  g_autofree char *text = ((TextFunc) user_data) (&item->view);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (list_item)), text);
}

static void
add_column (XsViewsPage *page, const char *title, TextFunc func, gboolean expand)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (set_up_cell), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), (gpointer) func);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_expand (column, expand);
  gtk_column_view_append_column (page->view, column);
}

/* Loading */

static void
on_views (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsViewsPage) page = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewViews) views = { 0 };

  if (!xs_review_client_list_views_finish (XS_REVIEW_CLIENT (source), result, &views, &error))
    {
      if (!g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
        xs_update_label (page->note, xs_review_text_error (error));
      return;
    }
  if (page->after[0] == '\0')
    g_list_store_remove_all (page->rows);
  for (guint i = 0; i < views.rows->len; i++)
    {
      g_autoptr (XsViewItem) item = g_object_new (XS_TYPE_VIEW_ITEM, NULL);
      item->view = g_array_index (views.rows, XsReviewView, i);
      g_list_store_append (page->rows, item);
    }
  g_strlcpy (page->after, views.next, sizeof page->after);
  gtk_widget_set_visible (page->more, views.next[0] != '\0');
  xs_update_label (page->note, g_list_model_get_n_items (G_LIST_MODEL (page->rows)) > 0 ? _ (
                                 "Every time a photo was opened or a log was taken out. Nothing of it can be removed.")
                                                                                        : _ ("There is none."));
}

static void
load_more (XsViewsPage *page)
{
  const char *text = gtk_editable_get_text (page->search);
  XsReviewQuery query;

  if (page->client == NULL)
    return;
  if (page->loading != NULL)
    g_cancellable_cancel (page->loading);
  g_clear_object (&page->loading);
  page->loading = g_cancellable_new ();
  xs_review_query_init (&query);
  g_strlcpy (query.after, page->after, sizeof query.after);
  if (strspn (text, "0123456789") == XS_UNIFIED_DIGITS && text[XS_UNIFIED_DIGITS] == '\0')
    g_strlcpy (query.stunum, text, sizeof query.stunum);
  else
    xs_review_text_cut (query.who, sizeof query.who, text);
  xs_review_client_list_views_async (page->client, &query, page->loading, on_views, g_object_ref (page));
  xs_review_query_clear (&query);
}

static void
load (XsViewsPage *page)
{
  page->after[0] = '\0';
  load_more (page);
}

void
xs_views_page_open (XsViewsPage *page, XsReviewClient *client)
{
  g_return_if_fail (XS_IS_VIEWS_PAGE (page));

  if (page->loading != NULL)
    g_cancellable_cancel (page->loading);
  g_clear_object (&page->loading);
  g_set_object (&page->client, client);
  g_list_store_remove_all (page->rows);
  gtk_editable_set_text (page->search, "");
  xs_update_label (page->note, "");
  gtk_widget_set_visible (page->more, FALSE);
}

/* Whoever comes to the page sees what is so now. */
static void
xs_views_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (xs_views_page_parent_class)->map (widget);
  load (XS_VIEWS_PAGE (widget));
}

static void
xs_views_page_dispose (GObject *object)
{
  XsViewsPage *page = XS_VIEWS_PAGE (object);

  if (page->loading != NULL)
    g_cancellable_cancel (page->loading);
  g_clear_object (&page->loading);
  g_clear_object (&page->client);
  g_clear_object (&page->rows);
  G_OBJECT_CLASS (xs_views_page_parent_class)->dispose (object);
}

static void
xs_views_page_class_init (XsViewsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_views_page_dispose;
  widget_class->map = xs_views_page_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-views-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsViewsPage, search);
  gtk_widget_class_bind_template_child (widget_class, XsViewsPage, note);
  gtk_widget_class_bind_template_child (widget_class, XsViewsPage, view);
  gtk_widget_class_bind_template_child (widget_class, XsViewsPage, more);
  gtk_widget_class_bind_template_callback (widget_class, load);
  gtk_widget_class_bind_template_callback (widget_class, load_more);
}

static void
xs_views_page_init (XsViewsPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
  page->rows = g_list_store_new (XS_TYPE_VIEW_ITEM);
  GtkNoSelection *selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (page->rows)));
  gtk_column_view_set_model (page->view, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  add_column (page, _ ("Time"), time_text, FALSE);
  add_column (page, _ ("Who"), who_text, TRUE);
  add_column (page, _ ("What"), what_text, TRUE);
  add_column (page, _ ("Student"), student_text, TRUE);
}
