/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-audit.h"
#include "xs-json.h"

G_BEGIN_DECLS

#define XS_AUDIT_CASE_MAX_BYTES (1024 * 1024)

/** XsAuditCase: a case file as docs/rules.md describes it. */
typedef struct {
  char *about; /* (nullable) */
  XsTeachingLog log;
  XsAuditFacts facts;
  XsPolicy policy;
  JsonObject *expect; /* (nullable) */
} XsAuditCase;

/**
 * xs_audit_case_parse: read a case file.
 * @policy: goes for the case but for what its own “policy” changes
 * @day: (nullable): a day document, @day_size bytes, instead of the case's own
 * @error: XS_ERROR_INVALID naming line and field, as “log.photos[2].time”
 *
 * Returns: (transfer full)
 */
XsAuditCase *xs_audit_case_parse (const XsPolicy *policy, const char *data, gsize size, const char *day, gsize day_size,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_audit_case_free (XsAuditCase *audit_case);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsAuditCase, xs_audit_case_free)

/** xs_audit_case_result: (transfer full): the outcome as a document; times as in case files. */
JsonObject *xs_audit_case_result (const XsAuditCase *audit_case, const XsAudit *audit);

/**
 * xs_audit_case_check: whether @audit is what the case expects.
 * @error: XS_ERROR_INVALID telling the first difference, XS_ERROR_NOT_FOUND when the case expects nothing
 */
gboolean xs_audit_case_check (const XsAuditCase *audit_case, const XsAudit *audit, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
