/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-store.h"

#include "xs-error.h"
#include "xs-journal-private.h"

/* What the store and its thread share; the store may be gone while the last results are still under way. */
typedef struct {
  GWeakRef store;
  GMainContext *context; /* where "changed" is emitted */
  GAsyncQueue *queue;    /* of Work */
  XsJournal *journal;    /* touched by the thread only, which closes it when the store is gone */
  int changed_pending;   /* atomic: "changed" is on its way already */
} Shared;

struct _XsStore {
  GObject parent_instance;

  GThread *thread;
  Shared *shared;
};

/*
 * XsStoreCall: one piece of work, and the GAsyncResult of it. It is no GTask, because a task keeps its source object
 * alive: then the last reference to a store with work in its queue would go only when the main loop delivers the
 * results, and at the end of a program there is no main loop any more.
 */
#define XS_TYPE_STORE_CALL (xs_store_call_get_type ())
G_DECLARE_FINAL_TYPE (XsStoreCall, xs_store_call, XS, STORE_CALL, GObject)

struct _XsStoreCall {
  GObject parent_instance;

  GWeakRef store;
  GMainContext *context;
  XsStoreFunc func;
  gpointer data;
  GDestroyNotify free_data;
  GAsyncReadyCallback callback;
  gpointer user_data;

  gboolean succeeded;
  GError *error;
};

/* Somebody waits for this one. */
typedef struct {
  XsStoreFunc func;
  gpointer data;
  GError **error;
  gboolean succeeded;

  GMutex lock;
  GCond cond;
  gboolean done;
} Run;

/* Either a call, or a run, or, with neither, the end. */
typedef struct {
  XsStoreCall *call;
  Run *run;
} Work;

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void xs_store_call_result_init (GAsyncResultIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (XsStoreCall, xs_store_call, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_RESULT, xs_store_call_result_init))
G_DEFINE_FINAL_TYPE (XsStore, xs_store, G_TYPE_OBJECT)

static void
xs_store_call_finalize (GObject *object)
{
  XsStoreCall *self = XS_STORE_CALL (object);

  if (self->free_data != NULL && self->data != NULL)
    self->free_data (self->data);
  g_clear_error (&self->error);
  g_main_context_unref (self->context);
  g_weak_ref_clear (&self->store);
  G_OBJECT_CLASS (xs_store_call_parent_class)->finalize (object);
}

static void
xs_store_call_class_init (XsStoreCallClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_store_call_finalize;
}

static void
xs_store_call_init (XsStoreCall *self)
{
  g_weak_ref_init (&self->store, NULL);
}

static gpointer
xs_store_call_get_user_data (GAsyncResult *result)
{
  return XS_STORE_CALL (result)->user_data;
}

static GObject *
xs_store_call_get_source_object (GAsyncResult *result)
{
  return g_weak_ref_get (&XS_STORE_CALL (result)->store);
}

static void
xs_store_call_result_init (GAsyncResultIface *iface)
{
  iface->get_user_data = xs_store_call_get_user_data;
  iface->get_source_object = xs_store_call_get_source_object;
}

static gboolean
deliver (gpointer data)
{
  XsStoreCall *call = data;
  g_autoptr (GObject) store = g_weak_ref_get (&call->store);

  if (call->callback != NULL)
    call->callback (store, G_ASYNC_RESULT (call), call->user_data);
  return G_SOURCE_REMOVE;
}

static void
attach (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify free_data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, free_data);
  g_source_attach (source, context);
}

static void
shared_clear (gpointer data)
{
  Shared *shared = data;

  g_weak_ref_clear (&shared->store);
  g_main_context_unref (shared->context);
  g_async_queue_unref (shared->queue);
}

static void
shared_release (gpointer data)
{
  g_atomic_rc_box_release_full (data, shared_clear);
}

static gboolean
emit_changed (gpointer data)
{
  Shared *shared = data;
  g_autoptr (XsStore) store = g_weak_ref_get (&shared->store);

  g_atomic_int_set (&shared->changed_pending, FALSE);
  if (store != NULL)
    g_signal_emit (store, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static gboolean
call_func (Shared *shared, XsStoreFunc func, gpointer data, GError **error)
{
  gint64 before = xs_journal_total_changes (shared->journal);
  gboolean succeeded = func (shared->journal, data, error);

  if (xs_journal_total_changes (shared->journal) != before
      && g_atomic_int_compare_and_exchange (&shared->changed_pending, FALSE, TRUE))
    attach (shared->context, emit_changed, g_atomic_rc_box_acquire (shared), shared_release);
  return succeeded;
}

static void
finish_run (Run *run)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&run->lock);

  run->done = TRUE;
  g_cond_signal (&run->cond);
}

static gpointer
work (gpointer data)
{
  Shared *shared = data;

  for (;;)
    {
      g_autofree Work *item = g_async_queue_pop (shared->queue);
      if (item->call != NULL)
        {
          XsStoreCall *call = item->call;
          call->succeeded = call_func (shared, call->func, call->data, &call->error);
          /* Hands the reference on, so that the data is freed where it was submitted. */
          g_autoptr (GMainContext) context = g_main_context_ref (call->context);
          attach (context, deliver, call, g_object_unref);
        }
      else if (item->run != NULL)
        {
          item->run->succeeded = call_func (shared, item->run->func, item->run->data, item->run->error);
          finish_run (item->run);
        }
      else
        {
          break;
        }
    }
  g_clear_pointer (&shared->journal, xs_journal_close);
  shared_release (shared);
  return NULL;
}

static void
push (XsStore *self, XsStoreCall *call, Run *run)
{
  Work *item = g_new0 (Work, 1);

  item->call = call;
  item->run = run;
  g_async_queue_push (self->shared->queue, item);
}

static void
xs_store_finalize (GObject *object)
{
  XsStore *self = XS_STORE (object);

  if (self->thread != NULL)
    {
      push (self, NULL, NULL);
      /* Work that drops the last reference ends the thread it runs on: nothing is left to wait for. */
      if (self->thread == g_thread_self ())
        g_thread_unref (self->thread);
      else
        g_thread_join (self->thread);
    }
  shared_release (self->shared);
  G_OBJECT_CLASS (xs_store_parent_class)->finalize (object);
}

static void
xs_store_class_init (XsStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_store_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
xs_store_init (XsStore *self)
{
  self->shared = g_atomic_rc_box_new0 (Shared);
  g_weak_ref_init (&self->shared->store, self);
  self->shared->context = g_main_context_ref_thread_default ();
  self->shared->queue = g_async_queue_new ();
}

XsStore *
xs_store_new (XsJournal *journal)
{
  XsStore *self = g_object_new (XS_TYPE_STORE, NULL);

  g_return_val_if_fail (journal != NULL, self);

  self->shared->journal = journal;
  self->thread = g_thread_new ("xs-store", work, g_atomic_rc_box_acquire (self->shared));
  return self;
}

gboolean
xs_store_is_damaged (XsStore *self)
{
  g_return_val_if_fail (XS_IS_STORE (self), FALSE);

  return xs_journal_is_damaged (self->shared->journal);
}

void
xs_store_submit (XsStore *self, XsStoreFunc func, gpointer data, GDestroyNotify free_data, GAsyncReadyCallback callback,
                 gpointer user_data)
{
  g_return_if_fail (XS_IS_STORE (self));

  XsStoreCall *call = g_object_new (XS_TYPE_STORE_CALL, NULL);
  g_weak_ref_set (&call->store, self);
  call->context = g_main_context_ref_thread_default ();
  call->func = func;
  call->data = data;
  call->free_data = free_data;
  call->callback = callback;
  call->user_data = user_data;
  push (self, call, NULL);
}

gboolean
xs_store_finish (XsStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (XS_IS_STORE_CALL (result), FALSE);

  XsStoreCall *call = XS_STORE_CALL (result);
  if (call->error != NULL)
    g_propagate_error (error, g_error_copy (call->error));
  return call->succeeded;
}

gpointer
xs_store_get_data (GAsyncResult *result)
{
  g_return_val_if_fail (XS_IS_STORE_CALL (result), NULL);

  return XS_STORE_CALL (result)->data;
}

gboolean
xs_store_run (XsStore *self, XsStoreFunc func, gpointer data, GError **error)
{
  g_return_val_if_fail (XS_IS_STORE (self), FALSE);
  g_return_val_if_fail (self->thread != g_thread_self (), FALSE);

  Run run = { .func = func, .data = data, .error = error };
  g_mutex_init (&run.lock);
  g_cond_init (&run.cond);
  push (self, NULL, &run);
  g_mutex_lock (&run.lock);
  while (!run.done)
    g_cond_wait (&run.cond, &run.lock);
  g_mutex_unlock (&run.lock);
  g_mutex_clear (&run.lock);
  g_cond_clear (&run.cond);
  return run.succeeded;
}
