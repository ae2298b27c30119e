/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-review-client.h"

G_BEGIN_DECLS

/** XsSentAct: what somebody did, on its way to the platform. */
typedef struct {
  char person[64]; /* whose it is */
  XsReviewActions actions;
  XsReviewRow row;  /* of the log of the first action, as it was looked at; of a photo: whose it is */
  gint64 valid_min; /* of that log, what stays valid by the decision; -1: not known */
  guint n_short;    /* logs under a minute, which a batch leaves out */
  gboolean batch;
  gboolean on_photos; /* it is about registration photos, not logs */
  gboolean in_flight; /* the sender's: a request with it is under way */
} XsSentAct;

/** xs_sent_act_new: (transfer full): without an action yet. */
XsSentAct *xs_sent_act_new (const char *person);
XsSentAct *xs_sent_act_ref (XsSentAct *act);
void xs_sent_act_unref (XsSentAct *act);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSentAct, xs_sent_act_unref)

/**
 * XsReviewSender: keeps what was done until the platform has answered, whatever becomes of the window meanwhile: locked
 * it goes on sending, and what an ended session leaves is sent under the next one of the same person. By the id of its
 * own that each action has the platform does it once.
 *
 * Signals: "settled" (XsSentAct *, XsReviewOutcomes *, GError *): the platform has answered: with outcomes, or, they
 * are NULL, that it will not take it.
 */
#define XS_TYPE_REVIEW_SENDER (xs_review_sender_get_type ())
G_DECLARE_FINAL_TYPE (XsReviewSender, xs_review_sender, XS, REVIEW_SENDER, GObject)

XsReviewSender *xs_review_sender_new (void);
/** xs_review_sender_open: @client is whose session it is from now on; what that person left is sent. NULL: nobody's. */
void xs_review_sender_open (XsReviewSender *sender, XsReviewClient *client);
/** xs_review_sender_send: under the session that is open. */
void xs_review_sender_send (XsReviewSender *sender, XsSentAct *act);
/** xs_review_sender_has_unsent: whether something is not on the platform yet. @person: (nullable): of that one alone */
gboolean xs_review_sender_has_unsent (XsReviewSender *sender, const char *person);
/** xs_review_sender_is_sending: whether something of @person is not there yet, on photos or else on logs. */
gboolean xs_review_sender_is_sending (XsReviewSender *sender, const char *person, gboolean on_photos);

G_END_DECLS
