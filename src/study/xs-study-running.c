/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-study-lesson.h"
#include "xs-study-private.h"

#define SIGN_IN_PATIENCE_US (2 * G_USEC_PER_SEC)
#define SIGN_OUT_PATIENCE_US (3 * G_USEC_PER_SEC)
/* When the camera does not show the learner the log is closed without a last photo, or waits for one to be made up. */
#define SIGN_OUT_TIMEOUT_US (10 * G_USEC_PER_SEC)
/* Who fell asleep, or cannot be told in the dark, is there all the same when the session ends for absence. */
#define ABSENCE_PATIENCE_US (1 * G_USEC_PER_SEC)
#define ABSENCE_TIMEOUT_US (3 * G_USEC_PER_SEC)
/* And without what the disk does not take: the next start, or sign-in, closes it from what was stored. */
#define CLOSE_TIMEOUT_US (15 * G_USEC_PER_SEC)
#define RETRY_INTERVAL_US G_USEC_PER_SEC
/* No more credit than this may wait for the disk. */
#define STORING_LAG_MAX_US (2 * G_USEC_PER_SEC)
#define N_STORING_MAX 4

static gint64
now_us (XsStudy *self)
{
  return xs_clock_monotonic_us (self->clock);
}

/* The journal's answers. A disk that refuses stops the lesson, and with it the counter, until it takes data again. */

static gboolean
storing_lags (XsStudy *self)
{
  return self->n_storing > 0 && now_us (self) - self->storing_since_us > STORING_LAG_MAX_US;
}

gboolean
xs_study_stores_in_time (XsStudy *self)
{
  return !self->storing_failed && !storing_lags (self);
}

static void
note_storing (XsStudy *self, const GError *error)
{
  if (error != NULL)
    {
      g_message ("Storing failed: %s", error->message);
      xs_study_set_error (self, g_error_matches (error, XS_ERROR, XS_ERROR_NO_SPACE)
                                  ? _ ("The disk of this PC is full. Counting goes on once there is space again: "
                                       "please tell the staff.")
                                  : _ ("This PC cannot store your progress. Please tell the staff."));
    }
  else if (self->storing_failed)
    xs_study_set_error (self, NULL);
  self->storing_failed = error != NULL;
}

static void
note_begun (XsStudy *self)
{
  if (self->begin_step == NULL || !xs_step_is_done (self->begin_step))
    return;
  xs_study_outlook_take_facts (self, &self->begin_step->facts);
  if (self->begin_step->interrupted != NULL)
    self->interrupted = g_array_ref (self->begin_step->interrupted);
  g_clear_pointer (&self->begin_step, xs_step_unref);
}

/* The newest log that was closed in this session tells what is known beside the one that is open now. */
static void
note_closed (XsStudy *self)
{
  XsStep *step = self->closes->len > 0 ? g_ptr_array_index (self->closes, self->closes->len - 1) : NULL;

  if (step == NULL || !xs_step_is_done (step) || step->next_wall_us == 0 || step->facts.now_wall_us == 0)
    return;
  xs_study_outlook_take_facts (self, &step->facts);
}

static void
fill_summary (XsStudy *self)
{
  const XsHourCounter *counter = xs_study_session_get_counter (self->session);
  const GArray *pauses = xs_hour_counter_pauses (counter);
  XsStudySummary *summary = &self->summary;

  *summary = (XsStudySummary){
    .start_wall_us = self->start_wall_us,
    .end_wall_us = self->close_step->end_wall_us,
    .credited_us = xs_hour_counter_credited_us (counter),
    .today_us = xs_step_is_done (self->close_step) ? self->close_step->today_us : xs_hour_counter_today_us (counter),
    .total_us = xs_step_is_done (self->close_step) ? self->close_step->total_us
                                                   : self->total_us + xs_hour_counter_credited_us (counter),
    .n_photos = xs_open_segment_get_n_photos (self->segment),
    .n_logs = xs_open_segment_get_n_logs (self->segment),
    .stored = xs_step_is_done (self->close_step),
    .segment_min_us = self->policy.segment_min_s * G_USEC_PER_SEC,
    .last_segment_us = self->close_step->progress.credited_us,
    .reason = self->close_step->reason,
    .is_admitted = self->admitted_by[0] != '\0',
    .make_up_until_us = self->close_step->make_up_until_us,
    .close_after_s = self->policy.summary_s,
  };
  g_strlcpy (summary->name, self->learner.name, sizeof summary->name);
  g_strlcpy (summary->stunum, self->learner.stunum, sizeof summary->stunum);
  for (guint i = 0; i < pauses->len; i++)
    {
      const XsStretch *stretch = &g_array_index (pauses, XsStretch, i);
      summary->paused_us[stretch->pause] += stretch->t1_us - stretch->t0_us;
    }
}

static void
end_session (XsStudy *self)
{
  fill_summary (self);
  xs_study_show_end (self);
  self->left_open = !xs_step_is_done (self->close_step);
  xs_study_set_error (self, NULL);
  xs_study_clear_session (self);
  xs_study_set_phase (self, XS_STUDY_SUMMARY);
}

typedef struct {
  XsStudy *study;
  XsOpenSegment *segment;
} Answer;

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Answer *answer = user_data;
  g_autoptr (XsStudy) self = answer->study;
  g_autoptr (XsOpenSegment) segment = answer->segment;
  g_autoptr (GError) error = NULL;
  gboolean stored = xs_store_finish (XS_STORE (source), result, &error);

  if (segment != self->segment)
    return;
  self->n_storing--;
  self->storing_since_us = now_us (self);
  if (!stored || self->storing_failed)
    note_storing (self, error);
  note_begun (self);
  note_closed (self);
  xs_study_queue_changed (self);
  if (self->close_step != NULL && xs_step_is_done (self->close_step) && self->phase == XS_STUDY_SIGNING_OUT)
    end_session (self);
  else
    xs_study_sync_lesson (self);
}

static void
submit (XsStudy *self, XsStep *step)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->study = g_object_ref (self);
  answer->segment = xs_open_segment_ref (self->segment);
  if (self->n_storing++ == 0)
    self->storing_since_us = now_us (self);
  xs_open_segment_submit (self->segment, self->store, step, on_stored, answer);
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

static XsPhotoRecord
make_record (const XsFrame *frame, XsPhotoEvent event, const XsObservation *observation, gint64 wall_us)
{
  XsPhotoRecord record = {
    .event = event,
    .wall_us = wall_us,
    .match = observation->match,
    .width_px = frame->width_px,
    .height_px = frame->height_px,
  };

  g_strlcpy (record.picture_hash, observation->picture_hash, sizeof record.picture_hash);
  return record;
}

static void
store_photo (XsStudySession *session, XsFrame *frame, XsPhotoEvent event, const XsObservation *observation,
             gint64 wall_us, gpointer user_data)
{
  XsStudy *self = user_data;
  g_autoptr (XsStep) step = xs_step_new (XS_STEP_PHOTO, self->learner.stunum);

  step->frame = xs_frame_ref (frame);
  step->record = make_record (frame, event, observation, wall_us);
  xs_study_outlook_add_photo (self, &step->record);
  xs_taken_photos_add (self->photos, frame, &step->record);
  submit (self, step);
}

static void
fill_progress (XsStudy *self, XsStep *step, const XsProgress *progress)
{
  xs_step_set_progress (step, progress);
  if (self->lesson < 0)
    return;
  xs_study_note_position (self);
  step->lesson_id = g_strdup (xs_course_get_lesson (self->course, self->lesson)->key);
  step->position = g_array_index (self->positions, XsLessonPosition, self->lesson);
}

static void
store_progress (XsStudySession *session, const XsProgress *progress, gpointer user_data)
{
  XsStudy *self = user_data;

  trace_credit (self);
  xs_study_outlook_update (self, progress);
  if (self->n_storing >= N_STORING_MAX)
    return;
  g_autoptr (XsStep) step = xs_step_new (XS_STEP_PROGRESS, self->learner.stunum);
  fill_progress (self, step, progress);
  submit (self, step);
}

static XsStep *
submit_close (XsStudy *self, XsSignOut reason, gboolean unseen)
{
  XsStep *step = xs_step_new (XS_STEP_CLOSE, self->learner.stunum);
  XsProgress progress;

  xs_study_session_get_progress (self->session, &progress);
  fill_progress (self, step, &progress);
  step->policy = self->policy;
  step->reason = reason;
  step->unseen = unseen;
  step->end_wall_us = progress.wall_us;
  step->next_wall_us = reason == XS_SIGN_OUT_SEGMENT_FULL ? progress.clock_wall_us : 0;
  g_ptr_array_add (self->closes, xs_step_ref (step));
  submit (self, step);
  return step;
}

static void
close_requested (XsStudySession *session, XsSignOut reason, gpointer user_data)
{
  XsStudy *self = user_data;

  if (reason == XS_SIGN_OUT_SEGMENT_FULL)
    {
      XsStep *step = submit_close (self, reason, FALSE);
      xs_study_outlook_next (self, step->next_wall_us);
      xs_step_unref (step);
      xs_study_session_next_segment (session);
    }
  else
    xs_study_begin_sign_out (self, reason);
}

/* From the identified face on */

void
xs_study_begin_session (XsStudy *self, XsFrame *frame, const XsObservation *observation)
{
  static const XsStudySessionFuncs funcs = { store_photo, store_progress, close_requested };
  guint lesson = xs_study_first_lesson (self);

  g_clear_pointer (&self->sign_in_guidance, xs_guidance_free);
  g_clear_pointer (&self->turn_check, xs_turn_check_free);
  self->start_us = observation->time_us;
  self->start_wall_us = xs_clock_wall_us (self->clock) - (now_us (self) - observation->time_us);
  self->segment = xs_open_segment_new ();
  self->begin_step = xs_step_new (XS_STEP_BEGIN, self->learner.stunum);
  g_strlcpy (self->begin_step->subjcode, xs_course_get_lesson (self->course, lesson)->subjcode,
             sizeof self->begin_step->subjcode);
  self->begin_step->policy = self->policy;
  self->begin_step->start_wall_us = self->start_wall_us;
  g_strlcpy (self->begin_step->admitted_by, self->admitted_by, sizeof self->begin_step->admitted_by);
  /* Whoever a coach let in signs nobody out of an earlier session: whose face it is is not known. */
  if (self->admitted_by[0] == '\0')
    self->begin_step->frame = xs_frame_ref (frame);
  self->begin_step->record = make_record (frame, XS_PHOTO_SIGN_OUT, observation, self->start_wall_us);
  xs_study_outlook_begin (self);
  xs_study_show_begin (self);
  submit (self, self->begin_step);

  self->session = xs_study_session_new (&self->policy, self->start_us, self->start_wall_us, self->today_us,
                                        g_random_int (), &funcs, self);
  self->pace = xs_study_pace_new (now_us (self));
  xs_study_session_photo_now (self->session, XS_PHOTO_SIGN_IN, SIGN_IN_PATIENCE_US);
  xs_study_session_observe (self->session, frame, observation);
  xs_study_set_phase (self, XS_STUDY_STUDYING);
  xs_study_select_lesson (self, lesson);
}

void
xs_study_session_frame (XsStudy *self, XsFrame *frame, const XsObservation *observation)
{
  if (self->close_step != NULL)
    return;
  xs_study_pace_frame (self->pace, now_us (self));
  xs_study_session_observe (self->session, frame, observation);
  trace_credit (self);
  xs_study_sync_lesson (self);
}

/* Who was not there any more, or is not asked, cannot look into the camera for a photo that signs out. */
static gboolean
needs_photo (XsSignOut reason)
{
  return reason != XS_SIGN_OUT_ABSENCE && reason != XS_SIGN_OUT_INTERRUPTED;
}

/* How long the session stays open for its last photo. An empty chair is not waited for. */
static gint64
photo_timeout_us (XsStudy *self)
{
  if (needs_photo (self->sign_out_reason))
    return SIGN_OUT_TIMEOUT_US;
  return self->observation.n_faces == 1 ? ABSENCE_TIMEOUT_US : 0;
}

static void
finish_sign_out (XsStudy *self)
{
  gint64 waited_us = now_us (self) - self->signing_out_us;

  if (self->close_step == NULL)
    {
      gboolean is_waiting = xs_study_session_photo_is_waiting (self->session);
      gboolean unseen = needs_photo (self->sign_out_reason) && is_waiting;
      if (is_waiting && waited_us < photo_timeout_us (self))
        return;
      xs_camera_stop (self->camera);
      self->close_step = submit_close (self, self->sign_out_reason, unseen);
      xs_lesson_player_stop (self->player);
    }
  else if (waited_us > SIGN_OUT_TIMEOUT_US + CLOSE_TIMEOUT_US)
    end_session (self);
  else if (self->n_storing == 0 && now_us (self) - self->retry_us > RETRY_INTERVAL_US)
    {
      g_autoptr (XsStep) step = xs_step_new (XS_STEP_RETRY, self->learner.stunum);
      self->retry_us = now_us (self);
      submit (self, step);
    }
}

void
xs_study_session_tick (XsStudy *self)
{
  gint64 time_us = now_us (self);

  if (self->close_step == NULL)
    {
      XsClockLook look = xs_clock_look (self->clock);
      xs_study_session_clock (self->session, &look);
      if (xs_camera_get_state (self->camera) == XS_CAMERA_LOST)
        xs_study_session_camera_lost (self->session, time_us);
      xs_study_pace_tick (self->pace, time_us, xs_study_session_get_pause (self->session),
                          xs_camera_get_state (self->camera) == XS_CAMERA_RUNNING);
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
  if (self->close_step != NULL)
    return;
  xs_study_session_settle (self->session, now_us (self), FALSE);
  self->close_step = submit_close (self, XS_SIGN_OUT_INTERRUPTED, FALSE);
}

void
xs_study_begin_sign_out (XsStudy *self, XsSignOut reason)
{
  if (self->phase != XS_STUDY_STUDYING)
    return;
  self->sign_out_reason = reason;
  self->signing_out_us = now_us (self);
  /* Who signs out sits there and watches. */
  xs_study_session_settle (self->session, now_us (self), reason == XS_SIGN_OUT_BY_LEARNER);
  xs_study_set_phase (self, XS_STUDY_SIGNING_OUT);
  xs_lesson_player_pause (self->player);
  if (needs_photo (reason))
    xs_study_session_photo_now (self->session, XS_PHOTO_SIGN_OUT, SIGN_OUT_PATIENCE_US);
  else if (reason == XS_SIGN_OUT_ABSENCE)
    xs_study_session_photo_now (self->session, XS_PHOTO_PROCESS, ABSENCE_PATIENCE_US);
  xs_crash_point ("sign-out-asked");
}

void
xs_study_clear_session (XsStudy *self)
{
  g_clear_pointer (&self->sign_in_guidance, xs_guidance_free);
  g_clear_pointer (&self->turn_check, xs_turn_check_free);
  g_clear_pointer (&self->scan, xs_card_scan_free);
  g_clear_pointer (&self->registration_photo, xs_frame_unref);
  g_clear_pointer (&self->session, xs_study_session_free);
  g_clear_pointer (&self->pace, xs_study_pace_free);
  g_clear_pointer (&self->segment, xs_open_segment_unref);
  g_clear_pointer (&self->positions, g_array_unref);
  g_clear_pointer (&self->interrupted, g_array_unref);
  if (self->worker != NULL)
    xs_vision_worker_set_reference (self->worker, NULL);
  self->learner = (XsLearner){ 0 };
  self->reference = (XsTemplate){ 0 };
  self->stunum[0] = self->admitted_by[0] = '\0';
  self->admitting = self->enrolling = FALSE;
  xs_observation_init (&self->observation, 0, 1, 1);
  self->turned_us = G_MININT64;
  self->lesson = self->last_lesson = -1;
  self->lesson_played = FALSE;
  self->lesson_finished = FALSE;
  self->told_playback = -1;
  self->subtitles = TRUE;
  self->subtitle_size = XS_SUBTITLE_MEDIUM;
  g_clear_pointer (&self->quiz, xs_quiz_free);
  g_clear_pointer (&self->quiz_results, g_array_unref);
  self->paused_by_learner = FALSE;
  self->storing_failed = FALSE;
  self->n_storing = 0;
  g_clear_pointer (&self->begin_step, xs_step_unref);
  g_clear_pointer (&self->close_step, xs_step_unref);
  xs_study_outlook_clear (self);
}
