/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-picture-header.h"

#include <string.h>

#include "xs-error.h"
#include "xs-picture.h"

#define SAVE_AGAIN "save it as an 8-bit RGB JPEG or PNG"
#define PNG_SIGNATURE_BYTES 8
/* Length, name and checksum round the data of a chunk. */
#define PNG_CHUNK_BYTES 12

enum {
  JPEG_TEM = 0x01,
  JPEG_SOF0 = 0xc0,
  JPEG_SOF2 = 0xc2,
  JPEG_DHT = 0xc4,
  JPEG_JPG = 0xc8,
  JPEG_DAC = 0xcc,
  JPEG_SOF15 = 0xcf,
  JPEG_RST0 = 0xd0,
  JPEG_RST7 = 0xd7,
  JPEG_SOI = 0xd8,
  JPEG_EOI = 0xd9,
  JPEG_SOS = 0xda,
};

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, XS_ERROR, XS_ERROR_MEDIA, message);
  return FALSE;
}

static gboolean
refuse_cut (GError **error)
{
  return refuse (error, "the picture breaks off before its end; copy or save it again");
}

static gboolean
refuse_damaged (const char *what, GError **error)
{
  return refuse (error, "the picture is damaged (%s); " SAVE_AGAIN, what);
}

static gboolean
check_size (const XsPictureHeader *header, GError **error)
{
  if (header->width_px < XS_PICTURE_MIN_SIDE_PX || header->height_px < XS_PICTURE_MIN_SIDE_PX)
    return refuse (error,
                   "the picture is %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                   " pixels: too small, each side needs at least %d; save it larger",
                   header->width_px, header->height_px, XS_PICTURE_MIN_SIDE_PX);
  if (header->width_px > XS_PICTURE_MAX_SIDE_PX || header->height_px > XS_PICTURE_MAX_SIDE_PX
      || header->width_px * header->height_px > XS_PICTURE_MAX_PIXELS)
    return refuse (error,
                   "the picture is %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                   " pixels: too large, at most %d million and %d on a side are allowed; scale it down",
                   header->width_px, header->height_px, XS_PICTURE_MAX_PIXELS / 1000000, XS_PICTURE_MAX_SIDE_PX);
  return TRUE;
}

static guint
get_16 (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

static guint32
get_32 (const guint8 *data)
{
  return (guint32) get_16 (data) << 16 | get_16 (data + 2);
}

static gboolean
is_start_of_frame (guint8 marker)
{
  return marker >= JPEG_SOF0 && marker <= JPEG_SOF15 && marker != JPEG_DHT && marker != JPEG_JPG && marker != JPEG_DAC;
}

/* @data: the frame header behind its length: precision, height, width, number of components. */
static gboolean
read_jpeg_frame (guint8 marker, const guint8 *data, gsize size, XsPictureHeader *out, GError **error)
{
  if (marker > JPEG_SOF2)
    return refuse (error, "the JPEG is coded in a rare way (SOF%d: lossless, hierarchical or arithmetic); " SAVE_AGAIN,
                   marker - JPEG_SOF0);
  if (size < 6)
    return refuse_damaged ("its frame header is too short", error);
  if (data[0] != 8)
    return refuse (error, "the JPEG has %d bits per colour instead of 8; " SAVE_AGAIN, data[0]);
  if (data[5] != 1 && data[5] != 3)
    return refuse (error, "the JPEG has %d colour channels%s; " SAVE_AGAIN, data[5],
                   data[5] == 4 ? " (CMYK, for printing)" : "");
  out->height_px = get_16 (data + 1);
  out->width_px = get_16 (data + 3);
  return check_size (out, error);
}

/* The next marker's position at or after @at; @size when there is none. Entropy-coded bytes, fill bytes and restarts
 * are stepped over: in them 0xff is followed by 0, 0xff or a restart. */
static gsize
find_marker (const guint8 *data, gsize size, gsize at)
{
  for (; at + 1 < size; at++)
    if (data[at] == 0xff && data[at + 1] != 0 && data[at + 1] != 0xff
        && !(data[at + 1] >= JPEG_RST0 && data[at + 1] <= JPEG_RST7))
      return at;
  return size;
}

static gboolean
read_jpeg (const guint8 *data, gsize size, XsPictureHeader *out, GError **error)
{
  gsize at = 2;
  guint n_scans = 0;
  gboolean has_frame = FALSE;

  for (;;)
    {
      at = find_marker (data, size, at);
      if (at + 2 > size)
        return refuse_cut (error);
      guint8 marker = data[at + 1];
      at += 2;
      out->end_bytes = at - 2;
      if (marker == JPEG_EOI)
        return n_scans > 0 ? TRUE : refuse_damaged ("there is no picture in it", error);
      if (marker == JPEG_SOI)
        return refuse_damaged ("a picture begins inside the picture", error);
      if (marker == JPEG_TEM)
        continue;

      guint length = at + 2 <= size ? get_16 (data + at) : 0;
      if (at + 2 > size || at + length > size)
        return refuse_cut (error);
      if (length < 2)
        return refuse_damaged ("a segment without a length", error);
      if (is_start_of_frame (marker))
        {
          if (has_frame)
            return refuse_damaged ("a second frame header", error);
          has_frame = TRUE;
          if (!read_jpeg_frame (marker, data + at + 2, length - 2, out, error))
            return FALSE;
        }
      else if (marker == JPEG_SOS)
        {
          if (!has_frame)
            return refuse_damaged ("picture data before its size", error);
          if (++n_scans > XS_PICTURE_MAX_SCANS)
            return refuse (error, "the JPEG has more than %d scans; " SAVE_AGAIN, XS_PICTURE_MAX_SCANS);
        }
      at += length;
    }
}

static gboolean
read_png_colours (int depth, int colour_type, XsPictureHeader *out, GError **error)
{
  static const int channels[] = { 1, 0, 3, 1, 2, 0, 4 };

  if (depth == 16)
    return refuse (error, "the PNG has 16 bits per colour instead of 8; " SAVE_AGAIN);
  out->bits_per_pixel = colour_type < (int) G_N_ELEMENTS (channels) ? depth * channels[colour_type] : 0;
  switch (colour_type)
    {
    case 0: /* grey */
    case 3: /* palette */
      if (depth == 1 || depth == 2 || depth == 4 || depth == 8)
        return TRUE;
      break;
    case 2: /* RGB */
    case 4: /* grey and alpha */
    case 6: /* RGB and alpha */
      if (depth == 8)
        return TRUE;
      break;
    default:
      break;
    }
  return refuse_damaged ("a kind of colour that PNG does not have", error);
}

static gboolean
read_png (const guint8 *data, gsize size, XsPictureHeader *out, GError **error)
{
  gsize at = PNG_SIGNATURE_BYTES;
  gboolean has_pixels = FALSE;

  if (size < at + PNG_CHUNK_BYTES + 13)
    return refuse_cut (error);
  if (get_32 (data + at) != 13 || memcmp (data + at + 4, "IHDR", 4) != 0)
    return refuse_damaged ("the PNG does not begin with its header", error);
  out->width_px = get_32 (data + at + 8);
  out->height_px = get_32 (data + at + 12);
  if (!read_png_colours (data[at + 16], data[at + 17], out, error) || !check_size (out, error))
    return FALSE;
  out->interlaced = data[at + 20] != 0;

  for (;;)
    {
      if (size - at < PNG_CHUNK_BYTES || size - at - PNG_CHUNK_BYTES < get_32 (data + at))
        return refuse_cut (error);
      if (memcmp (data + at + 4, "IEND", 4) == 0)
        return has_pixels ? TRUE : refuse_damaged ("there is no picture in it", error);
      if (memcmp (data + at + 4, "IDAT", 4) == 0)
        has_pixels = TRUE;
      at += get_32 (data + at) + PNG_CHUNK_BYTES;
    }
}

gboolean
xs_picture_next_png_chunk (const guint8 *data, gsize size, gsize *offset, gsize *start, gboolean *needed)
{
  static const char *const kept[] = { "IHDR", "PLTE", "tRNS", "IDAT", "IEND" };

  *start = *offset;
  *needed = *offset == 0;
  if (*offset == 0)
    *offset = PNG_SIGNATURE_BYTES;
  else if (*offset >= size || size - *offset < PNG_CHUNK_BYTES
           || size - *offset - PNG_CHUNK_BYTES < get_32 (data + *offset))
    return FALSE;
  else
    {
      const guint8 *chunk = data + *offset;
      for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
        *needed = *needed || memcmp (chunk + 4, kept[i], 4) == 0;
      /* Whatever follows the end is none of the picture's. */
      *offset = memcmp (chunk + 4, "IEND", 4) == 0 ? size : *offset + get_32 (chunk) + PNG_CHUNK_BYTES;
    }
  return TRUE;
}

/* Bytes of @width x @height pixels before packing; each row begins with its filter. */
static gsize
png_rows_bytes (gint64 width, gint64 height, int bits_per_pixel)
{
  return width > 0 ? (gsize) (height * (1 + (width * bits_per_pixel + 7) / 8)) : 0;
}

static gsize
png_unpacked_bytes (const XsPictureHeader *header)
{
  /* Adam7: first column and row of each pass, and the steps between them. */
  static const struct {
    int x, y, dx, dy;
  } passes[] = { { 0, 0, 8, 8 }, { 4, 0, 8, 8 }, { 0, 4, 4, 8 }, { 2, 0, 4, 4 },
                 { 0, 2, 2, 4 }, { 1, 0, 2, 2 }, { 0, 1, 1, 2 } };
  gsize sum = 0;

  if (!header->interlaced)
    return png_rows_bytes (header->width_px, header->height_px, header->bits_per_pixel);
  for (guint i = 0; i < G_N_ELEMENTS (passes); i++)
    sum += png_rows_bytes ((header->width_px - passes[i].x + passes[i].dx - 1) / passes[i].dx,
                           (header->height_px - passes[i].y + passes[i].dy - 1) / passes[i].dy, header->bits_per_pixel);
  return sum;
}

gboolean
xs_picture_png_is_filled (const guint8 *data, gsize size, const XsPictureHeader *header)
{
  const gsize wanted = png_unpacked_bytes (header), scratch_bytes = 64 * 1024;
  g_autoptr (GZlibDecompressor) inflater = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  g_autofree guint8 *scratch = g_malloc (scratch_bytes);
  gsize at = PNG_SIGNATURE_BYTES, got = 0;

  while (got < wanted && memcmp (data + at + 4, "IEND", 4) != 0)
    {
      const guint8 *packed = data + at + 8;
      gsize n_packed = memcmp (data + at + 4, "IDAT", 4) == 0 ? get_32 (data + at) : 0;

      at += get_32 (data + at) + PNG_CHUNK_BYTES;
      while (n_packed > 0 && got < wanted)
        {
          gsize n_read = 0, n_written = 0;
          GConverterResult result =
            g_converter_convert (G_CONVERTER (inflater), packed, n_packed, scratch, scratch_bytes, G_CONVERTER_NO_FLAGS,
                                 &n_read, &n_written, NULL);
          if (result == G_CONVERTER_ERROR)
            return FALSE;
          packed += n_read;
          n_packed -= n_read;
          got += n_written;
          if (result == G_CONVERTER_FINISHED)
            return got >= wanted;
        }
    }
  return got >= wanted;
}

/* What people take for a picture, by its first bytes. */
static const char *
foreign_format (const guint8 *data, gsize size)
{
  static const struct {
    gsize at;
    const char *bytes;
    const char *name;
  } formats[] = {
    { 0, "GIF8", "a GIF" },         { 0, "BM", "a BMP" },         { 0, "PK\3\4", "a ZIP archive" },
    { 0, "%PDF", "a PDF" },         { 8, "WEBP", "a WebP" },      { 4, "ftyphei", "a HEIC" },
    { 4, "ftypmif", "a HEIC" },     { 4, "ftypavif", "an AVIF" }, { 0, "II*", "a TIFF" },
    { 0, "MM", "a TIFF" },          { 0, "<svg", "an SVG" },      { 0, "<?xml", "an XML" },
    { 0, "\xff\x0a", "a JPEG XL" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      gsize length = strlen (formats[i].bytes);
      if (size >= formats[i].at + length && memcmp (data + formats[i].at, formats[i].bytes, length) == 0)
        return formats[i].name;
    }
  return "another kind of";
}

gboolean
xs_picture_read_header (const guint8 *data, gsize size, XsPictureHeader *out, GError **error)
{
  static const guint8 png[PNG_SIGNATURE_BYTES] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

  if (size == 0)
    return refuse (error, "the picture is empty (0 bytes); copy or save it again");
  if (size > XS_PICTURE_MAX_BYTES)
    return refuse (error, "the picture has %" G_GSIZE_FORMAT " bytes; at most %d are allowed; scale it down", size,
                   XS_PICTURE_MAX_BYTES);
  if (size >= 3 && data[0] == 0xff && data[1] == JPEG_SOI && data[2] == 0xff)
    {
      out->format = XS_PICTURE_JPEG;
      return read_jpeg (data, size, out, error);
    }
  if (size >= sizeof png && memcmp (data, png, sizeof png) == 0)
    {
      out->format = XS_PICTURE_PNG;
      return read_png (data, size, out, error);
    }
  return refuse (error, "this is neither a JPEG nor a PNG picture but %s file; " SAVE_AGAIN,
                 foreign_format (data, size));
}
