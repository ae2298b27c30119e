/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-wire-review.h"

G_BEGIN_DECLS

/**
 * XsRegistrationBar: what can be said of a registration photo: approve, send back with what the student is told, take
 * back; each by one key.
 *
 * Signals: "act" (const char *): "approve", "return" or "undo"; with "return" there is a comment.
 */
#define XS_TYPE_REGISTRATION_BAR (xs_registration_bar_get_type ())
G_DECLARE_FINAL_TYPE (XsRegistrationBar, xs_registration_bar, XS, REGISTRATION_BAR, AdwBin)

/** XsRegistrationMay: what is possible now. */
typedef struct {
  gboolean approve, send_back, undo;
} XsRegistrationMay;

/** xs_registration_bar_open: @may: FALSE for who only looks: then nothing but a word of it is shown */
void xs_registration_bar_open (XsRegistrationBar *bar, gboolean may);
void xs_registration_bar_set_may (XsRegistrationBar *bar, const XsRegistrationMay *may);
/**
 * xs_registration_bar_set_check: propose what failed first.
 *
 * @check: (nullable)
 * @again: of the photo that it was told of before: then what the coach chose or wrote stays
 */
void xs_registration_bar_set_check (XsRegistrationBar *bar, const XsReviewPhotoCheck *check, gboolean again);
/** xs_registration_bar_get_reason: (transfer none): the word of the reason that is chosen. */
const char *xs_registration_bar_get_reason (XsRegistrationBar *bar);
/** xs_registration_bar_get_comment: (transfer none): what the student is told. */
const char *xs_registration_bar_get_comment (XsRegistrationBar *bar);
/** xs_registration_bar_say: what was said last, or why it was not. */
void xs_registration_bar_say (XsRegistrationBar *bar, const char *text, gboolean failed);
/** xs_registration_bar_key: Returns: whether @key was one of the bar's, and is done. */
gboolean xs_registration_bar_key (XsRegistrationBar *bar, guint key);

G_END_DECLS
