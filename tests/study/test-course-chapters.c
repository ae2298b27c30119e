/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course.h"
#include "xs-error.h"

#include <glib/gstdio.h>
#include <string.h>

#define LESSON(id)                                                                                                     \
  "{\"id\": \"" id "\", \"title\": \"课\", \"summary\": \"说明\", \"subjcode\": \"2211010000\", "                   \
  "\"duration_ms\": 1000, \"video\": \"v.webm\"}"
#define SINGLE                                                                                                         \
  "{\"id\": \"q1\", \"kind\": \"single\", \"text\": \"红灯亮时？\", "                                             \
  "\"choices\": [\"停\", \"走\", \"快走\"], \"answer\": 2, \"explanation\": \"红灯停。\"}"
#define TRUE_FALSE                                                                                                     \
  "{\"id\": \"q2\", \"kind\": \"true_false\", \"text\": \"绿灯停。\", \"answer\": false, "                         \
  "\"explanation\": \"绿灯行。\"}"
#define CHAPTERS                                                                                                       \
  "[{\"id\": \"c1\", \"title\": \"信号\", \"lessons\": [\"a\", \"b\"], \"quiz\": [" SINGLE ",\n" TRUE_FALSE "]},\n"    \
  "{\"id\": \"c2\", \"title\": \"让行\", \"lessons\": [\"c\"]}]"

typedef struct {
  char *dir;
} Fixture;

static void
put (Fixture *fixture, const char *name, const char *content)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

/* A course of three lessons with @more in it. */
static void
put_course (Fixture *fixture, const char *more)
{
  g_autofree char *text = g_strconcat ("{\"format\": 1, \"id\": \"test\", \"title\": \"课程\",\n\"language\": "
                                       "\"zh-CN\", \"lessons\": [\n" LESSON ("a") ", " LESSON ("b") ", " LESSON ("c"),
                                       "]", more, "}", NULL);
  put (fixture, "course.json", text);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("xueshi-chapters-XXXXXX", &error);
  g_assert_no_error (error);
  put (fixture, "v.webm", "not really a video");
  put_course (fixture, ",\n\"chapters\": " CHAPTERS);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "course.json", "v.webm" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, names[i], NULL);
      g_remove (path);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
}

static XsCourse *
load (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  XsCourse *course = xs_course_load (fixture->dir, &error);

  g_assert_no_error (error);
  return course;
}

static void
test_good (Fixture *fixture, gconstpointer data)
{
  g_autoptr (XsCourse) course = load (fixture);

  g_assert_cmpuint (xs_course_get_n_chapters (course), ==, 2);
  const XsChapter *first = xs_course_get_chapter (course, 0);
  g_assert_cmpstr (first->id, ==, "c1");
  g_assert_cmpstr (first->title, ==, "信号");
  g_assert_cmpuint (first->first_lesson, ==, 0);
  g_assert_cmpuint (first->n_lessons, ==, 2);
  g_assert_cmpuint (first->n_questions, ==, 2);

  const XsQuestion *single = &first->questions[0];
  g_assert_cmpstr (single->id, ==, "q1");
  g_assert_cmpint (single->kind, ==, XS_QUESTION_SINGLE);
  g_assert_cmpstr (single->text, ==, "红灯亮时？");
  g_assert_cmpuint (single->n_choices, ==, 3);
  g_assert_cmpuint (g_strv_length ((char **) single->choices), ==, 3);
  g_assert_cmpstr (single->choices[0], ==, "停");
  g_assert_cmpstr (single->choices[2], ==, "快走");
  g_assert_cmpuint (single->answer, ==, 2);
  g_assert_cmpstr (single->explanation, ==, "红灯停。");

  const XsQuestion *true_false = &first->questions[1];
  g_assert_cmpint (true_false->kind, ==, XS_QUESTION_TRUE_FALSE);
  g_assert_null (true_false->choices);
  g_assert_cmpuint (true_false->n_choices, ==, 2);
  g_assert_cmpuint (true_false->answer, ==, 1);

  const XsChapter *second = xs_course_get_chapter (course, 1);
  g_assert_cmpuint (second->first_lesson, ==, 2);
  g_assert_cmpuint (second->n_lessons, ==, 1);
  g_assert_cmpuint (second->n_questions, ==, 0);
  g_assert_null (second->questions);

  static const guint chapter_of[] = { 0, 0, 1 };
  for (guint i = 0; i < G_N_ELEMENTS (chapter_of); i++)
    g_assert_cmpuint (xs_course_get_chapter_of_lesson (course, i), ==, chapter_of[i]);
}

/* Courses are older than chapters. */
static void
test_without (Fixture *fixture, gconstpointer data)
{
  put_course (fixture, "");
  g_autoptr (XsCourse) course = load (fixture);

  g_assert_cmpuint (xs_course_get_n_chapters (course), ==, 1);
  const XsChapter *only = xs_course_get_chapter (course, 0);
  g_assert_cmpstr (only->id, ==, "test");
  g_assert_cmpstr (only->title, ==, "课程");
  g_assert_cmpuint (only->first_lesson, ==, 0);
  g_assert_cmpuint (only->n_lessons, ==, 3);
  g_assert_cmpuint (only->n_questions, ==, 0);
  g_assert_cmpuint (xs_course_get_chapter_of_lesson (course, 2), ==, 0);
}

static void
test_true_is_first (Fixture *fixture, gconstpointer data)
{
  put_course (fixture,
              ", \"chapters\": [{\"id\": \"c\", \"title\": \"t\", \"lessons\": [\"a\", \"b\", \"c\"], \"quiz\": "
              "[{\"id\": \"q\", \"kind\": \"true_false\", \"text\": \"红灯停。\", \"answer\": true, "
              "\"explanation\": \"对。\"}]}]");
  g_autoptr (XsCourse) course = load (fixture);

  g_assert_cmpuint (xs_course_get_chapter (course, 0)->questions[0].answer, ==, 0);
}

static void
assert_refused (Fixture *fixture, const char *from, const char *to, const char *said)
{
  g_autoptr (GError) error = NULL;
  const char *chapters = CHAPTERS;
  const char *at = strstr (chapters, from);

  g_assert_nonnull (at);
  g_autofree char *head = g_strndup (chapters, at - chapters);
  g_autofree char *more = g_strconcat (",\n\"chapters\": ", head, to, at + strlen (from), NULL);
  put_course (fixture, more);
  g_autoptr (XsCourse) course = xs_course_load (fixture->dir, &error);

  g_assert_null (course);
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  if (strstr (error->message, "course.json: line ") == NULL || strstr (error->message, said) == NULL)
    g_error ("“%s” with “%s” for “%s”: “%s” does not say the file, a line and “%s”", chapters, to, from, error->message,
             said);
}

static void
test_bad (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *from;
    const char *to;
    const char *said;
  } cases[] = {
    { "\"c1\"", "\"C1\"", "line 4: “chapters[0].id” must be" },
    { "\"c2\"", "\"c1\"", "line 6: “chapters[1].id” is taken" },
    { "\"title\": \"让行\",", "", "line 6: “chapters[1].title” is missing" },
    { "\"title\": \"让行\"", "\"title\": \"让行\", \"lesson\": 1", "“chapters[1].lesson” is not a field of a chapter" },
    { "[\"c\"]", "[]", "“chapters[1].lessons” must name at least one" },
    { "[\"c\"]", "[7]", "“chapters[1].lessons[0]” must be the id" },
    { "[\"c\"]", "[\"d\"]", "“chapters[1].lessons[0]” is “d”, but no lesson" },
    { "[\"c\"]", "[\"b\"]",
      "“chapters[1].lessons[0]” is “b”: each lesson is in one chapter, in the order of the "
      "course's “lessons”; the next one is c" },
    { "[\"c\"]", "[\"c\", \"a\"]", "none is left" },
    { "[\"a\", \"b\"]", "[\"b\", \"a\"]", "“chapters[0].lessons[0]” is “b”" },
    { ",\n{\"id\": \"c2\", \"title\": \"让行\", \"lessons\": [\"c\"]}", "", "“chapters” leave out the lesson c" },
    { "\"q2\"", "\"q1\"", "line 5: “chapters[0].quiz[1].id” is taken" },
    { "\"single\"", "\"multiple\"", "“chapters[0].quiz[0].kind” is “multiple”" },
    { "\"text\": \"红灯亮时？\"", "\"text\": \"\\t\"", "“chapters[0].quiz[0].text” must be one line" },
    { "\"text\": \"红灯亮时？\",", "", "“chapters[0].quiz[0].text” is missing" },
    { "[\"停\", \"走\", \"快走\"]", "[\"停\"]", "“chapters[0].quiz[0].choices” must hold 2 to 6" },
    { "\"快走\"", "\"1\", \"2\", \"3\", \"4\", \"5\"", "“chapters[0].quiz[0].choices” must hold 2 to 6" },
    { "\"快走\"", "3", "“chapters[0].quiz[0].choices[2]” must be a string" },
    { "\"快走\"", "\" \"", "“chapters[0].quiz[0].choices[2]” must not be empty" },
    { "\"快走\"", "\"停\"", "“chapters[0].quiz[0].choices[2]” says the same" },
    { "\"answer\": 2", "\"answer\": 3", "“chapters[0].quiz[0].answer” is 3, allowed are 0 to 2" },
    { "\"answer\": 2", "\"answer\": true", "“chapters[0].quiz[0].answer” must be a whole number" },
    { "\"answer\": false", "\"answer\": 0", "“chapters[0].quiz[1].answer” must be true or false" },
    { "\"answer\": false", "\"answer\": false, \"choices\": [\"对\", \"错\"]",
      "“chapters[0].quiz[1].choices” must not" },
    { "\"explanation\": \"红灯停。\"", "\"reason\": \"红灯停。\"", "“chapters[0].quiz[0].explanation” is missing" },
    { "\"explanation\": \"红灯停。\"", "\"explanation\": \"红灯停。\", \"hint\": 1", "quiz[0].hint” is not a field" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (fixture, cases[i].from, cases[i].to, cases[i].said);
}

static void
test_too_much (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (501, 'x');
  g_autofree char *to = g_strdup_printf ("\"explanation\": \"%s\"", long_text);
  g_autoptr (GString) questions = g_string_new (NULL);

  assert_refused (fixture, "\"explanation\": \"红灯停。\"", to, "“chapters[0].quiz[0].explanation” is longer than 500");
  for (guint i = 0; i < 101; i++)
    g_string_append_printf (questions, "%s{}", i > 0 ? ", " : "");
  assert_refused (fixture, SINGLE ",\n" TRUE_FALSE, questions->str, "“chapters[0].quiz” must hold at most 100");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/course-chapters/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("good", test_good);
  ADD ("without", test_without);
  ADD ("true-is-first", test_true_is_first);
  ADD ("bad", test_bad);
  ADD ("too-much", test_too_much);
#undef ADD

  return g_test_run ();
}
