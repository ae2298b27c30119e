/* SPDX-License-Identifier: GPL-3.0-or-later */

/* GET /v1/verdicts/{cursor} and POST /v1/sessions, over HTTP: V1, V2, Z1 and Z2 of docs/protocol.md. */

#include "xs-platform-audit.h"
#include "xs-platform-fixture.h"
#include "xs-platform-seats.h"

#include <string.h>

#define OTHER_DEVNUM "4000000000000005"

typedef XsPlatformFixture Fixture;

/* The sample log, without photos: it fails. */
static void
send_and_judge (Fixture *f)
{
  g_auto (XsWireLog) wire_log;
  g_auto (XsAuditJob) job = { 0 };
  g_auto (XsAuditFacts) facts;
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (GArray) doubts = xs_wire_reasons_new ();
  g_autoptr (GError) error = NULL;
  XsAuditOutcome outcome;
  gboolean found;

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, xs_clock_wall_us (f->clock), &wire_log);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_true (xs_platform_audit_claim (f->storage, G_TIME_SPAN_HOUR, &job, &found, &error));
  g_assert_true (found);
  xs_audit_facts_init (&facts);
  g_autoptr (XsAudit) audit = xs_audit_log (&job.wire_log.log, &job.policy, &facts);
  g_assert_true (xs_platform_audit_finish (f->storage, &job, audit, photos, doubts, &outcome, &error));
  g_assert_no_error (error);
}

static void
decide (Fixture *f, gint64 version, XsVerdict verdict)
{
  XsAuditDecision decision = { .devnum = XS_SAMPLE_DEVNUM,
                               .seq = 1,
                               .version = version,
                               .who = "李教练",
                               .verdict = verdict,
                               .reason = "face_mismatch",
                               .comment = "" };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_audit_decide (f->storage, &decision, &version, &error));
  g_assert_no_error (error);
}

static GArray *
read_verdicts (const XsReply *reply, gint64 *next)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (reply->status, ==, 200);
  GArray *verdicts = xs_wire_verdicts_decode (reply->body, next, &error);
  g_assert_no_error (error);
  return verdicts;
}

/* V1 */
static void
test_told (Fixture *f, gconstpointer data)
{
  XsSignKey other;
  gint64 next;

  send_and_judge (f);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", "/v1/verdicts/0", NULL);
  g_autoptr (GArray) verdicts = read_verdicts (reply, &next);
  g_assert_cmpuint (verdicts->len, ==, 1);
  const XsWireVerdict *verdict = &g_array_index (verdicts, XsWireVerdict, 0);
  g_assert_cmpint (verdict->seq, ==, 1);
  g_assert_cmpint (verdict->state, ==, XS_AUDIT_FAILED);
  g_assert_cmpint (next, ==, 1);

  /* Two changes, the last of which is told, and once. */
  decide (f, 1, XS_VERDICT_VALID);
  decide (f, 2, XS_VERDICT_VOID);
  g_autoptr (XsReply) later = xs_platform_fixture_send (f, "GET", "/v1/verdicts/1", NULL);
  g_autoptr (GArray) changed = read_verdicts (later, &next);
  g_assert_cmpuint (changed->len, ==, 1);
  g_assert_cmpint (g_array_index (changed, XsWireVerdict, 0).verdict, ==, XS_VERDICT_VOID);

  /* Nobody else's: the other device waits, until the server ends. */
  xs_make_key (&other, f->dir, 7);
  g_autoptr (XsReply) paired = xs_platform_fixture_pair (f, &other, OTHER_DEVNUM);
  XsPlatformDevice device;
  g_assert_true (xs_platform_storage_find_device (f->storage, OTHER_DEVNUM, &device, NULL));
  g_autoptr (GArray) none = xs_platform_audit_get_verdicts (f->storage, device.id, 0, &next, NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

static gpointer
wait_in_thread (gpointer data)
{
  return xs_platform_fixture_send (data, "GET", "/v1/verdicts/1", NULL);
}

/* V2: who waits is told as soon as there is something. */
static void
test_waits (Fixture *f, gconstpointer data)
{
  gint64 next;

  send_and_judge (f);
  GThread *thread = g_thread_new ("kiosk", wait_in_thread, f);
  while (xs_platform_waits_count (xs_platform_server_get_waits (f->server)) == 0)
    g_thread_yield ();
  decide (f, 1, XS_VERDICT_VALID);
  g_autoptr (XsReply) reply = g_thread_join (thread);
  g_autoptr (GArray) verdicts = read_verdicts (reply, &next);
  g_assert_cmpuint (verdicts->len, ==, 1);
  g_assert_true (g_array_index (verdicts, XsWireVerdict, 0).by_person);
}

static void
test_paths (Fixture *f, gconstpointer data)
{
  static const char *const bad[] = { "/v1/verdicts/", "/v1/verdicts/01", "/v1/verdicts/-1", "/v1/verdicts/x" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", bad[i], NULL);
      xs_assert_error (reply, 404, XS_WIRE_ERROR_NOT_FOUND);
    }
}

static XsWireSeatAnswer
sit (Fixture *f, const XsSignKey *key, const char *devnum, gboolean leaves)
{
  XsWireSeatRequest seat = { .stunum = XS_SAMPLE_STUNUM, .leaves = leaves };
  XsWireSeatAnswer answer;
  g_autoptr (GBytes) body = xs_wire_seat_request_encode (&seat);
  g_autoptr (GError) error = NULL;
  XsRequest request = { .port = f->port,
                        .method = "POST",
                        .path = XS_WIRE_PATH_SESSIONS,
                        .body = body,
                        .key = key,
                        .devnum = devnum,
                        .time_us = xs_clock_wall_us (f->clock) };
  g_autoptr (XsReply) reply = xs_send (&request);

  g_assert_true (xs_wire_seat_answer_decode (&answer, reply->status, reply->body, &error));
  g_assert_no_error (error);
  return answer;
}

/* Z1, Z2 */
static void
test_seats (Fixture *f, gconstpointer data)
{
  XsSignKey other;

  xs_make_key (&other, f->dir, 7);
  g_autoptr (XsReply) paired = xs_platform_fixture_pair (f, &other, OTHER_DEVNUM);
  g_assert_cmpuint (paired->status, ==, 200);
  g_assert_true (sit (f, &f->key, XS_SAMPLE_DEVNUM, FALSE).granted);
  XsWireSeatAnswer held = sit (f, &other, OTHER_DEVNUM, FALSE);
  g_assert_false (held.granted);
  g_assert_cmpstr (held.devnum, ==, XS_SAMPLE_DEVNUM);
  g_assert_cmpint (held.since_us, ==, xs_clock_wall_us (f->clock));
  /* Whoever sits there may ask again, and leave; nobody else can leave for her. */
  g_assert_true (sit (f, &f->key, XS_SAMPLE_DEVNUM, FALSE).granted);
  g_assert_true (sit (f, &other, OTHER_DEVNUM, TRUE).granted);
  g_assert_false (sit (f, &other, OTHER_DEVNUM, FALSE).granted);
  g_assert_true (sit (f, &f->key, XS_SAMPLE_DEVNUM, TRUE).granted);
  g_assert_true (sit (f, &other, OTHER_DEVNUM, FALSE).granted);
  /* A kiosk that went off does not hold her for ever. */
  g_assert_false (sit (f, &f->key, XS_SAMPLE_DEVNUM, FALSE).granted);
  xs_clock_fake_advance (f->clock, XS_PLATFORM_SEAT_US + 1);
  g_assert_true (sit (f, &f->key, XS_SAMPLE_DEVNUM, FALSE).granted);
}

static void
test_seat_of_nobody (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) garbage = g_bytes_new_static ("{}", 2);
  g_autoptr (GBytes) stranger = g_bytes_new_static ("{\"leaves\":false,\"stunum\":\"2000000000000009\"}",
                                                    strlen ("{\"leaves\":false,\"stunum\":\"2000000000000009\"}"));
  g_autoptr (XsReply) bad = xs_platform_fixture_send (f, "POST", XS_WIRE_PATH_SESSIONS, garbage);
  g_autoptr (XsReply) unknown = xs_platform_fixture_send (f, "POST", XS_WIRE_PATH_SESSIONS, stranger);

  xs_assert_error (bad, 400, XS_WIRE_ERROR_BAD_REQUEST);
  xs_assert_error (unknown, 404, XS_WIRE_ERROR_NOT_FOUND);
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/verdicts/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                   \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("told", test_told);
  ADD ("waits", test_waits);
  ADD ("paths", test_paths);
  ADD ("seats", test_seats);
  ADD ("seat-of-nobody", test_seat_of_nobody);
  return g_test_run ();
}
