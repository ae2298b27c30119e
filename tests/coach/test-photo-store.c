/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "temp-dir.h"
#include "xs-crypto.h"
#include "xs-photo-files.h"
#include "xs-texture-cache.h"

#define SIDE_PX 16
#define TEXTURE_BYTES (SIDE_PX * SIDE_PX * 4)

static GdkTexture *
texture_new (void)
{
  g_autoptr (GBytes) pixels = g_bytes_new_take (g_malloc0 (TEXTURE_BYTES), TEXTURE_BYTES);

  return gdk_memory_texture_new (SIDE_PX, SIDE_PX, GDK_MEMORY_DEFAULT, pixels, 4 * SIDE_PX);
}

static void
put (XsTextureCache *cache, const char *name)
{
  g_autoptr (GdkTexture) texture = texture_new ();

  xs_texture_cache_put (cache, name, texture);
}

static void
test_textures_are_bounded (void)
{
  g_autoptr (XsTextureCache) cache = xs_texture_cache_new (3 * TEXTURE_BYTES);

  put (cache, "a");
  put (cache, "b");
  put (cache, "c");
  g_assert_cmpuint (xs_texture_cache_get_bytes (cache), ==, 3 * TEXTURE_BYTES);
  /* What was looked at last stays. */
  g_assert_nonnull (xs_texture_cache_get (cache, "a"));
  put (cache, "d");
  g_assert_cmpuint (xs_texture_cache_get_bytes (cache), ==, 3 * TEXTURE_BYTES);
  g_assert_null (xs_texture_cache_get (cache, "b"));
  g_assert_nonnull (xs_texture_cache_get (cache, "a"));
  g_assert_nonnull (xs_texture_cache_get (cache, "d"));
  put (cache, "d");
  g_assert_cmpuint (xs_texture_cache_get_bytes (cache), ==, 3 * TEXTURE_BYTES);
  xs_texture_cache_empty (cache);
  g_assert_cmpuint (xs_texture_cache_get_bytes (cache), ==, 0);
  g_assert_null (xs_texture_cache_get (cache, "a"));
}

static void
test_textures_go (void)
{
  g_autoptr (XsTextureCache) cache = xs_texture_cache_new (TEXTURE_BYTES / 2);
  GdkTexture *large = texture_new (), *next = texture_new ();

  g_object_add_weak_pointer (G_OBJECT (large), (gpointer *) &large);
  xs_texture_cache_put (cache, "large", large);
  g_object_unref (large);
  g_assert_nonnull (xs_texture_cache_get (cache, "large"));
  xs_texture_cache_put (cache, "next", next);
  g_assert_null (large);
  g_object_unref (next);
}

static guint
count_files (const char *dir)
{
  g_autoptr (GDir) folder = g_dir_open (dir, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static void
test_files_are_sealed (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *stale = g_build_filename (dir, "stale", NULL);
  g_autofree char *path = g_build_filename (dir, "photo", NULL);
  g_autofree char *other = g_build_filename (dir, "other", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GBytes) face = g_bytes_new_static ("a face, as it is", 16);
  gsize size;

  g_assert_true (g_file_set_contents (stale, "left by a crash", -1, NULL));
  g_autoptr (XsPhotoFiles) files = xs_photo_files_new (dir, 1000);
  g_assert_cmpuint (count_files (dir), ==, 0);
  g_assert_null (xs_photo_files_read (files, "photo"));
  xs_photo_files_write (files, xs_photo_files_get_key_number (files), "photo", face);
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  for (gsize i = 0; i + 4 <= size; i++)
    g_assert_true (memcmp (contents + i, "face", 4) != 0);
  g_autoptr (GBytes) read = xs_photo_files_read (files, "photo");
  g_assert_true (g_bytes_equal (read, face));

  /* Under another name it is nobody's. */
  xs_photo_files_write (files, xs_photo_files_get_key_number (files), "other", face);
  g_assert_true (g_file_set_contents (other, contents, (gssize) size, NULL));
  g_assert_null (xs_photo_files_read (files, "other"));
}

static void
test_files_are_bounded (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree guint8 *zeros = g_malloc0 (1000);
  g_autoptr (GBytes) photo = g_bytes_new (zeros, 1000);
  g_autoptr (XsPhotoFiles) files = xs_photo_files_new (dir, 3500);
  guint key_number = xs_photo_files_get_key_number (files);

  xs_photo_files_write (files, key_number, "a", photo);
  xs_photo_files_write (files, key_number, "b", photo);
  xs_photo_files_write (files, key_number, "c", photo);
  g_autoptr (GBytes) looked_at = xs_photo_files_read (files, "a");
  for (guint i = 0; i < 3; i++)
    xs_photo_files_write (files, key_number, "d", photo);
  g_assert_cmpuint (count_files (dir), ==, 3);
  g_assert_cmpuint (xs_photo_files_get_bytes (files), <=, 3500);
  g_assert_null (xs_photo_files_read (files, "b"));
  g_autoptr (GBytes) kept = xs_photo_files_read (files, "a");
  g_assert_nonnull (kept);
}

/* Signing out: nothing is left, and what was on its way does not come back. */
static void
test_files_are_forgotten (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autoptr (GBytes) photo = g_bytes_new_static ("photo", 5);
  g_autoptr (XsPhotoFiles) files = xs_photo_files_new (dir, 3500);
  guint key_number = xs_photo_files_get_key_number (files);

  xs_photo_files_write (files, key_number, "a", photo);
  xs_photo_files_empty (files);
  g_assert_cmpuint (count_files (dir), ==, 0);
  g_assert_cmpuint (xs_photo_files_get_bytes (files), ==, 0);
  xs_photo_files_write (files, key_number, "late", photo);
  g_assert_cmpuint (count_files (dir), ==, 0);
  g_assert_null (xs_photo_files_read (files, "late"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add_func ("/coach/photo-store/textures-are-bounded", test_textures_are_bounded);
  g_test_add_func ("/coach/photo-store/textures-go", test_textures_go);
  g_test_add_func ("/coach/photo-store/files-are-sealed", test_files_are_sealed);
  g_test_add_func ("/coach/photo-store/files-are-bounded", test_files_are_bounded);
  g_test_add_func ("/coach/photo-store/files-are-forgotten", test_files_are_forgotten);
  return g_test_run ();
}
