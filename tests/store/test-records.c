/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem() */

/* What learners see of their hours, their own copies of photos, and what they have against a log. */

#include "store-fixture.h"
#include "xs-records.h"
#include "xs-wire-appeal.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAY_US (24 * 3600 * SECOND_US)

/* A session of @seconds on day @day_offset, with as many photos, each with a copy. Returns: the seq of its log. */
static gint64
add_log (StoreFixture *f, const char *stunum, int day_offset, int seconds, guint n_photos)
{
  gint64 start_us =
    START_US + day_offset * DAY_US + 10 * MINUTE_US * store_count (f->journal, "SELECT count (*) FROM log");
  g_autoptr (GArray) minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle;
  XsPolicy policy;

  xs_policy_default (&policy);
  g_assert_true (xs_journal_begin_session (f->journal, stunum, SUBJCODE, &policy, start_us, &handle, &error));
  for (int begun = 0; begun < seconds; begun += 60)
    {
      int in_minute = MIN (seconds - begun, 60);
      XsMinuteRecord minute = { .wall_end_us = start_us + (begun + in_minute) * SECOND_US,
                                .credited_us = in_minute * SECOND_US,
                                .normal = in_minute >= 45 };
      g_array_append_val (minutes, minute);
    }
  XsProgress progress = { .credited_us = seconds * SECOND_US,
                          .wall_us = start_us + seconds * SECOND_US,
                          .minutes = minutes,
                          .days = { { xs_wall_day (start_us), seconds * SECOND_US } } };
  g_assert_true (xs_journal_save_progress (f->journal, &handle, &progress, &error));
  for (guint i = 0; i < n_photos; i++)
    {
      static guint32 seed;
      g_autoptr (GBytes) jpeg = store_jpeg (++seed, 2500);
      g_autoptr (GBytes) own = store_jpeg (1000 + seed, 3000);
      XsPhotoRecord record = { .event = i == 0              ? XS_PHOTO_SIGN_IN
                                        : i + 1 == n_photos ? XS_PHOTO_SIGN_OUT
                                                            : XS_PHOTO_TIMED,
                               .wall_us = start_us + (n_photos > 1 ? seconds * SECOND_US * i / (n_photos - 1) : 0),
                               .match = 0.6,
                               .width_px = 640,
                               .height_px = 480 };
      g_assert_true (xs_journal_add_photo_with_copy (f->journal, &handle, jpeg, own, &record, &error));
    }
  store_close (f->journal, &handle, XS_SIGN_OUT_BY_LEARNER, start_us + seconds * SECOND_US, FALSE);
  return store_count (f->journal, "SELECT max (seq) FROM log");
}

static void
test_days (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  for (int day = 0; day < 5; day++)
    {
      add_log (f, STUNUM, day, 60 + day, 0);
      add_log (f, STUNUM, day, 60, 0);
      add_log (f, OTHER_STUNUM, day, 1000, 0);
    }
  g_autoptr (GArray) newest = xs_records_list_days (f->journal, STUNUM, 0, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (newest->len, ==, 3);
  const XsRecordDay *days = (const XsRecordDay *) newest->data;
  g_assert_cmpint (days[0].day, ==, 20260305);
  g_assert_cmpint (days[0].credited_us, ==, 124 * SECOND_US);
  g_assert_cmpuint (days[0].n_logs, ==, 2);
  g_assert_cmpint (days[2].day, ==, 20260303);

  /* The next page begins where this one ends. */
  g_autoptr (GArray) rest = xs_records_list_days (f->journal, STUNUM, days[2].day, 100, &error);
  g_assert_cmpuint (rest->len, ==, 2);
  g_assert_cmpint (g_array_index (rest, XsRecordDay, 1).day, ==, DAY);
  g_autoptr (GArray) nobody = xs_records_list_days (f->journal, "3301000000000033", 0, 100, &error);
  g_assert_cmpuint (nobody->len, ==, 0);
}

/* Of all states there are. */
static void
test_logs (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gint64 good = add_log (f, STUNUM, 0, 900, 3);
  gint64 received = add_log (f, STUNUM, 0, 60, 0);
  gint64 refused = add_log (f, STUNUM, 0, 61, 0);
  XsSessionHandle open = store_begin (f->journal, f->clock, STUNUM);
  g_autofree char *settle =
    g_strdup_printf ("UPDATE outbox SET state = 'acked' WHERE log_seq = %d; UPDATE outbox SET state = 'rejected',"
                     " reason = 'unknown_learner', message = 'No such learner' WHERE log_seq = %d",
                     (int) received, (int) refused);

  g_assert_true (xs_db_exec (f->journal->db, settle, &error));
  g_assert_true (store_progress (f->journal, &open, 30, &error));
  g_autoptr (GArray) list = xs_records_list_logs (f->journal, STUNUM, DAY, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 4);

  const XsRecordLog *logs = (const XsRecordLog *) list->data;
  const XsRecordLog *running = &logs[0]; /* both began at START_US */
  const XsRecordLog *first = &logs[1];
  if (running->seq != 0)
    {
      running = &logs[1];
      first = &logs[0];
    }
  g_assert_cmpint (running->seq, ==, 0);
  g_assert_cmpint (running->credited_us, ==, 30 * SECOND_US);
  g_assert_cmpint (running->sent, ==, XS_SENT_NOTHING);
  g_assert_false (running->judged);
  g_assert_false (running->cut_off);
  g_assert_cmpint (first->seq, ==, good);
  g_assert_cmpint (first->sent, ==, XS_SENT_WAITING);
  g_assert_cmpint (first->credited_us, ==, 900 * SECOND_US);
  g_assert_cmpint (first->day_us, ==, 900 * SECOND_US);
  g_assert_cmpint (first->appeal.sent, ==, XS_SENT_NOTHING);
  g_assert_true (first->judged);
  g_assert_cmpuint (first->claimed_min, ==, 15);
  g_assert_cmpstr (first->subjcode, ==, SUBJCODE);
  g_assert_cmpint (logs[2].seq, ==, received);
  g_assert_cmpint (logs[2].sent, ==, XS_SENT_RECEIVED);
  /* No photos, and far too short. */
  g_assert_cmpint (logs[2].verdict, ==, XS_VERDICT_VOID);
  g_assert_cmpuint (logs[2].credited_min, ==, 0);
  g_assert_cmpint (logs[3].sent, ==, XS_SENT_REFUSED);
  g_assert_cmpstr (logs[3].refusal, ==, "unknown_learner");
  g_assert_cmpstr (logs[3].message, ==, "No such learner");
}

/* By the same engine, with the same facts, as the study judges the log when it closes it. */
static void
test_verdict (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (XsAuditFacts) facts = { 0 };
  gint64 seq = add_log (f, STUNUM, 0, 900, 2);
  g_autoptr (XsRecord) record = xs_records_read (f->journal, STUNUM, seq, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (record->log.photos->len, ==, 2);
  g_assert_cmpuint (record->log.minutes->len, ==, 15);
  g_assert_cmpuint (g_hash_table_size (record->own_photos), ==, 2);
  g_assert_false (record->policy_changed);

  XsSessionHandle own = { .segment_id = record->head.segment_id };
  xs_audit_facts_init (&facts);
  g_assert_true (xs_journal_get_audit_facts (f->journal, STUNUM, record->log.start_wall_us, &own, &facts, &error));
  g_autoptr (XsAudit) expected = xs_audit_log (&record->log, &record->policy, &facts);
  g_assert_cmpint (record->audit->verdict, ==, expected->verdict);
  g_assert_cmpuint (record->audit->credited_min, ==, expected->credited_min);
  g_assert_cmpuint (record->audit->breaches->len, ==, expected->breaches->len);
  g_assert_cmpint (record->head.verdict, ==, expected->verdict);

  /* Nobody else's. */
  g_assert_null (xs_records_read (f->journal, OTHER_STUNUM, seq, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

static void
test_other_policy (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gint64 seq = add_log (f, STUNUM, 0, 900, 2);

  store_set_policy (f->journal, "24:00");
  g_autoptr (XsRecord) same = xs_records_read (f->journal, STUNUM, seq, &error);
  g_assert_no_error (error);
  g_assert_false (same->policy_changed);
  g_assert_true (xs_db_exec (f->journal->db, "UPDATE policy SET json = json_set (json, '$.version', 99)", &error));
  g_autoptr (XsRecord) other = xs_records_read (f->journal, STUNUM, seq, &error);
  g_assert_no_error (error);
  g_assert_true (other->policy_changed);
}

/* A log whose bytes are damaged takes no other away, and says nothing of itself. */
static void
test_damaged_log (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  add_log (f, STUNUM, 0, 600, 0);
  gint64 damaged = add_log (f, STUNUM, 0, 600, 0);
  g_assert_true (xs_db_exec (f->journal->db,
                             "DROP TRIGGER log_signed; UPDATE log SET bytes = zeroblob (100) WHERE seq = 2", &error));
  g_autoptr (GArray) logs = xs_records_list_logs (f->journal, STUNUM, DAY, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (logs->len, ==, 2);
  g_assert_true (g_array_index (logs, XsRecordLog, 0).judged);
  g_assert_false (g_array_index (logs, XsRecordLog, 1).judged);
  g_assert_null (xs_records_read (f->journal, STUNUM, damaged, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

/* A log that brought nothing has its day all the same. */
static void
test_nothing_credited (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle = store_begin (f->journal, f->clock, STUNUM);

  store_close (f->journal, &handle, XS_SIGN_OUT_INTERRUPTED, START_US, FALSE);
  g_autoptr (GArray) days = xs_records_list_days (f->journal, STUNUM, 0, 10, &error);
  g_assert_cmpuint (days->len, ==, 1);
  g_assert_cmpint (g_array_index (days, XsRecordDay, 0).credited_us, ==, 0);
  g_autoptr (GArray) logs = xs_records_list_logs (f->journal, STUNUM, DAY, &error);
  g_assert_cmpuint (logs->len, ==, 1);
  store_check (f->journal, &f->platform, FALSE);
}

static void
assert_plan (XsJournal *journal, const char *sql, const char *forbidden)
{
  g_autoptr (GRegex) parameter = g_regex_new ("\\?[0-9]", 0, 0, NULL);
  g_autofree char *bound = g_regex_replace_literal (parameter, sql, -1, 0, "1", 0, NULL);
  g_autofree char *explain = g_strconcat ("EXPLAIN QUERY PLAN ", bound, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, explain, &error, "");
  gboolean ok;

  g_assert_no_error (error);
  while (xs_stmt_next (stmt, &ok, &error))
    {
      g_test_message ("%s", xs_stmt_string (stmt, 3));
      g_assert_null (strstr (xs_stmt_string (stmt, 3), forbidden));
      g_assert_null (strstr (xs_stmt_string (stmt, 3), "TEMP B-TREE FOR GROUP"));
    }
}

/* However much others have studied. */
static void
test_no_walk (StoreFixture *f, gconstpointer unused)
{
  assert_plan (f->journal, XS_RECORDS_DAYS_SQL, "SCAN");
  assert_plan (f->journal, XS_RECORDS_LOGS_SQL, "SCAN");
  assert_plan (f->journal, XS_RECORDS_ONE_LOG_SQL, "SCAN");
}

/* Copies of photos */

static void
set_wall (StoreFixture *f, gint64 wall_us)
{
  xs_clock_fake_step_wall (f->clock, wall_us - xs_clock_wall_us (f->clock));
}

static void
test_own_photo (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) thumbnail = store_jpeg (4, 3000);
  g_autoptr (GBytes) large = store_jpeg (4, XS_OWN_PHOTO_MAX_BYTES + 1);
  g_autoptr (GBytes) jpeg = store_jpeg (5, 3000);
  XsSessionHandle handle = store_begin (f->journal, f->clock, STUNUM);
  XsPhotoRecord record = store_photo_with_copy (f->journal, &handle, 1, thumbnail);
  XsPhotoRecord plain = store_photo (f->journal, &handle, XS_PHOTO_TIMED, 2);
  g_autoptr (GBytes) back = xs_journal_get_own_photo (f->journal, STUNUM, record.number, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (back, thumbnail));
  g_assert_null (xs_journal_get_own_photo (f->journal, OTHER_STUNUM, record.number, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (xs_journal_get_own_photo (f->journal, STUNUM, plain.number, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (xs_journal_get_own_photo (f->journal, STUNUM, "1 OR 1", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_journal_add_photo_with_copy (f->journal, &handle, jpeg, large, &plain, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  store_check (f->journal, &f->platform, FALSE);
}

static void
assert_nowhere (const char *dir, GBytes *sealed)
{
  g_autoptr (GDir) folder = g_dir_open (dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);
      g_autofree char *contents = NULL;
      gsize length;
      if (!g_str_has_prefix (name, "journal.db") || !g_file_get_contents (path, &contents, &length, NULL))
        continue;
      if (memmem (contents, length, (const guint8 *) g_bytes_get_data (sealed, NULL) + 100, 32) != NULL)
        {
          g_test_message ("found in %s", path);
          g_test_fail ();
        }
    }
}

/* After the policy's days they are gone, from the file and from its copy; a start does it, and so does every call. */
static void
test_own_photos_go (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sealed = NULL;
  gboolean has_row;
  guint n_dropped;

  add_log (f, STUNUM, 0, 60, 1);
  add_log (f, STUNUM, 3, 60, 1);
  {
    g_autoptr (XsStmt) stmt =
      xs_db_prepare (f->journal->db, "SELECT sealed FROM own_photo ORDER BY number", &error, "");
    g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
    sealed = xs_stmt_bytes (stmt, 0);
  }
  xs_journal_wait_for_backup (f->journal);
  set_wall (f, START_US + 7 * DAY_US - SECOND_US);
  g_assert_true (xs_journal_drop_own_photos (f->journal, &n_dropped, &error));
  g_assert_cmpuint (n_dropped, ==, 0);
  set_wall (f, START_US + 7 * DAY_US + SECOND_US);
  store_fixture_reopen (f);
  store_recover (f->journal);
  g_assert_cmpint (store_count (f->journal, "SELECT count (*) FROM own_photo"), ==, 1);
  g_assert_cmpint (store_count (f->journal, "SELECT count (*) FROM photo"), ==, 2);
  set_wall (f, START_US + 11 * DAY_US);
  g_assert_true (xs_journal_drop_own_photos (f->journal, &n_dropped, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_dropped, ==, 1);
  xs_journal_wait_for_backup (f->journal);
  store_fixture_reopen (f);
  assert_nowhere (xs_journal_get_dir (f->journal), sealed);
}

/* Clocks of kiosks: one that was never set removes nothing, one that was years ahead keeps nothing for years. */
static void
test_own_photos_and_clocks (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  guint n_dropped;

  add_log (f, STUNUM, 0, 60, 1);
  add_log (f, STUNUM, 4000, 60, 1);
  set_wall (f, 0);
  g_assert_true (xs_journal_drop_own_photos (f->journal, &n_dropped, &error));
  g_assert_cmpuint (n_dropped, ==, 0);
  set_wall (f, START_US + DAY_US);
  g_assert_true (xs_journal_drop_own_photos (f->journal, &n_dropped, &error));
  g_assert_cmpuint (n_dropped, ==, 1);
  g_assert_cmpint (store_count (f->journal, "SELECT min (number) FROM own_photo"), ==, 1);
}

/* Appeals */

static XsOutboxItem *
due_appeal (StoreFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) due = xs_outbox_list_due (f->journal, xs_clock_wall_us (f->clock), 100, &error);
  XsOutboxItem *found = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < due->len; i++)
    {
      XsOutboxItem *item = g_ptr_array_index (due, i);
      if (item->kind != XS_OUTBOX_APPEAL)
        continue;
      g_assert_null (found);
      found = g_memdup2 (item, sizeof *item);
      g_bytes_ref (found->signature);
    }
  return found;
}

static void
test_appeal (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gint64 seq = add_log (f, STUNUM, 0, 600, 0);
  XsAppeal appeal;

  g_assert_false (xs_journal_appeal (f->journal, OTHER_STUNUM, seq, XS_APPEAL_PC, "", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (xs_journal_appeal (f->journal, STUNUM, seq, XS_APPEAL_PC, "two\nlines", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (due_appeal (f));
  g_assert_true (xs_journal_appeal (f->journal, STUNUM, seq, XS_APPEAL_PC, "停电了", &error));
  g_assert_no_error (error);

  g_autoptr (XsOutboxItem) item = due_appeal (f);
  g_autoptr (GBytes) bytes = xs_outbox_read (f->journal, item, &error);
  g_assert_no_error (error);
  g_assert_cmpint (item->seq, ==, seq);
  g_assert_true (xs_verify (xs_journal_get_sign_key (f->journal)->public_key, g_bytes_get_data (bytes, NULL),
                            g_bytes_get_size (bytes), g_bytes_get_data (item->signature, NULL)));
  g_assert_true (xs_wire_appeal_decode (&appeal, bytes, &error));
  g_assert_cmpstr (appeal.stunum, ==, STUNUM);
  g_assert_cmpstr (appeal.devnum, ==, DEVNUM);
  g_assert_cmpstr (appeal.inscode, ==, INSCODE);
  g_assert_cmpstr (appeal.recnum, ==, "00001");
  g_assert_cmpint (appeal.seq, ==, seq);
  g_assert_cmpint (appeal.reason, ==, XS_APPEAL_PC);
  g_assert_cmpstr (appeal.comment, ==, "停电了");

  /* Once, whatever is said later. */
  g_assert_false (xs_journal_appeal (f->journal, STUNUM, seq, XS_APPEAL_OTHER, "", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (xs_db_exec (f->journal->db, "UPDATE appeal SET comment = 'no'", &error));
  g_clear_error (&error);
  g_assert_false (xs_db_exec (f->journal->db, "DELETE FROM appeal", &error));
  g_clear_error (&error);
  store_check (f->journal, &f->platform, TRUE);
}

static XsRecordAppeal
read_appeal (StoreFixture *f, gint64 seq)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsRecord) record = xs_records_read (f->journal, STUNUM, seq, &error);

  g_assert_no_error (error);
  return record->head.appeal;
}

static void
test_appeal_states (StoreFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gint64 first = add_log (f, STUNUM, 0, 600, 0);
  gint64 second = add_log (f, STUNUM, 0, 600, 0);
  XsOutboxStatus status;

  g_assert_cmpint (read_appeal (f, first).sent, ==, XS_SENT_NOTHING);
  g_assert_true (xs_journal_appeal (f->journal, STUNUM, first, XS_APPEAL_OTHER, "x", &error));
  XsRecordAppeal waiting = read_appeal (f, first);
  g_assert_cmpint (waiting.sent, ==, XS_SENT_WAITING);
  g_assert_cmpint (waiting.reason, ==, XS_APPEAL_OTHER);
  g_assert_cmpstr (waiting.comment, ==, "x");
  g_assert_cmpint (waiting.wall_us, ==, xs_clock_wall_us (f->clock));
  {
    g_autoptr (XsOutboxItem) item = due_appeal (f);
    g_assert_true (xs_outbox_acknowledge (f->journal, item->id, &error));
  }
  g_assert_cmpint (read_appeal (f, first).sent, ==, XS_SENT_RECEIVED);
  g_assert_true (xs_journal_appeal (f->journal, STUNUM, second, XS_APPEAL_OTHER, "", &error));
  {
    g_autoptr (XsOutboxItem) item = due_appeal (f);
    g_assert_true (xs_outbox_reject (f->journal, item->id, "conflict", "There is another", &error));
  }
  XsRecordAppeal refused = read_appeal (f, second);
  g_assert_cmpint (refused.sent, ==, XS_SENT_REFUSED);
  g_assert_cmpstr (refused.message, ==, "There is another");
  g_assert_true (xs_outbox_get_status (f->journal, &status, &error));
  g_assert_cmpuint (status.appeals_sent, ==, 1);
  g_assert_cmpuint (status.appeals_rejected, ==, 1);
  g_assert_cmpuint (status.appeals_waiting, ==, 0);
}

G_NORETURN static void
run_child (const char *dir)
{
  g_autoptr (XsClock) clock = xs_clock_fake_new (0, START_US);
  g_autoptr (XsJournal) journal = xs_journal_open (dir, clock, NULL);

  for (gint64 seq = 1;; seq++)
    {
      /* Its own letter for each that is on disk; there is no end but the kill. */
      if (journal == NULL || !xs_journal_appeal (journal, STUNUM, seq, XS_APPEAL_CAMERA, "", NULL)
          || write (STDOUT_FILENO, "a", 1) != 1)
        raise (SIGKILL);
    }
}

/* Killed at any moment: each appeal that was told is there, at most one more, and each with its entry in the outbox. */
static void
test_appeal_killed (StoreFixture *f, gconstpointer unused)
{
  g_autofree char *dir = g_strdup (xs_journal_get_dir (f->journal));
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const int n_logs = 40;
  gint64 told = 0;
  char letter;
  int status, ends[2];

  for (int i = 0; i < n_logs; i++)
    add_log (f, STUNUM, 0, 60, 0);
  g_clear_pointer (&f->journal, xs_journal_close);
  g_assert_cmpint (pipe (ends), ==, 0);
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      dup2 (ends[1], STDOUT_FILENO);
      close (ends[0]);
      close (ends[1]);
      execl (self, self, "--child", dir, NULL);
      _exit (127);
    }
  close (ends[1]);
  int enough = g_test_rand_int_range (1, n_logs / 2);
  while (read (ends[0], &letter, 1) == 1)
    {
      told++;
      if (told == enough)
        g_assert_cmpint (kill (child, SIGKILL), ==, 0);
    }
  close (ends[0]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  store_fixture_reopen (f);
  gint64 stored = store_count (f->journal, "SELECT count (*) FROM appeal");
  g_test_message ("%d told, %d stored", (int) told, (int) stored);
  g_assert_cmpint (stored, >=, told);
  g_assert_cmpint (stored, <=, told + 1);
  store_check (f->journal, &f->platform, TRUE);
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--child"))
    run_child (argv[2]);

  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/records/days", test_days);
  store_fixture_add_test ("/store/records/logs", test_logs);
  store_fixture_add_test ("/store/records/verdict", test_verdict);
  store_fixture_add_test ("/store/records/other-policy", test_other_policy);
  store_fixture_add_test ("/store/records/damaged-log", test_damaged_log);
  store_fixture_add_test ("/store/records/nothing-credited", test_nothing_credited);
  store_fixture_add_test ("/store/records/no-walk", test_no_walk);
  store_fixture_add_test ("/store/records/own-photo", test_own_photo);
  store_fixture_add_test ("/store/records/own-photos-go", test_own_photos_go);
  store_fixture_add_test ("/store/records/own-photos-and-clocks", test_own_photos_and_clocks);
  store_fixture_add_test ("/store/records/appeal", test_appeal);
  store_fixture_add_test ("/store/records/appeal-states", test_appeal_states);
  store_fixture_add_test ("/store/records/appeal-killed", test_appeal_killed);
  return g_test_run ();
}
