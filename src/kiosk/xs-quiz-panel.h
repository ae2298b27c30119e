/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/** XsQuizPanel: a chapter's quiz, one question at a time: xs_study_get_quiz(). */
#define XS_TYPE_QUIZ_PANEL (xs_quiz_panel_get_type ())
G_DECLARE_FINAL_TYPE (XsQuizPanel, xs_quiz_panel, XS, QUIZ_PANEL, AdwBin)

/** xs_quiz_panel_set_study: once. */
void xs_quiz_panel_set_study (XsQuizPanel *self, XsStudy *study);
/** xs_quiz_panel_begin: show the first question of a quiz that has just begun. */
void xs_quiz_panel_begin (XsQuizPanel *self);
/** xs_quiz_panel_press: a key while a quiz is shown, wherever the focus is. Returns: whether it was for the quiz. */
gboolean xs_quiz_panel_press (XsQuizPanel *self, guint keyval);

G_END_DECLS
