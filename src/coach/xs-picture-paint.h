/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What widgets that show one picture have in common. */

/** xs_picture_area: (out): where @texture stands in @widget. All of it is seen: what is at an edge may matter. */
void xs_picture_area (GtkWidget *widget, GdkTexture *texture, graphene_rect_t *area);
/** xs_picture_paint_text: what stands in @widget while there is no picture, in its middle. */
void xs_picture_paint_text (GtkWidget *widget, GtkSnapshot *snapshot, const char *text);

G_END_DECLS
