/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-text.h"

G_BEGIN_DECLS

/* The words for what is drawn of a session: its ladder, ribbon and photos. All translated, and read aloud as well. */

/** xs_text_threat: what to do about what will stop the counter, or has. @reason: one of the camera's */
XsAdvice xs_text_threat (XsPause reason);
/** xs_text_ladder: (transfer full): how long it still counts: "Counting stops in 8 s"; "" where nothing runs down. */
char *xs_text_ladder (const XsLadder *ladder);
/** xs_text_seconds_left: seconds that are still full or have begun: 0 only when it is over. */
int xs_text_seconds_left (gint64 left_us);
/** xs_text_own_pause: (transfer full): what a learner may do who paused. */
char *xs_text_own_pause (const XsLadder *ladder);
/** xs_text_today: (transfer full): what was credited today, and how much may still be. */
char *xs_text_today (const XsStudyStatus *status);
/** xs_text_ribbon: (transfer full): of xs_ribbon_list(): "18 min counted, 2 min paused: Nobody in the picture". */
char *xs_text_ribbon (const GArray *ribbon);
/** xs_text_next_time: how to lose less to @pause the next time. */
const char *xs_text_next_time (XsPause pause);
/** xs_text_photo_slot: (transfer full): "Photo 09:15–09:30: taken and good". */
char *xs_text_photo_slot (const XsPhotoSlot *slot);
/** xs_text_photo: (transfer full): "Photo at 09:15, sign-in". */
char *xs_text_photo (const XsTakenPhoto *photo);
/** xs_text_unsent: (transfer full): what still has to reach the school, and that nobody need wait for it. */
char *xs_text_unsent (guint n_logs, guint n_photos);

G_END_DECLS
