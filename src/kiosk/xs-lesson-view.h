/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/**
 * XsLessonView: the lesson as it is watched: picture, subtitle, what can be done with it, what comes next; in its place
 * the course to choose from, or a quiz; over all of it the question whether it is watched.
 */
#define XS_TYPE_LESSON_VIEW (xs_lesson_view_get_type ())
G_DECLARE_FINAL_TYPE (XsLessonView, xs_lesson_view, XS, LESSON_VIEW, AdwBin)

/** xs_lesson_view_set_study: once. */
void xs_lesson_view_set_study (XsLessonView *self, XsStudy *study);
/** xs_lesson_view_update: show what is so while STUDYING or SIGNING_OUT. */
void xs_lesson_view_update (XsLessonView *self, const XsStudyStatus *status);
/** xs_lesson_view_press: a key, wherever the focus is. Returns: whether it was for the lesson. */
gboolean xs_lesson_view_press (XsLessonView *self, guint keyval);

G_END_DECLS
