/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "xs-error.h"
#include "xs-study-private.h"

#define CLOCK_INTERVAL_US G_USEC_PER_SEC
#define SIGN_IN_PATIENCE_US (2 * G_USEC_PER_SEC)
#define SIGN_OUT_PATIENCE_US (3 * G_USEC_PER_SEC)
/* When the camera gives no frames the log is closed without a last photo. */
#define SIGN_OUT_TIMEOUT_US (5 * G_USEC_PER_SEC)

static gint64
now_us (XsStudy *self)
{
  return xs_clock_monotonic_us (self->clock);
}

/* The journal's answers. A disk that refuses stops the lesson, and with it the counter, until it takes data again. */

static void
note_storing (XsStudy *self, const GError *error)
{
  gboolean failed = error != NULL;

  if (failed)
    {
      g_message ("Storing failed: %s", error->message);
      xs_study_set_error (self, g_error_matches (error, XS_ERROR, XS_ERROR_NO_SPACE)
                                  ? _ ("The disk of this PC is full. Counting goes on once there is space again: "
                                       "please tell the staff.")
                                  : _ ("This PC cannot store your progress. Please tell the staff."));
    }
  else if (self->storing_failed)
    xs_study_set_error (self, NULL);
  self->storing_failed = failed;
  xs_study_sync_lesson (self);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStudy) self = user_data;
  g_autoptr (GError) error = NULL;

  gboolean stored = xs_store_finish (XS_STORE (source), result, &error);
  if (self->session != NULL && stored == self->storing_failed)
    note_storing (self, error);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsStudy *self = user_data;
  const XsBeginJob *job = xs_store_get_data (result);

  if (job->segment == self->segment && job->interrupted != NULL)
    self->interrupted = g_array_ref (job->interrupted);
  on_stored (source, result, self);
}

static void
on_photo_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStudy) self = user_data;
  g_autoptr (GError) error = NULL;
  const XsPhotoJob *job = xs_store_get_data (result);
  gboolean stored = xs_store_finish (XS_STORE (source), result, &error);

  if (self->session == NULL || job->segment != self->segment)
    return;
  if (stored)
    self->n_photos++;
  else if (job->record.event != XS_PHOTO_SIGN_OUT)
    xs_study_session_photo_now (self->session, job->record.event, SIGN_IN_PATIENCE_US);
  note_storing (self, error);
  xs_study_queue_changed (self);
}

/* For tests that compare what is stored with what was true: before anything of it is stored. */
static void
trace_credit (XsStudy *self)
{
  gint64 credited_us = xs_hour_counter_credited_us (xs_study_session_get_counter (self->session));

  g_debug ("credited_us=%" G_GINT64_FORMAT " session_us=%" G_GINT64_FORMAT, credited_us,
           now_us (self) - self->start_us);
}

/* What the session asks for */

static void
store_photo (XsStudySession *session, XsFrame *frame, XsPhotoEvent event, const XsObservation *observation,
             gint64 wall_us, gpointer user_data)
{
  XsStudy *self = user_data;
  XsPhotoJob *job = g_new0 (XsPhotoJob, 1);

  job->segment = xs_open_segment_ref (self->segment);
  job->frame = xs_frame_ref (frame);
  job->record = (XsPhotoRecord){
    .event = event,
    .wall_us = wall_us,
    .match = observation->match,
    .width_px = frame->width_px,
    .height_px = frame->height_px,
  };
  xs_store_submit (self->store, xs_photo_job_run, job, xs_photo_job_free, on_photo_stored, g_object_ref (self));
}

static void
note_position (XsStudy *self)
{
  XsLessonPosition *kept = &g_array_index (self->positions, XsLessonPosition, self->lesson);
  kept->watched_us = MAX (kept->watched_us, xs_lesson_player_get_watched_us (self->player));
  kept->position_us = xs_lesson_player_get_position_us (self->player);
}

static void
store_progress (XsStudySession *session, const XsProgress *progress, gpointer user_data)
{
  XsStudy *self = user_data;
  XsProgressJob *job = xs_progress_job_new (self->segment, progress);

  trace_credit (self);
  if (self->lesson >= 0)
    {
      g_strlcpy (job->stunum, self->learner.stunum, sizeof job->stunum);
      job->lesson_id = g_strdup (xs_course_get_lesson (self->course, self->lesson)->id);
      note_position (self);
      job->position = g_array_index (self->positions, XsLessonPosition, self->lesson);
    }
  xs_store_submit (self->store, xs_progress_job_run, job, xs_progress_job_free, on_stored, g_object_ref (self));
}

static void
fill_summary (XsStudy *self, const XsCloseJob *job)
{
  const XsHourCounter *counter = xs_study_session_get_counter (self->session);
  const GArray *pauses = xs_hour_counter_pauses (counter);
  XsStudySummary *summary = &self->summary;

  *summary = (XsStudySummary){
    .start_wall_us = self->start_wall_us,
    .end_wall_us = job->end_wall_us,
    .credited_us = xs_hour_counter_credited_us (counter),
    .today_us = job->today_us,
    .total_us = job->total_us,
    .n_photos = self->n_photos,
    .n_logs = self->n_logs,
    .segment_min_us = self->policy.segment_min_s * G_USEC_PER_SEC,
    .reason = job->reason,
  };
  g_strlcpy (summary->name, self->learner.name, sizeof summary->name);
  g_strlcpy (summary->stunum, self->learner.stunum, sizeof summary->stunum);
  summary->too_short = summary->credited_us < summary->segment_min_us;
  for (guint i = 0; i < pauses->len; i++)
    {
      const XsStretch *stretch = &g_array_index (pauses, XsStretch, i);
      summary->paused_us[stretch->pause] += stretch->t1_us - stretch->t0_us;
    }
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStudy) self = user_data;
  g_autoptr (GError) error = NULL;
  const XsCloseJob *job = xs_store_get_data (result);
  gboolean closed = xs_store_finish (XS_STORE (source), result, &error);

  if (self->session == NULL || job->segment != self->segment)
    return;
  self->n_logs += closed;
  if (job->continue_session)
    {
      note_storing (self, error);
      return;
    }
  /* What could not be closed now is closed, from what was stored, when the kiosk starts the next time. */
  fill_summary (self, job);
  xs_study_set_error (self, closed ? NULL : _ ("This PC cannot store your progress. Please tell the staff."));
  xs_study_clear_session (self);
  xs_study_set_phase (self, XS_STUDY_SUMMARY);
}

static void
submit_close (XsStudy *self, XsSignOut reason)
{
  XsProgress progress;
  XsCloseJob *job = g_new0 (XsCloseJob, 1);

  xs_study_session_get_progress (self->session, &progress);
  store_progress (self->session, &progress, self);
  job->segment = xs_open_segment_ref (self->segment);
  job->reason = reason;
  job->end_wall_us = progress.wall_us;
  job->continue_session = reason == XS_SIGN_OUT_SEGMENT_FULL;
  g_strlcpy (job->stunum, self->learner.stunum, sizeof job->stunum);
  xs_store_submit (self->store, xs_close_job_run, job, xs_close_job_free, on_closed, g_object_ref (self));
}

static void
close_requested (XsStudySession *session, XsSignOut reason, gpointer user_data)
{
  XsStudy *self = user_data;

  if (reason == XS_SIGN_OUT_SEGMENT_FULL)
    {
      submit_close (self, reason);
      xs_study_session_next_segment (session);
    }
  else
    xs_study_begin_sign_out (self, reason);
}

/* From the identified face on */

static guint
first_unfinished_lesson (XsStudy *self)
{
  for (guint i = 0; i < self->positions->len; i++)
    if (g_array_index (self->positions, XsLessonPosition, i).watched_us + G_USEC_PER_SEC
        < xs_course_get_lesson (self->course, i)->duration_us)
      return i;
  return 0;
}

void
xs_study_begin_session (XsStudy *self, XsFrame *frame, const XsObservation *observation)
{
  static const XsStudySessionFuncs funcs = { store_photo, store_progress, close_requested };
  XsBeginJob *job = g_new0 (XsBeginJob, 1);
  guint lesson = first_unfinished_lesson (self);

  g_clear_pointer (&self->sign_in_guidance, xs_guidance_free);
  self->start_us = observation->time_us;
  self->start_wall_us = xs_clock_wall_us (self->clock) - (now_us (self) - observation->time_us);
  self->segment = xs_open_segment_new ();
  job->segment = xs_open_segment_ref (self->segment);
  g_strlcpy (job->stunum, self->learner.stunum, sizeof job->stunum);
  g_strlcpy (job->subjcode, xs_course_get_lesson (self->course, lesson)->subjcode, sizeof job->subjcode);
  job->policy = self->policy;
  job->start_wall_us = self->start_wall_us;
  xs_store_submit (self->store, xs_begin_job_run, job, xs_begin_job_free, on_begun, g_object_ref (self));

  self->session = xs_study_session_new (&self->policy, self->start_us, self->start_wall_us, self->today_us,
                                        g_random_int (), &funcs, self);
  xs_study_session_photo_now (self->session, XS_PHOTO_SIGN_IN, SIGN_IN_PATIENCE_US);
  xs_study_session_observe (self->session, frame, observation);
  xs_study_set_phase (self, XS_STUDY_STUDYING);
  xs_study_select_lesson (self, lesson);
}

void
xs_study_session_frame (XsStudy *self, XsFrame *frame, const XsObservation *observation)
{
  if (self->closing)
    return;
  xs_study_session_observe (self->session, frame, observation);
  trace_credit (self);
  xs_study_sync_lesson (self);
}

static void
finish_sign_out (XsStudy *self)
{
  gboolean waited_enough = now_us (self) - self->signing_out_us > SIGN_OUT_TIMEOUT_US;

  if (self->closing || (xs_study_session_photo_is_waiting (self->session) && !waited_enough))
    return;
  self->closing = TRUE;
  xs_camera_stop (self->camera);
  submit_close (self, self->sign_out_reason);
  xs_lesson_player_stop (self->player);
}

void
xs_study_session_tick (XsStudy *self)
{
  gint64 time_us = now_us (self);

  if (!self->closing)
    {
      xs_study_session_clock (self->session, time_us, xs_clock_boottime_us (self->clock),
                              xs_clock_wall_us (self->clock));
      if (xs_camera_get_state (self->camera) == XS_CAMERA_LOST)
        xs_study_session_camera_lost (self->session, time_us);
    }
  if (self->phase == XS_STUDY_SIGNING_OUT)
    finish_sign_out (self);
  else
    xs_study_sync_lesson (self);
  xs_study_queue_changed (self);
}

void
xs_study_interrupt (XsStudy *self)
{
  if (!self->closing)
    submit_close (self, XS_SIGN_OUT_INTERRUPTED);
  self->closing = TRUE;
}

void
xs_study_begin_sign_out (XsStudy *self, XsSignOut reason)
{
  if (self->phase != XS_STUDY_STUDYING)
    return;
  self->sign_out_reason = reason;
  self->signing_out_us = now_us (self);
  xs_study_set_phase (self, XS_STUDY_SIGNING_OUT);
  xs_lesson_player_pause (self->player);
  xs_study_session_photo_now (self->session, XS_PHOTO_SIGN_OUT, SIGN_OUT_PATIENCE_US);
}

void
xs_study_clear_session (XsStudy *self)
{
  g_clear_pointer (&self->sign_in_guidance, xs_guidance_free);
  g_clear_pointer (&self->session, xs_study_session_free);
  g_clear_pointer (&self->segment, xs_open_segment_unref);
  g_clear_pointer (&self->positions, g_array_unref);
  g_clear_pointer (&self->interrupted, g_array_unref);
  if (self->worker != NULL)
    xs_vision_worker_set_reference (self->worker, NULL);
  self->learner = (XsLearner){ 0 };
  xs_observation_init (&self->observation, 0, 1, 1);
  self->lesson = -1;
  self->paused_by_learner = FALSE;
  self->storing_failed = FALSE;
  self->closing = FALSE;
  self->n_photos = 0;
  self->n_logs = 0;
}

/* The lesson */

void
xs_study_lesson_changed (XsStudy *self)
{
  XsPlayback playback = XS_PLAYBACK_PAUSED;

  switch (xs_lesson_player_get_state (self->player))
    {
    case XS_LESSON_PLAYING:
      playback = XS_PLAYBACK_PLAYING;
      break;
    case XS_LESSON_ENDED:
      playback = XS_PLAYBACK_ENDED;
      break;
    case XS_LESSON_FAILED:
      playback = XS_PLAYBACK_FAILED;
      break;
    case XS_LESSON_IDLE:
    case XS_LESSON_LOADING:
    case XS_LESSON_PAUSED:
    default:
      break;
    }
  xs_study_session_playback (self->session, now_us (self), playback);
  xs_study_sync_lesson (self);
}

void
xs_study_sync_lesson (XsStudy *self)
{
  if (self->phase != XS_STUDY_STUDYING || self->session == NULL)
    return;
  gboolean wanted = !self->paused_by_learner && !self->storing_failed && xs_study_session_wants_lesson (self->session);
  XsLessonState state = xs_lesson_player_get_state (self->player);

  if (wanted && state == XS_LESSON_PAUSED)
    xs_lesson_player_play (self->player);
  else if (!wanted && state == XS_LESSON_PLAYING)
    xs_lesson_player_pause (self->player);
}

void
xs_study_select_lesson (XsStudy *self, guint index)
{
  g_return_if_fail (XS_IS_STUDY (self));
  g_return_if_fail (index < xs_course_get_n_lessons (self->course));

  if (self->phase != XS_STUDY_STUDYING)
    return;
  if (self->lesson >= 0)
    note_position (self);

  const XsLesson *lesson = xs_course_get_lesson (self->course, index);
  const XsLessonPosition *position = &g_array_index (self->positions, XsLessonPosition, index);
  gboolean finished = position->position_us + G_USEC_PER_SEC >= lesson->duration_us;
  self->lesson = index;
  self->paused_by_learner = FALSE;
  xs_lesson_player_load (self->player, lesson->video_path, finished ? 0 : position->position_us, position->watched_us);
  xs_lesson_player_play (self->player);
  xs_study_queue_changed (self);
}

void
xs_study_set_paused (XsStudy *self, gboolean paused)
{
  g_return_if_fail (XS_IS_STUDY (self));

  self->paused_by_learner = paused;
  xs_study_sync_lesson (self);
  xs_study_queue_changed (self);
}

gboolean
xs_study_get_paused (XsStudy *self)
{
  return self->paused_by_learner;
}

gint64
xs_study_get_lesson_progress (XsStudy *self, guint index)
{
  if (self->positions == NULL || index >= self->positions->len)
    return 0;
  gint64 watched_us = g_array_index (self->positions, XsLessonPosition, index).watched_us;
  return (int) index == self->lesson ? MAX (watched_us, xs_lesson_player_get_watched_us (self->player)) : watched_us;
}
