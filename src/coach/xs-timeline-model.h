/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/** XsTone: how a thing is to be taken. Never told by colour alone. */
typedef enum {
  XS_TONE_QUIET, /* nothing to say for or against it */
  XS_TONE_GOOD,
  XS_TONE_DOUBT,
  XS_TONE_BAD,
} XsTone;

/** XsTimelineSpan: something that lasts, by wall clock. */
typedef struct {
  gint64 t0_us, t1_us;
  XsTone tone;
  double share; /* 0 … 1: how high it is drawn */
  char *text;   /* what it is, for people */
  char *brief;  /* (nullable): the same where there is little room */
} XsTimelineSpan;

/** XsTimelineMark: something at one moment. */
typedef struct {
  gint64 wall_us;
  XsTone tone;
  char *text;
} XsTimelineMark;

/** XsTimelineModel: what a time line shows of a log, or of more of them. All arrays go by time. */
typedef struct {
  gint64 from_us, to_us; /* the whole */
  GArray *days;          /* XsTimelineSpan: days (GMT+8) with logs, what each comes to; @share: of the longest */
  GArray *lessons;       /* XsTimelineSpan: the logs, each with its course; @share: how much of it was studied */
  GArray *slots;         /* XsTimelineSpan: where a photo was due, and whether there is one */
  GArray *study;         /* XsTimelineSpan: what counted, and what did not and why; @share: how much of it counted */
  GArray *voids;         /* XsTimelineSpan: what does not count, by which rule */
  GArray *photos;        /* XsTimelineMark */
  GArray *events;        /* XsTimelineMark: of the clock, and that the camera was covered */
} XsTimelineModel;

XsTimelineModel *xs_timeline_model_new (void);
void xs_timeline_model_free (XsTimelineModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsTimelineModel, xs_timeline_model_free)

/** xs_timeline_model_sort: put all arrays in order of time. */
void xs_timeline_model_sort (XsTimelineModel *model);
/** xs_timeline_add_span: to one of the model's arrays. @text: (transfer full) */
void xs_timeline_add_span (GArray *spans, gint64 t0_us, gint64 t1_us, XsTone tone, double share, char *text);
/** xs_timeline_add_mark: likewise. */
void xs_timeline_add_mark (GArray *marks, gint64 wall_us, XsTone tone, char *text);
/** xs_timeline_find_mark: index of the first mark that is not before @wall_us; the length when all are. O(log n). */
guint xs_timeline_find_mark (const GArray *marks, gint64 wall_us);
/** xs_timeline_worst_mark: index of the first of the worst in [@from_us, @to_us); -1: there is none. */
int xs_timeline_worst_mark (const GArray *marks, gint64 from_us, gint64 to_us);
/** xs_timeline_span_at: (nullable): the last span that covers @wall_us. O(n). */
const XsTimelineSpan *xs_timeline_span_at (const GArray *spans, gint64 wall_us);

/** XsTimelineView: which part of the time is seen, and how wide. Plain; pure. */
typedef struct {
  gint64 from_us, to_us;
  double width_px; /* above 0 */
} XsTimelineView;

/** XsTimelineLevel: how much can be told apart in a view. */
typedef enum {
  XS_TIMELINE_DAYS, /* days, and what each comes to */
  XS_TIMELINE_LOGS, /* logs, each as one, and their photos */
  XS_TIMELINE_MINUTES,
} XsTimelineLevel;

/** xs_timeline_view_level: by how wide a day and a minute are. */
XsTimelineLevel xs_timeline_view_level (const XsTimelineView *view);

/** Nearer there is nothing to see, farther nothing to tell apart. */
#define XS_TIMELINE_SPAN_MIN_US (10 * (gint64) G_USEC_PER_SEC)
#define XS_TIMELINE_SPAN_MAX_US (40 * (gint64) G_TIME_SPAN_DAY)

/** xs_timeline_view_x: where a time is, in px from the left; also outside the view. */
double xs_timeline_view_x (const XsTimelineView *view, gint64 wall_us);
/** xs_timeline_view_time_us: the reverse. */
gint64 xs_timeline_view_time_us (const XsTimelineView *view, double x_px);
/** xs_timeline_view_all: the whole of @model, with a little room at both ends. */
void xs_timeline_view_all (XsTimelineView *view, const XsTimelineModel *model);
/** xs_timeline_view_zoom: by @factor, above 1: nearer; what is at @around_us stays where it is. */
void xs_timeline_view_zoom (XsTimelineView *view, const XsTimelineModel *model, double factor, gint64 around_us);
/** xs_timeline_view_pan: by @by_us, as far as the model goes. */
void xs_timeline_view_pan (XsTimelineView *view, const XsTimelineModel *model, gint64 by_us);
/** xs_timeline_view_show: pan as little as shows @wall_us. */
void xs_timeline_view_show (XsTimelineView *view, const XsTimelineModel *model, gint64 wall_us);
/** XsTimelineGroup: marks that hide each other, [first, end): drawn where the first is, and as the worst of them. */
typedef struct {
  guint first, end, worst;
} XsTimelineGroup;

/** xs_timeline_view_groups: (transfer full) (element-type XsTimelineGroup): of marks in view, over @apart_px apart. */
GArray *xs_timeline_view_groups (const XsTimelineView *view, const GArray *marks, double apart_px);
/** xs_timeline_view_step_us: between two ticks that are at least @room_px apart: a round time from 1 s to 14 days. */
gint64 xs_timeline_view_step_us (const XsTimelineView *view, double room_px);
/** xs_timeline_first_tick_us: the first round time by GMT+8, weeks from Monday, that is not before @wall_us. */
gint64 xs_timeline_first_tick_us (gint64 wall_us, gint64 step_us);

G_END_DECLS
