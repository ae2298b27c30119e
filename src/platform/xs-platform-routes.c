/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-routes-private.h"

#include "xs-error.h"
#include "xs-platform-consent.h"
#include "xs-platform-photos.h"
#include "xs-platform-review.h"
#include "xs-platform-routes-review.h"
#include "xs-platform-uploads.h"
#include "xs-wire-appeal.h"
#include "xs-wire-consent.h"
#include "xs-wire-device.h"
#include "xs-wire-seat.h"
#include "xs-wire-people.h"

#include <string.h>

/* Eight digits fall to nobody who may guess this often. */
#define PAIR_FAILURES_MAX 10
#define PAIR_WINDOW_US G_TIME_SPAN_MINUTE
#define RETRY_AFTER_S 10
#define DEVICES_MAX 10000
#define UNSIGNED "The request is not signed by this device, or was altered"

void
xs_route_set_body (XsPlatformResponse *response, guint status, const char *type, GBytes *body)
{
  response->status = status;
  response->type = type;
  response->body = body;
}

static void
set_error_at (XsPlatformResponse *response, guint status, const char *code, const char *message, gint64 time_us)
{
  XsWireError wire_error = { .time_us = time_us };

  g_strlcpy (wire_error.code, code, sizeof wire_error.code);
  g_strlcpy (wire_error.message, message, sizeof wire_error.message);
  g_clear_pointer (&response->body, g_bytes_unref);
  xs_route_set_body (response, status, XS_WIRE_TYPE_JSON, xs_wire_error_encode (&wire_error));
}

void
xs_route_set_error (XsPlatformResponse *response, guint status, const char *code, const char *message)
{
  set_error_at (response, status, code, message, 0);
}

void
xs_route_set_failure (XsPlatformResponse *response, const GError *error)
{
  if (g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      xs_route_set_error (response, 404, XS_WIRE_ERROR_NOT_FOUND, "There is no such thing here");
      return;
    }
  g_message ("%s", error->message);
  if (xs_error_is_transient (error) || g_error_matches (error, XS_ERROR, XS_ERROR_NO_SPACE))
    {
      xs_route_set_error (response, 503, XS_WIRE_ERROR_UNAVAILABLE, "The platform cannot store anything now");
      response->retry_after_s = RETRY_AFTER_S;
      return;
    }
  xs_route_set_error (response, 500, XS_WIRE_ERROR_INTERNAL, "Something is wrong on the platform; its log says what");
}

GBytes *
xs_route_body (const XsPlatformRequest *request)
{
  return request->body != NULL ? g_bytes_new (request->body->data, request->body->len) : g_bytes_new (NULL, 0);
}

const char *
xs_route_name (const XsPlatformRequest *request, const XsVisit *visit)
{
  return request->path + strlen (visit->route->path);
}

void
xs_route_set_tagged (const XsPlatformRequest *request, XsPlatformResponse *response, const char *type, GBytes *body)
{
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  const char *known = xs_platform_request_get_header (request, "If-None-Match");

  response->etag = g_strdup_printf ("\"%s\"", sha256);
  if (g_strcmp0 (known, response->etag) == 0)
    {
      g_bytes_unref (body);
      response->status = 304;
    }
  else
    xs_route_set_body (response, 200, type, body);
}

static void
get_health (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
            XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;

  if (xs_platform_health_check (routes->health, &error))
    xs_route_set_body (response, 200, XS_WIRE_TYPE_JSON, xs_wire_health_encode (request->load));
  else
    {
      /* What is wrong is for the operator: anybody may ask. */
      g_message ("Not ready: %s", error->message);
      xs_route_set_error (response, 503, XS_WIRE_ERROR_UNAVAILABLE, "The platform cannot store anything now");
      response->retry_after_s = RETRY_AFTER_S;
    }
}

static gboolean
may_try_pairing (XsPlatformRoutes *routes)
{
  gint64 now_us = xs_clock_monotonic_us (xs_platform_storage_get_clock (routes->storage));
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&routes->mutex);

  if (now_us - routes->pair_window_us > PAIR_WINDOW_US)
    {
      routes->pair_window_us = now_us;
      routes->n_pair_failures = 0;
    }
  return routes->n_pair_failures < PAIR_FAILURES_MAX;
}

static void
note_pair_failure (XsPlatformRoutes *routes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&routes->mutex);

  routes->n_pair_failures++;
}

static const char *
refusal_message (const char *refusal)
{
  if (strcmp (refusal, XS_WIRE_ERROR_CODE_USED) == 0)
    return "This code has been used; ask for a fresh one";
  if (strcmp (refusal, XS_WIRE_ERROR_CODE_EXPIRED) == 0)
    return "This code has expired; ask for a fresh one";
  if (strcmp (refusal, XS_WIRE_ERROR_DEVICE_PAIRED) == 0)
    return "This device has logs under another number; use a code for that number";
  return "This code is not known; check it, or ask for a fresh one";
}

static void
post_pair (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
           XsPlatformResponse *response)
{
  XsWirePairRequest pair_request = { 0 };
  XsWirePairAnswer answer;
  const char *refusal;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  if (!may_try_pairing (routes))
    {
      xs_route_set_error (response, 429, XS_WIRE_ERROR_TOO_MANY, "Too many wrong codes; wait a minute");
      response->retry_after_s = PAIR_WINDOW_US / G_USEC_PER_SEC;
    }
  else if (!xs_wire_pair_request_decode (&pair_request, body, &error))
    xs_route_set_error (response, 400, XS_WIRE_ERROR_BAD_REQUEST, error->message);
  else if (!xs_platform_storage_pair (routes->storage, &pair_request, &answer, &refusal, &error))
    xs_route_set_failure (response, error);
  else if (refusal != NULL)
    {
      note_pair_failure (routes);
      xs_route_set_error (response, 403, refusal, refusal_message (refusal));
    }
  else
    xs_route_set_body (response, 200, XS_WIRE_TYPE_JSON, xs_wire_pair_answer_encode (&answer));
}

static void
get_policy (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
            XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  GBytes *policy = xs_platform_storage_get_policy (routes->storage, &error);

  if (policy != NULL)
    xs_route_set_tagged (request, response, XS_WIRE_TYPE_JSON, policy);
  else
    xs_route_set_failure (response, error);
}

static void
get_roster (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
            XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (routes->storage, &error);

  if (learners != NULL && xs_platform_review_withhold (routes->storage, learners, &error)
      && xs_platform_storage_get_last_seq (routes->storage, &visit->device, &response->last_seq, &error))
    xs_route_set_tagged (request, response, XS_WIRE_TYPE_JSON, xs_wire_roster_encode (learners));
  else
    xs_route_set_failure (response, error);
}

static void
get_registration_photo (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                        XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  const char *sha256 = xs_route_name (request, visit);
  g_autofree char *who = g_strconcat ("device:", visit->device.devnum, NULL);
  const XsPlatformReader reader = { .who = who, .why = "roster" };
  GBytes *jpeg = NULL;

  if (xs_wire_sha256_is_valid (sha256))
    jpeg = xs_platform_storage_read_usable_photo (routes->storage, sha256, &reader, &error);
  else
    g_set_error_literal (&error, XS_ERROR, XS_ERROR_NOT_FOUND, "no hash");
  if (jpeg != NULL)
    xs_route_set_body (response, 200, XS_WIRE_TYPE_JPEG, jpeg);
  else
    xs_route_set_failure (response, error);
}

typedef gboolean (*SignedFunc) (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 seq, GBytes *bytes,
                                const guint8 *signature, XsWireLogAnswer *answer, GError **error);

/* What carries the device's own signature, to be kept with it. */
static void
put_signed (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit, SignedFunc put,
            XsPlatformResponse *response)
{
  g_auto (XsWireLogAnswer) answer = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);
  guint8 signature[XS_SIGNATURE_BYTES];
  gint64 seq = g_ascii_strtoll (xs_route_name (request, visit), NULL, 10);
  const char *header = xs_platform_request_get_header (request, XS_WIRE_HEADER_SIGNATURE);
  gboolean is_signed =
    header != NULL && xs_base64_decode_exact (header, XS_WIRE_HEADER_SIGNATURE, signature, sizeof signature, NULL);

  if (!put (routes->storage, &visit->device, seq, body, is_signed ? signature : NULL, &answer, &error))
    xs_route_set_failure (response, error);
  else
    xs_route_set_body (response, xs_wire_log_answer_http_status (&answer), XS_WIRE_TYPE_JSON,
                       xs_wire_log_answer_encode (&answer));
}

static void
put_log (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit, XsPlatformResponse *response)
{
  put_signed (routes, request, visit, xs_platform_storage_put_log, response);
  xs_platform_keeper_wake (routes->keeper);
}

static void
put_appeal (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
            XsPlatformResponse *response)
{
  put_signed (routes, request, visit, xs_platform_storage_put_appeal, response);
}

static void
put_consent (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
             XsPlatformResponse *response)
{
  put_signed (routes, request, visit, xs_platform_storage_put_consent, response);
}

#define OPEN XS_PLATFORM_RIGHT_NONE
#define DEVICE XS_PLATFORM_RIGHT_UPLOAD
#define REVIEW XS_WIRE_REVIEW_REQUEST_MAX_BYTES

/* "/v1/photos/missing" stands before the route it would fall under. */
static const XsRoute all_routes[] = {
  { "GET", XS_WIRE_PATH_HEALTH, OPEN, FALSE, 0, get_health },
  { "POST", XS_WIRE_PATH_PAIR, OPEN, FALSE, XS_WIRE_PAIR_MAX_BYTES, post_pair },
  { "GET", XS_WIRE_PATH_POLICY, DEVICE, FALSE, 0, get_policy },
  { "GET", XS_WIRE_PATH_ROSTER, DEVICE, FALSE, 0, get_roster },
  { "GET", XS_WIRE_PATH_REGISTRATION_PHOTOS, DEVICE, FALSE, 0, get_registration_photo },
  { "POST", XS_WIRE_PATH_PHOTOS_MISSING, DEVICE, FALSE, XS_WIRE_PHOTOS_MAX_BYTES, xs_route_post_missing },
  { "PUT", XS_WIRE_PATH_PHOTOS, DEVICE, TRUE, XS_WIRE_PHOTO_MAX_BYTES, xs_route_put_photo },
  { "PATCH", XS_WIRE_PATH_PHOTOS, DEVICE, TRUE, XS_WIRE_PHOTO_MAX_BYTES, xs_route_put_photo },
  { "HEAD", XS_WIRE_PATH_PHOTOS, DEVICE, FALSE, 0, xs_route_head_photo },
  { "PUT", XS_WIRE_PATH_LOGS, DEVICE, FALSE, XS_WIRE_LOG_MAX_BYTES, put_log },
  { "PUT", XS_WIRE_PATH_APPEALS, DEVICE, FALSE, XS_WIRE_APPEAL_MAX_BYTES, put_appeal },
  { "PUT", XS_WIRE_PATH_CONSENTS, DEVICE, FALSE, XS_WIRE_CONSENT_MAX_BYTES, put_consent },
  { "POST", XS_WIRE_PATH_SESSIONS, DEVICE, FALSE, XS_WIRE_SEAT_MAX_BYTES, xs_route_post_session },
  { "POST", XS_WIRE_PATH_DEVICE_HEALTH, DEVICE, FALSE, XS_WIRE_HEALTH_MAX_BYTES, xs_route_post_health },
  { "PUT", XS_WIRE_PATH_DIAGNOSES, DEVICE, FALSE, XS_WIRE_DIAGNOSIS_MAX_BYTES, xs_route_put_diagnosis },
  { "GET", XS_WIRE_PATH_VERDICTS, DEVICE, FALSE, 0, xs_route_get_verdicts },
  { "GET", XS_WIRE_PATH_COURSE_LIST, DEVICE, FALSE, 0, xs_route_get_courses },
  { "GET", XS_WIRE_PATH_COURSES, DEVICE, FALSE, 0, xs_route_get_course },
  { "POST", XS_WIRE_PATH_SIGN_IN, OPEN, FALSE, XS_WIRE_SIGN_IN_MAX_BYTES, xs_route_post_sign_in },
  { "POST", XS_WIRE_PATH_SIGN_OUT, XS_PLATFORM_RIGHT_SIGN_OUT, FALSE, 0, xs_route_post_sign_out },
  { "GET", XS_WIRE_PATH_ME, XS_PLATFORM_RIGHT_SIGN_OUT, FALSE, 0, xs_route_get_me },
  { "GET", XS_WIRE_PATH_PEOPLE_PHOTOS, XS_PLATFORM_RIGHT_PHOTOS, FALSE, 0, xs_route_get_people_photo },
  { "GET", XS_WIRE_PATH_PEOPLE_REGISTRATION, XS_PLATFORM_RIGHT_PHOTOS, FALSE, 0, xs_route_get_people_registration },
  { "POST", XS_WIRE_PATH_REVIEW_QUEUE, XS_PLATFORM_RIGHT_SEE_OWN, FALSE, REVIEW, xs_route_post_review_queue },
  { "GET", XS_WIRE_PATH_REVIEW_LOGS, XS_PLATFORM_RIGHT_SEE_OWN, FALSE, 0, xs_route_get_review_log },
  { "POST", XS_WIRE_PATH_REVIEW_DAYS, XS_PLATFORM_RIGHT_SEE_OWN, FALSE, REVIEW, xs_route_post_review_days },
  { "POST", XS_WIRE_PATH_REVIEW_HISTORY, XS_PLATFORM_RIGHT_SEE_OWN, FALSE, REVIEW, xs_route_post_review_history },
  { "GET", XS_WIRE_PATH_REVIEW_FEED, XS_PLATFORM_RIGHT_SEE_OWN, FALSE, 0, xs_route_get_review_feed },
  { "POST", XS_WIRE_PATH_REVIEW_ACTIONS, XS_PLATFORM_RIGHT_DECIDE, FALSE, REVIEW, xs_route_post_review_actions },
  { "POST", XS_WIRE_PATH_REVIEW_RECKONING, XS_PLATFORM_RIGHT_DECIDE, FALSE, REVIEW, xs_route_post_review_reckoning },
  { "POST", XS_WIRE_PATH_REVIEW_LEARNERS, XS_PLATFORM_RIGHT_SEE_OWN, FALSE, REVIEW, xs_route_post_review_learners },
  { "PUT", XS_WIRE_PATH_REVIEW_PHOTOS, XS_PLATFORM_RIGHT_DECIDE, FALSE, XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES,
    xs_route_put_review_photo },
  { "POST", XS_WIRE_PATH_REVIEW_PHOTO_ACTIONS, XS_PLATFORM_RIGHT_DECIDE, FALSE, REVIEW,
    xs_route_post_review_photo_actions },
  { "POST", XS_WIRE_PATH_REVIEW_VIEWS, XS_PLATFORM_RIGHT_READINGS, FALSE, REVIEW, xs_route_post_review_views },
  { "POST", XS_WIRE_PATH_REVIEW_EXPORTS, XS_PLATFORM_RIGHT_PHOTOS, FALSE, REVIEW, xs_route_post_review_export },
};

static gboolean
is_seq (const char *text)
{
  gsize size = strlen (text);

  return size >= 1 && size <= 15 && text[0] != '0' && strspn (text, "0123456789") == size;
}

static gboolean
fits (const XsRoute *route, const char *path)
{
  char devnum[XS_UNIFIED_DIGITS + 1], sha256[65];
  gint64 seq;

  if (!g_str_has_suffix (route->path, "/"))
    return strcmp (path, route->path) == 0;
  if (!g_str_has_prefix (path, route->path))
    return FALSE;
  const char *name = path + strlen (route->path);
  if (route->func == xs_route_get_verdicts || route->func == xs_route_get_review_feed)
    return is_seq (name) || strcmp (name, "0") == 0;
  if (route->func == xs_route_get_review_log)
    return xs_wire_review_log_name (name, devnum, &seq, sha256);
  if (route->func == xs_route_put_review_photo)
    return strlen (name) == XS_UNIFIED_DIGITS && strspn (name, "0123456789") == XS_UNIFIED_DIGITS;
  if (route->func == put_log || route->func == put_appeal || route->func == put_consent
      || route->func == xs_route_put_diagnosis)
    return is_seq (name);
  return xs_wire_sha256_is_valid (name);
}

/* @allow: (out): the methods of this path when it has no such one; NULL when there is no such path */
static const XsRoute *
find_route (const char *method, const char *path, char **allow)
{
  g_autoptr (GString) methods = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (all_routes); i++)
    {
      const XsRoute *route = &all_routes[i];
      if (!fits (route, path))
        continue;
      if (strcmp (method, route->method) == 0)
        return route;
      g_string_append_printf (methods, "%s%s", methods->len > 0 ? ", " : "", route->method);
    }
  *allow = methods->len > 0 ? g_strdup (methods->str) : NULL;
  return NULL;
}

static void
refuse_device (XsPlatformResponse *response, const char *message)
{
  xs_route_set_error (response, 401, XS_WIRE_ERROR_UNAUTHORIZED, message);
}

static void
remember_device (XsPlatformRoutes *routes, const XsPlatformDevice *device)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&routes->mutex);

  if (g_hash_table_size (routes->devices) >= DEVICES_MAX)
    g_hash_table_remove_all (routes->devices);
  g_hash_table_replace (routes->devices, g_strdup (device->devnum), g_memdup2 (device, sizeof *device));
}

/*
 * The device as it was when it was let in last. It may have been replaced since, so nothing is done for it on the
 * strength of this: admit() looks again.
 */
static gboolean
recall_device (XsPlatformRoutes *routes, XsVisit *visit)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&routes->mutex);
  const XsPlatformDevice *device = g_hash_table_lookup (routes->devices, visit->authorization.devnum);

  if (device != NULL)
    visit->device = *device;
  return device != NULL;
}

static gboolean
find_device (XsPlatformRoutes *routes, XsVisit *visit, XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;

  if (xs_platform_storage_find_device (routes->storage, visit->authorization.devnum, &visit->device, &error))
    {
      remember_device (routes, &visit->device);
      return TRUE;
    }
  if (g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND))
    refuse_device (response, error->message);
  else
    xs_route_set_failure (response, error);
  return FALSE;
}

/* What named its body was seen to be signed before that came, by the same key if the row is the same. */
static gboolean
is_signed (const XsPlatformRequest *request, XsVisit *visit, const char *body_sha256)
{
  if (visit->signed_by == visit->device.id)
    return TRUE;
  if (!xs_wire_authorization_verify (&visit->authorization, visit->device.sign_key, request->method, request->path,
                                     body_sha256))
    return FALSE;
  visit->signed_by = visit->device.id;
  return TRUE;
}

/* Only what is known to be the device's own counts against it. */
static gboolean
may_ask (XsPlatformRoutes *routes, const XsVisit *visit, XsPlatformResponse *response)
{
  gint64 now_us = xs_clock_monotonic_us (xs_platform_storage_get_clock (routes->storage));
  guint wait_s = xs_platform_rate_take (routes->rate, visit->device.id, now_us);

  if (wait_s == 0)
    return TRUE;
  xs_route_set_error (response, 429, XS_WIRE_ERROR_TOO_MANY, "This device asks too often; wait a little");
  response->retry_after_s = wait_s;
  return FALSE;
}

/*
 * What can be told of a device before its request is complete: that it is known, and its clock right. A photo's name is
 * the hash that is signed, so that nothing is spooled for a stranger.
 */
static void
greet (XsPlatformRoutes *routes, XsPlatformRequest *request, XsVisit *visit, XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  gint64 now_us = xs_clock_wall_us (xs_platform_storage_get_clock (routes->storage));
  const char *header = xs_platform_request_get_header (request, "Authorization");

  if (!xs_wire_authorization_parse (&visit->authorization, header, &error))
    {
      refuse_device (response, error->message);
      return;
    }
  gboolean is_recalled = recall_device (routes, visit);
  if (is_recalled && visit->route->names_body)
    is_recalled = is_signed (request, visit, xs_route_name (request, visit));
  if (!is_recalled && !find_device (routes, visit, response))
    return;
  if (!xs_wire_authorization_is_timely (&visit->authorization, now_us))
    set_error_at (response, 401, XS_WIRE_ERROR_CLOCK_WRONG, "The device's clock is wrong; set it", now_us);
  else if (!visit->route->names_body)
    return;
  else if (!is_signed (request, visit, xs_route_name (request, visit)))
    refuse_device (response, UNSIGNED);
  else if (may_ask (routes, visit, response) && strcmp (request->method, "PATCH") == 0)
    xs_route_resume_photo (request, visit, response);
}

static void
begin (XsPlatformRequest *request, XsPlatformResponse *response, gpointer user_data)
{
  XsPlatformRoutes *routes = user_data;
  g_autofree char *allow = NULL;
  const XsRoute *route = find_route (request->method, request->path, &allow);

  if (route == NULL && allow == NULL)
    xs_route_set_error (response, 404, XS_WIRE_ERROR_NOT_FOUND, "There is no such path");
  else if (route == NULL)
    {
      xs_route_set_error (response, 405, XS_WIRE_ERROR_METHOD, "This path has another method");
      response->allow = g_steal_pointer (&allow);
    }
  else if (request->has_query)
    xs_route_set_error (response, 400, XS_WIRE_ERROR_BAD_REQUEST, "No path here takes a query");
  else
    {
      XsVisit *visit = g_new0 (XsVisit, 1);
      visit->route = route;
      request->data = visit;
      request->route = route->path;
      request->route_method = route->method;
      request->max_body_bytes = route->max_body_bytes;
      if (route->names_body)
        request->spool_folder = xs_platform_storage_get_incoming_dir (routes->storage);
      if (request->content_length > route->max_body_bytes || route->right == OPEN)
        return;
      if (route->right == DEVICE)
        greet (routes, request, visit, response);
      else
        xs_route_greet_person (routes, request, visit, response);
    }
}

/* Returns: FALSE with @response decided when the request is not the device's own. */
static gboolean
admit (XsPlatformRoutes *routes, XsPlatformRequest *request, XsVisit *visit, XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  gboolean names_body = visit->route->names_body;

  /* It may have been replaced while its body arrived. */
  if (!find_device (routes, visit, response))
    return FALSE;
  if (!is_signed (request, visit, names_body ? xs_route_name (request, visit) : request->body_sha256))
    {
      refuse_device (response, UNSIGNED);
      return FALSE;
    }
  g_strlcpy (request->devnum, visit->device.devnum, sizeof request->devnum);
  if (!names_body && !visit->counted && !may_ask (routes, visit, response))
    return FALSE;
  visit->counted = TRUE;
  if (!xs_platform_storage_see_device (routes->storage, &visit->device, &error))
    g_message ("Cannot note that device %s was seen: %s", visit->device.devnum, error->message);
  return TRUE;
}

static void
finish (XsPlatformRequest *request, XsPlatformResponse *response, gpointer user_data)
{
  XsPlatformRoutes *routes = user_data;
  XsVisit *visit = request->data;

  if (visit->route->right != DEVICE || admit (routes, request, visit, response))
    visit->route->func (routes, request, visit, response);
}

static void
cut (XsPlatformRequest *request, gpointer user_data)
{
  const XsVisit *visit = request->data;

  if (request->spool_path == NULL)
    return;
  xs_platform_upload_keep (request->spool_folder, visit->device.id, xs_route_name (request, visit),
                           request->spool_path);
  g_clear_pointer (&request->spool_path, g_free);
}

static void
fail (XsPlatformRequest *request, XsPlatformResponse *response, guint status, const char *message, gpointer user_data)
{
  xs_route_set_error (response, status,
                      status == 413   ? XS_WIRE_ERROR_TOO_LARGE
                      : status == 503 ? XS_WIRE_ERROR_UNAVAILABLE
                                      : XS_WIRE_ERROR_BAD_REQUEST,
                      message);
  if (status == 503)
    response->retry_after_s = RETRY_AFTER_S;
}

char **
xs_platform_routes_describe (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (all_routes); i++)
    {
      g_autofree char *text = g_strdup_printf ("%s %s", all_routes[i].method, all_routes[i].path);
      g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

XsPlatformRoutes *
xs_platform_routes_new (XsPlatformStorage *storage, XsPlatformKeeper *keeper, XsPlatformHealth *health,
                        guint requests_per_minute)
{
  XsPlatformRoutes *routes = g_new0 (XsPlatformRoutes, 1);

  routes->storage = storage;
  routes->keeper = keeper;
  routes->health = health;
  routes->rate = xs_platform_rate_new (requests_per_minute);
  routes->devices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&routes->mutex);
  g_mutex_init (&routes->password_mutex);
  return routes;
}

void
xs_platform_routes_free (XsPlatformRoutes *routes)
{
  if (routes == NULL)
    return;
  xs_platform_rate_free (routes->rate);
  g_hash_table_unref (routes->devices);
  g_mutex_clear (&routes->mutex);
  g_mutex_clear (&routes->password_mutex);
  g_free (routes);
}

XsPlatformHandler
xs_platform_routes_get_handler (XsPlatformRoutes *routes)
{
  return (XsPlatformHandler){ .begin = begin, .finish = finish, .fail = fail, .cut = cut, .user_data = routes };
}
