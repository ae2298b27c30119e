/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-frame.h"

G_BEGIN_DECLS

#define XS_PICTURE_MAX_BYTES (8 * 1024 * 1024)

/**
 * xs_picture_decode: (transfer full): a JPEG or PNG as a frame, turned upright by its EXIF orientation.
 * @error: XS_ERROR_MEDIA: empty, damaged, cut off, more than XS_PICTURE_MAX_BYTES or 40 million pixels, another format
 */
XsFrame *xs_picture_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_picture_load: xs_picture_decode() of a file; errors name it. */
XsFrame *xs_picture_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_picture_encode_jpeg: (transfer full): @quality 1 … 100. Any thread; about 10 ms for 1280x720. */
GBytes *xs_picture_encode_jpeg (const XsFrame *frame, int quality, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
