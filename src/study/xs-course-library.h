/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xs-course-package.h"
#include "xs-course.h"

G_BEGIN_DECLS

/*
 * The courses that are installed on a kiosk, in the folder "courses" of its state:
 *
 *   index.json   which course lies in which folder, and which one the kiosk shows
 *   ID-XXXXXX/   a course with the manifest it came with
 *   lock         held by whoever changes something here
 *
 * A course is unpacked, checked and flushed in a folder of its own before index.json names it, and index.json is
 * replaced as a whole: a kill or a power cut at any moment leaves the course that was there, or the new one. Folders
 * that index.json does not name are removed by the next change, unless a kiosk still plays what is in them.
 *
 * Everything here blocks on the disk.
 */

/**
 * XsInstalledCourse: one course of the library.
 *
 * @manifest: (nullable): NULL when it is damaged
 * @problem: (nullable): what is damaged, and the remedy
 * @dir: its folder
 * @chosen: whether the kiosk shows it
 */
typedef struct {
  char *id;
  XsCourseManifest *manifest;
  char *problem;
  char *dir;
  gboolean chosen;
} XsInstalledCourse;

/**
 * xs_course_library_list: (transfer full) (element-type XsInstalledCourse): what is installed, by id.
 * @error: XS_ERROR_INVALID, XS_ERROR_TOO_NEW, XS_ERROR_IO: what is wrong with index.json, and the remedy
 */
GPtrArray *xs_course_library_list (const char *state_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
  XS_INSTALL_NOTHING = 0,
  XS_INSTALL_DOWNGRADE = 1 << 0, /* an older version may replace a newer one */
} XsInstallFlags;

/**
 * xs_course_library_install: take over the course in @package, which nothing was unpacked from yet, and have the kiosk
 * show it from its next start on. The caller has made sure that its publisher is trusted.
 * @replaced_version: (out): which version was there before, 0 when none was
 * @error: beside those of xs_course_package_unpack(): XS_ERROR_EXISTS when a newer version, another course of the same
 *   version or one of another publisher is there, XS_ERROR_NO_SPACE, XS_ERROR_BUSY while another one installs,
 *   XS_ERROR_INVALID when it is no course, XS_ERROR_MEDIA when this computer cannot play a lesson of it
 *
 * The same version once more mends a course whose files were damaged.
 */
gboolean xs_course_library_install (const char *state_dir, XsCoursePackage *package, XsInstallFlags flags,
                                    guint *replaced_version, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_course_library_lacks: whether a package of version @version of the course @id, signed with @signer, is worth
 * having here: its publisher is trusted, and neither that version, a newer one, nor one of another publisher is
 * installed.
 */
gboolean xs_course_library_lacks (const char *state_dir, const char *id, guint version,
                                  const guint8 signer[XS_KEY_BYTES]);
/**
 * xs_course_library_take: install the package at @path, which came from elsewhere, if its publisher is trusted already;
 * else as xs_course_library_install(). When that can do no better another time, the package is removed; installed, too.
 * @title: (out) (transfer full): of the course
 * @error: also XS_ERROR_UNAUTHORIZED
 */
gboolean xs_course_library_take (const char *state_dir, const char *path, char **title, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_course_library_remove: the kiosk then shows, from its next start on, another installed course or the sample.
 * @error: XS_ERROR_NOT_FOUND, XS_ERROR_BUSY, XS_ERROR_IO
 */
gboolean xs_course_library_remove (const char *state_dir, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_course_library_choose: the kiosk shows the installed course @id, from its next start on.
 * @error: as for xs_course_library_remove()
 */
gboolean xs_course_library_choose (const char *state_dir, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_course_library_open: (transfer full): the course that a kiosk shows: that in the folder XUESHI_COURSE_DIR when the
 * environment names one, else the chosen one of those installed, else the sample course. As long as the course is
 * referenced its files are not removed.
 * @error: as for xs_course_load() and xs_course_library_list(); an installed course that is damaged is an error, not a
 *   reason to show another one
 */
XsCourse *xs_course_library_open (const char *state_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
