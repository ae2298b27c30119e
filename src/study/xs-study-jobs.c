/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-study-jobs.h"

#include "xs-study-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xs-consent.h"
#include "xs-error.h"
#include "xs-photo-report.h"
#include "xs-picture.h"
#include "xs-study-lesson.h"
#include "xs-template-file.h"

XsSignInJob *
xs_sign_in_job_new (const char *stunum, XsCourse *course, gint64 wall_us)
{
  XsSignInJob *job = g_new0 (XsSignInJob, 1);

  job->stunum = g_strdup (stunum);
  job->course = xs_course_ref (course);
  job->wall_us = wall_us;
  job->positions = g_array_new (FALSE, TRUE, sizeof (XsLessonPosition));
  job->quiz_results = g_array_new (FALSE, TRUE, sizeof (XsQuizResult));
  return job;
}

void
xs_sign_in_job_free (gpointer data)
{
  XsSignInJob *job = data;

  g_free (job->stunum);
  xs_course_unref (job->course);
  g_clear_pointer (&job->photo, xs_frame_unref);
  g_array_unref (job->positions);
  g_array_unref (job->quiz_results);
  g_free (job);
}

/* What is not there is the student's business, and said so; all else is the log's. */
static gboolean
refuse_when_missing (GError **error, const char *message)
{
  if (g_error_matches (*error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      g_clear_error (error);
      g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED, message);
    }
  return FALSE;
}

/* (transfer full): why there is no photo to compare with, and what to do about it. */
static char *
missing_photo_message (const XsLearner *learner)
{
  const char *advice = xs_photo_reason_advice (learner->photo_comment);
  const char *wrong = advice != NULL                                       ? advice
                      : strcmp (learner->photo_comment, "unreadable") == 0 ? _ ("The file could not be opened.")
                                                                           : learner->photo_comment;

  if (strcmp (learner->photo_state, "waiting") == 0)
    return g_strdup (_ ("Your registration photo still has to be approved. Please ask your coach to do it."));
  if (learner->photo_state[0] != '\0')
    return g_strdup_printf (_ ("Your registration photo was sent back: %s Please give your coach a new one."), wrong);
  return g_strdup (learner->photo_sha256[0] == '\0'
                     ? _ ("The register has no photo of you yet. Please ask your coach.")
                     : _ ("Your registration photo is still on its way to this PC. Please try again in a minute, or "
                          "tell the staff."));
}

static gboolean
find_reference (XsJournal *journal, XsSignInJob *job, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  g_autoptr (GBytes) stored = xs_journal_get_template (journal, job->stunum, &local_error);
  if (stored != NULL)
    job->has_reference = xs_template_from_bytes (stored, &job->reference, &local_error);
  if (job->has_reference)
    return TRUE;
  /* One that cannot be used is as good as none. */
  if (stored == NULL && !g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_autoptr (GBytes) jpeg = xs_journal_get_registration_photo (journal, job->stunum, error);
  if (jpeg == NULL)
    {
      g_autofree char *message = missing_photo_message (&job->learner);
      return refuse_when_missing (error, message);
    }
  g_clear_error (&local_error);
  job->photo = xs_picture_decode (jpeg, &local_error);
  if (job->photo == NULL)
    g_message ("Registration photo of %s: %s", job->stunum, local_error->message);
  return TRUE;
}

static gboolean
check_cap (const XsSignInJob *job, GError **error)
{
  if (job->today_us < job->policy.daily_cap_s * G_USEC_PER_SEC)
    return TRUE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED,
                       _ ("You have reached the limit for today. More time would not count: see you tomorrow."));
  return FALSE;
}

/* Before the student sits down to study, not when the first photo does not fit. */
static gboolean
check_disk (XsJournal *journal, const XsSignInJob *job, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (xs_journal_check_disk (journal, job->policy.disk_reserve_bytes, &local_error))
    return TRUE;
  if (!g_error_matches (local_error, XS_ERROR, XS_ERROR_NO_SPACE))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_message ("Sign-in: %s", local_error->message);
  g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED,
                       _ ("The disk of this PC is nearly full, and your study could not be stored. Please tell the "
                          "staff to make space on it."));
  return FALSE;
}

/* How far the learner is in the course. */
static gboolean
read_course (XsJournal *journal, XsSignInJob *job, GError **error)
{
  g_autofree char *own = g_strconcat (xs_course_get_id (job->course), "/", NULL);
  g_autofree char *last = NULL;

  if (!xs_journal_get_last_lesson (journal, job->stunum, own, &last, error))
    return FALSE;
  job->last_lesson = -1;
  for (guint i = 0; i < xs_course_get_n_lessons (job->course); i++)
    {
      XsLessonPosition position;
      if (!xs_journal_get_lesson_position (journal, job->stunum, xs_course_get_lesson (job->course, i)->key,
                                           &position.position_us, &position.watched_us, error))
        return FALSE;
      g_array_append_val (job->positions, position);
      if (g_strcmp0 (last, xs_course_get_lesson (job->course, i)->key) == 0)
        job->last_lesson = (int) i;
    }
  for (guint i = 0; i < xs_course_get_n_chapters (job->course); i++)
    {
      XsQuizResult result;
      if (!xs_journal_get_best_quiz (journal, job->stunum, xs_course_get_id (job->course),
                                     xs_course_get_chapter (job->course, i)->id, &result, error))
        return FALSE;
      g_array_append_val (job->quiz_results, result);
    }
  return TRUE;
}

gboolean
xs_sign_in_job_run (XsJournal *journal, gpointer data, GError **error)
{
  XsSignInJob *job = data;

  if (job->recover && !xs_journal_recover (journal, NULL, error))
    return FALSE;
  if (!xs_journal_get_identity (journal, &job->identity, error))
    return refuse_when_missing (error, _ ("This kiosk is not connected to a school yet. Please tell the staff."));
  if (!xs_journal_find_learner (journal, job->stunum, &job->learner, error))
    return refuse_when_missing (error,
                                _ ("This number is not on the school's list. Please check it, or ask your coach."));
  if (!xs_journal_get_policy (journal, &job->policy, NULL, error)
      || !xs_journal_get_credit (journal, job->stunum, xs_wall_day (job->wall_us), &job->today_us, &job->total_us,
                                 error)
      || !check_cap (job, error) || !check_disk (journal, job, error) || !find_reference (journal, job, error)
      || !xs_journal_get_consent (journal, job->stunum, &job->consent, error))
    return FALSE;

  return read_course (journal, job, error)
         && xs_study_read_subtitles (journal, job->stunum, &job->subtitles, &job->subtitle_size, error)
         && xs_study_read_volume (journal, &job->volume, error);
}

gboolean
xs_template_job_run (XsJournal *journal, gpointer data, GError **error)
{
  XsTemplateJob *job = data;
  g_autoptr (GBytes) values = xs_template_to_bytes (&job->reference);

  return xs_journal_set_template (journal, job->stunum, values, error);
}

gboolean
xs_consent_job_run (XsJournal *journal, gpointer stunum, GError **error)
{
  return xs_journal_give_consent (journal, stunum, XS_CONSENT_VERSION, error);
}

XsAdmissionJob *
xs_admission_job_new (const char *admitted_by, const char *password)
{
  XsAdmissionJob *job = g_new0 (XsAdmissionJob, 1);

  g_strlcpy (job->admitted_by, admitted_by, sizeof job->admitted_by);
  job->password = g_strdup (password);
  return job;
}

void
xs_admission_job_free (gpointer data)
{
  XsAdmissionJob *job = data;

  memset (job->password, 0, strlen (job->password));
  g_free (job->password);
  g_free (job);
}

gboolean
xs_admission_job_run (XsJournal *journal, gpointer data, GError **error)
{
  XsAdmissionJob *job = data;

  return xs_journal_check_staff_password (journal, job->password, &job->is_right, &job->wait_s, error);
}

static gboolean
template_is_current (GBytes *values, gpointer unused)
{
  XsTemplate template;

  return xs_template_from_bytes (values, &template, NULL);
}

void
xs_recover_job_free (gpointer data)
{
  XsRecoverJob *job = data;

  xs_recovery_clear (&job->recovery);
  g_free (job);
}

gboolean
xs_recover_job_run (XsJournal *journal, gpointer data, GError **error)
{
  XsRecoverJob *job = data;
  guint n_closed, n_dropped;
  XsPolicy policy;

  if (!xs_journal_get_policy (journal, &policy, NULL, error) || !xs_journal_recover (journal, &n_closed, error)
      || !xs_journal_find_resumable (journal, policy.resume_s, job->resumable, error)
      || !xs_journal_drop_templates (journal, template_is_current, NULL, &n_dropped, error))
    return FALSE;
  if (!xs_journal_get_recovery (journal, &job->recovery, error))
    return FALSE;
  if (n_dropped > 0)
    g_message ("%u face template(s) of another model dropped; the photos are fetched again", n_dropped);
  if (n_closed > 0)
    g_message ("%u interrupted session(s) closed with what had been stored", n_closed);
  return TRUE;
}

gboolean
xs_overdue_job_run (XsJournal *journal, gpointer unused, GError **error)
{
  guint n_closed;

  if (!xs_journal_close_cut_off (journal, FALSE, &n_closed, error)
      || !xs_journal_drop_own_photos (journal, NULL, error))
    return FALSE;
  if (n_closed > 0)
    g_message ("%u interrupted session(s) were not made up in time and are closed", n_closed);
  return TRUE;
}
