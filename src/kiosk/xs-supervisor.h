/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** XsEnding: the kiosk's exit status. A locked session acts on those from XS_ENDING_LEAVE on: data/session. */
typedef enum {
  XS_ENDING_CLOSED = 0, /* staff left it, or the system ended it */
  XS_ENDING_LEAVE = 40, /* the PC's own login */
  XS_ENDING_NETWORK,    /* set the network up, then go on */
  XS_ENDING_RESTART,    /* the PC */
  XS_ENDING_SWITCH_OFF,
} XsEnding;

/* Longer than anything takes that the main loop does. */
#define XS_SUPERVISOR_WATCHDOG_S 30

/**
 * xs_supervisor_run: go on in a child process, and begin another one whenever it crashes, is killed, or gives no sign
 * of life for @watchdog_s. Before GTK starts and before there is a second thread. SIGTERM, SIGINT and SIGHUP are handed
 * on and end both.
 * @status: (out): what to exit with
 *
 * Returns: TRUE in a child, which is to go on as if nothing had happened; FALSE in the process that was started, once
 * the kiosk ended as it should, or crashed several times at once
 */
gboolean xs_supervisor_run (gint64 watchdog_s, int *status);

/** xs_supervisor_begin_beating: in a child, from now on the main loop gives signs of life; otherwise nothing. */
void xs_supervisor_begin_beating (void);

G_END_DECLS
