/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-review-exchange.h"

#include "xs-backoff.h"

#include <string.h>

#define FIRST_PAUSE_US (G_USEC_PER_SEC / 2)
#define LONGEST_PAUSE_US (15 * (gint64) G_USEC_PER_SEC)

/* Longer than the platform holds a request back. */
static const XsSyncTimeouts timeouts = { .silence_s = 25, .total_s = 120 };

typedef struct {
  SoupSession *session;
  XsReviewQuestion question; /* with strings of its own */
  XsReviewReachable reachable;
  GObject *owner;
  XsBackoff backoff;
  GRand *rand;
  GSource *pause;
  GSource *cancelled; /* of a pause */
} Ask;

static void
end_pause (Ask *ask)
{
  GSource **sources[] = { &ask->pause, &ask->cancelled };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      if (*sources[i] != NULL)
        g_source_destroy (*sources[i]);
      g_clear_pointer (sources[i], g_source_unref);
    }
}

static void
ask_free (Ask *ask)
{
  XsReviewQuestion *question = &ask->question;

  end_pause (ask);
  g_free ((char *) question->url);
  g_free ((char *) question->pin);
  g_free ((char *) question->bearer);
  g_free ((char *) question->method);
  g_clear_pointer (&question->body, g_bytes_unref);
  g_rand_free (ask->rand);
  g_object_unref (ask->session);
  g_object_unref (ask->owner);
  g_free (ask);
}

void
xs_review_reply_free (XsReviewReply *reply)
{
  if (reply == NULL)
    return;
  g_clear_pointer (&reply->body, g_bytes_unref);
  g_free (reply);
}

static void send_question (GTask *task);

static gboolean
on_pause_over (gpointer data)
{
  GTask *task = data;

  end_pause (g_task_get_task_data (task));
  send_question (task);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  return on_pause_over (data);
}

/* Not now: again after a while, or as soon as nobody wants to know any more. */
static void
try_later (GTask *task, gint64 retry_after_us)
{
  Ask *ask = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  gint64 wait_us = xs_backoff_fail (&ask->backoff, ask->rand, MIN (retry_after_us, LONGEST_PAUSE_US));

  ask->reachable (FALSE, ask->owner);
  ask->pause = g_timeout_source_new ((guint) (wait_us / 1000));
  g_source_set_callback (ask->pause, on_pause_over, g_object_ref (task), g_object_unref);
  g_source_attach (ask->pause, g_main_context_get_thread_default ());
  if (cancellable == NULL)
    return;
  ask->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (ask->cancelled, G_SOURCE_FUNC (on_cancelled), g_object_ref (task), g_object_unref);
  g_source_attach (ask->cancelled, g_main_context_get_thread_default ());
}

/* Whether it is the platform's own word; a proxy on the way may say anything. */
static gboolean
read_reply (const Ask *ask, const XsSyncAnswer *answer, XsReviewReply *reply)
{
  reply->status = answer->status;
  reply->retry_after_us = answer->retry_after_us;
  if (answer->status == 200)
    {
      reply->body = g_bytes_ref (answer->body);
      return strcmp (answer->content_type, ask->question.answer_type) == 0;
    }
  return strcmp (answer->content_type, XS_WIRE_TYPE_JSON) == 0
         && xs_wire_error_decode (&reply->error, answer->body, NULL);
}

static gboolean
is_for_now (guint status)
{
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (XsReviewReply) reply = g_new0 (XsReviewReply, 1);
  g_autoptr (XsSyncAnswer) answer = xs_sync_request_send_finish (result, &error);
  gboolean is_read = answer != NULL && read_reply (ask, answer, reply);

  if (is_read && (ask->question.once || !is_for_now (reply->status)))
    {
      ask->reachable (TRUE, ask->owner);
      g_task_return_pointer (task, g_steal_pointer (&reply), (GDestroyNotify) xs_review_reply_free);
    }
  else if (error != NULL && (ask->question.once || !g_error_matches (error, XS_ERROR, XS_ERROR_NETWORK)))
    {
      if (g_error_matches (error, XS_ERROR, XS_ERROR_NETWORK))
        ask->reachable (FALSE, ask->owner);
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else if (ask->question.once)
    g_task_return_new_error (task, XS_ERROR, XS_ERROR_NETWORK,
                             "What answers there is no platform of this version; check its address");
  else
    try_later (task, answer != NULL ? answer->retry_after_us : 0);
}

static void
send_question (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  const XsReviewQuestion *question = &ask->question;
  const XsSyncRequest request = { .method = question->method,
                                  .url = question->url,
                                  .pin = question->pin,
                                  .authorization = question->bearer,
                                  .content_type = question->content_type,
                                  .body = question->body,
                                  .max_answer_bytes = question->max_answer_bytes };

  xs_sync_request_send_async (ask->session, &request, &timeouts, g_task_get_cancellable (task), on_answer,
                              g_object_ref (task));
}

void
xs_review_ask_async (SoupSession *session, const XsReviewQuestion *question, XsReviewReachable reachable,
                     GObject *owner, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);

  g_task_set_source_tag (task, xs_review_ask_async);
  g_task_set_check_cancellable (task, FALSE);
  ask->session = g_object_ref (session);
  ask->question = *question;
  ask->question.url = g_strdup (question->url);
  ask->question.pin = g_strdup (question->pin);
  ask->question.bearer = g_strdup (question->bearer);
  ask->question.method = g_strdup (question->method);
  ask->question.body = question->body != NULL ? g_bytes_ref (question->body) : NULL;
  ask->reachable = reachable;
  ask->owner = g_object_ref (owner);
  ask->rand = g_rand_new ();
  xs_backoff_init (&ask->backoff, FIRST_PAUSE_US, LONGEST_PAUSE_US);
  g_task_set_task_data (task, ask, (GDestroyNotify) ask_free);
  send_question (task);
}

XsReviewReply *
xs_review_ask_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, xs_review_ask_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
