/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-timeline-model.h"

G_BEGIN_DECLS

/**
 * XsTimeline: one time axis for a log or for a student's days: what was studied, where photos were due and which there
 * are, what does not count, and what happened to clock and camera.
 *
 * Wheel, pinch, + and - zoom, 0 shows all; dragging, Page Up and Page Down pan. Left, Right, Home and End go from photo
 * to photo. A click on a mark chooses the worst of the photos that it stands for, one on a log or a day does so unless
 * its photo is the chosen one already. Shift with dragging, or with Left and Right, chooses whole minutes; Escape or a
 * click beside them lets go of them. What is chosen is also its accessible description.
 *
 * Signals: "photo-selected" (int: index), of the user's own doing; "range-chosen" when the chosen minutes change;
 * "view-changed" after zooming and panning.
 */
#define XS_TYPE_TIMELINE (xs_timeline_get_type ())
G_DECLARE_FINAL_TYPE (XsTimeline, xs_timeline, XS, TIMELINE, GtkWidget)

/** xs_timeline_set_model: show all of @model, with nothing chosen. @model: (nullable) (transfer full) */
void xs_timeline_set_model (XsTimeline *self, XsTimelineModel *model);
/**
 * xs_timeline_update_model: the same time, of which more is known: the view and the chosen minutes stay.
 * @model: (transfer full)
 * @photo: index of the chosen photo in @model; -1: none
 */
void xs_timeline_update_model (XsTimeline *self, XsTimelineModel *model, int photo);
/** xs_timeline_show_all: zoom to all there is. */
void xs_timeline_show_all (XsTimeline *self);
/** xs_timeline_show_span: zoom to these times, as far as the model goes. */
void xs_timeline_show_span (XsTimeline *self, gint64 from_us, gint64 to_us);
/** xs_timeline_select: choose a photo, and have it in view. @photo: index; -1: none */
void xs_timeline_select (XsTimeline *self, int photo);
/** xs_timeline_get_selected: index of a photo; -1: none. */
int xs_timeline_get_selected (XsTimeline *self);
/** xs_timeline_get_range: the chosen minutes, [from, to). Returns: FALSE when none are */
gboolean xs_timeline_get_range (XsTimeline *self, gint64 *from_us, gint64 *to_us);
/** xs_timeline_clear_range: choose no minutes. */
void xs_timeline_clear_range (XsTimeline *self);
/** xs_timeline_key: what a key does, also when the focus is elsewhere. Returns: FALSE when it is none of its keys */
gboolean xs_timeline_key (XsTimeline *self, guint key, GdkModifierType state);
/** xs_timeline_get_view: what is seen. */
const XsTimelineView *xs_timeline_get_view (XsTimeline *self);

G_END_DECLS
