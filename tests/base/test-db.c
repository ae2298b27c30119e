/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "temp-dir.h"
#include "tiny-disk.h"
#include "xs-db.h"
#include "xs-error.h"

#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#define APPLICATION_ID 0x54657374u

typedef struct {
  TempDir *dir;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->dir = temp_dir_new ();
  fixture->path = g_build_filename (fixture->dir, "test.db", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_free (fixture->path);
  temp_dir_free (fixture->dir);
}

static XsDb *
open_with (Fixture *fixture, const char *migrations)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *moved_aside = NULL;
  XsDb *db = xs_db_open (fixture->path, APPLICATION_ID, migrations, XS_DB_OPEN_DEFAULT, &moved_aside, &error);

  g_assert_no_error (error);
  g_assert_null (moved_aside);
  return db;
}

static gint64
query (XsDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value;

  g_assert_true (xs_db_query_int (db, &value, -1, sql, &error, ""));
  g_assert_no_error (error);
  return value;
}

static void
run (XsDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_db_exec (db, sql, &error));
  g_assert_no_error (error);
}

/* Writes with SQLite itself, as another program would. */
static void
run_raw (const char *path, const char *sql)
{
  sqlite3 *raw;

  g_assert_cmpint (sqlite3_open (path, &raw), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (raw, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (raw), ==, SQLITE_OK);
}

static void
test_settings (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (XsDb) db = open_with (fixture, "/test/one");
  g_autoptr (XsStmt) mode = xs_db_prepare (db, "PRAGMA journal_mode", NULL, "");
  gboolean has_row;

  g_assert_true (xs_stmt_step (mode, &has_row, NULL));
  g_assert_cmpstr (xs_stmt_string (mode, 0), ==, "wal");
  g_assert_cmpint (query (db, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (query (db, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (query (db, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (query (db, "PRAGMA application_id"), ==, APPLICATION_ID);
}

static void
test_types (Fixture *fixture, gconstpointer unused)
{
  static const char text[] = "学时 'quoted'; --";
  static const guint8 raw[] = { 0, 1, 0xff, 0 };
  g_autoptr (XsDb) db = open_with (fixture, "/test/one");
  g_autoptr (GBytes) bytes = g_bytes_new (raw, sizeof raw);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;
  const char *insert = "INSERT INTO thing (id, name, data, size) VALUES (?, ?, ?, ?)";
  gboolean has_row;

  g_assert_true (xs_db_run (db, insert, &error, "isbd", G_MAXINT64, text, bytes, 0.1));
  g_assert_true (xs_db_run (db, insert, &error, "isbd", G_MININT64, NULL, NULL, (double) NAN));
  g_assert_true (xs_db_run (db, insert, &error, "isbd", (gint64) 0, "", empty, -1e300));
  g_assert_no_error (error);

  g_autoptr (XsStmt) stmt = xs_db_prepare (db, "SELECT id, name, data, size FROM thing ORDER BY id DESC", &error, "");
  g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
  g_autoptr (GBytes) data = xs_stmt_bytes (stmt, 2);
  g_autofree char *name = xs_stmt_dup_string (stmt, 1);
  g_assert_cmpint (xs_stmt_int (stmt, 0), ==, G_MAXINT64);
  g_assert_cmpstr (name, ==, text);
  g_assert_true (g_bytes_equal (data, bytes));
  g_assert_cmpfloat (xs_stmt_double (stmt, 3), ==, 0.1);

  g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
  g_autoptr (GBytes) no_data = xs_stmt_bytes (stmt, 2);
  g_assert_cmpstr (xs_stmt_string (stmt, 1), ==, "");
  g_assert_nonnull (no_data);
  g_assert_cmpuint (g_bytes_get_size (no_data), ==, 0);
  g_assert_false (xs_stmt_is_null (stmt, 2));
  g_assert_cmpfloat (xs_stmt_double (stmt, 3), ==, -1e300);

  g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
  g_assert_cmpint (xs_stmt_int (stmt, 0), ==, G_MININT64);
  g_assert_null (xs_stmt_string (stmt, 1));
  g_assert_null (xs_stmt_dup_string (stmt, 1));
  g_assert_null (xs_stmt_bytes (stmt, 2));
  g_assert_true (xs_stmt_is_null (stmt, 3));

  g_assert_true (xs_stmt_step (stmt, &has_row, &error));
  g_assert_false (has_row);
}

static void
test_query_int (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (XsDb) db = open_with (fixture, "/test/one");
  g_autoptr (GError) error = NULL;
  gint64 value;

  g_assert_true (xs_db_query_int (db, &value, 7, "SELECT id FROM thing", &error, ""));
  g_assert_cmpint (value, ==, 7);
  g_assert_true (xs_db_query_int (db, &value, 7, "SELECT NULL", &error, ""));
  g_assert_cmpint (value, ==, 7);
  g_assert_true (xs_db_query_int (db, &value, 7, "SELECT ? + ?", &error, "ii", (gint64) 40, (gint64) 2));
  g_assert_cmpint (value, ==, 42);
  g_assert_false (xs_db_query_int (db, &value, 7, "SELECT nothing", &error, ""));
  g_assert_error (error, XS_ERROR, XS_ERROR_FAILED);
}

static void
test_constraints (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    const char *sql;
    XsError code;
  } cases[] = {
    { "INSERT INTO thing (name) VALUES ('taken')", XS_ERROR_EXISTS },
    { "INSERT INTO thing (id) VALUES (5)", XS_ERROR_EXISTS },
    { "INSERT INTO thing (name) VALUES ('bad')", XS_ERROR_INVALID },
    { "INSERT INTO thing (kind) VALUES (2)", XS_ERROR_INVALID },
    { "INSERT INTO thing (kind) VALUES (NULL)", XS_ERROR_INVALID },
    { "INSERT INTO thing (size) VALUES ('long')", XS_ERROR_INVALID },
    { "INSERT INTO nothing VALUES (1)", XS_ERROR_FAILED },
    { "nonsense", XS_ERROR_FAILED },
  };
  g_autoptr (XsDb) db = open_with (fixture, "/test/one");

  run (db, "INSERT INTO thing (id, name) VALUES (5, 'taken')");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) exec_error = NULL;
      g_assert_false (xs_db_run (db, cases[i].sql, &error, ""));
      g_assert_error (error, XS_ERROR, (int) cases[i].code);
      g_assert_false (xs_db_exec (db, cases[i].sql, &exec_error));
      g_assert_error (exec_error, XS_ERROR, (int) cases[i].code);
    }
}

typedef struct {
  gboolean fail;
  const char *sql;
} Body;

static gboolean
run_body (XsDb *db, gpointer data, GError **error)
{
  const Body *body = data;

  if (!xs_db_exec (db, "INSERT INTO thing (name) VALUES ('inside')", error) || !xs_db_exec (db, body->sql, error))
    return FALSE;
  if (body->fail)
    g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED, "no");
  return !body->fail;
}

static void
test_transaction (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (XsDb) db = open_with (fixture, "/test/one");
  g_autoptr (GError) error = NULL;
  Body good = { FALSE, "SELECT 1" };
  Body refused = { TRUE, "SELECT 1" };
  Body broken = { FALSE, "INSERT INTO thing (kind) VALUES (9)" };
  Body late = { FALSE, "PRAGMA defer_foreign_keys = ON; INSERT INTO thing (kind) VALUES (9)" };
  Body rolled_back = { TRUE, "ROLLBACK" };
  gint64 before = xs_db_total_changes (db);

  g_assert_false (xs_db_transaction (db, run_body, &refused, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_REJECTED);
  g_clear_error (&error);
  g_assert_false (xs_db_transaction (db, run_body, &broken, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  /* The commit itself fails. */
  g_assert_false (xs_db_transaction (db, run_body, &late, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  /* As SQLite does by itself on a full disk. */
  g_assert_false (xs_db_transaction (db, run_body, &rolled_back, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_REJECTED);
  g_clear_error (&error);
  g_assert_cmpint (query (db, "SELECT count (*) FROM thing"), ==, 0);

  g_assert_true (xs_db_transaction (db, run_body, &good, &error));
  g_assert_no_error (error);
  g_assert_cmpint (query (db, "SELECT count (*) FROM thing"), ==, 1);
  g_assert_cmpint (xs_db_last_insert_rowid (db), ==, 1);
  g_assert_cmpint (xs_db_total_changes (db), >, before);
  run (db, "UPDATE thing SET size = 1");
  g_assert_cmpint (xs_db_changes (db), ==, 1);
}

static void
test_migrate (Fixture *fixture, gconstpointer unused)
{
  {
    g_autoptr (XsDb) db = open_with (fixture, "/test/one");
    run (db, "INSERT INTO thing (name) VALUES ('old')");
  }
  {
    g_autoptr (XsDb) db = open_with (fixture, "/test/two");
    g_assert_cmpint (query (db, "PRAGMA user_version"), ==, 2);
    g_assert_cmpint (query (db, "SELECT count (*) FROM thing WHERE name = 'old' AND colour = 'none'"), ==, 1);
  }

  g_autoptr (GError) error = NULL;
  g_assert_null (xs_db_open (fixture->path, APPLICATION_ID, "/test/one", XS_DB_OPEN_DEFAULT, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_TOO_NEW);
  g_assert_nonnull (strstr (error->message, fixture->path));

  g_autoptr (XsDb) db = open_with (fixture, "/test/two");
  g_assert_cmpint (query (db, "SELECT count (*) FROM thing"), ==, 1);
}

/* A step that fails leaves the version and the tables of before. */
static void
test_migrate_broken (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&(XsDb *){ open_with (fixture, "/test/one") }, xs_db_close);
  g_assert_null (xs_db_open (fixture->path, APPLICATION_ID, "/test/broken", XS_DB_OPEN_DEFAULT, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "0002-broken.sql"));

  g_autoptr (XsDb) db = open_with (fixture, "/test/one");
  g_assert_cmpint (query (db, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (query (db, "SELECT count (*) FROM pragma_table_info ('thing') WHERE name = 'shape'"), ==, 0);
}

static void
test_no_migrations (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (xs_db_open (fixture->path, APPLICATION_ID, "/test/none", XS_DB_OPEN_DEFAULT, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_FAILED);
}

static void
check_foreign (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;
  gsize before_size, after_size;

  run_raw (fixture->path, sql);
  g_assert_true (g_file_get_contents (fixture->path, &before, &before_size, NULL));
  g_assert_null (xs_db_open (fixture->path, APPLICATION_ID, "/test/one", XS_DB_OPEN_DEFAULT, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_assert_true (g_file_get_contents (fixture->path, &after, &after_size, NULL));
  g_assert_cmpmem (before, before_size, after, after_size);
}

static void
test_foreign (Fixture *fixture, gconstpointer unused)
{
  check_foreign (fixture, "CREATE TABLE bookmarks (url)");
}

static void
test_foreign_versioned (Fixture *fixture, gconstpointer unused)
{
  check_foreign (fixture, "CREATE TABLE bookmarks (url); PRAGMA user_version = 1; PRAGMA application_id = 77");
}

static void
test_corrupt (Fixture *fixture, gconstpointer how)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *moved_aside = NULL;
  g_autofree char *contents = NULL;
  g_autofree char *moved = NULL;
  gsize size, moved_size;

  {
    g_autoptr (XsDb) db = open_with (fixture, "/test/one");
    for (int i = 0; i < 500; i++)
      run (db, "INSERT INTO thing (data) VALUES (randomblob (100))");
  }
  g_assert_true (g_file_get_contents (fixture->path, &contents, &size, NULL));
  if (g_str_equal (how, "no header"))
    memset (contents, 'x', 100);
  else if (g_str_equal (how, "pages"))
    memset (contents + 4096, 0xee, size - 4096);
  else
    size = size / 2 - size / 2 % 4096;
  g_assert_true (g_file_set_contents (fixture->path, contents, (gssize) size, NULL));

  g_autoptr (XsDb) db =
    xs_db_open (fixture->path, APPLICATION_ID, "/test/one", XS_DB_OPEN_DEFAULT, &moved_aside, &error);
  g_assert_no_error (error);
  g_assert_cmpint (query (db, "SELECT count (*) FROM thing"), ==, 0);
  g_assert_true (g_str_has_prefix (moved_aside, fixture->path));
  g_assert_true (g_file_get_contents (moved_aside, &moved, &moved_size, NULL));
  g_assert_cmpmem (moved, moved_size, contents, size);
}

/* Who may not move the file, since somebody else has it open, is told and leaves it. */
static void
test_corrupt_refused (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GDir) dir = NULL;
  gsize size, size_after;

  {
    g_autoptr (XsDb) db = open_with (fixture, "/test/one");
    for (int i = 0; i < 500; i++)
      run (db, "INSERT INTO thing (data) VALUES (randomblob (100))");
  }
  g_assert_true (g_file_get_contents (fixture->path, &contents, &size, NULL));
  memset (contents + 4096, 0xee, size - 4096);
  g_assert_true (g_file_set_contents (fixture->path, contents, (gssize) size, NULL));

  g_assert_null (xs_db_open (fixture->path, APPLICATION_ID, "/test/one", XS_DB_OPEN_DEFAULT, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_true (g_file_get_contents (fixture->path, &after, &size_after, NULL));
  g_assert_cmpmem (after, size_after, contents, size);
  dir = g_dir_open (fixture->dir, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    g_assert_null (strstr (name, "corrupt"));

  /* Opening without the check is cheap, and the check can be had later. */
  g_clear_error (&error);
  g_autoptr (XsDb) db = xs_db_open (fixture->path, APPLICATION_ID, "/test/one", XS_DB_OPEN_UNCHECKED, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (xs_db_check (db, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
}

static void
test_existing_only (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (xs_db_open (fixture->path, APPLICATION_ID, "/test/one", XS_DB_OPEN_EXISTING, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_clear_error (&error);
  xs_db_close (open_with (fixture, "/test/one"));
  xs_db_close (xs_db_open (fixture->path, APPLICATION_ID, "/test/one", XS_DB_OPEN_EXISTING, NULL, &error));
  g_assert_no_error (error);
}

static void
test_page_limit (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (XsDb) db = open_with (fixture, "/test/one");
  g_autoptr (GError) error = NULL;
  Body large = { FALSE, "INSERT INTO thing (data) VALUES (zeroblob (1000000))" };

  run (db, "INSERT INTO thing (name) VALUES ('before'); PRAGMA max_page_count = 20");
  g_assert_false (xs_db_transaction (db, run_body, &large, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  g_assert_cmpint (query (db, "SELECT count (*) FROM thing"), ==, 1);
  run (db, "PRAGMA max_page_count = 100000");
  g_clear_error (&error);
  g_assert_true (xs_db_transaction (db, run_body, &large, &error));
}

static void
test_full_disk (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  if (!tiny_disk_mount (fixture->dir, 512 * 1024))
    return;
  {
    g_autoptr (XsDb) db = open_with (fixture, "/test/one");
    gint64 n = 0;
    while (xs_db_exec (db, "INSERT INTO thing (data) VALUES (zeroblob (1000))", &error))
      n++;
    g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
    g_assert_cmpint (n, >, 10);
    g_assert_cmpint (query (db, "SELECT count (*) FROM thing"), ==, n);
  }
  /* A disk too full even to begin. */
  g_autofree char *second = g_build_filename (fixture->dir, "second.db", NULL);
  g_autofree char *filler = g_build_filename (fixture->dir, "filler", NULL);
  g_clear_error (&error);
  FILE *file = fopen (filler, "w");
  while (fputc ('x', file) != EOF && fflush (file) == 0)
    ;
  fclose (file);
  g_assert_null (xs_db_open (second, APPLICATION_ID, "/test/one", XS_DB_OPEN_DEFAULT, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  g_clear_error (&error);

  /* Room, but no more files: SQLite calls that an error of opening. */
  g_assert_cmpint (mount ("xueshi-test", fixture->dir, "tmpfs", MS_REMOUNT, "size=2m,nr_inodes=40"), ==, 0);
  for (int i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%d", fixture->dir, i);
      int fd = g_open (name, O_CREAT | O_WRONLY, 0600);
      if (fd >= 0)
        g_close (fd, NULL);
    }
  g_assert_null (xs_db_open (second, APPLICATION_ID, "/test/one", XS_DB_OPEN_DEFAULT, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  tiny_disk_unmount (fixture->dir);
}

static void
test_busy (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (XsDb) db = open_with (fixture, "/test/one");
  g_autoptr (GError) error = NULL;
  sqlite3 *raw;
  Body good = { FALSE, "SELECT 1" };

  run (db, "PRAGMA busy_timeout = 0");
  g_assert_cmpint (sqlite3_open (fixture->path, &raw), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (raw, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_false (xs_db_transaction (db, run_body, &good, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpint (sqlite3_close (raw), ==, SQLITE_OK);
  g_assert_true (xs_db_transaction (db, run_body, &good, &error));
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer), const char *data)
{
  g_test_add (path, Fixture, data, set_up, func, tear_down);
}

static void
note_damage (const char *what, gpointer data)
{
  guint *n = data;

  (*n)++;
}

/* Only the table that is asked for is read; whoever runs into the damage tells. */
static void
test_check_table (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size;
  guint n_told = 0;
  gint64 page;

  {
    g_autoptr (XsDb) db = open_with (fixture, "/test/one");
    run (db, "CREATE TABLE good (x); CREATE TABLE bad (x); INSERT INTO good VALUES (1); INSERT INTO bad VALUES (1)");
    page = query (db, "SELECT rootpage FROM sqlite_schema WHERE name = 'bad'");
  }
  g_assert_true (g_file_get_contents (fixture->path, &data, &size, NULL));
  memset (data + (page - 1) * 4096, 0xa5, 16);
  g_assert_true (g_file_set_contents (fixture->path, data, (gssize) size, NULL));

  g_autoptr (XsDb) db = xs_db_open (fixture->path, APPLICATION_ID, "/test/one", XS_DB_OPEN_UNCHECKED, NULL, &error);
  g_assert_no_error (error);
  xs_db_set_damage_func (db, note_damage, &n_told);
  g_assert_true (xs_db_check_table (db, "good", &error));
  g_assert_cmpint (query (db, "SELECT count (*) FROM good"), ==, 1);
  g_assert_cmpuint (n_told, ==, 0);
  g_assert_false (xs_db_exec (db, "INSERT INTO bad VALUES (2)", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_assert_cmpuint (n_told, ==, 1);
  g_clear_error (&error);
  g_assert_false (xs_db_check_table (db, "bad", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
}

/* Rows that an index does not know of are found by the thorough check alone. */
static void
test_check_indexes (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (XsDb) db = open_with (fixture, "/test/one");
    run (db, "CREATE TABLE t (x); CREATE INDEX t_x ON t (x); CREATE TABLE kept AS SELECT * FROM sqlite_schema"
             " WHERE name = 't_x'");
    g_assert_true (xs_db_check_with_indexes (db, &error));
  }
  run_raw (fixture->path, "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 't_x'");
  run_raw (fixture->path, "INSERT INTO t VALUES (1)");
  run_raw (fixture->path, "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM kept");
  g_autoptr (XsDb) db = open_with (fixture, "/test/one");
  g_assert_false (xs_db_check_with_indexes (db, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
}

static void
test_reader (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (XsDb) db = open_with (fixture, "/test/one");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  run (db, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  g_autoptr (XsDb) reader = xs_db_open_reader (fixture->path, cancellable, &error);
  g_assert_no_error (error);
  g_assert_cmpint (query (reader, "SELECT count (*) FROM t"), ==, 1);
  run (db, "INSERT INTO t VALUES (2)");
  g_assert_cmpint (query (reader, "SELECT count (*) FROM t"), ==, 2);
  g_assert_false (xs_db_exec (reader, "INSERT INTO t VALUES (3)", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_IO);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (xs_db_exec (reader,
                              "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)"
                              " SELECT count (*) FROM n",
                              &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/base/db/settings", test_settings, NULL);
  add ("/base/db/types", test_types, NULL);
  add ("/base/db/query-int", test_query_int, NULL);
  add ("/base/db/constraints", test_constraints, NULL);
  add ("/base/db/transaction", test_transaction, NULL);
  add ("/base/db/migrate", test_migrate, NULL);
  add ("/base/db/migrate-broken", test_migrate_broken, NULL);
  add ("/base/db/no-migrations", test_no_migrations, NULL);
  add ("/base/db/foreign", test_foreign, NULL);
  add ("/base/db/foreign-versioned", test_foreign_versioned, NULL);
  add ("/base/db/corrupt/header", test_corrupt, "no header");
  add ("/base/db/corrupt/pages", test_corrupt, "pages");
  add ("/base/db/corrupt/cut", test_corrupt, "cut");
  add ("/base/db/corrupt/refused", test_corrupt_refused, NULL);
  add ("/base/db/existing-only", test_existing_only, NULL);
  add ("/base/db/page-limit", test_page_limit, NULL);
  add ("/base/db/full-disk", test_full_disk, NULL);
  add ("/base/db/busy", test_busy, NULL);
  add ("/base/db/check-table", test_check_table, NULL);
  add ("/base/db/check-indexes", test_check_indexes, NULL);
  add ("/base/db/reader", test_reader, NULL);
  return g_test_run ();
}
