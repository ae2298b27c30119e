/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-consent-record.h"

G_BEGIN_DECLS

#define XS_WIRE_CONSENT_MAX_BYTES 1024

/** What decisions about consent are written in. */
#define XS_WIRE_CONSENT_SCHEMA 1

/**
 * xs_wire_consent_encode: (transfer full): the canonical bytes of a decision, as docs/protocol.md describes them: these
 * are signed, kept and sent, and never made again from the fields.
 */
GBytes *xs_wire_consent_encode (const XsConsentRecord *record);

/**
 * xs_wire_consent_decode: read canonical bytes back; @record is unspecified after an error.
 * @error: XS_ERROR_INVALID naming the field; also when the bytes are valid JSON but not in canonical form;
 *   XS_ERROR_TOO_NEW for a later schema
 */
gboolean xs_wire_consent_decode (XsConsentRecord *record, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
