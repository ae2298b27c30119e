/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-film.h"
#include "xs-photo-store.h"

G_BEGIN_DECLS

/**
 * XsFilmView: a film of photos, as a strip or as a grid, of which only what is on screen is there.
 *
 * Signals: "photo-selected" (int: index), of the user's own doing; "photo-opened" (int): Enter, or a double click.
 */
#define XS_TYPE_FILM_VIEW (xs_film_view_get_type ())
G_DECLARE_FINAL_TYPE (XsFilmView, xs_film_view, XS, FILM_VIEW, AdwBin)

/** xs_film_view_new: @grid: rows and columns, with days; else one row */
XsFilmView *xs_film_view_new (XsFilm *film, gboolean grid);
/** xs_film_view_set_store: where pictures come from from now on. @store: (nullable) */
void xs_film_view_set_store (XsFilmView *view, XsPhotoStore *store);
/** xs_film_view_select: @photo: index; -1: none */
void xs_film_view_select (XsFilmView *view, int photo);
/** xs_film_view_focus: have the chosen photo take the keys. */
void xs_film_view_focus (XsFilmView *view);
/** xs_film_view_get_adjustment: (transfer none): of scrolling. */
GtkAdjustment *xs_film_view_get_adjustment (XsFilmView *view);

G_END_DECLS
