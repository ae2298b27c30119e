/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-wire-review.h"

G_BEGIN_DECLS

/**
 * XsRegistrationPhoto: a registration photo, as large as there is room, with what was measured drawn on it: crown,
 * chin, eyes and sides of the head in the colour of their check, bands where the rules want them, and the measures.
 *
 * Signals: "shown": another photo is on the screen now.
 */
#define XS_TYPE_REGISTRATION_PHOTO (xs_registration_photo_get_type ())
G_DECLARE_FINAL_TYPE (XsRegistrationPhoto, xs_registration_photo, XS, REGISTRATION_PHOTO, GtkWidget)

/**
 * xs_registration_photo_set: @texture: (nullable): NULL: none, then @text stands in its place
 * @check: (nullable): what was measured on it; copied
 * @text: (nullable): why there is no photo
 */
void xs_registration_photo_set (XsRegistrationPhoto *self, GdkTexture *texture, const XsReviewPhotoCheck *check,
                                const char *text);
/** xs_registration_photo_is_shown: whether the photo that was set is there, and was on the screen. */
gboolean xs_registration_photo_is_shown (XsRegistrationPhoto *self);
/** xs_registration_photo_show_measured: whether what was measured is drawn; so it is at first. */
void xs_registration_photo_show_measured (XsRegistrationPhoto *self, gboolean shown);

G_END_DECLS
