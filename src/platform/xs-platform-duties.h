/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"

G_BEGIN_DECLS

/**
 * XsPlatformDuties: what a platform does beside answering: it keeps an auditor running, and settles the verdicts of the
 * day. Of the main context it was made on.
 */
typedef struct _XsPlatformDuties XsPlatformDuties;

/** xs_platform_duties_start: @data_dir: of @storage, which outlives it. @auditor: (nullable): the program */
XsPlatformDuties *xs_platform_duties_start (XsPlatformStorage *storage, const char *data_dir, const char *auditor);
/** xs_platform_duties_stop: the auditor ends with the log at hand, and is waited for. */
void xs_platform_duties_stop (XsPlatformDuties *duties);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformDuties, xs_platform_duties_stop)

/** xs_platform_run_auditor: run one until nothing waits. */
gboolean xs_platform_run_auditor (const char *data_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_find_auditor: (transfer full) (nullable): xueshi-auditor beside this program, else in PATH. */
char *xs_platform_find_auditor (void);

G_END_DECLS
