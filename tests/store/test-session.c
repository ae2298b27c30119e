/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "xs-blob.h"
#include "xs-wire-log.h"

#include <math.h>
#include <string.h>

static void
assert_credit (XsJournal *journal, int day, gint64 today_us, gint64 total_us)
{
  g_autoptr (GError) error = NULL;
  gint64 today = -1, total = -1;

  g_assert_true (xs_journal_get_credit (journal, STUNUM, day, &today, &total, &error));
  g_assert_no_error (error);
  g_assert_cmpint (today, ==, today_us);
  g_assert_cmpint (total, ==, total_us);
}

static void
assert_progress (XsJournal *journal, const XsSessionHandle *handle, int seconds)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (store_progress (journal, handle, seconds, &error));
  g_assert_no_error (error);
}

/* One study hour from sign-in to sign-out: what comes out of the outbox is what went in. */
static void
test_whole_session (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  XsPhotoRecord first = store_photo (journal, &handle, XS_PHOTO_SIGN_IN, 1);
  XsPolicy policy;
  g_autoptr (GError) error = NULL;
  g_auto (XsTeachingLog) log;
  g_auto (XsWireLog) wire_log;

  xs_teaching_log_init (&log);
  xs_wire_log_init (&wire_log);
  xs_policy_default (&policy);
  for (int second = 1; second <= 150; second++)
    assert_progress (journal, &handle, second);
  XsPhotoRecord second = store_photo (journal, &handle, XS_PHOTO_PROCESS, 2);
  XsPhotoRecord third = store_photo (journal, &handle, XS_PHOTO_SIGN_OUT, 3);
  g_assert_true (
    xs_journal_close_segment (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 151 * SECOND_US, 0, &log, &error));
  g_assert_no_error (error);

  g_assert_cmpstr (log.stunum, ==, STUNUM);
  g_assert_cmpstr (log.devnum, ==, DEVNUM);
  g_assert_cmpstr (log.inscode, ==, INSCODE);
  g_assert_cmpstr (log.recnum, ==, "00001");
  g_assert_cmpstr (log.subjcode, ==, SUBJCODE);
  g_assert_cmpint (log.classid, ==, handle.classid);
  g_assert_cmpint (log.start_wall_us, ==, START_US);
  g_assert_cmpint (log.end_wall_us, ==, START_US + 151 * SECOND_US);
  g_assert_cmpint (log.credited_s, ==, 150);
  g_assert_cmpint (log.total_s, ==, 150);
  g_assert_cmpint (log.end_reason, ==, XS_SIGN_OUT_BY_LEARNER);
  g_assert_cmpstr (log.policy_id, ==, policy.id);
  g_assert_cmpint (log.policy_version, ==, policy.version);
  g_assert_cmpuint (log.photos->len, ==, 3);
  g_assert_cmpuint (log.minutes->len, ==, 3);

  static const int minute_seconds[] = { 60, 60, 30 };
  static const char *const minute_numbers[] = { DEVNUM "2603010001", DEVNUM "2603010002", DEVNUM "2603010003" };
  for (guint i = 0; i < log.minutes->len; i++)
    {
      const XsMinuteRecord *minute = &g_array_index (log.minutes, XsMinuteRecord, i);
      g_assert_cmpstr (minute->number, ==, minute_numbers[i]);
      g_assert_cmpstr (minute->stunum, ==, STUNUM);
      g_assert_cmpint (minute->credited_us, ==, minute_seconds[i] * SECOND_US);
      g_assert_cmpint (minute->normal, ==, i < 2);
      g_assert_cmpint (minute->wall_end_us, ==, START_US + MIN (150, (i + 1) * 60) * SECOND_US);
    }
  const XsPhotoRecord *expected[] = { &first, &second, &third };
  for (guint i = 0; i < log.photos->len; i++)
    {
      const XsPhotoRecord *photo = &g_array_index (log.photos, XsPhotoRecord, i);
      g_assert_cmpstr (photo->number, ==, expected[i]->number);
      g_assert_cmpstr (photo->sha256, ==, expected[i]->sha256);
      g_assert_cmpint (photo->event, ==, expected[i]->event);
      g_assert_cmpint (photo->wall_us, ==, expected[i]->wall_us);
      g_assert_cmpint (photo->width_px, ==, 640);
      g_assert_cmpint (photo->height_px, ==, 480);
      g_assert_cmpint (isnan (photo->match), ==, isnan (expected[i]->match));
    }
  g_assert_cmpstr (first.number, ==, "0000000001");
  g_assert_cmpstr (third.number, ==, "0000000003");

  g_autoptr (GBytes) stored = NULL;
  {
    g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, "SELECT bytes FROM log", &error, "");
    gboolean has_row;
    g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
    stored = xs_stmt_bytes (stmt, 0);
  }
  wire_log.seq = 1;
  memset (wire_log.previous, '0', 64);
  xs_teaching_log_clear (&wire_log.log);
  wire_log.log = log;
  xs_wire_log_choose_schema (&wire_log);
  g_autoptr (GBytes) encoded = xs_wire_log_encode (&wire_log);
  xs_teaching_log_init (&wire_log.log);
  g_assert_true (g_bytes_equal (stored, encoded));

  assert_credit (journal, DAY, 150 * SECOND_US, 150 * SECOND_US);
  store_check (journal, &fixture->platform, TRUE);
}

static void
test_empty_session (StoreFixture *fixture, gconstpointer unused)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_autoptr (GError) error = NULL;
  g_auto (XsTeachingLog) log;

  xs_teaching_log_init (&log);
  g_assert_true (xs_journal_close_segment (fixture->journal, &handle, XS_SIGN_OUT_ABSENCE, START_US, 0, &log, &error));
  g_assert_cmpint (log.credited_s, ==, 0);
  g_assert_cmpuint (log.photos->len, ==, 0);
  g_assert_cmpuint (log.minutes->len, ==, 0);
  store_check (fixture->journal, &fixture->platform, TRUE);
}

static void
test_segments (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  XsSessionHandle first = handle;
  g_autoptr (GError) error = NULL;
  g_auto (XsTeachingLog) log;

  xs_teaching_log_init (&log);
  store_photo (journal, &handle, XS_PHOTO_SIGN_IN, 1);
  assert_progress (journal, &handle, 100);
  store_close (journal, &handle, XS_SIGN_OUT_SEGMENT_FULL, START_US + 100 * SECOND_US, TRUE);
  g_assert_cmpint (handle.session_id, ==, first.session_id);
  g_assert_cmpint (handle.classid, ==, first.classid);
  g_assert_cmpint (handle.segment_id, !=, first.segment_id);

  /* The old segment is closed to everything. */
  g_assert_false (store_progress (journal, &first, 101, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_journal_close_segment (journal, &first, XS_SIGN_OUT_BY_LEARNER, START_US, 0, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);

  assert_progress (journal, &handle, 20);
  g_assert_true (
    xs_journal_close_segment (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 130 * SECOND_US, 0, &log, &error));
  g_assert_cmpstr (log.recnum, ==, "00002");
  g_assert_cmpint (log.classid, ==, first.classid);
  g_assert_cmpint (log.credited_s, ==, 20);
  g_assert_cmpint (log.total_s, ==, 120);
  g_assert_cmpint (log.start_wall_us, ==, START_US + 100 * SECOND_US);
  g_assert_cmpuint (log.photos->len, ==, 0);
  g_assert_cmpstr (g_array_index (log.minutes, XsMinuteRecord, 0).number, ==, DEVNUM "2603010003");
  assert_credit (journal, DAY, 120 * SECOND_US, 120 * SECOND_US);
  store_check (journal, &fixture->platform, TRUE);
}

static void
test_credit_never_falls (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  g_autoptr (GArray) none = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  XsProgress fewer = { .credited_us = 70 * SECOND_US, .wall_us = START_US, .minutes = none };
  XsProgress days = { .credited_us = 70 * SECOND_US,
                      .wall_us = START_US,
                      .minutes = none,
                      .days = { { DAY, 60 * SECOND_US }, { DAY + 1, 11 * SECOND_US } } };
  g_autoptr (GError) error = NULL;

  assert_progress (journal, &handle, 70);
  assert_progress (journal, &handle, 70);
  g_assert_false (store_progress (journal, &handle, 69, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_journal_save_progress (journal, &handle, &fewer, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_journal_save_progress (journal, &handle, &days, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  assert_credit (journal, DAY, 70 * SECOND_US, 70 * SECOND_US);

  /* The refusals spoilt nothing. */
  assert_progress (journal, &handle, 71);
  store_close (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 71 * SECOND_US, FALSE);
  store_check (journal, &fixture->platform, TRUE);
}

/* Grace may be credited into the minute before, after the next one has begun. */
static void
test_minutes_change (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  g_autoptr (GArray) minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  g_autoptr (GError) error = NULL;
  XsMinuteRecord first = { .wall_end_us = START_US + MINUTE_US, .credited_us = 49 * SECOND_US, .normal = FALSE };
  XsMinuteRecord second = { .wall_end_us = START_US + 61 * SECOND_US, .credited_us = 0, .normal = FALSE };
  XsProgress progress = { .credited_us = 49 * SECOND_US,
                          .wall_us = START_US + 61 * SECOND_US,
                          .minutes = minutes,
                          .days = { { DAY, 49 * SECOND_US } } };
  g_auto (XsTeachingLog) log;

  xs_teaching_log_init (&log);
  g_array_append_val (minutes, first);
  g_array_append_val (minutes, second);
  g_assert_true (xs_journal_save_progress (journal, &handle, &progress, &error));
  gint64 before = xs_db_total_changes (journal->db);
  g_assert_true (xs_journal_save_progress (journal, &handle, &progress, &error));
  g_assert_cmpint (xs_db_total_changes (journal->db) - before, ==, 1);

  /* Nothing credited, but the minute has grown. */
  g_array_index (minutes, XsMinuteRecord, 1).wall_end_us = START_US + 62 * SECOND_US;
  before = xs_db_total_changes (journal->db);
  g_assert_true (xs_journal_save_progress (journal, &handle, &progress, &error));
  g_assert_cmpint (xs_db_total_changes (journal->db) - before, ==, 2);
  g_array_index (minutes, XsMinuteRecord, 0).credited_us = 50 * SECOND_US;
  g_array_index (minutes, XsMinuteRecord, 0).normal = TRUE;
  progress.credited_us = progress.days[0].credited_us = 50 * SECOND_US;
  g_assert_true (xs_journal_save_progress (journal, &handle, &progress, &error));

  /* Also from what is on disk, not from what this process remembers. */
  store_fixture_reopen (fixture);
  journal = fixture->journal;
  g_array_index (minutes, XsMinuteRecord, 1).credited_us = SECOND_US;
  progress.credited_us = progress.days[0].credited_us = 51 * SECOND_US;
  g_assert_true (xs_journal_save_progress (journal, &handle, &progress, &error));
  g_assert_no_error (error);

  g_assert_true (
    xs_journal_close_segment (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 2 * MINUTE_US, 0, &log, &error));
  g_assert_cmpuint (log.minutes->len, ==, 2);
  g_assert_cmpint (g_array_index (log.minutes, XsMinuteRecord, 0).credited_us, ==, 50 * SECOND_US);
  g_assert_true (g_array_index (log.minutes, XsMinuteRecord, 0).normal);
  g_assert_cmpint (g_array_index (log.minutes, XsMinuteRecord, 1).credited_us, ==, SECOND_US);
  g_assert_cmpint (g_array_index (log.minutes, XsMinuteRecord, 1).wall_end_us, ==, START_US + 62 * SECOND_US);
  g_assert_cmpstr (g_array_index (log.minutes, XsMinuteRecord, 0).number, ==, DEVNUM "2603010001");
  store_check (journal, &fixture->platform, TRUE);
}

static void
test_midnight (StoreFixture *fixture, gconstpointer unused)
{
  gint64 midnight_us = START_US + 15 * 3600 * SECOND_US;
  XsJournal *journal = fixture->journal;
  g_autoptr (GArray) minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  g_autoptr (GError) error = NULL;
  XsMinuteRecord before = { .wall_end_us = midnight_us - 1, .credited_us = 30 * SECOND_US };
  XsMinuteRecord after = { .wall_end_us = midnight_us + 1, .credited_us = 20 * SECOND_US };
  XsProgress progress = { .credited_us = 50 * SECOND_US,
                          .wall_us = midnight_us + 1,
                          .minutes = minutes,
                          .days = { { DAY, 30 * SECOND_US }, { DAY + 1, 20 * SECOND_US } } };
  g_auto (XsTeachingLog) log;

  xs_teaching_log_init (&log);
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  g_array_append_val (minutes, before);
  g_array_append_val (minutes, after);
  g_assert_true (xs_journal_save_progress (journal, &handle, &progress, &error));
  assert_credit (journal, DAY, 30 * SECOND_US, 50 * SECOND_US);
  assert_credit (journal, DAY + 1, 20 * SECOND_US, 50 * SECOND_US);

  g_assert_true (xs_journal_close_segment (journal, &handle, XS_SIGN_OUT_BY_LEARNER, midnight_us + 2, 0, &log, &error));
  /* The sequence starts again with the day. */
  g_assert_cmpstr (g_array_index (log.minutes, XsMinuteRecord, 0).number, ==, DEVNUM "2603010001");
  g_assert_cmpstr (g_array_index (log.minutes, XsMinuteRecord, 1).number, ==, DEVNUM "2603020001");
  store_check (journal, &fixture->platform, TRUE);
}

/* The clock stood on a wrong day for a moment: the credit counts once, on the true day. */
static void
test_wrong_day (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  g_autoptr (GArray) minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  g_autoptr (GError) error = NULL;
  XsProgress wrong = { .credited_us = 10 * SECOND_US,
                       .wall_us = START_US,
                       .minutes = minutes,
                       .days = { { DAY, 4 * SECOND_US }, { 20990101, 6 * SECOND_US } } };
  XsProgress right = {
    .credited_us = 10 * SECOND_US, .wall_us = START_US, .minutes = minutes, .days = { { DAY, 10 * SECOND_US } }
  };

  g_assert_true (xs_journal_save_progress (journal, &handle, &wrong, &error));
  assert_credit (journal, 20990101, 6 * SECOND_US, 10 * SECOND_US);
  g_assert_true (xs_journal_save_progress (journal, &handle, &right, &error));
  g_assert_no_error (error);
  assert_credit (journal, 20990101, 0, 10 * SECOND_US);
  assert_credit (journal, DAY, 10 * SECOND_US, 10 * SECOND_US);
}

/* Neither a restart nor removed rows bring a number back. */
static void
test_numbers_never_reused (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (XsTeachingLog) log;

  for (int round = 1; round <= 3; round++)
    {
      XsJournal *journal = fixture->journal;
      XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
      XsPhotoRecord photo = store_photo (journal, &handle, XS_PHOTO_SIGN_IN, (guint32) round);
      g_autofree char *photo_number = g_strdup_printf ("%010d", round);
      g_autofree char *recnum = g_strdup_printf ("%05d", round);
      g_autofree char *minute = g_strdup_printf (DEVNUM "260301%04d", round);

      xs_teaching_log_init (&log);
      assert_progress (journal, &handle, 30);
      g_assert_true (xs_journal_close_segment (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US, 0, &log, &error));
      g_assert_cmpint (handle.classid, ==, round);
      g_assert_cmpstr (photo.number, ==, photo_number);
      g_assert_cmpstr (log.recnum, ==, recnum);
      g_assert_cmpint (log.total_s, ==, 30 * round);
      g_assert_cmpstr (g_array_index (log.minutes, XsMinuteRecord, 0).number, ==, minute);
      g_assert_cmpint (store_count (journal, "SELECT max (seq) FROM log"), ==, round);
      xs_teaching_log_clear (&log);

      if (round == 2)
        {
          g_assert_true (xs_db_exec (journal->db,
                                     "DELETE FROM outbox; DELETE FROM log; DELETE FROM photo; DELETE FROM minute;"
                                     "DELETE FROM segment; DELETE FROM session",
                                     &error));
          g_assert_no_error (error);
        }
      store_fixture_reopen (fixture);
    }
  /* The chain goes on over removed logs too. */
  g_autoptr (XsStmt) stmt = xs_db_prepare (fixture->journal->db, "SELECT previous FROM log", &error, "");
  gboolean has_row;
  g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
  g_assert_cmpint (xs_stmt_string (stmt, 0)[0] == '0' && strspn (xs_stmt_string (stmt, 0), "0") == 64, ==, FALSE);
}

static void
set_known (XsJournal *journal, gint64 last_recnum, gint64 total_s)
{
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  g_autoptr (GError) error = NULL;
  XsLearner learner = { .stunum = STUNUM, .name = "王", .last_recnum = last_recnum, .total_s = total_s };

  g_array_append_val (learners, learner);
  g_assert_true (xs_journal_set_roster (journal, learners, NULL, &error));
  g_assert_no_error (error);
}

static void
close_one (StoreFixture *fixture, int seconds, const char *recnum)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_autoptr (GError) error = NULL;
  g_auto (XsTeachingLog) log;

  xs_teaching_log_init (&log);
  assert_progress (fixture->journal, &handle, seconds);
  g_assert_true (
    xs_journal_close_segment (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US, 0, &log, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (log.recnum, ==, recnum);
}

static void
test_recnum (StoreFixture *fixture, gconstpointer unused)
{
  XsSessionHandle handle;
  g_autoptr (GError) error = NULL;

  close_one (fixture, 1, "00001");
  set_known (fixture->journal, 7, 0);
  close_one (fixture, 1, "00008");
  set_known (fixture->journal, 3, 0);
  close_one (fixture, 1, "00009");
  set_known (fixture->journal, 99998, 0);
  close_one (fixture, 1, "99999");

  /* Used up: refused, and the segment stays open with all it has. */
  handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_assert_false (
    xs_journal_close_segment (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US, 0, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_FAILED);
  assert_progress (fixture->journal, &handle, 5);
}

/* What the platform has in its total is not counted a second time. */
static void
test_total_with_platform (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  set_known (fixture->journal, 4, 1000);
  close_one (fixture, 100, "00005");
  close_one (fixture, 10, "00006");
  assert_credit (fixture->journal, DAY, 110 * SECOND_US, 1110 * SECOND_US);

  /* Sent, but the roster is from before. */
  g_autoptr (GPtrArray) due = xs_outbox_list_due (fixture->journal, START_US, 10, &error);
  g_assert_cmpuint (due->len, ==, 2);
  g_assert_true (xs_outbox_acknowledge (fixture->journal, ((XsOutboxItem *) due->pdata[0])->id, &error));
  assert_credit (fixture->journal, DAY, 110 * SECOND_US, 1110 * SECOND_US);
  set_known (fixture->journal, 5, 1100);
  assert_credit (fixture->journal, DAY, 110 * SECOND_US, 1110 * SECOND_US);
  /* Another kiosk used the number 6 for a log of its own: ours is still only here. */
  set_known (fixture->journal, 6, 1105);
  assert_credit (fixture->journal, DAY, 110 * SECOND_US, 1115 * SECOND_US);
}

static void
test_photo_refused (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  g_autoptr (GBytes) good = store_jpeg (1, 2000);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) large = store_jpeg (1, XS_PHOTO_MAX_BYTES + 1);
  g_autoptr (GBytes) largest = store_jpeg (1, XS_PHOTO_MAX_BYTES);
  const XsPhotoRecord record = {
    .event = XS_PHOTO_TIMED, .wall_us = START_US, .match = 0.4, .width_px = 640, .height_px = 480
  };
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 6; i++)
    {
      XsPhotoRecord bad = record;
      bad.width_px = i == 2 ? 0 : 640;
      bad.height_px = i == 3 ? 65536 : 480;
      bad.match = i == 4 ? 1.5 : 0.4;
      bad.event = i == 5 ? (XsPhotoEvent) 6 : XS_PHOTO_TIMED;
      g_assert_false (xs_journal_add_photo (journal, &handle, i == 0 ? empty : i == 1 ? large : good, &bad, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_clear_error (&error);
    }
  XsPhotoRecord ok = record;
  g_assert_true (xs_journal_add_photo (journal, &handle, largest, &ok, &error));
  g_assert_cmpstr (ok.number, ==, "0000000001");
  store_close (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 10, FALSE);

  XsPhotoRecord late = record;
  g_assert_false (xs_journal_add_photo (journal, &handle, good, &late, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  /* None of the refused left a file. */
  store_check (journal, &fixture->platform, TRUE);
}

static void
test_begin_refused (StoreFixture *fixture, gconstpointer unused)
{
  static const char *const bad[][2] = {
    { "330100000000001", SUBJCODE }, { "33010000000000171", SUBJCODE }, { "330100000000001x", SUBJCODE },
    { STUNUM, "400101000" },         { STUNUM, "9999999999" },          { STUNUM, "" },
  };
  XsPolicy policy;

  xs_policy_default (&policy);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      XsSessionHandle handle;
      g_assert_false (
        xs_journal_begin_session (fixture->journal, bad[i][0], bad[i][1], &policy, START_US, &handle, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
  g_assert_cmpint (store_begin (fixture->journal, fixture->clock, STUNUM).classid, ==, 1);
}

/* Progress is stored every second: it must cost next to nothing, however long the segment. */
static void
test_progress_cost (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  const int rounds = 200;

  assert_progress (journal, &handle, 3600);
  gint64 began_us = g_get_monotonic_time ();
  for (int i = 1; i <= rounds; i++)
    assert_progress (journal, &handle, 3600 + i);
  gint64 each_us = (g_get_monotonic_time () - began_us) / rounds;
  g_test_minimized_result ((double) each_us, "save_progress in a segment of an hour: %d µs", (int) each_us);
  g_assert_cmpint (each_us, <, 100 * 1000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/session/whole", test_whole_session);
  store_fixture_add_test ("/store/session/empty", test_empty_session);
  store_fixture_add_test ("/store/session/segments", test_segments);
  store_fixture_add_test ("/store/session/credit-never-falls", test_credit_never_falls);
  store_fixture_add_test ("/store/session/minutes-change", test_minutes_change);
  store_fixture_add_test ("/store/session/midnight", test_midnight);
  store_fixture_add_test ("/store/session/wrong-day", test_wrong_day);
  store_fixture_add_test ("/store/session/numbers-never-reused", test_numbers_never_reused);
  store_fixture_add_test ("/store/session/recnum", test_recnum);
  store_fixture_add_test ("/store/session/total-with-platform", test_total_with_platform);
  store_fixture_add_test ("/store/session/photo-refused", test_photo_refused);
  store_fixture_add_test ("/store/session/begin-refused", test_begin_refused);
  store_fixture_add_test ("/store/session/progress-cost", test_progress_cost);
  return g_test_run ();
}
