/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera.h"

#include <gst/app/gstappsink.h>

#include "xs-error.h"
#include "xs-media-private.h"

/* A file that gives nothing for this long, with no clock to wait for, never will. */
#define STALL_LIMIT_US (10 * G_USEC_PER_SEC)
#define POLL_NS (100 * GST_MSECOND)
/* An older picture does not show what the camera saw: a gap in the recording is a gap, not a frozen face. */
#define HOLD_LIMIT_US (G_USEC_PER_SEC)
/* Matroska rounds times to whole milliseconds. */
#define ROUNDING_US 1000

struct _XsRecording {
  char *path;
  int fps;
  GstElement *pipeline;
  GstElement *appsink;
  gint no_video;       /* atomic: every pad is known and none is video */
  gint64 duration_us;  /* declared by the container, -1 when it does not say */
  gint64 first_pts_us; /* G_MININT64 before the first frame */
  gint64 next_k;       /* grid point to hand out next */
  GstSample *current;  /* newest frame with time <= the grid point, or NULL */
  gint64 current_us;   /* its stream time */
  GstSample *ahead;    /* the frame after it, or NULL at the end */
  gint64 ahead_us;
  gint64 interval_us; /* between the last two frames */
  gboolean ended;
  GError *broken; /* (nullable): to be told after the last frame */
  GstVideoConverter *converter;
  GstVideoInfo in_info;
  GstVideoInfo out_info;
  GBytes *pixels; /* of @current, once converted */

  GMutex lock;         /* guards what follows: streaming threads write it */
  gint64 other_end_us; /* how far the streams that are not shown reach */
};

static GstPadProbeReturn
other_pad_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  XsRecording *self = user_data;
  gint64 end_us = xs_media_buffer_end_us (pad, GST_PAD_PROBE_INFO_BUFFER (info));

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  self->other_end_us = MAX (self->other_end_us, end_us);
  return GST_PAD_PROBE_OK;
}

static void
pad_added_cb (GstElement *decodebin, GstPad *pad, gpointer user_data)
{
  XsRecording *self = user_data;
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (self->appsink, "sink");

  if (xs_media_pad_kind (pad) == XS_MEDIA_PAD_VIDEO && !gst_pad_is_linked (sink_pad))
    {
      gst_pad_link (pad, sink_pad);
      return;
    }

  GstElement *drain = gst_element_factory_make ("fakesink", NULL);
  g_object_set (drain, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (self->pipeline), drain);
  gst_element_sync_state_with_parent (drain);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, other_pad_probe, self, NULL);
  g_autoptr (GstPad) drain_pad = gst_element_get_static_pad (drain, "sink");
  gst_pad_link (pad, drain_pad);
}

static void
no_more_pads_cb (GstElement *decodebin, gpointer user_data)
{
  XsRecording *self = user_data;
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (self->appsink, "sink");

  if (!gst_pad_is_linked (sink_pad))
    g_atomic_int_set (&self->no_video, TRUE);
}

static GError *
take_bus_error (XsRecording *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  return message != NULL ? xs_media_error_new (message, self->path) : NULL;
}

/* The next decoded frame; NULL with @error set, or NULL without at the end. */
static GstSample *
pull (XsRecording *self, GError **error)
{
  gint64 deadline_us = g_get_monotonic_time () + STALL_LIMIT_US;
  g_autofree char *name = g_filename_display_name (self->path);

  while (g_get_monotonic_time () < deadline_us)
    {
      GstSample *sample = gst_app_sink_try_pull_sample (GST_APP_SINK (self->appsink), POLL_NS);
      GError *failure;

      if (sample != NULL)
        return sample;
      failure = take_bus_error (self);
      if (failure != NULL)
        {
          g_propagate_error (error, failure);
          return NULL;
        }
      if (g_atomic_int_get (&self->no_video))
        {
          g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s has no video in it", name);
          return NULL;
        }
      if (gst_app_sink_is_eos (GST_APP_SINK (self->appsink)))
        return NULL;
    }
  g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s cannot be read on: the disk or the decoder hangs", name);
  return NULL;
}

static void
check_end (XsRecording *self)
{
  gint64 end_us = self->current_us + self->interval_us + MAX (self->first_pts_us, 0);

  if (self->duration_us <= 0)
    self->duration_us = xs_media_query_duration_us (self->pipeline);
  g_mutex_lock (&self->lock);
  end_us = MAX (end_us, self->other_end_us);
  g_mutex_unlock (&self->lock);
  if (!xs_media_check_end (self->path, end_us, self->duration_us, &self->broken))
    g_debug ("%s", self->broken->message);
}

/* The frame read ahead becomes the current one, and the next is read ahead. */
static void
step (XsRecording *self)
{
  g_clear_pointer (&self->pixels, g_bytes_unref);
  g_clear_pointer (&self->current, gst_sample_unref);
  self->current = g_steal_pointer (&self->ahead);
  self->current_us = self->ahead_us;

  while (self->ahead == NULL && self->broken == NULL && !self->ended)
    {
      g_autoptr (GstSample) sample = pull (self, &self->broken);

      if (sample == NULL)
        {
          self->ended = TRUE;
          if (self->broken == NULL && self->current != NULL)
            check_end (self);
          return;
        }
      GstBuffer *buffer = gst_sample_get_buffer (sample);
      if (!GST_BUFFER_PTS_IS_VALID (buffer))
        continue;
      guint64 stream_ns =
        gst_segment_to_stream_time (gst_sample_get_segment (sample), GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
      if (!GST_CLOCK_TIME_IS_VALID (stream_ns))
        continue;
      gint64 pts_us = (gint64) (stream_ns / 1000);
      if (self->first_pts_us == G_MININT64)
        self->first_pts_us = pts_us;
      self->ahead_us = pts_us - self->first_pts_us;
      if (self->current != NULL && self->ahead_us <= self->current_us)
        continue;
      if (self->current != NULL)
        self->interval_us = self->ahead_us - self->current_us;
      else if (GST_BUFFER_DURATION_IS_VALID (buffer))
        self->interval_us = (gint64) (GST_BUFFER_DURATION (buffer) / 1000);
      self->ahead = g_steal_pointer (&sample);
    }
}

static GBytes *
convert (XsRecording *self, GError **error)
{
  GstBuffer *buffer = gst_sample_get_buffer (self->current);
  GstCaps *caps = gst_sample_get_caps (self->current);
  g_autofree char *name = g_filename_display_name (self->path);
  GstVideoInfo info;
  GstVideoFrame in, out;

  if (caps == NULL || !gst_video_info_from_caps (&info, caps))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s: its pictures have an unknown form", name);
      return NULL;
    }
  if (self->converter == NULL || !gst_video_info_is_equal (&info, &self->in_info))
    {
      g_clear_pointer (&self->converter, gst_video_converter_free);
      self->in_info = info;
      gst_video_info_set_interlaced_format (&self->out_info, GST_VIDEO_FORMAT_RGB,
                                            GST_VIDEO_INFO_INTERLACE_MODE (&info), (guint) info.width,
                                            (guint) info.height);
      self->out_info.fps_n = info.fps_n;
      self->out_info.fps_d = info.fps_d;
      self->converter = gst_video_converter_new (&self->in_info, &self->out_info, NULL);
      if (self->converter == NULL)
        {
          g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s: its pictures cannot be converted from %s", name,
                       gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (&info)));
          return NULL;
        }
    }

  gsize size = GST_VIDEO_INFO_SIZE (&self->out_info);
  guint8 *pixels = g_malloc (size);
  g_autoptr (GstBuffer) wrapped = gst_buffer_new_wrapped_full (0, pixels, size, 0, size, NULL, NULL);
  if (!gst_video_frame_map (&in, &info, buffer, GST_MAP_READ))
    {
      g_free (pixels);
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s: a picture cannot be read", name);
      return NULL;
    }
  gst_video_frame_map (&out, &self->out_info, wrapped, GST_MAP_WRITE);
  gst_video_converter_frame (self->converter, &in, &out);
  gst_video_frame_unmap (&out);
  gst_video_frame_unmap (&in);

  return g_bytes_new_take (pixels, size);
}

XsRecording *
xs_recording_open (const char *path, int fps, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (fps >= 1 && fps <= 30, NULL);

  xs_media_init ();
  if (!xs_media_check_file (path, error))
    return NULL;

  g_autoptr (XsRecording) self = g_new0 (XsRecording, 1);
  g_mutex_init (&self->lock);
  self->path = g_strdup (path);
  self->fps = fps;
  self->first_pts_us = G_MININT64;
  self->interval_us = G_USEC_PER_SEC / fps;
  self->pipeline = gst_pipeline_new (NULL);
  GstElement *decodebin = xs_media_decode_file (GST_BIN (self->pipeline), path, FALSE);
  self->appsink = gst_element_factory_make ("appsink", NULL);
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("video/x-raw");
  g_object_set (self->appsink, "caps", caps, "sync", FALSE, "max-buffers", 4, "drop", FALSE, NULL);
  gst_bin_add (GST_BIN (self->pipeline), self->appsink);
  g_signal_connect (decodebin, "pad-added", G_CALLBACK (pad_added_cb), self);
  g_signal_connect (decodebin, "no-more-pads", G_CALLBACK (no_more_pads_cb), self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);

  step (self);
  if (self->ahead == NULL)
    {
      if (self->broken != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&self->broken));
          return NULL;
        }
      g_autofree char *name = g_filename_display_name (path);
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s has no picture in it: record it again", name);
      return NULL;
    }
  self->duration_us = xs_media_query_duration_us (self->pipeline);
  step (self);
  return g_steal_pointer (&self);
}

void
xs_recording_close (XsRecording *recording)
{
  if (recording == NULL)
    return;

  if (recording->pipeline != NULL)
    gst_element_set_state (recording->pipeline, GST_STATE_NULL);
  g_clear_pointer (&recording->current, gst_sample_unref);
  g_clear_pointer (&recording->ahead, gst_sample_unref);
  g_clear_pointer (&recording->converter, gst_video_converter_free);
  g_clear_pointer (&recording->pixels, g_bytes_unref);
  g_clear_object (&recording->pipeline);
  g_clear_error (&recording->broken);
  g_mutex_clear (&recording->lock);
  g_free (recording->path);
  g_free (recording);
}

gboolean
xs_recording_next (XsRecording *recording, XsFrame **frame, GError **error)
{
  XsRecording *self = recording;

  g_return_val_if_fail (self != NULL && frame != NULL, FALSE);

  *frame = NULL;
  while (self->current != NULL)
    {
      gint64 time_us = self->next_k * G_USEC_PER_SEC / self->fps;
      gboolean over = self->ahead != NULL && time_us + ROUNDING_US >= self->ahead_us;
      gboolean stale = time_us - self->current_us > HOLD_LIMIT_US;

      if (self->ahead == NULL)
        over = time_us + ROUNDING_US >= self->current_us + MIN (self->interval_us, HOLD_LIMIT_US);
      if (over)
        {
          step (self);
          continue;
        }
      self->next_k++;
      if (stale)
        continue;

      if (self->pixels == NULL)
        self->pixels = convert (self, error);
      if (self->pixels == NULL)
        return FALSE;
      *frame = xs_frame_new (GST_VIDEO_INFO_WIDTH (&self->out_info), GST_VIDEO_INFO_HEIGHT (&self->out_info),
                             GST_VIDEO_INFO_PLANE_STRIDE (&self->out_info, 0), time_us, self->pixels);
      return TRUE;
    }

  if (self->broken != NULL)
    {
      g_propagate_error (error, g_error_copy (self->broken));
      return FALSE;
    }
  return TRUE;
}
