/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-timeline-model.h"

G_BEGIN_DECLS

/** XsTimelineScene: what is painted. All but @view belongs to somebody else. */
typedef struct {
  const XsTimelineModel *model;
  XsTimelineView view;               /* of what lies right of the lanes' names */
  int selected;                      /* index of a photo; -1: none */
  gint64 range_from_us, range_to_us; /* chosen minutes; equal: none */
} XsTimelineScene;

/** xs_timeline_height_px: of all lanes, in @widget's type. */
int xs_timeline_height_px (GtkWidget *widget);
/** xs_timeline_names_px: width of the lanes' names, in @widget's type. */
int xs_timeline_names_px (GtkWidget *widget);
/** xs_timeline_apart_px: marks that are no further apart hide each other, in @widget's type. */
double xs_timeline_apart_px (GtkWidget *widget);
/** xs_timeline_paint: in @widget's colours. Costs as much as is in view, not as much as there is. */
void xs_timeline_paint (GtkWidget *widget, GtkSnapshot *snapshot, const XsTimelineScene *scene);

/** xs_tone_sign: (transfer none): a character that says the same without colour. */
const char *xs_tone_sign (XsTone tone);
/** xs_tone_color: of the application's colours. */
GdkRGBA xs_tone_color (GtkWidget *widget, XsTone tone);

G_END_DECLS
