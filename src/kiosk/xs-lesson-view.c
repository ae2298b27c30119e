/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-lesson-view.h"

#include <glib/gi18n.h>

#include "xs-course-panel.h"
#include "xs-lesson-bar.h"
#include "xs-quiz-panel.h"
#include "xs-study-lesson.h"
#include "xs-subtitles.h"
#include "xs-text.h"
#include "xs-turn-sign.h"
#include "xs-update.h"

#define TICK_MS 200
#define HINT_SHOWN_S 5

struct _XsLessonView {
  AdwBin parent_instance;

  XsStudy *study;
  XsSubtitles *subtitles;
  int shown_lesson;
  guint tick_id;
  guint hint_id;
  gboolean course_open;
  gboolean resume; /* with @course_open: the lesson goes on when it is closed */
  gboolean was_over;
  XsTurnSign turn_sign;
  GtkButton *numbers[XS_ATTENTION_CHOICES];

  GtkBox *watching;
  GtkPicture *lesson;
  GtkDrawingArea *turn_area;
  GtkBox *repeat;
  GtkBox *hint;
  GtkLabel *subtitle;
  XsLessonBar *bar;
  GtkLabel *chapter;
  GtkLabel *title;
  GtkButton *next;
  GtkLabel *next_head;
  GtkLabel *next_title;
  XsCoursePanel *course;
  XsQuizPanel *quiz;
  GtkBox *attention;
  GtkLabel *attention_title;
  GtkLabel *attention_text;
  GtkLabel *attention_left;
  GtkBox *attention_numbers;
};

G_DEFINE_FINAL_TYPE (XsLessonView, xs_lesson_view, ADW_TYPE_BIN)

/* Space and the arrows belong to the lesson, not to a button that happened to be there. */
static void
drop_focus (XsLessonView *self)
{
  gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), NULL);
}

/* The picture */

static void
load_subtitles (XsLessonView *self, int lesson)
{
  g_autoptr (GError) error = NULL;

  if (lesson == self->shown_lesson)
    return;
  self->shown_lesson = lesson;
  g_clear_pointer (&self->subtitles, xs_subtitles_free);
  if (lesson < 0)
    return;
  const char *path = xs_course_get_lesson (xs_study_get_course (self->study), (guint) lesson)->subtitles_path;
  if (path != NULL && (self->subtitles = xs_subtitles_load (path, &error)) == NULL)
    g_message ("Subtitles: %s", error->message);
}

static void
update_subtitle (XsLessonView *self)
{
  gint64 position_us = xs_lesson_player_get_position_us (xs_study_get_player (self->study));
  const char *text = self->subtitles != NULL ? xs_subtitles_lookup (self->subtitles, position_us) : NULL;
  XsSubtitleSize size;
  gboolean on = xs_study_get_subtitles (self->study, &size);

  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), on && self->subtitles != NULL);
  xs_update_class (self->subtitle, "small", size == XS_SUBTITLE_SMALL);
  xs_update_class (self->subtitle, "large", size == XS_SUBTITLE_LARGE);
  xs_update_label (self->subtitle, text != NULL ? text : "");
}

static gboolean
on_tick (gpointer data)
{
  XsLessonView *self = data;

  if (self->study == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self->watching)))
    return G_SOURCE_CONTINUE;
  update_subtitle (self);
  xs_lesson_bar_update (self->bar);
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

static gboolean
hide_hint (gpointer data)
{
  XsLessonView *self = data;

  self->hint_id = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->hint), FALSE);
  return G_SOURCE_REMOVE;
}

static void
on_locked (XsLessonView *self)
{
  g_clear_handle_id (&self->hint_id, g_source_remove);
  self->hint_id = g_timeout_add_seconds (HINT_SHOWN_S, hide_hint, self);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), TRUE);
}

/* What is watched, and what comes next */

/* The quiz of a chapter whose last lesson is the current one; -1: none, or it is passed. */
static int
next_quiz (XsLessonView *self, int lesson)
{
  XsCourse *course = xs_study_get_course (self->study);
  guint index = xs_course_get_chapter_of_lesson (course, (guint) lesson);
  const XsChapter *chapter = xs_course_get_chapter (course, index);
  XsQuizResult result;

  xs_study_get_quiz_result (self->study, index, &result);
  return chapter->n_questions > 0 && !result.passed && lesson + 1 == (int) (chapter->first_lesson + chapter->n_lessons)
             && xs_study_is_lesson_watched (self->study, (guint) lesson)
           ? (int) index
           : -1;
}

static void
on_next (XsLessonView *self)
{
  XsStudyStatus status;

  xs_study_get_status (self->study, &status);
  if (status.lesson < 0)
    return;
  int quiz = next_quiz (self, status.lesson);
  if (quiz >= 0)
    xs_study_begin_quiz (self->study, (guint) quiz);
  else if (status.lesson + 1 < (int) xs_course_get_n_lessons (xs_study_get_course (self->study)))
    {
      xs_study_select_lesson (self->study, (guint) status.lesson + 1);
      drop_focus (self);
    }
}

static void
update_next (XsLessonView *self, const XsStudyStatus *status)
{
  XsCourse *course = xs_study_get_course (self->study);
  int quiz = next_quiz (self, status->lesson);
  gboolean has_lesson = status->lesson + 1 < (int) xs_course_get_n_lessons (course);
  gboolean is_over = status->pause == XS_PAUSE_LESSON_ENDED;
  const char *title = quiz >= 0    ? xs_course_get_chapter (course, (guint) quiz)->title
                      : has_lesson ? xs_course_get_lesson (course, (guint) status->lesson + 1)->title
                                   : "";

  gtk_widget_set_visible (GTK_WIDGET (self->next), quiz >= 0 || has_lesson);
  xs_update_class (self->next, "next", is_over);
  if (is_over && !self->was_over && gtk_widget_get_mapped (GTK_WIDGET (self->next)))
    gtk_widget_grab_focus (GTK_WIDGET (self->next));
  self->was_over = is_over;
  const char *head = quiz >= 0 ? _ ("Next: quiz (not counted)") : _ ("Next lesson");
  if (g_str_equal (gtk_label_get_text (self->next_title), title)
      && g_str_equal (gtk_label_get_text (self->next_head), head))
    return;
  g_autofree char *name = g_strdup_printf ("%s: %s", head, title);
  gtk_label_set_text (self->next_head, head);
  gtk_label_set_text (self->next_title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->next), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
update_strip (XsLessonView *self, const XsStudyStatus *status)
{
  if (status->lesson < 0)
    return;
  XsCourse *course = xs_study_get_course (self->study);
  guint lesson = (guint) status->lesson;
  guint chapter = xs_course_get_chapter_of_lesson (course, lesson);
  g_autofree char *where = g_strdup_printf (_ ("Lesson %u of %u"), lesson + 1, xs_course_get_n_lessons (course));
  g_autofree char *line = g_strdup_printf ("%s · %s", where, xs_course_get_chapter (course, chapter)->title);

  xs_update_label (self->chapter, line);
  xs_update_label (self->title, xs_course_get_lesson (course, lesson)->title);
  gtk_widget_set_visible (GTK_WIDGET (self->repeat), status->pause == XS_PAUSE_REPEAT);
  update_next (self, status);
}

/* The course, in place of the lesson */

static void
close_course (XsLessonView *self)
{
  if (!self->course_open)
    return;
  self->course_open = FALSE;
  if (self->resume)
    xs_study_set_paused (self->study, FALSE);
  drop_focus (self);
}

static void
on_course (XsLessonView *self)
{
  XsStudyStatus status;

  xs_study_get_status (self->study, &status);
  if (self->course_open || status.phase != XS_STUDY_STUDYING)
    return;
  self->course_open = TRUE;
  self->resume = !xs_study_get_paused (self->study);
  xs_study_set_paused (self->study, TRUE);
  xs_lesson_view_update (self, &status);
  xs_course_panel_enter (self->course, &status);
}

static void
show_quiz (XsLessonView *self, gboolean shown)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->quiz)) == shown)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->quiz), shown);
  if (shown)
    xs_quiz_panel_begin (self->quiz);
  else
    drop_focus (self);
}

static void
update_panels (XsLessonView *self, const XsStudyStatus *status)
{
  gboolean is_quiz = xs_study_get_quiz (self->study) != NULL;

  /* Somebody let the lesson go on, or a new session has begun. */
  if (self->course_open && (!xs_study_get_paused (self->study) || status->phase != XS_STUDY_STUDYING))
    self->course_open = FALSE;
  gboolean is_course = self->course_open && !is_quiz;
  gtk_widget_set_visible (GTK_WIDGET (self->watching), !is_course && !is_quiz);
  gtk_widget_set_visible (GTK_WIDGET (self->course), is_course);
  show_quiz (self, is_quiz);
  if (is_course)
    xs_course_panel_update (self->course, status);
}

/* Whether it is watched */

static void
on_number (GtkButton *button, XsLessonView *self)
{
  xs_study_answer_attention (self->study, (guint) g_ascii_strtoull (gtk_button_get_label (button), NULL, 10));
}

static void
update_attention (XsLessonView *self, const XsStudyStatus *status)
{
  gboolean missed = status->attention.state == XS_ATTENTION_MISSED;
  gboolean shown = status->attention.state != XS_ATTENTION_NONE && status->phase == XS_STUDY_STUDYING;

  gtk_widget_set_visible (GTK_WIDGET (self->attention), shown);
  if (!shown)
    return;
  gint64 left_s = (status->attention.left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  g_autofree char *text = g_strdup_printf (status->attention.wrong ? _ ("That was another number. Press %u now:")
                                                                   : _ ("Press %u on the keyboard, or here:"),
                                           status->attention.number);
  g_autofree char *left =
    missed ? g_strdup (_ ("No answer came in time. Lesson and counter go on as soon as you answer."))
           : g_strdup_printf (g_dngettext (NULL, "%d second left", "%d seconds left", (gulong) left_s), (int) left_s);

  xs_update_label (self->attention_title, missed ? _ ("Are you there?") : _ ("Are you still watching?"));
  xs_update_label (self->attention_text, text);
  xs_update_label (self->attention_left, left);
  xs_update_class (self->attention, "missed", missed);
  for (guint i = 0; i < XS_ATTENTION_CHOICES; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", status->attention.choices[i]);
      xs_update_button (self->numbers[i], number);
    }
}

static gboolean
press_number (XsLessonView *self, guint keyval)
{
  guint number = 0;

  if (keyval >= GDK_KEY_1 && keyval <= GDK_KEY_9)
    number = keyval - GDK_KEY_0;
  else if (keyval >= GDK_KEY_KP_1 && keyval <= GDK_KEY_KP_9)
    number = keyval - GDK_KEY_KP_0;
  if (number == 0)
    return FALSE;
  xs_study_answer_attention (self->study, number);
  return TRUE;
}

/* All of it */

void
xs_lesson_view_update (XsLessonView *self, const XsStudyStatus *status)
{
  load_subtitles (self, status->lesson);
  update_turn_sign (self, status);
  update_strip (self, status);
  update_panels (self, status);
  update_attention (self, status);
}

gboolean
xs_lesson_view_press (XsLessonView *self, guint keyval)
{
  XsStudyStatus status;

  xs_study_get_status (self->study, &status);
  if (status.phase != XS_STUDY_STUDYING)
    return FALSE;
  if (status.attention.state != XS_ATTENTION_NONE)
    return press_number (self, keyval);
  if (xs_study_get_quiz (self->study) != NULL)
    return xs_quiz_panel_press (self->quiz, keyval);
  if (self->course_open)
    {
      if (keyval != GDK_KEY_Escape && keyval != GDK_KEY_l && keyval != GDK_KEY_L)
        return FALSE;
      close_course (self);
      xs_study_get_status (self->study, &status);
      xs_lesson_view_update (self, &status);
      return TRUE;
    }
  if (keyval == GDK_KEY_l || keyval == GDK_KEY_L)
    {
      on_course (self);
      return TRUE;
    }
  return xs_lesson_bar_press (self->bar, keyval);
}

void
xs_lesson_view_set_study (XsLessonView *self, XsStudy *study)
{
  self->study = g_object_ref (study);
  gtk_picture_set_paintable (self->lesson, xs_lesson_player_get_paintable (xs_study_get_player (study)));
  xs_lesson_bar_set_study (self->bar, study);
  xs_course_panel_set_study (self->course, study);
  xs_quiz_panel_set_study (self->quiz, study);
}

static void
xs_lesson_view_dispose (GObject *object)
{
  XsLessonView *self = XS_LESSON_VIEW (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->hint_id, g_source_remove);
  g_clear_pointer (&self->subtitles, xs_subtitles_free);
  g_clear_object (&self->study);
  G_OBJECT_CLASS (xs_lesson_view_parent_class)->dispose (object);
}

static void
xs_lesson_view_class_init (XsLessonViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_lesson_view_dispose;
  g_type_ensure (XS_TYPE_COURSE_PANEL);
  g_type_ensure (XS_TYPE_LESSON_BAR);
  g_type_ensure (XS_TYPE_QUIZ_PANEL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-lesson-view.ui");
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, watching);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, lesson);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, turn_area);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, repeat);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, hint);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, subtitle);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, bar);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, chapter);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, title);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, next);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, next_head);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, next_title);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, course);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, quiz);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, attention);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, attention_title);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, attention_text);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, attention_left);
  gtk_widget_class_bind_template_child (widget_class, XsLessonView, attention_numbers);
  gtk_widget_class_bind_template_callback (widget_class, on_locked);
  gtk_widget_class_bind_template_callback (widget_class, on_course);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, close_course);
}

static void
xs_lesson_view_init (XsLessonView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->turn_area, draw_turn_sign, self, NULL);
  self->shown_lesson = -1;
  for (guint i = 0; i < XS_ATTENTION_CHOICES; i++)
    {
      GtkWidget *button = gtk_button_new_with_label ("");
      gtk_widget_add_css_class (button, "pad");
      gtk_widget_set_hexpand (button, TRUE);
      g_signal_connect (button, "clicked", G_CALLBACK (on_number), self);
      gtk_box_append (self->attention_numbers, button);
      self->numbers[i] = GTK_BUTTON (button);
    }
  self->tick_id = g_timeout_add (TICK_MS, on_tick, self);
}
