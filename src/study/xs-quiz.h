/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-course.h"

G_BEGIN_DECLS

/**
 * XsQuiz: the questions of one chapter, asked one after the other in the course's order, each answered once. Pure.
 */
typedef struct _XsQuiz XsQuiz;

/**
 * xs_quiz_new: (transfer full):
 * @chapter: with at least one question; outlives this
 * @pass_percent: so many of a hundred right answers pass, see policy.quiz_pass_percent
 */
XsQuiz *xs_quiz_new (const XsChapter *chapter, gint64 pass_percent);
void xs_quiz_free (XsQuiz *quiz);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsQuiz, xs_quiz_free)

/** xs_quiz_get_chapter: (transfer none): the one it is about. */
const XsChapter *xs_quiz_get_chapter (const XsQuiz *quiz);
/** xs_quiz_get_index: of the question that is asked; the number of questions once it is over. */
guint xs_quiz_get_index (const XsQuiz *quiz);
/** xs_quiz_get_question: (nullable): the one that is asked; NULL once it is over. */
const XsQuestion *xs_quiz_get_question (const XsQuiz *quiz);
/** xs_quiz_answer: answer it, once; a second answer changes nothing. Returns: whether the first was right. */
gboolean xs_quiz_answer (XsQuiz *quiz, guint choice);
/** xs_quiz_get_given: the answer that was given to it; -1: none yet. */
int xs_quiz_get_given (const XsQuiz *quiz);
/** xs_quiz_next: go on from an answered question. Returns: whether there is another. */
gboolean xs_quiz_next (XsQuiz *quiz);
guint xs_quiz_get_n_right (const XsQuiz *quiz);
/** xs_quiz_get_n_needed: right answers that pass. */
guint xs_quiz_get_n_needed (const XsQuiz *quiz);
/** xs_quiz_is_passed: all were asked, and enough answered right. */
gboolean xs_quiz_is_passed (const XsQuiz *quiz);

G_END_DECLS
