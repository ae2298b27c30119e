/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-photo-pane.h"

#include <math.h>

#include "xs-photo-checks.h"
#include "xs-picture-paint.h"
#include "xs-presence.h"
#include "xs-timeline-paint.h"

#define LINE_PX 3.0f
#define POINT_PX 9.0f

struct _XsPhotoPane {
  GtkWidget parent_instance;

  GdkTexture *texture;       /* (nullable) */
  GArray *faces;             /* (nullable): XsReviewBox, the main face first */
  GArray *points;            /* (nullable): XsReviewPoint, of the main face */
  double yaw_deg, pitch_deg; /* of the main face; NaN: not measured */
  gboolean is_other;         /* it is somebody else's face */
  char *text;                /* (nullable) */
  gboolean measured_shown;
};

G_DEFINE_FINAL_TYPE (XsPhotoPane, xs_photo_pane, GTK_TYPE_WIDGET)

static void
draw_box (GtkSnapshot *snapshot, const graphene_rect_t *area, const GdkRGBA *color)
{
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, area, 4);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ LINE_PX, LINE_PX, LINE_PX, LINE_PX },
                              (GdkRGBA[4]){ *color, *color, *color, *color });
}

/* From the middle of the main face, as long as the head is turned. */
static void
draw_direction (XsPhotoPane *self, GtkSnapshot *snapshot, const graphene_rect_t *face, const GdkRGBA *color)
{
  float dx = -sinf ((float) self->yaw_deg * (float) G_PI / 180) * face->size.width;
  float dy = -sinf ((float) self->pitch_deg * (float) G_PI / 180) * face->size.height;

  if (isnan (dx) || isnan (dy))
    return;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (face->origin.x + face->size.width / 2,
                                                          face->origin.y + face->size.height / 2));
  gtk_snapshot_rotate (snapshot, atan2f (dy, dx) * 180 / (float) G_PI);
  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (0, -LINE_PX / 2, hypotf (dx, dy), LINE_PX));
  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (-LINE_PX, -LINE_PX, 2 * LINE_PX, 2 * LINE_PX));
  gtk_snapshot_restore (snapshot);
}

/* Eyes, nose and mouth, where they were found: light with a dark rim, to be seen on any skin. */
static void
draw_points (XsPhotoPane *self, GtkSnapshot *snapshot, const graphene_rect_t *area, float scale, const GdkRGBA *color)
{
  static const GdkRGBA light = { 1, 1, 1, 1 };

  for (guint i = 0; i < self->points->len; i++)
    {
      const XsReviewPoint *point = &g_array_index (self->points, XsReviewPoint, i);
      graphene_rect_t dot =
        GRAPHENE_RECT_INIT (area->origin.x + (float) point->x_px * scale - POINT_PX / 2,
                            area->origin.y + (float) point->y_px * scale - POINT_PX / 2, POINT_PX, POINT_PX);
      GskRoundedRect circle;
      gsk_rounded_rect_init_from_rect (&circle, &dot, POINT_PX / 2);
      gtk_snapshot_push_rounded_clip (snapshot, &circle);
      gtk_snapshot_append_color (snapshot, &light, &dot);
      gtk_snapshot_pop (snapshot);
      gtk_snapshot_append_border (snapshot, &circle, (float[4]){ 2, 2, 2, 2 },
                                  (GdkRGBA[4]){ *color, *color, *color, *color });
    }
}

static void
draw_measured (XsPhotoPane *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  GdkRGBA main_color = xs_tone_color (GTK_WIDGET (self), self->is_other ? XS_TONE_BAD : XS_TONE_GOOD);
  GdkRGBA other_color = xs_tone_color (GTK_WIDGET (self), XS_TONE_BAD);
  float scale = area->size.width / (float) gdk_texture_get_width (self->texture);

  for (guint i = 0; i < self->faces->len; i++)
    {
      const XsReviewBox *face = &g_array_index (self->faces, XsReviewBox, i);
      graphene_rect_t box =
        GRAPHENE_RECT_INIT (area->origin.x + (float) face->x_px * scale, area->origin.y + (float) face->y_px * scale,
                            (float) face->width_px * scale, (float) face->height_px * scale);
      draw_box (snapshot, &box, i == 0 ? &main_color : &other_color);
      if (i == 0)
        draw_direction (self, snapshot, &box, &main_color);
    }
  draw_points (self, snapshot, area, scale, &main_color);
}

static void
xs_photo_pane_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  XsPhotoPane *self = XS_PHOTO_PANE (widget);

  if (self->texture == NULL)
    {
      if (self->text != NULL)
        xs_picture_paint_text (widget, snapshot, self->text);
      return;
    }
  graphene_rect_t area;
  xs_picture_area (widget, self->texture, &area);
  gtk_snapshot_append_texture (snapshot, self->texture, &area);
  if (self->measured_shown && self->faces != NULL)
    draw_measured (self, snapshot, &area);
}

void
xs_photo_pane_set (XsPhotoPane *self, GdkTexture *texture, const XsReviewPhoto *measured, const char *text,
                   const char *name)
{
  g_return_if_fail (XS_IS_PHOTO_PANE (self));

  g_set_object (&self->texture, texture);
  g_clear_pointer (&self->faces, g_array_unref);
  g_clear_pointer (&self->points, g_array_unref);
  if (measured != NULL)
    {
      self->faces = g_array_copy (measured->faces);
      self->points = g_array_copy (measured->points);
      self->yaw_deg = xs_photo_measure (measured, "yaw_deg");
      self->pitch_deg = xs_photo_measure (measured, "pitch_deg");
      self->is_other = g_str_equal (measured->seen, xs_presence_nick (XS_PRESENCE_OTHER_PERSON));
    }
  g_free (self->text);
  self->text = g_strdup (text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, texture == NULL && text != NULL ? text : "", -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
xs_photo_pane_show_measured (XsPhotoPane *self, gboolean shown)
{
  g_return_if_fail (XS_IS_PHOTO_PANE (self));

  self->measured_shown = shown;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
xs_photo_pane_finalize (GObject *object)
{
  XsPhotoPane *self = XS_PHOTO_PANE (object);

  g_clear_object (&self->texture);
  g_clear_pointer (&self->faces, g_array_unref);
  g_clear_pointer (&self->points, g_array_unref);
  g_free (self->text);
  G_OBJECT_CLASS (xs_photo_pane_parent_class)->finalize (object);
}

static void
xs_photo_pane_class_init (XsPhotoPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = xs_photo_pane_finalize;
  widget_class->snapshot = xs_photo_pane_snapshot;
  gtk_widget_class_set_css_name (widget_class, "photopane");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
xs_photo_pane_init (XsPhotoPane *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
