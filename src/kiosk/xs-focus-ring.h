/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * xs_focus_ring_keep: from now on every window shows where its focus is until somebody uses the pointer or a finger,
 * and again from the next key on. GTK takes the ring away three seconds after a key. Main thread, once.
 */
void xs_focus_ring_keep (void);

G_END_DECLS
