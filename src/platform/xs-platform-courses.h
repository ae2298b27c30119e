/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"
#include "xs-wire-course.h"

G_BEGIN_DECLS

/*
 * The course packages that the school hands out: of each course one, which the kiosks fetch. What a kiosk has installed
 * stays there when it is no longer handed out. Any thread.
 */

/** XsPlatformCourse: one of them. */
typedef struct {
  XsWireCourse course;
  char publisher[801];
  gint64 added_us;
} XsPlatformCourse;

/**
 * xs_platform_storage_add_course: hand the package at @path out, in the place of an older version of the course. All of
 * it is checked first: it is as its publisher signed it. It is copied.
 * @added: (out)
 * @error: those of xs_course_package_open() and xs_course_package_unpack(); XS_ERROR_EXISTS when the same or a newer
 *   version is handed out, or a course of another publisher under this id, which no kiosk would take; XS_ERROR_INVALID
 *   when it were one course too many
 */
gboolean xs_platform_storage_add_course (XsPlatformStorage *storage, const char *path, XsPlatformCourse *added,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_remove_course: hand it out no more. @error: XS_ERROR_NOT_FOUND */
gboolean xs_platform_storage_remove_course (XsPlatformStorage *storage, const char *id, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_list_courses: (transfer full) (element-type XsPlatformCourse): by id. */
GArray *xs_platform_storage_list_courses (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_storage_open_course: the package @sha256, for reading: the caller closes it.
 * @size_bytes: (out)
 * Returns: -1 on error: XS_ERROR_NOT_FOUND when it is not handed out
 */
int xs_platform_storage_open_course (XsPlatformStorage *storage, const char *sha256, gint64 *size_bytes, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
