/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-audit.h"

/*
 * The rules of docs/rules.md a second time, slow and by the letter: every minute is a cell of an array, every photo is
 * compared with every other, and each rule is one function that reads like its sentence in the document.
 */

/** audit_model_judge: what xs_audit_log() should answer. Free with audit_model_free(). */
XsAudit *audit_model_judge (const XsTeachingLog *log, const XsPolicy *policy, const XsAuditFacts *facts);
void audit_model_free (XsAudit *audit);

/** audit_model_may_void: the last column of the table of rules. */
gboolean audit_model_may_void (XsRuleId rule, XsVoids voids);
