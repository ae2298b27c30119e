/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * XsKioskMode: what makes a window the only thing that can be done with a PC, as far as an application can: the
 * desktop is asked for its shortcuts, keys that lead elsewhere are swallowed, other monitors are covered. What the
 * desktop does not grant is in the log, and docs/kiosk.md says how to set it up.
 */
#define XS_TYPE_KIOSK_MODE (xs_kiosk_mode_get_type ())
G_DECLARE_FINAL_TYPE (XsKioskMode, xs_kiosk_mode, XS, KIOSK_MODE, GObject)

/** XS_KIOSK_MODE_STAFF_KEYS: the one shortcut that is left: to the staff page. */
#define XS_KIOSK_MODE_STAFF_KEYS "<Control><Alt><Shift>q"

/** XsKioskPlace: where the kiosk runs. */
typedef enum {
  XS_KIOSK_PLACE_WINDOW,  /* in a window that may be closed: only the pointer is looked after */
  XS_KIOSK_PLACE_DESKTOP, /* full-screen on a desktop that has other things, too */
  XS_KIOSK_PLACE_SESSION, /* alone: nothing has to be covered or asked for, and a second window would hide the first */
} XsKioskPlace;

/** xs_kiosk_mode_new: (transfer full): for @window, not realized yet; it must outlive this. */
XsKioskMode *xs_kiosk_mode_new (GtkWindow *window, XsKioskPlace place);
/** xs_kiosk_mode_set_hide_pointer: whether the pointer goes away when it does not move. */
void xs_kiosk_mode_set_hide_pointer (XsKioskMode *self, gboolean hide);

G_END_DECLS
