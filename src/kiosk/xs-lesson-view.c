/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-lesson-view.h"

#include <glib/gi18n.h>

#include "xs-study-lesson.h"
#include "xs-subtitles.h"
#include "xs-text.h"
#include "xs-turn-sign.h"
#include "xs-update.h"

#define SUBTITLE_TICK_MS 200

struct _XsLessonView {
  AdwBin parent_instance;

  XsStudy *study;
  XsSubtitles *subtitles;
  int shown_lesson;
  guint subtitle_id;
  GPtrArray *lesson_buttons; /* GtkButton, owned by the template's box */
  GPtrArray *lesson_bars;    /* GtkProgressBar */

  GtkPicture *lesson;
  GtkDrawingArea *turn_area;
  XsTurnSign turn_sign;
  GtkLabel *subtitle;
  GtkBox *lessons;
};

G_DEFINE_FINAL_TYPE (XsLessonView, xs_lesson_view, ADW_TYPE_BIN)

/* Lessons */

static void
on_lesson_clicked (GtkButton *button, XsLessonView *self)
{
  guint index;

  if (g_ptr_array_find (self->lesson_buttons, button, &index))
    xs_study_select_lesson (self->study, index);
}

static GtkWidget *
make_lesson_button (XsLessonView *self, guint index)
{
  const XsLesson *lesson = xs_course_get_lesson (xs_study_get_course (self->study), index);
  g_autofree char *number = g_strdup_printf (_ ("Lesson %u"), index + 1);
  g_autofree char *length = xs_text_duration (lesson->duration_us);
  g_autofree char *name = g_strdup_printf ("%s: %s", number, lesson->title);
  g_autofree char *line = g_strdup_printf ("%s · %s", number, length);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *head = gtk_label_new (line);
  GtkWidget *title = gtk_label_new (lesson->title);
  GtkWidget *bar = g_object_new (GTK_TYPE_PROGRESS_BAR, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_label_set_xalign (GTK_LABEL (head), 0);
  gtk_widget_add_css_class (head, "head");
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (title, "lesson-title");
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_add_css_class (button, "lesson");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  g_signal_connect (button, "clicked", G_CALLBACK (on_lesson_clicked), self);
  g_ptr_array_add (self->lesson_buttons, button);
  g_ptr_array_add (self->lesson_bars, bar);
  return button;
}

static void
update_lessons (XsLessonView *self, const XsStudyStatus *status)
{
  XsCourse *course = xs_study_get_course (self->study);

  for (guint i = 0; i < self->lesson_buttons->len; i++)
    {
      gint64 watched_us = xs_study_get_lesson_progress (self->study, i);
      double share = (double) watched_us / xs_course_get_lesson (course, i)->duration_us;
      xs_update_bar (self->lesson_bars->pdata[i], share);
      xs_update_class (self->lesson_buttons->pdata[i], "current", (int) i == status->lesson);
      xs_update_class (self->lesson_buttons->pdata[i], "next",
                       status->pause == XS_PAUSE_LESSON_ENDED && (int) i == status->lesson + 1);
    }
  if (status->lesson == self->shown_lesson)
    return;

  g_autoptr (GError) error = NULL;
  self->shown_lesson = status->lesson;
  g_clear_pointer (&self->subtitles, xs_subtitles_free);
  if (status->lesson < 0)
    return;
  const char *path = xs_course_get_lesson (course, status->lesson)->subtitles_path;
  if (path != NULL && (self->subtitles = xs_subtitles_load (path, &error)) == NULL)
    g_message ("Subtitles: %s", error->message);
}

static gboolean
update_subtitle (gpointer data)
{
  XsLessonView *self = data;
  const char *text = NULL;

  if (self->study != NULL && self->subtitles != NULL)
    text = xs_subtitles_lookup (self->subtitles, xs_lesson_player_get_position_us (xs_study_get_player (self->study)));
  xs_update_label (self->subtitle, text != NULL ? text : "");
  return G_SOURCE_CONTINUE;
}

static void
draw_turn_sign (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  XsLessonView *self = data;

  xs_turn_sign_draw (self->turn_sign, cr, width, height);
}

/* Over the lesson, too: that is where the student looks. */
static void
update_turn_sign (XsLessonView *self, const XsStudyStatus *status)
{
  self->turn_sign = xs_turn_sign_next (self->turn_sign, status);
  gtk_widget_set_visible (GTK_WIDGET (self->turn_area), self->turn_sign != XS_TURN_SIGN_NONE);
  if (self->turn_sign != XS_TURN_SIGN_NONE)
    gtk_widget_queue_draw (GTK_WIDGET (self->turn_area));
}

void
xs_lesson_view_update (XsLessonView *self, const XsStudyStatus *status)
{
  update_lessons (self, status);
  update_turn_sign (self, status);
}

void
xs_lesson_view_set_study (XsLessonView *self, XsStudy *study)
{
  self->study = g_object_ref (study);
  gtk_picture_set_paintable (self->lesson, xs_lesson_player_get_paintable (xs_study_get_player (study)));
  for (guint i = 0; i < xs_course_get_n_lessons (xs_study_get_course (study)); i++)
    gtk_box_append (self->lessons, make_lesson_button (self, i));
}

static void
xs_lesson_view_dispose (GObject *object)
{
  XsLessonView *self = XS_LESSON_VIEW (object);

  g_clear_handle_id (&self->subtitle_id, g_source_remove);
  g_clear_pointer (&self->subtitles, xs_subtitles_free);
  g_clear_pointer (&self->lesson_buttons, g_ptr_array_unref);
  g_clear_pointer (&self->lesson_bars, g_ptr_array_unref);
  g_clear_object (&self->study);
  G_OBJECT_CLASS (xs_lesson_view_parent_class)->dispose (object);
}

static void
xs_lesson_view_class_init (XsLessonViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_lesson_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-lesson-view.ui");
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, lesson);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, turn_area);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, subtitle);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, lessons);
}

static void
xs_lesson_view_init (XsLessonView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->turn_area, draw_turn_sign, self, NULL);
  self->shown_lesson = -1;
  self->lesson_buttons = g_ptr_array_new ();
  self->lesson_bars = g_ptr_array_new ();
  self->subtitle_id = g_timeout_add (SUBTITLE_TICK_MS, update_subtitle, self);
}
