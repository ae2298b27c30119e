/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/** XsCoachPage: the face check failed: it can be tried again, or the coach has to let the student in. */
#define XS_TYPE_COACH_PAGE (xs_coach_page_get_type ())
G_DECLARE_FINAL_TYPE (XsCoachPage, xs_coach_page, XS, COACH_PAGE, AdwBin)

/** xs_coach_page_set_study: who is told; once. */
void xs_coach_page_set_study (XsCoachPage *self, XsStudy *study);
/** xs_coach_page_update: show @status. */
void xs_coach_page_update (XsCoachPage *self, const XsStudyStatus *status);
/** xs_coach_page_enter: the page is shown: nothing is typed yet. */
void xs_coach_page_enter (XsCoachPage *self);

G_END_DECLS
