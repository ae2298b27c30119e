/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-clock.h"
#include "xs-timeline-model.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)

/* 2026-11-26 09:00 in GMT+8. */
static gint64
nine_us (void)
{
  gint64 wall_us;

  g_assert_true (xs_wall_from_wire ("20261126090000", &wall_us, NULL));
  return wall_us;
}

/* An hour with a photo every quarter. */
static XsTimelineModel *
hour (void)
{
  XsTimelineModel *model = xs_timeline_model_new ();

  model->from_us = nine_us ();
  model->to_us = model->from_us + 60 * MINUTE_US;
  xs_timeline_add_span (model->lessons, model->from_us, model->to_us, XS_TONE_QUIET, 1, g_strdup ("lesson"));
  xs_timeline_add_span (model->voids, model->from_us + 8 * MINUTE_US, model->from_us + 22 * MINUTE_US, XS_TONE_BAD, 1,
                        g_strdup ("void"));
  for (int i = 0; i < 5; i++)
    xs_timeline_add_mark (model->photos, model->from_us + i * 15 * MINUTE_US, i == 1 ? XS_TONE_BAD : XS_TONE_GOOD,
                          g_strdup_printf ("photo %d", i));
  for (int i = 0; i < 60; i++)
    xs_timeline_add_span (model->study, model->from_us + i * MINUTE_US, model->from_us + (i + 1) * MINUTE_US,
                          i == 9 ? XS_TONE_DOUBT : XS_TONE_GOOD, i == 9 ? 0.4 : 1, g_strdup ("minute"));
  return model;
}

static void
test_view_maps (void)
{
  g_autoptr (XsTimelineModel) model = hour ();
  XsTimelineView view = { .width_px = 1000 };

  xs_timeline_view_all (&view, model);
  g_assert_cmpint (view.from_us, <, model->from_us);
  g_assert_cmpint (view.to_us, >, model->to_us);
  for (double x = 0; x <= 1000; x += 125)
    g_assert_cmpfloat_with_epsilon (xs_timeline_view_x (&view, xs_timeline_view_time_us (&view, x)), x, 0.01);
}

static void
test_zoom_keeps_place (void)
{
  g_autoptr (XsTimelineModel) model = hour ();
  XsTimelineView view = { .width_px = 1000 };
  gint64 around_us = model->from_us + 20 * MINUTE_US;

  xs_timeline_view_all (&view, model);
  gint64 whole_us = view.to_us - view.from_us;
  double before = xs_timeline_view_x (&view, around_us);
  xs_timeline_view_zoom (&view, model, 4, around_us);
  g_assert_cmpfloat_with_epsilon (xs_timeline_view_x (&view, around_us), before, 0.1);
  g_assert_cmpint (view.to_us - view.from_us, ==, whole_us / 4);
  for (int i = 0; i < 40; i++)
    xs_timeline_view_zoom (&view, model, 2, around_us);
  g_assert_cmpint (view.to_us - view.from_us, ==, XS_TIMELINE_SPAN_MIN_US);
  for (int i = 0; i < 40; i++)
    xs_timeline_view_zoom (&view, model, 0.5, around_us);
  g_assert_cmpint (view.to_us - view.from_us, ==, whole_us);
}

/* So that of a month as many days are named as their names leave room for. */
static void
test_names_days (void)
{
  XsTimelineView view = { nine_us () - 30 * (gint64) G_TIME_SPAN_DAY, nine_us (), 900 };

  g_assert_cmpint (xs_timeline_view_step_us (&view, 58), ==, 2 * (gint64) G_TIME_SPAN_DAY);
  g_assert_cmpint (xs_timeline_view_step_us (&view, 62), ==, 3 * (gint64) G_TIME_SPAN_DAY);
  g_assert_cmpint (xs_timeline_view_step_us (&view, 110), ==, 4 * (gint64) G_TIME_SPAN_DAY);
  g_assert_cmpint (xs_timeline_view_step_us (&view, 130), ==, 7 * (gint64) G_TIME_SPAN_DAY);
}

static void
test_month_to_seconds (void)
{
  g_autoptr (XsTimelineModel) model = xs_timeline_model_new ();
  XsTimelineView view = { .width_px = 1000 };

  model->from_us = nine_us () - 90 * (gint64) G_TIME_SPAN_DAY;
  model->to_us = nine_us ();
  xs_timeline_view_all (&view, model);
  g_assert_cmpint (view.to_us - view.from_us, ==, XS_TIMELINE_SPAN_MAX_US);
  g_assert_cmpint (xs_timeline_view_step_us (&view, 80), >=, G_TIME_SPAN_DAY);
  /* On the way more and more can be told apart. */
  XsTimelineLevel level = xs_timeline_view_level (&view);
  g_assert_cmpint (level, ==, XS_TIMELINE_DAYS);
  guint n_levels = 1;
  while (view.to_us - view.from_us > XS_TIMELINE_SPAN_MIN_US)
    {
      xs_timeline_view_zoom (&view, model, 1.6, model->to_us);
      XsTimelineLevel now = xs_timeline_view_level (&view);
      g_assert_cmpint (now, >=, level);
      n_levels += now != level;
      level = now;
    }
  g_assert_cmpint (level, ==, XS_TIMELINE_MINUTES);
  g_assert_cmpuint (n_levels, ==, 3);
  g_assert_cmpint (xs_timeline_view_step_us (&view, 80), ==, G_USEC_PER_SEC);
}

static void
test_ticks_are_round (void)
{
  gint64 nine = nine_us (), late = nine + 7 * G_USEC_PER_SEC + 3;
  g_autofree char *midnight = xs_wall_to_wire (xs_timeline_first_tick_us (late, G_TIME_SPAN_DAY));
  g_autofree char *week = xs_wall_to_wire (xs_timeline_first_tick_us (late, 7 * (gint64) G_TIME_SPAN_DAY));

  g_assert_cmpint (xs_timeline_first_tick_us (nine, 15 * MINUTE_US), ==, nine);
  g_assert_cmpint (xs_timeline_first_tick_us (late, 15 * MINUTE_US), ==, nine + 15 * MINUTE_US);
  g_assert_cmpstr (midnight, ==, "20261127000000");
  /* A Monday. */
  g_assert_cmpstr (week, ==, "20261130000000");
}

static void
test_pan_stays_inside (void)
{
  g_autoptr (XsTimelineModel) model = hour ();
  XsTimelineView view, all = { .width_px = 1000 };

  xs_timeline_view_all (&all, model);
  view = all;
  xs_timeline_view_zoom (&view, model, 4, model->from_us);
  xs_timeline_view_pan (&view, model, -60 * MINUTE_US);
  g_assert_cmpint (view.from_us, ==, all.from_us);
  xs_timeline_view_pan (&view, model, 600 * MINUTE_US);
  g_assert_cmpint (view.to_us, ==, all.to_us);
  xs_timeline_view_show (&view, model, model->from_us);
  g_assert_cmpint (view.from_us, <=, model->from_us);
  g_assert_cmpint (view.to_us, >, model->from_us);
}

static void
test_find_mark (void)
{
  g_autoptr (XsTimelineModel) model = hour ();

  g_assert_cmpuint (xs_timeline_find_mark (model->photos, 0), ==, 0);
  g_assert_cmpuint (xs_timeline_find_mark (model->photos, model->from_us + 15 * MINUTE_US), ==, 1);
  g_assert_cmpuint (xs_timeline_find_mark (model->photos, model->from_us + 15 * MINUTE_US + 1), ==, 2);
  g_assert_cmpuint (xs_timeline_find_mark (model->photos, G_MAXINT64), ==, 5);
  g_assert_cmpstr (xs_timeline_span_at (model->voids, model->from_us + 8 * MINUTE_US)->text, ==, "void");
  g_assert_null (xs_timeline_span_at (model->voids, model->from_us + 22 * MINUTE_US));
}

/* Marks that hide each other are one, as the worst of them: what is drawn red is what a click on it chooses. */
static void
test_groups (void)
{
  g_autoptr (XsTimelineModel) model = hour ();
  XsTimelineView near = { model->from_us, model->to_us, 1000 }, far = { model->from_us, model->to_us, 20 };

  g_autoptr (GArray) apart = xs_timeline_view_groups (&near, model->photos, 10);
  g_assert_cmpuint (apart->len, ==, 5);
  for (guint i = 0; i < apart->len; i++)
    g_assert_cmpuint (g_array_index (apart, XsTimelineGroup, i).worst, ==, i);
  /* 5 px from photo to photo. */
  g_autoptr (GArray) crowded = xs_timeline_view_groups (&far, model->photos, 10);
  g_assert_cmpuint (crowded->len, ==, 2);
  const XsTimelineGroup *first = &g_array_index (crowded, XsTimelineGroup, 0);
  g_assert_cmpuint (first->first, ==, 0);
  g_assert_cmpuint (first->end, ==, 3);
  g_assert_cmpuint (first->worst, ==, 1);
  g_assert_cmpint (xs_timeline_worst_mark (model->photos, model->from_us, model->to_us), ==, 1);
  g_assert_cmpint (xs_timeline_worst_mark (model->photos, model->from_us + 20 * MINUTE_US, model->to_us), ==, 2);
  g_assert_cmpint (xs_timeline_worst_mark (model->photos, model->from_us + 1, model->from_us + MINUTE_US), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coach/timeline/view-maps-both-ways", test_view_maps);
  g_test_add_func ("/coach/timeline/zoom-keeps-what-is-pointed-at", test_zoom_keeps_place);
  g_test_add_func ("/coach/timeline/from-a-month-to-seconds", test_month_to_seconds);
  g_test_add_func ("/coach/timeline/names-as-many-days-as-fit", test_names_days);
  g_test_add_func ("/coach/timeline/ticks-are-round", test_ticks_are_round);
  g_test_add_func ("/coach/timeline/pan-stays-inside", test_pan_stays_inside);
  g_test_add_func ("/coach/timeline/finds-marks-and-spans", test_find_mark);
  g_test_add_func ("/coach/timeline/groups-what-is-crowded", test_groups);
  return g_test_run ();
}
