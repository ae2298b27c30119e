/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-history.h"

/* Of a task: two rows of pages, until both are at their end. */
typedef struct {
  XsHistory *history;
  char stunum[XS_UNIFIED_DIGITS + 1];
  guint n_open; /* of the two */
} Load;

void
xs_history_free (XsHistory *history)
{
  if (history == NULL)
    return;
  g_array_unref (history->rows);
  g_array_unref (history->glances);
  g_free (history);
}

static void
load_free (gpointer data)
{
  Load *load = data;

  xs_history_free (load->history);
  g_free (load);
}

static void
end_one (GTask *task)
{
  Load *load = g_task_get_task_data (task);

  if (--load->n_open == 0 && !g_task_had_error (task))
    g_task_return_pointer (task, g_steal_pointer (&load->history), (GDestroyNotify) xs_history_free);
}

/* The other one may have failed before. */
static void
fail (GTask *task, GError *error)
{
  if (g_task_had_error (task))
    g_error_free (error);
  else
    g_task_return_error (task, error);
  end_one (task);
}

static void
fill_query (const Load *load, const char *after, XsReviewQuery *query)
{
  xs_review_query_init (query);
  g_strlcpy (query->stunum, load->stunum, sizeof query->stunum);
  g_strlcpy (query->after, after, sizeof query->after);
}

static void on_rows (GObject *source, GAsyncResult *result, gpointer data);
static void on_glances (GObject *source, GAsyncResult *result, gpointer data);

static void
ask_rows (GTask *task, const char *after)
{
  g_auto (XsReviewQuery) query;

  fill_query (g_task_get_task_data (task), after, &query);
  xs_review_client_list_async (g_task_get_source_object (task), &query, g_task_get_cancellable (task), on_rows,
                               g_object_ref (task));
}

static void
ask_glances (GTask *task, const char *after)
{
  g_auto (XsReviewQuery) query;

  fill_query (g_task_get_task_data (task), after, &query);
  xs_review_client_get_history_async (g_task_get_source_object (task), &query, g_task_get_cancellable (task),
                                      on_glances, g_object_ref (task));
}

static void
on_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Load *load = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewPage) page = { 0 };

  if (!xs_review_client_list_finish (XS_REVIEW_CLIENT (source), result, &page, &error))
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  g_array_append_vals (load->history->rows, page.rows->data, page.rows->len);
  if (page.next[0] != '\0')
    ask_rows (task, page.next);
  else
    end_one (task);
}

static void
on_glances (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Load *load = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewHistory) page = { 0 };

  if (!xs_review_client_get_history_finish (XS_REVIEW_CLIENT (source), result, &page, &error))
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  g_array_append_vals (load->history->glances, page.photos->data, page.photos->len);
  if (page.next[0] != '\0')
    ask_glances (task, page.next);
  else
    end_one (task);
}

void
xs_history_load_async (XsReviewClient *client, const char *stunum, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (client, cancellable, callback, user_data);
  Load *load = g_new0 (Load, 1);

  load->history = g_new (XsHistory, 1);
  load->history->rows = g_array_new (FALSE, FALSE, sizeof (XsReviewRow));
  load->history->glances = g_array_new (FALSE, FALSE, sizeof (XsReviewGlance));
  g_strlcpy (load->stunum, stunum, sizeof load->stunum);
  load->n_open = 2;
  g_task_set_task_data (task, load, load_free);
  /* Cancelled it ends with the client's own error, which nobody is told of. */
  g_task_set_check_cancellable (task, FALSE);
  ask_rows (task, "");
  ask_glances (task, "");
}

XsHistory *
xs_history_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
