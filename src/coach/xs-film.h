/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xs-shown-logs.h"

G_BEGIN_DECLS

/** XsFilmItem: a photo in a row of photos, in few words. */
#define XS_TYPE_FILM_ITEM (xs_film_item_get_type ())
G_DECLARE_FINAL_TYPE (XsFilmItem, xs_film_item, XS, FILM_ITEM, GObject)

/** (transfer none): its name at the platform; "": removed. */
const char *xs_film_item_get_sha256 (XsFilmItem *item);
XsTone xs_film_item_get_tone (XsFilmItem *item);
gint64 xs_film_item_get_taken_us (XsFilmItem *item);
/** xs_film_item_get_text: (transfer none): all that is to be said of it. */
const char *xs_film_item_get_text (XsFilmItem *item);

/**
 * XsFilm: the photos of an XsShownLogs, in its order, as a list of XsFilmItem, which are made when they are asked for:
 * ten thousand photos cost no more than those that are on screen.
 */
#define XS_TYPE_FILM (xs_film_get_type ())
G_DECLARE_FINAL_TYPE (XsFilm, xs_film, XS, FILM, GObject)

XsFilm *xs_film_new (void);
/** xs_film_set_shown: @shown: (nullable): is not copied; to be set again when it changes, and to NULL before it goes */
void xs_film_set_shown (XsFilm *film, const XsShownLogs *shown);

G_END_DECLS
