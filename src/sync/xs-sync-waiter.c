/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-waiter.h"

#include "xs-error.h"

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  XsSyncWaiter *waiter = data;
  g_autoptr (GObject) source = g_object_ref (g_task_get_source_object (waiter->task));
  g_autoptr (GError) error = g_error_new (XS_ERROR, XS_ERROR_CANCELLED, "The caller gave up");

  waiter->cancelled (source, waiter);
  xs_sync_waiter_finish (waiter, error);
  return G_SOURCE_REMOVE;
}

XsSyncWaiter *
xs_sync_waiter_new (gpointer source, gpointer tag, GMainContext *context, GCancellable *cancellable,
                    XsSyncWaiterCancelled cancelled, GAsyncReadyCallback callback, gpointer user_data)
{
  XsSyncWaiter *waiter = g_new0 (XsSyncWaiter, 1);

  waiter->task = g_task_new (source, NULL, callback, user_data);
  g_task_set_source_tag (waiter->task, tag);
  if (cancellable != NULL)
    {
      waiter->cancelled = cancelled;
      waiter->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiter->cancel_source, G_SOURCE_FUNC (on_cancelled), waiter, NULL);
      g_source_attach (waiter->cancel_source, context);
    }
  return waiter;
}

void
xs_sync_waiter_finish (XsSyncWaiter *waiter, const GError *error)
{
  if (waiter->cancel_source != NULL)
    {
      g_source_destroy (waiter->cancel_source);
      g_source_unref (waiter->cancel_source);
    }
  if (error != NULL)
    g_task_return_error (waiter->task, g_error_copy (error));
  else
    g_task_return_boolean (waiter->task, TRUE);
  g_object_unref (waiter->task);
  g_free (waiter->url);
  g_free (waiter->code);
  g_free (waiter);
}

void
xs_sync_waiter_finish_all (GQueue *waiters, const GError *error)
{
  GQueue now = *waiters;
  XsSyncWaiter *waiter;

  g_queue_init (waiters);
  while ((waiter = g_queue_pop_head (&now)) != NULL)
    xs_sync_waiter_finish (waiter, error);
}
