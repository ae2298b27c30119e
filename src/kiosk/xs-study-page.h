/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/** XsStudyPage: the lesson, the student's own picture, the one instruction and the hour counter. */
#define XS_TYPE_STUDY_PAGE (xs_study_page_get_type ())
G_DECLARE_FINAL_TYPE (XsStudyPage, xs_study_page, XS, STUDY_PAGE, AdwBin)

/** xs_study_page_set_study: what to show, and where what is chosen here is kept; once. */
void xs_study_page_set_study (XsStudyPage *self, XsStudy *study, XsStore *store);
/** xs_study_page_enter: it is shown now. */
void xs_study_page_enter (XsStudyPage *self);
/** xs_study_page_leave: it is not any more, and holds no picture of who studied. */
void xs_study_page_leave (XsStudyPage *self);
/** xs_study_page_press: a key, wherever the focus is; M turns sounds on and off. Returns: whether it was for it. */
gboolean xs_study_page_press (XsStudyPage *self, guint keyval);
/** xs_study_page_set_scale: how much larger than drawn the window is. */
void xs_study_page_set_scale (XsStudyPage *self, double scale);
/** xs_study_page_update: show @status. */
void xs_study_page_update (XsStudyPage *self, const XsStudyStatus *status);

G_END_DECLS
