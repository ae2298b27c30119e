/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"
#include "xs-sql-queue.h"
#include "xs-wire-verdict.h"

G_BEGIN_DECLS

/*
 * What becomes of a log on the platform: its states, its history, and the queue of those to be judged. docs/audit.md
 * tells the whole. Any thread; errors as in xs-platform-storage.h.
 */

/** XsAuditStep: one step in the history of a log. */
typedef struct {
  gint64 version; /* 1, 2, 3 … of the log */
  gint64 at_us;
  char who[64]; /* "auditor", "settlement", "learner", or the name of a person */
  XsAuditState from, to;
  XsVerdict verdict;
  guint credited_min[2]; /* on the day the log starts, and on the next */
  GArray *reasons;       /* XsWireReason */
  char comment[512];
  int engine; /* XS_AUDIT_ENGINE */
  char policy_id[64];
  gint64 policy_version;
} XsAuditStep;

void xs_audit_step_clear (XsAuditStep *step);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsAuditStep, xs_audit_step_clear)

/** XsAuditPhoto: what the auditor saw on one photo. */
typedef struct {
  char number[XS_PHOTO_NUMBER_DIGITS + 1];
  gint64 taken_us;
  char seen[24];         /* XsPresence by nick, or XS_AUDIT_UNREADABLE */
  char plain_sha256[65]; /* of the JPEG; "" when it could not be opened */
  char picture_hash[65]; /* "" without a face */
  double match;          /* with the registration photo; NaN: not taken */
  double live;           /* NaN: not taken */
  char *measures;        /* JSON: what was measured, for who reviews it */
} XsAuditPhoto;

#define XS_AUDIT_UNREADABLE "unreadable"

/** xs_audit_photos_new: (transfer full) (element-type XsAuditPhoto) */
GArray *xs_audit_photos_new (void);

/** XsAuditJob: a log that was claimed. */
typedef struct {
  XsSqlClaim claim; /* of the log's id; claims above 1: who had it before died, or was too slow */
  gint64 version;   /* of the log when it was claimed */
  gint64 claimed_us;
  gint64 received_us;
  gint64 around; /* of the logs by which it is judged: another number when one of them has changed */
  XsWireLog wire_log;
  XsPolicy policy;              /* to judge it by */
  char registration_sha256[65]; /* of the learner's photo; "" when there is none */
} XsAuditJob;

void xs_audit_job_clear (XsAuditJob *job);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsAuditJob, xs_audit_job_clear)

/**
 * xs_platform_audit_claim: take the log that has waited longest.
 * @lease_us: nobody else takes it for so long
 * @job: (out): cleared or all zero; to be cleared
 * @found: (out): FALSE when none waits
 */
gboolean xs_platform_audit_claim (XsPlatformStorage *storage, gint64 lease_us, XsAuditJob *job, gboolean *found,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_audit_count_waiting: how many logs wait for an auditor, claimed or not. */
gboolean xs_platform_audit_count_waiting (XsPlatformStorage *storage, gint64 *count, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_audit_next_due: @due_us: (out): wall time from which a log can be claimed; G_MAXINT64: none waits */
gboolean xs_platform_audit_next_due (XsPlatformStorage *storage, gint64 *due_us, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_audit_watch_queue: (transfer full): for logs that can be claimed; the storage outlives it. */
XsSqlWatch *xs_platform_audit_watch_queue (XsPlatformStorage *storage);
/**
 * xs_platform_audit_read_facts: what is known beside the log: the register, other logs of the learner and of the
 * device, and what the auditor saw on earlier photos of the learner.
 * @facts: (out): initialised by the caller, without findings
 */
gboolean xs_platform_audit_read_facts (XsPlatformStorage *storage, XsAuditJob *job, XsAuditFacts *facts, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** XsAuditOutcome: what became of a verdict. */
typedef enum {
  XS_AUDIT_RECORDED,
  XS_AUDIT_LATE,  /* another auditor has taken the log meanwhile */
  XS_AUDIT_STALE, /* a log by which it was judged has come or changed meanwhile: read the facts anew, and judge again */
} XsAuditOutcome;

/**
 * xs_platform_audit_finish: record what the auditor found, as one step, and queue the logs that must be judged anew for
 * it: those that share its time, and later ones of the day that share its cap.
 * @photos: (element-type XsAuditPhoto)
 * @doubts: (element-type XsWireReason)
 * @outcome: (out): unless XS_AUDIT_RECORDED, nothing was changed
 */
gboolean xs_platform_audit_finish (XsPlatformStorage *storage, const XsAuditJob *job, const XsAudit *audit,
                                   const GArray *photos, const GArray *doubts, XsAuditOutcome *outcome, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** XsAuditDecision: what a person says of a log. */
typedef struct {
  const char *devnum;
  gint64 seq;
  const char *sha256;  /* (nullable): of the signed log; NULL: the only one of that device and seq */
  gint64 version;      /* of the log when it was looked at */
  const char *who;     /* name of the person */
  XsVerdict verdict;   /* valid, partial or void */
  const GArray *voids; /* (nullable): XsWireReason with the minutes that do not count; of a partial one at least one */
  const char *reason;  /* xs_rule_nick() of why not; "" when it is valid */
  const char *comment; /* "" for none, up to 500 bytes */
} XsAuditDecision;

/**
 * xs_platform_audit_decide: a person decides. The daily cap holds all the same.
 * @version: (out): of the log now
 * @error: XS_ERROR_BUSY when the log went on since @decision->version: look again; XS_ERROR_NOT_FOUND;
 *   XS_ERROR_INVALID, also when @decision names two logs; XS_ERROR_REJECTED when it is not judged yet, or sent
 */
gboolean xs_platform_audit_decide (XsPlatformStorage *storage, const XsAuditDecision *decision, gint64 *version,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_audit_reckon: what would count if @decision were made; its reason may be missing. Nothing changes. Errors
 * as of xs_platform_audit_decide().
 * @verdict: (out)
 * @credited_min: (out)
 */
gboolean xs_platform_audit_reckon (XsPlatformStorage *storage, const XsAuditDecision *decision, XsVerdict *verdict,
                                   gint64 *credited_min, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_audit_again: have a log judged anew. Errors as of xs_platform_audit_decide().
 * @decision: which log, at which version, who asks, and a comment
 */
gboolean xs_platform_audit_again (XsPlatformStorage *storage, const XsAuditDecision *decision, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** XsAuditSettlement: what a settlement did. */
typedef struct {
  guint n_ready;      /* settled now */
  guint n_open;       /* that a person, or the auditor, still has to judge */
  guint n_appealable; /* whose learners may still appeal */
} XsAuditSettlement;

/** xs_platform_audit_settle: mark what is decided as ready for the province. May be repeated. */
gboolean xs_platform_audit_settle (XsPlatformStorage *storage, XsAuditSettlement *settlement, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_audit_next_settlement_us: the first 结算 after @wall_us, by the policy that is handed out. */
gboolean xs_platform_audit_next_settlement_us (XsPlatformStorage *storage, gint64 wall_us, gint64 *next_us,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsAuditEntry: how a log stands. Valid within the call that gives it. */
typedef struct {
  gint64 log_id;
  const char *devnum, *sha256, *stunum, *name, *recnum, *subjcode;
  gint64 seq, start_us, end_us, received_us, changed_us;
  XsAuditState state;
  XsVerdict verdict;
  gboolean judged; /* a verdict was given */
  gint64 version;
  gint64 risk;
  gint64 claimed_s;
  guint credited_min[2];
  GArray *reasons; /* XsWireReason, of the last step */
  const char *who, *comment;
} XsAuditEntry;

typedef gboolean (*XsAuditEntryFunc) (const XsAuditEntry *entry, gpointer data, GError **error);
/**
 * xs_platform_audit_foreach: logs in the order in which people look at them: those that wait for a person first, by
 * risk.
 * @open_only: those alone
 * @limit: at most so many, from @offset on
 */
gboolean xs_platform_audit_foreach (XsPlatformStorage *storage, gboolean open_only, gint64 offset, gint64 limit,
                                    XsAuditEntryFunc func, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_audit_get_photos: (transfer full) (element-type XsAuditPhoto): by time. */
GArray *xs_platform_audit_get_photos (XsPlatformStorage *storage, gint64 log_id, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_audit_get_history: (transfer full) (element-type XsAuditStep): of a log, the oldest first. */
GArray *xs_platform_audit_get_history (XsPlatformStorage *storage, gint64 log_id, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_audit_find: a log, for who decides. Errors as of xs_platform_audit_decide().
 * @sha256: (nullable): as XsAuditDecision.sha256
 * @log_id: (out) (optional)
 * @version: (out) (optional)
 */
gboolean xs_platform_audit_find (XsPlatformStorage *storage, const char *devnum, gint64 seq, const char *sha256,
                                 gint64 *log_id, gint64 *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_platform_audit_get_verdicts: (transfer full) (element-type XsWireVerdict): how the logs of a device stand that
 * changed after @after, the longest ago first; at most XS_WIRE_VERDICTS_MAX.
 * @next: (out): for @after of the next call
 */
GArray *xs_platform_audit_get_verdicts (XsPlatformStorage *storage, gint64 device_id, gint64 after, gint64 *next,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_platform_audit_watch: (transfer full): for news of any verdict, on any device; the storage outlives it. */
XsSqlWatch *xs_platform_audit_watch (XsPlatformStorage *storage);

G_END_DECLS
