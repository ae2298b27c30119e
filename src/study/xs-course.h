/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XsLesson: one lesson of a course; owned by its XsCourse and valid as long as that is.
 *
 * @id: 1 … 32 of a-z, 0-9 and '-'; unique in its course
 * @key: what the journal calls it, COURSE/ID: lessons of two courses may have the same id
 * @title: one line for people, never empty
 * @summary: a sentence for people, never empty
 * @subjcode: 课程编码, 10 digits, a known classroom, simulator or remote course code
 * @duration_us: > 0; as declared by the course, a multiple of 1000
 * @video_path: the lesson's video; was a readable regular file at load
 * @subtitles_path: (nullable): WebVTT
 * @poster_path: (nullable): PNG
 * @sha256: (nullable): of the video, 64 lower-case hex digits; see xs_lesson_verify()
 */
typedef struct {
  const char *id;
  const char *key;
  const char *title;
  const char *summary;
  const char *subjcode;
  gint64 duration_us;
  const char *video_path;
  const char *subtitles_path;
  const char *poster_path;
  const char *sha256;
} XsLesson;

typedef enum {
  XS_QUESTION_SINGLE,     /* one of its choices is right */
  XS_QUESTION_TRUE_FALSE, /* the text is right or wrong */
} XsQuestionKind;

/** Of a question with choices. */
#define XS_QUESTION_MAX_CHOICES 6

/**
 * XsQuestion: one question of a chapter's quiz; owned by its XsCourse and valid as long as that is.
 *
 * @id: 1 … 32 of a-z, 0-9 and '-'; unique among all questions of its course
 * @text: one line, up to 500 characters, never empty
 * @choices: (nullable): NULL-terminated, each one line, up to 200 characters, no two the same; NULL for true and false,
 *   which the screen words: 0 is true, 1 is false
 * @n_choices: 2 … XS_QUESTION_MAX_CHOICES; 2 for true and false
 * @answer: the right one, < @n_choices
 * @explanation: why it is right, one line, up to 500 characters, never empty
 */
typedef struct {
  const char *id;
  XsQuestionKind kind;
  const char *text;
  const char *const *choices;
  guint n_choices;
  guint answer;
  const char *explanation;
} XsQuestion;

/**
 * XsChapter: lessons that belong together, and the quiz about them; owned by its XsCourse and valid as long as that is.
 *
 * @id: 1 … 32 of a-z, 0-9 and '-'; unique in its course
 * @title: one line for people, never empty
 * @first_lesson: index of its first lesson in the course; each lesson is in one chapter, in the course's order
 * @n_lessons: at least 1
 * @questions: (array length=n_questions) (nullable): NULL when there is no quiz
 * @n_questions: 0 … 100
 */
typedef struct {
  const char *id;
  const char *title;
  guint first_lesson;
  guint n_lessons;
  const XsQuestion *questions;
  guint n_questions;
} XsChapter;

/**
 * XsCourse: an ordered set of lessons, in chapters, read from a folder that holds course.json and the files it names.
 * docs/course.md has the format.
 *
 * Immutable and reference counted; usable from any thread.
 */
typedef struct _XsCourse XsCourse;

/**
 * xs_course_default_dir: (transfer full): where the course of this kiosk lies: the environment's XUESHI_COURSE_DIR
 * when set and not empty, else the sample course that was installed.
 */
char *xs_course_default_dir (void);

/**
 * xs_course_load: read and check the course in the folder @dir. Opens no video; blocks on the disk.
 * @error: XS_ERROR_NOT_FOUND for a missing course.json or a missing file it names, XS_ERROR_INVALID for a rule
 *   that is broken, XS_ERROR_TOO_NEW for a later format; the message names the file, the line and the field
 *
 * File names in course.json must stay inside the folder: no '/', no '\', no leading '.'.
 *
 * Returns: (transfer full)
 */
XsCourse *xs_course_load (const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

XsCourse *xs_course_ref (XsCourse *course);
void xs_course_unref (XsCourse *course);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCourse, xs_course_unref)

/** xs_course_get_id: 1 … 32 of a-z, 0-9 and '-'. */
const char *xs_course_get_id (const XsCourse *course);
/** xs_course_get_title: one line for people, never empty. */
const char *xs_course_get_title (const XsCourse *course);
/** xs_course_get_language: a language tag such as "zh-CN". */
const char *xs_course_get_language (const XsCourse *course);
/** xs_course_get_version: at least 1, the higher the newer; 1 when the course does not say. */
guint xs_course_get_version (const XsCourse *course);
/** xs_course_get_publisher: (nullable): who made the course, one line for people. */
const char *xs_course_get_publisher (const XsCourse *course);

/** xs_course_get_n_lessons: at least 1. */
guint xs_course_get_n_lessons (const XsCourse *course);
/** xs_course_get_lesson: (transfer none): @index < xs_course_get_n_lessons(). */
const XsLesson *xs_course_get_lesson (const XsCourse *course, guint index);
/** xs_course_find_lesson: (transfer none) (nullable): the lesson called @id; @index (out) (optional). */
const XsLesson *xs_course_find_lesson (const XsCourse *course, const char *id, guint *index);
/** xs_course_get_n_chapters: at least 1: a course that names no chapters is one, with its title and no quiz. */
guint xs_course_get_n_chapters (const XsCourse *course);
/** xs_course_get_chapter: (transfer none): @index < xs_course_get_n_chapters(). */
const XsChapter *xs_course_get_chapter (const XsCourse *course, guint index);
/** xs_course_get_chapter_of_lesson: index of the chapter that @lesson, < xs_course_get_n_lessons(), is in. */
guint xs_course_get_chapter_of_lesson (const XsCourse *course, guint lesson);
/** xs_course_get_duration_us: of all lessons together. */
gint64 xs_course_get_duration_us (const XsCourse *course);

/**
 * xs_lesson_verify: whether the video still is the file the course was made with. Reads all of it: never on the
 * main loop. A lesson without a sha256 is taken as it is.
 * @error: XS_ERROR_CORRUPT when truncated or altered, XS_ERROR_NOT_FOUND, XS_ERROR_IO
 */
gboolean xs_lesson_verify (const XsLesson *lesson, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
