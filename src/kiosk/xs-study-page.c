/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-study-page.h"

#include <glib/gi18n.h>

#include "xs-camera-view.h"
#include "xs-subtitles.h"
#include "xs-text.h"
#include "xs-turn-sign.h"
#include "xs-update.h"

#define SUBTITLE_TICK_MS 200
/* What is left to a 1280x720 lesson is more than three quarters of it: below that cairo scales at twice the cost. */
#define SIDE_WIDTH_PX 352

struct _XsStudyPage {
  AdwBin parent_instance;

  XsStudy *study;
  XsSubtitles *subtitles;
  int shown_lesson;
  guint subtitle_id;
  GPtrArray *lesson_buttons; /* GtkButton, owned by the template's box */
  GPtrArray *lesson_bars;    /* GtkProgressBar */

  AdwClamp *side;
  GtkPicture *lesson;
  GtkDrawingArea *turn_area;
  XsTurnSign turn_sign;
  GtkLabel *subtitle;
  GtkBox *lessons;
  XsCameraView *camera;
  GtkBox *instruction_box;
  GtkImage *instruction_icon;
  GtkLabel *instruction;
  GtkLabel *explanation;
  GtkBox *counter_box;
  GtkLabel *counter;
  GtkImage *state_icon;
  GtkLabel *state;
  GtkLabel *remedy;
  GtkLabel *outlook;
  GtkProgressBar *today_bar;
  GtkLabel *today;
  GtkLabel *total;
  GtkLabel *photos;
  GtkButton *pause;
  GtkButton *sign_out;
};

G_DEFINE_FINAL_TYPE (XsStudyPage, xs_study_page, ADW_TYPE_BIN)

/* Lessons */

static void
on_lesson_clicked (GtkButton *button, XsStudyPage *self)
{
  guint index;

  if (g_ptr_array_find (self->lesson_buttons, button, &index))
    xs_study_select_lesson (self->study, index);
}

static GtkWidget *
make_lesson_button (XsStudyPage *self, guint index)
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
update_lessons (XsStudyPage *self, const XsStudyStatus *status)
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
  XsStudyPage *self = data;
  const char *text = NULL;

  if (self->study != NULL && self->subtitles != NULL)
    text = xs_subtitles_lookup (self->subtitles, xs_lesson_player_get_position_us (xs_study_get_player (self->study)));
  xs_update_label (self->subtitle, text != NULL ? text : "");
  return G_SOURCE_CONTINUE;
}

/* The column on the right */

static void
update_instruction (XsStudyPage *self, const XsStudyStatus *status)
{
  XsAdvice advice = xs_text_guidance (status->guidance);
  gboolean well = status->guidance == XS_GUIDANCE_NONE || status->turned;
  gboolean failed = status->error_message != NULL || status->pause == XS_PAUSE_CAMERA_LOST;
  g_autofree char *slot = NULL, *what_to_do = NULL;
  gboolean turn =
    !failed && status->phase == XS_STUDY_STUDYING && (status->turned || xs_text_is_turn (status->guidance));

  if (status->error_message != NULL)
    advice = (XsAdvice){ _ ("Please tell the staff"), status->error_message, "dialog-warning-symbolic" };
  else if (status->pause == XS_PAUSE_CAMERA_LOST)
    advice = xs_text_pause (status->pause);
  else if (status->phase == XS_STUDY_SIGNING_OUT)
    advice = (XsAdvice){ _ ("Last photo: look at the camera"), _ ("Signing out…"), "camera-photo-symbolic" };
  else if (status->turned)
    advice = xs_text_turned ();
  else if (status->photo_at_risk && !turn)
    {
      slot = xs_text_time_range (status->slot_start_wall_us, status->slot_end_wall_us);
      if (well)
        what_to_do = g_strdup_printf (_ ("A good photo is still missing: it saves %s."), slot);
      advice =
        (XsAdvice){ _ ("Look at the camera now"), well ? what_to_do : advice.what_to_do, "camera-photo-symbolic" };
    }
  else if (status->photo_waiting && !turn)
    advice = (XsAdvice){ _ ("Photo: look at the camera"), advice.what_to_do, "camera-photo-symbolic" };
  xs_update_icon (self->instruction_icon, advice.icon_name);
  xs_update_label (self->instruction, advice.title);
  xs_update_label (self->explanation, advice.what_to_do);
  gtk_widget_set_visible (GTK_WIDGET (self->explanation), advice.what_to_do[0] != '\0');
  xs_update_class (self->instruction_box, "attention", !well || failed || status->photo_at_risk);
  xs_update_class (self->instruction_box, "turn", turn);
  xs_update_class (self->instruction_box, "turned", turn && status->turned);
}

static void
draw_turn_sign (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  XsStudyPage *self = data;

  xs_turn_sign_draw (self->turn_sign, cr, width, height);
}

/* Over the lesson, too: that is where the student looks. */
static void
update_turn_sign (XsStudyPage *self, const XsStudyStatus *status)
{
  self->turn_sign = xs_turn_sign_next (self->turn_sign, status);
  gtk_widget_set_visible (GTK_WIDGET (self->turn_area), self->turn_sign != XS_TURN_SIGN_NONE);
  if (self->turn_sign != XS_TURN_SIGN_NONE)
    gtk_widget_queue_draw (GTK_WIDGET (self->turn_area));
}

static void
update_counter (XsStudyPage *self, const XsStudyStatus *status)
{
  XsAdvice advice = xs_text_pause (status->pause);
  g_autofree char *counter = xs_text_clock (status->credited_us);
  gboolean counting = status->pause == XS_PAUSE_NONE;
  g_autofree char *state = counting ? g_strdup (advice.title) : g_strdup_printf (_ ("Stopped: %s"), advice.title);

  xs_update_label (self->counter, counter);
  xs_update_icon (self->state_icon, counting ? "media-playback-start-symbolic" : "media-playback-pause-symbolic");
  xs_update_label (self->state, state);
  /* What the camera asks for stands above already. */
  gboolean has_remedy = status->pause >= XS_PAUSE_CLOCK && status->pause != XS_PAUSE_STARTING;
  xs_update_label (self->remedy, has_remedy ? advice.what_to_do : "");
  gtk_widget_set_visible (GTK_WIDGET (self->remedy), has_remedy);
  xs_update_class (self->counter_box, "stopped", !counting);
}

/* What the audit will say, while there is time to act. */
static void
update_outlook (XsStudyPage *self, const XsStudyStatus *status)
{
  gboolean is_loss = FALSE;
  g_autofree char *text = xs_text_outlook (status, &is_loss);

  xs_update_label (self->outlook, text);
  gtk_widget_set_visible (GTK_WIDGET (self->outlook), text[0] != '\0');
  xs_update_class (self->outlook, "warning", is_loss);
}

static void
update_progress (XsStudyPage *self, const XsStudyStatus *status)
{
  g_autofree char *today_time = xs_text_duration (status->today_us);
  g_autofree char *cap = xs_text_duration (status->daily_cap_us);
  g_autofree char *today = g_strdup_printf (_ ("Today %s of at most %s"), today_time, cap);
  g_autofree char *total_time = xs_text_duration (status->total_us);
  g_autofree char *total = g_strdup_printf (_ ("Altogether %s"), total_time);
  g_autofree char *photos =
    g_strdup_printf (g_dngettext (NULL, "%u photo taken", "%u photos taken", status->n_photos), status->n_photos);

  xs_update_bar (self->today_bar, status->daily_cap_us > 0 ? (double) status->today_us / status->daily_cap_us : 0);
  xs_update_label (self->today, today);
  xs_update_label (self->total, total);
  xs_update_label (self->photos, photos);
}

void
xs_study_page_update (XsStudyPage *self, const XsStudyStatus *status)
{
  gboolean paused = xs_study_get_paused (self->study);

  xs_camera_view_update (self->camera, status);
  update_lessons (self, status);
  update_instruction (self, status);
  update_turn_sign (self, status);
  update_counter (self, status);
  update_outlook (self, status);
  update_progress (self, status);
  xs_update_button (self->pause, paused ? _ ("Continue") : _ ("Pause"));
  xs_update_class (self->pause, "suggested-action", paused);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pause), status->phase == XS_STUDY_STUDYING);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sign_out), status->phase == XS_STUDY_STUDYING);
}

static void
on_pause (XsStudyPage *self)
{
  xs_study_set_paused (self->study, !xs_study_get_paused (self->study));
}

static void
on_sign_out_answer (XsStudyPage *self, const char *response)
{
  if (g_str_equal (response, "sign-out"))
    xs_study_sign_out (self->study);
}

static void
on_sign_out (XsStudyPage *self)
{
  XsStudyStatus status;

  xs_study_get_status (self->study, &status);
  gboolean is_too_early = status.missing_us > 0;
  g_autofree char *missing = xs_text_duration (status.missing_us);
  g_autofree char *body =
    is_too_early
      ? g_strdup_printf (_ ("This part does not count yet: %s more are needed. If you sign out now, they are lost."),
                         missing)
      : g_strdup (_ ("A last photo is taken: please look at the camera."));
  GtkWidget *dialog =
    adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                            is_too_early ? _ ("Too early to sign out") : _ ("End this session?"), body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "stay", _ ("Go on studying"), "sign-out",
                                    is_too_early ? _ ("Sign out all the same") : _ ("Sign out"), NULL);
  const char *advised = is_too_early ? "stay" : "sign-out";
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), advised, ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), advised);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_sign_out_answer), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
xs_study_page_set_scale (XsStudyPage *self, double scale)
{
  int width_px = (int) (SIDE_WIDTH_PX * scale);

  adw_clamp_set_maximum_size (self->side, width_px);
  adw_clamp_set_tightening_threshold (self->side, width_px);
}

void
xs_study_page_set_study (XsStudyPage *self, XsStudy *study)
{
  self->study = g_object_ref (study);
  xs_camera_view_set_camera (self->camera, xs_study_get_camera (study));
  gtk_picture_set_paintable (self->lesson, xs_lesson_player_get_paintable (xs_study_get_player (study)));
  for (guint i = 0; i < xs_course_get_n_lessons (xs_study_get_course (study)); i++)
    gtk_box_append (self->lessons, make_lesson_button (self, i));
}

static void
xs_study_page_dispose (GObject *object)
{
  XsStudyPage *self = XS_STUDY_PAGE (object);

  g_clear_handle_id (&self->subtitle_id, g_source_remove);
  g_clear_pointer (&self->subtitles, xs_subtitles_free);
  g_clear_pointer (&self->lesson_buttons, g_ptr_array_unref);
  g_clear_pointer (&self->lesson_bars, g_ptr_array_unref);
  g_clear_object (&self->study);
  G_OBJECT_CLASS (xs_study_page_parent_class)->dispose (object);
}

static void
xs_study_page_class_init (XsStudyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_study_page_dispose;
  g_type_ensure (XS_TYPE_CAMERA_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-study-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, side);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, lesson);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, turn_area);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, subtitle);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, lessons);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, camera);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, instruction_box);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, instruction_icon);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, instruction);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, explanation);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, counter_box);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, counter);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, state_icon);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, state);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, remedy);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, outlook);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, today_bar);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, today);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, total);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, photos);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, pause);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, sign_out);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out);
}

static void
xs_study_page_init (XsStudyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->turn_area, draw_turn_sign, self, NULL);
  self->shown_lesson = -1;
  self->lesson_buttons = g_ptr_array_new ();
  self->lesson_bars = g_ptr_array_new ();
  self->subtitle_id = g_timeout_add (SUBTITLE_TICK_MS, update_subtitle, self);
}
