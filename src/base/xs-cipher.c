/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-cipher.h"

#include "xs-error.h"

#include <sodium.h>
#include <string.h>

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

G_STATIC_ASSERT (XS_CIPHER_EXTRA_BYTES == NONCE_BYTES + TAG_BYTES);
G_STATIC_ASSERT (XS_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
G_STATIC_ASSERT (XS_KEY_BYTES == crypto_kdf_KEYBYTES);

void
xs_cipher_make_key (guint8 key[XS_KEY_BYTES])
{
  xs_crypto_init ();
  randombytes_buf (key, XS_KEY_BYTES);
}

void
xs_cipher_derive_key (const guint8 master[XS_KEY_BYTES], const char *purpose, guint8 key[XS_KEY_BYTES])
{
  g_return_if_fail (strlen (purpose) == crypto_kdf_CONTEXTBYTES);

  xs_crypto_init ();
  int result = crypto_kdf_derive_from_key (key, XS_KEY_BYTES, 1, purpose, master);
  g_assert (result == 0);
}

void
xs_cipher_forget (void *secret, gsize size)
{
  sodium_memzero (secret, size);
}

GBytes *
xs_cipher_lock (const guint8 key[XS_KEY_BYTES], GBytes *plain, const char *context)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (plain, &size);
  guint8 *locked = g_malloc (size + XS_CIPHER_EXTRA_BYTES);

  xs_crypto_init ();
  randombytes_buf (locked, NONCE_BYTES);
  int result =
    crypto_aead_xchacha20poly1305_ietf_encrypt (locked + NONCE_BYTES, NULL, data, size, (const guint8 *) context,
                                                strlen (context), NULL, locked, key);
  g_assert (result == 0);
  return g_bytes_new_take (locked, size + XS_CIPHER_EXTRA_BYTES);
}

GBytes *
xs_cipher_open (const guint8 key[XS_KEY_BYTES], const void *locked, gsize size, const char *context, GError **error)
{
  const guint8 *data = locked;

  xs_crypto_init ();
  if (size >= XS_CIPHER_EXTRA_BYTES)
    {
      g_autofree guint8 *plain = g_malloc (size - XS_CIPHER_EXTRA_BYTES + 1);
      if (crypto_aead_xchacha20poly1305_ietf_decrypt (plain, NULL, NULL, data + NONCE_BYTES, size - NONCE_BYTES,
                                                      (const guint8 *) context, strlen (context), data, key)
          == 0)
        return g_bytes_new_take (g_steal_pointer (&plain), size - XS_CIPHER_EXTRA_BYTES);
    }
  g_set_error_literal (error, XS_ERROR, XS_ERROR_CORRUPT, "Locked data was altered or locked with another key");
  return NULL;
}

const guint8 *
xs_seal_ephemeral (GBytes *sealed)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);

  return size >= crypto_box_SEALBYTES ? data : NULL;
}

GBytes *
xs_reseal (const XsSealKey *key, const guint8 ephemeral[XS_KEY_BYTES], GBytes *plain)
{
  crypto_generichash_state state;
  guint8 nonce[crypto_box_NONCEBYTES];
  gsize size;
  const guint8 *data = g_bytes_get_data (plain, &size);
  guint8 *sealed = g_malloc (size + crypto_box_SEALBYTES);

  /* As libsodium documents sealed boxes: the nonce is a hash of both public keys, and the shared key is the same from
     either side. */
  xs_crypto_init ();
  crypto_generichash_init (&state, NULL, 0, sizeof nonce);
  crypto_generichash_update (&state, ephemeral, XS_KEY_BYTES);
  crypto_generichash_update (&state, key->public_key, XS_KEY_BYTES);
  crypto_generichash_final (&state, nonce, sizeof nonce);
  memcpy (sealed, ephemeral, XS_KEY_BYTES);
  /* A key that no box can be made with gives bytes that have another hash, which is what is asked. */
  if (crypto_box_easy (sealed + XS_KEY_BYTES, data, size, nonce, ephemeral, key->secret_key) != 0)
    memset (sealed + XS_KEY_BYTES, 0, size + crypto_box_SEALBYTES - XS_KEY_BYTES);
  return g_bytes_new_take (sealed, size + crypto_box_SEALBYTES);
}
