/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "xs-error.h"
#include "xs-study-private.h"

/* The face must be seen well this many times in a row before somebody is let in: 0.6 s. */
#define GOOD_FRAMES_TO_SIGN_IN (XS_ANALYSIS_FPS * 6 / 10)
/* So long advice that a photo would profit from comes first; then it is enough to be the registered person. */
#define ADVICE_PATIENCE_US (10 * G_USEC_PER_SEC)
#define SIGN_IN_TIMEOUT_US (60 * G_USEC_PER_SEC)

static void
refuse_sign_in (XsStudy *self, const char *message)
{
  xs_camera_stop (self->camera);
  xs_study_clear_session (self);
  xs_study_set_error (self, message);
  xs_study_set_phase (self, XS_STUDY_READY);
}

static gboolean
is_seen_well (XsStudy *self, const XsObservation *observation)
{
  gboolean patience_ended = observation->time_us - self->identifying_us > ADVICE_PATIENCE_US;

  return xs_presence_judge (observation, &self->policy) == XS_PRESENCE_PRESENT
         && (self->sign_in_code == XS_GUIDANCE_NONE || (patience_ended && self->turn_check == NULL));
}

static void
identify (XsStudy *self, XsFrame *frame, const XsObservation *observation)
{
  if (self->turn_check != NULL && xs_turn_check_feed (self->turn_check, observation))
    {
      g_clear_pointer (&self->turn_check, xs_turn_check_free);
      xs_guidance_ask (self->sign_in_guidance, XS_GUIDANCE_NONE);
      self->turn_check_wanted = FALSE;
      self->turned_us = observation->time_us;
    }
  self->sign_in_code = xs_guidance_feed (self->sign_in_guidance, observation);
  self->n_good = is_seen_well (self, observation) ? self->n_good + 1 : 0;
  if (self->n_good < GOOD_FRAMES_TO_SIGN_IN)
    return;
  if (!self->turn_check_wanted)
    xs_study_begin_session (self, frame, observation);
  else if (self->turn_check == NULL)
    {
      self->turn_check = xs_turn_check_new (&self->policy, g_random_boolean ());
      xs_guidance_ask (self->sign_in_guidance, xs_turn_check_get_code (self->turn_check));
    }
}

/* (transfer full) (nullable): why there is no picture. */
static char *
camera_message (XsStudy *self)
{
  if (xs_camera_get_state (self->camera) != XS_CAMERA_LOST)
    return NULL;
  switch (xs_camera_get_refused (self->camera))
    {
    case XS_CAMERA_KIND_VIRTUAL:
      return g_strdup_printf (_ ("The only camera is a virtual one (%s). Connect a real camera."),
                              xs_camera_get_name (self->camera));
    case XS_CAMERA_KIND_INFRARED:
      return g_strdup_printf (_ ("The only camera is an infrared one (%s). Connect another camera."),
                              xs_camera_get_name (self->camera));
    case XS_CAMERA_KIND_REAL:
    default:
      return g_strdup (xs_camera_get_error_message (self->camera));
    }
}

static void
check_sign_in_time (XsStudy *self)
{
  XsPresence presence = xs_presence_judge (&self->observation, &self->policy);

  if (self->sign_in_guidance == NULL
      || xs_clock_monotonic_us (self->clock) - self->identifying_us <= SIGN_IN_TIMEOUT_US)
    return;
  if (xs_camera_get_refused (self->camera) != XS_CAMERA_KIND_REAL)
    {
      g_autofree char *message = camera_message (self);
      refuse_sign_in (self, message);
    }
  else if (presence == XS_PRESENCE_OTHER_PERSON)
    refuse_sign_in (self, _ ("Your face does not match the registered photo. Please ask your coach."));
  else if (self->turn_check != NULL)
    refuse_sign_in (self, _ ("You did not turn your head in time. Try again, or ask your coach if you cannot."));
  else
    refuse_sign_in (self, _ ("Your face could not be checked in time. Please try again."));
}

void
xs_study_sign_in_frame (XsStudy *self, XsFrame *frame, const XsObservation *observation)
{
  /* A frame from before this attempt may show the person who sat here last. */
  if (observation->time_us > self->identifying_us)
    identify (self, frame, observation);
}

void
xs_study_sign_in_tick (XsStudy *self)
{
  if (xs_store_is_damaged (self->store))
    {
      refuse_sign_in (self, NULL);
      return;
    }
  g_autofree char *message = camera_message (self);
  xs_study_set_error (self, message);
  check_sign_in_time (self);
}

static void
start_identifying (XsStudy *self, const XsTemplate *reference)
{
  xs_vision_worker_set_reference (self->worker, reference);
  self->sign_in_guidance = xs_guidance_new (&self->policy);
  self->identifying_us = xs_clock_monotonic_us (self->clock);
  self->n_good = 0;
  self->turn_check_wanted = self->policy.active_check_sign_in;
  self->turned_us = G_MININT64;
  xs_camera_set_virtual_allowed (self->camera, self->policy.virtual_camera_allowed);
  xs_camera_start (self->camera);
}

typedef struct {
  XsStudy *study;
  guint attempt;
} Answer;

static Answer *
answer_new (XsStudy *self)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->study = g_object_ref (self);
  answer->attempt = self->attempt;
  return answer;
}

static void
answer_free (Answer *answer)
{
  g_object_unref (answer->study);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static gboolean
answer_is_stale (const Answer *answer)
{
  return answer->attempt != answer->study->attempt || answer->study->phase != XS_STUDY_IDENTIFYING;
}

static void
on_template_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (XS_STORE (source), result, &error))
    g_message ("The template was not stored: %s", error->message);
}

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  XsStudy *self = answer->study;
  g_autoptr (GError) error = NULL;
  XsTemplate reference;
  gboolean enrolled = xs_vision_worker_enrol_finish (XS_VISION_WORKER (source), result, &reference, &error);

  if (answer_is_stale (answer))
    return;
  if (!enrolled)
    {
      g_message ("Registration photo of %s: %s", self->learner.stunum, error->message);
      refuse_sign_in (self, _ ("Your registration photo cannot be used. Please ask your coach for a new one."));
      return;
    }
  XsTemplateJob *job = g_new0 (XsTemplateJob, 1);
  g_strlcpy (job->stunum, self->learner.stunum, sizeof job->stunum);
  job->reference = reference;
  xs_store_submit (self->store, xs_template_job_run, job, g_free, on_template_stored, NULL);
  start_identifying (self, &reference);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  XsStudy *self = answer->study;
  g_autoptr (GError) error = NULL;
  XsSignInJob *job = xs_store_get_data (result);

  gboolean found = xs_store_finish (XS_STORE (source), result, &error);
  if (answer_is_stale (answer))
    return;
  if (!found)
    {
      gboolean for_people = g_error_matches (error, XS_ERROR, XS_ERROR_REJECTED);
      if (!for_people)
        g_message ("Sign-in: %s", error->message);
      refuse_sign_in (self,
                      for_people ? error->message : _ ("This PC cannot read its records. Please tell the staff."));
      return;
    }
  self->left_open = FALSE;
  self->learner = job->learner;
  self->policy = job->policy;
  if (self->learner.no_turning)
    {
      self->policy.active_check_sign_in = FALSE;
      self->policy.active_check_interval_s = 0;
    }
  self->today_us = job->today_us;
  self->total_us = job->total_us;
  self->positions = g_array_ref (job->positions);
  self->last_lesson = job->last_lesson;
  self->quiz_results = g_array_ref (job->quiz_results);
  self->subtitles = job->subtitles;
  self->subtitle_size = job->subtitle_size;
  self->volume = job->volume;
  xs_lesson_player_set_volume (self->player, self->volume);

  if (job->has_reference)
    {
      start_identifying (self, &job->reference);
      return;
    }
  if (job->photo == NULL)
    refuse_sign_in (self, _ ("Your registration photo cannot be used. Please ask your coach for a new one."));
  else
    xs_vision_worker_enrol_async (self->worker, job->photo, NULL, on_enrolled, answer_new (self));
}

void
xs_study_sign_in (XsStudy *self, const char *stunum)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->phase != XS_STUDY_READY || xs_study_stop_when_damaged (self))
    return;
  if (!xs_number_is_valid (stunum, XS_UNIFIED_DIGITS))
    {
      xs_study_set_error (self, _ ("A student number has 16 digits."));
      return;
    }
  if (self->obstacle != NULL)
    {
      xs_study_set_error (self, self->obstacle);
      return;
    }
  xs_study_clear_session (self);
  g_ptr_array_set_size (self->closes, 0);
  xs_study_show_forget (self);
  xs_study_set_error (self, NULL);
  self->attempt++;
  xs_study_set_phase (self, XS_STUDY_IDENTIFYING);
  XsSignInJob *job = xs_sign_in_job_new (stunum, self->course, xs_clock_wall_us (self->clock));
  job->recover = self->left_open;
  xs_store_submit (self->store, xs_sign_in_job_run, job, xs_sign_in_job_free, on_looked_up, answer_new (self));
}

void
xs_study_cancel_sign_in (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->phase == XS_STUDY_IDENTIFYING)
    refuse_sign_in (self, NULL);
}
