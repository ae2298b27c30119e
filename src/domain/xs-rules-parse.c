/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-json.h"
#include "xs-policy-json.h"

#define MAX_S (366 * 24 * 3600)
#define DAY_MIN (24 * 60)

typedef enum {
  FIELD_INT,     /* gint64 */
  FIELD_WINDOWS, /* XsDayWindows: ["HH:MM-HH:MM", …] */
  FIELD_TIME,    /* int, minute of the day: "HH:MM", or "" for 0 */
  FIELD_ORIGIN,  /* gboolean: "sign_in" or "clock" */
} FieldType;

typedef struct {
  XsRuleId rule;
  const char *name;
  FieldType type;
  gsize offset;
  gint64 min, max; /* of FIELD_INT */
} Field;

#define AT(field_) G_STRUCT_OFFSET (XsRules, field_)

/* docs/rules.md explains each of these. */
static const Field fields[] = {
  { XS_RULE_LATE_REPORT, "deadline_s", FIELD_INT, AT (late_report_deadline_s), 0, MAX_S },
  { XS_RULE_CONCURRENT, "tolerance_s", FIELD_INT, AT (concurrent_tolerance_s), 0, MAX_S },
  { XS_RULE_CLOCK_ANOMALY, "tolerance_s", FIELD_INT, AT (clock_anomaly_tolerance_s), 0, MAX_S },
  { XS_RULE_MINUTES_MISSING, "missing_max", FIELD_INT, AT (minutes_missing_max), 0, DAY_MIN },
  { XS_RULE_TRAINING_WINDOW, "classroom", FIELD_WINDOWS, AT (classroom), 0, 0 },
  { XS_RULE_TRAINING_WINDOW, "remote", FIELD_WINDOWS, AT (remote), 0, 0 },
  { XS_RULE_FIRST_PHOTO, "within_s", FIELD_INT, AT (first_photo_within_s), 0, MAX_S },
  { XS_RULE_LAST_PHOTO, "within_s", FIELD_INT, AT (last_photo_within_s), 0, MAX_S },
  { XS_RULE_NO_SIGN_OUT, "made_up_until", FIELD_TIME, AT (made_up_until_min), 0, 0 },
  { XS_RULE_PHOTO_REUSED, "bits", FIELD_INT, AT (photo_reused_bits), 0, 256 },
  { XS_RULE_PHOTO_MISSING, "around_min", FIELD_INT, AT (around_min), 0, DAY_MIN },
  { XS_RULE_PHOTO_MISSING, "origin", FIELD_ORIGIN, AT (slots_by_clock), 0, 0 },
  { XS_RULE_PHOTO_MISSING, "partial_min_s", FIELD_INT, AT (slot_partial_min_s), 0, MAX_S },
  { XS_RULE_PHOTOS_IN_A_ROW, "count", FIELD_INT, AT (in_a_row_count), 1, DAY_MIN },
  { XS_RULE_PHOTO_COUNT, "extra", FIELD_INT, AT (photo_count_extra), 0, DAY_MIN },
  { XS_RULE_GAP, "max_s", FIELD_INT, AT (gap_max_s), 0, MAX_S },
  { XS_RULE_HOUR_RATIO, "full_percent", FIELD_INT, AT (full_percent), 1, 100 },
};

static gboolean
invalid (const char *name, const char *rule, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” %s", name, rule);
  return FALSE;
}

/* "HH:MM", 00:00 … 24:00; -1 for anything else. */
static int
parse_time (const char *text)
{
  if (strlen (text) != 5 || text[2] != ':')
    return -1;
  for (int i = 0; i < 5; i++)
    {
      if (i != 2 && !g_ascii_isdigit (text[i]))
        return -1;
    }

  int hour = (text[0] - '0') * 10 + text[1] - '0';
  int minute = (text[3] - '0') * 10 + text[4] - '0';
  int time_min = hour * 60 + minute;
  return minute < 60 && time_min <= DAY_MIN ? time_min : -1;
}

static gboolean
parse_window (const char *text, XsDayWindow *window)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 2);

  if (g_strv_length (ends) != 2)
    return FALSE;
  window->from_min = parse_time (ends[0]);
  window->to_min = parse_time (ends[1]);
  return window->from_min >= 0 && window->to_min >= 0;
}

static gboolean
read_windows (JsonObject *object, const char *name, XsDayWindows *windows, GError **error)
{
  JsonArray *array = NULL;
  XsDayWindows read = { 0 };

  if (!xs_json_get_array (object, name, &array, error))
    return FALSE;
  guint n = json_array_get_length (array);
  if (n > XS_DAY_WINDOWS_MAX)
    return invalid (name, "may have at most 4 windows", error);
  for (; read.n < n; read.n++)
    {
      JsonNode *node = json_array_get_element (array, read.n);
      const char *text = json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";

      if (!parse_window (text, &read.windows[read.n]))
        return invalid (name, "must be windows as “06:00-22:00”", error);
    }

  *windows = read;
  return TRUE;
}

static gboolean
read_time (JsonObject *object, const char *name, int *time_min, GError **error)
{
  const char *text = NULL;

  if (!xs_json_get_string (object, name, &text, error))
    return FALSE;
  int read = *text == '\0' ? 0 : parse_time (text);
  if (read < 0)
    return invalid (name, "must be a time of day as “22:00”, or empty for never", error);

  *time_min = read;
  return TRUE;
}

static gboolean
read_origin (JsonObject *object, const char *name, gboolean *by_clock, GError **error)
{
  const char *text = NULL;

  if (!xs_json_get_string (object, name, &text, error))
    return FALSE;
  if (!g_str_equal (text, "sign_in") && !g_str_equal (text, "clock"))
    return invalid (name, "must be “sign_in” or “clock”", error);

  *by_clock = g_str_equal (text, "clock");
  return TRUE;
}

static gboolean
read_field (XsRules *rules, JsonObject *object, const Field *field, GError **error)
{
  gpointer target = G_STRUCT_MEMBER_P (rules, field->offset);

  switch (field->type)
    {
    case FIELD_INT:
      return xs_json_get_int (object, field->name, field->min, field->max, target, error);
    case FIELD_WINDOWS:
      return read_windows (object, field->name, target, error);
    case FIELD_TIME:
      return read_time (object, field->name, target, error);
    case FIELD_ORIGIN:
      return read_origin (object, field->name, target, error);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
read_voids (XsRule *rule, XsRuleId id, JsonObject *object, GError **error)
{
  const char *text = NULL;
  XsVoids voids;

  if (!xs_json_get_string (object, "voids", &text, error))
    return FALSE;
  if (xs_voids_from_nick (text, &voids) && xs_rule_may_void (id, voids))
    {
      rule->voids = voids;
      return TRUE;
    }

  g_autoptr (GString) allowed = g_string_new ("must be one of");
  for (guint i = 0; i < XS_N_VOIDS; i++)
    {
      if (xs_rule_may_void (id, i))
        g_string_append_printf (allowed, " “%s”", xs_voids_nick (i));
    }
  return invalid ("voids", allowed->str, error);
}

static gboolean
read_code (XsRule *rule, JsonObject *object, GError **error)
{
  const char *text = NULL;

  if (!xs_json_get_string (object, "code", &text, error))
    return FALSE;
  if (strlen (text) >= sizeof rule->code)
    return invalid ("code", "must have at most 15 bytes", error);

  g_strlcpy (rule->code, text, sizeof rule->code);
  return TRUE;
}

static const Field *
find_field (XsRuleId id, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (fields[i].rule == id && strcmp (fields[i].name, name) == 0)
        return &fields[i];
    }

  return NULL;
}

static gboolean
is_common (const char *name)
{
  return g_str_equal (name, "on") || g_str_equal (name, "voids") || g_str_equal (name, "code");
}

static gboolean
has_only_known (XsRuleId id, JsonObject *object, GError **error)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    {
      if (!is_common (name) && find_field (id, name) == NULL)
        return invalid (name, "is not a field of this rule", error);
    }

  return TRUE;
}

static gboolean
parse_rule (XsRules *rules, XsRuleId id, JsonObject *object, gboolean complete, GError **error)
{
  XsRule *rule = &rules->rule[id];

  if (!has_only_known (id, object, error))
    return FALSE;
  if ((complete || json_object_has_member (object, "on")) && !xs_json_get_boolean (object, "on", &rule->on, error))
    return FALSE;
  if ((complete || json_object_has_member (object, "voids")) && !read_voids (rule, id, object, error))
    return FALSE;
  if ((complete || json_object_has_member (object, "code")) && !read_code (rule, object, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (fields[i].rule == id && (complete || json_object_has_member (object, fields[i].name))
          && !read_field (rules, object, &fields[i], error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_rule (const char *name)
{
  XsRuleId id;

  return xs_rule_from_nick (name, &id);
}

gboolean
xs_rules_parse (XsRules *rules, JsonObject *object, gboolean complete, GError **error)
{
  if (!xs_json_has_only (object, is_rule, "a rule", error))
    return FALSE;
  for (guint i = 0; i < XS_N_RULES; i++)
    {
      const char *nick = xs_rule_nick (i);
      JsonObject *member = NULL;

      if (!complete && !json_object_has_member (object, nick))
        continue;
      if (!xs_json_get_object (object, nick, &member, error))
        return FALSE;
      if (!parse_rule (rules, i, member, complete, error))
        return xs_json_error_at (error, "%s", nick);
    }

  return TRUE;
}

gboolean
xs_rules_have_field (const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", 2);
  XsRuleId id;

  return g_strv_length (names) == 2 && xs_rule_from_nick (names[0], &id)
         && (is_common (names[1]) || find_field (id, names[1]) != NULL);
}
