/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-wire-review.h"

G_BEGIN_DECLS

/**
 * XsPhotoCompare: a photo of a log beside the registration photo, and each check of it against its limit: by symbol,
 * colour and words.
 */
#define XS_TYPE_PHOTO_COMPARE (xs_photo_compare_get_type ())
G_DECLARE_FINAL_TYPE (XsPhotoCompare, xs_photo_compare, XS, PHOTO_COMPARE, AdwBin)

/** XsPhotoShown: a photo as it is to be shown. */
typedef struct {
  GdkTexture *texture;           /* (nullable): not here, or not yet */
  const char *missing;           /* (nullable): why, in a few words */
  const char *title;             /* time and occasion */
  const XsReviewPhoto *drawn;    /* (nullable): what can be drawn on it: @texture has all its pixels */
  const XsReviewPhoto *measured; /* (nullable): nobody has looked at it yet, or it is not here yet */
  const GArray *limits;          /* (nullable): XsReviewLimit: of the log's policy */
} XsPhotoShown;

/** xs_photo_compare_show: @photo: (nullable): NULL: none is chosen */
void xs_photo_compare_show (XsPhotoCompare *self, const XsPhotoShown *photo);
/** xs_photo_compare_set_registration: @texture: (nullable): NULL: @missing says why */
void xs_photo_compare_set_registration (XsPhotoCompare *self, GdkTexture *texture, const char *missing);
/** xs_photo_compare_toggle_measured: draw what was measured on the photo, or no longer. */
void xs_photo_compare_toggle_measured (XsPhotoCompare *self);

G_END_DECLS
