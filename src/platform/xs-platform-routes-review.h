/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-routes-private.h"
#include "xs-wire-review.h"

G_BEGIN_DECLS

/** What who follows the feed is woken by. */
#define XS_ROUTE_WAITS_FOR_REVIEW "review"

/* Of people who review; xs-wire-review.h has the messages. */
void xs_route_post_review_queue (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                 XsPlatformResponse *response);
void xs_route_get_review_log (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                              XsPlatformResponse *response);
void xs_route_post_review_days (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                XsPlatformResponse *response);
void xs_route_post_review_history (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                   XsPlatformResponse *response);
void xs_route_post_review_actions (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                   XsPlatformResponse *response);
void xs_route_post_review_reckoning (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                     XsPlatformResponse *response);
void xs_route_post_review_photo_actions (XsPlatformRoutes *routes, const XsPlatformRequest *request,
                                         const XsVisit *visit, XsPlatformResponse *response);
void xs_route_get_review_feed (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                               XsPlatformResponse *response);
void xs_route_post_review_learners (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                    XsPlatformResponse *response);
void xs_route_put_review_photo (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                XsPlatformResponse *response);
void xs_route_get_people_registration (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                       XsPlatformResponse *response);
void xs_route_post_review_views (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                 XsPlatformResponse *response);
void xs_route_post_review_export (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                  XsPlatformResponse *response);

G_END_DECLS
