/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-video-sink.h"

#include "xs-media-private.h"

/* One is being written, one waits, one is shown, and GTK still holds the one before; where the PC is busy, two. */
#define FRAMES_IN_USE 5

struct _XsVideoSink {
  GstVideoSink parent_instance;

  GWeakRef target;
  XsVideoSinkFunc deliver;
  GstPad *origin; /* not owned: a cycle otherwise */
  GMainContext *context;
  GstVideoInfo info;

  GMutex lock; /* guards what follows */
  XsVideoImage pending;
  gboolean scheduled;
};

G_DEFINE_FINAL_TYPE (XsVideoSink, xs_video_sink, GST_TYPE_VIDEO_SINK)

static GstStaticPadTemplate sink_template =
  GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("RGB")));

static gboolean
deliver_cb (gpointer user_data)
{
  XsVideoSink *self = user_data;
  XsVideoImage image;

  g_mutex_lock (&self->lock);
  image = self->pending;
  self->pending.pixels = NULL;
  self->scheduled = FALSE;
  g_mutex_unlock (&self->lock);

  if (image.pixels != NULL)
    {
      g_autoptr (GObject) target = g_weak_ref_get (&self->target);

      if (target != NULL)
        self->deliver (target, self, &image);
      g_bytes_unref (image.pixels);
    }
  return G_SOURCE_REMOVE;
}

static GstFlowReturn
xs_video_sink_show_frame (GstVideoSink *sink, GstBuffer *buffer)
{
  XsVideoSink *self = XS_VIDEO_SINK (sink);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (self->origin);
  GstVideoInfo video = self->info;
  int stride_bytes = 0;
  GBytes *pixels = xs_media_map_rgb (buffer, &self->info, &stride_bytes);

  if (pixels == NULL)
    {
      GST_ELEMENT_ERROR (self, RESOURCE, READ, (NULL), ("a video frame cannot be mapped"));
      return GST_FLOW_ERROR;
    }

  if (caps != NULL && !gst_video_info_from_caps (&video, caps))
    video = self->info;

  g_autoptr (GBytes) replaced = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  replaced = self->pending.pixels;
  self->pending.pixels = pixels;
  self->pending.width_px = GST_VIDEO_INFO_WIDTH (&self->info);
  self->pending.height_px = GST_VIDEO_INFO_HEIGHT (&self->info);
  self->pending.stride_bytes = stride_bytes;
  self->pending.video_width_px = GST_VIDEO_INFO_WIDTH (&video);
  self->pending.video_height_px = GST_VIDEO_INFO_HEIGHT (&video);
  self->pending.pixel_aspect = (double) GST_VIDEO_INFO_PAR_N (&video) / MAX (GST_VIDEO_INFO_PAR_D (&video), 1);
  if (!self->scheduled)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      self->scheduled = TRUE;
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, deliver_cb, g_object_ref (self), g_object_unref);
      g_source_set_static_name (source, "[xueshi] video frame");
      g_source_attach (source, self->context);
    }
  return GST_FLOW_OK;
}

static gboolean
xs_video_sink_set_info (GstVideoSink *sink, GstCaps *caps, const GstVideoInfo *info)
{
  XS_VIDEO_SINK (sink)->info = *info;
  return TRUE;
}

static void
xs_video_sink_finalize (GObject *object)
{
  XsVideoSink *self = XS_VIDEO_SINK (object);

  g_clear_pointer (&self->pending.pixels, g_bytes_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_weak_ref_clear (&self->target);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (xs_video_sink_parent_class)->finalize (object);
}

static void
xs_video_sink_class_init (XsVideoSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVideoSinkClass *video_class = GST_VIDEO_SINK_CLASS (klass);

  object_class->finalize = xs_video_sink_finalize;
  video_class->set_info = xs_video_sink_set_info;
  video_class->show_frame = xs_video_sink_show_frame;

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "Paintable sink", "Sink/Video", "Shows video as a GdkPaintable",
                                         "Xueshi");
}

static void
xs_video_sink_init (XsVideoSink *self)
{
  g_mutex_init (&self->lock);
  g_weak_ref_init (&self->target, NULL);
  gst_video_info_init (&self->info);
  self->context = g_main_context_ref_thread_default ();
  xs_media_reserve_frames (GST_BASE_SINK_PAD (self), FRAMES_IN_USE);
}

GstElement *
xs_video_sink_new (GObject *target, XsVideoSinkFunc deliver, GstPad *origin)
{
  XsVideoSink *self = g_object_new (XS_TYPE_VIDEO_SINK, NULL);

  g_weak_ref_set (&self->target, target);
  self->deliver = deliver;
  self->origin = origin;
  return GST_ELEMENT (self);
}

void
xs_video_sink_drop_pending (XsVideoSink *self)
{
  g_autoptr (GBytes) dropped = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  dropped = g_steal_pointer (&self->pending.pixels);
}
