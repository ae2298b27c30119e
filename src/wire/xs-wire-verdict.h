/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-audit-state.h"
#include "xs-audit.h"

G_BEGIN_DECLS

/** XsWireReason: one thing that a verdict rests on. */
typedef struct {
  char word[33];                          /* xs_rule_nick() or xs_doubt_nick(); others may come */
  guint from_min, to_min;                 /* minutes of the log that are void for it, [from, to); equal: none */
  gboolean review;                        /* a person has to decide */
  char photo[XS_PHOTO_NUMBER_DIGITS + 1]; /* "": no photo */
} XsWireReason;

/** More of them in one log are not told. */
#define XS_WIRE_REASONS_MAX 1000

/** xs_wire_reasons_new: (transfer full) (element-type XsWireReason) */
GArray *xs_wire_reasons_new (void);
/** xs_wire_reasons_encode: (transfer full): a canonical JSON array, up to XS_WIRE_REASONS_MAX of them. */
char *xs_wire_reasons_encode (const GArray *reasons);
/** xs_wire_reasons_decode: (transfer full) (element-type XsWireReason): the reverse; NULL on error. */
GArray *xs_wire_reasons_decode (const char *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsWireVerdict: what the platform says of a log. */
typedef struct {
  gint64 seq; /* of the log, among those of the device */
  char log_sha256[65];
  gint64 version;     /* rises with every change of the log's state */
  gint64 at_us;       /* when it changed */
  XsAuditState state; /* XS_N_AUDIT_STATES: a word that this version does not know */
  gboolean judged;    /* @verdict was given; FALSE: none yet */
  XsVerdict verdict;
  guint credited_min[2]; /* on the day the log starts, and on the next */
  gboolean by_person;    /* a person decided */
  char comment[512];     /* of that person; "" for none */
  GArray *reasons;       /* XsWireReason */
} XsWireVerdict;

void xs_wire_verdict_init (XsWireVerdict *verdict);
void xs_wire_verdict_clear (XsWireVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsWireVerdict, xs_wire_verdict_clear)

/* GET /v1/verdicts/{cursor} */

/** Of verdicts in one answer; a kiosk asks again at once when it got as many. */
#define XS_WIRE_VERDICTS_MAX 50
#define XS_WIRE_VERDICTS_MAX_BYTES (8 * 1024 * 1024)
/** Bytes of a comment. */
#define XS_WIRE_VERDICT_COMMENT_MAX 511

/** xs_wire_verdicts_new: (transfer full) (element-type XsWireVerdict): clears its elements. */
GArray *xs_wire_verdicts_new (void);
/** xs_wire_verdicts_encode: (transfer full). @next: the cursor to ask with from now on */
GBytes *xs_wire_verdicts_encode (const GArray *verdicts, gint64 next);
/** xs_wire_verdicts_decode: (transfer full) (element-type XsWireVerdict): NULL on error. */
GArray *xs_wire_verdicts_decode (GBytes *bytes, gint64 *next, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
