/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-log-list.h"

#include <string.h>

#include "xs-error.h"

#define PAGE_ROWS 100
/* From so many rows before the end on the next page is fetched. */
#define AHEAD_ROWS 40

struct _XsLogItem {
  GObject parent_instance;

  XsReviewRow row;
  gboolean marked;
};

G_DEFINE_FINAL_TYPE (XsLogItem, xs_log_item, G_TYPE_OBJECT)

static guint item_changed;

static void
xs_log_item_class_init (XsLogItemClass *klass)
{
  item_changed = g_signal_new ("changed", XS_TYPE_LOG_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
xs_log_item_init (XsLogItem *item)
{
}

const XsReviewRow *
xs_log_item_get_row (XsLogItem *item)
{
  g_return_val_if_fail (XS_IS_LOG_ITEM (item), NULL);

  return &item->row;
}

void
xs_log_item_set_marked (XsLogItem *item, gboolean marked)
{
  g_return_if_fail (XS_IS_LOG_ITEM (item));

  if (item->marked == marked)
    return;
  item->marked = marked;
  g_signal_emit (item, item_changed, 0);
}

gboolean
xs_log_item_get_marked (XsLogItem *item)
{
  g_return_val_if_fail (XS_IS_LOG_ITEM (item), FALSE);

  return item->marked;
}

/* A row may come late: the newer one goes. */
static void
set_row (XsLogItem *item, const XsReviewRow *row)
{
  if (row->version < item->row.version || memcmp (&item->row, row, sizeof *row) == 0)
    return;
  item->row = *row;
  g_signal_emit (item, item_changed, 0);
}

/* The list */

struct _XsLogList {
  GObject parent_instance;

  XsReviewClient *client;
  GPtrArray *items;    /* XsLogItem */
  GHashTable *by_hash; /* XsReviewRow.log_sha256 → XsLogItem of @items */
  XsReviewQuery query; /* of the first page */
  char next[sizeof ((XsReviewPage *) NULL)->next];
  XsReviewCounts counts;
  gint64 feed;
  GCancellable *cancellable; /* (nullable): of the page on its way */
  gboolean stale;            /* the first page is asked for once more after it */
};

enum {
  SIGNAL_COUNTS_CHANGED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void xs_log_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (XsLogList, xs_log_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, xs_log_list_model_init))

static XsLogItem *
find_item (XsLogList *list, const XsReviewRow *row)
{
  return g_hash_table_lookup (list->by_hash, row->log_sha256);
}

/* The item that is there already, so that what is chosen stays chosen. */
static XsLogItem *
take_item (XsLogList *list, const XsReviewRow *row)
{
  XsLogItem *item = find_item (list, row);

  if (item != NULL)
    {
      set_row (item, row);
      return g_object_ref (item);
    }
  item = g_object_new (XS_TYPE_LOG_ITEM, NULL);
  item->row = *row;
  return item;
}

static void
replace_items (XsLogList *list, GPtrArray *items)
{
  guint n_before = list->items->len;

  /* Its keys are the items'. */
  g_hash_table_remove_all (list->by_hash);
  g_ptr_array_unref (list->items);
  list->items = items;
  for (guint i = 0; i < items->len; i++)
    {
      XsLogItem *item = g_ptr_array_index (items, i);
      g_hash_table_insert (list->by_hash, item->row.log_sha256, item);
    }
  g_list_model_items_changed (G_LIST_MODEL (list), 0, n_before, items->len);
}

static gboolean
is_same (const GPtrArray *a, const GPtrArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->pdata, b->pdata, a->len * sizeof (gpointer)) == 0);
}

static void
keep_rest (XsLogList *list, GPtrArray *items)
{
  g_autoptr (GHashTable) first = g_hash_table_new (NULL, NULL);
  guint rest = 0;

  for (guint i = 0; i < items->len; i++)
    g_hash_table_add (first, g_ptr_array_index (items, i));
  /* What new logs pushed out of the first page begins the rest. */
  for (guint i = 0; i < list->items->len; i++)
    if (g_hash_table_contains (first, g_ptr_array_index (list->items, i)))
      rest = i + 1;
  for (guint i = rest; i < list->items->len; i++)
    if (!g_hash_table_contains (first, g_ptr_array_index (list->items, i)))
      g_ptr_array_add (items, g_object_ref (g_ptr_array_index (list->items, i)));
}

static void
take_first_page (XsLogList *list, const XsReviewPage *page)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < page->rows->len; i++)
    g_ptr_array_add (items, take_item (list, &g_array_index (page->rows, XsReviewRow, i)));
  /* Whoever has scrolled further down stays there. */
  if (list->items->len > PAGE_ROWS)
    keep_rest (list, items);
  else
    g_strlcpy (list->next, page->next, sizeof list->next);
  list->feed = page->feed;
  if (page->counts->len > 0)
    list->counts = g_array_index (page->counts, XsReviewCounts, 0);
  if (!is_same (items, list->items))
    replace_items (list, g_steal_pointer (&items));
  g_signal_emit (list, signals[SIGNAL_COUNTS_CHANGED], 0);
}

static void
take_next_page (XsLogList *list, const XsReviewPage *page)
{
  guint n_before = list->items->len;

  for (guint i = 0; i < page->rows->len; i++)
    {
      const XsReviewRow *row = &g_array_index (page->rows, XsReviewRow, i);
      /* One that moved meanwhile is there already. */
      if (find_item (list, row) != NULL)
        continue;
      XsLogItem *item = take_item (list, row);
      g_ptr_array_add (list->items, item);
      g_hash_table_insert (list->by_hash, item->row.log_sha256, item);
    }
  g_strlcpy (list->next, page->next, sizeof list->next);
  g_list_model_items_changed (G_LIST_MODEL (list), n_before, 0, list->items->len - n_before);
}

static void ask_for_page (XsLogList *list, gboolean first);

typedef struct {
  XsLogList *list;
  gboolean first;
} Asked;

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (XsLogList) list = asked->list;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewPage) page = { 0 };

  if (!xs_review_client_list_finish (XS_REVIEW_CLIENT (source), result, &page, &error))
    {
      if (g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
        return;
      g_clear_object (&list->cancellable);
      g_signal_emit (list, signals[SIGNAL_FAILED], 0, error);
      return;
    }
  g_clear_object (&list->cancellable);
  if (asked->first)
    take_first_page (list, &page);
  else
    take_next_page (list, &page);
  if (list->stale)
    ask_for_page (list, TRUE);
}

static void
ask_for_page (XsLogList *list, gboolean first)
{
  XsReviewQuery query = list->query;
  Asked *asked = g_new (Asked, 1);

  list->stale = FALSE;
  query.limit = PAGE_ROWS;
  if (!first)
    g_strlcpy (query.after, list->next, sizeof query.after);
  list->cancellable = g_cancellable_new ();
  *asked = (Asked){ g_object_ref (list), first };
  xs_review_client_list_async (list->client, &query, list->cancellable, on_page, asked);
}

static void
stop_asking (XsLogList *list)
{
  if (list->cancellable != NULL)
    g_cancellable_cancel (list->cancellable);
  g_clear_object (&list->cancellable);
}

void
xs_log_list_ask (XsLogList *list, const XsReviewQuery *query)
{
  g_return_if_fail (XS_IS_LOG_LIST (list));

  stop_asking (list);
  list->query = *query;
  list->next[0] = '\0';
  replace_items (list, g_ptr_array_new_with_free_func (g_object_unref));
  ask_for_page (list, TRUE);
}

void
xs_log_list_ask_again (XsLogList *list)
{
  g_return_if_fail (XS_IS_LOG_LIST (list));

  if (list->cancellable != NULL)
    list->stale = TRUE;
  else
    ask_for_page (list, TRUE);
}

void
xs_log_list_merge (XsLogList *list, const GArray *rows)
{
  g_return_if_fail (XS_IS_LOG_LIST (list));

  for (guint i = 0; i < rows->len; i++)
    {
      const XsReviewRow *row = &g_array_index (rows, XsReviewRow, i);
      XsLogItem *item = find_item (list, row);
      if (item != NULL)
        set_row (item, row);
    }
  /* Counts, and the places of new ones, are the platform's to say. */
  if (rows->len > 0)
    xs_log_list_ask_again (list);
}

const XsReviewCounts *
xs_log_list_get_counts (XsLogList *list)
{
  g_return_val_if_fail (XS_IS_LOG_LIST (list), NULL);

  return &list->counts;
}

gint64
xs_log_list_get_feed (XsLogList *list)
{
  g_return_val_if_fail (XS_IS_LOG_LIST (list), -1);

  return list->feed;
}

gboolean
xs_log_list_is_loading (XsLogList *list)
{
  g_return_val_if_fail (XS_IS_LOG_LIST (list), FALSE);

  return list->cancellable != NULL;
}

GPtrArray *
xs_log_list_get_marked (XsLogList *list)
{
  GPtrArray *marked = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (XS_IS_LOG_LIST (list), marked);

  for (guint i = 0; i < list->items->len; i++)
    {
      XsLogItem *item = g_ptr_array_index (list->items, i);
      if (item->marked)
        g_ptr_array_add (marked, g_object_ref (item));
    }
  return marked;
}

guint
xs_log_list_find (XsLogList *list, const char *log_sha256)
{
  guint index;

  g_return_val_if_fail (XS_IS_LOG_LIST (list), G_MAXUINT);

  XsLogItem *item = g_hash_table_lookup (list->by_hash, log_sha256);
  return item != NULL && g_ptr_array_find (list->items, item, &index) ? index : G_MAXUINT;
}

/* GListModel */

static GType
get_item_type (GListModel *model)
{
  return XS_TYPE_LOG_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return XS_LOG_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  XsLogList *list = XS_LOG_LIST (model);

  if (position >= list->items->len)
    return NULL;
  if (position + AHEAD_ROWS >= list->items->len && list->next[0] != '\0' && list->cancellable == NULL)
    ask_for_page (list, FALSE);
  return g_object_ref (g_ptr_array_index (list->items, position));
}

static void
xs_log_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
xs_log_list_dispose (GObject *object)
{
  XsLogList *list = XS_LOG_LIST (object);

  stop_asking (list);
  g_clear_object (&list->client);
  G_OBJECT_CLASS (xs_log_list_parent_class)->dispose (object);
}

static void
xs_log_list_finalize (GObject *object)
{
  XsLogList *list = XS_LOG_LIST (object);

  g_hash_table_unref (list->by_hash);
  g_ptr_array_unref (list->items);
  G_OBJECT_CLASS (xs_log_list_parent_class)->finalize (object);
}

static void
xs_log_list_class_init (XsLogListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_log_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = xs_log_list_finalize;
  signals[SIGNAL_COUNTS_CHANGED] =
    g_signal_new ("counts-changed", XS_TYPE_LOG_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", XS_TYPE_LOG_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
xs_log_list_init (XsLogList *list)
{
  list->items = g_ptr_array_new_with_free_func (g_object_unref);
  list->by_hash = g_hash_table_new (g_str_hash, g_str_equal);
  list->feed = -1;
}

XsLogList *
xs_log_list_new (XsReviewClient *client)
{
  XsLogList *list = g_object_new (XS_TYPE_LOG_LIST, NULL);

  list->client = g_object_ref (client);
  return list;
}
