/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "store-fixture.h"
#include "xs-wire-log.h"

#define MORNING_S 1200

/* A session of 20 minutes that was cut off; the kiosk starts again. */
static void
study_and_cut_off (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  guint n_closed = 7;

  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, 1);
  g_assert_true (store_progress (fixture->journal, &handle, MORNING_S, &error));
  xs_clock_fake_advance (fixture->clock, MORNING_S * SECOND_US);
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_recover (fixture->journal, &n_closed, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_closed, ==, 0);
}

static guint
make_up (StoreFixture *fixture, const char *stunum, guint32 seed)
{
  g_autoptr (GBytes) jpeg = store_jpeg (seed, 900);
  g_autoptr (GError) error = NULL;
  XsPhotoRecord photo = { .event = XS_PHOTO_SIGN_IN,
                          .wall_us = xs_clock_wall_us (fixture->clock),
                          .match = 0.7,
                          .width_px = 640,
                          .height_px = 480 };
  guint n_made_up = 7;

  g_assert_true (xs_journal_make_up (fixture->journal, stunum, jpeg, NULL, &photo, &n_made_up, &error));
  g_assert_no_error (error);
  return n_made_up;
}

/* The log of segment 1, as it is sent. */
static void
read_log (StoreFixture *fixture, XsWireLog *wire_log)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (fixture->journal->db, "SELECT bytes FROM log WHERE segment_id = 1", &error, "");
  gboolean has_row = FALSE;

  g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
  g_autoptr (GBytes) bytes = xs_stmt_bytes (stmt, 0);
  g_assert_true (xs_wire_log_decode (wire_log, bytes, &error));
  g_assert_no_error (error);
}

static guint
n_logs (StoreFixture *fixture)
{
  return (guint) store_count (fixture->journal, "SELECT count (*) FROM log");
}

static guint
close_overdue (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  guint n_closed = 7;

  g_assert_true (xs_journal_close_cut_off (fixture->journal, FALSE, &n_closed, &error));
  g_assert_no_error (error);
  return n_closed;
}

static void
test_made_up (StoreFixture *fixture, gconstpointer unused)
{
  g_auto (XsWireLog) wire_log = { 0 };
  g_autoptr (GError) error = NULL;
  XsPolicy policy;

  xs_wire_log_init (&wire_log);
  store_set_policy (fixture->journal, "22:00");
  study_and_cut_off (fixture);
  g_assert_cmpuint (n_logs (fixture), ==, 0);
  g_assert_cmpuint (close_overdue (fixture), ==, 0);

  xs_clock_fake_advance (fixture->clock, 3600 * SECOND_US);
  g_assert_cmpuint (make_up (fixture, OTHER_STUNUM, 5), ==, 0);
  g_assert_cmpuint (make_up (fixture, STUNUM, 6), ==, 1);
  g_assert_cmpuint (make_up (fixture, STUNUM, 7), ==, 0);
  read_log (fixture, &wire_log);
  const XsTeachingLog *log = &wire_log.log;
  g_assert_cmpint (log->end_reason, ==, XS_SIGN_OUT_MADE_UP);
  g_assert_cmpint (log->end_wall_us, ==, START_US + MORNING_S * SECOND_US);
  g_assert_cmpint (log->credited_s, ==, MORNING_S);
  g_assert_cmpuint (log->photos->len, ==, 2);
  const XsPhotoRecord *photo = &g_array_index (log->photos, XsPhotoRecord, 1);
  g_assert_cmpint (photo->event, ==, XS_PHOTO_SIGN_OUT);
  g_assert_cmpint (photo->wall_us, ==, START_US + (MORNING_S + 3600) * SECOND_US);

  /* By the rules of the national default, which asks for photos that this session has not, it is signed out of. */
  g_auto (XsAuditFacts) facts = { 0 };
  xs_audit_facts_init (&facts);
  xs_policy_default (&policy);
  g_autoptr (XsAudit) audit = xs_audit_log (log, &policy, &facts);
  for (guint i = 0; i < audit->breaches->len; i++)
    g_assert_cmpint (g_array_index (audit->breaches, XsBreach, i).rule, !=, XS_RULE_NO_SIGN_OUT);

  g_autoptr (GArray) told = xs_journal_take_interrupted (fixture->journal, STUNUM, &error);
  g_assert_cmpuint (told->len, ==, 1);
  g_assert_true (g_array_index (told, XsInterrupted, 0).made_up);
}

/* Killed between photo and log: the next attempt goes on, and the end stays where it was. */
static void
test_made_up_half (StoreFixture *fixture, gconstpointer unused)
{
  g_auto (XsWireLog) wire_log = { 0 };
  XsSessionHandle handle = { 1, 1, 1 };
  guint n_closed;
  g_autoptr (GError) error = NULL;

  xs_wire_log_init (&wire_log);
  store_set_policy (fixture->journal, "22:00");
  study_and_cut_off (fixture);
  xs_clock_fake_advance (fixture->clock, 3600 * SECOND_US);
  g_autoptr (GBytes) jpeg = store_jpeg (9, 900);
  XsPhotoRecord photo = { .event = XS_PHOTO_SIGN_OUT,
                          .wall_us = xs_clock_wall_us (fixture->clock),
                          .match = NAN,
                          .width_px = 640,
                          .height_px = 480 };
  g_assert_true (xs_journal_add_photo (fixture->journal, &handle, jpeg, &photo, &error));
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_recover (fixture->journal, &n_closed, &error));
  g_assert_cmpuint (n_closed, ==, 0);

  g_assert_cmpuint (make_up (fixture, STUNUM, 6), ==, 1);
  read_log (fixture, &wire_log);
  g_assert_cmpint (wire_log.log.end_wall_us, ==, START_US + MORNING_S * SECOND_US);
  g_assert_cmpuint (wire_log.log.photos->len, ==, 3);
}

/* 22:00 comes first, in the running kiosk and in one that was off meanwhile. */
static void
test_too_late (StoreFixture *fixture, gconstpointer unused)
{
  gint64 until_us = 0;
  g_auto (XsWireLog) wire_log = { 0 };
  g_autoptr (GError) error = NULL;

  xs_wire_log_init (&wire_log);
  store_set_policy (fixture->journal, "22:00");
  study_and_cut_off (fixture);
  g_assert_true (xs_journal_get_make_up_until (fixture->journal, START_US, &until_us, &error));
  g_assert_cmpint (until_us, ==, START_US + 13 * 3600 * SECOND_US);
  xs_clock_fake_advance (fixture->clock, until_us - xs_clock_wall_us (fixture->clock) - 1);
  g_assert_cmpuint (close_overdue (fixture), ==, 0);
  xs_clock_fake_advance (fixture->clock, 1);
  g_assert_cmpuint (close_overdue (fixture), ==, 1);
  g_assert_cmpuint (make_up (fixture, STUNUM, 6), ==, 0);
  read_log (fixture, &wire_log);
  g_assert_cmpint (wire_log.log.end_reason, ==, XS_SIGN_OUT_INTERRUPTED);
  g_assert_cmpint (wire_log.log.end_wall_us, ==, START_US + MORNING_S * SECOND_US);
}

static void
test_back_too_late (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gboolean is_closed = TRUE;

  store_set_policy (fixture->journal, "22:00");
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_assert_true (
    xs_journal_cut_off (fixture->journal, &handle, XS_SIGN_OUT_ABSENCE, START_US + SECOND_US, &is_closed, &error));
  g_assert_no_error (error);
  g_assert_false (is_closed);
  xs_clock_fake_advance (fixture->clock, 24 * 3600 * SECOND_US);
  g_assert_cmpuint (make_up (fixture, STUNUM, 6), ==, 0);
  g_assert_cmpuint (n_logs (fixture), ==, 1);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM segment WHERE end_reason = 'absence'"), ==, 1);

  /* The screen told it to an empty chair. */
  g_autoptr (GArray) told = xs_journal_take_interrupted (fixture->journal, STUNUM, &error);
  g_assert_cmpuint (told->len, ==, 1);
  g_assert_false (g_array_index (told, XsInterrupted, 0).made_up);
}

/* The PC starts with the clock of the factory: a photo from before the end signs out of nothing. */
static void
test_clock_back (StoreFixture *fixture, gconstpointer unused)
{
  store_set_policy (fixture->journal, "22:00");
  study_and_cut_off (fixture);
  xs_clock_fake_step_wall (fixture->clock, -100000 * SECOND_US);
  g_assert_cmpuint (make_up (fixture, STUNUM, 6), ==, 0);
  g_assert_cmpuint (n_logs (fixture), ==, 0);
  xs_clock_fake_step_wall (fixture->clock, 103600 * SECOND_US);
  g_assert_cmpuint (make_up (fixture, STUNUM, 7), ==, 1);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM segment WHERE end_reason = 'made_up'"), ==, 1);
}

/* A session that runs is none that was cut off, and where policy says never, none waits. */
static void
test_not_cut_off (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gboolean is_closed = FALSE;

  store_set_policy (fixture->journal, "22:00");
  store_begin (fixture->journal, fixture->clock, STUNUM);
  g_assert_cmpuint (make_up (fixture, STUNUM, 6), ==, 0);
  g_assert_cmpuint (close_overdue (fixture), ==, 0);
  g_assert_cmpuint (n_logs (fixture), ==, 0);

  store_set_policy (fixture->journal, "");
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, OTHER_STUNUM);
  g_assert_true (
    xs_journal_cut_off (fixture->journal, &handle, XS_SIGN_OUT_ABSENCE, START_US + SECOND_US, &is_closed, &error));
  g_assert_no_error (error);
  g_assert_true (is_closed);
}

/* What the kiosk knows beside a log: the others of these days, whoever's, and the learner's photos. */
static void
test_facts (StoreFixture *fixture, gconstpointer unused)
{
  g_auto (XsAuditFacts) facts = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 later_us = START_US + 3600 * SECOND_US;

  XsSessionHandle first = store_begin (fixture->journal, fixture->clock, STUNUM);
  XsPhotoRecord seen = store_photo (fixture->journal, &first, XS_PHOTO_SIGN_IN, 1);
  g_assert_true (store_progress (fixture->journal, &first, 150, &error));
  store_close (fixture->journal, &first, XS_SIGN_OUT_BY_LEARNER, START_US + 150 * SECOND_US, FALSE);
  XsSessionHandle other = store_begin (fixture->journal, fixture->clock, OTHER_STUNUM);
  store_photo (fixture->journal, &other, XS_PHOTO_SIGN_IN, 2);
  xs_clock_fake_advance (fixture->clock, 3600 * SECOND_US);
  XsSessionHandle own = store_begin (fixture->journal, fixture->clock, STUNUM);
  store_photo (fixture->journal, &own, XS_PHOTO_SIGN_IN, 3);

  xs_audit_facts_init (&facts);
  g_assert_true (xs_journal_get_audit_facts (fixture->journal, STUNUM, later_us, &own, &facts, &error));
  g_assert_no_error (error);
  g_assert_cmpint (facts.now_wall_us, ==, later_us);
  g_assert_cmpuint (facts.others->len, ==, 2);
  const XsOtherLog *log = &g_array_index (facts.others, XsOtherLog, 0);
  g_assert_cmpstr (log->stunum, ==, STUNUM);
  g_assert_cmpstr (log->devnum, ==, DEVNUM);
  g_assert_cmpstr (log->recnum, ==, "00001");
  g_assert_cmpint (log->start_wall_us, ==, START_US);
  g_assert_cmpint (log->end_wall_us, ==, START_US + 150 * SECOND_US);
  g_assert_cmpint (log->credited_min[0], ==, 2);
  g_assert_cmpint (log->credited_min[1], ==, 0);
  g_assert_cmpstr (g_array_index (facts.others, XsOtherLog, 1).stunum, ==, OTHER_STUNUM);
  g_assert_cmpuint (facts.seen->len, ==, 1);
  g_assert_cmpstr (g_array_index (facts.seen, XsSeenPhoto, 0).sha256, ==, seen.sha256);
  g_assert_cmpstr (g_array_index (facts.seen, XsSeenPhoto, 0).number, ==, seen.number);
}

static void
assert_resumable (StoreFixture *fixture, const char *expected)
{
  char stunum[XS_UNIFIED_DIGITS + 1] = "x";
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_journal_find_resumable (fixture->journal, 600, stunum, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (stunum, ==, expected);
}

/* Who was cut off is known for ten minutes, and to nobody once they, or somebody else, signed out here. */
static void
test_resumable (StoreFixture *fixture, gconstpointer unused)
{
  store_set_policy (fixture->journal, "22:00");
  assert_resumable (fixture, "");
  study_and_cut_off (fixture);
  assert_resumable (fixture, STUNUM);
  xs_clock_fake_advance (fixture->clock, 600 * SECOND_US);
  assert_resumable (fixture, STUNUM);
  xs_clock_fake_step_wall (fixture->clock, -24 * 3600 * SECOND_US);
  assert_resumable (fixture, "");
  xs_clock_fake_step_wall (fixture->clock, 24 * 3600 * SECOND_US);
  xs_clock_fake_advance (fixture->clock, SECOND_US);
  assert_resumable (fixture, "");
  xs_clock_fake_step_wall (fixture->clock, -SECOND_US);

  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, OTHER_STUNUM);
  assert_resumable (fixture, "");
  store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, xs_clock_wall_us (fixture->clock), FALSE);
  assert_resumable (fixture, "");
}

/* So it is where a sign-out cannot be made up, and the log was closed at the start. */
static void
test_resumable_closed (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  guint n_closed;

  store_set_policy (fixture->journal, "");
  (void) store_begin (fixture->journal, fixture->clock, STUNUM);
  assert_resumable (fixture, "");
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_recover (fixture->journal, &n_closed, &error));
  g_assert_cmpuint (n_closed, ==, 1);
  assert_resumable (fixture, STUNUM);
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  store_close (fixture->journal, &handle, XS_SIGN_OUT_ABSENCE, xs_clock_wall_us (fixture->clock), FALSE);
  assert_resumable (fixture, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/cut-off/made-up", test_made_up);
  store_fixture_add_test ("/store/cut-off/resumable", test_resumable);
  store_fixture_add_test ("/store/cut-off/resumable-closed", test_resumable_closed);
  store_fixture_add_test ("/store/cut-off/made-up-half", test_made_up_half);
  store_fixture_add_test ("/store/cut-off/too-late", test_too_late);
  store_fixture_add_test ("/store/cut-off/back-too-late", test_back_too_late);
  store_fixture_add_test ("/store/cut-off/clock-back", test_clock_back);
  store_fixture_add_test ("/store/cut-off/not-cut-off", test_not_cut_off);
  store_fixture_add_test ("/store/cut-off/facts", test_facts);
  return g_test_run ();
}
