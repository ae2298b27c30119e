/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-fixture.h"
#include "xs-platform-people.h"
#include "xs-platform-register.h"
#include "xs-platform-review.h"

G_BEGIN_DECLS

/* What tests of the review share: a school with two coaches, logs that wait for a person, and what people ask of it. */

#define REVIEW_OWN_COACH "3000000000000003"   /* of XS_SAMPLE_STUNUM */
#define REVIEW_OTHER_COACH "3000000000000004" /* of the other learner */
#define REVIEW_OTHER_STUNUM "2000000000000033"
#define REVIEW_HOUR (3600 * (gint64) G_USEC_PER_SEC)

void review_set_up_school (XsPlatformFixture *f);
/** review_add_person: (transfer full): the token of a person, made and signed in behind the platform's back. */
char *review_add_person (XsPlatformFixture *f, const char *name, XsPlatformRole role, const char *coachnum);
/** review_ask: (transfer full): @body: (nullable) */
XsReply *review_ask (XsPlatformFixture *f, const char *token, const char *method, const char *path, GBytes *body);
/** review_send_log: the sample log as number @seq, @shift_us later. @short_log: of half a minute */
void review_send_log (XsPlatformFixture *f, gint64 seq, const char *stunum, gint64 shift_us, gboolean short_log);
/** review_judge: the log that waits longest, so that a person has to decide; its photo has @likeness. */
void review_judge (XsPlatformFixture *f, double likeness);
/** review_list: @page: (out) */
void review_list (XsPlatformFixture *f, const char *token, const XsReviewQuery *query, XsReviewPage *page);
/** review_seqs: (transfer full): the numbers of the logs of a page, in order, a space behind each. */
char *review_seqs (const XsReviewPage *page);
/** review_get_log: @log: (out) */
void review_get_log (XsPlatformFixture *f, const char *token, gint64 seq, XsReviewLog *log);
/** review_find_sha256: (transfer full): of the log @seq of the kiosk that was paired first; else of no log. */
char *review_find_sha256 (XsPlatformFixture *f, gint64 seq);
/** review_action: on that log: that nothing of it counts. */
XsReviewAction review_action (XsPlatformFixture *f, const char *id, const char *word, gint64 seq, gint64 version);
/** review_send_actions: (transfer full): @actions, which are taken over, by one request. */
XsReply *review_send_actions (XsPlatformFixture *f, const char *token, const char *path, XsReviewAction *actions,
                              guint n_actions);
XsReviewOutcome review_outcome (const XsReply *reply, guint index);
/** review_act: one action, which is taken over. */
XsReviewOutcome review_act (XsPlatformFixture *f, const char *token, XsReviewAction action);

G_END_DECLS
