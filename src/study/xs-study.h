/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-attention.h"
#include "xs-audit.h"
#include "xs-camera.h"
#include "xs-course.h"
#include "xs-guidance.h"
#include "xs-hour-counter.h"
#include "xs-ladder.h"
#include "xs-lesson-player.h"
#include "xs-store.h"
#include "xs-taken-photos.h"

G_BEGIN_DECLS

/** XsStudyPhase: where the kiosk is with its one learner. */
typedef enum {
  XS_STUDY_LOADING,        /* models are being loaded, an interrupted session is being closed */
  XS_STUDY_READY,          /* nobody signed in; camera off */
  XS_STUDY_SCANNING,       /* the camera looks for a card; no face is looked for */
  XS_STUDY_ASKING_CONSENT, /* the learner reads what is taken of the face; camera off */
  XS_STUDY_IDENTIFYING,    /* a number was entered; the face is being checked */
  XS_STUDY_NOT_IDENTIFIED, /* the check failed: again, or the coach; camera off, status.error_message says why */
  XS_STUDY_STUDYING,
  XS_STUDY_SIGNING_OUT, /* last photo, closing the log */
  XS_STUDY_SUMMARY,     /* signed out; xs_study_get_summary() tells */
  XS_STUDY_FAILED,      /* cannot work at all; status.error_message says what and the remedy */
} XsStudyPhase;

/** XsStudyStatus: all that a screen needs, as of now. Strings belong to the study and last until its next change. */
typedef struct {
  XsStudyPhase phase;
  const char *error_message; /* (nullable): why sign-in was refused, or why FAILED; for people, translated */
  const XsLearner *learner;  /* (nullable) */
  const char *stunum;        /* (nullable): of who signs in, typed or read from a card */
  const char *admitted_by;   /* (nullable): the coach who let the learner in: a person reviews the session */
  guint tries_left;          /* NOT_IDENTIFIED: face checks; 0: the coach has to come */
  gint64 face_check_left_us; /* IDENTIFYING: of the time for the check; 0: it has not begun */
  XsGuidanceCode guidance;
  XsPresence presence;
  XsPause pause;      /* XS_PAUSE_NONE: counting */
  gint64 credited_us; /* this session */
  gint64 today_us;
  gint64 total_us;
  gint64 daily_cap_us;
  guint n_photos;          /* taken this session */
  gboolean photo_waiting;  /* a photo is due: look at the camera */
  gboolean turned;         /* the head was just turned as asked: to be confirmed */
  gboolean camera_refused; /* of sign-in: no camera may be used; @error_message says why and the remedy */
  gboolean has_face;
  struct {
    float x, y, width, height;
  } face;                    /* main face, 0 … 1 of the preview as shown (mirrored) */
  int lesson;                /* index into the course; -1 none chosen */
  XsLadder ladder;           /* what threatens the credit */
  gboolean own_pause;        /* the learner paused; @pause may have a weightier reason, of whoever has left */
  XsSignOut sign_out_reason; /* while SIGNING_OUT */

  /* Whether the lesson is watched: XS_ATTENTION_NONE while nothing is asked. */
  struct {
    XsAttentionState state;
    gboolean wrong;                      /* another number was pressed */
    guint number;                        /* to be pressed */
    guint choices[XS_ATTENTION_CHOICES]; /* to choose it from */
    gint64 left_us;                      /* to answer in */
  } attention;

  /* What the rules say so far, as the audit will: of the log that is being made, and what its slot still needs. */
  const XsTeachingLog *log;                    /* (nullable): as of the last second */
  const XsAudit *outlook;                      /* (nullable): of @log */
  gint64 missing_us;                           /* credit still missing until signing out now would count; 0: it would */
  gboolean photo_at_risk;                      /* the slot ends soon, and has no photo that passes */
  gint64 slot_start_wall_us, slot_end_wall_us; /* with @photo_at_risk: what is lost without one */
} XsStudyStatus;

/** XsLogOutcome: a teaching log of the session, and what the rules say of it. */
typedef struct {
  const XsTeachingLog *log;
  const XsAudit *audit;
} XsLogOutcome;

/** XsStudySummary: one finished session. */
typedef struct {
  char name[64];
  char stunum[17];
  gint64 start_wall_us, end_wall_us;
  gint64 credited_us;
  gint64 today_us, total_us;
  guint n_photos;
  guint n_logs;
  gboolean stored;        /* FALSE: the end of it could not be stored */
  gint64 segment_min_us;  /* a teaching log of less does not count */
  gint64 last_segment_us; /* credited in the last log; those before were full */
  XsSignOut reason;
  gboolean is_admitted;    /* a coach let the learner in, whose face was not recognised */
  gint64 make_up_until_us; /* not signed out of, and until when that can be made up by signing in again; 0: no need */
  gint64 close_after_s;    /* shown for so long */
  gint64 paused_us[XS_PAUSE_STARTING + 1]; /* by XsPause */
} XsStudySummary;

/**
 * XsStudy: the study engine, live, without a widget: camera, vision, lesson player, hour counter, photos, journal.
 * Main-context object; nothing here blocks.
 *
 * Property "phase" (XsStudyPhase as int). Signal "changed": status is worth reading again: ten times a second,
 * and at once when the phase is another one.
 */
#define XS_TYPE_STUDY (xs_study_get_type ())
G_DECLARE_FINAL_TYPE (XsStudy, xs_study, XS, STUDY, GObject)

/**
 * xs_study_new:
 * @camera_uri: (nullable): see xs_camera_new()
 * @course: what is taught
 */
XsStudy *xs_study_new (XsStore *store, XsClock *clock, const char *camera_uri, XsCourse *course);
/** xs_study_shut_down: sign out who is signed in, as interrupted, and stop everything; call before dropping it. */
void xs_study_shut_down (XsStudy *self);

/** xs_study_get_status: fills @status with what is so now. */
void xs_study_get_status (XsStudy *self, XsStudyStatus *status);
/** xs_study_get_summary: valid in XS_STUDY_SUMMARY. */
const XsStudySummary *xs_study_get_summary (XsStudy *self);
/** xs_study_get_outcomes: (transfer container): XsLogOutcome of the session's logs so far, in order. */
GArray *xs_study_get_outcomes (XsStudy *self);
/** xs_study_list_ribbon: (transfer full): see xs_ribbon_list(): of the session that runs, or whose summary is shown. */
GArray *xs_study_list_ribbon (XsStudy *self);
/** xs_study_list_slots: (transfer full) (element-type XsPhotoSlot): of all its logs; pictures last while it does. */
GArray *xs_study_list_slots (XsStudy *self);
/** xs_study_get_photos: (nullable): what was taken in it; gone with its summary. */
const XsTakenPhotos *xs_study_get_photos (XsStudy *self);
XsCourse *xs_study_get_course (XsStudy *self);
XsCamera *xs_study_get_camera (XsStudy *self);
XsLessonPlayer *xs_study_get_player (XsStudy *self);

/**
 * xs_study_sign_in: from READY: look the learner up, ask for consent where it was not given to the text of today, turn
 * the camera on and check the face. Refusals come back as READY with status.error_message.
 * @stunum: as typed; checked here
 */
void xs_study_sign_in (XsStudy *self, const char *stunum);
/**
 * xs_study_set_obstacle: while there is one nobody signs in, and who tries is told it.
 * @message: (nullable): for people, translated, with the remedy; NULL: there is none
 */
void xs_study_set_obstacle (XsStudy *self, const char *message);
/**
 * xs_study_take_resumable: (transfer full) (nullable): the number of the learner who studied here when a crash cut the
 * session off, once after the start and only while policy lets the kiosk know it.
 */
char *xs_study_take_resumable (XsStudy *self);
/** xs_study_set_camera: which camera from now on: as xs_camera_set_source(). */
void xs_study_set_camera (XsStudy *self, const char *uri, const char *device_id);
/** xs_study_get_observation: (transfer none): of the newest frame that was looked at, whoever wanted the camera. */
const XsObservation *xs_study_get_observation (XsStudy *self);
/**
 * xs_study_scan_card: from READY: the same, with the number of the card that is held to the camera. What is no card of
 * this school is told by status.error_message while it goes on looking.
 */
void xs_study_scan_card (XsStudy *self);
/** xs_study_give_consent: from ASKING_CONSENT: the learner agrees; that is stored before the camera is turned on. */
void xs_study_give_consent (XsStudy *self);
/** xs_study_decline_consent: from ASKING_CONSENT to READY, and told the other way. */
void xs_study_decline_consent (XsStudy *self);
/** xs_study_try_again: from NOT_IDENTIFIED, while status.tries_left. */
void xs_study_try_again (XsStudy *self);
/**
 * xs_study_admit: from NOT_IDENTIFIED when no tries are left: a coach lets the learner in. Then one living face is
 * looked for, and whoever it is must stay before the camera: the session is counted so, marked in its logs, and
 * reviewed by a person. What is wrong is told by status.error_message.
 * @coach: name or number, 1 to XS_ADMITTED_BY_MAX bytes
 * @password: of the staff
 */
void xs_study_admit (XsStudy *self, const char *coach, const char *password);
/**
 * xs_study_refuse_seat: whoever signs in under @stunum sits elsewhere, which @message says; once the session runs it is
 * too late, and nothing happens.
 */
void xs_study_refuse_seat (XsStudy *self, const char *stunum, const char *message);
/** xs_study_cancel_sign_in: from any phase between READY and STUDYING back to READY. */
void xs_study_cancel_sign_in (XsStudy *self);
/** xs_study_set_paused: the learner's own pause. */
void xs_study_set_paused (XsStudy *self, gboolean paused);
gboolean xs_study_get_paused (XsStudy *self);
/** xs_study_sign_out: from STUDYING; ends in SUMMARY. */
void xs_study_sign_out (XsStudy *self);
/** xs_study_dismiss_summary: from SUMMARY to READY. */
void xs_study_dismiss_summary (XsStudy *self);
/**
 * xs_study_take_interrupted: (transfer full) (nullable): XsInterrupted of the learner signed in, once: to be told
 * that an earlier session was cut off and what of it was kept.
 */
GArray *xs_study_take_interrupted (XsStudy *self);

G_END_DECLS
