/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-wire-review.h"

G_BEGIN_DECLS

/**
 * XsPhotoPane: one photo, as large as there is room, and on request what was measured on it: the faces, eyes,
 * nose and mouth of the main one, and which way its head points.
 */
#define XS_TYPE_PHOTO_PANE (xs_photo_pane_get_type ())
G_DECLARE_FINAL_TYPE (XsPhotoPane, xs_photo_pane, XS, PHOTO_PANE, GtkWidget)

/**
 * xs_photo_pane_set: @texture: (nullable): NULL: none, then @text stands in its place
 * @measured: (nullable): what was measured on it; copied
 * @text: (nullable): why there is no photo
 * @name: accessible name
 */
void xs_photo_pane_set (XsPhotoPane *self, GdkTexture *texture, const XsReviewPhoto *measured, const char *text,
                        const char *name);
/** xs_photo_pane_show_measured: whether what was measured is drawn. */
void xs_photo_pane_show_measured (XsPhotoPane *self, gboolean shown);

G_END_DECLS
