/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/video/gstvideosink.h>

G_BEGIN_DECLS

/* One picture on its way to the main context. */
typedef struct {
  GBytes *pixels; /* R, G, B, 8 bit each: GTK 4.8 converts these many times faster than its own format */
  int width_px;   /* of @pixels, as scaled for the screen */
  int height_px;
  int stride_bytes;
  int video_width_px; /* of the video before that */
  int video_height_px;
  double pixel_aspect; /* width of one of the video's pixels over its height */
} XsVideoImage;

/**
 * XsVideoSink: hands each picture to @deliver on the main context it was made in. When pictures come faster
 * than that context runs, only the newest is handed over.
 */
#define XS_TYPE_VIDEO_SINK (xs_video_sink_get_type ())
G_DECLARE_FINAL_TYPE (XsVideoSink, xs_video_sink, XS, VIDEO_SINK, GstVideoSink)

typedef void (*XsVideoSinkFunc) (GObject *target, XsVideoSink *sink, const XsVideoImage *image);

/**
 * xs_video_sink_new: (transfer floating)
 * @target: only a weak reference is held: pictures that come after it went are dropped
 * @origin: (transfer none): the pad whose caps tell the size of the video before it was scaled; lives as long
 */
GstElement *xs_video_sink_new (GObject *target, XsVideoSinkFunc deliver, GstPad *origin);
/** xs_video_sink_drop_pending: forget a picture that was not handed over yet. */
void xs_video_sink_drop_pending (XsVideoSink *self);

G_END_DECLS
