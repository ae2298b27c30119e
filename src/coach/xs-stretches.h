/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-wire-review.h"

G_BEGIN_DECLS

/** XsVoidStretch: minutes of a log that a person may say do not count: [from, to). */
typedef struct {
  gint64 from_min, to_min;
  char word[33]; /* of the rule or doubt for which */
} XsVoidStretch;

/**
 * xs_stretches_propose: (transfer full) (element-type XsVoidStretch): what the audit would have a person take away, by
 * time and without overlaps: the minutes that its rules void; where a rule or doubt leaves a photo to a person, the
 * minutes for which that photo stands: those of its slot.
 */
GArray *xs_stretches_propose (const XsReviewLog *log);
/**
 * xs_stretches_reasons: (transfer full): words of rules to choose a reason from: what the audit has against the log
 * first, then the others. @n_own: (out): how many the first are
 */
GStrv xs_stretches_reasons (const XsReviewLog *log, guint *n_own);

G_END_DECLS
