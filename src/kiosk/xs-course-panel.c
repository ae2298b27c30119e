/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-course-panel.h"

#include <glib/gi18n.h>

#include "xs-study-lesson.h"
#include "xs-text.h"
#include "xs-update.h"

typedef struct {
  GtkWidget *button;
  GtkImage *icon;
  GtkLabel *state;
  GtkProgressBar *bar;
} LessonRow;

typedef struct {
  GtkLabel *progress;
  GtkWidget *quiz; /* (nullable) */
  GtkImage *quiz_icon;
  GtkLabel *quiz_state;
} ChapterRow;

struct _XsCoursePanel {
  AdwBin parent_instance;

  XsStudy *study;
  GArray *lesson_rows;
  GArray *chapter_rows;

  GtkLabel *title;
  GtkLabel *progress;
  GtkBox *list;
};

enum {
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsCoursePanel, xs_course_panel, ADW_TYPE_BIN)

static void
on_close (XsCoursePanel *self)
{
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

static void
on_lesson_clicked (GtkWidget *button, XsCoursePanel *self)
{
  for (guint i = 0; i < self->lesson_rows->len; i++)
    if (g_array_index (self->lesson_rows, LessonRow, i).button == button)
      {
        xs_study_select_lesson (self->study, i);
        on_close (self);
        return;
      }
}

static void
on_quiz_clicked (GtkWidget *button, XsCoursePanel *self)
{
  for (guint i = 0; i < self->chapter_rows->len; i++)
    if (g_array_index (self->chapter_rows, ChapterRow, i).quiz == button)
      {
        xs_study_begin_quiz (self->study, i);
        on_close (self);
        return;
      }
}

/* What there is */

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
name_button (GtkWidget *button, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

static GtkWidget *
make_icon (void)
{
  return g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
}

static void
add_lesson (XsCoursePanel *self, guint index)
{
  const XsLesson *lesson = xs_course_get_lesson (xs_study_get_course (self->study), index);
  g_autofree char *number = g_strdup_printf (_ ("Lesson %u"), index + 1);
  g_autofree char *name = g_strdup_printf ("%s: %s", number, lesson->title);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = g_object_new (GTK_TYPE_PROGRESS_BAR, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign",
                                 GTK_ALIGN_CENTER, NULL);
  LessonRow row = { .button = gtk_button_new (),
                    .icon = GTK_IMAGE (make_icon ()),
                    .state = GTK_LABEL (gtk_label_new ("")),
                    .bar = GTK_PROGRESS_BAR (bar) };

  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), make_label (number, "head"));
  gtk_box_append (GTK_BOX (words), make_label (lesson->title, "lesson-title"));
  gtk_label_set_xalign (row.state, 1);
  gtk_widget_add_css_class (GTK_WIDGET (row.state), "state-text");
  gtk_widget_add_css_class (box, "lesson-row");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row.icon));
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row.state));
  gtk_button_set_child (GTK_BUTTON (row.button), box);
  gtk_widget_add_css_class (row.button, "lesson");
  name_button (row.button, name);
  g_signal_connect (row.button, "clicked", G_CALLBACK (on_lesson_clicked), self);
  gtk_box_append (self->list, row.button);
  g_array_append_val (self->lesson_rows, row);
}

static GtkWidget *
make_quiz_button (ChapterRow *row, const XsChapter *chapter)
{
  g_autofree char *name = g_strdup_printf (_ ("Quiz: %s"), chapter->title);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  row->quiz = gtk_button_new ();
  row->quiz_icon = GTK_IMAGE (make_icon ());
  row->quiz_state = GTK_LABEL (gtk_label_new (""));
  gtk_widget_add_css_class (box, "quiz-state");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->quiz_icon));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->quiz_state));
  gtk_button_set_child (GTK_BUTTON (row->quiz), box);
  gtk_widget_set_valign (row->quiz, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (row->quiz, "secondary");
  name_button (row->quiz, name);
  return row->quiz;
}

static void
add_chapter (XsCoursePanel *self, guint index)
{
  const XsChapter *chapter = xs_course_get_chapter (xs_study_get_course (self->study), index);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  ChapterRow row = { .progress = GTK_LABEL (make_label ("", "body-large")) };

  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), make_label (chapter->title, "chapter-title"));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (row.progress));
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_add_css_class (box, "chapter-row");
  if (chapter->n_questions > 0)
    {
      g_signal_connect (make_quiz_button (&row, chapter), "clicked", G_CALLBACK (on_quiz_clicked), self);
      gtk_box_append (GTK_BOX (box), row.quiz);
    }
  gtk_box_append (self->list, box);
  g_array_append_val (self->chapter_rows, row);
  for (guint i = 0; i < chapter->n_lessons; i++)
    add_lesson (self, chapter->first_lesson + i);
}

void
xs_course_panel_set_study (XsCoursePanel *self, XsStudy *study)
{
  XsCourse *course = xs_study_get_course (study);

  self->study = g_object_ref (study);
  gtk_label_set_text (self->title, xs_course_get_title (course));
  for (guint i = 0; i < xs_course_get_n_chapters (course); i++)
    add_chapter (self, i);
}

/* How far it is */

static char *
progress_text (XsStudy *study, guint first, guint n_lessons)
{
  XsCourse *course = xs_study_get_course (study);
  gint64 left_us = 0;
  guint n_watched = 0;

  for (guint i = first; i < first + n_lessons; i++)
    {
      gint64 duration_us = xs_course_get_lesson (course, i)->duration_us;
      gboolean is_watched = xs_study_is_lesson_watched (study, i);
      n_watched += is_watched;
      left_us += is_watched ? 0 : MAX (0, duration_us - xs_study_get_lesson_progress (study, i));
    }
  if (n_watched == n_lessons)
    return g_strdup_printf (g_dngettext (NULL, "%u lesson, watched", "%u lessons, all watched", n_lessons), n_lessons);
  g_autofree char *left = xs_text_duration (left_us);
  return g_strdup_printf (_ ("%u of %u lessons watched · %s left"), n_watched, n_lessons, left);
}

static void
update_lesson (XsCoursePanel *self, guint index, gboolean is_current)
{
  const LessonRow *row = &g_array_index (self->lesson_rows, LessonRow, index);
  gint64 duration_us = xs_course_get_lesson (xs_study_get_course (self->study), index)->duration_us;
  gint64 watched_us = xs_study_get_lesson_progress (self->study, index);
  gboolean is_watched = xs_study_is_lesson_watched (self->study, index);
  g_autofree char *time = xs_text_duration (is_watched ? duration_us : MAX (0, duration_us - watched_us));
  g_autofree char *left =
    watched_us > 0 && !is_watched ? g_strdup_printf (_ ("%s left"), time) : g_steal_pointer (&time);
  g_autofree char *state = is_watched ? g_strdup_printf (_ ("Watched · %s"), left) : g_strdup (left);
  const char *icon_name = is_current   ? "media-playback-start-symbolic"
                          : is_watched ? "object-select-symbolic"
                                       : "radio-symbolic";

  xs_update_icon (row->icon, icon_name);
  xs_update_bar (row->bar, is_watched ? 1 : (double) watched_us / (double) duration_us);
  xs_update_class (row->button, "current", is_current);
  xs_update_class (row->button, "watched", is_watched);
  if (g_str_equal (gtk_label_get_text (row->state), state))
    return;
  gtk_label_set_text (row->state, state);
  g_autofree char *description =
    is_current ? g_strdup_printf ("%s, %s", _ ("Current lesson"), state) : g_strdup (state);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

static void
update_chapter (XsCoursePanel *self, guint index)
{
  const ChapterRow *row = &g_array_index (self->chapter_rows, ChapterRow, index);
  const XsChapter *chapter = xs_course_get_chapter (xs_study_get_course (self->study), index);
  g_autofree char *progress = progress_text (self->study, chapter->first_lesson, chapter->n_lessons);
  g_autofree char *state = NULL;
  XsQuizResult result;

  xs_update_label (row->progress, progress);
  if (row->quiz == NULL)
    return;
  xs_study_get_quiz_result (self->study, index, &result);
  if (result.n_asked == 0)
    state = g_strdup_printf (g_dngettext (NULL, "Quiz: %u question", "Quiz: %u questions", chapter->n_questions),
                             chapter->n_questions);
  else
    state = g_strdup_printf (result.passed ? _ ("Quiz passed: %u of %u") : _ ("Quiz not passed: %u of %u"),
                             result.n_right, result.n_asked);
  xs_update_icon (row->quiz_icon, result.passed         ? "object-select-symbolic"
                                  : result.n_asked != 0 ? "view-refresh-symbolic"
                                                        : "question-symbolic");
  xs_update_class (row->quiz, "passed", result.passed);
  if (g_str_equal (gtk_label_get_text (row->quiz_state), state))
    return;
  gtk_label_set_text (row->quiz_state, state);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->quiz), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, state, -1);
}

void
xs_course_panel_update (XsCoursePanel *self, const XsStudyStatus *status)
{
  g_autofree char *progress = progress_text (self->study, 0, self->lesson_rows->len);

  xs_update_label (self->progress, progress);
  for (guint i = 0; i < self->chapter_rows->len; i++)
    update_chapter (self, i);
  for (guint i = 0; i < self->lesson_rows->len; i++)
    update_lesson (self, i, (int) i == status->lesson);
}

void
xs_course_panel_enter (XsCoursePanel *self, const XsStudyStatus *status)
{
  xs_course_panel_update (self, status);
  if (status->lesson >= 0)
    gtk_widget_grab_focus (g_array_index (self->lesson_rows, LessonRow, status->lesson).button);
}

static void
xs_course_panel_dispose (GObject *object)
{
  XsCoursePanel *self = XS_COURSE_PANEL (object);

  g_clear_pointer (&self->lesson_rows, g_array_unref);
  g_clear_pointer (&self->chapter_rows, g_array_unref);
  g_clear_object (&self->study);
  G_OBJECT_CLASS (xs_course_panel_parent_class)->dispose (object);
}

static void
xs_course_panel_class_init (XsCoursePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_course_panel_dispose;
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", XS_TYPE_COURSE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-course-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, XsCoursePanel, title);
  gtk_widget_class_bind_template_child (widget_class, XsCoursePanel, progress);
  gtk_widget_class_bind_template_child (widget_class, XsCoursePanel, list);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
xs_course_panel_init (XsCoursePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->lesson_rows = g_array_new (FALSE, FALSE, sizeof (LessonRow));
  self->chapter_rows = g_array_new (FALSE, FALSE, sizeof (ChapterRow));
}
