/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-wire-review.h"

G_BEGIN_DECLS

/** xs_log_words_why: (transfer full): each reason of the last verdict with all its minutes; what the learner says. */
char *xs_log_words_why (const XsReviewLog *log);
/** xs_log_words_step: (transfer full): who brought the log to what, and when. */
char *xs_log_words_step (const XsReviewStep *step);

G_END_DECLS
