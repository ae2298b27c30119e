/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * libsodium behind GBytes. Photos are sealed (X25519 sealed box: anybody may seal, only the holder of the secret
 * key opens); logs and requests are signed (Ed25519, detached).
 */

#define XS_KEY_BYTES 32 /* public keys, and the secret key of a sealed box */
#define XS_SIGN_SECRET_BYTES 64
#define XS_SIGNATURE_BYTES 64

/** XsSealKey: a pair for sealed boxes. On a kiosk @secret is all zero: it cannot open what it sealed. */
typedef struct {
  guint8 public_key[XS_KEY_BYTES];
  guint8 secret_key[XS_KEY_BYTES];
} XsSealKey;

typedef struct {
  guint8 public_key[XS_KEY_BYTES];
  guint8 secret_key[XS_SIGN_SECRET_BYTES];
} XsSignKey;

/** xs_crypto_init: must succeed once before anything else here is used; safe to repeat, any thread. */
void xs_crypto_init (void);

/**
 * xs_seal_key_load: read the pair kept in @path, or create it there (mode 0600, durable) when there is none.
 * @error: XS_ERROR_CORRUPT when the file is damaged: it is left as it is
 */
gboolean xs_seal_key_load (const char *path, XsSealKey *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_sign_key_load: as xs_seal_key_load(), for signing. */
gboolean xs_sign_key_load (const char *path, XsSignKey *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_seal_public_key_check: XS_ERROR_INVALID for bytes that are no usable key. For every key from outside. */
gboolean xs_seal_public_key_check (const guint8 public_key[XS_KEY_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_seal: (transfer full): @plain sealed to @public_key, which passed xs_seal_public_key_check(); never fails. */
GBytes *xs_seal (const guint8 public_key[XS_KEY_BYTES], GBytes *plain);
/** xs_unseal: (transfer full): the plain bytes; XS_ERROR_CORRUPT when altered or sealed to another key. */
GBytes *xs_unseal (const XsSealKey *key, GBytes *sealed, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_sign: the detached Ed25519 signature of @size bytes of @data; never fails. */
void xs_sign (const XsSignKey *key, const void *data, gsize size, guint8 signature[XS_SIGNATURE_BYTES]);
/** xs_verify: whether @signature was made over exactly these bytes with the key that @public_key belongs to. */
gboolean xs_verify (const guint8 public_key[XS_KEY_BYTES], const void *data, gsize size,
                    const guint8 signature[XS_SIGNATURE_BYTES]);

/**
 * xs_password_hash: (transfer full): an argon2id hash of @password with salt and limits in it, in ASCII, at most
 * XS_PASSWORD_HASH_MAX_BYTES long. Takes 64 MiB and some tenths of a second: never on the main loop.
 * @error: XS_ERROR_FAILED when there is not that much memory
 */
char *xs_password_hash (const char *password, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_password_verify: whether @hash was made of @password; FALSE too for what is no hash. Takes as long. */
gboolean xs_password_verify (const char *hash, const char *password);
#define XS_PASSWORD_HASH_MAX_BYTES 127

/** xs_sha256_hex: (transfer full): 64 lower-case hex digits. */
char *xs_sha256_hex (const void *data, gsize size);
/** XsSha256: a SHA-256 of what comes in parts, by the processor's own instructions where it has them. */
typedef struct _XsSha256 XsSha256;
XsSha256 *xs_sha256_new (void);
void xs_sha256_update (XsSha256 *sum, const void *data, gsize size);
/** xs_sha256_finish_hex: (transfer full): as xs_sha256_hex(). Frees @sum. */
char *xs_sha256_finish_hex (XsSha256 *sum);
/** xs_sha256_free: without asking for it. NULL is fine. */
void xs_sha256_free (XsSha256 *sum);

/** xs_base64_decode_exact: decode standard base64 of exactly @size bytes; XS_ERROR_INVALID naming @what otherwise. */
gboolean xs_base64_decode_exact (const char *text, const char *what, guint8 *out, gsize size, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
