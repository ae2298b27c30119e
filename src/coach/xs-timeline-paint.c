/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-timeline-paint.h"

#include <glib/gi18n.h>

#include "xs-clock.h"

#define N_LANES 5
#define NAME_MARGIN_PX 10
#define TICK_GAP_LINES 0.7f /* between what stands at ticks, in heights of a line */
#define HATCH_PX 7.0f
#define PADDING_PX 4.0f
#define SPAN_MIN_PX 2.0f
/* Narrower, and a row of slots is but a pattern. */
#define SLOT_MIN_PX 4
#define MARK_RADIUS 0.42f /* in heights of a line */
/* Marks nearer than this share of their width hide each other: of those the worst is shown. */
#define CROWDED 0.7

typedef enum {
  LANE_AXIS,
  LANE_LESSONS,
  LANE_PHOTOS,
  LANE_STUDY,
  LANE_EVENTS,
} Lane;

/* Heights of the lanes, in heights of a line. */
static const float lane_lines[N_LANES] = { 1.3f, 1.35f, 1.9f, 1.5f, 1.1f };

typedef struct {
  GtkWidget *widget;
  GtkSnapshot *snapshot;
  const XsTimelineScene *scene;
  float line_px;  /* height of a line of type */
  float names_px; /* width of the names */
  float width_px, height_px;
  GdkRGBA text, quiet, line, accent, panel;
} Painter;

static const char *
lane_name (Lane lane)
{
  switch (lane)
    {
    case LANE_LESSONS:
      return _ ("Lesson");
    case LANE_PHOTOS:
      return _ ("Photos");
    case LANE_STUDY:
      return _ ("Study time");
    case LANE_EVENTS:
      return _ ("Events");
    case LANE_AXIS:
    default:
      return "";
    }
}

static int
line_height_px (GtkWidget *widget)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

int
xs_timeline_height_px (GtkWidget *widget)
{
  float lines = 0;

  for (guint i = 0; i < N_LANES; i++)
    lines += lane_lines[i];
  return (int) (lines * (float) line_height_px (widget)) + (int) PADDING_PX;
}

int
xs_timeline_names_px (GtkWidget *widget)
{
  int widest = 0;

  for (Lane lane = LANE_LESSONS; lane < N_LANES; lane++)
    {
      g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, lane_name (lane));
      int width;
      pango_layout_get_pixel_size (layout, &width, NULL);
      widest = MAX (widest, width);
    }
  return widest + NAME_MARGIN_PX;
}

double
xs_timeline_apart_px (GtkWidget *widget)
{
  return CROWDED * 2 * (double) MARK_RADIUS * line_height_px (widget);
}

static GdkRGBA
color_named (GtkWidget *widget, const char *name)
{
  GdkRGBA color = { 0.5f, 0.5f, 0.5f, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), name, &color);
  return color;
}

GdkRGBA
xs_tone_color (GtkWidget *widget, XsTone tone)
{
  static const char *const names[] = { "quiet_color", "good_color", "doubt_color", "bad_color" };

  return color_named (widget, names[tone]);
}

static GdkRGBA
faint (GdkRGBA color, float alpha)
{
  color.alpha *= alpha;
  return color;
}

static graphene_rect_t
lane_area (const Painter *painter, Lane lane)
{
  float y = 0;

  for (Lane above = LANE_AXIS; above < lane; above++)
    y += lane_lines[above] * painter->line_px;
  return GRAPHENE_RECT_INIT (0, y, painter->width_px, lane_lines[lane] * painter->line_px);
}

/* Returns: FALSE when it is out of view. */
static gboolean
span_area (const Painter *painter, const XsTimelineSpan *span, const graphene_rect_t *lane, graphene_rect_t *area)
{
  float x0 = (float) xs_timeline_view_x (&painter->scene->view, span->t0_us);
  float x1 = (float) xs_timeline_view_x (&painter->scene->view, span->t1_us);

  if (x1 < 0 || x0 > painter->width_px)
    return FALSE;
  /* Far beyond the edges there is nothing to see, and floats are short. */
  x0 = MAX (x0, -10);
  x1 = MIN (x1, painter->width_px + 10);
  *area = GRAPHENE_RECT_INIT (x0, lane->origin.y, MAX (x1 - x0, SPAN_MIN_PX), lane->size.height);
  return TRUE;
}

static void
paint_text (const Painter *painter, const char *text, float x, float y, float room_px, const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (painter->widget, text);

  if (room_px > 0)
    {
      pango_layout_set_width (layout, (int) room_px * PANGO_SCALE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    }
  gtk_snapshot_save (painter->snapshot);
  gtk_snapshot_translate (painter->snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (painter->snapshot, layout, color);
  gtk_snapshot_restore (painter->snapshot);
}

/* In the middle. Returns: FALSE, painting nothing, when there is no room for all of it */
static gboolean
paint_inside (const Painter *painter, const char *text, const graphene_rect_t *area, const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (painter->widget, text);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  if ((float) width + PADDING_PX > area->size.width)
    return FALSE;
  paint_text (painter, text, area->origin.x + (area->size.width - (float) width) / 2,
              area->origin.y + (area->size.height - (float) height) / 2, 0, color);
  return TRUE;
}

static void
paint_hatch (const Painter *painter, const graphene_rect_t *area, const GdkRGBA *color)
{
  GdkRGBA clear = faint (*color, 0);
  const GskColorStop stops[] = { { 0, *color }, { 0.3f, *color }, { 0.3f, clear }, { 1, clear } };
  float x = area->origin.x, y = area->origin.y;

  gtk_snapshot_append_repeating_linear_gradient (painter->snapshot, area, &GRAPHENE_POINT_INIT (x, y),
                                                 &GRAPHENE_POINT_INIT (x + HATCH_PX, y + HATCH_PX), stops,
                                                 G_N_ELEMENTS (stops));
}

static void
paint_border (const Painter *painter, const graphene_rect_t *area, float width_px, const GdkRGBA *color)
{
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, area, 4);
  gtk_snapshot_append_border (painter->snapshot, &outline, (float[4]){ width_px, width_px, width_px, width_px },
                              (GdkRGBA[4]){ *color, *color, *color, *color });
}

/* Lanes */

static float
text_width_px (const Painter *painter, const char *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (painter->widget, text);
  int width_px;

  pango_layout_get_pixel_size (layout, &width_px, NULL);
  return (float) width_px;
}

/* As many ticks as there is room for what stands at them, all of it. */
static void
paint_axis (const Painter *painter)
{
  const XsTimelineView *view = &painter->scene->view;
  float gap_px = TICK_GAP_LINES * painter->line_px, room_px = text_width_px (painter, "00-00");
  gint64 step_us = xs_timeline_view_step_us (view, (double) (room_px + gap_px));

  if (step_us < G_TIME_SPAN_MINUTE)
    {
      room_px = text_width_px (painter, "00:00:00");
      step_us = xs_timeline_view_step_us (view, (double) (room_px + gap_px));
    }
  const char *pattern = step_us >= G_TIME_SPAN_DAY ? "%m-%d" : step_us >= G_TIME_SPAN_MINUTE ? "%H:%M" : "%H:%M:%S";
  GdkRGBA grid = faint (painter->line, 0.7f);

  for (gint64 tick_us = xs_timeline_first_tick_us (view->from_us, step_us); tick_us <= view->to_us; tick_us += step_us)
    {
      float x = (float) xs_timeline_view_x (view, tick_us);
      /* At midnight the day is what is asked for. */
      gboolean midnight = xs_timeline_first_tick_us (tick_us, G_TIME_SPAN_DAY) == tick_us;
      g_autofree char *text = xs_wall_format (tick_us, midnight ? "%m-%d" : pattern);

      gtk_snapshot_append_color (painter->snapshot, &grid, &GRAPHENE_RECT_INIT (x, 0, 1, painter->height_px));
      if (x + PADDING_PX + room_px <= painter->width_px)
        paint_text (painter, text, x + PADDING_PX, 0, 0, &painter->quiet);
    }
}

/* Days: how each is to be taken, in its colour and with a sign, and what it comes to where there is room. */
static void
paint_days (const Painter *painter)
{
  const GArray *days = painter->scene->model->days;
  graphene_rect_t lane = lane_area (painter, LANE_LESSONS), area;

  graphene_rect_inset (&lane, 0, 2);
  for (guint i = 0; i < days->len; i++)
    {
      const XsTimelineSpan *span = &g_array_index (days, XsTimelineSpan, i);
      GdkRGBA color = xs_tone_color (painter->widget, span->tone), ground = faint (color, 0.14f);
      if (!span_area (painter, span, &lane, &area))
        continue;
      graphene_rect_inset (&area, area.size.width > 6 ? 1 : 0, 0);
      gtk_snapshot_append_color (painter->snapshot, &ground, &area);
      paint_border (painter, &area, 1, &color);
      if (!paint_inside (painter, span->brief, &area, &painter->text))
        paint_inside (painter, xs_tone_sign (span->tone), &area, &color);
    }
}

static void
paint_lessons (const Painter *painter)
{
  const GArray *lessons = painter->scene->model->lessons;
  graphene_rect_t lane = lane_area (painter, LANE_LESSONS), area;
  GdkRGBA ground = faint (painter->accent, 0.16f);

  graphene_rect_inset (&lane, 0, 2);
  for (guint i = 0; i < lessons->len; i++)
    {
      const XsTimelineSpan *span = &g_array_index (lessons, XsTimelineSpan, i);
      if (!span_area (painter, span, &lane, &area))
        continue;
      gtk_snapshot_append_color (painter->snapshot, &ground, &area);
      paint_border (painter, &area, 1, &painter->accent);
    }
}

/* Above what is void, to be read there too. */
static void
paint_lesson_texts (const Painter *painter)
{
  const GArray *lessons = painter->scene->model->lessons;
  graphene_rect_t lane = lane_area (painter, LANE_LESSONS), area;

  graphene_rect_inset (&lane, 0, 2);
  for (guint i = 0; i < lessons->len; i++)
    {
      const XsTimelineSpan *span = &g_array_index (lessons, XsTimelineSpan, i);
      if (!span_area (painter, span, &lane, &area))
        continue;
      float x = MAX (area.origin.x, 0) + PADDING_PX;
      float room = MIN (area.origin.x + area.size.width, painter->width_px) - x - PADDING_PX;
      if (room > 2 * painter->line_px)
        paint_text (painter, span->text, x, area.origin.y + 1, room, &painter->text);
    }
}

/* Where a photo was due: a box, hatched where there is none, or none that is good. */
static void
paint_slots (const Painter *painter)
{
  const GArray *slots = painter->scene->model->slots;
  graphene_rect_t lane = lane_area (painter, LANE_PHOTOS), area;

  graphene_rect_inset (&lane, 0, 2);
  for (guint i = 0; i < slots->len; i++)
    {
      const XsTimelineSpan *span = &g_array_index (slots, XsTimelineSpan, i);
      GdkRGBA color = xs_tone_color (painter->widget, span->tone), ground = faint (color, 0.14f);
      if (!span_area (painter, span, &lane, &area) || area.size.width < SLOT_MIN_PX)
        continue;
      graphene_rect_inset (&area, area.size.width > 6 ? 1 : 0, 0);
      gtk_snapshot_append_color (painter->snapshot, &ground, &area);
      if (span->tone == XS_TONE_BAD || span->tone == XS_TONE_DOUBT)
        {
          GdkRGBA line = faint (color, 0.45f);
          paint_hatch (painter, &area, &line);
        }
      paint_border (painter, &area, 1, &color);
    }
}

static void
paint_study (const Painter *painter, const GArray *study)
{
  graphene_rect_t lane = lane_area (painter, LANE_STUDY), area;
  float floor_px = lane.origin.y + lane.size.height - 2;

  gtk_snapshot_append_color (painter->snapshot, &painter->line,
                             &GRAPHENE_RECT_INIT (0, floor_px, painter->width_px, 2));
  graphene_rect_inset (&lane, 0, 3);
  for (guint i = 0; i < study->len; i++)
    {
      const XsTimelineSpan *span = &g_array_index (study, XsTimelineSpan, i);
      GdkRGBA color = span->tone == XS_TONE_GOOD ? painter->accent : xs_tone_color (painter->widget, span->tone);
      float height = lane.size.height * (float) CLAMP (span->share, 0.15, 1);
      if (!span_area (painter, span, &lane, &area))
        continue;
      graphene_rect_t bar = GRAPHENE_RECT_INIT (area.origin.x, floor_px - height, MAX (area.size.width - 1, 1), height);
      if (span->tone == XS_TONE_GOOD)
        {
          gtk_snapshot_append_color (painter->snapshot, &color, &bar);
          continue;
        }
      paint_hatch (painter, &bar, &color);
      paint_border (painter, &bar, 1, &color);
    }
}

static void
paint_voids (const Painter *painter)
{
  const GArray *voids = painter->scene->model->voids;
  graphene_rect_t whole = GRAPHENE_RECT_INIT (0, lane_area (painter, LANE_LESSONS).origin.y, painter->width_px,
                                              painter->height_px - lane_area (painter, LANE_LESSONS).origin.y);
  graphene_rect_t area;

  for (guint i = 0; i < voids->len; i++)
    {
      const XsTimelineSpan *span = &g_array_index (voids, XsTimelineSpan, i);
      GdkRGBA color = xs_tone_color (painter->widget, span->tone), ground = faint (color, 0.15f);
      if (!span_area (painter, span, &whole, &area))
        continue;
      gtk_snapshot_append_color (painter->snapshot, &ground, &area);
      gtk_snapshot_append_color (painter->snapshot, &color,
                                 &GRAPHENE_RECT_INIT (area.origin.x, area.origin.y, 2, area.size.height));
      gtk_snapshot_append_color (painter->snapshot, &color,
                                 &GRAPHENE_RECT_INIT (area.origin.x + area.size.width - 2, area.origin.y, 2,
                                                      area.size.height));
    }
}

const char *
xs_tone_sign (XsTone tone)
{
  switch (tone)
    {
    case XS_TONE_DOUBT:
      return "?";
    case XS_TONE_BAD:
      return "×";
    case XS_TONE_GOOD:
      return "✓";
    case XS_TONE_QUIET:
    default:
      return "·";
    }
}

static void
paint_mark (const Painter *painter, float x, float y, XsTone tone, gboolean selected)
{
  float radius = MARK_RADIUS * painter->line_px * (selected ? 1.35f : 1);
  graphene_rect_t box = GRAPHENE_RECT_INIT (x - radius, y - radius, 2 * radius, 2 * radius);
  GdkRGBA color = xs_tone_color (painter->widget, tone);
  const char *sign = xs_tone_sign (tone);
  GskRoundedRect circle;

  gsk_rounded_rect_init_from_rect (&circle, &box, radius);
  gtk_snapshot_push_rounded_clip (painter->snapshot, &circle);
  gtk_snapshot_append_color (painter->snapshot, &color, &box);
  gtk_snapshot_pop (painter->snapshot);
  const GdkRGBA *edge = selected ? &painter->text : &painter->panel;
  float width = selected ? 3 : 1;
  gtk_snapshot_append_border (painter->snapshot, &circle, (float[4]){ width, width, width, width },
                              (GdkRGBA[4]){ *edge, *edge, *edge, *edge });
  if (tone <= XS_TONE_GOOD)
    return;
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (painter->widget, sign);
  int text_width, text_height;
  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  gtk_snapshot_save (painter->snapshot);
  gtk_snapshot_translate (painter->snapshot,
                          &GRAPHENE_POINT_INIT (x - (float) text_width / 2, y - (float) text_height / 2));
  gtk_snapshot_append_layout (painter->snapshot, layout, &painter->panel);
  gtk_snapshot_restore (painter->snapshot);
}

/* Of marks that hide each other the worst is shown. */
static void
paint_marks (const Painter *painter, const GArray *marks, Lane lane, int selected)
{
  const XsTimelineView *view = &painter->scene->view;
  graphene_rect_t area = lane_area (painter, lane);
  float y = area.origin.y + area.size.height / 2;
  g_autoptr (GArray) groups = xs_timeline_view_groups (view, marks, xs_timeline_apart_px (painter->widget));

  for (guint i = 0; i < groups->len; i++)
    {
      const XsTimelineGroup *group = &g_array_index (groups, XsTimelineGroup, i);
      double x = xs_timeline_view_x (view, g_array_index (marks, XsTimelineMark, group->first).wall_us);
      paint_mark (painter, (float) x, y, g_array_index (marks, XsTimelineMark, group->worst).tone, FALSE);
    }
  if (selected >= 0 && (guint) selected < marks->len)
    {
      const XsTimelineMark *mark = &g_array_index (marks, XsTimelineMark, selected);
      float x = (float) xs_timeline_view_x (view, mark->wall_us);
      gtk_snapshot_append_color (painter->snapshot, &painter->text,
                                 &GRAPHENE_RECT_INIT (x - 1, area.origin.y, 2, painter->height_px - area.origin.y));
      paint_mark (painter, x, y, mark->tone, TRUE);
    }
}

static void
paint_range (const Painter *painter)
{
  XsTimelineSpan span = { painter->scene->range_from_us, painter->scene->range_to_us, XS_TONE_QUIET, 1, NULL };
  graphene_rect_t whole = GRAPHENE_RECT_INIT (0, 0, painter->width_px, painter->height_px), area;
  GdkRGBA ground = faint (painter->accent, 0.25f);

  if (span.t0_us >= span.t1_us || !span_area (painter, &span, &whole, &area))
    return;
  gtk_snapshot_append_color (painter->snapshot, &ground, &area);
  paint_border (painter, &area, 3, &painter->accent);
}

static void
paint_names (const Painter *painter)
{
  for (Lane lane = LANE_LESSONS; lane < N_LANES; lane++)
    {
      graphene_rect_t area = lane_area (painter, lane);
      float y = area.origin.y + (area.size.height - painter->line_px) / 2;
      paint_text (painter, lane_name (lane), 0, y, 0, &painter->quiet);
    }
}

void
xs_timeline_paint (GtkWidget *widget, GtkSnapshot *snapshot, const XsTimelineScene *scene)
{
  Painter painter = { .widget = widget, .snapshot = snapshot, .scene = scene };

  painter.line_px = (float) line_height_px (widget);
  painter.names_px = (float) xs_timeline_names_px (widget);
  painter.width_px = (float) scene->view.width_px;
  painter.height_px = (float) gtk_widget_get_height (widget);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &painter.text);
  painter.quiet = color_named (widget, "quiet_color");
  painter.line = color_named (widget, "line_color");
  painter.accent = color_named (widget, "accent_color");
  painter.panel = color_named (widget, "panel_color");

  paint_names (&painter);
  graphene_rect_t lanes = GRAPHENE_RECT_INIT (0, 0, painter.width_px, painter.height_px);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (painter.names_px, 0));
  gtk_snapshot_push_clip (snapshot, &lanes);
  paint_axis (&painter);
  const XsTimelineModel *model = scene->model;
  switch (xs_timeline_view_level (&scene->view))
    {
    case XS_TIMELINE_DAYS:
      paint_days (&painter);
      paint_study (&painter, model->days);
      break;
    case XS_TIMELINE_LOGS:
      paint_lessons (&painter);
      paint_slots (&painter);
      paint_study (&painter, model->lessons);
      paint_voids (&painter);
      paint_lesson_texts (&painter);
      break;
    case XS_TIMELINE_MINUTES:
    default:
      paint_lessons (&painter);
      paint_slots (&painter);
      paint_study (&painter, model->study);
      paint_voids (&painter);
      paint_lesson_texts (&painter);
    }
  paint_marks (&painter, model->events, LANE_EVENTS, -1);
  paint_marks (&painter, model->photos, LANE_PHOTOS, scene->selected);
  paint_range (&painter);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_restore (snapshot);
}
