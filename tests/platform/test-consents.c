/* SPDX-License-Identifier: GPL-3.0-or-later */

/* PUT /v1/consents/{seq}, over HTTP, and what the roster says of it: C1 to C8 of docs/protocol.md. */

#include "xs-error.h"
#include "xs-platform-check.h"
#include "xs-platform-consent.h"
#include "xs-platform-export.h"
#include "xs-platform-fixture.h"
#include "xs-wire-consent.h"
#include "xs-wire-sample.h"

#include <string.h>

typedef XsPlatformFixture Fixture;

static XsConsentRecord
make (gint64 seq, gint64 wall_us, gboolean withdrawn)
{
  XsConsentRecord record = { .seq = seq, .text_version = 2, .wall_us = wall_us, .withdrawn = withdrawn };

  g_strlcpy (record.inscode, XS_SAMPLE_INSCODE, sizeof record.inscode);
  g_strlcpy (record.devnum, XS_SAMPLE_DEVNUM, sizeof record.devnum);
  g_strlcpy (record.stunum, XS_SAMPLE_STUNUM, sizeof record.stunum);
  return record;
}

static XsReply *
send_bytes (Fixture *f, gint64 seq, GBytes *bytes, const XsSignKey *signer)
{
  guint8 signature[XS_SIGNATURE_BYTES];
  g_autofree char *path = xs_wire_path_consent (seq);

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

static void
put (Fixture *f, const XsConsentRecord *record, gint64 seq, XsWireLogStatus status, const char *reason)
{
  g_autoptr (GBytes) bytes = xs_wire_consent_encode (record);
  g_autoptr (XsReply) reply = send_bytes (f, seq, bytes, &f->key);
  g_auto (XsWireLogAnswer) answer = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_wire_log_answer_decode (&answer, reply->status, reply->body, &error));
  g_assert_no_error (error);
  g_assert_cmpint (answer.status, ==, status);
  g_assert_cmpstr (answer.reason, ==, reason);
}

static void
decide (Fixture *f, gint64 seq, gint64 wall_us, gboolean withdrawn)
{
  XsConsentRecord record = make (seq, wall_us, withdrawn);

  put (f, &record, seq, XS_WIRE_LOG_ACCEPTED, "");
}

static guint
count (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) consents = xs_platform_list (f->storage, "consents", &error);

  g_assert_no_error (error);
  return json_array_get_length (json_node_get_array (consents));
}

/* As the roster tells it to kiosks. */
static XsConsent
standing (Fixture *f)
{
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) learners = xs_wire_roster_decode (reply->body, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < learners->len; i++)
    {
      const XsWireLearner *learner = &g_array_index (learners, XsWireLearner, i);
      if (strcmp (learner->stunum, XS_SAMPLE_STUNUM) == 0)
        return learner->consent;
    }
  g_assert_not_reached ();
}

static void
assert_stands (Fixture *f, gint64 text_version, gint64 wall_us)
{
  XsConsent consent = standing (f);

  g_assert_cmpint (consent.text_version, ==, text_version);
  g_assert_cmpint (consent.wall_us, ==, wall_us);
}

/* C1, C2: stored once however often it is sent; another one under the number changes nothing. */
static void
test_repeated_and_altered (Fixture *f, gconstpointer data)
{
  XsConsentRecord record = make (3, XS_SAMPLE_TIME_US, FALSE);

  assert_stands (f, 0, 0);
  put (f, &record, 3, XS_WIRE_LOG_ACCEPTED, "");
  put (f, &record, 3, XS_WIRE_LOG_DUPLICATE, "");
  assert_stands (f, 2, XS_SAMPLE_TIME_US);
  record.withdrawn = TRUE;
  put (f, &record, 3, XS_WIRE_LOG_CONFLICT, "");
  assert_stands (f, 2, XS_SAMPLE_TIME_US);
  g_assert_cmpuint (count (f), ==, 1);
}

/* C3: in the order of the table. */
static void
test_rejected (Fixture *f, gconstpointer data)
{
  XsConsentRecord record = make (3, XS_SAMPLE_TIME_US, FALSE);
  XsSignKey stranger;
  g_autoptr (GBytes) bytes = xs_wire_consent_encode (&record);
  g_autoptr (GBytes) garbage = g_bytes_new_static ("{}", 2);

  xs_make_key (&stranger, f->dir, 7);
  g_autoptr (XsReply) unsigned_reply = send_bytes (f, 3, bytes, &stranger);
  g_assert_cmpuint (unsigned_reply->status, ==, 422);
  g_assert_nonnull (strstr (g_bytes_get_data (unsigned_reply->body, NULL), XS_WIRE_REASON_BAD_SIGNATURE));
  g_autoptr (XsReply) invalid = send_bytes (f, 3, garbage, &f->key);
  g_assert_cmpuint (invalid->status, ==, 422);
  put (f, &record, 4, XS_WIRE_LOG_REJECTED, XS_WIRE_REASON_NUMBER_MISMATCH);
  g_strlcpy (record.devnum, "4000000000000005", sizeof record.devnum);
  put (f, &record, 3, XS_WIRE_LOG_REJECTED, XS_WIRE_REASON_NUMBER_MISMATCH);
  record = make (3, XS_SAMPLE_TIME_US, FALSE);
  g_strlcpy (record.inscode, "1000000000000009", sizeof record.inscode);
  put (f, &record, 3, XS_WIRE_LOG_REJECTED, XS_WIRE_REASON_NUMBER_MISMATCH);
  record = make (3, XS_SAMPLE_TIME_US, FALSE);
  g_strlcpy (record.stunum, "2000000000000009", sizeof record.stunum);
  put (f, &record, 3, XS_WIRE_LOG_REJECTED, XS_WIRE_REASON_UNKNOWN_LEARNER);
  g_assert_cmpuint (count (f), ==, 0);
  assert_stands (f, 0, 0);
}

/* C4: what was decided last stands, in whatever order it came; of one moment the withdrawal. */
static void
test_order (Fixture *f, gconstpointer data)
{
  decide (f, 2, XS_SAMPLE_TIME_US + 20, TRUE);
  assert_stands (f, 0, XS_SAMPLE_TIME_US + 20);
  decide (f, 1, XS_SAMPLE_TIME_US + 10, FALSE);
  assert_stands (f, 0, XS_SAMPLE_TIME_US + 20);
  decide (f, 3, XS_SAMPLE_TIME_US + 20, FALSE);
  assert_stands (f, 0, XS_SAMPLE_TIME_US + 20);
  decide (f, 4, XS_SAMPLE_TIME_US + 30, FALSE);
  assert_stands (f, 2, XS_SAMPLE_TIME_US + 30);
  decide (f, 5, XS_SAMPLE_TIME_US + 30, TRUE);
  assert_stands (f, 0, XS_SAMPLE_TIME_US + 30);
  g_assert_cmpuint (count (f), ==, 5);
}

static void
withdraw (Fixture *f, gboolean expected)
{
  g_autoptr (GError) error = NULL;
  gboolean withdrawn;

  g_assert_true (xs_platform_storage_withdraw_consent (f->storage, XS_SAMPLE_STUNUM, &withdrawn, &error));
  g_assert_no_error (error);
  g_assert_cmpint (withdrawn, ==, expected);
}

/* C5: at the school it is taken back after all that is known, also of a kiosk whose clock is ahead, and once. */
static void
test_at_school (Fixture *f, gconstpointer data)
{
  gint64 now_us = xs_clock_wall_us (f->clock);
  gint64 ahead_us = now_us + G_TIME_SPAN_HOUR;
  g_autoptr (GError) error = NULL;
  gboolean withdrawn;

  withdraw (f, TRUE);
  assert_stands (f, 0, now_us);
  decide (f, 1, now_us - 5, FALSE);
  assert_stands (f, 0, now_us);
  decide (f, 2, ahead_us, FALSE);
  assert_stands (f, 2, ahead_us);
  withdraw (f, TRUE);
  assert_stands (f, 0, ahead_us + 1);
  withdraw (f, FALSE);
  g_assert_cmpuint (count (f), ==, 4);
  g_assert_false (xs_platform_storage_withdraw_consent (f->storage, "2000000000000009", &withdrawn, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

/* G1: a kiosk that asks with the tag of before gets the new roster. */
static void
test_etag (Fixture *f, gconstpointer data)
{
  g_autoptr (XsReply) before = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  decide (f, 1, XS_SAMPLE_TIME_US, FALSE);
  g_autoptr (XsReply) after = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);

  g_assert_false (g_bytes_equal (before->body, after->body));
  withdraw (f, TRUE);
  g_autoptr (XsReply) last = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_assert_false (g_bytes_equal (after->body, last->body));
}

static gpointer
send_in_thread (gpointer data)
{
  XsConsentRecord record = make (5, XS_SAMPLE_TIME_US, FALSE);
  g_autoptr (GBytes) bytes = xs_wire_consent_encode (&record);

  return send_bytes (data, 5, bytes, &((Fixture *) data)->key);
}

/* C1: the same decision on ten connections at once: one is accepted. */
static void
test_parallel (Fixture *f, gconstpointer data)
{
  GThread *threads[10];
  guint n_accepted = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("consent", send_in_thread, f);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (XsReply) reply = g_thread_join (threads[i]);
      g_auto (XsWireLogAnswer) answer = { 0 };
      g_assert_true (xs_wire_log_answer_decode (&answer, reply->status, reply->body, NULL));
      n_accepted += answer.status == XS_WIRE_LOG_ACCEPTED;
      g_assert_true (answer.status == XS_WIRE_LOG_ACCEPTED || answer.status == XS_WIRE_LOG_DUPLICATE);
    }
  g_assert_cmpuint (n_accepted, ==, 1);
  g_assert_cmpuint (count (f), ==, 1);
}

/* What lies there is found to be as it came; one made at the school has nothing to be compared with. */
static void
test_verify (Fixture *f, gconstpointer data)
{
  g_auto (XsPlatformChecked) checked = { 0 };
  g_autoptr (GError) error = NULL;

  decide (f, 1, XS_SAMPLE_TIME_US, FALSE);
  withdraw (f, TRUE);
  g_assert_true (xs_platform_check (f->storage, FALSE, &checked, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (checked.problems->len, ==, 0);
}

static gboolean
count_one (const XsPlatformConsent *consent, gpointer data, GError **error)
{
  g_assert_cmpint (consent->decided_us, ==, ++*(gint64 *) data);
  return TRUE;
}

/* All are gone through once and in the order they came, by whatever clock, whether or not the last page is full. */
static void
test_all (Fixture *f, gconstpointer data)
{
  const gint64 ends[] = { 128, 130 };
  gint64 n = 0;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *sql =
        g_strdup_printf ("INSERT INTO consent (stunum, text_version, withdrawn, decided_us, received_us)"
                         " WITH RECURSIVE n (i) AS (SELECT cast (%" G_GINT64_FORMAT
                         " AS BIGINT) UNION ALL SELECT i + 1 FROM n"
                         " WHERE i < %" G_GINT64_FORMAT ") SELECT '" XS_SAMPLE_STUNUM
                         "', 0, 1, i, 1000 - i FROM n ORDER BY i",
                         n + 1, ends[i]);
      xs_platform_fixture_exec (f, sql, NULL);
      n = 0;
      g_assert_true (xs_platform_storage_foreach_consent (f->storage, count_one, &n, &error));
      g_assert_no_error (error);
      g_assert_cmpint (n, ==, ends[i]);
    }
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/consents/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                   \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("repeated-and-altered", test_repeated_and_altered);
  ADD ("rejected", test_rejected);
  ADD ("order", test_order);
  ADD ("at-school", test_at_school);
  ADD ("etag", test_etag);
  ADD ("parallel", test_parallel);
  ADD ("verify", test_verify);
  ADD ("all", test_all);
  return g_test_run ();
}
