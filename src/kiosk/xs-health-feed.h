/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-ready-check.h"
#include "xs-sync-health.h"

G_BEGIN_DECLS

/** XsHealthFeed: tells the school how this kiosk is, with what its ready check says. Main thread. */
typedef struct _XsHealthFeed XsHealthFeed;

/** xs_health_feed_new: begins at once. @camera: that @check looks at; @run: copied */
XsHealthFeed *xs_health_feed_new (XsReadyCheck *check, XsCamera *camera, XsStore *store, XsClock *clock,
                                  const XsRunBook *run);
/** xs_health_feed_free: NULL is fine. */
void xs_health_feed_free (XsHealthFeed *feed);

G_END_DECLS
