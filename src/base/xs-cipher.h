/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-crypto.h"

G_BEGIN_DECLS

/*
 * Secret keys that are destroyed to forget what they lock: XChaCha20-Poly1305 (libsodium). Locked bytes are a random
 * nonce of 24 bytes, the ciphertext, and a tag of 16; each locking differs. Any thread.
 */

#define XS_CIPHER_EXTRA_BYTES 40 /* by how much locked bytes are longer than plain ones */

/** xs_cipher_make_key: a fresh random key. */
void xs_cipher_make_key (guint8 key[XS_KEY_BYTES]);
/** xs_cipher_derive_key: the key for one purpose that comes of @master. @purpose: exactly 8 ASCII letters */
void xs_cipher_derive_key (const guint8 master[XS_KEY_BYTES], const char *purpose, guint8 key[XS_KEY_BYTES]);
/** xs_cipher_forget: overwrite a secret in memory, which no compiler leaves out. */
void xs_cipher_forget (void *secret, gsize size);

/** xs_cipher_lock: (transfer full): @plain locked with @key; it opens under the same @context only. Never fails. */
GBytes *xs_cipher_lock (const guint8 key[XS_KEY_BYTES], GBytes *plain, const char *context);
/**
 * xs_cipher_open: (transfer full): the plain bytes of @size bytes at @locked.
 * @error: XS_ERROR_CORRUPT when they were altered, locked with another key or under another @context
 */
GBytes *xs_cipher_open (const guint8 key[XS_KEY_BYTES], const void *locked, gsize size, const char *context,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * A sealed box is named by its hash, and the log that names it is signed. Opened, it would be evidence no more, so its
 * first 32 bytes (the ephemeral key) are kept: with them the holder of the secret key makes the very same box again.
 */

/** xs_seal_ephemeral: (nullable) (transfer none): the ephemeral key of a sealed box; NULL for what is too short. */
const guint8 *xs_seal_ephemeral (GBytes *sealed);
/** xs_reseal: (transfer full): the bytes of the box with @ephemeral in front in which @plain came. */
GBytes *xs_reseal (const XsSealKey *key, const guint8 ephemeral[XS_KEY_BYTES], GBytes *plain);

G_END_DECLS
