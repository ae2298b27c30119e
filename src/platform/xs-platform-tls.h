/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-clock.h"

G_BEGIN_DECLS

/**
 * XsPlatformTls: the server's certificate, its key and, if wanted, whose client certificates are let in; they can be
 * read anew while connections run. TLS 1.2 and 1.3 only. Every function may be called on any thread.
 */
typedef struct _XsPlatformTls XsPlatformTls;

/** XsPlatformTlsFiles: all PEM. */
typedef struct {
  const char *certificate; /* the server's, then those that signed it */
  const char *key;
  const char *client_ca; /* (nullable): a client must show a certificate that one of these signed */
} XsPlatformTlsFiles;

/** What handshakes are made with: a priority string of GnuTLS. */
#define XS_PLATFORM_TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/**
 * xs_platform_tls_new: @error: XS_ERROR_NOT_FOUND, XS_ERROR_IO, or XS_ERROR_INVALID when a file holds no certificate or
 * key, the two do not belong together, or the certificate is not valid by @clock
 */
XsPlatformTls *xs_platform_tls_new (const XsPlatformTlsFiles *files, XsClock *clock, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_tls_free: once no connection uses it. */
void xs_platform_tls_free (XsPlatformTls *tls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformTls, xs_platform_tls_free)

/** xs_platform_tls_reload: read the files again, for connections from now on. With @error set the old ones stay. */
gboolean xs_platform_tls_reload (XsPlatformTls *tls, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** (transfer full): the PEM of certificate and key as they were read last. */
void xs_platform_tls_dup_pem (XsPlatformTls *tls, char **certificate, char **key);

/** xs_platform_tls_attach: let @session, a gnutls_session_t before its handshake, use what was read last. */
void xs_platform_tls_attach (XsPlatformTls *tls, gpointer session);

G_END_DECLS
