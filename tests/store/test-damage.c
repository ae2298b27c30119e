/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Journals whose files are really damaged: what is got back, and that no number comes twice. */

#include "store-fixture.h"
#include "xs-wire-log.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

static char *
path_in (StoreFixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, "journal", name, NULL);
}

static guint
count_names (StoreFixture *fixture, const char *prefix)
{
  g_autofree char *path = path_in (fixture, "");
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_prefix (name, prefix) && !g_str_has_suffix (name, "-wal") && !g_str_has_suffix (name, "-shm");
  return n;
}

static void
read_file (StoreFixture *fixture, const char *name, guint8 **data, gsize *size)
{
  g_autofree char *path = path_in (fixture, name);
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, (char **) data, size, &error);
  g_assert_no_error (error);
}

static void
write_file (StoreFixture *fixture, const char *name, const guint8 *data, gsize size)
{
  g_autofree char *path = path_in (fixture, name);

  g_assert_true (g_file_set_contents (path, (const char *) data, (gssize) size, NULL));
}

/* One session with two photos and a log, as a learner leaves it. */
static void
study_once (StoreFixture *fixture, guint32 seed)
{
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);

  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, seed);
  g_assert_true (store_progress (fixture->journal, &handle, 90, &error));
  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_OUT, seed + 1);
  store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 91 * SECOND_US, FALSE);
}

/* Everything that must never come twice. */
typedef struct {
  gint64 photo, classid, log, minute, recnum;
} Numbers;

static Numbers
newest_numbers (StoreFixture *fixture)
{
  return (Numbers){
    store_count (fixture->journal, "SELECT max (number) FROM photo"),
    store_count (fixture->journal, "SELECT max (classid) FROM session"),
    store_count (fixture->journal, "SELECT max (seq) FROM log"),
    store_count (fixture->journal, "SELECT max (substr (number, 23)) FROM minute"),
    store_count (fixture->journal, "SELECT max (recnum) FROM log"),
  };
}

/* A journal with a copy that knows the first @n_before sessions of @n_all; closed. Returns the numbers it came to. */
static Numbers
make_history (StoreFixture *fixture, guint n_before, guint n_all)
{
  g_autoptr (GError) error = NULL;
  Numbers numbers;

  store_roster (fixture->journal, STUNUM, NULL);
  for (guint i = 0; i < n_all; i++)
    {
      study_once (fixture, 10 * i + 1);
      if (i + 1 == n_before)
        {
          xs_journal_wait_for_backup (fixture->journal);
          xs_journal_back_up (fixture->journal, TRUE);
          xs_journal_wait_for_backup (fixture->journal);
        }
    }
  g_assert_no_error (error);
  numbers = newest_numbers (fixture);
  g_clear_pointer (&fixture->journal, xs_journal_close);
  return numbers;
}

/* A journal that was restored is whole, is the same device, can be worked with, and uses no number again. */
static void
assert_restored (StoreFixture *fixture, const char *source, const Numbers *before)
{
  g_autoptr (GError) error = NULL;
  g_auto (XsRecovery) recovery = { 0 };
  XsIdentity identity;
  Numbers after;

  g_assert_true (xs_journal_recover (fixture->journal, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (xs_journal_get_recovery (fixture->journal, &recovery, &error));
  g_assert_cmpstr (recovery.source, ==, source);
  g_assert_true (xs_journal_get_identity (fixture->journal, &identity, &error));
  g_assert_no_error (error);
  study_once (fixture, 1000);
  after = newest_numbers (fixture);
  g_assert_cmpint (after.photo, >, before->photo + 2);
  g_assert_cmpint (after.classid, >, before->classid + 1);
  g_assert_cmpint (after.log, >, before->log + 1);
  g_assert_cmpint (after.minute, >, before->minute + 2);
  g_assert_cmpint (after.recnum, >, before->recnum + 1);
  g_assert_true (xs_journal_check (fixture->journal->db, &error));
  g_assert_true (xs_db_check (fixture->journal->db, &error));
  g_assert_no_error (error);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM pragma_foreign_key_check"), ==, 0);
}

typedef void (*Spoil) (guint8 *data, gsize *size);

static void
flip_header (guint8 *data, gsize *size)
{
  data[3] ^= 0x20;
}

static void
flip_page_size (guint8 *data, gsize *size)
{
  data[16] ^= 0x41;
}

static void
flip_schema (guint8 *data, gsize *size)
{
  data[100] ^= 0xff;
}

static void
spoil_pages (guint8 *data, gsize *size)
{
  for (gsize at = 4096; at + 16 < *size; at += 4096)
    memset (data + at, 0xa5, 16);
}

static void
halve (guint8 *data, gsize *size)
{
  *size /= 2;
}

static void
cut_odd (guint8 *data, gsize *size)
{
  *size -= 5000;
}

static void
empty (guint8 *data, gsize *size)
{
  *size = 0;
}

static void
zero (guint8 *data, gsize *size)
{
  memset (data, 0, *size);
}

static void
zero_rest (guint8 *data, gsize *size)
{
  memset (data + 8192, 0, *size - 8192);
}

static void
spoil (StoreFixture *fixture, const char *name, Spoil how)
{
  g_autofree guint8 *data = NULL;
  gsize size;

  read_file (fixture, name, &data, &size);
  how (data, &size);
  write_file (fixture, name, data, size);
}

/* However the file is damaged, the copy takes its place; the damaged one and photos it does not know are kept. */
static void
test_copy (StoreFixture *fixture, gconstpointer how)
{
  Numbers before = make_history (fixture, 2, 3);
  g_auto (XsRecovery) recovery = { 0 };
  g_autoptr (GError) error = NULL;

  spoil (fixture, "journal.db", (Spoil) how);
  store_fixture_reopen (fixture);
  g_assert_cmpuint (count_names (fixture, "journal.db.corrupt-"), ==, 1);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM log"), ==, 2);
  assert_restored (fixture, "copy", &before);
  g_assert_true (xs_journal_get_recovery (fixture->journal, &recovery, &error));
  g_assert_cmpuint (recovery.n_photos_aside, ==, 2);
  g_assert_cmpuint (count_names (fixture, "photos.lost-"), ==, 1);
  g_assert_true (g_file_test (recovery.moved_to, G_FILE_TEST_EXISTS));

  /* The next start finds nothing to mend. */
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_recover (fixture->journal, NULL, &error));
  g_assert_cmpuint (count_names (fixture, "journal.db.corrupt-"), ==, 1);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM recovery"), ==, 1);
}

static gint64
root_page (StoreFixture *fixture, const char *name)
{
  g_autofree char *sql = g_strdup_printf ("SELECT rootpage FROM sqlite_schema WHERE name = '%s'", name);

  return store_count (fixture->journal, sql);
}

/* An index that is damaged costs nothing: all rows are read from their tables. */
static void
test_salvage (StoreFixture *fixture, gconstpointer unused)
{
  gint64 page = root_page (fixture, "photo_segment");
  Numbers before = make_history (fixture, 1, 3);
  g_autofree guint8 *data = NULL;
  gsize size;

  read_file (fixture, "journal.db", &data, &size);
  memset (data + (page - 1) * 4096, 0xa5, 64);
  write_file (fixture, "journal.db", data, size);
  store_fixture_reopen (fixture);
  /* Found behind the start, and mended by the next. */
  store_recover (fixture->journal);
  store_fixture_reopen (fixture);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM log"), ==, 3);
  assert_restored (fixture, "salvaged", &before);
  g_assert_cmpuint (count_names (fixture, "photos.lost-"), ==, 0);
}

/* Rows are missing, and SQLite finds nothing wrong: the counters know. */
static void
test_rows_missing (StoreFixture *fixture, gconstpointer unused)
{
  Numbers before = make_history (fixture, 2, 3);
  g_autofree char *path = path_in (fixture, "journal.db");
  sqlite3 *raw;

  g_assert_cmpint (sqlite3_open (path, &raw), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (raw,
                                 "DELETE FROM outbox WHERE log_seq = 3; DELETE FROM log WHERE seq = 3;"
                                 "UPDATE outbox_count SET n = 3 WHERE kind = 'log' AND state = 'waiting'",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (raw), ==, SQLITE_OK);
  store_fixture_reopen (fixture);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM log"), ==, 2);
  assert_restored (fixture, "copy", &before);
}

/* The files as a power cut leaves them: the newest transactions are in the write-ahead log alone. */
static void
crash (StoreFixture *fixture, guint8 **db, gsize *db_size, guint8 **wal, gsize *wal_size)
{
  read_file (fixture, "journal.db", db, db_size);
  read_file (fixture, "journal.db-wal", wal, wal_size);
  g_clear_pointer (&fixture->journal, xs_journal_close);
}

static void
put_back (StoreFixture *fixture, const guint8 *db, gsize db_size, const guint8 *wal, gsize wal_size)
{
  g_autofree char *shm = path_in (fixture, "journal.db-shm");

  write_file (fixture, "journal.db", db, db_size);
  write_file (fixture, "journal.db-wal", wal, wal_size);
  g_unlink (shm);
}

/* Numbers of all kinds that @given does not have yet. Returns: how many there were. */
static guint
take_numbers (StoreFixture *fixture, GHashTable *given)
{
  gboolean ok;
  guint n = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (fixture->journal->db,
                   "SELECT 'photo ' || number FROM photo UNION ALL SELECT 'class ' || classid FROM session"
                   " UNION ALL SELECT 'log ' || seq FROM log UNION ALL SELECT 'minute ' || number FROM minute",
                   &error, "");

  while (xs_stmt_next (stmt, &ok, &error))
    n += g_hash_table_add (given, xs_stmt_dup_string (stmt, 0));
  g_assert_no_error (error);
  return n;
}

/*
 * L14: what resets a PC at every start puts the journal back to one state each time, here six times on a day. The
 * platform tells how far it has come, and no number comes twice.
 */
static void
test_reset_at_each_start (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree guint8 *db = NULL;
  g_autofree guint8 *wal = NULL;
  gsize db_size, wal_size;
  gint64 seq = 0;
  g_autoptr (GHashTable) given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;

  store_roster (fixture->journal, STUNUM, NULL);
  study_once (fixture, 1);
  xs_journal_cancel_backup (fixture->journal);
  guint n_first = take_numbers (fixture, given);
  crash (fixture, &db, &db_size, &wal, &wal_size);
  for (guint i = 0; i <= 6; i++)
    {
      gboolean set_back;

      put_back (fixture, db, db_size, wal, wal_size);
      xs_clock_fake_advance (fixture->clock, 60 * MINUTE_US);
      store_fixture_reopen (fixture);
      g_assert_true (xs_journal_recover (fixture->journal, NULL, &error));
      g_assert_true (xs_journal_check_set_back (fixture->journal, seq, &set_back, &error));
      g_assert_no_error (error);
      g_assert_cmpint (set_back, ==, i > 0);
      study_once (fixture, 100 * (i + 1));
      g_assert_cmpuint (take_numbers (fixture, given), ==, n_first);
      seq = newest_numbers (fixture).log;
      xs_journal_cancel_backup (fixture->journal);
      g_clear_pointer (&fixture->journal, xs_journal_close);
    }
  store_fixture_reopen (fixture);
}

typedef enum {
  WAL_WHOLE,
  WAL_TORN,   /* in the middle of the last transaction */
  WAL_MIDDLE, /* a byte in the middle */
  WAL_SALT,   /* a byte in the salt of a frame in the middle */
  WAL_HEADER,
  WAL_ZEROED,
} WalDamage;

/* SQLite leaves out what follows a damaged part without a word: it must not be forgotten. */
static void
test_wal (StoreFixture *fixture, gconstpointer data)
{
  WalDamage damage = GPOINTER_TO_INT (data);
  g_autofree guint8 *db = NULL;
  g_autofree guint8 *wal = NULL;
  gsize db_size, wal_size;
  g_autoptr (GError) error = NULL;
  g_auto (XsRecovery) recovery = { 0 };

  store_roster (fixture->journal, STUNUM, NULL);
  for (guint i = 0; i < 3; i++)
    study_once (fixture, 10 * i + 1);
  xs_journal_cancel_backup (fixture->journal);
  XsSessionHandle open = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_assert_true (store_progress (fixture->journal, &open, 30, &error));
  Numbers before = newest_numbers (fixture);
  crash (fixture, &db, &db_size, &wal, &wal_size);
  g_assert_cmpuint (wal_size, >, 20 * 4120);
  gsize middle = 32 + wal_size / 4120 / 2 * 4120;
  if (damage == WAL_TORN)
    wal_size -= 2000;
  else if (damage == WAL_MIDDLE)
    wal[middle + 1000] ^= 1;
  else if (damage == WAL_SALT)
    wal[middle + 9] ^= 1;
  else if (damage == WAL_HEADER)
    wal[18] ^= 1;
  else if (damage == WAL_ZEROED)
    memset (wal, 0, wal_size);
  put_back (fixture, db, db_size, wal, wal_size);

  store_fixture_reopen (fixture);
  if (damage <= WAL_TORN)
    {
      g_assert_true (xs_journal_recover (fixture->journal, NULL, &error));
      g_assert_true (xs_journal_get_recovery (fixture->journal, &recovery, &error));
      g_assert_cmpint (recovery.wall_us, ==, 0);
      store_check (fixture->journal, &fixture->platform, TRUE);
      return;
    }
  g_assert_cmpuint (count_names (fixture, "journal.db.corrupt-"), ==, 1);
  if (damage <= WAL_SALT)
    assert_restored (fixture, "salvaged", &before);
  else
    {
      /* Nothing but the schema had been written to the file itself, and a device nobody knows starts anew. */
      g_assert_true (xs_journal_get_recovery (fixture->journal, &recovery, &error));
      g_test_message ("%s", recovery.source);
      g_assert_cmpstr (recovery.source, !=, "");
    }
}

/* What was open in the copy may have been sent since: it is not made into a second log. */
static void
test_open_in_copy (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (XsRecovery) recovery = { 0 };
  gint64 total_us;

  store_roster (fixture->journal, STUNUM, NULL);
  study_once (fixture, 1);
  xs_journal_wait_for_backup (fixture->journal);
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_assert_true (store_progress (fixture->journal, &handle, 60, &error));
  xs_journal_back_up (fixture->journal, TRUE);
  xs_journal_wait_for_backup (fixture->journal);
  g_assert_true (store_progress (fixture->journal, &handle, 120, &error));
  store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 121 * SECOND_US, FALSE);
  Numbers before = newest_numbers (fixture);
  g_clear_pointer (&fixture->journal, xs_journal_close);
  spoil (fixture, "journal.db", zero);

  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_recover (fixture->journal, NULL, &error));
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM log"), ==, 1);
  g_assert_true (xs_journal_get_recovery (fixture->journal, &recovery, &error));
  g_assert_cmpuint (recovery.n_lost, ==, 1);
  g_assert_true (xs_journal_get_credit (fixture->journal, STUNUM, DAY, NULL, &total_us, &error));
  g_assert_cmpint (total_us, ==, 90 * SECOND_US);
  assert_restored (fixture, "copy", &before);
}

/* The first log after it tells the platform that numbers are missing, and follows what the copy knew. */
static void
test_gap_is_visible (StoreFixture *fixture, gconstpointer unused)
{
  Numbers before = make_history (fixture, 2, 3);
  g_autoptr (GError) error = NULL;
  g_auto (XsWireLog) wire_log;
  gboolean has_row;

  spoil (fixture, "journal.db", zero);
  store_fixture_reopen (fixture);
  assert_restored (fixture, "copy", &before);
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (fixture->journal->db,
                   "SELECT bytes, (SELECT sha256 FROM log WHERE seq = 2) FROM log ORDER BY seq DESC LIMIT 1", &error,
                   "");
  g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
  g_autoptr (GBytes) bytes = xs_stmt_bytes (stmt, 0);
  xs_wire_log_init (&wire_log);
  g_assert_true (xs_wire_log_decode (&wire_log, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpint (wire_log.seq, >, 1000);
  g_assert_cmpstr (wire_log.previous, ==, xs_stmt_string (stmt, 1));
}

/* A power cut in the middle of it: whichever step was the last, the next start ends it. */
static void
test_cut_off (StoreFixture *fixture, gconstpointer unused)
{
  Numbers before = make_history (fixture, 3, 3);
  g_autofree char *path = path_in (fixture, "journal.db");
  g_autofree char *ready = path_in (fixture, "journal.db.restored");
  g_autoptr (GError) error = NULL;

  spoil (fixture, "journal.db", zero);
  store_fixture_reopen (fixture);
  g_clear_pointer (&fixture->journal, xs_journal_close);
  /* As after the damaged file was moved away. */
  g_assert_cmpint (g_rename (path, ready), ==, 0);
  store_fixture_reopen (fixture);
  assert_restored (fixture, "copy", &before);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM recovery"), ==, 1);
}

/* The copy is damaged as well: a new device, which is told. */
static void
test_no_copy (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (XsRecovery) recovery = { 0 };

  make_history (fixture, 2, 3);
  spoil (fixture, "journal.db", zero);
  spoil (fixture, "journal.db.backup", spoil_pages);
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_get_recovery (fixture->journal, &recovery, &error));
  g_assert_cmpstr (recovery.source, ==, "anew");
  g_assert_cmpuint (count_names (fixture, "journal.db.corrupt-"), ==, 1);
  g_assert_cmpuint (count_names (fixture, "photos.old-"), ==, 1);
}

/* A copy that a newer program made is not thrown away, nor is the damaged file. */
static void
test_newer_copy (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = path_in (fixture, "");
  g_autofree char *backup = path_in (fixture, "journal.db.backup");
  g_autoptr (GError) error = NULL;
  sqlite3 *raw;

  make_history (fixture, 2, 3);
  g_assert_cmpint (sqlite3_open (backup, &raw), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (raw, "PRAGMA user_version = 999", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (raw), ==, SQLITE_OK);
  spoil (fixture, "journal.db", zero);
  g_assert_null (xs_journal_open (dir, fixture->clock, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_TOO_NEW);
  g_assert_cmpuint (count_names (fixture, "journal.db.corrupt-"), ==, 0);
  g_assert_true (g_file_test (backup, G_FILE_TEST_EXISTS));
}

/* A copy is made while somebody studies, and holds up nothing. */
static void
test_copy_in_use (StoreFixture *fixture, gconstpointer unused)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  g_autofree char *backup = path_in (fixture, "journal.db.backup");
  g_autoptr (GError) error = NULL;

  for (int i = 1; i <= 100; i++)
    {
      xs_journal_back_up (fixture->journal, TRUE);
      g_assert_true (store_progress (fixture->journal, &handle, i, &error));
    }
  xs_journal_wait_for_backup (fixture->journal);
  g_assert_no_error (error);
  g_autoptr (XsDb) copy =
    xs_db_open (backup, XS_JOURNAL_APPLICATION_ID, XS_JOURNAL_MIGRATIONS, XS_DB_OPEN_EXISTING, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (xs_journal_check (copy, &error));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name_, func_, data_)                                                                                       \
  g_test_add ("/store/damage/" name_, StoreFixture, data_, store_fixture_set_up, func_, store_fixture_tear_down)
  ADD ("header", test_copy, flip_header);
  ADD ("page-size", test_copy, flip_page_size);
  ADD ("schema", test_copy, flip_schema);
  ADD ("pages", test_copy, spoil_pages);
  ADD ("halved", test_copy, halve);
  ADD ("cut", test_copy, cut_odd);
  ADD ("empty", test_copy, empty);
  ADD ("zeroed", test_copy, zero);
  ADD ("zeroed-rest", test_copy, zero_rest);
  ADD ("salvage", test_salvage, NULL);
  ADD ("rows-missing", test_rows_missing, NULL);
  ADD ("wal-whole", test_wal, GINT_TO_POINTER (WAL_WHOLE));
  ADD ("wal-torn", test_wal, GINT_TO_POINTER (WAL_TORN));
  ADD ("wal-middle", test_wal, GINT_TO_POINTER (WAL_MIDDLE));
  ADD ("wal-salt", test_wal, GINT_TO_POINTER (WAL_SALT));
  ADD ("wal-header", test_wal, GINT_TO_POINTER (WAL_HEADER));
  ADD ("wal-zeroed", test_wal, GINT_TO_POINTER (WAL_ZEROED));
  ADD ("open-in-copy", test_open_in_copy, NULL);
  ADD ("gap-is-visible", test_gap_is_visible, NULL);
  ADD ("reset-at-each-start", test_reset_at_each_start, NULL);
  ADD ("cut-off", test_cut_off, NULL);
  ADD ("no-copy", test_no_copy, NULL);
  ADD ("newer-copy", test_newer_copy, NULL);
  ADD ("copy-in-use", test_copy_in_use, NULL);
  return g_test_run ();
}
