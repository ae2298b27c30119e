/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-coach-settings.h"

G_BEGIN_DECLS

/**
 * XsCoachWindow: signing in, and then the review. Who does nothing for XS_COACH_IDLE_S is signed out, and so the photos
 * are gone from screen and disk.
 */
#define XS_TYPE_COACH_WINDOW (xs_coach_window_get_type ())
G_DECLARE_FINAL_TYPE (XsCoachWindow, xs_coach_window, XS, COACH_WINDOW, AdwApplicationWindow)

#define XS_COACH_IDLE_S 600

/**
 * xs_coach_window_new: @settings: stay the caller's, and outlive the window
 * @dir: where photos are kept for a while
 */
XsCoachWindow *xs_coach_window_new (GtkApplication *application, XsCoachSettings *settings, const char *dir);
/** xs_coach_window_has_unsent: whether something that was decided is not on the platform yet. */
gboolean xs_coach_window_has_unsent (XsCoachWindow *window);
/** xs_coach_window_sign_out: before the application ends. */
void xs_coach_window_sign_out (XsCoachWindow *window);

G_END_DECLS
