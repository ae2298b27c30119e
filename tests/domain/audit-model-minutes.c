/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audit-model-private.h"

#include <string.h>

guint
count_minutes (const XsTeachingLog *log)
{
  gint64 length_us = log->end_wall_us - log->start_wall_us;
  guint n = 0;

  if (length_us > DAY_US)
    return 0;
  while (n * MIN_US < length_us)
    n++;
  return n;
}

/* The minute in which a record ends; -1: outside the log. */
static int
minute_of_record (const Model *m, const XsMinuteRecord *record)
{
  for (guint i = 0; i < m->n_minutes; i++)
    {
      if (record->wall_end_us > minute_start_us (m, i) && record->wall_end_us <= minute_end_us (m, i))
        return (int) i;
    }
  return -1;
}

void
collect_records (Model *m)
{
  for (guint r = 0; r < m->log->minutes->len; r++)
    {
      const XsMinuteRecord *record = &g_array_index (m->log->minutes, XsMinuteRecord, r);
      int minute = minute_of_record (m, record);

      if (minute < 0 || m->records[minute] != NULL)
        m->left_out = TRUE;
      else
        m->records[minute] = record;
    }
}

/* Whether no rule before @end voids it. */
static gboolean
is_valid (const Model *m, guint minute, XsRuleId end)
{
  if (m->records[minute] == NULL || !m->records[minute]->normal)
    return FALSE;

  for (int rule = 0; rule < (int) end; rule++)
    {
      if (m->is_void[rule][minute])
        return FALSE;
    }
  return TRUE;
}

/* The rules about minutes. */

void
judge_minutes (Model *m)
{
  g_autofree gboolean *missing = g_new0 (gboolean, m->n_minutes);
  g_autofree gboolean *abnormal = g_new0 (gboolean, m->n_minutes);
  gint64 n_missing = 0, n_abnormal = 0;

  for (guint i = 0; i < m->n_minutes; i++)
    {
      missing[i] = m->records[i] == NULL;
      abnormal[i] = m->records[i] != NULL && !m->records[i]->normal;
      n_missing += missing[i];
      n_abnormal += abnormal[i];
    }

  if (is_on (m, XS_RULE_MINUTES_MISSING) && (n_missing > m->rules->minutes_missing_max || m->n_minutes == 0))
    broken_in_minutes (m, XS_RULE_MINUTES_MISSING, missing);
  if (is_on (m, XS_RULE_MINUTE_ABNORMAL) && n_abnormal > 0)
    broken_in_minutes (m, XS_RULE_MINUTE_ABNORMAL, abnormal);
}

static gboolean
is_in_windows (const XsDayWindows *windows, int minute)
{
  for (guint w = 0; w < windows->n; w++)
    {
      int from = windows->windows[w].from_min;
      int to = windows->windows[w].to_min;

      if (from <= to && minute >= from && minute < to)
        return TRUE;
      if (from > to && (minute >= from || minute < to))
        return TRUE;
    }
  return FALSE;
}

void
judge_training_window (Model *m)
{
  g_autofree gboolean *outside = g_new0 (gboolean, m->n_minutes);
  const XsDayWindows *windows = NULL;
  XsSubjcode code = { 0 };
  gboolean any = FALSE;

  if (!is_on (m, XS_RULE_TRAINING_WINDOW) || !xs_subjcode_parse (&code, m->log->subjcode, NULL))
    return;
  if (code.mode == XS_COURSE_CLASSROOM)
    windows = &m->rules->classroom;
  else if (code.mode == XS_COURSE_REMOTE)
    windows = &m->rules->remote;
  else
    return;

  for (guint i = 0; i < m->n_minutes; i++)
    {
      outside[i] = !is_in_windows (windows, minute_of_day (minute_start_us (m, i)));
      any = any || outside[i];
    }
  if (any)
    broken_in_minutes (m, XS_RULE_TRAINING_WINDOW, outside);
}

void
judge_too_short (Model *m)
{
  if (is_on (m, XS_RULE_TOO_SHORT) && !m->facts->open && m->log->credited_s < m->policy->segment_min_s)
    broken (m, XS_RULE_TOO_SHORT, -1);
}

/* A part [@from, @to) that the gaps leave. */
static gboolean
is_part_too_short (const Model *m, guint from, guint to)
{
  gint64 valid_min = 0;

  if (from == to || (m->facts->open && to == m->n_minutes))
    return FALSE;

  for (guint i = from; i < to; i++)
    valid_min += is_valid (m, i, XS_RULE_GAP);
  return valid_min < (m->policy->segment_min_s + 59) / 60;
}

/* A gap [@from, @to). */
static void
judge_one_gap (Model *m, guint from, guint to, gboolean *in_gap)
{
  for (guint i = from; i < to; i++)
    in_gap[i] = TRUE;

  if (m->rules->rule[XS_RULE_GAP].voids == XS_VOIDS_REST)
    void_minutes (m, XS_RULE_GAP, from, m->n_minutes, -1);
  else if (m->rules->rule[XS_RULE_GAP].voids != XS_VOIDS_PARTS)
    broken (m, XS_RULE_GAP, -1);
}

static void
judge_parts (Model *m, const gboolean *in_gap)
{
  gboolean any = FALSE;

  for (guint from = 0; from < m->n_minutes; from++)
    {
      guint to = from;

      while (to < m->n_minutes && !in_gap[to])
        to++;
      if (is_part_too_short (m, from, to))
        {
          void_minutes (m, XS_RULE_GAP, from, to, -1);
          any = TRUE;
        }
      from = MAX (from, to);
    }
  if (!any)
    add_breach (m, XS_RULE_GAP, 0, 0, -1);
}

void
judge_gap (Model *m)
{
  g_autofree gboolean *in_gap = g_new0 (gboolean, m->n_minutes);
  gboolean any = FALSE;

  for (guint from = 0; is_on (m, XS_RULE_GAP) && from < m->n_minutes; from++)
    {
      gint64 length_us = 0;
      guint to = from;

      for (; to < m->n_minutes && (m->records[to] == NULL || m->records[to]->credited_us == 0); to++)
        length_us += minute_end_us (m, to) - minute_start_us (m, to);
      if (length_us > m->rules->gap_max_s * SEC_US)
        {
          judge_one_gap (m, from, to, in_gap);
          any = TRUE;
        }
      from = MAX (from, to);
    }
  if (any && m->rules->rule[XS_RULE_GAP].voids == XS_VOIDS_PARTS)
    judge_parts (m, in_gap);
}

/* Credit. */

static gint64
by_hour_ratio (const Model *m, gint64 valid_min)
{
  return is_on (m, XS_RULE_HOUR_RATIO) ? valid_min * 100 / m->rules->full_percent : valid_min;
}

static gint64
cap_leaves_min (const Model *m, gint64 day)
{
  const XsTeachingLog *log = m->log;
  gint64 left_min = m->policy->daily_cap_s / 60;

  for (guint k = 0; k < m->facts->others->len; k++)
    {
      const XsOtherLog *other = &g_array_index (m->facts->others, XsOtherLog, k);
      gboolean earlier = other->start_wall_us < log->start_wall_us;

      if (other->start_wall_us == log->start_wall_us)
        {
          int device = strcmp (other->devnum, log->devnum);

          earlier = device < 0 || (device == 0 && strcmp (other->recnum, log->recnum) < 0);
        }
      if (strcmp (other->stunum, log->stunum) != 0 || !earlier)
        continue;
      if (day_of (other->start_wall_us) == day)
        left_min -= other->credited_min[0];
      if (day_of (other->start_wall_us) + 1 == day)
        left_min -= other->credited_min[1];
    }
  return MAX (left_min, 0);
}

/* The last valid minutes of a day, as many as are over. */
static void
take_over_cap (Model *m, gint64 day, gint64 over_min)
{
  g_autofree gboolean *taken = g_new0 (gboolean, m->n_minutes);

  for (guint i = m->n_minutes; i > 0 && over_min > 0; i--)
    {
      if (day_of (minute_start_us (m, i - 1)) == day && is_valid (m, i - 1, XS_RULE_DAILY_CAP))
        {
          taken[i - 1] = TRUE;
          over_min--;
        }
    }
  broken_in_minutes (m, XS_RULE_DAILY_CAP, taken);
}

void
credit (Model *m)
{
  gint64 first_day = day_of (m->log->start_wall_us);
  gint64 valid_min[2] = { 0 };
  gint64 total_min;

  for (guint i = 0; i < m->n_minutes; i++)
    {
      if (is_valid (m, i, XS_RULE_DAILY_CAP))
        valid_min[day_of (minute_start_us (m, i)) - first_day]++;
    }
  m->audit->valid_min = (guint) (valid_min[0] + valid_min[1]);
  m->audit->claimed_min = (guint) (m->log->credited_s / 60);
  total_min = MIN (m->audit->claimed_min, by_hour_ratio (m, m->audit->valid_min));

  for (int d = 0; d < 2; d++)
    {
      gint64 share_min = d == 0 ? by_hour_ratio (m, valid_min[0])
                                : by_hour_ratio (m, valid_min[0] + valid_min[1]) - by_hour_ratio (m, valid_min[0]);
      gint64 left_min = cap_leaves_min (m, first_day + d);

      share_min = MIN (share_min, total_min - m->audit->credited_min);
      if (is_on (m, XS_RULE_DAILY_CAP) && share_min > left_min)
        {
          take_over_cap (m, first_day + d, share_min - left_min);
          if (m->rules->rule[XS_RULE_DAILY_CAP].voids == XS_VOIDS_MINUTES)
            share_min = left_min;
        }
      m->audit->credited_day_min[d] = (guint) share_min;
      m->audit->credited_min += (guint) share_min;
    }
}
