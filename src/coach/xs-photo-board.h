/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-photo-store.h"
#include "xs-shown-logs.h"

G_BEGIN_DECLS

/**
 * XsPhotoBoard: the photos of what is looked at: the chosen one beside the registration photo with its checks, on
 * request under a strip of all of them, or all of them as a grid.
 *
 * Signal: "photo-selected" (int: index), of the user's own doing.
 *
 * Properties: “strip-shown” and “grid-shown” (boolean, read and write).
 */
#define XS_TYPE_PHOTO_BOARD (xs_photo_board_get_type ())
G_DECLARE_FINAL_TYPE (XsPhotoBoard, xs_photo_board, XS, PHOTO_BOARD, AdwBin)

/** xs_photo_board_open: @photos_dir: where photos are kept for a while */
void xs_photo_board_open (XsPhotoBoard *board, XsReviewClient *client, const char *photos_dir);
/** xs_photo_board_close: forget all photos, on disk too. */
void xs_photo_board_close (XsPhotoBoard *board);
/** xs_photo_board_set_shown: @shown: (nullable): is not copied; none is chosen then */
void xs_photo_board_set_shown (XsPhotoBoard *board, const XsShownLogs *shown);
/** xs_photo_board_set_registration: @sha256: (nullable): NULL: none is shown; "": there is none */
void xs_photo_board_set_registration (XsPhotoBoard *board, const char *sha256);
/** xs_photo_board_select: show the photo @index, also again when more is known of it; -1: none. */
void xs_photo_board_select (XsPhotoBoard *board, int index);
/** xs_photo_board_key: Returns: whether @key was one of the board's, and is done */
gboolean xs_photo_board_key (XsPhotoBoard *board, guint key);
/** xs_photo_board_set_cramped: for as long as there is no room for the strip. */
void xs_photo_board_set_cramped (XsPhotoBoard *board, gboolean cramped);
/** xs_photo_board_is_browsing: whether the grid is shown, which then takes the keys that move. */
gboolean xs_photo_board_is_browsing (XsPhotoBoard *board);
/** xs_photo_board_get_grid_adjustment: (transfer none): of scrolling the grid. */
GtkAdjustment *xs_photo_board_get_grid_adjustment (XsPhotoBoard *board);
/** xs_photo_board_has_picture: whether the chosen photo is on screen. */
gboolean xs_photo_board_has_picture (XsPhotoBoard *board);

G_END_DECLS
