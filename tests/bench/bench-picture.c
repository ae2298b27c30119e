/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench-picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xs-picture.h"

static gsize
size_of (const BenchPicture *picture)
{
  return (gsize) picture->width_px * picture->height_px * 3;
}

BenchPicture *
bench_picture_new (int width_px, int height_px)
{
  BenchPicture *picture = g_new0 (BenchPicture, 1);

  picture->width_px = width_px;
  picture->height_px = height_px;
  picture->pixels = g_malloc (size_of (picture));
  memset (picture->pixels, 128, size_of (picture));
  return picture;
}

BenchPicture *
bench_picture_copy (const BenchPicture *picture)
{
  BenchPicture *copy = bench_picture_new (picture->width_px, picture->height_px);

  memcpy (copy->pixels, picture->pixels, size_of (picture));
  return copy;
}

BenchPicture *
bench_picture_load (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsFrame) frame = xs_picture_load (path, &error);

  if (frame == NULL)
    {
      g_printerr ("%s: %s\n", g_get_prgname (), error->message);
      exit (EXIT_FAILURE);
    }
  BenchPicture *picture = bench_picture_new (frame->width_px, frame->height_px);
  for (int y = 0; y < frame->height_px; y++)
    memcpy (bench_picture_get (picture, 0, y), xs_frame_data (frame) + (gsize) y * frame->stride_bytes,
            (gsize) frame->width_px * 3);
  return picture;
}

void
bench_picture_free (BenchPicture *picture)
{
  g_free (picture->pixels);
  g_free (picture);
}

guint8 *
bench_picture_get (const BenchPicture *picture, int x, int y)
{
  x = CLAMP (x, 0, picture->width_px - 1);
  y = CLAMP (y, 0, picture->height_px - 1);
  return picture->pixels + ((gsize) y * picture->width_px + x) * 3;
}

static BenchMap
invert (const BenchMap *map)
{
  const double *m = map->m;
  BenchMap inverse = { { m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
                         m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
                         m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3] } };

  /* The scale of a homography is of no matter. */
  return inverse;
}

void
bench_map_point (const BenchMap *map, double x, double y, double *to_x, double *to_y)
{
  const double *m = map->m;
  double w = m[6] * x + m[7] * y + m[8];

  *to_x = (m[0] * x + m[1] * y + m[2]) / w;
  *to_y = (m[3] * x + m[4] * y + m[5]) / w;
}

BenchMap
bench_map_scale (double scale, double roll_deg, double x, double y, double to_x, double to_y)
{
  double c = scale * cos (roll_deg * G_PI / 180), s = scale * sin (roll_deg * G_PI / 180);

  return (BenchMap){ { c, -s, to_x - c * x + s * y, s, c, to_y - s * x - c * y, 0, 0, 1 } };
}

void
bench_picture_lay (const BenchPicture *from, const BenchMap *map, gboolean spread, BenchPicture *onto, int left_px,
                   int right_px)
{
  const BenchMap back = invert (map);

  for (int y = 0; y < onto->height_px; y++)
    {
      for (int x = left_px; x < right_px; x++)
        {
          double from_x, from_y;

          bench_map_point (&back, x, y, &from_x, &from_y);
          if (!spread && !(from_x >= 0 && from_y >= 0 && from_x < from->width_px && from_y < from->height_px))
            continue;
          from_x = CLAMP (from_x, 0, from->width_px - 1);
          from_y = CLAMP (from_y, 0, from->height_px - 1);
          int x0 = (int) from_x, y0 = (int) from_y;
          double u = from_x - x0, v = from_y - y0;
          const guint8 *a = bench_picture_get (from, x0, y0), *b = bench_picture_get (from, x0 + 1, y0);
          const guint8 *c = bench_picture_get (from, x0, y0 + 1), *d = bench_picture_get (from, x0 + 1, y0 + 1);
          guint8 *to = bench_picture_get (onto, x, y);
          for (int i = 0; i < 3; i++)
            to[i] = (guint8) ((1 - v) * ((1 - u) * a[i] + u * b[i]) + v * ((1 - u) * c[i] + u * d[i]) + 0.5);
        }
    }
}

/* The mean of @n values to each side, along @length values @step bytes apart. */
static void
blur_line (guint8 *line, int length, gsize step, int n, guint8 *scratch)
{
  guint sum = 0;

  for (int i = 0; i < length; i++)
    scratch[i] = line[(gsize) i * step];
  for (int i = -n; i <= n; i++)
    sum += scratch[CLAMP (i, 0, length - 1)];
  for (int i = 0; i < length; i++)
    {
      line[(gsize) i * step] = (guint8) (sum / (guint) (2 * n + 1));
      sum += scratch[MIN (i + n + 1, length - 1)];
      sum -= scratch[MAX (i - n, 0)];
    }
}

void
bench_picture_blur (BenchPicture *picture, double sigma_px)
{
  const int width = picture->width_px, height = picture->height_px;
  g_autofree guint8 *scratch = g_malloc ((gsize) MAX (width, height));
  /* Three means of 2n + 1 values have the variance n (n + 1). */
  const int n = (int) (sqrt (sigma_px * sigma_px + 0.25) - 0.5 + 0.5);

  for (int pass = 0; n > 0 && pass < 3; pass++)
    for (int channel = 0; channel < 3; channel++)
      {
        for (int y = 0; y < height; y++)
          blur_line (bench_picture_get (picture, 0, y) + channel, width, 3, n, scratch);
        for (int x = 0; x < width; x++)
          blur_line (bench_picture_get (picture, x, 0) + channel, height, (gsize) width * 3, n, scratch);
      }
}

XsFrame *
bench_picture_to_frame (const BenchPicture *picture, gint64 time_us, GRand *rand)
{
  gsize size = size_of (picture);
  guint8 *pixels = g_malloc (size);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, size);
  guint32 state = g_rand_int (rand) | 1;

  for (gsize i = 0; i < size; i++)
    {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      pixels[i] = (guint8) CLAMP (picture->pixels[i] + (int) (state % 5) - 2, 0, 255);
    }
  return xs_frame_new (picture->width_px, picture->height_px, picture->width_px * 3, time_us, bytes);
}
