/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-review-sender.h"

G_BEGIN_DECLS

/** xs_registration_facts: (transfer full): how a learner's photo stands, who said so and why. */
char *xs_registration_facts (const XsReviewLearner *learner);
/** xs_registration_summary: (transfer full): what is to be looked at, in a few words. @check: (nullable) */
char *xs_registration_summary (const XsReviewLearner *learner, const XsReviewPhotoCheck *check);
/** xs_registration_act_text: (transfer full): what came of a decision on whose photo. */
char *xs_registration_act_text (const XsSentAct *act, const XsReviewOutcome *outcome);

G_END_DECLS
