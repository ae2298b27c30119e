/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-http-heads.h"
#include "xs-platform-http.h"

#include <microhttpd.h>

G_BEGIN_DECLS

/* What the server (xs-platform-http.c) and its exchanges (xs-platform-http-exchange.c) share. */

struct _XsPlatformHttp {
  XsPlatformHttpOptions options;
  XsPlatformHandler handler;
  XsPlatformWaits *waits;
  XsPlatformMetrics *metrics;
  XsHttpHeads *heads;
  gint n_connections; /* atomic */
  gint stopping;      /* atomic */
  struct MHD_Daemon *daemon;
  int listen_fd;
  guint16 port;
  GMutex mutex; /* of what follows */
  GCond idle;
  guint n_running;
  gsize gathered_bytes; /* of bodies in memory */
  gint64 busy_us;       /* of all threads since @window_us */
  gint64 window_us;
  guint load;
};

/* Called by MHD; @user_data is the XsPlatformHttp. */
enum MHD_Result xs_http_on_access (void *user_data, struct MHD_Connection *connection, const char *url,
                                   const char *method, const char *version, const char *upload_data,
                                   size_t *upload_data_size, void **exchange_data);
void xs_http_on_completed (void *user_data, struct MHD_Connection *connection, void **exchange_data,
                           enum MHD_RequestTerminationCode code);

/** xs_http_get_head: (transfer none) */
XsHttpHead *xs_http_get_head (struct MHD_Connection *connection);

/** xs_http_note_busy: one thread was busy from @since_us (monotonic) on. Returns: the load now, 0 to 100 */
guint xs_http_note_busy (XsPlatformHttp *http, gint64 since_us);

G_END_DECLS
