/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-timeline.h"

#include <glib/gi18n.h>
#include <math.h>

#include "xs-clock.h"
#include "xs-timeline-paint.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define WHEEL_ZOOM 1.25
#define KEY_ZOOM 1.6
#define PAN_SHARE 0.5
/* A click this near to a photo is meant for it. */
#define REACH_PX 14

struct _XsTimeline {
  GtkWidget parent_instance;

  XsTimelineModel *model; /* (nullable) */
  XsTimelineView view;
  int selected;
  gint64 range_from_us, range_to_us;
  gint64 anchor_us;           /* where the chosen minutes began */
  XsTimelineView before_drag; /* the view that is dragged, or pinched */
  gboolean dragging_range;
  double pointer_x_px;
};

enum {
  SIGNAL_PHOTO_SELECTED,
  SIGNAL_RANGE_CHOSEN,
  SIGNAL_VIEW_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsTimeline, xs_timeline, GTK_TYPE_WIDGET)

static double
lanes_x (XsTimeline *self, double x_px)
{
  return x_px - xs_timeline_names_px (GTK_WIDGET (self));
}

/* What is chosen, in words */

static void
view_changed (XsTimeline *self)
{
  if (self->model != NULL)
    xs_timeline_view_pan (&self->view, self->model, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_VIEW_CHANGED], 0);
}

static void
describe (XsTimeline *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->selected >= 0)
    {
      const XsTimelineMark *photo = &g_array_index (self->model->photos, XsTimelineMark, self->selected);
      g_string_append_printf (text, _ ("Photo %d of %u: %s"), self->selected + 1, self->model->photos->len,
                              photo->text);
    }
  if (self->range_from_us < self->range_to_us)
    {
      g_autofree char *from = xs_wall_format (self->range_from_us, "%H:%M");
      g_autofree char *to = xs_wall_format (self->range_to_us, "%H:%M");
      if (text->len > 0)
        g_string_append (text, " · ");
      g_string_append_printf (text, _ ("%s to %s chosen"), from, to);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What is drawn as one at @x_px, of the lanes; nearest first. Returns: FALSE when there is nothing */
static gboolean
find_group (XsTimeline *self, const GArray *marks, double x_px, XsTimelineGroup *found)
{
  g_autoptr (GArray) groups = xs_timeline_view_groups (&self->view, marks, xs_timeline_apart_px (GTK_WIDGET (self)));
  double nearest_px = REACH_PX;
  gboolean any = FALSE;

  for (guint i = 0; i < groups->len; i++)
    {
      const XsTimelineGroup *group = &g_array_index (groups, XsTimelineGroup, i);
      double off_px =
        fabs (xs_timeline_view_x (&self->view, g_array_index (marks, XsTimelineMark, group->first).wall_us) - x_px);
      if (off_px > nearest_px)
        continue;
      nearest_px = off_px;
      *found = *group;
      any = TRUE;
    }
  return any;
}

static void
append_group (GString *text, const GArray *marks, const XsTimelineGroup *group)
{
  const XsTimelineMark *worst = &g_array_index (marks, XsTimelineMark, group->worst);
  guint n = group->end - group->first;

  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", worst->text);
  if (n == 1)
    return;
  g_string_append_c (text, '\n');
  if (worst->tone > XS_TONE_GOOD)
    g_string_append_printf (text, _ ("The worst of %u that lie here together"), n);
  else
    g_string_append_printf (text, _ ("The first of %u that lie here together; nothing is against any of them"), n);
}

static gboolean
on_query_tooltip (XsTimeline *self, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->model == NULL || by_keyboard)
    return FALSE;
  gint64 at_us = xs_timeline_view_time_us (&self->view, lanes_x (self, x));
  const GArray *const all[] = { self->model->days, self->model->lessons, self->model->slots, self->model->study,
                                self->model->voids };
  const GArray *const marks[] = { self->model->photos, self->model->events };
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      XsTimelineGroup group;
      if (find_group (self, marks[i], lanes_x (self, x), &group))
        append_group (text, marks[i], &group);
    }
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      const XsTimelineSpan *span = xs_timeline_span_at (all[i], at_us);
      if (span != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", span->text);
    }
  gtk_tooltip_set_text (tooltip, text->str);
  return text->len > 0;
}

/* Choosing */

void
xs_timeline_select (XsTimeline *self, int photo)
{
  g_return_if_fail (XS_IS_TIMELINE (self));

  if (self->model == NULL || photo >= (int) self->model->photos->len)
    photo = -1;
  self->selected = photo;
  /* What is being dragged stays under the pointer. */
  if (photo >= 0 && !self->dragging_range)
    xs_timeline_view_show (&self->view, self->model,
                           g_array_index (self->model->photos, XsTimelineMark, photo).wall_us);
  describe (self);
}

static void
choose (XsTimeline *self, int photo)
{
  if (self->model->photos->len == 0)
    return;
  xs_timeline_select (self, CLAMP (photo, 0, (int) self->model->photos->len - 1));
  g_signal_emit (self, signals[SIGNAL_PHOTO_SELECTED], 0, self->selected);
}

/* Minutes are those of the log that they lie in. */
static gint64
minute_us (XsTimeline *self, gint64 wall_us, gboolean up)
{
  const XsTimelineSpan *lesson = xs_timeline_span_at (self->model->lessons, wall_us);
  gint64 begin_us = lesson != NULL ? lesson->t0_us : self->model->from_us;
  gint64 end_us = lesson != NULL ? lesson->t1_us : self->model->to_us;
  gint64 from_us = begin_us + MAX (wall_us - begin_us, 0) / MINUTE_US * MINUTE_US;

  return MIN (up && from_us < wall_us ? from_us + MINUTE_US : from_us, end_us);
}

static void
set_range (XsTimeline *self, gint64 from_us, gint64 to_us)
{
  from_us = CLAMP (from_us, self->model->from_us, self->model->to_us);
  to_us = CLAMP (to_us, self->model->from_us, self->model->to_us);
  if (from_us == self->range_from_us && to_us == self->range_to_us)
    return;
  self->range_from_us = from_us;
  self->range_to_us = to_us;
  describe (self);
  g_signal_emit (self, signals[SIGNAL_RANGE_CHOSEN], 0);
}

static void
range_between (XsTimeline *self, gint64 one_us, gint64 other_us)
{
  set_range (self, minute_us (self, MIN (one_us, other_us), FALSE), minute_us (self, MAX (one_us, other_us), TRUE));
}

/* By keys the range begins with the minute of the chosen photo and grows, or shrinks, by one. */
static void
extend_range (XsTimeline *self, int minutes)
{
  if (self->range_from_us >= self->range_to_us)
    {
      gint64 at_us = self->selected >= 0 ? g_array_index (self->model->photos, XsTimelineMark, self->selected).wall_us
                                         : self->model->from_us;
      self->anchor_us = minute_us (self, at_us, FALSE);
      set_range (self, self->anchor_us, self->anchor_us + MINUTE_US);
      return;
    }
  gint64 from_us = self->range_from_us, to_us = self->range_to_us;
  if (from_us < self->anchor_us)
    from_us += minutes * MINUTE_US;
  else if (minutes < 0 && to_us - from_us <= MINUTE_US)
    from_us -= MINUTE_US;
  else
    to_us += minutes * MINUTE_US;
  set_range (self, from_us, to_us);
  xs_timeline_view_show (&self->view, self->model, minutes < 0 ? from_us : to_us);
}

void
xs_timeline_clear_range (XsTimeline *self)
{
  g_return_if_fail (XS_IS_TIMELINE (self));

  self->range_from_us = self->range_to_us = 0;
  describe (self);
}

static void
drop_range (XsTimeline *self)
{
  xs_timeline_clear_range (self);
  g_signal_emit (self, signals[SIGNAL_RANGE_CHOSEN], 0);
}

gboolean
xs_timeline_get_range (XsTimeline *self, gint64 *from_us, gint64 *to_us)
{
  g_return_val_if_fail (XS_IS_TIMELINE (self), FALSE);

  *from_us = self->range_from_us;
  *to_us = self->range_to_us;
  return self->range_from_us < self->range_to_us;
}

int
xs_timeline_get_selected (XsTimeline *self)
{
  g_return_val_if_fail (XS_IS_TIMELINE (self), -1);

  return self->selected;
}

const XsTimelineView *
xs_timeline_get_view (XsTimeline *self)
{
  g_return_val_if_fail (XS_IS_TIMELINE (self), NULL);

  return &self->view;
}

void
xs_timeline_set_model (XsTimeline *self, XsTimelineModel *model)
{
  g_return_if_fail (XS_IS_TIMELINE (self));

  g_clear_pointer (&self->model, xs_timeline_model_free);
  self->model = model;
  self->selected = -1;
  self->range_from_us = self->range_to_us = 0;
  if (model != NULL)
    xs_timeline_view_all (&self->view, model);
  describe (self);
}

void
xs_timeline_update_model (XsTimeline *self, XsTimelineModel *model, int photo)
{
  g_return_if_fail (XS_IS_TIMELINE (self));

  g_clear_pointer (&self->model, xs_timeline_model_free);
  self->model = model;
  self->selected = photo;
  xs_timeline_view_pan (&self->view, model, 0);
  describe (self);
}

void
xs_timeline_show_all (XsTimeline *self)
{
  g_return_if_fail (XS_IS_TIMELINE (self));

  if (self->model != NULL)
    xs_timeline_view_all (&self->view, self->model);
  view_changed (self);
}

void
xs_timeline_show_span (XsTimeline *self, gint64 from_us, gint64 to_us)
{
  g_return_if_fail (XS_IS_TIMELINE (self) && from_us < to_us);

  if (self->model == NULL)
    return;
  self->view.from_us = from_us;
  self->view.to_us = to_us;
  view_changed (self);
}

/* Keys, wheel and pointer */

static gint64
middle_us (XsTimeline *self)
{
  if (self->selected >= 0)
    return g_array_index (self->model->photos, XsTimelineMark, self->selected).wall_us;
  return self->view.from_us + (self->view.to_us - self->view.from_us) / 2;
}

static void
zoom (XsTimeline *self, double factor, gint64 around_us)
{
  xs_timeline_view_zoom (&self->view, self->model, factor, around_us);
  view_changed (self);
}

static void
pan (XsTimeline *self, double share)
{
  xs_timeline_view_pan (&self->view, self->model, (gint64) (share * (double) (self->view.to_us - self->view.from_us)));
  view_changed (self);
}

gboolean
xs_timeline_key (XsTimeline *self, guint key, GdkModifierType state)
{
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;

  g_return_val_if_fail (XS_IS_TIMELINE (self), FALSE);

  if (self->model == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Left:
      shift ? extend_range (self, -1) : choose (self, self->selected - 1);
      return TRUE;
    case GDK_KEY_Right:
      shift ? extend_range (self, 1) : choose (self, self->selected + 1);
      return TRUE;
    case GDK_KEY_Escape:
      if (self->range_from_us >= self->range_to_us)
        return FALSE;
      drop_range (self);
      return TRUE;
    case GDK_KEY_Home:
      choose (self, 0);
      return TRUE;
    case GDK_KEY_End:
      choose (self, G_MAXINT);
      return TRUE;
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      zoom (self, KEY_ZOOM, middle_us (self));
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      zoom (self, 1 / KEY_ZOOM, middle_us (self));
      return TRUE;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      xs_timeline_show_all (self);
      return TRUE;
    case GDK_KEY_Page_Up:
      pan (self, -PAN_SHARE);
      return TRUE;
    case GDK_KEY_Page_Down:
      pan (self, PAN_SHARE);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
on_key (XsTimeline *self, guint key, guint code, GdkModifierType state)
{
  return xs_timeline_key (self, key, state);
}

static gboolean
on_scroll (XsTimeline *self, double dx, double dy)
{
  if (self->model == NULL)
    return FALSE;
  if (dx != 0)
    pan (self, dx * 0.1);
  if (dy != 0)
    zoom (self, dy < 0 ? WHEEL_ZOOM : 1 / WHEEL_ZOOM,
          xs_timeline_view_time_us (&self->view, lanes_x (self, self->pointer_x_px)));
  return TRUE;
}

static void
on_motion (XsTimeline *self, double x, double y)
{
  self->pointer_x_px = x;
}

static void
on_pinch_begin (XsTimeline *self)
{
  self->before_drag = self->view;
}

static void
on_pinch (XsTimeline *self, double scale)
{
  if (self->model == NULL || scale <= 0)
    return;
  self->view = self->before_drag;
  zoom (self, scale, middle_us (self));
}

static void
on_drag_begin (XsTimeline *self, double x, double y, GtkGestureDrag *gesture)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->model == NULL)
    return;
  self->before_drag = self->view;
  self->dragging_range = (state & GDK_SHIFT_MASK) != 0;
  if (self->dragging_range)
    self->anchor_us = minute_us (self, xs_timeline_view_time_us (&self->view, lanes_x (self, x)), FALSE);
}

static void
on_drag (XsTimeline *self, double dx, double dy, GtkGestureDrag *gesture)
{
  double x, y;

  if (self->model == NULL || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  if (self->dragging_range)
    {
      range_between (self, xs_timeline_view_time_us (&self->view, lanes_x (self, x)),
                     xs_timeline_view_time_us (&self->view, lanes_x (self, x + dx)));
      return;
    }
  self->view = self->before_drag;
  pan (self, -dx / self->view.width_px);
}

/* Of what there is no photo near to, the log or in months the day, unless it is looked at already. */
static void
choose_in_span (XsTimeline *self, gint64 at_us)
{
  gboolean is_days = xs_timeline_view_level (&self->view) == XS_TIMELINE_DAYS;
  const XsTimelineSpan *span = xs_timeline_span_at (is_days ? self->model->days : self->model->lessons, at_us);
  int worst = span != NULL ? xs_timeline_worst_mark (self->model->photos, span->t0_us, span->t1_us) : -1;

  if (worst < 0)
    return;
  gint64 chosen_us =
    self->selected >= 0 ? g_array_index (self->model->photos, XsTimelineMark, self->selected).wall_us : 0;
  if (chosen_us < span->t0_us || chosen_us >= span->t1_us)
    choose (self, worst);
}

/* Not dragged: what is there. */
static void
on_drag_end (XsTimeline *self, double dx, double dy, GtkGestureDrag *gesture)
{
  gboolean of_range = self->dragging_range;
  XsTimelineGroup group;
  double x, y;

  self->dragging_range = FALSE;
  if (self->model == NULL || of_range || dx * dx + dy * dy > 9 || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  gint64 at_us = xs_timeline_view_time_us (&self->view, lanes_x (self, x));
  gboolean beside = at_us < self->range_from_us || at_us >= self->range_to_us;
  if (self->range_from_us < self->range_to_us && beside)
    drop_range (self);
  if (find_group (self, self->model->photos, lanes_x (self, x), &group))
    choose (self, (int) group.worst);
  else
    choose_in_span (self, at_us);
}

/* GtkWidget */

static void
xs_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  XsTimeline *self = XS_TIMELINE (widget);

  if (self->model == NULL)
    return;
  XsTimelineScene scene = { self->model, self->view, self->selected, self->range_from_us, self->range_to_us };
  xs_timeline_paint (widget, snapshot, &scene);
}

static void
xs_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                     int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 2 * xs_timeline_names_px (widget);
      *natural = 6 * xs_timeline_names_px (widget);
    }
  else
    *minimum = *natural = xs_timeline_height_px (widget);
}

static void
xs_timeline_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  XsTimeline *self = XS_TIMELINE (widget);

  self->view.width_px = MAX (width - xs_timeline_names_px (widget), 1);
}

static void
xs_timeline_finalize (GObject *object)
{
  g_clear_pointer (&XS_TIMELINE (object)->model, xs_timeline_model_free);
  G_OBJECT_CLASS (xs_timeline_parent_class)->finalize (object);
}

static void
xs_timeline_class_init (XsTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = xs_timeline_finalize;
  widget_class->snapshot = xs_timeline_snapshot;
  widget_class->measure = xs_timeline_measure;
  widget_class->size_allocate = xs_timeline_size_allocate;
  signals[SIGNAL_PHOTO_SELECTED] = g_signal_new ("photo-selected", XS_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                                 NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_RANGE_CHOSEN] =
    g_signal_new ("range-chosen", XS_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_VIEW_CHANGED] =
    g_signal_new ("view-changed", XS_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add_controllers (XsTimeline *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  GtkEventController *const all[] = { keys, motion, scroll, GTK_EVENT_CONTROLLER (drag), GTK_EVENT_CONTROLLER (pinch) };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gtk_widget_add_controller (GTK_WIDGET (self), all[i]);
}

static void
xs_timeline_init (XsTimeline *self)
{
  self->selected = -1;
  self->view.width_px = 1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Time line"), -1);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  add_controllers (self);
}
