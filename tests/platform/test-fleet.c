/* SPDX-License-Identifier: GPL-3.0-or-later */

/* POST /v1/health and PUT /v1/diagnoses/{id}, over HTTP, and what people see of them: D1 to D7 of docs/protocol.md. */

#include "xs-error.h"
#include "xs-platform-export.h"
#include "xs-platform-fixture.h"
#include "xs-platform-fleet.h"
#include "xs-platform-privacy.h"
#include "xs-platform-register.h"
#include "xs-wire-sample.h"

#include <string.h>

typedef XsPlatformFixture Fixture;

#define OTHER_DEVNUM "4000000000000007"

static XsWireDeviceHealth
health_at (gint64 time_us)
{
  return (XsWireDeviceHealth){
    .version = "1.2.0",
    .packaging = "native",
    .schema = 9,
    .time_us = time_us,
    .started_us = time_us - G_TIME_SPAN_HOUR,
    .uptime_s = 3600,
    .free_bytes = G_GINT64_CONSTANT (20) * 1024 * 1024 * 1024,
    .ready = "ok",
  };
}

/* (transfer full): what the platform wants. */
static XsWireHealthAnswer
report (Fixture *f, const XsWireDeviceHealth *health)
{
  g_autoptr (GBytes) body = xs_wire_health_report_encode (health);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "POST", XS_WIRE_PATH_DEVICE_HEALTH, body);
  g_autoptr (GError) error = NULL;
  XsWireHealthAnswer answer;

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_true (xs_wire_health_answer_decode (&answer, reply->body, &error));
  g_assert_no_error (error);
  return answer;
}

static JsonObject *
device_of (JsonNode *list, guint index)
{
  return json_array_get_object_element (json_node_get_array (list), index);
}

static JsonNode *
list (Fixture *f, const char *what)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = xs_platform_list (f->storage, what, &error);

  g_assert_no_error (error);
  return node;
}

static void
assert_listed (Fixture *f, const char *version, gint64 clock_ahead_s)
{
  g_autoptr (JsonNode) devices = list (f, "devices");
  JsonObject *device = device_of (devices, 0);

  g_assert_cmpstr (json_object_get_string_member (device, "version"), ==, version);
  g_assert_cmpint (json_object_get_int_member (device, "clock_ahead_s"), ==, clock_ahead_s);
}

/* D1: the newest report stands, and one that comes right behind another is not kept. */
static void
test_report (Fixture *f, gconstpointer data)
{
  XsWireDeviceHealth health = health_at (xs_clock_wall_us (f->clock) - 90 * G_USEC_PER_SEC);

  XsWireHealthAnswer answer = report (f, &health);
  g_assert_cmpint (answer.ring, ==, 1);
  g_assert_cmpstr (answer.wanted_version, ==, "");
  g_assert_cmpint (answer.diagnosis, ==, 0);
  g_assert_cmpint (answer.again_s, ==, XS_PLATFORM_REPORT_S);
  assert_listed (f, "1.2.0", -90);

  g_strlcpy (health.version, "1.3.0", sizeof health.version);
  xs_clock_fake_advance (f->clock, G_USEC_PER_SEC);
  report (f, &health);
  assert_listed (f, "1.2.0", -90);
  xs_clock_fake_advance (f->clock, 2 * G_USEC_PER_SEC);
  health.time_us = xs_clock_wall_us (f->clock);
  report (f, &health);
  assert_listed (f, "1.3.0", 0);
  /* A clock that was set back keeps no report out. */
  xs_clock_fake_step_wall (f->clock, -G_TIME_SPAN_DAY / 2);
  health.time_us = xs_clock_wall_us (f->clock) + 7 * G_USEC_PER_SEC;
  report (f, &health);
  assert_listed (f, "1.3.0", 7);
}

/* D1: what breaks a rule is refused, and what is no member of a report is not kept. */
static void
test_report_refused (Fixture *f, gconstpointer data)
{
  XsWireDeviceHealth health = health_at (xs_clock_wall_us (f->clock));
  g_autoptr (GBytes) whole = xs_wire_health_report_encode (&health);
  g_autofree char *text = g_strndup (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole) - 1);
  g_autofree char *with_name = g_strconcat (text, ",\"learner\":\"王小明 in the clear\"}", NULL);
  g_autoptr (GBytes) more = g_bytes_new (with_name, strlen (with_name));
  g_autoptr (GBytes) none = g_bytes_new_static ("{}", 2);

  g_autoptr (XsReply) empty = xs_platform_fixture_send (f, "POST", XS_WIRE_PATH_DEVICE_HEALTH, none);
  xs_assert_error (empty, 400, XS_WIRE_ERROR_BAD_REQUEST);
  g_strlcpy (health.version, "newest", sizeof health.version);
  g_autoptr (GBytes) no_version = xs_wire_health_report_encode (&health);
  g_autoptr (XsReply) bad = xs_platform_fixture_send (f, "POST", XS_WIRE_PATH_DEVICE_HEALTH, no_version);
  xs_assert_error (bad, 400, XS_WIRE_ERROR_BAD_REQUEST);
  g_autoptr (XsReply) ok = xs_platform_fixture_send (f, "POST", XS_WIRE_PATH_DEVICE_HEALTH, more);
  g_assert_cmpuint (ok->status, ==, 200);
  assert_listed (f, "1.2.0", 0);
  g_assert_false (xs_folder_holds (f->dir, "王小明 in the clear", strlen ("王小明 in the clear")));
}

/* D4: each answer says what the device's ring wants. */
static void
test_rings (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  XsWireDeviceHealth health = health_at (xs_clock_wall_us (f->clock));

  report (f, &health);
  g_assert_true (xs_platform_fleet_set_version (f->storage, 0, "1.10.0", &error));
  g_assert_true (xs_platform_fleet_set_version (f->storage, 1, "1.2.0", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (report (f, &health).wanted_version, ==, "1.2.0");
  g_assert_true (xs_platform_fleet_set_ring (f->storage, XS_SAMPLE_DEVNUM, 0, &error));
  XsWireHealthAnswer answer = report (f, &health);
  g_assert_cmpint (answer.ring, ==, 0);
  g_assert_cmpstr (answer.wanted_version, ==, "1.10.0");

  g_autoptr (JsonNode) rings = list (f, "rings");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (rings)), ==, 2);
  g_assert_cmpint (json_object_get_int_member (device_of (rings, 0), "devices"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (device_of (rings, 0), "has_it"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (device_of (rings, 1), "devices"), ==, 0);
  XsPlatformFleetCounts counts;
  g_assert_true (xs_platform_fleet_count (f->storage, &counts, &error));
  g_assert_cmpuint (counts.behind, ==, 1);

  g_assert_true (xs_platform_fleet_set_version (f->storage, 0, NULL, &error));
  g_assert_cmpstr (report (f, &health).wanted_version, ==, "");
  g_assert_false (xs_platform_fleet_set_version (f->storage, 0, "the newest", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_platform_fleet_set_ring (f->storage, XS_SAMPLE_DEVNUM, 100, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_platform_fleet_set_ring (f->storage, OTHER_DEVNUM, 0, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

/* What is wrong with a fleet is counted by the numbers of the policy; who is let in no more is not counted. */
static void
test_counts (Fixture *f, gconstpointer data)
{
  gint64 now_us = xs_clock_wall_us (f->clock);
  XsWireDeviceHealth health = health_at (now_us - 2 * G_TIME_SPAN_MINUTE);
  XsPlatformFleetCounts counts;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) policy = NULL;
  g_autofree char *text = NULL;

  g_assert_true (xs_platform_fleet_count (f->storage, &counts, &error));
  g_assert_cmpuint (counts.devices, ==, 1);
  g_assert_cmpuint (counts.silent, ==, 1);
  g_assert_cmpuint (counts.clock, ==, 0);

  g_file_get_contents (g_test_get_filename (G_TEST_DIST, "..", "data", "policy", "default.json", NULL), &text, NULL,
                       &error);
  g_assert_no_error (error);
  g_auto (GStrv) halves = g_strsplit (text, "\"min_version\": \"\"", 2);
  g_autofree char *changed = g_strconcat (halves[0], "\"min_version\": \"1.3\"", halves[1], NULL);
  policy = g_bytes_new (changed, strlen (changed));
  g_assert_true (xs_platform_storage_set_policy (f->storage, policy, &error));
  g_assert_no_error (error);
  health.free_bytes = 1024;
  health.oldest_us = health.time_us - 2 * G_TIME_SPAN_DAY;
  health.broken = 3;
  health.broken_us = health.camera_us = health.time_us - G_TIME_SPAN_HOUR;
  g_strlcpy (health.camera, "none", sizeof health.camera);
  report (f, &health);
  g_assert_true (xs_platform_fleet_count (f->storage, &counts, &error));
  g_assert_cmpuint (counts.silent, ==, 0);
  g_assert_cmpuint (counts.behind, ==, 0);
  g_assert_cmpuint (counts.below_minimum, ==, 1);
  g_assert_cmpuint (counts.policy, ==, 0);
  g_assert_cmpuint (counts.disk, ==, 1);
  g_assert_cmpuint (counts.unsent, ==, 1);
  g_assert_cmpuint (counts.camera, ==, 1);
  g_assert_cmpuint (counts.broken, ==, 1);
  g_assert_cmpuint (counts.clock, ==, 1);

  g_autofree char *metrics = xs_platform_metrics_print (xs_platform_server_get_metrics (f->server));
  g_assert_nonnull (strstr (metrics, "xueshi_devices 1\n"));
  g_assert_nonnull (strstr (metrics, "xueshi_devices_below_minimum 1\n"));
  g_assert_nonnull (strstr (metrics, "xueshi_devices_silent 0\n"));

  /* G2: a kiosk that keeps to another policy than is handed out is seen. */
  xs_clock_fake_advance (f->clock, G_TIME_SPAN_MINUTE);
  g_strlcpy (health.policy, "national-default 1", sizeof health.policy);
  report (f, &health);
  g_assert_true (xs_platform_fleet_count (f->storage, &counts, &error));
  g_assert_cmpuint (counts.policy, ==, 0);
  xs_clock_fake_advance (f->clock, G_TIME_SPAN_MINUTE);
  g_strlcpy (health.policy, "national-default 2", sizeof health.policy);
  report (f, &health);
  g_assert_true (xs_platform_fleet_count (f->storage, &counts, &error));
  g_assert_cmpuint (counts.policy, ==, 1);

  g_assert_true (xs_platform_storage_revoke_device (f->storage, XS_SAMPLE_DEVNUM, &error));
  g_assert_true (xs_platform_fleet_count (f->storage, &counts, &error));
  g_assert_cmpuint (counts.devices + counts.unsent, ==, 0);
}

static XsReply *
put (Fixture *f, gint64 id, GBytes *body)
{
  g_autofree char *path = xs_wire_path_diagnosis (id);

  return xs_platform_fixture_send (f, "PUT", path, body);
}

/* D5, D6: asked for in every answer until it has come, and kept once, as it came first, sealed at rest. */
static void
test_diagnosis (Fixture *f, gconstpointer data)
{
  static const char plain[] = "{\"lines\":[\"the camera was pulled out\"]}";
  XsWireDeviceHealth health = health_at (xs_clock_wall_us (f->clock));
  const guint8 *key = xs_platform_storage_get_seal_key (f->storage)->public_key;
  g_autoptr (GBytes) first = g_bytes_new_static (plain, strlen (plain));
  g_autoptr (GBytes) second = g_bytes_new_static ("{}", 2);
  g_autoptr (GBytes) sealed = xs_seal (key, first);
  g_autoptr (GBytes) other = xs_seal (key, second);
  g_autoptr (GError) error = NULL;
  gint64 id, again;

  g_autoptr (XsReply) unasked = put (f, 1, sealed);
  xs_assert_error (unasked, 404, XS_WIRE_ERROR_NOT_FOUND);
  g_assert_true (xs_platform_fleet_ask (f->storage, XS_SAMPLE_DEVNUM, "command:wang", &id, &error));
  g_assert_no_error (error);
  g_assert_true (xs_platform_fleet_ask (f->storage, XS_SAMPLE_DEVNUM, "command:li", &again, &error));
  g_assert_cmpint (again, ==, id);
  g_assert_cmpint (report (f, &health).diagnosis, ==, id);
  xs_platform_fixture_stop (f);
  xs_platform_fixture_start (f);
  g_assert_cmpint (report (f, &health).diagnosis, ==, id);
  g_assert_null (xs_platform_fleet_read_diagnosis (f->storage, id, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_autoptr (XsReply) open = put (f, id, first);
  xs_assert_error (open, 400, XS_WIRE_ERROR_BAD_REQUEST);
  g_autoptr (XsReply) created = put (f, id, sealed);
  g_assert_cmpuint (created->status, ==, 201);
  g_autoptr (XsReply) repeated = put (f, id, sealed);
  g_assert_cmpuint (repeated->status, ==, 200);
  g_autoptr (XsReply) altered = put (f, id, other);
  g_assert_cmpuint (altered->status, ==, 200);
  g_assert_cmpint (report (f, &health).diagnosis, ==, 0);
  g_autoptr (GBytes) read = xs_platform_fleet_read_diagnosis (f->storage, id, &error);
  g_assert_true (g_bytes_equal (read, first));
  g_assert_false (xs_folder_holds (f->dir, "pulled out", strlen ("pulled out")));
  g_autofree char *refusal = xs_platform_fixture_refusal (f, "UPDATE diagnosis SET who = 'nobody'");
  g_assert_nonnull (strstr (refusal, "never changes"));

  /* Another kiosk's number opens nothing. */
  g_assert_true (xs_platform_fleet_ask (f->storage, XS_SAMPLE_DEVNUM, "command:wang", &again, &error));
  g_assert_cmpint (again, !=, id);
}

/* D6: too long is refused; D7: it goes when the policy says so, and what was never answered with it. */
static void
test_diagnosis_ends (Fixture *f, gconstpointer data)
{
  const guint8 *key = xs_platform_storage_get_seal_key (f->storage)->public_key;
  g_autofree char *long_text = g_strnfill (XS_WIRE_DIAGNOSIS_PLAIN_MAX_BYTES, 'x');
  g_autoptr (GBytes) longest = g_bytes_new (long_text, XS_WIRE_DIAGNOSIS_PLAIN_MAX_BYTES);
  g_autoptr (GBytes) sealed = xs_seal (key, longest);
  g_autofree char *longer_text = g_strnfill (XS_WIRE_DIAGNOSIS_PLAIN_MAX_BYTES + 1, 'x');
  g_autoptr (GBytes) longer = g_bytes_new (longer_text, XS_WIRE_DIAGNOSIS_PLAIN_MAX_BYTES + 1);
  g_autoptr (GBytes) sealed_longer = xs_seal (key, longer);
  g_autoptr (GError) error = NULL;
  XsPlatformRetained retained;
  gint64 id, second;

  g_assert_true (xs_platform_fleet_ask (f->storage, XS_SAMPLE_DEVNUM, "command:wang", &id, &error));
  g_autoptr (XsReply) too_long = put (f, id, sealed_longer);
  xs_assert_error (too_long, 413, XS_WIRE_ERROR_TOO_LARGE);
  g_autoptr (XsReply) created = put (f, id, sealed);
  g_assert_cmpuint (created->status, ==, 201);
  xs_clock_fake_advance (f->clock, 29 * G_TIME_SPAN_DAY);
  g_assert_true (xs_platform_fleet_ask (f->storage, XS_SAMPLE_DEVNUM, "command:wang", &second, &error));
  g_autoptr (XsReply) seen = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_assert_true (xs_platform_storage_retain (f->storage, NULL, &retained, &error));
  g_autoptr (GBytes) kept = xs_platform_fleet_read_diagnosis (f->storage, id, &error);
  g_assert_nonnull (kept);
  xs_clock_fake_advance (f->clock, 2 * G_TIME_SPAN_DAY);
  g_autoptr (XsReply) seen_again = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_assert_true (xs_platform_storage_retain (f->storage, NULL, &retained, &error));
  g_assert_no_error (error);
  g_autoptr (JsonNode) left = list (f, "diagnoses");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (left)), ==, 1);
  g_assert_cmpint (json_object_get_int_member (device_of (left, 0), "id"), ==, second);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/fleet/" name, Fixture, NULL, xs_platform_fixture_set_up, func, xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("report", test_report);
  ADD ("report-refused", test_report_refused);
  ADD ("rings", test_rings);
  ADD ("counts", test_counts);
  ADD ("diagnosis", test_diagnosis);
  ADD ("diagnosis-ends", test_diagnosis_ends);
  return g_test_run ();
}
