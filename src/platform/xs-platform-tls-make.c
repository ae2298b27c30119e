/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-tls-make.h"

#include "xs-blob.h"
#include "xs-crypto.h"
#include "xs-error.h"
#include "xs-wire-message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

#define PEM_MAX_BYTES (64 * 1024)
#define DAY_S (24 * 3600)
#define SERIAL_BYTES 16

typedef struct {
  gnutls_x509_crt_t certificate;
  gnutls_x509_privkey_t key;
} Pair;

static void
pair_clear (Pair *pair)
{
  g_clear_pointer (&pair->certificate, gnutls_x509_crt_deinit);
  g_clear_pointer (&pair->key, gnutls_x509_privkey_deinit);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

/* Remembers the first call of GnuTLS that failed, so that the calls stand one under the other. */
static void
note (int *first, int result)
{
  if (*first >= 0 && result < 0)
    *first = result;
}

static gboolean
is_well (int result, const char *doing, GError **error)
{
  if (result >= 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "Cannot %s: %s", doing, gnutls_strerror (result));
  return FALSE;
}

/* A fresh key and a certificate for it that has all but what tells authority from server, and no signature. */
static int
begin_pair (Pair *pair, const char *name, gint64 now_us, guint years)
{
  guint8 serial[SERIAL_BYTES];
  time_t now_s = (time_t) (now_us / G_USEC_PER_SEC);
  int result = 0;

  note (&result, gnutls_x509_privkey_init (&pair->key));
  note (&result, gnutls_x509_crt_init (&pair->certificate));
  note (&result, gnutls_x509_privkey_generate (pair->key, GNUTLS_PK_ECDSA,
                                               GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  note (&result, gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial));
  serial[0] &= 0x7f; /* a serial is positive */
  note (&result, gnutls_x509_crt_set_version (pair->certificate, 3));
  note (&result, gnutls_x509_crt_set_serial (pair->certificate, serial, sizeof serial));
  note (&result, gnutls_x509_crt_set_activation_time (pair->certificate, now_s - DAY_S));
  note (&result, gnutls_x509_crt_set_expiration_time (pair->certificate, now_s + (time_t) years * 365 * DAY_S));
  note (&result, gnutls_x509_crt_set_dn_by_oid (pair->certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                                (guint) MIN (strlen (name), 64)));
  note (&result, gnutls_x509_crt_set_key (pair->certificate, pair->key));
  return result;
}

static int
sign_pair (Pair *pair, const Pair *signer)
{
  guint8 id[64];
  size_t size = sizeof id;
  int result = 0;

  note (&result, gnutls_x509_crt_get_key_id (pair->certificate, 0, id, &size));
  note (&result, gnutls_x509_crt_set_subject_key_id (pair->certificate, id, size));
  size = sizeof id;
  note (&result, gnutls_x509_crt_get_key_id (signer->certificate, 0, id, &size));
  note (&result, gnutls_x509_crt_set_authority_key_id (pair->certificate, id, size));
  note (&result, gnutls_x509_crt_sign2 (pair->certificate, signer->certificate, signer->key, GNUTLS_DIG_SHA256, 0));
  return result;
}

static int
add_name (Pair *pair, const char *name)
{
  guint8 address[16];

  if (inet_pton (AF_INET, name, address) == 1)
    return gnutls_x509_crt_set_subject_alt_name (pair->certificate, GNUTLS_SAN_IPADDRESS, address, 4,
                                                 GNUTLS_FSAN_APPEND);
  if (inet_pton (AF_INET6, name, address) == 1)
    return gnutls_x509_crt_set_subject_alt_name (pair->certificate, GNUTLS_SAN_IPADDRESS, address, 16,
                                                 GNUTLS_FSAN_APPEND);
  return gnutls_x509_crt_set_subject_alt_name (pair->certificate, GNUTLS_SAN_DNSNAME, name, (guint) strlen (name),
                                               GNUTLS_FSAN_APPEND);
}

static gboolean
write_datum (const char *folder, const char *name, const gnutls_datum_t *first, const gnutls_datum_t *second,
             GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, first->data, first->size);
  if (second != NULL)
    g_byte_array_append (bytes, second->data, second->size);
  g_autoptr (GBytes) whole = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return xs_blob_write (path, whole, error);
}

/* The key first: a certificate without its key would be of no use. */
static gboolean
write_pair (const char *folder, const Pair *pair, const Pair *signer, const char *certificate_name,
            const char *key_name, GError **error)
{
  gnutls_datum_t key = { NULL, 0 };
  gnutls_datum_t certificate = { NULL, 0 };
  gnutls_datum_t authority = { NULL, 0 };
  int result = 0;

  note (&result, gnutls_x509_privkey_export2 (pair->key, GNUTLS_X509_FMT_PEM, &key));
  note (&result, gnutls_x509_crt_export2 (pair->certificate, GNUTLS_X509_FMT_PEM, &certificate));
  if (signer != NULL)
    note (&result, gnutls_x509_crt_export2 (signer->certificate, GNUTLS_X509_FMT_PEM, &authority));
  gboolean ok = is_well (result, "write a certificate", error) && write_datum (folder, key_name, &key, NULL, error)
                && write_datum (folder, certificate_name, &certificate, signer != NULL ? &authority : NULL, error);
  gnutls_free (key.data);
  gnutls_free (certificate.data);
  gnutls_free (authority.data);
  return ok;
}

static gboolean
make_authority (const char *folder, const char *school, gint64 now_us, Pair *authority, GError **error)
{
  int result = begin_pair (authority, school, now_us, XS_PLATFORM_TLS_CA_YEARS);

  note (&result, gnutls_x509_crt_set_basic_constraints (authority->certificate, 1, 0));
  note (&result, gnutls_x509_crt_set_key_usage (authority->certificate, GNUTLS_KEY_KEY_CERT_SIGN));
  note (&result, sign_pair (authority, authority));
  return is_well (result, "make a certificate authority", error)
         && write_pair (folder, authority, NULL, XS_PLATFORM_TLS_CA, XS_PLATFORM_TLS_CA_KEY, error);
}

static gboolean
read_datum (const char *folder, const char *name, GBytes **bytes, gnutls_datum_t *datum, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  gsize size;

  *bytes = xs_blob_read (path, PEM_MAX_BYTES, error);
  if (*bytes == NULL)
    return FALSE;
  datum->data = (guchar *) g_bytes_get_data (*bytes, &size);
  datum->size = (guint) size;
  return TRUE;
}

static gboolean
read_authority (const char *folder, Pair *authority, GError **error)
{
  g_autoptr (GBytes) certificate_bytes = NULL;
  g_autoptr (GBytes) key_bytes = NULL;
  gnutls_datum_t certificate;
  gnutls_datum_t key;
  int result = 0;

  if (!read_datum (folder, XS_PLATFORM_TLS_CA, &certificate_bytes, &certificate, error)
      || !read_datum (folder, XS_PLATFORM_TLS_CA_KEY, &key_bytes, &key, error))
    return FALSE;
  note (&result, gnutls_x509_crt_init (&authority->certificate));
  note (&result, gnutls_x509_privkey_init (&authority->key));
  note (&result, gnutls_x509_crt_import (authority->certificate, &certificate, GNUTLS_X509_FMT_PEM));
  note (&result, gnutls_x509_privkey_import (authority->key, &key, GNUTLS_X509_FMT_PEM));
  if (result >= 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s and %s in %s are no certificate authority: %s",
               XS_PLATFORM_TLS_CA, XS_PLATFORM_TLS_CA_KEY, folder, gnutls_strerror (result));
  return FALSE;
}

static char *
pin_of (const Pair *authority, GError **error)
{
  gnutls_datum_t der = { NULL, 0 };

  if (!is_well (gnutls_x509_crt_export2 (authority->certificate, GNUTLS_X509_FMT_DER, &der), "read a certificate",
                error))
    return NULL;
  char *pin = xs_sha256_hex (der.data, der.size);
  gnutls_free (der.data);
  pin[XS_WIRE_PIN_DIGITS] = '\0';
  return pin;
}

char *
xs_platform_tls_make (const char *folder, const char *school, const char *const *names, gint64 now_us, GError **error)
{
  g_auto (Pair) authority = { NULL };
  g_auto (Pair) server = { NULL };
  g_autofree char *ca_path = g_build_filename (folder, XS_PLATFORM_TLS_CA, NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot make the folder %s: %s", folder, g_strerror (errno));
      return NULL;
    }
  if (g_file_test (ca_path, G_FILE_TEST_EXISTS) ? !read_authority (folder, &authority, error)
                                                : !make_authority (folder, school, now_us, &authority, error))
    return NULL;

  int result = begin_pair (&server, names[0], now_us, XS_PLATFORM_TLS_SERVER_YEARS);
  for (guint i = 0; names[i] != NULL; i++)
    note (&result, add_name (&server, names[i]));
  note (&result, gnutls_x509_crt_set_basic_constraints (server.certificate, 0, -1));
  note (&result, gnutls_x509_crt_set_key_usage (server.certificate, GNUTLS_KEY_DIGITAL_SIGNATURE));
  note (&result, gnutls_x509_crt_set_key_purpose_oid (server.certificate, GNUTLS_KP_TLS_WWW_SERVER, 0));
  note (&result, sign_pair (&server, &authority));
  if (!is_well (result, "make a certificate", error)
      || !write_pair (folder, &server, &authority, XS_PLATFORM_TLS_CERTIFICATE, XS_PLATFORM_TLS_KEY, error))
    return NULL;
  return pin_of (&authority, error);
}
