/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-learner-list.h"

#include "xs-review-text.h"

struct _XsLearnerItem {
  GObject parent_instance;
  XsReviewLearner learner;
};

G_DEFINE_FINAL_TYPE (XsLearnerItem, xs_learner_item, G_TYPE_OBJECT)

static void
xs_learner_item_finalize (GObject *object)
{
  xs_review_learner_clear (&XS_LEARNER_ITEM (object)->learner);
  G_OBJECT_CLASS (xs_learner_item_parent_class)->finalize (object);
}

static void
xs_learner_item_class_init (XsLearnerItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_learner_item_finalize;
}

static void
xs_learner_item_init (XsLearnerItem *item)
{
}

/* What @learner holds moves to the item. */
static XsLearnerItem *
take_learner (XsReviewLearner *learner)
{
  XsLearnerItem *item = g_object_new (XS_TYPE_LEARNER_ITEM, NULL);

  item->learner = *learner;
  xs_review_learner_init (learner);
  return item;
}

const XsReviewLearner *
xs_learner_item_get (XsLearnerItem *item)
{
  g_return_val_if_fail (XS_IS_LEARNER_ITEM (item), NULL);

  return &item->learner;
}

const XsReviewPhotoCheck *
xs_learner_item_get_check (XsLearnerItem *item)
{
  g_return_val_if_fail (XS_IS_LEARNER_ITEM (item), NULL);

  return item->learner.check->len > 0 ? &g_array_index (item->learner.check, XsReviewPhotoCheck, 0) : NULL;
}

struct _XsLearnerList {
  GObject parent_instance;

  XsReviewClient *client;
  GPtrArray *items; /* XsLearnerItem */
  XsReviewQuery query;
  gint64 waiting;
  gboolean has_more, is_changing;
  GCancellable *loading; /* (nullable): of the question that is under way */
};

enum {
  SIGNAL_LOADED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return XS_TYPE_LEARNER_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return XS_LEARNER_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  XsLearnerList *list = XS_LEARNER_LIST (model);

  return position < list->items->len ? g_object_ref (g_ptr_array_index (list->items, position)) : NULL;
}

static void
model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (XsLearnerList, xs_learner_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, model_init))

static gboolean
is_as_before (XsLearnerItem *item, const XsReviewLearner *learner)
{
  const XsReviewLearner *before = xs_learner_item_get (item);

  return g_str_equal (before->stunum, learner->stunum) && g_str_equal (before->sha256, learner->sha256)
         && before->version == learner->version && before->check->len == learner->check->len;
}

/* Who stays at either end is not touched: what is chosen stays chosen. */
static void
replace_items (XsLearnerList *list, GArray *rows)
{
  guint n_before = list->items->len, n_head = 0, n_tail = 0;

  while (n_head < MIN (n_before, rows->len)
         && is_as_before (g_ptr_array_index (list->items, n_head), &g_array_index (rows, XsReviewLearner, n_head)))
    n_head++;
  while (n_tail < MIN (n_before, rows->len) - n_head
         && is_as_before (g_ptr_array_index (list->items, n_before - 1 - n_tail),
                          &g_array_index (rows, XsReviewLearner, rows->len - 1 - n_tail)))
    n_tail++;
  guint n_removed = n_before - n_head - n_tail, n_added = rows->len - n_head - n_tail;
  if (n_removed > 0)
    g_ptr_array_remove_range (list->items, n_head, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (list->items, (int) (n_head + i),
                        take_learner (&g_array_index (rows, XsReviewLearner, n_head + i)));
  if (n_removed > 0 || n_added > 0)
    g_list_model_items_changed (G_LIST_MODEL (list), n_head, n_removed, n_added);
}

typedef struct {
  XsLearnerList *list;
  GCancellable *cancellable;
} Asked;

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->list);
  g_object_unref (asked->cancellable);
  g_free (asked);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static void
on_learners (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asked) asked = user_data;
  XsLearnerList *list = asked->list;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewLearners) learners = { 0 };
  gboolean answered = xs_review_client_list_learners_finish (XS_REVIEW_CLIENT (source), result, &learners, &error);

  if (asked->cancellable != list->loading)
    return;
  g_clear_object (&list->loading);
  if (!answered)
    {
      g_signal_emit (list, signals[SIGNAL_FAILED], 0, error);
      return;
    }
  list->waiting = learners.waiting;
  list->has_more = learners.next[0] != '\0';
  list->is_changing = TRUE;
  replace_items (list, learners.rows);
  g_signal_emit (list, signals[SIGNAL_LOADED], 0);
  list->is_changing = FALSE;
}

void
xs_learner_list_ask_again (XsLearnerList *list)
{
  g_return_if_fail (XS_IS_LEARNER_LIST (list));

  if (list->loading != NULL)
    g_cancellable_cancel (list->loading);
  g_clear_object (&list->loading);
  list->loading = g_cancellable_new ();
  Asked *asked = g_new (Asked, 1);
  *asked = (Asked){ g_object_ref (list), g_object_ref (list->loading) };
  xs_review_client_list_learners_async (list->client, &list->query, list->loading, on_learners, asked);
}

void
xs_learner_list_look (XsLearnerList *list)
{
  g_return_if_fail (XS_IS_LEARNER_LIST (list));

  if (list->loading == NULL)
    xs_learner_list_ask_again (list);
}

gboolean
xs_learner_list_is_changing (XsLearnerList *list)
{
  return list->is_changing;
}

void
xs_learner_list_ask (XsLearnerList *list, const char *state, const char *text)
{
  g_return_if_fail (XS_IS_LEARNER_LIST (list));

  g_strlcpy (list->query.state, state, sizeof list->query.state);
  xs_review_text_cut (list->query.text, sizeof list->query.text, text);
  xs_learner_list_ask_again (list);
}

gint64
xs_learner_list_get_waiting (XsLearnerList *list)
{
  return list->waiting;
}

gboolean
xs_learner_list_has_more (XsLearnerList *list)
{
  return list->has_more;
}

guint
xs_learner_list_find (XsLearnerList *list, const char *stunum)
{
  for (guint i = 0; i < list->items->len; i++)
    if (g_str_equal (xs_learner_item_get (g_ptr_array_index (list->items, i))->stunum, stunum))
      return i;
  return G_MAXUINT;
}

static void
xs_learner_list_dispose (GObject *object)
{
  XsLearnerList *list = XS_LEARNER_LIST (object);

  if (list->loading != NULL)
    g_cancellable_cancel (list->loading);
  g_clear_object (&list->loading);
  g_clear_object (&list->client);
  G_OBJECT_CLASS (xs_learner_list_parent_class)->dispose (object);
}

static void
xs_learner_list_finalize (GObject *object)
{
  XsLearnerList *list = XS_LEARNER_LIST (object);

  g_ptr_array_unref (list->items);
  xs_review_query_clear (&list->query);
  G_OBJECT_CLASS (xs_learner_list_parent_class)->finalize (object);
}

static void
xs_learner_list_class_init (XsLearnerListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xs_learner_list_dispose;
  object_class->finalize = xs_learner_list_finalize;
  signals[SIGNAL_LOADED] =
    g_signal_new ("loaded", XS_TYPE_LEARNER_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", XS_TYPE_LEARNER_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
xs_learner_list_init (XsLearnerList *list)
{
  list->items = g_ptr_array_new_with_free_func (g_object_unref);
  list->waiting = -1;
  xs_review_query_init (&list->query);
}

XsLearnerList *
xs_learner_list_new (XsReviewClient *client)
{
  XsLearnerList *list = g_object_new (XS_TYPE_LEARNER_LIST, NULL);

  list->client = g_object_ref (client);
  return list;
}
