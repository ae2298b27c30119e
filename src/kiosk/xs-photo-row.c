/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-photo-row.h"

#include "xs-study-text.h"
#include "xs-update.h"

#define PLACES 4
#define MIN_WIDTH_PX 32
#define BADGE_SHARE 0.42f

/* One of them. */

#define XS_TYPE_PHOTO_TILE (xs_photo_tile_get_type ())
G_DECLARE_FINAL_TYPE (XsPhotoTile, xs_photo_tile, XS, PHOTO_TILE, GtkWidget)

struct _XsPhotoTile {
  GtkWidget parent_instance;

  GBytes *jpeg; /* (nullable) */
  GdkTexture *texture;
  const char *icon_name; /* (nullable) */
  char *text;
};

G_DEFINE_FINAL_TYPE (XsPhotoTile, xs_photo_tile, GTK_TYPE_WIDGET)

static void
draw_icon (XsPhotoTile *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  GtkWidget *widget = GTK_WIDGET (self);
  int size = (int) area->size.height;
  GdkRGBA color;
  g_autoptr (GtkIconPaintable) icon =
    gtk_icon_theme_lookup_icon (gtk_icon_theme_get_for_display (gtk_widget_get_display (widget)), self->icon_name, NULL,
                                size, gtk_widget_get_scale_factor (widget), gtk_widget_get_direction (widget),
                                GTK_ICON_LOOKUP_FORCE_SYMBOLIC);

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &area->origin);
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size, &color, 1);
  gtk_snapshot_restore (snapshot);
}

/* As large as covers the tile, its middle in the middle. */
static void
draw_picture (XsPhotoTile *self, GtkSnapshot *snapshot, float width, float height)
{
  float picture_width = (float) gdk_texture_get_width (self->texture);
  float picture_height = (float) gdk_texture_get_height (self->texture);
  float scale = MAX (width / picture_width, height / picture_height);
  float w = picture_width * scale, h = picture_height * scale;

  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT ((width - w) / 2, (height - h) / 2, w, h));
  gtk_snapshot_pop (snapshot);
}

/* The picture fills the tile, and its sign has a ground of its own; without a picture the sign is in the middle. */
static void
xs_photo_tile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  XsPhotoTile *self = XS_PHOTO_TILE (widget);
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  float size = height * BADGE_SHARE;
  graphene_rect_t middle = GRAPHENE_RECT_INIT ((width - size) / 2, (height - size) / 2, size, size);
  graphene_rect_t corner = GRAPHENE_RECT_INIT (width - size, height - size, size, size);

  if (self->texture != NULL)
    draw_picture (self, snapshot, width, height);
  if (self->icon_name == NULL)
    return;
  if (self->texture == NULL)
    {
      draw_icon (self, snapshot, &middle);
      return;
    }
  GdkRGBA ground = { 1, 1, 1, 1 };
  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "panel_color", &ground);
  gtk_snapshot_append_color (snapshot, &ground, &corner);
  graphene_rect_inset (&corner, size * 0.1f, size * 0.1f);
  draw_icon (self, snapshot, &corner);
}

static GtkSizeRequestMode
xs_photo_tile_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
xs_photo_tile_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH_PX : MIN_WIDTH_PX * 9 / 16;
  *natural = *minimum;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0)
    *natural = MAX (for_size * 9 / 16, *minimum);
}

static void
xs_photo_tile_finalize (GObject *object)
{
  XsPhotoTile *self = XS_PHOTO_TILE (object);

  g_clear_pointer (&self->jpeg, g_bytes_unref);
  g_clear_object (&self->texture);
  g_free (self->text);
  G_OBJECT_CLASS (xs_photo_tile_parent_class)->finalize (object);
}

static void
xs_photo_tile_class_init (XsPhotoTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = xs_photo_tile_finalize;
  widget_class->snapshot = xs_photo_tile_snapshot;
  widget_class->measure = xs_photo_tile_measure;
  widget_class->get_request_mode = xs_photo_tile_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "phototile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
xs_photo_tile_init (XsPhotoTile *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
}

static void
set_picture (XsPhotoTile *self, GBytes *jpeg)
{
  if (self->jpeg == jpeg)
    return;
  g_clear_pointer (&self->jpeg, g_bytes_unref);
  g_clear_object (&self->texture);
  if (jpeg != NULL)
    {
      self->jpeg = g_bytes_ref (jpeg);
      self->texture = gdk_texture_new_from_bytes (jpeg, NULL);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
xs_photo_tile_set (XsPhotoTile *self, GBytes *jpeg, const char *icon_name, const char *text)
{
  set_picture (self, jpeg);
  if (g_strcmp0 (self->icon_name, icon_name) != 0)
    {
      self->icon_name = icon_name;
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
}

/* The row */

struct _XsPhotoRow {
  GtkBox parent_instance;

  guint n_places;
  GPtrArray *tiles; /* XsPhotoTile, owned by the box */
};

G_DEFINE_FINAL_TYPE (XsPhotoRow, xs_photo_row, GTK_TYPE_BOX)

/* Places that nothing is shown in are kept, so that what is shown does not grow. */
static void
fill (XsPhotoRow *self, guint n_shown)
{
  while (self->tiles->len < self->n_places)
    {
      GtkWidget *tile = g_object_new (XS_TYPE_PHOTO_TILE, NULL);
      gtk_box_append (GTK_BOX (self), tile);
      g_ptr_array_add (self->tiles, tile);
    }
  for (guint i = 0; i < self->tiles->len; i++)
    {
      gtk_widget_set_visible (self->tiles->pdata[i], i < self->n_places);
      gtk_widget_set_opacity (self->tiles->pdata[i], i < n_shown ? 1 : 0);
      if (i >= n_shown)
        xs_photo_tile_set (self->tiles->pdata[i], NULL, NULL, "");
    }
}

void
xs_photo_row_set_places (XsPhotoRow *self, guint n_places)
{
  g_return_if_fail (XS_IS_PHOTO_ROW (self));

  self->n_places = n_places;
}

static const char *
slot_icon (XsPhotoSlotState state)
{
  switch (state)
    {
    case XS_PHOTO_SLOT_POOR:
      return "dialog-warning-symbolic";
    case XS_PHOTO_SLOT_DUE:
      return "camera-photo-symbolic";
    case XS_PHOTO_SLOT_MISSING:
      return "window-close-symbolic";
    case XS_PHOTO_SLOT_GOOD:
    default:
      return "emblem-ok-symbolic";
    }
}

void
xs_photo_row_show_slots (XsPhotoRow *self, const GArray *slots)
{
  g_return_if_fail (XS_IS_PHOTO_ROW (self));

  guint first = slots->len > self->n_places ? slots->len - self->n_places : 0;

  fill (self, slots->len - first);
  for (guint i = first; i < slots->len; i++)
    {
      const XsPhotoSlot *slot = &g_array_index (slots, XsPhotoSlot, i);
      GtkWidget *tile = self->tiles->pdata[i - first];
      g_autofree char *text = xs_text_photo_slot (slot);

      xs_photo_tile_set (XS_PHOTO_TILE (tile), slot->jpeg, slot_icon (slot->state), text);
      xs_update_class (tile, "good", slot->state == XS_PHOTO_SLOT_GOOD);
      xs_update_class (tile, "due", slot->state == XS_PHOTO_SLOT_DUE);
      xs_update_class (tile, "lost", slot->state == XS_PHOTO_SLOT_MISSING || slot->state == XS_PHOTO_SLOT_POOR);
    }
}

void
xs_photo_row_show_photos (XsPhotoRow *self, const XsTakenPhotos *photos)
{
  g_return_if_fail (XS_IS_PHOTO_ROW (self));

  const GArray *all = photos != NULL ? xs_taken_photos_get_all (photos) : NULL;
  guint n = all != NULL ? all->len : 0, first = n > self->n_places ? n - self->n_places : 0;

  fill (self, n - first);
  for (guint i = first; i < n; i++)
    {
      const XsTakenPhoto *photo = &g_array_index (all, XsTakenPhoto, i);
      g_autofree char *text = xs_text_photo (photo);
      xs_photo_tile_set (self->tiles->pdata[i - first], photo->jpeg, NULL, text);
    }
}

static void
xs_photo_row_dispose (GObject *object)
{
  g_clear_pointer (&XS_PHOTO_ROW (object)->tiles, g_ptr_array_unref);
  G_OBJECT_CLASS (xs_photo_row_parent_class)->dispose (object);
}

static void
xs_photo_row_class_init (XsPhotoRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_photo_row_dispose;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "photorow");
}

static void
xs_photo_row_init (XsPhotoRow *self)
{
  self->n_places = PLACES;
  self->tiles = g_ptr_array_new ();
  gtk_box_set_homogeneous (GTK_BOX (self), TRUE);
}
