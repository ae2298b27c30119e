/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-frame.h"

G_BEGIN_DECLS

/*
 * Pictures come from outside: a file of a few bytes can claim to be gigapixels, and a JPEG of 8 MB can hold 100,000
 * passes over its whole area. Beyond any of these limits it is refused before it is decoded. Decoding takes at most
 * 12 bytes a pixel beside the file, 300 MB for the largest picture; the worst one, all passes over all pixels, takes
 * 1.4 s of CPU on a 2.6 GHz Xeon.
 */
#define XS_PICTURE_MAX_BYTES (8 * 1024 * 1024)
#define XS_PICTURE_MAX_PIXELS (25 * 1000 * 1000)
#define XS_PICTURE_MAX_SIDE_PX 12000
/* Less cannot show a face; it is a tracking pixel or an icon. */
#define XS_PICTURE_MIN_SIDE_PX 16
/* Passes of a progressive JPEG, each over the whole picture; programs write ten or so. */
#define XS_PICTURE_MAX_SCANS 32

/**
 * xs_picture_decode: (transfer full): a JPEG or PNG as a frame, turned upright by its EXIF orientation, transparency
 * laid on white. Those two because cameras, phones and the register give JPEG, and screen tools PNG; every further
 * decoder would be one more door for bytes from outside.
 * @error: XS_ERROR_MEDIA with what is wrong and the remedy: empty, damaged, cut off, beyond the limits above, not JPEG
 *   or PNG, or of a kind that has no plain RGB (CMYK, 12 or 16 bits, lossless or arithmetic JPEG)
 */
XsFrame *xs_picture_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_picture_load: xs_picture_decode() of a file; errors name it. */
XsFrame *xs_picture_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_picture_encode_jpeg: (transfer full): @quality 1 … 100. Any thread; about 10 ms for 1280x720. */
GBytes *xs_picture_encode_jpeg (const XsFrame *frame, int quality, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_picture_encode_thumbnail: (transfer full): as JPEG, scaled down to @width_px; smaller frames stay as they are. Any
 * thread; some milliseconds for 1280x720.
 */
GBytes *xs_picture_encode_thumbnail (const XsFrame *frame, int width_px, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_picture_encode_png: (transfer full): lossless. Any thread; about 100 ms for 1280x720. */
GBytes *xs_picture_encode_png (const XsFrame *frame, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
