/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-vision-worker.h"

#include "xs-error.h"
#include "xs-photo-check.h"

/*
 * What the two sides share. The thread never holds the worker itself, so that the last reference can go at any time
 * on any side.
 */
typedef struct {
  GMutex lock;
  GCond changed;
  gboolean stop;
  gboolean delivering; /* a result waits to be handed over; the next frame is looked at after that */
  XsFrame *frame;      /* (nullable): the newest frame, not yet looked at */
  XsLook look;
  gboolean reference_changed;
  XsTemplate *reference; /* (nullable): for the next frame when reference_changed */
  GQueue enrolments;     /* (element-type GTask) */
  XsVision *vision;      /* the thread's alone */
  GMainContext *context;
  GWeakRef worker;
} Shared;

struct _XsVisionWorker {
  GObject parent_instance;
  Shared *shared;
  GThread *thread;
  XsVisionWorkerFunc func;
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (XsVisionWorker, xs_vision_worker, G_TYPE_OBJECT)

typedef struct {
  Shared *shared;
  XsFrame *frame;
  gboolean seen;
  XsObservation observation;
  GError *error;
} Result;

static void
shared_clear (gpointer data)
{
  Shared *shared = data;
  g_assert (g_queue_is_empty (&shared->enrolments));
  g_clear_pointer (&shared->frame, xs_frame_unref);
  g_clear_pointer (&shared->reference, g_free);
  g_clear_pointer (&shared->vision, xs_vision_free);
  g_main_context_unref (shared->context);
  g_weak_ref_clear (&shared->worker);
  g_mutex_clear (&shared->lock);
  g_cond_clear (&shared->changed);
}

static void
shared_unref (Shared *shared)
{
  g_atomic_rc_box_release_full (shared, shared_clear);
}

static void
result_free (gpointer data)
{
  Result *result = data;
  xs_frame_unref (result->frame);
  g_clear_error (&result->error);
  shared_unref (result->shared);
  g_free (result);
}

static gboolean
deliver (gpointer data)
{
  Result *result = data;
  Shared *shared = result->shared;
  g_autoptr (XsVisionWorker) self = g_weak_ref_get (&shared->worker);

  g_mutex_lock (&shared->lock);
  shared->delivering = FALSE;
  g_cond_signal (&shared->changed);
  g_mutex_unlock (&shared->lock);

  if (self != NULL)
    self->func (self, result->frame, result->seen ? &result->observation : NULL, result->error, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
look_at_frame (Shared *shared, XsFrame *frame, XsLook look)
{
  Result *result = g_new0 (Result, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  result->shared = g_atomic_rc_box_acquire (shared);
  result->frame = frame;
  result->seen = xs_vision_observe (shared->vision, frame, look, &result->observation, &result->error);

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, result, result_free);
  g_source_set_static_name (source, "xs-vision-worker result");
  g_source_attach (source, shared->context);
}

typedef struct {
  XsFrame *photo;
  gboolean registered;
} Enrolment;

static void
enrolment_free (gpointer data)
{
  Enrolment *enrolment = data;
  xs_frame_unref (enrolment->photo);
  g_free (enrolment);
}

/* A photo in which nobody can be recognised would cost its student an hour of trying. */
static gboolean
check_photo (XsVision *vision, const XsFrame *photo, GError **error)
{
  XsPhotoRules rules;
  XsPhotoReport report;

  xs_photo_rules_default (&rules);
  if (!xs_photo_check (vision, photo, &rules, 0, &report, error))
    return FALSE;
  const XsPhotoItem *useless = xs_photo_report_find_useless (&report);
  if (useless == NULL)
    return TRUE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED, xs_photo_item_remedy (useless));
  return FALSE;
}

static void
enrol (Shared *shared, GTask *task)
{
  const Enrolment *enrolment = g_task_get_task_data (task);
  g_autofree XsTemplate *template = g_new0 (XsTemplate, 1);
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (xs_vision_enrol (shared->vision, enrolment->photo, template, &error)
      && (!enrolment->registered || check_photo (shared->vision, enrolment->photo, &error)))
    g_task_return_pointer (task, g_steal_pointer (&template), g_free);
  else
    g_task_return_error (task, error);
}

static gpointer
run (gpointer data)
{
  Shared *shared = data;

  g_mutex_lock (&shared->lock);
  while (!shared->stop)
    {
      /* Not only with the next frame: who signed out is forgotten at once. */
      if (shared->reference_changed)
        {
          shared->reference_changed = FALSE;
          xs_vision_set_reference (shared->vision, shared->reference);
        }

      g_autoptr (GTask) task = g_queue_pop_head (&shared->enrolments);
      XsFrame *frame = NULL;

      if (task == NULL && !shared->delivering)
        frame = g_steal_pointer (&shared->frame);
      if (task == NULL && frame == NULL)
        {
          g_cond_wait (&shared->changed, &shared->lock);
          continue;
        }
      shared->delivering |= frame != NULL;
      XsLook look = shared->look;

      g_mutex_unlock (&shared->lock);
      if (task != NULL)
        enrol (shared, task);
      else
        look_at_frame (shared, frame, look);
      g_clear_object (&task);
      g_mutex_lock (&shared->lock);
    }
  g_mutex_unlock (&shared->lock);
  shared_unref (shared);
  return NULL;
}

static void
xs_vision_worker_finalize (GObject *object)
{
  XsVisionWorker *self = XS_VISION_WORKER (object);

  g_mutex_lock (&self->shared->lock);
  self->shared->stop = TRUE;
  g_cond_signal (&self->shared->changed);
  g_mutex_unlock (&self->shared->lock);

  /* The end of an enrolment can drop the last reference on the thread itself. */
  if (self->thread == g_thread_self ())
    g_thread_unref (self->thread);
  else
    g_thread_join (self->thread);
  shared_unref (self->shared);

  G_OBJECT_CLASS (xs_vision_worker_parent_class)->finalize (object);
}

static void
xs_vision_worker_class_init (XsVisionWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_vision_worker_finalize;
}

static void
xs_vision_worker_init (XsVisionWorker *self)
{
}

XsVisionWorker *
xs_vision_worker_new (XsVision *vision, XsVisionWorkerFunc func, gpointer user_data)
{
  XsVisionWorker *self = g_object_new (XS_TYPE_VISION_WORKER, NULL);
  Shared *shared = g_atomic_rc_box_new0 (Shared);

  g_mutex_init (&shared->lock);
  g_cond_init (&shared->changed);
  g_queue_init (&shared->enrolments);
  shared->vision = vision;
  shared->context = g_main_context_ref_thread_default ();
  g_weak_ref_init (&shared->worker, self);

  self->shared = shared;
  self->func = func;
  self->user_data = user_data;
  self->thread = g_thread_new ("xs-vision", run, g_atomic_rc_box_acquire (shared));
  return self;
}

void
xs_vision_worker_push (XsVisionWorker *self, XsFrame *frame)
{
  XsFrame *replaced;

  g_return_if_fail (XS_IS_VISION_WORKER (self));
  g_return_if_fail (frame != NULL);

  g_mutex_lock (&self->shared->lock);
  replaced = g_steal_pointer (&self->shared->frame);
  self->shared->frame = xs_frame_ref (frame);
  g_cond_signal (&self->shared->changed);
  g_mutex_unlock (&self->shared->lock);

  g_clear_pointer (&replaced, xs_frame_unref);
}

void
xs_vision_worker_set_look (XsVisionWorker *self, XsLook look)
{
  g_return_if_fail (XS_IS_VISION_WORKER (self));

  g_mutex_lock (&self->shared->lock);
  self->shared->look = look;
  g_mutex_unlock (&self->shared->lock);
}

void
xs_vision_worker_set_reference (XsVisionWorker *self, const XsTemplate *reference)
{
  g_autofree XsTemplate *replaced = NULL;

  g_return_if_fail (XS_IS_VISION_WORKER (self));

  g_mutex_lock (&self->shared->lock);
  replaced = g_steal_pointer (&self->shared->reference);
  self->shared->reference = g_memdup2 (reference, sizeof *reference);
  self->shared->reference_changed = TRUE;
  g_cond_signal (&self->shared->changed);
  g_mutex_unlock (&self->shared->lock);
}

static void
queue_enrolment (XsVisionWorker *self, XsFrame *photo, gboolean registered, GTask *task)
{
  Enrolment *enrolment = g_new (Enrolment, 1);

  *enrolment = (Enrolment){ xs_frame_ref (photo), registered };
  g_task_set_source_tag (task, queue_enrolment);
  g_task_set_task_data (task, enrolment, enrolment_free);

  g_mutex_lock (&self->shared->lock);
  g_queue_push_tail (&self->shared->enrolments, task);
  g_cond_signal (&self->shared->changed);
  g_mutex_unlock (&self->shared->lock);
}

void
xs_vision_worker_enrol_async (XsVisionWorker *self, XsFrame *photo, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (XS_IS_VISION_WORKER (self));
  g_return_if_fail (photo != NULL);

  queue_enrolment (self, photo, FALSE, g_task_new (self, cancellable, callback, user_data));
}

void
xs_vision_worker_enrol_registered_async (XsVisionWorker *self, XsFrame *photo, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (XS_IS_VISION_WORKER (self));
  g_return_if_fail (photo != NULL);

  queue_enrolment (self, photo, TRUE, g_task_new (self, cancellable, callback, user_data));
}

gboolean
xs_vision_worker_enrol_finish (XsVisionWorker *self, GAsyncResult *result, XsTemplate *out, GError **error)
{
  g_autofree XsTemplate *template = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  template = g_task_propagate_pointer (G_TASK (result), error);
  if (template == NULL)
    {
      xs_error_convert (error);
      return FALSE;
    }
  *out = *template;
  return TRUE;
}
