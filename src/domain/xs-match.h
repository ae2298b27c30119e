/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-policy.h"

G_BEGIN_DECLS

/**
 * XsMatchBand: what the likeness of two faces says.
 *
 * @XS_MATCH_SAME: one person
 * @XS_MATCH_ASK: cannot be told; look again, or let a person decide
 * @XS_MATCH_DIFFERENT: two people
 */
typedef enum {
  XS_MATCH_SAME,
  XS_MATCH_ASK,
  XS_MATCH_DIFFERENT,
} XsMatchBand;

/** xs_match_band: by match_same and match_different of @policy. @score: cosine, -1 … 1; NaN is @XS_MATCH_ASK */
XsMatchBand xs_match_band (double score, const XsPolicy *policy);

/** xs_match_band_nick: (transfer none): "same", "ask" or "different". */
const char *xs_match_band_nick (XsMatchBand band);

G_END_DECLS
