/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-crypto.h"
#include "xs-number.h"

G_BEGIN_DECLS

/*
 * How a device shows that a request is its own: the header
 *
 *   Authorization: Xueshi devnum=…,time=YYYYMMDDHHmmss,signature=<base64>
 *
 * signs "METHOD\nPATH\nTIME\nSHA256HEX(body)\n" with the device key. Replays are harmless, since every effect is
 * idempotent; the time only bounds how long a recorded header is of any use.
 */

/** A device clock may be this far from the platform's. */
#define XS_WIRE_CLOCK_LIMIT_US (24 * G_TIME_SPAN_HOUR)

typedef struct {
  char devnum[XS_UNIFIED_DIGITS + 1];
  char time[15]; /* YYYYMMDDHHmmss, GMT+8 */
  gint64 time_us;
  guint8 signature[XS_SIGNATURE_BYTES];
} XsWireAuthorization;

/**
 * xs_wire_authorization_new: (transfer full): the value of the Authorization header.
 * @path: from "/v1/" on, without whatever the platform's base URL puts before it
 * @body: (nullable): as it will be sent
 * @wall_us: the device's clock
 */
char *xs_wire_authorization_new (const char *devnum, const XsSignKey *key, const char *method, const char *path,
                                 GBytes *body, gint64 wall_us);

/** xs_wire_authorization_parse: @header: (nullable). @error: XS_ERROR_UNAUTHORIZED saying what is wrong with it. */
gboolean xs_wire_authorization_parse (XsWireAuthorization *authorization, const char *header, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_wire_authorization_is_timely: whether it was made within XS_WIRE_CLOCK_LIMIT_US of @now_us. */
gboolean xs_wire_authorization_is_timely (const XsWireAuthorization *authorization, gint64 now_us);

/**
 * xs_wire_authorization_verify: whether the signature is that of @device_key for this request.
 * @body_sha256: lower-case hex, of the body as received
 */
gboolean xs_wire_authorization_verify (const XsWireAuthorization *authorization, const guint8 device_key[XS_KEY_BYTES],
                                       const char *method, const char *path, const char *body_sha256);

G_END_DECLS
