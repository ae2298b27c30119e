/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the start leaves to be looked at and cleaned up behind it. */

#include "store-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define PAGE_BYTES 4096

static char *
path_in (StoreFixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, "journal", name, NULL);
}

static gboolean
is_there (StoreFixture *fixture, const char *name)
{
  g_autofree char *path = path_in (fixture, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static GBytes *
read_file (StoreFixture *fixture, const char *name)
{
  g_autofree char *path = path_in (fixture, name);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

static void
study (StoreFixture *fixture, guint32 seed)
{
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);

  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, seed);
  g_assert_true (store_progress (fixture->journal, &handle, 90, &error));
  store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 91 * SECOND_US, FALSE);
}

/* The first page of a table or an index of the closed journal, as no program writes it. */
static void
spoil (StoreFixture *fixture, const char *name)
{
  g_autofree char *path = path_in (fixture, "journal.db");
  g_autofree char *sql = g_strdup_printf ("SELECT rootpage FROM sqlite_schema WHERE name = '%s'", name);
  gint64 page = store_count (fixture->journal, sql);
  g_autofree char *data = NULL;
  gsize size;

  g_clear_pointer (&fixture->journal, xs_journal_close);
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  memset (data + (page - 1) * PAGE_BYTES, 0xa5, 64);
  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
}

static void
assert_recovery (StoreFixture *fixture, const char *source)
{
  g_auto (XsRecovery) recovery = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_journal_get_recovery (fixture->journal, &recovery, &error));
  g_assert_cmpstr (recovery.source, ==, source);
}

/* Damage that the start does not see is found behind it. Nothing is copied or removed until the next start mends it. */
static void
test_found_behind (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *name = g_strnfill (64, 'b');
  g_autofree char *orphan = g_build_filename ("photos", name, NULL);
  g_autofree char *orphan_path = path_in (fixture, orphan);
  g_autoptr (GError) error = NULL;

  study (fixture, 1);
  store_recover (fixture->journal);
  g_autoptr (GBytes) copy = read_file (fixture, "journal.db.backup");
  study (fixture, 2);
  spoil (fixture, "photo_segment");
  g_assert_true (g_file_set_contents (orphan_path, "x", 1, NULL));

  store_fixture_reopen (fixture);
  assert_recovery (fixture, "");
  g_assert_false (xs_journal_is_damaged (fixture->journal));
  store_recover (fixture->journal);
  g_assert_true (xs_journal_is_damaged (fixture->journal));
  g_assert_true (is_there (fixture, "journal.db.damaged"));
  g_assert_true (is_there (fixture, orphan));
  g_autoptr (GBytes) kept = read_file (fixture, "journal.db.backup");
  g_assert_true (g_bytes_equal (copy, kept));

  store_fixture_reopen (fixture);
  assert_recovery (fixture, "salvaged");
  g_assert_false (is_there (fixture, "journal.db.damaged"));
  store_recover (fixture->journal);
  g_assert_false (xs_journal_is_damaged (fixture->journal));
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM photo"), ==, 2);
  g_assert_cmpint (store_count (fixture->journal, "SELECT photos_aside FROM recovery"), ==, 1);
  g_assert_true (xs_journal_check_rows (fixture->journal->db, &error));
  g_assert_no_error (error);
}

/* Damage that somebody runs into is remembered at once: the process may not live to see its end. */
static void
test_found_in_use (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle;

  study (fixture, 1);
  store_recover (fixture->journal);
  spoil (fixture, "minute");
  store_fixture_reopen (fixture);
  assert_recovery (fixture, "");
  handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_assert_false (xs_journal_is_damaged (fixture->journal));
  g_assert_false (store_progress (fixture->journal, &handle, 60, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_assert_true (xs_journal_is_damaged (fixture->journal));
  g_assert_true (is_there (fixture, "journal.db.damaged"));

  store_fixture_reopen (fixture);
  assert_recovery (fixture, "copy");
  g_assert_false (is_there (fixture, "journal.db.damaged"));
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM minute"), ==, 2);
}

/* What all hangs on is looked at before anything is written. */
static void
test_found_at_once (StoreFixture *fixture, gconstpointer table)
{
  study (fixture, 1);
  store_recover (fixture->journal);
  spoil (fixture, table);
  store_fixture_reopen (fixture);
  assert_recovery (fixture, "copy");
}

/* Memory may have been to blame, not the disk. */
static void
test_false_alarm (StoreFixture *fixture, gconstpointer unused)
{
  study (fixture, 1);
  xs_journal_mark ("a page that was misread", fixture->journal);
  g_assert_true (xs_journal_is_damaged (fixture->journal));
  store_fixture_reopen (fixture);
  g_assert_false (xs_journal_is_damaged (fixture->journal));
  g_assert_false (is_there (fixture, "journal.db.damaged"));
  assert_recovery (fixture, "");
}

typedef struct {
  StoreFixture *fixture;
  XsDb *reader;
  gboolean fails;
  char *temporary;
} During;

/* Between a photo's file and the commit of its row. */
static gboolean
clean_up_now (XsDb *db, gpointer data, GError **error)
{
  During *during = data;
  XsJournal *journal = during->fixture->journal;
  g_autoptr (GDir) dir = g_dir_open (journal->photos_dir, 0, NULL);
  const char *name = g_dir_read_name (dir);

  during->temporary = g_strdup_printf ("%s/%s.AbCdEf.tmp", journal->photos_dir, name);
  g_assert_true (g_file_set_contents (during->temporary, "x", 1, NULL));
  g_assert_true (xs_journal_clean_up (journal, during->reader, error));
  if (during->fails)
    g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "refused");
  return !during->fails;
}

/* A photo that is just being stored has a file and no row that anybody sees: it is none that was cut off. */
static void
test_clean_up_while_storing (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *path = path_in (fixture, "journal.db");
  g_autoptr (GBytes) jpeg = store_jpeg (1, 2000);
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  XsPhotoRecord photo = { .event = XS_PHOTO_TIMED, .wall_us = START_US, .match = NAN, .width_px = 9, .height_px = 9 };
  g_autoptr (XsDb) reader = xs_db_open_reader (path, NULL, &error);
  During during = { fixture, reader, TRUE, NULL };

  g_assert_no_error (error);
  g_assert_false (
    xs_journal_add_photo_and (fixture->journal, &handle, jpeg, NULL, &photo, clean_up_now, &during, &error));
  g_clear_error (&error);
  g_assert_true (g_file_test (during.temporary, G_FILE_TEST_EXISTS));
  g_assert_true (xs_journal_clean_up (fixture->journal, reader, &error));
  g_assert_false (g_file_test (during.temporary, G_FILE_TEST_EXISTS));
  g_clear_pointer (&during.temporary, g_free);

  during.fails = FALSE;
  g_assert_true (
    xs_journal_add_photo_and (fixture->journal, &handle, jpeg, NULL, &photo, clean_up_now, &during, &error));
  g_assert_true (xs_journal_clean_up (fixture->journal, reader, &error));
  g_assert_no_error (error);
  g_clear_pointer (&during.temporary, g_free);
  store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US, FALSE);
  store_check (fixture->journal, &fixture->platform, TRUE);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM photo"), ==, 1);
}

/* What cannot be removed does not cost the journal its copy. */
static void
test_clean_up_fails (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *name = g_strnfill (64, 'b');
  g_autofree char *stuck = xs_journal_dup_photo_path (fixture->journal, name);

  g_assert_cmpint (g_mkdir (stuck, 0700), ==, 0);
  store_recover (fixture->journal);
  g_assert_true (is_there (fixture, "journal.db.backup"));
  g_assert_false (xs_journal_is_damaged (fixture->journal));
  g_assert_cmpint (g_rmdir (stuck), ==, 0);
}

/* Closing does not wait for the end of it, and the next start begins anew. */
static void
test_cancelled (StoreFixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) error = NULL;
      study (fixture, i + 1);
      g_assert_true (xs_journal_recover (fixture->journal, NULL, &error));
      g_assert_no_error (error);
      store_fixture_reopen (fixture);
      g_assert_false (is_there (fixture, "journal.db.damaged"));
    }
  store_recover (fixture->journal);
  store_check (fixture->journal, &fixture->platform, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name_, func_, data_)                                                                                       \
  g_test_add ("/store/check/" name_, StoreFixture, data_, store_fixture_set_up, func_, store_fixture_tear_down)
  ADD ("found-behind", test_found_behind, NULL);
  ADD ("found-in-use", test_found_in_use, NULL);
  ADD ("found-at-once/counter", test_found_at_once, "counter");
  ADD ("found-at-once/device", test_found_at_once, "device");
  ADD ("found-at-once/policy", test_found_at_once, "policy");
  ADD ("found-at-once/identity", test_found_at_once, "identity");
  ADD ("false-alarm", test_false_alarm, NULL);
  ADD ("clean-up-while-storing", test_clean_up_while_storing, NULL);
  ADD ("clean-up-fails", test_clean_up_fails, NULL);
  ADD ("cancelled", test_cancelled, NULL);
  return g_test_run ();
}
