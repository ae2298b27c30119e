/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-private.h"

#include "xs-clock.h"
#include "xs-subjcode.h"

/* What the register and the other logs of the day say. */

static gboolean
numbers_belong_together (const XsJudge *judge)
{
  const XsTeachingLog *log = judge->log;
  const XsAuditFacts *facts = judge->facts;

  if ((facts->learner_inscode[0] != '\0' && strcmp (facts->learner_inscode, log->inscode) != 0)
      || (facts->device_inscode[0] != '\0' && strcmp (facts->device_inscode, log->inscode) != 0))
    return FALSE;
  for (guint i = 0; i < log->minutes->len; i++)
    {
      const XsMinuteRecord *record = &g_array_index (log->minutes, XsMinuteRecord, i);

      if (strcmp (record->stunum, log->stunum) != 0 || !g_str_has_prefix (record->number, log->devnum))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_late (const XsJudge *judge)
{
  const XsAuditFacts *facts = judge->facts;
  gint64 then_us = facts->received_wall_us != 0 ? facts->received_wall_us : facts->now_wall_us;

  return then_us != 0 && then_us - judge->log->end_wall_us > judge->rules->late_report_deadline_s * G_USEC_PER_SEC;
}

static gboolean
course_is_right (const XsJudge *judge)
{
  XsSubjcode code;

  return xs_subjcode_parse (&code, judge->log->subjcode, NULL)
         && (code.mode == XS_COURSE_CLASSROOM || code.mode == XS_COURSE_REMOTE)
         && (judge->facts->learner_vehicle == 0 || code.vehicle == XS_VEHICLE_NONE
             || judge->facts->learner_vehicle == code.vehicle)
         && (judge->facts->learner_part == 0 || judge->facts->learner_part == code.part);
}

static void
judge_concurrent (XsJudge *judge)
{
  const XsTeachingLog *log = judge->log;
  gint64 tolerance_us = judge->rules->concurrent_tolerance_s * G_USEC_PER_SEC;
  g_autofree gboolean *is_shared = g_new0 (gboolean, judge->n_minutes + 1);
  gboolean is_any = FALSE;

  for (guint i = 0; i < judge->facts->others->len; i++)
    {
      const XsOtherLog *other = &g_array_index (judge->facts->others, XsOtherLog, i);
      gint64 from_us = MAX (other->start_wall_us, log->start_wall_us);
      gint64 to_us = MIN (other->end_wall_us, log->end_wall_us);
      guint first, last;

      if ((strcmp (other->stunum, log->stunum) != 0 && strcmp (other->devnum, log->devnum) != 0)
          || to_us - from_us <= tolerance_us)
        continue;
      is_any = TRUE;
      if (judge->n_minutes == 0)
        continue;
      xs_judge_minutes_of (judge, from_us, to_us, &first, &last);
      for (guint minute = first; minute < last; minute++)
        is_shared[minute] = TRUE;
    }
  if (is_any && judge->n_minutes == 0)
    xs_judge_break (judge, XS_RULE_CONCURRENT);
  else
    xs_judge_void_flagged (judge, XS_RULE_CONCURRENT, is_shared);
}

static gboolean
has_other_part (const XsJudge *judge)
{
  const XsTeachingLog *log = judge->log;
  XsSubjcode own, code;

  if (!xs_subjcode_parse (&own, log->subjcode, NULL))
    return FALSE;
  for (guint i = 0; i < judge->facts->others->len; i++)
    {
      const XsOtherLog *other = &g_array_index (judge->facts->others, XsOtherLog, i);

      if (strcmp (other->stunum, log->stunum) == 0
          && xs_wall_midnight_us (other->start_wall_us) == xs_wall_midnight_us (log->start_wall_us)
          && xs_subjcode_parse (&code, other->subjcode, NULL) && code.part != own.part)
        return TRUE;
    }
  return FALSE;
}

static gboolean
clock_is_odd (const XsJudge *judge)
{
  const XsTeachingLog *log = judge->log;
  gint64 tolerance_us = judge->rules->clock_anomaly_tolerance_s * G_USEC_PER_SEC;

  if (judge->n_minutes == 0 || !judge->records_fit)
    return TRUE;
  if (judge->facts->received_wall_us != 0 && log->end_wall_us - judge->facts->received_wall_us > tolerance_us)
    return TRUE;
  for (guint i = 0; i < log->events->len; i++)
    {
      const XsLogEvent *event = &g_array_index (log->events, XsLogEvent, i);

      if (event->kind == XS_LOG_EVENT_CLOCK_STEP
          && (event->amount_us > tolerance_us || event->amount_us < -tolerance_us))
        return TRUE;
    }
  return FALSE;
}

static void
judge_if (XsJudge *judge, XsRuleId rule, gboolean is_broken)
{
  if (is_broken && xs_judge_is_on (judge, rule))
    xs_judge_break (judge, rule);
}

void
xs_judge_register (XsJudge *judge)
{
  const XsAuditFacts *facts = judge->facts;

  judge_if (judge, XS_RULE_UNKNOWN_LEARNER, !facts->learner_known);
  judge_if (judge, XS_RULE_SCHOOL_NOT_FILED, !facts->school_filed);
  judge_if (judge, XS_RULE_COACH_NOT_FILED, !facts->coach_filed);
  judge_if (judge, XS_RULE_NUMBER_MISMATCH, !numbers_belong_together (judge));
  judge_if (judge, XS_RULE_RECNUM_REPEATED, facts->recnum_taken);
  judge_if (judge, XS_RULE_LATE_REPORT, !facts->open && is_late (judge));
  judge_if (judge, XS_RULE_COURSE_MISMATCH, !course_is_right (judge));
  if (xs_judge_is_on (judge, XS_RULE_CONCURRENT))
    judge_concurrent (judge);
  judge_if (judge, XS_RULE_OTHER_PART, has_other_part (judge));
  judge_if (judge, XS_RULE_CLOCK_ANOMALY, clock_is_odd (judge));
}
