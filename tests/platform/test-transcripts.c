/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-json.h"
#include "xs-platform-audit.h"
#include "xs-platform-fixture.h"
#include "xs-platform-fleet.h"
#include "xs-platform-people.h"
#include "xs-platform-register.h"
#include "xs-platform-routes.h"
#include "xs-wire-review.h"
#include "xs-platform-seats.h"
#include "xs-platform-courses.h"
#include "xs-wire-appeal.h"
#include "xs-wire-consent.h"
#include "xs-wire-auth.h"
#include "xs-wire-people.h"

#include <stdio.h>
#include <string.h>

/*
 * Recorded sessions. As a test it plays those of tests/data/transcripts to the platform of today, which must answer as
 * the one of then did: members may be added, none may go or change. With --record it holds a session that takes every
 * route, and prints it; with --record-kiosk only what a kiosk says, to be kept as a golden transcript; with --routes it
 * prints the routes there are. test-openapi.py holds both against docs/openapi.yaml.
 */

typedef XsPlatformFixture Fixture;

/* Bytes as text where they are one, so that people can read a transcript. */
static void
set_bytes (JsonObject *object, const char *name, GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  if (size == 0 || g_utf8_validate (data, (gssize) size, NULL))
    {
      g_autofree char *text = g_strndup (size > 0 ? data : "", size);
      json_object_set_string_member (object, name, text);
      return;
    }
  g_autofree char *key = g_strconcat (name, "_base64", NULL);
  g_autofree char *text = g_base64_encode ((const guchar *) data, size);
  json_object_set_string_member (object, key, text);
}

static GBytes *
get_bytes (JsonObject *object, const char *name)
{
  g_autofree char *key = g_strconcat (name, "_base64", NULL);
  gsize size;

  if (json_object_has_member (object, key))
    {
      guchar *data = g_base64_decode (json_object_get_string_member (object, key), &size);
      return g_bytes_new_take (data, size);
    }
  const char *text = json_object_get_string_member (object, name);
  return g_bytes_new (text, strlen (text));
}

/* Of a session: who asks, and what was said so far. */
typedef struct {
  Fixture *f;
  JsonArray *exchanges;
  char log_sha256[65]; /* of the first log of the kiosk */
} Session;

/* Send @head and @body as they are, and keep both sides. Returns: (transfer full) */
static XsReply *
converse (Session *s, const char *head, GBytes *body)
{
  static const char *const kept[] = { "Content-Type",    "ETag",         "Allow", "Retry-After", "Upload-Offset",
                                      "Upload-Complete", "Content-Range" };
  g_autoptr (GSocketConnection) connection = xs_connect (s->f->port);
  JsonObject *exchange = json_object_new ();
  JsonObject *request = json_object_new ();
  JsonObject *response = json_object_new ();
  JsonObject *headers = json_object_new ();

  g_assert_true (xs_write (connection, head, strlen (head)));
  g_assert_true (xs_write (connection, g_bytes_get_data (body, NULL), g_bytes_get_size (body)));
  XsReply *reply = xs_read_reply (connection);
  json_object_set_string_member (request, "head", head);
  set_bytes (request, "body", body);
  json_object_set_int_member (response, "status", reply->status);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      g_autofree char *value = xs_reply_header (reply, kept[i]);
      if (value != NULL)
        json_object_set_string_member (headers, kept[i], value);
    }
  json_object_set_object_member (response, "headers", headers);
  set_bytes (response, "body", reply->body);
  json_object_set_object_member (exchange, "request", request);
  json_object_set_object_member (exchange, "response", response);
  json_array_add_object_element (s->exchanges, exchange);
  return reply;
}

/* @as_device: signed by the fixture's key; @headers: further ones. Who reads the record looks at the answer. */
static void
say (Session *s, const char *method, const char *path, gboolean as_device, const char *headers, GBytes *body)
{
  XsRequest request = { .port = s->f->port,
                        .method = method,
                        .path = path,
                        .headers = headers,
                        .body = body,
                        .key = as_device ? &s->f->key : NULL,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = xs_clock_wall_us (s->f->clock) };
  g_autofree char *head = xs_request_head (&request);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (XsReply) reply = converse (s, head, body != NULL ? body : nothing);

  g_assert_cmpuint (reply->status, !=, 0);
}

static void
say_tagged (Session *s, const char *path)
{
  JsonArray *exchanges = s->exchanges;

  say (s, "GET", path, TRUE, NULL, NULL);
  JsonObject *last = json_array_get_object_element (exchanges, json_array_get_length (exchanges) - 1);
  JsonObject *headers = json_object_get_object_member (json_object_get_object_member (last, "response"), "headers");
  g_autofree char *known = g_strdup_printf ("If-None-Match: %s\r\n", json_object_get_string_member (headers, "ETag"));
  say (s, "GET", path, TRUE, known, NULL);
}

static void
say_signed (Session *s, const char *path, GBytes *bytes)
{
  guint8 signature[XS_SIGNATURE_BYTES];

  xs_sign (&s->f->key, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), signature);
  g_autofree char *text = g_base64_encode (signature, sizeof signature);
  g_autofree char *header = g_strdup_printf (XS_WIRE_HEADER_SIGNATURE ": %s\r\n", text);
  say (s, "PUT", path, TRUE, header, bytes);
}

static void
say_log (Session *s, const char *photo_sha256, const char *stunum, gint64 seq)
{
  g_auto (XsWireLog) wire_log;
  g_autofree char *path = xs_wire_path_log (seq);

  xs_wire_log_init (&wire_log);
  xs_sample_log_2 (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  xs_sample_add_photo (&wire_log, "0000000101", XS_PHOTO_SIGN_IN, photo_sha256);
  g_strlcpy (wire_log.log.stunum, stunum, sizeof wire_log.log.stunum);
  wire_log.seq = seq;
  xs_wire_log_choose_schema (&wire_log);
  g_assert_cmpint (wire_log.schema, ==, 2);
  g_autoptr (GBytes) bytes = xs_wire_log_encode (&wire_log);
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (seq == 1)
    g_strlcpy (s->log_sha256, sha256, sizeof s->log_sha256);
  say_signed (s, path, bytes);
}

static void
say_appeal (Session *s, const char *comment)
{
  XsAppeal appeal = { .seq = 1, .wall_us = XS_SAMPLE_TIME_US, .reason = XS_APPEAL_CAMERA };

  g_strlcpy (appeal.inscode, XS_SAMPLE_INSCODE, sizeof appeal.inscode);
  g_strlcpy (appeal.devnum, XS_SAMPLE_DEVNUM, sizeof appeal.devnum);
  g_strlcpy (appeal.stunum, XS_SAMPLE_STUNUM, sizeof appeal.stunum);
  g_strlcpy (appeal.recnum, "00007", sizeof appeal.recnum);
  g_strlcpy (appeal.comment, comment, sizeof appeal.comment);
  memset (appeal.log_sha256, 'a', 64);
  g_autoptr (GBytes) bytes = xs_wire_appeal_encode (&appeal);
  say_signed (s, XS_WIRE_PATH_APPEALS "1", bytes);
}

static void
say_consent (Session *s, gint64 text_version)
{
  XsConsentRecord record = { .seq = 1, .wall_us = XS_SAMPLE_TIME_US, .text_version = text_version };

  g_strlcpy (record.inscode, XS_SAMPLE_INSCODE, sizeof record.inscode);
  g_strlcpy (record.devnum, XS_SAMPLE_DEVNUM, sizeof record.devnum);
  g_strlcpy (record.stunum, XS_SAMPLE_STUNUM, sizeof record.stunum);
  g_autoptr (GBytes) bytes = xs_wire_consent_encode (&record);
  say_signed (s, XS_WIRE_PATH_CONSENTS "1", bytes);
}

static void
say_garbage_consent (Session *s)
{
  g_autoptr (GBytes) garbage = g_bytes_new_static ("{", 1);

  say_signed (s, XS_WIRE_PATH_CONSENTS "9", garbage);
}

/* What a kiosk of schema 2 says in a day. */
static void
hold_kiosk_session (Session *s)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GByteArray) photo = g_byte_array_new ();
  g_autoptr (GPtrArray) asked = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 500; i++)
    {
      guint8 byte = (guint8) g_rand_int (rand);
      g_byte_array_append (photo, &byte, 1);
    }
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&photo));
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *path = xs_wire_path_photo (sha256);
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (s->f->storage, &error);
  g_autofree char *registration =
    xs_wire_path_registration_photo (g_array_index (learners, XsWireLearner, 0).photo_sha256);

  say (s, "GET", XS_WIRE_PATH_POLICY, TRUE, NULL, NULL);
  say_tagged (s, XS_WIRE_PATH_ROSTER);
  say (s, "GET", registration, TRUE, NULL, NULL);
  say_log (s, sha256, XS_SAMPLE_STUNUM, 1);
  g_ptr_array_add (asked, sha256);
  g_autoptr (GBytes) question = xs_wire_photos_encode (asked);
  say (s, "POST", XS_WIRE_PATH_PHOTOS_MISSING, TRUE, NULL, question);
  say (s, "PUT", path, TRUE, NULL, bytes);
  say (s, "PUT", path, TRUE, NULL, bytes);
  say (s, "POST", XS_WIRE_PATH_PHOTOS_MISSING, TRUE, NULL, question);
  say_log (s, sha256, XS_SAMPLE_STUNUM, 1);
  say_log (s, sha256, XS_SAMPLE_STUNUM, 1);
  say_log (s, sha256, "2000000000000099", 2);
  say_appeal (s, "摄像头坏了");
  say_appeal (s, "摄像头坏了");
  say_appeal (s, "another");
  say_tagged (s, XS_WIRE_PATH_ROSTER);
}

static void
say_wrong (Session *s)
{
  static const char hash[] = "/v1/photos/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  g_autoptr (GBytes) garbage = g_bytes_new_static ("{", 1);
  g_autofree char *zeros = g_malloc0 (XS_WIRE_APPEAL_MAX_BYTES + 1);
  g_autoptr (GBytes) large = g_bytes_new (zeros, XS_WIRE_APPEAL_MAX_BYTES + 1);

  say (s, "GET", "/nowhere", TRUE, NULL, NULL);
  say (s, "DELETE", XS_WIRE_PATH_ROSTER, TRUE, NULL, NULL);
  say (s, "GET", XS_WIRE_PATH_ROSTER "?all=1", TRUE, NULL, NULL);
  say (s, "GET", XS_WIRE_PATH_ROSTER, FALSE, NULL, NULL);
  say (s, "POST", XS_WIRE_PATH_PAIR, FALSE, "Transfer-Encoding: chunked\r\n", NULL);
  say (s, "POST", XS_WIRE_PATH_PAIR, FALSE, "Content-Encoding: gzip\r\n", garbage);
  say (s, "POST", XS_WIRE_PATH_PAIR, FALSE, NULL, garbage);
  say (s, "POST", XS_WIRE_PATH_PHOTOS_MISSING, TRUE, NULL, garbage);
  say (s, "PUT", XS_WIRE_PATH_APPEALS "9", TRUE, NULL, large);
  say (s, "PUT", XS_WIRE_PATH_LOGS "9", TRUE, NULL, garbage);
  say_signed (s, XS_WIRE_PATH_APPEALS "9", garbage);
  say (s, "HEAD", hash, TRUE, NULL, NULL);
  g_autofree char *authorization = xs_wire_authorization_new (XS_SAMPLE_DEVNUM, &s->f->key, "PATCH", hash, NULL, 0);
  g_autofree char *old = g_strdup_printf ("Authorization: %s\r\n", authorization);
  say (s, "PATCH", hash, FALSE, old, garbage);
}

static void
say_pairing (Session *s)
{
  XsSignKey key;
  g_autoptr (GError) error = NULL;
  g_autofree char *code =
    xs_platform_storage_make_pair_code (s->f->storage, "4000000000000012", G_TIME_SPAN_HOUR, &error);

  xs_make_key (&key, s->f->dir, 9);
  g_autoptr (GBytes) good = xs_wire_pair_request_encode (code, &key);
  say (s, "POST", XS_WIRE_PATH_PAIR, FALSE, NULL, good);
  g_autoptr (GBytes) bad = xs_wire_pair_request_encode ("00000000", &key);
  say (s, "POST", XS_WIRE_PATH_PAIR, FALSE, NULL, bad);
}

/* Cut, asked about, and gone on with; and once from the wrong place. */
static void
say_upload (Session *s)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo =
    xs_make_photo (xs_platform_storage_get_seal_key (s->f->storage)->public_key, 3, 200000, &sha256);
  g_autofree char *path = xs_wire_path_photo (sha256);
  const char *data = g_bytes_get_data (photo, NULL);
  XsRequest whole = { .port = s->f->port,
                      .method = "PUT",
                      .path = path,
                      .body = photo,
                      .key = &s->f->key,
                      .devnum = XS_SAMPLE_DEVNUM,
                      .time_us = xs_clock_wall_us (s->f->clock) };
  g_autofree char *head = xs_request_head (&whole);
  g_autoptr (GSocketConnection) connection = xs_connect (s->f->port);
  g_autofree char *offset = NULL;

  g_assert_true (xs_write (connection, head, strlen (head)));
  g_assert_true (xs_write (connection, data, 150000));
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  while (g_strcmp0 (offset, "150000") != 0)
    {
      g_autoptr (XsReply) reply = xs_platform_fixture_send (s->f, "HEAD", path, NULL);
      g_free (offset);
      offset = xs_reply_header (reply, "Upload-Offset");
    }
  say (s, "HEAD", path, TRUE, NULL, NULL);
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (photo, 150000, g_bytes_get_size (photo) - 150000);
  g_autofree char *authorization =
    xs_wire_authorization_new (XS_SAMPLE_DEVNUM, &s->f->key, "PATCH", path, photo, xs_clock_wall_us (s->f->clock));
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *headers = g_strdup_printf ("Authorization: %s\r\nUpload-Offset: %u\r\nUpload-Complete: ?1\r\n",
                                                  authorization, i == 0 ? 149999 : 150000);
      say (s, "PATCH", path, FALSE, headers, rest);
    }
}

/* What a reviewer asks, of the first log of the kiosk. */
static void
say_review (Session *s, const char *bearer)
{
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 'r' };
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewDaysQuery) days;
  g_auto (XsReviewActions) actions;
  XsReviewExport export = { .id = "e", .devnum = XS_SAMPLE_DEVNUM, .seq = 1, .format = "csv" };
  XsReviewAction action;
  g_autofree char *log = xs_wire_path_review_log (XS_SAMPLE_DEVNUM, 1, s->log_sha256);
  g_autofree char *sha256 = xs_sha256_hex (jpeg, sizeof jpeg);
  g_autofree char *photo = g_strconcat (XS_WIRE_PATH_PEOPLE_REGISTRATION, sha256, NULL);
  g_autoptr (GBytes) picture = g_bytes_new_static (jpeg, sizeof jpeg);

  xs_review_query_init (&query);
  xs_review_days_query_init (&days);
  xs_review_actions_init (&actions);
  xs_review_action_init (&action);
  g_strlcpy (days.stunum, XS_SAMPLE_STUNUM, sizeof days.stunum);
  days.to_us = XS_SAMPLE_TIME_US + G_TIME_SPAN_DAY;
  days.from_us = days.to_us - 2 * G_TIME_SPAN_DAY;
  g_strlcpy (export.log_sha256, s->log_sha256, sizeof export.log_sha256);
  g_strlcpy (action.sha256, s->log_sha256, sizeof action.sha256);
  g_strlcpy (action.id, "a", sizeof action.id);
  g_strlcpy (action.action, "decide", sizeof action.action);
  g_strlcpy (action.devnum, XS_SAMPLE_DEVNUM, sizeof action.devnum);
  g_strlcpy (action.reason, "face_mismatch", sizeof action.reason);
  action.seq = 1;
  action.version = 1;
  action.verdict = XS_VERDICT_VOID;
  g_array_append_val (actions.actions, action);
  g_autoptr (GBytes) asked = xs_review_query_encode (&query);
  g_strlcpy (query.stunum, XS_SAMPLE_STUNUM, sizeof query.stunum);
  g_autoptr (GBytes) of_learner = xs_review_query_encode (&query);
  g_autoptr (GBytes) of_days = xs_review_days_query_encode (&days);
  g_autoptr (GBytes) done = xs_review_actions_encode (&actions);
  g_autoptr (GBytes) exported = xs_review_export_encode (&export);
  say (s, "POST", XS_WIRE_PATH_REVIEW_QUEUE, FALSE, bearer, asked);
  say (s, "GET", log, FALSE, bearer, NULL);
  say (s, "POST", XS_WIRE_PATH_REVIEW_DAYS, FALSE, bearer, of_days);
  say (s, "POST", XS_WIRE_PATH_REVIEW_HISTORY, FALSE, bearer, of_learner);
  say (s, "GET", XS_WIRE_PATH_REVIEW_FEED "0", FALSE, bearer, NULL);
  say (s, "POST", XS_WIRE_PATH_REVIEW_RECKONING, FALSE, bearer, done);
  say (s, "POST", XS_WIRE_PATH_REVIEW_ACTIONS, FALSE, bearer, done);
  say (s, "PUT", XS_WIRE_PATH_REVIEW_PHOTOS XS_SAMPLE_STUNUM, FALSE, bearer, picture);
  say (s, "GET", photo, FALSE, bearer, NULL);
  say (s, "POST", XS_WIRE_PATH_REVIEW_LEARNERS, FALSE, bearer, asked);
  say (s, "POST", XS_WIRE_PATH_REVIEW_PHOTO_ACTIONS, FALSE, bearer, done);
  say (s, "POST", XS_WIRE_PATH_REVIEW_EXPORTS, FALSE, bearer, exported);
  say (s, "POST", XS_WIRE_PATH_REVIEW_VIEWS, FALSE, bearer, asked);
}

static void
say_courses (Session *s)
{
  g_autofree char *package = xs_make_course_package (s->f->dir, "course", 1, 1000, &s->f->key);
  g_autoptr (GError) error = NULL;
  XsPlatformCourse added;

  g_assert_true (xs_platform_storage_add_course (s->f->storage, package, &added, &error));
  g_autofree char *path = xs_wire_path_course (added.course.sha256);
  say_tagged (s, XS_WIRE_PATH_COURSE_LIST);
  say_tagged (s, path);
  say (s, "GET", path, TRUE, "Range: bytes=10-19\r\n", NULL);
  say (s, "GET", path, TRUE, "Range: bytes=1000000-\r\n", NULL);
}

static void
say_people (Session *s)
{
  XsWireSignIn sign_in = { .name = "wang", .password = "correct horse battery" };
  g_autoptr (GError) error = NULL;
  g_autofree char *nothing = xs_sha256_hex ("nothing", 7);
  g_autofree char *photo = g_strconcat (XS_WIRE_PATH_PEOPLE_PHOTOS, nothing, NULL);

  g_assert_true (xs_platform_storage_add_person (s->f->storage, "wang", XS_PLATFORM_ROLE_HEAD_COACH, NULL,
                                                 sign_in.password, &error));
  g_autoptr (GBytes) good = xs_wire_sign_in_encode (&sign_in);
  g_strlcpy (sign_in.password, "wrong horse battery", sizeof sign_in.password);
  g_autoptr (GBytes) bad = xs_wire_sign_in_encode (&sign_in);
  say (s, "POST", XS_WIRE_PATH_SIGN_IN, FALSE, NULL, bad);
  say (s, "POST", XS_WIRE_PATH_SIGN_IN, FALSE, NULL, good);
  JsonObject *last = json_array_get_object_element (s->exchanges, json_array_get_length (s->exchanges) - 1);
  g_autoptr (GBytes) body = get_bytes (json_object_get_object_member (last, "response"), "body");
  XsWirePerson person;
  g_assert_true (xs_wire_person_decode (&person, body, &error));
  g_autofree char *bearer = g_strdup_printf ("Authorization: Bearer %s\r\n", person.token);
  say (s, "GET", XS_WIRE_PATH_ME, FALSE, bearer, NULL);
  say (s, "GET", XS_WIRE_PATH_ME, FALSE, NULL, NULL);
  say (s, "GET", photo, FALSE, bearer, NULL);
  say_review (s, bearer);
  say (s, "POST", XS_WIRE_PATH_SIGN_OUT, FALSE, bearer, NULL);
}

static void
judge (Session *s)
{
  g_auto (XsAuditJob) job = { 0 };
  g_auto (XsAuditFacts) facts = { 0 };
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (GArray) doubts = xs_wire_reasons_new ();
  g_autoptr (GError) error = NULL;
  XsAuditOutcome outcome;
  gboolean found;

  g_assert_true (xs_platform_audit_claim (s->f->storage, G_TIME_SPAN_HOUR, &job, &found, &error));
  g_assert_true (found);
  xs_audit_facts_init (&facts);
  g_autoptr (XsAudit) audit = xs_audit_log (&job.wire_log.log, &job.policy, &facts);
  g_assert_true (xs_platform_audit_finish (s->f->storage, &job, audit, photos, doubts, &outcome, &error));
  g_assert_no_error (error);
}

/* At this device, while at another one, and after that. */
static void
say_seats (Session *s)
{
  XsWireSeatRequest seat = { .stunum = XS_SAMPLE_STUNUM };
  XsWireSeatAnswer answer;
  XsPlatformDevice other;
  g_autoptr (GBytes) sits = xs_wire_seat_request_encode (&seat);

  seat.leaves = TRUE;
  g_autoptr (GBytes) leaves = xs_wire_seat_request_encode (&seat);
  say (s, "POST", XS_WIRE_PATH_SESSIONS, TRUE, NULL, sits);
  say (s, "POST", XS_WIRE_PATH_SESSIONS, TRUE, NULL, leaves);
  g_assert_true (xs_platform_storage_find_device (s->f->storage, "4000000000000012", &other, NULL));
  g_assert_true (xs_platform_storage_take_seat (s->f->storage, &other, XS_SAMPLE_STUNUM, &answer, NULL));
  say (s, "POST", XS_WIRE_PATH_SESSIONS, TRUE, NULL, sits);
}

static void
say_health (Session *s)
{
  const XsWireDeviceHealth health = {
    .version = "1.2.0", .packaging = "native", .time_us = XS_SAMPLE_TIME_US, .ready = "not", .camera = "none"
  };
  g_autoptr (GBytes) report = xs_wire_health_report_encode (&health);
  g_autoptr (GBytes) plain = g_bytes_new_static ("{}", 2);
  g_autoptr (GBytes) sealed = xs_seal (xs_platform_storage_get_seal_key (s->f->storage)->public_key, plain);
  g_autoptr (GError) error = NULL;
  gint64 id;

  g_assert_true (xs_platform_fleet_set_version (s->f->storage, 1, "1.3.0", &error));
  g_assert_true (xs_platform_fleet_ask (s->f->storage, XS_SAMPLE_DEVNUM, "command:wang", &id, &error));
  g_assert_no_error (error);
  g_autofree char *path = xs_wire_path_diagnosis (id);
  say (s, "POST", XS_WIRE_PATH_DEVICE_HEALTH, TRUE, NULL, report);
  say (s, "POST", XS_WIRE_PATH_DEVICE_HEALTH, TRUE, NULL, plain);
  say (s, "PUT", path, TRUE, NULL, sealed);
  say (s, "PUT", path, TRUE, NULL, sealed);
}

static JsonArray *
record (gboolean everything)
{
  Fixture f = { 0 };
  Session s = { .f = &f, .exchanges = json_array_new () };

  xs_platform_fixture_set_up (&f, NULL);
  if (everything)
    say (&s, "GET", XS_WIRE_PATH_HEALTH, FALSE, NULL, NULL);
  hold_kiosk_session (&s);
  if (everything)
    {
      say_wrong (&s);
      say_pairing (&s);
      say_seats (&s);
      say_health (&s);
      say_consent (&s, 2);
      say_consent (&s, 2);
      say_consent (&s, 3);
      say_garbage_consent (&s);
      say_tagged (&s, XS_WIRE_PATH_ROSTER);
      judge (&s);
      say (&s, "GET", XS_WIRE_PATH_VERDICTS "0", TRUE, NULL, NULL);
      say_upload (&s);
      say_courses (&s);
      say_people (&s);
    }
  xs_platform_fixture_tear_down (&f, NULL);
  return s.exchanges;
}

static void
print_record (gboolean everything)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (root, record (everything));
  g_autofree char *text = xs_json_to_pretty (root);
  /* Not g_print(), which would make it fit into whatever character set this terminal has. */
  fputs (text, stdout);
}

/* Whether @now still says all that @then said. */
static void
assert_says_still (JsonNode *then, JsonNode *now, const char *where)
{
  if (JSON_NODE_HOLDS_OBJECT (then))
    {
      JsonObject *object = json_node_get_object (then);
      g_autoptr (GList) names = json_object_get_members (object);
      g_assert_true (JSON_NODE_HOLDS_OBJECT (now));
      for (GList *l = names; l != NULL; l = l->next)
        {
          JsonNode *member = json_object_get_member (json_node_get_object (now), l->data);
          g_test_message ("%s.%s", where, (const char *) l->data);
          g_assert_nonnull (member);
          /* Words for people may change. */
          if (strcmp (l->data, "message") != 0)
            assert_says_still (json_object_get_member (object, l->data), member, l->data);
        }
      return;
    }
  if (JSON_NODE_HOLDS_ARRAY (then))
    {
      JsonArray *array = json_node_get_array (then);
      g_assert_true (JSON_NODE_HOLDS_ARRAY (now));
      g_assert_cmpuint (json_array_get_length (json_node_get_array (now)), ==, json_array_get_length (array));
      for (guint i = 0; i < json_array_get_length (array); i++)
        assert_says_still (json_array_get_element (array, i), json_array_get_element (json_node_get_array (now), i),
                           where);
      return;
    }
  g_assert_true (json_node_equal (then, now));
}

static void
assert_answered (JsonObject *then, const XsReply *reply)
{
  JsonObject *headers = json_object_get_object_member (then, "headers");
  const char *type = json_object_get_string_member_with_default (headers, "Content-Type", NULL);
  g_autofree char *type_now = xs_reply_header (reply, "Content-Type");
  g_autoptr (GBytes) body = get_bytes (then, "body");

  g_assert_cmpuint (reply->status, ==, json_object_get_int_member (then, "status"));
  g_assert_cmpstr (type_now, ==, type);
  if (g_strcmp0 (type, XS_WIRE_TYPE_JSON) != 0)
    {
      g_assert_true (g_bytes_equal (body, reply->body));
      return;
    }
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) was = xs_json_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body), 100000, &error);
  g_assert_no_error (error);
  g_autoptr (JsonNode) is =
    xs_json_parse (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body), 100000, &error);
  g_assert_no_error (error);
  assert_says_still (was, is, "");
}

/* An ETag is the platform's own word: a kiosk brings back the one it got. */
static char *
with_etag (const char *head, const char *etag)
{
  g_auto (GStrv) parts = g_strsplit (head, "If-None-Match: ", 2);

  if (etag == NULL || parts[1] == NULL)
    return g_strdup (head);
  return g_strconcat (parts[0], "If-None-Match: ", etag, strstr (parts[1], "\r\n"), NULL);
}

/* L12: a kiosk from before, word for word as it was recorded. */
static void
test_old_kiosk (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "transcripts", "kiosk-schema-2.json", NULL);
  g_autofree char *text = NULL;
  g_autofree char *etag = NULL;
  g_autoptr (GError) error = NULL;
  Session s = { .f = f, .exchanges = json_array_new () };
  gsize size;

  g_assert_true (g_file_get_contents (path, &text, &size, &error));
  g_autoptr (JsonNode) root = xs_json_parse (text, size, size, &error);
  g_assert_no_error (error);
  JsonArray *exchanges = json_node_get_array (root);
  g_assert_cmpuint (json_array_get_length (exchanges), >=, 15);
  for (guint i = 0; i < json_array_get_length (exchanges); i++)
    {
      JsonObject *exchange = json_array_get_object_element (exchanges, i);
      JsonObject *request = json_object_get_object_member (exchange, "request");
      g_autofree char *head = with_etag (json_object_get_string_member (request, "head"), etag);
      g_autoptr (GBytes) body = get_bytes (request, "body");
      g_test_message ("%.60s", head);
      g_autoptr (XsReply) reply = converse (&s, head, body);
      assert_answered (json_object_get_object_member (exchange, "response"), reply);
      g_free (etag);
      etag = xs_reply_header (reply, "ETag");
    }
  json_array_unref (s.exchanges);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  if (argc == 2 && g_str_has_prefix (argv[1], "--record"))
    {
      print_record (g_str_equal (argv[1], "--record"));
      return 0;
    }
  if (argc == 2 && g_str_equal (argv[1], "--routes"))
    {
      g_auto (GStrv) routes = xs_platform_routes_describe ();
      for (guint i = 0; routes[i] != NULL; i++)
        g_print ("%s\n", routes[i]);
      return 0;
    }
  g_test_add ("/platform/transcripts/old-kiosk", Fixture, NULL, xs_platform_fixture_set_up, test_old_kiosk,
              xs_platform_fixture_tear_down);
  return g_test_run ();
}
