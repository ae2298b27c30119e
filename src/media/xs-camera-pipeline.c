/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera-private.h"

#include <gst/app/gstappsink.h>
#include <string.h>
#include <unistd.h>

#include "xs-error.h"
#include "xs-media-private.h"

/* A recording that is read later than this behind its time (the machine slept) goes on from now. */
#define LATE_LIMIT_US (G_USEC_PER_SEC)
/* A capture time further off than this from the arrival is a broken clock of the driver. */
#define CAPTURE_LIMIT_US (2 * G_USEC_PER_SEC)
/* One is being decoded; for the preview and for what is looked at, one waits and one is being converted. */
#define DECODED_IN_USE 5
/* One is being written, one waits, one is looked at, one is on its way back, and one becomes a photo. */
#define ANALYSED_IN_USE 5

/* Lets at most one frame through in each slot of 1 / fps: before it is decoded, scaled or converted. */
typedef struct {
  int fps;
  gint64 slot;
} Thinner;

/* What a pipeline carries with it, freed together with it. */
typedef struct {
  guint run;
  GstElement *pipeline; /* not owned */
  char *path;
  gboolean loop;
  gboolean live;
  GAsyncQueue *events;
  XsCameraOutlet *outlet;
  GstElement *head; /* not owned: the first element behind the decoder */
  Thinner source_thinner;
  Thinner preview_thinner;
  Thinner analysis_thinner;
  gint first_frame_seen; /* atomic */

  GMutex state_lock; /* held while the state changes */

  GMutex lock; /* guards what follows */
  GCond released;
  gboolean releasing; /* going to NULL: nobody waits for the time of a frame any more */
  GstPad *decoded_pad;
  gint64 anchor_us; /* monotonic time of stream time 0; G_MININT64 before the first frame */
  gint64 last_us;   /* time of the last frame */
} Run;

static void
release_outlet (gpointer data)
{
  XsCameraOutlet *outlet = data;

  g_mutex_clear (&outlet->lock);
}

static void
run_free (gpointer data)
{
  Run *self = data;

  g_clear_object (&self->decoded_pad);
  g_async_queue_unref (self->events);
  g_atomic_rc_box_release_full (self->outlet, release_outlet);
  g_mutex_clear (&self->state_lock);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->released);
  g_free (self->path);
  g_free (self);
}

static Run *
get_run (GstElement *pipeline)
{
  return g_object_get_data (G_OBJECT (pipeline), "xs-run");
}

static GstPadProbeReturn
thin_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Thinner *self = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    return GST_PAD_PROBE_OK;
  gint64 slot = (gint64) gst_util_uint64_scale (GST_BUFFER_PTS (buffer), (guint64) self->fps, GST_SECOND);
  if (slot == self->slot)
    return GST_PAD_PROBE_DROP;
  self->slot = slot;
  return GST_PAD_PROBE_OK;
}

static void
thin_out (GstPad *pad, Thinner *thinner, int fps)
{
  thinner->fps = fps;
  thinner->slot = -1;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, thin_probe, thinner, NULL);
}

/* ---- Analysis frames ---------------------------------------------------------------------------------------- */

static gint64
capture_time_us (Run *self, GstSample *sample)
{
  gint64 now_us = g_get_monotonic_time ();
  GstClockTime pts = GST_BUFFER_PTS (gst_sample_get_buffer (sample));
  gint64 time_us = now_us;

  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return now_us;
  if (!self->live)
    time_us = (gint64) (pts / 1000);
  else
    {
      guint64 running = gst_segment_to_running_time (gst_sample_get_segment (sample), GST_FORMAT_TIME, pts);
      if (GST_CLOCK_TIME_IS_VALID (running))
        time_us = (gint64) ((gst_element_get_base_time (self->pipeline) + running) / 1000);
    }
  if (time_us > now_us || time_us < now_us - CAPTURE_LIMIT_US)
    return now_us;
  return time_us;
}

static GstFlowReturn
new_sample_cb (GstAppSink *appsink, gpointer user_data)
{
  Run *self = user_data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (appsink);
  GstVideoInfo info;
  int stride_bytes = 0;

  if (sample == NULL || !gst_video_info_from_caps (&info, gst_sample_get_caps (sample)))
    return GST_FLOW_OK;
  g_autoptr (GBytes) pixels = xs_media_map_rgb (gst_sample_get_buffer (sample), &info, &stride_bytes);
  if (pixels == NULL)
    return GST_FLOW_OK;
  g_autoptr (XsFrame) frame =
    xs_frame_new (info.width, info.height, stride_bytes, capture_time_us (self, sample), pixels);

  g_mutex_lock (&self->outlet->lock);
  if (self->outlet->func != NULL && self->outlet->open_run == self->run)
    {
      self->outlet->last_frame_us = g_get_monotonic_time ();
      self->outlet->func (frame, self->outlet->user_data);
    }
  g_mutex_unlock (&self->outlet->lock);

  if (g_atomic_int_compare_and_exchange (&self->first_frame_seen, FALSE, TRUE))
    xs_camera_event_push (self->events, XS_CAMERA_EVENT_FIRST_FRAME, self->run, NULL, NULL);
  return GST_FLOW_OK;
}

/* ---- A recording in real time ------------------------------------------------------------------------------- */

/*
 * Frames of a recording are let go at their time, and bear from then on the monotonic time at which they are let go:
 * it goes on across the end and the start of a loop.
 */
static GstPadProbeReturn
pace_buffer (Run *self, GstPadProbeInfo *info)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gint64 pts_us = GST_BUFFER_PTS_IS_VALID (buffer) ? (gint64) (GST_BUFFER_PTS (buffer) / 1000) : -1;

  if (pts_us < 0)
    return GST_PAD_PROBE_DROP;

  g_mutex_lock (&self->lock);
  gint64 now_us = g_get_monotonic_time ();
  gint64 due_us = self->anchor_us + pts_us;
  if (self->anchor_us == G_MININT64 || due_us < now_us - LATE_LIMIT_US)
    due_us = MAX (now_us, self->last_us + 1000);
  self->anchor_us = due_us - pts_us;
  while (!self->releasing && g_get_monotonic_time () < due_us)
    g_cond_wait_until (&self->released, &self->lock, due_us);
  self->last_us = due_us;
  g_mutex_unlock (&self->lock);

  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = (GstClockTime) due_us * 1000;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
pace_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Run *self = user_data;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    return pace_buffer (self, info);

  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    {
      GstSegment open;
      GstEvent *replaced;

      gst_segment_init (&open, GST_FORMAT_TIME);
      replaced = gst_event_new_segment (&open);
      gst_event_set_seqnum (replaced, gst_event_get_seqnum (event));
      gst_event_unref (event);
      GST_PAD_PROBE_INFO_DATA (info) = replaced;
    }
  else if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    {
      xs_camera_event_push (self->events, XS_CAMERA_EVENT_END, self->run, NULL, NULL);
      if (self->loop)
        return GST_PAD_PROBE_DROP;
    }
  return GST_PAD_PROBE_OK;
}

static void
decoded_pad_cb (GstElement *decodebin, GstPad *pad, gpointer user_data)
{
  Run *self = user_data;
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (self->head, "sink");

  if (xs_media_pad_kind (pad) == XS_MEDIA_PAD_VIDEO && !gst_pad_is_linked (sink_pad))
    {
      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, pace_probe, self, NULL);
      g_mutex_lock (&self->lock);
      g_set_object (&self->decoded_pad, pad);
      g_mutex_unlock (&self->lock);
      gst_pad_link (pad, sink_pad);
      return;
    }

  GstElement *drain = gst_element_factory_make ("fakesink", NULL);
  g_object_set (drain, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (self->pipeline), drain);
  gst_element_sync_state_with_parent (drain);
  g_autoptr (GstPad) drain_pad = gst_element_get_static_pad (drain, "sink");
  gst_pad_link (pad, drain_pad);
}

static void
no_more_pads_cb (GstElement *decodebin, gpointer user_data)
{
  Run *self = user_data;
  g_autofree char *name = g_filename_display_name (self->path);
  g_autofree char *text = g_strdup_printf ("%s has no video in it", name);

  if (self->decoded_pad == NULL)
    xs_camera_event_push (self->events, XS_CAMERA_EVENT_ERROR, self->run, text, NULL);
}

gboolean
xs_camera_pipeline_rewind (GstElement *pipeline)
{
  Run *self = get_run (pipeline);
  g_autoptr (GstPad) pad = NULL;

  g_mutex_lock (&self->lock);
  self->anchor_us = G_MININT64;
  g_set_object (&pad, self->decoded_pad);
  g_mutex_unlock (&self->lock);
  return pad != NULL
         && gst_pad_send_event (pad, gst_event_new_seek (1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET,
                                                         0, GST_SEEK_TYPE_NONE, 0));
}

void
xs_camera_pipeline_await_frame (GstElement *pipeline)
{
  g_atomic_int_set (&get_run (pipeline)->first_frame_seen, FALSE);
}

void
xs_camera_pipeline_set_state (GstElement *pipeline, GstState state)
{
  Run *self = get_run (pipeline);
  gboolean too_late;

  g_mutex_lock (&self->lock);
  self->releasing = self->releasing || state == GST_STATE_NULL;
  g_cond_broadcast (&self->released);
  g_mutex_unlock (&self->lock);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->state_lock);
  g_mutex_lock (&self->lock);
  too_late = self->releasing && state != GST_STATE_NULL;
  g_mutex_unlock (&self->lock);
  if (!too_late)
    gst_element_set_state (pipeline, state);
}

/* ---- Building ----------------------------------------------------------------------------------------------- */

static GstElement *
add (Run *self, const char *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL)
    g_set_error (error, XS_ERROR, XS_ERROR_CAMERA, "the GStreamer element %s is missing: install its plug-in", factory);
  else
    gst_bin_add (GST_BIN (self->pipeline), element);
  return element;
}

static GstElement *
add_filter (Run *self, GstCaps *caps)
{
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);

  g_object_set (filter, "caps", caps, NULL);
  gst_bin_add (GST_BIN (self->pipeline), filter);
  return filter;
}

static void
reserve_decoded (GstElement *behind)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (behind, "sink");

  xs_media_reserve_frames (pad, DECODED_IN_USE);
}

static void
close_remote (gpointer data)
{
  close (GPOINTER_TO_INT (data));
}

/*
 * The connection is freed with the pipeline, and so after PipeWire has let go of it. PipeWire's buffers are copied at
 * once: their memory goes with the source when it closes, whoever behind a queue is reading it.
 */
static GstElement *
make_device_source (const XsCameraPipelineArgs *args)
{
  GstElement *source = gst_device_create_element (args->device, NULL);

  if (args->remote_fd < 0)
    return source;
  if (source == NULL)
    {
      close (args->remote_fd);
      return NULL;
    }
  g_object_set (source, "fd", args->remote_fd, "always-copy", TRUE, NULL);
  g_object_set_data_full (G_OBJECT (source), "xs-remote", GINT_TO_POINTER (args->remote_fd), close_remote);
  return source;
}

static gboolean
add_device (Run *self, const XsCameraPipelineArgs *args, GstElement *tee, GError **error)
{
  g_autofree char *name = gst_device_get_display_name (args->device);
  GstElement *source = make_device_source (args);
  GstElement *last;

  if (source == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CAMERA, "the camera %s cannot be opened", name);
      return FALSE;
    }
  gst_bin_add (GST_BIN (self->pipeline), source);
  GstElement *filter = add_filter (self, args->caps);
  last = filter;
  if (gst_structure_has_name (gst_caps_get_structure (args->caps, 0), "image/jpeg"))
    {
      last = add (self, "jpegdec", error);
      if (last == NULL)
        return FALSE;
      g_autoptr (GstPad) pad = gst_element_get_static_pad (filter, "src");
      thin_out (pad, &self->source_thinner, MAX (args->analysis_fps, XS_CAMERA_PREVIEW_FPS));
      reserve_decoded (tee);
    }
  if (!gst_element_link (source, filter) || (last != filter && !gst_element_link (filter, last))
      || !gst_element_link (last, tee))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CAMERA, "the camera %s gives pictures of a form that cannot be used",
                   name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
add_test (Run *self, const XsCameraPipelineArgs *args, GstElement *tee, GError **error)
{
  g_autoptr (GstCaps) caps =
    gst_caps_from_string ("video/x-raw,format=I420,width=1280,height=720,framerate=30/1,pixel-aspect-ratio=1/1");
  GstElement *source = add (self, "videotestsrc", error);

  if (source == NULL)
    return FALSE;

  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (source), "pattern");
  g_autoptr (GEnumClass) patterns = g_type_class_ref (pspec->value_type);
  GEnumValue *pattern = g_enum_get_value_by_nick (patterns, args->source->pattern);
  if (pattern == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "there is no test pattern \"%s\"; try ball, smpte or black",
                   args->source->pattern);
      return FALSE;
    }
  g_object_set (source, "is-live", TRUE, "pattern", pattern->value, NULL);
  return gst_element_link_filtered (source, tee, caps);
}

static gboolean
add_file (Run *self, const XsCameraPipelineArgs *args, GstElement *tee, GError **error)
{
  if (!xs_media_check_file (args->source->path, error))
    return FALSE;

  /* Cameras have square pixels, and frames are judged as they are: a file that says otherwise must look so, too. */
  g_autoptr (GstCaps) square = gst_caps_from_string ("video/x-raw,pixel-aspect-ratio=1/1");
  GstElement *setter = add (self, "capssetter", error);
  if (setter == NULL)
    return FALSE;
  g_object_set (setter, "caps", square, NULL);
  gst_element_link (setter, tee);
  reserve_decoded (setter);
  self->head = setter;
  GstElement *decodebin = xs_media_decode_file (GST_BIN (self->pipeline), args->source->path, FALSE);
  g_signal_connect (decodebin, "pad-added", G_CALLBACK (decoded_pad_cb), self);
  g_signal_connect (decodebin, "no-more-pads", G_CALLBACK (no_more_pads_cb), self);
  return TRUE;
}

/* A branch behind the tee: one frame waits at most, the newest wins, and all but @fps are dropped before it. */
static GstElement *
add_branch (Run *self, GstElement *tee, Thinner *thinner, int fps, GError **error)
{
  GstElement *queue = add (self, "queue", error);

  if (queue == NULL)
    return NULL;
  g_object_set (queue, "max-size-buffers", 1, "max-size-bytes", 0, "max-size-time", (guint64) 0, "leaky", 2, "silent",
                TRUE, NULL);
  gst_element_link (tee, queue);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (queue, "sink");
  g_autoptr (GstPad) tee_pad = gst_pad_get_peer (sink_pad);
  thin_out (tee_pad, thinner, fps);
  return queue;
}

static gboolean
add_preview (Run *self, const XsCameraPipelineArgs *args, GstElement *tee, GError **error)
{
  GstElement *queue = add_branch (self, tee, &self->preview_thinner, XS_CAMERA_PREVIEW_FPS, error);

  if (queue == NULL)
    return FALSE;
  gst_bin_add (GST_BIN (self->pipeline), args->preview_sink);
  return gst_element_link (queue, args->preview_sink);
}

static gboolean
add_analysis (Run *self, const XsCameraPipelineArgs *args, GstElement *tee, GError **error)
{
  GstElement *queue = add_branch (self, tee, &self->analysis_thinner, args->analysis_fps, error);
  GstElement *convert = queue != NULL ? add (self, "videoconvert", error) : NULL;
  GstElement *appsink = convert != NULL ? add (self, "appsink", error) : NULL;
  GstAppSinkCallbacks callbacks = { .new_sample = new_sample_cb };

  if (appsink == NULL)
    return FALSE;

  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "RGB", NULL);
  g_object_set (appsink, "caps", caps, "max-buffers", 1, "drop", TRUE, "sync", FALSE, "async", FALSE, "qos", FALSE,
                "enable-last-sample", FALSE, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (appsink), &callbacks, self, NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (appsink, "sink");
  xs_media_reserve_frames (pad, ANALYSED_IN_USE);
  return gst_element_link_many (queue, convert, appsink, NULL);
}

static gboolean
build (Run *self, const XsCameraPipelineArgs *args, GError **error)
{
  GstElement *tee = add (self, "tee", error);

  if (tee == NULL)
    return FALSE;
  g_object_set (tee, "allow-not-linked", TRUE, NULL);
  if (!add_preview (self, args, tee, error) || !add_analysis (self, args, tee, error))
    return FALSE;
  switch (args->source->kind)
    {
    case XS_CAMERA_SOURCE_DEVICE:
      return add_device (self, args, tee, error);
    case XS_CAMERA_SOURCE_FILE:
      return add_file (self, args, tee, error);
    case XS_CAMERA_SOURCE_TEST:
      return add_test (self, args, tee, error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* V4L2 has a code for it; PipeWire hands on what its daemon says. */
static gboolean
is_busy (const GError *error)
{
  return g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY)
         || strstr (error->message, "resource busy") != NULL;
}

/* Messages leave the pipeline here, on whatever thread they come from. */
static GstBusSyncReply
bus_cb (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Run *self = user_data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      g_autoptr (GError) error = NULL;

      if (self->path != NULL)
        error = xs_media_error_new (message, self->path);
      else
        gst_message_parse_error (message, &error, NULL);
      xs_camera_event_push (self->events, is_busy (error) ? XS_CAMERA_EVENT_BUSY : XS_CAMERA_EVENT_ERROR, self->run,
                            error->message, NULL);
    }
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    xs_camera_event_push (self->events, XS_CAMERA_EVENT_END, self->run, NULL, NULL);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

GstElement *
xs_camera_pipeline_new (const XsCameraPipelineArgs *args, GError **error)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  Run *self = g_new0 (Run, 1);

  g_object_set_data_full (G_OBJECT (pipeline), "xs-run", self, run_free);
  g_mutex_init (&self->state_lock);
  g_mutex_init (&self->lock);
  g_cond_init (&self->released);
  self->run = args->run;
  self->pipeline = pipeline;
  self->path = g_strdup (args->source->path);
  self->loop = args->source->loop;
  self->live = args->source->kind != XS_CAMERA_SOURCE_FILE;
  self->events = g_async_queue_ref (args->events);
  self->outlet = g_atomic_rc_box_acquire (args->outlet);
  self->anchor_us = G_MININT64;
  self->last_us = G_MININT64 / 2;

  /* Capture times are read off the monotonic clock that everything else counts with. */
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
  gst_bus_set_sync_handler (bus, bus_cb, self, NULL);
  if (!build (self, args, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, XS_ERROR, XS_ERROR_CAMERA, "the camera's pictures cannot be put together");
      if (GST_OBJECT_PARENT (args->preview_sink) == GST_OBJECT (pipeline))
        gst_bin_remove (GST_BIN (pipeline), args->preview_sink);
      return NULL;
    }
  return g_steal_pointer (&pipeline);
}
