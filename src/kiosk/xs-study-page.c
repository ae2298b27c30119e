/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-study-page.h"

#include <glib/gi18n.h>

#include "xs-absence-view.h"
#include "xs-announcer.h"
#include "xs-camera-view.h"
#include "xs-cues.h"
#include "xs-instruction.h"
#include "xs-lesson-view.h"
#include "xs-look.h"
#include "xs-photo-row.h"
#include "xs-presence-ribbon.h"
#include "xs-study-text.h"
#include "xs-update.h"

/* What is left to a 1280x720 lesson is more than three quarters of it: below that cairo scales at twice the cost. */
#define SIDE_WIDTH_PX 352

/* What was taken and what counted does not change more often than can be read. */
#define SHOW_INTERVAL_US G_USEC_PER_SEC
#define SETTING_SOUNDS "sounds"

struct _XsStudyPage {
  AdwBin parent_instance;

  XsStudy *study;
  XsStore *store;
  XsChime *chime;
  XsCues cues;
  gint64 shown_us;      /* when ribbon and photos were */
  const char *told;     /* the instruction that was announced last */
  gboolean told_counts; /* and whether it counted then */
  gboolean told_end;    /* and whether the session was about to end */

  AdwClamp *side;
  XsLessonView *lesson;
  XsAbsenceView *absence;
  XsAnnouncer *announcer;
  XsCameraView *camera;
  GtkBox *instruction_box;
  GtkImage *instruction_icon;
  GtkLabel *instruction;
  GtkLabel *explanation;
  GtkBox *ladder_box;
  GtkProgressBar *ladder_bar;
  GtkLabel *ladder;
  GtkBox *counter_box;
  GtkLabel *counter;
  GtkImage *state_icon;
  GtkLabel *state;
  GtkLabel *outlook;
  GtkLabel *today;
  XsPresenceRibbon *ribbon;
  XsPhotoRow *photos;
  GtkButton *pause;
  GtkButton *sign_out;
  GtkToggleButton *sounds;
};

G_DEFINE_FINAL_TYPE (XsStudyPage, xs_study_page, ADW_TYPE_BIN)

/* The column on the right */

static void
update_instruction (XsStudyPage *self, const XsStudyStatus *status)
{
  g_auto (XsInstruction) instruction = { 0 };

  xs_instruction_choose (&instruction, status);
  xs_update_icon (self->instruction_icon, instruction.icon_name);
  xs_update_label (self->instruction, instruction.title);
  xs_update_label (self->explanation, instruction.what_to_do);
  gtk_widget_set_visible (GTK_WIDGET (self->explanation), instruction.what_to_do[0] != '\0');
  xs_update_class (self->instruction_box, "attention", instruction.attention);
  xs_update_class (self->instruction_box, "turn", instruction.turn);
  xs_update_class (self->instruction_box, "turned", instruction.turned);
}

/* How long it still counts, where that runs out: in words, and as a bar. */
static void
update_ladder (XsStudyPage *self, const XsStudyStatus *status)
{
  const XsLadder *ladder = &status->ladder;
  gboolean runs_out = ladder->rung == XS_RUNG_WARNING || ladder->rung == XS_RUNG_GRACE;
  g_autofree char *text = xs_text_ladder (ladder);

  gtk_widget_set_visible (GTK_WIDGET (self->ladder_box), runs_out);
  if (!runs_out)
    return;
  xs_update_label (self->ladder, text);
  xs_update_bar (self->ladder_bar, (double) ladder->left_us / (double) MAX (ladder->whole_us, 1));
}

/* During the grace and a question it stands, too: what passes is credited when the face or the answer is there. */
static char *
counter_state (const XsStudyStatus *status, gboolean *counting)
{
  gboolean waiting = status->ladder.rung == XS_RUNG_GRACE;
  gboolean asked = status->attention.state == XS_ATTENTION_ASKED && status->pause == XS_PAUSE_NONE;
  XsPause pause = waiting ? status->ladder.reason : status->pause;
  XsAdvice advice = xs_text_pause (status->own_pause ? XS_PAUSE_LESSON_PAUSED : pause);

  *counting = pause == XS_PAUSE_NONE && !asked;
  if (status->phase == XS_STUDY_SIGNING_OUT)
    return g_strdup (_ ("Signing out…"));
  if (waiting)
    return g_strdup_printf (_ ("Waiting: %s"), advice.title);
  if (asked)
    return g_strdup_printf (_ ("Waiting: %s"), _ ("Are you still watching?"));
  if (*counting || pause == XS_PAUSE_STARTING)
    return g_strdup (advice.title);
  return g_strdup_printf (_ ("Stopped: %s"), advice.title);
}

static void
update_counter (XsStudyPage *self, const XsStudyStatus *status)
{
  gboolean counting;
  g_autofree char *counter = xs_text_clock (status->credited_us);
  g_autofree char *state = counter_state (status, &counting);

  xs_update_label (self->counter, counter);
  xs_update_icon (self->state_icon, counting ? "media-playback-start-symbolic" : "media-playback-pause-symbolic");
  xs_update_label (self->state, state);
  xs_update_class (self->counter_box, "stopped", !counting);
}

/* What the audit will say, while there is time to act; but not while there is something else to read. */
static void
update_outlook (XsStudyPage *self, const XsStudyStatus *status)
{
  gboolean is_loss = FALSE;
  gboolean is_calm = !gtk_widget_has_css_class (GTK_WIDGET (self->instruction_box), "attention") && !status->own_pause;
  g_autofree char *text = xs_text_outlook (status, &is_loss);
  g_autofree char *today = xs_text_today (status);

  xs_update_label (self->outlook, text);
  gtk_widget_set_visible (GTK_WIDGET (self->outlook), is_calm && text[0] != '\0');
  xs_update_class (self->outlook, "warning", is_loss);
  xs_update_label (self->today, today);
}

static void
update_pictures (XsStudyPage *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - self->shown_us < SHOW_INTERVAL_US)
    return;
  self->shown_us = now_us;
  g_autoptr (GArray) ribbon = xs_study_list_ribbon (self->study);
  g_autoptr (GArray) slots = xs_study_list_slots (self->study);
  xs_presence_ribbon_set (self->ribbon, ribbon, FALSE);
  xs_photo_row_show_slots (self->photos, slots);
}

/* Heard, and read by screen readers: what changed, once. */
static void
tell (XsStudyPage *self, const XsStudyStatus *status)
{
  gboolean counts = status->pause == XS_PAUSE_NONE, ends = gtk_widget_get_visible (GTK_WIDGET (self->absence));
  gboolean is_heard = xs_lesson_player_get_state (xs_study_get_player (self->study)) == XS_LESSON_PLAYING;
  const char *title = gtk_label_get_text (self->instruction);

  xs_chime_play (self->chime, xs_cues_next (&self->cues, status), is_heard);
  if (g_strcmp0 (self->told, title) == 0 && self->told_counts == counts && self->told_end == ends)
    return;
  self->told = g_intern_string (title);
  self->told_counts = counts;
  self->told_end = ends;
  g_autofree char *end = ends ? xs_text_ladder (&status->ladder) : NULL;
  g_autofree char *words =
    g_strjoin (" ", gtk_label_get_text (self->state), title, gtk_label_get_text (self->explanation), end, NULL);
  xs_announcer_say (self->announcer, g_strchomp (words));
}

void
xs_study_page_update (XsStudyPage *self, const XsStudyStatus *status)
{
  xs_camera_view_update (self->camera, status);
  xs_lesson_view_update (self->lesson, status);
  xs_absence_view_update (self->absence, status);
  update_instruction (self, status);
  update_ladder (self, status);
  update_counter (self, status);
  update_outlook (self, status);
  update_pictures (self);
  tell (self, status);
  xs_update_button (self->pause, status->own_pause ? _ ("Continue") : _ ("Pause"));
  xs_update_class (self->pause, "suggested-action", status->own_pause);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pause), status->phase == XS_STUDY_STUDYING);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sign_out), status->phase == XS_STUDY_STUDYING);
}

void
xs_study_page_enter (XsStudyPage *self)
{
  self->shown_us = 0;
  self->told = NULL;
  xs_announcer_listen (self->announcer);
}

void
xs_study_page_leave (XsStudyPage *self)
{
  g_autoptr (GArray) nothing = g_array_new (FALSE, FALSE, sizeof (XsPhotoSlot));

  xs_photo_row_show_slots (self->photos, nothing);
}

/* Sounds: whether they are on is kept on this PC. */

typedef struct {
  char *value; /* (nullable) */
} Sounds;

static void
sounds_free (gpointer data)
{
  g_free (((Sounds *) data)->value);
  g_free (data);
}

static gboolean
read_sounds (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_get_setting (journal, SETTING_SOUNDS, &((Sounds *) data)->value, error);
}

static gboolean
write_sounds (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_set_setting (journal, SETTING_SOUNDS, ((Sounds *) data)->value, error);
}

static void
on_sounds_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStudyPage) self = user_data;
  g_autoptr (GError) error = NULL;
  const Sounds *sounds = xs_store_get_data (result);

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    g_message ("Whether sounds are on is not known: %s", error->message);
  else
    gtk_toggle_button_set_active (self->sounds, g_strcmp0 (sounds->value, "off") != 0);
}

static void
on_sounds_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    g_message ("Whether sounds are on was not kept: %s", error->message);
}

static void
on_sounds (XsStudyPage *self)
{
  gboolean on = gtk_toggle_button_get_active (self->sounds);

  gtk_button_set_icon_name (GTK_BUTTON (self->sounds),
                            on ? "preferences-system-notifications-symbolic" : "notifications-disabled-symbolic");
  if (on == xs_chime_get_on (self->chime))
    return;
  xs_chime_set_on (self->chime, on);
  if (self->store == NULL)
    return;
  Sounds *sounds = g_new0 (Sounds, 1);
  sounds->value = g_strdup (on ? "on" : "off");
  xs_store_submit (self->store, write_sounds, sounds, sounds_free, on_sounds_written, NULL);
}

gboolean
xs_study_page_press (XsStudyPage *self, guint keyval)
{
  if (xs_lesson_view_press (self->lesson, keyval))
    return GDK_EVENT_STOP;
  if (keyval != GDK_KEY_m && keyval != GDK_KEY_M)
    return GDK_EVENT_PROPAGATE;
  gtk_toggle_button_set_active (self->sounds, !gtk_toggle_button_get_active (self->sounds));
  return GDK_EVENT_STOP;
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
      ? g_strdup_printf (_ ("This part counts once you study %s more. If you sign out now, it is lost; what came "
                            "before is kept."),
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
  xs_look_present_dialog (ADW_MESSAGE_DIALOG (dialog));
}

void
xs_study_page_set_scale (XsStudyPage *self, double scale)
{
  int width_px = (int) (SIDE_WIDTH_PX * scale);

  adw_clamp_set_maximum_size (self->side, width_px);
  adw_clamp_set_tightening_threshold (self->side, width_px);
}

void
xs_study_page_set_study (XsStudyPage *self, XsStudy *study, XsStore *store)
{
  self->study = g_object_ref (study);
  self->store = g_object_ref (store);
  xs_store_submit (store, read_sounds, g_new0 (Sounds, 1), sounds_free, on_sounds_read, g_object_ref (self));
  xs_lesson_view_set_study (self->lesson, study);
  xs_camera_view_set_camera (self->camera, xs_study_get_camera (study));
}

static void
xs_study_page_dispose (GObject *object)
{
  XsStudyPage *self = XS_STUDY_PAGE (object);

  g_clear_object (&self->study);
  g_clear_object (&self->store);
  g_clear_object (&self->chime);
  G_OBJECT_CLASS (xs_study_page_parent_class)->dispose (object);
}

static void
xs_study_page_class_init (XsStudyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_study_page_dispose;
  g_type_ensure (XS_TYPE_CAMERA_VIEW);
  g_type_ensure (XS_TYPE_LESSON_VIEW);
  g_type_ensure (XS_TYPE_ABSENCE_VIEW);
  g_type_ensure (XS_TYPE_ANNOUNCER);
  g_type_ensure (XS_TYPE_PHOTO_ROW);
  g_type_ensure (XS_TYPE_PRESENCE_RIBBON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-study-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, side);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, lesson);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, absence);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, announcer);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, camera);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, instruction_box);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, instruction_icon);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, instruction);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, explanation);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, ladder_box);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, ladder_bar);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, ladder);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, counter_box);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, counter);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, state_icon);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, state);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, outlook);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, today);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, ribbon);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, photos);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, pause);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, sign_out);
  gtk_widget_class_bind_template_child (widget_class, XsStudyPage, sounds);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out);
  gtk_widget_class_bind_template_callback (widget_class, on_sounds);
}

static void
xs_study_page_init (XsStudyPage *self)
{
  self->chime = xs_chime_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
