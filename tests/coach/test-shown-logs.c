/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "xs-log-words.h"
#include "xs-photo-checks.h"
#include "xs-review-text.h"
#include "xs-shown-logs.h"
#include "xs-stretches.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define START_US (1795654800 * (gint64) G_USEC_PER_SEC)
#define N_MINUTES 45

static void
add_photo (XsReviewLog *log, const char *number, gint64 minute, const char *seen, double match)
{
  XsPhotoRecord record = { .event = XS_PHOTO_TIMED, .wall_us = START_US + minute * MINUTE_US, .match = match };
  XsReviewPhoto photo;

  g_strlcpy (record.number, number, sizeof record.number);
  g_array_append_val (log->wire_log.log.photos, record);
  xs_review_photo_init (&photo);
  g_strlcpy (photo.number, number, sizeof photo.number);
  g_strlcpy (photo.seen, seen, sizeof photo.seen);
  photo.match = match;
  g_array_append_val (log->photos, photo);
}

static void
add_reason (GArray *reasons, const char *word, guint from_min, guint to_min, const char *photo)
{
  XsWireReason reason = { .from_min = from_min, .to_min = to_min, .review = from_min == to_min };

  g_strlcpy (reason.word, word, sizeof reason.word);
  g_strlcpy (reason.photo, photo, sizeof reason.photo);
  g_array_append_val (reasons, reason);
}

/* Three quarters of an hour, somebody else on the second photo. */
static void
make_log (XsReviewLog *log)
{
  XsReviewRow row;
  XsReviewStep step;

  xs_review_log_init (log);
  xs_review_row_init (&row);
  g_strlcpy (row.devnum, "1000000000000001", sizeof row.devnum);
  row.seq = 7;
  row.start_us = START_US;
  row.end_us = START_US + N_MINUTES * MINUTE_US;
  row.claimed_s = 44 * 60;
  row.state = XS_AUDIT_NEEDS_HUMAN;
  g_array_append_val (log->row, row);
  log->wire_log.log.start_wall_us = row.start_us;
  log->wire_log.log.end_wall_us = row.end_us;
  for (guint i = 0; i < N_MINUTES; i++)
    {
      XsMinuteRecord minute = { .credited_us = i == 3 ? 20 * G_USEC_PER_SEC : MINUTE_US, .normal = i != 3 };
      g_array_append_val (log->wire_log.log.minutes, minute);
      if (i % 15 == 0)
        {
          XsReviewSlot slot = { START_US + i * MINUTE_US, START_US + (i + 15) * MINUTE_US, "good" };
          g_array_append_val (log->slots, slot);
        }
    }
  add_photo (log, "0000000001", 0, "present", 0.8);
  add_photo (log, "0000000002", 20, "other_person", 0.1);
  add_photo (log, "0000000003", 44, "cannot_verify", 0.4);
  xs_review_step_init (&step);
  g_strlcpy (step.who, "auditor", sizeof step.who);
  add_reason (step.reasons, "minute_abnormal", 3, 4, "");
  add_reason (step.reasons, "face_mismatch", 13, 27, "0000000002");
  add_reason (step.reasons, "face_mismatch", 25, 29, "0000000002");
  add_reason (step.reasons, "face_unclear", 0, 0, "0000000003");
  g_array_append_val (log->steps, step);
}

static void
test_proposes (void)
{
  g_auto (XsReviewLog) log = { 0 };

  make_log (&log);
  g_autoptr (GArray) stretches = xs_stretches_propose (&log);
  g_assert_cmpuint (stretches->len, ==, 3);
  const XsVoidStretch *all = &g_array_index (stretches, XsVoidStretch, 0);
  g_assert_cmpint (all[0].from_min, ==, 3);
  g_assert_cmpint (all[0].to_min, ==, 4);
  /* Two that overlap are one. */
  g_assert_cmpint (all[1].from_min, ==, 13);
  g_assert_cmpint (all[1].to_min, ==, 29);
  g_assert_cmpstr (all[1].word, ==, "face_mismatch");
  /* What is left to a person: the slot that the photo stands for. */
  g_assert_cmpint (all[2].from_min, ==, 30);
  g_assert_cmpint (all[2].to_min, ==, 45);
}

static void
test_reasons (void)
{
  g_auto (XsReviewLog) log = { 0 };
  guint n_own;

  make_log (&log);
  g_auto (GStrv) reasons = xs_stretches_reasons (&log, &n_own);
  g_assert_cmpuint (n_own, ==, 2);
  g_assert_cmpstr (reasons[0], ==, "face_mismatch");
  g_assert_cmpstr (reasons[1], ==, "face_unclear");
  g_assert_cmpuint (g_strv_length (reasons), ==, XS_N_RULES);
  for (guint i = 0; reasons[i] != NULL; i++)
    g_assert_false (g_strv_contains ((const char *const *) reasons + i + 1, reasons[i]));
}

static void
test_timeline (void)
{
  g_auto (XsReviewLog) log = { 0 };
  g_autoptr (XsShownLogs) shown = xs_shown_logs_new ();

  make_log (&log);
  xs_shown_logs_take (shown, &log);
  g_autoptr (XsTimelineModel) model = xs_shown_logs_timeline (shown);
  g_assert_cmpint (model->from_us, ==, START_US);
  g_assert_cmpint (model->to_us, ==, START_US + N_MINUTES * MINUTE_US);
  g_assert_cmpuint (model->study->len, ==, N_MINUTES);
  g_assert_cmpint (g_array_index (model->study, XsTimelineSpan, 3).tone, ==, XS_TONE_DOUBT);
  g_assert_cmpfloat_with_epsilon (g_array_index (model->study, XsTimelineSpan, 3).share, 1.0 / 3, 0.001);
  g_assert_cmpuint (model->slots->len, ==, 3);
  g_assert_cmpuint (model->voids->len, ==, 3);
  g_assert_cmpint (g_array_index (model->voids, XsTimelineSpan, 1).t0_us, ==, START_US + 13 * MINUTE_US);
  const XsTone tones[] = { XS_TONE_GOOD, XS_TONE_BAD, XS_TONE_DOUBT };
  g_assert_cmpuint (model->photos->len, ==, G_N_ELEMENTS (tones));
  for (guint i = 0; i < G_N_ELEMENTS (tones); i++)
    g_assert_cmpint (g_array_index (model->photos, XsTimelineMark, i).tone, ==, tones[i]);
}

/* A log that a coach found to count for nothing has no minutes in its reason: all of it is shaded. */
static void
test_void_as_a_whole (void)
{
  g_auto (XsReviewLog) log = { 0 };
  g_autoptr (XsShownLogs) shown = xs_shown_logs_new ();
  XsReviewStep step;

  make_log (&log);
  xs_review_step_init (&step);
  g_strlcpy (step.who, "wang", sizeof step.who);
  add_reason (step.reasons, "no_sign_out", 0, 0, "");
  g_array_index (step.reasons, XsWireReason, 0).review = FALSE;
  g_array_append_val (log.steps, step);
  XsReviewRow *row = &g_array_index (log.row, XsReviewRow, 0);
  row->state = XS_AUDIT_DECIDED;
  row->verdict = XS_VERDICT_VOID;
  xs_shown_logs_take (shown, &log);
  g_autoptr (XsTimelineModel) model = xs_shown_logs_timeline (shown);
  g_assert_cmpuint (model->voids->len, ==, 1);
  const XsTimelineSpan *all = &g_array_index (model->voids, XsTimelineSpan, 0);
  g_assert_cmpint (all->t0_us, ==, START_US);
  g_assert_cmpint (all->t1_us, ==, START_US + N_MINUTES * MINUTE_US);
  g_assert_cmpint (all->tone, ==, XS_TONE_BAD);
  g_assert_nonnull (strstr (all->text, xs_review_text_reason ("no_sign_out")));
}

/* Of 45 minutes one is abnormal, and 9 are taken away: by the ratio of an hour the rest may count as more. */
static void
test_ratio (void)
{
  g_auto (XsReviewLog) log = { 0 };
  g_autoptr (GArray) voids = g_array_new (FALSE, FALSE, sizeof (XsReviewVoid));
  const XsReviewVoid minutes = { 10, 19 };
  XsReviewStep step;

  make_log (&log);
  g_array_append_val (voids, minutes);
  g_assert_cmpint (xs_shown_log_valid_min (&log, NULL), ==, 44);
  g_assert_cmpint (xs_shown_log_valid_min (&log, voids), ==, 35);
  xs_review_step_init (&step);
  add_reason (step.reasons, "photo_missing", 10, 19, "");
  g_array_append_val (log.steps, step);
  g_assert_cmpint (xs_shown_log_stands_valid_min (&log), ==, 35);
  XsReviewRow *row = &g_array_index (log.row, XsReviewRow, 0);
  row->state = XS_AUDIT_DECIDED;
  row->verdict = XS_VERDICT_PARTIAL;
  row->credited_min = 35;
  g_autofree char *plain = xs_log_words_why (&log);
  g_assert_null (strstr (plain, "ratio"));
  row->credited_min = 44;
  g_autofree char *why = xs_log_words_why (&log);
  g_assert_true (g_str_has_prefix (why, "35 min valid, 44 by the hour’s ratio · "));
}

static void
test_checks (void)
{
  g_auto (XsReviewLog) log = { 0 };
  const XsReviewLimit limits[] = { { "match", 0.48, NAN }, { "yaw_deg", -15, 15 }, { "sharpness", 0.11, NAN } };
  const XsReviewMeasure measures[] = { { "yaw_deg", -22 }, { "sharpness", 0.3 } };
  XsReviewBox face = { 10, 10, 100, 100 };

  make_log (&log);
  g_array_append_vals (log.limits, limits, G_N_ELEMENTS (limits));
  XsReviewPhoto *photo = &g_array_index (log.photos, XsReviewPhoto, 2);
  g_array_append_vals (photo->measures, measures, G_N_ELEMENTS (measures));
  g_array_append_val (photo->faces, face);
  g_autoptr (GArray) checks = xs_photo_checks_new (photo, log.limits);
  const XsPhotoCheck *all = &g_array_index (checks, XsPhotoCheck, 0);
  /* What failed first, then what is in doubt. */
  g_assert_cmpstr (all[0].title, ==, "Turned aside");
  g_assert_cmpstr (all[0].value, ==, "22°");
  g_assert_cmpstr (all[0].limit, ==, "at most 15°");
  g_assert_cmpint (all[0].tone, ==, XS_TONE_BAD);
  g_assert_cmpstr (all[1].title, ==, "Likeness");
  g_assert_cmpstr (all[1].value, ==, "40");
  g_assert_cmpstr (all[1].limit, ==, "at least 48");
  g_assert_cmpint (all[1].tone, ==, XS_TONE_DOUBT);
  g_assert_cmpint (all[2].tone, ==, XS_TONE_GOOD);
  g_assert_cmpint (all[checks->len - 1].tone, ==, XS_TONE_QUIET);
  g_assert_cmpint (xs_photo_tone (g_array_index (log.photos, XsReviewPhoto, 1).seen), ==, XS_TONE_BAD);
  g_assert_cmpint (xs_photo_tone (""), ==, XS_TONE_QUIET);
}

static void
test_standing (void)
{
  g_assert_cmpint (xs_standing_of (XS_AUDIT_NEEDS_HUMAN, XS_VERDICT_VALID), ==, XS_STANDING_PENDING);
  g_assert_cmpint (xs_standing_of (XS_AUDIT_APPEALED, XS_VERDICT_VOID), ==, XS_STANDING_PENDING);
  g_assert_cmpint (xs_standing_of (XS_AUDIT_PASSED, XS_VERDICT_PARTIAL), ==, XS_STANDING_PARTIAL);
  g_assert_cmpint (xs_standing_of (XS_AUDIT_DECIDED, XS_VERDICT_VOID), ==, XS_STANDING_VOID);
  g_assert_cmpint (xs_standing_of (XS_AUDIT_SENT, XS_VERDICT_VALID), ==, XS_STANDING_VALID);
}

static void
add_row (GArray *rows, gint64 seq, gint64 start_us, XsVerdict verdict)
{
  XsReviewRow row;

  xs_review_row_init (&row);
  g_strlcpy (row.devnum, "1000000000000001", sizeof row.devnum);
  row.seq = seq;
  g_snprintf (row.log_sha256, sizeof row.log_sha256, "log %d", (int) seq);
  row.start_us = start_us;
  row.end_us = start_us + N_MINUTES * MINUTE_US;
  row.claimed_s = 40 * 60;
  row.credited_min = 30;
  row.state = XS_AUDIT_PASSED;
  row.verdict = verdict;
  g_array_append_val (rows, row);
}

static void
add_glance (GArray *glances, gint64 seq, const char *number, gint64 taken_us)
{
  XsReviewGlance glance;

  xs_review_glance_init (&glance);
  g_strlcpy (glance.devnum, "1000000000000001", sizeof glance.devnum);
  glance.seq = seq;
  g_snprintf (glance.log_sha256, sizeof glance.log_sha256, "log %d", (int) seq);
  g_strlcpy (glance.number, number, sizeof glance.number);
  g_snprintf (glance.sha256, sizeof glance.sha256, "%d/%s", (int) seq, number);
  g_strlcpy (glance.seen, "present", sizeof glance.seen);
  glance.taken_us = taken_us;
  g_array_append_val (glances, glance);
}

/* Months: days of all logs, and each photo once, whether its log is here in whole or not. */
static void
test_history (void)
{
  g_autoptr (XsShownLogs) shown = xs_shown_logs_new ();
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (XsReviewRow));
  g_autoptr (GArray) glances = g_array_new (FALSE, FALSE, sizeof (XsReviewGlance));
  g_auto (XsReviewLog) log, other;

  make_log (&log);
  g_strlcpy (log.log_sha256, "log 7", sizeof log.log_sha256);
  for (guint i = 0; i < 3; i++)
    {
      XsPhotoRecord *record = &g_array_index (log.wire_log.log.photos, XsPhotoRecord, i);
      g_snprintf (record->sha256, sizeof record->sha256, "7/%s", record->number);
      add_glance (glances, 7, record->number, record->wall_us);
    }
  xs_shown_logs_take (shown, &log);
  add_row (rows, 7, START_US, XS_VERDICT_PARTIAL);
  add_row (rows, 6, START_US - 2 * 60 * MINUTE_US, XS_VERDICT_VALID);
  add_row (rows, 5, START_US - 7 * 24 * 60 * MINUTE_US, XS_VERDICT_VALID);
  add_glance (glances, 6, "0000000001", START_US - 2 * 60 * MINUTE_US);
  add_glance (glances, 5, "0000000001", START_US - 7 * 24 * 60 * MINUTE_US);
  xs_shown_logs_add_history (shown, rows, glances);
  g_assert_cmpuint (shown->photos->len, ==, 5);
  g_assert_cmpint (xs_shown_logs_find_photo (shown, "log 5", "0000000001"), ==, 0);
  g_assert_nonnull (g_array_index (shown->photos, XsShownPhoto, 2).log);

  /* Of which log it is, and with several days of which day. */
  g_assert_cmpint (xs_shown_logs_find_row (shown, "log 5")->seq, ==, 5);
  g_assert_null (xs_shown_logs_find_row (shown, "log 4"));
  g_assert_cmpint (xs_shown_logs_row_at (shown, START_US - 2 * 60 * MINUTE_US)->seq, ==, 6);
  g_assert_null (xs_shown_logs_row_at (shown, START_US - 60 * MINUTE_US));
  g_autofree char *title = xs_shown_logs_photo_text (shown, &g_array_index (shown->photos, XsShownPhoto, 0));
  g_autofree char *brief = xs_shown_photo_text (&g_array_index (shown->photos, XsShownPhoto, 0));
  g_autofree char *with_day = g_strconcat ("11-19 ", brief, NULL);
  g_assert_cmpstr (title, ==, with_day);

  g_autoptr (XsTimelineModel) model = xs_shown_logs_timeline (shown);
  g_assert_cmpuint (model->days->len, ==, 2);
  const XsTimelineSpan *last = &g_array_index (model->days, XsTimelineSpan, 1);
  g_assert_cmpint (last->tone, ==, XS_TONE_DOUBT);
  g_assert_cmpfloat (last->share, ==, 1);
  g_assert_cmpfloat (g_array_index (model->days, XsTimelineSpan, 0).share, ==, 0.5);
  g_assert_cmpstr (last->brief, ==, "60 min");
  g_assert_cmpuint (model->lessons->len, ==, 3);
  g_assert_cmpuint (model->study->len, ==, N_MINUTES + 2);
  for (guint i = 1; i < model->study->len; i++)
    g_assert_cmpint (g_array_index (model->study, XsTimelineSpan, i - 1).t0_us, <=,
                     g_array_index (model->study, XsTimelineSpan, i).t0_us);

  /* Another log in whole, and let go of again: the first stays, which is the one that was put there. */
  make_log (&other);
  g_array_index (other.row, XsReviewRow, 0).seq = 6;
  g_strlcpy (other.log_sha256, "log 6", sizeof other.log_sha256);
  xs_shown_logs_take (shown, &other);
  g_assert_true (xs_shown_logs_has (shown, "log 6"));
  g_assert_true (g_str_equal (xs_shown_logs_get (shown, 0)->log_sha256, "log 7"));
  xs_shown_logs_put_first (shown, "log 6");
  g_assert_true (g_str_equal (xs_shown_logs_get (shown, 0)->log_sha256, "log 6"));
  xs_shown_logs_put_first (shown, "log 7");
  xs_shown_logs_trim (shown, 1);
  g_assert_false (xs_shown_logs_has (shown, "log 6"));
  g_assert_true (xs_shown_logs_has (shown, "log 7"));
  for (guint i = 0; i < shown->photos->len; i++)
    {
      const XsShownPhoto *photo = &g_array_index (shown->photos, XsShownPhoto, i);
      g_assert_true ((photo->log != NULL) == (photo->glance.seq == 7));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coach/stretches/proposes-what-the-audit-voids", test_proposes);
  g_test_add_func ("/coach/stretches/reasons-begin-with-the-audits", test_reasons);
  g_test_add_func ("/coach/shown-logs/timeline", test_timeline);
  g_test_add_func ("/coach/shown-logs/void-as-a-whole", test_void_as_a_whole);
  g_test_add_func ("/coach/shown-logs/ratio-is-said", test_ratio);
  g_test_add_func ("/coach/photo-checks/against-their-limits", test_checks);
  g_test_add_func ("/coach/review-text/standing", test_standing);
  g_test_add_func ("/coach/shown-logs/history", test_history);
  return g_test_run ();
}
