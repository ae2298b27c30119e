/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xs-crypto.h"

G_BEGIN_DECLS

/* The two files in which a course package, and an installed course, say what they are. */
#define XS_COURSE_MANIFEST_NAME "manifest.json"
#define XS_COURSE_SIGNATURE_NAME "manifest.sig"

#define XS_COURSE_MANIFEST_MAX_BYTES (1024 * 1024)
#define XS_COURSE_PACKAGE_MAX_FILES 2000
#define XS_COURSE_FILE_MAX_BYTES (G_GINT64_CONSTANT (32) << 30)
#define XS_COURSE_PACKAGE_MAX_BYTES (G_GINT64_CONSTANT (256) << 30)

/**
 * XsCourseFile: one file of a course package.
 *
 * @name: of a file in the course's folder itself: 1 … 255 bytes of UTF-8, no '/', '\' or control character, no leading
 *   '.'; unique in its package
 * @size_bytes: 0 … XS_COURSE_FILE_MAX_BYTES
 * @sha256: 64 lower-case hex digits
 */
typedef struct {
  const char *name;
  gint64 size_bytes;
  const char *sha256;
} XsCourseFile;

/**
 * XsCourseManifest: what a course package says it is, signed by its publisher. Plain data.
 *
 * @id, @version, @title, @publisher: as in the course.json that comes with it; docs/course.md
 * @key: Ed25519, the publisher's; whether it is to be trusted is another question: xs-publishers.h
 * @files: (element-type XsCourseFile): at least one; the first is course.json
 * @total_bytes: of all files, up to XS_COURSE_PACKAGE_MAX_BYTES
 */
typedef struct {
  char *id;
  guint version;
  char *title;
  char *publisher;
  guint8 key[XS_KEY_BYTES];
  GArray *files;
  gint64 total_bytes;
} XsCourseManifest;

/** xs_course_manifest_new: (transfer full): without files. */
XsCourseManifest *xs_course_manifest_new (const char *id, guint version, const char *title, const char *publisher,
                                          const guint8 key[XS_KEY_BYTES]);
void xs_course_manifest_free (XsCourseManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCourseManifest, xs_course_manifest_free)

/**
 * xs_course_manifest_add: one more file.
 * @error: XS_ERROR_INVALID when the name, the size or the number of files is not allowed
 */
gboolean xs_course_manifest_add (XsCourseManifest *manifest, const char *name, gint64 size_bytes, const char *sha256,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint xs_course_manifest_get_n_files (const XsCourseManifest *manifest);
/** xs_course_manifest_get_file: (transfer none): @index < xs_course_manifest_get_n_files(). */
const XsCourseFile *xs_course_manifest_get_file (const XsCourseManifest *manifest, guint index);

/** xs_course_manifest_to_bytes: (transfer full): the bytes that are signed: one byte form for each content. */
GBytes *xs_course_manifest_to_bytes (const XsCourseManifest *manifest);

/**
 * xs_course_manifest_parse: the manifest in @bytes, when @signature really is that of the key it names.
 * @error: XS_ERROR_CORRUPT for another signature, XS_ERROR_INVALID naming the field, XS_ERROR_TOO_NEW
 *
 * Returns: (transfer full)
 */
XsCourseManifest *xs_course_manifest_parse (GBytes *bytes, GBytes *signature, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_course_manifest_load: xs_course_manifest_parse() of the two files in the folder @dir of an installed course.
 * @error: also XS_ERROR_NOT_FOUND, XS_ERROR_IO; names the file
 */
XsCourseManifest *xs_course_manifest_load (const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
