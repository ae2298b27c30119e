/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "fuzz-picture.h"
#include "fuzz-test.h"

#define DEFAULT_RUNS 60000
#define MAX_SEED_BYTES 4096

/* A picture with some detail, in the given format; sizes that are no multiple of a JPEG's blocks. */
static GByteArray *
make_seed (int width, int height, gboolean alpha, const char *type, const char *option, const char *value)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, alpha, 8, width, height);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  int stride = gdk_pixbuf_get_rowstride (pixbuf), n_channels = gdk_pixbuf_get_n_channels (pixbuf);
  g_autoptr (GError) error = NULL;
  char *data = NULL;
  gsize size = 0;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width * n_channels; x++)
      pixels[y * stride + x] = (guint8) (x * 7 + y * 13 + x * y / 5);
  gdk_pixbuf_save_to_buffer (pixbuf, &data, &size, type, &error, option, value, NULL);
  g_assert_no_error (error);
  return g_byte_array_new_take ((guint8 *) data, size);
}

static GPtrArray *
make_seeds (void)
{
  /* APP1 with one big-endian IFD of one entry: turn by 90 degrees. */
  static const guint8 exif[] = { 0xff, 0xe1, 0, 34,   'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                                 0,    1,    1, 0x12, 0,   3,   0,   0,   0, 1, 0,   6,   0, 0,  0, 0, 0, 0 };
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);

  g_ptr_array_add (seeds, make_seed (37, 21, FALSE, "jpeg", "quality", "60"));
  g_ptr_array_add (seeds, make_seed (16, 90, FALSE, "jpeg", "quality", "95"));
  g_ptr_array_add (seeds, make_seed (19, 33, FALSE, "png", "compression", "9"));
  g_ptr_array_add (seeds, make_seed (24, 17, TRUE, "png", "tEXt::Comment", "hello"));
  g_autoptr (GByteArray) plain = make_seed (40, 20, FALSE, "jpeg", "quality", "30");
  GByteArray *turned = g_byte_array_new ();
  g_byte_array_append (turned, plain->data, 2);
  g_byte_array_append (turned, exif, sizeof exif);
  g_byte_array_append (turned, plain->data + 2, plain->len - 2);
  g_ptr_array_add (seeds, turned);
  return seeds;
}

/* One change, as damage or malice makes it. */
static void
mutate (GByteArray *bytes, const GByteArray *other)
{
  static const guint8 telling[] = { 0, 1, 2, 3, 4, 8, 16, 0x7f, 0x80, 0xc0, 0xc2, 0xc4, 0xd8, 0xd9, 0xda, 0xfe, 0xff };
  guint at = fuzz_random_below (bytes->len);

  switch (fuzz_random_below (8))
    {
    case 0:
      bytes->data[at] ^= (guint8) (1u << fuzz_random_below (8));
      break;
    case 1:
      bytes->data[at] = (guint8) fuzz_random_below (256);
      break;
    case 2:
    case 3:
      bytes->data[at] = telling[fuzz_random_below (sizeof telling)];
      break;
    case 4: /* a marker or half a length */
      bytes->data[at] = 0xff;
      if (at + 1 < bytes->len)
        bytes->data[at + 1] = telling[fuzz_random_below (sizeof telling)];
      break;
    case 5: /* something missing */
      if (bytes->len > 64)
        g_byte_array_remove_range (bytes, at, 1 + fuzz_random_below (MIN (32, bytes->len - at)));
      break;
    case 6: /* something twice */
      if (bytes->len < 2 * MAX_SEED_BYTES)
        {
          guint n = 1 + fuzz_random_below (MIN (64, bytes->len - at));
          g_autofree guint8 *part = g_memdup2 (bytes->data + at, n);
          g_byte_array_append (bytes, part, n);
          memmove (bytes->data + at + n, bytes->data + at, bytes->len - at - n);
        }
      break;
    default: /* a piece of another picture */
      {
        guint from = fuzz_random_below (other->len), n = 1 + fuzz_random_below (48);
        n = MIN (n, MIN (other->len - from, bytes->len - at));
        memcpy (bytes->data + at, other->data + from, n);
      }
    }
}

static void
test_mutations (void)
{
  g_autoptr (GPtrArray) seeds = make_seeds ();

  for (guint i = 0; i < seeds->len; i++)
    {
      const GByteArray *seed = seeds->pdata[i];
      g_assert_cmpuint (seed->len, <=, MAX_SEED_BYTES);
      LLVMFuzzerTestOneInput (seed->data, seed->len);
    }
  for (int run = 0; run < fuzz_runs (); run++)
    {
      const GByteArray *seed = seeds->pdata[fuzz_random_below (seeds->len)];
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, seed->data, seed->len);
      for (guint i = 1 + fuzz_random_below (6); i > 0; i--)
        mutate (bytes, seeds->pdata[fuzz_random_below (seeds->len)]);
      if (fuzz_random_below (20) == 0)
        g_byte_array_set_size (bytes, fuzz_random_below (bytes->len));
      if (fuzz_random_below (8) != 0)
        fuzz_mend_checksums (bytes->data, bytes->len);
      LLVMFuzzerTestOneInput (bytes->data, bytes->len);
    }
  g_test_message ("%d mutations", fuzz_runs ());
}

static void
add_tests (void)
{
  g_test_add_func ("/fuzz/picture/mutations", test_mutations);
}

static void
write_seeds (void)
{
  g_autoptr (GPtrArray) seeds = make_seeds ();

  for (guint i = 0; i < seeds->len; i++)
    {
      const GByteArray *seed = seeds->pdata[i];
      fuzz_write_seed (i, seed->data, seed->len);
    }
}

int
main (int argc, char **argv)
{
  return fuzz_main (argc, argv, DEFAULT_RUNS, add_tests, write_seeds);
}
