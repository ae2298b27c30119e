/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-private.h"

#include "xs-clock.h"

#define MAX_LOG_US (24 * 60 * XS_MINUTE_US)

static const char *const verdict_nicks[] = {
  [XS_VERDICT_PENDING] = "pending",
  [XS_VERDICT_VALID] = "valid",
  [XS_VERDICT_PARTIAL] = "partial",
  [XS_VERDICT_VOID] = "void",
};

const char *
xs_verdict_nick (XsVerdict verdict)
{
  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (verdict_nicks), NULL);

  return verdict_nicks[verdict];
}

gboolean
xs_verdict_from_nick (const char *nick, XsVerdict *verdict)
{
  for (guint i = 0; i < G_N_ELEMENTS (verdict_nicks); i++)
    {
      if (g_strcmp0 (nick, verdict_nicks[i]) != 0)
        continue;
      *verdict = i;
      return TRUE;
    }
  return FALSE;
}

void
xs_audit_facts_init (XsAuditFacts *facts)
{
  *facts = (XsAuditFacts){ .learner_known = TRUE, .school_filed = TRUE, .coach_filed = TRUE };
  facts->others = g_array_new (FALSE, TRUE, sizeof (XsOtherLog));
  facts->seen = g_array_new (FALSE, TRUE, sizeof (XsSeenPhoto));
  facts->findings = g_array_new (FALSE, TRUE, sizeof (XsPhotoFinding));
}

void
xs_audit_facts_clear (XsAuditFacts *facts)
{
  g_clear_pointer (&facts->others, g_array_unref);
  g_clear_pointer (&facts->seen, g_array_unref);
  g_clear_pointer (&facts->findings, g_array_unref);
  *facts = (XsAuditFacts){ 0 };
}

gboolean
xs_judge_is_on (const XsJudge *judge, XsRuleId rule)
{
  return judge->rules->rule[rule].on;
}

gint64
xs_judge_minute_start_us (const XsJudge *judge, guint index)
{
  return MIN (judge->log->start_wall_us + index * XS_MINUTE_US, judge->log->end_wall_us);
}

void
xs_judge_minutes_of (const XsJudge *judge, gint64 from_us, gint64 to_us, guint *first, guint *last)
{
  gint64 start_us = judge->log->start_wall_us;

  *first = (from_us - start_us) / XS_MINUTE_US;
  *last = (to_us - start_us + XS_MINUTE_US - 1) / XS_MINUTE_US;
}

gboolean
xs_judge_minute_is_normal (const XsJudge *judge, guint minute)
{
  return judge->records[minute] != NULL && judge->records[minute]->normal;
}

static void
add_breach (XsJudge *judge, XsRuleId rule, guint from_min, guint to_min, int photo)
{
  XsBreach breach = { .rule = rule, .photo = photo, .review = judge->rules->rule[rule].voids == XS_VOIDS_REVIEW };

  if (from_min < to_min)
    {
      breach.from_min = from_min;
      breach.to_min = to_min;
    }
  for (guint i = breach.from_min; i < breach.to_min; i++)
    judge->is_void[i] = TRUE;
  g_array_append_val (judge->audit->breaches, breach);
}

void
xs_judge_note (XsJudge *judge, XsRuleId rule, guint from_min, guint to_min)
{
  add_breach (judge, rule, from_min, to_min, -1);
}

/* The minute after that of the last good photo before the moment. */
static guint
minute_since_good (const XsJudge *judge, gint64 moment_us)
{
  guint minute = 0;

  for (guint i = 0; i < judge->n_photos; i++)
    {
      const XsJudgedPhoto *photo = &judge->photos[i];
      if (photo->good && photo->record->wall_us < moment_us)
        minute = photo->minute + 1;
    }
  return minute;
}

void
xs_judge_void (XsJudge *judge, XsRuleId rule, guint from_min, guint to_min, gint64 moment_us,
               const XsJudgedPhoto *photo)
{
  guint around_min = (guint) judge->rules->around_min;
  guint from = 0, to = 0;

  switch (judge->rules->rule[rule].voids)
    {
    case XS_VOIDS_MINUTES:
      from = from_min;
      to = to_min;
      break;
    case XS_VOIDS_AROUND:
      from = from_min - MIN (from_min, around_min);
      to = MIN (from_min + around_min + 1, judge->n_minutes);
      break;
    case XS_VOIDS_SINCE_GOOD:
      from = minute_since_good (judge, moment_us);
      to = MIN (to_min, judge->n_minutes);
      break;
    case XS_VOIDS_REST:
      from = from_min;
      to = judge->n_minutes;
      break;
    case XS_VOIDS_ALL:
      to = judge->n_minutes;
      break;
    case XS_VOIDS_NOTHING:
    case XS_VOIDS_REVIEW:
    case XS_VOIDS_PARTS:
    case XS_N_VOIDS:
    default:
      break;
    }
  add_breach (judge, rule, from, to, photo != NULL ? photo->index : -1);
}

void
xs_judge_break (XsJudge *judge, XsRuleId rule)
{
  xs_judge_void (judge, rule, 0, 0, 0, NULL);
}

void
xs_judge_void_flagged (XsJudge *judge, XsRuleId rule, const gboolean *is_concerned)
{
  for (guint i = 0, end; i < judge->n_minutes; i = end)
    {
      for (end = i + 1; end < judge->n_minutes && is_concerned[end] == is_concerned[i];)
        end++;
      if (!is_concerned[i])
        continue;
      xs_judge_void (judge, rule, i, end, 0, NULL);
      if (judge->rules->rule[rule].voids != XS_VOIDS_MINUTES)
        return;
    }
}

/* The log's minutes, and which record belongs to each. */
static void
init_minutes (XsJudge *judge)
{
  const XsTeachingLog *log = judge->log;
  gint64 length_us = log->end_wall_us - log->start_wall_us;
  gint64 before_us = G_MININT64;

  if (length_us > 0 && length_us <= MAX_LOG_US)
    judge->n_minutes = (length_us + XS_MINUTE_US - 1) / XS_MINUTE_US;
  judge->records = g_new0 (const XsMinuteRecord *, judge->n_minutes + 1);
  judge->is_void = g_new0 (gboolean, judge->n_minutes + 1);
  judge->records_fit = TRUE;
  for (guint i = 0; i < log->minutes->len; i++)
    {
      const XsMinuteRecord *record = &g_array_index (log->minutes, XsMinuteRecord, i);
      gint64 minute = (record->wall_end_us - log->start_wall_us - 1) / XS_MINUTE_US;
      gboolean fits = record->wall_end_us > log->start_wall_us && record->wall_end_us <= log->end_wall_us
                      && judge->n_minutes > 0 && judge->records[minute] == NULL;

      if (fits)
        judge->records[minute] = record;
      if (!fits || record->wall_end_us <= before_us)
        judge->records_fit = FALSE;
      before_us = record->wall_end_us;
    }
}

/* Whether a minute begins on the day the log starts (0) or on the next (1). */
static guint
day_of_minute (const XsJudge *judge, guint minute)
{
  return xs_judge_minute_start_us (judge, minute) >= xs_wall_midnight_us (judge->log->start_wall_us) + G_TIME_SPAN_DAY;
}

static gboolean
is_earlier (const XsOtherLog *other, const XsTeachingLog *log)
{
  if (other->start_wall_us != log->start_wall_us)
    return other->start_wall_us < log->start_wall_us;
  int devices = strcmp (other->devnum, log->devnum);
  return devices != 0 ? devices < 0 : strcmp (other->recnum, log->recnum) < 0;
}

/* What earlier logs leave of the cap, on the log's day @index. */
static guint
left_of_day (const XsJudge *judge, guint index)
{
  gint64 day_us = xs_wall_midnight_us (judge->log->start_wall_us) + index * G_TIME_SPAN_DAY;
  gint64 left_min = judge->policy->daily_cap_s / 60;

  for (guint i = 0; i < judge->facts->others->len; i++)
    {
      const XsOtherLog *other = &g_array_index (judge->facts->others, XsOtherLog, i);
      gint64 other_day_us = xs_wall_midnight_us (other->start_wall_us);

      if (strcmp (other->stunum, judge->log->stunum) != 0 || !is_earlier (other, judge->log))
        continue;
      if (other_day_us == day_us)
        left_min -= other->credited_min[0];
      else if (other_day_us + G_TIME_SPAN_DAY == day_us)
        left_min -= other->credited_min[1];
    }
  return MAX (left_min, 0);
}

/* The cap takes the last @over_min valid minutes of the day @index. */
static void
void_over_cap (XsJudge *judge, guint index, guint over_min)
{
  g_autofree gboolean *is_over = g_new0 (gboolean, judge->n_minutes + 1);

  for (guint i = judge->n_minutes; i-- > 0 && over_min > 0;)
    {
      if (day_of_minute (judge, i) != index || !xs_judge_minute_is_normal (judge, i) || judge->is_void[i])
        continue;
      is_over[i] = TRUE;
      over_min--;
    }
  xs_judge_void_flagged (judge, XS_RULE_DAILY_CAP, is_over);
}

static void
credit (XsJudge *judge)
{
  XsAudit *audit = judge->audit;
  guint full_percent = xs_judge_is_on (judge, XS_RULE_HOUR_RATIO) ? (guint) judge->rules->full_percent : 100;
  guint first_day_min = 0;

  for (guint i = 0; i < judge->n_minutes; i++)
    {
      if (!xs_judge_minute_is_normal (judge, i) || judge->is_void[i])
        continue;
      audit->valid_min++;
      first_day_min += day_of_minute (judge, i) == 0;
    }

  guint full_min = audit->valid_min * 100 / full_percent;
  guint first_share_min = first_day_min * 100 / full_percent;
  const guint share_min[] = { first_share_min, full_min - first_share_min };
  guint left_min = MIN (audit->claimed_min, full_min);
  for (guint day = 0; day < G_N_ELEMENTS (share_min); day++)
    {
      guint credited_min = MIN (share_min[day], left_min);
      guint cap_min = left_of_day (judge, day);

      if (credited_min > cap_min && xs_judge_is_on (judge, XS_RULE_DAILY_CAP))
        {
          void_over_cap (judge, day, credited_min - cap_min);
          if (judge->rules->rule[XS_RULE_DAILY_CAP].voids == XS_VOIDS_MINUTES)
            credited_min = cap_min;
        }
      left_min -= credited_min;
      audit->credited_day_min[day] = credited_min;
      audit->credited_min += credited_min;
    }
}

static XsVerdict
decide (const XsAudit *audit)
{
  if (audit->credited_min == 0)
    return XS_VERDICT_VOID;
  for (guint i = 0; i < audit->breaches->len; i++)
    {
      if (g_array_index (audit->breaches, XsBreach, i).review)
        return XS_VERDICT_PENDING;
    }
  return audit->credited_min == audit->claimed_min ? XS_VERDICT_VALID : XS_VERDICT_PARTIAL;
}

XsAudit *
xs_audit_log (const XsTeachingLog *log, const XsPolicy *policy, const XsAuditFacts *facts)
{
  XsAudit *audit = g_new0 (XsAudit, 1);
  XsJudge judge = { .log = log, .policy = policy, .rules = &policy->rules, .facts = facts, .audit = audit };

  audit->breaches = g_array_new (FALSE, TRUE, sizeof (XsBreach));
  audit->slots = g_array_new (FALSE, TRUE, sizeof (XsSlot));
  audit->claimed_min = log->credited_s / 60;
  init_minutes (&judge);
  xs_judge_photos_init (&judge);

  xs_judge_register (&judge);
  xs_judge_minutes (&judge);
  xs_judge_photos (&judge);
  xs_judge_slots (&judge);
  xs_judge_length (&judge);
  credit (&judge);
  audit->n_minutes = judge.n_minutes;
  audit->verdict = decide (audit);

  g_free (judge.records);
  g_free (judge.is_void);
  g_free (judge.photos);
  return audit;
}

void
xs_audit_free (XsAudit *audit)
{
  if (audit == NULL)
    return;

  g_array_unref (audit->breaches);
  g_array_unref (audit->slots);
  g_free (audit);
}

void
xs_audit_breach_wall_us (const XsTeachingLog *log, const XsBreach *breach, gint64 *from_us, gint64 *to_us)
{
  *from_us = log->start_wall_us + breach->from_min * XS_MINUTE_US;
  *to_us = MIN (log->start_wall_us + breach->to_min * XS_MINUTE_US, log->end_wall_us);
}
