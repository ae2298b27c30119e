/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-looker.h"
#include "xs-platform-audit.h"

G_BEGIN_DECLS

/**
 * XsAuditor: judges the logs that wait on a platform: opens their photos, has them looked at, asks the register, and
 * records the verdict of the engine that the kiosk uses too. Decodes nothing itself. Of one thread.
 */
typedef struct _XsAuditor XsAuditor;

/**
 * xs_auditor_new: @storage, @looker: outlive it.
 * @lease_us: how long a log or registration photo is its own. Photos of a log that were not looked at after half of it
 *   are left to a person, as unreadable.
 */
XsAuditor *xs_auditor_new (XsPlatformStorage *storage, XsLooker *looker, gint64 lease_us);
void xs_auditor_free (XsAuditor *auditor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsAuditor, xs_auditor_free)

/**
 * xs_auditor_run_one: judge the log that has waited longest, or measure the registration photo that has; in turn.
 * @found: (out): FALSE when none can be taken now
 * @wait_us: (out): in how long there may be one without news: another auditor has it, who may have died
 * @error: XS_ERROR_FAILED when there is no worker, and those of the storage; it is then taken up again later
 */
gboolean xs_auditor_run_one (XsAuditor *auditor, gboolean *found, gint64 *wait_us, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
