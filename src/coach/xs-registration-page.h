/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-review-sender.h"

G_BEGIN_DECLS

/**
 * XsRegistrationPage: the registration photos that wait for approval, each large with what was measured on it, and one
 * key each: approve, send back with what the student is told, take back.
 *
 * Signals: "waiting-changed": how many wait.
 */
#define XS_TYPE_REGISTRATION_PAGE (xs_registration_page_get_type ())
G_DECLARE_FINAL_TYPE (XsRegistrationPage, xs_registration_page, XS, REGISTRATION_PAGE, AdwBin)

/**
 * xs_registration_page_open: on behalf of who is signed in at @client. What is decided goes through @sender.
 * @photos_dir: as of xs_photo_store_new()
 */
void xs_registration_page_open (XsRegistrationPage *page, XsReviewClient *client, XsReviewSender *sender,
                                const char *photos_dir);
/** xs_registration_page_settle: what the platform answered to @act of who is signed in; see XsReviewSender::settled. */
void xs_registration_page_settle (XsRegistrationPage *page, const XsSentAct *act, const XsReviewOutcomes *outcomes,
                                  const GError *error);
/** xs_registration_page_close: nothing is shown, and no photo is left. */
void xs_registration_page_close (XsRegistrationPage *page);
/** xs_registration_page_get_waiting: how many photos wait; -1: not known yet. */
gint64 xs_registration_page_get_waiting (XsRegistrationPage *page);
/** xs_registration_page_focus_search: where one types what is looked for. */
void xs_registration_page_focus_search (XsRegistrationPage *page);
/** xs_registration_page_key: Returns: whether @key was one of the page's, and is done. */
gboolean xs_registration_page_key (XsRegistrationPage *page, guint key);

G_END_DECLS
