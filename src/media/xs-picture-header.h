/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  XS_PICTURE_JPEG,
  XS_PICTURE_PNG,
} XsPictureFormat;

typedef struct {
  XsPictureFormat format;
  gint64 width_px; /* as stored, before EXIF turns it */
  gint64 height_px;
  gsize end_bytes;     /* where a JPEG's end marker begins */
  int bits_per_pixel;  /* of a PNG, packed */
  gboolean interlaced; /* PNG */
} XsPictureHeader;

/**
 * xs_picture_read_header: what a picture says of itself, held against the limits in xs-picture.h, before any decoder
 * sees it. The frame of the file is walked to its end (ITU-T T.81 annex B, PNG 3rd edition section 5), so a file that
 * was cut off is found here: the decoders fill what is missing with grey and call it a success.
 * @data: any bytes; nothing beyond @size is read, nothing is allocated, time grows linearly with @size
 * @error: XS_ERROR_MEDIA: what is wrong and what to do about it, without the file's name
 */
gboolean xs_picture_read_header (const guint8 *data, gsize size, XsPictureHeader *out, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_picture_next_png_chunk: step through the chunks of a PNG that xs_picture_read_header() accepted.
 * @offset: (inout): 0 at first; afterwards behind the chunk
 * @start: (out): where the chunk begins, the eight bytes of the signature counting as a chunk of their own
 * @needed: (out): whether the pixels depend on it. Texts and profiles, which libpng would inflate to 8 MB each, do not.
 *
 * Returns: FALSE behind the last chunk
 */
gboolean xs_picture_next_png_chunk (const guint8 *data, gsize size, gsize *offset, gsize *start, gboolean *needed);

/**
 * xs_picture_png_is_filled: whether the packed pixels of a PNG that xs_picture_read_header() accepted unpack to all of
 * its rows; libpng leaves those that are missing as they lay in memory. 64 kB of memory; stops at what the size allows.
 */
gboolean xs_picture_png_is_filled (const guint8 *data, gsize size, const XsPictureHeader *header);

G_END_DECLS
