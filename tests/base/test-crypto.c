/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "temp-dir.h"
#include "xs-crypto.h"
#include "xs-error.h"

#include <string.h>

static void
test_seal (void)
{
  static const char text[] = "a face in the clear";
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "seal", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = g_bytes_new_static (text, sizeof text);
  XsSealKey key;

  g_assert_true (xs_seal_key_load (path, &key, &error));
  g_assert_no_error (error);
  g_autoptr (GBytes) sealed = xs_seal (key.public_key, plain);
  g_autoptr (GBytes) again = xs_seal (key.public_key, plain);
  g_assert_null (memmem (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed), "face", 4));
  g_assert_false (g_bytes_equal (sealed, again));
  g_autoptr (GBytes) opened = xs_unseal (&key, sealed, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (opened, plain));
}

static void
test_seal_empty (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "seal", NULL);
  g_autoptr (GBytes) plain = g_bytes_new (NULL, 0);
  XsSealKey key;

  g_assert_true (xs_seal_key_load (path, &key, NULL));
  g_autoptr (GBytes) sealed = xs_seal (key.public_key, plain);
  g_autoptr (GBytes) opened = xs_unseal (&key, sealed, NULL);
  g_assert_nonnull (opened);
  g_assert_cmpuint (g_bytes_get_size (opened), ==, 0);
}

static void
test_unseal_tampered (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "seal", NULL);
  g_autofree char *other_path = g_build_filename (dir, "other", NULL);
  g_autoptr (GBytes) plain = g_bytes_new_static ("secret", 6);
  g_autoptr (GError) error = NULL;
  XsSealKey key, other;

  g_assert_true (xs_seal_key_load (path, &key, NULL) && xs_seal_key_load (other_path, &other, NULL));
  g_autoptr (GBytes) sealed = xs_seal (key.public_key, plain);
  gsize size = g_bytes_get_size (sealed);

  g_assert_null (xs_unseal (&other, sealed, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  for (gsize i = 0; i < size; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (sealed, NULL), size);
      copy[i] ^= 1;
      g_autoptr (GBytes) flipped = g_bytes_new (copy, size);
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (sealed, 0, i);
      g_clear_error (&error);
      g_assert_null (xs_unseal (&key, flipped, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
      g_clear_error (&error);
      g_assert_null (xs_unseal (&key, cut, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
    }
}

static void
test_public_key_check (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "seal", NULL);
  g_autoptr (GError) error = NULL;
  guint8 zero[XS_KEY_BYTES] = { 0 };
  guint8 one[XS_KEY_BYTES] = { 1 };
  XsSealKey key;

  g_assert_true (xs_seal_key_load (path, &key, NULL));
  g_assert_true (xs_seal_public_key_check (key.public_key, &error));
  g_assert_no_error (error);
  g_assert_false (xs_seal_public_key_check (zero, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_seal_public_key_check (one, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
test_sign (void)
{
  static const char text[] = "a teaching log";
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "sign", NULL);
  g_autofree char *other_path = g_build_filename (dir, "other", NULL);
  guint8 signature[XS_SIGNATURE_BYTES];
  XsSignKey key, other;

  g_assert_true (xs_sign_key_load (path, &key, NULL) && xs_sign_key_load (other_path, &other, NULL));
  xs_sign (&key, text, sizeof text, signature);
  g_assert_true (xs_verify (key.public_key, text, sizeof text, signature));
  g_assert_false (xs_verify (other.public_key, text, sizeof text, signature));
  g_assert_false (xs_verify (key.public_key, text, sizeof text - 1, signature));
  for (guint i = 0; i < sizeof signature; i++)
    {
      signature[i] ^= 1;
      g_assert_false (xs_verify (key.public_key, text, sizeof text, signature));
      signature[i] ^= 1;
    }
}

/* @load: whether the pair is loaded from @path, and its first public byte. */
typedef gboolean (*Load) (const char *path, guint8 public_key[XS_KEY_BYTES], GError **error);

static gboolean
load_seal (const char *path, guint8 public_key[XS_KEY_BYTES], GError **error)
{
  XsSealKey key;

  if (!xs_seal_key_load (path, &key, error))
    return FALSE;
  memcpy (public_key, key.public_key, XS_KEY_BYTES);
  return TRUE;
}

static gboolean
load_sign (const char *path, guint8 public_key[XS_KEY_BYTES], GError **error)
{
  XsSignKey key;

  if (!xs_sign_key_load (path, &key, error))
    return FALSE;
  memcpy (public_key, key.public_key, XS_KEY_BYTES);
  return TRUE;
}

static void
check_key_file (Load load)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "key", NULL);
  g_autofree char *other_path = g_build_filename (dir, "other", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  guint8 made[XS_KEY_BYTES], loaded[XS_KEY_BYTES], other[XS_KEY_BYTES];
  gsize size;
  GStatBuf info;

  g_assert_true (load (path, made, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_true (load (path, loaded, &error));
  g_assert_cmpmem (made, sizeof made, loaded, sizeof loaded);
  g_assert_true (load (other_path, other, &error));
  g_assert_cmpint (memcmp (made, other, sizeof made), !=, 0);

  /* Damaged in any byte, cut or empty: refused, and left as it is. */
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  for (gsize i = 0; i < size; i++)
    {
      g_autofree char *after = NULL;
      gsize after_size;
      contents[i] ^= 16;
      g_assert_true (g_file_set_contents (path, contents, (gssize) size, NULL));
      g_assert_false (load (path, loaded, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
      g_assert_nonnull (strstr (error->message, path));
      g_clear_error (&error);
      g_assert_true (g_file_get_contents (path, &after, &after_size, NULL));
      g_assert_cmpmem (after, after_size, contents, size);
      contents[i] ^= 16;
    }
  for (gsize i = 0; i < size; i += size / 4)
    {
      g_assert_true (g_file_set_contents (path, contents, (gssize) i, NULL));
      g_assert_false (load (path, loaded, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
      g_clear_error (&error);
    }
}

static void
test_seal_key_file (void)
{
  check_key_file (load_seal);
}

static void
test_sign_key_file (void)
{
  check_key_file (load_sign);
}

static void
test_key_file_unwritable (void)
{
  g_autoptr (GError) error = NULL;
  XsSealKey key;

  g_assert_false (xs_seal_key_load ("/nonexistent/folder/key", &key, &error));
  g_assert_nonnull (error);
}

static void
test_password (void)
{
  static const char password[] = "教练 correct horse";
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = xs_password_hash (password, &error);
  g_autofree char *again = xs_password_hash (password, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (hash, "$argon2id$v=19$m=65536,"));
  g_assert_cmpuint (strlen (hash), <=, XS_PASSWORD_HASH_MAX_BYTES);
  g_assert_cmpstr (hash, !=, again);
  g_assert_true (xs_password_verify (hash, password));
  g_assert_true (xs_password_verify (again, password));
  g_assert_false (xs_password_verify (hash, "教练 correct hors"));
  g_assert_false (xs_password_verify (hash, ""));
  g_assert_false (xs_password_verify ("", password));
  g_assert_false (xs_password_verify (password, password));
}

static void
test_sha256 (void)
{
  g_autofree char *empty = xs_sha256_hex (NULL, 0);
  g_autofree char *abc = xs_sha256_hex ("abc", 3);

  g_assert_cmpstr (empty, ==, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  g_assert_cmpstr (abc, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
test_base64 (void)
{
  static const char *const bad[] = { NULL,        "",         "AAAA",      "AAAAAAA=",     "AAAAAA=",  "AAAAAA",
                                     "AAAA AA==", "AAAAA*==", "AAAAAA==x", "AAAAAA==AAAA", "-AAAAA==", "AAAAAB==" };
  g_autoptr (GError) error = NULL;
  guint8 out[4];

  g_assert_true (xs_base64_decode_exact ("3q2+7w==", "key", out, sizeof out, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (out, sizeof out, "\xde\xad\xbe\xef", 4);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      if (xs_base64_decode_exact (bad[i], "key", out, sizeof out, &error))
        g_test_message ("accepted %s", bad[i]);
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "key"));
      g_clear_error (&error);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/crypto/seal", test_seal);
  g_test_add_func ("/base/crypto/seal-empty", test_seal_empty);
  g_test_add_func ("/base/crypto/unseal-tampered", test_unseal_tampered);
  g_test_add_func ("/base/crypto/public-key-check", test_public_key_check);
  g_test_add_func ("/base/crypto/sign", test_sign);
  g_test_add_func ("/base/crypto/seal-key-file", test_seal_key_file);
  g_test_add_func ("/base/crypto/sign-key-file", test_sign_key_file);
  g_test_add_func ("/base/crypto/key-file-unwritable", test_key_file_unwritable);
  g_test_add_func ("/base/crypto/password", test_password);
  g_test_add_func ("/base/crypto/sha256", test_sha256);
  g_test_add_func ("/base/crypto/base64", test_base64);
  return g_test_run ();
}
