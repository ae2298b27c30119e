/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-study-jobs.h"

#include <glib/gi18n-lib.h>

#include "xs-error.h"
#include "xs-picture.h"

#define JPEG_QUALITY 85

XsOpenSegment *
xs_open_segment_new (void)
{
  return g_atomic_rc_box_new0 (XsOpenSegment);
}

XsOpenSegment *
xs_open_segment_ref (XsOpenSegment *segment)
{
  return g_atomic_rc_box_acquire (segment);
}

void
xs_open_segment_unref (XsOpenSegment *segment)
{
  if (segment != NULL)
    g_atomic_rc_box_release (segment);
}

XsSignInJob *
xs_sign_in_job_new (const char *stunum, XsCourse *course, gint64 wall_us)
{
  XsSignInJob *job = g_new0 (XsSignInJob, 1);

  job->stunum = g_strdup (stunum);
  job->course = xs_course_ref (course);
  job->wall_us = wall_us;
  job->positions = g_array_new (FALSE, TRUE, sizeof (XsLessonPosition));
  return job;
}

void
xs_sign_in_job_free (gpointer data)
{
  XsSignInJob *job = data;

  g_free (job->stunum);
  xs_course_unref (job->course);
  g_clear_pointer (&job->values, g_bytes_unref);
  g_clear_pointer (&job->jpeg, g_bytes_unref);
  g_array_unref (job->positions);
  g_free (job);
}

static gboolean
find_reference (XsJournal *journal, XsSignInJob *job, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  job->values = xs_journal_get_template (journal, job->stunum, &local_error);
  if (job->values == NULL && g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      g_clear_error (&local_error);
      job->jpeg = xs_journal_get_registration_photo (journal, job->stunum, &local_error);
    }
  if (local_error == NULL)
    return TRUE;
  if (g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                         _ ("The register has no photo of you yet. Please ask your coach."));
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
xs_sign_in_job_run (XsJournal *journal, gpointer data, GError **error)
{
  XsSignInJob *job = data;
  g_autoptr (GError) local_error = NULL;

  if (!xs_journal_get_identity (journal, &job->identity, &local_error))
    {
      if (!g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_set_error_literal (error, XS_ERROR, XS_ERROR_UNAUTHORIZED,
                           _ ("This kiosk is not connected to a school yet. Please tell the staff."));
      return FALSE;
    }
  if (!xs_journal_find_learner (journal, job->stunum, &job->learner, &local_error))
    {
      if (!g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                           _ ("This number is not on the school's list. Please check it, or ask your coach."));
      return FALSE;
    }
  if (!xs_journal_get_policy (journal, &job->policy, NULL, error) || !find_reference (journal, job, error)
      || !xs_journal_get_credit (journal, job->stunum, xs_wall_day (job->wall_us), &job->today_us, &job->total_us,
                                 error))
    return FALSE;

  for (guint i = 0; i < xs_course_get_n_lessons (job->course); i++)
    {
      XsLessonPosition position;
      if (!xs_journal_get_lesson_position (journal, job->stunum, xs_course_get_lesson (job->course, i)->id,
                                           &position.position_us, &position.watched_us, error))
        return FALSE;
      g_array_append_val (job->positions, position);
    }
  return TRUE;
}

gboolean
xs_template_job_run (XsJournal *journal, gpointer data, GError **error)
{
  XsTemplateJob *job = data;
  g_autoptr (GBytes) values = g_bytes_new (&job->reference, sizeof job->reference);

  return xs_journal_set_template (journal, job->stunum, values, error);
}

void
xs_begin_job_free (gpointer data)
{
  XsBeginJob *job = data;

  xs_open_segment_unref (job->segment);
  g_clear_pointer (&job->interrupted, g_array_unref);
  g_free (job);
}

gboolean
xs_begin_job_run (XsJournal *journal, gpointer data, GError **error)
{
  XsBeginJob *job = data;

  if (!xs_journal_begin_session (journal, job->stunum, job->subjcode, &job->policy, job->start_wall_us,
                                 &job->segment->handle, error))
    return FALSE;
  job->interrupted = xs_journal_take_interrupted (journal, job->stunum, error);
  return job->interrupted != NULL;
}

XsProgressJob *
xs_progress_job_new (XsOpenSegment *segment, const XsProgress *progress)
{
  XsProgressJob *job = g_new0 (XsProgressJob, 1);

  job->segment = xs_open_segment_ref (segment);
  job->progress = *progress;
  job->progress.minutes = g_array_copy ((GArray *) progress->minutes);
  return job;
}

void
xs_progress_job_free (gpointer data)
{
  XsProgressJob *job = data;

  xs_open_segment_unref (job->segment);
  g_array_unref ((GArray *) job->progress.minutes);
  g_free (job->lesson_id);
  g_free (job);
}

gboolean
xs_progress_job_run (XsJournal *journal, gpointer data, GError **error)
{
  XsProgressJob *job = data;

  if (!xs_journal_save_progress (journal, &job->segment->handle, &job->progress, error))
    return FALSE;
  return job->lesson_id == NULL
         || xs_journal_set_lesson_position (journal, job->stunum, job->lesson_id, job->position.position_us,
                                            job->position.watched_us, error);
}

void
xs_photo_job_free (gpointer data)
{
  XsPhotoJob *job = data;

  xs_open_segment_unref (job->segment);
  xs_frame_unref (job->frame);
  g_free (job);
}

gboolean
xs_photo_job_run (XsJournal *journal, gpointer data, GError **error)
{
  XsPhotoJob *job = data;
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (job->frame, JPEG_QUALITY, error);

  return jpeg != NULL && xs_journal_add_photo (journal, &job->segment->handle, jpeg, &job->record, error);
}

void
xs_close_job_free (gpointer data)
{
  XsCloseJob *job = data;

  xs_open_segment_unref (job->segment);
  g_free (job);
}

gboolean
xs_close_job_run (XsJournal *journal, gpointer data, GError **error)
{
  XsCloseJob *job = data;

  return xs_journal_close_segment (journal, &job->segment->handle, job->reason, job->end_wall_us, job->continue_session,
                                   NULL, error)
         && xs_journal_get_credit (journal, job->stunum, xs_wall_day (job->end_wall_us), &job->today_us, &job->total_us,
                                   error);
}

gboolean
xs_recover_job_run (XsJournal *journal, gpointer unused, GError **error)
{
  guint n_closed;

  if (!xs_journal_recover (journal, &n_closed, error))
    return FALSE;
  if (n_closed > 0)
    g_message ("%u interrupted session(s) closed with what had been stored", n_closed);
  return TRUE;
}
