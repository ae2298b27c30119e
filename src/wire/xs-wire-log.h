/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-crypto.h"
#include "xs-teaching-log.h"

G_BEGIN_DECLS

#define XS_WIRE_LOG_MAX_BYTES (384 * 1024)
/* A whole day of minutes, photos and events fits into XS_WIRE_LOG_MAX_BYTES. */
#define XS_WIRE_LOG_MAX_MINUTES XS_LOG_MINUTES_MAX
#define XS_WIRE_LOG_MAX_PHOTOS XS_LOG_PHOTOS_MAX

/**
 * What logs can be read in. Schema 2 had no admitted_by; schema 1 no events, no picture hashes, no active_check and no
 * end "made_up".
 */
#define XS_WIRE_LOG_SCHEMA 3

/** XsWireLog: a teaching log with its place in the device's history. */
typedef struct {
  int schema;        /* 1 … XS_WIRE_LOG_SCHEMA, which a new one has */
  gint64 seq;        /* 1, 2, 3 … without a gap, per device */
  char previous[65]; /* SHA-256 hex of the signed bytes of log @seq - 1; 64 zeros for the first */
  XsTeachingLog log;
} XsWireLog;

void xs_wire_log_init (XsWireLog *wire_log);
/**
 * xs_wire_log_choose_schema: the oldest schema, from 2 on, that holds all that the log says: a platform of the version
 * before reads what it can understand.
 */
void xs_wire_log_choose_schema (XsWireLog *wire_log);
void xs_wire_log_clear (XsWireLog *wire_log);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsWireLog, xs_wire_log_clear)

/**
 * xs_wire_log_encode: (transfer full): the canonical bytes of a log, as docs/protocol.md describes them: these are
 * signed, kept and sent, and never made again from the fields.
 *
 * Only what its schema has is written. Minute records have no stunum of their own on the wire, it is the log's; a
 * photo's match is rounded to a thousandth.
 * A log that breaks a rule of xs_wire_log_decode() is encoded all the same, and refused there.
 */
GBytes *xs_wire_log_encode (const XsWireLog *wire_log);

/**
 * xs_wire_log_decode: read canonical bytes back.
 * @wire_log: initialised by the caller; what its schema does not have is as in a new log. Unspecified, but still to be
 *   cleared, after an error
 * @error: XS_ERROR_INVALID naming the field; also when the bytes are valid JSON but not in canonical form, or are
 *   longer than XS_WIRE_LOG_MAX_BYTES; XS_ERROR_TOO_NEW for a later schema
 */
gboolean xs_wire_log_decode (XsWireLog *wire_log, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
