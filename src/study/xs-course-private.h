/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-course-words.h"
#include "xs-course.h"

G_BEGIN_DECLS

/* What the readers of course.json share. */

struct _XsCourse {
  char *id;
  char *title;
  guint version;
  char *language;
  char *publisher;  /* (nullable) */
  GArray *lessons;  /* of XsLesson, each owning its strings */
  GArray *chapters; /* of XsChapter, each owning its strings and questions */
  gint64 duration_us;
  int use_fd; /* of the folder, locked against being removed; -1 when nobody removes it */
};

/**
 * xs_course_load_source: as xs_course_load(), of a folder from which a package is to be made: a lesson need not say
 * how long it is, and has a duration of 0 then.
 * @document: (out) (transfer full): what course.json says
 */
XsCourse *xs_course_load_source (const char *dir, JsonObject **document, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_course_chapters_new: (transfer full): an empty array of XsChapter that frees what is in them. */
GArray *xs_course_chapters_new (void);
/**
 * xs_course_read_chapters: the chapters of the course @object, all of whose lessons are in @course already.
 * @error: XS_ERROR_INVALID naming the field
 */
gboolean xs_course_read_chapters (XsCourse *course, JsonObject *object, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
