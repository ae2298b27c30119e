/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-private.h"

#include "xs-clock.h"
#include "xs-subjcode.h"

/* What the minute records say, and the time of day. */

static void
judge_missing (XsJudge *judge)
{
  g_autofree gboolean *is_missing = g_new0 (gboolean, judge->n_minutes + 1);
  guint n_missing = 0;

  for (guint i = 0; i < judge->n_minutes; i++)
    {
      is_missing[i] = judge->records[i] == NULL;
      n_missing += is_missing[i];
    }
  if (judge->n_minutes == 0)
    xs_judge_break (judge, XS_RULE_MINUTES_MISSING);
  else if (n_missing > judge->rules->minutes_missing_max)
    xs_judge_void_flagged (judge, XS_RULE_MINUTES_MISSING, is_missing);
}

static void
judge_abnormal (XsJudge *judge)
{
  g_autofree gboolean *is_abnormal = g_new0 (gboolean, judge->n_minutes + 1);

  for (guint i = 0; i < judge->n_minutes; i++)
    is_abnormal[i] = judge->records[i] != NULL && !judge->records[i]->normal;
  xs_judge_void_flagged (judge, XS_RULE_MINUTE_ABNORMAL, is_abnormal);
}

static void
judge_window (XsJudge *judge)
{
  XsSubjcode code;

  if (!xs_subjcode_parse (&code, judge->log->subjcode, NULL)
      || (code.mode != XS_COURSE_CLASSROOM && code.mode != XS_COURSE_REMOTE))
    return;

  const XsDayWindows *windows = code.mode == XS_COURSE_CLASSROOM ? &judge->rules->classroom : &judge->rules->remote;
  g_autofree gboolean *is_outside = g_new0 (gboolean, judge->n_minutes + 1);
  for (guint i = 0; i < judge->n_minutes; i++)
    {
      gint64 start_us = xs_judge_minute_start_us (judge, i);
      gint64 minute_of_day = (start_us - xs_wall_midnight_us (start_us)) / XS_MINUTE_US;

      is_outside[i] = !xs_day_windows_contain (windows, minute_of_day);
    }
  xs_judge_void_flagged (judge, XS_RULE_TRAINING_WINDOW, is_outside);
}

void
xs_judge_minutes (XsJudge *judge)
{
  if (xs_judge_is_on (judge, XS_RULE_MINUTES_MISSING))
    judge_missing (judge);
  if (xs_judge_is_on (judge, XS_RULE_MINUTE_ABNORMAL))
    judge_abnormal (judge);
  if (xs_judge_is_on (judge, XS_RULE_TRAINING_WINDOW))
    judge_window (judge);
}

/* How long was studied, and how long not. */

static gint64
stretch_us (const XsJudge *judge, guint first, guint last)
{
  return xs_judge_minute_start_us (judge, last) - xs_judge_minute_start_us (judge, first);
}

static gboolean
is_without_credit (const XsJudge *judge, guint minute)
{
  return judge->records[minute] == NULL || judge->records[minute]->credited_us == 0;
}

/* Returns: whether the part [@first, @last) between gaps is there and too short by itself. */
static gboolean
part_is_short (const XsJudge *judge, guint first, guint last)
{
  gint64 needed_min = (judge->policy->segment_min_s + 59) / 60;
  gint64 valid_min = 0;

  for (guint i = first; i < last; i++)
    valid_min += xs_judge_minute_is_normal (judge, i) && !judge->is_void[i];
  return first < last && valid_min < needed_min;
}

static void
judge_gaps (XsJudge *judge)
{
  gboolean by_parts = judge->rules->rule[XS_RULE_GAP].voids == XS_VOIDS_PARTS;
  guint part = 0, n_gaps = 0, n_short = 0;

  for (guint i = 0, end; i < judge->n_minutes; i = end)
    {
      for (end = i + 1; end < judge->n_minutes && is_without_credit (judge, end) == is_without_credit (judge, i);)
        end++;
      if (!is_without_credit (judge, i) || stretch_us (judge, i, end) <= judge->rules->gap_max_s * G_USEC_PER_SEC)
        continue;
      n_gaps++;
      if (!by_parts)
        xs_judge_void (judge, XS_RULE_GAP, i, end, 0, NULL);
      else if (part_is_short (judge, part, i))
        {
          xs_judge_note (judge, XS_RULE_GAP, part, i);
          n_short++;
        }
      part = end;
    }
  if (!by_parts || n_gaps == 0)
    return;
  if (!judge->facts->open && part_is_short (judge, part, judge->n_minutes))
    xs_judge_note (judge, XS_RULE_GAP, part, judge->n_minutes);
  else if (n_short == 0)
    xs_judge_note (judge, XS_RULE_GAP, 0, 0);
}

void
xs_judge_length (XsJudge *judge)
{
  if (xs_judge_is_on (judge, XS_RULE_GAP))
    judge_gaps (judge);
  if (xs_judge_is_on (judge, XS_RULE_TOO_SHORT) && !judge->facts->open
      && judge->log->credited_s < judge->policy->segment_min_s)
    xs_judge_break (judge, XS_RULE_TOO_SHORT);
}
