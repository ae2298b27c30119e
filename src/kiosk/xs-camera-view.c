/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-camera-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "xs-turn-sign.h"

#define FRAME_WIDTH_PX 4
#define CORNER_SHARE 0.22f
/* The target frame, in shares of the picture's height. */
#define OVAL_HEIGHT 0.74f
#define OVAL_WIDTH 0.56f
#define CARD_SIDE 0.62f
#define OUTLINE_PX 3
#define FILLED_PX 8
#define EDGE_PX 2

struct _XsCameraView {
  GtkWidget parent_instance;

  XsCamera *camera;
  GdkPaintable *preview;
  gboolean has_face;
  gboolean well;
  XsCameraTarget target;
  XsTurnSign sign;
  graphene_rect_t face; /* 0 … 1 of the picture */
};

G_DEFINE_FINAL_TYPE (XsCameraView, xs_camera_view, GTK_TYPE_WIDGET)

static graphene_rect_t
picture_area (XsCameraView *self)
{
  float width = gtk_widget_get_width (GTK_WIDGET (self));
  float height = gtk_widget_get_height (GTK_WIDGET (self));
  double ratio = self->preview != NULL ? gdk_paintable_get_intrinsic_aspect_ratio (self->preview) : 0;

  if (ratio <= 0)
    ratio = 16.0 / 9;
  /* In whole pixels, so that the picture is not scaled once more. */
  float w = roundf (MIN (width, height * (float) ratio));
  float h = roundf (MIN (height, w / (float) ratio));
  return GRAPHENE_RECT_INIT (floorf ((width - w) / 2), floorf ((height - h) / 2), w, h);
}

static void
line (GtkSnapshot *snapshot, const GdkRGBA *color, float x, float y, float width, float height)
{
  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (x, y, width, height));
}

/* Colour is never the only sign: a whole frame when all is well, four corners when something is to be put right. */
static void
draw_face (XsCameraView *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  static const GdkRGBA good = { 0.18f, 0.76f, 0.49f, 1 };
  static const GdkRGBA poor = { 1, 0.75f, 0.2f, 1 };
  const GdkRGBA *color = self->well ? &good : &poor;
  float x = area->origin.x + self->face.origin.x * area->size.width;
  float y = area->origin.y + self->face.origin.y * area->size.height;
  float w = self->face.size.width * area->size.width;
  float h = self->face.size.height * area->size.height;

  if (self->well)
    {
      GskRoundedRect outline;
      const float widths[] = { FRAME_WIDTH_PX, FRAME_WIDTH_PX, FRAME_WIDTH_PX, FRAME_WIDTH_PX };
      const GdkRGBA colors[] = { *color, *color, *color, *color };
      gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (x, y, w, h), 14);
      gtk_snapshot_append_border (snapshot, &outline, widths, colors);
      return;
    }
  float arm_w = w * CORNER_SHARE, arm_h = h * CORNER_SHARE, t = FRAME_WIDTH_PX;
  for (int right = 0; right < 2; right++)
    for (int bottom = 0; bottom < 2; bottom++)
      {
        line (snapshot, color, right ? x + w - arm_w : x, bottom ? y + h - t : y, arm_w, t);
        line (snapshot, color, right ? x + w - t : x, bottom ? y + h - arm_h : y, t, arm_h);
      }
}

static const char *
target_words (XsCameraView *self)
{
  if (self->target == XS_CAMERA_TARGET_CARD)
    return _ ("The code of the card here");
  if (!self->has_face)
    return _ ("Your face here");
  return self->well ? _ ("Good: stay like this") : _ ("Follow the words below");
}

static void
draw_words (XsCameraView *self, GtkSnapshot *snapshot, const graphene_rect_t *area, float bottom)
{
  static const GdkRGBA back = { 0, 0, 0, 0.66f }, front = { 1, 1, 1, 1 };
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), target_words (self));
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  float x = area->origin.x + (area->size.width - width) / 2;
  float y = MIN (bottom - height / 2, area->origin.y + area->size.height - height);
  gtk_snapshot_append_color (snapshot, &back, &GRAPHENE_RECT_INIT (x - height / 2, y, width + height, height));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, &front);
  gtk_snapshot_restore (snapshot);
}

/* An outline asks; filled it says yes. */
static void
draw_target (XsCameraView *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  static const GdkRGBA asking = { 1, 1, 1, 0.9f }, filled = { 0.18f, 0.76f, 0.49f, 1 },
                       fill = { 0.18f, 0.76f, 0.49f, 0.22f };
  gboolean is_face = self->target == XS_CAMERA_TARGET_FACE;
  gboolean well = is_face && self->has_face && self->well;
  float height = (is_face ? OVAL_HEIGHT : CARD_SIDE) * area->size.height;
  float width = (is_face ? OVAL_WIDTH : CARD_SIDE) * area->size.height;
  float thick = well ? FILLED_PX : OUTLINE_PX;
  const GdkRGBA color = well ? filled : asking;
  const float widths[] = { thick, thick, thick, thick };
  const GdkRGBA colors[] = { color, color, color, color };
  /* White on a white wall would not be seen. */
  const float edge = thick + EDGE_PX, edge_widths[] = { edge, edge, edge, edge };
  const GdkRGBA dark = { 0, 0, 0, 0.6f }, edges[] = { dark, dark, dark, dark };
  GskRoundedRect frame;

  gsk_rounded_rect_init_from_rect (&frame,
                                   &GRAPHENE_RECT_INIT (area->origin.x + (area->size.width - width) / 2,
                                                        area->origin.y + (area->size.height - height) / 2, width,
                                                        height),
                                   14);
  if (is_face)
    for (int corner = 0; corner < 4; corner++)
      frame.corner[corner] = GRAPHENE_SIZE_INIT (width / 2, height / 2);
  if (well)
    {
      gtk_snapshot_push_rounded_clip (snapshot, &frame);
      gtk_snapshot_append_color (snapshot, &fill, &frame.bounds);
      gtk_snapshot_pop (snapshot);
    }
  gtk_snapshot_append_border (snapshot, &frame, edge_widths, edges);
  gtk_snapshot_append_border (snapshot, &frame, widths, colors);
  draw_words (self, snapshot, area, frame.bounds.origin.y + height);
}

/* The last picture of a camera that is gone would look as if it worked. */
static void
draw_no_picture (XsCameraView *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean lost = xs_camera_get_state (self->camera) == XS_CAMERA_LOST;
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int size = height / 3;
  GdkRGBA color;
  g_autoptr (GtkIconPaintable) icon =
    gtk_icon_theme_lookup_icon (gtk_icon_theme_get_for_display (gtk_widget_get_display (widget)),
                                lost ? "camera-disabled-symbolic" : "camera-web-symbolic", NULL, size,
                                gtk_widget_get_scale_factor (widget), gtk_widget_get_direction (widget),
                                GTK_ICON_LOOKUP_FORCE_SYMBOLIC);

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((width - size) / 2, (height - size) / 2));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, &color, 1);
  gtk_snapshot_restore (snapshot);
}

/* The pictures of the camera draw it again often enough for it to move. */
static void
draw_sign (XsCameraView *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  if (self->sign == XS_TURN_SIGN_NONE)
    return;

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, area);
  cairo_translate (cr, area->origin.x, area->origin.y);
  xs_turn_sign_draw (self->sign, cr, area->size.width, area->size.height);
  cairo_destroy (cr);
}

static void
xs_camera_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  XsCameraView *self = XS_CAMERA_VIEW (widget);
  graphene_rect_t area = picture_area (self);

  if (self->preview == NULL)
    return;
  if (xs_camera_get_state (self->camera) != XS_CAMERA_RUNNING)
    {
      draw_no_picture (self, snapshot);
      return;
    }
  gtk_snapshot_push_clip (snapshot, &area);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &area.origin);
  gdk_paintable_snapshot (self->preview, snapshot, area.size.width, area.size.height);
  gtk_snapshot_restore (snapshot);
  if (self->target != XS_CAMERA_TARGET_NONE)
    draw_target (self, snapshot, &area);
  else if (self->has_face)
    draw_face (self, snapshot, &area);
  draw_sign (self, snapshot, &area);
  gtk_snapshot_pop (snapshot);
}

static GtkSizeRequestMode
xs_camera_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
xs_camera_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 160;
      *natural = 160;
    }
  else
    {
      *minimum = 90;
      *natural = for_size > 0 ? for_size * 9 / 16 : 90;
    }
}

void
xs_camera_view_set_target (XsCameraView *self, XsCameraTarget target)
{
  self->target = target;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
xs_camera_view_set_camera (XsCameraView *self, XsCamera *camera)
{
  self->camera = g_object_ref (camera);
  self->preview = g_object_ref (xs_camera_get_preview (camera));
  g_signal_connect_object (camera, "notify::state", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->preview, "invalidate-contents", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->preview, "invalidate-size", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

void
xs_camera_view_update (XsCameraView *self, const XsStudyStatus *status)
{
  graphene_rect_t face = GRAPHENE_RECT_INIT (status->face.x, status->face.y, status->face.width, status->face.height);
  gboolean well = status->presence == XS_PRESENCE_PRESENT && status->guidance == XS_GUIDANCE_NONE;

  XsTurnSign sign = xs_turn_sign_next (self->sign, status);

  if (self->has_face == status->has_face && self->well == well && self->sign == sign
      && graphene_rect_equal (&self->face, &face))
    return;
  self->sign = sign;
  self->has_face = status->has_face;
  self->well = well;
  self->face = face;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
xs_camera_view_dispose (GObject *object)
{
  XsCameraView *self = XS_CAMERA_VIEW (object);

  g_clear_object (&self->preview);
  g_clear_object (&self->camera);
  G_OBJECT_CLASS (xs_camera_view_parent_class)->dispose (object);
}

static void
xs_camera_view_class_init (XsCameraViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_camera_view_dispose;
  widget_class->snapshot = xs_camera_view_snapshot;
  widget_class->measure = xs_camera_view_measure;
  widget_class->get_request_mode = xs_camera_view_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "cameraview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
xs_camera_view_init (XsCameraView *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Camera picture"), -1);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
