/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/** XsSignInPage: the student number, on a pad for touch, mouse and keyboard. */
#define XS_TYPE_SIGN_IN_PAGE (xs_sign_in_page_get_type ())
G_DECLARE_FINAL_TYPE (XsSignInPage, xs_sign_in_page, XS, SIGN_IN_PAGE, AdwBin)

/** xs_sign_in_page_set_study: who lets in; once. */
void xs_sign_in_page_set_study (XsSignInPage *self, XsStudy *study);
/** xs_sign_in_page_set_school: the name that greets. */
void xs_sign_in_page_set_school (XsSignInPage *self, const char *school);
/** xs_sign_in_page_update: show @status. */
void xs_sign_in_page_update (XsSignInPage *self, const XsStudyStatus *status);
/** xs_sign_in_page_enter: the page is shown: forget the last student, unless there is a message for them. */
void xs_sign_in_page_enter (XsSignInPage *self);
/** xs_sign_in_page_set_number: as if @stunum had been typed; like that it is forgotten when nothing comes of it. */
void xs_sign_in_page_set_number (XsSignInPage *self, const char *stunum);
/** xs_sign_in_page_has_number: whether somebody has begun to type one. */
gboolean xs_sign_in_page_has_number (XsSignInPage *self);
/** xs_sign_in_page_press: a key, wherever the focus is: digits are typed, Enter signs in. TRUE: used. */
gboolean xs_sign_in_page_press (XsSignInPage *self, guint keyval);

G_END_DECLS
