/* SPDX-License-Identifier: GPL-3.0-or-later */

/* PUT /v1/appeals/{seq}, over HTTP: U1 to U5 of docs/protocol.md. */

#include "xs-error.h"
#include "xs-platform-check.h"
#include "xs-platform-export.h"
#include "xs-platform-fixture.h"
#include "xs-wire-appeal.h"
#include "xs-wire-sample.h"

#include <string.h>

typedef XsPlatformFixture Fixture;

static XsAppeal
make_appeal (gint64 seq)
{
  XsAppeal appeal = { .seq = seq, .wall_us = XS_SAMPLE_TIME_US, .reason = XS_APPEAL_WAS_PRESENT };

  g_strlcpy (appeal.inscode, XS_SAMPLE_INSCODE, sizeof appeal.inscode);
  g_strlcpy (appeal.devnum, XS_SAMPLE_DEVNUM, sizeof appeal.devnum);
  g_strlcpy (appeal.stunum, XS_SAMPLE_STUNUM, sizeof appeal.stunum);
  g_strlcpy (appeal.recnum, "00007", sizeof appeal.recnum);
  g_strlcpy (appeal.comment, "我在", sizeof appeal.comment);
  memset (appeal.log_sha256, 'a', 64);
  return appeal;
}

static XsReply *
send_bytes (Fixture *f, gint64 seq, GBytes *bytes, const XsSignKey *signer)
{
  guint8 signature[XS_SIGNATURE_BYTES];
  g_autofree char *path = xs_wire_path_appeal (seq);

  xs_sign (signer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), signature);
  g_autofree char *text = g_base64_encode (signature, sizeof signature);
  g_autofree char *headers = g_strdup_printf (XS_WIRE_HEADER_SIGNATURE ": %s\r\n", text);
  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = path,
                        .body = bytes,
                        .headers = headers,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = xs_clock_wall_us (f->clock) };
  return xs_send (&request);
}

static XsReply *
send_appeal (Fixture *f, const XsAppeal *appeal)
{
  g_autoptr (GBytes) bytes = xs_wire_appeal_encode (appeal);

  return send_bytes (f, appeal->seq, bytes, &f->key);
}

static void
assert_answer (const XsReply *reply, XsWireLogStatus status, const char *reason)
{
  g_auto (XsWireLogAnswer) answer = { 0 };
  g_autoptr (GError) error = NULL;

  gboolean decoded = xs_wire_log_answer_decode (&answer, reply->status, reply->body, &error);
  g_assert_no_error (error);
  g_assert_true (decoded);
  g_assert_cmpint (answer.status, ==, status);
  g_assert_cmpstr (answer.reason, ==, reason != NULL ? reason : "");
  g_assert_cmpstr (answer.message, !=, reason != NULL ? "" : NULL);
}

/* (transfer full) */
static JsonNode *
list (Fixture *f, guint n)
{
  g_autoptr (GError) error = NULL;
  JsonNode *appeals = xs_platform_list (f->storage, "appeals", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (appeals)), ==, n);
  return appeals;
}

/* U1, U2: stored once however often it is sent; another one against the same log changes nothing. */
static void
test_repeated_and_altered (Fixture *f, gconstpointer data)
{
  XsAppeal appeal = make_appeal (3);
  g_autoptr (XsReply) first = send_appeal (f, &appeal);
  g_autoptr (XsReply) second = send_appeal (f, &appeal);

  assert_answer (first, XS_WIRE_LOG_ACCEPTED, NULL);
  assert_answer (second, XS_WIRE_LOG_DUPLICATE, NULL);
  appeal.reason = XS_APPEAL_PC;
  g_autoptr (XsReply) altered = send_appeal (f, &appeal);
  assert_answer (altered, XS_WIRE_LOG_CONFLICT, NULL);

  g_autoptr (JsonNode) appeals = list (f, 1);
  JsonObject *shown = json_array_get_object_element (json_node_get_array (appeals), 0);
  g_assert_cmpint (json_object_get_int_member (shown, "seq"), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (shown, "devnum"), ==, XS_SAMPLE_DEVNUM);
  g_assert_cmpstr (json_object_get_string_member (shown, "stunum"), ==, XS_SAMPLE_STUNUM);
  g_assert_cmpstr (json_object_get_string_member (shown, "recnum"), ==, "00007");
  g_assert_cmpstr (json_object_get_string_member (shown, "reason"), ==, "was_present");
  g_assert_cmpstr (json_object_get_string_member (shown, "comment"), ==, "我在");
  g_assert_false (json_object_get_boolean_member (shown, "log"));
}

/* U3: also against a log that was refused, or has not come yet. */
static void
test_log_comes_later (Fixture *f, gconstpointer data)
{
  g_auto (XsWireLog) wire_log;
  XsAppeal appeal = make_appeal (1);
  g_autoptr (XsReply) before = send_appeal (f, &appeal);

  assert_answer (before, XS_WIRE_LOG_ACCEPTED, NULL);
  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  g_autoptr (XsReply) log = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, xs_clock_wall_us (f->clock), &wire_log);
  g_assert_cmpuint (log->status, ==, 200);
  g_autoptr (JsonNode) appeals = list (f, 1);
  JsonObject *shown = json_array_get_object_element (json_node_get_array (appeals), 0);
  g_assert_true (json_object_get_boolean_member (shown, "log"));
}

static void
refuse (Fixture *f, XsAppeal *appeal, gint64 seq, const char *reason)
{
  g_autoptr (GBytes) bytes = xs_wire_appeal_encode (appeal);
  g_autoptr (XsReply) reply = send_bytes (f, seq, bytes, &f->key);

  assert_answer (reply, XS_WIRE_LOG_REJECTED, reason);
  *appeal = make_appeal (3);
}

/* U4: in the order of the table. */
static void
test_rejected (Fixture *f, gconstpointer data)
{
  XsAppeal appeal = make_appeal (3);
  XsSignKey stranger;
  g_autoptr (GBytes) bytes = xs_wire_appeal_encode (&appeal);
  g_autoptr (GBytes) garbage = g_bytes_new_static ("{}", 2);

  xs_make_key (&stranger, f->dir, 7);
  g_autoptr (XsReply) unsigned_reply = send_bytes (f, 3, bytes, &stranger);
  assert_answer (unsigned_reply, XS_WIRE_LOG_REJECTED, XS_WIRE_REASON_BAD_SIGNATURE);
  g_autoptr (XsReply) invalid = send_bytes (f, 3, garbage, &f->key);
  assert_answer (invalid, XS_WIRE_LOG_REJECTED, XS_WIRE_REASON_INVALID);
  refuse (f, &appeal, 4, XS_WIRE_REASON_NUMBER_MISMATCH);
  g_strlcpy (appeal.devnum, "4000000000000005", sizeof appeal.devnum);
  refuse (f, &appeal, 3, XS_WIRE_REASON_NUMBER_MISMATCH);
  g_strlcpy (appeal.inscode, "1000000000000009", sizeof appeal.inscode);
  refuse (f, &appeal, 3, XS_WIRE_REASON_NUMBER_MISMATCH);
  g_strlcpy (appeal.stunum, "2000000000000009", sizeof appeal.stunum);
  refuse (f, &appeal, 3, XS_WIRE_REASON_UNKNOWN_LEARNER);
  g_autoptr (JsonNode) none = list (f, 0);
}

static void
test_paths (Fixture *f, gconstpointer data)
{
  static const char *const bad[] = { "/v1/appeals/", "/v1/appeals/0", "/v1/appeals/01", "/v1/appeals/x" };
  g_autofree char *large = g_strnfill (XS_WIRE_APPEAL_MAX_BYTES + 1, 'x');
  g_autoptr (GBytes) too_large = g_bytes_new (large, strlen (large));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "PUT", bad[i], too_large);
      xs_assert_error (reply, 404, XS_WIRE_ERROR_NOT_FOUND);
    }
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "PUT", "/v1/appeals/1", too_large);
  xs_assert_error (reply, 413, XS_WIRE_ERROR_TOO_LARGE);
  g_autoptr (XsReply) method = xs_platform_fixture_send (f, "GET", "/v1/appeals/1", NULL);
  xs_assert_error (method, 405, XS_WIRE_ERROR_METHOD);
}

static gpointer
send_in_thread (gpointer data)
{
  XsAppeal appeal = make_appeal (5);

  return send_appeal (data, &appeal);
}

/* The same appeal on ten connections at once: one is accepted. */
static void
test_parallel (Fixture *f, gconstpointer data)
{
  GThread *threads[10];
  guint n_accepted = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("appeal", send_in_thread, f);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (XsReply) reply = g_thread_join (threads[i]);
      g_auto (XsWireLogAnswer) answer = { 0 };
      g_assert_true (xs_wire_log_answer_decode (&answer, reply->status, reply->body, NULL));
      n_accepted += answer.status == XS_WIRE_LOG_ACCEPTED;
      g_assert_true (answer.status == XS_WIRE_LOG_ACCEPTED || answer.status == XS_WIRE_LOG_DUPLICATE);
    }
  g_assert_cmpuint (n_accepted, ==, 1);
  g_autoptr (JsonNode) appeals = list (f, 1);
}

/* What lies there is found to be as it came, or not. */
static void
test_verify (Fixture *f, gconstpointer data)
{
  XsAppeal appeal = make_appeal (3);
  g_autoptr (XsReply) reply = send_appeal (f, &appeal);
  g_auto (XsPlatformChecked) checked = { 0 };
  g_autoptr (GError) error = NULL;

  assert_answer (reply, XS_WIRE_LOG_ACCEPTED, NULL);
  g_assert_true (xs_platform_check (f->storage, FALSE, &checked, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (checked.problems->len, ==, 0);
  g_assert_nonnull (strstr (g_ptr_array_index (checked.notes, 0), "the log is not here"));
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/appeals/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                    \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("repeated-and-altered", test_repeated_and_altered);
  ADD ("log-comes-later", test_log_comes_later);
  ADD ("rejected", test_rejected);
  ADD ("paths", test_paths);
  ADD ("parallel", test_parallel);
  ADD ("verify", test_verify);
  return g_test_run ();
}
