/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-policy.h"

#include "xs-error.h"
#include "xs-json.h"
#include "xs-policy-json.h"
#include "xs-policy-resource.h"

#define MAX_DAY_S (24 * 3600)
#define USEC_PER_MSEC 1000
#define BYTES_PER_KIB 1024
#define BYTES_PER_MB (1024 * 1024)
/* Less, and a photo of 1 MiB would not arrive within the 120 s that a platform waits for it (docs/protocol.md, R8). */
#define UPLOAD_MIN_BYTES_S (16 * BYTES_PER_KIB)

typedef enum {
  FIELD_TEXT,    /* char[64] */
  FIELD_VERSION, /* char[XS_VERSION_BYTES]; may be "" */
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
  gboolean optional; /* a document without it gets the national default's value */
} Field;

#define AT(field_) G_STRUCT_OFFSET (XsPolicy, field_)

/* docs/policy.md explains each of these. */
static const Field fields[] = {
  { "id", FIELD_TEXT, AT (id), 0, 0, 0 },
  { "version", FIELD_INT, AT (version), 1, 1e9, 1 },
  { "valid_from", FIELD_DAY, AT (valid_from_day), 0, 0, 0 },
  { "snapshot_interval_s", FIELD_INT, AT (snapshot_interval_s), 10, MAX_DAY_S, 1 },
  { "snapshot_random", FIELD_BOOLEAN, AT (snapshot_random), 0, 0, 0 },
  { "identity_interval_s", FIELD_INT, AT (identity_interval_s), 1, MAX_DAY_S, 1 },
  { "grace_ms", FIELD_INT, AT (grace_us), 0, 10000, USEC_PER_MSEC },
  { "max_tick_gap_ms", FIELD_INT, AT (max_tick_gap_us), 100, 10000, USEC_PER_MSEC },
  { "daily_cap_s", FIELD_INT, AT (daily_cap_s), 1, MAX_DAY_S, 1 },
  { "segment_min_s", FIELD_INT, AT (segment_min_s), 0, MAX_DAY_S, 1 },
  { "segment_max_s", FIELD_INT, AT (segment_max_s), 1, MAX_DAY_S, 1 },
  { "minute_normal_s", FIELD_INT, AT (minute_normal_s), 1, 60, 1 },
  { "absence_sign_out_s", FIELD_INT, AT (absence_sign_out_s), 1, MAX_DAY_S, 1 },
  { "yaw_limit_deg", FIELD_DOUBLE, AT (yaw_limit_deg), 1, 90, 0 },
  { "pitch_limit_deg", FIELD_DOUBLE, AT (pitch_limit_deg), 1, 90, 0 },
  { "brow_chin_min_px", FIELD_DOUBLE, AT (brow_chin_min_px), 0, 2000, 0 },
  { "match_same", FIELD_DOUBLE, AT (match_same), -1, 1, 0 },
  { "match_different", FIELD_DOUBLE, AT (match_different), -1, 1, 0 },
  { "luminance_min", FIELD_DOUBLE, AT (luminance_min), 0, 1, 0 },
  { "backlight_max_ev", FIELD_DOUBLE, AT (backlight_max_ev), 0, 20, 0 },
  { "sharpness_min", FIELD_DOUBLE, AT (sharpness_min), 0, 1, 0 },
  { "covered_detail_max", FIELD_DOUBLE, AT (covered_detail_max), 0, 1, 0 },
  { "second_face_ratio", FIELD_DOUBLE, AT (second_face_ratio), 0, 1, 0 },
  { "roll_limit_deg", FIELD_DOUBLE, AT (roll_limit_deg), 1, 90, 0, TRUE },
  { "face_share_max", FIELD_DOUBLE, AT (face_share_max), 0, 2, 0, TRUE },
  { "off_centre_max", FIELD_DOUBLE, AT (off_centre_max), 0, 1, 0, TRUE },
  { "light_balance_max_ev", FIELD_DOUBLE, AT (light_balance_max_ev), 0, 20, 0, TRUE },
  { "eyes_open_min", FIELD_DOUBLE, AT (eyes_open_min), 0, 1, 0, TRUE },
  { "mouth_covered_max", FIELD_DOUBLE, AT (mouth_covered_max), 0, 1, 0, TRUE },
  { "head_covered_max", FIELD_DOUBLE, AT (head_covered_max), 0, 1, 0, TRUE },
  { "eye_glare_max", FIELD_DOUBLE, AT (eye_glare_max), 0, 1, 0, TRUE },
  { "look_away_deg", FIELD_DOUBLE, AT (look_away_deg), 1, 90, 0, TRUE },
  { "look_away_s", FIELD_INT, AT (look_away_s), 0, MAX_DAY_S, 1, TRUE },
  { "eyes_closed_s", FIELD_INT, AT (eyes_closed_s), 0, MAX_DAY_S, 1, TRUE },
  { "liveness", FIELD_BOOLEAN, AT (liveness), 0, 0, 0, TRUE },
  { "motion_min", FIELD_DOUBLE, AT (motion_min), 0, 1, 0, TRUE },
  { "live_min", FIELD_DOUBLE, AT (live_min), 0, 1, 0, TRUE },
  { "sign_in_s", FIELD_INT, AT (sign_in_s), 5, 3600, 1, TRUE },
  { "sign_in_tries", FIELD_INT, AT (sign_in_tries), 1, 100, 1, TRUE },
  { "active_check_sign_in", FIELD_BOOLEAN, AT (active_check_sign_in), 0, 0, 0, TRUE },
  { "active_check_interval_s", FIELD_INT, AT (active_check_interval_s), 0, MAX_DAY_S, 1, TRUE },
  { "active_check_s", FIELD_INT, AT (active_check_s), 1, 3600, 1, TRUE },
  { "active_check_deg", FIELD_DOUBLE, AT (active_check_deg), 15, 60, 0, TRUE },
  { "attention_interval_s", FIELD_INT, AT (attention_interval_s), 0, MAX_DAY_S, 1, TRUE },
  { "attention_answer_s", FIELD_INT, AT (attention_answer_s), 5, 600, 1, TRUE },
  { "repeat_counts", FIELD_BOOLEAN, AT (repeat_counts), 0, 0, 0, TRUE },
  { "quiz_pass_percent", FIELD_INT, AT (quiz_pass_percent), 1, 100, 1, TRUE },
  { "virtual_camera_allowed", FIELD_BOOLEAN, AT (virtual_camera_allowed), 0, 0, 0, TRUE },
  { "disk_reserve_mb", FIELD_INT, AT (disk_reserve_bytes), 0, 1e6, BYTES_PER_MB, TRUE },
  { "clock_warn_s", FIELD_INT, AT (clock_warn_s), 1, MAX_DAY_S, 1, TRUE },
  { "clock_max_s", FIELD_INT, AT (clock_max_s), 0, MAX_DAY_S, 1, TRUE },
  { "unsent_warn_s", FIELD_INT, AT (unsent_warn_s), 0, 30 * MAX_DAY_S, 1, TRUE },
  { "resume_s", FIELD_INT, AT (resume_s), 0, 3600, 1, TRUE },
  { "own_photo_days", FIELD_INT, AT (own_photo_days), 0, 366, 1, TRUE },
  { "upload_max_kib_s", FIELD_INT, AT (upload_max_bytes_s), 0, 1e6, BYTES_PER_KIB, TRUE },
  { "settle_minute", FIELD_INT, AT (settle_minute), 0, 24 * 60 - 1, 1, TRUE },
  { "appeal_s", FIELD_INT, AT (appeal_s), 0, 30 * MAX_DAY_S, 1, TRUE },
  { "photo_keep_days", FIELD_INT, AT (photo_keep_days), 0, 36600, 1, TRUE },
  { "stray_photo_days", FIELD_INT, AT (stray_photo_days), 1, 366, 1, TRUE },
  { "diagnosis_keep_days", FIELD_INT, AT (diagnosis_keep_days), 1, 366, 1, TRUE },
  { "summary_s", FIELD_INT, AT (summary_s), 5, 3600, 1, TRUE },
  { "min_version", FIELD_VERSION, AT (min_version), 0, 0, 0, TRUE },
  { "min_version_from", FIELD_DAY, AT (min_version_from_day), 0, 0, 0, TRUE },
  { "min_version_stops", FIELD_BOOLEAN, AT (min_version_stops), 0, 0, 0, TRUE },
  { "second_look", FIELD_BOOLEAN, AT (second_look), 0, 0, 0, TRUE },
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

  g_strlcpy (text, value, sizeof ((XsPolicy *) NULL)->id);
  return TRUE;
}

static gboolean
read_version (JsonObject *object, const char *name, char *version, GError **error)
{
  const char *value = NULL;

  if (!xs_json_get_string (object, name, &value, error))
    return FALSE;
  if (*value != '\0' && !xs_version_is_valid (value))
    return invalid (name, "is no version, such as 1.2.0", error);

  g_strlcpy (version, value, XS_VERSION_BYTES);
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

    case FIELD_VERSION:
      return read_version (object, field->name, target, error);

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

  return g_str_equal (name, "rules") || g_str_equal (name, "notes");
}

static gboolean
is_noted (const char *path)
{
  return g_str_has_prefix (path, "rules.") ? xs_rules_have_field (path + strlen ("rules.")) : is_known (path);
}

/* Notes say where numbers come from; they are for people, so all that is asked is that they are about something. */
static gboolean
check_notes (JsonObject *object, GError **error)
{
  JsonObject *notes = NULL;

  if (!json_object_has_member (object, "notes"))
    return TRUE;
  if (!xs_json_get_object (object, "notes", &notes, error))
    return FALSE;
  if (!xs_json_has_only (notes, is_noted, "a field of a policy that a note could be about", error))
    return xs_json_error_at (error, "notes");

  g_autoptr (GList) names = json_object_get_members (notes);
  for (GList *link = names; link != NULL; link = link->next)
    {
      const char *text = NULL;
      if (!xs_json_get_string (notes, link->data, &text, error))
        return xs_json_error_at (error, "notes");
    }
  return TRUE;
}

static gboolean
read_rules (JsonObject *object, XsPolicy *policy, gboolean complete, GError **error)
{
  JsonObject *rules = NULL;

  if (!complete && !json_object_has_member (object, "rules"))
    return TRUE;
  if (!xs_json_get_object (object, "rules", &rules, error))
    return FALSE;
  return xs_rules_parse (&policy->rules, rules, complete, error) || xs_json_error_at (error, "rules");
}

/* What of a document may be left out, and then stays as @policy has it. */
typedef enum {
  LEAVE_OUT_NOTHING, /* but notes */
  LEAVE_OUT_LATER,   /* fields that came later */
  LEAVE_OUT_ANY,
} LeaveOut;

static gboolean
read_fields (XsPolicy *policy, JsonObject *object, LeaveOut leave_out, GError **error)
{
  if (!xs_json_has_only (object, is_known, "a field of a policy", error) || !check_notes (object, error))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if ((leave_out == LEAVE_OUT_ANY || (leave_out == LEAVE_OUT_LATER && fields[i].optional))
          && !json_object_has_member (object, fields[i].name))
        continue;
      if (!read_field (object, &fields[i], policy, error))
        return FALSE;
    }
  if (!read_rules (object, policy, leave_out == LEAVE_OUT_NOTHING, error))
    return FALSE;

  if (policy->match_different > policy->match_same)
    return invalid ("match_different", "must not be above “match_same”", error);
  if (policy->segment_min_s > policy->segment_max_s)
    return invalid ("segment_min_s", "must not be above “segment_max_s”", error);
  if (policy->upload_max_bytes_s > 0 && policy->upload_max_bytes_s < UPLOAD_MIN_BYTES_S)
    return invalid ("upload_max_kib_s", "must be 0, for no limit, or at least 16", error);
  return TRUE;
}

gboolean
xs_policy_change (XsPolicy *policy, JsonObject *changes, GError **error)
{
  XsPolicy changed = *policy;

  if (!read_fields (&changed, changes, LEAVE_OUT_ANY, error))
    return FALSE;

  *policy = changed;
  return TRUE;
}

static gboolean
parse (XsPolicy *policy, LeaveOut leave_out, const char *data, gsize size, GError **error)
{
  g_autoptr (JsonObject) object = xs_json_parse_object (data, size, XS_POLICY_MAX_BYTES, error);

  if (object == NULL)
    return FALSE;
  return read_fields (policy, object, leave_out, error) || xs_json_error_line (error, data, size);
}

gboolean
xs_policy_parse (XsPolicy *policy, const char *data, gsize size, GError **error)
{
  XsPolicy read;

  xs_policy_default (&read);
  if (!parse (&read, LEAVE_OUT_LATER, data, size, error))
    return FALSE;

  *policy = read;
  return TRUE;
}

char *
xs_policy_name (const XsPolicy *policy)
{
  return g_strdup_printf ("%s %" G_GINT64_FORMAT, policy->id, policy->version);
}

void
xs_policy_default (XsPolicy *policy)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (xs_policy_get_resource (), "/org/xueshi/policy/default.json",
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize size = 0;

  /* It is part of the program and a test parses it: it cannot fail at run time. */
  g_assert (bytes != NULL);
  const char *data = g_bytes_get_data (bytes, &size);
  *policy = (XsPolicy){ 0 };
  gboolean is_valid = parse (policy, LEAVE_OUT_NOTHING, data, size, NULL);
  g_assert (is_valid);
}
