/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-review-client.h"

G_BEGIN_DECLS

/**
 * XsReviewDesk: the queue, and beside it the log that is looked at: why it waits, its time line, its photos against the
 * registration photo, and what can be decided.
 *
 * Signals: "settled-late" (const char *): what came of a decision that the platform got after its desk was closed;
 * names nobody.
 */
#define XS_TYPE_REVIEW_DESK (xs_review_desk_get_type ())
G_DECLARE_FINAL_TYPE (XsReviewDesk, xs_review_desk, XS, REVIEW_DESK, AdwBin)

/** xs_review_desk_open: @photos_dir: where photos are kept for a while */
void xs_review_desk_open (XsReviewDesk *desk, XsReviewClient *client, const char *photos_dir);
/** xs_review_desk_close: forget all that was shown, on disk too. What is not on the platform yet is still sent. */
void xs_review_desk_close (XsReviewDesk *desk);
/** xs_review_desk_has_unsent: whether something that was decided is not on the platform yet. */
gboolean xs_review_desk_has_unsent (XsReviewDesk *desk);
/** xs_review_desk_key: Returns: whether @key was one of the desk's, and is done. */
gboolean xs_review_desk_key (XsReviewDesk *desk, guint key, GdkModifierType state);

G_END_DECLS
