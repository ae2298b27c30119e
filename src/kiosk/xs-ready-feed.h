/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-ready-check.h"
#include "xs-sync.h"

G_BEGIN_DECLS

/**
 * xs_ready_feed: from now on tell @check what only the application knows: of the exchange with the platform, and of the
 * screen that @window is on. As long as @check lives.
 */
void xs_ready_feed (XsReadyCheck *check, XsSync *sync, GtkWidget *window);

G_END_DECLS
