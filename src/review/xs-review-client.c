/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-review-client.h"

#include "xs-error.h"
#include "xs-review-exchange.h"
#include "xs-sync-tls.h"

#include <string.h>

static const XsSyncTimeouts session_timeouts = { .silence_s = 25, .total_s = 120 };

struct _XsReviewClient {
  GObject parent_instance;
  SoupSession *session;
  SoupSession *feed_session; /* of the request that waits: it takes no connection from the others */
  char *url;
  char *pin;     /* (nullable) */
  char *bearer;  /* (nullable): nobody is signed in */
  guint n_acts;  /* on their way */
  char *leaving; /* (nullable): the token to be ended once they are answered */
  XsWirePerson person;
  gboolean reachable;
  GCancellable *feed; /* (nullable): of the feed that runs */
  gint64 cursor;
};

G_DEFINE_FINAL_TYPE (XsReviewClient, xs_review_client, G_TYPE_OBJECT)

enum {
  PROP_REACHABLE = 1,
  N_PROPS,
};
enum {
  SIGNED_OUT,
  NEWS,
  N_SIGNALS,
};
static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void
forget_person (XsReviewClient *self)
{
  xs_review_client_stop_feed (self);
  g_clear_pointer (&self->bearer, g_free);
  self->person = (XsWirePerson){ 0 };
}

static void
dispose (GObject *object)
{
  XsReviewClient *self = XS_REVIEW_CLIENT (object);

  forget_person (self);
  g_clear_object (&self->session);
  g_clear_object (&self->feed_session);
  G_OBJECT_CLASS (xs_review_client_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  XsReviewClient *self = XS_REVIEW_CLIENT (object);

  g_free (self->url);
  g_free (self->pin);
  g_free (self->leaving);
  G_OBJECT_CLASS (xs_review_client_parent_class)->finalize (object);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, XS_REVIEW_CLIENT (object)->reachable);
}

static void
xs_review_client_class_init (XsReviewClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dispose;
  object_class->finalize = finalize;
  object_class->get_property = get_property;
  props[PROP_REACHABLE] =
    g_param_spec_boolean ("reachable", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNED_OUT] =
    g_signal_new ("signed-out", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NEWS] = g_signal_new ("news", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_ARRAY);
}

static void
xs_review_client_init (XsReviewClient *self)
{
  self->session = xs_sync_session_new (&session_timeouts);
  self->feed_session = xs_sync_session_new (&session_timeouts);
  self->reachable = TRUE;
}

XsReviewClient *
xs_review_client_new (const char *url, GError **error)
{
  g_autofree char *pin = NULL;
  g_autofree char *base = xs_sync_tls_split_url (url, &pin, error);
  g_autoptr (GUri) uri = base != NULL ? g_uri_parse (base, G_URI_FLAGS_NONE, error) : NULL;

  if (uri == NULL)
    {
      xs_error_convert (error);
      return NULL;
    }
  XsReviewClient *self = g_object_new (XS_TYPE_REVIEW_CLIENT, NULL);
  if (g_str_has_suffix (base, "/"))
    base[strlen (base) - 1] = '\0';
  self->url = g_steal_pointer (&base);
  self->pin = g_steal_pointer (&pin);
  return self;
}

gboolean
xs_review_client_is_reachable (XsReviewClient *self)
{
  return self->reachable;
}

const XsWirePerson *
xs_review_client_get_person (XsReviewClient *self)
{
  return self->bearer != NULL ? &self->person : NULL;
}

void
xs_review_client_make_id (char id[XS_REVIEW_ID_BYTES])
{
  g_autofree char *uuid = g_uuid_string_random ();

  g_strlcpy (id, uuid, XS_REVIEW_ID_BYTES);
}

static void
set_reachable (gboolean reachable, gpointer data)
{
  XsReviewClient *self = data;

  if (self->reachable == reachable)
    return;
  self->reachable = reachable;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REACHABLE]);
}

/* What is asked for somebody who has meanwhile signed out is no news to whoever signed in since. */
static void
note_refusal (XsReviewClient *self, const char *bearer, guint status)
{
  if (status != 401 || self->bearer == NULL || g_strcmp0 (bearer, self->bearer) != 0)
    return;
  forget_person (self);
  g_signal_emit (self, signals[SIGNED_OUT], 0);
}

static void
set_refusal (GError **error, const XsReviewReply *reply)
{
  XsError code = XS_ERROR_INVALID;

  if (reply->status == 401)
    code = XS_ERROR_UNAUTHORIZED;
  else if (reply->status == 403)
    code = XS_ERROR_REJECTED;
  else if (reply->status == 404)
    code = XS_ERROR_NOT_FOUND;
  g_set_error_literal (error, XS_ERROR, code,
                       reply->error.message[0] != '\0' ? reply->error.message : "The platform does not take this");
}

static gboolean
is_act (gpointer tag)
{
  return tag == xs_review_client_act_async || tag == xs_review_client_act_on_photos_async;
}

static void end_session (XsReviewClient *self, const char *bearer);

static void
on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (XsReviewClient) self = g_object_ref (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (XsReviewReply) reply = xs_review_ask_finish (result, &error);

  if (reply == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (reply->status == 200)
    g_task_return_pointer (task, g_bytes_ref (reply->body), (GDestroyNotify) g_bytes_unref);
  else
    {
      note_refusal (self, g_task_get_task_data (task), reply->status);
      set_refusal (&error, reply);
      g_task_return_error (task, g_steal_pointer (&error));
    }
  if (!is_act (g_task_get_source_tag (task)) || --self->n_acts > 0 || self->leaving == NULL)
    return;
  g_autofree char *bearer = g_steal_pointer (&self->leaving);
  end_session (self, bearer);
}

/* Ask as who is signed in; the task gets the body of a good answer. Takes @body over. */
static void
ask (XsReviewClient *self, gpointer tag, const char *method, const char *path, const char *content_type, GBytes *body,
     const char *answer_type, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GBytes) owned = body;
  g_autofree char *url = g_strconcat (self->url, path, NULL);
  const XsReviewQuestion question = { .url = url,
                                      .pin = self->pin,
                                      .method = method,
                                      .bearer = self->bearer,
                                      .content_type = content_type,
                                      .body = body,
                                      .answer_type = answer_type,
                                      .max_answer_bytes = XS_WIRE_REVIEW_ANSWER_MAX_BYTES };

  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_strdup (self->bearer), g_free);
  if (self->bearer == NULL)
    {
      g_task_return_new_error (task, XS_ERROR, XS_ERROR_UNAUTHORIZED, "Sign in first");
      return;
    }
  self->n_acts += is_act (tag) ? 1 : 0;
  xs_review_ask_async (self->session, &question, set_reachable, G_OBJECT (self), cancellable, on_reply,
                       g_steal_pointer (&task));
}

static GBytes *
take_answer (GAsyncResult *result, gpointer tag, GError **error)
{
  GTask *task = G_TASK (result);

  g_return_val_if_fail (g_async_result_is_tagged (result, tag), NULL);

  g_autoptr (GBytes) answer = g_task_propagate_pointer (task, error);
  /* It may have come just before it was cancelled. What was done is told all the same. */
  if (answer == NULL || is_act (tag) || !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return g_steal_pointer (&answer);
  g_set_error_literal (error, XS_ERROR, XS_ERROR_CANCELLED, "Nobody wants the answer any more");
  return NULL;
}

/* Signing in */

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  XsReviewReply *reply = xs_review_ask_finish (result, &error);

  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) xs_review_reply_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
xs_review_client_sign_in_async (XsReviewClient *self, const char *name, const char *password, const char *code,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *url = g_strconcat (self->url, XS_WIRE_PATH_SIGN_IN, NULL);
  XsWireSignIn sign_in = { 0 };

  g_task_set_source_tag (task, xs_review_client_sign_in_async);
  g_task_set_check_cancellable (task, FALSE);
  g_strlcpy (sign_in.name, name, sizeof sign_in.name);
  g_strlcpy (sign_in.password, password, sizeof sign_in.password);
  g_strlcpy (sign_in.code, code != NULL ? code : "", sizeof sign_in.code);
  g_autoptr (GBytes) body = xs_wire_sign_in_encode (&sign_in);
  const XsReviewQuestion question = { .url = url,
                                      .pin = self->pin,
                                      .method = "POST",
                                      .content_type = XS_WIRE_TYPE_JSON,
                                      .body = body,
                                      .answer_type = XS_WIRE_TYPE_JSON,
                                      .max_answer_bytes = XS_WIRE_ANSWER_MAX_BYTES,
                                      .once = TRUE };
  xs_review_ask_async (self->session, &question, set_reachable, G_OBJECT (self), cancellable, on_signed_in,
                       g_steal_pointer (&task));
}

static XsReviewSignIn
let_in (XsReviewClient *self, const XsReviewReply *reply, GError **error)
{
  XsWirePerson person;

  if (!xs_wire_person_decode (&person, reply->body, error))
    return XS_REVIEW_SIGN_IN_FAILED;
  forget_person (self);
  self->bearer = g_strconcat ("Bearer ", person.token, NULL);
  self->person = person;
  self->person.token[0] = '\0';
  return XS_REVIEW_SIGN_IN_DONE;
}

XsReviewSignIn
xs_review_client_sign_in_finish (XsReviewClient *self, GAsyncResult *result, gint64 *pause_s, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, xs_review_client_sign_in_async), XS_REVIEW_SIGN_IN_FAILED);
  g_autoptr (XsReviewReply) reply = g_task_propagate_pointer (G_TASK (result), error);

  if (reply == NULL)
    return XS_REVIEW_SIGN_IN_FAILED;
  if (pause_s != NULL)
    *pause_s = reply->retry_after_us / G_USEC_PER_SEC;
  if (reply->status == 200)
    return let_in (self, reply, error);
  if (reply->status == 401)
    return strcmp (reply->error.code, XS_WIRE_ERROR_TOTP_WANTED) == 0 ? XS_REVIEW_SIGN_IN_TOTP_WANTED
                                                                      : XS_REVIEW_SIGN_IN_WRONG;
  if (reply->status == 429)
    return XS_REVIEW_SIGN_IN_PAUSE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_NETWORK, reply->error.message);
  return XS_REVIEW_SIGN_IN_FAILED;
}

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (XsReviewReply) reply = xs_review_ask_finish (result, NULL);
}

static void
end_session (XsReviewClient *self, const char *bearer)
{
  g_autofree char *url = g_strconcat (self->url, XS_WIRE_PATH_SIGN_OUT, NULL);
  /* Once: without a network the token ends by itself when it has been idle. */
  const XsReviewQuestion question = { .url = url,
                                      .pin = self->pin,
                                      .method = "POST",
                                      .bearer = bearer,
                                      .answer_type = XS_WIRE_TYPE_JSON,
                                      .max_answer_bytes = XS_WIRE_ANSWER_MAX_BYTES,
                                      .once = TRUE };
  xs_review_ask_async (self->session, &question, set_reachable, G_OBJECT (self), NULL, on_signed_out, NULL);
}

void
xs_review_client_sign_out (XsReviewClient *self)
{
  g_autofree char *bearer = g_strdup (self->bearer);

  forget_person (self);
  if (bearer == NULL)
    return;
  /* What is on its way goes in the name of who did it. */
  if (self->n_acts > 0)
    self->leaving = g_steal_pointer (&bearer);
  else
    end_session (self, bearer);
}

/* Photos */

void
xs_review_client_get_photo_async (XsReviewClient *self, const char *sha256, gboolean registration,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *path =
    g_strconcat (registration ? XS_WIRE_PATH_PEOPLE_REGISTRATION : XS_WIRE_PATH_PEOPLE_PHOTOS, sha256, NULL);

  ask (self, xs_review_client_get_photo_async, "GET", path, NULL, NULL, XS_WIRE_TYPE_JPEG, cancellable, callback,
       user_data);
}

GBytes *
xs_review_client_get_photo_finish (XsReviewClient *self, GAsyncResult *result, GError **error)
{
  return take_answer (result, xs_review_client_get_photo_async, error);
}

/* Questions and answers in the structs of xs-wire-review.h */

#define POST(name, Query, query, path)                                                                                 \
  void xs_review_client_##name##_async (XsReviewClient *self, const Query *query, GCancellable *cancellable,           \
                                        GAsyncReadyCallback callback, gpointer user_data)                              \
  {                                                                                                                    \
    ask (self, xs_review_client_##name##_async, "POST", path, XS_WIRE_TYPE_JSON, xs_review_##query##_encode (query),   \
         XS_WIRE_TYPE_JSON, cancellable, callback, user_data);                                                         \
  }
#define ANSWER(name, Answer, answer)                                                                                   \
  gboolean xs_review_client_##name##_finish (XsReviewClient *self, GAsyncResult *result, Answer *answer,               \
                                             GError **error)                                                           \
  {                                                                                                                    \
    g_autoptr (GBytes) body = take_answer (result, xs_review_client_##name##_async, error);                            \
    if (body == NULL)                                                                                                  \
      return FALSE;                                                                                                    \
    xs_review_##answer##_init (answer);                                                                                \
    if (xs_review_##answer##_decode (answer, body, error))                                                             \
      return TRUE;                                                                                                     \
    xs_review_##answer##_clear (answer);                                                                               \
    return FALSE;                                                                                                      \
  }

POST (list, XsReviewQuery, query, XS_WIRE_PATH_REVIEW_QUEUE)
ANSWER (list, XsReviewPage, page)
POST (get_days, XsReviewDaysQuery, days_query, XS_WIRE_PATH_REVIEW_DAYS)
ANSWER (get_days, XsReviewDays, days)
POST (get_history, XsReviewQuery, query, XS_WIRE_PATH_REVIEW_HISTORY)
ANSWER (get_history, XsReviewHistory, history)
POST (act, XsReviewActions, actions, XS_WIRE_PATH_REVIEW_ACTIONS)
ANSWER (act, XsReviewOutcomes, outcomes)
POST (reckon, XsReviewActions, actions, XS_WIRE_PATH_REVIEW_RECKONING)
ANSWER (reckon, XsReviewOutcomes, outcomes)
POST (list_learners, XsReviewQuery, query, XS_WIRE_PATH_REVIEW_LEARNERS)
ANSWER (list_learners, XsReviewLearners, learners)
POST (act_on_photos, XsReviewActions, actions, XS_WIRE_PATH_REVIEW_PHOTO_ACTIONS)
ANSWER (act_on_photos, XsReviewOutcomes, outcomes)
POST (list_views, XsReviewQuery, query, XS_WIRE_PATH_REVIEW_VIEWS)
ANSWER (list_views, XsReviewViews, views)
POST (record_export, XsReviewExport, export, XS_WIRE_PATH_REVIEW_EXPORTS)
ANSWER (get_log, XsReviewLog, log)
ANSWER (put_photo, XsReviewOutcome, outcome)

void
xs_review_client_get_log_async (XsReviewClient *self, const char *devnum, gint64 seq, const char *log_sha256,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *path = xs_wire_path_review_log (devnum, seq, log_sha256);

  ask (self, xs_review_client_get_log_async, "GET", path, NULL, NULL, XS_WIRE_TYPE_JSON, cancellable, callback,
       user_data);
}

void
xs_review_client_put_photo_async (XsReviewClient *self, const char *stunum, GBytes *jpeg, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *path = g_strconcat (XS_WIRE_PATH_REVIEW_PHOTOS, stunum, NULL);

  ask (self, xs_review_client_put_photo_async, "PUT", path, XS_WIRE_TYPE_JPEG, g_bytes_ref (jpeg), XS_WIRE_TYPE_JSON,
       cancellable, callback, user_data);
}

gboolean
xs_review_client_record_export_finish (XsReviewClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GBytes) body = take_answer (result, xs_review_client_record_export_async, error);

  return body != NULL && xs_wire_status_decode ("recorded", body, error);
}

/* Live changes */

static void follow (XsReviewClient *self);

static void
on_news (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  XsReviewClient *self = g_task_get_source_object (task);
  GCancellable *feed = g_task_get_cancellable (task);
  g_auto (XsReviewPage) page;
  g_autoptr (GError) error = NULL;
  g_autoptr (XsReviewReply) reply = xs_review_ask_finish (result, &error);

  xs_review_page_init (&page);
  /* Another feed may have begun meanwhile. */
  if (reply == NULL || feed != self->feed)
    return;
  if (reply->status != 200)
    note_refusal (self, g_task_get_task_data (task), reply->status);
  else if (!xs_review_page_decode (&page, reply->body, &error))
    g_message ("What the platform tells of changes cannot be read: %s", error->message);
  else
    {
      self->cursor = page.feed;
      if (page.rows->len > 0)
        g_signal_emit (self, signals[NEWS], 0, page.rows);
      if (feed == self->feed)
        follow (self);
    }
}

static void
follow (XsReviewClient *self)
{
  g_autofree char *url = g_strdup_printf ("%s" XS_WIRE_PATH_REVIEW_FEED "%" G_GINT64_FORMAT, self->url, self->cursor);
  g_autoptr (GTask) task = g_task_new (self, self->feed, NULL, NULL);
  const XsReviewQuestion question = { .url = url,
                                      .pin = self->pin,
                                      .method = "GET",
                                      .bearer = self->bearer,
                                      .answer_type = XS_WIRE_TYPE_JSON,
                                      .max_answer_bytes = XS_WIRE_REVIEW_ANSWER_MAX_BYTES };

  g_task_set_task_data (task, g_strdup (self->bearer), g_free);
  xs_review_ask_async (self->feed_session, &question, set_reachable, G_OBJECT (self), self->feed, on_news,
                       g_steal_pointer (&task));
}

void
xs_review_client_start_feed (XsReviewClient *self, gint64 cursor)
{
  xs_review_client_stop_feed (self);
  if (self->bearer == NULL)
    return;
  self->feed = g_cancellable_new ();
  self->cursor = cursor;
  follow (self);
}

void
xs_review_client_stop_feed (XsReviewClient *self)
{
  if (self->feed != NULL)
    g_cancellable_cancel (self->feed);
  g_clear_object (&self->feed);
}
