/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-quiz.h"
#include "xs-study.h"

G_BEGIN_DECLS

/* XsStudy: the course of the learner signed in: lessons, subtitles and sound, quizzes, the question of attention. */

/**
 * xs_lesson_playback: what the hour counter is told of a lesson.
 * @position_us, @watched_us: as the player has them: behind what was watched it plays a repeat
 * @finished: it was at its end before: all of it is one
 */
XsPlayback xs_lesson_playback (XsLessonState state, gint64 position_us, gint64 watched_us, gboolean finished,
                               gboolean repeat_counts);

/** xs_study_select_lesson: while STUDYING: load lesson @index where the learner left it, and play. */
void xs_study_select_lesson (XsStudy *self, guint index);
/** xs_study_get_lesson_progress: watched µs of lesson @index by the learner signed in; 0 for none. */
gint64 xs_study_get_lesson_progress (XsStudy *self, guint index);
/** xs_study_is_lesson_watched: to its end. */
gboolean xs_study_is_lesson_watched (XsStudy *self, guint index);
/**
 * xs_study_seek: while STUDYING: go to @position_us of the lesson. FALSE, and nothing happens, when that lies ahead of
 * what was watched.
 */
gboolean xs_study_seek (XsStudy *self, gint64 position_us);
/** xs_study_repeat_counts: whether what was watched before counts when it is watched again. */
gboolean xs_study_repeat_counts (XsStudy *self);

/** XsSubtitleSize: stored by nick, see xs_study_set_subtitles(). */
typedef enum {
  XS_SUBTITLE_SMALL,  /* "small" */
  XS_SUBTITLE_MEDIUM, /* "medium" */
  XS_SUBTITLE_LARGE,  /* "large" */
} XsSubtitleSize;

/** xs_study_get_subtitles: whether the learner wants them; @size: (out) (optional). Medium until it was chosen. */
gboolean xs_study_get_subtitles (XsStudy *self, XsSubtitleSize *size);
/** xs_study_set_subtitles: from now on, and at the learner's next sign-ins on this kiosk. */
void xs_study_set_subtitles (XsStudy *self, gboolean on, XsSubtitleSize size);

/** xs_study_get_volume: of lessons on this PC, 0 … 1, linear as people hear it. */
double xs_study_get_volume (XsStudy *self);
/** xs_study_set_volume: from now on, and after the next start. */
void xs_study_set_volume (XsStudy *self, double volume);
/** xs_study_read_volume: what is kept, on the store's thread; 1 where nothing is. */
gboolean xs_study_read_volume (XsJournal *journal, double *volume, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_study_store_volume: on the store's thread; good from the next sign-in on. */
gboolean xs_study_store_volume (XsJournal *journal, double volume, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_study_begin_quiz: while STUDYING: the lesson stands, and the counter with XS_PAUSE_QUIZ. */
void xs_study_begin_quiz (XsStudy *self, guint chapter);
/** xs_study_restart_quiz: the one that goes on, from its first question. */
void xs_study_restart_quiz (XsStudy *self);
/** xs_study_get_quiz: (transfer none) (nullable): the one that goes on, answered by the caller. */
XsQuiz *xs_study_get_quiz (XsStudy *self);
/** xs_study_next_question: as xs_quiz_next(); the result of a quiz that is over is stored. */
gboolean xs_study_next_question (XsStudy *self);
/** xs_study_end_quiz: over or not: back to the lesson. */
void xs_study_end_quiz (XsStudy *self);
/** xs_study_get_quiz_result: the best of the learner signed in, see xs_journal_get_best_quiz(). */
void xs_study_get_quiz_result (XsStudy *self, guint chapter, XsQuizResult *result);

/** xs_study_answer_attention: the learner pressed @number: see xs_study_session_answer(). */
gboolean xs_study_answer_attention (XsStudy *self, guint number);

G_END_DECLS
