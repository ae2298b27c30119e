/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-photo-report.h"
#include "xs-photo-set.h"
#include "xs-wire-appeal.h"
#include "xs-wire-log.h"
#include "xs-wire-verdict.h"

G_BEGIN_DECLS

/*
 * What people who review logs and the platform say to each other, under a token of xs-wire-people.h. docs/protocol.md
 * has the rules. Each struct is plain: init, then fill in or decode, then clear; strings are "" and doubles NaN for
 * what is not there. Decoders check every field, set XS_ERROR_INVALID naming it, and leave a struct that is still to be
 * cleared. No path takes a query: what is looked for may be a name, and names do not belong into logs of requests.
 */

#define XS_WIRE_PATH_REVIEW_QUEUE "/v1/review/queue"                 /* POST XsReviewQuery → XsReviewPage */
#define XS_WIRE_PATH_REVIEW_LOGS "/v1/review/logs/"                  /* GET + devnum/seq/log_sha256 → XsReviewLog */
#define XS_WIRE_PATH_REVIEW_DAYS "/v1/review/days"                   /* POST XsReviewDaysQuery → XsReviewDays */
#define XS_WIRE_PATH_REVIEW_HISTORY "/v1/review/history"             /* POST XsReviewQuery → XsReviewHistory */
#define XS_WIRE_PATH_REVIEW_ACTIONS "/v1/review/actions"             /* POST XsReviewActions → XsReviewOutcomes */
#define XS_WIRE_PATH_REVIEW_RECKONING "/v1/review/reckoning"         /* POST XsReviewActions → XsReviewOutcomes */
#define XS_WIRE_PATH_REVIEW_FEED "/v1/review/feed/"                  /* GET + cursor → XsReviewPage */
#define XS_WIRE_PATH_REVIEW_LEARNERS "/v1/review/learners"           /* POST XsReviewQuery → XsReviewLearners */
#define XS_WIRE_PATH_REVIEW_PHOTO_ACTIONS "/v1/review/photo-actions" /* POST XsReviewActions → XsReviewOutcomes */
#define XS_WIRE_PATH_REVIEW_PHOTOS "/v1/review/registration-photos/" /* PUT + stunum, a JPEG → XsReviewOutcome */
#define XS_WIRE_PATH_REVIEW_VIEWS "/v1/review/views"                 /* POST XsReviewQuery → XsReviewViews */
#define XS_WIRE_PATH_REVIEW_EXPORTS "/v1/review/exports"             /* POST XsReviewExport → status "recorded" */
#define XS_WIRE_PATH_PEOPLE_REGISTRATION "/v1/people/registration-photos/" /* GET + sha256 → a JPEG */

#define XS_WIRE_REVIEW_REQUEST_MAX_BYTES (256 * 1024)
#define XS_WIRE_REVIEW_ANSWER_MAX_BYTES (8 * 1024 * 1024)
/** Rows of a page; a request that names no number gets so many. */
#define XS_REVIEW_PAGE_MAX 200
/** XS_REVIEW_PX_MAX: the largest width, height or distance of a picture. */
#define XS_REVIEW_PX_MAX 1000000
/** Logs or learners of one request. */
#define XS_REVIEW_ACTIONS_MAX 100
/** Stretches of one decision. */
#define XS_REVIEW_VOIDS_MAX 100
/** Steps of a history; of a longer one the last are told. */
#define XS_REVIEW_STEPS_MAX 200
#define XS_REVIEW_DAYS_MAX 400
/** Photos of a page of a history; a request that names no number gets so many. */
#define XS_REVIEW_GLANCES_MAX 2000
/** Names of what is asked, chosen by who asks: a UUID. */
#define XS_REVIEW_ID_BYTES 37

/** XsReviewQuery: what is looked for, of logs, learners or views. What is "" or 0 is not asked for. */
typedef struct {
  char after[97]; /* XsReviewPage.next, of the page before */
  gint64 limit;   /* rows, up to XS_REVIEW_PAGE_MAX; 0: as many */
  char text[64];  /* part of a name or a number */
  char stunum[XS_UNIFIED_DIGITS + 1];
  char devnum[XS_UNIFIED_DIGITS + 1];
  gint64 part, mode;     /* 1 … 4 each, of the course code */
  char judged_by[17];    /* "auditor", "person" or "nobody" */
  char validity[17];     /* xs_verdict_nick(): “pending” is what nobody has decided, whatever the auditor said */
  char state[17];        /* of logs xs_audit_state_nick(); of learners a word of XsReviewLearner.state */
  char who[64];          /* of views */
  gint64 from_us, to_us; /* start of the log, or time of the view: [from, to) */
  gboolean open_only;    /* those that wait for a person alone; logs among them however old they are */
} XsReviewQuery;

/**
 * XsReviewRow: a log in a list. The hash is what a log is known by: kiosks that followed each other under one number
 * have a log of each seq each.
 */
typedef struct {
  char devnum[XS_UNIFIED_DIGITS + 1];
  gint64 seq;
  char log_sha256[65]; /* of the signed bytes */
  char device[64];     /* what people call the kiosk; "" for nothing */
  char stunum[XS_UNIFIED_DIGITS + 1];
  char name[64]; /* of the learner; "" when erased */
  char recnum[XS_RECNUM_DIGITS + 1];
  char subjcode[XS_SUBJCODE_DIGITS + 1];
  gint64 start_us, end_us, received_us;
  gint64 changed_us;        /* of its state */
  gint64 claimed_s;         /* that the kiosk credited */
  gint64 credited_min;      /* that stands */
  gint64 credited_next_min; /* of which more on the day after the log starts */
  XsAuditState state;
  XsVerdict verdict; /* PENDING also when none was given yet */
  gint64 version;    /* of the log, for who decides */
  gint64 risk;
  char reasons[512]; /* words of the reasons, each once, spaces between */
  double match_min;  /* lowest of the auditor's matches; NaN: none */
  gint64 n_photos;
  char judged_by[64];  /* "auditor", the name of a person, or "" */
  gboolean by_person;  /* judged_by is a person */
  char comment[512];   /* of that person */
  gboolean appealed;   /* and not answered */
  char first_look[64]; /* who decided, when it waits for somebody else's look; "" otherwise */
} XsReviewRow;

/**
 * XsReviewCounts: of what the query asks, however it stands: @waiting of all time, as open_only lists it, others of the
 * query's.
 */
typedef struct {
  gint64 waiting;              /* for a person */
  gint64 received;             /* for the auditor */
  gint64 pending;              /* not decided: needs_human and appealed */
  gint64 valid, partial, none; /* none: nothing counts */
} XsReviewCounts;

typedef struct {
  GArray *rows;   /* XsReviewRow */
  char next[97];  /* for XsReviewQuery.after; "": there is no more */
  GArray *counts; /* XsReviewCounts: one on a first page, else none */
  gint64 feed;    /* cursor to follow changes from, as of before the page was read */
} XsReviewPage;

/** XsReviewMeasure: what was measured on a photo, by xs_measure_name(). */
typedef struct {
  char name[33];
  double value;
} XsReviewMeasure;

/** XsReviewLimit: what the log's policy asks of a measure, ends included; NaN: no such end. */
typedef struct {
  char name[33];
  double min, max;
} XsReviewLimit;

typedef struct {
  gint64 x_px, y_px, width_px, height_px;
} XsReviewBox;

typedef struct {
  gint64 x_px, y_px;
} XsReviewPoint;

/** XsReviewPhoto: what the auditor saw on a photo of the log, by @number; the kiosk's own measures are in the log. */
typedef struct {
  char number[XS_PHOTO_NUMBER_DIGITS + 1];
  gint64 taken_us;
  char seen[33];    /* xs_presence_nick(), or "unreadable" */
  char error[256];  /* why nothing was measured */
  double match;     /* with the registration photo */
  double live;      /* that it is no print or screen */
  gboolean gone;    /* removed, as the policy or the learner asked */
  GArray *measures; /* XsReviewMeasure */
  GArray *faces;    /* XsReviewBox, the main face first */
  GArray *points;   /* XsReviewPoint: eyes, tip of the nose and corners of the mouth of the main face, or none */
} XsReviewPhoto;

/** XsReviewSlot: a stretch that asks for a photo. */
typedef struct {
  gint64 start_us, end_us;
  char state[17]; /* "good", "missing", "bad" or "exempt" */
} XsReviewSlot;

/** XsReviewStep: of the history of a log. */
typedef struct {
  gint64 version;
  gint64 at_us;
  char who[64];        /* "auditor", "settlement", "learner" or the name of a person */
  gboolean first_look; /* verdict and voids are what @who would decide; they wait for somebody else's look */
  gboolean undo;       /* of the step before */
  XsAuditState from, to;
  XsVerdict verdict;
  gint64 credited_min, credited_next_min;
  GArray *reasons; /* XsWireReason */
  char comment[512];
  gint64 engine;
  char policy_id[64];
  gint64 policy_version;
} XsReviewStep;

typedef struct {
  gint64 at_us;
  char reason[33]; /* xs_appeal_nick() */
  char comment[512];
} XsReviewAppeal;

/** XsReviewLog: all of a log. */
typedef struct {
  GArray *row;        /* XsReviewRow: one */
  XsWireLog wire_log; /* as the kiosk signed it: minutes, photos with its measures, events, clocks */
  char log_sha256[65];
  char signature[89];           /* base64 of the device's over the bytes of that hash; "": not told */
  char device_key[45];          /* base64 of the key that it is to be verified with */
  char registration_sha256[65]; /* of the learner's photo; "" without one */
  GArray *slots;                /* XsReviewSlot, by time */
  GArray *photos;               /* XsReviewPhoto, by time; none before the auditor looked */
  GArray *limits;               /* XsReviewLimit */
  GArray *steps;                /* XsReviewStep, the oldest first */
  GArray *appeals;              /* XsReviewAppeal: one or none */
} XsReviewLog;

/** XsReviewVoid: minutes of the log that do not count: [from, to). */
typedef struct {
  gint64 from_min, to_min;
} XsReviewVoid;

/**
 * XsReviewAction: what somebody does, to a log or to a registration photo.
 *
 * | action    | to a log                                                                                     |
 * |-----------|----------------------------------------------------------------------------------------------|
 * | "decide"  | @verdict, of a partial one @voids; @reason unless it is valid. Answers an appeal, too         |
 * | "confirm" | another's first look stands; @version is that of the look                                     |
 * | "undo"    | what the last decision changed is as before                                                  |
 * | "again"   | have the auditor judge it anew                                                               |
 *
 * | action    | to a registration photo, of which @sha256 was looked at ("": none)                           |
 * |-----------|----------------------------------------------------------------------------------------------|
 * | "approve" | kiosks may use it                                                                            |
 * | "return"  | they may not: the learner is told @reason and @comment, and has to bring another             |
 * | "reset"   | the same of one that was approved                                                            |
 * | "undo"    | what the last of these changed is as before, until another photo comes                       |
 */
typedef struct {
  char id[XS_REVIEW_ID_BYTES]; /* of this action: the same again changes nothing and is answered the same */
  char action[17];
  char devnum[XS_UNIFIED_DIGITS + 1]; /* of a log; else "" */
  gint64 seq;
  char stunum[XS_UNIFIED_DIGITS + 1]; /* of a registration photo; else "" */
  char sha256[65];                    /* of the signed log, or of the photo */
  gint64 version;                     /* of what was looked at */
  XsVerdict verdict;
  GArray *voids;     /* XsReviewVoid */
  char reason[33];   /* xs_rule_nick(); of a photo a word of the client's */
  char comment[501]; /* one line */
} XsReviewAction;

typedef struct {
  GArray *actions; /* XsReviewAction */
} XsReviewActions;

/** XsReviewOutcome: what came of an action, and how its thing stands now. */
typedef struct {
  char id[XS_REVIEW_ID_BYTES];
  char status[17]; /* "done"; "first_look": waits for somebody else's look; "conflict": somebody was faster, see @who;
                      * "refused": @message says why */
  char message[256];
  gint64 version;
  char state[17]; /* of a log xs_audit_state_nick(), of a photo as in XsReviewLearner; "" when there is no such */
  XsVerdict verdict;
  gint64 credited_min;
  char who[64]; /* who brought it to this version */
  gint64 at_us;
  char sha256[65]; /* of the registration photo now */
} XsReviewOutcome;

typedef struct {
  GArray *outcomes; /* XsReviewOutcome, in the order of the actions */
} XsReviewOutcomes;

/** XsReviewItem: a measure of a registration photo and what the rules say of it: XsPhotoItem. */
typedef struct {
  char name[33];                       /* xs_photo_item_nick() */
  char state[17];                      /* xs_photo_state_nick() */
  double value, uncertainty, min, max; /* NaN: not measured, or no such limit */
} XsReviewItem;

/** XsReviewPhotoCheck: what the auditor measured on a registration photo. */
typedef struct {
  char verdict[17]; /* xs_photo_state_nick(), or "unreadable" */
  char error[256];  /* why nothing was measured */
  gint64 at_us;
  gint64 width_px, height_px;        /* of the photo, in whose pixels the lines below are */
  double crown_px, chin_px, eyes_px; /* from the top; NaN: not found */
  double left_px, right_px;          /* of the head, from the left */
  gboolean by_outline;               /* measured on the outline of the head, not estimated by the face */
  GArray *items;                     /* XsReviewItem */
} XsReviewPhotoCheck;

/** XsReviewLearner: a learner with the registration photo. */
typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  char name[64];
  char coachnum[XS_UNIFIED_DIGITS + 1];
  char sha256[65]; /* "": none */
  char state[17];  /* "none", "unseen": in use, and nobody looked; "waiting", "approved", "returned", "reset" */
  gint64 version;
  char reason[33]; /* why it was returned or reset */
  char comment[501];
  char who[64];
  gint64 at_us;
  gboolean undoable; /* what was said last can be taken back by who asks */
  GArray *check;     /* XsReviewPhotoCheck: one, none before the auditor looked */
} XsReviewLearner;

typedef struct {
  GArray *rows; /* XsReviewLearner */
  char next[97];
  gint64 waiting; /* photos that wait for approval */
} XsReviewLearners;

typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  gint64 from_us, to_us; /* [from, to), up to XS_REVIEW_DAYS_MAX days */
} XsReviewDaysQuery;

/** XsReviewDay: a learner's day (GMT+8), of the logs that start on it. */
typedef struct {
  gint64 start_us; /* midnight */
  gint64 n_logs, n_photos;
  gint64 claimed_s, credited_min;
  gint64 n_pending, n_valid, n_partial, n_void;
} XsReviewDay;

typedef struct {
  GArray *days; /* XsReviewDay with at least one log, by time */
} XsReviewDays;

/** XsReviewGlance: a photo of a learner's history, in few words. */
typedef struct {
  char devnum[XS_UNIFIED_DIGITS + 1];
  gint64 seq; /* of the log */
  char log_sha256[65];
  char number[XS_PHOTO_NUMBER_DIGITS + 1];
  gint64 event;    /* XsPhotoEvent */
  gint64 taken_us; /* before the auditor looked: when the log begins */
  char sha256[65];
  char seen[33]; /* as XsReviewPhoto.seen; "" before the auditor looked */
  gboolean gone; /* removed, as the policy or the learner asked */
} XsReviewGlance;

typedef struct {
  GArray *photos; /* XsReviewGlance, by the start of their logs */
  char next[97];
} XsReviewHistory;

/** XsReviewView: that somebody opened a photo, or exported a log. */
typedef struct {
  gint64 at_us;
  char kind[17]; /* "photo", "registration" or "export" */
  char who[80];  /* "person:NAME", "device:DEVNUM", "command:USER", "auditor" */
  char why[33];  /* "review", "roster" …; of an export its format */
  char stunum[XS_UNIFIED_DIGITS + 1];
  char sha256[65];                    /* of a photo */
  char devnum[XS_UNIFIED_DIGITS + 1]; /* of an export */
  gint64 seq;
} XsReviewView;

typedef struct {
  GArray *rows; /* XsReviewView, the last first */
  char next[97];
} XsReviewViews;

/** XsReviewExport: that a log is about to be exported. */
typedef struct {
  char id[XS_REVIEW_ID_BYTES];
  char devnum[XS_UNIFIED_DIGITS + 1];
  gint64 seq;
  char log_sha256[65];
  char format[17]; /* "pdf", "csv" */
} XsReviewExport;

/*
 * For each: init, clear, encode (transfer full) and decode. Requests are read up to XS_WIRE_REVIEW_REQUEST_MAX_BYTES,
 * answers up to XS_WIRE_REVIEW_ANSWER_MAX_BYTES.
 */
#define XS_WIRE_REVIEW_MESSAGE(Type, name)                                                                             \
  void xs_review_##name##_init (Type *name);                                                                           \
  void xs_review_##name##_clear (Type *name);                                                                          \
  GBytes *xs_review_##name##_encode (const Type *name);                                                                \
  gboolean xs_review_##name##_decode (Type *name, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;            \
  G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Type, xs_review_##name##_clear)

XS_WIRE_REVIEW_MESSAGE (XsReviewQuery, query)
XS_WIRE_REVIEW_MESSAGE (XsReviewPage, page)
XS_WIRE_REVIEW_MESSAGE (XsReviewLog, log)
XS_WIRE_REVIEW_MESSAGE (XsReviewActions, actions)
XS_WIRE_REVIEW_MESSAGE (XsReviewOutcomes, outcomes)
XS_WIRE_REVIEW_MESSAGE (XsReviewOutcome, outcome)
XS_WIRE_REVIEW_MESSAGE (XsReviewPhotoCheck, photo_check)
XS_WIRE_REVIEW_MESSAGE (XsReviewLearners, learners)
XS_WIRE_REVIEW_MESSAGE (XsReviewDaysQuery, days_query)
XS_WIRE_REVIEW_MESSAGE (XsReviewDays, days)
XS_WIRE_REVIEW_MESSAGE (XsReviewHistory, history)
XS_WIRE_REVIEW_MESSAGE (XsReviewViews, views)
XS_WIRE_REVIEW_MESSAGE (XsReviewExport, export)

/* Of elements that own something: to be appended to the arrays above, which then clear them. */
void xs_review_action_init (XsReviewAction *action);
void xs_review_photo_init (XsReviewPhoto *photo);
void xs_review_step_init (XsReviewStep *step);
void xs_review_learner_init (XsReviewLearner *learner);
void xs_review_learner_clear (XsReviewLearner *learner);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsReviewLearner, xs_review_learner_clear)
/** xs_review_glance_init: all 0 and "". */
void xs_review_glance_init (XsReviewGlance *glance);
/** xs_review_row_init: nothing measured. */
void xs_review_row_init (XsReviewRow *row);

/** xs_review_log_is_signed: whether the signature is that of the device's key over the log. */
gboolean xs_review_log_is_signed (const XsReviewLog *log);

/** xs_review_photo_check_fill: what @report says, into one that was initialised. */
void xs_review_photo_check_fill (XsReviewPhotoCheck *check, const XsPhotoReport *report);
/** xs_review_item_get: the reverse of one item. Returns: FALSE for one of a later version */
gboolean xs_review_item_get (const XsReviewItem *item, XsPhotoItem *out);

/** xs_review_photo_state_word: (transfer none): of XsReviewLearner.state, in the reader's language; of "": all. */
const char *xs_review_photo_state_word (const char *state);
/**
 * xs_review_learner_settle: what became of a file that was brought as the photo of @learner.
 * @detail: (out) (transfer full): what is to be looked at, in the reader's language
 *
 * Returns: XS_PHOTO_FILE_TAKEN when the auditor has not looked at it
 */
XsPhotoFileResult xs_review_learner_settle (const XsReviewLearner *learner, char **detail);

/** (transfer full) */
char *xs_wire_path_review_log (const char *devnum, gint64 seq, const char *log_sha256);
/** xs_wire_review_log_name: take "DEVNUM/SEQ/SHA256" apart. Returns: FALSE when it is none */
gboolean xs_wire_review_log_name (const char *name, char devnum[XS_UNIFIED_DIGITS + 1], gint64 *seq,
                                  char log_sha256[65]);

G_END_DECLS
