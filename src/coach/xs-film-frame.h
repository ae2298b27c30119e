/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-film.h"
#include "xs-photo-store.h"

G_BEGIN_DECLS

/** XsFilmFrame: one photo of a row of them, small, with its time and how it is to be taken. */
#define XS_TYPE_FILM_FRAME (xs_film_frame_get_type ())
G_DECLARE_FINAL_TYPE (XsFilmFrame, xs_film_frame, XS, FILM_FRAME, GtkWidget)

/** xs_film_frame_new: @width_px: of the picture, up to XS_PHOTO_STORE_SMALL_PX. @with_day: say the day, too */
GtkWidget *xs_film_frame_new (int width_px, gboolean with_day);
/** xs_film_frame_set_item: @item: (nullable). What was waited for no longer is. */
void xs_film_frame_set_item (XsFilmFrame *frame, XsFilmItem *item);
/** xs_film_frame_set_seen: whether it is on screen: only then it waits for its picture. @store: where from */
void xs_film_frame_set_seen (XsFilmFrame *frame, XsPhotoStore *store, gboolean seen);

G_END_DECLS
