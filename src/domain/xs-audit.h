/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-policy.h"
#include "xs-rules.h"
#include "xs-teaching-log.h"

G_BEGIN_DECLS

/*
 * Judges a teaching log by the rules of docs/rules.md, on the kiosk and on the platform alike. Pure: no clock, no I/O.
 */

/** XsVerdict: 审核结果; the values are those of the trade's dictionary of log validity. By nick in documents. */
typedef enum {
  XS_VERDICT_PENDING = 0, /* "pending" 待评判 */
  XS_VERDICT_VALID = 1,   /* "valid" 整体有效 */
  XS_VERDICT_PARTIAL = 2, /* "partial" 部分有效 */
  XS_VERDICT_VOID = 3,    /* "void" 整体无效 */
} XsVerdict;

const char *xs_verdict_nick (XsVerdict verdict);
/** xs_verdict_from_nick: the reverse. Returns: FALSE, leaving @verdict alone, for an unknown word or NULL. */
gboolean xs_verdict_from_nick (const char *nick, XsVerdict *verdict);

/** Kept with each verdict; rises with every change by which the same log could be judged otherwise. */
#define XS_AUDIT_ENGINE 1

/** XsOtherLog: another log: of the same learner, or of the same device. */
typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  char devnum[XS_UNIFIED_DIGITS + 1];
  char recnum[XS_RECNUM_DIGITS + 1];
  char subjcode[XS_SUBJCODE_DIGITS + 1];
  gint64 start_wall_us, end_wall_us;
  gint64 credited_min[2]; /* on the day it starts, and on the next */
} XsOtherLog;

/** XsSeenPhoto: a photo of the learner's history. */
typedef struct {
  char devnum[XS_UNIFIED_DIGITS + 1];
  char number[XS_PHOTO_NUMBER_DIGITS + 1];
  char sha256[65];
  char picture_hash[65]; /* "" when there is none */
  gint64 wall_us;        /* when it was taken; 0: long before */
} XsSeenPhoto;

/** XsPhotoFinding: what the platform's own look at a photo, or a coach's, brought. */
typedef struct {
  char number[XS_PHOTO_NUMBER_DIGITS + 1];
  gboolean faulty;
  double match; /* takes the place of the kiosk's; NaN: not taken */
} XsPhotoFinding;

/** XsAuditFacts: what is known beside the log. xs_audit_facts_init() gives what leaves no rule broken. */
typedef struct {
  gint64 now_wall_us;      /* when it is judged; 0: unknown, then no log is late that was not received */
  gint64 received_wall_us; /* by the platform; 0: not yet */
  gboolean open;           /* the log is still being made: its end is now */
  gboolean learner_known, school_filed, coach_filed;
  gboolean recnum_taken;
  char learner_inscode[XS_UNIFIED_DIGITS + 1]; /* "": unknown, also below */
  char device_inscode[XS_UNIFIED_DIGITS + 1];
  int learner_vehicle; /* VV of the course code; 0: unknown */
  int learner_part;    /* 1 … 4; 0: unknown */
  GArray *others;      /* XsOtherLog, in any order, without the log itself */
  GArray *seen;        /* XsSeenPhoto, in any order */
  GArray *findings;    /* XsPhotoFinding */
} XsAuditFacts;

void xs_audit_facts_init (XsAuditFacts *facts);
/** xs_audit_facts_clear: frees the arrays; then it must not be used before a new init. */
void xs_audit_facts_clear (XsAuditFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsAuditFacts, xs_audit_facts_clear)

/** XsBreach: one rule broken once. */
typedef struct {
  XsRuleId rule;
  guint from_min, to_min; /* the minutes that are void for it, [from, to); equal: none */
  gboolean review;        /* a person has to decide */
  int photo;              /* index into the photos of @log as given; -1: no photo */
} XsBreach;

/** XsSlotState: how a slot stands. */
typedef enum {
  XS_SLOT_GOOD,
  XS_SLOT_MISSING, /* no photo inside */
  XS_SLOT_BAD,     /* photos, but none good */
  XS_SLOT_OPEN,    /* of an open log: still time for one */
  XS_SLOT_EXEMPT,  /* too short to need one */
} XsSlotState;

/** XsSlot: one slot as cut to the log, by wall clock. */
typedef struct {
  gint64 start_wall_us, end_wall_us; /* an open one ends when its time is over, not when the log does */
  XsSlotState state;
} XsSlot;

/** XsAudit: what the engine says of a log. */
typedef struct {
  XsVerdict verdict;
  guint n_minutes; /* of the log by its times */
  guint valid_min; /* normal and not void; before daily_cap */
  guint claimed_min;
  guint credited_min;
  guint credited_day_min[2]; /* of which on the day the log starts, and on the next */
  GArray *breaches;          /* XsBreach, by rule, then in the order of what breaks it */
  GArray *slots;             /* XsSlot, by time */
} XsAudit;

/**
 * xs_audit_log: judge @log.
 * @log: closed, or with @facts->open as far as it has come; its photos need no order
 * @policy: the one that was in force
 *
 * Takes O(minutes + photos × history). Returns: (transfer full)
 */
XsAudit *xs_audit_log (const XsTeachingLog *log, const XsPolicy *policy, const XsAuditFacts *facts);
void xs_audit_free (XsAudit *audit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsAudit, xs_audit_free)

/** xs_audit_breach_wall_us: the wall times of a breach's void minutes; the last ends with the log. */
void xs_audit_breach_wall_us (const XsTeachingLog *log, const XsBreach *breach, gint64 *from_us, gint64 *to_us);

G_END_DECLS
