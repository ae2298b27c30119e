/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * XsPresenceRibbon: one band over the time of a session. What counted is full and high; what did not is lower and has a
 * pattern by reason: slanted lines for what the camera missed, dots while the lesson stood, upright lines for the rest.
 * Its accessible description says the same in words.
 */
#define XS_TYPE_PRESENCE_RIBBON (xs_presence_ribbon_get_type ())
G_DECLARE_FINAL_TYPE (XsPresenceRibbon, xs_presence_ribbon, XS, PRESENCE_RIBBON, GtkWidget)

/**
 * xs_presence_ribbon_set: show @ribbon, see xs_ribbon_list(), which is copied.
 * @finished: TRUE: the session is over and fills the band; FALSE: there is room for what comes
 */
void xs_presence_ribbon_set (XsPresenceRibbon *self, const GArray *ribbon, gboolean finished);

G_END_DECLS
