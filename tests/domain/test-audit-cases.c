/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every file of tests/domain/cases is judged as it asks for: those at its top by the national default, those in a
 * folder by the policy of that name in data/policy. Then whether the cases leave out any rule, consequence or number.
 */

#include "xs-audit-case.h"
#include "xs-json.h"

/* Whether a case in which the rule is broken, and one in which it is not, names a number. */
typedef struct {
  XsRuleId rule;
  gboolean named_broken, named_kept;
} Number;

static struct {
  gboolean rule[XS_N_RULES];
  gboolean voids[XS_N_VOIDS];
  GHashTable *numbers; /* as “rules.gap.max_s” to Number */
} seen;

/* Numbers outside “rules” that decide about a log, and the rule that shows it. */
static const struct {
  const char *name;
  XsRuleId rule;
} top_numbers[] = {
  { "snapshot_interval_s", XS_RULE_PHOTO_MISSING }, { "daily_cap_s", XS_RULE_DAILY_CAP },
  { "segment_min_s", XS_RULE_TOO_SHORT },           { "minute_normal_s", XS_RULE_MINUTE_ABNORMAL },
  { "match_same", XS_RULE_FACE_UNCLEAR },           { "match_different", XS_RULE_FACE_MISMATCH },
};

static char *
build_path (const char *folder, const char *name)
{
  return g_test_build_filename (G_TEST_DIST, folder, name, NULL);
}

static JsonObject *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = xs_json_load_object (path, XS_AUDIT_CASE_MAX_BYTES, &error);

  g_assert_no_error (error);
  return object;
}

static void
read_policy (const char *folder, XsPolicy *policy)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat (folder, ".json", NULL);
  g_autofree char *path = build_path ("../data/policy", name);
  g_autofree char *text = NULL;
  gsize size = 0;

  g_file_get_contents (path, &text, &size, &error);
  g_assert_no_error (error);
  if (!xs_policy_parse (policy, text, size, &error))
    g_error ("%s: %s", path, error->message);
}

/* Coverage */

static gboolean
is_quantity (const char *member)
{
  return !g_str_equal (member, "on") && !g_str_equal (member, "voids") && !g_str_equal (member, "code");
}

static void
want_number (char *name, XsRuleId rule)
{
  Number *number = g_new0 (Number, 1);

  number->rule = rule;
  g_hash_table_insert (seen.numbers, name, number);
}

/* What the national default has is what there is. */
static void
want_numbers (void)
{
  g_autofree char *path = build_path ("../data/policy", "default.json");
  g_autoptr (JsonObject) document = load (path);
  JsonObject *rules = json_object_get_object_member (document, "rules");

  seen.numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; i < G_N_ELEMENTS (top_numbers); i++)
    want_number (g_strdup (top_numbers[i].name), top_numbers[i].rule);
  for (guint id = 0; id < XS_N_RULES; id++)
    {
      g_autoptr (GList) members = json_object_get_members (json_object_get_object_member (rules, xs_rule_nick (id)));

      for (GList *link = members; link != NULL; link = link->next)
        {
          if (is_quantity (link->data))
            want_number (g_strdup_printf ("rules.%s.%s", xs_rule_nick (id), (const char *) link->data), id);
        }
    }
}

static void
note_number (const char *name, const gboolean *is_broken)
{
  Number *number = g_hash_table_lookup (seen.numbers, name);

  if (number == NULL)
    return;
  if (is_broken[number->rule])
    number->named_broken = TRUE;
  else
    number->named_kept = TRUE;
}

static void
note_changes (JsonObject *changes, const gboolean *is_broken)
{
  g_autoptr (GList) names = json_object_get_members (changes);

  for (GList *link = names; link != NULL; link = link->next)
    note_number (link->data, is_broken);
  if (!json_object_has_member (changes, "rules"))
    return;

  JsonObject *rules = json_object_get_object_member (changes, "rules");
  g_autoptr (GList) nicks = json_object_get_members (rules);
  for (GList *nick = nicks; nick != NULL; nick = nick->next)
    {
      g_autoptr (GList) members = json_object_get_members (json_object_get_object_member (rules, nick->data));

      for (GList *link = members; link != NULL; link = link->next)
        {
          g_autofree char *name = g_strdup_printf ("rules.%s.%s", (char *) nick->data, (char *) link->data);

          note_number (name, is_broken);
        }
    }
}

static void
note_case (const XsAuditCase *audit_case, JsonObject *document)
{
  JsonArray *breaches = json_object_get_array_member (audit_case->expect, "breaches");
  gboolean is_broken[XS_N_RULES] = { FALSE };

  for (guint i = 0; i < json_array_get_length (breaches); i++)
    {
      JsonObject *breach = json_array_get_object_element (breaches, i);
      XsRuleId rule;

      g_assert_true (xs_rule_from_nick (json_object_get_string_member (breach, "rule"), &rule));
      is_broken[rule] = seen.rule[rule] = TRUE;
      seen.voids[audit_case->policy.rules.rule[rule].voids] = TRUE;
    }
  if (json_object_has_member (document, "policy"))
    note_changes (json_object_get_object_member (document, "policy"), is_broken);
}

/* Cases */

static void
test_case (gconstpointer data)
{
  g_autofree char *path = build_path ("domain/cases", data);
  g_autofree char *folder = g_path_get_dirname (data);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize size = 0;
  XsPolicy policy;

  read_policy (g_str_equal (folder, ".") ? "default" : folder, &policy);
  g_file_get_contents (path, &text, &size, &error);
  g_assert_no_error (error);

  g_autoptr (XsAuditCase) audit_case = xs_audit_case_parse (&policy, text, size, NULL, 0, &error);
  if (audit_case == NULL)
    g_error ("%s", error->message);
  g_assert_nonnull (audit_case->about);
  g_assert_nonnull (audit_case->expect);
  g_autoptr (JsonObject) document = load (path);
  note_case (audit_case, document);

  g_autoptr (XsAudit) audit = xs_audit_log (&audit_case->log, &audit_case->policy, &audit_case->facts);
  if (!xs_audit_case_check (audit_case, audit, &error))
    {
      g_autoptr (JsonNode) result = xs_json_node_take_object (xs_audit_case_result (audit_case, audit));
      g_autofree char *pretty = xs_json_to_pretty (result);

      g_test_message ("%s\n%s\n%s", audit_case->about, error->message, pretty);
      g_test_fail ();
    }
}

/* hour_ratio is never broken and so can only be named. */
static gboolean
can_be_broken (XsRuleId rule)
{
  for (guint voids = 0; voids < XS_N_VOIDS; voids++)
    {
      if (voids != XS_VOIDS_NOTHING && xs_rule_may_void (rule, voids))
        return TRUE;
    }
  return FALSE;
}

static void
test_every_rule_is_broken (void)
{
  for (guint i = 0; i < XS_N_RULES; i++)
    {
      if (can_be_broken (i) && !seen.rule[i])
        {
          g_test_message ("no case expects %s to be broken", xs_rule_nick (i));
          g_test_fail ();
        }
    }
}

static void
test_every_consequence (void)
{
  for (guint i = 0; i < XS_N_VOIDS; i++)
    {
      if (!seen.voids[i])
        {
          g_test_message ("in no case does a broken rule void “%s”", xs_voids_nick (i));
          g_test_fail ();
        }
    }
}

static void
test_every_number (void)
{
  GHashTableIter iter;
  const char *name;
  const Number *number;

  g_hash_table_iter_init (&iter, seen.numbers);
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &number))
    {
      if (!number->named_kept || (can_be_broken (number->rule) && !number->named_broken))
        {
          g_test_message ("%s is not in the policy of a case that %s %s", name, number->named_kept ? "breaks" : "keeps",
                          xs_rule_nick (number->rule));
          g_test_fail ();
        }
    }
}

/* Adds the cases of @folder, a path below tests/domain/cases; "" for that itself. */
static void
add_cases (const char *folder, GPtrArray *names)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = build_path ("domain/cases", folder);
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *below = *folder != '\0' ? g_build_filename (folder, name, NULL) : g_strdup (name);

      if (g_str_has_suffix (name, ".json"))
        g_ptr_array_add (names, g_steal_pointer (&below));
      else
        add_cases (below, names);
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  want_numbers ();
  add_cases ("", names);
  g_ptr_array_sort (names, compare_names);
  g_assert_cmpuint (names->len, >, 200);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *point = g_strdup_printf ("/audit-cases/%.*s", (int) (strlen (name) - strlen (".json")), name);

      g_test_add_data_func (point, name, test_case);
    }
  /* After all cases, in the order they are added. */
  g_test_add_func ("/audit-cases-complete/rules", test_every_rule_is_broken);
  g_test_add_func ("/audit-cases-complete/voids", test_every_consequence);
  g_test_add_func ("/audit-cases-complete/numbers", test_every_number);

  int status = g_test_run ();
  g_hash_table_unref (seen.numbers);
  return status;
}
