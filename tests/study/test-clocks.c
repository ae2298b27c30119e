/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What happens to the clocks of a PC while somebody studies: through the session into a real journal, and read again
 * from the signed log. No credit is made, and none lost but the fraction of a second in which nobody was seen.
 */

#include <string.h>

#include "sample-observation.h"
#include "temp-dir.h"
#include "xs-journal-private.h"
#include "xs-minute-record.h"
#include "xs-study-session.h"
#include "xs-wire-log.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define HOUR (3600 * SECOND)
#define FRAME_US (SECOND / 5)
#define STUNUM "3301000000000017"
#define DEVNUM "0000330100000001"
#define SUBJCODE "4001010000"

typedef struct {
  TempDir *dir;
  XsClock *clock;
  XsJournal *journal;
  XsPolicy policy;
  XsSessionHandle handle;
  XsStudySession *session;
  XsFrame *frame;
  XsWireLog wire_log;
  gboolean closed; /* by absence */
  gint64 awake_us; /* studied, all of it in front of the camera */
} Fixture;

static void
on_progress (XsStudySession *session, const XsProgress *progress, gpointer user_data)
{
  Fixture *f = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_journal_save_progress (f->journal, &f->handle, progress, &error));
  g_assert_no_error (error);
}

static void
on_close (XsStudySession *session, XsSignOut reason, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpint (reason, ==, XS_SIGN_OUT_ABSENCE);
  g_assert_false (f->closed);
  f->closed = TRUE;
}

static void
start (Fixture *f, const char *wire)
{
  const XsStudySessionFuncs funcs = { .progress = on_progress, .close = on_close };
  g_autofree char *journal_dir = g_build_filename (f->dir, "journal", NULL);
  XsSealKey key;
  XsIdentity identity = { .devnum = DEVNUM, .inscode = "3301000000000009", .school = "平安驾校" };
  g_autofree char *key_path = g_build_filename (f->dir, "platform-key", NULL);
  g_autoptr (GError) error = NULL;
  gint64 wall_us;

  g_assert_true (xs_wall_from_wire (wire, &wall_us, &error));
  f->clock = xs_clock_fake_new (1000 * SECOND, wall_us);
  f->journal = xs_journal_open (journal_dir, f->clock, &error);
  g_assert_no_error (error);
  g_assert_true (xs_seal_key_load (key_path, &key, &error));
  memcpy (identity.platform_key, key.public_key, XS_KEY_BYTES);
  g_assert_true (xs_journal_set_identity (f->journal, &identity, &error));
  g_assert_true (xs_journal_begin_session (f->journal, STUNUM, SUBJCODE, &f->policy, wall_us, &f->handle, &error));
  g_assert_no_error (error);
  f->session = xs_study_session_new (&f->policy, xs_clock_monotonic_us (f->clock), wall_us, 0, 7, &funcs, f);
  xs_study_session_playback (f->session, xs_clock_monotonic_us (f->clock), XS_PLAYBACK_PLAYING);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  static const guint8 grey[3 * 16 * 9] = { 0 };
  g_autoptr (GBytes) pixels = g_bytes_new_static (grey, sizeof grey);

  f->dir = temp_dir_new ();
  xs_policy_default (&f->policy);
  f->policy.active_check_interval_s = 0;
  f->frame = xs_frame_new (16, 9, 3 * 16, 0, pixels);
  xs_wire_log_init (&f->wire_log);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  xs_wire_log_clear (&f->wire_log);
  xs_study_session_free (f->session);
  xs_journal_close (f->journal);
  xs_clock_unref (f->clock);
  xs_frame_unref (f->frame);
  temp_dir_free (f->dir);
}

static void
look_at_clocks (Fixture *f)
{
  XsClockLook look = xs_clock_look (f->clock);

  xs_study_session_clock (f->session, &look);
}

/* Somebody sits there and watches the lesson for @duration_us. */
static void
study (Fixture *f, gint64 duration_us)
{
  for (gint64 done_us = 0; done_us < duration_us; done_us += FRAME_US)
    {
      look_at_clocks (f);
      XsObservation seen = good (xs_clock_monotonic_us (f->clock));
      seen.thorough = FALSE;
      xs_study_session_observe (f->session, f->frame, &seen);
      xs_clock_fake_advance (f->clock, FRAME_US);
    }
  f->awake_us += duration_us;
}

/* Signs out, and reads the log back as the platform would. */
static const XsTeachingLog *
finish (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  XsProgress progress;

  xs_study_session_get_progress (f->session, &progress);
  on_progress (f->session, &progress, f);
  g_assert_true (
    xs_journal_close_segment (f->journal, &f->handle, XS_SIGN_OUT_BY_LEARNER, progress.wall_us, 0, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (XsStmt) stmt = xs_db_prepare (f->journal->db, "SELECT bytes FROM log", &error, "");
  gboolean has_row;
  g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
  g_autoptr (GBytes) bytes = xs_stmt_bytes (stmt, 0);
  g_assert_true (xs_wire_log_decode (&f->wire_log, bytes, &error));
  g_assert_no_error (error);
  return &f->wire_log.log;
}

/* @n_broken: how often a confirmation could not be joined to the one before. */
static void
assert_credit (Fixture *f, int n_broken)
{
  const GArray *minutes = f->wire_log.log.minutes;
  gint64 credited_us = 0;

  for (guint i = 0; i < minutes->len; i++)
    credited_us += g_array_index (minutes, XsMinuteRecord, i).credited_us;
  g_assert_cmpint (credited_us, ==, f->awake_us - (1 + n_broken) * FRAME_US);
  g_assert_cmpint (f->wire_log.log.credited_s, ==, credited_us / SECOND);
}

static void
assert_event (Fixture *f, guint index, XsLogEventKind kind, gint64 amount_us, const char *time)
{
  const GArray *events = f->wire_log.log.events;

  g_assert_cmpuint (events->len, >, index);
  const XsLogEvent *event = &g_array_index (events, XsLogEvent, index);
  g_autofree char *stamp = xs_wall_to_wire (event->wall_us);
  g_assert_cmpint (event->kind, ==, kind);
  g_assert_cmpint (event->amount_us, ==, amount_us);
  g_assert_cmpstr (stamp, ==, time);
}

static gint64
credit_of_day (Fixture *f, int day)
{
  g_autoptr (GError) error = NULL;
  gint64 today_us;

  g_assert_true (xs_journal_get_credit (f->journal, STUNUM, day, &today_us, NULL, &error));
  g_assert_no_error (error);
  return today_us;
}

static void
assert_minute (Fixture *f, guint index, const char *number, const char *end)
{
  const GArray *minutes = f->wire_log.log.minutes;

  g_assert_cmpuint (minutes->len, >, index);
  const XsMinuteRecord *minute = &g_array_index (minutes, XsMinuteRecord, index);
  g_autofree char *stamp = xs_wall_to_wire (minute->wall_end_us);
  g_assert_cmpstr (minute->number + XS_UNIFIED_DIGITS, ==, number);
  g_assert_cmpstr (stamp, ==, end);
}

static void
test_nothing (Fixture *f, gconstpointer unused)
{
  start (f, "20260105090000");
  study (f, 150 * SECOND);
  g_assert_cmpuint (finish (f)->events->len, ==, 0);
  assert_credit (f, 0);
  g_assert_cmpint (credit_of_day (f, 20260105), ==, f->awake_us - FRAME_US);
}

/* The lid is closed over lunch. What comes after it is stamped with the afternoon. */
static void
test_suspend (Fixture *f, gconstpointer unused)
{
  start (f, "20260105113000");
  study (f, 90 * SECOND);
  xs_clock_fake_suspend (f->clock, 120 * SECOND);
  study (f, 60 * SECOND);
  const XsTeachingLog *log = finish (f);
  g_autofree char *end = xs_wall_to_wire (log->end_wall_us);

  g_assert_false (f->closed);
  g_assert_cmpuint (log->events->len, ==, 1);
  assert_event (f, 0, XS_LOG_EVENT_SUSPEND, 120 * SECOND, "20260105113330");
  assert_credit (f, 1);
  g_assert_cmpstr (end, ==, "20260105113429");
  assert_minute (f, 0, "2601050001", "20260105113100");
  assert_minute (f, 1, "2601050002", "20260105113400");
  assert_minute (f, 2, "2601050003", "20260105113429");
}

/* Longer than anybody may be away: the session ended when the PC fell asleep. */
static void
test_long_suspend (Fixture *f, gconstpointer unused)
{
  start (f, "20260105113000");
  study (f, 90 * SECOND);
  xs_clock_fake_suspend (f->clock, 2 * HOUR);
  study (f, 2 * FRAME_US);
  g_assert_true (f->closed);
  const XsTeachingLog *log = finish (f);
  g_autofree char *end = xs_wall_to_wire (log->end_wall_us);

  assert_event (f, 0, XS_LOG_EVENT_SUSPEND, 2 * HOUR, "20260105133130");
  assert_credit (f, 1);
  g_assert_cmpstr (end, ==, "20260105113130");
}

static void
test_suspend_over_midnight (Fixture *f, gconstpointer unused)
{
  start (f, "20260105235800");
  study (f, 60 * SECOND);
  xs_clock_fake_suspend (f->clock, 240 * SECOND);
  study (f, 30 * SECOND);
  finish (f);
  assert_event (f, 0, XS_LOG_EVENT_SUSPEND, 240 * SECOND, "20260106000300");
  assert_credit (f, 1);
  g_assert_cmpint (credit_of_day (f, 20260105), ==, 60 * SECOND - FRAME_US);
  g_assert_cmpint (credit_of_day (f, 20260106), ==, 30 * SECOND - FRAME_US);
  assert_minute (f, 1, "2601060001", "20260106000329");
}

/* Set by hours and back again, within the day and over midnight: each learner's day keeps what it really was. */
static void
test_step (Fixture *f, gconstpointer hours)
{
  gint64 step_us = GPOINTER_TO_INT (hours) * HOUR;

  start (f, "20260105120000");
  study (f, 60 * SECOND);
  xs_clock_fake_step_wall (f->clock, step_us);
  study (f, 60 * SECOND);
  xs_clock_fake_step_wall (f->clock, -step_us);
  study (f, 60 * SECOND);
  const XsTeachingLog *log = finish (f);

  g_assert_cmpuint (log->events->len, ==, 2);
  g_assert_cmpint (g_array_index (log->events, XsLogEvent, 0).amount_us, ==, step_us);
  assert_event (f, 1, XS_LOG_EVENT_CLOCK_STEP, -step_us, "20260105120200");
  assert_credit (f, 2);
  g_assert_cmpint (credit_of_day (f, 20260105), ==, f->awake_us - 3 * FRAME_US);
  g_assert_cmpuint (log->minutes->len, ==, 3);
  assert_minute (f, 0, "2601050001", "20260105120100");
  assert_minute (f, 2, "2601050003", "20260105120259");
}

/* Set to the next day for good: what was studied before it belongs to the day before. */
static void
test_step_stays (Fixture *f, gconstpointer unused)
{
  start (f, "20260105220000");
  study (f, 60 * SECOND);
  xs_clock_fake_step_wall (f->clock, 3 * HOUR);
  study (f, 30 * SECOND);
  finish (f);
  assert_event (f, 0, XS_LOG_EVENT_CLOCK_STEP, 3 * HOUR, "20260106010100");
  assert_credit (f, 1);
  g_assert_cmpint (credit_of_day (f, 20260105), ==, 60 * SECOND - FRAME_US);
  g_assert_cmpint (credit_of_day (f, 20260106), ==, 30 * SECOND - FRAME_US);
}

/* To a third day: nothing of the one between is left behind, and none of it is lost. */
static void
test_two_steps (Fixture *f, gconstpointer unused)
{
  start (f, "20260105220000");
  study (f, 60 * SECOND);
  xs_clock_fake_step_wall (f->clock, 24 * HOUR);
  study (f, 30 * SECOND);
  xs_clock_fake_step_wall (f->clock, 24 * HOUR);
  study (f, 30 * SECOND);
  g_assert_cmpuint (finish (f)->events->len, ==, 2);
  assert_credit (f, 2);
  g_assert_cmpint (credit_of_day (f, 20260105) + credit_of_day (f, 20260107), ==, f->awake_us - 3 * FRAME_US);
  g_assert_cmpint (credit_of_day (f, 20260106), ==, 0);
}

static void
test_zone (Fixture *f, gconstpointer unused)
{
  start (f, "20260105090000");
  study (f, 60 * SECOND);
  xs_clock_fake_set_zone (f->clock, -5 * HOUR);
  study (f, 60 * SECOND);
  const XsTeachingLog *log = finish (f);
  g_autofree char *end = xs_wall_to_wire (log->end_wall_us);

  g_assert_cmpuint (log->events->len, ==, 1);
  assert_event (f, 0, XS_LOG_EVENT_ZONE_CHANGED, -13 * HOUR, "20260105090100");
  assert_credit (f, 0);
  g_assert_cmpstr (end, ==, "20260105090159");
}

/* The program stood still, as in a debugger or on a machine that swaps: nobody was seen meanwhile. */
static void
test_gap (Fixture *f, gconstpointer unused)
{
  start (f, "20260105090000");
  study (f, 60 * SECOND);
  xs_clock_fake_advance (f->clock, 20 * SECOND);
  study (f, 60 * SECOND);
  g_assert_cmpuint (finish (f)->events->len, ==, 1);
  assert_event (f, 0, XS_LOG_EVENT_GAP, 20 * SECOND + FRAME_US, "20260105090120");
  assert_credit (f, 1);
}

static void
test_midnight (Fixture *f, gconstpointer unused)
{
  start (f, "20260105235900");
  study (f, 150 * SECOND);
  g_assert_cmpuint (finish (f)->events->len, ==, 0);
  assert_credit (f, 0);
  g_assert_cmpint (credit_of_day (f, 20260105), ==, 60 * SECOND);
  g_assert_cmpint (credit_of_day (f, 20260106), ==, 90 * SECOND - FRAME_US);
  assert_minute (f, 0, "2601050001", "20260106000000");
  assert_minute (f, 1, "2601060001", "20260106000100");
  assert_minute (f, 2, "2601060002", "20260106000129");
}

/* UTC's leap seconds come at 07:59:60 in China; Unix time shows 07:59:59 twice. */
static void
test_leap_second (Fixture *f, gconstpointer unused)
{
  start (f, "20170101075930");
  study (f, 30 * SECOND);
  xs_clock_fake_step_wall (f->clock, -SECOND);
  study (f, 30 * SECOND);
  const XsTeachingLog *log = finish (f);
  g_autofree char *end = xs_wall_to_wire (log->end_wall_us);

  g_assert_cmpuint (log->events->len, ==, 0);
  assert_credit (f, 0);
  g_assert_cmpstr (end, ==, "20170101080029");
}

/* A second that is repeated just after midnight: the day comes, goes and comes again. */
static void
test_midnight_twice (Fixture *f, gconstpointer unused)
{
  start (f, "20260105235930");
  study (f, 30 * SECOND + 2 * FRAME_US);
  xs_clock_fake_step_wall (f->clock, -SECOND);
  study (f, 30 * SECOND - 2 * FRAME_US);
  g_assert_cmpuint (finish (f)->events->len, ==, 0);
  assert_credit (f, 0);
  gint64 before_us = credit_of_day (f, 20260105);
  g_assert_cmpint (before_us, >=, 30 * SECOND);
  g_assert_cmpint (before_us, <=, 31 * SECOND);
  g_assert_cmpint (before_us + credit_of_day (f, 20260106), ==, f->awake_us - FRAME_US);
}

/* A clock that is set all the time fills no log beyond what the platform takes, and earns nothing. */
static void
test_always_stepping (Fixture *f, gconstpointer unused)
{
  int n = XS_LOG_EVENTS_MAX + 20;

  start (f, "20260105090000");
  for (int i = 0; i < n; i++)
    {
      study (f, SECOND);
      xs_clock_fake_step_wall (f->clock, (i % 2 == 0 ? 1 : -1) * HOUR);
    }
  study (f, SECOND);
  g_assert_cmpuint (finish (f)->events->len, ==, XS_LOG_EVENTS_MAX);
  assert_credit (f, n);
}

/* Beyond what people's JSON readers take, and before 1970: the log still can be sent. */
static void
test_far_away (Fixture *f, gconstpointer unused)
{
  start (f, "20260105090000");
  study (f, 10 * SECOND);
  xs_clock_fake_step_wall (f->clock, 300 * 365 * 24 * HOUR);
  study (f, 10 * SECOND);
  xs_clock_fake_step_wall (f->clock, -300 * 365 * 24 * HOUR);
  study (f, 10 * SECOND);
  g_assert_cmpuint (finish (f)->events->len, ==, 2);
  assert_event (f, 1, XS_LOG_EVENT_CLOCK_STEP, -XS_LOG_EVENT_AMOUNT_MAX_US, "20260105090020");
  assert_credit (f, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name_, func_, data_)                                                                                       \
  g_test_add ("/study/clocks/" name_, Fixture, GINT_TO_POINTER (data_), set_up, func_, tear_down)
  ADD ("nothing", test_nothing, 0);
  ADD ("suspend", test_suspend, 0);
  ADD ("long-suspend", test_long_suspend, 0);
  ADD ("suspend-over-midnight", test_suspend_over_midnight, 0);
  ADD ("forward", test_step, 3);
  ADD ("back", test_step, -3);
  ADD ("forward-over-midnight", test_step, 13);
  ADD ("back-over-midnight", test_step, -14);
  ADD ("step-stays", test_step_stays, 0);
  ADD ("two-steps", test_two_steps, 0);
  ADD ("zone", test_zone, 0);
  ADD ("gap", test_gap, 0);
  ADD ("midnight", test_midnight, 0);
  ADD ("leap-second", test_leap_second, 0);
  ADD ("midnight-twice", test_midnight_twice, 0);
  ADD ("always-stepping", test_always_stepping, 0);
  ADD ("far-away", test_far_away, 0);
  return g_test_run ();
}
