/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-wire-review.h"

G_BEGIN_DECLS

/* What came of what a coach did: as the platform says, never as was hoped. */

/** XsReviewResult: of one action. */
typedef enum {
  XS_REVIEW_RESULT_DONE,     /* also a first look that waits for a second */
  XS_REVIEW_RESULT_CONFLICT, /* somebody was faster: nothing was changed */
  XS_REVIEW_RESULT_REFUSED,
} XsReviewResult;

/** xs_review_acts_result: by @outcome->status; a word that is not known is a refusal. */
XsReviewResult xs_review_acts_result (const XsReviewOutcome *outcome);
/**
 * xs_review_acts_text: (transfer full): one line for the bar.
 * @row: (nullable): the log, which is named then
 * @valid_min: minutes that stayed valid; below 0: not known
 */
char *xs_review_acts_text (const XsReviewAction *action, const XsReviewOutcome *outcome, const XsReviewRow *row,
                           gint64 valid_min);
/** xs_review_acts_outlook_text: (transfer full): what a decision would come to; "" where the platform does not say */
char *xs_review_acts_outlook_text (const XsReviewOutcome *outcome, gint64 valid_min);
/** xs_review_acts_count_text: (transfer full): of several at once. @n_short: left out since they are under a minute */
char *xs_review_acts_count_text (const XsReviewOutcomes *outcomes, guint n_short);
/**
 * xs_review_acts_marked_text: (transfer full): what a decision is for, by name.
 * @marked: (element-type XsLogItem)
 * @with_shown: the log on screen is among them
 */
char *xs_review_acts_marked_text (const GPtrArray *marked, gboolean with_shown);
/** xs_review_acts_apply: make @row what the platform says of the log now. */
void xs_review_acts_apply (XsReviewRow *row, const XsReviewOutcome *outcome);
/**
 * xs_review_acts_show_conflict: who has decided, and what; the log has been loaded anew.
 * @name: of the learner
 */
void xs_review_acts_show_conflict (GtkWindow *parent, const XsReviewAction *action, const XsReviewOutcome *outcome,
                                   const char *name);

G_END_DECLS
