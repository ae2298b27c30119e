/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-platform-fixture.h"
#include "xs-wire-auth.h"

#include <string.h>

/* Rules P and A of docs/protocol.md. */

typedef XsPlatformFixture Fixture;

static XsReply *
bring_code (Fixture *f, const char *code, const XsSignKey *key)
{
  g_autoptr (GBytes) body = xs_wire_pair_request_encode (code, key);
  XsRequest request = { .port = f->port, .method = "POST", .path = XS_WIRE_PATH_PAIR, .body = body };
  return xs_send (&request);
}

static char *
make_code (Fixture *f, const char *devnum)
{
  g_autoptr (GError) error = NULL;
  char *code = xs_platform_storage_make_pair_code (f->storage, devnum, 15 * G_TIME_SPAN_MINUTE, &error);

  g_assert_no_error (error);
  g_assert_true (xs_number_is_valid (code, XS_PLATFORM_CODE_DIGITS));
  return code;
}

static void
assert_paired (const XsReply *reply, const char *devnum)
{
  XsWirePairAnswer answer;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_true (xs_wire_pair_answer_decode (&answer, reply->body, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (answer.devnum, ==, devnum);
  g_assert_cmpstr (answer.inscode, ==, XS_SAMPLE_INSCODE);
  g_assert_cmpstr (answer.school, ==, "示范驾校");
}

/* What a request of @key as @devnum is answered with. */
static guint
try_key (Fixture *f, const XsSignKey *key, const char *devnum)
{
  XsRequest request = { .port = f->port,
                        .method = "GET",
                        .path = XS_WIRE_PATH_ROSTER,
                        .key = key,
                        .devnum = devnum,
                        .time_us = xs_clock_wall_us (f->clock) };
  g_autoptr (XsReply) reply = xs_send (&request);

  return reply->status;
}

/* P1 */
static void
test_once (Fixture *f, gconstpointer data)
{
  XsSignKey first;
  XsSignKey second;
  g_autofree char *code = make_code (f, "4000000000000009");

  xs_make_key (&first, f->dir, 1);
  xs_make_key (&second, f->dir, 2);
  g_autoptr (XsReply) paired = bring_code (f, code, &first);
  g_autoptr (XsReply) repeated = bring_code (f, code, &first);
  g_autoptr (XsReply) stolen = bring_code (f, code, &second);
  assert_paired (paired, "4000000000000009");
  assert_paired (repeated, "4000000000000009");
  xs_assert_error (stolen, 403, XS_WIRE_ERROR_CODE_USED);
  g_assert_cmpuint (try_key (f, &first, "4000000000000009"), ==, 200);
  g_assert_cmpuint (try_key (f, &second, "4000000000000009"), ==, 401);
}

static void
test_expired (Fixture *f, gconstpointer data)
{
  XsSignKey key;
  g_autofree char *unused = make_code (f, NULL);
  g_autofree char *used = make_code (f, NULL);

  xs_make_key (&key, f->dir, 1);
  g_autoptr (XsReply) paired = bring_code (f, used, &key);
  g_assert_cmpuint (paired->status, ==, 200);
  xs_clock_fake_advance (f->clock, 15 * G_TIME_SPAN_MINUTE + 1);
  g_autoptr (XsReply) too_late = bring_code (f, unused, &key);
  g_autoptr (XsReply) repeated_late = bring_code (f, used, &key);
  xs_assert_error (too_late, 403, XS_WIRE_ERROR_CODE_EXPIRED);
  xs_assert_error (repeated_late, 403, XS_WIRE_ERROR_CODE_EXPIRED);
}

/* P7: what was changed on its way pairs nobody, and leaves the code to who typed it. */
static void
test_changed (Fixture *f, gconstpointer data)
{
  XsSignKey key;
  XsSignKey other;
  g_autofree char *code = make_code (f, "4000000000000009");

  xs_make_key (&key, f->dir, 1);
  xs_make_key (&other, f->dir, 2);
  g_autofree char *right = g_base64_encode (key.public_key, XS_KEY_BYTES);
  g_autofree char *wrong = g_base64_encode (other.public_key, XS_KEY_BYTES);
  g_autoptr (GBytes) good = xs_wire_pair_request_encode (code, &key);
  g_autofree char *text = g_strndup (g_bytes_get_data (good, NULL), g_bytes_get_size (good));
  g_auto (GStrv) parts = g_strsplit (text, right, 2);
  g_autofree char *changed = g_strjoinv (wrong, parts);
  g_autoptr (GBytes) body = g_bytes_new (changed, strlen (changed));
  XsRequest request = { .port = f->port, .method = "POST", .path = XS_WIRE_PATH_PAIR, .body = body };
  g_autoptr (XsReply) refused = xs_send (&request);
  g_autoptr (XsReply) paired = bring_code (f, code, &key);
  xs_assert_error (refused, 400, XS_WIRE_ERROR_BAD_REQUEST);
  assert_paired (paired, "4000000000000009");
}

/* P3 */
static void
test_guessing (Fixture *f, gconstpointer data)
{
  XsSignKey key;
  g_autofree char *code = make_code (f, NULL);

  xs_make_key (&key, f->dir, 1);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (XsReply) wrong = bring_code (f, "wrong", &key);
      xs_assert_error (wrong, 403, XS_WIRE_ERROR_CODE_UNKNOWN);
    }
  g_autoptr (XsReply) refused = bring_code (f, code, &key);
  g_autofree char *retry = xs_reply_header (refused, "Retry-After");
  xs_assert_error (refused, 429, XS_WIRE_ERROR_TOO_MANY);
  g_assert_cmpstr (retry, ==, "60");
  xs_clock_fake_advance (f->clock, 61 * G_USEC_PER_SEC);
  g_autoptr (XsReply) paired = bring_code (f, code, &key);
  g_assert_cmpuint (paired->status, ==, 200);
}

static void
test_provisional_numbers (Fixture *f, gconstpointer data)
{
  XsSignKey first;
  XsSignKey second;
  g_autofree char *code_1 = make_code (f, NULL);
  g_autofree char *code_2 = make_code (f, NULL);
  g_autofree char *code_3 = make_code (f, NULL);

  xs_make_key (&first, f->dir, 1);
  xs_make_key (&second, f->dir, 2);
  g_autoptr (XsReply) reply_1 = bring_code (f, code_1, &first);
  g_autoptr (XsReply) reply_2 = bring_code (f, code_2, &second);
  g_autoptr (XsReply) again = bring_code (f, code_3, &first);
  assert_paired (reply_1, "0000000000000001");
  assert_paired (reply_2, "0000000000000002");
  assert_paired (again, "0000000000000001");
}

/* A device that has sent nothing may get its real number; one that has may not (P4). */
static void
test_renumber (Fixture *f, gconstpointer data)
{
  XsSignKey key;
  g_auto (XsWireLog) wire_log;

  xs_make_key (&key, f->dir, 1);
  g_autoptr (XsReply) provisional = xs_platform_fixture_pair (f, &key, NULL);
  g_autoptr (XsReply) real = xs_platform_fixture_pair (f, &key, "4000000000000010");
  assert_paired (provisional, "0000000000000001");
  assert_paired (real, "4000000000000010");
  g_assert_cmpuint (try_key (f, &key, "0000000000000001"), ==, 401);
  g_assert_cmpuint (try_key (f, &key, "4000000000000010"), ==, 200);

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  g_array_set_size (wire_log.log.minutes, 0);
  g_strlcpy (wire_log.log.devnum, "4000000000000010", sizeof wire_log.log.devnum);
  g_autoptr (XsReply) accepted = xs_send_log (f->port, &key, "4000000000000010", XS_SAMPLE_TIME_US, &wire_log);
  g_assert_cmpuint (accepted->status, ==, 200);
  g_autoptr (XsReply) refused = xs_platform_fixture_pair (f, &key, "4000000000000011");
  g_autoptr (XsReply) same = xs_platform_fixture_pair (f, &key, "4000000000000010");
  xs_assert_error (refused, 403, XS_WIRE_ERROR_DEVICE_PAIRED);
  assert_paired (same, "4000000000000010");
}

/* A new key under an old number: the old one stops, its logs stay, and the new one counts from 1. */
static void
test_replaced (Fixture *f, gconstpointer data)
{
  XsSignKey key;
  g_auto (XsWireLog) wire_log;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) devices = NULL;

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  g_autoptr (XsReply) before = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, XS_SAMPLE_TIME_US, &wire_log);
  g_assert_cmpuint (before->status, ==, 200);

  xs_make_key (&key, f->dir, 1);
  g_autoptr (XsReply) replaced = xs_platform_fixture_pair (f, &key, XS_SAMPLE_DEVNUM);
  assert_paired (replaced, XS_SAMPLE_DEVNUM);
  g_assert_cmpuint (try_key (f, &f->key, XS_SAMPLE_DEVNUM), ==, 401);
  g_assert_cmpuint (try_key (f, &key, XS_SAMPLE_DEVNUM), ==, 200);
  g_strlcpy (wire_log.log.recnum, "00008", sizeof wire_log.log.recnum);
  g_autoptr (XsReply) after = xs_send_log (f->port, &key, XS_SAMPLE_DEVNUM, XS_SAMPLE_TIME_US, &wire_log);
  g_assert_cmpuint (after->status, ==, 200);

  devices = xs_platform_storage_list_devices (f->storage, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (devices->len, ==, 2);
  g_assert_cmpint (g_array_index (devices, XsPlatformDevice, 0).revoked_us, >, 0);
  g_assert_cmpint (g_array_index (devices, XsPlatformDevice, 1).revoked_us, ==, 0);
}

/* A replaced device does not come back by the code it once used. */
static void
test_replaced_repeats (Fixture *f, gconstpointer data)
{
  XsSignKey first;
  XsSignKey second;
  g_autofree char *code = make_code (f, "4000000000000009");
  g_autofree char *next_code = make_code (f, "4000000000000009");

  xs_make_key (&first, f->dir, 1);
  xs_make_key (&second, f->dir, 2);
  g_autoptr (XsReply) paired = bring_code (f, code, &first);
  g_autoptr (XsReply) replaced = bring_code (f, next_code, &second);
  g_autoptr (XsReply) repeated = bring_code (f, code, &first);
  assert_paired (paired, "4000000000000009");
  assert_paired (replaced, "4000000000000009");
  xs_assert_error (repeated, 403, XS_WIRE_ERROR_CODE_USED);
  g_assert_cmpuint (try_key (f, &second, "4000000000000009"), ==, 200);
}

static void
test_malformed (Fixture *f, gconstpointer data)
{
  static const char *const bodies[] = {
    "",
    "{",
    "[]",
    "{}",
    "{\"code\":\"12345678\"}",
    "{\"code\":\"12345678\",\"device_key\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}",
    "{\"code\":12345678,\"device_key\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}",
    "{\"code\":\"\",\"device_key\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}",
    "{\"code\":\"123456789012345678901234567890123\",\"device_key\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}",
    "{\"code\":\"12345678\",\"device_key\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUQ==\"}",
    "{\"code\":\"12345678\",\"device_key\":\"!\"}",
    "{\"code\":\"12345678\",\"device_key\":null}",
    "{\"code\":\"\xff\",\"device_key\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new (bodies[i], strlen (bodies[i]));
      XsRequest request = { .port = f->port, .method = "POST", .path = XS_WIRE_PATH_PAIR, .body = body };
      g_autoptr (XsReply) reply = xs_send (&request);
      xs_assert_error (reply, 400, XS_WIRE_ERROR_BAD_REQUEST);
    }
}

static void
test_no_authorization (Fixture *f, gconstpointer data)
{
  static const char *const headers[] = {
    "",
    "Authorization: Basic dTpw\r\n",
    "Authorization: Xueshi\r\n",
    "Authorization: Xueshi devnum=" XS_SAMPLE_DEVNUM ",time=20260105090300,signature=\r\n",
    "Authorization: Xueshi devnum='; DROP TABLE device; --,time=20260105090300,signature=x\r\n",
  };
  static const char *const paths[] = { XS_WIRE_PATH_POLICY, XS_WIRE_PATH_ROSTER };

  for (guint i = 0; i < G_N_ELEMENTS (headers) * G_N_ELEMENTS (paths); i++)
    {
      XsRequest request = { .port = f->port, .method = "GET", .path = paths[i % 2], .headers = headers[i / 2] };
      g_autoptr (XsReply) reply = xs_send (&request);
      xs_assert_error (reply, 401, XS_WIRE_ERROR_UNAUTHORIZED);
    }
}

static void
test_wrong_signature (Fixture *f, gconstpointer data)
{
  XsSignKey other;

  xs_make_key (&other, f->dir, 1);
  g_assert_cmpuint (try_key (f, &f->key, XS_SAMPLE_DEVNUM), ==, 200);
  g_assert_cmpuint (try_key (f, &other, XS_SAMPLE_DEVNUM), ==, 401);
  g_assert_cmpuint (try_key (f, &f->key, "4000000000000005"), ==, 401);
}

/* A header belongs to one method, one path and one body. */
static void
test_altered_request (Fixture *f, gconstpointer data)
{
  static const char honest[] = "{\"photos\":[]}";
  static const char altered[] = "{\"photos\":[] }";
  g_autoptr (GBytes) honest_body = g_bytes_new_static (honest, strlen (honest));
  g_autoptr (GBytes) altered_body = g_bytes_new_static (altered, strlen (altered));
  g_autofree char *authorization =
    xs_wire_authorization_new (XS_SAMPLE_DEVNUM, &f->key, "POST", XS_WIRE_PATH_PHOTOS_MISSING, honest_body,
                               XS_SAMPLE_TIME_US);
  g_autofree char *header = g_strdup_printf ("Authorization: %s\r\n", authorization);
  XsRequest request = {
    .port = f->port, .method = "POST", .path = XS_WIRE_PATH_PHOTOS_MISSING, .body = honest_body, .headers = header
  };

  g_autoptr (XsReply) good = xs_send (&request);
  g_assert_cmpuint (good->status, ==, 200);
  g_autoptr (XsReply) replayed = xs_send (&request);
  g_assert_cmpuint (replayed->status, ==, 200);
  request.body = altered_body;
  g_autoptr (XsReply) other_body = xs_send (&request);
  xs_assert_error (other_body, 401, XS_WIRE_ERROR_UNAUTHORIZED);
  request.method = "GET";
  request.path = XS_WIRE_PATH_ROSTER;
  request.body = NULL;
  g_autoptr (XsReply) other_path = xs_send (&request);
  xs_assert_error (other_path, 401, XS_WIRE_ERROR_UNAUTHORIZED);
}

static void
test_wrong_clock (Fixture *f, gconstpointer data)
{
  static const struct {
    gint64 offset_us;
    gboolean accepted;
  } cases[] = {
    { 0, TRUE },
    { G_TIME_SPAN_DAY - G_TIME_SPAN_MINUTE, TRUE },
    { -G_TIME_SPAN_DAY + G_TIME_SPAN_MINUTE, TRUE },
    { G_TIME_SPAN_DAY + G_TIME_SPAN_MINUTE, FALSE },
    { -G_TIME_SPAN_DAY - G_TIME_SPAN_MINUTE, FALSE },
    { -XS_SAMPLE_TIME_US, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      XsWireError wire_error;
      g_autoptr (GError) error = NULL;
      XsRequest request = { .port = f->port,
                            .method = "GET",
                            .path = XS_WIRE_PATH_ROSTER,
                            .key = &f->key,
                            .devnum = XS_SAMPLE_DEVNUM,
                            .time_us = XS_SAMPLE_TIME_US + cases[i].offset_us };
      g_autoptr (XsReply) reply = xs_send (&request);
      if (cases[i].accepted)
        {
          g_assert_cmpuint (reply->status, ==, 200);
          continue;
        }
      xs_assert_error (reply, 401, XS_WIRE_ERROR_CLOCK_WRONG);
      g_assert_true (xs_wire_error_decode (&wire_error, reply->body, &error));
      g_assert_cmpint (wire_error.time_us, ==, XS_SAMPLE_TIME_US);
    }
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/pairing/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                    \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("once", test_once);
  ADD ("expired", test_expired);
  ADD ("changed", test_changed);
  ADD ("guessing", test_guessing);
  ADD ("provisional-numbers", test_provisional_numbers);
  ADD ("renumber", test_renumber);
  ADD ("replaced", test_replaced);
  ADD ("replaced-repeats", test_replaced_repeats);
  ADD ("malformed", test_malformed);
  ADD ("no-authorization", test_no_authorization);
  ADD ("wrong-signature", test_wrong_signature);
  ADD ("altered-request", test_altered_request);
  ADD ("wrong-clock", test_wrong_clock);
  return g_test_run ();
}
