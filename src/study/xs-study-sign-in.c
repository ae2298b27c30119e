/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "xs-consent.h"
#include "xs-error.h"
#include "xs-study-private.h"

/* Whoever left the text unanswered has gone. */
#define CONSENT_TIMEOUT_US (300 * G_USEC_PER_SEC)

/* Attempts: what comes back late from the store or from vision may be meant for somebody who has gone. */

XsAttempt *
xs_attempt_new (XsStudy *self)
{
  XsAttempt *attempt = g_new0 (XsAttempt, 1);

  attempt->study = g_object_ref (self);
  attempt->number = ++self->attempt;
  return attempt;
}

void
xs_attempt_free (XsAttempt *attempt)
{
  g_object_unref (attempt->study);
  g_free (attempt);
}

gboolean
xs_attempt_is_stale (const XsAttempt *attempt, XsStudyPhase phase)
{
  return attempt->number != attempt->study->attempt || attempt->study->phase != phase;
}

void
xs_study_refuse_sign_in (XsStudy *self, const char *message)
{
  g_autofree char *kept = g_strdup (message);

  xs_camera_stop (self->camera);
  xs_study_clear_session (self);
  xs_study_set_error (self, kept);
  xs_study_set_phase (self, XS_STUDY_READY);
}

/* (transfer full) (nullable): why there is no picture. */
char *
xs_study_camera_message (XsStudy *self)
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

/* The registration photo. It is told before the student sits down that it is of no use. */

static void
on_template_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (XS_STORE (source), result, &error))
    g_message ("The template was not stored: %s", error->message);
}

static void
store_template (XsStudy *self)
{
  XsTemplateJob *job = g_new0 (XsTemplateJob, 1);

  g_strlcpy (job->stunum, self->learner.stunum, sizeof job->stunum);
  job->reference = self->reference;
  xs_store_submit (self->store, xs_template_job_run, job, g_free, on_template_stored, NULL);
}

/* (transfer full): what the student and the coach can do about it. */
static char *
photo_message (const GError *error)
{
  if (g_error_matches (error, XS_ERROR, XS_ERROR_NO_FACE))
    return g_strdup (
      _ ("No single face can be found in your registration photo. Please ask your coach for a new one."));
  if (g_error_matches (error, XS_ERROR, XS_ERROR_REJECTED))
    return g_strdup_printf (_ (
                              "Your registration photo is too poor to compare your face with: %s Please ask your coach "
                              "for a new one."),
                            error->message);
  return g_strdup (_ ("Your registration photo cannot be used. Please ask your coach for a new one."));
}

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsAttempt) attempt = user_data;
  XsStudy *self = attempt->study;
  g_autoptr (GError) error = NULL;
  XsTemplate reference;
  gboolean enrolled = xs_vision_worker_enrol_finish (XS_VISION_WORKER (source), result, &reference, &error);

  if (xs_attempt_is_stale (attempt, XS_STUDY_IDENTIFYING))
    return;
  if (!enrolled)
    {
      g_autofree char *message = photo_message (error);
      g_message ("Registration photo of %s: %s", self->learner.stunum, error->message);
      xs_study_refuse_sign_in (self, message);
      return;
    }
  self->reference = reference;
  store_template (self);
  xs_study_check_face (self);
}

/* From here on the face is looked at: of who agreed. */
static void
use_register (XsStudy *self)
{
  xs_study_set_phase (self, XS_STUDY_IDENTIFYING);
  xs_study_tell_now (self);
  if (self->registration_photo == NULL)
    xs_study_check_face (self);
  else
    xs_vision_worker_enrol_registered_async (self->worker, self->registration_photo, NULL, on_enrolled,
                                             xs_attempt_new (self));
}

/* Consent */

static void
on_consent_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsAttempt) attempt = user_data;
  XsStudy *self = attempt->study;
  g_autoptr (GError) error = NULL;
  gboolean stored = xs_store_finish (XS_STORE (source), result, &error);

  if (xs_attempt_is_stale (attempt, XS_STUDY_IDENTIFYING))
    return;
  if (stored)
    {
      use_register (self);
      return;
    }
  g_message ("Consent of %s: %s", self->learner.stunum, error->message);
  xs_study_refuse_sign_in (self, _ ("This PC could not store that you agree. Please tell the staff."));
}

void
xs_study_give_consent (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->phase != XS_STUDY_ASKING_CONSENT)
    return;
  xs_study_set_phase (self, XS_STUDY_IDENTIFYING);
  xs_store_submit (self->store, xs_consent_job_run, g_strdup (self->learner.stunum), g_free, on_consent_stored,
                   xs_attempt_new (self));
}

void
xs_study_decline_consent (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->phase == XS_STUDY_ASKING_CONSENT)
    xs_study_refuse_sign_in (self, _ ("You did not agree, so the camera is off, and nothing of your face was taken. "
                                      "Please go to your coach, who has another way for you."));
}

/* The number */

static void
take_found (XsStudy *self, const XsSignInJob *job)
{
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
    self->reference = job->reference;
  else if (job->photo != NULL)
    self->registration_photo = xs_frame_ref (job->photo);
  if (strcmp (self->failed_stunum, self->learner.stunum) != 0)
    self->n_failed = 0;
  g_strlcpy (self->failed_stunum, self->learner.stunum, sizeof self->failed_stunum);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsAttempt) attempt = user_data;
  XsStudy *self = attempt->study;
  g_autoptr (GError) error = NULL;
  const XsSignInJob *job = xs_store_get_data (result);
  gboolean found = xs_store_finish (XS_STORE (source), result, &error);

  if (xs_attempt_is_stale (attempt, XS_STUDY_IDENTIFYING))
    return;
  if (!found)
    {
      gboolean for_people = g_error_matches (error, XS_ERROR, XS_ERROR_REJECTED);
      if (!for_people)
        g_message ("Sign-in: %s", error->message);
      xs_study_refuse_sign_in (self, for_people ? error->message
                                                : _ ("This PC cannot read its records. Please tell the staff."));
      return;
    }
  if (!job->has_reference && job->photo == NULL)
    {
      xs_study_refuse_sign_in (self,
                               _ ("Your registration photo cannot be used. Please ask your coach for a new one."));
      return;
    }
  take_found (self, job);
  if (job->consent.text_version == XS_CONSENT_VERSION)
    {
      use_register (self);
      return;
    }
  self->identifying_us = xs_clock_monotonic_us (self->clock);
  xs_study_set_phase (self, XS_STUDY_ASKING_CONSENT);
}

static void
tell_wrong_number (XsStudy *self, const char *stunum)
{
  g_autofree char *message =
    g_strdup_printf (_ ("A student number has 16 digits; you typed %u. Look at your card or contract."),
                     (guint) strlen (stunum));

  xs_study_set_error (self, stunum[0] != '\0' ? message
                                              : _ ("Type the 16 digits of your student number, or scan your card."));
}

void
xs_study_sign_in (XsStudy *self, const char *stunum)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->phase != XS_STUDY_READY || xs_study_stop_when_damaged (self))
    return;
  if (!xs_number_is_valid (stunum, XS_UNIFIED_DIGITS))
    {
      tell_wrong_number (self, stunum);
      return;
    }
  if (self->obstacle != NULL)
    {
      xs_study_set_error (self, self->obstacle);
      return;
    }
  xs_study_look_up (self, stunum);
}

void
xs_study_look_up (XsStudy *self, const char *stunum)
{
  g_autofree char *kept = g_strdup (stunum);

  /* Whatever it was on for: until the learner has agreed it is off. */
  xs_camera_stop (self->camera);
  xs_study_clear_session (self);
  g_ptr_array_set_size (self->closes, 0);
  xs_study_show_forget (self);
  xs_study_set_error (self, NULL);
  g_strlcpy (self->stunum, kept, sizeof self->stunum);
  xs_study_set_phase (self, XS_STUDY_IDENTIFYING);
  /* The store answers within milliseconds: waiting for it would only flash. */
  xs_study_tell_later (self);
  XsSignInJob *job = xs_sign_in_job_new (kept, self->course, xs_clock_wall_us (self->clock));
  job->recover = self->left_open;
  xs_store_submit (self->store, xs_sign_in_job_run, job, xs_sign_in_job_free, on_looked_up, xs_attempt_new (self));
}

void
xs_study_cancel_sign_in (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (xs_study_phase_is_sign_in (self->phase))
    xs_study_refuse_sign_in (self, NULL);
}

void
xs_study_refuse_seat (XsStudy *self, const char *stunum, const char *message)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (xs_study_phase_is_sign_in (self->phase) && strcmp (self->stunum, stunum) == 0)
    xs_study_refuse_sign_in (self, message);
}

gboolean
xs_study_phase_is_sign_in (XsStudyPhase phase)
{
  return phase == XS_STUDY_SCANNING || phase == XS_STUDY_ASKING_CONSENT || phase == XS_STUDY_IDENTIFYING
         || phase == XS_STUDY_NOT_IDENTIFIED;
}

void
xs_study_sign_in_tick (XsStudy *self)
{
  if (xs_store_is_damaged (self->store))
    xs_study_refuse_sign_in (self, NULL);
  else if (self->phase == XS_STUDY_SCANNING)
    xs_study_scan_tick (self);
  else if (self->phase == XS_STUDY_IDENTIFYING)
    xs_study_check_face_tick (self);
  else if (xs_clock_monotonic_us (self->clock) - self->identifying_us > CONSENT_TIMEOUT_US)
    xs_study_refuse_sign_in (self, NULL);
}
