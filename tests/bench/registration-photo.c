/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-picture.h"
#include "xs-vision.h"

/*
 * Makes of each picture what the register would keep: 260 x 378 pixels, the face in the middle at six tenths of the
 * width, on white where the picture ends, JPEG of quality 70. Reads lines "PICTURE<tab>OUT" and says which had no face.
 */
#define WIDTH_PX 260
#define HEIGHT_PX 378
#define FACE_SHARE 0.6
#define QUALITY 70

static XsFrame *
reduce (const XsFrame *frame, const XsFaceBox *face)
{
  g_autoptr (GdkPixbuf) from = gdk_pixbuf_new_from_bytes (frame->pixels, GDK_COLORSPACE_RGB, FALSE, 8, frame->width_px,
                                                          frame->height_px, frame->stride_bytes);
  g_autoptr (GdkPixbuf) to = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, WIDTH_PX, HEIGHT_PX);
  double scale = FACE_SHARE * WIDTH_PX / face->width_px;
  double left = WIDTH_PX / 2.0 - scale * (face->x_px + face->width_px / 2);
  double top = HEIGHT_PX / 2.0 - scale * (face->y_px + face->height_px / 2);
  int x0 = MAX (0, (int) left + 1), x1 = MIN (WIDTH_PX, (int) (left + scale * frame->width_px));
  int y0 = MAX (0, (int) top + 1), y1 = MIN (HEIGHT_PX, (int) (top + scale * frame->height_px));

  gdk_pixbuf_fill (to, 0xffffffff);
  gdk_pixbuf_scale (from, to, x0, y0, x1 - x0, y1 - y0, left, top, scale, scale, GDK_INTERP_BILINEAR);
  g_autoptr (GBytes) pixels = gdk_pixbuf_read_pixel_bytes (to);
  return xs_frame_new (WIDTH_PX, HEIGHT_PX, gdk_pixbuf_get_rowstride (to), 0, pixels);
}

static gboolean
make (XsVision *vision, const char *path, const char *out, GError **error)
{
  XsObservation observation;
  g_autoptr (XsFrame) frame = xs_picture_load (path, error);

  if (frame == NULL)
    return FALSE;
  xs_vision_set_reference (vision, NULL);
  if (!xs_vision_observe_picture (vision, frame, &observation, error))
    return FALSE;
  if (observation.n_faces == 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NO_FACE, "%s: no face", path);
      return FALSE;
    }
  g_autoptr (XsFrame) small = reduce (frame, &observation.faces[0]);
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (small, QUALITY, error);
  return jpeg != NULL && xs_blob_write (out, jpeg, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsVision) vision = xs_vision_new (NULL, &error);
  char line[4096];

  if (vision == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_autoptr (GError) problem = NULL;
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), "\t", 2);

      if (g_strv_length (words) == 2 && !make (vision, words[0], words[1], &problem))
        g_printerr ("%s\n", problem->message);
    }
  return 0;
}
