/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-client.h"

#include "xs-error.h"
#include "xs-sync-tls.h"
#include "xs-wire-auth.h"

#include <string.h>

struct _XsSyncClient {
  SoupSession *session;
  char *base_url;
  char *pin; /* (nullable) */
  XsClock *clock;
  XsSyncTimeouts timeouts;
  char devnum[XS_UNIFIED_DIGITS + 1]; /* "" before xs_sync_client_set_device() */
  XsSignKey key;
  gint64 ahead_us; /* the platform's clock against ours, once it complained */
  guint load;      /* of the platform, by the last answer that told it */
  gboolean date_seen;
  gint64 date_ahead_us; /* the same, by the Date of its answers */
};

XsSyncClient *
xs_sync_client_new (const char *base_url, XsClock *clock, const XsSyncTimeouts *timeouts)
{
  XsSyncClient *client = g_new0 (XsSyncClient, 1);

  client->session = xs_sync_session_new (timeouts);
  client->base_url = xs_sync_tls_split_url (base_url, &client->pin, NULL);
  /* What was paired with has been checked; were it altered since, no certificate would do. */
  if (client->base_url == NULL)
    client->base_url = g_strdup (base_url);
  if (client->pin != NULL)
    soup_session_set_tls_database (client->session, NULL);
  client->clock = xs_clock_ref (clock);
  client->timeouts = *timeouts;
  return client;
}

void
xs_sync_client_free (XsSyncClient *client)
{
  if (client == NULL)
    return;
  soup_session_abort (client->session);
  g_object_unref (client->session);
  /* What libsoup still has to say there keeps the context and its connections open for ever, once nobody turns it. */
  while (g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
    ;
  g_free (client->base_url);
  g_free (client->pin);
  xs_clock_unref (client->clock);
  explicit_bzero (&client->key, sizeof client->key);
  g_free (client);
}

void
xs_sync_client_set_device (XsSyncClient *client, const char *devnum, const XsSignKey *key)
{
  g_strlcpy (client->devnum, devnum, sizeof client->devnum);
  client->key = *key;
}

void
xs_sync_reply_free (XsSyncReply *reply)
{
  if (reply == NULL)
    return;
  g_clear_pointer (&reply->answer, xs_sync_answer_free);
  g_free (reply->message);
  g_free (reply);
}

void
xs_sync_reply_disown (XsSyncReply *reply, const GError *why)
{
  const char *type = reply->answer->content_type;

  reply->verdict = XS_SYNC_HALT;
  g_free (reply->message);
  reply->message =
    g_strdup_printf ("What answered is not the platform (status %u, %s%s%s): sign in to this network if it asks for "
                     "it, or check the platform's address",
                     reply->answer->status, *type != '\0' ? type : "no content type", why != NULL ? ": " : "",
                     why != NULL ? why->message : "");
}

gboolean
xs_sync_client_get_ahead (XsSyncClient *client, gint64 *ahead_us)
{
  *ahead_us = client->date_ahead_us;
  return client->date_seen;
}

guint
xs_sync_client_get_load (XsSyncClient *client)
{
  return client->load;
}

/* What a refusal means. Proxies refuse in JSON too: nothing is given up for a word that is not the platform's. */
static XsSyncVerdict
verdict_of_refusal (guint status, const char *code)
{
  static const struct {
    const char *code;
    guint status;
    XsSyncVerdict verdict;
  } known[] = {
    { XS_WIRE_ERROR_BAD_REQUEST, SOUP_STATUS_BAD_REQUEST, XS_SYNC_REFUSED },
    { XS_WIRE_ERROR_UNAUTHORIZED, SOUP_STATUS_UNAUTHORIZED, XS_SYNC_UNKNOWN_DEVICE },
    { XS_WIRE_ERROR_CODE_UNKNOWN, SOUP_STATUS_FORBIDDEN, XS_SYNC_REFUSED },
    { XS_WIRE_ERROR_CODE_USED, SOUP_STATUS_FORBIDDEN, XS_SYNC_REFUSED },
    { XS_WIRE_ERROR_CODE_EXPIRED, SOUP_STATUS_FORBIDDEN, XS_SYNC_REFUSED },
    { XS_WIRE_ERROR_DEVICE_PAIRED, SOUP_STATUS_FORBIDDEN, XS_SYNC_REFUSED },
    { XS_WIRE_ERROR_TOO_LARGE, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, XS_SYNC_REFUSED },
    { XS_WIRE_ERROR_HASH_MISMATCH, SOUP_STATUS_UNPROCESSABLE_ENTITY, XS_SYNC_REFUSED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (known[i].status == status && g_str_equal (known[i].code, code))
        return known[i].verdict;
    }
  /* Among them a clock that is wrong, and 404 and 405, of a platform of another version: none of them says anything
   * against what was sent. */
  return XS_SYNC_LATER;
}

static gboolean
is_type (const XsSyncReply *reply, const char *type)
{
  return g_strcmp0 (reply->answer->content_type, type) == 0;
}

static gboolean
is_good (const XsSyncReply *reply, const XsSyncCall *call)
{
  switch (reply->answer->status)
    {
    case SOUP_STATUS_OK:
    case SOUP_STATUS_CREATED:
      return is_type (reply, call->answer_type);
    case SOUP_STATUS_PARTIAL_CONTENT:
      return call->range_bytes > 0 && is_type (reply, call->answer_type);
    case SOUP_STATUS_NO_CONTENT:
      return call->answer_type == NULL;
    case SOUP_STATUS_NOT_MODIFIED:
      return call->etag != NULL;
    case SOUP_STATUS_CONFLICT:
    case SOUP_STATUS_UNPROCESSABLE_ENTITY:
      return call->says_no_itself && is_type (reply, call->answer_type);
    default:
      return FALSE;
    }
}

/* Sorts an answer. Only a refusal in the platform's own words is one: a network's filter says 403 as well. */
static void
judge (XsSyncReply *reply, const XsSyncCall *call)
{
  guint status = reply->answer->status;
  XsWireError refusal = { .code = "" };
  gboolean ours =
    status >= 400 && is_type (reply, XS_WIRE_TYPE_JSON) && xs_wire_error_decode (&refusal, reply->answer->body, NULL);

  reply->retry_after_us = reply->answer->retry_after_us;
  reply->time_us = refusal.time_us;
  if (status == SOUP_STATUS_SERVICE_UNAVAILABLE || status == 429)
    reply->verdict = XS_SYNC_HALT;
  else if (ours)
    reply->verdict = verdict_of_refusal (status, refusal.code);
  else if (is_good (reply, call))
    {
      reply->verdict = XS_SYNC_DONE;
      return;
    }
  else if (status == SOUP_STATUS_BAD_GATEWAY || status == SOUP_STATUS_GATEWAY_TIMEOUT)
    reply->verdict = XS_SYNC_HALT;
  else if (status >= 500 || status == SOUP_STATUS_REQUEST_TIMEOUT || status == 425)
    reply->verdict = XS_SYNC_LATER;
  else
    {
      xs_sync_reply_disown (reply, NULL);
      return;
    }

  g_strlcpy (reply->code, refusal.code, sizeof reply->code);
  if (ours && *refusal.message != '\0')
    reply->message = g_strdup_printf ("The platform says: %s (%s)", refusal.message, refusal.code);
  else
    reply->message =
      g_strdup_printf ("The platform cannot serve now (status %u%s%s)", status, ours ? ", " : "", refusal.code);
}

static XsSyncReply *
reply_new (XsSyncAnswer *answer, const XsSyncCall *call, const GError *error)
{
  XsSyncReply *reply = g_new0 (XsSyncReply, 1);

  reply->answer = answer;
  if (answer != NULL)
    judge (reply, call);
  else
    {
      reply->verdict = g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED) ? XS_SYNC_CANCELLED : XS_SYNC_HALT;
      reply->message = g_strdup (error->message);
    }
  return reply;
}

/* A call under way. Of @call only what judge() asks for is looked at: constants, and whether there was an ETag. */
typedef struct {
  XsSyncCall call;
  char *path;
  XsClock *clock;
  gint64 began_us; /* monotonic */
} Pending;

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_free (pending->path);
  xs_clock_unref (pending->clock);
  g_free (pending);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Pending *pending = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  XsSyncAnswer *answer = xs_sync_request_send_finish (result, &error);

  g_debug ("%s %s: %u in %" G_GINT64_FORMAT " µs", pending->call.method, pending->path,
           answer != NULL ? answer->status : 0, xs_clock_monotonic_us (pending->clock) - pending->began_us);
  g_task_return_pointer (task, reply_new (answer, &pending->call, error), (GDestroyNotify) xs_sync_reply_free);
}

void
xs_sync_client_call_async (XsSyncClient *client, const XsSyncCall *call, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_autofree char *url = g_strconcat (client->base_url, call->path, NULL);
  g_autofree char *authorization =
    *client->devnum != '\0' ? xs_wire_authorization_new (client->devnum, &client->key, call->method, call->path,
                                                         call->whole != NULL ? call->whole : call->body,
                                                         xs_clock_wall_us (client->clock) + client->ahead_us)
                            : NULL;
  XsSyncRequest request = { .method = call->method,
                            .url = url,
                            .pin = client->pin,
                            .upload_offset = call->upload_offset,
                            .range_bytes = call->range_bytes,
                            .range_offset = call->range_offset,
                            .fresh = call->fresh,
                            .authorization = authorization,
                            .signature = call->signature,
                            .etag = call->etag,
                            .content_type = call->content_type,
                            .body = call->body,
                            .pace = call->pace,
                            .max_answer_bytes = call->max_answer_bytes };

  Pending *pending = g_new (Pending, 1);
  *pending = (Pending){ .call = *call,
                        .path = g_strdup (call->path),
                        .clock = xs_clock_ref (client->clock),
                        .began_us = xs_clock_monotonic_us (client->clock) };
  g_task_set_source_tag (task, xs_sync_client_call_async);
  g_task_set_task_data (task, pending, pending_free);
  xs_sync_request_send_async (client->session, &request, &client->timeouts, cancellable, on_answered, task);
}

XsSyncReply *
xs_sync_client_call_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsSyncReply **slot = user_data;

  *slot = xs_sync_client_call_finish (result);
}

static XsSyncReply *
call_once (XsSyncClient *client, const XsSyncCall *call, GCancellable *cancellable)
{
  XsSyncReply *reply = NULL;

  xs_sync_client_call_async (client, call, cancellable, on_called, &reply);
  while (reply == NULL)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
  return reply;
}

/* Of an answer that took longer nobody knows when in that time its Date was written. */
#define DATE_PATIENCE_US (2 * (gint64) G_USEC_PER_SEC)

/* Only the platform's own word tells its time: a proxy's page has a Date too. */
static void
note_date (XsSyncClient *client, const XsSyncReply *reply, gint64 sent_us)
{
  gboolean own = reply->verdict == XS_SYNC_DONE || reply->code[0] != '\0';
  gint64 now_us = xs_clock_wall_us (client->clock);

  if (!own || reply->answer == NULL || reply->answer->date_wall_us == 0 || now_us - sent_us > DATE_PATIENCE_US
      || now_us < sent_us)
    return;
  client->date_seen = TRUE;
  /* A Date has whole seconds, cut off. */
  client->date_ahead_us = reply->answer->date_wall_us + G_USEC_PER_SEC / 2 - (sent_us + now_us) / 2;
}

XsSyncReply *
xs_sync_client_call (XsSyncClient *client, const XsSyncCall *call, GCancellable *cancellable)
{
  gint64 sent_us = xs_clock_wall_us (client->clock);
  g_autoptr (XsSyncReply) reply = call_once (client, call, cancellable);

  note_date (client, reply, sent_us);
  if (reply->verdict == XS_SYNC_DONE && reply->answer->load >= 0)
    client->load = (guint) reply->answer->load;
  if (!g_str_equal (reply->code, XS_WIRE_ERROR_CLOCK_WRONG) || reply->time_us == 0)
    return g_steal_pointer (&reply);
  client->ahead_us = reply->time_us - xs_clock_wall_us (client->clock);
  return call_once (client, call, cancellable);
}
