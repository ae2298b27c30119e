/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * xs_supervisor_run: go on in a child process, and begin another one whenever it crashes or is killed. Before GTK
 * starts and before there is a second thread. SIGTERM, SIGINT and SIGHUP are handed on and end both.
 * @status: (out): what to exit with
 *
 * Returns: TRUE in a child, which is to go on as if nothing had happened; FALSE in the process that was started, once
 * the kiosk ended as it should, or crashed several times at once
 */
gboolean xs_supervisor_run (int *status);

G_END_DECLS
