/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-fixture.h"
#include "xs-platform-routes.h"
#include "xs-wire-appeal.h"
#include "xs-wire-auth.h"
#include "xs-wire-consent.h"
#include "xs-wire-device.h"
#include "xs-wire-people.h"
#include "xs-wire-review.h"
#include "xs-wire-seat.h"

#include <string.h>
#include <sys/resource.h>

/*
 * Every route against those who should not get in, while 2,000 idle connections are open: each is refused or bounded,
 * memory stays within its limit, and others are served.
 */

#define N_IDLE 2000
/* Of this process, which is server and clients in one. */
#define MEMORY_MAX_BYTES (150 * (gint64) 1024 * 1024)
#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OTHER_DEVNUM "4000000000000009"

typedef XsPlatformFixture Fixture;

/* Who may use a route. */
typedef enum {
  ANYBODY,
  DEVICE,
  PERSON,
} User;

static const struct {
  const char *method;
  const char *path;
  User user;
  gsize cap;
} routes[] = {
  { "GET", XS_WIRE_PATH_HEALTH, ANYBODY, 0 },
  { "POST", XS_WIRE_PATH_PAIR, ANYBODY, XS_WIRE_PAIR_MAX_BYTES },
  { "POST", XS_WIRE_PATH_SIGN_IN, ANYBODY, XS_WIRE_SIGN_IN_MAX_BYTES },
  { "GET", XS_WIRE_PATH_POLICY, DEVICE, 0 },
  { "GET", XS_WIRE_PATH_ROSTER, DEVICE, 0 },
  { "GET", XS_WIRE_PATH_REGISTRATION_PHOTOS HASH, DEVICE, 0 },
  { "POST", XS_WIRE_PATH_PHOTOS_MISSING, DEVICE, XS_WIRE_PHOTOS_MAX_BYTES },
  { "PUT", XS_WIRE_PATH_PHOTOS HASH, DEVICE, XS_WIRE_PHOTO_MAX_BYTES },
  { "PATCH", XS_WIRE_PATH_PHOTOS HASH, DEVICE, XS_WIRE_PHOTO_MAX_BYTES },
  { "HEAD", XS_WIRE_PATH_PHOTOS HASH, DEVICE, 0 },
  { "PUT", XS_WIRE_PATH_LOGS "1", DEVICE, XS_WIRE_LOG_MAX_BYTES },
  { "PUT", XS_WIRE_PATH_APPEALS "1", DEVICE, XS_WIRE_APPEAL_MAX_BYTES },
  { "PUT", XS_WIRE_PATH_CONSENTS "1", DEVICE, XS_WIRE_CONSENT_MAX_BYTES },
  { "POST", XS_WIRE_PATH_SESSIONS, DEVICE, XS_WIRE_SEAT_MAX_BYTES },
  { "GET", XS_WIRE_PATH_VERDICTS "0", DEVICE, 0 },
  { "POST", XS_WIRE_PATH_DEVICE_HEALTH, DEVICE, XS_WIRE_HEALTH_MAX_BYTES },
  { "PUT", XS_WIRE_PATH_DIAGNOSES "1", DEVICE, XS_WIRE_DIAGNOSIS_MAX_BYTES },
  { "GET", XS_WIRE_PATH_COURSE_LIST, DEVICE, 0 },
  { "GET", XS_WIRE_PATH_COURSES HASH, DEVICE, 0 },
  { "POST", XS_WIRE_PATH_SIGN_OUT, PERSON, 0 },
  { "GET", XS_WIRE_PATH_ME, PERSON, 0 },
  { "GET", XS_WIRE_PATH_PEOPLE_PHOTOS HASH, PERSON, 0 },
  { "GET", XS_WIRE_PATH_PEOPLE_REGISTRATION HASH, PERSON, 0 },
  { "POST", XS_WIRE_PATH_REVIEW_QUEUE, PERSON, XS_WIRE_REVIEW_REQUEST_MAX_BYTES },
  { "GET", XS_WIRE_PATH_REVIEW_LOGS OTHER_DEVNUM "/1/" HASH, PERSON, 0 },
  { "POST", XS_WIRE_PATH_REVIEW_DAYS, PERSON, XS_WIRE_REVIEW_REQUEST_MAX_BYTES },
  { "POST", XS_WIRE_PATH_REVIEW_HISTORY, PERSON, XS_WIRE_REVIEW_REQUEST_MAX_BYTES },
  { "GET", XS_WIRE_PATH_REVIEW_FEED "0", PERSON, 0 },
  { "POST", XS_WIRE_PATH_REVIEW_ACTIONS, PERSON, XS_WIRE_REVIEW_REQUEST_MAX_BYTES },
  { "POST", XS_WIRE_PATH_REVIEW_RECKONING, PERSON, XS_WIRE_REVIEW_REQUEST_MAX_BYTES },
  { "POST", XS_WIRE_PATH_REVIEW_LEARNERS, PERSON, XS_WIRE_REVIEW_REQUEST_MAX_BYTES },
  { "PUT", XS_WIRE_PATH_REVIEW_PHOTOS XS_SAMPLE_STUNUM, PERSON, XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES },
  { "POST", XS_WIRE_PATH_REVIEW_PHOTO_ACTIONS, PERSON, XS_WIRE_REVIEW_REQUEST_MAX_BYTES },
  { "POST", XS_WIRE_PATH_REVIEW_VIEWS, PERSON, XS_WIRE_REVIEW_REQUEST_MAX_BYTES },
  { "POST", XS_WIRE_PATH_REVIEW_EXPORTS, PERSON, XS_WIRE_REVIEW_REQUEST_MAX_BYTES },
};

static gboolean
is_listed (const char *described)
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autofree char *route = g_strconcat (routes[i].method, " ", routes[i].path, NULL);
      if (g_str_has_suffix (described, "/") ? g_str_has_prefix (route, described) : strcmp (route, described) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
test_every_route (void)
{
  g_auto (GStrv) described = xs_platform_routes_describe ();

  g_assert_cmpuint (g_strv_length (described), ==, G_N_ELEMENTS (routes));
  for (guint i = 0; described[i] != NULL; i++)
    {
      g_test_message ("%s", described[i]);
      g_assert_true (is_listed (described[i]));
    }
}

static void
assert_others_served (Fixture *f)
{
  g_autoptr (XsReply) roster = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);

  g_assert_cmpuint (roster->status, ==, 200);
  g_test_message ("%" G_GINT64_FORMAT " MiB", xs_platform_memory_bytes () / 1024 / 1024);
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpint (xs_platform_memory_bytes (), <=, MEMORY_MAX_BYTES);
#endif
}

/*
 * Each route, with a small body where it takes one, by @key as @devnum at @time_us: refused with this. Those of people
 * do not even look at a device's clock.
 */
static void
assert_all_refused (Fixture *f, const XsSignKey *key, const char *devnum, gint64 time_us, guint status,
                    const char *code)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      XsRequest request = { .port = f->port,
                            .method = routes[i].method,
                            .path = routes[i].path,
                            .body = routes[i].cap > 0 ? body : NULL,
                            .key = key,
                            .devnum = devnum,
                            .time_us = time_us };
      if (routes[i].user == ANYBODY)
        continue;
      g_autoptr (XsReply) reply = xs_send (&request);
      g_test_message ("%s %s", routes[i].method, routes[i].path);
      if (routes[i].user == PERSON)
        xs_assert_error (reply, 401, XS_WIRE_ERROR_UNAUTHORIZED);
      else if (strcmp (routes[i].method, "HEAD") == 0)
        g_assert_cmpuint (reply->status, ==, status);
      else
        xs_assert_error (reply, status, code);
    }
  g_assert_cmpuint (xs_count_files (xs_platform_storage_get_incoming_dir (f->storage)), ==, 0);
}

/* A1, A2: no credential, another device's, another school's, one from yesterday or tomorrow, a replaced one's. */
static void
assert_credentials (Fixture *f)
{
  gint64 now_us = xs_clock_wall_us (f->clock);
  gint64 too_far_us = XS_WIRE_CLOCK_LIMIT_US + 2 * (gint64) G_USEC_PER_SEC;
  XsSignKey other, of_other_school, successor;

  xs_make_key (&other, f->dir, 1);
  xs_make_key (&of_other_school, f->dir, 2);
  xs_make_key (&successor, f->dir, 3);
  g_autoptr (XsReply) paired = xs_platform_fixture_pair (f, &other, OTHER_DEVNUM);
  g_assert_cmpuint (paired->status, ==, 200);
  assert_all_refused (f, NULL, NULL, 0, 401, XS_WIRE_ERROR_UNAUTHORIZED);
  assert_all_refused (f, &other, XS_SAMPLE_DEVNUM, now_us, 401, XS_WIRE_ERROR_UNAUTHORIZED);
  assert_all_refused (f, &of_other_school, "4000000000000077", now_us, 401, XS_WIRE_ERROR_UNAUTHORIZED);
  assert_all_refused (f, &other, OTHER_DEVNUM, now_us - too_far_us, 401, XS_WIRE_ERROR_CLOCK_WRONG);
  assert_all_refused (f, &other, OTHER_DEVNUM, now_us + too_far_us, 401, XS_WIRE_ERROR_CLOCK_WRONG);
  g_autoptr (XsReply) replaced = xs_platform_fixture_pair (f, &successor, OTHER_DEVNUM);
  g_assert_cmpuint (replaced->status, ==, 200);
  assert_all_refused (f, &other, OTHER_DEVNUM, now_us, 401, XS_WIRE_ERROR_UNAUTHORIZED);
}

/* R2, R11: more than a route takes, and what could become more when it is unpacked. */
static void
assert_bodies (Fixture *f)
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autofree char *length = g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT "\r\n", routes[i].cap + 1);
      XsRequest large = { .port = f->port, .method = routes[i].method, .path = routes[i].path, .headers = length };
      XsRequest packed = { .port = f->port,
                           .method = routes[i].method,
                           .path = routes[i].path,
                           .headers = "Content-Encoding: gzip\r\nContent-Length: 1000\r\n" };
      if (strcmp (routes[i].method, "HEAD") == 0)
        continue;
      g_autofree char *zeros = g_malloc0 (routes[i].cap + 1);
      g_autofree char *head = xs_request_head (&large);
      g_autoptr (GSocketConnection) connection = xs_connect (f->port);
      xs_write (connection, head, strlen (head));
      xs_write (connection, zeros, routes[i].cap + 1);
      g_autoptr (XsReply) too_large = xs_read_reply (connection);
      g_autoptr (XsReply) bomb = xs_send (&packed);
      xs_assert_error (too_large, 413, XS_WIRE_ERROR_TOO_LARGE);
      xs_assert_error (bomb, 415, XS_WIRE_ERROR_BAD_REQUEST);
    }
}

/* L1, A2: a recorded request sent once more changes nothing. */
static void
assert_replay (Fixture *f)
{
  g_auto (XsWireLog) wire_log;
  g_autoptr (GError) error = NULL;

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_auto (XsWireLogAnswer) answer = { 0 };
      g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, XS_SAMPLE_TIME_US, &wire_log);
      g_assert_true (xs_wire_log_answer_decode (&answer, reply->status, reply->body, &error));
      g_assert_no_error (error);
      g_assert_cmpint (answer.status, ==, i == 0 ? XS_WIRE_LOG_ACCEPTED : XS_WIRE_LOG_DUPLICATE);
    }
}

static void
assert_traversal (Fixture *f)
{
  static const char *const paths[] = {
    "/v1/photos/../../keys/seal.key",
    "/v1/photos/..%2f..%2fkeys%2fseal.key",
    "/v1/photos/%2e%2e/%2e%2e/keys/seal.key",
    "/v1/registration-photos/..%2f..%2fplatform.db",
    "/v1/people/photos/..%2f..%2fplatform.db",
    "/v1/verdicts/..%2f0",
    "/v1/logs/..%2f1",
    "/v1/appeals/1%00",
    "/../etc/passwd",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", paths[i], NULL);
      g_test_message ("%s: %u", paths[i], reply->status);
      g_assert_true (reply->status == 404 || reply->status == 400 || reply->status == 405);
    }
}

/* R8: connections that say nothing, some in the middle of a word. */
static GPtrArray *
open_idle (Fixture *f)
{
  static const char *const beginnings[] = {
    "",
    "GET /healthz HT",
    "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    "POST /v1/pair HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{\"code\"",
    "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
  };
  GPtrArray *connections = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < N_IDLE; i++)
    {
      const char *beginning = beginnings[i % G_N_ELEMENTS (beginnings)];
      GSocketConnection *connection = xs_connect (f->port);
      g_assert_true (xs_write (connection, beginning, strlen (beginning)));
      g_ptr_array_add (connections, connection);
    }
  return connections;
}

static void
test_siege (Fixture *f, gconstpointer data)
{
  struct rlimit files;

  getrlimit (RLIMIT_NOFILE, &files);
  if (files.rlim_max < 2 * N_IDLE + 200)
    {
      g_test_skip ("This many files may not be open at a time here");
      return;
    }
  files.rlim_cur = MAX (files.rlim_cur, 2 * N_IDLE + 200);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &files), ==, 0);
  xs_platform_fixture_stop (f);
  f->options.max_connections_per_address = 0;
  f->options.idle_timeout_s = 600;
  xs_platform_fixture_start (f);

  g_autoptr (GPtrArray) idle = open_idle (f);
  assert_others_served (f);
  assert_credentials (f);
  assert_others_served (f);
  assert_bodies (f);
  assert_others_served (f);
  assert_replay (f);
  assert_traversal (f);
  assert_others_served (f);
}

/* Until the platform holds so much of bodies. */
static void
wait_for_bodies (Fixture *f, gint64 expected_bytes)
{
  static const char series[] = "\nxueshi_http_body_bytes ";
  gint64 bytes;

  do
    {
      g_autofree char *metrics = xs_platform_metrics_print (xs_platform_server_get_metrics (f->server));
      const char *line = strstr (metrics, series);
      g_assert_nonnull (line);
      bytes = (gint64) g_ascii_strtod (line + strlen (series), NULL);
    }
  while (bytes != expected_bytes);
}

/* R13: of what is sent by nobody knows whom only so much is held; others are told to come again, and may soon. */
static void
test_gathered_bodies (Fixture *f, gconstpointer data)
{
  g_autofree char *zeros = g_malloc0 (XS_WIRE_LOG_MAX_BYTES);
  g_autoptr (GBytes) whole = g_bytes_new_static (zeros, XS_WIRE_LOG_MAX_BYTES);
  g_autoptr (GBytes) small = g_bytes_new_static (zeros, 2);
  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = XS_WIRE_PATH_LOGS "1",
                        .body = whole,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = XS_SAMPLE_TIME_US };
  g_autoptr (GPtrArray) halves = g_ptr_array_new_with_free_func (g_object_unref);

  xs_platform_fixture_stop (f);
  f->options.max_gathered_bytes = 2 * (XS_WIRE_LOG_MAX_BYTES - 1);
  xs_platform_fixture_start (f);
  request.port = f->port;
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *head = xs_request_head (&request);
      GSocketConnection *connection = xs_connect (f->port);
      g_ptr_array_add (halves, connection);
      g_assert_true (xs_write (connection, head, strlen (head)));
      g_assert_true (xs_write (connection, zeros, XS_WIRE_LOG_MAX_BYTES - 1));
    }
  wait_for_bodies (f, 2 * (XS_WIRE_LOG_MAX_BYTES - 1));
  g_autoptr (XsReply) refused = xs_platform_fixture_send (f, "PUT", XS_WIRE_PATH_LOGS "1", small);
  g_autofree char *retry_after = xs_reply_header (refused, "Retry-After");
  xs_assert_error (refused, 503, XS_WIRE_ERROR_UNAVAILABLE);
  g_assert_nonnull (retry_after);
  assert_others_served (f);

  g_ptr_array_set_size (halves, 0);
  wait_for_bodies (f, 0);
  g_autoptr (XsReply) taken = xs_platform_fixture_send (f, "PUT", XS_WIRE_PATH_LOGS "1", small);
  g_assert_cmpuint (taken->status, !=, 503);
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/limits/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                     \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add_func ("/platform/limits/every-route", test_every_route);
  ADD ("siege", test_siege);
  ADD ("gathered-bodies", test_gathered_bodies);
  return g_test_run ();
}
