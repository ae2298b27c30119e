/* SPDX-License-Identifier: GPL-3.0-or-later */

/* bench-rules: what judging teaching logs costs, in CPU time of one core. */

#include <time.h>

#include "xs-audit.h"
#include "xs-clock.h"
#include "xs-minute-record.h"

#define N_HOURS 2000
#define N_DAY_LOGS 10000
#define LOGS_PER_LEARNER 4
#define N_HISTORY 400 /* photos: four logs a day for twenty days */

static void
fill_hash (char *hash, GRand *rand)
{
  for (int i = 0; i < XS_PICTURE_HASH_DIGITS; i++)
    hash[i] = "0123456789abcdef"[g_rand_int_range (rand, 0, 16)];
}

/* An honest hour with a photo in each slot; @learner and @index make its numbers. */
static XsTeachingLog *
make_log (guint learner, guint index, GRand *rand)
{
  static const struct {
    gint64 at_s;
    XsPhotoEvent event;
  } photos[] = { { 1, XS_PHOTO_SIGN_IN },    { 400, XS_PHOTO_PROCESS },  { 901, XS_PHOTO_TIMED },
                 { 1300, XS_PHOTO_PROCESS }, { 1801, XS_PHOTO_TIMED },   { 2200, XS_PHOTO_PROCESS },
                 { 2701, XS_PHOTO_TIMED },   { 3100, XS_PHOTO_PROCESS }, { 3599, XS_PHOTO_SIGN_OUT } };
  XsTeachingLog *log = xs_teaching_log_new ();
  gint64 morning_us = 0;
  gboolean is_time = xs_wall_from_wire ("20260105080000", &morning_us, NULL);

  g_assert (is_time);
  g_snprintf (log->stunum, sizeof log->stunum, "%016u", learner);
  g_snprintf (log->devnum, sizeof log->devnum, "%016u", learner % 40);
  g_snprintf (log->recnum, sizeof log->recnum, "%05u", index + 1);
  g_strlcpy (log->subjcode, "2211010000", sizeof log->subjcode);
  log->start_wall_us = morning_us + index * 2 * G_TIME_SPAN_HOUR;
  log->end_wall_us = log->start_wall_us + G_TIME_SPAN_HOUR;
  log->credited_s = 3600;
  for (guint i = 0; i < 60; i++)
    {
      XsMinuteRecord minute = { .wall_end_us = log->start_wall_us + (i + 1) * XS_MINUTE_US,
                                .credited_us = XS_MINUTE_US,
                                .normal = TRUE };
      g_snprintf (minute.number, sizeof minute.number, "%s260105%04u", log->devnum, i + 1);
      g_strlcpy (minute.stunum, log->stunum, sizeof minute.stunum);
      g_array_append_val (log->minutes, minute);
    }
  for (guint i = 0; i < G_N_ELEMENTS (photos); i++)
    {
      XsPhotoRecord photo = { .event = photos[i].event,
                              .wall_us = log->start_wall_us + photos[i].at_s * G_USEC_PER_SEC,
                              .match = 0.7 };
      g_snprintf (photo.number, sizeof photo.number, "%010u", index * 100 + i + 1);
      g_snprintf (photo.sha256, sizeof photo.sha256, "%032u%032u", learner, index * 100 + i);
      fill_hash (photo.picture_hash, rand);
      g_array_append_val (log->photos, photo);
    }
  return log;
}

/* What the platform knows of a learner whose fourth hour today this is. */
static void
make_facts (XsAuditFacts *facts, const XsTeachingLog *log, GRand *rand)
{
  xs_audit_facts_init (facts);
  facts->received_wall_us = log->end_wall_us + G_USEC_PER_SEC;
  for (guint i = 0; i < LOGS_PER_LEARNER; i++)
    {
      XsOtherLog other = { .start_wall_us = log->start_wall_us - (i + 1) * 2 * G_TIME_SPAN_HOUR,
                           .credited_min = { 30, 0 } };
      other.end_wall_us = other.start_wall_us + G_TIME_SPAN_HOUR;
      g_strlcpy (other.stunum, log->stunum, sizeof other.stunum);
      g_strlcpy (other.devnum, log->devnum, sizeof other.devnum);
      g_strlcpy (other.subjcode, log->subjcode, sizeof other.subjcode);
      g_array_append_val (facts->others, other);
    }
  for (guint i = 0; i < N_HISTORY; i++)
    {
      XsSeenPhoto seen = { 0 };
      g_strlcpy (seen.devnum, log->devnum, sizeof seen.devnum);
      g_snprintf (seen.number, sizeof seen.number, "%010u", 100000 + i);
      g_snprintf (seen.sha256, sizeof seen.sha256, "%064u", i);
      fill_hash (seen.picture_hash, rand);
      g_array_append_val (facts->seen, seen);
    }
}

static double
cpu_s (void)
{
  return (double) clock () / CLOCKS_PER_SEC;
}

static void
judge (const XsTeachingLog *log, const XsPolicy *policy, const XsAuditFacts *facts)
{
  g_autoptr (XsAudit) audit = xs_audit_log (log, policy, facts);

  g_assert_cmpint (audit->verdict, ==, XS_VERDICT_VALID);
  g_assert_cmpuint (audit->credited_min, ==, 60);
}

static void
bench_hour (const XsPolicy *policy, GRand *rand)
{
  g_autoptr (XsTeachingLog) log = make_log (1, 0, rand);
  g_auto (XsAuditFacts) facts = { 0 };

  make_facts (&facts, log, rand);
  double begun_s = cpu_s ();
  for (guint i = 0; i < N_HOURS; i++)
    judge (log, policy, &facts);
  g_print ("a log of 60 minutes, 9 photos, %d in the history: %.3f ms (at most 1)\n", N_HISTORY,
           (cpu_s () - begun_s) / N_HOURS * 1000);
}

static void
bench_day (const XsPolicy *policy, GRand *rand)
{
  double spent_s = 0;

  for (guint i = 0; i < N_DAY_LOGS; i++)
    {
      g_autoptr (XsTeachingLog) log = make_log (i / LOGS_PER_LEARNER + 1, i % LOGS_PER_LEARNER, rand);
      g_auto (XsAuditFacts) facts = { 0 };

      make_facts (&facts, log, rand);
      double begun_s = cpu_s ();
      judge (log, policy, &facts);
      spent_s += cpu_s () - begun_s;
    }
  g_print ("a day of %d such logs: %.2f s (at most 2)\n", N_DAY_LOGS, spent_s);
}

int
main (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260105);
  XsPolicy policy;

  xs_policy_default (&policy);
  bench_hour (&policy, rand);
  bench_day (&policy, rand);
  return 0;
}
