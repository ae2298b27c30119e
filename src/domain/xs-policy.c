/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-policy.h"

#include "xs-error.h"
#include "xs-json.h"
#include "xs-policy-resource.h"

#define MAX_DAY_S (24 * 3600)
#define USEC_PER_MSEC 1000

typedef enum {
  FIELD_TEXT,    /* char[64] */
  FIELD_DAY,     /* "YYYYMMDD" into int */
  FIELD_BOOLEAN, /* gboolean */
  FIELD_INT,     /* gint64, multiplied by scale */
  FIELD_DOUBLE,  /* double */
} FieldType;

typedef struct {
  const char *name;
  FieldType type;
  gsize offset;
  double min, max; /* of the number in the document */
  gint64 scale;
} Field;

#define TEXT(field_)                                                                                                   \
  {                                                                                                                    \
#field_, FIELD_TEXT, G_STRUCT_OFFSET(XsPolicy, field_), 0, 0, 0                                                    \
  }
#define DAY(name_, field_)                                                                                             \
  {                                                                                                                    \
    name_, FIELD_DAY, G_STRUCT_OFFSET (XsPolicy, field_), 0, 0, 0                                                      \
  }
#define BOOLEAN(field_)                                                                                                \
  {                                                                                                                    \
#field_, FIELD_BOOLEAN, G_STRUCT_OFFSET(XsPolicy, field_), 0, 0, 0                                                 \
  }
#define INT(field_, min_, max_)                                                                                        \
  {                                                                                                                    \
#field_, FIELD_INT, G_STRUCT_OFFSET(XsPolicy, field_), min_, max_, 1                                               \
  }
#define MSEC(name_, field_, min_, max_)                                                                                \
  {                                                                                                                    \
    name_, FIELD_INT, G_STRUCT_OFFSET (XsPolicy, field_), min_, max_, USEC_PER_MSEC                                    \
  }
#define DOUBLE(field_, min_, max_)                                                                                     \
  {                                                                                                                    \
#field_, FIELD_DOUBLE, G_STRUCT_OFFSET(XsPolicy, field_), min_, max_, 0                                            \
  }

/* docs/policy.md explains each of these. */
static const Field fields[] = {
  TEXT (id),
  INT (version, 1, 1e9),
  DAY ("valid_from", valid_from_day),
  INT (snapshot_interval_s, 10, MAX_DAY_S),
  BOOLEAN (snapshot_random),
  INT (identity_interval_s, 1, MAX_DAY_S),
  MSEC ("grace_ms", grace_us, 0, 10000),
  MSEC ("max_tick_gap_ms", max_tick_gap_us, 100, 10000),
  INT (daily_cap_s, 1, MAX_DAY_S),
  INT (segment_min_s, 0, MAX_DAY_S),
  INT (segment_max_s, 1, MAX_DAY_S),
  INT (minute_normal_s, 1, 60),
  INT (absence_sign_out_s, 1, MAX_DAY_S),
  DOUBLE (yaw_limit_deg, 1, 90),
  DOUBLE (pitch_limit_deg, 1, 90),
  DOUBLE (brow_chin_min_px, 0, 2000),
  DOUBLE (match_same, -1, 1),
  DOUBLE (match_different, -1, 1),
  DOUBLE (luminance_min, 0, 1),
  DOUBLE (backlight_max_ev, 0, 20),
  DOUBLE (sharpness_min, 0, 1),
  DOUBLE (covered_detail_max, 0, 1),
  DOUBLE (second_face_ratio, 0, 1),
};

static gboolean
invalid (const char *name, const char *rule, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” %s", name, rule);
  return FALSE;
}

static gboolean
read_text (JsonObject *object, const char *name, char *text, GError **error)
{
  const char *value = NULL;

  if (!xs_json_get_string (object, name, &value, error))
    return FALSE;
  if (*value == '\0' || strlen (value) >= sizeof ((XsPolicy *) NULL)->id)
    return invalid (name, "must have 1 to 63 bytes", error);

  strcpy (text, value);
  return TRUE;
}

static gboolean
read_day (JsonObject *object, const char *name, int *day, GError **error)
{
  const char *value = NULL;

  if (!xs_json_get_number (object, name, 8, &value, error))
    return FALSE;

  int number = (int) g_ascii_strtoll (value, NULL, 10);
  if (!g_date_valid_dmy (number % 100, number / 100 % 100, number / 10000))
    return invalid (name, "is no date (YYYYMMDD)", error);

  *day = number;
  return TRUE;
}

static gboolean
read_field (JsonObject *object, const Field *field, XsPolicy *policy, GError **error)
{
  gpointer target = G_STRUCT_MEMBER_P (policy, field->offset);

  switch (field->type)
    {
    case FIELD_TEXT:
      return read_text (object, field->name, target, error);

    case FIELD_DAY:
      return read_day (object, field->name, target, error);

    case FIELD_BOOLEAN:
      return xs_json_get_boolean (object, field->name, target, error);

    case FIELD_INT:
      {
        gint64 *number = target;

        if (!xs_json_get_int (object, field->name, (gint64) field->min, (gint64) field->max, number, error))
          return FALSE;
        *number *= field->scale;
        return TRUE;
      }

    case FIELD_DOUBLE:
      return xs_json_get_double (object, field->name, field->min, field->max, target, error);

    default:
      g_assert_not_reached ();
    }
}

static gboolean
is_known (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (strcmp (name, fields[i].name) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_only_known_fields (JsonObject *object, GError **error)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    {
      if (!is_known (name))
        return invalid (name, "is not a field of a policy", error);
    }

  return TRUE;
}

gboolean
xs_policy_parse (XsPolicy *policy, const char *data, gsize size, GError **error)
{
  g_autoptr (JsonObject) object = xs_json_parse_object (data, size, XS_POLICY_MAX_BYTES, error);
  XsPolicy read = { 0 };

  if (object == NULL || !has_only_known_fields (object, error))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (!read_field (object, &fields[i], &read, error))
        return FALSE;
    }

  if (read.match_different > read.match_same)
    return invalid ("match_different", "must not be above “match_same”", error);
  if (read.segment_min_s > read.segment_max_s)
    return invalid ("segment_min_s", "must not be above “segment_max_s”", error);

  *policy = read;
  return TRUE;
}

void
xs_policy_default (XsPolicy *policy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_resource_lookup_data (xs_policy_get_resource (), "/org/xueshi/policy/default.json",
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  gsize size = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (data == NULL || !xs_policy_parse (policy, data, size, &error))
    g_error ("The built-in policy is unusable: %s", error->message);
}
