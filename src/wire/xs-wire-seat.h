/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-number.h"

G_BEGIN_DECLS

/* POST /v1/sessions: a learner sits down at a kiosk, is still there, or leaves. */

#define XS_WIRE_PATH_SESSIONS "/v1/sessions"
#define XS_WIRE_SEAT_MAX_BYTES 1024

/** XsWireSeatRequest: who asks is the device that signs. */
typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  gboolean leaves;
} XsWireSeatRequest;

typedef struct {
  gboolean granted;                   /* 200 "granted"; FALSE: 409 "held", by another device */
  gint64 valid_s;                     /* of a granted one: ask again before */
  char devnum[XS_UNIFIED_DIGITS + 1]; /* of a held one: where */
  char device[64];                    /* what people call that kiosk; "" for nothing */
  gint64 since_us;                    /* since when */
} XsWireSeatAnswer;

/** (transfer full) */
GBytes *xs_wire_seat_request_encode (const XsWireSeatRequest *request);
gboolean xs_wire_seat_request_decode (XsWireSeatRequest *request, GBytes *bytes, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** (transfer full) */
GBytes *xs_wire_seat_answer_encode (const XsWireSeatAnswer *answer);
/** xs_wire_seat_answer_decode: @http_status: must be the one that belongs to the status word */
gboolean xs_wire_seat_answer_decode (XsWireSeatAnswer *answer, guint http_status, GBytes *bytes, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
