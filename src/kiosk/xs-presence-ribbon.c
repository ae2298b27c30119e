/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-presence-ribbon.h"

#include <glib/gi18n.h>

#include "xs-study-text.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
/* In shares of the band's height. */
#define PAUSE_HEIGHT 0.62f
/* However short, a pause is seen. */
#define PAUSE_MIN_PX 3
#define PATTERN_PX 5
#define LINE_PX 1.5

typedef enum {
  PATTERN_FULL,
  PATTERN_SLANTED,
  PATTERN_DOTTED,
  PATTERN_UPRIGHT,
  PATTERN_EMPTY,
} Pattern;

struct _XsPresenceRibbon {
  GtkWidget parent_instance;

  GArray *ribbon; /* XsStretch */
  gboolean finished;
  char *text;
};

G_DEFINE_FINAL_TYPE (XsPresenceRibbon, xs_presence_ribbon, GTK_TYPE_WIDGET)

static Pattern
pattern_of (XsPause pause)
{
  /* The order of XsPause: the camera's reasons, the clock and the cap, the lesson's. */
  if (pause == XS_PAUSE_NONE)
    return PATTERN_FULL;
  if (pause == XS_PAUSE_STARTING)
    return PATTERN_EMPTY;
  if (pause <= XS_PAUSE_UNVERIFIED)
    return PATTERN_SLANTED;
  return pause >= XS_PAUSE_LESSON_FAILED ? PATTERN_DOTTED : PATTERN_UPRIGHT;
}

/* How long a session the band has room for: it grows in steps, so that it does not creep. */
static gint64
room_us (gint64 length_us)
{
  static const gint64 steps_min[] = { 2, 5, 10, 20, 40, 60, 90, 120, 180, 240 };

  for (guint i = 0; i < G_N_ELEMENTS (steps_min); i++)
    if (length_us <= steps_min[i] * MINUTE_US)
      return steps_min[i] * MINUTE_US;
  return length_us;
}

static GdkRGBA
color_named (GtkWidget *widget, const char *name)
{
  GdkRGBA color = { 0.5f, 0.5f, 0.5f, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), name, &color);
  return color;
}

/* One path for all lines: each stroke that a render node records costs a kilobyte as long as the node lives. */
static void
draw_pause (cairo_t *cr, Pattern pattern, const graphene_rect_t *area, const GdkRGBA *ground, const GdkRGBA *line)
{
  double x0 = area->origin.x, y0 = area->origin.y, width = area->size.width, height = area->size.height;

  cairo_save (cr);
  cairo_rectangle (cr, x0, y0, width, height);
  gdk_cairo_set_source_rgba (cr, ground);
  cairo_fill_preserve (cr);
  cairo_clip (cr);
  gdk_cairo_set_source_rgba (cr, line);
  for (double x = 0; x < width + height; x += PATTERN_PX)
    {
      if (pattern == PATTERN_DOTTED)
        {
          cairo_new_sub_path (cr);
          cairo_arc (cr, x0 + x, y0 + height / 2, LINE_PX, 0, 2 * G_PI);
          continue;
        }
      cairo_move_to (cr, x0 + x, y0);
      cairo_line_to (cr, x0 + x - (pattern == PATTERN_SLANTED ? height : 0), y0 + height);
    }
  if (pattern == PATTERN_DOTTED)
    cairo_fill (cr);
  else
    cairo_stroke (cr);
  cairo_restore (cr);
}

static void
xs_presence_ribbon_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  XsPresenceRibbon *self = XS_PRESENCE_RIBBON (widget);
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  GdkRGBA counted = color_named (widget, "accent_bg_color"), empty = color_named (widget, "line_color");
  GdkRGBA ground = color_named (widget, "attention_bg_color"), line = color_named (widget, "stopped_color");
  const GArray *ribbon = self->ribbon;

  gtk_snapshot_append_color (snapshot, &empty, &GRAPHENE_RECT_INIT (0, height - 2, width, 2));
  if (ribbon == NULL || ribbon->len == 0)
    return;
  gint64 begin_us = g_array_index (ribbon, XsStretch, 0).t0_us;
  gint64 length_us = g_array_index (ribbon, XsStretch, ribbon->len - 1).t1_us - begin_us;
  gint64 whole_us = self->finished ? MAX (length_us, 1) : room_us (length_us);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_line_width (cr, LINE_PX);
  /* Pauses last: a short one must not vanish under what counted beside it. */
  for (int pauses = 0; pauses < 2; pauses++)
    for (guint i = 0; i < ribbon->len; i++)
      {
        const XsStretch *stretch = &g_array_index (ribbon, XsStretch, i);
        Pattern pattern = pattern_of (stretch->pause);
        float x0 = width * (float) ((double) (stretch->t0_us - begin_us) / (double) whole_us);
        float x1 = width * (float) ((double) (stretch->t1_us - begin_us) / (double) whole_us);
        graphene_rect_t high = GRAPHENE_RECT_INIT (x0, 0, x1 - x0, height);
        graphene_rect_t low =
          GRAPHENE_RECT_INIT (x0, height * (1 - PAUSE_HEIGHT), MAX (x1 - x0, PAUSE_MIN_PX), height * PAUSE_HEIGHT);

        if (pattern == PATTERN_EMPTY || (pattern == PATTERN_FULL) == (pauses == 1))
          continue;
        if (pattern == PATTERN_FULL)
          {
            gdk_cairo_set_source_rgba (cr, &counted);
            cairo_rectangle (cr, high.origin.x, high.origin.y, high.size.width, high.size.height);
            cairo_fill (cr);
          }
        else
          draw_pause (cr, pattern, &low, &ground, &line);
      }
  cairo_destroy (cr);
}

static gboolean
is_same (const GArray *a, const GArray *b)
{
  if (a == NULL || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const XsStretch *one = &g_array_index (a, XsStretch, i), *other = &g_array_index (b, XsStretch, i);
      /* A second cannot be seen. */
      if (one->pause != other->pause || one->t1_us / G_USEC_PER_SEC != other->t1_us / G_USEC_PER_SEC)
        return FALSE;
    }
  return TRUE;
}

void
xs_presence_ribbon_set (XsPresenceRibbon *self, const GArray *ribbon, gboolean finished)
{
  g_return_if_fail (XS_IS_PRESENCE_RIBBON (self));

  if (self->finished == finished && is_same (self->ribbon, ribbon))
    return;
  g_clear_pointer (&self->ribbon, g_array_unref);
  self->ribbon = g_array_copy ((GArray *) ribbon);
  self->finished = finished;
  g_autofree char *text = xs_text_ribbon (ribbon);
  if (g_strcmp0 (self->text, text) != 0)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
      g_free (self->text);
      self->text = g_steal_pointer (&text);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
xs_presence_ribbon_finalize (GObject *object)
{
  XsPresenceRibbon *self = XS_PRESENCE_RIBBON (object);

  g_clear_pointer (&self->ribbon, g_array_unref);
  g_free (self->text);
  G_OBJECT_CLASS (xs_presence_ribbon_parent_class)->finalize (object);
}

static void
xs_presence_ribbon_class_init (XsPresenceRibbonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = xs_presence_ribbon_finalize;
  widget_class->snapshot = xs_presence_ribbon_snapshot;
  gtk_widget_class_set_css_name (widget_class, "ribbon");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
xs_presence_ribbon_init (XsPresenceRibbon *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("This session"), -1);
}
