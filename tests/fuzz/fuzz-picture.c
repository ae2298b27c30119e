/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-picture.h"

#include <gio/gio.h>
#include <string.h>
#include <zlib.h>

#include "xs-error.h"
#include "xs-picture.h"

void
fuzz_mend_checksums (uint8_t *data, size_t size)
{
  size_t at = 8;

  if (size < 8 || memcmp (data, "\x89PNG", 4) != 0)
    return;
  while (size - at >= 12)
    {
      size_t length = (size_t) data[at] << 24 | (size_t) data[at + 1] << 16 | (size_t) data[at + 2] << 8 | data[at + 3];
      if (length > size - at - 12)
        return;
      uint32_t check = (uint32_t) crc32 (0, data + at + 4, (uInt) length + 4);
      for (int i = 0; i < 4; i++)
        data[at + 8 + length + (size_t) i] = (uint8_t) (check >> (24 - 8 * i));
      at += length + 12;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (XsFrame) frame = xs_picture_decode (bytes, &error);

  if (frame == NULL)
    {
      g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_nonnull (strstr (error->message, "; "));
      return 0;
    }
  g_assert_no_error (error);
  g_assert_cmpint (MIN (frame->width_px, frame->height_px), >=, XS_PICTURE_MIN_SIDE_PX);
  g_assert_cmpint (MAX (frame->width_px, frame->height_px), <=, XS_PICTURE_MAX_SIDE_PX);
  g_assert_cmpint ((gint64) frame->width_px * frame->height_px, <=, XS_PICTURE_MAX_PIXELS);

  /* Every pixel is there to be read. */
  guint64 sum = 0;
  for (int y = 0; y < frame->height_px; y++)
    {
      const guint8 *row = xs_frame_data (frame) + (gsize) y * (gsize) frame->stride_bytes;
      for (int x = 0; x < 3 * frame->width_px; x++)
        sum += row[x];
    }
  g_assert_cmpuint (sum, <=, G_GUINT64_CONSTANT (255) * 3 * XS_PICTURE_MAX_PIXELS);
  return 0;
}

#ifdef XS_LIBFUZZER
size_t LLVMFuzzerMutate (uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed);

size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  size_t changed = LLVMFuzzerMutate (data, size, max_size);

  if (seed % 8 != 0)
    fuzz_mend_checksums (data, changed);
  return changed;
}
#endif
