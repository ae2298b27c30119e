/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-video-paintable.h"

#include <math.h>

#include "xs-media-private.h"
#include "xs-video-sink.h"

struct _XsVideoPaintable {
  GObject parent_instance;

  GstElement *element; /* what get_sink() hands out */
  XsVideoSink *sink;   /* inside @element; NULL when gtk4paintablesink does the work */
  GdkPaintable *inner; /* of gtk4paintablesink, or NULL */
  gboolean inner_shown;

  GdkTexture *texture; /* (nullable) */
  double pixel_aspect;
};

static void xs_video_paintable_iface_init (GdkPaintableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (XsVideoPaintable, xs_video_paintable, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, xs_video_paintable_iface_init))

static GdkPaintable *
shown_paintable (XsVideoPaintable *self)
{
  if (self->inner != NULL)
    return self->inner_shown ? self->inner : NULL;
  return self->texture != NULL ? GDK_PAINTABLE (self->texture) : NULL;
}

static void
xs_video_paintable_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  GdkPaintable *shown = shown_paintable (XS_VIDEO_PAINTABLE (paintable));

  if (shown != NULL)
    gdk_paintable_snapshot (shown, snapshot, width, height);
}

/* Wide pixels make the picture wider, narrow ones make it higher: no line or column is lost either way. */
static int
xs_video_paintable_get_intrinsic_width (GdkPaintable *paintable)
{
  XsVideoPaintable *self = XS_VIDEO_PAINTABLE (paintable);
  GdkPaintable *shown = shown_paintable (self);

  if (shown == NULL)
    return 0;
  int width = gdk_paintable_get_intrinsic_width (shown);
  return self->inner != NULL ? width : (int) lround (width * MAX (self->pixel_aspect, 1.0));
}

static int
xs_video_paintable_get_intrinsic_height (GdkPaintable *paintable)
{
  XsVideoPaintable *self = XS_VIDEO_PAINTABLE (paintable);
  GdkPaintable *shown = shown_paintable (self);

  if (shown == NULL)
    return 0;
  int height = gdk_paintable_get_intrinsic_height (shown);
  return self->inner != NULL ? height : (int) lround (height / MIN (self->pixel_aspect, 1.0));
}

static double
xs_video_paintable_get_intrinsic_aspect_ratio (GdkPaintable *paintable)
{
  XsVideoPaintable *self = XS_VIDEO_PAINTABLE (paintable);
  GdkPaintable *shown = shown_paintable (self);

  if (shown == NULL)
    return 0.0;
  return gdk_paintable_get_intrinsic_aspect_ratio (shown) * (self->inner != NULL ? 1.0 : self->pixel_aspect);
}

static GdkPaintable *
xs_video_paintable_get_current_image (GdkPaintable *paintable)
{
  XsVideoPaintable *self = XS_VIDEO_PAINTABLE (paintable);
  GdkPaintable *shown = shown_paintable (self);

  if (shown == NULL)
    return gdk_paintable_new_empty (0, 0);
  return gdk_paintable_get_current_image (shown);
}

static void
xs_video_paintable_iface_init (GdkPaintableInterface *iface)
{
  iface->snapshot = xs_video_paintable_snapshot;
  iface->get_intrinsic_width = xs_video_paintable_get_intrinsic_width;
  iface->get_intrinsic_height = xs_video_paintable_get_intrinsic_height;
  iface->get_intrinsic_aspect_ratio = xs_video_paintable_get_intrinsic_aspect_ratio;
  iface->get_current_image = xs_video_paintable_get_current_image;
}

static void
deliver (GObject *target, XsVideoSink *sink, const XsVideoImage *image)
{
  XsVideoPaintable *self = XS_VIDEO_PAINTABLE (target);
  gboolean resized;

  if (sink != self->sink)
    return;

  resized = self->texture == NULL || gdk_texture_get_width (self->texture) != image->width_px
            || gdk_texture_get_height (self->texture) != image->height_px
            || fabs (self->pixel_aspect - image->pixel_aspect) > 1e-6;
  g_clear_object (&self->texture);
  self->texture = gdk_memory_texture_new (image->width_px, image->height_px, GDK_MEMORY_R8G8B8, image->pixels,
                                          (gsize) image->stride_bytes);
  self->pixel_aspect = image->pixel_aspect;
  if (resized)
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

static void
inner_contents_cb (GdkPaintable *inner, XsVideoPaintable *self)
{
  if (!self->inner_shown)
    {
      self->inner_shown = TRUE;
      gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
    }
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

static void
inner_size_cb (GdkPaintable *inner, XsVideoPaintable *self)
{
  gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
}

/* The plugin starts GTK when it is not running, which only makes sense with a display. */
static GstElement *
make_gtk_sink (XsVideoPaintable *self)
{
  if (gdk_display_get_default () == NULL)
    return NULL;

  GstElement *element = gst_element_factory_make ("gtk4paintablesink", NULL);
  if (element == NULL)
    return NULL;

  g_object_get (element, "paintable", &self->inner, NULL);
  self->inner_shown = FALSE;
  g_signal_connect_object (self->inner, "invalidate-contents", G_CALLBACK (inner_contents_cb), self, 0);
  g_signal_connect_object (self->inner, "invalidate-size", G_CALLBACK (inner_size_cb), self, 0);
  return element;
}

static GstElement *
make_own_sink (XsVideoPaintable *self, GstElement **sink)
{
  GstElement *bin = gst_bin_new (NULL);
  GstElement *convert = gst_element_factory_make ("videoconvert", NULL);

  *sink = xs_video_sink_new (G_OBJECT (self), deliver);
  self->sink = XS_VIDEO_SINK (*sink);
  gst_bin_add_many (GST_BIN (bin), convert, *sink, NULL);
  gst_element_link (convert, *sink);

  g_autoptr (GstPad) pad = gst_element_get_static_pad (convert, "sink");
  gst_element_add_pad (bin, gst_ghost_pad_new ("sink", pad));
  return bin;
}

static void
drop_sink (XsVideoPaintable *self)
{
  if (self->inner != NULL)
    g_signal_handlers_disconnect_by_data (self->inner, self);
  g_clear_object (&self->inner);
  self->sink = NULL;
  g_clear_object (&self->element);
}

GstElement *
xs_video_paintable_renew_sink (XsVideoPaintable *self, gboolean live)
{
  GstElement *base_sink = NULL;

  g_return_val_if_fail (XS_IS_VIDEO_PAINTABLE (self), NULL);

  drop_sink (self);
  xs_video_paintable_clear (self);

  base_sink = make_gtk_sink (self);
  self->element = base_sink != NULL ? base_sink : make_own_sink (self, &base_sink);
  g_object_ref_sink (self->element);
  if (live)
    g_object_set (base_sink, "sync", FALSE, "async", FALSE, "qos", FALSE, NULL);
  return self->element;
}

GstElement *
xs_video_paintable_get_sink (XsVideoPaintable *self)
{
  g_return_val_if_fail (XS_IS_VIDEO_PAINTABLE (self), NULL);

  return self->element;
}

void
xs_video_paintable_clear (XsVideoPaintable *self)
{
  gboolean was_shown;

  g_return_if_fail (XS_IS_VIDEO_PAINTABLE (self));

  was_shown = shown_paintable (self) != NULL;
  if (self->sink != NULL)
    xs_video_sink_drop_pending (self->sink);
  self->inner_shown = FALSE;
  g_clear_object (&self->texture);
  if (was_shown)
    {
      gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
      gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
    }
}

static void
xs_video_paintable_dispose (GObject *object)
{
  XsVideoPaintable *self = XS_VIDEO_PAINTABLE (object);

  drop_sink (self);
  g_clear_object (&self->texture);

  G_OBJECT_CLASS (xs_video_paintable_parent_class)->dispose (object);
}

static void
xs_video_paintable_class_init (XsVideoPaintableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_video_paintable_dispose;
}

static void
xs_video_paintable_init (XsVideoPaintable *self)
{
  xs_media_init ();
  self->pixel_aspect = 1.0;
  xs_video_paintable_renew_sink (self, FALSE);
}

XsVideoPaintable *
xs_video_paintable_new (void)
{
  return g_object_new (XS_TYPE_VIDEO_PAINTABLE, NULL);
}
