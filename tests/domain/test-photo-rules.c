/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-rules.h"

#include "xs-error.h"
#include "xs-json.h"
#include "xs-photo-report.h"

#include <math.h>
#include <string.h>

static JsonObject *
load (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", "registration-photo.json", NULL);
  JsonObject *object = xs_json_load_object (path, XS_PHOTO_RULES_MAX_BYTES, &error);

  g_assert_no_error (error);
  return object;
}

static gboolean
parse_object (XsPhotoRules *rules, JsonObject *object, GError **error)
{
  g_autoptr (JsonNode) node = xs_json_node_take_object (json_object_ref (object));
  g_autofree char *text = xs_json_to_pretty (node);

  return xs_photo_rules_parse (rules, text, strlen (text), error);
}

static void
assert_refused (JsonObject *object, const char *part_of_message)
{
  g_autoptr (GError) error = NULL;
  XsPhotoRules rules, untouched;

  memset (&rules, 0x55, sizeof rules);
  memset (&untouched, 0x55, sizeof untouched);

  g_assert_false (parse_object (&rules, object, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  if (strstr (error->message, part_of_message) == NULL)
    g_error ("“%s” does not name %s", error->message, part_of_message);
  g_assert_cmpmem (&rules, sizeof rules, &untouched, sizeof untouched);
}

static void
test_default (void)
{
  g_autoptr (JsonObject) object = load ();
  g_autoptr (GError) error = NULL;
  XsPhotoRules built_in, from_file;

  xs_photo_rules_default (&built_in);
  g_assert_true (parse_object (&from_file, object, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (built_in.id, ==, from_file.id);
  g_assert_cmpint (built_in.valid_from_day, ==, 20260101);
  g_assert_cmpfloat (built_in.photo_width_mm, ==, 22);
  g_assert_cmpfloat (built_in.photo_height_mm, ==, 32);
  g_assert_cmpfloat (built_in.upload_width_px, ==, 260);
  g_assert_cmpfloat (built_in.upload_height_px, ==, 378);
  g_assert_cmpfloat (built_in.upload_min_bytes, ==, 14 * 1024);
  g_assert_cmpfloat (built_in.upload_max_bytes, ==, 30 * 1024);
  g_assert_cmpfloat (built_in.head_width_min_mm, ==, 14);
  g_assert_cmpfloat (built_in.head_width_max_mm, ==, 16);
  g_assert_cmpfloat (built_in.head_length_min_mm, ==, 19);
  g_assert_cmpfloat (built_in.head_length_max_mm, ==, 22);
}

/* Every field there is: required, of its type, within its range. */
static void
test_every_field (void)
{
  g_autoptr (JsonObject) full = load ();
  g_autoptr (GList) names = json_object_get_members (full);
  guint n_numbers = 0;

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autoptr (JsonObject) missing = load (), empty = load (), low = load (), high = load ();
      GType type = json_node_get_value_type (json_object_get_member (full, l->data));

      json_object_remove_member (missing, l->data);
      assert_refused (missing, l->data);
      json_object_set_null_member (empty, l->data);
      assert_refused (empty, l->data);
      if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
        continue;
      json_object_set_int_member (low, l->data, -2);
      assert_refused (low, l->data);
      json_object_set_int_member (high, l->data, 2000000000);
      assert_refused (high, l->data);
      n_numbers++;
    }
  /* The struct holds nothing but these numbers, the id and the day. */
  g_assert_cmpuint (n_numbers * sizeof (double), ==,
                    sizeof (XsPhotoRules) - G_STRUCT_OFFSET (XsPhotoRules, photo_width_mm) + sizeof (double));
}

static void
test_unknown_field (void)
{
  g_autoptr (JsonObject) object = load ();

  json_object_set_int_member (object, "head_width_mm", 15);
  assert_refused (object, "head_width_mm");
}

static void
test_names_and_days (void)
{
  g_autofree char *too_long = g_strnfill (64, 'p');
  g_autoptr (JsonObject) object = load (), other = load (), none = load ();

  json_object_set_string_member (object, "id", too_long);
  assert_refused (object, "id");
  json_object_set_string_member (none, "id", "");
  assert_refused (none, "id");
  json_object_set_string_member (other, "valid_from", "20260230");
  assert_refused (other, "valid_from");
}

static void
test_fields_that_contradict (void)
{
  static const char *const pairs[][2] = {
    { "upload_min_bytes", "upload_max_bytes" },     { "head_width_min_mm", "head_width_max_mm" },
    { "head_length_min_mm", "head_length_max_mm" }, { "crown_margin_min_mm", "crown_margin_max_mm" },
    { "luminance_min", "luminance_max" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (JsonObject) object = load ();
      double max = json_object_get_double_member (object, pairs[i][1]);

      json_object_set_double_member (object, pairs[i][0], max * 1.01);
      assert_refused (object, pairs[i][0]);
      assert_refused (object, pairs[i][1]);
    }
}

static void
test_no_document (void)
{
  static const char *const texts[] = { "", "[]", "{", "null", "{}" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      XsPhotoRules rules;

      g_assert_false (xs_photo_rules_parse (&rules, texts[i], strlen (texts[i]), &error));
      g_assert_nonnull (error);
    }
}

/* Why a photo was returned, told by a word alone, still says which way it was wrong. */
static void
test_reason (void)
{
  static const struct {
    XsPhotoItemCode code;
    double value, min, max;
    const char *reason, *advice;
  } cases[] = {
    { XS_PHOTO_FACES, 0, 1, 1, "faces",
      "No face was found: take the picture from the front, with the whole head in it." },
    { XS_PHOTO_FACES, 2, 1, 1, "faces_high", "Only one person may be in the picture." },
    { XS_PHOTO_LUMINANCE, 0.1, 0.2, 0.8, "luminance", "Give the face more light, from the front." },
    { XS_PHOTO_LUMINANCE, 0.9, 0.2, 0.8, "luminance_high", "Give the face less light." },
    { XS_PHOTO_OVEREXPOSED, 0.5, NAN, 0.1, "overexposed", "Give the face less light." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      XsPhotoReport report = { 0 };
      xs_photo_report_add (&report, cases[i].code, cases[i].value, 0, cases[i].min, cases[i].max);
      g_autofree char *reason = xs_photo_item_reason (&report.items[0]);
      g_assert_cmpstr (reason, ==, cases[i].reason);
      g_assert_cmpstr (xs_photo_reason_advice (reason), ==, cases[i].advice);
    }
  g_assert_null (xs_photo_reason_advice ("overexposed_high"));
  g_assert_null (xs_photo_reason_advice ("unreadable"));
  g_assert_null (xs_photo_reason_advice (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/photo-rules/default", test_default);
  g_test_add_func ("/domain/photo-rules/every-field", test_every_field);
  g_test_add_func ("/domain/photo-rules/unknown-field", test_unknown_field);
  g_test_add_func ("/domain/photo-rules/names-and-days", test_names_and_days);
  g_test_add_func ("/domain/photo-rules/fields-that-contradict", test_fields_that_contradict);
  g_test_add_func ("/domain/photo-rules/no-document", test_no_document);
  g_test_add_func ("/domain/photo-rules/reason", test_reason);
  return g_test_run ();
}
