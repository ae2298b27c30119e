/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * xs_blob_write: put @bytes at @path so that after a power cut there is the whole file or none: temporary file in
 * the same folder, fsync, rename, fsync of the folder. Mode 0600.
 * @error: XS_ERROR_NO_SPACE, XS_ERROR_IO
 *
 * Blocks on the disk: never on the main loop.
 */
gboolean xs_blob_write (const char *path, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_blob_read: (transfer full): the file's bytes.
 * @max_bytes: refuse larger files
 * @error: XS_ERROR_NOT_FOUND, XS_ERROR_INVALID (too large), XS_ERROR_IO
 */
GBytes *xs_blob_read (const char *path, gsize max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_blob_remove: delete @path and make that durable; a file that is not there is success. */
gboolean xs_blob_remove (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_blob_publish: give the complete file @temporary the name @path, so that after a power cut @path is the old file or
 * the new one.
 */
gboolean xs_blob_publish (const char *temporary, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_dir_ensure: create @path and its parents with mode 0700, so that they are there after a power cut.
 * @error: XS_ERROR_NO_SPACE, XS_ERROR_IO
 */
gboolean xs_dir_ensure (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_dir_flush: put the entries of the folder @path on disk. @error: XS_ERROR_NO_SPACE, XS_ERROR_IO */
gboolean xs_dir_flush (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_dir_free_bytes: free space for this user on the disk that holds @path; G_MAXUINT64 when unknown. */
guint64 xs_dir_free_bytes (const char *path);

G_END_DECLS
