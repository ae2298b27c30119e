/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera-private.h"

#include "xs-error.h"
#include "xs-media-private.h"

/* How often the watchdog looks. */
#define TICK_US (200 * G_TIME_SPAN_MILLISECOND)

/*
 * One thread for each start … stop: it opens the camera, watches it, closes it when it fails and opens it again. A
 * state change can hang for half a minute on a dead device, so each runs on a thread of its own and reports back:
 * neither the main loop nor this thread waits inside one. Everything that happens comes in as an event.
 */
struct _XsCameraWorker {
  char *uri;
  char *device_id; /* (nullable): this one and no other */
  int analysis_fps;
  gboolean virtual_allowed;
  GstElement *preview_sink;
  GAsyncQueue *events;
  XsCameraOutlet *outlet;
  GMainContext *context;

  /* Main context only. */
  XsCameraReportFunc report; /* NULL once stopped */
  gpointer report_data;

  /* Worker thread only. */
  XsCameraSource *source;
  XsCameraLadder *ladder;
  XsCameraAttempt attempts[XS_CAMERA_N_WAYS];
  GstDevice *device; /* in use */
  XsCameraWay way;   /* of @device */
  char *name;
  char *renewed_id;     /* of @device */
  XsCameraKind refused; /* of the device called @name, when there is none to use */
  guint run;
  guint failures; /* since frames last came */
  guint skip;     /* how many devices in a row gave none */
  gboolean got_frames;
  gboolean silent; /* a recording that gave frames gives none just now */
};

static gint workers_alive; /* atomic */

/* The next step after a pipeline has come to its end. */
typedef enum {
  OUTCOME_STOP,
  OUTCOME_AGAIN, /* at once: a recording that loops but cannot seek */
  OUTCOME_RETRY,
  OUTCOME_GIVE_UP, /* only stop ends it */
} Outcome;

void
xs_camera_event_free (XsCameraEvent *event)
{
  if (event == NULL)
    return;

  g_clear_object (&event->device);
  g_free (event->text);
  g_free (event);
}

void
xs_camera_event_push (GAsyncQueue *events, XsCameraEventKind kind, guint run, const char *text, GstDevice *device)
{
  XsCameraEvent *event = g_new0 (XsCameraEvent, 1);

  event->kind = kind;
  event->run = run;
  event->text = g_strdup (text);
  g_set_object (&event->device, device);
  g_async_queue_push (events, event);
}

static void
clear_outlet (gpointer data)
{
  XsCameraOutlet *outlet = data;

  g_mutex_clear (&outlet->lock);
}

static void
clear_worker (gpointer data)
{
  XsCameraWorker *self = data;

  g_clear_pointer (&self->source, xs_camera_source_free);
  g_clear_object (&self->device);
  xs_camera_attempts_clear (self->attempts);
  g_clear_object (&self->preview_sink);
  g_async_queue_unref (self->events);
  g_atomic_rc_box_release_full (self->outlet, clear_outlet);
  g_main_context_unref (self->context);
  g_free (self->name);
  g_free (self->renewed_id);
  g_free (self->uri);
  g_free (self->device_id);
  g_atomic_int_add (&workers_alive, -1);
}

static void
unref_worker (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear_worker);
}

/* ---- Reports to the main context ---------------------------------------------------------------------------- */

typedef struct {
  XsCameraWorker *worker;
  XsCameraState state;
  char *message;
  char *name;
  char *renewed_id;
  XsCameraKind refused;
  gboolean tried; /* there are attempts */
  XsCameraAttempt attempts[XS_CAMERA_N_WAYS];
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  unref_worker (report->worker);
  g_free (report->message);
  g_free (report->name);
  g_free (report->renewed_id);
  xs_camera_attempts_clear (report->attempts);
  g_free (report);
}

static gboolean
report_cb (gpointer user_data)
{
  Report *report = user_data;
  XsCameraReport lent = {
    .state = report->state,
    .message = report->message,
    .name = report->name,
    .renewed_id = report->renewed_id,
    .refused = report->refused,
    .attempts = report->tried ? report->attempts : NULL,
  };

  if (report->worker->report != NULL)
    report->worker->report (&lent, report->worker->report_data);
  return G_SOURCE_REMOVE;
}

static void
report (XsCameraWorker *self, XsCameraState state, const char *message)
{
  Report *data = g_new0 (Report, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  data->worker = g_atomic_rc_box_acquire (self);
  data->state = state;
  data->message = g_strdup (message);
  data->name = g_strdup (self->name);
  data->renewed_id = g_strdup (self->renewed_id);
  data->refused = self->refused;
  data->tried = self->ladder != NULL;
  xs_camera_attempts_copy (data->attempts, self->attempts);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, report_cb, data, report_free);
  g_source_set_static_name (source, "[xueshi] camera state");
  g_source_attach (source, self->context);
}

/* From here on no frame of this pipeline is handed over: what is said and what is given agree. */
static void
lose (XsCameraWorker *self, const char *message)
{
  g_mutex_lock (&self->outlet->lock);
  self->outlet->open_run = 0;
  g_mutex_unlock (&self->outlet->lock);

  self->failures++;
  g_debug ("camera lost: %s", message);
  report (self, XS_CAMERA_LOST, message);
}

/* ---- State changes on threads of their own ------------------------------------------------------------------ */

typedef struct {
  GstElement *pipeline;
  GstState state;
  guint run;
  XsCameraWorker *worker;
} StateChange;

static gpointer
change_state (gpointer user_data)
{
  StateChange *change = user_data;

  xs_camera_pipeline_set_state (change->pipeline, change->state);
  if (change->state == GST_STATE_NULL
      && GST_OBJECT_PARENT (change->worker->preview_sink) == GST_OBJECT (change->pipeline))
    gst_bin_remove (GST_BIN (change->pipeline), change->worker->preview_sink);
  xs_camera_event_push (change->worker->events, XS_CAMERA_EVENT_STATE_SET, change->run, NULL, NULL);
  gst_object_unref (change->pipeline);
  unref_worker (change->worker);
  g_free (change);
  return NULL;
}

static void
set_state_apart (XsCameraWorker *self, GstElement *pipeline, GstState state)
{
  StateChange *change = g_new0 (StateChange, 1);

  change->pipeline = gst_object_ref (pipeline);
  change->state = state;
  change->run = self->run;
  change->worker = g_atomic_rc_box_acquire (self);
  g_thread_unref (g_thread_new ("xs-camera-state", change_state, change));
}

/* FALSE when stop came first. */
static gboolean
wait_for_state_changes (XsCameraWorker *self, guint pending)
{
  while (pending > 0)
    {
      g_autoptr (XsCameraEvent) event = g_async_queue_pop (self->events);

      if (event->kind == XS_CAMERA_EVENT_STOP)
        return FALSE;
      if (event->kind == XS_CAMERA_EVENT_STATE_SET && event->run == self->run)
        pending--;
    }
  return TRUE;
}

/* ---- Devices ------------------------------------------------------------------------------------------------ */

/* The device in use gives no pictures: what is said of its way. The next device gets its turn, and so the next way. */
static void
fail_way (XsCameraWorker *self, XsCameraOutcome outcome, const char *detail)
{
  if (self->device == NULL)
    return;
  xs_camera_attempts_set (self->attempts, self->way, outcome, detail);
  self->skip++;
}

/* The way to which there is something to say: what somebody can mend comes first. */
static const XsCameraAttempt *
find_attempt (const XsCameraAttempt *attempts, XsCameraOutcome outcome)
{
  for (int way = 0; way < XS_CAMERA_N_WAYS; way++)
    if (attempts[way].outcome == outcome)
      return &attempts[way];
  return NULL;
}

static void
set_no_device_error (XsCameraWorker *self, const XsCameraChoice *choice, GError **error)
{
  const XsCameraAttempt *denied = find_attempt (self->attempts, XS_CAMERA_OUTCOME_DENIED);

  if (find_attempt (self->attempts, XS_CAMERA_OUTCOME_WAITING) != NULL)
    g_set_error_literal (error, XS_ERROR, XS_ERROR_CAMERA, "The desktop asks whether the camera may be used: allow it");
  else if (denied != NULL)
    g_set_error (error, XS_ERROR, XS_ERROR_CAMERA, "The desktop does not allow the camera (%s)",
                 denied->detail != NULL ? denied->detail : "it was asked, and the answer was no");
  else if (choice->refused == XS_CAMERA_KIND_VIRTUAL)
    g_set_error (error, XS_ERROR, XS_ERROR_CAMERA, "The only camera is a virtual one (%s). Connect a real camera.",
                 choice->refused_name);
  else if (choice->refused == XS_CAMERA_KIND_INFRARED)
    g_set_error (error, XS_ERROR, XS_ERROR_CAMERA, "The only camera is an infrared one (%s). Connect another camera.",
                 choice->refused_name);
  else if (self->device_id != NULL)
    g_set_error_literal (error, XS_ERROR, XS_ERROR_CAMERA,
                         "The camera that staff chose is not connected: plug it in, or choose another one");
  else
    g_set_error_literal (error, XS_ERROR, XS_ERROR_CAMERA, "No camera was found: plug one in");
}

/* @remote_fd: (out): as of xs_camera_ladder_connect() */
static gboolean
find_device (XsCameraWorker *self, GstCaps **caps, int *remote_fd, GError **error)
{
  g_auto (XsCameraChoice) choice = { 0 };

  if (self->ladder == NULL)
    self->ladder = xs_camera_ladder_new (self->events);
  g_clear_object (&self->device);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->renewed_id, g_free);
  xs_camera_ladder_choose (self->ladder, self->device_id, self->skip, self->virtual_allowed, &choice, self->attempts);
  self->refused = choice.device == NULL ? choice.refused : XS_CAMERA_KIND_REAL;
  if (choice.device == NULL)
    {
      self->skip = 0;
      self->name = g_strdup (choice.refused_name);
      set_no_device_error (self, &choice, error);
      return FALSE;
    }
  self->device = g_steal_pointer (&choice.device);
  self->way = choice.way;
  self->renewed_id = g_steal_pointer (&choice.renewed_id);
  self->name = gst_device_get_display_name (self->device);
  *caps = g_steal_pointer (&choice.caps);
  return xs_camera_ladder_connect (self->way, remote_fd, error);
}

/* ---- One pipeline, from opening to its end ------------------------------------------------------------------ */

static GstElement *
open_pipeline (XsCameraWorker *self, GError **error)
{
  g_autoptr (GstCaps) caps = NULL;
  int remote_fd = -1;

  if (self->source == NULL)
    {
      self->source = xs_camera_source_parse (self->uri, error);
      if (self->source == NULL)
        return NULL;
      if (self->source->kind == XS_CAMERA_SOURCE_FILE)
        self->name = g_path_get_basename (self->source->path);
      else if (self->source->kind == XS_CAMERA_SOURCE_TEST)
        self->name = g_strdup ("Test pattern");
    }
  if (self->source->kind == XS_CAMERA_SOURCE_DEVICE && !find_device (self, &caps, &remote_fd, error))
    return NULL;

  self->run++;
  self->got_frames = self->silent = FALSE;
  g_mutex_lock (&self->outlet->lock);
  self->outlet->open_run = self->run;
  g_mutex_unlock (&self->outlet->lock);

  XsCameraPipelineArgs args = {
    .run = self->run,
    .source = self->source,
    .device = self->device,
    .caps = caps,
    .remote_fd = remote_fd,
    .analysis_fps = self->analysis_fps,
    .preview_sink = self->preview_sink,
    .events = self->events,
    .outlet = self->outlet,
  };
  return xs_camera_pipeline_new (&args, error);
}

static gint64
last_frame_us (XsCameraWorker *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->outlet->lock);

  return self->outlet->last_frame_us;
}

/* A recording that has been shown is not begun anew by itself: it would be another camera, suddenly. */
static Outcome
after_loss (XsCameraWorker *self)
{
  return self->source->kind == XS_CAMERA_SOURCE_FILE && self->got_frames ? OUTCOME_GIVE_UP : OUTCOME_RETRY;
}

static Outcome
after_end (XsCameraWorker *self)
{
  g_autofree char *message = NULL;

  if (self->source->loop && self->got_frames)
    return OUTCOME_AGAIN;
  if (self->source->kind != XS_CAMERA_SOURCE_FILE)
    message = g_strdup_printf ("The camera %s stopped: check its cable", self->name);
  else if (self->got_frames)
    message = g_strdup_printf ("The recording %s is over", self->name);
  else
    message = g_strdup_printf ("%s has no picture in it", self->name);
  fail_way (self, XS_CAMERA_OUTCOME_FAILED, "it stopped");
  lose (self, message);
  return after_loss (self);
}

/*
 * The watchdog: FALSE when the camera has to be given up, after saying so. A recording is not: on a busy PC reading it
 * can stand for seconds, and it goes on by itself.
 */
static gboolean
still_alive (XsCameraWorker *self, GstElement *pipeline, gint64 opened_us)
{
  gint64 now_us = g_get_monotonic_time ();
  g_autofree char *message = NULL;

  if (self->silent)
    return TRUE;
  if (self->got_frames ? now_us - last_frame_us (self) < XS_CAMERA_WATCHDOG_US
                       : now_us - opened_us < XS_CAMERA_START_LIMIT_US)
    return TRUE;

  if (self->source->kind == XS_CAMERA_SOURCE_FILE)
    message = g_strdup_printf ("%s cannot be read on: it is damaged or its disk hangs", self->source->path);
  else if (self->got_frames)
    message = g_strdup_printf ("The camera %s gives no more pictures: check its cable", self->name);
  else
    message = g_strdup_printf ("The camera %s gives no picture: is another program using it?", self->name);
  fail_way (self, XS_CAMERA_OUTCOME_FAILED, "no pictures");
  if (self->source->kind == XS_CAMERA_SOURCE_FILE && self->got_frames)
    {
      self->silent = TRUE;
      xs_camera_pipeline_await_frame (pipeline);
      g_debug ("camera silent: %s", message);
      report (self, XS_CAMERA_LOST, message);
      return TRUE;
    }
  lose (self, message);
  return FALSE;
}

static void
lose_to_holder (XsCameraWorker *self)
{
  g_autofree char *path = self->device != NULL ? xs_camera_device_path (self->device) : NULL;
  g_autofree char *holder = path != NULL ? xs_camera_find_holder (path) : NULL;
  g_autofree char *message = NULL;

  fail_way (self, XS_CAMERA_OUTCOME_BUSY, holder);
  if (holder != NULL)
    message = g_strdup_printf ("The camera %s is in use by another program, %s: close that", self->name, holder);
  else
    message = g_strdup_printf ("The camera %s is in use by another program: close that", self->name);
  lose (self, message);
}

/* Until the pipeline ends; @state_set is whether its state change has returned. */
static Outcome
watch (XsCameraWorker *self, GstElement *pipeline, gboolean *state_set)
{
  gint64 opened_us = g_get_monotonic_time ();

  while (TRUE)
    {
      g_autoptr (XsCameraEvent) event = g_async_queue_timeout_pop (self->events, TICK_US);
      g_autofree char *message = NULL;

      if (event == NULL || event->kind == XS_CAMERA_EVENT_DEVICE_ADDED)
        {
          if (!still_alive (self, pipeline, opened_us))
            return after_loss (self);
          continue;
        }
      if (event->run != 0 && event->run != self->run)
        continue;
      switch (event->kind)
        {
        case XS_CAMERA_EVENT_STOP:
          return OUTCOME_STOP;
        case XS_CAMERA_EVENT_STATE_SET:
          *state_set = TRUE;
          break;
        case XS_CAMERA_EVENT_FIRST_FRAME:
          self->got_frames = TRUE;
          self->silent = FALSE;
          self->failures = self->skip = 0;
          report (self, XS_CAMERA_RUNNING, NULL);
          break;
        case XS_CAMERA_EVENT_BUSY:
          lose_to_holder (self);
          return after_loss (self);
        case XS_CAMERA_EVENT_ERROR:
          fail_way (self, XS_CAMERA_OUTCOME_FAILED, event->text);
          message = self->device != NULL ? g_strdup_printf ("The camera %s failed: %s", self->name, event->text)
                                         : g_strdup (event->text);
          lose (self, message);
          return after_loss (self);
        case XS_CAMERA_EVENT_END:
          if (!self->source->loop || !self->got_frames || !xs_camera_pipeline_rewind (pipeline))
            return after_end (self);
          break;
        case XS_CAMERA_EVENT_DEVICE_REMOVED:
          if (event->device != self->device)
            break;
          xs_camera_attempts_set (self->attempts, self->way, XS_CAMERA_OUTCOME_EMPTY, NULL);
          self->skip = 0;
          message = g_strdup_printf ("The camera %s was unplugged: plug it in again", self->name);
          lose (self, message);
          return OUTCOME_RETRY;
        case XS_CAMERA_EVENT_DEVICE_ADDED:
        default:
          break;
        }
    }
}

static Outcome
run_once (XsCameraWorker *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = open_pipeline (self, &error);
  gboolean state_set = FALSE;
  Outcome outcome;

  if (pipeline == NULL)
    {
      fail_way (self, XS_CAMERA_OUTCOME_FAILED, error->message);
      lose (self, error->message);
      return self->source == NULL ? OUTCOME_GIVE_UP : OUTCOME_RETRY;
    }
  set_state_apart (self, pipeline, GST_STATE_PLAYING);
  outcome = watch (self, pipeline, &state_set);
  set_state_apart (self, pipeline, GST_STATE_NULL);
  if (outcome != OUTCOME_STOP && !wait_for_state_changes (self, state_set ? 1 : 2))
    return OUTCOME_STOP;
  return outcome;
}

/* FALSE when stop came first. Returns early when a device is plugged in. */
static gboolean
wait_before_retry (XsCameraWorker *self, gint64 delay_us)
{
  gint64 until_us = delay_us < 0 ? G_MAXINT64 : g_get_monotonic_time () + delay_us;
  gint64 left_us = delay_us;

  while (delay_us < 0 || (left_us = until_us - g_get_monotonic_time ()) > 0)
    {
      g_autoptr (XsCameraEvent) event =
        delay_us < 0 ? g_async_queue_pop (self->events) : g_async_queue_timeout_pop (self->events, (guint64) left_us);

      if (event != NULL && event->kind == XS_CAMERA_EVENT_STOP)
        return FALSE;
      if (event != NULL && event->kind == XS_CAMERA_EVENT_DEVICE_ADDED && delay_us >= 0)
        return TRUE;
    }
  return TRUE;
}

static gpointer
worker_thread (gpointer user_data)
{
  XsCameraWorker *self = user_data;
  gboolean go_on = TRUE;

  while (go_on)
    {
      switch (run_once (self))
        {
        case OUTCOME_STOP:
          go_on = FALSE;
          break;
        case OUTCOME_GIVE_UP:
          go_on = wait_before_retry (self, -1);
          break;
        case OUTCOME_RETRY:
          go_on = wait_before_retry (self, CLAMP (self->failures * G_TIME_SPAN_SECOND, G_TIME_SPAN_SECOND,
                                                  XS_CAMERA_MAX_BACKOFF_US));
          break;
        case OUTCOME_AGAIN:
        default:
          break;
        }
    }
  g_clear_pointer (&self->ladder, xs_camera_ladder_free);
  unref_worker (self);
  return NULL;
}

XsCameraWorker *
xs_camera_worker_start (const char *uri, const char *device_id, int analysis_fps, gboolean virtual_allowed,
                        GstElement *preview_sink, XsCameraFrameFunc func, gpointer func_data,
                        XsCameraReportFunc report_func, gpointer report_data)
{
  XsCameraWorker *self = g_atomic_rc_box_new0 (XsCameraWorker);

  g_atomic_int_inc (&workers_alive);
  self->uri = g_strdup (uri);
  self->device_id = g_strdup (device_id);
  self->analysis_fps = analysis_fps;
  self->virtual_allowed = virtual_allowed;
  self->preview_sink = gst_object_ref (preview_sink);
  self->events = g_async_queue_new_full ((GDestroyNotify) xs_camera_event_free);
  self->outlet = g_atomic_rc_box_new0 (XsCameraOutlet);
  g_mutex_init (&self->outlet->lock);
  self->outlet->func = func;
  self->outlet->user_data = func_data;
  self->context = g_main_context_ref_thread_default ();
  self->report = report_func;
  self->report_data = report_data;
  g_thread_unref (g_thread_new ("xs-camera", worker_thread, g_atomic_rc_box_acquire (self)));
  return self;
}

void
xs_camera_worker_stop (XsCameraWorker *worker)
{
  g_mutex_lock (&worker->outlet->lock);
  worker->outlet->func = NULL;
  g_mutex_unlock (&worker->outlet->lock);
  worker->report = NULL;
  xs_camera_event_push (worker->events, XS_CAMERA_EVENT_STOP, 0, NULL, NULL);
  unref_worker (worker);
}

int
xs_camera_worker_count_alive (void)
{
  return g_atomic_int_get (&workers_alive);
}
