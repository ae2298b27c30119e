/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-appeal.h"

G_BEGIN_DECLS

#define XS_WIRE_APPEAL_MAX_BYTES (4 * 1024)

/** What appeals are written in. */
#define XS_WIRE_APPEAL_SCHEMA 1

/**
 * xs_wire_appeal_encode: (transfer full): the canonical bytes of an appeal, as docs/protocol.md describes them: these
 * are signed, kept and sent, and never made again from the fields.
 */
GBytes *xs_wire_appeal_encode (const XsAppeal *appeal);

/**
 * xs_wire_appeal_decode: read canonical bytes back; @appeal is unspecified after an error.
 * @error: XS_ERROR_INVALID naming the field; also when the bytes are valid JSON but not in canonical form;
 *   XS_ERROR_TOO_NEW for a later schema
 */
gboolean xs_wire_appeal_decode (XsAppeal *appeal, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_wire_appeal_check_comment: whether it may stand in an appeal: UTF-8, one line, not too long. XS_ERROR_INVALID */
gboolean xs_wire_appeal_check_comment (const char *comment, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
