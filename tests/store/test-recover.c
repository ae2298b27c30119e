/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "store-fixture.h"
#include "tiny-disk.h"

#include "xs-blob.h"

#include <string.h>

static void
test_interrupted (StoreFixture *fixture, gconstpointer unused)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  XsSessionHandle other = store_begin (fixture->journal, fixture->clock, OTHER_STUNUM);
  g_autoptr (GError) error = NULL;

  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, 1);
  g_assert_true (store_progress (fixture->journal, &handle, 100, &error));
  store_close (fixture->journal, &handle, XS_SIGN_OUT_SEGMENT_FULL, START_US + 100 * SECOND_US, TRUE);
  g_assert_true (store_progress (fixture->journal, &handle, 130, &error));
  store_close (fixture->journal, &other, XS_SIGN_OUT_BY_LEARNER, START_US, FALSE);

  store_fixture_reopen (fixture);
  g_assert_cmpuint (store_recover (fixture->journal), ==, 1);
  store_check (fixture->journal, &fixture->platform, TRUE);
  g_assert_cmpint (store_count (fixture->journal,
                                "SELECT count (*) FROM segment WHERE end_reason = 'interrupted' AND last_wall_us = "
                                "(SELECT max (last_wall_us) FROM segment)"),
                   ==, 1);
  g_assert_cmpuint (store_recover (fixture->journal), ==, 0);

  /* Told once, to the right learner, with the whole session's credit. */
  g_autoptr (GArray) nothing = xs_journal_take_interrupted (fixture->journal, OTHER_STUNUM, &error);
  g_assert_cmpuint (nothing->len, ==, 0);
  g_autoptr (GArray) interrupted = xs_journal_take_interrupted (fixture->journal, STUNUM, &error);
  g_assert_cmpuint (interrupted->len, ==, 1);
  const XsInterrupted *told = &g_array_index (interrupted, XsInterrupted, 0);
  g_assert_cmpint (told->start_wall_us, ==, START_US);
  g_assert_cmpint (told->last_wall_us, ==, START_US + 130 * SECOND_US);
  g_assert_cmpint (told->credited_us, ==, 230 * SECOND_US);
  store_fixture_reopen (fixture);
  g_autoptr (GArray) again = xs_journal_take_interrupted (fixture->journal, STUNUM, &error);
  g_assert_cmpuint (again->len, ==, 0);
}

/* The last stored moment may be a photo's, and never lies before the beginning. */
static void
test_end_time (StoreFixture *fixture, gconstpointer unused)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_autoptr (GArray) none = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  XsProgress stepped_back = { .wall_us = START_US - 1000 * SECOND_US, .minutes = none };
  g_autoptr (GError) error = NULL;

  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, 42);
  handle = store_begin (fixture->journal, fixture->clock, OTHER_STUNUM);
  g_assert_true (xs_journal_save_progress (fixture->journal, &handle, &stepped_back, &error));
  store_recover (fixture->journal);
  g_autoptr (GArray) first = xs_journal_take_interrupted (fixture->journal, STUNUM, &error);
  g_assert_cmpint (g_array_index (first, XsInterrupted, 0).last_wall_us, ==, START_US + 42 * SECOND_US);
  g_autoptr (GArray) second = xs_journal_take_interrupted (fixture->journal, OTHER_STUNUM, &error);
  g_assert_cmpint (g_array_index (second, XsInterrupted, 0).last_wall_us, ==, START_US);
  store_check (fixture->journal, &fixture->platform, TRUE);
}

static void
test_left_files (StoreFixture *fixture, gconstpointer unused)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  XsPhotoRecord photo = store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, 1);
  g_autofree char *kept = xs_journal_dup_photo_path (fixture->journal, photo.sha256);
  g_autofree char *orphan_name = g_strnfill (64, 'b');
  g_autofree char *orphan = xs_journal_dup_photo_path (fixture->journal, orphan_name);
  g_autofree char *half = xs_journal_dup_photo_path (fixture->journal, "cccc.AbCdEf.tmp");
  g_autofree char *foreign = xs_journal_dup_photo_path (fixture->journal, "note.txt");
  g_autofree char *key_half = g_build_filename (xs_journal_get_dir (fixture->journal), "keys", "sign.x.tmp", NULL);

  g_assert_true (g_file_set_contents (orphan, "x", 1, NULL) && g_file_set_contents (half, "x", 1, NULL)
                 && g_file_set_contents (foreign, "x", 1, NULL) && g_file_set_contents (key_half, "x", 1, NULL));
  store_recover (fixture->journal);
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (orphan, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (half, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (key_half, G_FILE_TEST_EXISTS));
  /* Not ours to delete. */
  g_assert_true (g_file_test (foreign, G_FILE_TEST_EXISTS));
}

static void
test_lost_file (StoreFixture *fixture, gconstpointer unused)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  XsPhotoRecord photo = store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, 1);
  g_autofree char *path = xs_journal_dup_photo_path (fixture->journal, photo.sha256);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_test_expect_message ("xs-store", G_LOG_LEVEL_MESSAGE, "*has no file any more*");
  store_recover (fixture->journal);
  g_test_assert_expected_messages ();
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM photo"), ==, 1);
}

/* The row does not come without the file, … */
static void
test_photo_without_file (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  g_autofree char *away = g_strconcat (journal->photos_dir, ".away", NULL);
  g_autoptr (GBytes) jpeg = store_jpeg (1, 2000);
  XsPhotoRecord record = { .event = XS_PHOTO_TIMED, .wall_us = START_US, .width_px = 640, .height_px = 480 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (journal->photos_dir, away), ==, 0);
  g_assert_false (xs_journal_add_photo (journal, &handle, jpeg, &record, &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (record.number, ==, "");
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM photo"), ==, 0);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM outbox"), ==, 0);
  g_assert_cmpint (g_rename (away, journal->photos_dir), ==, 0);

  XsPhotoRecord next = store_photo (journal, &handle, XS_PHOTO_TIMED, 2);
  g_assert_cmpstr (next.number, ==, "0000000001");
}

/* … the outbox entry not without the row, and the file is taken back. */
static void
test_photo_without_row (StoreFixture *fixture, gconstpointer unused)
{
  static const char *const obstacles[] = {
    "CREATE TEMP TRIGGER obstacle BEFORE INSERT ON main.photo BEGIN SELECT RAISE (ABORT, 'obstacle'); END",
    "CREATE TEMP TRIGGER obstacle BEFORE INSERT ON main.outbox BEGIN SELECT RAISE (ABORT, 'obstacle'); END",
    "CREATE TEMP TRIGGER obstacle AFTER INSERT ON main.outbox BEGIN SELECT RAISE (ABORT, 'obstacle'); END",
  };
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  g_autoptr (GBytes) jpeg = store_jpeg (1, 2000);

  for (guint i = 0; i < G_N_ELEMENTS (obstacles); i++)
    {
      XsPhotoRecord record = { .event = XS_PHOTO_TIMED, .wall_us = START_US, .width_px = 640, .height_px = 480 };
      g_autoptr (GError) error = NULL;
      g_assert_true (xs_db_exec (journal->db, obstacles[i], &error));
      g_assert_false (xs_journal_add_photo (journal, &handle, jpeg, &record, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_clear_error (&error);
      g_assert_true (xs_db_exec (journal->db, "DROP TRIGGER obstacle", &error));
      g_assert_cmpint (store_count (journal, "SELECT count (*) FROM photo"), ==, 0);
      g_assert_cmpint (store_count (journal, "SELECT value FROM counter WHERE name = 'photo'"), ==, 0);
    }
  store_photo (journal, &handle, XS_PHOTO_TIMED, 2);
  store_close (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US, FALSE);
  store_check (journal, &fixture->platform, TRUE);
}

/* A log that fails at any step leaves the segment open and uses up no number. */
static void
test_close_fails (StoreFixture *fixture, gconstpointer unused)
{
  static const char *const obstacles[] = {
    "CREATE TEMP TRIGGER obstacle BEFORE INSERT ON main.learner_counter BEGIN SELECT RAISE (ABORT, 'obstacle'); END",
    "CREATE TEMP TRIGGER obstacle BEFORE INSERT ON main.log BEGIN SELECT RAISE (ABORT, 'obstacle'); END",
    "CREATE TEMP TRIGGER obstacle BEFORE UPDATE ON main.device BEGIN SELECT RAISE (ABORT, 'obstacle'); END",
    "CREATE TEMP TRIGGER obstacle AFTER INSERT ON main.outbox BEGIN SELECT RAISE (ABORT, 'obstacle'); END",
    "CREATE TEMP TRIGGER obstacle AFTER UPDATE ON main.segment BEGIN SELECT RAISE (ABORT, 'obstacle'); END",
    "CREATE TEMP TRIGGER obstacle AFTER INSERT ON main.segment BEGIN SELECT RAISE (ABORT, 'obstacle'); END",
  };
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  XsSessionHandle before = handle;

  g_assert_true (store_progress (journal, &handle, 90, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (obstacles); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_true (xs_db_exec (journal->db, obstacles[i], &error));
      g_assert_false (
        xs_journal_close_segment (journal, &handle, XS_SIGN_OUT_SEGMENT_FULL, START_US, START_US, NULL, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_clear_error (&error);
      g_assert_true (xs_db_exec (journal->db, "DROP TRIGGER obstacle", &error));
      g_assert_cmpmem (&handle, sizeof handle, &before, sizeof before);
      g_assert_true (store_progress (journal, &handle, 91 + (int) i, &error));
    }
  store_close (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 100 * SECOND_US, FALSE);
  store_check (journal, &fixture->platform, TRUE);
  g_assert_cmpint (store_count (journal, "SELECT recnum FROM log WHERE seq = 1"), ==, 1);
}

/* Fills the journal until there is no room; nothing stored before may be lost. */
static void
fill_up (StoreFixture *fixture, XsJournal *journal, gboolean with_photos)
{
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  gint64 n_photos = 0;
  int seconds = 0;

  for (;;)
    {
      g_autoptr (GBytes) jpeg = store_jpeg ((guint32) seconds, 20000);
      XsPhotoRecord record = { .event = XS_PHOTO_TIMED, .wall_us = START_US, .width_px = 640, .height_px = 480 };
      if (!store_progress (journal, &handle, seconds + 60, &error))
        break;
      seconds += 60;
      if (with_photos && !xs_journal_add_photo (journal, &handle, jpeg, &record, &error))
        break;
      n_photos += with_photos ? 1 : 0;
      if (seconds >= 3600)
        {
          if (!xs_journal_close_segment (journal, &handle, XS_SIGN_OUT_SEGMENT_FULL, START_US, START_US, NULL, &error))
            break;
          seconds = 0;
        }
    }
  g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM photo"), ==, n_photos);
  g_autofree char *sql =
    g_strdup_printf ("SELECT credited_us FROM segment WHERE id = %" G_GINT64_FORMAT, handle.segment_id);
  g_assert_cmpint (store_count (journal, sql), ==, seconds * SECOND_US);
  store_check (journal, &fixture->platform, FALSE);
}

static void
test_page_limit (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_db_exec (fixture->journal->db, "PRAGMA max_page_count = 120", &error));
  fill_up (fixture, fixture->journal, FALSE);
  g_assert_true (xs_db_exec (fixture->journal->db, "PRAGMA max_page_count = 100000", &error));
  store_recover (fixture->journal);
  store_check (fixture->journal, &fixture->platform, TRUE);
}

static void
test_full_disk (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *disk = g_build_filename (fixture->dir, "disk", NULL);
  g_autofree char *dir = g_build_filename (disk, "journal", NULL);
  g_autofree char *key_path = g_build_filename (fixture->dir, "platform-key", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_dir_ensure (disk, NULL));
  if (!tiny_disk_mount (disk, 2 * 1024 * 1024))
    return;
  {
    g_autoptr (XsJournal) journal = xs_journal_open (dir, fixture->clock, &error);
    g_assert_no_error (error);
    store_pair (journal, key_path, &fixture->platform);
    store_set_policy (journal, "");
    fill_up (fixture, journal, TRUE);
  }
  /* Somebody made room. */
  g_assert_cmpint (mount ("xueshi-test", disk, "tmpfs", MS_REMOUNT, "size=8m"), ==, 0);
  {
    g_autoptr (XsJournal) journal = xs_journal_open (dir, fixture->clock, &error);
    g_assert_no_error (error);
    store_recover (journal);
    store_check (journal, &fixture->platform, TRUE);
  }
  tiny_disk_unmount (disk);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/recover/interrupted", test_interrupted);
  store_fixture_add_test ("/store/recover/end-time", test_end_time);
  store_fixture_add_test ("/store/recover/left-files", test_left_files);
  store_fixture_add_test ("/store/recover/lost-file", test_lost_file);
  store_fixture_add_test ("/store/recover/photo-without-file", test_photo_without_file);
  store_fixture_add_test ("/store/recover/photo-without-row", test_photo_without_row);
  store_fixture_add_test ("/store/recover/close-fails", test_close_fails);
  store_fixture_add_test ("/store/recover/page-limit", test_page_limit);
  store_fixture_add_test ("/store/recover/full-disk", test_full_disk);
  return g_test_run ();
}
