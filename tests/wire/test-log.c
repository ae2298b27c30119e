/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-wire-sample.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static void
assert_same_bytes (GBytes *actual, GBytes *expected)
{
  g_assert_cmpmem (g_bytes_get_data (actual, NULL), g_bytes_get_size (actual), g_bytes_get_data (expected, NULL),
                   g_bytes_get_size (expected));
}

static void
test_golden_encode (void)
{
  g_auto (XsWireLog) wire_log;
  g_auto (XsWireLog) second;
  g_auto (XsWireLog) third;
  g_autoptr (GBytes) golden = xs_sample_bytes ("log-1.json");
  g_autoptr (GBytes) golden_2 = xs_sample_bytes ("log-2.json");
  g_autoptr (GBytes) golden_3 = xs_sample_bytes ("log-3.json");

  xs_wire_log_init (&wire_log);
  g_assert_cmpint (wire_log.schema, ==, XS_WIRE_LOG_SCHEMA);
  xs_sample_log (&wire_log);
  g_autoptr (GBytes) bytes = xs_wire_log_encode (&wire_log);
  assert_same_bytes (bytes, golden);
  xs_wire_log_init (&second);
  xs_sample_log_2 (&second);
  g_autoptr (GBytes) bytes_2 = xs_wire_log_encode (&second);
  assert_same_bytes (bytes_2, golden_2);
  xs_wire_log_init (&third);
  xs_sample_log_3 (&third);
  g_autoptr (GBytes) bytes_3 = xs_wire_log_encode (&third);
  assert_same_bytes (bytes_3, golden_3);
}

static void
test_golden_decode (void)
{
  g_auto (XsWireLog) wire_log;
  g_auto (XsWireLog) expected;
  g_autoptr (GBytes) golden = xs_sample_bytes ("log-1.json");
  g_autoptr (GError) error = NULL;

  xs_wire_log_init (&expected);
  xs_sample_log (&expected);
  xs_wire_log_init (&wire_log);
  g_assert_true (xs_wire_log_decode (&wire_log, golden, &error));
  g_assert_no_error (error);

  const XsTeachingLog *log = &wire_log.log;
  g_assert_cmpint (wire_log.seq, ==, 1);
  g_assert_cmpstr (wire_log.previous, ==, expected.previous);
  g_assert_cmpstr (log->inscode, ==, XS_SAMPLE_INSCODE);
  g_assert_cmpstr (log->stunum, ==, XS_SAMPLE_STUNUM);
  g_assert_cmpstr (log->devnum, ==, XS_SAMPLE_DEVNUM);
  g_assert_cmpstr (log->recnum, ==, "00007");
  g_assert_cmpstr (log->subjcode, ==, "2211010000");
  g_assert_cmpint (log->classid, ==, 12);
  g_assert_cmpint (log->start_wall_us, ==, expected.log.start_wall_us);
  g_assert_cmpint (log->end_wall_us, ==, expected.log.end_wall_us);
  g_assert_cmpint (log->credited_s, ==, 121);
  g_assert_cmpint (log->total_s, ==, 181);
  g_assert_cmpint (log->end_reason, ==, XS_SIGN_OUT_BY_LEARNER);
  g_assert_cmpstr (log->policy_id, ==, "national-default");
  g_assert_cmpint (log->policy_version, ==, 1);
  g_assert_cmpuint (log->photos->len, ==, 3);
  const XsPhotoRecord *photos = (const XsPhotoRecord *) log->photos->data;
  g_assert_cmpint (photos[0].event, ==, XS_PHOTO_SIGN_IN);
  g_assert_cmpfloat (photos[0].match, ==, 0.812);
  g_assert_true (isnan (photos[1].match));
  g_assert_cmpfloat (photos[2].match, ==, -0.037);
  g_assert_cmpstr (photos[2].number, ==, "0000000105");
  g_assert_cmpint (photos[2].width_px, ==, 1280);
  g_assert_cmpint (photos[2].height_px, ==, 720);
  g_assert_cmpuint (log->minutes->len, ==, 3);
  const XsMinuteRecord *minutes = (const XsMinuteRecord *) log->minutes->data;
  g_assert_cmpstr (minutes[1].number, ==, XS_SAMPLE_DEVNUM "2601050002");
  g_assert_cmpstr (minutes[1].stunum, ==, XS_SAMPLE_STUNUM);
  g_assert_cmpint (minutes[1].credited_us, ==, 31500000);
  g_assert_true (minutes[1].normal);
  g_assert_false (minutes[2].normal);
}

static void
test_golden_decode_2 (void)
{
  g_auto (XsWireLog) wire_log;
  g_auto (XsWireLog) expected;
  g_autoptr (GBytes) golden = xs_sample_bytes ("log-2.json");
  g_autoptr (GError) error = NULL;

  xs_wire_log_init (&expected);
  xs_sample_log_2 (&expected);
  xs_wire_log_init (&wire_log);
  g_assert_true (xs_wire_log_decode (&wire_log, golden, &error));
  g_assert_no_error (error);

  const XsTeachingLog *log = &wire_log.log;
  g_assert_cmpint (wire_log.schema, ==, 2);
  g_assert_cmpstr (wire_log.previous, ==, expected.previous);
  g_assert_cmpint (log->end_reason, ==, XS_SIGN_OUT_MADE_UP);
  g_assert_false (log->active_check);
  g_assert_cmpstr (g_array_index (log->photos, XsPhotoRecord, 0).picture_hash, ==, XS_SAMPLE_PICTURE_HASH);
  g_assert_cmpstr (g_array_index (log->photos, XsPhotoRecord, 1).picture_hash, ==, "");
  g_assert_cmpuint (log->events->len, ==, 4);
  for (guint i = 0; i < log->events->len; i++)
    {
      const XsLogEvent *event = &g_array_index (log->events, XsLogEvent, i);
      const XsLogEvent *wanted = &g_array_index (expected.log.events, XsLogEvent, i);
      g_assert_cmpint (event->kind, ==, wanted->kind);
      g_assert_cmpint (event->wall_us, ==, wanted->wall_us);
      g_assert_cmpint (event->amount_us, ==, wanted->amount_us);
    }
}

/* L12 */
static void
test_golden_decode_3 (void)
{
  g_auto (XsWireLog) wire_log;
  g_autoptr (GBytes) golden = xs_sample_bytes ("log-3.json");
  g_autoptr (GError) error = NULL;

  xs_wire_log_init (&wire_log);
  g_assert_true (xs_wire_log_decode (&wire_log, golden, &error));
  g_assert_no_error (error);
  g_assert_cmpint (wire_log.schema, ==, 3);
  g_assert_cmpstr (wire_log.log.admitted_by, ==, XS_SAMPLE_ADMITTED_BY);
}

/* Only what needs a new schema is written in it, so that a platform of the version before takes all else. */
static void
test_chosen_schema (void)
{
  g_auto (XsWireLog) wire_log;

  xs_wire_log_init (&wire_log);
  xs_sample_log_2 (&wire_log);
  xs_wire_log_choose_schema (&wire_log);
  g_assert_cmpint (wire_log.schema, ==, 2);
  g_strlcpy (wire_log.log.admitted_by, XS_SAMPLE_ADMITTED_BY, sizeof wire_log.log.admitted_by);
  xs_wire_log_choose_schema (&wire_log);
  g_assert_cmpint (wire_log.schema, ==, 3);
}

static void
test_signature (void)
{
  static const char *const names[] = { "log-1", "log-2", "log-3" };
  XsSignKey key;
  guint8 signature[XS_SIGNATURE_BYTES];

  xs_sample_key (&key);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *log_name = g_strconcat (names[i], ".json", NULL);
      g_autofree char *signature_name = g_strconcat (names[i], ".signature", NULL);
      g_autoptr (GBytes) golden = xs_sample_bytes (log_name);
      g_autofree char *expected = xs_sample_text (signature_name);
      xs_sign (&key, g_bytes_get_data (golden, NULL), g_bytes_get_size (golden), signature);
      g_autofree char *text = g_base64_encode (signature, sizeof signature);
      g_assert_cmpstr (text, ==, expected);
    }
}

typedef struct {
  const char *find;
  const char *replace;
  XsError code;
  const char *mentions;
} Alteration;

/* Each makes another document of a golden one, by one replacement; none may pass. */
static const Alteration alterations[] = {
  { "\"schema\":1", "\"schema\":4", XS_ERROR_TOO_NEW, "schema" },
  /* The later schema's members are missing, or do not belong there. */
  { "\"schema\":1", "\"schema\":2", XS_ERROR_INVALID, "picture_hash" },
  { "{\"classid\":12", "{\"active_check\":true,\"classid\":12", XS_ERROR_INVALID, "canonical" },
  { "\"inscode\"", "\"events\":[],\"inscode\"", XS_ERROR_INVALID, "canonical" },
  { "by_learner", "made_up", XS_ERROR_INVALID, "end_reason" },
  { "\"schema\":1", "\"schema\":0", XS_ERROR_INVALID, "schema" },
  { "\"schema\":1,", "", XS_ERROR_INVALID, "schema" },
  { "\"seq\":1", "\"seq\":0", XS_ERROR_INVALID, "seq" },
  { "\"seq\":1", "\"seq\":9007199254740992", XS_ERROR_INVALID, "seq" },
  { "\"seq\":1", "\"seq\":\"1\"", XS_ERROR_INVALID, "seq" },
  { "\"seq\":1", "\"seq\":1.0", XS_ERROR_INVALID, "seq" },
  { "\"previous\":\"0", "\"previous\":\"G", XS_ERROR_INVALID, "previous" },
  { "\"previous\":\"0", "\"previous\":\"A", XS_ERROR_INVALID, "previous" },
  { "\"stunum\":\"2", "\"stunum\":\"", XS_ERROR_INVALID, "stunum" },
  { "\"inscode\":\"1", "\"inscode\":\"x", XS_ERROR_INVALID, "inscode" },
  { "\"devnum\":\"4", "\"devnum\":\"5", XS_ERROR_INVALID, "minutes[0]" },
  { "\"recnum\":\"00007\"", "\"recnum\":\"00000\"", XS_ERROR_INVALID, "recnum" },
  { "\"recnum\":\"00007\"", "\"recnum\":7", XS_ERROR_INVALID, "recnum" },
  { "\"subjcode\":\"2211010000\"", "\"subjcode\":\"9211010000\"", XS_ERROR_INVALID, "subjcode" },
  { "\"classid\":12", "\"classid\":0", XS_ERROR_INVALID, "classid" },
  { "\"classid\":12", "\"classid\":4294967296", XS_ERROR_INVALID, "classid" },
  { "\"start_us\":1767574800123456", "\"start_us\":-1", XS_ERROR_INVALID, "start_us" },
  { "\"credited_s\":121", "\"credited_s\":-1", XS_ERROR_INVALID, "credited_s" },
  { "\"total_s\":181", "\"total_s\":120", XS_ERROR_INVALID, "total_s" },
  { "\"end_reason\":\"by_learner\"", "\"end_reason\":\"bored\"", XS_ERROR_INVALID, "end_reason" },
  { "\"policy_id\":\"national-default\"", "\"policy_id\":\"\"", XS_ERROR_INVALID, "policy_id" },
  { "\"policy_version\":1", "\"policy_version\":-1", XS_ERROR_INVALID, "policy_version" },
  { "\"event\":19", "\"event\":20", XS_ERROR_INVALID, "photos[1]" },
  { "\"match_permille\":812", "\"match_permille\":1001", XS_ERROR_INVALID, "photos[0]" },
  { "\"match_permille\":null", "\"match_permille\":\"\"", XS_ERROR_INVALID, "photos[1]" },
  { "\"match_permille\":null,", "", XS_ERROR_INVALID, "photos[1]" },
  { "\"number\":\"0000000102\"", "\"number\":\"0000000101\"", XS_ERROR_INVALID, "twice" },
  { "\"number\":\"40000000000000042601050002\"", "\"number\":\"40000000000000042601050001\"", XS_ERROR_INVALID,
    "twice" },
  { "\"number\":\"40000000000000042601050002\"", "\"number\":\"90000000000000042601050002\"", XS_ERROR_INVALID,
    "device" },
  { "\"credited_us\":60000000", "\"credited_us\":60000001", XS_ERROR_INVALID, "minutes[0]" },
  { "\"state\":1", "\"state\":2", XS_ERROR_INVALID, "minutes[2]" },
  { "\"width_px\":1280", "\"width_px\":0", XS_ERROR_INVALID, "photos[0]" },
  /* Valid fields that contradict each other, members of no meaning, and other spellings of the same thing. */
  { "\"duration\":2", "\"duration\":3", XS_ERROR_INVALID, "canonical" },
  { "\"total\":3", "\"total\":4", XS_ERROR_INVALID, "canonical" },
  { "\"starttime\":\"20260105090000\"", "\"starttime\":\"20260105090001\"", XS_ERROR_INVALID, "canonical" },
  { "\"time\":\"20260105090001\"", "\"time\":\"20260105090002\"", XS_ERROR_INVALID, "canonical" },
  { "\"classid\":12", "\"bonus\":1,\"classid\":12", XS_ERROR_INVALID, "canonical" },
  { "\"classid\":12", "\"classid\": 12", XS_ERROR_INVALID, "canonical" },
  { "by_learner", "by\\u005flearner", XS_ERROR_INVALID, "canonical" },
  { "\"classid\":12,\"credited_s\":121", "\"credited_s\":121,\"classid\":12", XS_ERROR_INVALID, "canonical" },
  { "\"classid\":12", "\"classid\":12,\"classid\":12", XS_ERROR_INVALID, NULL },
  { "{\"classid\"", "[{\"classid\"", XS_ERROR_INVALID, NULL },
};

static const Alteration alterations_2[] = {
  { "\"schema\":2", "\"schema\":4", XS_ERROR_TOO_NEW, "schema" },
  { "\"schema\":2", "\"schema\":3", XS_ERROR_INVALID, "admitted_by" },
  { "\"classid\":13", "\"admitted_by\":null,\"classid\":13", XS_ERROR_INVALID, "canonical" },
  { "\"schema\":2", "\"schema\":1", XS_ERROR_INVALID, "end_reason" },
  { "\"active_check\":false,", "", XS_ERROR_INVALID, "active_check" },
  { "\"active_check\":false", "\"active_check\":0", XS_ERROR_INVALID, "active_check" },
  { "\"picture_hash\":null,", "", XS_ERROR_INVALID, "photos[1]" },
  { "\"picture_hash\":null", "\"picture_hash\":\"\"", XS_ERROR_INVALID, "photos[1]" },
  { "\"picture_hash\":\"0", "\"picture_hash\":\"A", XS_ERROR_INVALID, "photos[0]" },
  { "\"picture_hash\":\"0", "\"picture_hash\":\"", XS_ERROR_INVALID, "photos[0]" },
  { "\"events\":[", "\"events\":{},\"x\":[", XS_ERROR_INVALID, "events" },
  { "\"events\":[", "\"events\":[1,", XS_ERROR_INVALID, "events[0]" },
  { "\"kind\":\"suspend\"", "\"kind\":\"sleep\"", XS_ERROR_INVALID, "events[0]" },
  { "\"kind\":\"suspend\",", "", XS_ERROR_INVALID, "events[0]" },
  { "\"amount_us\":3600000000,", "\"amount_us\":0,", XS_ERROR_INVALID, "events[0]" },
  { "\"amount_us\":3600000000,", "\"amount_us\":-1,", XS_ERROR_INVALID, "events[0]" },
  { "\"amount_us\":-7200000001", "\"amount_us\":0", XS_ERROR_INVALID, "events[1]" },
  { "\"amount_us\":-7200000001", "\"amount_us\":-9007199254740992", XS_ERROR_INVALID, "events[1]" },
  { "\"amount_us\":-3600000000", "\"amount_us\":9007199254740992", XS_ERROR_INVALID, "events[2]" },
  { "\"amount_us\":1500000", "\"amount_us\":-1500000", XS_ERROR_INVALID, "events[3]" },
  { "\"time\":\"20260105090405\"", "\"time\":\"20260105090406\"", XS_ERROR_INVALID, "canonical" },
  { "\"kind\":\"gap\"", "\"extra\":1,\"kind\":\"gap\"", XS_ERROR_INVALID, "canonical" },
};

static const Alteration alterations_3[] = {
  { "\"schema\":3", "\"schema\":2", XS_ERROR_INVALID, "canonical" },
  { "\"admitted_by\":\"" XS_SAMPLE_ADMITTED_BY "\",", "", XS_ERROR_INVALID, "admitted_by" },
  { "\"" XS_SAMPLE_ADMITTED_BY "\"", "\"\"", XS_ERROR_INVALID, "admitted_by" },
  { "\"" XS_SAMPLE_ADMITTED_BY "\"", "7", XS_ERROR_INVALID, "admitted_by" },
  { XS_SAMPLE_ADMITTED_BY, "01234567890123456789012345678901234567890123456789012345678901234", XS_ERROR_INVALID,
    "admitted_by" },
};

static void
refuse_alterations (const char *name, const Alteration *list, guint n)
{
  g_autofree char *golden = xs_sample_text (name);

  for (guint i = 0; i < n; i++)
    {
      const Alteration *alteration = &list[i];
      g_auto (XsWireLog) wire_log;
      g_autoptr (GError) error = NULL;
      const char *at = strstr (golden, alteration->find);
      g_assert_nonnull (at);
      g_autofree char *before = g_strndup (golden, at - golden);
      char *altered = g_strconcat (before, alteration->replace, at + strlen (alteration->find), NULL);
      g_autoptr (GBytes) bytes = g_bytes_new_take (altered, strlen (altered));

      xs_wire_log_init (&wire_log);
      g_assert_false (xs_wire_log_decode (&wire_log, bytes, &error));
      g_test_message ("%s → %s: %s", alteration->find, alteration->replace, error->message);
      g_assert_error (error, XS_ERROR, (int) alteration->code);
      if (alteration->mentions != NULL)
        g_assert_nonnull (strstr (error->message, alteration->mentions));
    }
}

/* F1, L3 */
static void
test_alterations (void)
{
  refuse_alterations ("log-1.json", alterations, G_N_ELEMENTS (alterations));
  refuse_alterations ("log-2.json", alterations_2, G_N_ELEMENTS (alterations_2));
  refuse_alterations ("log-3.json", alterations_3, G_N_ELEMENTS (alterations_3));
}

/* Any one bit changed gives something that is refused, or at least is other than what was signed. */
static void
test_flipped_bits (gconstpointer name)
{
  XsSignKey key;
  guint8 signature[XS_SIGNATURE_BYTES];
  g_autoptr (GBytes) golden = xs_sample_bytes (name);
  gsize size;
  const guint8 *data = g_bytes_get_data (golden, &size);

  xs_sample_key (&key);
  xs_sign (&key, data, size, signature);
  for (gsize bit = 0; bit < size * 8; bit += 3)
    {
      g_auto (XsWireLog) wire_log;
      g_autofree guint8 *copy = g_memdup2 (data, size);
      copy[bit / 8] ^= (guint8) (1 << (bit % 8));
      g_autoptr (GBytes) bytes = g_bytes_new (copy, size);
      xs_wire_log_init (&wire_log);
      if (xs_wire_log_decode (&wire_log, bytes, NULL))
        {
          g_autoptr (GBytes) again = xs_wire_log_encode (&wire_log);
          assert_same_bytes (again, bytes);
        }
      g_assert_false (xs_verify (key.public_key, copy, size, signature));
    }
}

static void
test_truncated (gconstpointer name)
{
  g_autoptr (GBytes) golden = xs_sample_bytes (name);

  for (gsize size = 0; size < g_bytes_get_size (golden); size++)
    {
      g_auto (XsWireLog) wire_log;
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (golden, 0, size);
      xs_wire_log_init (&wire_log);
      g_assert_false (xs_wire_log_decode (&wire_log, bytes, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
}

static void
fill (XsWireLog *wire_log, guint n_minutes, guint n_photos, guint n_events)
{
  xs_sample_log_2 (wire_log);
  g_array_set_size (wire_log->log.minutes, 0);
  g_array_set_size (wire_log->log.photos, 0);
  g_array_set_size (wire_log->log.events, 0);
  for (guint i = 0; i < n_minutes; i++)
    {
      XsMinuteRecord minute = { .wall_end_us = XS_SAMPLE_TIME_US, .credited_us = 60000000, .normal = FALSE };
      g_autofree char *number = xs_minute_number (XS_SAMPLE_DEVNUM, 20260105, i + 1);
      g_strlcpy (minute.number, number, sizeof minute.number);
      g_array_append_val (wire_log->log.minutes, minute);
    }
  for (guint i = 0; i < n_photos; i++)
    {
      g_autofree char *number = xs_photo_number (i + 1);
      xs_sample_add_photo (wire_log, number, XS_PHOTO_SIGN_OUT, wire_log->previous);
      g_strlcpy (g_array_index (wire_log->log.photos, XsPhotoRecord, i).picture_hash, XS_SAMPLE_PICTURE_HASH,
                 XS_PICTURE_HASH_DIGITS + 1);
    }
  for (guint i = 0; i < n_events; i++)
    {
      XsLogEvent event = { XS_LOG_EVENT_ZONE_CHANGED, XS_SAMPLE_TIME_US, G_GINT64_CONSTANT (-93600000000) };
      g_array_append_val (wire_log->log.events, event);
    }
}

static void
test_largest (void)
{
  g_auto (XsWireLog) wire_log;
  g_auto (XsWireLog) again;
  g_autoptr (GError) error = NULL;

  xs_wire_log_init (&wire_log);
  xs_wire_log_init (&again);
  fill (&wire_log, XS_WIRE_LOG_MAX_MINUTES, XS_WIRE_LOG_MAX_PHOTOS, XS_LOG_EVENTS_MAX);
  g_autoptr (GBytes) bytes = xs_wire_log_encode (&wire_log);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, XS_WIRE_LOG_MAX_BYTES);
  g_assert_true (xs_wire_log_decode (&again, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (again.log.minutes->len, ==, XS_WIRE_LOG_MAX_MINUTES);
}

static void
test_too_many (void)
{
  static const char *const what[] = { "minutes", "photos", "events" };

  for (guint i = 0; i < G_N_ELEMENTS (what); i++)
    {
      g_auto (XsWireLog) wire_log;
      g_auto (XsWireLog) again;
      g_autoptr (GError) error = NULL;
      xs_wire_log_init (&wire_log);
      xs_wire_log_init (&again);
      fill (&wire_log, i == 0 ? XS_WIRE_LOG_MAX_MINUTES + 1 : 0, i == 1 ? XS_WIRE_LOG_MAX_PHOTOS + 1 : 0,
            i == 2 ? XS_LOG_EVENTS_MAX + 1 : 0);
      g_autoptr (GBytes) bytes = xs_wire_log_encode (&wire_log);
      g_assert_false (xs_wire_log_decode (&again, bytes, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, what[i]));
    }
}

/* Nothing of one log shows in the next. */
static void
test_reused_struct (void)
{
  g_auto (XsWireLog) wire_log;
  g_autoptr (GBytes) golden = xs_sample_bytes ("log-1.json");
  g_autoptr (GBytes) golden_2 = xs_sample_bytes ("log-2.json");
  g_autoptr (GBytes) golden_3 = xs_sample_bytes ("log-3.json");
  g_autoptr (GError) error = NULL;

  xs_wire_log_init (&wire_log);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (xs_wire_log_decode (&wire_log, golden, &error));
      g_assert_cmpint (wire_log.schema, ==, 1);
      g_assert_true (wire_log.log.active_check);
      g_assert_cmpuint (wire_log.log.photos->len, ==, 3);
      g_assert_cmpstr (g_array_index (wire_log.log.photos, XsPhotoRecord, 0).picture_hash, ==, "");
      g_assert_cmpuint (wire_log.log.minutes->len, ==, 3);
      g_assert_cmpuint (wire_log.log.events->len, ==, 0);
      g_assert_true (xs_wire_log_decode (&wire_log, golden_2, &error));
      g_assert_cmpuint (wire_log.log.events->len, ==, 4);
      g_assert_cmpstr (wire_log.log.admitted_by, ==, "");
      g_assert_true (xs_wire_log_decode (&wire_log, golden_3, &error));
      g_assert_cmpstr (wire_log.log.admitted_by, ==, XS_SAMPLE_ADMITTED_BY);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add_func ("/wire/log/golden-encode", test_golden_encode);
  g_test_add_func ("/wire/log/golden-decode", test_golden_decode);
  g_test_add_func ("/wire/log/golden-decode-2", test_golden_decode_2);
  g_test_add_func ("/wire/log/golden-decode-3", test_golden_decode_3);
  g_test_add_func ("/wire/log/chosen-schema", test_chosen_schema);
  g_test_add_func ("/wire/log/signature", test_signature);
  g_test_add_func ("/wire/log/alterations", test_alterations);
  g_test_add_data_func ("/wire/log/flipped-bits/1", "log-1.json", test_flipped_bits);
  g_test_add_data_func ("/wire/log/flipped-bits/2", "log-2.json", test_flipped_bits);
  g_test_add_data_func ("/wire/log/flipped-bits/3", "log-3.json", test_flipped_bits);
  g_test_add_data_func ("/wire/log/truncated/1", "log-1.json", test_truncated);
  g_test_add_data_func ("/wire/log/truncated/2", "log-2.json", test_truncated);
  g_test_add_data_func ("/wire/log/truncated/3", "log-3.json", test_truncated);
  g_test_add_func ("/wire/log/largest", test_largest);
  g_test_add_func ("/wire/log/too-many", test_too_many);
  g_test_add_func ("/wire/log/reused-struct", test_reused_struct);
  return g_test_run ();
}
