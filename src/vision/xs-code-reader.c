/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-code-reader.h"

#include <zbar.h>

/* A card held to the camera is large in the picture: more columns than this only take time. */
#define MAX_WIDTH_PX 1280

struct _XsCodeReader {
  zbar_image_scanner_t *scanner;
  GByteArray *grey;
};

XsCodeReader *
xs_code_reader_new (void)
{
  XsCodeReader *reader = g_new0 (XsCodeReader, 1);

  reader->scanner = zbar_image_scanner_create ();
  reader->grey = g_byte_array_new ();
  zbar_image_scanner_set_config (reader->scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (reader->scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  /* Else it guesses among the encodings of Japan. */
  zbar_image_scanner_set_config (reader->scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
  return reader;
}

void
xs_code_reader_free (XsCodeReader *reader)
{
  if (reader == NULL)
    return;
  zbar_image_scanner_destroy (reader->scanner);
  g_byte_array_unref (reader->grey);
  g_free (reader);
}

/* Every @step-th pixel of every @step-th row, by the weights of ITU-R BT.601. */
static void
fill_grey (GByteArray *grey, const XsFrame *frame, int step, int width_px, int height_px)
{
  const guint8 *pixels = xs_frame_data (frame);

  g_byte_array_set_size (grey, (guint) width_px * (guint) height_px);
  for (int y = 0; y < height_px; y++)
    {
      const guint8 *from = pixels + (gsize) y * step * frame->stride_bytes;
      guint8 *to = grey->data + (gsize) y * width_px;

      for (int x = 0; x < width_px; x++, from += 3 * step)
        to[x] = (guint8) ((from[0] * 77 + from[1] * 150 + from[2] * 29) >> 8);
    }
}

static char *
first_text (const zbar_image_t *image)
{
  for (const zbar_symbol_t *symbol = zbar_image_first_symbol (image); symbol != NULL;
       symbol = zbar_symbol_next (symbol))
    {
      const char *data = zbar_symbol_get_data (symbol);
      guint size = zbar_symbol_get_data_length (symbol);

      if (size <= XS_CODE_MAX_BYTES && g_utf8_validate_len (data, size, NULL))
        return g_strndup (data, size);
    }
  return NULL;
}

char *
xs_code_reader_read (XsCodeReader *reader, const XsFrame *frame)
{
  g_return_val_if_fail (reader != NULL && frame != NULL, NULL);

  int step = (frame->width_px + MAX_WIDTH_PX - 1) / MAX_WIDTH_PX;
  int width_px = frame->width_px / step, height_px = frame->height_px / step;
  zbar_image_t *image = zbar_image_create ();
  char *text = NULL;

  fill_grey (reader->grey, frame, step, width_px, height_px);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, (guint) width_px, (guint) height_px);
  zbar_image_set_data (image, reader->grey->data, reader->grey->len, NULL);
  if (zbar_scan_image (reader->scanner, image) > 0)
    text = first_text (image);
  zbar_image_destroy (image);
  return text;
}
