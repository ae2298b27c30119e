/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-kiosk-mode.h"
#include "xs-staff-context.h"
#include "xs-text.h"

G_BEGIN_DECLS

/**
 * XsWindow: the kiosk's one window: a page for each phase of the study, and what has reached the school below.
 *
 * Everything in it grows with the window: it is drawn for 1366x768, and the size of type is what that is scaled by.
 * Signal "retry": somebody pressed “Try again” on the page of xs_window_show_failure(). Signal "paired": staff paired
 * the kiosk on the staff page.
 */
#define XS_TYPE_WINDOW (xs_window_get_type ())
G_DECLARE_FINAL_TYPE (XsWindow, xs_window, XS, WINDOW, AdwApplicationWindow)

/** xs_window_new: outside of a window of its own it is full-screen, and closing it is refused. */
XsWindow *xs_window_new (GtkApplication *application, XsKioskPlace place);
/** xs_window_show_waiting: nothing to do yet; @message: one line that says what for. */
void xs_window_show_waiting (XsWindow *self, const char *message);
/** xs_window_show_failure: nothing works; @detail: (nullable): for staff. */
void xs_window_show_failure (XsWindow *self, const XsAdvice *advice, const char *detail);
/** xs_window_show_unpaired: no school yet, and the way to one leads over the staff page. */
void xs_window_show_unpaired (XsWindow *self);
/** xs_window_set_staff: from now on the staff page can be opened; once. @context: (transfer full) */
void xs_window_set_staff (XsWindow *self, XsStaffContext *context);
/** xs_window_set_study: from now on show @study; once, and after xs_window_set_staff(). */
void xs_window_set_study (XsWindow *self, XsStudy *study, XsStore *store, XsSync *sync);
/** xs_window_get_ready_check: (transfer none): once there is a study. */
XsReadyCheck *xs_window_get_ready_check (XsWindow *self);
/** xs_window_is_idle: whether it asks for a number, and nobody has begun to type one. */
gboolean xs_window_is_idle (XsWindow *self);

G_END_DECLS
