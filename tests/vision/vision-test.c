/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vision-test.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "xs-error.h"

static XsVision *loaded;

static void
unload (void)
{
  xs_vision_free (loaded);
}

XsVision *
test_vision (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *some_model = g_build_filename (xs_models_dir (), "facemesh.onnx", NULL);

  if (!g_file_test (some_model, G_FILE_TEST_EXISTS))
    {
      g_test_skip_printf ("no face models in %s: run ./dev setup", xs_models_dir ());
      return NULL;
    }
  if (loaded == NULL)
    {
      loaded = xs_vision_new (NULL, &error);
      g_assert_no_error (error);
      atexit (unload);
    }
  xs_vision_set_reference (loaded, NULL);
  return loaded;
}

static char *
media_path (const char *name)
{
  const char *chosen = g_getenv ("XUESHI_TEST_MEDIA");
  g_autofree char *beside = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "media", NULL);

  return g_build_filename (chosen != NULL ? chosen : beside, name, NULL);
}

char *
test_media (const char *name)
{
  g_autofree char *path = media_path (name);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip_printf ("no test media: %s is missing", path);
  return NULL;
}

static XsFrame *
frame_from_pixbuf (GdkPixbuf *pixbuf)
{
  int width = gdk_pixbuf_get_width (pixbuf), height = gdk_pixbuf_get_height (pixbuf);
  int n_channels = gdk_pixbuf_get_n_channels (pixbuf);
  const guint8 *from = gdk_pixbuf_read_pixels (pixbuf);
  guint8 *to = g_malloc ((gsize) width * height * 3);
  g_autoptr (GBytes) pixels = g_bytes_new_take (to, (gsize) width * height * 3);

  for (int y = 0; y < height; y++)
    {
      for (int x = 0; x < width; x++)
        memcpy (to + ((gsize) y * width + x) * 3,
                from + (gsize) y * gdk_pixbuf_get_rowstride (pixbuf) + (gsize) x * n_channels, 3);
    }
  return xs_frame_new (width, height, width * 3, 0, pixels);
}

XsFrame *
test_photo (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_file (path, &error);

  g_assert_no_error (error);
  return frame_from_pixbuf (pixbuf);
}

XsFrame *
test_photo_scaled (const char *path, double scale)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_file (path, &error);
  g_autoptr (GdkPixbuf) scaled = NULL;

  g_assert_no_error (error);
  scaled = gdk_pixbuf_scale_simple (pixbuf, (int) (gdk_pixbuf_get_width (pixbuf) * scale),
                                    (int) (gdk_pixbuf_get_height (pixbuf) * scale), GDK_INTERP_BILINEAR);
  return frame_from_pixbuf (scaled);
}

XsFrame *
test_plain_frame (int width_px, int height_px, guint8 grey)
{
  gsize size = (gsize) width_px * height_px * 3;
  guint8 *data = g_malloc (size);
  g_autoptr (GBytes) pixels = g_bytes_new_take (data, size);

  memset (data, grey, size);
  return xs_frame_new (width_px, height_px, width_px * 3, 0, pixels);
}

XsFrame *
test_side_by_side (const XsFrame *left, const XsFrame *right)
{
  const XsFrame *parts[] = { left, right };
  int width = left->width_px + right->width_px, height = MAX (left->height_px, right->height_px);
  guint8 *data = g_malloc0 ((gsize) width * height * 3);
  g_autoptr (GBytes) pixels = g_bytes_new_take (data, (gsize) width * height * 3);

  for (int i = 0, x = 0; i < 2; x += parts[i++]->width_px)
    {
      for (int y = 0; y < parts[i]->height_px; y++)
        memcpy (data + ((gsize) y * width + x) * 3, xs_frame_data (parts[i]) + (gsize) y * parts[i]->stride_bytes,
                (gsize) parts[i]->width_px * 3);
    }
  return xs_frame_new (width, height, width * 3, 0, pixels);
}

static void
row_free (gpointer data)
{
  TestRow *row = data;

  g_free (row->path);
  g_strfreev (row->fields);
  g_free (row);
}

GPtrArray *
test_labels (const char *name)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autofree char *file = g_strdup_printf ("labels/%s.csv", name);
  g_autofree char *path = media_path (file);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_steal_pointer (&rows);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (g_strchomp (lines[i]), ",", -1);
      g_autofree char *picture = NULL;
      TestRow *row;

      if (fields[0] == NULL || *fields[0] == '\0')
        continue;
      picture = media_path (fields[0]);
      if (!g_file_test (picture, G_FILE_TEST_EXISTS))
        continue;
      row = g_new0 (TestRow, 1);
      row->path = g_steal_pointer (&picture);
      row->fields = g_strdupv (fields + 1);
      g_ptr_array_add (rows, row);
    }
  return g_steal_pointer (&rows);
}
