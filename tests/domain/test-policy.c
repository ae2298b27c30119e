/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-policy.h"

#include "xs-error.h"
#include "xs-json.h"

static JsonObject *
load (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", name, NULL);
  JsonObject *object = xs_json_load_object (path, XS_POLICY_MAX_BYTES, &error);

  g_assert_no_error (error);
  return object;
}

static gboolean
parse_object (XsPolicy *policy, JsonObject *object, GError **error)
{
  g_autoptr (JsonNode) node = xs_json_node_take_object (json_object_ref (object));
  g_autofree char *text = xs_json_to_pretty (node);

  return xs_policy_parse (policy, text, strlen (text), error);
}

#define assert_same_int(a_, b_, field_) g_assert_cmpint ((a_)->field_, ==, (b_)->field_)
#define assert_same_double(a_, b_, field_) g_assert_cmpfloat ((a_)->field_, ==, (b_)->field_)

/* What the demo must not change: @a and @b differ at most in name, intervals and the size of faces. */
static void
assert_same_rules (const XsPolicy *a, const XsPolicy *b)
{
  assert_same_int (a, b, snapshot_random);
  assert_same_int (a, b, grace_us);
  assert_same_int (a, b, max_tick_gap_us);
  assert_same_int (a, b, daily_cap_s);
  assert_same_double (a, b, yaw_limit_deg);
  assert_same_double (a, b, pitch_limit_deg);
  assert_same_double (a, b, match_same);
  assert_same_double (a, b, match_different);
  assert_same_double (a, b, luminance_min);
  assert_same_double (a, b, backlight_max_ev);
  assert_same_double (a, b, sharpness_min);
  assert_same_double (a, b, covered_detail_max);
  assert_same_double (a, b, second_face_ratio);
  assert_same_double (a, b, roll_limit_deg);
  assert_same_double (a, b, light_balance_max_ev);
  assert_same_double (a, b, eyes_open_min);
  assert_same_double (a, b, mouth_covered_max);
  assert_same_double (a, b, head_covered_max);
  assert_same_double (a, b, eye_glare_max);
  assert_same_double (a, b, look_away_deg);
  assert_same_int (a, b, liveness);
  assert_same_double (a, b, motion_min);
  assert_same_double (a, b, live_min);
  assert_same_double (a, b, active_check_deg);
  assert_same_int (a, b, virtual_camera_allowed);
  assert_same_int (a, b, disk_reserve_bytes);
  assert_same_int (a, b, clock_warn_s);
  assert_same_int (a, b, clock_max_s);
  assert_same_int (a, b, unsent_warn_s);
  assert_same_int (a, b, resume_s);
  assert_same_int (a, b, own_photo_days);
  assert_same_int (a, b, photo_keep_days);
  assert_same_int (a, b, stray_photo_days);
  assert_same_int (a, b, upload_max_bytes_s);
  assert_same_int (a, b, settle_minute);
  assert_same_int (a, b, appeal_s);
}

static void
assert_refused (JsonObject *object, const char *part_of_message)
{
  g_autoptr (GError) error = NULL;
  XsPolicy policy, untouched;

  memset (&policy, 0x55, sizeof policy);
  memset (&untouched, 0x55, sizeof untouched);

  g_assert_false (parse_object (&policy, object, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  if (strstr (error->message, part_of_message) == NULL)
    g_error ("“%s” does not name %s", error->message, part_of_message);
  g_assert_cmpmem (&policy, sizeof policy, &untouched, sizeof untouched);
}

static void
test_default (void)
{
  g_autoptr (JsonObject) object = load ("default.json");
  g_autoptr (GError) error = NULL;
  XsPolicy built_in, from_file;

  xs_policy_default (&built_in);
  g_assert_true (parse_object (&from_file, object, &error));
  g_assert_no_error (error);
  assert_same_rules (&built_in, &from_file);

  g_assert_cmpstr (built_in.id, ==, "national-default");
  g_assert_cmpint (built_in.version, ==, from_file.version);
  g_assert_cmpint (built_in.valid_from_day, ==, 20260101);
  g_assert_cmpint (built_in.snapshot_interval_s, ==, 15 * 60);
  g_assert_true (built_in.snapshot_random);
  g_assert_cmpint (built_in.identity_interval_s, ==, 10 * 60);
  g_assert_cmpint (built_in.grace_us, ==, G_USEC_PER_SEC);
  g_assert_cmpint (built_in.max_tick_gap_us, ==, G_USEC_PER_SEC);
  g_assert_cmpint (built_in.daily_cap_s, ==, 4 * 3600);
  g_assert_cmpint (built_in.segment_min_s, ==, 10 * 60);
  g_assert_cmpint (built_in.segment_max_s, ==, 60 * 60);
  g_assert_cmpint (built_in.minute_normal_s, ==, 45);
  g_assert_cmpint (built_in.absence_sign_out_s, ==, 5 * 60);
  g_assert_cmpfloat (built_in.yaw_limit_deg, ==, 15);
  g_assert_cmpfloat (built_in.brow_chin_min_px, ==, 100);
}

static void
test_demo (void)
{
  g_autoptr (JsonObject) object = load ("demo.json");
  g_autoptr (GError) error = NULL;
  XsPolicy demo, built_in;

  g_assert_true (parse_object (&demo, object, &error));
  g_assert_no_error (error);
  xs_policy_default (&built_in);
  assert_same_rules (&demo, &built_in);

  g_assert_cmpstr (demo.id, ==, "demo");
  g_assert_cmpint (demo.snapshot_interval_s, <=, 30);
  g_assert_cmpint (demo.identity_interval_s, <=, 60);
  g_assert_cmpint (demo.segment_max_s, <=, 60);
  g_assert_cmpint (demo.segment_min_s, ==, demo.segment_max_s);
}

/* The document as it was in the first version: what was in it is required. */
static const char *const first_fields[] = {
  "id",
  "version",
  "valid_from",
  "snapshot_interval_s",
  "snapshot_random",
  "identity_interval_s",
  "grace_ms",
  "max_tick_gap_ms",
  "daily_cap_s",
  "segment_min_s",
  "segment_max_s",
  "minute_normal_s",
  "absence_sign_out_s",
  "yaw_limit_deg",
  "pitch_limit_deg",
  "brow_chin_min_px",
  "match_same",
  "match_different",
  "luminance_min",
  "backlight_max_ev",
  "sharpness_min",
  "covered_detail_max",
  "second_face_ratio",
  NULL,
};

static void
test_first_fields_are_required (void)
{
  for (guint i = 0; first_fields[i] != NULL; i++)
    {
      g_autoptr (JsonObject) object = load ("default.json");

      json_object_remove_member (object, first_fields[i]);
      assert_refused (object, first_fields[i]);
    }
}

static void
test_later_fields_have_defaults (void)
{
  g_autoptr (JsonObject) old = load ("demo.json");
  g_autoptr (GList) names = json_object_get_members (old);
  g_autoptr (GError) error = NULL;
  XsPolicy policy, built_in;
  guint n_removed = 0;

  for (GList *l = names; l != NULL; l = l->next)
    {
      if (g_strv_contains (first_fields, l->data))
        continue;
      json_object_remove_member (old, l->data);
      n_removed++;
    }
  g_assert_cmpuint (n_removed, >, 10);
  g_assert_true (parse_object (&policy, old, &error));
  g_assert_no_error (error);
  xs_policy_default (&built_in);
  g_assert_cmpstr (policy.id, ==, "demo");
  g_assert_cmpint (policy.liveness, ==, built_in.liveness);
  g_assert_cmpfloat (policy.motion_min, ==, built_in.motion_min);
  g_assert_cmpint (policy.active_check_interval_s, ==, built_in.active_check_interval_s);
  g_assert_cmpint (policy.look_away_s, ==, built_in.look_away_s);
  g_assert_false (policy.virtual_camera_allowed);
  g_assert_cmpint (policy.disk_reserve_bytes, ==, 500 * 1024 * 1024);
  g_assert_cmpint (policy.clock_warn_s, ==, 60);
  g_assert_cmpint (policy.clock_max_s, ==, 600);
  g_assert_cmpint (policy.unsent_warn_s, ==, 24 * 3600);
  g_assert_cmpint (policy.resume_s, ==, 600);
  g_assert_cmpint (policy.attention_interval_s, ==, 0);
  g_assert_cmpint (policy.quiz_pass_percent, ==, 90);
  g_assert_false (policy.repeat_counts);
  g_assert_cmpint (policy.own_photo_days, ==, 7);
  g_assert_cmpint (policy.upload_max_bytes_s, ==, 0);
  g_assert_cmpint (policy.settle_minute, ==, 22 * 60);
  g_assert_cmpint (policy.appeal_s, ==, 24 * 3600);
  g_assert_cmpint (policy.photo_keep_days, ==, 1461);
  g_assert_cmpint (policy.stray_photo_days, ==, 30);
  g_assert_cmpint (policy.diagnosis_keep_days, ==, 30);
  g_assert_cmpint (policy.summary_s, ==, 60);
  g_assert_cmpstr (policy.min_version, ==, "");
  g_assert_cmpint (policy.min_version_from_day, ==, 20260101);
  g_assert_false (policy.min_version_stops);

  json_object_set_boolean_member (old, "virtual_camera_allowed", TRUE);
  g_assert_true (parse_object (&policy, old, &error));
  g_assert_no_error (error);
  g_assert_true (policy.virtual_camera_allowed);
}

static void
test_min_version (void)
{
  g_autoptr (JsonObject) object = load ("default.json");
  g_autoptr (GError) error = NULL;
  XsPolicy policy;

  json_object_set_string_member (object, "min_version", "1.10.0");
  g_assert_true (parse_object (&policy, object, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (policy.min_version, ==, "1.10.0");
  json_object_set_string_member (object, "min_version", "the newest");
  assert_refused (object, "min_version");
  json_object_set_string_member (object, "min_version", "1.0.0000000000000000000000000000");
  assert_refused (object, "min_version");
}

static void
test_every_field_has_a_type (void)
{
  g_autoptr (JsonObject) full = load ("default.json");
  g_autoptr (GList) names = json_object_get_members (full);

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autoptr (JsonObject) object = load ("default.json");

      json_object_set_null_member (object, l->data);
      assert_refused (object, l->data);
    }
}

static void
test_every_number_has_a_range (void)
{
  g_autoptr (JsonObject) full = load ("default.json");
  g_autoptr (GList) names = json_object_get_members (full);
  guint n = 0;

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autoptr (JsonObject) object = load ("default.json");
      GType type = json_node_get_value_type (json_object_get_member (full, l->data));

      if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
        continue;
      json_object_set_int_member (object, l->data, -2);
      assert_refused (object, l->data);
      json_object_set_int_member (object, l->data, 2000000000);
      assert_refused (object, l->data);
      n++;
    }

  g_assert_cmpuint (n, >=, 18);
}

static void
test_ranges_include_their_ends (void)
{
  g_autoptr (JsonObject) object = load ("default.json");
  g_autoptr (GError) error = NULL;
  XsPolicy policy;

  json_object_set_int_member (object, "minute_normal_s", 60);
  json_object_set_int_member (object, "grace_ms", 0);
  json_object_set_int_member (object, "max_tick_gap_ms", 10000);
  json_object_set_double_member (object, "second_face_ratio", 1.0);
  g_assert_true (parse_object (&policy, object, &error));
  g_assert_no_error (error);
  g_assert_cmpint (policy.max_tick_gap_us, ==, 10 * G_USEC_PER_SEC);

  json_object_set_int_member (object, "minute_normal_s", 61);
  assert_refused (object, "minute_normal_s");
}

/* So slow that the largest photo arrives in time, or not at all. */
static void
test_upload_limit (void)
{
  g_autoptr (JsonObject) object = load ("default.json");
  g_autoptr (GError) error = NULL;
  XsPolicy policy;

  json_object_set_int_member (object, "upload_max_kib_s", 16);
  g_assert_true (parse_object (&policy, object, &error));
  g_assert_cmpint (policy.upload_max_bytes_s, ==, 16 * 1024);
  json_object_set_int_member (object, "upload_max_kib_s", 15);
  assert_refused (object, "upload_max_kib_s");
}

static void
test_unknown_field (void)
{
  g_autoptr (JsonObject) object = load ("default.json");

  json_object_set_int_member (object, "grace_us", 5);
  assert_refused (object, "grace_us");
}

static void
test_id (void)
{
  g_autoptr (JsonObject) object = load ("default.json");
  g_autoptr (GError) error = NULL;
  g_autofree char *longest = g_strnfill (63, 'p');
  g_autofree char *too_long = g_strnfill (64, 'p');
  XsPolicy policy;

  json_object_set_string_member (object, "id", longest);
  g_assert_true (parse_object (&policy, object, &error));
  g_assert_cmpstr (policy.id, ==, longest);

  json_object_set_string_member (object, "id", too_long);
  assert_refused (object, "id");
  json_object_set_string_member (object, "id", "");
  assert_refused (object, "id");
}

static void
test_valid_from (void)
{
  static const char *const wrong[] = { "20260230", "20261301", "20260100", "2026-01-01", "202601", "00000101" };
  g_autoptr (JsonObject) object = load ("default.json");

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      json_object_set_string_member (object, "valid_from", wrong[i]);
      assert_refused (object, "valid_from");
    }
}

static void
test_fields_that_contradict (void)
{
  g_autoptr (JsonObject) match = load ("default.json");
  g_autoptr (JsonObject) segment = load ("default.json");

  json_object_set_double_member (match, "match_different", 0.5);
  assert_refused (match, "match_different");
  json_object_set_int_member (segment, "segment_min_s", 3601);
  assert_refused (segment, "segment_min_s");
}

static void
test_not_a_policy (void)
{
  static const char *const texts[] = { "", "[]", "{}", "null", "{\"id\": \"a\"", "{\"id\": \"a\", \"id\": \"b\"}" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      XsPolicy policy;

      g_assert_false (xs_policy_parse (&policy, texts[i], strlen (texts[i]), &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
}

/* Each field has its row in the document for people, with its default. */
static void
test_documented (void)
{
  g_autoptr (JsonObject) object = load ("default.json");
  g_autoptr (GList) names = json_object_get_members (object);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "docs", "policy.md", NULL);
  g_autofree char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *row = g_strdup_printf ("\n| `%s` |", (const char *) l->data);

      if (strstr (text, row) == NULL)
        g_error ("docs/policy.md has no row for %s", (const char *) l->data);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/policy/default", test_default);
  g_test_add_func ("/policy/demo", test_demo);
  g_test_add_func ("/policy/required", test_first_fields_are_required);
  g_test_add_func ("/policy/later-fields", test_later_fields_have_defaults);
  g_test_add_func ("/policy/min-version", test_min_version);
  g_test_add_func ("/policy/type", test_every_field_has_a_type);
  g_test_add_func ("/policy/range", test_every_number_has_a_range);
  g_test_add_func ("/policy/range-ends", test_ranges_include_their_ends);
  g_test_add_func ("/policy/upload-limit", test_upload_limit);
  g_test_add_func ("/policy/unknown", test_unknown_field);
  g_test_add_func ("/policy/id", test_id);
  g_test_add_func ("/policy/valid-from", test_valid_from);
  g_test_add_func ("/policy/contradiction", test_fields_that_contradict);
  g_test_add_func ("/policy/no-policy", test_not_a_policy);
  g_test_add_func ("/policy/documented", test_documented);

  return g_test_run ();
}
