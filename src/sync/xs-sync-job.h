/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sync-pass.h"

G_BEGIN_DECLS

/** XsSyncJob: one pass or one pairing on a thread of its own. Made, asked and freed on the main context. */
typedef struct _XsSyncJob XsSyncJob;

/** XsSyncJobDone: on the context the job was made on; @user_data is the one given. The job may be freed here. */
typedef void (*XsSyncJobDone) (XsSyncJob *job, gpointer user_data);

/** xs_sync_job_new_pass: start a pass; @pass is copied, its store and clock are kept alive. */
XsSyncJob *xs_sync_job_new_pass (const XsSyncPass *pass, XsSyncJobDone done, gpointer user_data);
/** xs_sync_job_new_pair: start a pairing; only store, clock and timing of @pass count. */
XsSyncJob *xs_sync_job_new_pair (const XsSyncPass *pass, const char *url, const char *code, XsSyncJobDone done,
                                 gpointer user_data);

/** xs_sync_job_free: cancel it, wait for its thread, which is a matter of one write to disk, and forget it. */
void xs_sync_job_free (XsSyncJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSyncJob, xs_sync_job_free)

/** xs_sync_job_cancel: let it end soon; @done is still called. */
void xs_sync_job_cancel (XsSyncJob *job);
gboolean xs_sync_job_is_pair (XsSyncJob *job);

/* Only once it is done: */

/** xs_sync_job_get_pass: (transfer none): with its out fields filled in. */
const XsSyncPass *xs_sync_job_get_pass (XsSyncJob *job);
/** xs_sync_job_get_error: (transfer none) (nullable): NULL when it went well. */
const GError *xs_sync_job_get_error (XsSyncJob *job);

G_END_DECLS
