/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "xs-error.h"
#include "xs-study-private.h"

#define TICK_MS 250
#define CHANGED_MS 100
/* How long it is confirmed that the head was turned. */
#define TURNED_SHOWN_US (2 * G_USEC_PER_SEC)
#define TELL_RECOVERY_US (7 * 24 * 3600 * (gint64) G_USEC_PER_SEC)
#define OVERDUE_INTERVAL_US (60 * G_USEC_PER_SEC)

enum {
  PROP_0,
  PROP_PHASE,
  N_PROPS,
};

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsStudy, xs_study, G_TYPE_OBJECT)

static gboolean
emit_changed (gpointer data)
{
  XsStudy *self = data;

  self->changed_id = 0;
  self->changed_us = xs_clock_monotonic_us (self->clock);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
tell_in (XsStudy *self, guint delay_ms)
{
  g_clear_handle_id (&self->changed_id, g_source_remove);
  self->changed_id = g_timeout_add (delay_ms, emit_changed, self);
}

void
xs_study_queue_changed (XsStudy *self)
{
  gint64 since_ms = (xs_clock_monotonic_us (self->clock) - self->changed_us) / 1000;

  if (self->changed_id == 0)
    tell_in (self, (guint) CLAMP (CHANGED_MS - since_ms, 0, CHANGED_MS));
}

void
xs_study_tell_now (XsStudy *self)
{
  tell_in (self, 0);
}

void
xs_study_tell_later (XsStudy *self)
{
  tell_in (self, CHANGED_MS);
}

/* While nobody signs in it is the ready check that looks: whoever sits there has agreed to nothing. */
static void
choose_look (XsStudy *self)
{
  if (self->worker != NULL)
    xs_vision_worker_set_look (self->worker, self->session != NULL ? xs_study_session_wanted_look (self->session)
                                             : self->phase == XS_STUDY_READY ? XS_LOOK_LIGHT
                                                                             : XS_LOOK_QUICK);
}

void
xs_study_set_phase (XsStudy *self, XsStudyPhase phase)
{
  if (self->phase == phase)
    return;
  self->phase = phase;
  choose_look (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PHASE]);
  xs_study_tell_now (self);
}

void
xs_study_set_error (XsStudy *self, const char *message)
{
  if (g_strcmp0 (self->error_message, message) == 0)
    return;
  g_free (self->error_message);
  self->error_message = g_strdup (message);
  xs_study_queue_changed (self);
}

static void
fail (XsStudy *self, const char *message)
{
  xs_study_set_error (self, message);
  xs_study_set_phase (self, XS_STUDY_FAILED);
}

static void
become_ready (XsStudy *self)
{
  if (self->phase == XS_STUDY_LOADING && self->worker != NULL && self->recovered)
    xs_study_set_phase (self, XS_STUDY_READY);
}

static void
on_observation (XsVisionWorker *worker, XsFrame *frame, const XsObservation *observation, const GError *error,
                gpointer user_data)
{
  XsStudy *self = user_data;

  if (observation == NULL)
    {
      g_warning ("Vision: %s", error->message);
      return;
    }
  self->observation = *observation;
  if (self->phase == XS_STUDY_IDENTIFYING && self->sign_in_guidance != NULL)
    xs_study_sign_in_frame (self, frame, observation);
  else if (self->session != NULL)
    xs_study_session_frame (self, frame, observation);
  choose_look (self);
  xs_study_queue_changed (self);
}

static void
on_camera_frame (XsFrame *frame, gpointer user_data)
{
  XsStudy *self = user_data;

  if (self->scan != NULL)
    xs_card_scan_frame (self->scan, frame);
  else
    xs_vision_worker_push (self->worker, frame);
}

gboolean
xs_study_stop_when_damaged (XsStudy *self)
{
  if (!xs_store_is_damaged (self->store))
    return FALSE;
  fail (self, _ ("The records of this PC are damaged. Restart the kiosk: it will then use the newest good copy."));
  return TRUE;
}

void
xs_study_sign_out (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  xs_study_begin_sign_out (self, XS_SIGN_OUT_BY_LEARNER);
}

void
xs_study_dismiss_summary (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->phase != XS_STUDY_SUMMARY)
    return;
  xs_study_show_forget (self);
  xs_study_set_phase (self, XS_STUDY_READY);
}

/* What screens read */

static gboolean
turned_just_now (XsStudy *self)
{
  gint64 turned_us = self->turned_us;

  if (self->session != NULL)
    turned_us = MAX (turned_us, xs_study_session_get_turned_us (self->session));
  return turned_us > xs_clock_monotonic_us (self->clock) - TURNED_SHOWN_US;
}

static void
fill_attention (XsStudy *self, XsStudyStatus *status)
{
  const XsAttention *attention = xs_study_session_get_attention (self->session);

  status->attention.state = xs_attention_get_state (attention);
  status->attention.wrong = xs_attention_is_wrong (attention);
  status->attention.number = xs_attention_get_number (attention);
  status->attention.left_us = xs_attention_get_left_us (attention, xs_clock_monotonic_us (self->clock));
  memcpy (status->attention.choices, xs_attention_get_choices (attention), sizeof status->attention.choices);
}

void
xs_study_get_status (XsStudy *self, XsStudyStatus *status)
{
  g_return_if_fail (XS_IS_STUDY (self));

  const XsObservation *seen = &self->observation;
  *status = (XsStudyStatus){
    .phase = self->phase,
    .error_message = self->error_message,
    .learner = self->learner.stunum[0] != '\0' ? &self->learner : NULL,
    .stunum = self->stunum[0] != '\0' ? self->stunum : NULL,
    .admitted_by = self->admitted_by[0] != '\0' ? self->admitted_by : NULL,
    .tries_left = xs_study_check_face_tries_left (self),
    .face_check_left_us = xs_study_check_face_left_us (self),
    .pause = XS_PAUSE_STARTING,
    .today_us = self->today_us,
    .total_us = self->total_us,
    .daily_cap_us = self->policy.daily_cap_s * G_USEC_PER_SEC,
    .n_photos = self->segment != NULL ? xs_open_segment_get_n_photos (self->segment) : 0,
    .lesson = self->lesson,
    .ladder = { .sign_out_us = G_MAXINT64 },
    .own_pause = self->paused_by_learner,
    .sign_out_reason = self->sign_out_reason,
    .turned = turned_just_now (self),
    .camera_refused = xs_camera_get_refused (self->camera) != XS_CAMERA_KIND_REAL,
    .has_face = seen->n_faces > 0,
  };
  if (seen->n_faces > 0)
    {
      const XsFaceBox *box = &seen->faces[0];
      status->face.width = box->width_px / seen->width_px;
      status->face.height = box->height_px / seen->height_px;
      status->face.x = 1 - box->x_px / seen->width_px - status->face.width; /* the preview is a mirror */
      status->face.y = box->y_px / seen->height_px;
    }
  if (self->session != NULL)
    {
      const XsHourCounter *counter = xs_study_session_get_counter (self->session);
      status->guidance = xs_study_session_get_guidance (self->session);
      status->presence = xs_study_session_get_presence (self->session);
      status->pause = xs_study_session_get_pause (self->session);
      if (status->pause == XS_PAUSE_LESSON_PAUSED && !self->paused_by_learner)
        status->pause = XS_PAUSE_STARTING; /* a lesson that is about to go on is not for the learner to continue */
      status->credited_us = xs_hour_counter_credited_us (counter);
      status->today_us = xs_hour_counter_today_us (counter);
      status->total_us = self->total_us + status->credited_us;
      status->photo_waiting = xs_study_session_wants_photo (self->session);
      status->ladder = xs_ladder_judge (self->session, &self->policy, xs_clock_monotonic_us (self->clock));
      xs_study_outlook_fill_status (self, status);
      fill_attention (self, status);
    }
  else if (self->sign_in_guidance != NULL)
    {
      status->presence = xs_presence_judge (seen, &self->policy);
      status->guidance = self->sign_in_code;
    }
}

const XsStudySummary *
xs_study_get_summary (XsStudy *self)
{
  return &self->summary;
}

GArray *
xs_study_get_outcomes (XsStudy *self)
{
  GArray *outcomes = g_array_new (FALSE, FALSE, sizeof (XsLogOutcome));

  for (guint i = 0; i < self->closes->len; i++)
    {
      const XsStep *step = g_ptr_array_index (self->closes, i);
      XsLogOutcome outcome = { &step->log, step->audit };
      if (xs_step_is_done (step) && step->audit != NULL)
        g_array_append_val (outcomes, outcome);
    }
  return outcomes;
}

XsCourse *
xs_study_get_course (XsStudy *self)
{
  return self->course;
}

XsCamera *
xs_study_get_camera (XsStudy *self)
{
  return self->camera;
}

XsLessonPlayer *
xs_study_get_player (XsStudy *self)
{
  return self->player;
}

GArray *
xs_study_take_interrupted (XsStudy *self)
{
  return self->interrupted != NULL && self->interrupted->len > 0 ? g_steal_pointer (&self->interrupted) : NULL;
}

/* Life */

/* On the screen at every start for a while: whoever starts it in the morning need not be who can do something. */
static void
tell_recovery (XsStudy *self, const XsRecovery *recovery)
{
  if (recovery->wall_us == 0 || xs_clock_wall_us (self->clock) - recovery->wall_us > TELL_RECOVERY_US)
    return;
  if (g_str_equal (recovery->source, "anew"))
    xs_study_set_error (self, _ ("The records of this PC were damaged and could not be restored. Please tell the "
                                 "staff: what was damaged has been kept."));
  else
    xs_study_set_error (self, _ ("The records of this PC were damaged and have been restored. Please tell the staff: "
                                 "the newest may be missing."));
}

static void
on_recovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStudy) self = user_data;
  g_autoptr (GError) error = NULL;

  self->recovered = xs_store_finish (XS_STORE (source), result, &error);
  if (self->recovered)
    {
      XsRecoverJob *job = xs_store_get_data (result);
      tell_recovery (self, &job->recovery);
      if (job->resumable[0] != '\0')
        self->resumable = g_strdup (job->resumable);
      become_ready (self);
    }
  else
    fail (self, error->message);
}

static void
load_models (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  XsVision *vision = xs_vision_new (NULL, &error);

  if (vision != NULL)
    g_task_return_pointer (task, vision, (GDestroyNotify) xs_vision_free);
  else
    g_task_return_error (task, error);
}

static void
on_models_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsStudy *self = XS_STUDY (source);
  g_autoptr (GError) error = NULL;
  XsVision *vision = g_task_propagate_pointer (G_TASK (result), &error);

  if (vision == NULL)
    {
      fail (self, error->message);
      return;
    }
  self->worker = xs_vision_worker_new (vision, on_observation, self);
  become_ready (self);
}

static void
on_overdue_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (XS_STORE (source), result, &error))
    g_message ("%s", error->message);
}

/* Of sessions that were cut off and not made up in time the logs are sent all the same. */
static void
close_overdue (XsStudy *self)
{
  gint64 now_us = xs_clock_monotonic_us (self->clock);

  if (now_us - self->overdue_us < OVERDUE_INTERVAL_US)
    return;
  self->overdue_us = now_us;
  xs_store_submit (self->store, xs_overdue_job_run, NULL, NULL, on_overdue_closed, NULL);
}

static gboolean
on_tick (gpointer data)
{
  XsStudy *self = data;

  if (self->session != NULL)
    xs_study_session_tick (self);
  else if (xs_study_phase_is_sign_in (self->phase))
    xs_study_sign_in_tick (self);
  else if (self->phase == XS_STUDY_READY && !xs_study_stop_when_damaged (self))
    close_overdue (self);
  return G_SOURCE_CONTINUE;
}

/* A lost camera stops the counter at once, not at the next tick: 3 s are all there is to notice it. */
static void
on_camera_state (XsStudy *self)
{
  if (self->session != NULL && xs_camera_get_state (self->camera) == XS_CAMERA_LOST)
    xs_study_session_tick (self);
}

XsStudy *
xs_study_new (XsStore *store, XsClock *clock, const char *camera_uri, XsCourse *course)
{
  XsStudy *self = g_object_new (XS_TYPE_STUDY, NULL);

  self->store = g_object_ref (store);
  self->clock = xs_clock_ref (clock);
  self->course = xs_course_ref (course);
  self->camera = xs_camera_new (camera_uri, XS_ANALYSIS_FPS, on_camera_frame, self);
  g_signal_connect_object (self->camera, "notify::state", G_CALLBACK (on_camera_state), self, G_CONNECT_SWAPPED);
  xs_store_submit (store, xs_recover_job_run, g_new0 (XsRecoverJob, 1), xs_recover_job_free, on_recovered,
                   g_object_ref (self));

  g_autoptr (GTask) task = g_task_new (self, NULL, on_models_loaded, NULL);
  g_task_set_source_tag (task, xs_study_new);
  g_task_run_in_thread (task, load_models);
  self->tick_id = g_timeout_add (TICK_MS, on_tick, self);
  return self;
}

static void
stop (XsStudy *self)
{
  g_clear_handle_id (&self->volume_id, g_source_remove);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  if (self->camera != NULL)
    xs_camera_stop (self->camera);
  if (self->player != NULL)
    xs_lesson_player_stop (self->player);
  xs_study_clear_session (self);
  xs_study_show_forget (self);
}

void
xs_study_shut_down (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->session != NULL)
    xs_study_interrupt (self);
  stop (self);
  xs_study_set_phase (self, XS_STUDY_FAILED);
}

static void
xs_study_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  XsStudy *self = XS_STUDY (object);

  switch (prop_id)
    {
    case PROP_PHASE:
      g_value_set_int (value, self->phase);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
xs_study_dispose (GObject *object)
{
  XsStudy *self = XS_STUDY (object);

  stop (self);
  g_clear_handle_id (&self->changed_id, g_source_remove);
  g_clear_object (&self->camera);
  g_clear_object (&self->worker);
  g_clear_object (&self->player);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (xs_study_parent_class)->dispose (object);
}

static void
xs_study_finalize (GObject *object)
{
  XsStudy *self = XS_STUDY (object);

  g_free (self->error_message);
  g_free (self->obstacle);
  g_free (self->resumable);
  g_ptr_array_unref (self->closes);
  xs_teaching_log_clear (&self->log);
  xs_audit_facts_clear (&self->facts);
  xs_clock_unref (self->clock);
  xs_course_unref (self->course);
  G_OBJECT_CLASS (xs_study_parent_class)->finalize (object);
}

static void
xs_study_class_init (XsStudyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = xs_study_get_property;
  object_class->dispose = xs_study_dispose;
  object_class->finalize = xs_study_finalize;

  props[PROP_PHASE] = g_param_spec_int ("phase", NULL, NULL, XS_STUDY_LOADING, XS_STUDY_FAILED, XS_STUDY_LOADING,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", XS_TYPE_STUDY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
on_player_state (XsStudy *self)
{
  if (self->session != NULL)
    xs_study_lesson_changed (self);
  xs_study_queue_changed (self);
}

static void
xs_study_init (XsStudy *self)
{
  self->lesson = self->last_lesson = -1;
  self->told_playback = -1;
  self->turned_us = G_MININT64;
  self->closes = g_ptr_array_new_with_free_func ((GDestroyNotify) xs_step_unref);
  xs_teaching_log_init (&self->log);
  xs_audit_facts_init (&self->facts);
  self->player = xs_lesson_player_new ();
  self->volume = 1;
  g_signal_connect_object (self->player, "notify::state", G_CALLBACK (on_player_state), self, G_CONNECT_SWAPPED);
  xs_observation_init (&self->observation, 0, 1, 1);
}
