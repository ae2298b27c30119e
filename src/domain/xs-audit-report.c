/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-case.h"

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-json.h"

/* The outcome of a case as a document, and compared with what the case expects. */

static const char *const slot_nicks[] = {
  [XS_SLOT_GOOD] = "good", [XS_SLOT_MISSING] = "missing", [XS_SLOT_BAD] = "bad",
  [XS_SLOT_OPEN] = "open", [XS_SLOT_EXEMPT] = "exempt",
};

static void
set_time (JsonObject *object, const char *name, gint64 wall_us)
{
  g_autofree char *second = xs_wall_format (wall_us, "%Y-%m-%d %H:%M:%S");
  gint64 fraction_us = wall_us % G_USEC_PER_SEC;
  g_autofree char *text =
    fraction_us == 0 ? g_strdup (second) : g_strdup_printf ("%s.%06" G_GINT64_FORMAT, second, fraction_us);

  json_object_set_string_member (object, name, text);
}

static JsonObject *
describe_breach (const XsAuditCase *audit_case, const XsBreach *breach)
{
  JsonObject *object = json_object_new ();
  const XsRule *rule = &audit_case->policy.rules.rule[breach->rule];

  json_object_set_string_member (object, "rule", xs_rule_nick (breach->rule));
  if (rule->code[0] != '\0')
    json_object_set_string_member (object, "code", rule->code);
  json_object_set_string_member (object, "title", xs_rule_title (breach->rule));
  if (breach->from_min < breach->to_min)
    {
      gint64 from_us, to_us;
      xs_audit_breach_wall_us (&audit_case->log, breach, &from_us, &to_us);
      set_time (object, "from", from_us);
      set_time (object, "to", to_us);
    }
  if (breach->photo >= 0)
    json_object_set_string_member (object, "photo",
                                   g_array_index (audit_case->log.photos, XsPhotoRecord, breach->photo).number);
  if (breach->review)
    json_object_set_boolean_member (object, "review", TRUE);
  json_object_set_string_member (object, "remedy", xs_rule_remedy (breach->rule));
  return object;
}

JsonObject *
xs_audit_case_result (const XsAuditCase *audit_case, const XsAudit *audit)
{
  JsonObject *object = json_object_new ();
  JsonArray *breaches = json_array_new ();
  JsonArray *slots = json_array_new ();

  json_object_set_string_member (object, "policy", audit_case->policy.id);
  json_object_set_string_member (object, "verdict", xs_verdict_nick (audit->verdict));
  json_object_set_int_member (object, "minutes", audit->n_minutes);
  json_object_set_int_member (object, "claimed_min", audit->claimed_min);
  json_object_set_int_member (object, "valid_min", audit->valid_min);
  json_object_set_int_member (object, "credited_min", audit->credited_min);
  json_object_set_int_member (object, "credited_next_day_min", audit->credited_day_min[1]);
  for (guint i = 0; i < audit->breaches->len; i++)
    json_array_add_object_element (breaches,
                                   describe_breach (audit_case, &g_array_index (audit->breaches, XsBreach, i)));
  json_object_set_array_member (object, "breaches", breaches);
  for (guint i = 0; i < audit->slots->len; i++)
    {
      const XsSlot *slot = &g_array_index (audit->slots, XsSlot, i);
      JsonObject *element = json_object_new ();

      set_time (element, "from", slot->start_wall_us);
      set_time (element, "to", slot->end_wall_us);
      json_object_set_string_member (element, "state", slot_nicks[slot->state]);
      json_array_add_object_element (slots, element);
    }
  json_object_set_array_member (object, "slots", slots);
  return object;
}

static gboolean
differs (const char *name, const char *expected, const char *found, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“expect.%s” is %s, but the log has %s", name, expected, found);
  return FALSE;
}

static char *
value_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node == NULL ? g_strdup ("nothing") : json_to_string (node, FALSE);
}

/* Times of a case may have their date or not; that of the outcome always has. */
static gboolean
is_same_value (const char *name, const char *expected, const char *found)
{
  gboolean is_time = g_str_equal (name, "from") || g_str_equal (name, "to");

  return g_str_equal (expected, found) || (is_time && g_str_has_suffix (found, expected + 1) && expected[0] == '"');
}

static gboolean
check_member (JsonObject *expected, JsonObject *found, const char *way, const char *name, GError **error)
{
  g_autofree char *expected_text = value_text (expected, name);
  g_autofree char *found_text = value_text (found, name);
  g_autofree char *path = g_strconcat (way, name, NULL);

  return is_same_value (name, expected_text, found_text) || differs (path, expected_text, found_text, error);
}

static gboolean
is_breach_field (const char *name)
{
  static const char *const known[] = { "rule", "from", "to", "photo", "review", NULL };
  return g_strv_contains (known, name);
}

static gboolean
check_breaches (JsonObject *expect, JsonObject *found, GError **error)
{
  static const char *const compared[] = { "rule", "from", "to", "photo", "review" };
  JsonArray *expected = NULL;
  JsonArray *breaches = json_object_get_array_member (found, "breaches");

  if (!xs_json_get_array (expect, "breaches", &expected, error))
    return xs_json_error_at (error, "expect");
  guint n = json_array_get_length (expected), n_found = json_array_get_length (breaches);
  for (guint i = 0; i < MIN (n, n_found); i++)
    {
      JsonObject *breach = NULL;
      g_autofree char *way = g_strdup_printf ("breaches[%u].", i);

      if (!xs_json_get_element_object (expected, i, &breach, error)
          || !xs_json_has_only (breach, is_breach_field, "a field of a breach", error))
        return xs_json_error_at (error, "expect.breaches[%u]", i);
      for (guint field = 0; field < G_N_ELEMENTS (compared); field++)
        {
          if (!check_member (breach, json_array_get_object_element (breaches, i), way, compared[field], error))
            return FALSE;
        }
    }
  if (n == n_found)
    return TRUE;

  g_autofree char *expected_text = g_strdup_printf ("a list of %u", n);
  JsonNode *next = n_found > n ? json_array_get_element (breaches, n) : NULL;
  g_autofree char *next_text = next != NULL ? json_to_string (next, FALSE) : NULL;
  g_autofree char *found_text = g_strdup_printf ("%u: %s", n_found, next != NULL ? next_text : "no more");
  return differs ("breaches", expected_text, found_text, error);
}

static gboolean
is_expect_field (const char *name)
{
  static const char *const known[] = {
    "verdict", "credited_min", "credited_next_day_min", "valid_min", "claimed_min", "breaches", NULL,
  };
  return g_strv_contains (known, name);
}

gboolean
xs_audit_case_check (const XsAuditCase *audit_case, const XsAudit *audit, GError **error)
{
  static const char *const optional[] = { "credited_next_day_min", "valid_min", "claimed_min" };
  JsonObject *expect = audit_case->expect;

  if (expect == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "the case has no “expect” to check");
      return FALSE;
    }
  if (!xs_json_has_only (expect, is_expect_field, "a field of what a case expects", error))
    return xs_json_error_at (error, "expect");

  g_autoptr (JsonObject) found = xs_audit_case_result (audit_case, audit);
  if (!check_member (expect, found, "", "verdict", error) || !check_member (expect, found, "", "credited_min", error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (optional); i++)
    {
      if (json_object_has_member (expect, optional[i]) && !check_member (expect, found, "", optional[i], error))
        return FALSE;
    }
  return check_breaches (expect, found, error);
}
