/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * XsVideoPaintable: a GdkPaintable that shows what reaches its sink element. Newest frame wins, at most one
 * redraw pending, the last frame stays when the stream pauses. Raw RGB, no copy: the floor that works
 * everywhere; gtk4paintablesink is used instead when its factory exists and there is a display.
 *
 * Made and used on one main context; the sink may run, and go, on any thread.
 */
#define XS_TYPE_VIDEO_PAINTABLE (xs_video_paintable_get_type ())
G_DECLARE_FINAL_TYPE (XsVideoPaintable, xs_video_paintable, XS, VIDEO_PAINTABLE, GObject)

XsVideoPaintable *xs_video_paintable_new (void);
/** xs_video_paintable_new_mirrored: left and right change places, as people know themselves. */
XsVideoPaintable *xs_video_paintable_new_mirrored (void);
/** xs_video_paintable_get_sink: (transfer none): the element to put into a pipeline, with one "sink" pad. */
GstElement *xs_video_paintable_get_sink (XsVideoPaintable *self);
/**
 * xs_video_paintable_renew_sink: (transfer none): a new sink, for a new pipeline while the old one is still being
 * taken down. What the old sink still gets is not shown any more.
 * @live: TRUE: frames are shown as they come; FALSE: at their time on the pipeline's clock
 */
GstElement *xs_video_paintable_renew_sink (XsVideoPaintable *self, gboolean live);
/** xs_video_paintable_clear: forget the last frame and show nothing. */
void xs_video_paintable_clear (XsVideoPaintable *self);

G_END_DECLS
