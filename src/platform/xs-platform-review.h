/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-audit.h"
#include "xs-platform-people.h"
#include "xs-wire-review.h"

G_BEGIN_DECLS

/*
 * What people who review logs ask of the platform, in the structs of xs-wire-review.h, initialised by the caller. Each
 * call is on behalf of @person, who sees the own learners, or with XS_PLATFORM_RIGHT_SEE_ALL those of the school: what
 * is another's is XS_ERROR_NOT_FOUND. Any thread; errors as in xs-platform-storage.h.
 */

/**
 * xs_platform_review_list: a page of logs: those that wait for a person first, by risk, then the rest, the last first.
 * Takes as long with a hundred logs as with a million, but for the counts of a first page.
 * @error: XS_ERROR_INVALID: a cursor or word of @query is none
 */
gboolean xs_platform_review_list (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                  const XsReviewQuery *query, XsReviewPage *page, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_review_follow: logs that changed after @cursor; page->feed is the next one. */
gboolean xs_platform_review_follow (XsPlatformStorage *storage, const XsPlatformPerson *person, gint64 cursor,
                                    XsReviewPage *page, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_review_get_days: XS_ERROR_INVALID: more than XS_REVIEW_DAYS_MAX days */
gboolean xs_platform_review_get_days (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                      const XsReviewDaysQuery *query, XsReviewDays *days, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_review_get_history: a page of the photos of query->stunum, by the start of their logs: of the query count
 * stunum, from_us, to_us, after and limit, up to XS_REVIEW_GLANCES_MAX.
 * @error: XS_ERROR_INVALID: the cursor is none
 */
gboolean xs_platform_review_get_history (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                         const XsReviewQuery *query, XsReviewHistory *history, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_review_get_log: all of a log. */
gboolean xs_platform_review_get_log (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *devnum,
                                     gint64 seq, const char *log_sha256, XsReviewLog *log, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_platform_review_act: do @action to a log, once, however often it is asked for.
 * @in_batch: it is one of several: a log shorter than a minute is left to a look of its own
 * @outcome: (out): what came of it; that it was refused is no error
 */
gboolean xs_platform_review_act (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                 const XsReviewAction *action, gboolean in_batch, XsReviewOutcome *outcome,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_platform_review_reckon: what the decision @action would come to if it stood; nothing changes. The reason may be
 * missing.
 * @outcome: (out): as of xs_platform_review_act(), at the version of now
 */
gboolean xs_platform_review_reckon (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                    const XsReviewAction *action, XsReviewOutcome *outcome, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_platform_review_list_learners: with the state of their registration photos, by number. */
gboolean xs_platform_review_list_learners (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                           const XsReviewQuery *query, XsReviewLearners *learners, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_review_act_on_photo: as xs_platform_review_act(), to a registration photo. */
gboolean xs_platform_review_act_on_photo (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                          const XsReviewAction *action, XsReviewOutcome *outcome, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_review_put_photo: @jpeg becomes the registration photo of @stunum, and waits for approval. */
gboolean xs_platform_review_put_photo (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *stunum,
                                       GBytes *jpeg, XsReviewOutcome *outcome, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_review_read_photo: (transfer full): a registration photo, after the reading was recorded. */
GBytes *xs_platform_review_read_photo (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *sha256,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_review_withhold: take photos that kiosks may not use out of @learners (XsWireLearner), and say why. */
gboolean xs_platform_review_withhold (XsPlatformStorage *storage, GArray *learners, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_platform_review_list_views: who opened photos and exported logs, the last first. */
gboolean xs_platform_review_list_views (XsPlatformStorage *storage, const XsReviewQuery *query, XsReviewViews *views,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_review_record_export: once, however often it is asked for. */
gboolean xs_platform_review_record_export (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                           const XsReviewExport *export, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
