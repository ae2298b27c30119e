/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Real codes, drawn by qrencode, as a card looks that a hand holds to a webcam. */

#include "vision-test.h"
#include "xs-code-reader.h"

#include <glib/gstdio.h>
#include <math.h>

#define TEXT "xueshi:2000000000000002?inscode=1000000000000001"

/* How the card is held, and how the camera sees it. */
typedef struct {
  double angle_deg;
  double share;    /* side of the code to height of the picture */
  double contrast; /* 1: black on white */
  double light;    /* of the white, 0 … 1, at the left; at the right it is @light_right */
  double light_right;
  int blur_px;
  int noise; /* grey levels, either way */
} Look;

static const Look plain = { 0, 0.5, 1, 0.9, 0.9, 0, 0 };

static XsFrame *
make_code (const char *text)
{
  g_autofree char *folder = g_dir_make_tmp ("xueshi-code-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "code.png", NULL);
  const char *argv[] = { "qrencode", "-s", "8", "-m", "4", "-o", path, "--", text, NULL };
  g_autoptr (GError) error = NULL;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  XsFrame *code = test_photo (path);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  return code;
}

/* The grey of @code at a point whose middle is 0, 0 and whose sides are 1; -1 outside. */
static int
grey_of (const XsFrame *code, double x, double y)
{
  int column = (int) floor ((x + 0.5) * code->width_px), row = (int) floor ((y + 0.5) * code->height_px);

  if (column < 0 || row < 0 || column >= code->width_px || row >= code->height_px)
    return -1;
  return xs_frame_data (code)[(gsize) row * code->stride_bytes + 3 * (gsize) column];
}

static void
draw (guint8 *pixels, int width_px, int height_px, const XsFrame *code, const Look *look, GRand *rand)
{
  double angle = look->angle_deg * G_PI / 180, side_px = look->share * height_px;

  for (int y = 0; y < height_px; y++)
    for (int x = 0; x < width_px; x++)
      {
        double dx = (x - width_px / 2.0) / side_px, dy = (y - height_px / 2.0) / side_px;
        int grey = grey_of (code, cos (angle) * dx + sin (angle) * dy, cos (angle) * dy - sin (angle) * dx);
        double light = look->light + (look->light_right - look->light) * x / width_px;
        double value = grey < 0 ? 110 : 255 - (255 - grey) * look->contrast;
        int noise = look->noise > 0 ? g_rand_int_range (rand, -look->noise, look->noise + 1) : 0;
        guint8 level = (guint8) CLAMP (value * light + noise, 0, 255);

        memset (pixels + 3 * ((gsize) y * width_px + x), level, 3);
      }
}

/* A box, along one axis. */
static void
blur_lines (guint8 *pixels, int n_lines, int length, gsize line_step, gsize step, int radius_px)
{
  g_autofree guint8 *line = g_new (guint8, length);

  for (int l = 0; l < n_lines; l++)
    {
      for (int i = 0; i < length; i++)
        line[i] = pixels[l * line_step + i * step];
      for (int i = 0; i < length; i++)
        {
          int sum = 0;
          for (int k = -radius_px; k <= radius_px; k++)
            sum += line[CLAMP (i + k, 0, length - 1)];
          memset (pixels + l * line_step + i * step, sum / (2 * radius_px + 1), 3);
        }
    }
}

static XsFrame *
look_at (const XsFrame *code, const Look *look, int width_px, int height_px)
{
  gsize stride = 3 * (gsize) width_px;
  g_autofree guint8 *pixels = g_malloc (stride * (gsize) height_px);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  draw (pixels, width_px, height_px, code, look, rand);
  if (look->blur_px > 0)
    {
      blur_lines (pixels, height_px, width_px, stride, 3, look->blur_px);
      blur_lines (pixels, width_px, height_px, 3, stride, look->blur_px);
    }
  g_autoptr (GBytes) bytes = g_bytes_new (pixels, stride * (gsize) height_px);
  return xs_frame_new (width_px, height_px, (int) stride, 0, bytes);
}

static char *
read_look (const char *text, const Look *look, int width_px, int height_px)
{
  g_autoptr (XsCodeReader) reader = xs_code_reader_new ();
  g_autoptr (XsFrame) code = make_code (text);
  g_autoptr (XsFrame) frame = look_at (code, look, width_px, height_px);

  return xs_code_reader_read (reader, frame);
}

static void
test_looks (void)
{
  static const struct {
    const char *name;
    Look look;
  } looks[] = {
    { "straight", { 0, 0.5, 1, 0.9, 0.9, 0, 0 } },
    { "turned a little", { 7, 0.5, 1, 0.9, 0.9, 0, 2 } },
    { "turned by 30", { 30, 0.5, 1, 0.9, 0.9, 0, 2 } },
    { "turned by 45", { 45, 0.6, 1, 0.9, 0.9, 0, 2 } },
    { "on its side", { 90, 0.5, 1, 0.9, 0.9, 0, 2 } },
    { "upside down", { 178, 0.5, 1, 0.9, 0.9, 0, 2 } },
    { "far", { 4, 0.3, 1, 0.9, 0.9, 0, 2 } },
    { "near", { 4, 0.95, 1, 0.9, 0.9, 0, 2 } },
    { "blurred", { 4, 0.6, 1, 0.9, 0.9, 3, 2 } },
    { "dark", { 4, 0.5, 1, 0.15, 0.15, 0, 2 } },
    { "dark and noisy", { 4, 0.6, 1, 0.2, 0.2, 1, 8 } },
    { "light from one side", { 4, 0.5, 1, 0.2, 1, 0, 2 } },
    { "pale print", { 4, 0.5, 0.35, 0.9, 0.9, 0, 2 } },
    { "burnt out", { 4, 0.5, 1, 1.6, 1.6, 0, 2 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autofree char *text = read_look (TEXT, &looks[i].look, 1280, 720);
      g_test_message ("%s: %s", looks[i].name, text != NULL ? text : "nothing");
      g_assert_cmpstr (text, ==, TEXT);
    }
}

/* Every size a webcam has. */
static void
test_sizes (void)
{
  static const struct {
    int width_px, height_px;
  } sizes[] = { { 320, 240 }, { 640, 480 }, { 1281, 721 }, { 1920, 1080 }, { 3840, 2160 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = read_look (TEXT, &plain, sizes[i].width_px, sizes[i].height_px);
      g_assert_cmpstr (text, ==, TEXT);
    }
}

static void
test_texts (void)
{
  g_autofree char *longest = g_strnfill (XS_CODE_MAX_BYTES, 'x');
  g_autofree char *too_long = g_strnfill (XS_CODE_MAX_BYTES + 1, 'x');
  const char *const texts[] = { "2000000000000002", "学员卡", longest };
  const Look large = { 0, 0.95, 1, 0.9, 0.9, 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = read_look (texts[i], &large, 1280, 720);
      g_assert_cmpstr (text, ==, texts[i]);
    }
  g_assert_null (read_look (too_long, &large, 1280, 720));
}

static void
test_nothing (void)
{
  g_autoptr (XsCodeReader) reader = xs_code_reader_new ();
  g_autoptr (XsFrame) grey = test_plain_frame (640, 480, 128);
  g_autoptr (XsFrame) code = make_code (TEXT);
  g_autoptr (XsFrame) frame = look_at (code, &plain, 640, 480);

  g_assert_null (xs_code_reader_read (reader, grey));
  /* Nothing of one picture is taken for the next. */
  g_autofree char *text = xs_code_reader_read (reader, frame);
  g_assert_cmpstr (text, ==, TEXT);
  g_assert_null (xs_code_reader_read (reader, grey));
}

/* Rows that are longer than their pixels. */
static void
test_stride (void)
{
  g_autoptr (XsCodeReader) reader = xs_code_reader_new ();
  g_autoptr (XsFrame) code = make_code (TEXT);
  g_autoptr (XsFrame) frame = look_at (code, &plain, 640, 480);
  gsize stride = 3 * 640 + 7;
  g_autofree guint8 *pixels = g_malloc0 (stride * 480);

  for (gsize y = 0; y < 480; y++)
    memcpy (pixels + y * stride, xs_frame_data (frame) + y * (gsize) frame->stride_bytes, 3 * 640);
  g_autoptr (GBytes) bytes = g_bytes_new (pixels, stride * 479 + 3 * 640);
  g_autoptr (XsFrame) padded = xs_frame_new (640, 480, (int) stride, 0, bytes);
  g_autofree char *text = xs_code_reader_read (reader, padded);
  g_assert_cmpstr (text, ==, TEXT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vision/code-reader/looks", test_looks);
  g_test_add_func ("/vision/code-reader/sizes", test_sizes);
  g_test_add_func ("/vision/code-reader/texts", test_texts);
  g_test_add_func ("/vision/code-reader/nothing", test_nothing);
  g_test_add_func ("/vision/code-reader/stride", test_stride);
  return g_test_run ();
}
