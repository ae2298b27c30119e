/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-crypto.h"

#include "xs-blob.h"
#include "xs-error.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT (XS_KEY_BYTES == crypto_box_PUBLICKEYBYTES && XS_KEY_BYTES == crypto_box_SECRETKEYBYTES);
G_STATIC_ASSERT (XS_KEY_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (XS_SIGN_SECRET_BYTES == crypto_sign_SECRETKEYBYTES);
G_STATIC_ASSERT (XS_SIGNATURE_BYTES == crypto_sign_BYTES);
G_STATIC_ASSERT (XS_PASSWORD_HASH_MAX_BYTES == crypto_pwhash_STRBYTES - 1);

void
xs_crypto_init (void)
{
  int result = sodium_init ();

  g_assert (result >= 0);
}

typedef void (*MakeKey) (guint8 *public_key, guint8 *secret_key);
/* The public key that belongs to a secret key. */
typedef void (*DeriveKey) (guint8 *public_key, const guint8 *secret_key);

/* Both kinds of pair are kept as the public key followed by the secret key. */
static gboolean
load_or_make (const char *path, MakeKey make, DeriveKey derive, guint8 *public_key, guint8 *secret_key,
              gsize secret_size, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) stored = xs_blob_read (path, 4096, &local_error);

  xs_crypto_init ();
  if (stored != NULL)
    {
      const guint8 *data = g_bytes_get_data (stored, NULL);
      guint8 derived[XS_KEY_BYTES];
      gboolean whole = g_bytes_get_size (stored) == XS_KEY_BYTES + secret_size;
      if (whole)
        derive (derived, data + XS_KEY_BYTES);
      if (!whole || memcmp (derived, data, XS_KEY_BYTES) != 0)
        {
          g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s is damaged: it holds no key; restore it from a backup",
                       path);
          return FALSE;
        }
      memcpy (public_key, data, XS_KEY_BYTES);
      memcpy (secret_key, data + XS_KEY_BYTES, secret_size);
      return TRUE;
    }
  if (!g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  make (public_key, secret_key);
  guint8 both[XS_KEY_BYTES + XS_SIGN_SECRET_BYTES];
  memcpy (both, public_key, XS_KEY_BYTES);
  memcpy (both + XS_KEY_BYTES, secret_key, secret_size);
  g_autoptr (GBytes) bytes = g_bytes_new (both, XS_KEY_BYTES + secret_size);
  sodium_memzero (both, sizeof both);
  return xs_blob_write (path, bytes, error);
}

static void
make_seal_key (guint8 *public_key, guint8 *secret_key)
{
  crypto_box_keypair (public_key, secret_key);
}

static void
derive_seal_key (guint8 *public_key, const guint8 *secret_key)
{
  crypto_scalarmult_base (public_key, secret_key);
}

static void
make_sign_key (guint8 *public_key, guint8 *secret_key)
{
  crypto_sign_keypair (public_key, secret_key);
}

static void
derive_sign_key (guint8 *public_key, const guint8 *secret_key)
{
  guint8 seed[crypto_sign_SEEDBYTES];
  guint8 derived_secret[crypto_sign_SECRETKEYBYTES];

  crypto_sign_ed25519_sk_to_seed (seed, secret_key);
  crypto_sign_seed_keypair (public_key, derived_secret, seed);
  /* A signature is made with the public key kept inside the secret one: it must be the same. */
  if (memcmp (derived_secret, secret_key, sizeof derived_secret) != 0)
    memset (public_key, 0, XS_KEY_BYTES);
  sodium_memzero (seed, sizeof seed);
  sodium_memzero (derived_secret, sizeof derived_secret);
}

gboolean
xs_seal_key_load (const char *path, XsSealKey *key, GError **error)
{
  return load_or_make (path, make_seal_key, derive_seal_key, key->public_key, key->secret_key, sizeof key->secret_key,
                       error);
}

gboolean
xs_sign_key_load (const char *path, XsSignKey *key, GError **error)
{
  return load_or_make (path, make_sign_key, derive_sign_key, key->public_key, key->secret_key, sizeof key->secret_key,
                       error);
}

gboolean
xs_seal_public_key_check (const guint8 public_key[XS_KEY_BYTES], GError **error)
{
  guint8 sealed[1 + crypto_box_SEALBYTES];

  xs_crypto_init ();
  if (crypto_box_seal (sealed, (const guint8 *) "", 1, public_key) == 0)
    return TRUE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "The public key cannot be sealed to: it is no real key");
  return FALSE;
}

GBytes *
xs_seal (const guint8 public_key[XS_KEY_BYTES], GBytes *plain)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (plain, &size);
  guint8 *sealed = g_malloc (size + crypto_box_SEALBYTES);

  xs_crypto_init ();
  int result = crypto_box_seal (sealed, data, size, public_key);
  g_assert (result == 0);
  return g_bytes_new_take (sealed, size + crypto_box_SEALBYTES);
}

GBytes *
xs_unseal (const XsSealKey *key, GBytes *sealed, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);

  xs_crypto_init ();
  if (size >= crypto_box_SEALBYTES)
    {
      g_autofree guint8 *plain = g_malloc (size - crypto_box_SEALBYTES + 1);
      if (crypto_box_seal_open (plain, data, size, key->public_key, key->secret_key) == 0)
        return g_bytes_new_take (g_steal_pointer (&plain), size - crypto_box_SEALBYTES);
    }
  g_set_error_literal (error, XS_ERROR, XS_ERROR_CORRUPT, "Sealed data was altered or sealed to another key");
  return NULL;
}

void
xs_sign (const XsSignKey *key, const void *data, gsize size, guint8 signature[XS_SIGNATURE_BYTES])
{
  xs_crypto_init ();
  crypto_sign_detached (signature, NULL, data, size, key->secret_key);
}

gboolean
xs_verify (const guint8 public_key[XS_KEY_BYTES], const void *data, gsize size,
           const guint8 signature[XS_SIGNATURE_BYTES])
{
  xs_crypto_init ();
  return crypto_sign_verify_detached (signature, data, size, public_key) == 0;
}

char *
xs_password_hash (const char *password, GError **error)
{
  char hash[crypto_pwhash_STRBYTES];

  xs_crypto_init ();
  if (crypto_pwhash_str_alg (hash, password, strlen (password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13)
      == 0)
    return g_strdup (hash);
  g_set_error_literal (error, XS_ERROR, XS_ERROR_FAILED,
                       "There is too little free memory to store a password: close other programs, then try again");
  return NULL;
}

gboolean
xs_password_verify (const char *hash, const char *password)
{
  xs_crypto_init ();
  return crypto_pwhash_str_verify (hash, password, strlen (password)) == 0;
}

char *
xs_sha256_hex (const void *data, gsize size)
{
  XsSha256 *sum = xs_sha256_new ();

  xs_sha256_update (sum, data, size);
  return xs_sha256_finish_hex (sum);
}

XsSha256 *
xs_sha256_new (void)
{
  gnutls_hash_hd_t sum;

  /* Fails only for an algorithm it has not, or without memory. */
  int result = gnutls_hash_init (&sum, GNUTLS_DIG_SHA256);
  g_assert (result == GNUTLS_E_SUCCESS);
  return (XsSha256 *) sum;
}

void
xs_sha256_update (XsSha256 *sum, const void *data, gsize size)
{
  gnutls_hash ((gnutls_hash_hd_t) sum, data, size);
}

char *
xs_sha256_finish_hex (XsSha256 *sum)
{
  guint8 digest[crypto_hash_sha256_BYTES];
  char *hex = g_malloc (2 * sizeof digest + 1);

  gnutls_hash_deinit ((gnutls_hash_hd_t) sum, digest);
  return sodium_bin2hex (hex, 2 * sizeof digest + 1, digest, sizeof digest);
}

void
xs_sha256_free (XsSha256 *sum)
{
  if (sum != NULL)
    gnutls_hash_deinit ((gnutls_hash_hd_t) sum, NULL);
}

gboolean
xs_base64_decode_exact (const char *text, const char *what, guint8 *out, gsize size, GError **error)
{
  gsize length;

  if (text == NULL
      || sodium_base642bin (out, size, text, strlen (text), NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL) != 0
      || length != size)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s must be base64 of %" G_GSIZE_FORMAT " bytes", what, size);
      return FALSE;
    }
  return TRUE;
}
