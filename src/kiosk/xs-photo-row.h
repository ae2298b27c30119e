/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-taken-photos.h"

G_BEGIN_DECLS

/**
 * XsPhotoRow: a row of small photos, as long as they are in memory. Each has a sign in its corner as well as a colour,
 * and says in words what it is.
 */
#define XS_TYPE_PHOTO_ROW (xs_photo_row_get_type ())
G_DECLARE_FINAL_TYPE (XsPhotoRow, xs_photo_row, XS, PHOTO_ROW, GtkBox)

/** xs_photo_row_set_places: how many fit beside each other; the newest are shown. 4 unless told otherwise. */
void xs_photo_row_set_places (XsPhotoRow *self, guint n_places);
/** xs_photo_row_show_slots: @slots: (element-type XsPhotoSlot): how each slot of the rules stands. */
void xs_photo_row_show_slots (XsPhotoRow *self, const GArray *slots);
/** xs_photo_row_show_photos: @photos: (nullable): what was taken; NULL: nothing, and no picture is held any longer. */
void xs_photo_row_show_photos (XsPhotoRow *self, const XsTakenPhotos *photos);

G_END_DECLS
