/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-tls.h"

#include "xs-blob.h"
#include "xs-error.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define PEM_MAX_BYTES (256 * 1024)

struct _XsPlatformTls {
  XsPlatformTlsFiles files;
  XsClock *clock;
  GMutex mutex; /* of what follows */
  char *certificate;
  char *key;
  /* Of gnutls_certificate_credentials_t, the last one in use. A connection uses those of its handshake to its end,
   * without counting: each lives as long as this. */
  GPtrArray *credentials;
};

static char *
read_pem (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = xs_blob_read (path, PEM_MAX_BYTES, error);
  gsize size;

  if (bytes == NULL)
    return NULL;
  const char *data = g_bytes_get_data (bytes, &size);
  return g_strndup (data != NULL ? data : "", size);
}

/* A certificate that no kiosk would take is better refused here, where somebody looks. */
static gboolean
check_dates (XsPlatformTls *tls, const char *pem, GError **error)
{
  gnutls_datum_t datum = { (guchar *) pem, (guint) strlen (pem) };
  gnutls_x509_crt_t *chain = NULL;
  guint n_certificates = 0;
  gint64 now_s = xs_clock_wall_us (tls->clock) / G_USEC_PER_SEC;

  int result = gnutls_x509_crt_list_import2 (&chain, &n_certificates, &datum, GNUTLS_X509_FMT_PEM, 0);
  if (result < 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s holds no certificate: %s", tls->files.certificate,
                   gnutls_strerror (result));
      return FALSE;
    }
  gboolean valid = TRUE;
  for (guint i = 0; i < n_certificates; i++)
    {
      valid = valid && gnutls_x509_crt_get_activation_time (chain[i]) <= now_s
              && gnutls_x509_crt_get_expiration_time (chain[i]) > now_s;
      gnutls_x509_crt_deinit (chain[i]);
    }
  gnutls_free (chain);
  if (!valid)
    g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                 "The certificate in %s has expired or is not valid yet; get a new one (xueshi-platform tls-init), or "
                 "set this computer's clock",
                 tls->files.certificate);
  return valid;
}

static gboolean
fill (XsPlatformTls *tls, gnutls_certificate_credentials_t credentials, const char *certificate, const char *key,
      GError **error)
{
  gnutls_datum_t certificate_datum = { (guchar *) certificate, (guint) strlen (certificate) };
  gnutls_datum_t key_datum = { (guchar *) key, (guint) strlen (key) };
  int result =
    gnutls_certificate_set_x509_key_mem2 (credentials, &certificate_datum, &key_datum, GNUTLS_X509_FMT_PEM, NULL, 0);

  if (result < 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s and %s are no certificate and its key: %s",
                   tls->files.certificate, tls->files.key, gnutls_strerror (result));
      return FALSE;
    }
  if (tls->files.client_ca == NULL)
    return TRUE;

  g_autofree char *ca = read_pem (tls->files.client_ca, error);
  if (ca == NULL)
    return FALSE;
  gnutls_datum_t ca_datum = { (guchar *) ca, (guint) strlen (ca) };
  if (gnutls_certificate_set_x509_trust_mem (credentials, &ca_datum, GNUTLS_X509_FMT_PEM) > 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s holds no certificate to check clients with",
               tls->files.client_ca);
  return FALSE;
}

gboolean
xs_platform_tls_reload (XsPlatformTls *tls, GError **error)
{
  g_autofree char *certificate = read_pem (tls->files.certificate, error);
  g_autofree char *key = certificate != NULL ? read_pem (tls->files.key, error) : NULL;
  gnutls_certificate_credentials_t credentials = NULL;

  if (key == NULL || !check_dates (tls, certificate, error))
    return FALSE;
  int result = gnutls_certificate_allocate_credentials (&credentials);
  if (result < 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "Cannot prepare for TLS: %s", gnutls_strerror (result));
      return FALSE;
    }
  if (!fill (tls, credentials, certificate, key, error))
    {
      gnutls_certificate_free_credentials (credentials);
      return FALSE;
    }
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&tls->mutex);
  g_ptr_array_add (tls->credentials, credentials);
  g_free (tls->certificate);
  g_free (tls->key);
  tls->certificate = g_steal_pointer (&certificate);
  tls->key = g_steal_pointer (&key);
  return TRUE;
}

XsPlatformTls *
xs_platform_tls_new (const XsPlatformTlsFiles *files, XsClock *clock, GError **error)
{
  g_autoptr (XsPlatformTls) tls = g_new0 (XsPlatformTls, 1);

  tls->files.certificate = g_strdup (files->certificate);
  tls->files.key = g_strdup (files->key);
  tls->files.client_ca = g_strdup (files->client_ca);
  tls->clock = xs_clock_ref (clock);
  g_mutex_init (&tls->mutex);
  tls->credentials = g_ptr_array_new_with_free_func ((GDestroyNotify) gnutls_certificate_free_credentials);
  return xs_platform_tls_reload (tls, error) ? g_steal_pointer (&tls) : NULL;
}

void
xs_platform_tls_free (XsPlatformTls *tls)
{
  if (tls == NULL)
    return;
  g_ptr_array_unref (tls->credentials);
  g_mutex_clear (&tls->mutex);
  xs_clock_unref (tls->clock);
  g_free (tls->certificate);
  g_free (tls->key);
  g_free ((char *) tls->files.certificate);
  g_free ((char *) tls->files.key);
  g_free ((char *) tls->files.client_ca);
  g_free (tls);
}

void
xs_platform_tls_dup_pem (XsPlatformTls *tls, char **certificate, char **key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&tls->mutex);

  *certificate = g_strdup (tls->certificate);
  *key = g_strdup (tls->key);
}

void
xs_platform_tls_attach (XsPlatformTls *tls, gpointer session)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&tls->mutex);

  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE,
                          g_ptr_array_index (tls->credentials, tls->credentials->len - 1));
  if (tls->files.client_ca == NULL)
    return;
  gnutls_certificate_server_set_request (session, GNUTLS_CERT_REQUIRE);
  gnutls_session_set_verify_cert (session, NULL, 0);
}
