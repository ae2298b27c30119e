/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-tls.h"

#include "xs-crypto.h"
#include "xs-error.h"
#include "xs-wire-message.h"

#include <string.h>

static gboolean
is_pin (const char *text)
{
  return strlen (text) == XS_WIRE_PIN_DIGITS && strspn (text, "0123456789abcdef") == XS_WIRE_PIN_DIGITS;
}

char *
xs_sync_tls_split_url (const char *url, char **pin, GError **error)
{
  const char *hash = strchr (url, '#');

  *pin = NULL;
  if (hash == NULL)
    return g_strdup (url);
  g_autofree char *fragment = g_ascii_strdown (hash + 1, -1);
  if (!g_str_has_prefix (url, "https:") || !g_str_has_prefix (fragment, XS_WIRE_PIN_FRAGMENT)
      || !is_pin (fragment + strlen (XS_WIRE_PIN_FRAGMENT)))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "“%s” is not how a school's certificates are known: take the address as xueshi-platform tls-init "
                   "prints it, https://HOST:PORT#" XS_WIRE_PIN_FRAGMENT " and %d digits",
                   hash, XS_WIRE_PIN_DIGITS);
      return NULL;
    }
  *pin = g_strdup (fragment + strlen (XS_WIRE_PIN_FRAGMENT));
  return g_strndup (url, (gsize) (hash - url));
}

static gboolean
has_pin (GTlsCertificate *certificate, const char *pin)
{
  g_autoptr (GByteArray) der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  g_autofree char *sha256 = xs_sha256_hex (der->data, der->len);
  return strncmp (sha256, pin, XS_WIRE_PIN_DIGITS) == 0;
}

GTlsCertificateFlags
xs_sync_tls_verify (GTlsCertificate *certificate, const char *pin, const char *host)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new (host, 0);

  for (GTlsCertificate *c = certificate; c != NULL; c = g_tls_certificate_get_issuer (c))
    {
      if (has_pin (c, pin))
        return g_tls_certificate_verify (certificate, identity, c);
    }
  return G_TLS_CERTIFICATE_UNKNOWN_CA;
}

char *
xs_sync_tls_describe (GTlsCertificateFlags errors, gboolean pinned)
{
  if (errors & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return g_strdup (pinned
                       ? "its certificate is not from this school; ask whether the school has a new one, and pair "
                         "this kiosk again with the address that goes with it"
                       : "nobody this computer trusts vouches for its certificate; pair this kiosk with the address "
                         "that xueshi-platform tls-init prints");
  if (errors & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return g_strdup ("its certificate is for another name; make one for this address with xueshi-platform tls-init");
  if (errors & G_TLS_CERTIFICATE_EXPIRED)
    return g_strdup ("its certificate has expired; renew it with xueshi-platform tls-init, and see that the date of "
                     "this kiosk is right");
  if (errors & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return g_strdup ("its certificate is not valid yet; see that the date of this kiosk is right");
  return g_strdup ("its certificate is not to be trusted");
}
