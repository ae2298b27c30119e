/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/** XsLessonView: the lesson as it is watched: picture, subtitle, and the lessons to choose from. */
#define XS_TYPE_LESSON_VIEW (xs_lesson_view_get_type ())
G_DECLARE_FINAL_TYPE (XsLessonView, xs_lesson_view, XS, LESSON_VIEW, AdwBin)

/** xs_lesson_view_set_study: once. */
void xs_lesson_view_set_study (XsLessonView *self, XsStudy *study);
/** xs_lesson_view_update: show what is so while STUDYING or SIGNING_OUT. */
void xs_lesson_view_update (XsLessonView *self, const XsStudyStatus *status);

G_END_DECLS
