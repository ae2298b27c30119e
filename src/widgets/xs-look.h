/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** xs_look_set_up: the font, and no animations, in the colours of the system or @dark ones. Once, after GTK's start. */
void xs_look_set_up (gboolean dark);

/**
 * xs_look_present_dialog: gtk_window_present(), with the focus on the default response. The first would have it, and
 * that is another one where responses do not fit beside each other: they are stacked in the opposite order.
 */
void xs_look_present_dialog (AdwMessageDialog *dialog);

/**
 * xs_look_ask: (transfer none): a question before something cannot be undone, on the screen. Its response is "stay",
 * which is the default and what closing it means, or "go".
 */
AdwMessageDialog *xs_look_ask (GtkWindow *parent, const char *heading, const char *body, const char *stay,
                               const char *go);

G_END_DECLS
