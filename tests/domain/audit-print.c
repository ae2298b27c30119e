/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audit-random.h"

#include "xs-clock.h"

#define US G_GINT64_FORMAT

static void
print_policy (GString *text, const XsPolicy *policy)
{
  const XsRules *rules = &policy->rules;

  g_string_append_printf (text,
                          "policy: interval %" US " s, cap %" US " s, segment_min %" US
                          " s, different %.17g, same %.17g\n",
                          policy->snapshot_interval_s, policy->daily_cap_s, policy->segment_min_s,
                          policy->match_different, policy->match_same);
  for (int rule = 0; rule < XS_N_RULES; rule++)
    g_string_append_printf (text, "  %s: %s%s\n", xs_rule_nick ((XsRuleId) rule), rules->rule[rule].on ? "" : "off, ",
                            xs_voids_nick (rules->rule[rule].voids));
  g_string_append_printf (text,
                          "  late %" US ", concurrent %" US ", clock %" US ", missing %" US ", first %" US ", last %" US
                          ", until %d min, bits %" US ", around %" US ",\n  by clock %d, partial %" US ", row %" US
                          ", extra %" US ", gap %" US ", percent %" US "\n",
                          rules->late_report_deadline_s, rules->concurrent_tolerance_s,
                          rules->clock_anomaly_tolerance_s, rules->minutes_missing_max, rules->first_photo_within_s,
                          rules->last_photo_within_s, rules->made_up_until_min, rules->photo_reused_bits,
                          rules->around_min, rules->slots_by_clock, rules->slot_partial_min_s, rules->in_a_row_count,
                          rules->photo_count_extra, rules->gap_max_s, rules->full_percent);
  for (guint w = 0; w < rules->classroom.n; w++)
    g_string_append_printf (text, "  classroom %d-%d min\n", rules->classroom.windows[w].from_min,
                            rules->classroom.windows[w].to_min);
  for (guint w = 0; w < rules->remote.n; w++)
    g_string_append_printf (text, "  remote %d-%d min\n", rules->remote.windows[w].from_min,
                            rules->remote.windows[w].to_min);
}

static void
print_log (GString *text, const XsTeachingLog *log)
{
  gint64 start_us = log->start_wall_us;
  g_autofree char *start = xs_wall_format (start_us, "%Y-%m-%d %H:%M:%S");

  g_string_append_printf (text, "log: start %s and %" US " us, length %" US ", credited %" US " s, %s\n", start,
                          start_us % G_USEC_PER_SEC, log->end_wall_us - start_us, log->credited_s,
                          xs_sign_out_nick (log->end_reason));
  g_string_append_printf (text, "  inscode %s, stunum %s, devnum %s, recnum %s, subjcode %s%s\n", log->inscode,
                          log->stunum, log->devnum, log->recnum, log->subjcode,
                          log->admitted_by[0] != '\0' ? ", admitted" : "");
  for (guint k = 0; k < log->minutes->len; k++)
    {
      const XsMinuteRecord *record = &g_array_index (log->minutes, XsMinuteRecord, k);

      g_string_append_printf (text, "  minute record %u: %s, stunum %s, end %" US ", credited %" US "%s\n", k,
                              record->number, record->stunum, record->wall_end_us - start_us, record->credited_us,
                              record->normal ? "" : ", abnormal");
    }
  for (guint k = 0; k < log->photos->len; k++)
    {
      const XsPhotoRecord *photo = &g_array_index (log->photos, XsPhotoRecord, k);

      g_string_append_printf (text, "  photo %u: %s, event %d, at %" US ", match %.17g, bytes %s, hash %s\n", k,
                              photo->number, photo->event, photo->wall_us - start_us, photo->match, photo->sha256 + 56,
                              photo->picture_hash);
    }
  for (guint k = 0; k < log->events->len; k++)
    {
      const XsLogEvent *event = &g_array_index (log->events, XsLogEvent, k);

      g_string_append_printf (text, "  event %s: at %" US ", amount %" US "\n", xs_log_event_nick (event->kind),
                              event->wall_us - start_us, event->amount_us);
    }
}

static void
print_facts (GString *text, const XsAuditFacts *facts, gint64 start_us)
{
  g_string_append_printf (text,
                          "facts: now %" US ", received %" US " (0 %" US
                          "),%s learner %d, school %d, coach %d, taken %d,\n",
                          facts->now_wall_us - start_us, facts->received_wall_us - start_us, -start_us,
                          facts->open ? " open," : "", facts->learner_known, facts->school_filed, facts->coach_filed,
                          facts->recnum_taken);
  g_string_append_printf (text, "  learner's school %s, device's %s, vehicle %d, part %d\n", facts->learner_inscode,
                          facts->device_inscode, facts->learner_vehicle, facts->learner_part);
  for (guint k = 0; k < facts->others->len; k++)
    {
      const XsOtherLog *other = &g_array_index (facts->others, XsOtherLog, k);

      g_string_append_printf (text,
                              "  other log: stunum %s, devnum %s, recnum %s, subjcode %s, %" US " to %" US ", %" US
                              " + %" US " min\n",
                              other->stunum, other->devnum, other->recnum, other->subjcode,
                              other->start_wall_us - start_us, other->end_wall_us - start_us, other->credited_min[0],
                              other->credited_min[1]);
    }
  for (guint k = 0; k < facts->seen->len; k++)
    {
      const XsSeenPhoto *seen = &g_array_index (facts->seen, XsSeenPhoto, k);

      g_string_append_printf (text,
                              "  seen photo: devnum %s, number %s, time %" G_GINT64_FORMAT ", bytes %s, hash %s\n",
                              seen->devnum, seen->number, seen->wall_us,
                              seen->sha256[0] != '\0' ? seen->sha256 + 56 : "", seen->picture_hash);
    }
  for (guint k = 0; k < facts->findings->len; k++)
    {
      const XsPhotoFinding *finding = &g_array_index (facts->findings, XsPhotoFinding, k);

      g_string_append_printf (text, "  finding: photo %s, match %.17g%s\n", finding->number, finding->match,
                              finding->faulty ? ", faulty" : "");
    }
}

char *
random_case_print (const RandomCase *random_case)
{
  GString *text = g_string_new (NULL);

  print_policy (text, &random_case->policy);
  print_log (text, &random_case->log);
  print_facts (text, &random_case->facts, random_case->log.start_wall_us);
  return g_string_free (text, FALSE);
}

char *
audit_print (const XsAudit *audit)
{
  static const char *const states[] = { "good", "missing", "bad", "open", "exempt" };
  GString *text = g_string_new (NULL);
  gint64 first_us = audit->slots->len > 0 ? g_array_index (audit->slots, XsSlot, 0).start_wall_us : 0;

  g_string_append_printf (text, "%s, %u minutes, %u valid, %u claimed, %u credited (%u + %u)\n",
                          xs_verdict_nick (audit->verdict), audit->n_minutes, audit->valid_min, audit->claimed_min,
                          audit->credited_min, audit->credited_day_min[0], audit->credited_day_min[1]);
  for (guint k = 0; k < audit->breaches->len; k++)
    {
      const XsBreach *breach = &g_array_index (audit->breaches, XsBreach, k);

      g_string_append_printf (text, "  %s: minutes %u to %u, photo %d%s\n", xs_rule_nick (breach->rule),
                              breach->from_min, breach->to_min, breach->photo, breach->review ? ", review" : "");
    }
  for (guint k = 0; k < audit->slots->len; k++)
    {
      const XsSlot *slot = &g_array_index (audit->slots, XsSlot, k);

      g_string_append_printf (text, "  slot %" US " to %" US ": %s\n", slot->start_wall_us - first_us,
                              slot->end_wall_us - first_us, states[slot->state]);
    }
  return g_string_free (text, FALSE);
}
