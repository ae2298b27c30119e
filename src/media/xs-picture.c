/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "xs-error.h"
#include "xs-media-private.h"
#include "xs-picture-header.h"

/* Rows that the JPEG decoder may still owe when all but the end marker is there: two rows of the largest blocks. */
#define JPEG_ROWS_BEHIND 64
#define JPEG_END_BYTES 2
#define THUMBNAIL_QUALITY 80

typedef struct {
  XsPictureHeader header;
  int n_rows; /* that the decoder has shown */
} Load;

/* Guards what the header promised: the decoder shows its size before it allocates, and gives up when it is asked for a
 * picture of no size. */
static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer user_data)
{
  const Load *load = user_data;

  if (width != load->header.width_px || height != load->header.height_px)
    gdk_pixbuf_loader_set_size (loader, 0, 0);
}

static void
area_updated_cb (GdkPixbufLoader *loader, int x, int y, int width, int height, gpointer user_data)
{
  Load *load = user_data;

  load->n_rows = MAX (load->n_rows, y + height);
}

static gboolean
refuse_damaged (const char *what, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "the picture is damaged (%s); save it as an 8-bit RGB JPEG or PNG",
               what);
  return FALSE;
}

/*
 * Where picture data breaks off before the end marker, the decoder makes up the rest as soon as it reads the marker.
 * Up to there it waits for more, so the rows it has shown by then are those that are really in the file (of a
 * progressive picture, in its first pass).
 */
static gboolean
feed_jpeg (GdkPixbufLoader *loader, const Load *load, const guint8 *data, gsize size, GError **error)
{
  if (!gdk_pixbuf_loader_write (loader, data, load->header.end_bytes, error))
    return FALSE;
  if (load->n_rows + JPEG_ROWS_BEHIND < load->header.height_px)
    return refuse_damaged ("its lower part is missing", error);
  /* Telephones put further pictures behind the end. */
  return gdk_pixbuf_loader_write (loader, data + load->header.end_bytes, JPEG_END_BYTES, error);
}

static gboolean
feed_png (GdkPixbufLoader *loader, const Load *load, const guint8 *data, gsize size, GError **error)
{
  gsize at = 0, start = 0;
  gboolean needed;

  if (!xs_picture_png_is_filled (data, size, &load->header))
    return refuse_damaged ("its lower part is missing", error);
  while (xs_picture_next_png_chunk (data, size, &at, &start, &needed))
    {
      if (needed && !gdk_pixbuf_loader_write (loader, data + start, MIN (at, size) - start, error))
        return FALSE;
    }
  return TRUE;
}

static GdkPixbuf *
load_pixbuf (GBytes *bytes, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Load load = { 0 };
  g_autoptr (GError) cause = NULL;

  if (!xs_picture_read_header (data, size, &load.header, error))
    return NULL;

  gboolean is_jpeg = load.header.format == XS_PICTURE_JPEG;
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type (is_jpeg ? "jpeg" : "png", &cause);
  gboolean done = FALSE;
  if (loader != NULL)
    {
      g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &load);
      g_signal_connect (loader, "area-updated", G_CALLBACK (area_updated_cb), &load);
      done = (is_jpeg ? feed_jpeg : feed_png) (loader, &load, data, size, &cause);
      done = gdk_pixbuf_loader_close (loader, cause != NULL ? NULL : &cause) && done;
    }
  if (g_error_matches (cause, XS_ERROR, XS_ERROR_MEDIA))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }
  GdkPixbuf *pixbuf = done ? gdk_pixbuf_loader_get_pixbuf (loader) : NULL;
  if (pixbuf == NULL)
    {
      refuse_damaged (cause != NULL ? cause->message : "no pixels in it", error);
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
      if (error != NULL && g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        {
          g_clear_error (error);
          g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "%s: No such file or directory; check its name", name);
        }
      xs_error_convert (error);
      return NULL;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR || g_file_info_get_size (info) > XS_PICTURE_MAX_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA,
                   "%s is not a picture file of at most %d MiB; name a JPEG or PNG, scaled down where it is larger",
                   name, XS_PICTURE_MAX_BYTES / (1024 * 1024));
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

static GdkPixbuf *
pixbuf_of (const XsFrame *frame)
{
  return gdk_pixbuf_new_from_bytes (frame->pixels, GDK_COLORSPACE_RGB, FALSE, 8, frame->width_px, frame->height_px,
                                    frame->stride_bytes);
}

static GBytes *
encode_jpeg (GdkPixbuf *pixbuf, int quality, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *digits = g_strdup_printf ("%d", quality);
  char *jpeg = NULL;
  gsize size = 0;

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &size, "jpeg", &cause, "quality", digits, NULL))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "the picture cannot be written as JPEG (%s)", cause->message);
      return NULL;
    }
  return g_bytes_new_take (jpeg, size);
}

GBytes *
xs_picture_encode_jpeg (const XsFrame *frame, int quality, GError **error)
{
  g_return_val_if_fail (frame != NULL, NULL);
  g_return_val_if_fail (quality >= 1 && quality <= 100, NULL);

  g_autoptr (GdkPixbuf) pixbuf = pixbuf_of (frame);
  return encode_jpeg (pixbuf, quality, error);
}

GBytes *
xs_picture_encode_thumbnail (const XsFrame *frame, int width_px, GError **error)
{
  g_return_val_if_fail (frame != NULL, NULL);
  g_return_val_if_fail (width_px > 0, NULL);

  g_autoptr (GdkPixbuf) pixbuf = pixbuf_of (frame);
  if (frame->width_px <= width_px)
    return encode_jpeg (pixbuf, THUMBNAIL_QUALITY, error);

  int height_px = MAX (1, (int) ((gint64) frame->height_px * width_px / frame->width_px));
  g_autoptr (GdkPixbuf) small = gdk_pixbuf_scale_simple (pixbuf, width_px, height_px, GDK_INTERP_BILINEAR);
  if (small != NULL)
    return encode_jpeg (small, THUMBNAIL_QUALITY, error);
  g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "no memory for a picture of %d × %d", width_px, height_px);
  return NULL;
}

GBytes *
xs_picture_encode_png (const XsFrame *frame, GError **error)
{
  g_return_val_if_fail (frame != NULL, NULL);

  g_autoptr (GError) cause = NULL;
  g_autoptr (GdkPixbuf) pixbuf = pixbuf_of (frame);
  char *png = NULL;
  gsize size = 0;

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &png, &size, "png", &cause, NULL))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "the picture cannot be written as PNG (%s)", cause->message);
      return NULL;
    }
  return g_bytes_new_take (png, size);
}
