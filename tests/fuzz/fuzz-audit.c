/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-audit.h"

#include <stdlib.h>
#include <string.h>

#include "xs-audit-case.h"
#include "xs-error.h"

/* The remedy is to change the document: so the message says where, as a place in the text or as line and field. */
static void
assert_names_the_place (const GError *error)
{
  const char *message = error->message;

  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_assert_true (g_utf8_validate (message, -1, NULL));
  if (g_str_has_prefix (message, "JSON "))
    return;
  if (g_str_has_prefix (message, "line ") && strstr (message, ": “") != NULL)
    return;
  /* g_error() would trap, and libFuzzer would keep no input for it. */
  g_printerr ("no field is named: %s\n", message);
  abort ();
}

static void
assert_sound (const XsAuditCase *audit_case, const XsAudit *audit)
{
  g_autoptr (JsonObject) result = xs_audit_case_result (audit_case, audit);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (audit->credited_min, <=, audit->claimed_min);
  g_assert_cmpuint (audit->valid_min, <=, audit->n_minutes);
  g_assert_cmpuint (audit->credited_day_min[0] + audit->credited_day_min[1], ==, audit->credited_min);
  g_assert_cmpint (audit->verdict == XS_VERDICT_VOID, ==, audit->credited_min == 0);
  for (guint i = 0; i < audit->breaches->len; i++)
    {
      const XsBreach *breach = &g_array_index (audit->breaches, XsBreach, i);

      g_assert_cmpuint (breach->from_min, <=, breach->to_min);
      g_assert_cmpuint (breach->to_min, <=, audit->n_minutes);
    }
  if (!xs_audit_case_check (audit_case, audit, &error))
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
try_case (const char *text, gsize size, const char *day, gsize day_size)
{
  static XsPolicy policy;
  g_autoptr (GError) error = NULL;

  if (policy.id[0] == '\0')
    xs_policy_default (&policy);
  g_autoptr (XsAuditCase) audit_case = xs_audit_case_parse (&policy, text, size, day, day_size, &error);
  if (audit_case == NULL)
    {
      assert_names_the_place (error);
      return;
    }
  g_assert_no_error (error);
  g_autoptr (XsAudit) audit = xs_audit_log (&audit_case->log, &audit_case->policy, &audit_case->facts);
  assert_sound (audit_case, audit);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char plain[] = "{\"log\":{\"start\":\"2026-01-05 09:00:00\",\"end\":\"10:00:00\","
                              "\"photos\":[{\"time\":\"09:00:00\",\"event\":17}]}}";
  const char *text = (const char *) data;
  g_autoptr (GError) error = NULL;
  XsPolicy policy;

  try_case (text, size, NULL, 0);
  try_case (plain, strlen (plain), text, size);
  if (!xs_policy_parse (&policy, text, size, &error))
    assert_names_the_place (error);
  return 0;
}
