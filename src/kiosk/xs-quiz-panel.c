/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-quiz-panel.h"

#include <glib/gi18n.h>

#include "xs-study-lesson.h"
#include "xs-update.h"

struct _XsQuizPanel {
  AdwBin parent_instance;

  XsStudy *study;
  GtkCheckButton *buttons[XS_QUESTION_MAX_CHOICES];
  GtkWidget *letters[XS_QUESTION_MAX_CHOICES];

  GtkLabel *title;
  GtkLabel *progress;
  GtkLabel *question;
  GtkBox *choices;
  GtkBox *feedback;
  GtkImage *feedback_icon;
  GtkLabel *verdict;
  GtkLabel *explanation;
  GtkButton *primary;
};

G_DEFINE_FINAL_TYPE (XsQuizPanel, xs_quiz_panel, ADW_TYPE_BIN)

static int
chosen (XsQuizPanel *self)
{
  for (guint i = 0; i < XS_QUESTION_MAX_CHOICES; i++)
    if (self->buttons[i] != NULL && gtk_check_button_get_active (self->buttons[i]))
      return (int) i;
  return -1;
}

static void
update_primary (XsQuizPanel *self)
{
  XsQuiz *quiz = xs_study_get_quiz (self->study);

  if (quiz == NULL)
    return;
  const XsQuestion *question = xs_quiz_get_question (quiz);
  gboolean last = xs_quiz_get_index (quiz) + 1 == xs_quiz_get_chapter (quiz)->n_questions;

  if (question == NULL)
    gtk_button_set_label (self->primary, xs_quiz_is_passed (quiz) ? _ ("Go on to the lesson") : _ ("Try again"));
  else if (xs_quiz_get_given (quiz) < 0)
    gtk_button_set_label (self->primary, _ ("Answer"));
  else
    gtk_button_set_label (self->primary, last ? _ ("See the result") : _ ("Next question"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->primary),
                            question == NULL || xs_quiz_get_given (quiz) >= 0 || chosen (self) >= 0);
}

/* Questions */

static const char *
choice_text (const XsQuestion *question, guint choice)
{
  if (question->kind == XS_QUESTION_TRUE_FALSE)
    return choice == 0 ? _ ("True") : _ ("False");
  return question->choices[choice];
}

static void
add_choice (XsQuizPanel *self, const XsQuestion *question, guint choice)
{
  const char *text = choice_text (question, choice);
  const char letter[] = { (char) ('A' + choice), '\0' };
  g_autofree char *name = g_strdup_printf ("%s. %s", letter, text);
  GtkWidget *button = g_object_new (GTK_TYPE_CHECK_BUTTON, "accessible-role", GTK_ACCESSIBLE_ROLE_RADIO, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *words = gtk_label_new (text);

  self->letters[choice] = gtk_label_new (letter);
  gtk_widget_add_css_class (self->letters[choice], "letter");
  gtk_label_set_xalign (GTK_LABEL (words), 0);
  gtk_label_set_wrap (GTK_LABEL (words), TRUE);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), self->letters[choice]);
  gtk_box_append (GTK_BOX (box), words);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "choice");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  if (choice > 0)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (button), self->buttons[0]);
  g_signal_connect_object (button, "toggled", G_CALLBACK (update_primary), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->choices, button);
  self->buttons[choice] = GTK_CHECK_BUTTON (button);
}

static void
clear_choices (XsQuizPanel *self)
{
  for (guint i = 0; i < XS_QUESTION_MAX_CHOICES; i++)
    {
      if (self->buttons[i] != NULL)
        gtk_box_remove (self->choices, GTK_WIDGET (self->buttons[i]));
      self->buttons[i] = NULL;
    }
}

static void
show_question (XsQuizPanel *self)
{
  XsQuiz *quiz = xs_study_get_quiz (self->study);
  const XsQuestion *question = xs_quiz_get_question (quiz);
  g_autofree char *progress =
    g_strdup_printf (_ ("Question %u of %u"), xs_quiz_get_index (quiz) + 1, xs_quiz_get_chapter (quiz)->n_questions);

  gtk_label_set_text (self->progress, progress);
  gtk_label_set_text (self->question, question->text);
  gtk_widget_set_visible (GTK_WIDGET (self->question), TRUE);
  clear_choices (self);
  for (guint i = 0; i < question->n_choices; i++)
    add_choice (self, question, i);
  gtk_widget_set_visible (GTK_WIDGET (self->feedback), FALSE);
  update_primary (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->buttons[0]));
}

static void
show_feedback (XsQuizPanel *self, gboolean well, const char *icon_name, const char *verdict, const char *explanation)
{
  gtk_image_set_from_icon_name (self->feedback_icon, icon_name);
  gtk_label_set_text (self->verdict, verdict);
  gtk_label_set_text (self->explanation, explanation);
  xs_update_class (self->feedback, "attention", !well);
  gtk_widget_set_visible (GTK_WIDGET (self->feedback), TRUE);
}

static void
answer (XsQuizPanel *self)
{
  XsQuiz *quiz = xs_study_get_quiz (self->study);
  const XsQuestion *question = xs_quiz_get_question (quiz);
  int choice = chosen (self);

  if (choice < 0)
    return;
  gboolean right = xs_quiz_answer (quiz, (guint) choice);
  g_autofree char *verdict =
    right ? g_strdup (_ ("Right"))
          : g_strdup_printf (_ ("Not right. The right answer is %c: %s"), 'A' + (int) question->answer,
                             choice_text (question, question->answer));
  for (guint i = 0; i < question->n_choices; i++)
    {
      gtk_widget_set_sensitive (GTK_WIDGET (self->buttons[i]), FALSE);
      xs_update_class (self->buttons[i], "right", i == question->answer);
      xs_update_class (self->buttons[i], "wrong", !right && (int) i == choice);
    }
  show_feedback (self, right, right ? "object-select-symbolic" : "dialog-warning-symbolic", verdict,
                 question->explanation);
  update_primary (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->primary));
}

static void
show_result (XsQuizPanel *self)
{
  XsQuiz *quiz = xs_study_get_quiz (self->study);
  gboolean passed = xs_quiz_is_passed (quiz);
  guint n_questions = xs_quiz_get_chapter (quiz)->n_questions;
  g_autofree char *verdict = g_strdup_printf (passed ? _ ("Passed: %u of %u right") : _ ("Not passed: %u of %u right"),
                                              xs_quiz_get_n_right (quiz), n_questions);
  g_autofree char *explanation =
    passed ? g_strdup (_ ("The result is stored."))
           : g_strdup_printf (_ ("%u right answers pass. Try again, or watch the lessons of this chapter once more."),
                              xs_quiz_get_n_needed (quiz));

  gtk_label_set_text (self->progress, _ ("Result"));
  gtk_widget_set_visible (GTK_WIDGET (self->question), FALSE);
  clear_choices (self);
  show_feedback (self, passed, passed ? "object-select-symbolic" : "dialog-warning-symbolic", verdict, explanation);
  update_primary (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->primary));
}

/* What is done */

static void
on_back (XsQuizPanel *self)
{
  xs_study_end_quiz (self->study);
}

/* From a chapter that is over to the next one, else to where the lesson stands. */
static void
go_on (XsQuizPanel *self)
{
  XsCourse *course = xs_study_get_course (self->study);
  const XsChapter *chapter = xs_quiz_get_chapter (xs_study_get_quiz (self->study));
  guint next = chapter->first_lesson + chapter->n_lessons;
  XsStudyStatus status;

  xs_study_get_status (self->study, &status);
  if (xs_lesson_player_get_state (xs_study_get_player (self->study)) == XS_LESSON_ENDED
      && status.lesson == (int) next - 1 && next < xs_course_get_n_lessons (course))
    xs_study_select_lesson (self->study, next);
  else
    xs_study_end_quiz (self->study);
}

static void
on_primary (XsQuizPanel *self)
{
  XsQuiz *quiz = xs_study_get_quiz (self->study);

  if (quiz == NULL)
    return;
  if (xs_quiz_get_question (quiz) == NULL && xs_quiz_is_passed (quiz))
    go_on (self);
  else if (xs_quiz_get_question (quiz) == NULL)
    {
      xs_study_restart_quiz (self->study);
      show_question (self);
    }
  else if (xs_quiz_get_given (quiz) < 0)
    answer (self);
  else if (xs_study_next_question (self->study))
    show_question (self);
  else
    show_result (self);
}

static void
choose (XsQuizPanel *self, guint choice)
{
  if (choice >= XS_QUESTION_MAX_CHOICES || self->buttons[choice] == NULL
      || !gtk_widget_is_sensitive (GTK_WIDGET (self->buttons[choice])))
    return;
  gtk_check_button_set_active (self->buttons[choice], TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->buttons[choice]));
}

gboolean
xs_quiz_panel_press (XsQuizPanel *self, guint keyval)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  guint key = gdk_keyval_to_lower (keyval);

  if (keyval == GDK_KEY_Escape)
    on_back (self);
  else if ((keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter) && !GTK_IS_BUTTON (focus))
    gtk_widget_activate (GTK_WIDGET (self->primary));
  else if (keyval == GDK_KEY_space && GTK_IS_CHECK_BUTTON (focus))
    gtk_check_button_set_active (GTK_CHECK_BUTTON (focus), TRUE);
  else if (key >= GDK_KEY_a && key <= GDK_KEY_f)
    choose (self, key - GDK_KEY_a);
  else if (keyval >= GDK_KEY_1 && keyval <= GDK_KEY_6)
    choose (self, keyval - GDK_KEY_1);
  else if (keyval >= GDK_KEY_KP_1 && keyval <= GDK_KEY_KP_6)
    choose (self, keyval - GDK_KEY_KP_1);
  else
    return FALSE;
  return TRUE;
}

void
xs_quiz_panel_begin (XsQuizPanel *self)
{
  g_autofree char *title =
    g_strdup_printf (_ ("Quiz: %s"), xs_quiz_get_chapter (xs_study_get_quiz (self->study))->title);

  gtk_label_set_text (self->title, title);
  show_question (self);
}

void
xs_quiz_panel_set_study (XsQuizPanel *self, XsStudy *study)
{
  self->study = g_object_ref (study);
}

static void
xs_quiz_panel_dispose (GObject *object)
{
  XsQuizPanel *self = XS_QUIZ_PANEL (object);

  g_clear_object (&self->study);
  G_OBJECT_CLASS (xs_quiz_panel_parent_class)->dispose (object);
}

static void
xs_quiz_panel_class_init (XsQuizPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_quiz_panel_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-quiz-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, XsQuizPanel, title);
  gtk_widget_class_bind_template_child (widget_class, XsQuizPanel, progress);
  gtk_widget_class_bind_template_child (widget_class, XsQuizPanel, question);
  gtk_widget_class_bind_template_child (widget_class, XsQuizPanel, choices);
  gtk_widget_class_bind_template_child (widget_class, XsQuizPanel, feedback);
  gtk_widget_class_bind_template_child (widget_class, XsQuizPanel, feedback_icon);
  gtk_widget_class_bind_template_child (widget_class, XsQuizPanel, verdict);
  gtk_widget_class_bind_template_child (widget_class, XsQuizPanel, explanation);
  gtk_widget_class_bind_template_child (widget_class, XsQuizPanel, primary);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_primary);
}

static void
xs_quiz_panel_init (XsQuizPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
