/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-registration-photo.h"

#include <glib/gi18n.h>
#include <math.h>

#include "xs-picture-paint.h"
#include "xs-registration-checks.h"
#include "xs-timeline-paint.h"

#define LINE_PX 2.0f
#define PAD_PX 4.0f

struct _XsRegistrationPhoto {
  GtkWidget parent_instance;

  GdkTexture *texture;      /* (nullable) */
  XsReviewPhotoCheck check; /* no items: nothing was measured */
  char *text;               /* (nullable) */
  gboolean measured_shown;
  gboolean is_shown;
  guint shown_id;
};

enum {
  SIGNAL_SHOWN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsRegistrationPhoto, xs_registration_photo, GTK_TYPE_WIDGET)

/* What is drawn on, and how: a pixel of the photo is @scale of the screen, from @area on. */
typedef struct {
  XsRegistrationPhoto *self;
  GtkSnapshot *snapshot;
  graphene_rect_t area;
  float scale;
  float px_per_mm; /* of the photo; 0: not known */
} Painter;

static GdkRGBA
color_of (const Painter *painter, XsTone tone)
{
  return xs_tone_color (GTK_WIDGET (painter->self), tone);
}

static float
at_y (const Painter *painter, double y_px)
{
  return painter->area.origin.y + (float) y_px * painter->scale;
}

static float
at_x (const Painter *painter, double x_px)
{
  return painter->area.origin.x + (float) x_px * painter->scale;
}

static void
fill (const Painter *painter, const graphene_rect_t *rect, const GdkRGBA *color)
{
  graphene_rect_t inside;

  if (graphene_rect_intersection (rect, &painter->area, &inside))
    gtk_snapshot_append_color (painter->snapshot, color, &inside);
}

static void
line_across (const Painter *painter, double y_px, XsTone tone)
{
  GdkRGBA color = color_of (painter, tone);

  if (!isnan (y_px))
    fill (painter,
          &GRAPHENE_RECT_INIT (painter->area.origin.x, at_y (painter, y_px) - LINE_PX / 2, painter->area.size.width,
                               LINE_PX),
          &color);
}

/* A measure, on a ground of its own: it is to be read on hair as well as on the wall. Returns: its height. */
static float
label (const Painter *painter, float x, float y, const XsPhotoItem *item, const char *sign)
{
  g_autofree char *value = xs_registration_item_value (item);
  g_autofree char *text = g_strdup_printf ("%s%s%s", sign, sign[0] != '\0' ? " " : "", value);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (painter->self), text);
  GdkRGBA ground = { 0.06f, 0.09f, 0.09f, 0.8f }, ink = { 1, 1, 1, 1 };
  GdkRGBA color = color_of (painter, xs_registration_item_tone (item));
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  x = CLAMP (x, painter->area.origin.x,
             painter->area.origin.x + MAX (painter->area.size.width - (float) width - 4 * PAD_PX, 0));
  y = CLAMP (y, painter->area.origin.y, painter->area.origin.y + MAX (painter->area.size.height - (float) height, 0));
  gtk_snapshot_append_color (painter->snapshot, &ground,
                             &GRAPHENE_RECT_INIT (x, y, (float) width + 3 * PAD_PX, (float) height));
  gtk_snapshot_append_color (painter->snapshot, &color, &GRAPHENE_RECT_INIT (x, y, PAD_PX, (float) height));
  gtk_snapshot_save (painter->snapshot);
  gtk_snapshot_translate (painter->snapshot, &GRAPHENE_POINT_INIT (x + 2 * PAD_PX, y));
  gtk_snapshot_append_layout (painter->snapshot, layout, &ink);
  gtk_snapshot_restore (painter->snapshot);
  return (float) height;
}

/* Where the rules want crown and chin. */
static void
draw_bands (const Painter *painter, const XsPhotoItem *margin, const XsPhotoItem *length)
{
  GdkRGBA color;
  float mm = painter->px_per_mm;
  double crown = painter->self->check.crown_px;

  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (painter->self)), "accent_bg_color", &color);
  color.alpha = 0.3f;
  if (mm <= 0)
    return;
  fill (painter,
        &GRAPHENE_RECT_INIT (painter->area.origin.x, at_y (painter, margin->min * (double) mm),
                             painter->area.size.width, (float) (margin->max - margin->min) * mm * painter->scale),
        &color);
  fill (painter,
        &GRAPHENE_RECT_INIT (painter->area.origin.x, at_y (painter, crown + length->min * (double) mm),
                             painter->area.size.width, (float) (length->max - length->min) * mm * painter->scale),
        &color);
}

static void
draw_sides (const Painter *painter, const XsPhotoItem *width)
{
  const XsReviewPhotoCheck *check = &painter->self->check;
  const double sides[] = { check->left_px, check->right_px };
  GdkRGBA color = color_of (painter, xs_registration_item_tone (width));
  float top = at_y (painter, check->crown_px), bottom = at_y (painter, check->chin_px);

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    if (!isnan (sides[i]))
      fill (painter, &GRAPHENE_RECT_INIT (at_x (painter, sides[i]) - LINE_PX / 2, top, LINE_PX, bottom - top), &color);
}

/* What is about the ground stands on it, where it is not as it should be. */
static void
draw_ground (const Painter *painter)
{
  static const struct {
    XsPhotoItemCode code;
    const char *title;
  } items[] = { { XS_PHOTO_GROUND_LIGHTNESS, N_ ("White of the ground") },
                { XS_PHOTO_GROUND_CHROMA, N_ ("Colour of the ground") },
                { XS_PHOTO_GROUND_SPREAD, N_ ("Evenness of the ground") },
                { XS_PHOTO_GROUND_SHADOW, N_ ("Shadow on the ground") } };
  float y = painter->area.origin.y + PAD_PX;

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      XsPhotoItem item;
      if (!xs_registration_find (&painter->self->check, items[i].code, &item) || item.state == XS_PHOTO_PASS)
        continue;
      y += PAD_PX + label (painter, painter->area.origin.x + painter->area.size.width, y, &item, _ (items[i].title));
    }
}

static void
draw_measured (XsRegistrationPhoto *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  const XsReviewPhotoCheck *check = &self->check;
  Painter painter = { self, snapshot, *area, area->size.width / (float) MAX (check->width_px, 1), 0 };
  XsPhotoItem margin, length, width, roll, glare;

  if (isnan (check->crown_px) || isnan (check->chin_px) || !xs_registration_find (check, XS_PHOTO_CROWN_MARGIN, &margin)
      || !xs_registration_find (check, XS_PHOTO_HEAD_LENGTH, &length)
      || !xs_registration_find (check, XS_PHOTO_HEAD_WIDTH, &width)
      || !xs_registration_find (check, XS_PHOTO_ROLL, &roll))
    {
      draw_ground (&painter);
      return;
    }
  if (length.value > 0)
    painter.px_per_mm = (float) ((check->chin_px - check->crown_px) / length.value);
  draw_bands (&painter, &margin, &length);
  line_across (&painter, check->crown_px, xs_registration_item_tone (&margin));
  line_across (&painter, check->eyes_px, xs_registration_item_tone (&roll));
  line_across (&painter, check->chin_px, xs_registration_item_tone (&length));
  draw_sides (&painter, &width);
  draw_ground (&painter);
  float left = area->origin.x + PAD_PX;
  (void) label (&painter, left, at_y (&painter, check->crown_px) + PAD_PX, &margin, "↥");
  (void) label (&painter, left, at_y (&painter, check->chin_px) + PAD_PX, &length, "↕");
  if (!isnan (check->right_px) && !isnan (check->eyes_px))
    (void) label (&painter, at_x (&painter, check->right_px) + PAD_PX,
                  at_y (&painter, (check->eyes_px + check->chin_px) / 2), &width, "↔");
  if (!isnan (check->eyes_px) && xs_registration_find (check, XS_PHOTO_GLARE, &glare) && glare.state != XS_PHOTO_PASS)
    (void) label (&painter, left, at_y (&painter, check->eyes_px) - 30, &glare, _ ("Glare on glasses"));
}

static gboolean
tell_shown (gpointer data)
{
  XsRegistrationPhoto *self = data;

  self->shown_id = 0;
  self->is_shown = TRUE;
  g_signal_emit (self, signals[SIGNAL_SHOWN], 0);
  return G_SOURCE_REMOVE;
}

static void
xs_registration_photo_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  XsRegistrationPhoto *self = XS_REGISTRATION_PHOTO (widget);

  if (self->texture == NULL)
    {
      if (self->text != NULL)
        xs_picture_paint_text (widget, snapshot, self->text);
      return;
    }
  graphene_rect_t area;
  xs_picture_area (widget, self->texture, &area);
  gtk_snapshot_append_texture (snapshot, self->texture, &area);
  /* Nothing may change while a frame is drawn. */
  if (!self->is_shown && self->shown_id == 0)
    self->shown_id = g_idle_add (tell_shown, self);
  if (self->measured_shown && self->check.items->len > 0)
    draw_measured (self, snapshot, &area);
}

void
xs_registration_photo_set (XsRegistrationPhoto *self, GdkTexture *texture, const XsReviewPhotoCheck *check,
                           const char *text)
{
  g_return_if_fail (XS_IS_REGISTRATION_PHOTO (self));

  if (g_set_object (&self->texture, texture))
    {
      g_clear_handle_id (&self->shown_id, g_source_remove);
      self->is_shown = FALSE;
    }
  xs_review_photo_check_clear (&self->check);
  xs_review_photo_check_init (&self->check);
  if (check != NULL)
    {
      g_array_unref (self->check.items);
      self->check = *check;
      self->check.items = g_array_copy (check->items);
    }
  g_free (self->text);
  self->text = g_strdup (text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Registration photo"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, texture == NULL && text != NULL ? text : "", -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
xs_registration_photo_is_shown (XsRegistrationPhoto *self)
{
  g_return_val_if_fail (XS_IS_REGISTRATION_PHOTO (self), FALSE);

  return self->is_shown;
}

void
xs_registration_photo_show_measured (XsRegistrationPhoto *self, gboolean shown)
{
  g_return_if_fail (XS_IS_REGISTRATION_PHOTO (self));

  self->measured_shown = shown;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
xs_registration_photo_finalize (GObject *object)
{
  XsRegistrationPhoto *self = XS_REGISTRATION_PHOTO (object);

  g_clear_handle_id (&self->shown_id, g_source_remove);
  g_clear_object (&self->texture);
  xs_review_photo_check_clear (&self->check);
  g_free (self->text);
  G_OBJECT_CLASS (xs_registration_photo_parent_class)->finalize (object);
}

static void
xs_registration_photo_class_init (XsRegistrationPhotoClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = xs_registration_photo_finalize;
  signals[SIGNAL_SHOWN] =
    g_signal_new ("shown", XS_TYPE_REGISTRATION_PHOTO, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  widget_class->snapshot = xs_registration_photo_snapshot;
  gtk_widget_class_set_css_name (widget_class, "photopane");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
xs_registration_photo_init (XsRegistrationPhoto *self)
{
  xs_review_photo_check_init (&self->check);
  self->measured_shown = TRUE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
