/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-picture-paint.h"

#define TEXT_MARGIN_PX 12

void
xs_picture_area (GtkWidget *widget, GdkTexture *texture, graphene_rect_t *area)
{
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  float picture_width = (float) gdk_texture_get_width (texture);
  float picture_height = (float) gdk_texture_get_height (texture);
  float scale = MIN (width / picture_width, height / picture_height);
  float w = picture_width * scale, h = picture_height * scale;

  *area = GRAPHENE_RECT_INIT ((width - w) / 2, (height - h) / 2, w, h);
}

void
xs_picture_paint_text (GtkWidget *widget, GtkSnapshot *snapshot, const char *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  int width = gtk_widget_get_width (widget) - 2 * TEXT_MARGIN_PX, height;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  pango_layout_set_width (layout, MAX (width, 1) * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (TEXT_MARGIN_PX,
                                                ((float) gtk_widget_get_height (widget) - (float) height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}
