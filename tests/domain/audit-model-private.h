/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "audit-model.h"
#include "xs-subjcode.h"

#define SEC_US ((gint64) G_USEC_PER_SEC)
#define MIN_US (60 * SEC_US)
#define DAY_US (24 * 60 * MIN_US)

typedef struct {
  const XsPhotoRecord *record;
  int index;       /* in the log as given */
  gboolean inside; /* the made-up sign-out photo too */
  gint64 at_us;    /* when it counts: a made-up sign-out photo at the end */
  double match;    /* the platform's if it took one */
  gboolean faulty;
  gboolean bad;
} Photo;

typedef struct {
  gint64 start_us, end_us; /* as cut to the log */
  gboolean needs_photo;
  gboolean last_of_open; /* it holds the end of an open log */
  gboolean has_photo, has_good;
  gboolean fails;
} Slot;

typedef struct {
  const XsTeachingLog *log;
  const XsPolicy *policy;
  const XsRules *rules;
  const XsAuditFacts *facts;
  guint n_minutes;
  const XsMinuteRecord **records; /* of each minute; NULL: none */
  gboolean left_out;              /* a record belongs to no minute, or to one that has one already */
  gboolean *is_void[XS_N_RULES];  /* of each minute, by each rule */
  Photo *photos;                  /* by time, then by number */
  guint n_photos;
  GArray *slots; /* Slot */
  XsAudit *audit;
} Model;

gboolean is_on (const Model *m, XsRuleId rule);
gint64 day_of (gint64 wall_us);
int minute_of_day (gint64 wall_us);
gint64 minute_start_us (const Model *m, guint i);
gint64 minute_end_us (const Model *m, guint i);
/* The minute of a moment; moments before and after the log are in its first and last one. */
guint minute_at (const Model *m, gint64 wall_us);

/* The breach alone; @from not below @to: no minutes. */
void add_breach (Model *m, XsRuleId rule, guint from, guint to, int photo);
/* One breach that has nothing to do with single minutes: @photo -1 for none. */
void broken (Model *m, XsRuleId rule, int photo);
/* The minutes for which @concerned is TRUE break it. */
void broken_in_minutes (Model *m, XsRuleId rule, const gboolean *concerned);
/* Something at a moment breaks it; @minute is the moment's. */
void broken_at_moment (Model *m, XsRuleId rule, guint minute, gint64 wall_us, int photo);
/* Void the minutes [@from, @to) as one breach. */
void void_minutes (Model *m, XsRuleId rule, guint from, guint to, int photo);

guint count_minutes (const XsTeachingLog *log);
void collect_records (Model *m);
void collect_photos (Model *m);
void collect_slots (Model *m);
void judge_minutes (Model *m);
void judge_training_window (Model *m);
void judge_photos (Model *m);

void judge_gap (Model *m);
void judge_too_short (Model *m);
void credit (Model *m);
