/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-audit.h"

/*
 * Random cases for the judge of logs: a log as a kiosk makes it, under a policy whose limits lie near what is in the
 * log, and then from no to very many things wrong with it.
 */

typedef struct {
  guint32 seed;
  XsTeachingLog log;
  XsPolicy policy;
  XsAuditFacts facts;
} RandomCase;

/* @base: what the policy has where the rules do not look. The same seed gives the same case. */
void random_case_init (RandomCase *random_case, const XsPolicy *base, guint32 seed);
void random_case_clear (RandomCase *random_case);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RandomCase, random_case_clear)

/* (transfer full): everything in it, a line for each thing; times in µs from the log's start. */
char *random_case_print (const RandomCase *random_case);
/* (transfer full): an outcome in the same form. */
char *audit_print (const XsAudit *audit);
