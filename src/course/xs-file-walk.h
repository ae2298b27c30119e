/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XsFileWalk: the files that somebody brings in a folder or in an archive (zip, tar, also packed), one after the other.
 * Nothing is unpacked to disk, links are not followed, and one file is in memory at a time. Hidden files, and what a
 * Mac puts beside each, are passed over. Not thread-safe; blocks on the disk.
 */
typedef struct _XsFileWalk XsFileWalk;

/** More files than this are no set of photos. */
#define XS_FILE_WALK_MAX 20000

/**
 * xs_file_walk_new: (transfer full)
 * @max_bytes: a file that is larger is named, but not read
 * @error: XS_ERROR_NOT_FOUND, XS_ERROR_IO; XS_ERROR_INVALID when it is neither a folder nor an archive
 */
XsFileWalk *xs_file_walk_new (const char *path, gsize max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_file_walk_free (XsFileWalk *walk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsFileWalk, xs_file_walk_free)

/**
 * xs_file_walk_next: the next file.
 * @name: (out) (transfer full): without folders, valid UTF-8; NULL behind the last file
 * @bytes: (out) (transfer full) (nullable): NULL: it is too large
 * @error: XS_ERROR_IO; XS_ERROR_CORRUPT when the archive is damaged or locked with a password; XS_ERROR_INVALID when
 *   there are more than XS_FILE_WALK_MAX
 */
gboolean xs_file_walk_next (XsFileWalk *walk, char **name, GBytes **bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
