/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-staff-context.h"

G_BEGIN_DECLS

/**
 * XsStaffPage: behind the staff password: camera, school, sound, policy, unsent work, messages, this PC. It shuts by
 * itself when nobody does anything there. “Back” is the action "win.back". Signal "paired": the kiosk was paired.
 */
#define XS_TYPE_STAFF_PAGE (xs_staff_page_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffPage, xs_staff_page, XS, STAFF_PAGE, AdwBin)

/** xs_staff_page_set_context: what to work on; once. */
void xs_staff_page_set_context (XsStaffPage *self, XsStaffContext *context);
/** xs_staff_page_enter: it is shown: ask for the password. */
void xs_staff_page_enter (XsStaffPage *self);
/** xs_staff_page_leave: it is not shown any more: shut. */
void xs_staff_page_leave (XsStaffPage *self);

G_END_DECLS
