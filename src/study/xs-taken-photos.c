/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-taken-photos.h"

#include <math.h>

struct _XsTakenPhotos {
  GArray *all; /* XsTakenPhoto */
};

static void
clear_photo (gpointer data)
{
  xs_frame_unref (((XsTakenPhoto *) data)->picture);
}

XsTakenPhotos *
xs_taken_photos_new (void)
{
  XsTakenPhotos *photos = g_new0 (XsTakenPhotos, 1);

  photos->all = g_array_new (FALSE, FALSE, sizeof (XsTakenPhoto));
  g_array_set_clear_func (photos->all, clear_photo);
  return photos;
}

void
xs_taken_photos_free (XsTakenPhotos *photos)
{
  if (photos == NULL)
    return;
  g_array_unref (photos->all);
  g_free (photos);
}

/* The mean of all pixels that become one. */
static void
mean_pixel (const XsFrame *frame, int x, int y, int width, int height, guint8 *to)
{
  const guint8 *data = xs_frame_data (frame);
  int x0 = x * frame->width_px / width, x1 = MAX ((x + 1) * frame->width_px / width, x0 + 1);
  int y0 = y * frame->height_px / height, y1 = MAX ((y + 1) * frame->height_px / height, y0 + 1);
  guint sums[3] = { 0 }, n = (guint) ((x1 - x0) * (y1 - y0));

  for (int row = y0; row < y1; row++)
    {
      const guint8 *pixel = data + (gsize) row * (gsize) frame->stride_bytes + 3 * (gsize) x0;
      for (int column = x0; column < x1; column++, pixel += 3)
        for (int i = 0; i < 3; i++)
          sums[i] += pixel[i];
    }
  for (int i = 0; i < 3; i++)
    to[i] = (guint8) (sums[i] / n);
}

static XsFrame *
shrink (const XsFrame *frame)
{
  int width = MIN (frame->width_px, XS_THUMBNAIL_WIDTH_PX);
  int height = MAX (frame->height_px * width / frame->width_px, 1);
  guint8 *pixels = g_malloc ((gsize) width * (gsize) height * 3), *to = pixels;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++, to += 3)
      mean_pixel (frame, x, y, width, height, to);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize) width * (gsize) height * 3);
  return xs_frame_new (width, height, 3 * width, frame->time_us, bytes);
}

void
xs_taken_photos_add (XsTakenPhotos *photos, const XsFrame *frame, const XsPhotoRecord *record)
{
  XsTakenPhoto photo = { shrink (frame), record->event, record->wall_us, record->match };

  if (photos->all->len == XS_TAKEN_PHOTOS_MAX)
    g_array_remove_index (photos->all, 0);
  g_array_append_val (photos->all, photo);
}

const GArray *
xs_taken_photos_get_all (const XsTakenPhotos *photos)
{
  return photos->all;
}

/* What is taken where one slot gives way to the next belongs to the next. */
static gboolean
is_in_slot (const XsTakenPhoto *photo, const XsSlot *slot, gboolean is_last)
{
  return photo->wall_us >= slot->start_wall_us
         && (photo->wall_us < slot->end_wall_us || (is_last && photo->wall_us == slot->end_wall_us));
}

/* The one that makes a slot good must be the one that is shown: an empty chair taken after it is not. */
static XsFrame *
find_picture (const XsTakenPhotos *photos, const XsSlot *slot, gboolean is_last)
{
  const XsTakenPhoto *best = NULL;

  for (guint i = photos != NULL ? photos->all->len : 0; i-- > 0;)
    {
      const XsTakenPhoto *photo = &g_array_index (photos->all, XsTakenPhoto, i);
      if (is_in_slot (photo, slot, is_last)
          && (best == NULL || photo->match > best->match || (isnan (best->match) && !isnan (photo->match))))
        best = photo;
    }
  return best != NULL ? best->picture : NULL;
}

static XsPhotoSlotState
find_state (const XsSlot *slot, gboolean has_picture)
{
  switch (slot->state)
    {
    case XS_SLOT_MISSING:
      return XS_PHOTO_SLOT_MISSING;
    case XS_SLOT_BAD:
      return XS_PHOTO_SLOT_POOR;
    case XS_SLOT_OPEN:
      return has_picture ? XS_PHOTO_SLOT_POOR : XS_PHOTO_SLOT_DUE;
    case XS_SLOT_GOOD:
    case XS_SLOT_EXEMPT:
    default:
      return XS_PHOTO_SLOT_GOOD;
    }
}

void
xs_taken_photos_match (const XsTakenPhotos *photos, const GArray *slots, GArray *to)
{
  for (guint i = 0; i < slots->len; i++)
    {
      const XsSlot *slot = &g_array_index (slots, XsSlot, i);
      XsFrame *picture = find_picture (photos, slot, i + 1 == slots->len);
      XsPhotoSlot shown = { slot->start_wall_us, slot->end_wall_us, find_state (slot, picture != NULL), picture };

      if (slot->state != XS_SLOT_EXEMPT || picture != NULL)
        g_array_append_val (to, shown);
    }
}
