/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-audit-private.h"
#include "xs-platform-review.h"

G_BEGIN_DECLS

/** What a query's text is followed by where learners are those that who asks may see: takes one 's', see below. */
#define XS_REVIEW_OWN(learner) learner " IN (SELECT stunum FROM learner WHERE coachnum = ?)"
#define XS_REVIEW_ALL "? = ''"

/** xs_review_sees_all: whether @person is bound to no learners. */
gboolean xs_review_sees_all (const XsPlatformPerson *person);
/** xs_review_own_coach: (transfer none): the parameter of XS_REVIEW_OWN or XS_REVIEW_ALL; matches nobody for nobody. */
const char *xs_review_own_coach (const XsPlatformPerson *person);
/** xs_review_may_see: whether @stunum is a learner that @person sees; else XS_ERROR_NOT_FOUND. */
gboolean xs_review_may_see (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *stunum,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_review_find_log: if @person may see it; else XS_ERROR_NOT_FOUND. @stunum: (out) (optional): of its learner */
gboolean xs_review_find_log (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *devnum, gint64 seq,
                             const char *log_sha256, XsAuditRow *row, char stunum[XS_UNIFIED_DIGITS + 1],
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_review_read_numbers: “3:14:15” of the “after” of a page, as many numbers from 0 on as there are @numbers.
 * XS_ERROR_INVALID: it is something else.
 */
gboolean xs_review_read_numbers (const char *after, gint64 *const numbers[], gsize n_numbers, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_review_pattern: (transfer full): of LIKE … ESCAPE '!', for @text anywhere, in lower case. */
char *xs_review_pattern (const char *text);
/** xs_review_read_row: the row of one log. */
gboolean xs_review_read_row (XsPlatformStorage *storage, gint64 log_id, XsReviewRow *row, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * XsReviewKept: an action as it was kept, or is to be. Within a transaction.
 */
typedef struct {
  const XsPlatformPerson *person;
  const XsReviewAction *action;
  gint64 log_id; /* 0: none */
  const char *stunum;
  gint64 risk;
} XsReviewKept;

/** xs_review_recall: what the same person was answered to the same id. XS_ERROR_INVALID: it was another request. */
gboolean xs_review_recall (XsPlatformStorage *storage, const XsPlatformPerson *person, const XsReviewAction *action,
                           gboolean *found, XsReviewOutcome *outcome, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_review_keep: have the answer kept. */
gboolean xs_review_keep (XsPlatformStorage *storage, const XsReviewKept *kept, const XsReviewOutcome *outcome,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_review_set_outcome: status and message, cut where it is too long. */
void xs_review_set_outcome (XsReviewOutcome *outcome, const char *status, const char *message);

G_END_DECLS
