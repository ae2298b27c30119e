/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-crypto.h"

G_BEGIN_DECLS

/*
 * GET /v1/courses: which course packages the school hands out. GET /v1/courses/{sha256} answers with the bytes of one.
 * A package itself is read by xs-course-package.h.
 */

#define XS_WIRE_COURSES_MAX 100
#define XS_WIRE_COURSES_MAX_BYTES (256 * 1024)

/** XsWireCourse: one of them. Plain. */
typedef struct {
  char id[33];
  guint version;               /* 1 or more */
  char title[801];             /* 1 to 200 characters */
  char sha256[65];             /* of the whole package, by which it is asked for */
  gint64 size_bytes;           /* of it; above 0 */
  guint8 signer[XS_KEY_BYTES]; /* its publisher's key: a hint, the package's own signature counts */
} XsWireCourse;

/** (transfer full). @courses: XsWireCourse, at most XS_WIRE_COURSES_MAX */
GBytes *xs_wire_courses_encode (const GArray *courses);
/** (transfer full) (element-type XsWireCourse): each id once; NULL with XS_ERROR_INVALID naming the field. */
GArray *xs_wire_courses_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
