/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-metrics.h"
#include "xs-platform-tls.h"
#include "xs-platform-waits.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * HTTP, and nothing of study hours: connections, TLS, limits, bodies to memory or to disk, the access log, metrics.
 */

typedef struct _XsPlatformHttp XsPlatformHttp;

/** XsPlatformResponse: what to answer; filled in by the handler. */
typedef struct {
  guint status;          /* 0: not decided yet */
  const char *type;      /* Content-Type; (nullable) */
  GBytes *body;          /* owned; NULL: empty */
  char *etag;            /* owned; (nullable) */
  char *allow;           /* of a 405; owned; (nullable) */
  guint retry_after_s;   /* 0: none */
  gint64 last_seq;       /* of the device's logs; 0: not told */
  gboolean tells_upload; /* Upload-Offset and Upload-Complete (draft-ietf-httpbis-resumable-upload) */
  gboolean upload_complete;
  guint64 upload_offset;

  /* A part of a file in the place of a body, streamed from the disk. */
  gboolean has_file;
  int file_fd; /* with has_file: owned */
  guint64 file_offset;
  guint64 file_bytes;
  char *content_range; /* of a 206 or 416; owned; (nullable) */

  gboolean took_spool; /* the request's file was moved away, and is not removed */

  /* Of finish() that has nothing to say yet and leaves status 0: it is called again whenever this key is woken, and
   * this long after the first time with the request's timed_out set; then it must decide. The connection waits on no
   * thread. */
  char wait_key[XS_PLATFORM_WAIT_KEY_BYTES];
  gint64 wait_us;
} XsPlatformResponse;

/** XsPlatformRequest: what came. Headers are read with xs_platform_request_get_header(). */
typedef struct {
  const char *method;
  const char *path; /* decoded, without a query */
  gboolean has_query;
  guint64 content_length;
  char peer[64];     /* address, without port */
  char devnum[17];   /* set by the handler for the access log; "" while not known */
  const char *route; /* set by begin() for the metrics, with its method: static; NULL: none */
  const char *route_method;
  guint load;               /* how busy the server is: 0 to 100 */
  gsize max_body_bytes;     /* set by begin(): a longer body is answered with 413 */
  const char *spool_folder; /* set by begin(): NULL gathers the body in memory */
  char *resume_path;        /* set by begin() with a spool_folder: a file with what came of the body before; the rest is
                             * put behind it, and it becomes spool_path. Owned */
  guint64 resume_bytes;     /* its length */

  GByteArray *body;   /* when not spooled */
  char *spool_path;   /* when spooled: owned; the handler may rename the file away */
  char *body_sha256;  /* once complete */
  gboolean timed_out; /* finish() has waited long enough */

  gpointer data; /* the handler's own, freed with g_free() */
  struct MHD_Connection *connection;
} XsPlatformRequest;

/** xs_platform_request_get_header: (transfer none) (nullable): the value of a header, its name in any case. */
const char *xs_platform_request_get_header (const XsPlatformRequest *request, const char *name);

/** XsPlatformHandler: what the server serves. Called from several threads at a time. */
typedef struct {
  /** begin: the headers are here: set limits, or decide the answer. */
  void (*begin) (XsPlatformRequest *request, XsPlatformResponse *response, gpointer user_data);
  /**
   * finish: the body is here, complete and within its limit; decide the answer, or wait. Not called when begin()
   * decided.
   */
  void (*finish) (XsPlatformRequest *request, XsPlatformResponse *response, gpointer user_data);
  /** fail: make the answer to what the server itself refuses: 400, 411, 413, 415, 503. */
  void (*fail) (XsPlatformRequest *request, XsPlatformResponse *response, guint status, const char *message,
                gpointer user_data);
  /** cut: the connection ended before the body did; spool_path may be renamed away to go on later. (nullable) */
  void (*cut) (XsPlatformRequest *request, gpointer user_data);
  gpointer user_data;
} XsPlatformHandler;

typedef struct {
  const char *address; /* numeric */
  guint16 port;        /* 0: any free one */
  guint threads;
  guint max_connections;
  guint max_connections_per_address; /* 0: no limit */
  guint idle_timeout_s;              /* a connection on which nothing moves is closed */
  guint head_timeout_s;              /* so is one that, no longer silent, takes longer than this for a request's head */
  guint request_timeout_s;           /* and one whose request takes longer than this to arrive */
  gsize max_gathered_bytes;          /* of all bodies in memory together; what goes beyond it is answered with 503 */
  guint device_requests_per_minute;  /* 0: no limit */
  gboolean access_log;               /* a line at level info for each request */
  XsPlatformTls *tls;                /* (nullable): must outlive the server */
} XsPlatformHttpOptions;

#define XS_PLATFORM_HTTP_OPTIONS_DEFAULT                                                                               \
  ((XsPlatformHttpOptions){                                                                                            \
    .address = "127.0.0.1",                                                                                            \
    .threads = 32,                                                                                                     \
    .max_connections = 4096,                                                                                           \
    .max_connections_per_address = 128,                                                                                \
    .idle_timeout_s = 30,                                                                                              \
    .head_timeout_s = 30,                                                                                              \
    .request_timeout_s = 120,                                                                                          \
    .max_gathered_bytes = 64 * 1024 * 1024,                                                                            \
    .access_log = TRUE,                                                                                                \
  })

/** xs_platform_http_start: listen and serve until stopped. @error: XS_ERROR_IO when the address cannot be had. */
XsPlatformHttp *xs_platform_http_start (const XsPlatformHttpOptions *options, const XsPlatformHandler *handler,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_http_get_waits: (transfer none): to wake requests that wait. */
XsPlatformWaits *xs_platform_http_get_waits (XsPlatformHttp *http);
/** xs_platform_http_get_metrics: (transfer none): requests, bytes, connections and waits are in already. */
XsPlatformMetrics *xs_platform_http_get_metrics (XsPlatformHttp *http);
/** xs_platform_http_get_port: the port that is listened on, also when any was asked for. */
guint16 xs_platform_http_get_port (XsPlatformHttp *http);
/** xs_platform_http_stop: accept nothing more, give running requests @grace_s to end, then close. Frees @http. */
void xs_platform_http_stop (XsPlatformHttp *http, guint grace_s);

G_END_DECLS
