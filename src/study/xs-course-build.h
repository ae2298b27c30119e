/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xs-crypto.h"

G_BEGIN_DECLS

/** XsCourseReport: called for each lesson that was found good, with a line for people. */
typedef void (*XsCourseReport) (const char *line, gpointer user_data);

/**
 * xs_course_build: make a package of the course in the folder @dir: see that every lesson really plays to its end and
 * as long as course.json says, that subtitles and pictures can be read, and sign it all with @key.
 *
 * A lesson's duration_ms and sha256 are filled in where course.json leaves them out; @dir itself is not changed. Only
 * files that course.json names are packed. Takes as long as decoding every video does; blocks.
 *
 * @dir: with a course.json as docs/course.md has it; “publisher” must be there
 * @out: the package; a file that is there is replaced
 * @error: XS_ERROR_INVALID, XS_ERROR_NOT_FOUND for a rule of course.json that is broken; XS_ERROR_MEDIA with a line for
 *   each lesson that cannot be used; XS_ERROR_NO_SPACE, XS_ERROR_IO
 */
gboolean xs_course_build (const char *dir, const char *out, const XsSignKey *key, XsCourseReport report,
                          gpointer user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
