/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audit-model-private.h"

#include <string.h>

gboolean
is_on (const Model *m, XsRuleId rule)
{
  return m->rules->rule[rule].on;
}

gint64
day_of (gint64 wall_us)
{
  return (wall_us + DAY_US / 3) / DAY_US;
}

int
minute_of_day (gint64 wall_us)
{
  return (int) ((wall_us + DAY_US / 3) % DAY_US / MIN_US);
}

gint64
minute_start_us (const Model *m, guint i)
{
  return m->log->start_wall_us + i * MIN_US;
}

gint64
minute_end_us (const Model *m, guint i)
{
  return MIN (minute_start_us (m, i) + MIN_US, m->log->end_wall_us);
}

guint
minute_at (const Model *m, gint64 wall_us)
{
  for (guint i = 0; i + 1 < m->n_minutes; i++)
    {
      if (wall_us < minute_start_us (m, i + 1))
        return i;
    }
  return m->n_minutes > 0 ? m->n_minutes - 1 : 0;
}

/* Breaches. */

void
add_breach (Model *m, XsRuleId rule, guint from, guint to, int photo)
{
  XsBreach breach = { rule, 0, 0, m->rules->rule[rule].voids == XS_VOIDS_REVIEW, photo };

  if (from < to)
    {
      breach.from_min = from;
      breach.to_min = to;
    }
  g_array_append_val (m->audit->breaches, breach);
}

void
void_minutes (Model *m, XsRuleId rule, guint from, guint to, int photo)
{
  for (guint i = from; i < to; i++)
    m->is_void[rule][i] = TRUE;
  add_breach (m, rule, from, to, photo);
}

void
broken (Model *m, XsRuleId rule, int photo)
{
  if (m->rules->rule[rule].voids == XS_VOIDS_ALL)
    void_minutes (m, rule, 0, m->n_minutes, photo);
  else
    add_breach (m, rule, 0, 0, photo);
}

void
broken_in_minutes (Model *m, XsRuleId rule, const gboolean *concerned)
{
  gboolean any = FALSE;

  if (m->rules->rule[rule].voids != XS_VOIDS_MINUTES)
    {
      broken (m, rule, -1);
      return;
    }

  for (guint from = 0; from < m->n_minutes; from++)
    {
      guint to = from;

      while (to < m->n_minutes && concerned[to])
        to++;
      if (to > from)
        {
          void_minutes (m, rule, from, to, -1);
          any = TRUE;
          from = to;
        }
    }
  if (!any)
    add_breach (m, rule, 0, 0, -1);
}

void
broken_at_moment (Model *m, XsRuleId rule, guint minute, gint64 wall_us, int photo)
{
  guint from = 0, to = m->n_minutes;

  switch (m->rules->rule[rule].voids)
    {
    case XS_VOIDS_AROUND:
      for (guint i = 0; i < m->n_minutes; i++)
        {
          if ((gint64) i < minute - m->rules->around_min)
            from = i + 1;
          if ((gint64) i <= minute + m->rules->around_min)
            to = i + 1;
        }
      void_minutes (m, rule, from, to, photo);
      break;
    case XS_VOIDS_SINCE_GOOD:
      for (guint p = 0; p < m->n_photos; p++)
        {
          if (!m->photos[p].bad && m->photos[p].record->wall_us < wall_us)
            from = minute_at (m, m->photos[p].at_us) + 1;
        }
      void_minutes (m, rule, from, MIN (minute + 1, m->n_minutes), photo);
      break;
    case XS_VOIDS_NOTHING:
    case XS_VOIDS_REVIEW:
    case XS_VOIDS_MINUTES:
    case XS_VOIDS_PARTS:
    case XS_VOIDS_REST:
    case XS_VOIDS_ALL:
    case XS_N_VOIDS:
    default:
      broken (m, rule, photo);
      break;
    }
}

/* The rules about learner, school and log. */

static void
judge_register (Model *m)
{
  if (is_on (m, XS_RULE_UNKNOWN_LEARNER) && !m->facts->learner_known)
    broken (m, XS_RULE_UNKNOWN_LEARNER, -1);
  if (is_on (m, XS_RULE_SCHOOL_NOT_FILED) && !m->facts->school_filed)
    broken (m, XS_RULE_SCHOOL_NOT_FILED, -1);
  if (is_on (m, XS_RULE_COACH_NOT_FILED) && !m->facts->coach_filed)
    broken (m, XS_RULE_COACH_NOT_FILED, -1);
  if (is_on (m, XS_RULE_RECNUM_REPEATED) && m->facts->recnum_taken)
    broken (m, XS_RULE_RECNUM_REPEATED, -1);
}

static gboolean
is_known_and_differs (const char *known, const char *ours)
{
  return known[0] != '\0' && strcmp (known, ours) != 0;
}

static void
judge_number_mismatch (Model *m)
{
  gboolean wrong = is_known_and_differs (m->facts->learner_inscode, m->log->inscode)
                   || is_known_and_differs (m->facts->device_inscode, m->log->inscode);

  for (guint r = 0; r < m->log->minutes->len; r++)
    {
      const XsMinuteRecord *record = &g_array_index (m->log->minutes, XsMinuteRecord, r);

      if (strcmp (record->stunum, m->log->stunum) != 0)
        wrong = TRUE;
      if (!g_str_has_prefix (record->number, m->log->devnum))
        wrong = TRUE;
    }

  if (is_on (m, XS_RULE_NUMBER_MISMATCH) && wrong)
    broken (m, XS_RULE_NUMBER_MISMATCH, -1);
}

static void
judge_late_report (Model *m)
{
  gint64 latest_us = m->log->end_wall_us + m->rules->late_report_deadline_s * SEC_US;
  gboolean late;

  if (m->facts->received_wall_us != 0)
    late = m->facts->received_wall_us > latest_us;
  else
    late = m->facts->now_wall_us != 0 && m->facts->now_wall_us > latest_us;

  if (is_on (m, XS_RULE_LATE_REPORT) && !m->facts->open && late)
    broken (m, XS_RULE_LATE_REPORT, -1);
}

static void
judge_course_mismatch (Model *m)
{
  XsSubjcode code = { 0 };
  gboolean wrong = FALSE;

  if (!xs_subjcode_parse (&code, m->log->subjcode, NULL))
    wrong = TRUE;
  else if (code.mode != XS_COURSE_CLASSROOM && code.mode != XS_COURSE_REMOTE)
    wrong = TRUE;
  else if (m->facts->learner_vehicle != 0 && code.vehicle != XS_VEHICLE_NONE
           && code.vehicle != m->facts->learner_vehicle)
    wrong = TRUE;
  else if (m->facts->learner_part != 0 && code.part != m->facts->learner_part)
    wrong = TRUE;

  if (is_on (m, XS_RULE_COURSE_MISMATCH) && wrong)
    broken (m, XS_RULE_COURSE_MISMATCH, -1);
}

static void
judge_concurrent (Model *m)
{
  g_autofree gboolean *touched = g_new0 (gboolean, m->n_minutes);
  gboolean any = FALSE;

  for (guint k = 0; k < m->facts->others->len; k++)
    {
      const XsOtherLog *other = &g_array_index (m->facts->others, XsOtherLog, k);
      gboolean same_learner = strcmp (other->stunum, m->log->stunum) == 0;
      gboolean same_device = strcmp (other->devnum, m->log->devnum) == 0;
      gint64 from_us = MAX (other->start_wall_us, m->log->start_wall_us);
      gint64 to_us = MIN (other->end_wall_us, m->log->end_wall_us);

      if (!same_learner && !same_device)
        continue;
      if (to_us - from_us <= m->rules->concurrent_tolerance_s * SEC_US)
        continue;
      any = TRUE;
      for (guint i = 0; i < m->n_minutes; i++)
        {
          if (minute_start_us (m, i) < to_us && from_us < minute_end_us (m, i))
            touched[i] = TRUE;
        }
    }

  if (is_on (m, XS_RULE_CONCURRENT) && any)
    broken_in_minutes (m, XS_RULE_CONCURRENT, touched);
}

static void
judge_other_part (Model *m)
{
  XsSubjcode ours = { 0 };
  gboolean any = FALSE;

  if (!is_on (m, XS_RULE_OTHER_PART) || !xs_subjcode_parse (&ours, m->log->subjcode, NULL))
    return;

  for (guint k = 0; k < m->facts->others->len; k++)
    {
      const XsOtherLog *other = &g_array_index (m->facts->others, XsOtherLog, k);
      XsSubjcode theirs = { 0 };

      if (strcmp (other->stunum, m->log->stunum) == 0 && day_of (other->start_wall_us) == day_of (m->log->start_wall_us)
          && xs_subjcode_parse (&theirs, other->subjcode, NULL) && theirs.part != ours.part)
        any = TRUE;
    }

  if (any)
    broken (m, XS_RULE_OTHER_PART, -1);
}

static void
judge_clock_anomaly (Model *m)
{
  const XsTeachingLog *log = m->log;
  gint64 tolerance_us = m->rules->clock_anomaly_tolerance_s * SEC_US;
  gboolean odd = FALSE;

  if (log->end_wall_us <= log->start_wall_us || log->end_wall_us - log->start_wall_us > DAY_US)
    odd = TRUE;
  if (m->facts->received_wall_us != 0 && m->facts->received_wall_us < log->end_wall_us - tolerance_us)
    odd = TRUE;
  if (m->left_out)
    odd = TRUE;
  for (guint r = 1; r < log->minutes->len; r++)
    {
      if (g_array_index (log->minutes, XsMinuteRecord, r).wall_end_us
          < g_array_index (log->minutes, XsMinuteRecord, r - 1).wall_end_us)
        odd = TRUE;
    }
  for (guint e = 0; e < log->events->len; e++)
    {
      const XsLogEvent *event = &g_array_index (log->events, XsLogEvent, e);

      if (event->kind == XS_LOG_EVENT_CLOCK_STEP && ABS (event->amount_us) > tolerance_us)
        odd = TRUE;
    }

  if (is_on (m, XS_RULE_CLOCK_ANOMALY) && odd)
    broken (m, XS_RULE_CLOCK_ANOMALY, -1);
}

static XsVerdict
verdict_of (const XsAudit *audit)
{
  if (audit->credited_min == 0)
    return XS_VERDICT_VOID;
  for (guint b = 0; b < audit->breaches->len; b++)
    {
      if (g_array_index (audit->breaches, XsBreach, b).review)
        return XS_VERDICT_PENDING;
    }
  return audit->credited_min == audit->claimed_min ? XS_VERDICT_VALID : XS_VERDICT_PARTIAL;
}

/* By rule; the breaches of one rule stay in the order they were found in. */
static void
sort_by_rule (XsAudit *audit)
{
  GArray *sorted = g_array_new (FALSE, FALSE, sizeof (XsBreach));

  for (int rule = 0; rule < XS_N_RULES; rule++)
    {
      for (guint b = 0; b < audit->breaches->len; b++)
        {
          const XsBreach *breach = &g_array_index (audit->breaches, XsBreach, b);

          if ((int) breach->rule == rule)
            g_array_append_val (sorted, *breach);
        }
    }
  g_array_unref (audit->breaches);
  audit->breaches = sorted;
}

XsAudit *
audit_model_judge (const XsTeachingLog *log, const XsPolicy *policy, const XsAuditFacts *facts)
{
  XsAudit *audit = g_new0 (XsAudit, 1);
  Model m = { log, policy, &policy->rules, facts };

  audit->breaches = g_array_new (FALSE, FALSE, sizeof (XsBreach));
  audit->slots = g_array_new (FALSE, FALSE, sizeof (XsSlot));
  m.audit = audit;
  m.n_minutes = audit->n_minutes = count_minutes (log);
  m.records = g_new0 (const XsMinuteRecord *, m.n_minutes);
  for (int rule = 0; rule < XS_N_RULES; rule++)
    m.is_void[rule] = g_new0 (gboolean, m.n_minutes);
  collect_records (&m);
  collect_photos (&m);
  collect_slots (&m);

  judge_register (&m);
  judge_number_mismatch (&m);
  judge_late_report (&m);
  judge_course_mismatch (&m);
  judge_concurrent (&m);
  judge_other_part (&m);
  judge_clock_anomaly (&m);
  judge_minutes (&m);
  judge_training_window (&m);
  judge_photos (&m);
  judge_gap (&m);
  judge_too_short (&m);
  credit (&m);
  audit->verdict = verdict_of (audit);
  sort_by_rule (audit);

  for (int rule = 0; rule < XS_N_RULES; rule++)
    g_free (m.is_void[rule]);
  g_free (m.records);
  g_free (m.photos);
  g_array_unref (m.slots);
  return audit;
}

void
audit_model_free (XsAudit *audit)
{
  g_array_unref (audit->breaches);
  g_array_unref (audit->slots);
  g_free (audit);
}

gboolean
audit_model_may_void (XsRuleId rule, XsVoids voids)
{
  static const char *const words[XS_N_RULES] = {
    [XS_RULE_UNKNOWN_LEARNER] = "nothing, review, all",
    [XS_RULE_SCHOOL_NOT_FILED] = "nothing, review, all",
    [XS_RULE_COACH_NOT_FILED] = "nothing, review, all",
    [XS_RULE_NUMBER_MISMATCH] = "nothing, review, all",
    [XS_RULE_RECNUM_REPEATED] = "nothing, review, all",
    [XS_RULE_LATE_REPORT] = "nothing, review, all",
    [XS_RULE_COURSE_MISMATCH] = "nothing, review, all",
    [XS_RULE_CONCURRENT] = "nothing, review, minutes, all",
    [XS_RULE_OTHER_PART] = "nothing, review, all",
    [XS_RULE_CLOCK_ANOMALY] = "nothing, review, all",
    [XS_RULE_MINUTES_MISSING] = "nothing, review, minutes, all",
    [XS_RULE_MINUTE_ABNORMAL] = "nothing, minutes",
    [XS_RULE_TRAINING_WINDOW] = "nothing, review, minutes, all",
    [XS_RULE_NO_PHOTOS] = "nothing, review, all",
    [XS_RULE_FIRST_PHOTO] = "nothing, review, all",
    [XS_RULE_LAST_PHOTO] = "nothing, review, all",
    [XS_RULE_NO_SIGN_OUT] = "nothing, review, all",
    [XS_RULE_PHOTO_OUTSIDE] = "nothing, review, all",
    [XS_RULE_ADMITTED] = "nothing, review, all",
    [XS_RULE_SIGN_FACE_MISMATCH] = "nothing, review, around, since_good, all",
    [XS_RULE_FACE_MISMATCH] = "nothing, review, around, since_good, all",
    [XS_RULE_FACE_UNCLEAR] = "nothing, review, around, since_good, all",
    [XS_RULE_PHOTO_REUSED] = "nothing, review, around, since_good, all",
    [XS_RULE_PHOTO_NUMBER_REPEATED] = "nothing, review, around, since_good, all",
    [XS_RULE_PHOTO_MISSING] = "nothing, review, around, since_good, all",
    [XS_RULE_PHOTO_BAD] = "nothing, review, around, since_good, all",
    [XS_RULE_PHOTOS_IN_A_ROW] = "nothing, review, minutes, all",
    [XS_RULE_PHOTO_COUNT] = "nothing, review, all",
    [XS_RULE_GAP] = "nothing, review, parts, rest, all",
    [XS_RULE_TOO_SHORT] = "nothing, review, all",
    [XS_RULE_HOUR_RATIO] = "nothing",
    [XS_RULE_DAILY_CAP] = "nothing, minutes",
  };
  static const char *const nicks[XS_N_VOIDS] = { "nothing",    "review", "minutes", "around",
                                                 "since_good", "parts",  "rest",    "all" };

  return strstr (words[rule], nicks[voids]) != NULL;
}
