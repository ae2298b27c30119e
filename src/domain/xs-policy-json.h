/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-json.h"
#include "xs-policy.h"

G_BEGIN_DECLS

/* Parts of policy documents, for readers of documents that hold them. */

/**
 * xs_policy_change: take over the fields that @changes has, in the form of a policy document.
 * @error: XS_ERROR_INVALID naming the field; @policy is then left alone
 */
gboolean xs_policy_change (XsPolicy *policy, JsonObject *changes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_rules_parse: read the “rules” of a policy document, in the form docs/rules.md gives.
 * @rules: (inout): what the document leaves out stays as it is; unspecified after an error
 * @complete: nothing may be left out
 * @error: XS_ERROR_INVALID naming the field, as “late_report.deadline_s”
 */
gboolean xs_rules_parse (XsRules *rules, JsonObject *object, gboolean complete, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_rules_have_field: whether there is a field of that name, in the form xs_rules_parse() names it. */
gboolean xs_rules_have_field (const char *path);

G_END_DECLS
