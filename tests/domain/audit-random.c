/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audit-random.h"

#include "audit-model.h"
#include "xs-clock.h"

#include <math.h>
#include <string.h>

#define SEC_US ((gint64) G_USEC_PER_SEC)
#define MIN_US (60 * SEC_US)
#define DAY_US (24 * 60 * MIN_US)

#define FIRST_DAY 20515 /* 2026-03-03, in days since 1970-01-01 GMT+8 */

static const char *const our_devnum = "4000000000000004";

typedef struct {
  GRand *rand;
  double fault; /* share of things that are wrong */
  RandomCase *c;
  guint n_minutes; /* about */
} Maker;

static gint64
pick (Maker *m, gint64 min, gint64 max)
{
  return min + (gint64) (g_rand_double (m->rand) * (double) (max - min + 1));
}

static gboolean
chance (Maker *m, double share)
{
  return g_rand_double (m->rand) < share;
}

static gint64
pick_of (Maker *m, const gint64 *values, gsize n)
{
  return values[pick (m, 0, (gint64) n - 1)];
}
#define PICK(m, ...)                                                                                                   \
  pick_of (m, (const gint64[]){ __VA_ARGS__ }, sizeof ((const gint64[]){ __VA_ARGS__ }) / sizeof (gint64))

/* @wall_us, or right beside it. */
static gint64
near_us (Maker *m, gint64 wall_us)
{
  return wall_us + PICK (m, -SEC_US, -1, 0, 0, 1, SEC_US);
}

static void
make_windows (Maker *m, XsDayWindows *windows)
{
  *windows = (XsDayWindows){ .windows = { { 0, 1440 } }, .n = 1 };
  if (chance (m, 0.7))
    return;

  windows->n = (guint) pick (m, 1, XS_DAY_WINDOWS_MAX);
  for (guint w = 0; w < windows->n; w++)
    windows->windows[w] = (XsDayWindow){ (int) pick (m, 0, 1439), (int) pick (m, 0, 1440) };
}

static void
make_rules (Maker *m)
{
  XsRules *rules = &m->c->policy.rules;
  double on = chance (m, 0.5) ? 0.9 : 0.4;
  double gentle = chance (m, 0.5) ? 0.7 : 0;

  for (int rule = 0; rule < XS_N_RULES; rule++)
    {
      XsVoids voids = XS_VOIDS_NOTHING;

      do
        voids = (XsVoids) pick (m, 0, XS_N_VOIDS - 1);
      while (!audit_model_may_void ((XsRuleId) rule, voids) || (voids == XS_VOIDS_ALL && chance (m, gentle)));
      rules->rule[rule].on = chance (m, on);
      rules->rule[rule].voids = voids;
    }

  rules->late_report_deadline_s = PICK (m, 0, 60, 86400);
  rules->concurrent_tolerance_s = PICK (m, 0, 1, 60, 300);
  rules->clock_anomaly_tolerance_s = PICK (m, 0, 1, 2, 60);
  rules->minutes_missing_max = PICK (m, 0, 1, 2, 5);
  make_windows (m, &rules->classroom);
  make_windows (m, &rules->remote);
  rules->first_photo_within_s = PICK (m, 0, 1, 60, 300);
  rules->last_photo_within_s = PICK (m, 0, 1, 60, 300);
  rules->made_up_until_min = (int) (chance (m, 0.5) ? 1440 : PICK (m, 0, 1, 720, 1439, pick (m, 0, 1440)));
  rules->photo_reused_bits = chance (m, 0.98) ? PICK (m, 0, 1, 10, 10) : 256;
  rules->around_min = PICK (m, 0, 1, 2, 7, 7, 200);
  rules->slots_by_clock = chance (m, 0.5);
  rules->slot_partial_min_s = PICK (m, 0, 1, 30, 60, 300, 450);
  rules->in_a_row_count = PICK (m, 1, 2, 2, 3);
  rules->photo_count_extra = PICK (m, 0, 1, 2, 5);
  rules->gap_max_s = PICK (m, 0, 59, 60, 61, 120, 300);
  rules->full_percent = chance (m, 0.5) ? 75 : PICK (m, 1, 50, 99, 100, pick (m, 1, 100));
}

static void
make_policy (Maker *m)
{
  XsPolicy *policy = &m->c->policy;

  policy->snapshot_interval_s = PICK (m, 60, 90, 120, 300, 450, 600, 900, 900, 1800, 3600, pick (m, 10, 100));
  policy->daily_cap_s = chance (m, 0.6) ? 14400 : pick (m, 1, 60 * (gint64) (m->n_minutes + 10));
  policy->segment_min_s = chance (m, 0.4) ? 0 : pick (m, 0, 30 * (gint64) (m->n_minutes + 2));
  policy->match_same = chance (m, 0.8) ? 0.48 : policy->match_different;
  make_rules (m);
}

/* GMT+8 midnight of a day. */
static gint64
midnight_us (gint64 day)
{
  return day * DAY_US - DAY_US / 3;
}

static void
make_times (Maker *m)
{
  XsTeachingLog *log = &m->c->log;
  gint64 day_us = midnight_us (FIRST_DAY + pick (m, 0, 3));
  gint64 length_us = m->n_minutes * MIN_US;
  const XsDayWindow *edge = &m->c->policy.rules.classroom.windows[0];

  if (chance (m, 0.6))
    length_us -= PICK (m, 1, SEC_US / 3, SEC_US, 30 * SEC_US, MIN_US - 1, MIN_US - SEC_US / 2, pick (m, 1, MIN_US - 1));

  log->start_wall_us = day_us + pick (m, 8 * 60, 20 * 60) * MIN_US;
  if (chance (m, 0.25))
    log->start_wall_us = day_us + DAY_US - pick (m, 0, length_us);
  else if (chance (m, 0.2))
    log->start_wall_us =
      day_us + (chance (m, 0.5) ? edge->from_min : edge->to_min) * MIN_US - pick (m, 0, m->n_minutes) * MIN_US;
  if (chance (m, 0.6))
    log->start_wall_us += chance (m, 0.5) ? pick (m, 0, 59) * SEC_US : pick (m, 0, MIN_US - 1);

  log->end_wall_us = log->start_wall_us + length_us;
  if (chance (m, m->fault * 0.05))
    log->end_wall_us =
      log->start_wall_us + PICK (m, 0, -1, -5 * MIN_US, 1, DAY_US + 1, DAY_US + 30 * MIN_US, DAY_US, DAY_US - SEC_US);
}

static void
make_numbers (Maker *m)
{
  XsTeachingLog *log = &m->c->log;
  const char *const codes[] = { "2211010000", "2000010000", "4212010000", "4211020000", "2214410000" };
  const char *const wrong[] = { "1212110000", "3213210000", "9211010000", "2991010000", "", "221101", "2215010000" };
  const char *code =
    chance (m, m->fault * 0.3) ? wrong[pick (m, 0, G_N_ELEMENTS (wrong) - 1)] : codes[PICK (m, 0, 0, 0, 1, 2, 3, 4)];
  XsSignOut regular[] = { XS_SIGN_OUT_BY_LEARNER, XS_SIGN_OUT_SEGMENT_FULL, XS_SIGN_OUT_DAILY_CAP };

  g_strlcpy (log->inscode, "1000000000000001", sizeof log->inscode);
  g_strlcpy (log->stunum, "2000000000000002", sizeof log->stunum);
  g_strlcpy (log->devnum, our_devnum, sizeof log->devnum);
  g_strlcpy (log->recnum, "00005", sizeof log->recnum);
  g_strlcpy (log->subjcode, code, sizeof log->subjcode);
  log->classid = 1;
  log->end_reason = regular[pick (m, 0, 2)];
  if (chance (m, 0.15))
    log->end_reason = XS_SIGN_OUT_MADE_UP;
  if (chance (m, m->fault * 0.4))
    log->end_reason = (XsSignOut) pick (m, 0, XS_SIGN_OUT_MADE_UP);
  if (chance (m, m->fault * 0.2))
    g_strlcpy (log->admitted_by, "李教练", sizeof log->admitted_by);
}

/* Minutes. */

static void
add_minute (Maker *m, gint64 wall_end_us, gint64 credited_us)
{
  GArray *minutes = m->c->log.minutes;
  XsMinuteRecord record = { .wall_end_us = wall_end_us, .credited_us = credited_us };

  record.normal = chance (m, m->fault * 0.1) ? chance (m, 0.5) : credited_us >= 45 * SEC_US;
  g_snprintf (record.number, sizeof record.number, "%s260303%04u", our_devnum, minutes->len + 1);
  g_strlcpy (record.stunum, m->c->log.stunum, sizeof record.stunum);
  if (chance (m, m->fault * 0.01))
    record.number[15]++;
  if (chance (m, m->fault * 0.01))
    record.stunum[15]++;
  g_array_append_val (minutes, record);
}

static void
make_minutes (Maker *m)
{
  XsTeachingLog *log = &m->c->log;
  double lost = chance (m, 0.5) ? 0 : m->fault * 0.5;
  double odd = chance (m, 0.8) ? 0 : m->fault * 0.2;
  gboolean stop = FALSE;
  gint64 slept_us = chance (m, odd) ? pick (m, 1, 5 * MIN_US) : 0;
  gint64 sum_us = 0;

  for (gint64 from_us = log->start_wall_us; from_us < log->end_wall_us && log->minutes->len < 1441; from_us += MIN_US)
    {
      gint64 to_us = MIN (from_us + MIN_US, log->end_wall_us);
      gint64 credited_us = to_us - from_us;

      if (chance (m, stop ? 0.4 : lost * 0.3))
        stop = !stop;
      if (stop || chance (m, lost * 0.2))
        credited_us = 0;
      if (chance (m, lost * 0.3))
        credited_us = PICK (m, 1, 44 * SEC_US, 45 * SEC_US - 1, 45 * SEC_US);
      sum_us += credited_us;
      if (chance (m, stop ? 0.3 : lost * 0.2))
        continue;
      if (slept_us > 0 && from_us > log->start_wall_us + slept_us)
        to_us = MIN (to_us + slept_us % MIN_US, log->end_wall_us);
      if (chance (m, odd))
        to_us += PICK (m, 1, -1, SEC_US / 3, -SEC_US / 3, SEC_US - 1, 1 - SEC_US, SEC_US, -SEC_US, MIN_US / 2, -MIN_US,
                       MIN_US);
      add_minute (m, to_us, credited_us);
      if (chance (m, odd))
        add_minute (m, to_us, pick (m, 0, 1) * MIN_US);
    }

  if (log->minutes->len > 1 && chance (m, odd * 0.5))
    {
      guint k = (guint) pick (m, 1, log->minutes->len - 1);
      XsMinuteRecord *records = (XsMinuteRecord *) log->minutes->data;
      XsMinuteRecord record = records[k];

      records[k] = records[k - 1];
      records[k - 1] = record;
    }

  log->credited_s = MIN (sum_us / SEC_US, 86400);
  if (chance (m, 0.3))
    log->credited_s = pick (m, 0, MIN (log->credited_s + 120, 86400));
}

/* Photos. */

static void
make_hash (Maker *m, char *hash, gsize size)
{
  hash[0] = '\0';
  for (int k = 0; k < 8; k++)
    g_snprintf (hash + 8 * k, size - 8 * (gsize) k, "%08x", g_rand_int (m->rand));
}

/* The hash of another picture, but for some bits. */
static void
make_near_hash (Maker *m, char *hash, const char *other)
{
  static const char hex[] = "0123456789abcdef";
  gint64 bits = m->c->policy.rules.photo_reused_bits;
  gint64 differing = PICK (m, 0, 1, bits, bits + 1, bits + 2);

  memcpy (hash, other, 65);
  for (gint64 b = 0; hash[0] != '\0' && b < MIN (differing, 256); b++)
    hash[b % 64] = hex[g_ascii_xdigit_value (hash[b % 64]) ^ 1 << b / 64];
}

static double
pick_match (Maker *m)
{
  const double limits[] = { m->c->policy.match_different, m->c->policy.match_same };
  double limit = limits[pick (m, 0, 1)];
  const double values[] = { NAN, -1, 0.1, 1, limit, limit - 1e-9, limit + 1e-9, 0.4 };

  if (!chance (m, m->fault * 0.3))
    return 0.8;
  return values[pick (m, 0, G_N_ELEMENTS (values) - 1)];
}

static void
add_photo (Maker *m, XsPhotoEvent event, gint64 wall_us)
{
  GArray *photos = m->c->log.photos;
  XsPhotoRecord photo = { .event = event, .wall_us = wall_us };

  g_snprintf (photo.number, sizeof photo.number, "%010u", photos->len + 98);
  g_snprintf (photo.sha256, sizeof photo.sha256, "%064x", photos->len + 1);
  photo.match = pick_match (m);
  photo.width_px = 640;
  photo.height_px = 480;
  if (chance (m, 0.7))
    make_hash (m, photo.picture_hash, sizeof photo.picture_hash);
  if (photos->len > 0 && chance (m, m->fault * 0.3))
    {
      const XsPhotoRecord *other = &g_array_index (photos, XsPhotoRecord, pick (m, 0, photos->len - 1));

      if (chance (m, 0.3))
        memcpy (photo.sha256, other->sha256, sizeof photo.sha256);
      if (chance (m, 0.3))
        memcpy (photo.number, other->number, sizeof photo.number);
      if (chance (m, 0.6))
        make_near_hash (m, photo.picture_hash, other->picture_hash);
      if (chance (m, 0.2))
        photo.wall_us = other->wall_us;
    }
  g_array_append_val (photos, photo);
}

/* A moment in the slot from @from_us to @to_us. */
static gint64
pick_in_slot (Maker *m, gint64 from_us, gint64 to_us)
{
  const gint64 moments[] = { from_us, to_us - 1, to_us, from_us - 1, (from_us + to_us) / 2 };

  if (chance (m, 0.7))
    return pick (m, from_us, to_us - 1);
  return moments[chance (m, m->fault) ? pick (m, 0, 4) : PICK (m, 0, 1, 4)];
}

static void
make_slot_photos (Maker *m)
{
  const XsTeachingLog *log = &m->c->log;
  gint64 interval_us = m->c->policy.snapshot_interval_s * SEC_US;
  gint64 from_us = log->start_wall_us;
  double lost = chance (m, 0.4) ? 0 : m->fault * 0.7;

  if (m->c->policy.rules.slots_by_clock)
    from_us -= (from_us + DAY_US / 3) % DAY_US % interval_us;
  for (; from_us < log->end_wall_us && log->photos->len < 40; from_us += interval_us)
    {
      gint64 cut_from_us = MAX (from_us, log->start_wall_us);
      gint64 cut_to_us = MIN (from_us + interval_us, log->end_wall_us);

      if (!chance (m, lost) && cut_from_us < cut_to_us)
        add_photo (m, chance (m, 0.5) ? XS_PHOTO_TIMED : XS_PHOTO_PROCESS, pick_in_slot (m, cut_from_us, cut_to_us));
    }
}

static void
make_sign_out_photo (Maker *m)
{
  const XsTeachingLog *log = &m->c->log;
  gint64 within_us = m->c->policy.rules.last_photo_within_s * SEC_US;
  gint64 until_us = m->c->policy.rules.made_up_until_min * MIN_US;
  gint64 day_us = log->end_wall_us - (log->end_wall_us + DAY_US / 3) % DAY_US;
  gint64 taken_us = log->end_wall_us - pick (m, 0, MIN (within_us, MAX (log->end_wall_us - log->start_wall_us, 0)));

  if (chance (m, m->fault))
    taken_us = near_us (m, log->end_wall_us - PICK (m, 0, within_us));
  if (log->end_reason == XS_SIGN_OUT_MADE_UP && chance (m, 0.95))
    {
      taken_us = log->end_wall_us + pick (m, 1, 60) * MIN_US;
      if (chance (m, m->fault))
        taken_us = near_us (m, chance (m, 0.5) ? day_us + until_us : log->end_wall_us);
      if (chance (m, m->fault * 0.2))
        taken_us = near_us (m, day_us + DAY_US);
    }
  add_photo (m, chance (m, m->fault * 0.1) ? XS_PHOTO_PROCESS : XS_PHOTO_SIGN_OUT, taken_us);
}

static void
make_photos (Maker *m)
{
  XsTeachingLog *log = &m->c->log;
  gint64 within_us = m->c->policy.rules.first_photo_within_s * SEC_US;
  gint64 length_us = MAX (log->end_wall_us - log->start_wall_us, 0);
  static const XsPhotoEvent events[] = { XS_PHOTO_TIMED, XS_PHOTO_SIGN_IN, XS_PHOTO_SIGN_OUT, XS_PHOTO_PROCESS };

  if (chance (m, m->fault * 0.05))
    return;
  if (chance (m, m->fault * 0.2))
    add_photo (m, XS_PHOTO_SIGN_IN, near_us (m, log->start_wall_us + PICK (m, 0, within_us)));
  else if (!chance (m, m->fault * 0.1))
    add_photo (m, XS_PHOTO_SIGN_IN, log->start_wall_us + pick (m, 0, MIN (within_us, length_us)));
  make_slot_photos (m);
  for (gint64 n = chance (m, m->fault * 0.5) ? pick (m, 1, 3) : 0; n > 0; n--)
    add_photo (m, events[pick (m, 0, 3)],
               near_us (m, log->start_wall_us + PICK (m, 0, length_us, pick (m, -MIN_US, length_us + MIN_US))));
  if (!chance (m, m->fault * 0.1))
    make_sign_out_photo (m);

  for (guint k = 1; k < log->photos->len && chance (m, m->fault); k++)
    {
      XsPhotoRecord *photos = (XsPhotoRecord *) log->photos->data;
      guint other = (guint) pick (m, 0, k);
      XsPhotoRecord photo = photos[k];

      photos[k] = photos[other];
      photos[other] = photo;
    }
}

static void
make_events (Maker *m)
{
  gint64 tolerance_us = m->c->policy.rules.clock_anomaly_tolerance_s * SEC_US;

  for (gint64 n = chance (m, m->fault * 0.3) ? pick (m, 1, 3) : 0; n > 0; n--)
    {
      XsLogEvent event = { (XsLogEventKind) pick (m, XS_LOG_EVENT_CLOCK_STEP, XS_LOG_EVENT_GAP) };

      event.wall_us = m->c->log.start_wall_us + pick (m, 0, 60) * SEC_US;
      event.amount_us = MAX (near_us (m, tolerance_us), 1);
      if (event.kind == XS_LOG_EVENT_CLOCK_STEP && chance (m, 0.5))
        event.amount_us = -event.amount_us;
      g_array_append_val (m->c->log.events, event);
    }
}

/* What is known beside the log. */

static void
make_others (Maker *m)
{
  const XsTeachingLog *log = &m->c->log;
  gint64 tolerance_us = m->c->policy.rules.concurrent_tolerance_s * SEC_US;

  for (gint64 n = chance (m, 0.3) ? pick (m, 1, 3) : 0; n > 0; n--)
    {
      XsOtherLog other = { 0 };
      gint64 length_us = chance (m, 0.5) ? pick (m, 0, 60) * MIN_US : pick (m, 0, 60 * MIN_US);

      g_strlcpy (other.stunum, chance (m, 0.7) ? log->stunum : "2000000000000009", sizeof other.stunum);
      g_snprintf (other.devnum, sizeof other.devnum, "%s%c", "400000000000000", (char) PICK (m, '3', '4', '4', '5'));
      g_snprintf (other.recnum, sizeof other.recnum, "0000%c", (char) PICK (m, '4', '6'));
      g_strlcpy (other.subjcode, chance (m, 0.8) ? log->subjcode : "4213210000", sizeof other.subjcode);
      if (chance (m, m->fault * 0.2))
        g_strlcpy (other.subjcode, "0", sizeof other.subjcode);
      other.start_wall_us = log->start_wall_us - length_us - pick (m, 0, 600) * MIN_US;
      if (chance (m, 0.1))
        other.start_wall_us = log->end_wall_us + pick (m, 0, 600) * MIN_US;
      if (chance (m, m->fault))
        other.start_wall_us = near_us (m, log->end_wall_us - tolerance_us);
      else if (chance (m, m->fault))
        other.start_wall_us = near_us (m, log->start_wall_us + tolerance_us - length_us);
      else if (chance (m, m->fault))
        other.start_wall_us = near_us (m, log->start_wall_us);
      if (chance (m, m->fault))
        other.start_wall_us = near_us (m, log->start_wall_us + pick (m, -1, m->n_minutes) * MIN_US);
      other.end_wall_us = other.start_wall_us + length_us;
      for (int d = 0; d < 2; d++)
        other.credited_min[d] = chance (m, 0.5) ? pick (m, 0, 30) : pick (m, 0, m->c->policy.daily_cap_s / 60 + 1);
      g_array_append_val (m->c->facts.others, other);
    }
}

static void
make_seen (Maker *m)
{
  const GArray *photos = m->c->log.photos;

  for (gint64 n = chance (m, 0.2) ? pick (m, 1, 4) : 0; n > 0; n--)
    {
      XsSeenPhoto seen = { 0 };

      g_strlcpy (seen.devnum, chance (m, 0.7) ? our_devnum : "4000000000000003", sizeof seen.devnum);
      g_snprintf (seen.number, sizeof seen.number, "%010d", (int) pick (m, 1, 97));
      g_snprintf (seen.sha256, sizeof seen.sha256, "%064x", 1000 + (int) n);
      if (chance (m, 0.5))
        make_hash (m, seen.picture_hash, sizeof seen.picture_hash);
      if (chance (m, 0.2))
        seen.sha256[0] = '\0';
      if (photos->len > 0 && chance (m, 0.2 + m->fault))
        {
          const XsPhotoRecord *photo = &g_array_index (photos, XsPhotoRecord, pick (m, 0, photos->len - 1));
          gboolean own = chance (m, 0.5);

          if (own || chance (m, m->fault))
            memcpy (seen.number, photo->number, sizeof seen.number);
          if (own || chance (m, m->fault))
            memcpy (seen.sha256, photo->sha256, sizeof seen.sha256);
          if (own || chance (m, m->fault))
            make_near_hash (m, seen.picture_hash, photo->picture_hash);
          if (chance (m, 0.5))
            seen.wall_us = photo->wall_us - pick (m, 8, 12) * G_USEC_PER_SEC;
        }
      g_array_append_val (m->c->facts.seen, seen);
    }
}

static void
make_findings (Maker *m)
{
  const GArray *photos = m->c->log.photos;

  for (gint64 n = chance (m, m->fault) ? pick (m, 1, 3) : 0; n > 0 && photos->len > 0; n--)
    {
      XsPhotoFinding finding = { .match = chance (m, 0.3) ? (double) NAN : pick_match (m) };
      const XsPhotoRecord *photo = &g_array_index (photos, XsPhotoRecord, pick (m, 0, photos->len - 1));

      finding.faulty = chance (m, 0.3);
      g_strlcpy (finding.number, chance (m, 0.9) ? photo->number : "0000000001", sizeof finding.number);
      g_array_append_val (m->c->facts.findings, finding);
    }
}

static void
make_facts (Maker *m)
{
  XsAuditFacts *facts = &m->c->facts;
  gint64 end_us = m->c->log.end_wall_us;
  gint64 latest_us = end_us + m->c->policy.rules.late_report_deadline_s * SEC_US;
  gint64 earliest_us = end_us - m->c->policy.rules.clock_anomaly_tolerance_s * SEC_US;
  double wrong = m->fault * 0.15;

  if (chance (m, 0.5))
    facts->received_wall_us = chance (m, wrong) ? near_us (m, PICK (m, latest_us, earliest_us)) : end_us;
  if (chance (m, 0.5))
    facts->now_wall_us = chance (m, wrong) ? near_us (m, latest_us) : end_us;
  facts->open = chance (m, 0.15);
  facts->learner_known = !chance (m, wrong);
  facts->school_filed = !chance (m, wrong);
  facts->coach_filed = !chance (m, wrong);
  facts->recnum_taken = chance (m, wrong);
  if (chance (m, 0.3))
    g_strlcpy (facts->learner_inscode, chance (m, wrong) ? "1000000000000002" : "1000000000000001",
               sizeof facts->learner_inscode);
  if (chance (m, 0.3))
    g_strlcpy (facts->device_inscode, chance (m, wrong) ? "1000000000000002" : "1000000000000001",
               sizeof facts->device_inscode);
  if (chance (m, 0.3))
    facts->learner_vehicle = chance (m, 0.9) ? 21 : 22;
  if (chance (m, 0.3))
    facts->learner_part = chance (m, 0.9) ? 1 : 4;
  make_others (m);
  make_seen (m);
  make_findings (m);
}

void
random_case_init (RandomCase *random_case, const XsPolicy *base, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Maker m = { .rand = rand, .c = random_case };
  const double faults[] = { 0, 0.03, 0.1, 0.3, 1 };
  gint64 most = 0;

  *random_case = (RandomCase){ .seed = seed, .policy = *base };
  xs_teaching_log_init (&random_case->log);
  xs_audit_facts_init (&random_case->facts);

  m.fault = faults[pick (&m, 0, 4)];
  most = PICK (&m, 1, 3, 10, 10, 30, 30, 60, 180);
  m.n_minutes = (guint) pick (&m, 1, most);
  make_policy (&m);
  make_times (&m);
  make_numbers (&m);
  make_minutes (&m);
  make_photos (&m);
  make_events (&m);
  make_facts (&m);
}

void
random_case_clear (RandomCase *random_case)
{
  xs_teaching_log_clear (&random_case->log);
  xs_audit_facts_clear (&random_case->facts);
}
