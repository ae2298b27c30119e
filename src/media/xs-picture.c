/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "xs-error.h"
#include "xs-media-private.h"

/* A small file can declare a picture that fills the memory; no camera of ours makes one this large. */
#define MAX_PIXELS (40 * 1000 * 1000)

typedef struct {
  gint64 width_px;
  gint64 height_px;
  gboolean too_large;
} SizeCheck;

/* The JPEG and PNG loaders give up before they allocate when they are asked for a picture of no size. */
static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer user_data)
{
  SizeCheck *check = user_data;

  check->width_px = width;
  check->height_px = height;
  if ((gint64) width * height <= MAX_PIXELS)
    return;
  check->too_large = TRUE;
  gdk_pixbuf_loader_set_size (loader, 0, 0);
}

static const char *
picture_type (const guint8 *data, gsize size)
{
  static const guint8 png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

  if (size >= 3 && data[0] == 0xff && data[1] == 0xd8 && data[2] == 0xff)
    return "jpeg";
  if (size >= sizeof png && memcmp (data, png, sizeof png) == 0)
    return "png";
  return NULL;
}

/* The loader fills what is missing of a cut JPEG with grey and calls it a success. A thumbnail in the header has an
 * end marker of its own, so headers are stepped over; inside picture data the bytes ff d9 are nothing but the end. */
static gboolean
jpeg_is_whole (const guint8 *data, gsize size)
{
  gsize at = 2;

  while (at + 4 <= size && data[at] == 0xff && data[at + 1] != 0xda && data[at + 1] != 0xd9)
    at += data[at + 1] == 0xff ? 1 : 2 + (gsize) (data[at + 2] << 8 | data[at + 3]);
  for (; at + 2 <= size; at++)
    if (data[at] == 0xff && data[at + 1] == 0xd9)
      return TRUE;
  return FALSE;
}

/* Likewise for PNG: a chunk is its length, four letters, the data and a checksum; the last is IEND. */
static gboolean
png_is_whole (const guint8 *data, gsize size)
{
  gsize at = 8;

  while (at + 12 <= size)
    {
      gsize length = (gsize) data[at] << 24 | (gsize) data[at + 1] << 16 | (gsize) data[at + 2] << 8 | data[at + 3];

      if (memcmp (data + at + 4, "IEND", 4) == 0)
        return TRUE;
      at += length + 12;
    }
  return FALSE;
}

static GdkPixbuf *
load_pixbuf (GBytes *bytes, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  const char *type;
  SizeCheck check = { 0 };

  if (size == 0)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_MEDIA, "the picture is empty (0 bytes)");
      return NULL;
    }
  if (size > XS_PICTURE_MAX_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "the picture has %" G_GSIZE_FORMAT " bytes; at most %d are allowed",
                   size, XS_PICTURE_MAX_BYTES);
      return NULL;
    }
  type = picture_type (data, size);
  if (type == NULL)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_MEDIA, "this is neither a JPEG nor a PNG picture");
      return NULL;
    }
  if (g_str_equal (type, "jpeg") ? !jpeg_is_whole (data, size) : !png_is_whole (data, size))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_MEDIA, "the picture breaks off before its end");
      return NULL;
    }

  g_autoptr (GError) cause = NULL;
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type (type, &cause);
  gboolean done = FALSE;
  if (loader != NULL)
    {
      g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &check);
      done = gdk_pixbuf_loader_write_bytes (loader, bytes, &cause);
      done = gdk_pixbuf_loader_close (loader, cause != NULL ? NULL : &cause) && done;
    }
  if (check.too_large)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA,
                   "the picture is %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT " pixels: too large, scale it down",
                   check.width_px, check.height_px);
      return NULL;
    }
  GdkPixbuf *pixbuf = done ? gdk_pixbuf_loader_get_pixbuf (loader) : NULL;
  if (pixbuf == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "the picture is damaged (%s)",
                   cause != NULL ? cause->message : "no pixels in it");
      return NULL;
    }
  return gdk_pixbuf_apply_embedded_orientation (pixbuf);
}

static GBytes *
flatten_on_white (GdkPixbuf *pixbuf)
{
  int width = gdk_pixbuf_get_width (pixbuf), height = gdk_pixbuf_get_height (pixbuf);
  int stride = gdk_pixbuf_get_rowstride (pixbuf);
  const guint8 *from = gdk_pixbuf_read_pixels (pixbuf);
  guint8 *pixels = g_malloc ((gsize) width * (gsize) height * 3);
  guint8 *to = pixels;

  for (int y = 0; y < height; y++)
    {
      const guint8 *row = from + (gsize) y * (gsize) stride;

      for (int x = 0; x < width; x++, row += 4)
        for (int c = 0; c < 3; c++)
          *to++ = (guint8) ((row[c] * row[3] + 255 * (255 - row[3]) + 127) / 255);
    }
  return g_bytes_new_take (pixels, (gsize) width * (gsize) height * 3);
}

XsFrame *
xs_picture_decode (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  g_autoptr (GdkPixbuf) pixbuf = load_pixbuf (bytes, error);
  if (pixbuf == NULL)
    return NULL;

  int width = gdk_pixbuf_get_width (pixbuf), height = gdk_pixbuf_get_height (pixbuf);
  if (gdk_pixbuf_get_has_alpha (pixbuf))
    {
      g_autoptr (GBytes) pixels = flatten_on_white (pixbuf);
      return xs_frame_new (width, height, 3 * width, 0, pixels);
    }
  g_autoptr (GBytes) pixels = gdk_pixbuf_read_pixel_bytes (pixbuf);
  return xs_frame_new (width, height, gdk_pixbuf_get_rowstride (pixbuf), 0, pixels);
}

XsFrame *
xs_picture_load (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *contents = NULL;
  gsize size = 0;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info =
    g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                       NULL, error);

  if (info == NULL)
    {
      xs_error_convert (error);
      return NULL;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR || g_file_info_get_size (info) > XS_PICTURE_MAX_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s is not a picture file of at most %d bytes", name,
                   XS_PICTURE_MAX_BYTES);
      return NULL;
    }
  if (!g_file_get_contents (path, &contents, &size, error))
    {
      xs_error_convert (error);
      return NULL;
    }

  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&contents), size);
  XsFrame *frame = xs_picture_decode (bytes, error);
  if (frame == NULL)
    g_prefix_error (error, "%s: ", name);
  return frame;
}

GBytes *
xs_picture_encode_jpeg (const XsFrame *frame, int quality, GError **error)
{
  g_return_val_if_fail (frame != NULL, NULL);
  g_return_val_if_fail (quality >= 1 && quality <= 100, NULL);

  g_autoptr (GError) cause = NULL;
  g_autofree char *digits = g_strdup_printf ("%d", quality);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_bytes (frame->pixels, GDK_COLORSPACE_RGB, FALSE, 8,
                                                            frame->width_px, frame->height_px, frame->stride_bytes);
  char *jpeg = NULL;
  gsize size = 0;

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &size, "jpeg", &cause, "quality", digits, NULL))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "the picture cannot be written as JPEG (%s)", cause->message);
      return NULL;
    }
  return g_bytes_new_take (jpeg, size);
}
