/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sync-request.h"
#include "xs-wire-message.h"

G_BEGIN_DECLS

/*
 * One question to the platform, asked until it is answered: what finds no platform is asked again after a growing
 * pause. Runs on the thread-default main context.
 */

/** XsReviewQuestion: strings and bytes are the caller's, and copied. */
typedef struct {
  const char *url; /* whole */
  const char *pin; /* (nullable) */
  const char *method;
  const char *bearer;       /* (nullable): value of the Authorization header */
  const char *content_type; /* of @body */
  GBytes *body;             /* (nullable) */
  const char *answer_type;  /* of a good answer */
  gsize max_answer_bytes;
  gboolean once; /* a failure is an answer, too */
} XsReviewQuestion;

/** XsReviewReply: a good answer, or a refusal as the protocol has it. */
typedef struct {
  guint status;
  GBytes *body;      /* of a 200 */
  XsWireError error; /* of a refusal */
  gint64 retry_after_us;
} XsReviewReply;

void xs_review_reply_free (XsReviewReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsReviewReply, xs_review_reply_free)

/** XsReviewReachable: told whenever a question waits for the platform (FALSE), and when it was reached. */
typedef void (*XsReviewReachable) (gboolean reachable, gpointer data);

/** xs_review_ask_async: @reachable: called with @owner, a GObject, that is kept alive meanwhile */
void xs_review_ask_async (SoupSession *session, const XsReviewQuestion *question, XsReviewReachable reachable,
                          GObject *owner, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/**
 * xs_review_ask_finish: (transfer full)
 * @error: XS_ERROR_CANCELLED; of one that is asked once also XS_ERROR_NETWORK; XS_ERROR_INVALID: the URL is none
 */
XsReviewReply *xs_review_ask_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
