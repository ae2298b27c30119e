/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "temp-dir.h"
#include "xs-cipher.h"
#include "xs-error.h"

#include <string.h>

static void
test_lock (void)
{
  static const char text[] = "a face in the clear";
  g_autoptr (GBytes) plain = g_bytes_new_static (text, sizeof text);
  g_autoptr (GError) error = NULL;
  guint8 key[XS_KEY_BYTES];

  xs_cipher_make_key (key);
  g_autoptr (GBytes) locked = xs_cipher_lock (key, plain, "name");
  g_autoptr (GBytes) again = xs_cipher_lock (key, plain, "name");
  gsize size;
  const guint8 *data = g_bytes_get_data (locked, &size);
  g_assert_cmpuint (size, ==, sizeof text + XS_CIPHER_EXTRA_BYTES);
  g_assert_null (memmem (data, size, "face", 4));
  g_assert_false (g_bytes_equal (locked, again));
  g_autoptr (GBytes) opened = xs_cipher_open (key, data, size, "name", &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (opened, plain));
}

/* Each bit, each shorter length, another context, another key. */
static void
test_lock_tampered (void)
{
  g_autoptr (GBytes) plain = g_bytes_new_static ("secret", 6);
  g_autoptr (GBytes) other_opened = NULL;
  guint8 key[XS_KEY_BYTES], other[XS_KEY_BYTES];

  xs_cipher_make_key (key);
  xs_cipher_make_key (other);
  g_autoptr (GBytes) locked = xs_cipher_lock (key, plain, "name");
  gsize size;
  const guint8 *data = g_bytes_get_data (locked, &size);
  for (gsize bit = 0; bit < size * 8; bit++)
    {
      g_autofree guint8 *damaged = g_memdup2 (data, size);
      g_autoptr (GError) error = NULL;
      damaged[bit / 8] ^= 1 << bit % 8;
      g_assert_null (xs_cipher_open (key, damaged, size, "name", &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
    }
  for (gsize length = 0; length < size; length++)
    g_assert_null (xs_cipher_open (key, data, length, "name", NULL));
  g_assert_null (xs_cipher_open (key, data, size, "eman", NULL));
  g_assert_null (xs_cipher_open (other, data, size, "name", NULL));
}

static void
test_derive (void)
{
  guint8 master[XS_KEY_BYTES], one[XS_KEY_BYTES], same[XS_KEY_BYTES], another[XS_KEY_BYTES];

  xs_cipher_make_key (master);
  xs_cipher_derive_key (master, "learners", one);
  xs_cipher_derive_key (master, "learners", same);
  xs_cipher_derive_key (master, "visitors", another);
  g_assert_cmpmem (one, sizeof one, same, sizeof same);
  g_assert_cmpint (memcmp (one, another, sizeof one), !=, 0);
  g_assert_cmpint (memcmp (one, master, sizeof one), !=, 0);
}

/* The very bytes of a sealed box, made again from what was in it. */
static void
test_reseal (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "seal", NULL);
  g_autoptr (GBytes) plain = g_bytes_new_static ("a face", 6);
  g_autoptr (GBytes) other_plain = g_bytes_new_static ("b face", 6);
  XsSealKey key;

  g_assert_true (xs_seal_key_load (path, &key, NULL));
  g_autoptr (GBytes) sealed = xs_seal (key.public_key, plain);
  g_autoptr (GBytes) again = xs_reseal (&key, xs_seal_ephemeral (sealed), plain);
  g_assert_true (g_bytes_equal (sealed, again));
  g_autoptr (GBytes) other = xs_reseal (&key, xs_seal_ephemeral (sealed), other_plain);
  g_assert_false (g_bytes_equal (sealed, other));
  static const guint8 none[XS_KEY_BYTES] = { 0 };
  g_autoptr (GBytes) of_none = xs_reseal (&key, none, plain);
  g_assert_false (g_bytes_equal (sealed, of_none));
  g_assert_null (xs_seal_ephemeral (plain));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/cipher/lock", test_lock);
  g_test_add_func ("/base/cipher/lock-tampered", test_lock_tampered);
  g_test_add_func ("/base/cipher/derive", test_derive);
  g_test_add_func ("/base/cipher/reseal", test_reseal);
  return g_test_run ();
}
