/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-appeal.h"
#include "xs-consent-record.h"
#include "xs-audit.h"
#include "xs-clock.h"
#include "xs-crypto.h"
#include "xs-hour-counter.h"

G_BEGIN_DECLS

/**
 * XsJournal: what this kiosk knows and did, in one folder: journal.db, photos/ with sealed files named by their
 * SHA-256, and the device's keys. Used by one thread; the applications reach it through XsStore.
 *
 * Every function that changes something is one transaction, on disk when it returns TRUE.
 */
typedef struct _XsJournal XsJournal;

/**
 * xs_journal_open: open or create the journal in the folder @dir, and lock it against a second process.
 * @error: XS_ERROR_BUSY when another process has it, XS_ERROR_TOO_NEW, XS_ERROR_NO_SPACE, XS_ERROR_IO,
 *   XS_ERROR_CORRUPT when the device's keys are damaged or belong to another journal
 *
 * Only what takes the same time however much is recorded is looked at, unless the program before found damage. What is
 * damaged is moved aside, never deleted, and the best that is left takes its place: xs_journal_get_recovery(). When
 * that is an empty journal, photos and signing key are moved too: its numbers start again from 1, so to the platform it
 * must be a new device, to be paired anew.
 */
XsJournal *xs_journal_open (const char *dir, XsClock *clock, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_open_existing: the same, for programs that look after a kiosk: nothing is made, and nothing moved aside.
 * @error: also XS_ERROR_NOT_FOUND, naming @dir, and XS_ERROR_CORRUPT when journal.db is damaged
 */
XsJournal *xs_journal_open_existing (const char *dir, XsClock *clock, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_journal_close (XsJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsJournal, xs_journal_close)
const char *xs_journal_get_dir (XsJournal *journal);
/**
 * xs_journal_is_damaged: on any thread: whether damage was found since it was opened, in use or by the check behind the
 * start: the next start mends it, and until then nothing new should be begun.
 */
gboolean xs_journal_is_damaged (XsJournal *journal);
/**
 * xs_journal_check_disk: whether what a session needs can be stored: the journal is where it was opened, and its disk
 * has @reserve_bytes free for this user. Nothing is ever removed to make room.
 * @error: XS_ERROR_NO_SPACE, XS_ERROR_IO when the folder was taken away or is another one now
 */
gboolean xs_journal_check_disk (XsJournal *journal, gint64 reserve_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_get_sign_key: (transfer none): the device's signing key, made when the journal was created. */
const XsSignKey *xs_journal_get_sign_key (XsJournal *journal);
/** xs_journal_get_seal_key: (transfer none): seals templates and registration photos for this device alone. */
const XsSealKey *xs_journal_get_seal_key (XsJournal *journal);

/* Identity, from pairing. */

typedef struct {
  char devnum[XS_UNIFIED_DIGITS + 1];
  char inscode[XS_UNIFIED_DIGITS + 1];
  char school[128];                  /* name, UTF-8 */
  char platform_url[256];            /* base URL, no trailing slash */
  guint8 platform_key[XS_KEY_BYTES]; /* photos are sealed to it */
} XsIdentity;

/** xs_journal_get_identity: @error XS_ERROR_NOT_FOUND while the kiosk is not paired. */
gboolean xs_journal_get_identity (XsJournal *journal, XsIdentity *identity, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_set_identity: XS_ERROR_EXISTS when another devnum is stored and sessions exist under it. */
gboolean xs_journal_set_identity (XsJournal *journal, const XsIdentity *identity, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Policy and roster, as last fetched. */

/** xs_journal_get_policy: the stored policy, or the national default while none is stored. */
gboolean xs_journal_get_policy (XsJournal *journal, XsPolicy *policy, char **etag, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_set_policy: @json is checked before it replaces anything. */
gboolean xs_journal_set_policy (XsJournal *journal, const char *json, const char *etag, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  char name[64];
  char photo_sha256[65];   /* registration photo; "" when the register has none */
  gint64 last_recnum;      /* highest the platform knows of */
  gint64 total_s;          /* credited before, on the platform */
  gboolean no_turning;     /* the school says: cannot turn the head, is not asked to */
  XsConsent consent;       /* as the platform knows it; all zero when it knows of nothing */
  char photo_state[17];    /* why there is a photo that must not be used: "waiting", "returned", "reset"; "": no such */
  char photo_comment[256]; /* what is wrong with it: the coach's words, or that of xs_photo_item_nick() */
} XsLearner;

/**
 * xs_journal_set_roster: replace it; @learners: XsLearner. Templates of vanished learners, of changed photos and of who
 * has withdrawn consent go.
 */
gboolean xs_journal_set_roster (XsJournal *journal, const GArray *learners, const char *etag, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_get_roster_etag: (out) (transfer full) (nullable). */
gboolean xs_journal_get_roster_etag (XsJournal *journal, char **etag, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_find_learner: @error XS_ERROR_NOT_FOUND when not on the roster. */
gboolean xs_journal_find_learner (XsJournal *journal, const char *stunum, XsLearner *learner, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_list_missing_photos: (transfer full): sha256 (char *) of registration photos neither held nor made into a
 * template.
 */
GPtrArray *xs_journal_list_missing_photos (XsJournal *journal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_set_registration_photo: keep a fetched registration photo, sealed to this device; its hash is checked. */
gboolean xs_journal_set_registration_photo (XsJournal *journal, const char *sha256, GBytes *jpeg, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_get_registration_photo: (transfer full): opened; XS_ERROR_NOT_FOUND. */
GBytes *xs_journal_get_registration_photo (XsJournal *journal, const char *stunum, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_set_template: keep a learner's template, sealed; the registration photo it was made from is removed.
 * @error: XS_ERROR_INVALID when the photo that xs_journal_get_registration_photo() gave was replaced meanwhile
 */
gboolean xs_journal_set_template (XsJournal *journal, const char *stunum, GBytes *values, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_get_template: (transfer full): opened; XS_ERROR_NOT_FOUND. */
GBytes *xs_journal_get_template (XsJournal *journal, const char *stunum, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** XsTemplateFunc: whether the template @values, as xs_journal_set_template() was given it, is still of use. */
typedef gboolean (*XsTemplateFunc) (GBytes *values, gpointer data);
/**
 * xs_journal_drop_templates: forget the templates that @keep refuses or that cannot be opened. Their registration
 * photos are missing from then on, so that they are fetched and new templates made: after the face model changed.
 */
gboolean xs_journal_drop_templates (XsJournal *journal, XsTemplateFunc keep, gpointer data, guint *n_dropped,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * 单独同意: that face data may be processed, as the law wants it of each learner before anything of the face is taken. By
 * the version of the text that was agreed to: a new text asks again.
 */

/** xs_journal_get_consent: what @stunum decided last, here or, as the roster has it, elsewhere. */
gboolean xs_journal_get_consent (XsJournal *journal, const char *stunum, XsConsent *consent, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_give_consent: @stunum agreed now to the text of @text_version, 1 or more. Kept for good, as evidence,
 * signed and put into the outbox; on a kiosk that is not paired yet, once it is.
 */
gboolean xs_journal_give_consent (XsJournal *journal, const char *stunum, gint64 text_version, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_withdraw_consent: @stunum takes it back, wherever it was given: the template and the small copies of
 * photos on this kiosk go with it; without consent nothing happens. What was taken before is evidence of the hours and
 * stays with the school, as long as its policy says.
 */
gboolean xs_journal_withdraw_consent (XsJournal *journal, const char *stunum, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One session. A session has one open segment at a time; each closed segment is a teaching log. */

typedef struct {
  gint64 session_id;
  gint64 segment_id;
  gint64 classid;
} XsSessionHandle;

/** xs_journal_begin_session: allots the classid. @subjcode: of the first lesson. XS_ERROR_NOT_FOUND: not paired. */
gboolean xs_journal_begin_session (XsJournal *journal, const char *stunum, const char *subjcode, const XsPolicy *policy,
                                   gint64 start_wall_us, XsSessionHandle *handle, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_journal_begin_admitted_session: the same, of a learner whom a coach let in.
 * @admitted_by: who, 1 to XS_ADMITTED_BY_MAX bytes; all logs of the session say so. "": nobody had to
 */
gboolean xs_journal_begin_admitted_session (XsJournal *journal, const char *stunum, const char *subjcode,
                                            const XsPolicy *policy, gint64 start_wall_us, const char *admitted_by,
                                            XsSessionHandle *handle, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  int day;            /* GMT+8, YYYYMMDD */
  gint64 credited_us; /* of this segment, on that day */
} XsDayCredit;

/** XsProgress: how far the open segment has come; everything is a total since the segment began. */
typedef struct {
  gint64 credited_us;
  gint64 wall_us;        /* now, by the clock the segment began with */
  gint64 clock_wall_us;  /* now, by the clock as it is set: the next segment begins here */
  const GArray *minutes; /* XsMinuteRecord without numbers: all minutes begun so far, ascending */
  const GArray *events;  /* (nullable): XsLogEvent: all so far, in the order they happened */
  XsDayCredit days[2];   /* yesterday's and today's part when the segment crosses midnight; day 0: unused */
} XsProgress;

/**
 * xs_journal_save_progress: called at least every second while studying. Numbers of new minutes are allotted here.
 * Credit never falls: XS_ERROR_INVALID for less than is stored.
 */
gboolean xs_journal_save_progress (XsJournal *journal, const XsSessionHandle *handle, const XsProgress *progress,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_journal_add_photo: seal a photo to the platform, put it on disk, then allot its number and store row and
 * outbox entry in one transaction.
 * @jpeg: 1 byte to 1 MiB
 * @record: (inout): event, wall_us, match and size are given; number and sha256 are filled in
 */
gboolean xs_journal_add_photo (XsJournal *journal, const XsSessionHandle *handle, GBytes *jpeg, XsPhotoRecord *record,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** What a learner's own copy of a photo may come to: a picture of 160 px takes a tenth of it. */
#define XS_OWN_PHOTO_MAX_BYTES (64 * 1024)

/**
 * xs_journal_add_photo_with_copy: the same, and in that transaction a small copy for the learner to look at, sealed to
 * this device. It is kept for policy.own_photo_days; of 0 days none is.
 * @thumbnail: (nullable): 1 to XS_OWN_PHOTO_MAX_BYTES bytes
 */
gboolean xs_journal_add_photo_with_copy (XsJournal *journal, const XsSessionHandle *handle, GBytes *jpeg,
                                         GBytes *thumbnail, XsPhotoRecord *record, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_get_own_photo: (transfer full): the copy, opened. For nobody but @stunum, identified by face.
 * @number: of the photo, as in its XsPhotoRecord
 * @error: XS_ERROR_NOT_FOUND when none is kept, or it is somebody else's
 */
GBytes *xs_journal_get_own_photo (XsJournal *journal, const char *stunum, const char *number, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_drop_own_photos: remove those that the policy lets nobody see any longer, from the journal's copy as well.
 * Asked at the start, and whenever nobody is signed in.
 * @n_dropped: (out) (optional)
 */
gboolean xs_journal_drop_own_photos (XsJournal *journal, guint *n_dropped, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_journal_close_segment: make the teaching log of the open segment: allots recnum and device sequence, encodes,
 * chains and signs it, and stores it with its outbox entry in one transaction.
 * @next_wall_us: wall clock at which the next segment of the same session begins, and @handle is updated to it; 0:
 *   the session ends
 * @log: (out) (optional): initialised by the caller
 */
gboolean xs_journal_close_segment (XsJournal *journal, XsSessionHandle *handle, XsSignOut reason, gint64 end_wall_us,
                                   gint64 next_wall_us, XsTeachingLog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * A session that ends without a sign-out (power cut, crash, nobody there any more) may be signed out of afterwards,
 * where policy allows it (补签退). Until then its last segment stays open, and its log is not made.
 */

/** xs_journal_get_make_up_until: until when a session that was cut off at @end_wall_us may be made up; 0: never. */
gboolean xs_journal_get_make_up_until (XsJournal *journal, gint64 end_wall_us, gint64 *until_wall_us, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_may_be_made_up: whether it still is possible: a clock that stands before the session's end knows no better
 * than that it is the same day.
 */
gboolean xs_journal_may_be_made_up (XsJournal *journal, gint64 end_wall_us, gboolean *may, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_cut_off: the session ended without a sign-out: it waits to be made up, or is closed at once when that
 * is not, or no longer, possible.
 * @reason: XS_SIGN_OUT_ABSENCE or XS_SIGN_OUT_INTERRUPTED
 * @is_closed: (out): whether there is a log of it now
 */
gboolean xs_journal_cut_off (XsJournal *journal, XsSessionHandle *handle, XsSignOut reason, gint64 end_wall_us,
                             gboolean *is_closed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_make_up: the learner is back, and signs out of all sessions that were cut off; those for which it is too
 * late are closed as they ended, and those that end after @photo was taken, by a clock that was set back, wait on.
 * @jpeg, @thumbnail (nullable), @photo: how the learner looks now; @photo's event is not looked at
 * @n_made_up: (out): how many sessions
 */
gboolean xs_journal_make_up (XsJournal *journal, const char *stunum, GBytes *jpeg, GBytes *thumbnail,
                             const XsPhotoRecord *photo, guint *n_made_up, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_close_cut_off: close the sessions that were cut off and cannot be made up any more.
 * @with_running: those that nothing is known of were cut off, too: at start, when none can be running
 */
gboolean xs_journal_close_cut_off (XsJournal *journal, gboolean with_running, guint *n_closed, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_journal_recover: at start: xs_journal_close_cut_off() with what was credited and stored. Then, behind it, on a
 * thread of its own: read the whole journal to see that it is whole, remove temporary files and photo files that never
 * got a row, and make a copy. After a damaged journal was replaced, such photos are kept aside, at once.
 * @n_closed: (out) (optional): how many sessions were closed
 */
gboolean xs_journal_recover (XsJournal *journal, guint *n_closed, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsRecovery: the last time that a damaged journal had to be replaced. */
typedef struct {
  gint64 wall_us;  /* 0: never */
  char source[16]; /* "salvaged": nothing is missing; "copy": what was recorded since the copy is; "anew": all is */
  char *moved_to;  /* (nullable): where the damaged file is */
  guint n_lost;    /* sessions that were open when the copy was made, and got no teaching log */
  guint n_photos_aside; /* photos that no row tells of any more, kept beside the others */
} XsRecovery;

/**
 * xs_journal_check_set_back: whether the platform has a log of this device above all that this journal made, @seq: then
 * its folder was put back to an older state, by hand or by what resets classroom PCs at every start. From now on all
 * numbers go on as far above as the logs go on above @seq, and it is told as a recovery from a copy.
 * @set_back: (out)
 */
gboolean xs_journal_check_set_back (XsJournal *journal, gint64 seq, gboolean *set_back, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

void xs_recovery_clear (XsRecovery *recovery);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsRecovery, xs_recovery_clear)

/** xs_journal_get_recovery: @recovery: (out caller-allocates) */
gboolean xs_journal_get_recovery (XsJournal *journal, XsRecovery *recovery, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsInterrupted: a session that was cut off, to be told to its learner. */
typedef struct {
  gint64 start_wall_us;
  gint64 last_wall_us; /* last moment known to have been stored */
  gint64 credited_us;
  gboolean made_up; /* and signed out of afterwards */
} XsInterrupted;

/** xs_journal_take_interrupted: (transfer full): XsInterrupted not told yet, and marks them as told. */
GArray *xs_journal_take_interrupted (XsJournal *journal, const char *stunum, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_journal_find_resumable: whose session was the last on this PC, when it was cut off by a crash or power cut (not
 * by absence, and not signed out of since) at most @within_s ago: who probably still sits there.
 * @stunum: (out): "" when there is nobody
 */
gboolean xs_journal_find_resumable (XsJournal *journal, gint64 within_s, char stunum[XS_UNIFIED_DIGITS + 1],
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_journal_get_credit: what @stunum was credited on this kiosk on @day, and altogether: the platform's total, and
 * what this kiosk credited that is not in it yet.
 */
gboolean xs_journal_get_credit (XsJournal *journal, const char *stunum, int day, gint64 *today_us, gint64 *total_us,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_journal_get_audit_facts: what this kiosk knows beside a log: other logs of the days around it, and the learner's
 * photos from before. What the register would have to say stays as xs_audit_facts_init() has it.
 * @own: of the log's own segment, which is left out
 * @facts: (inout): initialised by the caller
 * @error: XS_ERROR_NOT_FOUND: not paired
 */
gboolean xs_journal_get_audit_facts (XsJournal *journal, const char *stunum, gint64 start_wall_us,
                                     const XsSessionHandle *own, XsAuditFacts *facts, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_journal_appeal: what @stunum has against the verdict on log @seq, to the coach: signed and put into the outbox.
 * @comment: one line of at most XS_APPEAL_COMMENT_MAX_BYTES; "" for none
 * @error: XS_ERROR_NOT_FOUND when the learner has no such log here, XS_ERROR_EXISTS when there is an appeal against it
 */
gboolean xs_journal_appeal (XsJournal *journal, const char *stunum, gint64 seq, XsAppealReason reason,
                            const char *comment, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_journal_get_lesson_position: how far @stunum watched the lesson; 0, 0 when never. */
gboolean xs_journal_get_lesson_position (XsJournal *journal, const char *stunum, const char *lesson_id,
                                         gint64 *position_us, gint64 *watched_us, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_journal_set_lesson_position (XsJournal *journal, const char *stunum, const char *lesson_id,
                                         gint64 position_us, gint64 watched_us, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_get_last_lesson: whose position was set last.
 * @prefix: of those that begin so, which may be all: ""
 * @lesson_id: (out) (transfer full) (nullable)
 */
gboolean xs_journal_get_last_lesson (XsJournal *journal, const char *stunum, const char *prefix, char **lesson_id,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_journal_get_learner_setting: @value: (out) (transfer full) (nullable): NULL while @key was never set. */
gboolean xs_journal_get_learner_setting (XsJournal *journal, const char *stunum, const char *key, char **value,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_set_learner_setting: what a learner likes to have, on this kiosk.
 * @key: 1 … 64 of a-z, 0-9 and '-'
 * @value: at most 4096 characters
 */
gboolean xs_journal_set_learner_setting (XsJournal *journal, const char *stunum, const char *key, const char *value,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsQuizResult: a chapter's quiz that was answered to its end. */
typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  char course_id[33];
  char chapter_id[33];
  gint64 wall_us;
  guint n_right, n_asked; /* n_asked 0: not taken */
  gboolean passed;
} XsQuizResult;

/** xs_journal_add_quiz_result: @error: XS_ERROR_INVALID for more right answers than questions. */
gboolean xs_journal_add_quiz_result (XsJournal *journal, const XsQuizResult *result, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_get_best_quiz: the newest that was passed, else the newest; n_asked 0 when there is none. */
gboolean xs_journal_get_best_quiz (XsJournal *journal, const char *stunum, const char *course_id,
                                   const char *chapter_id, XsQuizResult *result, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* What staff set on this PC: xs-journal-staff.c. */

#define XS_SETTING_MAX_BYTES 4096

/** xs_journal_get_setting: @value: (out) (transfer full) (nullable): NULL while @key was never set. */
gboolean xs_journal_get_setting (XsJournal *journal, const char *key, char **value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_set_setting:
 * @key: 1 … 64 of a-z, 0-9 and '-'
 * @value: (nullable): UTF-8, at most XS_SETTING_MAX_BYTES; NULL: as if it had never been set
 * @error: XS_ERROR_INVALID
 */
gboolean xs_journal_set_setting (XsJournal *journal, const char *key, const char *value, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

#define XS_STAFF_PASSWORD_MIN_CHARS 8
#define XS_STAFF_PASSWORD_MAX_BYTES 1024

/** xs_journal_has_staff_password: @has: (out): whether one was ever set here. */
gboolean xs_journal_has_staff_password (XsJournal *journal, gboolean *has, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_set_staff_password: keep an argon2id hash of it, in place of any before; who asks saw to it that they may.
 * Takes some tenths of a second.
 * @error: XS_ERROR_INVALID when shorter than XS_STAFF_PASSWORD_MIN_CHARS, or longer than XS_STAFF_PASSWORD_MAX_BYTES
 */
gboolean xs_journal_set_staff_password (XsJournal *journal, const char *password, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_check_staff_password: one try. A few wrong ones are taken for typing; after each further one nothing is
 * looked at for a time that doubles from 5 s to 15 min and is on disk, so that neither a restart nor pulling the plug
 * makes guessing faster. Takes some tenths of a second, unless it has to wait.
 * @is_right: (out)
 * @wait_s: (out): how long until the next try will be looked at; 0: at once. When it is not 0 before this try, the
 *   try is not looked at and does not count.
 * @error: XS_ERROR_NOT_FOUND while there is no password
 */
gboolean xs_journal_check_staff_password (XsJournal *journal, const char *password, gboolean *is_right, gint64 *wait_s,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
