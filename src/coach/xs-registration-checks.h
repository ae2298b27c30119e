/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-photo-checks.h"

G_BEGIN_DECLS

/* What the auditor measured on a registration photo, for people. */

/** xs_registration_item_tone: by the item's state. */
XsTone xs_registration_item_tone (const XsPhotoItem *item);
/** xs_registration_item_value: (transfer full): “14.6 ± 0.4 mm”. */
char *xs_registration_item_value (const XsPhotoItem *item);
/** xs_registration_find: the item of @check with this code. Returns: FALSE when it was not looked at */
gboolean xs_registration_find (const XsReviewPhotoCheck *check, XsPhotoItemCode code, XsPhotoItem *item);

/** xs_registration_checks_new: (transfer full) (element-type XsPhotoCheck): every item, what failed first. */
GArray *xs_registration_checks_new (const XsReviewPhotoCheck *check);

/** XsRegistrationReason: why a photo may be returned, and what the student is told. */
typedef struct {
  char word[33];      /* of XsReviewAction.reason */
  const char *title;  /* translated */
  const char *advice; /* translated; what to change */
} XsRegistrationReason;

/**
 * xs_registration_reasons_new: (transfer full) (element-type XsRegistrationReason): what failed, what is in doubt, and
 * then whatever else may be wrong; "other" last.
 * @check: (nullable)
 * @n_failed: (out): how many failed: the first of them is what is to be said
 */
GArray *xs_registration_reasons_new (const XsReviewPhotoCheck *check, guint *n_failed);

G_END_DECLS
