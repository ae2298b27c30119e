/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-minute-ribbon.h"

#include "xs-text.h"

#define GAP 0.12 /* between minutes, in shares of one */
#define GAP_MAX_PX 3
#define SHORT 0.35 /* height of a minute with too little study */
#define HATCH_PX 6

struct _XsMinuteRibbon {
  GtkWidget parent_instance;

  GArray *marks; /* XsMinuteMark */
};

G_DEFINE_FINAL_TYPE (XsMinuteRibbon, xs_minute_ribbon, GTK_TYPE_WIDGET)

GArray *
xs_minute_marks (const XsRecord *record)
{
  const GArray *minutes = record->log.minutes;
  GArray *marks = g_array_sized_new (FALSE, TRUE, sizeof (XsMinuteMark), minutes->len);

  /* A person who lets nothing of a log count names no minutes. */
  gboolean all_void = record->head.by_person && record->head.verdict == XS_VERDICT_VOID;
  for (guint i = 0; i < minutes->len; i++)
    {
      XsMinuteMark normal = all_void ? XS_MINUTE_VOID : XS_MINUTE_COUNTED;
      XsMinuteMark mark = g_array_index (minutes, XsMinuteRecord, i).normal ? normal : XS_MINUTE_SHORT;
      g_array_append_val (marks, mark);
    }
  for (guint i = 0; i < record->audit->breaches->len; i++)
    {
      const XsBreach *breach = &g_array_index (record->audit->breaches, XsBreach, i);
      if (!xs_text_is_loss (breach))
        continue;
      for (guint minute = breach->from_min; minute < MIN (breach->to_min, marks->len); minute++)
        g_array_index (marks, XsMinuteMark, minute) = XS_MINUTE_VOID;
    }
  return marks;
}

static void
hatch (cairo_t *cr, const graphene_rect_t *cell)
{
  double x = cell->origin.x, y = cell->origin.y, width = cell->size.width, height = cell->size.height;

  cairo_save (cr);
  cairo_rectangle (cr, x, y, width, height);
  cairo_clip (cr);
  for (double offset = -height; offset < width; offset += HATCH_PX)
    {
      cairo_move_to (cr, x + offset, y + height);
      cairo_line_to (cr, x + offset + height, y);
    }
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  cairo_restore (cr);
  cairo_rectangle (cr, x + 0.5, y + 0.5, width - 1, height - 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
xs_minute_ribbon_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  XsMinuteRibbon *self = XS_MINUTE_RIBBON (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA counted, lost;

  if (self->marks == NULL || self->marks->len == 0)
    return;
  gtk_style_context_get_color (style, &lost);
  if (!gtk_style_context_lookup_color (style, "accent_bg_color", &counted))
    counted = lost;
  if (!gtk_style_context_lookup_color (style, "stopped_color", &lost))
    lost = counted;

  double step = (double) width / self->marks->len;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  for (guint i = 0; i < self->marks->len; i++)
    {
      XsMinuteMark mark = g_array_index (self->marks, XsMinuteMark, i);
      double share = mark == XS_MINUTE_SHORT ? SHORT : 1;
      graphene_rect_t cell =
        GRAPHENE_RECT_INIT ((float) (i * step), (float) (height * (1 - share)),
                            (float) (step - MIN (step * GAP, GAP_MAX_PX)), (float) (height * share));
      gdk_cairo_set_source_rgba (cr, mark == XS_MINUTE_COUNTED ? &counted : &lost);
      if (mark == XS_MINUTE_VOID)
        {
          hatch (cr, &cell);
          continue;
        }
      cairo_rectangle (cr, cell.origin.x, cell.origin.y, cell.size.width, cell.size.height);
      cairo_fill (cr);
    }
  cairo_destroy (cr);
}

void
xs_minute_ribbon_set (XsMinuteRibbon *self, GArray *marks, const char *name)
{
  g_clear_pointer (&self->marks, g_array_unref);
  if (marks != NULL)
    self->marks = g_array_ref (marks);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
xs_minute_ribbon_dispose (GObject *object)
{
  g_clear_pointer (&XS_MINUTE_RIBBON (object)->marks, g_array_unref);
  G_OBJECT_CLASS (xs_minute_ribbon_parent_class)->dispose (object);
}

static void
xs_minute_ribbon_class_init (XsMinuteRibbonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_minute_ribbon_dispose;
  widget_class->snapshot = xs_minute_ribbon_snapshot;
  gtk_widget_class_set_css_name (widget_class, "minuteribbon");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
xs_minute_ribbon_init (XsMinuteRibbon *self)
{
}
