/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * xs_look_worker_run: be the worker: load the models, then make a child for each log that the auditor at
 * XS_LOOK_CONTROL_FD brings, until that is closed. The children look at pictures, each in the sandbox of
 * xs-audit-sandbox.h; this process looks at none, so that a picture can harm no log but its own.
 * Returns: the exit status of the process
 */
int xs_look_worker_run (void);

G_END_DECLS
