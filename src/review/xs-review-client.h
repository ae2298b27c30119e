/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-wire-people.h"
#include "xs-wire-review.h"

G_BEGIN_DECLS

/**
 * XsReviewClient: the platform as a reviewer's program sees it. It knows no widgets and keeps nothing: what it hands
 * out is what the platform answered, and what was not answered did not happen as far as anybody can tell.
 *
 * A request that finds no platform is tried again with growing pauses until it is answered or cancelled; “reachable”
 * tells the user meanwhile. Repeating is harmless: all that changes anything carries an id chosen by who asks, and the
 * platform answers the same id the same.
 *
 * Everything belongs to the thread that made it and runs on its thread-default main context. Errors of all calls,
 * beside those named: XS_ERROR_UNAUTHORIZED: the session is over, and “signed-out” was emitted; XS_ERROR_REJECTED: the
 * role does not include it; XS_ERROR_NOT_FOUND; XS_ERROR_INVALID: the platform does not take it, or its answer breaks a
 * rule; XS_ERROR_CANCELLED; when signing in, which is tried once, XS_ERROR_NETWORK. Messages are for people.
 *
 * Properties: “reachable” (boolean, read): FALSE while a request waits for the platform or the network.
 *
 * Signals: “signed-out” (void): the token is worth nothing any more. “news” (GArray * of XsReviewRow): logs that
 * changed, as they are now, while the feed runs; a row may come again: go by XsReviewRow.version.
 */
#define XS_TYPE_REVIEW_CLIENT (xs_review_client_get_type ())
G_DECLARE_FINAL_TYPE (XsReviewClient, xs_review_client, XS, REVIEW_CLIENT, GObject)

/**
 * xs_review_client_new: (transfer full)
 * @url: of the platform, as xueshi-platform tls-init prints it, with or without “#ca=…”
 * @error: XS_ERROR_INVALID
 */
XsReviewClient *xs_review_client_new (const char *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_review_client_is_reachable: whether the last request was answered; TRUE before the first. */
gboolean xs_review_client_is_reachable (XsReviewClient *client);
/** xs_review_client_get_person: (transfer none) (nullable): who is signed in, without the token. */
const XsWirePerson *xs_review_client_get_person (XsReviewClient *client);
/** xs_review_client_make_id: a fresh one for an action or an export. */
void xs_review_client_make_id (char id[XS_REVIEW_ID_BYTES]);

/** XsReviewSignIn: how an attempt ended. */
typedef enum {
  XS_REVIEW_SIGN_IN_FAILED, /* @error is set: the platform was not reached, or refuses for another reason */
  XS_REVIEW_SIGN_IN_DONE,
  XS_REVIEW_SIGN_IN_WRONG,       /* name, password or code */
  XS_REVIEW_SIGN_IN_TOTP_WANTED, /* the password is right; ask for the code and try again with both */
  XS_REVIEW_SIGN_IN_PAUSE,       /* too many wrong tries: wait @pause_s */
} XsReviewSignIn;

/** xs_review_client_sign_in_async: @code: (nullable). Tried once. */
void xs_review_client_sign_in_async (XsReviewClient *client, const char *name, const char *password, const char *code,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/** xs_review_client_sign_in_finish: @pause_s: (out) (optional). */
XsReviewSignIn xs_review_client_sign_in_finish (XsReviewClient *client, GAsyncResult *result, gint64 *pause_s,
                                                GError **error);
/**
 * xs_review_client_sign_out: nothing more is asked with the token, and the feed ends. The platform is told to end the
 * token once the actions that are on their way have been answered.
 */
void xs_review_client_sign_out (XsReviewClient *client);

/** Which photo: of a log, or a registration photo. Both by SHA-256; each time is recorded on the platform. */
void xs_review_client_get_photo_async (XsReviewClient *client, const char *sha256, gboolean registration,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/** xs_review_client_get_photo_finish: (transfer full): a JPEG. XS_ERROR_NOT_FOUND: gone, or another coach's. */
GBytes *xs_review_client_get_photo_finish (XsReviewClient *client, GAsyncResult *result, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/*
 * What follows is asked and answered in the structs of xs-wire-review.h. Requests are copied; answers of _finish() are
 * (out), initialised by the callee, and to be cleared by the caller after TRUE.
 */
void xs_review_client_list_async (XsReviewClient *client, const XsReviewQuery *query, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_list_finish (XsReviewClient *client, GAsyncResult *result, XsReviewPage *page, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Each log in whole. XS_ERROR_NOT_FOUND: no such log, or another coach's learner's. */
void xs_review_client_get_log_async (XsReviewClient *client, const char *devnum, gint64 seq, const char *log_sha256,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_get_log_finish (XsReviewClient *client, GAsyncResult *result, XsReviewLog *log,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of one learner. */
void xs_review_client_get_days_async (XsReviewClient *client, const XsReviewDaysQuery *query, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_get_days_finish (XsReviewClient *client, GAsyncResult *result, XsReviewDays *days,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_review_client_get_history_async: photos of one learner. Of the query: stunum, from_us, to_us, after, limit. */
void xs_review_client_get_history_async (XsReviewClient *client, const XsReviewQuery *query, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_get_history_finish (XsReviewClient *client, GAsyncResult *result, XsReviewHistory *history,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_review_client_act_async: decide, confirm, undo, again; one log or a selection. Each has an outcome of its own. */
void xs_review_client_act_async (XsReviewClient *client, const XsReviewActions *actions, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_act_finish (XsReviewClient *client, GAsyncResult *result, XsReviewOutcomes *outcomes,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_review_client_reckon_async: what decisions would come to; nothing changes. Reasons may be missing. */
void xs_review_client_reckon_async (XsReviewClient *client, const XsReviewActions *actions, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_reckon_finish (XsReviewClient *client, GAsyncResult *result, XsReviewOutcomes *outcomes,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_review_client_list_learners_async: of the query: after, limit, text, stunum, state. */
void xs_review_client_list_learners_async (XsReviewClient *client, const XsReviewQuery *query,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_list_learners_finish (XsReviewClient *client, GAsyncResult *result,
                                                XsReviewLearners *learners, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_review_client_act_on_photos_async: approve, return, reset. */
void xs_review_client_act_on_photos_async (XsReviewClient *client, const XsReviewActions *actions,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_act_on_photos_finish (XsReviewClient *client, GAsyncResult *result,
                                                XsReviewOutcomes *outcomes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_review_client_put_photo_async: @jpeg becomes the registration photo of @stunum, and waits for approval. */
void xs_review_client_put_photo_async (XsReviewClient *client, const char *stunum, GBytes *jpeg,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_put_photo_finish (XsReviewClient *client, GAsyncResult *result, XsReviewOutcome *outcome,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_review_client_list_views_async: of the query: after, limit, stunum, who, from_us, to_us. */
void xs_review_client_list_views_async (XsReviewClient *client, const XsReviewQuery *query, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_list_views_finish (XsReviewClient *client, GAsyncResult *result, XsReviewViews *views,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_review_client_record_export_async: before the file is written: TRUE says that it may be. */
void xs_review_client_record_export_async (XsReviewClient *client, const XsReviewExport *export,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean xs_review_client_record_export_finish (XsReviewClient *client, GAsyncResult *result, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_review_client_start_feed: emit “news” of what changes after @cursor, XsReviewPage.feed of a list. */
void xs_review_client_start_feed (XsReviewClient *client, gint64 cursor);
void xs_review_client_stop_feed (XsReviewClient *client);

G_END_DECLS
