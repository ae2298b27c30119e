/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-routes-review.h"

#include "xs-error.h"
#include "xs-platform-review.h"
#include "xs-wire-message.h"

#include <string.h>

/* Shorter than the silence after which a client gives an exchange up. */
#define WAIT_US (15 * G_USEC_PER_SEC)

/* What is wrong with the request is said to who asks; all else is the platform's. */
static void
set_failure (XsPlatformResponse *response, const GError *error)
{
  if (g_error_matches (error, XS_ERROR, XS_ERROR_INVALID))
    xs_route_set_error (response, 400, XS_WIRE_ERROR_BAD_REQUEST, error->message);
  else
    xs_route_set_failure (response, error);
}

static void
answer (XsPlatformResponse *response, gboolean ok, GBytes *body, const GError *error)
{
  if (ok)
    xs_route_set_body (response, 200, XS_WIRE_TYPE_JSON, g_bytes_ref (body));
  else
    set_failure (response, error);
}

void
xs_route_post_review_queue (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                            XsPlatformResponse *response)
{
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewPage) page;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  xs_review_query_init (&query);
  xs_review_page_init (&page);
  gboolean ok = xs_review_query_decode (&query, body, &error)
                && xs_platform_review_list (routes->storage, &visit->person, &query, &page, &error);
  g_autoptr (GBytes) bytes = xs_review_page_encode (&page);
  answer (response, ok, bytes, error);
}

void
xs_route_get_review_log (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                         XsPlatformResponse *response)
{
  g_auto (XsReviewLog) log;
  g_autoptr (GError) error = NULL;
  char devnum[XS_UNIFIED_DIGITS + 1];
  char log_sha256[65];
  gint64 seq;

  xs_review_log_init (&log);
  gboolean ok = xs_wire_review_log_name (xs_route_name (request, visit), devnum, &seq, log_sha256)
                && xs_platform_review_get_log (routes->storage, &visit->person, devnum, seq, log_sha256, &log, &error);
  g_autoptr (GBytes) bytes = ok ? xs_review_log_encode (&log) : NULL;
  answer (response, ok, bytes, error);
}

void
xs_route_post_review_days (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                           XsPlatformResponse *response)
{
  g_auto (XsReviewDaysQuery) query;
  g_auto (XsReviewDays) days;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  xs_review_days_query_init (&query);
  xs_review_days_init (&days);
  gboolean ok = xs_review_days_query_decode (&query, body, &error)
                && xs_platform_review_get_days (routes->storage, &visit->person, &query, &days, &error);
  g_autoptr (GBytes) bytes = xs_review_days_encode (&days);
  answer (response, ok, bytes, error);
}

void
xs_route_post_review_history (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                              XsPlatformResponse *response)
{
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewHistory) history;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  xs_review_query_init (&query);
  xs_review_history_init (&history);
  gboolean ok = xs_review_query_decode (&query, body, &error)
                && xs_platform_review_get_history (routes->storage, &visit->person, &query, &history, &error);
  g_autoptr (GBytes) bytes = xs_review_history_encode (&history);
  answer (response, ok, bytes, error);
}

typedef gboolean (*ActFunc) (XsPlatformStorage *storage, const XsPlatformPerson *person, const XsReviewAction *action,
                             gboolean in_batch, XsReviewOutcome *outcome, GError **error);

static gboolean
act_on_photo (XsPlatformStorage *storage, const XsPlatformPerson *person, const XsReviewAction *action,
              gboolean in_batch, XsReviewOutcome *outcome, GError **error)
{
  return xs_platform_review_act_on_photo (storage, person, action, outcome, error);
}

static gboolean
reckon (XsPlatformStorage *storage, const XsPlatformPerson *person, const XsReviewAction *action, gboolean in_batch,
        XsReviewOutcome *outcome, GError **error)
{
  return xs_platform_review_reckon (storage, person, action, outcome, error);
}

/* Each in a transaction of its own: what one of them comes to is no matter of the others. */
static void
do_actions (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit, ActFunc func,
            XsPlatformResponse *response)
{
  g_auto (XsReviewActions) actions;
  g_auto (XsReviewOutcomes) outcomes;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  xs_review_actions_init (&actions);
  xs_review_outcomes_init (&outcomes);
  gboolean ok = xs_review_actions_decode (&actions, body, &error);
  for (guint i = 0; ok && i < actions.actions->len; i++)
    {
      XsReviewOutcome outcome;
      ok = func (routes->storage, &visit->person, &g_array_index (actions.actions, XsReviewAction, i),
                 actions.actions->len > 1, &outcome, &error);
      if (ok)
        g_array_append_val (outcomes.outcomes, outcome);
    }
  g_autoptr (GBytes) bytes = xs_review_outcomes_encode (&outcomes);
  answer (response, ok, bytes, error);
}

void
xs_route_post_review_actions (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                              XsPlatformResponse *response)
{
  do_actions (routes, request, visit, xs_platform_review_act, response);
}

void
xs_route_post_review_reckoning (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                XsPlatformResponse *response)
{
  do_actions (routes, request, visit, reckon, response);
}

void
xs_route_post_review_photo_actions (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                    XsPlatformResponse *response)
{
  do_actions (routes, request, visit, act_on_photo, response);
}

void
xs_route_get_review_feed (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                          XsPlatformResponse *response)
{
  g_auto (XsReviewPage) page;
  g_autoptr (GError) error = NULL;
  gint64 cursor = g_ascii_strtoll (xs_route_name (request, visit), NULL, 10);

  xs_review_page_init (&page);
  gboolean ok = xs_platform_review_follow (routes->storage, &visit->person, cursor, &page, &error);
  if (ok && page.rows->len == 0 && page.feed >= cursor && !request->timed_out)
    {
      g_strlcpy (response->wait_key, XS_ROUTE_WAITS_FOR_REVIEW, sizeof response->wait_key);
      response->wait_us = WAIT_US;
      return;
    }
  g_autoptr (GBytes) bytes = xs_review_page_encode (&page);
  answer (response, ok, bytes, error);
}

void
xs_route_post_review_learners (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                               XsPlatformResponse *response)
{
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewLearners) learners;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  xs_review_query_init (&query);
  xs_review_learners_init (&learners);
  gboolean ok = xs_review_query_decode (&query, body, &error)
                && xs_platform_review_list_learners (routes->storage, &visit->person, &query, &learners, &error);
  g_autoptr (GBytes) bytes = xs_review_learners_encode (&learners);
  answer (response, ok, bytes, error);
}

void
xs_route_put_review_photo (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                           XsPlatformResponse *response)
{
  g_auto (XsReviewOutcome) outcome;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = xs_route_body (request);

  xs_review_outcome_init (&outcome);
  gboolean ok = xs_platform_review_put_photo (routes->storage, &visit->person, xs_route_name (request, visit), jpeg,
                                              &outcome, &error);
  g_autoptr (GBytes) bytes = xs_review_outcome_encode (&outcome);
  answer (response, ok, bytes, error);
}

void
xs_route_get_people_registration (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                  XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  GBytes *jpeg =
    xs_platform_review_read_photo (routes->storage, &visit->person, xs_route_name (request, visit), &error);

  if (jpeg != NULL)
    xs_route_set_body (response, 200, XS_WIRE_TYPE_JPEG, jpeg);
  else
    xs_route_set_failure (response, error);
}

void
xs_route_post_review_views (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                            XsPlatformResponse *response)
{
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewViews) views;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  xs_review_query_init (&query);
  xs_review_views_init (&views);
  gboolean ok = xs_review_query_decode (&query, body, &error)
                && xs_platform_review_list_views (routes->storage, &query, &views, &error);
  g_autoptr (GBytes) bytes = xs_review_views_encode (&views);
  answer (response, ok, bytes, error);
}

void
xs_route_post_review_export (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                             XsPlatformResponse *response)
{
  g_auto (XsReviewExport) export;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  xs_review_export_init (&export);
  gboolean ok = xs_review_export_decode (&export, body, &error)
                && xs_platform_review_record_export (routes->storage, &visit->person, &export, &error);
  g_autoptr (GBytes) bytes = xs_wire_status_encode ("recorded");
  answer (response, ok, bytes, error);
}
