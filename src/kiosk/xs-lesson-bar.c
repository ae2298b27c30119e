/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-lesson-bar.h"

#include <glib/gi18n.h>
#include <math.h>

#include "xs-study-lesson.h"
#include "xs-text.h"
#include "xs-update.h"

#define STEP_US (10 * (gint64) G_USEC_PER_SEC)
#define VOLUME_STEP 0.05
/* Of a drag only where it rests is sought: each seek takes a player some tenths of a second. */
#define SEEK_DELAY_MS 120
#define SHOWN_STEP_S 0.5

struct _XsLessonBar {
  AdwBin parent_instance;

  XsStudy *study;
  int lesson; /* the one that is shown */
  guint seek_id;
  gint64 wanted_us; /* with @seek_id: where to go */
  gboolean updating;
  double volume_before; /* it was turned off */

  GtkButton *play;
  GtkLabel *position;
  GtkRange *line;
  GtkButton *subtitles;
  GtkLabel *subtitle_size;
  GtkButton *mute;
  GtkRange *volume;
};

enum {
  SIGNAL_LOCKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsLessonBar, xs_lesson_bar, ADW_TYPE_BIN)

static void
set_name (gpointer widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Where it stands */

static gboolean
seek (gpointer data)
{
  XsLessonBar *self = data;
  gint64 watched_us = xs_lesson_player_get_watched_us (xs_study_get_player (self->study));

  self->seek_id = 0;
  xs_study_seek (self->study, CLAMP (self->wanted_us, 0, watched_us));
  xs_lesson_bar_update (self);
  return G_SOURCE_REMOVE;
}

/* From where a seek that waits will lead: two presses go twice as far. */
static gint64
position_us (XsLessonBar *self)
{
  return self->seek_id != 0 ? self->wanted_us : xs_lesson_player_get_position_us (xs_study_get_player (self->study));
}

static void
go_to (XsLessonBar *self, gint64 wanted_us)
{
  gint64 watched_us = xs_lesson_player_get_watched_us (xs_study_get_player (self->study));
  gint64 reached_us = CLAMP (wanted_us, 0, watched_us);

  if (wanted_us > watched_us)
    g_signal_emit (self, signals[SIGNAL_LOCKED], 0);
  /* Nothing is gained by a jump that only makes the lesson, and with it the counter, stop for a moment. */
  if (self->seek_id == 0 && reached_us >= position_us (self) && reached_us - position_us (self) < G_USEC_PER_SEC)
    return;
  self->wanted_us = reached_us;
  if (self->seek_id == 0)
    self->seek_id = g_timeout_add (SEEK_DELAY_MS, seek, self);
}

static void
on_line_moved (XsLessonBar *self)
{
  if (!self->updating)
    go_to (self, (gint64) (gtk_range_get_value (self->line) * G_USEC_PER_SEC));
}

/* The line itself stops at what was watched, and does not tell how far the hand went on. */
static gboolean
on_line_pulled (GtkRange *line, GtkScrollType scroll, double value, XsLessonBar *self)
{
  if (value > gtk_range_get_fill_level (line) + SHOWN_STEP_S)
    g_signal_emit (self, signals[SIGNAL_LOCKED], 0);
  return FALSE;
}

static void
on_back (XsLessonBar *self)
{
  go_to (self, MAX (position_us (self) - STEP_US, 0));
}

static void
on_play (XsLessonBar *self)
{
  xs_study_set_paused (self->study, !xs_study_get_paused (self->study));
}

static void
update_line (XsLessonBar *self)
{
  XsLessonPlayer *player = xs_study_get_player (self->study);
  XsStudyStatus status;
  xs_study_get_status (self->study, &status);
  /* Where to go was meant in another lesson. */
  if (status.lesson != self->lesson)
    g_clear_handle_id (&self->seek_id, g_source_remove);
  self->lesson = status.lesson;
  if (status.lesson < 0)
    return;
  const XsLesson *lesson = xs_course_get_lesson (xs_study_get_course (self->study), (guint) status.lesson);
  gint64 duration_us = MAX (lesson->duration_us, xs_lesson_player_get_duration_us (player));
  double watched_s = (double) xs_lesson_player_get_watched_us (player) / G_USEC_PER_SEC;
  double shown_s = (double) position_us (self) / G_USEC_PER_SEC;
  GtkAdjustment *adjustment = gtk_range_get_adjustment (self->line);
  g_autofree char *now = xs_text_position (MIN (position_us (self), duration_us));
  g_autofree char *length = xs_text_position (duration_us);
  g_autofree char *text = g_strdup_printf ("%s / %s", now, length);

  self->updating = TRUE;
  if (gtk_adjustment_get_upper (adjustment) != (double) duration_us / G_USEC_PER_SEC)
    gtk_adjustment_set_upper (adjustment, (double) duration_us / G_USEC_PER_SEC);
  if (fabs (gtk_range_get_fill_level (self->line) - watched_s) >= SHOWN_STEP_S)
    gtk_range_set_fill_level (self->line, watched_s);
  if (self->seek_id == 0 && fabs (gtk_range_get_value (self->line) - shown_s) >= SHOWN_STEP_S)
    gtk_range_set_value (self->line, MIN (shown_s, gtk_range_get_fill_level (self->line)));
  self->updating = FALSE;
  xs_update_label (self->position, text);
}

/* Subtitles */

static const char *
size_text (gboolean on, XsSubtitleSize size)
{
  if (!on)
    return _ ("Off");
  switch (size)
    {
    case XS_SUBTITLE_SMALL:
      return C_ ("subtitles", "Small");
    case XS_SUBTITLE_LARGE:
      return C_ ("subtitles", "Large");
    case XS_SUBTITLE_MEDIUM:
    default:
      return C_ ("subtitles", "Medium");
    }
}

/* Off, small, medium, large, and off again. */
static void
on_subtitles (XsLessonBar *self)
{
  XsSubtitleSize size;
  gboolean on = xs_study_get_subtitles (self->study, &size);

  if (!on)
    xs_study_set_subtitles (self->study, TRUE, XS_SUBTITLE_SMALL);
  else if (size == XS_SUBTITLE_LARGE)
    xs_study_set_subtitles (self->study, FALSE, XS_SUBTITLE_MEDIUM);
  else
    xs_study_set_subtitles (self->study, TRUE, size + 1);
  xs_lesson_bar_update (self);
}

static void
toggle_subtitles (XsLessonBar *self)
{
  XsSubtitleSize size;
  gboolean on = xs_study_get_subtitles (self->study, &size);

  xs_study_set_subtitles (self->study, !on, size);
  xs_lesson_bar_update (self);
}

static void
update_subtitles (XsLessonBar *self)
{
  XsSubtitleSize size;
  gboolean on = xs_study_get_subtitles (self->study, &size);
  g_autofree char *text = g_strdup_printf (_ ("Subtitles: %s"), size_text (on, size));

  if (g_str_equal (gtk_label_get_text (self->subtitle_size), text))
    return;
  gtk_label_set_text (self->subtitle_size, text);
  set_name (self->subtitles, text);
}

/* Volume */

static const char *
volume_icon (double volume)
{
  if (volume <= 0)
    return "audio-volume-muted-symbolic";
  return volume < 0.5 ? "audio-volume-low-symbolic" : "audio-volume-high-symbolic";
}

static void
on_volume_moved (XsLessonBar *self)
{
  if (!self->updating)
    xs_study_set_volume (self->study, gtk_range_get_value (self->volume));
  xs_lesson_bar_update (self);
}

static void
change_volume (XsLessonBar *self, double by)
{
  xs_study_set_volume (self->study, xs_study_get_volume (self->study) + by);
  xs_lesson_bar_update (self);
}

static void
on_mute (XsLessonBar *self)
{
  double volume = xs_study_get_volume (self->study);

  if (volume > 0)
    self->volume_before = volume;
  xs_study_set_volume (self->study, volume > 0 ? 0 : self->volume_before);
  xs_lesson_bar_update (self);
}

static void
update_volume (XsLessonBar *self)
{
  double volume = xs_study_get_volume (self->study);

  if (fabs (gtk_range_get_value (self->volume) - volume) >= VOLUME_STEP / 10)
    {
      self->updating = TRUE;
      gtk_range_set_value (self->volume, volume);
      self->updating = FALSE;
    }
  if (g_strcmp0 (gtk_button_get_icon_name (self->mute), volume_icon (volume)) == 0)
    return;
  gtk_button_set_icon_name (self->mute, volume_icon (volume));
  set_name (self->mute, volume > 0 ? _ ("Turn the sound off") : _ ("Turn the sound on"));
}

/* All of it */

static void
update_play (XsLessonBar *self)
{
  gboolean paused = xs_study_get_paused (self->study);
  const char *icon_name = paused ? "media-playback-start-symbolic" : "media-playback-pause-symbolic";

  if (g_strcmp0 (gtk_button_get_icon_name (self->play), icon_name) == 0)
    return;
  gtk_button_set_icon_name (self->play, icon_name);
  set_name (self->play, paused ? _ ("Play the lesson") : _ ("Pause the lesson"));
}

void
xs_lesson_bar_update (XsLessonBar *self)
{
  if (self->study == NULL || self->updating)
    return;
  update_play (self);
  update_line (self);
  update_subtitles (self);
  update_volume (self);
}

gboolean
xs_lesson_bar_press (XsLessonBar *self, guint keyval)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      if (focus == GTK_WIDGET (self->volume))
        return FALSE;
      on_back (self);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      if (focus == GTK_WIDGET (self->volume))
        return FALSE;
      go_to (self, position_us (self) + STEP_US);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
    case GDK_KEY_AudioRaiseVolume:
      change_volume (self, VOLUME_STEP);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
    case GDK_KEY_AudioLowerVolume:
      change_volume (self, -VOLUME_STEP);
      return TRUE;
    case GDK_KEY_AudioMute:
      on_mute (self);
      return TRUE;
    case GDK_KEY_c:
    case GDK_KEY_C:
      toggle_subtitles (self);
      return TRUE;
    default:
      return FALSE;
    }
}

void
xs_lesson_bar_set_study (XsLessonBar *self, XsStudy *study)
{
  self->study = g_object_ref (study);
}

static void
xs_lesson_bar_dispose (GObject *object)
{
  XsLessonBar *self = XS_LESSON_BAR (object);

  g_clear_handle_id (&self->seek_id, g_source_remove);
  g_clear_object (&self->study);
  G_OBJECT_CLASS (xs_lesson_bar_parent_class)->dispose (object);
}

static void
xs_lesson_bar_class_init (XsLessonBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_lesson_bar_dispose;
  signals[SIGNAL_LOCKED] =
    g_signal_new ("locked", XS_TYPE_LESSON_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-lesson-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, XsLessonBar, play);
  gtk_widget_class_bind_template_child (widget_class, XsLessonBar, position);
  gtk_widget_class_bind_template_child (widget_class, XsLessonBar, line);
  gtk_widget_class_bind_template_child (widget_class, XsLessonBar, subtitles);
  gtk_widget_class_bind_template_child (widget_class, XsLessonBar, subtitle_size);
  gtk_widget_class_bind_template_child (widget_class, XsLessonBar, mute);
  gtk_widget_class_bind_template_child (widget_class, XsLessonBar, volume);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_play);
  gtk_widget_class_bind_template_callback (widget_class, on_line_moved);
  gtk_widget_class_bind_template_callback (widget_class, on_line_pulled);
  gtk_widget_class_bind_template_callback (widget_class, on_subtitles);
  gtk_widget_class_bind_template_callback (widget_class, on_mute);
  gtk_widget_class_bind_template_callback (widget_class, on_volume_moved);
}

static void
xs_lesson_bar_init (XsLessonBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->volume_before = 1;
}
