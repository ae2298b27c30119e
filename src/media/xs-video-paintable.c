/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-video-paintable.h"

#include <math.h>

#include "xs-media-private.h"
#include "xs-video-sink.h"

/* One is being decoded, one scaled, and three wait in the queue of playbin. */
#define DECODED_IN_USE 5

struct _XsVideoPaintable {
  GObject parent_instance;

  GstElement *element; /* what get_sink() hands out */
  XsVideoSink *sink;   /* inside @element; NULL when gtk4paintablesink does the work */
  gboolean mirrored;
  GdkPaintable *inner; /* of gtk4paintablesink, or NULL */
  gboolean inner_shown;

  GdkTexture *texture; /* (nullable): scaled down to what is drawn */
  int width_px;        /* of the video before that */
  int height_px;
  double pixel_aspect;

  GstElement *size; /* a capsfilter in @element: the size frames are scaled down to */
  int drawn_width_px;
  int drawn_height_px;
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

static int
display_scale (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  GListModel *monitors = display != NULL ? gdk_display_get_monitors (display) : NULL;
  int scale = 1;

  for (guint i = 0; monitors != NULL && i < g_list_model_get_n_items (monitors); i++)
    {
      g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, i);
      scale = MAX (scale, gdk_monitor_get_scale_factor (monitor));
    }
  return scale;
}

/*
 * Without a GPU, GTK scales each frame down with a costly filter; doing it before the colour conversion takes half the
 * time for the whole way to the screen. Scaling up is left to GTK: frames stay small.
 */
static void
note_drawn_size (XsVideoPaintable *self, double width, double height)
{
  g_autoptr (GstCaps) caps = NULL;
  int width_px = (int) ceil (width), height_px = (int) ceil (height);

  if (self->size == NULL || width_px < 1 || height_px < 1
      || (width_px == self->drawn_width_px && height_px == self->drawn_height_px))
    return;
  self->drawn_width_px = width_px;
  self->drawn_height_px = height_px;

  int scale = display_scale ();
  if (width_px * scale < self->width_px && height_px * scale < self->height_px)
    caps = gst_caps_new_simple ("video/x-raw", "width", G_TYPE_INT, width_px * scale, "height", G_TYPE_INT,
                                height_px * scale, NULL);
  else
    caps = gst_caps_new_empty_simple ("video/x-raw");
  g_object_set (self->size, "caps", caps, NULL);
}

static void
xs_video_paintable_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  XsVideoPaintable *self = XS_VIDEO_PAINTABLE (paintable);
  GdkPaintable *shown = shown_paintable (self);

  if (shown == NULL)
    return;
  /* In whole pixels: then what was scaled for the screen is copied, while a fraction would scale all of it again. */
  gdk_paintable_snapshot (shown, snapshot, ceil (width), ceil (height));
  note_drawn_size (self, width, height);
}

/* Wide pixels make the picture wider, narrow ones make it higher: no line or column is lost either way. */
static int
xs_video_paintable_get_intrinsic_width (GdkPaintable *paintable)
{
  XsVideoPaintable *self = XS_VIDEO_PAINTABLE (paintable);
  GdkPaintable *shown = shown_paintable (self);

  if (shown == NULL)
    return 0;
  if (self->inner != NULL)
    return gdk_paintable_get_intrinsic_width (shown);
  return (int) lround (self->width_px * MAX (self->pixel_aspect, 1.0));
}

static int
xs_video_paintable_get_intrinsic_height (GdkPaintable *paintable)
{
  XsVideoPaintable *self = XS_VIDEO_PAINTABLE (paintable);
  GdkPaintable *shown = shown_paintable (self);

  if (shown == NULL)
    return 0;
  if (self->inner != NULL)
    return gdk_paintable_get_intrinsic_height (shown);
  return (int) lround (self->height_px / MIN (self->pixel_aspect, 1.0));
}

static double
xs_video_paintable_get_intrinsic_aspect_ratio (GdkPaintable *paintable)
{
  XsVideoPaintable *self = XS_VIDEO_PAINTABLE (paintable);
  GdkPaintable *shown = shown_paintable (self);

  if (shown == NULL)
    return 0.0;
  if (self->inner != NULL)
    return gdk_paintable_get_intrinsic_aspect_ratio (shown);
  return self->width_px * self->pixel_aspect / self->height_px;
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

  if (sink != self->sink)
    return;

  gboolean resized = self->texture == NULL || self->width_px != image->video_width_px
                     || self->height_px != image->video_height_px
                     || fabs (self->pixel_aspect - image->pixel_aspect) > 1e-6;
  g_clear_object (&self->texture);
  self->texture = gdk_memory_texture_new (image->width_px, image->height_px, GDK_MEMORY_R8G8B8, image->pixels,
                                          (gsize) image->stride_bytes);
  self->width_px = image->video_width_px;
  self->height_px = image->video_height_px;
  self->pixel_aspect = image->pixel_aspect;
  if (resized)
    {
      self->drawn_width_px = 0;
      gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
    }
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

static GstElement *
make_flip (void)
{
  GstElement *flip = gst_element_factory_make ("videoflip", NULL);

  gst_util_set_object_arg (G_OBJECT (flip), "method", "horizontal-flip");
  return flip;
}

/* The plugin starts GTK when it is not running, which only makes sense with a display. */
static GstElement *
make_gtk_sink (XsVideoPaintable *self, GstElement **sink)
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
  *sink = element;
  if (!self->mirrored)
    return element;

  GstElement *bin = gst_bin_new (NULL);
  GstElement *flip = make_flip ();
  gst_bin_add_many (GST_BIN (bin), flip, element, NULL);
  gst_element_link (flip, element);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (flip, "sink");
  gst_element_add_pad (bin, gst_ghost_pad_new ("sink", pad));
  return bin;
}

/*
 * The size that is asked for is made here. Told upstream, it would be made by a scaler of playbin, and look like the
 * video's own: too small to be scaled down, so that the whole size would be asked for again, and so on for ever.
 */
static GstPadProbeReturn
answer_caps (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  static GstStaticCaps any_size = GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE (GST_VIDEO_FORMATS_ALL));
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  GstCaps *filter = NULL;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS)
    return GST_PAD_PROBE_OK;
  g_autoptr (GstCaps) caps = gst_static_caps_get (&any_size);
  gst_query_parse_caps (query, &filter);
  if (filter != NULL)
    {
      GstCaps *both = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
      gst_caps_unref (caps);
      caps = both;
    }
  gst_query_set_caps_result (query, caps);
  return GST_PAD_PROBE_HANDLED;
}

static GstElement *
make_own_sink (XsVideoPaintable *self, gboolean live, GstElement **sink)
{
  GstElement *bin = gst_bin_new (NULL);
  GstElement *scale = gst_element_factory_make ("videoscale", NULL);
  GstElement *convert = gst_element_factory_make ("videoconvert", NULL);

  g_autoptr (GstPad) pad = gst_element_get_static_pad (scale, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, answer_caps, NULL, NULL);
  /* Of a camera's own buffers there is no choice. */
  if (!live)
    xs_media_reserve_frames (pad, DECODED_IN_USE);
  *sink = xs_video_sink_new (G_OBJECT (self), deliver, pad);
  self->sink = XS_VIDEO_SINK (*sink);
  self->size = gst_element_factory_make ("capsfilter", NULL);
  g_object_set (scale, "add-borders", FALSE, NULL);
  gst_bin_add_many (GST_BIN (bin), scale, self->size, convert, *sink, NULL);
  gst_element_link_many (convert, *sink, NULL);
  if (self->mirrored)
    {
      GstElement *flip = make_flip ();
      gst_bin_add (GST_BIN (bin), flip);
      gst_element_link_many (scale, self->size, flip, convert, NULL);
    }
  else
    gst_element_link_many (scale, self->size, convert, NULL);
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
  self->size = NULL;
  self->drawn_width_px = 0;
  g_clear_object (&self->element);
}

GstElement *
xs_video_paintable_renew_sink (XsVideoPaintable *self, gboolean live)
{
  GstElement *base_sink = NULL;

  g_return_val_if_fail (XS_IS_VIDEO_PAINTABLE (self), NULL);

  drop_sink (self);
  xs_video_paintable_clear (self);

  self->element = make_gtk_sink (self, &base_sink);
  if (self->element == NULL)
    self->element = make_own_sink (self, live, &base_sink);
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

XsVideoPaintable *
xs_video_paintable_new_mirrored (void)
{
  XsVideoPaintable *self = xs_video_paintable_new ();

  self->mirrored = TRUE;
  xs_video_paintable_renew_sink (self, FALSE);
  return self;
}
