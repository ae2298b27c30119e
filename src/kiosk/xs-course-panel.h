/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/**
 * XsCoursePanel: the whole course to choose from: chapters with their quizzes, lessons with what is left of them.
 * Choosing a lesson or a quiz begins it.
 *
 * Signal "closed": back to the lesson, to the same one or another.
 */
#define XS_TYPE_COURSE_PANEL (xs_course_panel_get_type ())
G_DECLARE_FINAL_TYPE (XsCoursePanel, xs_course_panel, XS, COURSE_PANEL, AdwBin)

/** xs_course_panel_set_study: once. */
void xs_course_panel_set_study (XsCoursePanel *self, XsStudy *study);
/** xs_course_panel_update: show what is so; while it is seen. */
void xs_course_panel_update (XsCoursePanel *self, const XsStudyStatus *status);
/** xs_course_panel_enter: it comes into sight: give the focus to the current lesson. */
void xs_course_panel_enter (XsCoursePanel *self, const XsStudyStatus *status);

G_END_DECLS
