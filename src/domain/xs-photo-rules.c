/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-rules.h"

#include "xs-error.h"
#include "xs-json.h"
#include "xs-policy-resource.h"

typedef struct {
  const char *name;
  gsize offset;
  double min, max;
} Field;

#define AT(field_) G_STRUCT_OFFSET (XsPhotoRules, field_)
#define FIELD(name_, min_, max_)                                                                                       \
  {                                                                                                                    \
#name_, AT(name_), min_, max_                                                                                      \
  }

/* docs/policy.md explains each of these. */
static const Field fields[] = {
  FIELD (version, 1, 1e9),
  FIELD (photo_width_mm, 10, 100),
  FIELD (photo_height_mm, 10, 100),
  FIELD (shape_tolerance, 0, 0.5),
  FIELD (upload_width_px, 48, 10000),
  FIELD (upload_height_px, 48, 10000),
  FIELD (upload_min_bytes, 0, 8388608),
  FIELD (upload_max_bytes, 1, 8388608),
  FIELD (head_width_min_mm, 0, 100),
  FIELD (head_width_max_mm, 0, 100),
  FIELD (head_length_min_mm, 0, 100),
  FIELD (head_length_max_mm, 0, 100),
  FIELD (crown_margin_min_mm, 0, 100),
  FIELD (crown_margin_max_mm, 0, 100),
  FIELD (centre_offset_max_mm, 0, 100),
  FIELD (yaw_max_deg, 0, 90),
  FIELD (pitch_max_deg, 0, 90),
  FIELD (roll_max_deg, 0, 180),
  FIELD (ground_lightness_min, 0, 100),
  FIELD (ground_chroma_max, 0, 200),
  FIELD (ground_spread_max, 0, 100),
  FIELD (ground_shadow_max, 0, 100),
  FIELD (head_covering_max, 0, 1),
  FIELD (ears_min, 0, 1),
  FIELD (brows_min, 0, 1),
  FIELD (eyes_closed_max, 0, 1),
  FIELD (glare_max, 0, 1),
  FIELD (skin_texture_min, 0, 1),
  FIELD (sharpness_min, 0, 1),
  FIELD (luminance_min, 0, 1),
  FIELD (luminance_max, 0, 1),
  FIELD (underexposed_max, 0, 1),
  FIELD (overexposed_max, 0, 1),
  FIELD (side_light_max_ev, 0, 20),
  FIELD (colour_min, 0, 200),
  FIELD (skin_cast_max, 0, 200),
  FIELD (eye_distance_min_px, 0, 10000),
};

/* The first of each pair must not be above the second. */
static const gsize pairs[][2] = {
  { AT (upload_min_bytes), AT (upload_max_bytes) },     { AT (head_width_min_mm), AT (head_width_max_mm) },
  { AT (head_length_min_mm), AT (head_length_max_mm) }, { AT (crown_margin_min_mm), AT (crown_margin_max_mm) },
  { AT (luminance_min), AT (luminance_max) },
};

static double
number_at (const XsPhotoRules *rules, gsize offset)
{
  return G_STRUCT_MEMBER (double, rules, offset);
}

static const Field *
find_field (gsize offset)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (fields[i].offset == offset)
        return &fields[i];
    }
  g_assert_not_reached ();
}

static gboolean
invalid (const char *name, const char *rule, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” %s", name, rule);
  return FALSE;
}

static gboolean
is_known (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (strcmp (name, fields[i].name) == 0)
        return TRUE;
    }
  return strcmp (name, "id") == 0 || strcmp (name, "valid_from") == 0;
}

static gboolean
read_head (JsonObject *object, XsPhotoRules *rules, GError **error)
{
  const char *id = NULL, *day = NULL;

  if (!xs_json_get_string (object, "id", &id, error))
    return FALSE;
  if (*id == '\0' || strlen (id) >= sizeof rules->id)
    return invalid ("id", "must have 1 to 63 bytes", error);
  g_strlcpy (rules->id, id, sizeof rules->id);

  if (!xs_json_get_number (object, "valid_from", 8, &day, error))
    return FALSE;
  int number = (int) g_ascii_strtoll (day, NULL, 10);
  if (!g_date_valid_dmy (number % 100, number / 100 % 100, number / 10000))
    return invalid ("valid_from", "is no date (YYYYMMDD)", error);
  rules->valid_from_day = number;
  return TRUE;
}

gboolean
xs_photo_rules_parse (XsPhotoRules *rules, const char *data, gsize size, GError **error)
{
  g_autoptr (JsonObject) object = xs_json_parse_object (data, size, XS_PHOTO_RULES_MAX_BYTES, error);
  XsPhotoRules read = { 0 };

  if (object == NULL || !xs_json_has_only (object, is_known, "a field of the rules for photos", error)
      || !read_head (object, &read, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (!xs_json_get_double (object, fields[i].name, fields[i].min, fields[i].max,
                               G_STRUCT_MEMBER_P (&read, fields[i].offset), error))
        return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      if (number_at (&read, pairs[i][0]) <= number_at (&read, pairs[i][1]))
        continue;
      g_autofree char *rule = g_strdup_printf ("must not be above “%s”", find_field (pairs[i][1])->name);
      return invalid (find_field (pairs[i][0])->name, rule, error);
    }

  *rules = read;
  return TRUE;
}

void
xs_photo_rules_default (XsPhotoRules *rules)
{
  g_autoptr (GBytes) bytes =
    g_resource_lookup_data (xs_policy_get_resource (), "/org/xueshi/policy/registration-photo.json",
                            G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize size = 0;

  /* It is part of the program and a test parses it: it cannot fail at run time. */
  g_assert (bytes != NULL);
  const char *data = g_bytes_get_data (bytes, &size);
  gboolean is_valid = xs_photo_rules_parse (rules, data, size, NULL);
  g_assert (is_valid);
}
