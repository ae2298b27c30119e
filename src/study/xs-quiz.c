/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-quiz.h"

struct _XsQuiz {
  const XsChapter *chapter;
  guint n_needed;
  guint index;
  int given;
  guint n_right;
};

XsQuiz *
xs_quiz_new (const XsChapter *chapter, gint64 pass_percent)
{
  g_return_val_if_fail (chapter->n_questions > 0, NULL);

  XsQuiz *quiz = g_new0 (XsQuiz, 1);
  quiz->chapter = chapter;
  quiz->n_needed = (guint) ((chapter->n_questions * pass_percent + 99) / 100);
  quiz->given = -1;
  return quiz;
}

void
xs_quiz_free (XsQuiz *quiz)
{
  g_free (quiz);
}

const XsChapter *
xs_quiz_get_chapter (const XsQuiz *quiz)
{
  return quiz->chapter;
}

guint
xs_quiz_get_index (const XsQuiz *quiz)
{
  return quiz->index;
}

const XsQuestion *
xs_quiz_get_question (const XsQuiz *quiz)
{
  return quiz->index < quiz->chapter->n_questions ? &quiz->chapter->questions[quiz->index] : NULL;
}

gboolean
xs_quiz_answer (XsQuiz *quiz, guint choice)
{
  const XsQuestion *question = xs_quiz_get_question (quiz);

  g_return_val_if_fail (question != NULL && choice < question->n_choices, FALSE);
  if (quiz->given < 0)
    {
      quiz->given = (int) choice;
      quiz->n_right += choice == question->answer;
    }
  return quiz->given == (int) question->answer;
}

int
xs_quiz_get_given (const XsQuiz *quiz)
{
  return quiz->given;
}

gboolean
xs_quiz_next (XsQuiz *quiz)
{
  if (quiz->given >= 0 && quiz->index < quiz->chapter->n_questions)
    {
      quiz->index++;
      quiz->given = -1;
    }
  return quiz->index < quiz->chapter->n_questions;
}

guint
xs_quiz_get_n_right (const XsQuiz *quiz)
{
  return quiz->n_right;
}

guint
xs_quiz_get_n_needed (const XsQuiz *quiz)
{
  return quiz->n_needed;
}

gboolean
xs_quiz_is_passed (const XsQuiz *quiz)
{
  return quiz->index == quiz->chapter->n_questions && quiz->n_right >= quiz->n_needed;
}
