/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-audit.h"
#include "xs-minute-record.h"

G_BEGIN_DECLS

/** XsJudgedPhoto: a photo of the log, in order of time. */
typedef struct {
  const XsPhotoRecord *record;
  int index;    /* in the log's photos */
  double match; /* the platform's, where it took one; NaN: none */
  gboolean faulty;
  gboolean inside;
  guint minute;
  gboolean reused, number_repeated;
  gboolean good;
} XsJudgedPhoto;

/** XsJudge: one log while it is judged. */
typedef struct {
  const XsTeachingLog *log;
  const XsPolicy *policy;
  const XsRules *rules;
  const XsAuditFacts *facts;
  guint n_minutes;
  const XsMinuteRecord **records; /* by minute; NULL: none */
  gboolean records_fit;           /* each belongs to a minute of its own, in order */
  gboolean *is_void;              /* by minute, by the rules judged so far */
  XsJudgedPhoto *photos;
  guint n_photos;
  XsAudit *audit;
} XsJudge;

/** xs_judge_is_on: whether the policy has the rule judged at all. */
gboolean xs_judge_is_on (const XsJudge *judge, XsRuleId rule);

/**
 * xs_judge_void: @rule is broken: void what its policy says and note it.
 * @from_min, @to_min: the minutes concerned, [from, to); may be empty
 * @moment_us: for XS_VOIDS_SINCE_GOOD
 * @photo: (nullable)
 */
void xs_judge_void (XsJudge *judge, XsRuleId rule, guint from_min, guint to_min, gint64 moment_us,
                    const XsJudgedPhoto *photo);
/** xs_judge_break: xs_judge_void() of a rule about the whole log. */
void xs_judge_break (XsJudge *judge, XsRuleId rule);
/** xs_judge_note: note a breach that voids [@from_min, @to_min), and nothing else of what its policy says. */
void xs_judge_note (XsJudge *judge, XsRuleId rule, guint from_min, guint to_min);
/**
 * xs_judge_void_flagged: @rule is broken in the minutes for which @is_concerned is set: each stretch of them is void
 * where the policy voids minutes; else it is broken once. Without such minutes it is not broken.
 */
void xs_judge_void_flagged (XsJudge *judge, XsRuleId rule, const gboolean *is_concerned);

/** xs_judge_minute_start_us: wall time at which minute @index begins; of n_minutes: the log's end. */
gint64 xs_judge_minute_start_us (const XsJudge *judge, guint index);
/** xs_judge_minutes_of: the minutes that [@from_us, @to_us), which lies in the log, touches: [first, last). */
void xs_judge_minutes_of (const XsJudge *judge, gint64 from_us, gint64 to_us, guint *first, guint *last);
/** xs_judge_minute_is_normal: it has a record, and that is normal. */
gboolean xs_judge_minute_is_normal (const XsJudge *judge, guint minute);

/* The rules by what they look at; each is called once, in this order. */
void xs_judge_register (XsJudge *judge);
void xs_judge_minutes (XsJudge *judge);
void xs_judge_photos (XsJudge *judge);
void xs_judge_slots (XsJudge *judge);
void xs_judge_length (XsJudge *judge);

/** xs_judge_photos_init: put the log's photos in order and tell which are good. */
void xs_judge_photos_init (XsJudge *judge);

G_END_DECLS
