/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-fixture.h"
#include "xs-platform-log.h"
#include "xs-platform-monitor.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

/* What whoever watches the platform gets to see: health, metrics, log lines; and how often a device may ask. */

typedef XsPlatformFixture Fixture;

static char *
get (guint16 port, const char *path, guint *status)
{
  XsRequest request = { .port = port, .method = "GET", .path = path };
  g_autoptr (XsReply) reply = xs_send (&request);

  *status = reply->status;
  return xs_reply_text (reply);
}

/* The value behind @series at the beginning of a line. */
static double
value_of (const char *metrics, const char *series)
{
  g_auto (GStrv) lines = g_strsplit (metrics, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], series) && lines[i][strlen (series)] == ' ')
        return g_ascii_strtod (lines[i] + strlen (series) + 1, NULL);
    }
  g_test_message ("%s", metrics);
  g_error ("no series %s", series);
}

static double
answer (gpointer data)
{
  return 42;
}

static void
test_metrics (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint status;

  xs_platform_metrics_add_gauge (xs_platform_server_get_metrics (f->server), "xueshi_answer",
                                 "Of another part of the platform.", answer, NULL);
  g_autoptr (XsPlatformMonitor) monitor =
    xs_platform_monitor_start (xs_platform_server_get_metrics (f->server), "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
      g_assert_cmpuint (reply->status, ==, 200);
    }
  g_autofree char *nothing = get (f->port, "/no-such-path", &status);
  /* A request is counted when its connection is done with, which the client need not wait for. */
  g_autofree char *metrics = NULL;
  do
    {
      g_free (metrics);
      metrics = get (xs_platform_monitor_get_port (monitor), "/metrics", &status);
    }
  while (strstr (metrics, "route=\"other\",status=\"404\"} 1") == NULL
         || strstr (metrics, "route=\"/v1/roster\",status=\"200\"} 3") == NULL);

  g_assert_cmpfloat (value_of (metrics,
                               "xueshi_http_requests_total{method=\"POST\",route=\"/v1/pair\",status=\"200\"}"),
                     ==, 1);
  g_assert_cmpfloat (value_of (metrics,
                               "xueshi_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/roster\"}"),
                     ==, 3);
  g_assert_cmpfloat (
    value_of (metrics, "xueshi_http_request_duration_seconds_bucket{method=\"GET\",route=\"/v1/roster\",le=\"+Inf\"}"),
    ==, 3);
  g_assert_cmpfloat (value_of (metrics, "xueshi_answer"), ==, 42);
  g_assert_cmpfloat (value_of (metrics, "xueshi_audit_backlog"), ==, 0);
  g_assert_cmpfloat (value_of (metrics, "xueshi_photos"), ==, 0);
  g_assert_cmpfloat (value_of (metrics, "xueshi_ready"), ==, 1);
  g_assert_cmpfloat (value_of (metrics, "process_resident_memory_bytes"), >, 1000000);
  g_assert_cmpfloat (value_of (metrics, "xueshi_http_sent_bytes_total"), >, 0);
  g_assert_null (strstr (metrics, XS_SAMPLE_STUNUM));
  g_assert_null (strstr (metrics, XS_SAMPLE_DEVNUM));

  /* Kiosks get none of it, and Prometheus nothing else. */
  g_autofree char *hidden = get (f->port, "/metrics", &status);
  g_assert_cmpuint (status, ==, 404);
  g_autofree char *roster = get (xs_platform_monitor_get_port (monitor), XS_WIRE_PATH_ROSTER, &status);
  g_assert_cmpuint (status, ==, 404);
}

/* R10: readiness: without its disk the platform says that it is not ready, and recovers by itself. */
static void
test_not_ready (Fixture *f, gconstpointer data)
{
  g_autofree char *away = g_strconcat (f->dir, "-away", NULL);
  guint status = 200;

  g_assert_cmpint (g_rename (f->dir, away), ==, 0);
  while (status == 200)
    g_free (get (f->port, XS_WIRE_PATH_HEALTH, &status));
  g_assert_cmpuint (status, ==, 503);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_HEALTH, NULL);
  g_autofree char *retry = xs_reply_header (reply, "Retry-After");
  xs_assert_error (reply, 503, XS_WIRE_ERROR_UNAVAILABLE);
  g_assert_nonnull (retry);
  g_assert_cmpint (g_rename (away, f->dir), ==, 0);
  while (status != 200)
    g_free (get (f->port, XS_WIRE_PATH_HEALTH, &status));
}

/* R9: a device that asks too often is told when to come again; others, and who only claims to be it, change nothing. */
static void
test_rate (Fixture *f, gconstpointer data)
{
  XsSignKey other;

  xs_platform_fixture_stop (f);
  f->options.device_requests_per_minute = 6;
  xs_platform_fixture_start (f);
  xs_make_key (&other, f->dir, 1);
  g_autoptr (XsReply) paired = xs_platform_fixture_pair (f, &other, "4000000000000009");
  g_assert_cmpuint (paired->status, ==, 200);
  for (guint i = 0; i < 20; i++)
    {
      XsRequest forged = { .port = f->port,
                           .method = "GET",
                           .path = XS_WIRE_PATH_ROSTER,
                           .key = &other,
                           .devnum = XS_SAMPLE_DEVNUM,
                           .time_us = xs_clock_wall_us (f->clock) };
      g_autoptr (XsReply) reply = xs_send (&forged);
      xs_assert_error (reply, 401, XS_WIRE_ERROR_UNAUTHORIZED);
    }
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
      g_assert_cmpuint (reply->status, ==, 200);
    }
  g_autoptr (XsReply) refused = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_autofree char *retry = xs_reply_header (refused, "Retry-After");
  xs_assert_error (refused, 429, XS_WIRE_ERROR_TOO_MANY);
  gint64 wait_s = g_ascii_strtoll (retry, NULL, 10);
  g_assert_cmpint (wait_s, >=, 1);
  g_assert_cmpint (wait_s, <=, 11);

  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo =
    xs_make_photo (xs_platform_storage_get_seal_key (f->storage)->public_key, 1, 1000, &sha256);
  g_autofree char *path = xs_wire_path_photo (sha256);
  g_autoptr (XsReply) no_photo = xs_platform_fixture_send (f, "PUT", path, photo);
  xs_assert_error (no_photo, 429, XS_WIRE_ERROR_TOO_MANY);
  XsRequest of_other = { .port = f->port,
                         .method = "GET",
                         .path = XS_WIRE_PATH_ROSTER,
                         .key = &other,
                         .devnum = "4000000000000009",
                         .time_us = xs_clock_wall_us (f->clock) };
  g_autoptr (XsReply) served = xs_send (&of_other);
  g_assert_cmpuint (served->status, ==, 200);

  xs_clock_fake_advance (f->clock, wait_s * G_USEC_PER_SEC);
  g_autoptr (XsReply) again = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_assert_cmpuint (again->status, ==, 200);
}

/* One line, whatever is in it; no learner's number in words; and the fields by their names. */
static void
test_log_line (void)
{
  const GLogField fields[] = {
    { "MESSAGE", "Learner " XS_SAMPLE_STUNUM " of \"x\"\n驾校: 20260105090300 stays, 123456789012345678 too \xff", -1 },
    { "XS_DEVICE", XS_SAMPLE_DEVNUM, -1 },
    { "XS_METHOD", "PUTxx", 3 },
    { "CODE_FILE", "secret.c", -1 },
  };
  g_autofree char *line = xs_platform_log_to_json (G_LOG_LEVEL_MESSAGE, fields, G_N_ELEMENTS (fields));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = json_from_string (line, &error);

  g_assert_no_error (error);
  g_assert_null (strchr (line, '\n'));
  JsonObject *object = json_node_get_object (root);
  const char *message = json_object_get_string_member (object, "message");
  g_assert_null (strstr (message, XS_SAMPLE_STUNUM));
  g_assert_nonnull (strstr (message, "2000************"));
  g_assert_nonnull (strstr (message, "20260105090300"));
  g_assert_nonnull (strstr (message, "123456789012345678"));
  g_assert_cmpstr (json_object_get_string_member (object, "device"), ==, XS_SAMPLE_DEVNUM);
  g_assert_cmpstr (json_object_get_string_member (object, "method"), ==, "PUT");
  g_assert_cmpstr (json_object_get_string_member (object, "level"), ==, "notice");
  g_assert_false (json_object_has_member (object, "code_file"));
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/monitor/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                    \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("metrics", test_metrics);
  ADD ("not-ready", test_not_ready);
  ADD ("rate", test_rate);
  g_test_add_func ("/platform/monitor/log-line", test_log_line);
  return g_test_run ();
}
