/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-db.h"
#include "xs-journal.h"

#include <sys/types.h>

G_BEGIN_DECLS

/* "XSkj": marks journal.db as a kiosk's journal. */
#define XS_JOURNAL_APPLICATION_ID 0x58536b6au
#define XS_JOURNAL_MIGRATIONS "/org/xueshi/sql/kiosk"

#define XS_PHOTO_MAX_BYTES (1024 * 1024)
/* What sealing adds to a photo, with room to spare. */
#define XS_SEALED_PHOTO_MAX_BYTES (XS_PHOTO_MAX_BYTES + 4096)

#define XS_RECNUM_MAX 99999
#define XS_MINUTES_PER_DAY_MAX 9999

struct _XsJournal {
  char *dir;
  char *photos_dir;
  int lock_fd;
  XsClock *clock;
  XsDb *db;
  dev_t db_device; /* which file journal.db was when it was opened */
  ino_t db_inode;
  XsSignKey sign_key;
  XsSealKey seal_key;

  /* stunum → sha256 of the registration photo last given out: what a template that comes back was made from. */
  GHashTable *given_photos;

  GThread *backup; /* (nullable): checks, cleans up and copies */
  GCancellable *backup_cancellable;
  gint64 backup_us; /* monotonic: when the last one began; G_MININT64 / 2: never */
  int is_damaged;   /* atomic */

  GMutex lock; /* for the next three, which that thread shares */
  gboolean backup_running;
  gboolean clean_up_wanted;
  GHashTable *unsettled; /* char *: photos whose file may be there while nobody sees their row yet */

  /* The minutes of one open segment as they are stored, so that saving progress writes only what changed. */
  gint64 minutes_segment_id;
  GArray *minutes; /* XsMinuteRecord */
};

/** xs_journal_next_number: the next value of a counter; to be called inside the transaction that uses it. */
gboolean xs_journal_next_number (XsDb *db, const char *name, gint64 *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_dup_photo_path: (transfer full): where the sealed photo of that name lies. */
char *xs_journal_dup_photo_path (XsJournal *journal, const char *sha256);
/** xs_journal_total_changes: rises whenever the journal was written to. */
gint64 xs_journal_total_changes (XsJournal *journal);
/** xs_journal_forget_minutes: drop the cache of stored minutes. */
void xs_journal_forget_minutes (XsJournal *journal);

/** XsCloseRequest: in and out of xs_journal_close_segment_in(). */
typedef struct {
  XsJournal *journal;
  XsSessionHandle handle;
  XsSignOut reason;
  gint64 end_wall_us;
  gint64 next_wall_us;
  XsTeachingLog *log; /* (nullable): filled in */
} XsCloseRequest;

/** xs_journal_close_segment_in: an XsDbFunc for XsCloseRequest: xs_journal_close_segment() inside a transaction. */
gboolean xs_journal_close_segment_in (XsDb *db, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_journal_add_photo_and: xs_journal_add_photo_with_copy(), and @then (nullable) in the transaction that stores its
 * row.
 */
gboolean xs_journal_add_photo_and (XsJournal *journal, const XsSessionHandle *handle, GBytes *jpeg, GBytes *thumbnail,
                                   XsPhotoRecord *record, XsDbFunc then, gpointer data, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_journal_seal_own_photo: @sealed: (out) (transfer full) (nullable): NULL when no copy is to be kept. */
gboolean xs_journal_seal_own_photo (XsJournal *journal, GBytes *thumbnail, GBytes **sealed, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_add_own_photo_in: inside the transaction that stores the photo's row. @sealed: (nullable) */
gboolean xs_journal_add_own_photo_in (XsDb *db, gint64 number, gint64 wall_us, GBytes *sealed, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/*
 * xs-journal-backup.c: what takes the longer the more there is: reading the whole journal to see that it is whole,
 * removing what was cut off from among the photos, and then journal.db.backup, the newest good copy. On a thread of its
 * own, from a connection of its own: nobody waits for it.
 */
#define XS_JOURNAL_DATABASE "journal.db"
#define XS_JOURNAL_BACKUP XS_JOURNAL_DATABASE ".backup"
#define XS_JOURNAL_BACKUP_INTERVAL_US (10 * 60 * (gint64) G_USEC_PER_SEC)

/** xs_journal_back_up: begin a check and a copy, unless one is being made. @now: even if the last is not old enough. */
void xs_journal_back_up (XsJournal *journal, gboolean now);
/** xs_journal_back_up_and_clean_up: now, and xs_journal_clean_up() before the copy. */
void xs_journal_back_up_and_clean_up (XsJournal *journal);
/** xs_journal_wait_for_backup: until all that was begun is done, or could not be. */
void xs_journal_wait_for_backup (XsJournal *journal);
/** xs_journal_cancel_backup: and wait until its thread has ended. */
void xs_journal_cancel_backup (XsJournal *journal);

/**
 * xs_journal_clean_up: on that thread: remove photos and their temporary files that were cut off before their row, and
 * tell of rows whose file is gone. Only from a journal found whole: what a damaged one does not show may have its row.
 * @db: a reader
 */
gboolean xs_journal_clean_up (XsJournal *journal, XsDb *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * xs-journal-check.c
 */

/** xs_journal_check: what SQLite does not know of itself: that the tables of a journal agree. XS_ERROR_CORRUPT */
gboolean xs_journal_check (XsDb *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_check_rows: the same, and of every single row that what belongs to it is there. XS_ERROR_CORRUPT */
gboolean xs_journal_check_rows (XsDb *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_check_at_once: xs_journal_check(), and the small tables that all depends on. XS_ERROR_CORRUPT */
gboolean xs_journal_check_at_once (XsDb *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_mark: an XsDbDamageFunc for any thread: xs_journal_is_damaged() from now on, and the next start reads the
 * whole journal before it uses it.
 */
void xs_journal_mark (const char *what, gpointer journal);
/** xs_journal_is_marked: whether the journal of this folder was. */
gboolean xs_journal_is_marked (const char *dir);
/** xs_journal_unmark: it has been read, and is whole. */
void xs_journal_unmark (const char *dir);

/*
 * xs-journal-restore.c
 */

/** xs_journal_finish_restore: before the journal is opened: end what a power cut interrupted. */
gboolean xs_journal_finish_restore (const char *dir, gint64 wall_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_journal_restore: put a sound journal in the place of the damaged one, which is closed and moved aside: of all that
 * it still holds when that is whole, else of the newest good copy.
 * @damage: what is wrong with it
 * @restored: (out): FALSE when neither was there: the damaged one has been moved aside, and there is no journal
 * @error: XS_ERROR_TOO_NEW when the copy was made by a newer version; then nothing was moved
 */
gboolean xs_journal_restore (const char *dir, const GError *damage, gint64 wall_us, gboolean *restored, char **moved_to,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Why a segment has no log: see the recovery table. */
#define XS_SEGMENT_LOST "lost"

/*
 * What a learner, the parameter, was credited here that the platform has not both acknowledged and put into its total:
 * logs above what it knew of last, those below that it has not acknowledged, and what has no log yet. However much the
 * learner has studied, these are few. A segment without a log is open, and so is its session; others are lost.
 */
#define XS_JOURNAL_UNKNOWN_CREDIT_SQL                                                                                  \
  "SELECT coalesce ((SELECT sum (g.credited_us) FROM log l JOIN segment g ON g.id = l.segment_id"                      \
  " WHERE l.stunum = ?1 AND l.recnum > r.last), 0)"                                                                    \
  " + coalesce ((SELECT sum (g.credited_us) FROM outbox o JOIN log l ON l.seq = o.log_seq"                             \
  " JOIN segment g ON g.id = l.segment_id WHERE o.stunum = ?1 AND o.state <> 'acked' AND l.recnum <= r.last), 0)"      \
  " + coalesce ((SELECT sum (g.credited_us) FROM session s INDEXED BY session_open JOIN segment g"                     \
  " ON g.session_id = s.id AND g.end_reason IS NULL WHERE s.state = 'open' AND s.stunum = ?1), 0)"                     \
  " FROM (SELECT coalesce ((SELECT last_recnum FROM roster WHERE stunum = ?1), 0) AS last) r"

/*
 * What a learner asks about the own hours: parameters are the learner, the day before which, and how many; the learner
 * and the day; the log and the learner. A test holds that they walk over nobody else's rows.
 */
#define XS_RECORDS_DAYS_SQL                                                                                            \
  "SELECT day, sum (credited_us), count (*) FROM credit WHERE stunum = ?1 AND day < ?2"                                \
  " GROUP BY day ORDER BY day DESC LIMIT ?3"
#define XS_RECORDS_LOG_SQL(day_us_)                                                                                    \
  "SELECT g.id, g.subjcode, g.start_wall_us, g.last_wall_us, g.credited_us,"                                           \
  " g.end_reason IS NULL AND s.cut_off IS NOT NULL, g.end_reason IS '" XS_SEGMENT_LOST "',"                            \
  " l.seq, l.recnum, lo.state, lo.reason, lo.message, a.wall_us, a.reason, a.comment, ao.state, " day_us_              \
  ", ao.message FROM "
#define XS_RECORDS_JOIN_SQL                                                                                            \
  " LEFT JOIN outbox lo ON lo.log_seq = l.seq LEFT JOIN appeal a ON a.log_seq = l.seq"                                 \
  " LEFT JOIN outbox ao ON ao.appeal_seq = a.log_seq"
#define XS_RECORDS_LOGS_SQL                                                                                            \
  XS_RECORDS_LOG_SQL ("c.credited_us")                                                                                 \
  "credit c JOIN segment g ON g.id = c.segment_id JOIN session s ON s.id = g.session_id"                               \
  " LEFT JOIN log l ON l.segment_id = g.id" XS_RECORDS_JOIN_SQL                                                        \
  " WHERE c.stunum = ?1 AND c.day = ?2 ORDER BY g.start_wall_us, g.id"
#define XS_RECORDS_ONE_LOG_SQL                                                                                         \
  XS_RECORDS_LOG_SQL ("g.credited_us")                                                                                 \
  "log l JOIN segment g ON g.id = l.segment_id JOIN session s ON s.id = g.session_id" XS_RECORDS_JOIN_SQL              \
  " WHERE l.seq = ?1 AND l.stunum = ?2"

/*
 * The version of the text that a learner, an SQL expression, agrees to as far as is known here: 0 when it was
 * withdrawn, NULL when nothing was ever decided.
 */
#define XS_CONSENT_SQL(column_, stunum_)                                                                               \
  "(SELECT " column_ " FROM (SELECT CASE decision WHEN 'given' THEN text_version ELSE 0 END AS version, wall_us AS at" \
  " FROM consent WHERE consent.stunum = " stunum_ " UNION ALL SELECT consent_version, consent_us FROM roster AS known" \
  " WHERE known.stunum = " stunum_ " AND consent_us > 0) ORDER BY at DESC, version LIMIT 1)"

/** xs_journal_sign_decisions_in: an XsDbFunc: what a paired kiosk has not signed yet goes into the outbox. */
gboolean xs_journal_sign_decisions_in (XsDb *db, gpointer journal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_journal_drop_withdrawn_in: templates and small copies of photos of who has withdrawn consent go. */
gboolean xs_journal_drop_withdrawn_in (XsDb *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_journal_read_identity: xs_journal_get_identity() for use inside a transaction. */
gboolean xs_journal_read_identity (XsDb *db, XsIdentity *identity, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * What the outbox is asked all the time; a test holds that none of these walks the whole table.
 * Due: parameters are now, now + XS_OUTBOX_POSTPONE_MAX_US and how many; columns as append_due() reads them.
 *
 * Nothing is put off for longer than that maximum, so what lies further ahead was put off before the clock was set
 * back, and is due. Kiosks start with clocks that are years off.
 */
#define XS_OUTBOX_POSTPONE_MAX_US (24 * 3600 * (gint64) G_USEC_PER_SEC)

#define XS_OUTBOX_DUE_SQL(kind_, columns_, join_, order_)                                                              \
  "SELECT o.id, o.attempts, " columns_ " FROM outbox o JOIN " join_ " WHERE o.kind = '" kind_                          \
  "' AND o.state = 'waiting' AND o.photos_missing = 0 AND (o.next_wall_us <= ?1 OR o.next_wall_us > ?2)"               \
  " ORDER BY o.id " order_ " LIMIT ?3"
#define XS_OUTBOX_DUE_PHOTOS_SQL(order_)                                                                               \
  XS_OUTBOX_DUE_SQL ("photo", "p.sha256, 0, NULL", "photo p ON p.number = o.photo_number", order_)
#define XS_OUTBOX_DUE_LOGS_SQL(order_)                                                                                 \
  XS_OUTBOX_DUE_SQL ("log", "l.sha256, l.seq, l.signature", "log l ON l.seq = o.log_seq", order_)
#define XS_OUTBOX_DUE_APPEALS_SQL(order_)                                                                              \
  XS_OUTBOX_DUE_SQL ("appeal", "a.sha256, a.log_seq, a.signature", "appeal a ON a.log_seq = o.appeal_seq", order_)
#define XS_OUTBOX_DUE_CONSENTS_SQL(order_)                                                                             \
  XS_OUTBOX_DUE_SQL ("consent", "c.sha256, c.consent_id, c.signature",                                                 \
                     "consent_document c ON c.consent_id = o.consent_id", order_)
#define XS_OUTBOX_EARLIEST_SQL "SELECT min (next_wall_us) FROM outbox WHERE state = 'waiting' AND photos_missing = 0"
#define XS_OUTBOX_LATEST_SQL "SELECT max (next_wall_us) FROM outbox WHERE state = 'waiting' AND photos_missing = 0"
/* A log that waits for its photos is younger than they are. */
#define XS_OUTBOX_OLDEST_PHOTO_SQL                                                                                     \
  "SELECT p.wall_us FROM outbox o JOIN photo p ON p.number = o.photo_number WHERE o.kind = 'photo'"                    \
  " AND o.state = 'waiting' AND o.photos_missing = 0 ORDER BY o.id LIMIT 1"
#define XS_OUTBOX_OLDEST_LOG_SQL                                                                                       \
  "SELECT g.last_wall_us FROM outbox o JOIN segment g ON g.id = o.segment_id WHERE o.kind = 'log'"                     \
  " AND o.state = 'waiting' AND o.photos_missing = 0 ORDER BY o.id LIMIT 1"
#define XS_OUTBOX_COUNT_SQL "SELECT n FROM outbox_count WHERE kind = ? AND state = ?"
#define XS_OUTBOX_LAST_MESSAGE_SQL                                                                                     \
  "SELECT message FROM outbox WHERE state = 'waiting' AND failure IS NOT NULL ORDER BY failure DESC LIMIT 1"
#define XS_OUTBOX_RETRY_NOW_SQL "UPDATE outbox SET next_wall_us = 0 WHERE state = 'waiting' AND next_wall_us > 0"

G_END_DECLS
