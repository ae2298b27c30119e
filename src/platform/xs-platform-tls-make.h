/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The folder of them, in that of the platform. */
#define XS_PLATFORM_TLS_FOLDER "tls"
/* What xs_platform_tls_make() puts into its folder. */
#define XS_PLATFORM_TLS_CA "ca.pem"
#define XS_PLATFORM_TLS_CA_KEY "ca-key.pem"
#define XS_PLATFORM_TLS_CERTIFICATE "server.pem" /* followed by the authority's */
#define XS_PLATFORM_TLS_KEY "server-key.pem"

/** How long what is made is valid: the authority as long as a school keeps its kiosks, the server two years. */
#define XS_PLATFORM_TLS_CA_YEARS 20
#define XS_PLATFORM_TLS_SERVER_YEARS 2

/**
 * xs_platform_tls_make: make a certificate authority of the school, unless @folder has one, and a fresh certificate of
 * its server, signed by it. ECDSA on P-256. Kiosks that know the authority take every later certificate of it.
 * @names: NULL-terminated, at least one: host names and numeric addresses of the server
 * @now_us: wall time: valid from a day before
 *
 * Returns: (transfer full): the authority's pin, what kiosks know it by: the first XS_WIRE_PIN_DIGITS of the SHA-256 of
 *   its certificate. @error: XS_ERROR_IO, XS_ERROR_NO_SPACE, XS_ERROR_INVALID when what lies in @folder is no authority
 */
char *xs_platform_tls_make (const char *folder, const char *school, const char *const *names, gint64 now_us,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
