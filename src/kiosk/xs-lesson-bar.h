/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/**
 * XsLessonBar: what can be done with the lesson that is watched: where it stands, back, pause, subtitles, volume. On
 * its line what was watched is thick and free, and what lies ahead is thin and locked.
 *
 * Signal "locked": somebody tried to go ahead of what was watched.
 */
#define XS_TYPE_LESSON_BAR (xs_lesson_bar_get_type ())
G_DECLARE_FINAL_TYPE (XsLessonBar, xs_lesson_bar, XS, LESSON_BAR, AdwBin)

/** xs_lesson_bar_set_study: once. */
void xs_lesson_bar_set_study (XsLessonBar *self, XsStudy *study);
/** xs_lesson_bar_update: show what is so; several times a second. */
void xs_lesson_bar_update (XsLessonBar *self);
/** xs_lesson_bar_press: a key that belongs to the lesson wherever the focus is. Returns: whether it does. */
gboolean xs_lesson_bar_press (XsLessonBar *self, guint keyval);

G_END_DECLS
