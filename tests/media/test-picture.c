/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-picture.h"

#include <string.h>
#include <zlib.h>

#include "media-fixture.h"
#include "xs-error.h"

/* The left half red, the right half blue, the top quarter green. */
static XsFrame *
make_frame (int width, int height, int stride)
{
  guint8 *pixels = g_malloc0 ((gsize) stride * (gsize) height);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize) stride * (gsize) height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      pixels[y * stride + x * 3 + (y < height / 4 ? 1 : x < width / 2 ? 0 : 2)] = 255;
  return xs_frame_new (width, height, stride, 0, bytes);
}

static void
assert_colour (const XsFrame *frame, double x, double y, int strongest)
{
  const guint8 *pixel =
    xs_frame_data (frame) + (int) (y * frame->height_px) * frame->stride_bytes + (int) (x * frame->width_px) * 3;

  for (int c = 0; c < 3; c++)
    if (c == strongest)
      g_assert_cmpint (pixel[c], >, 200);
    else
      g_assert_cmpint (pixel[c], <, 60);
}

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsFrame) frame = make_frame (640, 480, 2048);
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (frame, 90, &error);
  g_assert_no_error (error);
  g_autoptr (XsFrame) back = xs_picture_decode (jpeg, &error);

  g_assert_no_error (error);
  g_assert_cmpint (back->width_px, ==, 640);
  g_assert_cmpint (back->height_px, ==, 480);
  g_assert_cmpint (back->time_us, ==, 0);
  assert_colour (back, 0.25, 0.8, 0);
  assert_colour (back, 0.75, 0.8, 2);
  assert_colour (back, 0.5, 0.1, 1);

  g_autoptr (GBytes) small = xs_picture_encode_jpeg (frame, 20, NULL);
  g_assert_cmpuint (g_bytes_get_size (small), <, g_bytes_get_size (jpeg));
}

/* A phone held upright writes its picture lying down and says so in EXIF. */
static void
test_orientation (void)
{
  /* APP1 with one big-endian IFD of one entry: orientation. */
  guint8 exif[] = { 0xff, 0xe1, 0, 34,   'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                    0,    1,    1, 0x12, 0,   3,   0,   0,   0, 1, 0,   0,   0, 0,  0, 0, 0, 0 };
  const gsize value_at = 29;
  g_autoptr (XsFrame) frame = make_frame (400, 200, 1200);
  g_autoptr (GBytes) plain = xs_picture_encode_jpeg (frame, 95, NULL);

  for (guint8 orientation = 1; orientation <= 8; orientation++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) jpeg = g_byte_array_new ();
      const guint8 *data = g_bytes_get_data (plain, NULL);

      exif[value_at] = orientation;
      g_byte_array_append (jpeg, data, 2);
      g_byte_array_append (jpeg, exif, sizeof exif);
      g_byte_array_append (jpeg, data + 2, (guint) g_bytes_get_size (plain) - 2);
      g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&jpeg));
      g_autoptr (XsFrame) upright = xs_picture_decode (bytes, &error);

      g_assert_no_error (error);
      g_assert_cmpint (upright->width_px, ==, orientation < 5 ? 400 : 200);
      /* Where the green top of the stored picture must be: top, top, bottom, bottom, left, right, right, left. */
      static const double green_x[] = { 0, 0.5, 0.5, 0.5, 0.5, 0.1, 0.9, 0.9, 0.1 };
      static const double green_y[] = { 0, 0.1, 0.1, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5 };
      assert_colour (upright, green_x[orientation], green_y[orientation], 1);
    }
}

static void
append_chunk (GByteArray *png, const char *type, const guint8 *data, guint size)
{
  guint32 length = GUINT32_TO_BE (size);
  guint at = png->len + 4;

  g_byte_array_append (png, (const guint8 *) &length, 4);
  g_byte_array_append (png, (const guint8 *) type, 4);
  if (size > 0)
    g_byte_array_append (png, data, size);
  guint32 check = GUINT32_TO_BE ((guint32) crc32 (0, png->data + at, png->len - at));
  g_byte_array_append (png, (const guint8 *) &check, 4);
}

/* PNG of @width x @height pixels of 8 bit RGBA, all alike. */
static GBytes *
make_png (guint32 width, guint32 height, guint32 rgba, gboolean whole)
{
  static const guint8 magic[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  GByteArray *png = g_byte_array_new ();
  guint8 header[13] = { 0 };
  guint32 big;

  g_byte_array_append (png, magic, sizeof magic);
  big = GUINT32_TO_BE (width);
  memcpy (header, &big, 4);
  big = GUINT32_TO_BE (height);
  memcpy (header + 4, &big, 4);
  header[8] = 8;
  header[9] = 6;
  append_chunk (png, "IHDR", header, sizeof header);
  if (whole)
    {
      gsize row = 1 + 4 * (gsize) width;
      g_autofree guint8 *raw = g_malloc0 (row * height);
      uLongf packed_size = compressBound (row * height);
      g_autofree guint8 *packed = g_malloc (packed_size);

      big = GUINT32_TO_BE (rgba);
      for (gsize y = 0; y < height; y++)
        for (gsize x = 0; x < width; x++)
          memcpy (raw + y * row + 1 + x * 4, &big, 4);
      g_assert_cmpint (compress (packed, &packed_size, raw, row * height), ==, Z_OK);
      append_chunk (png, "IDAT", packed, (guint) packed_size);
    }
  else
    append_chunk (png, "IDAT", (const guint8 *) "\x78\x9c", 2);
  append_chunk (png, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (png);
}

static void
test_png_with_alpha (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = make_png (5, 7, 0xff000080, TRUE);
  g_autoptr (XsFrame) frame = xs_picture_decode (png, &error);

  g_assert_no_error (error);
  g_assert_cmpint (frame->width_px, ==, 5);
  g_assert_cmpint (frame->height_px, ==, 7);
  const guint8 *pixel = xs_frame_data (frame);
  g_assert_cmpint (pixel[0], ==, 255);
  g_assert_cmpint (pixel[1], ==, 127);
  g_assert_cmpint (pixel[2], ==, 127);
}

static void
assert_refused (GBytes *bytes, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsFrame) frame = xs_picture_decode (bytes, &error);

  g_assert_null (frame);
  g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
  g_test_message ("%s", error->message);
  if (words != NULL)
    g_assert_nonnull (strstr (error->message, words));
}

/* A few bytes that say they are 3.6 gigapixels. */
static void
test_bomb (void)
{
  g_autoptr (GBytes) png = make_png (60000, 60000, 0, FALSE);
  g_autoptr (XsFrame) frame = make_frame (64, 64, 192);
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (frame, 90, NULL);
  gsize size = 0;
  g_autofree guint8 *data = g_bytes_unref_to_data (g_steal_pointer (&jpeg), &size);

  assert_refused (png, "too large");

  for (gsize i = 0; i + 9 < size; i++)
    if (data[i] == 0xff && data[i + 1] == 0xc0)
      {
        memset (data + i + 5, 0xf0, 4);
        break;
      }
  g_autoptr (GBytes) blown = g_bytes_new (data, size);
  assert_refused (blown, "too large");
}

static void
test_bad (void)
{
  g_autoptr (XsFrame) frame = make_frame (320, 240, 960);
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (frame, 90, NULL);
  g_autoptr (GBytes) half = g_bytes_new_from_bytes (jpeg, 0, g_bytes_get_size (jpeg) / 2);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) gif = g_bytes_new_static ("GIF89a\1\0\1\0", 10);
  g_autoptr (GBytes) svg = g_bytes_new_static ("<svg xmlns='http://www.w3.org/2000/svg'/>", 41);
  g_autoptr (GBytes) start = g_bytes_new_static ("\xff\xd8\xff\xd9", 4);
  g_autoptr (GBytes) hollow = make_png (10, 10, 0, FALSE);
  g_autoptr (GBytes) whole = make_png (50, 50, 0xff, TRUE);
  g_autoptr (GBytes) half_png = g_bytes_new_from_bytes (whole, 0, 60);
  g_autoptr (GBytes) huge = g_bytes_new_take (g_malloc0 (XS_PICTURE_MAX_BYTES + 1), XS_PICTURE_MAX_BYTES + 1);

  assert_refused (empty, "empty");
  assert_refused (gif, "neither");
  assert_refused (svg, "neither");
  assert_refused (half, "breaks off");
  assert_refused (start, NULL);
  assert_refused (hollow, NULL);
  assert_refused (half_png, NULL);
  assert_refused (huge, "at most");
}

static void
test_any_bytes (void)
{
  g_autoptr (XsFrame) frame = make_frame (48, 32, 144);
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (frame, 90, NULL);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (jpeg, &size);

  for (int i = 0; i < 2000; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *copy = g_memdup2 (data, size);

      for (int k = 0; k < 3; k++)
        copy[g_test_rand_int_range (0, (gint32) size)] = (guint8) g_test_rand_int_range (0, 256);
      g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&copy), size);
      g_autoptr (XsFrame) back = xs_picture_decode (bytes, &error);
      g_assert_true ((back == NULL) == (error != NULL));
    }
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsFrame) frame = make_frame (64, 48, 192);
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (frame, 90, NULL);
  gsize size = 0;
  const void *bytes = g_bytes_get_data (jpeg, &size);
  g_autofree char *good = fixture_write (fixture, "good.jpg", bytes, size);
  g_autofree char *cut = fixture_write (fixture, "cut.jpg", bytes, size / 2);
  g_autofree char *missing = fixture_path (fixture, "missing.jpg");

  g_autoptr (XsFrame) loaded = xs_picture_load (good, &error);
  g_assert_no_error (error);
  g_assert_cmpint (loaded->width_px, ==, 64);
  g_assert_null (xs_picture_load (cut, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
  g_assert_nonnull (strstr (error->message, "cut.jpg"));
  g_clear_error (&error);
  g_assert_null (xs_picture_load (missing, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "missing.jpg"));
  g_clear_error (&error);
  g_assert_null (xs_picture_load (fixture->dir, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/picture/round-trip", test_round_trip);
  g_test_add_func ("/media/picture/orientation", test_orientation);
  g_test_add_func ("/media/picture/png-with-alpha", test_png_with_alpha);
  g_test_add_func ("/media/picture/bomb", test_bomb);
  g_test_add_func ("/media/picture/bad", test_bad);
  g_test_add_func ("/media/picture/any-bytes", test_any_bytes);
  ADD_TEST ("/media/picture/load", test_load);
  return g_test_run ();
}
