/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-ready-check.h"

G_BEGIN_DECLS

/**
 * XsReadyBar: one line on whether this PC is ready, which opens the page that says more ("win.ready"), and the way to
 * the staff page ("win.staff").
 */
#define XS_TYPE_READY_BAR (xs_ready_bar_get_type ())
G_DECLARE_FINAL_TYPE (XsReadyBar, xs_ready_bar, XS, READY_BAR, AdwBin)

/**
 * xs_ready_bar_set_check: what to show; once.
 * @page: where students sign in: the bar is shown while it is, and whoever touches it has the PC looked at once more
 */
void xs_ready_bar_set_check (XsReadyBar *self, XsReadyCheck *check, GtkWidget *page);

/** xs_ready_bar_icon: (transfer none): the name of the icon for a state: each has another shape. */
const char *xs_ready_bar_icon (XsReadyState state);

G_END_DECLS
