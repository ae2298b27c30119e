/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-json.h"

G_BEGIN_DECLS

/* What the readers of course.json and of manifests share. */

#define XS_COURSE_FILE_NAME "course.json"
#define XS_COURSE_TITLE_MAX_CHARS 200

/** xs_course_refuse: FALSE, with XS_ERROR_INVALID: “@name” @rule. */
gboolean xs_course_refuse (const char *name, const char *rule, GError **error);

/** xs_course_check_line: whether @text is something that a person can read in one line of up to @max_chars. */
gboolean xs_course_check_line (const char *text, const char *name, guint max_chars, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_course_get_line: member @name as such a line; @value (out) (transfer full). */
gboolean xs_course_get_line (JsonObject *object, const char *name, guint max_chars, const char **value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_course_check_id: whether @text is 1 … 32 of a-z, 0-9 and '-'. */
gboolean xs_course_check_id (const char *text, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_course_read_id: member “id” as such; @value (out) (transfer full). */
gboolean xs_course_read_id (JsonObject *object, const char **value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
