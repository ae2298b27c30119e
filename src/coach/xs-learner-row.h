/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** xs_learner_row_factory_new: (transfer full): rows of XsLearnerItem: name, and what is to be looked at. */
GtkListItemFactory *xs_learner_row_factory_new (void);

G_END_DECLS
