/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-clock.h"
#include "xs-crypto.h"
#include "xs-sync-request.h"
#include "xs-wire-message.h"

G_BEGIN_DECLS

/*
 * The platform, as this device sees it: signed calls, and what their answers mean for what was sent. Belongs to one
 * thread, as xs-sync-request.h says.
 */
typedef struct _XsSyncClient XsSyncClient;

/** xs_sync_client_new: (transfer full). @base_url: without a slash at its end; may name a pin, see xs-sync-tls.h */
XsSyncClient *xs_sync_client_new (const char *base_url, XsClock *clock, const XsSyncTimeouts *timeouts);
void xs_sync_client_free (XsSyncClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSyncClient, xs_sync_client_free)
/** xs_sync_client_set_device: sign every call from now on. */
void xs_sync_client_set_device (XsSyncClient *client, const char *devnum, const XsSignKey *key);

/**
 * xs_sync_client_get_ahead: how far the platform's clock is ahead of ours, by the Date of its own answers, to about a
 * second. Returns: FALSE while it has not answered anything
 */
gboolean xs_sync_client_get_ahead (XsSyncClient *client, gint64 *ahead_us);

/** xs_sync_client_get_load: how busy the platform said it is, 0 to 100; 0 while it said nothing. */
guint xs_sync_client_get_load (XsSyncClient *client);

/** XsSyncVerdict: what an answer means. */
typedef enum {
  XS_SYNC_DONE,           /* an answer as the protocol has it, to be read */
  XS_SYNC_REFUSED,        /* this will never do */
  XS_SYNC_LATER,          /* this did not do now; others may */
  XS_SYNC_HALT,           /* nothing will do now: no way, not the platform, or it asks for a pause */
  XS_SYNC_UNKNOWN_DEVICE, /* the platform does not accept this device */
  XS_SYNC_CANCELLED,
} XsSyncVerdict;

typedef struct {
  const char *method;
  const char *path;         /* from "/v1/" on */
  GBytes *body;             /* (nullable) */
  XsSyncPace *pace;         /* (nullable): of @body */
  GBytes *whole;            /* (nullable): what is signed, when @body is only the rest of it … */
  gint64 upload_offset;     /* … from this byte on */
  gint64 range_bytes;       /* > 0: so many bytes of the answer … */
  gint64 range_offset;      /* … from this one on; all of it is an answer, too */
  gboolean fresh;           /* not on a connection that was used before */
  const char *content_type; /* of @body */
  const char *etag;         /* (nullable) */
  const char *signature;    /* (nullable) */
  const char *answer_type;  /* media type of a good answer; NULL: 204, without a body */
  gsize max_answer_bytes;
  gboolean says_no_itself; /* its own answers also come as 409 and 422, see xs_wire_log_answer_decode() */
} XsSyncCall;

typedef struct {
  XsSyncVerdict verdict;
  XsSyncAnswer *answer; /* (nullable) */
  char code[33];        /* of the platform's refusal; "" when it gave none */
  char *message;        /* for people; NULL when DONE */
  gint64 retry_after_us;
  gint64 time_us; /* the platform's clock in its refusal; 0 when it did not say */
} XsSyncReply;

void xs_sync_reply_free (XsSyncReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSyncReply, xs_sync_reply_free)

/** xs_sync_reply_disown: what was taken for DONE cannot be read: this is not the platform. @why: (nullable) */
void xs_sync_reply_disown (XsSyncReply *reply, const GError *why);

/**
 * xs_sync_client_call: (transfer full): never NULL. Turns the thread-default main context.
 *
 * A platform that says our clock is wrong is asked again with its own time: the clock of a classroom PC is no reason
 * to keep its hours back.
 */
XsSyncReply *xs_sync_client_call (XsSyncClient *client, const XsSyncCall *call, GCancellable *cancellable);

/** xs_sync_client_call_async: the same once, without turning the context; @call is not needed after this returns. */
void xs_sync_client_call_async (XsSyncClient *client, const XsSyncCall *call, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
/** xs_sync_client_call_finish: (transfer full): never NULL. */
XsSyncReply *xs_sync_client_call_finish (GAsyncResult *result);

G_END_DECLS
