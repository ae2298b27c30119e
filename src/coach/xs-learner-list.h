/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-review-client.h"

G_BEGIN_DECLS

/** XsLearnerItem: a learner with the registration photo, as the platform told. Never changes. */
#define XS_TYPE_LEARNER_ITEM (xs_learner_item_get_type ())
G_DECLARE_FINAL_TYPE (XsLearnerItem, xs_learner_item, XS, LEARNER_ITEM, GObject)

/** xs_learner_item_get: (transfer none) */
const XsReviewLearner *xs_learner_item_get (XsLearnerItem *item);
/** xs_learner_item_get_check: (transfer none) (nullable): what was measured on the photo. */
const XsReviewPhotoCheck *xs_learner_item_get_check (XsLearnerItem *item);

/**
 * XsLearnerList: learners whose registration photos are looked at, as a list model of XsLearnerItem: the first
 * XS_REVIEW_PAGE_MAX of a query. What is decided on leaves the list, and the next take its place.
 *
 * Signals: "loaded": the list is as the platform has it; "failed" (GError *).
 */
#define XS_TYPE_LEARNER_LIST (xs_learner_list_get_type ())
G_DECLARE_FINAL_TYPE (XsLearnerList, xs_learner_list, XS, LEARNER_LIST, GObject)

/** xs_learner_list_new: (transfer full): empty until it is asked for. */
XsLearnerList *xs_learner_list_new (XsReviewClient *client);
/** xs_learner_list_ask: what @state and @text look for; "": all. What is shown stays until the answer is there. */
void xs_learner_list_ask (XsLearnerList *list, const char *state, const char *text);
/** xs_learner_list_ask_again: the same anew, as it is from now on. */
void xs_learner_list_ask_again (XsLearnerList *list);
/** xs_learner_list_look: the same anew, unless an answer is on its way. */
void xs_learner_list_look (XsLearnerList *list);
/** xs_learner_list_is_changing: whether an answer is being taken in: until “loaded” has been heard. */
gboolean xs_learner_list_is_changing (XsLearnerList *list);
/** xs_learner_list_get_waiting: how many photos wait for approval, whatever is looked for; -1: not known yet. */
gint64 xs_learner_list_get_waiting (XsLearnerList *list);
/** xs_learner_list_has_more: whether not all that fit are in the list. */
gboolean xs_learner_list_has_more (XsLearnerList *list);
/** xs_learner_list_find: index of a learner; G_MAXUINT: not in the list. */
guint xs_learner_list_find (XsLearnerList *list, const char *stunum);

G_END_DECLS
