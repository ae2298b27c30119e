/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xs-course-manifest.h"

G_BEGIN_DECLS

/**
 * XsCoursePackage: a course in one file: an uncompressed tar of manifest.json, manifest.sig and then the files that the
 * manifest lists, in its order. docs/course.md.
 *
 * Nothing is believed before the signature over the manifest is checked, and no more is read than the manifest then
 * says. Read once, from front to back, so that a pipe will do. Used by one thread at a time; blocks on the disk.
 */
typedef struct _XsCoursePackage XsCoursePackage;

/**
 * xs_course_package_open: read who made the package at @path and what is in it.
 * @error: XS_ERROR_NOT_FOUND, XS_ERROR_IO; XS_ERROR_CORRUPT for what is no package, or not what its publisher signed;
 *   XS_ERROR_INVALID, XS_ERROR_TOO_NEW; names the file
 *
 * Returns: (transfer full)
 */
XsCoursePackage *xs_course_package_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_course_package_close (XsCoursePackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCoursePackage, xs_course_package_close)

/** xs_course_package_get_manifest: (transfer none): its signature is that of its key; nothing is said of trust. */
const XsCourseManifest *xs_course_package_get_manifest (const XsCoursePackage *package);
/** xs_course_package_get_path: (transfer none): as it was opened. */
const char *xs_course_package_get_path (const XsCoursePackage *package);

/**
 * xs_course_package_unpack: put all files, and the manifest with its signature, into the empty folder @dir, flushed to
 * the disk. Once only; what is in @dir after an error is for the caller to remove.
 * @dir: (nullable): NULL to check everything and keep nothing
 * @error: XS_ERROR_CORRUPT for a file that is not as the manifest says, XS_ERROR_NO_SPACE, XS_ERROR_IO
 */
gboolean xs_course_package_unpack (XsCoursePackage *package, const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_course_package_write: make the package @path of the files in @dir that @manifest lists, signed with @key, so that
 * after a power cut there is the whole package or none. The same input gives the same bytes.
 * @course_json: the package's course.json, in place of the one in @dir
 * @error: XS_ERROR_INVALID when a file is not what @manifest says, XS_ERROR_NO_SPACE, XS_ERROR_IO
 */
gboolean xs_course_package_write (const char *path, const XsCourseManifest *manifest, const XsSignKey *key,
                                  const char *dir, GBytes *course_json, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
