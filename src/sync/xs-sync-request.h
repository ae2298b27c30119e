/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-error.h"
#include "xs-sync-pace.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/*
 * One HTTP exchange, as bytes. What they mean is for xs-sync-client.h to say. Everything here belongs to the thread
 * that made the session and runs on its thread-default main context.
 */

/** An answer longer than this is not the platform's. */
#define XS_SYNC_ANSWER_MAX_BYTES (4 * 1024 * 1024)

/** XsSyncTimeouts: when to give an exchange up, in whole seconds. */
typedef struct {
  guint silence_s; /* connecting, or nothing moving on the connection */
  guint total_s;   /* the whole exchange: a server that trickles must not hold the kiosk for ever */
} XsSyncTimeouts;

/**
 * xs_sync_session_new: (transfer full): a session that follows no redirects, keeps no cookies, answers no password
 * questions and unpacks nothing.
 */
SoupSession *xs_sync_session_new (const XsSyncTimeouts *timeouts);

/** XsSyncRequest: what to send. Strings and bytes are the caller's; they are copied or referenced while sending. */
typedef struct {
  const char *method;
  const char *url;
  const char *pin;           /* (nullable): whose certificate is taken, see xs-sync-tls.h */
  const char *authorization; /* (nullable) */
  const char *signature;     /* (nullable): X-Xueshi-Signature */
  const char *etag;          /* (nullable): If-None-Match */
  gboolean fresh;            /* on a connection of its own: when a kept one breaks, libsoup sends all of it again */
  gint64 upload_offset;      /* > 0: @body is the rest of an upload, from this byte on */
  gint64 range_bytes;        /* > 0: ask for so many bytes of the answer … */
  gint64 range_offset;       /* … from this one on */
  const char *content_type;  /* of @body */
  GBytes *body;              /* (nullable): sent exactly as it is */
  XsSyncPace *pace;          /* (nullable): how fast; kept while sending */
  gsize max_answer_bytes;    /* 0: XS_SYNC_ANSWER_MAX_BYTES */
} XsSyncRequest;

/** XsSyncAnswer: what came back, whole and within its cap, and nothing known of its truth. */
typedef struct {
  guint status;
  char *content_type;    /* without parameters; "" when there was none */
  char *etag;            /* (nullable) */
  gint64 retry_after_us; /* 0 when not asked for */
  gint64 date_wall_us;   /* Date of the answer; 0 when there was none */
  gint64 last_seq;       /* of this device's logs on the platform; 0 when it did not say */
  gint64 upload_offset;  /* bytes of an upload that are on the platform; 0 when it did not say */
  gint64 range_offset;   /* of a part: from which byte on; -1: of no part that can be read */
  int load;              /* how busy the platform is, 0 to 100; -1 when it did not say */
  GBytes *body;          /* never NULL */
} XsSyncAnswer;

void xs_sync_answer_free (XsSyncAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSyncAnswer, xs_sync_answer_free)

/** xs_sync_request_send_async: one exchange; @request is not needed after this returns. */
void xs_sync_request_send_async (SoupSession *session, const XsSyncRequest *request, const XsSyncTimeouts *timeouts,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/**
 * xs_sync_request_send_finish: (transfer full): the answer, whatever its status.
 * @error: XS_ERROR_NETWORK when none came, or only part of one, or one beyond its cap, or the server's
 *   certificate is not the platform's; XS_ERROR_CANCELLED;
 *   XS_ERROR_INVALID when the URL is none
 */
XsSyncAnswer *xs_sync_request_send_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_sync_request_send: the same, turning the thread-default main context until the answer is there. */
XsSyncAnswer *xs_sync_request_send (SoupSession *session, const XsSyncRequest *request, const XsSyncTimeouts *timeouts,
                                    GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
