/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-timeline-model.h"

#define ZONE_US (8 * (gint64) G_TIME_SPAN_HOUR)
#define WEEK_US (7 * (gint64) G_TIME_SPAN_DAY)
/* 1970-01-01 was a Thursday. */
#define MONDAY_US (3 * (gint64) G_TIME_SPAN_DAY)
/* At both ends of the whole, so that the first photo is not on the edge. */
#define MARGIN 0.03
/* Narrower, and what happened within one cannot be told apart. */
#define DAY_MIN_PX 300
#define MINUTE_MIN_PX 1.0

static void
clear_span (gpointer span)
{
  g_free (((XsTimelineSpan *) span)->text);
  g_free (((XsTimelineSpan *) span)->brief);
}

static void
clear_mark (gpointer mark)
{
  g_free (((XsTimelineMark *) mark)->text);
}

static GArray *
array_of (gsize size, GDestroyNotify clear)
{
  GArray *array = g_array_new (FALSE, FALSE, (guint) size);

  g_array_set_clear_func (array, clear);
  return array;
}

XsTimelineModel *
xs_timeline_model_new (void)
{
  XsTimelineModel *model = g_new0 (XsTimelineModel, 1);

  model->days = array_of (sizeof (XsTimelineSpan), clear_span);
  model->lessons = array_of (sizeof (XsTimelineSpan), clear_span);
  model->slots = array_of (sizeof (XsTimelineSpan), clear_span);
  model->study = array_of (sizeof (XsTimelineSpan), clear_span);
  model->voids = array_of (sizeof (XsTimelineSpan), clear_span);
  model->photos = array_of (sizeof (XsTimelineMark), clear_mark);
  model->events = array_of (sizeof (XsTimelineMark), clear_mark);
  return model;
}

void
xs_timeline_model_free (XsTimelineModel *model)
{
  if (model == NULL)
    return;
  g_array_unref (model->days);
  g_array_unref (model->lessons);
  g_array_unref (model->slots);
  g_array_unref (model->study);
  g_array_unref (model->voids);
  g_array_unref (model->photos);
  g_array_unref (model->events);
  g_free (model);
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  /* Both begin with their time. */
  gint64 one_us = *(const gint64 *) a, other_us = *(const gint64 *) b;

  return (one_us > other_us) - (one_us < other_us);
}

G_STATIC_ASSERT (G_STRUCT_OFFSET (XsTimelineSpan, t0_us) == 0 && G_STRUCT_OFFSET (XsTimelineMark, wall_us) == 0);

void
xs_timeline_model_sort (XsTimelineModel *model)
{
  GArray *const all[] = { model->days,  model->lessons, model->slots, model->study,
                          model->voids, model->photos,  model->events };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_array_sort (all[i], by_time);
}

void
xs_timeline_add_span (GArray *spans, gint64 t0_us, gint64 t1_us, XsTone tone, double share, char *text)
{
  XsTimelineSpan span = { t0_us, t1_us, tone, share, text, NULL };

  g_array_append_val (spans, span);
}

void
xs_timeline_add_mark (GArray *marks, gint64 wall_us, XsTone tone, char *text)
{
  XsTimelineMark mark = { wall_us, tone, text };

  g_array_append_val (marks, mark);
}

guint
xs_timeline_find_mark (const GArray *marks, gint64 wall_us)
{
  guint from = 0, to = marks->len;

  while (from < to)
    {
      guint middle = from + (to - from) / 2;
      if (g_array_index (marks, XsTimelineMark, middle).wall_us < wall_us)
        from = middle + 1;
      else
        to = middle;
    }
  return from;
}

static guint
worst_of (const GArray *marks, guint first, guint end)
{
  guint worst = first;

  for (guint i = first + 1; i < end; i++)
    if (g_array_index (marks, XsTimelineMark, i).tone > g_array_index (marks, XsTimelineMark, worst).tone)
      worst = i;
  return worst;
}

int
xs_timeline_worst_mark (const GArray *marks, gint64 from_us, gint64 to_us)
{
  guint first = xs_timeline_find_mark (marks, from_us), end = xs_timeline_find_mark (marks, to_us);

  return first < end ? (int) worst_of (marks, first, end) : -1;
}

const XsTimelineSpan *
xs_timeline_span_at (const GArray *spans, gint64 wall_us)
{
  for (guint i = spans->len; i > 0; i--)
    {
      const XsTimelineSpan *span = &g_array_index (spans, XsTimelineSpan, i - 1);
      if (span->t0_us <= wall_us && wall_us < span->t1_us)
        return span;
    }
  return NULL;
}

double
xs_timeline_view_x (const XsTimelineView *view, gint64 wall_us)
{
  return (double) (wall_us - view->from_us) / (double) (view->to_us - view->from_us) * view->width_px;
}

gint64
xs_timeline_view_time_us (const XsTimelineView *view, double x_px)
{
  return view->from_us + (gint64) (x_px / view->width_px * (double) (view->to_us - view->from_us));
}

static void
whole (const XsTimelineModel *model, gint64 *from_us, gint64 *to_us)
{
  gint64 length_us = MAX (model->to_us - model->from_us, XS_TIMELINE_SPAN_MIN_US);
  gint64 margin_us = (gint64) (MARGIN * (double) length_us);

  *from_us = model->from_us - margin_us;
  *to_us = model->from_us + length_us + margin_us;
}

void
xs_timeline_view_all (XsTimelineView *view, const XsTimelineModel *model)
{
  whole (model, &view->from_us, &view->to_us);
  view->from_us = MAX (view->from_us, view->to_us - XS_TIMELINE_SPAN_MAX_US);
}

/* Of @span_us, from @from_us on, but inside the whole. */
static void
place (XsTimelineView *view, const XsTimelineModel *model, gint64 from_us, gint64 span_us)
{
  gint64 first_us, last_us;

  whole (model, &first_us, &last_us);
  span_us = CLAMP (span_us, XS_TIMELINE_SPAN_MIN_US, MIN (XS_TIMELINE_SPAN_MAX_US, last_us - first_us));
  view->from_us = CLAMP (from_us, first_us, last_us - span_us);
  view->to_us = view->from_us + span_us;
}

void
xs_timeline_view_zoom (XsTimelineView *view, const XsTimelineModel *model, double factor, gint64 around_us)
{
  gint64 first_us, last_us, old_us = view->to_us - view->from_us;

  whole (model, &first_us, &last_us);
  gint64 span_us = CLAMP ((gint64) ((double) old_us / factor), XS_TIMELINE_SPAN_MIN_US,
                          MIN (XS_TIMELINE_SPAN_MAX_US, last_us - first_us));
  double share = CLAMP ((double) (around_us - view->from_us) / (double) old_us, 0, 1);
  place (view, model, around_us - (gint64) (share * (double) span_us), span_us);
}

void
xs_timeline_view_pan (XsTimelineView *view, const XsTimelineModel *model, gint64 by_us)
{
  place (view, model, view->from_us + by_us, view->to_us - view->from_us);
}

void
xs_timeline_view_show (XsTimelineView *view, const XsTimelineModel *model, gint64 wall_us)
{
  gint64 margin_us = (view->to_us - view->from_us) / 20;

  if (wall_us < view->from_us + margin_us)
    xs_timeline_view_pan (view, model, wall_us - margin_us - view->from_us);
  else if (wall_us > view->to_us - margin_us)
    xs_timeline_view_pan (view, model, wall_us + margin_us - view->to_us);
}

XsTimelineLevel
xs_timeline_view_level (const XsTimelineView *view)
{
  double px_per_us = view->width_px / (double) (view->to_us - view->from_us);

  if (px_per_us * (double) G_TIME_SPAN_DAY < DAY_MIN_PX)
    return XS_TIMELINE_DAYS;
  return px_per_us * (double) G_TIME_SPAN_MINUTE < MINUTE_MIN_PX ? XS_TIMELINE_LOGS : XS_TIMELINE_MINUTES;
}

GArray *
xs_timeline_view_groups (const XsTimelineView *view, const GArray *marks, double apart_px)
{
  GArray *groups = g_array_new (FALSE, FALSE, sizeof (XsTimelineGroup));
  /* Of a mark that is a little outside the edge is seen. */
  guint i = xs_timeline_find_mark (marks, xs_timeline_view_time_us (view, -2 * apart_px));

  while (i < marks->len)
    {
      XsTimelineGroup group = { .first = i };
      double x = xs_timeline_view_x (view, g_array_index (marks, XsTimelineMark, i).wall_us);
      if (x > view->width_px + 2 * apart_px)
        break;
      while (i < marks->len
             && xs_timeline_view_x (view, g_array_index (marks, XsTimelineMark, i).wall_us) - x <= apart_px)
        i++;
      group.end = i;
      group.worst = worst_of (marks, group.first, group.end);
      g_array_append_val (groups, group);
    }
  return groups;
}

gint64
xs_timeline_view_step_us (const XsTimelineView *view, double room_px)
{
  static const gint64 steps_s[] = { 1,     2,     5,         10,        15,        30,        60,        120,
                                    300,   600,   900,       1800,      3600,      7200,      10800,     21600,
                                    43200, 86400, 2 * 86400, 3 * 86400, 4 * 86400, 7 * 86400, 14 * 86400 };
  double us_per_px = (double) (view->to_us - view->from_us) / view->width_px;

  for (guint i = 0; i < G_N_ELEMENTS (steps_s); i++)
    if ((double) (steps_s[i] * G_USEC_PER_SEC) >= room_px * us_per_px)
      return steps_s[i] * G_USEC_PER_SEC;
  return steps_s[G_N_ELEMENTS (steps_s) - 1] * G_USEC_PER_SEC;
}

gint64
xs_timeline_first_tick_us (gint64 wall_us, gint64 step_us)
{
  gint64 shift_us = ZONE_US + (step_us >= WEEK_US ? MONDAY_US : 0);
  gint64 shifted_us = wall_us + shift_us;
  gint64 over_us = (shifted_us % step_us + step_us) % step_us;

  return over_us == 0 ? wall_us : wall_us + step_us - over_us;
}
