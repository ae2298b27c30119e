/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "xs-sound.h"
#include "xs-staff-context.h"
#include "xs-study-lesson.h"

/* How loud lessons begin, and whether the PC can be heard at all. */
#define XS_TYPE_STAFF_SOUND (xs_staff_sound_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffSound, xs_staff_sound, XS, STAFF_SOUND, AdwBin)

#define FULL_PERCENT 100
#define STEP_PERCENT 5

struct _XsStaffSound {
  AdwBin parent_instance;

  XsStaffContext *context;
  GtkScale *volume;
  GtkLabel *result;
  gboolean filling; /* the scale is set to what is stored */
  gboolean playing;
};

G_DEFINE_FINAL_TYPE (XsStaffSound, xs_staff_sound, ADW_TYPE_BIN)

static gboolean
read_volume (XsJournal *journal, gpointer data, GError **error)
{
  return xs_study_read_volume (journal, data, error);
}

static void
on_volume_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffSound) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    {
      g_message ("Volume: %s", error->message);
      return;
    }
  self->filling = TRUE;
  gtk_range_set_value (GTK_RANGE (self->volume), *(double *) xs_store_get_data (result) * FULL_PERCENT);
  self->filling = FALSE;
}

static gboolean
store_volume (XsJournal *journal, gpointer data, GError **error)
{
  return xs_study_store_volume (journal, *(double *) data, error);
}

static void
on_volume_stored (GObject *source, GAsyncResult *result, gpointer unused)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    g_message ("Volume: %s", error->message);
}

static void
on_volume_changed (XsStaffSound *self)
{
  if (self->filling)
    return;
  double *volume = g_new (double, 1);
  *volume = gtk_range_get_value (GTK_RANGE (self->volume)) / FULL_PERCENT;
  xs_store_submit (self->context->store, store_volume, volume, g_free, on_volume_stored, NULL);
}

static void
play_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (xs_sound_play_test (*(double *) data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_played (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsStaffSound *self = (XsStaffSound *) source;
  g_autoptr (GError) error = NULL;
  gboolean played = g_task_propagate_boolean (G_TASK (result), &error);

  self->playing = FALSE;
  if (!played)
    g_message ("Sound: %s", error->message);
  xs_staff_set_result (self->result, !played,
                       played ? _ ("A sound was played. If you did not hear it, turn up the loudspeaker or the volume "
                                   "of the PC.")
                              : _ ("No sound output works. Connect headphones or a loudspeaker and turn it on."));
}

static void
on_play (XsStaffSound *self)
{
  /* The button is not made insensitive meanwhile: it would lose the focus. */
  if (self->playing)
    return;
  double *volume = g_new (double, 1);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_played, NULL);

  *volume = gtk_range_get_value (GTK_RANGE (self->volume)) / FULL_PERCENT;
  self->playing = TRUE;
  xs_staff_set_result (self->result, FALSE, _ ("Playing…"));
  g_task_set_source_tag (task, on_play);
  g_task_set_task_data (task, volume, g_free);
  g_task_run_in_thread (task, play_in_thread);
}

static void
xs_staff_sound_map (GtkWidget *widget)
{
  XsStaffSound *self = (XsStaffSound *) widget;

  GTK_WIDGET_CLASS (xs_staff_sound_parent_class)->map (widget);
  xs_store_submit (self->context->store, read_volume, g_new0 (double, 1), g_free, on_volume_read, g_object_ref (self));
}

static void
xs_staff_sound_finalize (GObject *object)
{
  xs_staff_context_unref (((XsStaffSound *) object)->context);
  G_OBJECT_CLASS (xs_staff_sound_parent_class)->finalize (object);
}

static void
xs_staff_sound_class_init (XsStaffSoundClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_staff_sound_finalize;
  GTK_WIDGET_CLASS (klass)->map = xs_staff_sound_map;
}

static void
xs_staff_sound_init (XsStaffSound *self)
{
  GtkBox *column =
    xs_staff_part_new (ADW_BIN (self), _ ("Sound"), _ ("How loud lessons begin. The PC’s own volume comes on top."));
  GtkListBox *list = xs_staff_add_list (column, NULL);
  AdwActionRow *row = xs_staff_add_row (list, _ ("Volume of lessons"));

  self->volume = GTK_SCALE (gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, FULL_PERCENT, STEP_PERCENT));
  gtk_scale_set_draw_value (self->volume, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->volume), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->volume), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->volume), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Volume of lessons"),
                                  -1);
  adw_action_row_add_suffix (row, GTK_WIDGET (self->volume));
  g_signal_connect_object (self->volume, "value-changed", G_CALLBACK (on_volume_changed), self, G_CONNECT_SWAPPED);
  xs_staff_add_button (column, _ ("Play a test sound"), G_CALLBACK (on_play), self);
  self->result = xs_staff_add_result (column, _ ("Result of the sound test"));
}

GtkWidget *
xs_staff_sound_new (XsStaffContext *context)
{
  XsStaffSound *self = g_object_new (XS_TYPE_STAFF_SOUND, NULL);

  self->context = xs_staff_context_ref (context);
  return GTK_WIDGET (self);
}
