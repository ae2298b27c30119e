/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** XsRuleId: the rules of a valid hour, in the order they are judged; docs/rules.md says of each when it is broken. */
typedef enum {
  XS_RULE_UNKNOWN_LEARNER,
  XS_RULE_SCHOOL_NOT_FILED,
  XS_RULE_COACH_NOT_FILED,
  XS_RULE_NUMBER_MISMATCH,
  XS_RULE_RECNUM_REPEATED,
  XS_RULE_LATE_REPORT,
  XS_RULE_COURSE_MISMATCH,
  XS_RULE_CONCURRENT,
  XS_RULE_OTHER_PART,
  XS_RULE_CLOCK_ANOMALY,
  XS_RULE_MINUTES_MISSING,
  XS_RULE_MINUTE_ABNORMAL,
  XS_RULE_TRAINING_WINDOW,
  XS_RULE_NO_PHOTOS,
  XS_RULE_FIRST_PHOTO,
  XS_RULE_LAST_PHOTO,
  XS_RULE_NO_SIGN_OUT,
  XS_RULE_PHOTO_OUTSIDE,
  XS_RULE_ADMITTED,
  XS_RULE_SIGN_FACE_MISMATCH,
  XS_RULE_FACE_MISMATCH,
  XS_RULE_FACE_UNCLEAR,
  XS_RULE_PHOTO_REUSED,
  XS_RULE_PHOTO_NUMBER_REPEATED,
  XS_RULE_PHOTO_MISSING,
  XS_RULE_PHOTO_BAD,
  XS_RULE_PHOTOS_IN_A_ROW,
  XS_RULE_PHOTO_COUNT,
  XS_RULE_GAP,
  XS_RULE_TOO_SHORT,
  XS_RULE_HOUR_RATIO,
  XS_RULE_DAILY_CAP,
  XS_N_RULES,
} XsRuleId;

/** XsVoids: what one failure voids, see docs/rules.md; in documents by nick, the word behind. */
typedef enum {
  XS_VOIDS_NOTHING,    /* "nothing" */
  XS_VOIDS_REVIEW,     /* "review": nothing, but a person decides */
  XS_VOIDS_MINUTES,    /* "minutes": those concerned */
  XS_VOIDS_AROUND,     /* "around": ± around_min minutes */
  XS_VOIDS_SINCE_GOOD, /* "since_good": since the last good photo */
  XS_VOIDS_PARTS,      /* "parts": what a gap leaves and is too short */
  XS_VOIDS_REST,       /* "rest": from there to the end */
  XS_VOIDS_ALL,        /* "all" */
  XS_N_VOIDS,
} XsVoids;

/** XsDayWindow: minutes of the GMT+8 day, [from, to), 0 … 1440; @from above @to: across midnight. */
typedef struct {
  int from_min, to_min;
} XsDayWindow;

#define XS_DAY_WINDOWS_MAX 4

/** XsDayWindows: a minute of the day is inside when it is in any of them. */
typedef struct {
  XsDayWindow windows[XS_DAY_WINDOWS_MAX];
  guint n;
} XsDayWindows;

typedef struct {
  gboolean on;
  XsVoids voids;
  char code[16]; /* what a province calls it; "" for none */
} XsRule;

/** XsRules: the part of a policy by which logs are judged. Plain, copied by value. */
typedef struct {
  XsRule rule[XS_N_RULES];
  gint64 late_report_deadline_s;
  gint64 concurrent_tolerance_s;
  gint64 clock_anomaly_tolerance_s;
  gint64 minutes_missing_max;
  XsDayWindows classroom, remote;
  gint64 first_photo_within_s;
  gint64 last_photo_within_s;
  int made_up_until_min; /* minute of the day a sign-out can be made up until; 0: never */
  gint64 photo_reused_bits;
  gint64 around_min;
  gboolean slots_by_clock; /* slots count from midnight GMT+8 instead of from sign-in */
  gint64 slot_partial_min_s;
  gint64 in_a_row_count;
  gint64 photo_count_extra;
  gint64 gap_max_s;
  gint64 full_percent;
} XsRules;

/** (transfer none): the word used in documents. */
const char *xs_rule_nick (XsRuleId id);
gboolean xs_rule_from_nick (const char *nick, XsRuleId *id);
/** (transfer none): what is wrong, in a few words for learner and coach; translated. */
const char *xs_rule_title (XsRuleId id);
/** (transfer none): what the learner can do about it; translated. */
const char *xs_rule_remedy (XsRuleId id);

const char *xs_voids_nick (XsVoids voids);
gboolean xs_voids_from_nick (const char *nick, XsVoids *voids);
/** xs_rule_may_void: whether a policy may give this rule that consequence. */
gboolean xs_rule_may_void (XsRuleId id, XsVoids voids);

/** xs_day_windows_contain: @minute_of_day: 0 … 1439. */
gboolean xs_day_windows_contain (const XsDayWindows *windows, int minute_of_day);

G_END_DECLS
