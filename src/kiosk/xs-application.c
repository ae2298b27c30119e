/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "xs-chosen-camera.h"
#include "xs-course-feed.h"
#include "xs-course-library.h"
#include "xs-error.h"
#include "xs-focus-ring.h"
#include "xs-health-feed.h"
#include "xs-kiosk-mode.h"
#include "xs-look.h"
#include "xs-text.h"
#include "xs-window.h"
#include "xs-seat.h"

struct _XsApplication {
  AdwApplication parent_instance;

  const XsOptions *options;
  XsWindow *window;
  XsStore *store;
  XsSync *sync;
  XsStudy *study;
  XsSeat *seat;
  XsRunBook run;             /* while there is a store */
  XsHealthFeed *health;      /* (nullable): while somebody may study */
  XsCourseFeed *course_feed; /* (nullable): while the library says what is shown */
  gboolean course_is_new;    /* one was installed that is not shown yet */
  guint show_course_id;
  XsCourse *course;
  char *camera; /* (nullable): that staff chose */
  gboolean opening;
  gint64 opening_us; /* since when */
  guint busy_id;
  gboolean quitting;
  XsEnding ending;
  guint inhibit_cookie;
  guint signal_ids[2];
};

G_DEFINE_FINAL_TYPE (XsApplication, xs_application, ADW_TYPE_APPLICATION)

static void
show_advice (XsApplication *self, const XsAdvice *advice, const GError *error)
{
  g_message ("%s", error->message);
  xs_window_show_failure (self->window, advice, error->message);
}

/* Where the advice says it all, the exact words, which are English, are among the messages only. */
static void
show_failure (XsApplication *self, const GError *error)
{
  XsAdvice advice = xs_text_error (error);

  switch (xs_error_code (error))
    {
    case XS_ERROR_BUSY:
    case XS_ERROR_NETWORK:
    case XS_ERROR_NO_SPACE:
    case XS_ERROR_REJECTED:
      g_message ("%s", error->message);
      xs_window_show_failure (self->window, &advice, NULL);
      break;
    default:
      show_advice (self, &advice, error);
    }
}

/* Start, step by step: open, pair, get the roster, study. */

/* A kiosk that has just ended, or this one before “Try again”, may still be closing the journal. */
#define BUSY_PATIENCE_US (5 * G_USEC_PER_SEC)
#define BUSY_INTERVAL_MS 100

typedef struct {
  char *state_dir;
  char *course_dir; /* (nullable): NULL for xs_course_library_open() */
  XsJournal *journal;
  XsCourse *course;
  gboolean course_failed;
  gboolean paired;
  char *camera;
  XsRunBook run;
} Opening;

static void
opening_free (Opening *opening)
{
  g_free (opening->state_dir);
  g_free (opening->course_dir);
  g_clear_pointer (&opening->journal, xs_journal_close);
  g_clear_pointer (&opening->course, xs_course_unref);
  g_free (opening->camera);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void try_opening (XsApplication *self);

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Opening *opening = data;
  g_autoptr (GError) error = NULL;
  XsIdentity identity;

  opening->course = opening->course_dir != NULL ? xs_course_load (opening->course_dir, &error)
                                                : xs_course_library_open (opening->state_dir, &error);
  opening->course_failed = opening->course == NULL;
  if (opening->course_failed
      || (opening->journal = xs_journal_open (opening->state_dir, xs_clock_system (), &error)) == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  opening->paired = xs_journal_get_identity (opening->journal, &identity, &error);
  if (!opening->paired && !g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_clear_error (&error);
  if (!xs_journal_get_setting (opening->journal, XS_SETTING_CAMERA, &opening->camera, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  /* With the journal's lock: of two kiosks on one folder the second is no run. */
  if (!xs_run_book_begin (opening->state_dir, xs_clock_wall_us (xs_clock_system ()), &opening->run, &error))
    g_message ("That this run began is not noted: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

const char *
xs_options_choose_camera (const XsOptions *options, const char *chosen)
{
  if (options->camera_uris == NULL)
    return NULL;
  for (char **uri = options->camera_uris; *uri != NULL; uri++)
    if (g_strcmp0 (*uri, chosen) == 0)
      return *uri;
  return options->camera_uris[0];
}

static char *dup_state_dir (XsApplication *self);
static void stop_all (XsApplication *self, void (*then) (XsApplication *self));
static void start_anew (XsApplication *self);

/* Looked at again while there is one: whoever stands before the kiosk goes away some time. */
#define SHOW_COURSE_INTERVAL_S 2

static gboolean
show_new_course (gpointer data)
{
  XsApplication *self = data;

  if (!self->course_is_new || self->quitting || self->opening || self->study == NULL
      || !xs_window_is_idle (self->window))
    return G_SOURCE_CONTINUE;
  self->course_is_new = FALSE;
  self->show_course_id = 0;
  stop_all (self, start_anew);
  return G_SOURCE_REMOVE;
}

static void
on_course_installed (const char *title, gpointer data)
{
  XsApplication *self = data;

  self->course_is_new = TRUE;
  if (self->show_course_id == 0)
    self->show_course_id = g_timeout_add_seconds (SHOW_COURSE_INTERVAL_S, show_new_course, self);
}

static void
follow_courses (XsApplication *self)
{
  const char *from_environment = g_getenv ("XUESHI_COURSE_DIR");
  g_autofree char *dir = dup_state_dir (self);

  /* Where a folder was named it is shown, whatever is installed. */
  if (self->options->course_dir == NULL && (from_environment == NULL || *from_environment == '\0'))
    self->course_feed = xs_course_feed_new (self->study, self->store, dir, on_course_installed, self);
}

static void
begin_study (XsApplication *self)
{
  const char *uri = xs_options_choose_camera (self->options, self->camera);

  self->study = xs_study_new (self->store, xs_clock_system (), uri, self->course);
  if (uri == NULL && self->camera != NULL)
    xs_study_set_camera (self->study, NULL, self->camera);
  xs_chosen_camera_follow (xs_study_get_camera (self->study), self->store);
  xs_window_set_study (self->window, self->study, self->store, self->sync);
  xs_sync_start (self->sync);
  xs_sync_follow_verdicts (self->sync);
  self->seat = xs_seat_new (self->study, self->store, xs_clock_system ());
  self->health = xs_health_feed_new (xs_window_get_ready_check (self->window), xs_study_get_camera (self->study),
                                     self->store, xs_clock_system (), &self->run);
  follow_courses (self);
}

static void
on_first_pass (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsApplication) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!xs_sync_pass_finish (XS_SYNC (source), result, &error))
    g_message ("First exchange with the platform: %s", error->message);
  if (!self->quitting)
    begin_study (self);
}

static void
on_paired (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsApplication) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean paired = xs_sync_pair_finish (XS_SYNC (source), result, &error);

  if (self->quitting)
    return;
  if (!paired)
    {
      show_failure (self, error);
      return;
    }
  xs_window_show_waiting (self->window, _ ("Getting the list of students…"));
  xs_sync_pass_async (self->sync, NULL, on_first_pass, g_object_ref (self));
}

static void
pair (XsApplication *self)
{
  const XsOptions *options = self->options;

  if (options->platform_url == NULL || options->pair_code == NULL)
    {
      xs_window_show_unpaired (self->window);
      return;
    }
  xs_window_show_waiting (self->window, _ ("Connecting to the school…"));
  xs_sync_pair_async (self->sync, options->platform_url, options->pair_code, NULL, on_paired, g_object_ref (self));
}

static gboolean
on_busy_over (gpointer user_data)
{
  XsApplication *self = user_data;

  self->busy_id = 0;
  try_opening (self);
  return G_SOURCE_REMOVE;
}

/* Staff paired it on the screen. */
static void
on_window_paired (XsApplication *self)
{
  if (self->study != NULL || self->quitting)
    return;
  xs_window_show_waiting (self->window, _ ("Getting the list of students…"));
  xs_sync_pass_async (self->sync, NULL, on_first_pass, g_object_ref (self));
}

static void
show_course_failure (XsApplication *self, const GError *error)
{
  XsAdvice advice = { _ ("The course cannot be shown"),
                      _ ("Staff: install it again, or remove it, with “xueshi course”. Below is what is wrong."),
                      "dialog-warning-symbolic" };

  show_advice (self, &advice, error);
}

/* A few bytes, at the end. */
static void
end_run (XsApplication *self)
{
  g_autofree char *dir = dup_state_dir (self);
  g_autoptr (GError) error = NULL;

  if (!xs_run_book_end (dir, &self->run, &error))
    g_message ("That this run ended is not noted: %s", error->message);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsApplication *self = XS_APPLICATION (source);
  Opening *opening = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  gboolean opened = g_task_propagate_boolean (G_TASK (result), &error);
  gboolean patient = g_get_monotonic_time () - self->opening_us < BUSY_PATIENCE_US;
  if (g_error_matches (error, XS_ERROR, XS_ERROR_BUSY) && patient && !self->quitting)
    {
      self->busy_id = g_timeout_add (BUSY_INTERVAL_MS, on_busy_over, self);
      return;
    }
  self->opening = FALSE;
  if (!opened)
    {
      if (self->quitting)
        return;
      if (opening->course_failed)
        show_course_failure (self, error);
      else
        show_failure (self, error);
      return;
    }
  self->run = opening->run;
  if (self->quitting)
    {
      end_run (self);
      return;
    }
  self->course = g_steal_pointer (&opening->course);
  g_free (self->camera);
  self->camera = g_steal_pointer (&opening->camera);
  self->store = xs_store_new (g_steal_pointer (&opening->journal));
  self->sync = xs_sync_new (self->store, xs_clock_system ());
  xs_window_set_staff (self->window, xs_staff_context_new (self->options, self->store, self->sync));
  if (opening->paired)
    begin_study (self);
  else
    pair (self);
}

static char *
dup_state_dir (XsApplication *self)
{
  return self->options->state_dir != NULL ? g_strdup (self->options->state_dir)
                                          : g_build_filename (g_get_user_state_dir (), "xueshi", NULL);
}

static void
try_opening (XsApplication *self)
{
  Opening *opening = g_new0 (Opening, 1);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_opened, NULL);

  opening->state_dir = dup_state_dir (self);
  opening->course_dir = g_strdup (self->options->course_dir);
  g_task_set_source_tag (task, try_opening);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  g_task_run_in_thread (task, open_in_thread);
}

static void
open_journal (XsApplication *self)
{
  self->opening = TRUE;
  self->opening_us = g_get_monotonic_time ();
  xs_window_show_waiting (self->window, _ ("The kiosk is getting ready…"));
  try_opening (self);
}

/* End: what the study still has to store is queued before what is queued here. */

static gboolean
store_nothing (XsJournal *journal, gpointer data, GError **error)
{
  return TRUE;
}

static void
drop_all (XsApplication *self)
{
  g_clear_handle_id (&self->show_course_id, g_source_remove);
  g_clear_pointer (&self->course_feed, xs_course_feed_free);
  g_clear_pointer (&self->health, xs_health_feed_free);
  g_clear_pointer (&self->seat, xs_seat_free);
  g_clear_object (&self->study);
  g_clear_object (&self->sync);
  g_clear_object (&self->store);
  g_clear_pointer (&self->course, xs_course_unref);
}

typedef struct {
  XsApplication *self;
  void (*then) (XsApplication *self);
} Stop;

static void
on_all_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Stop *stop = user_data;
  g_autoptr (XsApplication) self = stop->self;
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    g_message ("Ending: %s", error->message);
  else
    end_run (self);
  drop_all (self);
  stop->then (self);
}

static void
stop_all (XsApplication *self, void (*then) (XsApplication *self))
{
  /* First what somebody has studied: the others wait for threads, which may be within a request. */
  if (self->study != NULL)
    xs_study_shut_down (self->study);
  g_clear_pointer (&self->course_feed, xs_course_feed_free);
  g_clear_pointer (&self->health, xs_health_feed_free);
  if (self->sync != NULL)
    xs_sync_stop (self->sync);
  if (self->store == NULL)
    {
      then (self);
      return;
    }
  Stop *stop = g_new (Stop, 1);
  *stop = (Stop){ g_object_ref (self), then };
  xs_store_submit (self->store, store_nothing, NULL, NULL, on_all_stored, stop);
}

static void
leave (XsApplication *self)
{
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  g_application_quit (G_APPLICATION (self));
}

void
xs_application_end (XsApplication *self, XsEnding ending)
{
  if (self->quitting)
    return;
  self->quitting = TRUE;
  self->ending = ending;
  stop_all (self, leave);
}

XsEnding
xs_application_get_ending (XsApplication *self)
{
  return self->ending;
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  xs_application_end (user_data, XS_ENDING_CLOSED);
}

static gboolean
on_unix_signal (gpointer user_data)
{
  xs_application_end (user_data, XS_ENDING_CLOSED);
  return G_SOURCE_CONTINUE;
}

/* The window */

static void
on_retry (XsApplication *self)
{
  if (!self->opening && !self->quitting)
    stop_all (self, start_anew);
}

static void
start_anew (XsApplication *self)
{
  XsWindow *old = self->window;
  XsKioskPlace place = self->options->windowed             ? XS_KIOSK_PLACE_WINDOW
                       : self->options->sticks_dir != NULL ? XS_KIOSK_PLACE_SESSION
                                                           : XS_KIOSK_PLACE_DESKTOP;

  self->window = xs_window_new (GTK_APPLICATION (self), place);
  g_signal_connect_object (self->window, "retry", G_CALLBACK (on_retry), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->window, "paired", G_CALLBACK (on_window_paired), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self->window));
  /* A desktop would lock itself between two students; a locked session only darkens the screen. */
  if (self->inhibit_cookie == 0 && self->options->sticks_dir == NULL)
    self->inhibit_cookie = gtk_application_inhibit (GTK_APPLICATION (self), GTK_WINDOW (self->window),
                                                    GTK_APPLICATION_INHIBIT_IDLE, _ ("Lessons are watched here"));
  if (old != NULL)
    gtk_window_destroy (GTK_WINDOW (old));
  open_journal (self);
}

static void
xs_application_activate (GApplication *application)
{
  XsApplication *self = XS_APPLICATION (application);

  if (self->window == NULL)
    start_anew (self);
}

static void
xs_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = { { "quit", on_quit } };
  static const char *const keys[] = { XS_KIOSK_MODE_STAFF_KEYS, NULL };
  XsApplication *self = XS_APPLICATION (application);

  G_APPLICATION_CLASS (xs_application_parent_class)->startup (application);
  /* What an application has for actions anybody on the session's bus can activate. */
  if (self->options->windowed)
    g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), self->options->windowed ? "app.quit" : "win.staff",
                                         keys);
  xs_focus_ring_keep ();
  xs_look_set_up (self->options->dark);
  self->signal_ids[0] = g_unix_signal_add (SIGTERM, on_unix_signal, self);
  self->signal_ids[1] = g_unix_signal_add (SIGINT, on_unix_signal, self);
}

static void
xs_application_shutdown (GApplication *application)
{
  XsApplication *self = XS_APPLICATION (application);

  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  g_clear_handle_id (&self->busy_id, g_source_remove);
  drop_all (self);
  g_clear_pointer (&self->camera, g_free);
  G_APPLICATION_CLASS (xs_application_parent_class)->shutdown (application);
}

static void
xs_application_class_init (XsApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = xs_application_activate;
  application_class->startup = xs_application_startup;
  application_class->shutdown = xs_application_shutdown;
}

static void
xs_application_init (XsApplication *self)
{
}

XsApplication *
xs_application_new (const XsOptions *options)
{
  /* The journal's lock sees to it that there is one kiosk for each journal. */
  XsApplication *self = g_object_new (XS_TYPE_APPLICATION, "application-id", XS_APP_ID, "flags",
                                      G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/xueshi/Kiosk", NULL);

  self->options = options;
  return self;
}
