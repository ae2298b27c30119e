/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-picture.h"

#include <string.h>
#include <sys/resource.h>
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

/* Rows may be longer than their pixels; what is between them is nobody's. */
static void
test_png_keeps_every_pixel (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsFrame) frame = make_frame (61, 40, 256);
  g_autoptr (GBytes) png = xs_picture_encode_png (frame, &error);
  g_assert_no_error (error);
  g_autoptr (XsFrame) back = xs_picture_decode (png, &error);

  g_assert_no_error (error);
  g_assert_cmpint (back->width_px, ==, 61);
  g_assert_cmpint (back->height_px, ==, 40);
  for (int y = 0; y < 40; y++)
    g_assert_cmpmem (xs_frame_data (back) + y * back->stride_bytes, 3 * 61,
                     xs_frame_data (frame) + y * frame->stride_bytes, 3 * 61);
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

static gint64
memory_peak_kb (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
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

typedef struct {
  guint32 width_px, height_px;
  guint8 depth, colour_type; /* of IHDR: bits, and 0 grey, 2 RGB, 6 RGBA */
  guint8 bytes_per_pixel;
  guint32 fill;       /* first bytes of each pixel, big-endian */
  guint32 n_rows;     /* that are in it */
  const char *before; /* (nullable): a chunk before the pixels, with @n_before bytes of packed text */
  gsize n_before;
} Png;

static void
append_packed (GByteArray *png, const char *type, const char *prefix, gsize prefix_size, const guint8 *raw, gsize size)
{
  uLongf packed_size = compressBound (size);
  g_autofree guint8 *packed = g_malloc (prefix_size + packed_size);

  if (prefix_size > 0)
    memcpy (packed, prefix, prefix_size);
  g_assert_cmpint (compress (packed + prefix_size, &packed_size, raw, size), ==, Z_OK);
  append_chunk (png, type, packed, (guint) (prefix_size + packed_size));
}

static GBytes *
make_png (const Png *about)
{
  static const guint8 magic[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  GByteArray *png = g_byte_array_new ();
  guint8 header[13] = { 0 };
  guint32 big[2] = { GUINT32_TO_BE (about->width_px), GUINT32_TO_BE (about->height_px) };
  gsize row = 1 + (gsize) about->bytes_per_pixel * about->width_px;

  g_byte_array_append (png, magic, sizeof magic);
  memcpy (header, big, 8);
  header[8] = about->depth;
  header[9] = about->colour_type;
  append_chunk (png, "IHDR", header, sizeof header);
  if (about->before != NULL)
    {
      g_autofree char *text = g_strnfill (about->n_before, 'A');
      append_packed (png, about->before, "Comment\0\0", 9, (const guint8 *) text, about->n_before);
    }
  if (about->n_rows > 0)
    {
      g_autofree guint8 *raw = g_malloc0 (row * about->n_rows);
      guint32 fill = GUINT32_TO_BE (about->fill);

      for (gsize y = 0; y < about->n_rows; y++)
        for (gsize x = 0; x < about->width_px; x++)
          memcpy (raw + y * row + 1 + x * about->bytes_per_pixel, &fill, MIN (4, about->bytes_per_pixel));
      append_packed (png, "IDAT", NULL, 0, raw, row * about->n_rows);
    }
  else
    append_chunk (png, "IDAT", (const guint8 *) "\x78\x9c", 2);
  append_chunk (png, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (png);
}

static void
test_png_with_alpha (void)
{
  const Png about = { 25, 37, 8, 6, 4, 0xff000080, 37 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = make_png (&about);
  g_autoptr (XsFrame) frame = xs_picture_decode (png, &error);

  g_assert_no_error (error);
  g_assert_cmpint (frame->width_px, ==, 25);
  g_assert_cmpint (frame->height_px, ==, 37);
  const guint8 *pixel = xs_frame_data (frame);
  g_assert_cmpint (pixel[0], ==, 255);
  g_assert_cmpint (pixel[1], ==, 127);
  g_assert_cmpint (pixel[2], ==, 127);
}

static void
test_png_grey (void)
{
  const Png about = { 32, 32, 8, 0, 1, 0x40000000, 32 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = make_png (&about);
  g_autoptr (XsFrame) frame = xs_picture_decode (png, &error);

  g_assert_no_error (error);
  for (int c = 0; c < 3; c++)
    g_assert_cmpint (xs_frame_data (frame)[c], ==, 0x40);
}

static void
assert_refused (GBytes *bytes, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsFrame) frame = xs_picture_decode (bytes, &error);

  g_assert_null (frame);
  g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
  g_test_message ("%s", error->message);
  /* What is wrong, then what to do about it. */
  g_assert_nonnull (strstr (error->message, words));
  g_assert_nonnull (strstr (error->message, "; "));
}

static void
assert_png_refused (const Png *about, const char *words)
{
  g_autoptr (GBytes) png = make_png (about);

  assert_refused (png, words);
}

static GBytes *
plain_jpeg (int width, int height)
{
  g_autoptr (XsFrame) frame = make_frame (width, height, 3 * width);

  return xs_picture_encode_jpeg (frame, 90, NULL);
}

/* @jpeg with @n bytes of its frame header, from @at behind the marker, put to @bytes. */
static GBytes *
change_frame_header (GBytes *jpeg, gsize at, const void *bytes, gsize n)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (jpeg, &size);
  guint8 *copy = g_memdup2 (data, size);

  for (gsize i = 0; i + 2 + at + n <= size; i++)
    if (copy[i] == 0xff && copy[i + 1] == 0xc0)
      {
        memcpy (copy + i + 2 + at, bytes, n);
        break;
      }
  return g_bytes_new_take (copy, size);
}

/* A few bytes that say they are gigapixels. */
static void
test_bomb (void)
{
  const Png giga = { 60000, 60000, 8, 6, 4 }, wide = { 20000, 20, 8, 2, 3, 0, 20 }, many = { 6000, 6000, 8, 2, 3 };
  g_autoptr (GBytes) jpeg = plain_jpeg (64, 64);
  g_autoptr (GBytes) blown = change_frame_header (jpeg, 3, "\xea\x60\xea\x60", 4);

  assert_png_refused (&giga, "60000 x 60000 pixels: too large");
  assert_png_refused (&wide, "20000 x 20 pixels: too large");
  assert_png_refused (&many, "6000 x 6000 pixels: too large");
  assert_refused (blown, "60000 x 60000 pixels: too large");
}

/* libpng would inflate each text to 8 MB, and take 1000 of them. */
static void
test_text_bomb (void)
{
  Png about = { 32, 32, 8, 2, 3, 0x10203040, 32, "zTXt", 7000000 };
  g_autoptr (GBytes) one = make_png (&about);
  g_autoptr (GByteArray) many = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (one, &size);
  const gsize header_end = 8 + 25;
  gsize text = 12 + ((gsize) data[header_end + 2] << 8 | data[header_end + 3]);

  g_byte_array_append (many, data, header_end);
  for (int i = 0; i < 40; i++)
    g_byte_array_append (many, data + header_end, (guint) text);
  g_byte_array_append (many, data + header_end, (guint) (size - header_end));
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&many));

  gint64 before_kb = memory_peak_kb ();
  g_autoptr (XsFrame) frame = xs_picture_decode (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpint (frame->width_px, ==, 32);
  g_assert_cmpint (memory_peak_kb () - before_kb, <, 64 * 1024);
}

/* A progressive JPEG may pass over its whole area as often as its file has room for. */
static void
test_scan_bomb (void)
{
  g_autoptr (GBytes) jpeg = plain_jpeg (64, 64);
  g_autoptr (GByteArray) many = g_byte_array_new ();
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (jpeg, &size);
  static const guint8 scan[] = { 0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0, 0x7f };

  g_byte_array_append (many, data, (guint) size - 2);
  for (int i = 0; i < 1000; i++)
    g_byte_array_append (many, scan, sizeof scan);
  g_byte_array_append (many, data + size - 2, 2);
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&many));
  assert_refused (bytes, "scans");
}

static void
test_limits (void)
{
  const Png dot = { 1, 1, 8, 2, 3, 0, 1 }, deep = { 32, 32, 16, 2, 6, 0, 32 }, odd = { 32, 32, 8, 5, 3, 0, 32 };
  const Png least = { XS_PICTURE_MIN_SIDE_PX, XS_PICTURE_MIN_SIDE_PX, 8, 2, 3, 0, XS_PICTURE_MIN_SIDE_PX };
  g_autoptr (GBytes) png = make_png (&least);
  g_autoptr (XsFrame) frame = xs_picture_decode (png, NULL);
  g_autoptr (GBytes) jpeg = plain_jpeg (64, 64);
  g_autoptr (GBytes) deep_jpeg = change_frame_header (jpeg, 2, "\x0c", 1);
  g_autoptr (GBytes) cmyk = change_frame_header (jpeg, 7, "\4", 1);
  g_autoptr (GBytes) small = plain_jpeg (8, 64);

  g_assert_nonnull (frame);
  assert_png_refused (&dot, "1 x 1 pixels: too small");
  assert_png_refused (&deep, "16 bits");
  assert_png_refused (&odd, "kind of colour");
  assert_refused (deep_jpeg, "12 bits");
  assert_refused (cmyk, "CMYK");
  assert_refused (small, "too small");
}

static void
test_foreign (void)
{
  static const struct {
    const char *bytes;
    gsize size;
    const char *words;
  } foreign[] = {
    { "", 0, "empty" },
    { "GIF89a\1\0\1\0", 10, "a GIF" },
    { "<svg xmlns='http://www.w3.org/2000/svg'/>", 41, "an SVG" },
    { "PK\3\4\0\0\0\0", 8, "a ZIP" },
    { "RIFF\0\0\0\0WEBPVP8 ", 16, "a WebP" },
    { "\0\0\0\x18"
      "ftypheic",
      12, "a HEIC" },
    { "hello, I am a picture", 21, "neither" },
    { "\xff\xd8\xff\xd9", 4, "no picture in it" },
    { "\xff\xd8\xff", 3, "breaks off" },
    { "\x89PNG\r\n\x1a\n", 8, "breaks off" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (foreign[i].bytes, foreign[i].size);
      assert_refused (bytes, foreign[i].words);
    }
  g_autoptr (GBytes) huge = g_bytes_new_take (g_malloc0 (XS_PICTURE_MAX_BYTES + 1), XS_PICTURE_MAX_BYTES + 1);
  assert_refused (huge, "at most");
}

/* Wherever a file was cut, it is an error and not a picture with a grey lower half. */
static void
test_cut (void)
{
  const Png about = { 50, 50, 8, 2, 3, 0x12345678, 50 }, short_of_rows = { 50, 50, 8, 2, 3, 0x12345678, 25 };
  const Png hollow = { 50, 50, 8, 2, 3 };
  g_autoptr (GBytes) png = make_png (&about);
  g_autoptr (GBytes) jpeg = plain_jpeg (320, 240);
  GBytes *whole[] = { png, jpeg };

  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++)
    {
      gsize size = g_bytes_get_size (whole[i]);
      for (gsize n = 1; n < size; n += 1 + size / 400)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (GBytes) part = g_bytes_new_from_bytes (whole[i], 0, n);
          g_assert_null (xs_picture_decode (part, &error));
          g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
        }
      g_autoptr (XsFrame) frame = xs_picture_decode (whole[i], NULL);
      g_assert_nonnull (frame);
    }
  assert_png_refused (&short_of_rows, "damaged");
  assert_png_refused (&hollow, "damaged");
}

/* A cut JPEG that something ended properly afterwards. */
static void
test_cut_and_ended (void)
{
  g_autoptr (GBytes) jpeg = plain_jpeg (320, 240);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (jpeg, &size);
  g_autoptr (GByteArray) cut = g_byte_array_new ();

  g_byte_array_append (cut, data, (guint) size * 2 / 3);
  g_byte_array_append (cut, (const guint8 *) "\xff\xd9", 2);
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&cut));
  assert_refused (bytes, "damaged");
}

/* What lies behind the end of a picture is none of it: telephones put a second one there. */
static void
test_behind_the_end (void)
{
  const Png about = { 50, 50, 8, 2, 3, 0x12345678, 50 };
  g_autoptr (GBytes) jpeg = plain_jpeg (320, 240);
  g_autoptr (GBytes) other = plain_jpeg (64, 64);
  g_autoptr (GBytes) png = make_png (&about);
  GBytes *first[] = { jpeg, png }, *behind[] = { other, png };

  for (int i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) both = g_byte_array_new ();
      gsize size;
      const guint8 *data = g_bytes_get_data (first[i / 2], &size);

      g_byte_array_append (both, data, (guint) size);
      data = g_bytes_get_data (behind[i % 2], &size);
      g_byte_array_append (both, data, (guint) size);
      g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&both));
      g_autoptr (XsFrame) frame = xs_picture_decode (bytes, &error);
      g_assert_no_error (error);
      g_assert_cmpint (frame->width_px, ==, i < 2 ? 320 : 50);
    }
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
  g_test_add_func ("/media/picture/png-keeps-every-pixel", test_png_keeps_every_pixel);
  g_test_add_func ("/media/picture/orientation", test_orientation);
  g_test_add_func ("/media/picture/png-with-alpha", test_png_with_alpha);
  g_test_add_func ("/media/picture/png-grey", test_png_grey);
  g_test_add_func ("/media/picture/bomb", test_bomb);
  g_test_add_func ("/media/picture/text-bomb", test_text_bomb);
  g_test_add_func ("/media/picture/scan-bomb", test_scan_bomb);
  g_test_add_func ("/media/picture/limits", test_limits);
  g_test_add_func ("/media/picture/foreign", test_foreign);
  g_test_add_func ("/media/picture/cut", test_cut);
  g_test_add_func ("/media/picture/cut-and-ended", test_cut_and_ended);
  g_test_add_func ("/media/picture/behind-the-end", test_behind_the_end);
  g_test_add_func ("/media/picture/any-bytes", test_any_bytes);
  ADD_TEST ("/media/picture/load", test_load);
  return g_test_run ();
}
