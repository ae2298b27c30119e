/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-taken-photos.h"

#include <math.h>

#include "xs-picture.h"

struct _XsTakenPhotos {
  GArray *all; /* XsTakenPhoto */
};

static void
clear_photo (gpointer data)
{
  g_clear_pointer (&((XsTakenPhoto *) data)->jpeg, g_bytes_unref);
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

void
xs_taken_photos_add (XsTakenPhotos *photos, const XsFrame *frame, const XsPhotoRecord *record)
{
  g_autoptr (GError) error = NULL;
  GBytes *jpeg = xs_picture_encode_thumbnail (frame, XS_THUMBNAIL_WIDTH_PX, &error);
  XsTakenPhoto photo = { jpeg, record->event, record->wall_us, record->match };

  if (jpeg == NULL)
    g_message ("A photo has no small copy to show: %s", error->message);
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
static GBytes *
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
  return best != NULL ? best->jpeg : NULL;
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
      GBytes *jpeg = find_picture (photos, slot, i + 1 == slots->len);
      XsPhotoSlot shown = { slot->start_wall_us, slot->end_wall_us, find_state (slot, jpeg != NULL), jpeg };

      if (slot->state != XS_SLOT_EXEMPT || jpeg != NULL)
        g_array_append_val (to, shown);
    }
}
