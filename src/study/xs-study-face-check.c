/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "xs-error.h"
#include "xs-study-private.h"

/* The face must be seen well this many times in a row before somebody is let in: 0.6 s. */
#define GOOD_FRAMES_TO_SIGN_IN (XS_ANALYSIS_FPS * 6 / 10)
/* So long advice that a photo would profit from comes first; then it is enough to be the registered person. */
#define ADVICE_PATIENCE_US (10 * G_USEC_PER_SEC)
/* Who is plainly somebody else for so long is not kept waiting for the end of the time. */
#define OTHER_PERSON_PATIENCE_US (8 * G_USEC_PER_SEC)

/* Before a coach lets somebody in there is nobody to compare with: then any one living face will do. */
static XsPresence
judge_presence (XsStudy *self, const XsObservation *observation)
{
  XsObservation seen = *observation;

  if (self->admitting)
    seen.match = 1;
  return xs_presence_judge (&seen, &self->policy);
}

static gboolean
is_seen_well (XsStudy *self, const XsObservation *observation)
{
  gboolean patience_ended = observation->time_us - self->identifying_us > ADVICE_PATIENCE_US;

  return judge_presence (self, observation) == XS_PRESENCE_PRESENT
         && (self->sign_in_code == XS_GUIDANCE_NONE || (patience_ended && self->turn_check == NULL));
}

static void
begin_looking (XsStudy *self, const XsTemplate *reference)
{
  xs_vision_worker_set_reference (self->worker, reference);
  g_clear_pointer (&self->sign_in_guidance, xs_guidance_free);
  self->sign_in_guidance = xs_guidance_new (&self->policy);
  self->sign_in_code = XS_GUIDANCE_NONE;
  self->n_good = 0;
  self->other_us = G_MAXINT64;
}

static void
on_admitted_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsAttempt) attempt = user_data;
  XsStudy *self = attempt->study;
  g_autoptr (GError) error = NULL;
  XsTemplate reference;
  gboolean enrolled = xs_vision_worker_enrol_finish (XS_VISION_WORKER (source), result, &reference, &error);

  if (xs_attempt_is_stale (attempt, XS_STUDY_IDENTIFYING))
    return;
  self->enrolling = FALSE;
  if (!enrolled)
    {
      g_message ("The face that was let in: %s", error->message);
      return;
    }
  self->admitting = FALSE;
  self->looking_us = xs_clock_monotonic_us (self->clock);
  begin_looking (self, &reference);
}

static void
ask_to_turn (XsStudy *self)
{
  self->turn_check = xs_turn_check_new (&self->policy, g_random_boolean ());
  xs_guidance_ask (self->sign_in_guidance, xs_turn_check_get_code (self->turn_check));
}

static void
seen_well (XsStudy *self, XsFrame *frame, const XsObservation *observation)
{
  if (self->admitting)
    {
      self->enrolling = TRUE;
      self->n_good = 0;
      xs_vision_worker_enrol_async (self->worker, frame, NULL, on_admitted_enrolled, xs_attempt_new (self));
    }
  else if (!self->turn_check_wanted)
    {
      self->n_failed = 0;
      xs_study_begin_session (self, frame, observation);
    }
  else if (self->turn_check == NULL)
    ask_to_turn (self);
}

void
xs_study_sign_in_frame (XsStudy *self, XsFrame *frame, const XsObservation *observation)
{
  /* A frame from before this attempt may show the person who sat here last. */
  if (observation->time_us <= self->looking_us || self->enrolling)
    return;
  if (self->turn_check != NULL && xs_turn_check_feed (self->turn_check, observation))
    {
      g_clear_pointer (&self->turn_check, xs_turn_check_free);
      xs_guidance_ask (self->sign_in_guidance, XS_GUIDANCE_NONE);
      self->turn_check_wanted = FALSE;
      self->turned_us = observation->time_us;
    }
  self->sign_in_code = xs_guidance_feed (self->sign_in_guidance, observation);
  if (judge_presence (self, observation) != XS_PRESENCE_OTHER_PERSON)
    self->other_us = G_MAXINT64;
  else if (self->other_us == G_MAXINT64)
    self->other_us = observation->time_us;
  self->n_good = is_seen_well (self, observation) ? self->n_good + 1 : 0;
  if (self->n_good >= GOOD_FRAMES_TO_SIGN_IN)
    seen_well (self, frame, observation);
}

/* Failing, again and again */

static gboolean
is_admission (XsStudy *self)
{
  return self->admitted_by[0] != '\0';
}

static void
fail_check (XsStudy *self, const char *message)
{
  xs_camera_stop (self->camera);
  g_clear_pointer (&self->sign_in_guidance, xs_guidance_free);
  g_clear_pointer (&self->turn_check, xs_turn_check_free);
  xs_vision_worker_set_reference (self->worker, NULL);
  xs_observation_init (&self->observation, 0, 1, 1);
  self->attempt++;
  self->admitting = self->enrolling = FALSE;
  self->admitted_by[0] = '\0';
  self->n_failed++;
  self->identifying_us = xs_clock_monotonic_us (self->clock);
  xs_study_set_error (self, message);
  xs_study_set_phase (self, XS_STUDY_NOT_IDENTIFIED);
}

static gint64
time_limit_us (XsStudy *self)
{
  return self->policy.sign_in_s * G_USEC_PER_SEC;
}

void
xs_study_check_face_tick (XsStudy *self)
{
  gint64 now_us = xs_clock_monotonic_us (self->clock);

  if (self->sign_in_guidance == NULL)
    return;
  g_autofree char *message = xs_study_camera_message (self);
  xs_study_set_error (self, message);
  gboolean is_other = self->other_us != G_MAXINT64;
  gboolean is_over = now_us - self->identifying_us > time_limit_us (self);
  if (is_other && (is_over || now_us - self->other_us > OTHER_PERSON_PATIENCE_US))
    fail_check (self, is_admission (self) ? _ ("Somebody else came before the camera than the person who was let in.")
                                          : _ ("The face does not match the registered photo."));
  else if (!is_over)
    return;
  else if (message != NULL)
    xs_study_refuse_sign_in (self, message);
  else if (self->turn_check != NULL)
    fail_check (self, _ ("You did not turn your head in time."));
  else
    fail_check (self, _ ("Your face could not be checked in time."));
}

gint64
xs_study_check_face_left_us (XsStudy *self)
{
  if (self->phase != XS_STUDY_IDENTIFYING || self->sign_in_guidance == NULL)
    return 0;
  return MAX (time_limit_us (self) - (xs_clock_monotonic_us (self->clock) - self->identifying_us), 0);
}

guint
xs_study_check_face_tries_left (XsStudy *self)
{
  return (guint) MAX (self->policy.sign_in_tries - (gint64) self->n_failed, 0);
}

void
xs_study_check_face (XsStudy *self)
{
  gboolean is_known = !is_admission (self);

  xs_study_set_error (self, NULL);
  self->admitting = !is_known;
  self->enrolling = FALSE;
  self->looking_us = self->identifying_us = xs_clock_monotonic_us (self->clock);
  /* A coach who stands there sees that it is a person. */
  self->turn_check_wanted = is_known && self->policy.active_check_sign_in;
  self->turned_us = G_MININT64;
  begin_looking (self, is_known ? &self->reference : NULL);
  xs_camera_set_virtual_allowed (self->camera, self->policy.virtual_camera_allowed);
  xs_camera_start (self->camera);
  xs_study_set_phase (self, XS_STUDY_IDENTIFYING);
}

void
xs_study_try_again (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->phase == XS_STUDY_NOT_IDENTIFIED && xs_study_check_face_tries_left (self) > 0)
    xs_study_check_face (self);
}

/* The coach */

static void
on_password_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsAttempt) attempt = user_data;
  XsStudy *self = attempt->study;
  g_autoptr (GError) error = NULL;
  XsAdmissionJob *job = xs_store_get_data (result);
  gboolean done = xs_store_finish (XS_STORE (source), result, &error);

  if (xs_attempt_is_stale (attempt, XS_STUDY_NOT_IDENTIFIED))
    return;
  self->identifying_us = xs_clock_monotonic_us (self->clock);
  if (!done)
    {
      g_message ("Staff password: %s", error->message);
      xs_study_set_error (self, g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND)
                                  ? _ ("No staff password has been set on this PC. Set one on the staff page first.")
                                  : _ ("This PC cannot read its records. Please tell the staff."));
    }
  else if (job->is_right)
    {
      g_strlcpy (self->admitted_by, job->admitted_by, sizeof self->admitted_by);
      g_message ("%s is let in by %s", self->learner.stunum, self->admitted_by);
      xs_study_check_face (self);
    }
  else if (job->wait_s > 0)
    {
      g_autofree char *message =
        g_strdup_printf (_ ("The staff password was wrong too often. Wait %d s, then try again."), (int) job->wait_s);
      xs_study_set_error (self, message);
    }
  else
    xs_study_set_error (self, _ ("The staff password is wrong."));
}

void
xs_study_admit (XsStudy *self, const char *coach, const char *password)
{
  g_return_if_fail (XS_IS_STUDY (self));

  g_autofree char *who = g_strstrip (g_strdup (coach));
  if (self->phase != XS_STUDY_NOT_IDENTIFIED || xs_study_check_face_tries_left (self) > 0)
    return;
  self->identifying_us = xs_clock_monotonic_us (self->clock);
  if (who[0] == '\0' || strlen (who) > XS_ADMITTED_BY_MAX)
    {
      xs_study_set_error (self,
                          _ ("Coach: type your name or number, so that the school knows who let the student in."));
      return;
    }
  xs_store_submit (self->store, xs_admission_job_run, xs_admission_job_new (who, password), xs_admission_job_free,
                   on_password_checked, xs_attempt_new (self));
}
