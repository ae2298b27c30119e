/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** xs_log_row_factory_new: (transfer full): makes rows of XsLogItem for the queue; each follows its item. */
GtkListItemFactory *xs_log_row_factory_new (void);

G_END_DECLS
