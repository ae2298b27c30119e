/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * XsAnnouncer: what a screen reader is told while nothing is pressed. GTK 4.8 has no call for it: this is an element
 * of role status, without size, whose name is what is said; the accessibility bus is told of each change of it. It
 * takes the keyboard focus while nothing else has it, since screen readers read changes of what is focused.
 */
#define XS_TYPE_ANNOUNCER (xs_announcer_get_type ())
G_DECLARE_FINAL_TYPE (XsAnnouncer, xs_announcer, XS, ANNOUNCER, GtkWidget)

/** xs_announcer_say: @text: whole sentences; nothing happens when it is what was said last. */
void xs_announcer_say (XsAnnouncer *self, const char *text);
/** xs_announcer_listen: take the keyboard focus, unless something has it. */
void xs_announcer_listen (XsAnnouncer *self);

G_END_DECLS
