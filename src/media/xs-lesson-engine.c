/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-lesson-engine.h"

#include "xs-error.h"
#include "xs-media-private.h"

#define LOAD_LIMIT_US (15 * G_USEC_PER_SEC)
#define SEEK_LIMIT_US (5 * G_USEC_PER_SEC)

/*
 * GstPlayFlags of playbin, which has no header. No subtitles, no visualisation, and no volume control of its own: it
 * leaks one with each lesson.
 */
#define PLAY_FLAG_VIDEO (1 << 0)
#define PLAY_FLAG_AUDIO (1 << 1)

typedef enum {
  JOB_LOAD,
  JOB_UNLOAD,
  JOB_PLAY,
  JOB_PAUSE,
  JOB_SEEK,
  JOB_RECOVER,
  JOB_NEW_CLOCK,
  JOB_CLOSE,
} JobKind;

typedef struct {
  XsLessonEngine *engine;
  JobKind kind;
  gint generation;
  char *path;
  gint64 position_us;
  gint64 serial;
} Job;

struct _XsLessonEngine {
  GstElement *playbin;
  GstElement *volume;     /* in front of every audio sink in its turn */
  GstElement *audio_sink; /* not owned: a bin of the volume and the sink proper */
  GThreadPool *jobs;      /* of one thread */
  GMainContext *context;
  gint wanted; /* atomic: the newest load or unload; older jobs give up */
  gint mute;   /* atomic: the sound device has failed before */

  /* Main context only. */
  XsLessonEventFunc func; /* NULL once closed */
  gpointer user_data;

  /* Job thread only. */
  gboolean playing;
  gboolean muted;

  GMutex lock; /* guards what follows */
  char *path;
  gint loaded;       /* the load the pipeline works on */
  gboolean failed;   /* it has posted its error */
  gint64 reached_us; /* end of the furthest buffer that came to a sink since the last flush, or -1 */
};

static gint engines_alive; /* atomic */

static void
engine_clear (gpointer data)
{
  XsLessonEngine *self = data;

  g_clear_object (&self->playbin);
  g_clear_object (&self->volume);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_atomic_int_add (&engines_alive, -1);
}

static void
engine_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, engine_clear);
}

static void
push_job (XsLessonEngine *self, JobKind kind, const char *path, gint64 position_us, gint64 serial)
{
  Job *job = g_new0 (Job, 1);

  job->engine = g_atomic_rc_box_acquire (self);
  job->kind = kind;
  job->generation = g_atomic_int_get (&self->wanted);
  job->path = g_strdup (path);
  job->position_us = position_us;
  job->serial = serial;
  g_thread_pool_push (self->jobs, job, NULL);
}

/* ---- Events to the main context ----------------------------------------------------------------------------- */

typedef struct {
  XsLessonEngine *engine;
  gint generation;
  XsLessonEventKind kind;
  gint64 value;
  char *message;
} Event;

static void
event_free (gpointer data)
{
  Event *event = data;

  engine_unref (event->engine);
  g_free (event->message);
  g_free (event);
}

static gboolean
event_cb (gpointer user_data)
{
  Event *event = user_data;
  XsLessonEngine *self = event->engine;

  if (self->func == NULL || event->generation != g_atomic_int_get (&self->wanted))
    return G_SOURCE_REMOVE;
  if (event->kind == XS_LESSON_EVENT_NEW_CLOCK)
    push_job (self, JOB_NEW_CLOCK, NULL, 0, 0);
  else
    self->func (event->kind, event->value, event->message, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
tell (XsLessonEngine *self, gint generation, XsLessonEventKind kind, gint64 value, const char *message)
{
  Event *event = g_new0 (Event, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  event->engine = g_atomic_rc_box_acquire (self);
  event->generation = generation;
  event->kind = kind;
  event->value = value;
  event->message = g_strdup (message);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, event_cb, event, event_free);
  g_source_set_static_name (source, "[xueshi] lesson event");
  g_source_attach (source, self->context);
}

/* ---- Jobs --------------------------------------------------------------------------------------------------- */

static gboolean
is_wanted (const Job *job)
{
  return job->generation == g_atomic_int_get (&job->engine->wanted);
}

/* Until the pipeline is in the state it is on the way to; FALSE when it failed, hangs, or nobody wants it any more. */
static gboolean
settle (const Job *job, gint64 limit_us)
{
  gint64 deadline_us = g_get_monotonic_time () + limit_us;

  while (is_wanted (job) && g_get_monotonic_time () < deadline_us)
    {
      gboolean failed;
      GstStateChangeReturn result = gst_element_get_state (job->engine->playbin, NULL, NULL, 50 * GST_MSECOND);

      g_mutex_lock (&job->engine->lock);
      failed = job->engine->failed;
      g_mutex_unlock (&job->engine->lock);
      if (failed || result == GST_STATE_CHANGE_FAILURE)
        return FALSE;
      if (result != GST_STATE_CHANGE_ASYNC)
        return TRUE;
    }
  return FALSE;
}

static gboolean
seek_to (const Job *job, gint64 position_us)
{
  XsLessonEngine *self = job->engine;

  g_mutex_lock (&self->lock);
  self->reached_us = -1;
  g_mutex_unlock (&self->lock);
  return gst_element_seek_simple (self->playbin, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE,
                                  position_us * 1000)
         && settle (job, SEEK_LIMIT_US);
}

static void
fail (XsLessonEngine *self, gint generation, const char *message)
{
  gboolean first;

  g_mutex_lock (&self->lock);
  first = !self->failed;
  self->failed = TRUE;
  g_mutex_unlock (&self->lock);
  if (first)
    tell (self, generation, XS_LESSON_EVENT_FAILED, 0, message);
}

static GstPadProbeReturn
sink_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  XsLessonEngine *self = user_data;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    {
      gint64 end_us = xs_media_buffer_end_us (pad, GST_PAD_PROBE_INFO_BUFFER (info));

      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
      self->reached_us = MAX (self->reached_us, end_us);
    }
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_FLUSH_STOP)
    {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
      self->reached_us = -1;
    }
  return GST_PAD_PROBE_OK;
}

static void
watch_sink (XsLessonEngine *self, GstElement *sink)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_FLUSH, sink_probe,
                     g_atomic_rc_box_acquire (self), engine_unref);
}

/* autoaudiosink falls back to no sound by itself when there is no device; one that dies later needs help. */
static void
choose_audio_sink (XsLessonEngine *self)
{
  gboolean mute = g_atomic_int_get (&self->mute);
  GstElement *sink;

  if (self->audio_sink != NULL && (!mute || self->muted))
    return;

  self->muted = mute;
  sink = gst_element_factory_make (mute ? "fakesink" : "autoaudiosink", NULL);
  if (sink == NULL)
    sink = gst_element_factory_make ("fakesink", NULL);
  g_object_set (sink, "sync", TRUE, NULL);
  if (self->audio_sink != NULL)
    {
      gst_bin_remove (GST_BIN (self->audio_sink), self->volume);
    }
  self->audio_sink = gst_bin_new (NULL);
  gst_bin_add_many (GST_BIN (self->audio_sink), self->volume, sink, NULL);
  gst_element_link (self->volume, sink);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->volume, "sink");
  gst_element_add_pad (self->audio_sink, gst_ghost_pad_new ("sink", pad));
  watch_sink (self, self->audio_sink);
  g_object_set (self->playbin, "audio-sink", self->audio_sink, NULL);
}

static void
run_load (const Job *job)
{
  XsLessonEngine *self = job->engine;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_filename_display_name (job->path);

  gst_element_set_state (self->playbin, GST_STATE_NULL);
  self->playing = FALSE;
  g_mutex_lock (&self->lock);
  g_free (self->path);
  self->path = g_strdup (job->path);
  self->loaded = job->generation;
  self->failed = FALSE;
  self->reached_us = -1;
  g_mutex_unlock (&self->lock);

  g_autofree char *uri = xs_media_check_file (job->path, &error) ? gst_filename_to_uri (job->path, &error) : NULL;
  if (uri == NULL)
    {
      fail (self, job->generation, error->message);
      return;
    }
  choose_audio_sink (self);
  g_object_set (self->playbin, "uri", uri, NULL);
  gst_element_set_state (self->playbin, GST_STATE_PAUSED);
  if (!settle (job, LOAD_LIMIT_US) || (job->position_us > 0 && !seek_to (job, job->position_us)))
    {
      g_autofree char *message = g_strdup_printf ("%s cannot be played: it is damaged or takes too long to read", name);

      if (is_wanted (job))
        fail (self, job->generation, message);
      return;
    }
  tell (self, job->generation, XS_LESSON_EVENT_LOADED, xs_media_query_duration_us (self->playbin), NULL);
}

static void
run_job (gpointer data, gpointer user_data)
{
  Job *job = data;
  XsLessonEngine *self = job->engine;

  if (job->kind == JOB_CLOSE || job->kind == JOB_UNLOAD)
    {
      gst_element_set_state (self->playbin, GST_STATE_NULL);
      self->playing = FALSE;
      /* The probes on its sinks hold the engine. */
      if (job->kind == JOB_CLOSE)
        g_clear_object (&self->playbin);
    }
  else if (is_wanted (job))
    {
      switch (job->kind)
        {
        case JOB_LOAD:
          run_load (job);
          break;
        case JOB_PLAY:
        case JOB_PAUSE:
          self->playing = job->kind == JOB_PLAY;
          gst_element_set_state (self->playbin, self->playing ? GST_STATE_PLAYING : GST_STATE_PAUSED);
          break;
        case JOB_SEEK:
          if (seek_to (job, job->position_us))
            tell (self, job->generation, XS_LESSON_EVENT_SEEKED, job->serial, NULL);
          else if (is_wanted (job))
            fail (self, job->generation, "The lesson cannot be played from there: the file is damaged");
          break;
        case JOB_RECOVER:
        case JOB_NEW_CLOCK:
          if (!self->playing)
            break;
          gst_element_set_state (self->playbin, GST_STATE_PAUSED);
          if (job->kind == JOB_RECOVER)
            seek_to (job, job->position_us);
          gst_element_set_state (self->playbin, GST_STATE_PLAYING);
          break;
        case JOB_UNLOAD:
        case JOB_CLOSE:
        default:
          break;
        }
    }
  engine_unref (self);
  g_free (job->path);
  g_free (job);
}

/* ---- Messages of the pipeline, on any thread ---------------------------------------------------------------- */

static void
handle_error (XsLessonEngine *self, GstMessage *message, gint generation, const char *path)
{
  GstObject *source = GST_MESSAGE_SRC (message);
  gboolean sound =
    self->audio_sink != NULL && source != NULL
    && (source == GST_OBJECT (self->audio_sink) || gst_object_has_as_ancestor (source, GST_OBJECT (self->audio_sink)));

  if (sound && g_atomic_int_compare_and_exchange (&self->mute, FALSE, TRUE))
    {
      g_mutex_lock (&self->lock);
      self->failed = TRUE;
      g_mutex_unlock (&self->lock);
      tell (self, generation, XS_LESSON_EVENT_SOUND_LOST, 0, NULL);
      return;
    }
  g_autoptr (GError) error = xs_media_error_new (message, path != NULL ? path : "");
  fail (self, generation, error->message);
}

static GstBusSyncReply
bus_cb (GstBus *bus, GstMessage *message, gpointer user_data)
{
  XsLessonEngine *self = user_data;
  g_autofree char *path = NULL;
  gint generation;
  gint64 reached_us;

  g_mutex_lock (&self->lock);
  generation = self->loaded;
  reached_us = self->reached_us;
  path = g_strdup (self->path);
  g_mutex_unlock (&self->lock);

  switch ((int) GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ERROR:
      handle_error (self, message, generation, path);
      break;
    case GST_MESSAGE_EOS:
      tell (self, generation, XS_LESSON_EVENT_ENDED, MAX (reached_us, 0), NULL);
      break;
    case GST_MESSAGE_CLOCK_LOST:
      tell (self, generation, XS_LESSON_EVENT_NEW_CLOCK, 0, NULL);
      break;
    default:
      break;
    }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* ---- What the player asks for ------------------------------------------------------------------------------- */

XsLessonEngine *
xs_lesson_engine_new (GstElement *video_sink, XsLessonEventFunc func, gpointer user_data)
{
  XsLessonEngine *self = g_atomic_rc_box_new0 (XsLessonEngine);

  g_atomic_int_inc (&engines_alive);
  g_mutex_init (&self->lock);
  self->context = g_main_context_ref_thread_default ();
  self->func = func;
  self->user_data = user_data;
  self->reached_us = -1;
  self->jobs = g_thread_pool_new (run_job, NULL, 1, FALSE, NULL);
  self->playbin = gst_object_ref_sink (gst_element_factory_make ("playbin", NULL));
  self->volume = gst_object_ref_sink (gst_element_factory_make ("volume", NULL));
  g_object_set (self->playbin, "flags", PLAY_FLAG_VIDEO | PLAY_FLAG_AUDIO, "video-sink", video_sink, NULL);
  watch_sink (self, video_sink);
  xs_media_watch_demuxers (GST_BIN (self->playbin));
  g_autoptr (GstBus) bus = gst_element_get_bus (self->playbin);
  gst_bus_set_sync_handler (bus, bus_cb, self, NULL);
  return self;
}

void
xs_lesson_engine_close (XsLessonEngine *engine)
{
  engine->func = NULL;
  g_atomic_int_inc (&engine->wanted);
  push_job (engine, JOB_CLOSE, NULL, 0, 0);
  g_thread_pool_free (g_steal_pointer (&engine->jobs), FALSE, FALSE);
  engine_unref (engine);
}

void
xs_lesson_engine_load (XsLessonEngine *engine, const char *path, gint64 start_us)
{
  g_atomic_int_inc (&engine->wanted);
  push_job (engine, JOB_LOAD, path, start_us, 0);
}

void
xs_lesson_engine_unload (XsLessonEngine *engine)
{
  g_atomic_int_inc (&engine->wanted);
  push_job (engine, JOB_UNLOAD, NULL, 0, 0);
}

void
xs_lesson_engine_play (XsLessonEngine *engine)
{
  push_job (engine, JOB_PLAY, NULL, 0, 0);
}

void
xs_lesson_engine_pause (XsLessonEngine *engine)
{
  push_job (engine, JOB_PAUSE, NULL, 0, 0);
}

void
xs_lesson_engine_seek (XsLessonEngine *engine, gint64 position_us, gint64 serial)
{
  push_job (engine, JOB_SEEK, NULL, position_us, serial);
}

void
xs_lesson_engine_recover (XsLessonEngine *engine, gint64 position_us)
{
  push_job (engine, JOB_RECOVER, NULL, position_us, 0);
}

void
xs_lesson_engine_set_volume (XsLessonEngine *engine, double volume)
{
  double cubic = CLAMP (volume, 0.0, 1.0);

  g_object_set (engine->volume, "volume", cubic * cubic * cubic, NULL);
}

gint64
xs_lesson_engine_get_position_us (XsLessonEngine *engine)
{
  gint64 clock_ns = -1;
  gint64 reached_us;

  g_mutex_lock (&engine->lock);
  reached_us = engine->reached_us;
  g_mutex_unlock (&engine->lock);
  if (reached_us < 0 || !gst_element_query_position (engine->playbin, GST_FORMAT_TIME, &clock_ns) || clock_ns < 0)
    return -1;
  return MIN (reached_us, clock_ns / 1000);
}

int
xs_lesson_engine_count_alive (void)
{
  return g_atomic_int_get (&engines_alive);
}
