/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-attention.h"
#include "xs-frame.h"
#include "xs-guidance.h"
#include "xs-hour-counter.h"
#include "xs-journal.h"
#include "xs-snapshot-schedule.h"
#include "xs-vision.h"

G_BEGIN_DECLS

/** Frames looked at per second, live and in replay. */
#define XS_ANALYSIS_FPS 10

/**
 * XsStudySession: the rules of one study session, from identified face to sign-out, without camera, player, clock
 * or disk: fed with what happened, it says what is credited, what to show and when to take a photo. The live study
 * and the replay of recordings drive this same object.
 *
 * Times are microseconds on one monotonic time line. Observations arrive later than the moment they show; playback
 * and clock inputs are held back until an observation of a later moment arrives, for at most 3 s (or
 * policy.max_tick_gap_us), so that the counter sees everything in the order it happened. A slow PC may thus take its
 * time for a frame: what counts is how far apart the moments are that the frames show.
 */
typedef struct _XsStudySession XsStudySession;

/** XsStudySessionFuncs: what a session asks for; called from inside the input functions. */
typedef struct {
  /** A photo is taken: keep @frame. @wall_us: its capture time. */
  void (*photo) (XsStudySession *session, XsFrame *frame, XsPhotoEvent event, const XsObservation *observation,
                 gint64 wall_us, gpointer user_data);
  /** About once a second: put @progress, valid during the call, on disk. */
  void (*progress) (XsStudySession *session, const XsProgress *progress, gpointer user_data);
  /** The segment must be closed for @reason: XS_SIGN_OUT_SEGMENT_FULL goes on with a new one, others end it. */
  void (*close) (XsStudySession *session, XsSignOut reason, gpointer user_data);
} XsStudySessionFuncs;

/**
 * xs_study_session_new: (transfer full): begins at @start_us.
 * @credited_today_us: for the daily cap, see xs_hour_counter_new()
 * @seed: for the random moments of photos
 * @funcs: (nullable members): copied
 */
XsStudySession *xs_study_session_new (const XsPolicy *policy, gint64 start_us, gint64 start_wall_us,
                                      gint64 credited_today_us, guint32 seed, const XsStudySessionFuncs *funcs,
                                      gpointer user_data);
void xs_study_session_free (XsStudySession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsStudySession, xs_study_session_free)

/** xs_study_session_observe: vision looked at @frame. */
void xs_study_session_observe (XsStudySession *session, XsFrame *frame, const XsObservation *observation);
void xs_study_session_playback (XsStudySession *session, gint64 time_us, XsPlayback playback);
void xs_study_session_camera_lost (XsStudySession *session, gint64 time_us);
/** xs_study_session_clock: at least once a second, also while the camera is lost; drives progress. */
void xs_study_session_clock (XsStudySession *session, const XsClockLook *look);
/**
 * xs_study_session_answer: the learner pressed @number in answer to the question of xs_study_session_get_attention().
 * While it is open nothing is credited; answered in time, all since it was asked is, as if it had not been. Missed,
 * nothing between question and answer is: XS_PAUSE_ATTENTION. Who leaves while it is open misses it at once.
 * Returns: whether it was the number asked for
 */
gboolean xs_study_session_answer (XsStudySession *session, gint64 time_us, guint number);
/** xs_study_session_settle: the session ends: what an open question holds back counts, or does not. */
void xs_study_session_settle (XsStudySession *session, gint64 time_us, gboolean answered);
/**
 * xs_study_session_photo_now: the next good frame, after @patience_us any of the learner, becomes a photo @event. With
 * XS_PHOTO_PROCESS it is then any frame with one face that is not known to be somebody else's.
 */
void xs_study_session_photo_now (XsStudySession *session, XsPhotoEvent event, gint64 patience_us);
/** xs_study_session_photo_is_waiting: whether a photo asked for by photo_now() is still to be taken. */
gboolean xs_study_session_photo_is_waiting (const XsStudySession *session);
/** xs_study_session_wants_photo: whether a photo, asked for or by schedule, waits for the learner to look well. */
gboolean xs_study_session_wants_photo (const XsStudySession *session);
/** xs_study_session_next_segment: the segment was closed; totals of progress start again from here. */
void xs_study_session_next_segment (XsStudySession *session);
/** xs_study_session_get_progress: totals of the open segment as of now; @progress->minutes is (transfer none). */
void xs_study_session_get_progress (XsStudySession *session, XsProgress *progress);

/** xs_study_session_get_counter: (transfer none): to read credit, pause and stretches from. */
const XsHourCounter *xs_study_session_get_counter (const XsStudySession *session);
/**
 * xs_study_session_get_pause: why nothing is credited now, as xs_hour_counter_pause(); XS_PAUSE_CLOCK also while
 * whoever is there is looked at too rarely.
 */
XsPause xs_study_session_get_pause (const XsStudySession *session);
/** xs_study_session_get_attention: (transfer none): the question whether the lesson is watched. */
const XsAttention *xs_study_session_get_attention (const XsStudySession *session);
/** xs_study_session_get_presence: what the newest observation showed. */
XsPresence xs_study_session_get_presence (const XsStudySession *session);
/** xs_study_session_get_guidance: the instruction to show now. */
XsGuidanceCode xs_study_session_get_guidance (const XsStudySession *session);
/** xs_study_session_get_turned_us: when the active check was last passed; G_MININT64: not yet. */
gint64 xs_study_session_get_turned_us (const XsStudySession *session);
/** xs_study_session_get_watch: (transfer none): to read from it what is about to pause. */
const XsPresenceWatch *xs_study_session_get_watch (const XsStudySession *session);
/** xs_study_session_get_turn_left_us: how long the learner still has to turn the head; G_MAXINT64: is not asked to. */
gint64 xs_study_session_get_turn_left_us (const XsStudySession *session);
/** xs_study_session_get_absent_us: since when the learner is not seen; G_MAXINT64: is seen. */
gint64 xs_study_session_get_absent_us (const XsStudySession *session);
/** xs_study_session_wanted_look: how closely to look at the next frame: thoroughly for photos and identity checks. */
XsLook xs_study_session_wanted_look (const XsStudySession *session);
/** xs_study_session_wants_lesson: whether the lesson should run: not while nobody, or somebody else, watches it. */
gboolean xs_study_session_wants_lesson (const XsStudySession *session);
/**
 * xs_study_session_wall_us: the wall time of a moment of the open segment, by the clock the segment began with: a clock
 * that is set meanwhile moves no stamp; an XsLogEvent tells of it.
 */
gint64 xs_study_session_wall_us (const XsStudySession *session, gint64 time_us);

G_END_DECLS
