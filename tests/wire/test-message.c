/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-wire-message.h"
#include "xs-wire-sample.h"

#include <string.h>

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
assert_text (GBytes *bytes, const char *expected)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_assert_cmpstr (text, ==, expected);
}

static void
test_paths (void)
{
  g_autofree char *photo = xs_wire_path_photo (HASH_A);
  g_autofree char *registration = xs_wire_path_registration_photo (HASH_B);
  g_autofree char *log = xs_wire_path_log (42);

  g_assert_cmpstr (photo, ==, "/v1/photos/" HASH_A);
  g_assert_cmpstr (registration, ==, "/v1/registration-photos/" HASH_B);
  g_assert_cmpstr (log, ==, "/v1/logs/42");
  g_assert_true (xs_wire_sha256_is_valid (HASH_A));
  g_assert_false (xs_wire_sha256_is_valid (NULL));
  g_assert_false (xs_wire_sha256_is_valid (HASH_A "a"));
  g_assert_false (xs_wire_sha256_is_valid ("A" HASH_A));
}

/* Signed by OpenSSL, over what docs/protocol.md says, with the key of RFC 8032, section 7.1, test 1. */
#define PAIR_REQUEST                                                                                                   \
  "{\"code\":\"12345678\",\"device_key\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\","                            \
  "\"signature\":\"MmWZf8sccEu1stygysXoWjtLxRl6/4NiJhckjHr/KEW8APeItqDm/YWycgccLv/u95q7mqWZScnDWqGBPBVgBQ==\"}"

static void
test_pair_request (void)
{
  XsSignKey key;
  XsWirePairRequest again;
  g_autoptr (GError) error = NULL;

  xs_sample_key (&key);
  g_autoptr (GBytes) bytes = xs_wire_pair_request_encode ("12345678", &key);
  assert_text (bytes, PAIR_REQUEST);
  g_assert_true (xs_wire_pair_request_decode (&again, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (again.code, ==, "12345678");
  g_assert_cmpmem (again.device_key, XS_KEY_BYTES, key.public_key, XS_KEY_BYTES);
}

/* P7: another code, another key that is one all the same, another signature */
static void
test_pair_request_changed (void)
{
  static const char *const changes[][2] = {
    { "12345678", "12345679" },
    { "11qYAYKx", "21qYAYKx" },
    { "MmWZf8sc", "AmWZf8sc" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      XsWirePairRequest request;
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) parts = g_strsplit (PAIR_REQUEST, changes[i][0], 2);
      g_autofree char *changed = g_strjoinv (changes[i][1], parts);
      g_autoptr (GBytes) bytes = g_bytes_new (changed, strlen (changed));

      g_assert_cmpuint (g_strv_length (parts), ==, 2);
      g_assert_false (xs_wire_pair_request_decode (&request, bytes, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
}

/* P6: a key of zeros cannot be sealed to */
static void
test_pair_answer (void)
{
  XsSignKey key;
  XsWirePairAnswer answer = { .devnum = XS_SAMPLE_DEVNUM, .inscode = XS_SAMPLE_INSCODE, .school = "示范驾校" };
  XsWirePairAnswer again;
  g_autoptr (GError) error = NULL;

  xs_sample_key (&key);
  memcpy (answer.platform_key, key.public_key, XS_KEY_BYTES);
  g_autoptr (GBytes) bytes = xs_wire_pair_answer_encode (&answer);
  g_assert_true (xs_wire_pair_answer_decode (&again, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (again.devnum, ==, XS_SAMPLE_DEVNUM);
  g_assert_cmpstr (again.inscode, ==, XS_SAMPLE_INSCODE);
  g_assert_cmpstr (again.school, ==, "示范驾校");

  memset (answer.platform_key, 0, XS_KEY_BYTES);
  g_autoptr (GBytes) useless = xs_wire_pair_answer_encode (&answer);
  g_assert_false (xs_wire_pair_answer_decode (&again, useless, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
test_roster (void)
{
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsWireLearner));
  XsWireLearner first = {
    .stunum = XS_SAMPLE_STUNUM, .name = "张三", .photo_sha256 = HASH_A, .last_recnum = 7, .total_s = 10860
  };
  XsWireLearner second = { .stunum = "2000000000000003", .name = "a \"b\"", .no_turning = TRUE };
  g_autoptr (GError) error = NULL;

  g_array_append_val (learners, first);
  g_array_append_val (learners, second);
  g_autoptr (GBytes) bytes = xs_wire_roster_encode (learners);
  assert_text (bytes,
               "{\"learners\":[{\"last_recnum\":7,\"name\":\"张三\",\"photo_sha256\":\"" HASH_A
               "\",\"stunum\":\"2000000000000002\",\"total_s\":10860},{\"active_check\":false,\"last_recnum\":0,"
               "\"name\":\"a \\\"b\\\"\",\"photo_sha256\":null,\"stunum\":\"2000000000000003\",\"total_s\":0}]}");
  g_autoptr (GArray) again = xs_wire_roster_decode (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 2);
  const XsWireLearner *found = &g_array_index (again, XsWireLearner, 0);
  g_assert_cmpstr (found->name, ==, "张三");
  g_assert_cmpstr (found->photo_sha256, ==, HASH_A);
  g_assert_cmpint (found->total_s, ==, 10860);
  g_assert_false (found->no_turning);
  g_assert_cmpstr (g_array_index (again, XsWireLearner, 1).photo_sha256, ==, "");
  g_assert_true (g_array_index (again, XsWireLearner, 1).no_turning);
}

/* A platform that is older does not say it, and then the check is asked for. */
static void
test_roster_active_check (void)
{
  static const struct {
    const char *member;
    gboolean valid, no_turning;
  } cases[] = {
    { "", TRUE, FALSE },
    { ",\"active_check\":true", TRUE, FALSE },
    { ",\"active_check\":false", TRUE, TRUE },
    { ",\"active_check\":null", FALSE, FALSE },
    { ",\"active_check\":0", FALSE, FALSE },
    { ",\"active_check\":\"false\"", FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("{\"learners\":[{\"stunum\":\"" XS_SAMPLE_STUNUM
                                               "\",\"name\":\"a\",\"photo_sha256\":null,\"last_recnum\":0,"
                                               "\"total_s\":0%s}]}",
                                               cases[i].member);
      g_autoptr (GBytes) bytes = text_bytes (text);
      g_autoptr (GArray) learners = xs_wire_roster_decode (bytes, &error);
      g_assert_cmpint (learners != NULL, ==, cases[i].valid);
      if (learners != NULL)
        g_assert_cmpint (g_array_index (learners, XsWireLearner, 0).no_turning, ==, cases[i].no_turning);
      else
        g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
}

static void
test_largest_roster (void)
{
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsWireLearner));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= XS_WIRE_ROSTER_MAX_LEARNERS; i++)
    {
      XsWireLearner learner = {
        .photo_sha256 = HASH_A, .last_recnum = 99999, .total_s = 9007199254740991, .no_turning = TRUE
      };
      g_snprintf (learner.stunum, sizeof learner.stunum, "%016u", i);
      memset (learner.name, '"', sizeof learner.name - 1);
      g_array_append_val (learners, learner);
    }
  g_autoptr (GBytes) too_many = xs_wire_roster_encode (learners);
  g_assert_cmpuint (g_bytes_get_size (too_many), <, XS_WIRE_ROSTER_MAX_BYTES);
  g_assert_null (xs_wire_roster_decode (too_many, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);

  g_array_set_size (learners, XS_WIRE_ROSTER_MAX_LEARNERS);
  g_autoptr (GBytes) enough = xs_wire_roster_encode (learners);
  g_autoptr (GArray) again = xs_wire_roster_decode (enough, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, XS_WIRE_ROSTER_MAX_LEARNERS);
}

static void
test_bad_roster (void)
{
#define LEARNER(number, name, photo, recnum)                                                                           \
  "{\"stunum\":\"" number "\",\"name\":" name ",\"photo_sha256\":" photo ",\"last_recnum\":" recnum ",\"total_s\":0}"
  static const char *const documents[] = {
    "",
    "[]",
    "{}",
    "{\"learners\":{}}",
    "{\"learners\":[1]}",
    "{\"learners\":[" LEARNER ("2000", "\"a\"", "null", "0") "]}",
    "{\"learners\":[" LEARNER ("2000000000000002", "\"\"", "null", "0") "]}",
    "{\"learners\":[" LEARNER ("2000000000000002", "\"a\\nb\"", "null", "0") "]}",
    "{\"learners\":[" LEARNER ("2000000000000002", "7", "null", "0") "]}",
    "{\"learners\":[" LEARNER ("2000000000000002", "\"a\"", "\"\"", "0") "]}",
    "{\"learners\":[" LEARNER ("2000000000000002", "\"a\"", "\"../../etc/passwd\"", "0") "]}",
    "{\"learners\":[" LEARNER ("2000000000000002", "\"a\"", "null", "100000") "]}",
    "{\"learners\":[" LEARNER ("2000000000000002", "\"a\"", "null", "-1") "]}",
    "{\"learners\":[" LEARNER ("2000000000000002", "\"a\"", "null", "0") "," LEARNER ("2000000000000002", "\"b\"",
                                                                                      "null", "0") "]}",
  };
#undef LEARNER

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = text_bytes (documents[i]);
      g_assert_null (xs_wire_roster_decode (bytes, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
}

static void
test_photo_lists (void)
{
  g_autoptr (GPtrArray) photos = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (photos, (char *) HASH_A);
  g_ptr_array_add (photos, (char *) HASH_B);
  g_autoptr (GBytes) request = xs_wire_photos_encode (photos);
  g_autoptr (GBytes) answer = xs_wire_missing_encode (photos);
  assert_text (request, "{\"photos\":[\"" HASH_A "\",\"" HASH_B "\"]}");
  assert_text (answer, "{\"missing\":[\"" HASH_A "\",\"" HASH_B "\"]}");
  g_autoptr (GPtrArray) asked = xs_wire_photos_decode (request, &error);
  g_autoptr (GPtrArray) missing = xs_wire_missing_decode (answer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (asked->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (missing, 1), ==, HASH_B);

  while (photos->len < XS_WIRE_PHOTOS_MAX)
    g_ptr_array_add (photos, (char *) HASH_A);
  g_autoptr (GBytes) full = xs_wire_photos_encode (photos);
  g_assert_cmpuint (g_bytes_get_size (full), <=, XS_WIRE_PHOTOS_MAX_BYTES);
  g_autoptr (GPtrArray) all = xs_wire_photos_decode (full, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, XS_WIRE_PHOTOS_MAX);

  g_ptr_array_add (photos, (char *) HASH_A);
  g_autoptr (GBytes) overfull = xs_wire_photos_encode (photos);
  g_assert_null (xs_wire_photos_decode (overfull, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
test_status (void)
{
  g_autoptr (GBytes) stored = xs_wire_status_encode ("stored");
  g_autoptr (GError) error = NULL;

  assert_text (stored, "{\"status\":\"stored\"}");
  g_assert_true (xs_wire_status_decode ("stored", stored, &error));
  g_assert_no_error (error);
  g_assert_false (xs_wire_status_decode ("ok", stored, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
test_log_answers (void)
{
  static const struct {
    XsWireLogStatus status;
    guint http_status;
    const char *text;
  } cases[] = {
    { XS_WIRE_LOG_ACCEPTED, 200, "{\"status\":\"accepted\"}" },
    { XS_WIRE_LOG_DUPLICATE, 200, "{\"status\":\"duplicate\"}" },
    { XS_WIRE_LOG_CONFLICT, 409, "{\"status\":\"conflict\"}" },
    { XS_WIRE_LOG_PHOTOS_MISSING, 409, "{\"missing\":[\"" HASH_A "\"],\"status\":\"photos_missing\"}" },
    { XS_WIRE_LOG_REJECTED, 422, "{\"message\":\"无此学员\",\"reason\":\"unknown_learner\",\"status\":\"rejected\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (XsWireLogAnswer) answer = { .status = cases[i].status };
      g_auto (XsWireLogAnswer) again = { 0 };
      g_autoptr (GError) error = NULL;
      if (answer.status == XS_WIRE_LOG_REJECTED)
        {
          g_strlcpy (answer.reason, XS_WIRE_REASON_UNKNOWN_LEARNER, sizeof answer.reason);
          g_strlcpy (answer.message, "无此学员", sizeof answer.message);
        }
      if (answer.status == XS_WIRE_LOG_PHOTOS_MISSING)
        {
          answer.missing = g_ptr_array_new_with_free_func (g_free);
          g_ptr_array_add (answer.missing, g_strdup (HASH_A));
        }
      g_autoptr (GBytes) bytes = xs_wire_log_answer_encode (&answer);
      assert_text (bytes, cases[i].text);
      g_assert_cmpuint (xs_wire_log_answer_http_status (&answer), ==, cases[i].http_status);
      g_assert_true (xs_wire_log_answer_decode (&again, cases[i].http_status, bytes, &error));
      g_assert_no_error (error);
      g_assert_cmpint (again.status, ==, answer.status);
      g_assert_cmpstr (again.reason, ==, answer.reason);
      g_assert_cmpstr (again.message, ==, answer.message);
      g_assert_cmpint (again.missing != NULL, ==, answer.missing != NULL);
      g_assert_false (xs_wire_log_answer_decode (&again, 500, bytes, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
}

/* An answer that only looks like success must never settle an outbox row. */
static void
test_bad_log_answers (void)
{
  static const struct {
    guint http_status;
    const char *text;
  } cases[] = {
    { 200, "" },
    { 200, "<html>Welcome to the hotel's network</html>" },
    { 200, "{}" },
    { 200, "{\"status\":1}" },
    { 200, "{\"status\":\"conflict\"}" },
    { 409, "{\"status\":\"accepted\"}" },
    { 409, "{\"status\":\"photos_missing\"}" },
    { 409, "{\"status\":\"photos_missing\",\"missing\":[\"x\"]}" },
    { 422, "{\"status\":\"rejected\"}" },
    { 422, "{\"status\":\"rejected\",\"reason\":\"\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (XsWireLogAnswer) answer = { 0 };
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = text_bytes (cases[i].text);
      g_assert_false (xs_wire_log_answer_decode (&answer, cases[i].http_status, bytes, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
}

static void
test_error (void)
{
  XsWireError wire_error = { .code = XS_WIRE_ERROR_CLOCK_WRONG,
                             .message = "Set the clock",
                             .time_us = XS_SAMPLE_TIME_US };
  XsWireError again;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = xs_wire_error_encode (&wire_error);

  assert_text (bytes, "{\"error\":\"clock_wrong\",\"message\":\"Set the clock\",\"time\":\"20260105090300\"}");
  g_assert_true (xs_wire_error_decode (&again, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (again.code, ==, "clock_wrong");
  g_assert_cmpint (again.time_us, ==, XS_SAMPLE_TIME_US);

  g_autoptr (GBytes) bare = text_bytes ("{\"error\":\"new_code\",\"more\":[]}");
  g_assert_true (xs_wire_error_decode (&again, bare, &error));
  g_assert_cmpstr (again.code, ==, "new_code");
  g_assert_cmpstr (again.message, ==, "");
  g_assert_cmpint (again.time_us, ==, 0);
}

/* A long message is cut between characters, a line break becomes a space. */
static void
test_long_message (void)
{
  XsWireError again;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new ("{\"error\":\"x\",\"message\":\"a\\nb");

  for (guint i = 0; i < 200; i++)
    g_string_append (text, "驾");
  g_string_append (text, "\"}");
  g_autoptr (GBytes) bytes = text_bytes (text->str);
  g_assert_true (xs_wire_error_decode (&again, bytes, &error));
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (again.message, "a b驾"));
  g_assert_true (g_utf8_validate (again.message, -1, NULL));
  g_assert_cmpuint (strlen (again.message), >, 250);
}

/* Whatever arrives, a decoder says yes or sets an error; memory checkers watch the rest. */
static void
decode_as_everything (GBytes *bytes)
{
  XsWirePairRequest request;
  XsWirePairAnswer pair_answer;
  XsWireError wire_error;
  static const guint http_statuses[] = { 200, 409, 422 };

  for (guint i = 0; i < G_N_ELEMENTS (http_statuses); i++)
    {
      g_auto (XsWireLogAnswer) answer = { 0 };
      g_autoptr (GError) error = NULL;
      g_assert_true (xs_wire_log_answer_decode (&answer, http_statuses[i], bytes, &error) == (error == NULL));
    }
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GArray) learners = i == 0 ? xs_wire_roster_decode (bytes, &error) : NULL;
      g_autoptr (GPtrArray) photos = i == 1   ? xs_wire_photos_decode (bytes, &error)
                                     : i == 2 ? xs_wire_missing_decode (bytes, &error)
                                              : NULL;
      gboolean done = learners != NULL || photos != NULL
                      || (i == 3 && xs_wire_pair_request_decode (&request, bytes, &error))
                      || (i == 4 && xs_wire_pair_answer_decode (&pair_answer, bytes, &error))
                      || (i == 5 && xs_wire_error_decode (&wire_error, bytes, &error));
      g_assert_true (done == (error == NULL));
    }
}

/* F1: whatever is changed, it is refused, or read as it stands */
static void
test_mutations (void)
{
  static const char *const seeds[] = {
    PAIR_REQUEST,
    "{\"devnum\":\"4000000000000004\",\"inscode\":\"1000000000000001\",\"platform_key\":"
    "\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\",\"school\":\"示范驾校\"}",
    "{\"learners\":[{\"last_recnum\":7,\"name\":\"张三\",\"photo_sha256\":null,\"stunum\":\"2000000000000002\","
    "\"total_s\":1}]}",
    "{\"missing\":[\"" HASH_A "\"],\"photos\":[\"" HASH_B "\"],\"status\":\"photos_missing\"}",
    "{\"error\":\"clock_wrong\",\"message\":\"Set\",\"time\":\"20260105090300\"}",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      gsize size = strlen (seeds[i]);
      for (guint round = 0; round < 600; round++)
        {
          g_autofree char *copy = g_strdup (seeds[i]);
          gsize length = round % 4 == 0 ? (gsize) g_rand_int_range (rand, 0, (gint32) size) : size;
          for (gint32 n = g_rand_int_range (rand, 0, 4); n > 0; n--)
            copy[g_rand_int_range (rand, 0, (gint32) size)] = (char) g_rand_int (rand);
          g_autoptr (GBytes) bytes = g_bytes_new (copy, length);
          decode_as_everything (bytes);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add_func ("/wire/message/paths", test_paths);
  g_test_add_func ("/wire/message/pair-request", test_pair_request);
  g_test_add_func ("/wire/message/pair-request-changed", test_pair_request_changed);
  g_test_add_func ("/wire/message/pair-answer", test_pair_answer);
  g_test_add_func ("/wire/message/roster", test_roster);
  g_test_add_func ("/wire/message/roster-active-check", test_roster_active_check);
  g_test_add_func ("/wire/message/largest-roster", test_largest_roster);
  g_test_add_func ("/wire/message/bad-roster", test_bad_roster);
  g_test_add_func ("/wire/message/photo-lists", test_photo_lists);
  g_test_add_func ("/wire/message/status", test_status);
  g_test_add_func ("/wire/message/log-answers", test_log_answers);
  g_test_add_func ("/wire/message/bad-log-answers", test_bad_log_answers);
  g_test_add_func ("/wire/message/error", test_error);
  g_test_add_func ("/wire/message/long-message", test_long_message);
  g_test_add_func ("/wire/message/mutations", test_mutations);
  return g_test_run ();
}
