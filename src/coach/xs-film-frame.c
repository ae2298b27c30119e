/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-film-frame.h"

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-timeline-paint.h"

#include <math.h>

#define GAP_PX 3

struct _XsFilmFrame {
  GtkWidget parent_instance;

  int width_px;
  gboolean with_day;
  XsFilmItem *item;          /* (nullable) */
  GdkTexture *texture;       /* (nullable): not here yet */
  gboolean missing;          /* nor will it be */
  GCancellable *cancellable; /* (nullable): of what is waited for */
};

G_DEFINE_FINAL_TYPE (XsFilmFrame, xs_film_frame, GTK_TYPE_WIDGET)

/* As kiosks take them. */
static int
height_px (const XsFilmFrame *frame)
{
  return frame->width_px * 3 / 4;
}

static void
on_texture (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsFilmFrame) frame = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = xs_photo_store_get_finish (XS_PHOTO_STORE (source), result, &error);

  /* Cancelled is what somebody else's photo took the place of. */
  if (g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    return;
  g_clear_object (&frame->cancellable);
  g_set_object (&frame->texture, texture);
  frame->missing = texture == NULL;
  gtk_widget_queue_draw (GTK_WIDGET (frame));
}

static void
stop_waiting (XsFilmFrame *frame)
{
  if (frame->cancellable != NULL)
    g_cancellable_cancel (frame->cancellable);
  g_clear_object (&frame->cancellable);
}

void
xs_film_frame_set_item (XsFilmFrame *frame, XsFilmItem *item)
{
  g_return_if_fail (XS_IS_FILM_FRAME (frame));

  stop_waiting (frame);
  g_clear_object (&frame->texture);
  g_set_object (&frame->item, item);
  frame->missing = item != NULL && xs_film_item_get_sha256 (item)[0] == '\0';
  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_LABEL, xs_film_item_get_text (item),
                                    -1);
  gtk_widget_queue_draw (GTK_WIDGET (frame));
}

void
xs_film_frame_set_seen (XsFilmFrame *frame, XsPhotoStore *store, gboolean seen)
{
  g_return_if_fail (XS_IS_FILM_FRAME (frame));

  if (!seen)
    stop_waiting (frame);
  if (!seen || frame->item == NULL || frame->texture != NULL || frame->missing || frame->cancellable != NULL)
    return;
  const char *sha256 = xs_film_item_get_sha256 (frame->item);
  GdkTexture *texture = xs_photo_store_peek (store, sha256, XS_PHOTO_SMALL);
  if (texture != NULL)
    {
      g_set_object (&frame->texture, texture);
      gtk_widget_queue_draw (GTK_WIDGET (frame));
      return;
    }
  frame->cancellable = g_cancellable_new ();
  xs_photo_store_get_async (store, sha256, XS_PHOTO_SMALL, frame->cancellable, on_texture, g_object_ref (frame));
}

static void
paint_picture (XsFilmFrame *frame, GtkSnapshot *snapshot)
{
  static const GdkRGBA ground = { 0.063f, 0.086f, 0.09f, 1 };
  float width = (float) frame->width_px, height = (float) height_px (frame);

  gtk_snapshot_append_color (snapshot, &ground, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (frame->texture == NULL)
    return;
  float texture_width = (float) gdk_texture_get_width (frame->texture);
  float texture_height = (float) gdk_texture_get_height (frame->texture);
  float scale = MIN (MIN (width / texture_width, height / texture_height), 1);
  /* On whole pixels it needs no smoothing. */
  float w = roundf (texture_width * scale), h = roundf (texture_height * scale);
  gtk_snapshot_append_texture (snapshot, frame->texture,
                               &GRAPHENE_RECT_INIT (floorf ((width - w) / 2), floorf ((height - h) / 2), w, h));
}

static void
paint_caption (XsFilmFrame *frame, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (frame);
  XsTone tone = xs_film_item_get_tone (frame->item);
  g_autofree char *at =
    xs_wall_format (xs_film_item_get_taken_us (frame->item), frame->with_day ? "%m-%d %H:%M" : "%H:%M");
  const char *sign = frame->missing ? "–" : xs_tone_sign (tone);
  g_autofree char *text = g_strdup_printf ("%s %s", sign, at);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  GdkRGBA color = xs_tone_color (widget, tone);
  int text_width;

  pango_layout_get_pixel_size (layout, &text_width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (MAX (frame->width_px - text_width, 0) / 2),
                                                          (float) (height_px (frame) + GAP_PX)));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
xs_film_frame_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  XsFilmFrame *frame = XS_FILM_FRAME (widget);

  if (frame->item == NULL)
    return;
  paint_picture (frame, snapshot);
  paint_caption (frame, snapshot);
}

static void
xs_film_frame_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  XsFilmFrame *frame = XS_FILM_FRAME (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = frame->width_px;
  else
    {
      g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0");
      int caption_px;
      pango_layout_get_pixel_size (layout, NULL, &caption_px);
      *minimum = *natural = height_px (frame) + caption_px + 2 * GAP_PX;
    }
}

static void
xs_film_frame_dispose (GObject *object)
{
  XsFilmFrame *frame = XS_FILM_FRAME (object);

  stop_waiting (frame);
  g_clear_object (&frame->item);
  g_clear_object (&frame->texture);
  G_OBJECT_CLASS (xs_film_frame_parent_class)->dispose (object);
}

static void
xs_film_frame_class_init (XsFilmFrameClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_film_frame_dispose;
  widget_class->snapshot = xs_film_frame_snapshot;
  widget_class->measure = xs_film_frame_measure;
  gtk_widget_class_set_css_name (widget_class, "filmframe");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
xs_film_frame_init (XsFilmFrame *frame)
{
}

GtkWidget *
xs_film_frame_new (int width_px, gboolean with_day)
{
  XsFilmFrame *frame = g_object_new (XS_TYPE_FILM_FRAME, NULL);

  frame->width_px = width_px;
  frame->with_day = with_day;
  return GTK_WIDGET (frame);
}
