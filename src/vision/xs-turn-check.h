/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-guidance.h"

G_BEGIN_DECLS

/**
 * XsTurnCheck: the active check, "turn your head left": what a picture held to the camera cannot do. Passed when the
 * head, the registered person's (policy.match_same) from the front and nobody else's (policy.match_different) on the
 * way, turned step by step by policy.active_check_deg, and its landmarks moved against each other as no flat picture's
 * can. People far behind do not disturb. A video of a turning head passes one time
 * in two: the side asked for is random.
 */
typedef struct _XsTurnCheck XsTurnCheck;

/** xs_turn_check_new: (transfer full): @left: towards the student's own left; the limits of @policy are copied. */
XsTurnCheck *xs_turn_check_new (const XsPolicy *policy, gboolean left);
void xs_turn_check_free (XsTurnCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsTurnCheck, xs_turn_check_free)

/** xs_turn_check_get_code: what to ask the student for: XS_GUIDANCE_TURN_LEFT or XS_GUIDANCE_TURN_RIGHT. */
XsGuidanceCode xs_turn_check_get_code (const XsTurnCheck *check);

/** xs_turn_check_feed: take one observation, in time order; returns whether the check is passed. */
gboolean xs_turn_check_feed (XsTurnCheck *check, const XsObservation *observation);

G_END_DECLS
