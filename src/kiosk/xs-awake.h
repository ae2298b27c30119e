/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-ready-check.h"

G_BEGIN_DECLS

/**
 * xs_awake_watch: while somebody studies ask the desktop not to go to sleep and not to blank the screen; tell @check at
 * once whether it grants that. As long as @study lives.
 */
void xs_awake_watch (GtkApplication *application, GtkWindow *window, XsStudy *study, XsReadyCheck *check);

G_END_DECLS
