/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "xs-error.h"

/* The lesson that was watched last, whatever the clock says and in whatever order the lessons come. */
static void
test_last_lesson (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *none = NULL, *first = NULL, *second = NULL, *other = NULL, *own = NULL;

  g_assert_true (xs_journal_get_last_lesson (fixture->journal, STUNUM, "", &none, &error));
  g_assert_null (none);
  g_assert_true (xs_journal_set_lesson_position (fixture->journal, STUNUM, "lesson-2", 5, 9, &error));
  g_assert_true (xs_journal_set_lesson_position (fixture->journal, STUNUM, "lesson-1", 6, 10, &error));
  g_assert_true (xs_journal_set_lesson_position (fixture->journal, OTHER_STUNUM, "lesson-3", 1, 2, &error));
  g_assert_true (xs_journal_get_last_lesson (fixture->journal, STUNUM, "", &first, &error));
  g_assert_cmpstr (first, ==, "lesson-1");
  g_assert_true (xs_journal_set_lesson_position (fixture->journal, STUNUM, "lesson-2", 7, 9, &error));
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_get_last_lesson (fixture->journal, STUNUM, "", &second, &error));
  g_assert_cmpstr (second, ==, "lesson-2");
  g_assert_true (xs_journal_get_last_lesson (fixture->journal, OTHER_STUNUM, "", &other, &error));
  g_assert_cmpstr (other, ==, "lesson-3");
  /* Of one course among several. */
  g_assert_true (xs_journal_set_lesson_position (fixture->journal, STUNUM, "a/one", 1, 1, &error));
  g_assert_true (xs_journal_set_lesson_position (fixture->journal, STUNUM, "ab/two", 1, 1, &error));
  g_assert_true (xs_journal_get_last_lesson (fixture->journal, STUNUM, "a/", &own, &error));
  g_assert_cmpstr (own, ==, "a/one");
  g_assert_no_error (error);
}

static void
test_learner_setting (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *none = NULL, *mine = NULL, *others = NULL;

  g_assert_true (xs_journal_get_learner_setting (fixture->journal, STUNUM, "subtitles", &none, &error));
  g_assert_null (none);
  g_assert_true (xs_journal_set_learner_setting (fixture->journal, STUNUM, "subtitles", "off", &error));
  g_assert_true (xs_journal_set_learner_setting (fixture->journal, STUNUM, "subtitles", "large", &error));
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_get_learner_setting (fixture->journal, STUNUM, "subtitles", &mine, &error));
  g_assert_cmpstr (mine, ==, "large");
  g_assert_true (xs_journal_get_learner_setting (fixture->journal, OTHER_STUNUM, "subtitles", &others, &error));
  g_assert_null (others);
  g_assert_false (xs_journal_set_learner_setting (fixture->journal, STUNUM, "Sub titles", "off", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
take_quiz (StoreFixture *fixture, guint n_right, gboolean passed)
{
  XsQuizResult result = { .stunum = STUNUM,
                          .course_id = "course",
                          .chapter_id = "chapter-1",
                          .wall_us = n_right,
                          .n_right = n_right,
                          .n_asked = 5,
                          .passed = passed };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_journal_add_quiz_result (fixture->journal, &result, &error));
  g_assert_no_error (error);
}

static XsQuizResult
best (StoreFixture *fixture, const char *stunum, const char *chapter_id)
{
  g_autoptr (GError) error = NULL;
  XsQuizResult result;

  g_assert_true (xs_journal_get_best_quiz (fixture->journal, stunum, "course", chapter_id, &result, &error));
  g_assert_no_error (error);
  return result;
}

/* Who passed once has passed, whatever came of it later; until then the newest try counts. */
static void
test_quiz (StoreFixture *fixture, gconstpointer unused)
{
  XsQuizResult wrong = {
    .stunum = STUNUM, .course_id = "course", .chapter_id = "chapter-1", .n_right = 6, .n_asked = 5
  };
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (best (fixture, STUNUM, "chapter-1").n_asked, ==, 0);
  take_quiz (fixture, 3, FALSE);
  take_quiz (fixture, 2, FALSE);
  g_assert_cmpuint (best (fixture, STUNUM, "chapter-1").n_right, ==, 2);
  g_assert_false (best (fixture, STUNUM, "chapter-1").passed);
  take_quiz (fixture, 5, TRUE);
  take_quiz (fixture, 1, FALSE);
  store_fixture_reopen (fixture);
  g_assert_cmpuint (best (fixture, STUNUM, "chapter-1").n_right, ==, 5);
  g_assert_true (best (fixture, STUNUM, "chapter-1").passed);
  g_assert_cmpuint (best (fixture, STUNUM, "chapter-2").n_asked, ==, 0);
  g_assert_cmpuint (best (fixture, OTHER_STUNUM, "chapter-1").n_asked, ==, 0);

  g_assert_false (xs_journal_add_quiz_result (fixture->journal, &wrong, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_db_exec (fixture->journal->db, "UPDATE quiz_result SET passed = 1", &error));
  g_assert_nonnull (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/learning/last-lesson", test_last_lesson);
  store_fixture_add_test ("/store/learning/learner-setting", test_learner_setting);
  store_fixture_add_test ("/store/learning/quiz", test_quiz);
  return g_test_run ();
}
