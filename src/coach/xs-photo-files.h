/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XsPhotoFiles: a folder of pictures for a while, the last used ones up to so many bytes, each locked with a key that
 * is in this process's memory only. What a crash leaves nobody can open, and the next start removes. Any thread; reads
 * and writes wait for the disk.
 */
typedef struct _XsPhotoFiles XsPhotoFiles;

/** xs_photo_files_new: (transfer full). @dir: made when it is not there; what is in it is removed */
XsPhotoFiles *xs_photo_files_new (const char *dir, gsize max_bytes);
XsPhotoFiles *xs_photo_files_ref (XsPhotoFiles *files);
void xs_photo_files_unref (XsPhotoFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPhotoFiles, xs_photo_files_unref)

/**
 * xs_photo_files_write: keep @jpeg as @name, a file's name. A disk that is full only costs asking for it again.
 * @key_number: xs_photo_files_get_key_number() of when it was asked for: after an emptying it is not kept
 */
void xs_photo_files_write (XsPhotoFiles *files, guint key_number, const char *name, GBytes *jpeg);
/** xs_photo_files_read: (transfer full) (nullable): NULL: not there, or not whole. */
GBytes *xs_photo_files_read (XsPhotoFiles *files, const char *name);
/** xs_photo_files_get_bytes: that all files take. */
gsize xs_photo_files_get_bytes (XsPhotoFiles *files);
/** xs_photo_files_get_key_number: rises with each emptying. */
guint xs_photo_files_get_key_number (XsPhotoFiles *files);
/** xs_photo_files_empty: remove all; what was written before can be opened by nobody, and writes under way are void. */
void xs_photo_files_empty (XsPhotoFiles *files);

G_END_DECLS
