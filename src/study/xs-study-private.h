/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-card-scan.h"
#include "xs-quiz.h"
#include "xs-ribbon.h"
#include "xs-segment-job.h"
#include "xs-study-jobs.h"
#include "xs-study-pace.h"
#include "xs-study-session.h"
#include "xs-study.h"
#include "xs-turn-check.h"
#include "xs-vision-worker.h"

G_BEGIN_DECLS

struct _XsStudy {
  GObject parent_instance;

  XsStore *store;
  XsClock *clock;
  XsCourse *course;
  XsCamera *camera;
  XsLessonPlayer *player;
  double volume; /* of lessons on this PC */
  guint volume_id;
  XsVisionWorker *worker; /* NULL while loading */

  XsStudyPhase phase;
  char *error_message;
  char *obstacle;     /* (nullable): why nobody may sign in now */
  char *resumable;    /* (nullable): who was cut off by a crash just now */
  gint64 overdue_us;  /* when it was last looked for sessions that cannot be made up any more */
  gboolean recovered; /* the journal has closed what was left open */
  guint tick_id;
  guint changed_id;
  gint64 changed_us; /* when "changed" was emitted last */

  /* The learner being identified or signed in. */
  guint attempt; /* rises with every question, so that answers meant for an earlier one are not taken for this */
  char stunum[XS_UNIFIED_DIGITS + 1];  /* typed, or of the card; "": nobody's */
  char inscode[XS_UNIFIED_DIGITS + 1]; /* this school, while a card is looked for */
  XsCardScan *scan;                    /* (nullable): while it is; made and freed while the camera is off */
  const char *scan_message;            /* (nullable): what was wrong with the last card, translated */
  XsLearner learner;
  XsPolicy policy;
  gint64 today_us, total_us; /* before this session */
  GArray *positions;         /* XsLessonPosition by lesson */
  int last_lesson;           /* the one watched last; -1: none yet */
  GArray *quiz_results;      /* XsQuizResult by chapter: the best */
  gboolean subtitles;
  int subtitle_size; /* XsSubtitleSize */
  GArray *interrupted;
  XsFrame *registration_photo; /* (nullable): to be made into the reference */
  XsTemplate reference;        /* of the register */
  XsGuidance *sign_in_guidance;
  XsGuidanceCode sign_in_code;
  gint64 identifying_us; /* since when the card, the consent, the face or the coach is waited for */
  gint64 looking_us;     /* frames from before show nothing to go by */
  gint64 other_us;       /* since when somebody else is seen; G_MAXINT64: not */
  guint n_good;          /* frames in a row that show the right face well */
  guint n_failed;        /* face checks of @failed_stunum, since the last that was passed */
  char failed_stunum[XS_UNIFIED_DIGITS + 1];
  char admitted_by[XS_ADMITTED_BY_MAX + 1]; /* the coach who lets the learner in; "": nobody has to */
  gboolean admitting;                       /* the face to be let in is still to be seen */
  gboolean enrolling;                       /* a template of it is being made */
  gboolean turn_check_wanted;
  XsTurnCheck *turn_check; /* (nullable): while the learner is asked to turn the head */
  gint64 turned_us;        /* when it was passed at sign-in; G_MININT64: not */

  /* The running session. */
  XsStudySession *session;
  XsStudyPace *pace;
  XsOpenSegment *segment;
  gint64 start_us, start_wall_us;
  int lesson;               /* -1: none */
  gboolean lesson_played;   /* some lesson ran in this session */
  gboolean lesson_finished; /* it was at its end before */
  int told_playback;        /* XsPlayback the session was told last; -1: none */
  XsQuiz *quiz;             /* (nullable): asked now, instead of the lesson */
  guint quiz_chapter;
  gboolean paused_by_learner;
  gboolean storing_failed;
  guint n_storing;         /* steps handed to the store, not yet answered */
  gint64 storing_since_us; /* when the store last had nothing to do, or answered */
  XsStep *begin_step;      /* until it is done */
  XsStep *close_step;      /* the last one, once it was handed to the store */
  GPtrArray *closes;       /* XsStep, all of the session; kept until the next sign-in for what the rules said */
  XsAuditFacts facts;      /* what is known beside the log that is being made */
  XsTeachingLog log;       /* that log, as of the last second */
  XsAudit *outlook;        /* (nullable): what the rules say of it */
  gint64 retry_us;         /* when to try storing again while signing out */
  XsSignOut sign_out_reason;
  gint64 signing_out_us;
  gboolean left_open; /* an earlier session could not be closed: before the next one */

  XsTakenPhotos *photos;     /* (nullable): of the session, until its summary is left */
  GArray *ribbon;            /* (nullable): XsStretch, of a session whose summary is shown */
  XsObservation observation; /* newest */
  XsStudySummary summary;
};

/* xs-study-running.c: from the identified face to the closed log. */
void xs_study_begin_session (XsStudy *self, XsFrame *frame, const XsObservation *observation);
void xs_study_session_frame (XsStudy *self, XsFrame *frame, const XsObservation *observation);
void xs_study_session_tick (XsStudy *self);
/** Closes the log as interrupted without waiting for a last photo. */
void xs_study_interrupt (XsStudy *self);
void xs_study_begin_sign_out (XsStudy *self, XsSignOut reason);
void xs_study_clear_session (XsStudy *self);
/** Whether the journal takes what it is given. */
gboolean xs_study_stores_in_time (XsStudy *self);

/* xs-study-lesson.c: the course. */
void xs_study_lesson_changed (XsStudy *self);
/** Play or pause it as things are, and tell the counter what it does; several times a second. */
void xs_study_sync_lesson (XsStudy *self);
void xs_study_note_position (XsStudy *self);
guint xs_study_first_lesson (XsStudy *self);
/** On the store's thread. @size: (out): an XsSubtitleSize */
gboolean xs_study_read_subtitles (XsJournal *journal, const char *stunum, gboolean *on, int *size, GError **error);

/* xs-study-outlook.c: what the rules will say of the log that is being made. */
void xs_study_outlook_begin (XsStudy *self);
/** A photo was taken for the log. */
void xs_study_outlook_add_photo (XsStudy *self, const XsPhotoRecord *photo);
void xs_study_outlook_update (XsStudy *self, const XsProgress *progress);
/** The log was closed, and the next begins at @start_wall_us. */
void xs_study_outlook_next (XsStudy *self, gint64 start_wall_us);
/** @facts: of the store, for the log that is open now; emptied. */
void xs_study_outlook_take_facts (XsStudy *self, XsAuditFacts *facts);
void xs_study_outlook_fill_status (XsStudy *self, XsStudyStatus *status);
void xs_study_outlook_clear (XsStudy *self);

/** XsAttempt: goes with a question to the store or to vision, to tell whether its answer is still wanted. */
typedef struct {
  XsStudy *study;
  guint number;
} XsAttempt;

/** (transfer full): the answers to all questions before are stale from now on. */
XsAttempt *xs_attempt_new (XsStudy *self);
void xs_attempt_free (XsAttempt *attempt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsAttempt, xs_attempt_free)
/** Whether the study went on to something else, or is not in @phase any more. */
gboolean xs_attempt_is_stale (const XsAttempt *attempt, XsStudyPhase phase);

/* xs-study-sign-in.c: from the number to the face check: register, consent, reference. */
void xs_study_refuse_sign_in (XsStudy *self, const char *message);
char *xs_study_camera_message (XsStudy *self);
gboolean xs_study_phase_is_sign_in (XsStudyPhase phase);
/** Of a valid number: begin at the register. */
void xs_study_look_up (XsStudy *self, const char *stunum);
void xs_study_sign_in_tick (XsStudy *self);

/* xs-study-scan.c: the card instead of the number. */
void xs_study_scan_tick (XsStudy *self);

/* xs-study-face-check.c: from the reference to the identified face, or to the coach. */
void xs_study_check_face (XsStudy *self);
void xs_study_sign_in_frame (XsStudy *self, XsFrame *frame, const XsObservation *observation);
void xs_study_check_face_tick (XsStudy *self);
gint64 xs_study_check_face_left_us (XsStudy *self);
guint xs_study_check_face_tries_left (XsStudy *self);

/* xs-study-show.c: what is shown of a session, and nowhere kept. */
void xs_study_show_begin (XsStudy *self);
/** The session ends: what its summary shows is kept until that is left. */
void xs_study_show_end (XsStudy *self);
void xs_study_show_forget (XsStudy *self);

/* xs-study.c */
void xs_study_set_phase (XsStudy *self, XsStudyPhase phase);
void xs_study_set_error (XsStudy *self, const char *message);
/* "changed": no sooner than 100 ms after the last; at once, for what somebody waits for; or, instead, in 100 ms. */
void xs_study_queue_changed (XsStudy *self);
void xs_study_tell_now (XsStudy *self);
void xs_study_tell_later (XsStudy *self);
/**
 * What would be recorded from now on in a damaged journal might be lost. Whoever studies already goes on, and nobody
 * begins. Returns: whether it is damaged, and the study has FAILED.
 */
gboolean xs_study_stop_when_damaged (XsStudy *self);

G_END_DECLS
