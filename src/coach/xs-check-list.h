/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** xs_check_list_fill: show @checks (element-type XsPhotoCheck) in @list, and nothing else. */
void xs_check_list_fill (GtkListBox *list, const GArray *checks);

G_END_DECLS
