/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-number.h"
#include "xs-observation.h"
#include "xs-snapshot-schedule.h"

G_BEGIN_DECLS

/** XsSignOut: how a segment came to its end. Stored and sent by nick. */
typedef enum {
  XS_SIGN_OUT_BY_LEARNER,   /* "by_learner" */
  XS_SIGN_OUT_ABSENCE,      /* "absence": nobody there for policy.absence_sign_out_s */
  XS_SIGN_OUT_INTERRUPTED,  /* "interrupted": power cut or crash; closed at the next start */
  XS_SIGN_OUT_SEGMENT_FULL, /* "segment_full": policy.segment_max_s reached, the next segment follows */
  XS_SIGN_OUT_DAILY_CAP,    /* "daily_cap": policy.daily_cap_s reached */
  XS_SIGN_OUT_MADE_UP,      /* "made_up": 补签退, interrupted, and signed out by the learner later on the same day */
} XsSignOut;

/** xs_sign_out_nick: the word used in files and on the wire. */
const char *xs_sign_out_nick (XsSignOut reason);
/** xs_sign_out_from_nick: the reverse. Returns: FALSE, leaving @reason alone, for an unknown word or NULL. */
gboolean xs_sign_out_from_nick (const char *nick, XsSignOut *reason);

/** XsLogEventKind: what happened to the clocks of the PC in a segment. Stored and sent by nick. */
typedef enum {
  XS_LOG_EVENT_CLOCK_STEP,   /* "clock_step": the wall clock was set; amount_us: by how much, < 0 back */
  XS_LOG_EVENT_SUSPEND,      /* "suspend": the PC slept; amount_us: for so long */
  XS_LOG_EVENT_ZONE_CHANGED, /* "zone_changed": of the PC; amount_us: new offset - old one; changes no stamp */
  XS_LOG_EVENT_GAP, /* "gap": the program stood still for longer than policy.max_tick_gap_us; amount_us: for so long */
} XsLogEventKind;

/** xs_log_event_nick: the word used in files and on the wire. */
const char *xs_log_event_nick (XsLogEventKind kind);
/** xs_log_event_from_nick: the reverse. Returns: FALSE, leaving @kind alone, for an unknown word or NULL. */
gboolean xs_log_event_from_nick (const char *nick, XsLogEventKind *kind);

/** 285 years: what JSON readers of all kinds take for a whole number. */
#define XS_LOG_EVENT_AMOUNT_MAX_US ((gint64) 9007199254740991)
/** More of them in one segment are not kept: a log with so many may have had more. */
#define XS_LOG_EVENTS_MAX 100
/** No log holds more: it must end before. */
#define XS_LOG_MINUTES_MAX 1440
#define XS_LOG_PHOTOS_MAX 300
/** Bytes of who let a learner in, without the end. */
#define XS_ADMITTED_BY_MAX 63

typedef struct {
  XsLogEventKind kind;
  gint64 wall_us;   /* the wall clock when it was noticed, after the change */
  gint64 amount_us; /* within ±XS_LOG_EVENT_AMOUNT_MAX_US, never 0; > 0 for suspend and gap */
} XsLogEvent;

/** XsMinuteRecord: 学时记录, one for each minute of a segment counted from its start; the last may be shorter. */
typedef struct {
  char number[XS_MINUTE_NUMBER_DIGITS + 1]; /* see xs_minute_number() */
  char stunum[XS_UNIFIED_DIGITS + 1];
  gint64 wall_end_us; /* end of the minute by the wall clock of the segment's start: a clock that is set moves none */
  gint64 credited_us; /* 0 … 60,000,000 */
  gboolean normal;    /* credited_us reaches policy.minute_normal_s; else abnormal */
} XsMinuteRecord;

/** XsPhotoRecord: 照片, what a log says of one photo; the picture itself travels on its own, under @sha256. */
typedef struct {
  char number[XS_PHOTO_NUMBER_DIGITS + 1]; /* see xs_photo_number() */
  XsPhotoEvent event;
  gint64 wall_us;  /* when it was taken */
  char sha256[65]; /* of the sealed file, lower-case hex */
  double match;    /* cosine with the reference template, -1 … 1; NaN when not measured */
  int width_px, height_px;
  char picture_hash[XS_PICTURE_HASH_DIGITS + 1]; /* see XsObservation; "" when no face was measured */
} XsPhotoRecord;

/**
 * XsTeachingLog: 电子教学日志, one segment of one learner's session: the unit of upload and of audit.
 * Numbers are digit strings, see xs-number.h; a new log has empty strings, 0 and empty arrays, and asks
 * for the active check.
 */
typedef struct {
  char inscode[XS_UNIFIED_DIGITS + 1];
  char stunum[XS_UNIFIED_DIGITS + 1];
  char devnum[XS_UNIFIED_DIGITS + 1];
  char recnum[XS_RECNUM_DIGITS + 1];
  char subjcode[XS_SUBJCODE_DIGITS + 1];
  gint64 classid;       /* 课堂ID, 1 … 4294967295; the same in all segments of a session */
  gint64 start_wall_us; /* sign-in, or the end of the segment before */
  gint64 end_wall_us;
  gint64 credited_s; /* whole seconds credited in this segment, rounded down */
  gint64 total_s;    /* whole seconds credited to the learner by this device, this log included */
  XsSignOut end_reason;
  char policy_id[64]; /* XsPolicy.id */
  gint64 policy_version;
  gboolean active_check; /* FALSE: the school excused the learner from turning the head */
  /*
   * The coach who let the learner in, by name or number, where the face could not be checked against the register:
   * then the matches of @photos are with the face that was let in. "": nobody had to.
   */
  char admitted_by[XS_ADMITTED_BY_MAX + 1];
  GArray *photos;  /* XsPhotoRecord, by time */
  GArray *minutes; /* XsMinuteRecord, by time */
  GArray *events;  /* XsLogEvent, in the order they happened */
} XsTeachingLog;

/** xs_teaching_log_new: (transfer full): all empty. */
XsTeachingLog *xs_teaching_log_new (void);
/** xs_teaching_log_init: make uninitialised memory an empty log; pair with xs_teaching_log_clear(). */
void xs_teaching_log_init (XsTeachingLog *log);
/** xs_teaching_log_clear: free what the log holds; it is then all zero and must not be used before a new init. */
void xs_teaching_log_clear (XsTeachingLog *log);
/** xs_teaching_log_free: clear, and free the struct; NULL is fine. */
void xs_teaching_log_free (XsTeachingLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsTeachingLog, xs_teaching_log_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsTeachingLog, xs_teaching_log_clear)

G_END_DECLS
