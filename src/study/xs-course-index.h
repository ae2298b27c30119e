/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The index.json of xs-course-library.h. */

/** XsCourseEntry: the course @id lies in @folder, a name in the library's own folder. */
typedef struct {
  char *id;
  char *folder;
} XsCourseEntry;

/**
 * XsCourseIndex: plain data.
 *
 * @entries: (element-type XsCourseEntry): by id
 * @chosen: (nullable): id of the one the kiosk shows; NULL only when there are none
 */
typedef struct {
  GPtrArray *entries;
  char *chosen;
} XsCourseIndex;

/**
 * xs_course_index_load: (transfer full): empty when there is no index.json in @dir.
 * @error: XS_ERROR_INVALID, XS_ERROR_TOO_NEW, XS_ERROR_IO: names the file and the remedy
 */
XsCourseIndex *xs_course_index_load (const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_course_index_free (XsCourseIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCourseIndex, xs_course_index_free)

/** xs_course_index_save: put it in the place of @dir/index.json, as a whole. */
gboolean xs_course_index_save (const XsCourseIndex *index, const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_course_index_find: (transfer none) (nullable). */
const XsCourseEntry *xs_course_index_find (const XsCourseIndex *index, const char *id);
gboolean xs_course_index_names_folder (const XsCourseIndex *index, const char *folder);

/** xs_course_index_set: @id lies in @folder from now on, and is chosen. */
void xs_course_index_set (XsCourseIndex *index, const char *id, const char *folder);
/** xs_course_index_remove: without @id; when that was chosen, the first of the others is. */
void xs_course_index_remove (XsCourseIndex *index, const char *id);
/** xs_course_index_choose: choose @id, which is there. */
void xs_course_index_choose (XsCourseIndex *index, const char *id);

G_END_DECLS
