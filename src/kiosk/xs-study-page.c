/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-study-page.h"

#include <glib/gi18n.h>

#include "xs-camera-view.h"
#include "xs-lesson-view.h"
#include "xs-text.h"
#include "xs-update.h"

/* What is left to a 1280x720 lesson is more than three quarters of it: below that cairo scales at twice the cost. */
#define SIDE_WIDTH_PX 352

struct _XsStudyPage {
  AdwBin parent_instance;

  XsStudy *study;

  AdwClamp *side;
  XsLessonView *lesson;
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
  xs_lesson_view_update (self->lesson, status);
  update_instruction (self, status);
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
  xs_lesson_view_set_study (self->lesson, study);
  xs_camera_view_set_camera (self->camera, xs_study_get_camera (study));
}

static void
xs_study_page_dispose (GObject *object)
{
  XsStudyPage *self = XS_STUDY_PAGE (object);

  g_clear_object (&self->study);
  G_OBJECT_CLASS (xs_study_page_parent_class)->dispose (object);
}

static void
xs_study_page_class_init (XsStudyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_study_page_dispose;
  g_type_ensure (XS_TYPE_CAMERA_VIEW);
  g_type_ensure (XS_TYPE_LESSON_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-study-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, side);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, lesson);
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
}
