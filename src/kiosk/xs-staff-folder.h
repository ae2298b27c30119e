/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * XsStaffFolder: asks for a folder to write to: a stick that is plugged in is proposed by itself, any other is typed or
 * chosen. Signal "changed".
 */
#define XS_TYPE_STAFF_FOLDER (xs_staff_folder_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffFolder, xs_staff_folder, XS, STAFF_FOLDER, AdwBin)

XsStaffFolder *xs_staff_folder_new (void);
/**
 * xs_staff_folder_lock: from now on it is a stick or nothing: no other folder can be typed or chosen.
 * @sticks_dir: each is mounted in a folder of its own in it
 */
void xs_staff_folder_lock (XsStaffFolder *self, const char *sticks_dir);
/** xs_staff_folder_get_path: (transfer none): as typed; "" when there is none. */
const char *xs_staff_folder_get_path (XsStaffFolder *self);

G_END_DECLS
