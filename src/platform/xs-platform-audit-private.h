/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-audit.h"
#include "xs-platform-storage-private.h"

G_BEGIN_DECLS

/** Where verdicts are told of. */
#define XS_AUDIT_CHANNEL "verdicts"
/** Where logs to be judged are told of. */
#define XS_AUDIT_QUEUE_CHANNEL "audit_queue"

/** Of steps whose reasons explain the verdict that stands: those of settlement, appeal and first look have none. */
#define XS_AUDIT_EXPLAINS "who NOT IN ('settlement', 'learner', '" XS_AUDIT_FIRST_LOOK "')"
/** Who took the step of a first look, as devices hear it: that there is news, and none for them. */
#define XS_AUDIT_FIRST_LOOK "first look"

/* All of these within a transaction. */

/** XsAuditRow: a log as it stands. */
typedef struct {
  gint64 log_id;
  gint64 version;
  gint64 start_us, end_us, received_us;
  XsAuditState state;
  XsVerdict verdict;
  gboolean judged;
  guint credited_min[2];
  gboolean appeal_open;
  gint64 risk;
  char policy_id[64];
  gint64 policy_version;
} XsAuditRow;

/** xs_audit_row_read: @error: XS_ERROR_NOT_FOUND */
gboolean xs_audit_row_read (XsPlatformStorage *storage, gint64 log_id, XsAuditRow *row, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_audit_row_find: by the log's device and seq, and by its hash: kiosks that followed each other under one number
 * have a log of each seq each.
 * @sha256: (nullable): NULL: the only log of that number
 * @error: XS_ERROR_NOT_FOUND; XS_ERROR_INVALID: there is another one, and @sha256 is NULL
 */
gboolean xs_audit_row_find (XsPlatformStorage *storage, const char *devnum, gint64 seq, const char *sha256,
                            XsAuditRow *row, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_audit_take_step: write @step into the history, after the version of @row, and make the log stand so. The device
 * hears of it.
 * @step: all but version and time
 */
gboolean xs_audit_take_step (XsPlatformStorage *storage, const XsAuditRow *row, const XsAuditStep *step, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_audit_queue: have an auditor judge the log, after those that are due before @due_us. */
gboolean xs_audit_queue (XsPlatformStorage *storage, gint64 log_id, gint64 due_us, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_audit_receive: a log was inserted. */
gboolean xs_audit_receive (XsPlatformStorage *storage, gint64 device_id, const XsWireLog *wire_log, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_audit_appeal: an appeal was inserted; the log may not be here. */
gboolean xs_audit_appeal (XsPlatformStorage *storage, gint64 device_id, gint64 seq, const char *comment, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_audit_read_policy: the policy @id of @version, as handed out; else the one handed out now; else the default. */
gboolean xs_audit_read_policy (XsPlatformStorage *storage, const char *id, gint64 version, XsPolicy *policy,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_audit_read_others: the other logs that can matter for @log, into facts->others. */
gboolean xs_audit_read_others (XsPlatformStorage *storage, gint64 log_id, const XsTeachingLog *log, XsAuditFacts *facts,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_audit_step_from_audit: fill in what the engine found; reasons are added to @step->reasons. */
void xs_audit_step_from_audit (XsAuditStep *step, const XsTeachingLog *log, const XsAudit *audit);

G_END_DECLS
