/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-journal.h"
#include "xs-wire-verdict.h"

G_BEGIN_DECLS

/*
 * What a learner may know of his or her own hours on this kiosk: days, the logs of a day, and of each log what the
 * rules say. Read from the journal, never remembered. On the store's thread, like all of the journal; takes the same
 * time however much others have studied.
 */

/** XsSent: how far something has come on its way to the platform. */
typedef enum {
  XS_SENT_NOTHING, /* there is nothing to send: the log is not made yet, or nobody appealed */
  XS_SENT_WAITING,
  XS_SENT_RECEIVED, /* the platform has committed it */
  XS_SENT_REFUSED,  /* for good; why is beside it */
} XsSent;

typedef struct {
  int day; /* GMT+8, YYYYMMDD */
  gint64 credited_us;
  guint n_logs; /* with those that are not made yet */
} XsRecordDay;

/**
 * xs_records_list_days: (transfer full) (element-type XsRecordDay): days on which @stunum studied, the newest first.
 * @before_day: only those before it; 0: from the newest on
 */
GArray *xs_records_list_days (XsJournal *journal, const char *stunum, int before_day, guint max, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** XsRecordAppeal: what the learner has against a log. */
typedef struct {
  XsSent sent; /* NOTHING: no appeal */
  gint64 wall_us;
  XsAppealReason reason;
  char comment[XS_APPEAL_COMMENT_MAX_BYTES + 1];
  char message[256]; /* of the platform, when it was refused */
} XsRecordAppeal;

/** XsRecordLog: one segment of the learner's. */
typedef struct {
  gint64 segment_id;
  gint64 seq; /* of its log; 0: there is none (yet) */
  guint recnum;
  char subjcode[XS_SUBJCODE_DIGITS + 1];
  gint64 start_wall_us, end_wall_us;
  gint64 credited_us; /* of all of it */
  gint64 day_us;      /* of which on the day asked for */
  gboolean cut_off;   /* without a log: waits to be signed out of afterwards */
  gboolean lost;      /* without a log for good: the journal had to be replaced while it was open */
  XsSent sent;
  char refusal[33];  /* the platform's code, when it was refused */
  char message[256]; /* its words; "" when there is nothing to say */
  XsRecordAppeal appeal;

  /* What is said of a log: by the platform, or before that by this kiosk and the policy in force; 0 without a log. */
  gboolean judged;
  gboolean by_platform;
  gboolean by_person; /* of the school, at the platform */
  XsAuditState state; /* at the platform */
  char comment[512];  /* of that person; "" for none */
  XsVerdict verdict;
  guint claimed_min, credited_min;
} XsRecordLog;

/** xs_records_list_logs: (transfer full) (element-type XsRecordLog): of @day, in the order they were begun. */
GArray *xs_records_list_logs (XsJournal *journal, const char *stunum, int day, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** XsRecord: one log in full. */
typedef struct {
  XsRecordLog head;
  XsTeachingLog log;
  XsPolicy policy;         /* that @audit goes by */
  gboolean policy_changed; /* it is not the one that was in force then */
  XsAudit *audit;          /* with the verdict and the breaches that the platform tells, once it does */
  GArray *doubts;          /* XsDoubt: of the platform */
  GHashTable *own_photos;  /* char *: numbers of photos of which the learner's copy is still held */
} XsRecord;

/** xs_records_read: (transfer full): log @seq of @stunum, judged; XS_ERROR_NOT_FOUND when there is none. */
XsRecord *xs_records_read (XsJournal *journal, const char *stunum, gint64 seq, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void xs_record_free (XsRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsRecord, xs_record_free)

G_END_DECLS
