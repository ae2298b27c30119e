/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course-private.h"

#include "xs-error.h"

#define MAX_QUESTIONS 100
#define QUESTION_MAX_CHARS 500
#define CHOICE_MAX_CHARS 200

static void
question_clear (XsQuestion *question)
{
  g_free ((char *) question->id);
  g_free ((char *) question->text);
  g_strfreev ((char **) question->choices);
  g_free ((char *) question->explanation);
}

static void
chapter_clear (gpointer data)
{
  XsChapter *chapter = data;

  g_free ((char *) chapter->id);
  g_free ((char *) chapter->title);
  for (guint i = 0; i < chapter->n_questions; i++)
    question_clear ((XsQuestion *) &chapter->questions[i]);
  g_free ((XsQuestion *) chapter->questions);
}

GArray *
xs_course_chapters_new (void)
{
  GArray *chapters = g_array_new (FALSE, FALSE, sizeof (XsChapter));

  g_array_set_clear_func (chapters, chapter_clear);
  return chapters;
}

static const char *
get_element_string (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static gboolean
read_kind (JsonObject *object, XsQuestionKind *kind, GError **error)
{
  const char *text;

  if (!xs_json_get_string (object, "kind", &text, error))
    return FALSE;
  if (g_str_equal (text, "single"))
    *kind = XS_QUESTION_SINGLE;
  else if (g_str_equal (text, "true_false"))
    *kind = XS_QUESTION_TRUE_FALSE;
  else
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“kind” is “%s”, but must be “single” or “true_false”", text);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_choices (JsonObject *object, XsQuestion *question, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *array;

  if (!xs_json_get_array (object, "choices", &array, error))
    return FALSE;
  question->n_choices = json_array_get_length (array);
  if (question->n_choices < 2 || question->n_choices > XS_QUESTION_MAX_CHOICES)
    return xs_course_refuse ("choices", "must hold 2 to 6 answers to choose from", error);
  for (guint i = 0; i < question->n_choices; i++)
    {
      g_autofree char *name = g_strdup_printf ("choices[%u]", i);
      const char *text = get_element_string (array, i);

      if (text == NULL)
        return xs_course_refuse (name, "must be a string", error);
      if (!xs_course_check_line (text, name, CHOICE_MAX_CHARS, error))
        return FALSE;
      if (!g_hash_table_add (seen, (gpointer) text))
        return xs_course_refuse (name, "says the same as an earlier one", error);
      g_strv_builder_add (builder, text);
    }
  question->choices = (const char *const *) g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
read_answer (JsonObject *object, XsQuestion *question, GError **error)
{
  if (question->kind == XS_QUESTION_TRUE_FALSE)
    {
      gboolean is_true;

      if (json_object_has_member (object, "choices"))
        return xs_course_refuse ("choices", "must not be there: a question of true and false has none", error);
      if (!xs_json_get_boolean (object, "answer", &is_true, error))
        return FALSE;
      question->n_choices = 2;
      question->answer = is_true ? 0 : 1;
      return TRUE;
    }

  gint64 answer;
  if (!read_choices (object, question, error)
      || !xs_json_get_int (object, "answer", 0, question->n_choices - 1, &answer, error))
    return FALSE;
  question->answer = (guint) answer;
  return TRUE;
}

static gboolean
is_question_field (const char *name)
{
  static const char *const fields[] = { "id", "kind", "text", "choices", "answer", "explanation", NULL };

  return g_strv_contains (fields, name);
}

/* On failure @question holds what was read so far, for question_clear(). */
static gboolean
read_question (JsonObject *object, XsQuestion *question, GError **error)
{
  return xs_course_read_id (object, &question->id, error) && read_kind (object, &question->kind, error)
         && xs_course_get_line (object, "text", QUESTION_MAX_CHARS, &question->text, error)
         && read_answer (object, question, error)
         && xs_course_get_line (object, "explanation", QUESTION_MAX_CHARS, &question->explanation, error)
         && xs_json_has_only (object, is_question_field, "a field of a question", error);
}

/* @ids: those of all questions before; they belong to the questions */
static gboolean
read_quiz (JsonObject *object, XsChapter *chapter, GHashTable *ids, GError **error)
{
  JsonArray *array;

  if (!json_object_has_member (object, "quiz"))
    return TRUE;
  if (!xs_json_get_array (object, "quiz", &array, error))
    return FALSE;
  guint n = json_array_get_length (array);
  if (n > MAX_QUESTIONS)
    return xs_course_refuse ("quiz", "must hold at most 100 questions", error);
  if (n == 0)
    return TRUE;

  XsQuestion *questions = g_new0 (XsQuestion, n);
  chapter->questions = questions;
  chapter->n_questions = n;
  for (guint i = 0; i < n; i++)
    {
      JsonObject *element;

      if (!xs_json_get_element_object (array, i, &element, error) || !read_question (element, &questions[i], error))
        return xs_json_error_at (error, "quiz[%u]", i);
      if (!g_hash_table_add (ids, (gpointer) questions[i].id))
        {
          xs_course_refuse ("id", "is taken by an earlier question of this course", error);
          return xs_json_error_at (error, "quiz[%u]", i);
        }
    }
  return TRUE;
}

/* The lessons are those that follow the chapter before. */
static gboolean
read_lessons (const XsCourse *course, JsonObject *object, XsChapter *chapter, GError **error)
{
  JsonArray *array;

  if (!xs_json_get_array (object, "lessons", &array, error))
    return FALSE;
  chapter->n_lessons = json_array_get_length (array);
  if (chapter->n_lessons == 0)
    return xs_course_refuse ("lessons", "must name at least one lesson", error);
  for (guint i = 0; i < chapter->n_lessons; i++)
    {
      const char *id = get_element_string (array, i);
      guint index = chapter->first_lesson + i;
      const char *next = index < course->lessons->len ? xs_course_get_lesson (course, index)->id : NULL;
      g_autofree char *name = g_strdup_printf ("lessons[%u]", i);

      if (id == NULL)
        return xs_course_refuse (name, "must be the id of a lesson", error);
      if (xs_course_find_lesson (course, id, NULL) == NULL)
        {
          g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is “%s”, but no lesson has this id", name, id);
          return FALSE;
        }
      if (g_strcmp0 (id, next) != 0)
        {
          g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                       "“%s” is “%s”: each lesson is in one chapter, in the order of the course's “lessons”; %s%s",
                       name, id, next != NULL ? "the next one is " : "none is left", next != NULL ? next : "");
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
is_chapter_field (const char *name)
{
  static const char *const fields[] = { "id", "title", "lessons", "quiz", NULL };

  return g_strv_contains (fields, name);
}

static gboolean
has_chapter (const XsCourse *course, const char *id)
{
  for (guint i = 0; i < course->chapters->len; i++)
    {
      if (g_str_equal (xs_course_get_chapter (course, i)->id, id))
        return TRUE;
    }
  return FALSE;
}

/* On failure @chapter holds what was read so far, for chapter_clear(). */
static gboolean
read_chapter (const XsCourse *course, JsonObject *object, XsChapter *chapter, GHashTable *question_ids, GError **error)
{
  if (!xs_course_read_id (object, &chapter->id, error))
    return FALSE;
  if (has_chapter (course, chapter->id))
    return xs_course_refuse ("id", "is taken by an earlier chapter", error);
  return xs_course_get_line (object, "title", XS_COURSE_TITLE_MAX_CHARS, &chapter->title, error)
         && read_lessons (course, object, chapter, error) && read_quiz (object, chapter, question_ids, error)
         && xs_json_has_only (object, is_chapter_field, "a field of a chapter", error);
}

static void
add_only_chapter (XsCourse *course)
{
  XsChapter chapter = {
    .id = g_strdup (course->id),
    .title = g_strdup (course->title),
    .n_lessons = course->lessons->len,
  };

  g_array_append_val (course->chapters, chapter);
}

gboolean
xs_course_read_chapters (XsCourse *course, JsonObject *object, GError **error)
{
  g_autoptr (GHashTable) question_ids = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *array;
  guint next_lesson = 0;

  if (!json_object_has_member (object, "chapters"))
    {
      add_only_chapter (course);
      return TRUE;
    }
  if (!xs_json_get_array (object, "chapters", &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *element;
      XsChapter chapter = { .first_lesson = next_lesson };

      if (!xs_json_get_element_object (array, i, &element, error)
          || !read_chapter (course, element, &chapter, question_ids, error))
        {
          chapter_clear (&chapter);
          return xs_json_error_at (error, "chapters[%u]", i);
        }
      next_lesson += chapter.n_lessons;
      g_array_append_val (course->chapters, chapter);
    }
  if (next_lesson < course->lessons->len)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "“chapters” leave out the lesson %s: each lesson is in one chapter",
                   xs_course_get_lesson (course, next_lesson)->id);
      return FALSE;
    }
  return TRUE;
}

guint
xs_course_get_n_chapters (const XsCourse *course)
{
  return course->chapters->len;
}

const XsChapter *
xs_course_get_chapter (const XsCourse *course, guint index)
{
  g_return_val_if_fail (index < course->chapters->len, NULL);
  return &g_array_index (course->chapters, XsChapter, index);
}

guint
xs_course_get_chapter_of_lesson (const XsCourse *course, guint lesson)
{
  guint index = 0;

  g_return_val_if_fail (lesson < course->lessons->len, 0);
  while (lesson
         >= xs_course_get_chapter (course, index)->first_lesson + xs_course_get_chapter (course, index)->n_lessons)
    index++;
  return index;
}
