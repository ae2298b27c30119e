/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a log tells the audit beside hours and photos: events of the clocks, picture hashes, the excuse. */

#include "store-fixture.h"
#include "xs-wire-log.h"

#include <math.h>

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const XsLogEvent some[] = {
  { XS_LOG_EVENT_SUSPEND, START_US + 4 * SECOND_US, 3600 * SECOND_US },
  { XS_LOG_EVENT_CLOCK_STEP, START_US + 5 * SECOND_US, -7200 * SECOND_US },
  { XS_LOG_EVENT_ZONE_CHANGED, START_US + 5 * SECOND_US, 3600 * SECOND_US },
  { XS_LOG_EVENT_GAP, START_US + 9 * SECOND_US, 2 * SECOND_US },
};

static GArray *
events_new (guint n)
{
  GArray *events = g_array_new (FALSE, TRUE, sizeof (XsLogEvent));

  for (guint i = 0; i < n; i++)
    g_array_append_val (events, some[i % G_N_ELEMENTS (some)]);
  return events;
}

static gboolean
save (XsJournal *journal, const XsSessionHandle *handle, guint n_events, GError **error)
{
  g_autoptr (GArray) minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  g_autoptr (GArray) events = events_new (n_events);
  XsProgress progress = { .wall_us = START_US + SECOND_US, .minutes = minutes, .events = events };

  return xs_journal_save_progress (journal, handle, &progress, error);
}

static void
assert_events (const XsTeachingLog *log, guint n)
{
  g_assert_cmpuint (log->events->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      const XsLogEvent *event = &g_array_index (log->events, XsLogEvent, i);
      g_assert_cmpint (event->kind, ==, some[i].kind);
      g_assert_cmpint (event->wall_us, ==, some[i].wall_us);
      g_assert_cmpint (event->amount_us, ==, some[i].amount_us);
    }
}

/* The newest log as it is stored. */
static void
read_log (XsJournal *journal, XsWireLog *wire_log)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, "SELECT bytes FROM log ORDER BY seq DESC LIMIT 1", &error, "");
  gboolean has_row;

  g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
  g_autoptr (GBytes) bytes = xs_stmt_bytes (stmt, 0);
  xs_wire_log_init (wire_log);
  g_assert_true (xs_wire_log_decode (wire_log, bytes, &error));
  g_assert_no_error (error);
}

/* Each is stored once, however often progress tells of it, and stands in the log of its own segment. */
static void
test_in_log (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  g_autoptr (GError) error = NULL;
  g_auto (XsWireLog) first;
  g_auto (XsWireLog) second;

  for (guint n = 0; n <= 2; n++)
    g_assert_true (save (journal, &handle, n, &error));
  g_assert_true (save (journal, &handle, 2, &error));
  g_assert_true (save (journal, &handle, 4, &error));
  g_assert_no_error (error);
  store_close (journal, &handle, XS_SIGN_OUT_SEGMENT_FULL, START_US + 10 * SECOND_US, TRUE);
  read_log (journal, &first);
  g_assert_cmpint (first.schema, ==, 2);
  assert_events (&first.log, 4);

  store_close (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 11 * SECOND_US, FALSE);
  read_log (journal, &second);
  assert_events (&second.log, 0);
  store_check (journal, &fixture->platform, TRUE);
}

/* What was known of a session that is cut off is in its log. */
static void
test_cut_off (StoreFixture *fixture, gconstpointer unused)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_autoptr (GError) error = NULL;
  g_auto (XsWireLog) wire_log;

  g_assert_true (save (fixture->journal, &handle, 3, &error));
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_recover (fixture->journal, NULL, &error));
  g_assert_no_error (error);
  read_log (fixture->journal, &wire_log);
  g_assert_cmpint (wire_log.log.end_reason, ==, XS_SIGN_OUT_INTERRUPTED);
  assert_events (&wire_log.log, 3);
}

static void
test_too_many (StoreFixture *fixture, gconstpointer unused)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_autoptr (GError) error = NULL;

  g_assert_true (save (fixture->journal, &handle, XS_LOG_EVENTS_MAX, &error));
  g_assert_no_error (error);
  g_assert_false (save (fixture->journal, &handle, XS_LOG_EVENTS_MAX + 1, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static gboolean
add_photo (XsJournal *journal, const XsSessionHandle *handle, const char *hash, GError **error)
{
  g_autoptr (GBytes) jpeg = store_jpeg (1, 2000);
  XsPhotoRecord record = {
    .event = XS_PHOTO_TIMED, .wall_us = START_US, .match = NAN, .width_px = 640, .height_px = 480
  };

  g_strlcpy (record.picture_hash, hash, sizeof record.picture_hash);
  return xs_journal_add_photo (journal, handle, jpeg, &record, error);
}

static void
test_picture_hash (StoreFixture *fixture, gconstpointer unused)
{
  static const char *const bad[] = { "0", "00112233",
                                     "X0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                                     "A0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" };
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  g_autoptr (GError) error = NULL;
  g_auto (XsWireLog) wire_log;

  g_assert_true (add_photo (journal, &handle, HASH, &error));
  g_assert_true (add_photo (journal, &handle, "", &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (add_photo (journal, &handle, bad[i], &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_clear_error (&error);
    }
  store_close (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + SECOND_US, FALSE);
  read_log (journal, &wire_log);
  g_assert_cmpuint (wire_log.log.photos->len, ==, 2);
  g_assert_cmpstr (g_array_index (wire_log.log.photos, XsPhotoRecord, 0).picture_hash, ==, HASH);
  g_assert_cmpstr (g_array_index (wire_log.log.photos, XsPhotoRecord, 1).picture_hash, ==, "");
  store_check (journal, &fixture->platform, TRUE);
}

/* A log says whether its learner was excused when the session began, whatever the register says later. */
static void
test_excused (StoreFixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < 2; i++)
    {
      XsLearner learner = { .stunum = STUNUM, .name = "李", .no_turning = i == 0 };
      g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsLearner));
      g_autoptr (GError) error = NULL;
      g_auto (XsWireLog) wire_log;

      g_array_append_val (learners, learner);
      g_assert_true (xs_journal_set_roster (fixture->journal, learners, NULL, &error));
      XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
      g_array_index (learners, XsLearner, 0).no_turning = i == 1;
      g_assert_true (xs_journal_set_roster (fixture->journal, learners, NULL, &error));
      g_assert_no_error (error);
      store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + SECOND_US, FALSE);
      read_log (fixture->journal, &wire_log);
      g_assert_cmpint (wire_log.log.active_check, ==, i == 1);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/events/in-log", test_in_log);
  store_fixture_add_test ("/store/events/cut-off", test_cut_off);
  store_fixture_add_test ("/store/events/too-many", test_too_many);
  store_fixture_add_test ("/store/events/picture-hash", test_picture_hash);
  store_fixture_add_test ("/store/events/excused", test_excused);
  return g_test_run ();
}
