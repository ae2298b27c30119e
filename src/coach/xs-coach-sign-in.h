/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-coach-settings.h"
#include "xs-review-client.h"

G_BEGIN_DECLS

/**
 * XsCoachSignIn: address of the platform, name and password, and a code where the account has an authenticator.
 *
 * Signals: "signed-in" (XsReviewClient *).
 */
#define XS_TYPE_COACH_SIGN_IN (xs_coach_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (XsCoachSignIn, xs_coach_sign_in, XS, COACH_SIGN_IN, AdwBin)

/** xs_coach_sign_in_set_settings: @settings stays the caller's and outlives the page. */
void xs_coach_sign_in_set_settings (XsCoachSignIn *page, XsCoachSettings *settings);
/** xs_coach_sign_in_open: begin anew. @message: (nullable): why one has to sign in again */
void xs_coach_sign_in_open (XsCoachSignIn *page, const char *message);
/** xs_coach_sign_in_say: what has happened meanwhile. */
void xs_coach_sign_in_say (XsCoachSignIn *page, const char *message);

G_END_DECLS
