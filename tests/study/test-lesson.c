/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-attention.h"
#include "xs-study-lesson.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

/* The counter is told of a repeat exactly while the lesson plays behind what was watched. */
static void
test_repeat (void)
{
  const XsLessonState playing = XS_LESSON_PLAYING;

  /* First viewing: the position is the furthest there is, from the start or where it was left. */
  g_assert_cmpint (xs_lesson_playback (playing, 0, 0, FALSE, FALSE), ==, XS_PLAYBACK_PLAYING);
  g_assert_cmpint (xs_lesson_playback (playing, 40 * SECOND, 40 * SECOND, FALSE, FALSE), ==, XS_PLAYBACK_PLAYING);
  /* Back by ten seconds, and on to the edge. */
  g_assert_cmpint (xs_lesson_playback (playing, 30 * SECOND, 40 * SECOND, FALSE, FALSE), ==, XS_PLAYBACK_REPEAT);
  g_assert_cmpint (xs_lesson_playback (playing, 40 * SECOND - 1, 40 * SECOND, FALSE, FALSE), ==, XS_PLAYBACK_REPEAT);
  g_assert_cmpint (xs_lesson_playback (playing, 41 * SECOND, 41 * SECOND, FALSE, FALSE), ==, XS_PLAYBACK_PLAYING);
  /* A lesson that was at its end: all of it, though the end is a little further this time. */
  g_assert_cmpint (xs_lesson_playback (playing, 100 * SECOND, 100 * SECOND, TRUE, FALSE), ==, XS_PLAYBACK_REPEAT);
  /* Where policy counts repeats there are none. */
  g_assert_cmpint (xs_lesson_playback (playing, 30 * SECOND, 40 * SECOND, FALSE, TRUE), ==, XS_PLAYBACK_PLAYING);
  g_assert_cmpint (xs_lesson_playback (playing, 0, 100 * SECOND, TRUE, TRUE), ==, XS_PLAYBACK_PLAYING);
  /* What does not play is no repeat. */
  g_assert_cmpint (xs_lesson_playback (XS_LESSON_PAUSED, 30 * SECOND, 40 * SECOND, FALSE, FALSE), ==,
                   XS_PLAYBACK_PAUSED);
  g_assert_cmpint (xs_lesson_playback (XS_LESSON_LOADING, 0, 40 * SECOND, TRUE, FALSE), ==, XS_PLAYBACK_PAUSED);
  g_assert_cmpint (xs_lesson_playback (XS_LESSON_ENDED, 40 * SECOND, 40 * SECOND, TRUE, FALSE), ==, XS_PLAYBACK_ENDED);
  g_assert_cmpint (xs_lesson_playback (XS_LESSON_FAILED, 0, 40 * SECOND, FALSE, FALSE), ==, XS_PLAYBACK_FAILED);
}

/* Quizzes */

static const char *const colours[] = { "red", "green", "blue", NULL };
static const XsQuestion questions[] = {
  { "q-1", XS_QUESTION_SINGLE, "Which?", colours, 3, 1, "Because." },
  { "q-2", XS_QUESTION_TRUE_FALSE, "So?", NULL, 2, 0, "It is." },
  { "q-3", XS_QUESTION_SINGLE, "And?", colours, 3, 2, "Therefore." },
};
static const XsChapter chapter = { "chapter-1", "One", 0, 2, questions, G_N_ELEMENTS (questions) };

static XsQuiz *
take (gint64 pass_percent, guint first, guint second, guint third)
{
  XsQuiz *quiz = xs_quiz_new (&chapter, pass_percent);
  const guint given[] = { first, second, third };

  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    {
      g_assert_cmpuint (xs_quiz_get_index (quiz), ==, i);
      g_assert_true (xs_quiz_get_question (quiz) == &questions[i]);
      g_assert_cmpint (xs_quiz_get_given (quiz), ==, -1);
      g_assert_cmpint (xs_quiz_answer (quiz, given[i]), ==, given[i] == questions[i].answer);
      g_assert_cmpint (xs_quiz_get_given (quiz), ==, given[i]);
      g_assert_false (xs_quiz_is_passed (quiz));
      g_assert_cmpint (xs_quiz_next (quiz), ==, i + 1 < G_N_ELEMENTS (given));
    }
  g_assert_null (xs_quiz_get_question (quiz));
  return quiz;
}

static void
test_quiz (void)
{
  g_autoptr (XsQuiz) all = take (100, 1, 0, 2);
  g_autoptr (XsQuiz) two = take (66, 1, 1, 2);
  g_autoptr (XsQuiz) too_few = take (67, 1, 1, 2);
  g_autoptr (XsQuiz) again = xs_quiz_new (&chapter, 90);

  g_assert_true (xs_quiz_is_passed (all));
  g_assert_cmpuint (xs_quiz_get_n_right (two), ==, 2);
  g_assert_true (xs_quiz_is_passed (two));
  g_assert_cmpuint (xs_quiz_get_n_needed (too_few), ==, 3);
  g_assert_false (xs_quiz_is_passed (too_few));

  /* No way on without an answer, and no second one. */
  g_assert_true (xs_quiz_next (again));
  g_assert_cmpuint (xs_quiz_get_index (again), ==, 0);
  g_assert_false (xs_quiz_answer (again, 0));
  g_assert_false (xs_quiz_answer (again, 1));
  g_assert_cmpint (xs_quiz_get_given (again), ==, 0);
  g_assert_cmpuint (xs_quiz_get_n_right (again), ==, 0);
}

/* The question of attention */

static XsPolicy
asking (gint64 interval_s)
{
  XsPolicy policy;

  xs_policy_default (&policy);
  policy.attention_interval_s = interval_s;
  policy.attention_answer_s = 20;
  return policy;
}

static void
test_never_asked (void)
{
  XsPolicy policy = asking (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (1), other = g_rand_new_with_seed (1);
  g_autoptr (XsAttention) attention = xs_attention_new (&policy, random, 0);

  g_assert_false (xs_attention_is_due (attention, 1000 * 3600 * SECOND));
  /* Whoever never asks does not disturb what else is random. */
  g_assert_cmpuint (g_rand_int (random), ==, g_rand_int (other));
}

/* Moments are between half of the interval and one and a half, and about the interval on average. */
static void
test_moments (void)
{
  XsPolicy policy = asking (600);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  gint64 sum_us = 0;

  for (guint i = 0; i < 400; i++)
    {
      g_autoptr (XsAttention) attention = xs_attention_new (&policy, random, 0);
      gint64 due_us = 0;
      while (!xs_attention_is_due (attention, due_us))
        due_us += SECOND;
      g_assert_cmpint (due_us, >=, 300 * SECOND);
      g_assert_cmpint (due_us, <=, 901 * SECOND);
      sum_us += due_us;
    }
  g_assert_cmpint (ABS (sum_us / 400 - 600 * SECOND), <, 30 * SECOND);
}

static void
test_numbers (void)
{
  XsPolicy policy = asking (600);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (XsAttention) attention = xs_attention_new (&policy, random, 0);

  for (guint i = 0; i < 500; i++)
    {
      gint64 asked_us = i * 1000 * SECOND;
      xs_attention_ask (attention, asked_us);
      const guint *choices = xs_attention_get_choices (attention);
      guint n_same = 0, seen = 0;
      for (guint k = 0; k < XS_ATTENTION_CHOICES; k++)
        {
          g_assert_cmpuint (choices[k], >=, 1);
          g_assert_cmpuint (choices[k], <=, 9);
          n_same += choices[k] == xs_attention_get_number (attention);
          seen |= 1u << choices[k];
        }
      g_assert_cmpuint (n_same, ==, 1);
      g_assert_cmpint (g_bit_storage (seen), >, XS_ATTENTION_CHOICES);
      g_assert_cmpint (xs_attention_get_left_us (attention, asked_us + 5 * SECOND), ==, 15 * SECOND);
      g_assert_false (xs_attention_is_overdue (attention, asked_us + 20 * SECOND - 1));
      g_assert_true (xs_attention_is_overdue (attention, asked_us + 20 * SECOND));
      g_assert_true (xs_attention_answer (attention, asked_us + SECOND, xs_attention_get_number (attention)));
      g_assert_cmpint (xs_attention_get_state (attention), ==, XS_ATTENTION_NONE);
      g_assert_false (xs_attention_is_due (attention, asked_us + SECOND));
    }
}

/* A key that is held down is wrong again and again: the number is never the one pressed last. */
static void
test_weight_on_a_key (void)
{
  XsPolicy policy = asking (600);
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autoptr (XsAttention) attention = xs_attention_new (&policy, random, 0);

  xs_attention_ask (attention, 0);
  guint weight = xs_attention_get_number (attention) % 9 + 1;
  for (guint i = 0; i < 1000; i++)
    g_assert_false (xs_attention_answer (attention, 0, weight));
  g_assert_cmpint (xs_attention_get_state (attention), ==, XS_ATTENTION_ASKED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/study/lesson/repeat", test_repeat);
  g_test_add_func ("/study/lesson/quiz", test_quiz);
  g_test_add_func ("/study/attention/never-asked", test_never_asked);
  g_test_add_func ("/study/attention/moments", test_moments);
  g_test_add_func ("/study/attention/numbers", test_numbers);
  g_test_add_func ("/study/attention/weight-on-a-key", test_weight_on_a_key);
  return g_test_run ();
}
