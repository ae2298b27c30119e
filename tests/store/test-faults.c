/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault-vfs.h"
#include "store-fixture.h"
#include "xs-blob.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

/*
 * Every step of the store against every error a disk gives, at each of the calls it makes: the step fails with the
 * code that tells its caller what to do, the message names a remedy, nothing half-done stays, neither in this process
 * nor for one that finds the files after a power cut, and the same step succeeds once the disk is well.
 *
 * Of long steps the first, the middle and the last calls are tried, and a fault that lasts from the first on; --all
 * tries them all in both ways.
 */

#define N_STRIDES 2

static gboolean try_all;

typedef struct {
  const char *name;
  /* Brings the journal to where the step can be taken. */
  void (*prepare) (StoreFixture *f, XsSessionHandle *handle);
  gboolean (*take) (StoreFixture *f, XsSessionHandle *handle, GError **error);
  /* How much more there is of each after it. */
  int sessions, photos, logs;
  gboolean in_parts; /* several transactions, each of which stays when a later one fails */
} Step;

/* Steps */

static void
open_session (StoreFixture *f, XsSessionHandle *handle)
{
  g_autoptr (GError) error = NULL;

  *handle = store_begin (f->journal, f->clock, STUNUM);
  store_photo (f->journal, handle, XS_PHOTO_SIGN_IN, 1);
  g_assert_true (store_progress (f->journal, handle, 30, &error));
}

static void
close_all (StoreFixture *f, XsSessionHandle *handle)
{
  store_recover (f->journal);
}

static gboolean
begin (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  XsPolicy policy;

  xs_policy_default (&policy);
  return xs_journal_begin_session (f->journal, STUNUM, SUBJCODE, &policy, START_US, handle, error);
}

static gboolean
save_progress (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  return store_progress (f->journal, handle, 130, error);
}

static gboolean
add_photo (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  static guint32 seed = 100;
  g_autoptr (GBytes) jpeg = store_jpeg (++seed, 3000);
  XsPhotoRecord record = {
    .event = XS_PHOTO_TIMED, .wall_us = START_US, .match = NAN, .width_px = 640, .height_px = 480
  };

  return xs_journal_add_photo (f->journal, handle, jpeg, &record, error);
}

static gboolean
close_segment (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  return xs_journal_close_segment (f->journal, handle, XS_SIGN_OUT_BY_LEARNER, START_US + MINUTE_US, FALSE, NULL,
                                   error);
}

static gboolean
next_segment (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  return xs_journal_close_segment (f->journal, handle, XS_SIGN_OUT_SEGMENT_FULL, START_US + MINUTE_US, TRUE, NULL,
                                   error);
}

static gboolean
recover (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  return xs_journal_recover (f->journal, NULL, error);
}

static gint64
newest_item (StoreFixture *f)
{
  return store_count (f->journal, "SELECT max (id) FROM outbox");
}

static gboolean
acknowledge (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  return xs_outbox_acknowledge (f->journal, handle->classid, error);
}

static gboolean
postpone (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  return xs_outbox_postpone (f->journal, handle->classid, "no way to the platform", START_US + MINUTE_US, error);
}

/* The item in @handle: asking for it within the step would be a read of the test's. */
static void
find_item (StoreFixture *f, XsSessionHandle *handle)
{
  open_session (f, handle);
  handle->classid = newest_item (f);
}

static gboolean
set_roster (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsLearner));

  for (guint i = 0; i < 40; i++)
    {
      XsLearner learner = { .name = "王小明", .total_s = handle->classid };
      g_snprintf (learner.stunum, sizeof learner.stunum, "33010000000%05u", i);
      g_array_append_val (learners, learner);
    }
  return xs_journal_set_roster (f->journal, learners, "\"new\"", error);
}

static gboolean
set_named_policy (StoreFixture *f, const char *name, GError **error)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", name, NULL);
  g_autofree char *json = NULL;

  g_assert_true (g_file_get_contents (path, &json, NULL, NULL));
  return xs_journal_set_policy (f->journal, json, "\"new\"", error);
}

/* Of the two documents the one by which a session that was cut off is closed at once. */
static gboolean
set_policy (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  return set_named_policy (f, "demo.json", error);
}

/* A session that was cut off and may be signed out of until the evening. */
static void
wait_for_sign_out (StoreFixture *f, XsSessionHandle *handle)
{
  g_autoptr (GError) error = NULL;
  gboolean is_closed;

  g_assert_true (set_named_policy (f, "default.json", &error));
  open_session (f, handle);
  g_assert_true (
    xs_journal_cut_off (f->journal, handle, XS_SIGN_OUT_INTERRUPTED, START_US + 30 * SECOND_US, &is_closed, &error));
  g_assert_no_error (error);
  g_assert_false (is_closed);
}

static gboolean
make_up (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  g_autoptr (GBytes) jpeg = store_jpeg (99, 3000);
  XsPhotoRecord record = { .wall_us = START_US + 60 * MINUTE_US, .match = NAN, .width_px = 640, .height_px = 480 };
  guint n_made_up;

  return xs_journal_make_up (f->journal, STUNUM, jpeg, NULL, &record, &n_made_up, error);
}

static gboolean
set_position (StoreFixture *f, XsSessionHandle *handle, GError **error)
{
  return xs_journal_set_lesson_position (f->journal, STUNUM, "lesson-1", handle->session_id * SECOND_US, 7, error);
}

static const Step steps[] = {
  { "begin", close_all, begin, 1, 0, 0 },
  { "progress", open_session, save_progress, 0, 0, 0 },
  { "photo", open_session, add_photo, 0, 1, 0 },
  { "close", open_session, close_segment, 0, 0, 1 },
  { "next-segment", open_session, next_segment, 0, 0, 1 },
  { "recover", open_session, recover, 0, 0, 1, TRUE },
  { "make-up", wait_for_sign_out, make_up, 0, 1, 1 },
  { "acknowledge", find_item, acknowledge, 0, 0, 0 },
  { "postpone", find_item, postpone, 0, 0, 0 },
  { "roster", open_session, set_roster, 0, 0, 0 },
  { "policy", open_session, set_policy, 0, 0, 0 },
  { "position", open_session, set_position, 0, 0, 0 },
};

typedef struct {
  const char *name;
  FaultKind kind;
  XsError code;
  const char *remedy; /* part of the message */
} Fault;

static const Fault faults[] = {
  { "full", FAULT_FULL, XS_ERROR_NO_SPACE, "make space" },
  { "quota", FAULT_QUOTA, XS_ERROR_NO_SPACE, "make space" },
  { "write", FAULT_WRITE, XS_ERROR_IO, "check" },
  { "read-only", FAULT_READ_ONLY, XS_ERROR_IO, "check" },
  { "read", FAULT_READ, XS_ERROR_IO, "check" },
  { "flush", FAULT_FLUSH, XS_ERROR_IO, "check" },
  { "flush-full", FAULT_FLUSH_FULL, XS_ERROR_NO_SPACE, "make space" },
  { "busy", FAULT_BUSY, XS_ERROR_BUSY, "close" },
};

typedef struct {
  const Step *step;
  const Fault *fault;
} Case;

/* What is on disk, through a connection that knows no faults */

static void
add_row (GString *text, sqlite3_stmt *stmt)
{
  for (int i = 0; i < sqlite3_column_count (stmt); i++)
    {
      const char *value = (const char *) sqlite3_column_text (stmt, i);
      g_string_append_printf (text, "|%s", value != NULL ? value : "");
    }
  g_string_append_c (text, '\n');
}

static void
add_rows (GString *text, sqlite3 *db, const char *sql)
{
  sqlite3_stmt *stmt;
  int result;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  while ((result = sqlite3_step (stmt)) == SQLITE_ROW)
    add_row (text, stmt);
  g_assert_cmpint (result, ==, SQLITE_DONE);
  sqlite3_finalize (stmt);
}

static GString *
list_tables (sqlite3 *db)
{
  GString *names = g_string_new (NULL);

  add_rows (names, db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  return names;
}

/* (transfer full): every row of every table. */
static char *
read_database (const char *path)
{
  sqlite3 *db;
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, "unix"), ==, SQLITE_OK);
  g_autoptr (GString) names = list_tables (db);
  g_auto (GStrv) tables = g_strsplit (names->str, "\n", -1);
  for (guint i = 0; tables[i] != NULL && tables[i][0] != '\0'; i++)
    {
      g_autofree char *columns = g_strdup_printf ("SELECT group_concat ('quote (' || name || ')', ',')"
                                                  " FROM pragma_table_info ('%s')",
                                                  tables[i] + 1);
      g_autoptr (GString) list = g_string_new (NULL);
      add_rows (list, db, columns);
      g_strchomp (list->str);
      g_autofree char *sql = g_strdup_printf ("SELECT %s FROM %s ORDER BY 1", list->str + 1, tables[i] + 1);
      g_string_append_printf (text, "%s\n", tables[i] + 1);
      add_rows (text, db, sql);
    }
  add_rows (text, db, "PRAGMA integrity_check");
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
read_journal (StoreFixture *f)
{
  g_autofree char *path = g_build_filename (xs_journal_get_dir (f->journal), "journal.db", NULL);

  return read_database (path);
}

static void
copy_if_there (const char *from_dir, const char *to_dir, const char *name)
{
  g_autofree char *from = g_build_filename (from_dir, name, NULL);
  g_autofree char *to = g_build_filename (to_dir, name, NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  if (g_file_get_contents (from, &bytes, &size, NULL))
    g_assert_true (g_file_set_contents (to, bytes, (gssize) size, NULL));
}

static void
assert_photo_files (StoreFixture *f, const char *path)
{
  sqlite3 *db;
  g_autoptr (GString) rows = g_string_new (NULL);

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, "unix"), ==, SQLITE_OK);
  add_rows (rows, db, "SELECT sha256 FROM photo");
  sqlite3_close (db);
  g_auto (GStrv) photos = g_strsplit (rows->str, "\n", -1);
  for (guint i = 0; photos[i] != NULL && photos[i][0] != '\0'; i++)
    {
      g_autofree char *file = xs_journal_dup_photo_path (f->journal, photos[i] + 1);
      if (!g_file_test (file, G_FILE_TEST_EXISTS))
        g_error ("after a power cut there would be a row of photo %s and no file", photos[i] + 1);
    }
}

/* A photo that was not recorded leaves no file, unless its row may be on disk all the same. */
static void
assert_no_orphan (StoreFixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->journal->photos_dir, 0, NULL);
  gint64 n_files = 0;

  while (g_dir_read_name (dir) != NULL)
    n_files++;
  if (!xs_db_commit_is_uncertain (f->journal->db))
    g_assert_cmpint (n_files, ==, store_count (f->journal, "SELECT count (*) FROM photo"));
}

/* Were the power cut now, the next start would find the journal as it was, or the step done; a photo has its file. */
static void
assert_power_cut_safe (StoreFixture *f)
{
  g_autoptr (TempDir) copy = temp_dir_new ();
  g_autofree char *path = g_build_filename (copy, "journal.db", NULL);

  copy_if_there (xs_journal_get_dir (f->journal), copy, "journal.db");
  copy_if_there (xs_journal_get_dir (f->journal), copy, "journal.db-wal");
  g_autofree char *rows = read_database (path);
  g_assert_true (g_str_has_suffix (rows, "|ok\n"));
  assert_photo_files (f, path);
}

/* Trials */

typedef struct {
  gint64 sessions, photos, logs;
} Counts;

static Counts
count (StoreFixture *f)
{
  return (Counts){ store_count (f->journal, "SELECT count (*) FROM session"),
                   store_count (f->journal, "SELECT count (*) FROM photo"),
                   store_count (f->journal, "SELECT count (*) FROM log") };
}

static void
assert_counts (Counts before, const Step *step, Counts now)
{
  g_assert_cmpint (now.sessions, ==, before.sessions + step->sessions);
  g_assert_cmpint (now.photos, ==, before.photos + step->photos);
  g_assert_cmpint (now.logs, ==, before.logs + step->logs);
}

/* What SQLite keeps in memory would save it the reads that are to fail. */
static void
forget_pages (StoreFixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_db_exec (f->journal->db, "PRAGMA shrink_memory", &error));
  g_assert_no_error (error);
}

static void
assert_failure (const Fault *fault, const GError *error, const char *path)
{
  g_assert_error (error, XS_ERROR, (int) fault->code);
  if (strstr (error->message, fault->remedy) == NULL || strstr (error->message, path) == NULL)
    g_error ("“%s” does not say to %s, or not of %s", error->message, fault->remedy, path);
}

/* One step with the @nth call failing. Returns: whether the step failed of it. */
static gboolean
try_call (StoreFixture *f, const Case *test, guint nth, gboolean lasting)
{
  XsSessionHandle handle = { 0 };
  g_autoptr (GError) error = NULL;

  close_all (f, &handle);
  test->step->prepare (f, &handle);
  Counts before = count (f);
  g_autofree char *rows_before = read_journal (f);
  XsSessionHandle handle_before = handle;

  forget_pages (f);
  fault_vfs_set (test->fault->kind, nth, lasting);
  gboolean done = test->step->take (f, &handle, &error);
  fault_vfs_clear ();

  assert_power_cut_safe (f);
  if (!done)
    {
      assert_failure (test->fault, error, xs_journal_get_dir (f->journal));
      g_autofree char *rows_after = read_journal (f);
      if (!test->step->in_parts)
        g_assert_cmpstr (rows_after, ==, rows_before);
      g_assert_cmpmem (&handle, sizeof handle, &handle_before, sizeof handle_before);
      assert_no_orphan (f);
      store_check (f->journal, &f->platform, FALSE);
      g_clear_error (&error);
      g_assert_true (test->step->take (f, &handle, &error));
    }
  g_assert_no_error (error);
  assert_counts (before, test->step, count (f));
  store_check (f->journal, &f->platform, FALSE);
  return !done;
}

static guint
count_calls (StoreFixture *f, const Case *test)
{
  XsSessionHandle handle = { 0 };
  g_autoptr (GError) error = NULL;

  close_all (f, &handle);
  test->step->prepare (f, &handle);
  forget_pages (f);
  fault_vfs_count (test->fault->kind);
  g_assert_true (test->step->take (f, &handle, &error));
  g_assert_no_error (error);
  return fault_vfs_clear ();
}

static gboolean
is_chosen (guint nth, guint n_calls)
{
  return try_all || nth <= N_STRIDES || nth + N_STRIDES > n_calls || nth == n_calls / 2;
}

static void
test_case (StoreFixture *f, gconstpointer data)
{
  const Case *test = data;
  guint n_calls = count_calls (f, test), n_failed = 0, n_tried = 0;

  for (guint nth = 1; nth <= n_calls; nth++)
    {
      for (int lasting = 0; is_chosen (nth, n_calls) && lasting < (nth == 1 || try_all ? 2 : 1); lasting++)
        {
          n_failed += try_call (f, test, nth, lasting != 0);
          n_tried++;
        }
    }
  /* What a commit may have left behind, only the next start can know. */
  store_fixture_reopen (f);
  store_recover (f->journal);
  store_check (f->journal, &f->platform, TRUE);
  g_test_message ("%u calls, %u faults, %u of them failed the step", n_calls, n_tried, n_failed);
  g_assert_cmpuint (n_calls, >, 0);
  g_assert_cmpuint (n_failed, >, 0);
}

/* A lock that another process really holds. */
static void
test_locked (StoreFixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (xs_journal_get_dir (f->journal), "journal.db", NULL);
  XsSessionHandle handle = { 0 };
  sqlite3 *other;

  g_assert_cmpint (sqlite3_open_v2 (path, &other, SQLITE_OPEN_READWRITE, "unix"), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GError) error = NULL;
      close_all (f, &handle);
      steps[i].prepare (f, &handle);
      g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
      g_assert_false (steps[i].take (f, &handle, &error));
      assert_failure (&faults[G_N_ELEMENTS (faults) - 1], error, path);
      g_clear_error (&error);
      g_assert_cmpint (sqlite3_exec (other, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
      g_assert_true (steps[i].take (f, &handle, &error));
      g_assert_no_error (error);
    }
  sqlite3_close (other);
  close_all (f, &handle);
  store_check (f->journal, &f->platform, TRUE);
}

int
main (int argc, char **argv)
{
  static Case cases[G_N_ELEMENTS (steps)][G_N_ELEMENTS (faults)];

  fault_vfs_register ();
  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i < argc; i++)
    try_all |= g_str_equal (argv[i], "--all");
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (faults); j++)
        {
          g_autofree char *path = g_strdup_printf ("/store/faults/%s/%s", steps[i].name, faults[j].name);
          cases[i][j] = (Case){ &steps[i], &faults[j] };
          g_test_add (path, StoreFixture, &cases[i][j], store_fixture_set_up, test_case, store_fixture_tear_down);
        }
    }
  store_fixture_add_test ("/store/faults/locked-by-another", test_locked);
  return g_test_run ();
}
