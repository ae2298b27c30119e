/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Whose certificate is the platform's. Without a pin that of any authority this system trusts; with one that of the
 * school's own authority, which the kiosk was told of at pairing (docs/protocol.md, T2), and of no other.
 */

/**
 * xs_sync_tls_split_url: (transfer full): @url without its pin.
 * @pin: (out) (nullable) (transfer full): XS_WIRE_PIN_DIGITS lower-case hex digits, or NULL when it names none
 * @error: XS_ERROR_INVALID when what follows the '#' is no pin, or the address is not https
 */
char *xs_sync_tls_split_url (const char *url, char **pin, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_sync_tls_verify: what is wrong with @certificate, which the server at @host showed with those that signed it.
 * Returns: 0 when an authority with this pin signed it, for this host, for now
 */
GTlsCertificateFlags xs_sync_tls_verify (GTlsCertificate *certificate, const char *pin, const char *host);

/** xs_sync_tls_describe: (transfer full): @errors in words, with the remedy. */
char *xs_sync_tls_describe (GTlsCertificateFlags errors, gboolean pinned);

G_END_DECLS
