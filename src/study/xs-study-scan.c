/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "xs-card.h"
#include "xs-error.h"
#include "xs-study-private.h"

/* Who held no card to the camera in this time has none at hand. */
#define SCAN_TIMEOUT_US (60 * G_USEC_PER_SEC)

typedef struct {
  XsIdentity identity;
  XsPolicy policy;
} ScanJob;

static gboolean
run_scan_job (XsJournal *journal, gpointer data, GError **error)
{
  ScanJob *job = data;

  return xs_journal_get_identity (journal, &job->identity, error)
         && xs_journal_get_policy (journal, &job->policy, NULL, error);
}

static void
on_scan_may_begin (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsAttempt) attempt = user_data;
  XsStudy *self = attempt->study;
  g_autoptr (GError) error = NULL;
  const ScanJob *job = xs_store_get_data (result);
  gboolean done = xs_store_finish (XS_STORE (source), result, &error);

  if (xs_attempt_is_stale (attempt, XS_STUDY_SCANNING))
    return;
  if (!done)
    {
      g_message ("Scan: %s", error->message);
      xs_study_refuse_sign_in (self, g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND)
                                       ? _ ("This kiosk is not connected to a school yet. Please tell the staff.")
                                       : _ ("This PC cannot read its records. Please tell the staff."));
      return;
    }
  g_strlcpy (self->inscode, job->identity.inscode, sizeof self->inscode);
  self->scan_message = NULL;
  self->scan = xs_card_scan_new ();
  self->identifying_us = xs_clock_monotonic_us (self->clock);
  xs_camera_set_virtual_allowed (self->camera, job->policy.virtual_camera_allowed);
  xs_camera_start (self->camera);
}

void
xs_study_scan_card (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->phase != XS_STUDY_READY || xs_study_stop_when_damaged (self))
    return;
  if (self->obstacle != NULL)
    {
      xs_study_set_error (self, self->obstacle);
      return;
    }
  xs_camera_stop (self->camera);
  xs_study_clear_session (self);
  xs_study_set_error (self, NULL);
  xs_study_set_phase (self, XS_STUDY_SCANNING);
  xs_store_submit (self->store, run_scan_job, g_new0 (ScanJob, 1), g_free, on_scan_may_begin, xs_attempt_new (self));
}

/* @text: of a code that was read. What is no card of this school is said, and the next one is waited for. */
static void
take_code (XsStudy *self, const char *text)
{
  XsCard card;

  if (!xs_card_parse (&card, text))
    self->scan_message = _ ("This is not a student card. Hold the card of your school to the camera.");
  else if (card.inscode[0] != '\0' && strcmp (card.inscode, self->inscode) != 0)
    self->scan_message = _ ("This card is of another school. You can sign in here only with one of this school.");
  else
    xs_study_look_up (self, card.stunum);
}

void
xs_study_scan_tick (XsStudy *self)
{
  if (self->scan == NULL)
    return;
  g_autofree char *text = xs_card_scan_take (self->scan);
  if (text != NULL)
    take_code (self, text);
  if (self->phase != XS_STUDY_SCANNING)
    return;
  g_autofree char *message = xs_study_camera_message (self);
  xs_study_set_error (self, message != NULL ? message : self->scan_message);
  if (xs_clock_monotonic_us (self->clock) - self->identifying_us > SCAN_TIMEOUT_US)
    xs_study_refuse_sign_in (self, message != NULL ? message
                                                   : _ ("No card was seen. Try again, or type your student number."));
}
