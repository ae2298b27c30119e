/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-replay.h"

#include "xs-blob.h"
#include "xs-camera.h"
#include "xs-clock.h"
#include "xs-error.h"
#include "xs-lesson-player.h"
#include "xs-observation-json.h"
#include "xs-picture.h"
#include "xs-study-session.h"

#include <math.h>

/* A recording carries no date: every replay begins at the same moment, so that the same input gives the same report. */
#define REPLAY_START "20260105090000"
#define REPLAY_SEED 1
#define CLOCK_INTERVAL_US G_USEC_PER_SEC
#define JPEG_QUALITY 85

typedef struct {
  const XsReplayOptions *options;
  XsStudySession *session;
  XsLessonReader *lesson;
  gint64 lesson_us; /* position in the lesson */
  gint64 played_us; /* moment up to which the lesson was moved on */
  XsPlayback playback;
  char *lesson_error;

  JsonArray *photos;
  JsonArray *observations;
  JsonArray *guidance;
  XsGuidanceCode shown;
  gint64 shown_us;
  GError *error; /* of a callback */
} Replay;

static double
seconds (gint64 time_us)
{
  return round (time_us / 1000.0) / 1000.0;
}

static void
keep_photo (XsStudySession *session, XsFrame *frame, XsPhotoEvent event, const XsObservation *observation,
            gint64 wall_us, gpointer user_data)
{
  Replay *replay = user_data;

  if (replay->error != NULL)
    return;
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (frame, JPEG_QUALITY, &replay->error);
  if (jpeg == NULL || !xs_dir_ensure (replay->options->photos_dir, &replay->error))
    return;
  g_autofree char *name = g_strdup_printf ("%03u-event-%d.jpg", json_array_get_length (replay->photos) + 1, event);
  g_autofree char *path = g_build_filename (replay->options->photos_dir, name, NULL);
  if (!xs_blob_write (path, jpeg, &replay->error))
    return;

  JsonObject *photo = json_object_new ();
  json_object_set_double_member (photo, "t_s", seconds (observation->time_us));
  json_object_set_int_member (photo, "event", event);
  json_object_set_string_member (photo, "file", path);
  xs_json_set_measure (photo, "match", observation->match);
  json_array_add_object_element (replay->photos, photo);
}

/* A recording ends when it does; what is longer than a log goes on in the next. */
static void
go_on (XsStudySession *session, XsSignOut reason, gpointer user_data)
{
  if (reason == XS_SIGN_OUT_SEGMENT_FULL)
    xs_study_session_next_segment (session);
}

static void
note_observation (Replay *replay, const XsObservation *observation)
{
  JsonObject *object = xs_observation_to_json (observation, FALSE);

  json_object_set_string_member (object, "presence",
                                 xs_presence_nick (xs_study_session_get_presence (replay->session)));
  json_array_add_object_element (replay->observations, object);
}

static void
note_guidance (Replay *replay, gint64 time_us, gboolean last)
{
  XsGuidanceCode code = xs_study_session_get_guidance (replay->session);

  if (code == replay->shown && !last)
    return;
  if (time_us > replay->shown_us)
    {
      JsonObject *object = json_object_new ();
      json_object_set_double_member (object, "t0_s", seconds (replay->shown_us));
      json_object_set_double_member (object, "t1_s", seconds (time_us));
      json_object_set_string_member (object, "code", xs_guidance_nick (replay->shown));
      json_array_add_object_element (replay->guidance, object);
    }
  replay->shown = code;
  replay->shown_us = time_us;
}

/*
 * The lesson stands while nobody, or somebody else, watches it, and goes on at the very frame that shows the face
 * again: only its end and its faults matter to the counter.
 */
static void
play_lesson (Replay *replay, gint64 time_us)
{
  gboolean ended = FALSE;
  g_autoptr (GError) error = NULL;

  if (replay->playback == XS_PLAYBACK_PLAYING && xs_study_session_wants_lesson (replay->session))
    {
      replay->lesson_us += time_us - replay->played_us;
      if (replay->lesson != NULL && !xs_lesson_reader_advance (replay->lesson, replay->lesson_us, &ended, &error))
        {
          replay->lesson_error = g_strdup (error->message);
          replay->playback = XS_PLAYBACK_FAILED;
        }
      else if (ended)
        replay->playback = XS_PLAYBACK_ENDED;
      if (replay->playback != XS_PLAYBACK_PLAYING)
        xs_study_session_playback (replay->session, replay->played_us, replay->playback);
    }
  replay->played_us = time_us;
}

static JsonArray *
stretches_to_json (const GArray *stretches, gboolean with_reason)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < stretches->len; i++)
    {
      const XsStretch *stretch = &g_array_index (stretches, XsStretch, i);
      if (with_reason)
        {
          JsonObject *object = json_object_new ();
          json_object_set_double_member (object, "t0_s", seconds (stretch->t0_us));
          json_object_set_double_member (object, "t1_s", seconds (stretch->t1_us));
          json_object_set_string_member (object, "reason", xs_pause_nick (stretch->pause));
          json_array_add_object_element (array, object);
        }
      else
        {
          JsonArray *pair = json_array_new ();
          json_array_add_double_element (pair, seconds (stretch->t0_us));
          json_array_add_double_element (pair, seconds (stretch->t1_us));
          json_array_add_array_element (array, pair);
        }
    }
  return array;
}

static JsonObject *
make_report (Replay *replay)
{
  const XsHourCounter *counter = xs_study_session_get_counter (replay->session);
  JsonObject *report = json_object_new ();

  json_object_set_string_member (report, "camera", replay->options->camera_path);
  json_object_set_string_member (report, "policy", replay->options->policy.id);
  json_object_set_double_member (report, "credited_s", seconds (xs_hour_counter_credited_us (counter)));
  json_object_set_array_member (report, "credited", stretches_to_json (xs_hour_counter_stretches (counter), FALSE));
  json_object_set_array_member (report, "paused", stretches_to_json (xs_hour_counter_pauses (counter), TRUE));
  json_object_set_array_member (report, "guidance", json_array_ref (replay->guidance));
  json_object_set_array_member (report, "photos", json_array_ref (replay->photos));
  if (replay->lesson_error != NULL)
    json_object_set_string_member (report, "lesson_error", replay->lesson_error);
  json_object_set_array_member (report, "observations", json_array_ref (replay->observations));
  return report;
}

/* Sleeps until the system clock shows @time_us; a time that has passed is no wait at all. */
static void
wait_until (gint64 time_us)
{
  GMutex lock;
  GCond never;

  g_mutex_init (&lock);
  g_cond_init (&never);
  g_mutex_lock (&lock);
  while (g_cond_wait_until (&never, &lock, time_us))
    continue;
  g_mutex_unlock (&lock);
  g_cond_clear (&never);
  g_mutex_clear (&lock);
}

static gboolean
run_frames (Replay *replay, XsVision *vision, XsRecording *recording, gint64 start_wall_us, GError **error)
{
  gint64 start_us = xs_clock_monotonic_us (xs_clock_system ());
  gint64 clock_us = G_MININT64 / 2;
  g_autoptr (XsFrame) frame = NULL;
  XsObservation observation;

  for (;;)
    {
      g_autoptr (XsFrame) next = NULL;
      if (!xs_recording_next (recording, &next, error))
        return FALSE;
      if (next == NULL)
        break;
      g_clear_pointer (&frame, xs_frame_unref);
      frame = g_steal_pointer (&next);

      if (replay->options->real_time)
        wait_until (start_us + frame->time_us);
      if (!xs_vision_observe (vision, frame, xs_study_session_wanted_look (replay->session), &observation, error))
        return FALSE;

      play_lesson (replay, frame->time_us);
      if (frame->time_us - clock_us >= CLOCK_INTERVAL_US)
        {
          clock_us = frame->time_us;
          XsClockLook look = { clock_us, clock_us, start_wall_us + clock_us, 0 };
          xs_study_session_clock (replay->session, &look);
        }
      xs_study_session_observe (replay->session, frame, &observation);
      note_observation (replay, &observation);
      note_guidance (replay, frame->time_us, FALSE);
      if (replay->error != NULL)
        break;
    }
  if (frame != NULL && replay->error == NULL)
    {
      if (!xs_vision_observe (vision, frame, XS_LOOK_THOROUGH, &observation, error))
        return FALSE;
      xs_study_session_photo_now (replay->session, XS_PHOTO_SIGN_OUT, 0);
      xs_study_session_playback (replay->session, frame->time_us, XS_PLAYBACK_PAUSED);
      xs_study_session_observe (replay->session, frame, &observation);
      note_guidance (replay, frame->time_us, TRUE);
    }
  if (replay->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&replay->error));
      return FALSE;
    }
  return TRUE;
}

JsonObject *
xs_replay (const XsReplayOptions *options, GError **error)
{
  const XsStudySessionFuncs funcs = { .photo = keep_photo, .close = go_on };
  XsTemplate reference;
  gint64 start_wall_us;

  g_autoptr (XsFrame) photo = xs_picture_load (options->photo_path, error);
  if (photo == NULL)
    return NULL;
  g_autoptr (XsRecording) recording = xs_recording_open (options->camera_path, XS_ANALYSIS_FPS, error);
  if (recording == NULL)
    return NULL;
  g_autoptr (XsLessonReader) lesson = NULL;
  if (options->lesson_path != NULL && (lesson = xs_lesson_reader_open (options->lesson_path, error)) == NULL)
    return NULL;
  g_autoptr (XsVision) vision = xs_vision_new (NULL, error);
  if (vision == NULL)
    return NULL;
  if (!xs_vision_enrol (vision, photo, &reference, error))
    {
      g_prefix_error (error, "%s: ", options->photo_path);
      return NULL;
    }
  xs_vision_set_reference (vision, &reference);
  if (!xs_wall_from_wire (REPLAY_START, &start_wall_us, error))
    return NULL;

  XsPolicy policy = options->policy;
  /* Who was recorded could not hear what is asked now. */
  policy.active_check_interval_s = 0;
  policy.attention_interval_s = 0;
  Replay replay = { .options = options, .lesson = lesson, .playback = XS_PLAYBACK_PLAYING };
  g_autoptr (JsonArray) photos = replay.photos = json_array_new ();
  g_autoptr (JsonArray) observations = replay.observations = json_array_new ();
  g_autoptr (JsonArray) guidance = replay.guidance = json_array_new ();
  g_autoptr (XsStudySession) session =
    xs_study_session_new (&policy, 0, start_wall_us, 0, REPLAY_SEED, &funcs, &replay);
  replay.session = session;
  xs_study_session_playback (session, 0, replay.playback);
  xs_study_session_photo_now (session, XS_PHOTO_SIGN_IN, 10 * G_USEC_PER_SEC);

  gboolean ran = run_frames (&replay, vision, recording, start_wall_us, error);
  JsonObject *report = ran ? make_report (&replay) : NULL;
  g_free (replay.lesson_error);
  return report;
}
