/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "xs-blob.h"

#include <math.h>
#include <string.h>

void
store_pair (XsJournal *journal, const char *key_path, XsSealKey *platform)
{
  g_autoptr (GError) error = NULL;
  XsIdentity identity = {
    .devnum = DEVNUM, .inscode = INSCODE, .school = "平安驾校", .platform_url = "http://127.0.0.1:8080"
  };

  g_assert_true (xs_seal_key_load (key_path, platform, &error));
  memcpy (identity.platform_key, platform->public_key, XS_KEY_BYTES);
  g_assert_true (xs_journal_set_identity (journal, &identity, &error));
  g_assert_no_error (error);
}

static char *
journal_dir (StoreFixture *fixture)
{
  return g_build_filename (fixture->dir, "journal", NULL);
}

static void
open_journal (StoreFixture *fixture)
{
  g_autofree char *dir = journal_dir (fixture);
  g_autoptr (GError) error = NULL;

  fixture->journal = xs_journal_open (dir, fixture->clock, &error);
  g_assert_no_error (error);
  g_assert_nonnull (fixture->journal);
}

void
store_set_policy (XsJournal *journal, const char *made_up_until)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", "default.json", NULL);
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &json, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GString) changed = g_string_new (json);
  g_autofree char *value = g_strdup_printf ("\"made_up_until\": \"%s\"", made_up_until);
  g_assert_cmpuint (g_string_replace (changed, "\"made_up_until\": \"22:00\"", value, 0), ==, 1);
  g_assert_true (xs_journal_set_policy (journal, changed->str, NULL, &error));
  g_assert_no_error (error);
}

void
store_fixture_set_up (StoreFixture *fixture, gconstpointer unused)
{
  fixture->dir = temp_dir_new ();
  fixture->clock = xs_clock_fake_new (0, START_US);
  open_journal (fixture);

  g_autofree char *key_path = g_build_filename (fixture->dir, "platform-key", NULL);
  store_pair (fixture->journal, key_path, &fixture->platform);
  store_set_policy (fixture->journal, "");
}

void
store_fixture_tear_down (StoreFixture *fixture, gconstpointer unused)
{
  g_clear_pointer (&fixture->journal, xs_journal_close);
  g_clear_pointer (&fixture->clock, xs_clock_unref);
  temp_dir_free (fixture->dir);
}

void
store_fixture_add_test (const char *path, void (*func) (StoreFixture *, gconstpointer))
{
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, func, store_fixture_tear_down);
}

void
store_fixture_reopen (StoreFixture *fixture)
{
  g_clear_pointer (&fixture->journal, xs_journal_close);
  open_journal (fixture);
}

guint
store_recover (XsJournal *journal)
{
  g_autoptr (GError) error = NULL;
  guint n_closed;

  g_assert_true (xs_journal_recover (journal, &n_closed, &error));
  g_assert_no_error (error);
  xs_journal_wait_for_backup (journal);
  return n_closed;
}

GBytes *
store_jpeg (guint32 seed, gsize size)
{
  guint8 *data = g_malloc (size);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) g_rand_int (random);
  memcpy (data, "\xff\xd8\xff\xe0\0\x10JFIF", 10);
  memcpy (data + size - 2, "\xff\xd9", 2);
  return g_bytes_new_take (data, size);
}

XsSessionHandle
store_begin (XsJournal *journal, XsClock *clock, const char *stunum)
{
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle = { 0 };
  XsPolicy policy;

  xs_policy_default (&policy);
  g_assert_true (
    xs_journal_begin_session (journal, stunum, SUBJCODE, &policy, xs_clock_wall_us (clock), &handle, &error));
  g_assert_no_error (error);
  g_assert_cmpint (handle.session_id, >, 0);
  g_assert_cmpint (handle.segment_id, >, 0);
  g_assert_cmpint (handle.classid, >, 0);
  return handle;
}

gboolean
store_progress (XsJournal *journal, const XsSessionHandle *handle, int seconds, GError **error)
{
  g_autoptr (GArray) minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  XsProgress progress = { .credited_us = seconds * SECOND_US,
                          .wall_us = START_US + seconds * SECOND_US,
                          .minutes = minutes,
                          .days = { { DAY, seconds * SECOND_US } } };

  for (int begun = 0; begun < seconds; begun += 60)
    {
      int in_minute = MIN (seconds - begun, 60);
      XsMinuteRecord minute = { .wall_end_us = START_US + (begun + in_minute) * SECOND_US,
                                .credited_us = in_minute * SECOND_US,
                                .normal = in_minute >= 50 };
      g_array_append_val (minutes, minute);
    }
  return xs_journal_save_progress (journal, handle, &progress, error);
}

static XsPhotoRecord
add_photo (XsJournal *journal, const XsSessionHandle *handle, XsPhotoEvent event, guint32 seed, GBytes *thumbnail)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = store_jpeg (seed, 2000 + seed % 1000);
  XsPhotoRecord record = { .event = event,
                           .wall_us = START_US + seed * SECOND_US,
                           .match = event == XS_PHOTO_PROCESS ? NAN : 0.5,
                           .width_px = 640,
                           .height_px = 480 };

  g_assert_true (xs_journal_add_photo_with_copy (journal, handle, jpeg, thumbnail, &record, &error));
  g_assert_no_error (error);
  return record;
}

XsPhotoRecord
store_photo (XsJournal *journal, const XsSessionHandle *handle, XsPhotoEvent event, guint32 seed)
{
  return add_photo (journal, handle, event, seed, NULL);
}

XsPhotoRecord
store_photo_with_copy (XsJournal *journal, const XsSessionHandle *handle, guint32 seed, GBytes *thumbnail)
{
  return add_photo (journal, handle, XS_PHOTO_TIMED, seed, thumbnail);
}

void
store_close (XsJournal *journal, XsSessionHandle *handle, XsSignOut reason, gint64 end_wall_us,
             gboolean continue_session)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
    xs_journal_close_segment (journal, handle, reason, end_wall_us, continue_session ? end_wall_us : 0, NULL, &error));
  g_assert_no_error (error);
}

void
store_roster (XsJournal *journal, const char *stunum, ...)
{
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  g_autoptr (GError) error = NULL;
  va_list more;

  va_start (more, stunum);
  for (; stunum != NULL; stunum = va_arg (more, const char *))
    {
      XsLearner learner = { .name = "王小明" };
      g_autoptr (GBytes) photo = store_jpeg (g_str_hash (stunum), 3000);
      g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (photo, NULL), g_bytes_get_size (photo));
      g_strlcpy (learner.stunum, stunum, sizeof learner.stunum);
      g_strlcpy (learner.photo_sha256, sha256, sizeof learner.photo_sha256);
      g_array_append_val (learners, learner);
    }
  va_end (more);
  g_assert_true (xs_journal_set_roster (journal, learners, "\"etag\"", &error));
  g_assert_no_error (error);
}

void
store_read_log (XsJournal *journal, gint64 seq, XsWireLog *wire_log)
{
  g_autoptr (GError) error = NULL;
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, "SELECT bytes FROM log WHERE seq = ?", &error, "i", seq);

  g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
  g_autoptr (GBytes) bytes = xs_stmt_bytes (stmt, 0);
  xs_wire_log_init (wire_log);
  g_assert_true (xs_wire_log_decode (wire_log, bytes, &error));
  g_assert_no_error (error);
}

gint64
store_count (XsJournal *journal, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 n;

  g_assert_true (xs_db_query_int (journal->db, &n, 0, sql, &error, ""));
  g_assert_no_error (error);
  return n;
}

static gboolean
next_row (XsStmt *stmt)
{
  g_autoptr (GError) error = NULL;
  gboolean has_row;

  g_assert_true (xs_stmt_step (stmt, &has_row, &error));
  g_assert_no_error (error);
  return has_row;
}

static XsStmt *
prepare (XsJournal *journal, const char *sql)
{
  g_autoptr (GError) error = NULL;
  XsStmt *stmt = xs_db_prepare (journal->db, sql, &error, "");

  g_assert_no_error (error);
  return stmt;
}

static void
check_photo_files (XsJournal *journal, const XsSealKey *platform)
{
  g_autoptr (XsStmt) stmt = prepare (journal, "SELECT sha256 FROM photo");

  while (next_row (stmt))
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = xs_journal_dup_photo_path (journal, xs_stmt_string (stmt, 0));
      g_autoptr (GBytes) sealed = xs_blob_read (path, XS_SEALED_PHOTO_MAX_BYTES, &error);
      g_assert_no_error (error);
      g_autofree char *actual = xs_sha256_hex (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
      g_assert_cmpstr (actual, ==, xs_stmt_string (stmt, 0));
      g_autoptr (GBytes) plain = xs_unseal (platform, sealed, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (plain, NULL), 4, "\xff\xd8\xff\xe0", 4);
    }
}

static void
check_log (XsJournal *journal, GBytes *bytes, GBytes *signature, gint64 seq, const char *previous)
{
  g_auto (XsWireLog) wire_log;
  g_autoptr (GError) error = NULL;
  gint64 minutes_us = 0;

  xs_wire_log_init (&wire_log);
  g_assert_true (xs_wire_log_decode (&wire_log, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpint (wire_log.seq, ==, seq);
  g_assert_cmpstr (wire_log.previous, ==, previous);
  g_assert_cmpstr (wire_log.log.devnum, ==, DEVNUM);
  g_assert_cmpstr (wire_log.log.inscode, ==, INSCODE);
  g_assert_true (xs_verify (xs_journal_get_sign_key (journal)->public_key, g_bytes_get_data (bytes, NULL),
                            g_bytes_get_size (bytes), g_bytes_get_data (signature, NULL)));
  for (guint i = 0; i < wire_log.log.minutes->len; i++)
    minutes_us += g_array_index (wire_log.log.minutes, XsMinuteRecord, i).credited_us;
  g_assert_cmpint (wire_log.log.credited_s, ==, minutes_us / SECOND_US);

  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM photo p JOIN log l ON l.segment_id = p.segment_id"
                                          " WHERE l.seq = %" G_GINT64_FORMAT,
                                          seq);
  g_assert_cmpint (store_count (journal, sql), ==, wire_log.log.photos->len);
}

static void
check_logs (XsJournal *journal)
{
  g_autoptr (XsStmt) stmt = prepare (journal, "SELECT seq, bytes, sha256, previous, signature FROM log ORDER BY seq");
  g_autofree char *previous = g_strnfill (64, '0');
  gint64 seq = 0;

  while (next_row (stmt))
    {
      g_autoptr (GBytes) bytes = xs_stmt_bytes (stmt, 1);
      g_autoptr (GBytes) signature = xs_stmt_bytes (stmt, 4);
      g_autofree char *actual = xs_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_assert_cmpint (xs_stmt_int (stmt, 0), ==, ++seq);
      g_assert_cmpstr (xs_stmt_string (stmt, 2), ==, actual);
      check_log (journal, bytes, signature, seq, previous);
      g_free (g_steal_pointer (&previous));
      previous = g_steal_pointer (&actual);
    }
  g_assert_cmpint (store_count (journal, "SELECT value FROM counter WHERE name = 'log'"), ==, seq);
}

static void
check_outbox (XsJournal *journal)
{
  static const char *const nothing[] = {
    "SELECT count (*) FROM photo WHERE (SELECT count (*) FROM outbox o WHERE o.photo_number = number) <> 1",
    "SELECT count (*) FROM log WHERE (SELECT count (*) FROM outbox o WHERE o.log_seq = seq) <> 1",
    "SELECT count (*) FROM appeal a WHERE (SELECT count (*) FROM outbox o WHERE o.appeal_seq = a.log_seq) <> 1",
    "SELECT count (*) FROM consent c WHERE (SELECT count (*) FROM outbox o WHERE o.consent_id = c.id) <> 1",
    "SELECT count (*) FROM outbox_count c WHERE n <> (SELECT count (*) FROM outbox o"
    " WHERE o.kind = c.kind AND o.state = c.state)",
    "SELECT count (*) FROM outbox l WHERE kind = 'log' AND photos_missing <> (SELECT count (*) FROM outbox p"
    " WHERE p.segment_id = l.segment_id AND p.kind = 'photo' AND p.state <> 'acked')",
    "SELECT count (*) FROM outbox WHERE kind = 'photo' AND photos_missing <> 0",
    /* What belongs to a log goes before it. */
    "SELECT count (*) FROM outbox l JOIN outbox p ON p.segment_id = l.segment_id AND p.kind = 'photo'"
    " WHERE l.kind = 'log' AND l.id < p.id",
  };

  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++)
    g_assert_cmpint (store_count (journal, nothing[i]), ==, 0);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM outbox"), ==,
                   store_count (journal, "SELECT (SELECT count (*) FROM photo) + (SELECT count (*) FROM log)"
                                         " + (SELECT count (*) FROM appeal) + (SELECT count (*) FROM consent)"));
}

static void
check_numbers (XsJournal *journal)
{
  static const char *const nothing[] = {
    "SELECT count (*) - count (DISTINCT number) FROM minute",
    "SELECT count (*) - count (DISTINCT classid) FROM session",
    "SELECT count (*) - count (DISTINCT stunum || '/' || recnum) FROM log",
    "SELECT count (*) FROM photo WHERE number > (SELECT value FROM counter WHERE name = 'photo')",
    "SELECT count (*) FROM session WHERE classid > (SELECT value FROM counter WHERE name = 'classid')",
    "SELECT count (*) FROM segment g WHERE g.credited_us <> (SELECT coalesce (sum (credited_us), 0) FROM credit c"
    " WHERE c.segment_id = g.id)",
  };

  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++)
    g_assert_cmpint (store_count (journal, nothing[i]), ==, 0);
  g_autoptr (XsStmt) integrity = prepare (journal, "PRAGMA integrity_check");
  g_assert_true (next_row (integrity));
  g_assert_cmpstr (xs_stmt_string (integrity, 0), ==, "ok");
  g_autoptr (XsStmt) foreign = prepare (journal, "PRAGMA foreign_key_check");
  g_assert_false (next_row (foreign));
}

static void
check_recovered (XsJournal *journal)
{
  g_autoptr (GDir) dir = g_dir_open (journal->photos_dir, 0, NULL);
  gint64 n_files = 0;

  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_assert_cmpint (n_files, ==, store_count (journal, "SELECT count (*) FROM photo"));
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM session WHERE state = 'open'"), ==, 0);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM segment WHERE end_reason IS NULL"), ==, 0);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM segment"), ==,
                   store_count (journal, "SELECT count (*) FROM log"));
}

void
store_check (XsJournal *journal, const XsSealKey *platform, gboolean recovered)
{
  check_photo_files (journal, platform);
  check_logs (journal);
  check_outbox (journal);
  check_numbers (journal);
  if (recovered)
    check_recovered (journal);
}
