/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "tiny-disk.h"
#include "xs-blob.h"
#include "xs-error.h"
#include "xs-json.h"
#include "xs-platform-check.h"
#include "xs-platform-export.h"
#include "xs-platform-fixture.h"
#include "xs-platform-photos.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <utime.h>

/* What the platform keeps, whether it notices damage to it, and what it hands to people. */

typedef XsPlatformFixture Fixture;

static char *
storage_path (Fixture *f, const char *folder, const char *sha256)
{
  g_autofree char *shard = g_strndup (sha256, 2);

  return g_build_filename (f->dir, folder, shard, sha256, NULL);
}

/* A test of what SQLite's file alone has. */
static gboolean
skip_on_server (Fixture *f)
{
  if (f->conninfo != NULL)
    g_test_skip ("a server has no file of its own here");
  return f->conninfo != NULL;
}

static void
flip_byte (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, &error));
  g_assert_no_error (error);
  data[size / 2] ^= 1;
  g_assert_true (g_file_set_contents (path, data, (gssize) size, &error));
}

static GBytes *
put_photo (Fixture *f, guint seed, char **sha256)
{
  GBytes *photo = xs_make_photo (xs_platform_storage_get_seal_key (f->storage)->public_key, seed, 1000, sha256);
  g_autofree char *path = xs_wire_path_photo (*sha256);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "PUT", path, photo);

  g_assert_cmpuint (reply->status, ==, 201);
  return photo;
}

/* One log with one photo, whose hash is returned. */
static char *
put_log (Fixture *f, gint64 seq, const char *previous)
{
  g_auto (XsWireLog) wire_log;
  char *sha256 = NULL;
  g_autoptr (GBytes) photo = put_photo (f, (guint) seq, &sha256);
  g_autofree char *recnum = xs_recnum ((guint) seq);

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  xs_sample_add_photo (&wire_log, "0000000101", XS_PHOTO_SIGN_IN, sha256);
  wire_log.seq = seq;
  g_strlcpy (wire_log.log.recnum, recnum, sizeof wire_log.log.recnum);
  if (previous != NULL)
    g_strlcpy (wire_log.previous, previous, sizeof wire_log.previous);
  g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, XS_SAMPLE_TIME_US, &wire_log);
  g_assert_cmpuint (reply->status, ==, 200);
  xs_platform_fixture_file_photos (f);
  return sha256;
}

/* That verify finds @n_problems, the first of which mentions @mentions. */
static void
assert_verify (Fixture *f, guint n_problems, const char *mentions)
{
  g_auto (XsPlatformChecked) checked = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_check (f->storage, FALSE, &checked, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < checked.problems->len; i++)
    g_test_message ("%s", g_array_index (checked.problems, XsPlatformFinding, i).text);
  g_assert_cmpuint (checked.problems->len, ==, n_problems);
  if (n_problems > 0)
    g_assert_nonnull (strstr (g_array_index (checked.problems, XsPlatformFinding, 0).text, mentions));
}

static void
assert_open_fails (Fixture *f, XsError code, const char *mentions)
{
  g_autoptr (GError) error = NULL;

  xs_platform_fixture_stop (f);
  g_assert_null (xs_platform_storage_open (f->dir, f->clock, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, XS_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, mentions));
}

static void
test_create_twice (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (xs_platform_storage_create (f->dir, XS_SAMPLE_INSCODE, "another", f->clock, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_EXISTS);
}

static void
test_bad_names (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) no_jpeg = g_bytes_new_static ("GIF89a", 6);
  const struct {
    const char *stunum;
    const char *name;
    GBytes *photo;
  } cases[] = {
    { "2000", "a", NULL },
    { "", "a", NULL },
    { "200000000000000x", "a", NULL },
    { "2000000000000003", "", NULL },
    { "2000000000000003", "a\nb", NULL },
    { "2000000000000003", "\xff", NULL },
    { "2000000000000003", "0123456789012345678901234567890123456789012345678901234567890123", NULL },
    { "2000000000000003", "a", no_jpeg },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (
        xs_platform_storage_add_learner (f->storage, cases[i].stunum, cases[i].name, cases[i].photo, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
}

static void
test_change_learner (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) before = xs_platform_storage_list_learners (f->storage, &error);

  g_assert_true (xs_platform_storage_add_learner (f->storage, XS_SAMPLE_STUNUM, "李四", NULL, &error));
  g_autoptr (GArray) after = xs_platform_storage_list_learners (f->storage, &error);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_cmpstr (g_array_index (after, XsWireLearner, 0).name, ==, "李四");
  g_assert_cmpstr (g_array_index (after, XsWireLearner, 0).photo_sha256, ==,
                   g_array_index (before, XsWireLearner, 0).photo_sha256);
}

static gboolean
is_asked_to_turn (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (f->storage, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (learners->len, ==, 1);
  return !g_array_index (learners, XsWireLearner, 0).no_turning;
}

/* The mark of who cannot turn the head outlives a change of name. */
static void
test_active_check (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (is_asked_to_turn (f));
  g_assert_true (xs_platform_storage_set_active_check (f->storage, XS_SAMPLE_STUNUM, FALSE, &error));
  g_assert_false (is_asked_to_turn (f));
  g_assert_true (xs_platform_storage_add_learner (f->storage, XS_SAMPLE_STUNUM, "李四", NULL, &error));
  g_assert_false (is_asked_to_turn (f));
  g_assert_true (xs_platform_storage_set_active_check (f->storage, XS_SAMPLE_STUNUM, TRUE, &error));
  g_assert_true (is_asked_to_turn (f));

  g_assert_false (xs_platform_storage_set_active_check (f->storage, "2000000000000009", FALSE, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (xs_platform_storage_set_active_check (f->storage, "2", FALSE, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

/* A photo that is replaced is gone, also where another learner has the same. */
static void
test_change_photo (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (f->dir, "registration", NULL);
  g_autoptr (GBytes) first = g_bytes_new_static ("\xff\xd8\xff\xe0 a face", 11);
  g_autoptr (GBytes) second = g_bytes_new_static ("\xff\xd8\xff\xe0 another", 12);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_add_learner (f->storage, "2000000000000003", "a", first, &error));
  g_assert_cmpuint (xs_count_files (folder), ==, 2);
  g_assert_true (xs_platform_storage_add_learner (f->storage, "2000000000000003", "a", second, &error));
  g_assert_cmpuint (xs_count_files (folder), ==, 2);
  g_assert_true (xs_platform_storage_add_learner (f->storage, XS_SAMPLE_STUNUM, "b", second, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (xs_count_files (folder), ==, 2);
  assert_verify (f, 0, NULL);
}

static void
test_no_school (Fixture *f, gconstpointer data)
{
  g_autofree char *elsewhere = g_build_filename (f->dir, "elsewhere", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (xs_platform_storage_open (elsewhere, f->clock, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "init"));
  g_assert_false (g_file_test (elsewhere, G_FILE_TEST_EXISTS));
}

static void
test_lost_key (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->dir, "keys", "seal.key", NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
  assert_open_fails (f, XS_ERROR_CORRUPT, "seal.key");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_foreign_key (Fixture *f, gconstpointer data)
{
  XsSealKey key;
  g_autofree char *path = g_build_filename (f->dir, "keys", "seal.key", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (xs_seal_key_load (path, &key, &error));
  assert_open_fails (f, XS_ERROR_CORRUPT, "not the key");
}

/* A server may have the damaged file open: it stays under its name. */
static void
assert_untouched (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->dir, 0, NULL);
  guint n_databases = 0;

  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_assert_null (strstr (name, "corrupt"));
      n_databases += g_str_equal (name, "platform.db");
    }
  g_assert_cmpuint (n_databases, ==, 1);
}

static void
test_damaged_database (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->dir, "platform.db", NULL);
  g_autoptr (GError) error = NULL;

  if (skip_on_server (f))
    return;
  xs_platform_fixture_stop (f);
  g_assert_true (
    g_file_set_contents (path, "this is no database at all, and long enough to be taken for one", -1, &error));
  assert_open_fails (f, XS_ERROR_CORRUPT, "restore it from a backup");
  assert_untouched (f);
}

/* The pages of photos and of logs, not those that say what the database has. */
static void
damage (const char *path, char *contents)
{
  sqlite3 *db;
  sqlite3_stmt *stmt;
  guint n_damaged = 0;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT rootpage FROM sqlite_schema WHERE tbl_name IN ('photo', 'log')", -1,
                                       &stmt, NULL),
                   ==, SQLITE_OK);
  for (; sqlite3_step (stmt) == SQLITE_ROW; n_damaged++)
    memset (contents + (sqlite3_column_int64 (stmt, 0) - 1) * 4096, 0xee, 4096);
  sqlite3_finalize (stmt);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  g_assert_cmpuint (n_damaged, >=, 2);
}

/* Not seen when the file is opened, but before anything is served from it. */
static void
test_damaged_pages (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->dir, "platform.db", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  if (skip_on_server (f))
    return;
  xs_platform_fixture_stop (f);
  g_assert_true (g_file_get_contents (path, &contents, &size, &error));
  damage (path, contents);
  g_assert_true (g_file_set_contents (path, contents, (gssize) size, &error));
  g_autoptr (XsPlatformStorage) storage = xs_platform_storage_open (f->dir, f->clock, &error);
  g_assert_no_error (error);
  g_assert_null (xs_platform_server_start (storage, &f->options, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
  assert_untouched (f);
}

static int
fail_on_row (gpointer data, int n_columns, char **values, char **names)
{
  return 1;
}

/* A register of the first version, which had no devnum in its logs, opens with all that it holds. */
static void
test_migrates (Fixture *f, gconstpointer data)
{
  static const char rows[] =
    "INSERT INTO school VALUES (1, '" XS_SAMPLE_INSCODE "', 'A', x'%s');"
    "INSERT INTO learner VALUES ('" XS_SAMPLE_STUNUM "', 'B', NULL, 1);"
    "INSERT INTO device VALUES (5, '" XS_SAMPLE_DEVNUM "', zeroblob (32), 1, NULL, NULL);"
    "INSERT INTO photo VALUES (printf ('%%064d', 1), 10, 5, 1);"
    "INSERT INTO log VALUES (3, 5, 1, x'7b7d', zeroblob (64), printf ('%%064d', 2), printf ('%%064d', 0),"
    " '" XS_SAMPLE_STUNUM "', '00007', 60, 1, 'waiting');"
    "INSERT INTO log_photo VALUES (3, '0000000101', 17, printf ('%%064d', 1));"
    "PRAGMA application_id = 0x58535046; PRAGMA user_version = 1";
  g_autofree char *path = g_build_filename (f->dir, "platform.db", NULL);
  g_autofree char *initial =
    g_test_build_filename (G_TEST_DIST, "..", "data", "sql", "platform", "0001-initial.sql", NULL);
  g_autofree char *sql = NULL;
  g_autofree char *insert = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) hex = g_string_new (NULL);
  sqlite3 *db;

  if (skip_on_server (f))
    return;
  for (guint i = 0; i < XS_KEY_BYTES; i++)
    g_string_append_printf (hex, "%02x", xs_platform_storage_get_seal_key (f->storage)->public_key[i]);
  insert = g_strdup_printf (rows, hex->str);
  xs_platform_fixture_stop (f);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (g_file_get_contents (initial, &sql, NULL, &error));
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, insert, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);

  g_autoptr (XsPlatformStorage) storage = xs_platform_storage_open (f->dir, f->clock, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (storage, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_array_index (learners, XsWireLearner, 0).last_recnum, ==, 7);
  g_assert_false (g_array_index (learners, XsWireLearner, 0).no_turning);
  g_assert_cmpint (g_array_index (learners, XsWireLearner, 0).total_s, ==, 60);

  static const char same[] =
    "SELECT count (*) FROM log JOIN log_photo p ON p.log_id = log.id JOIN log_document d ON d.log_id = log.id"
    " WHERE log.id = 3 AND device_id = 5 AND seq = 1"
    " AND devnum = '" XS_SAMPLE_DEVNUM "' AND bytes = x'7b7d' AND number = '0000000101'";
  sqlite3_stmt *stmt;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, same, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (stmt, 0), ==, 1);
  sqlite3_finalize (stmt);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA foreign_key_check", fail_on_row, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_two_servers (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsPlatformStorage) second = xs_platform_storage_open (f->dir, f->clock, &error);

  if (skip_on_server (f))
    return;
  g_assert_no_error (error);
  g_assert_null (xs_platform_server_start (second, &f->options, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_BUSY);
}

static void
test_left_overs (Fixture *f, gconstpointer data)
{
  g_autofree char *incoming = g_strdup (xs_platform_storage_get_incoming_dir (f->storage));
  g_autofree char *path = g_build_filename (incoming, "upload.abcdef", NULL);
  g_autoptr (GError) error = NULL;

  xs_platform_fixture_stop (f);
  g_assert_true (g_file_set_contents (path, "half", -1, &error));
  xs_platform_fixture_start (f);
  if (f->conninfo != NULL)
    {
      /* It may be arriving at another server of the same folder: not one of yesterday. */
      const struct utimbuf yesterday = { 1000, 1000 };
      g_assert_cmpuint (xs_count_files (incoming), ==, 1);
      xs_platform_fixture_stop (f);
      g_assert_cmpint (g_utime (path, (struct utimbuf *) &yesterday), ==, 0);
      xs_platform_fixture_start (f);
    }
  g_assert_cmpuint (xs_count_files (incoming), ==, 0);
}

static void
test_verify_good (Fixture *f, gconstpointer data)
{
  g_auto (XsPlatformChecked) checked = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *first = put_log (f, 1, NULL);
  g_autofree char *third = put_log (f, 3, NULL);

  g_assert_true (xs_platform_check (f->storage, FALSE, &checked, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (checked.problems->len, ==, 0);
  g_assert_cmpuint (checked.notes->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (checked.notes, 0), "not arrived"));
}

/* A kiosk that is updated goes on from schema 1 to 2, and to 3 where that is needed, in one chain. */
static void
test_schemas (Fixture *f, gconstpointer data)
{
  static void (*const samples[]) (XsWireLog *) = { xs_sample_log, xs_sample_log_2, xs_sample_log_3 };
  g_autofree char *previous = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_auto (XsWireLog) wire_log;
      g_autofree char *sha256 = NULL;
      g_autoptr (GBytes) photo = put_photo (f, i, &sha256);
      xs_wire_log_init (&wire_log);
      samples[i](&wire_log);
      g_array_set_size (wire_log.log.photos, 0);
      xs_sample_add_photo (&wire_log, "0000000101", XS_PHOTO_SIGN_IN, sha256);
      if (previous != NULL)
        g_strlcpy (wire_log.previous, previous, sizeof wire_log.previous);
      g_autoptr (GBytes) bytes = xs_wire_log_encode (&wire_log);
      g_free (previous);
      previous = xs_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, XS_SAMPLE_TIME_US, &wire_log);
      g_assert_cmpuint (reply->status, ==, 200);
    }
  assert_verify (f, 0, NULL);
  g_autoptr (JsonNode) list = xs_platform_list (f->storage, "logs", &error);
  g_assert_no_error (error);
  JsonArray *logs = json_node_get_array (list);
  g_assert_cmpuint (json_array_get_length (logs), ==, 3);
  JsonObject *second = json_array_get_object_element (logs, 1);
  g_assert_cmpstr (json_object_get_string_member (second, "chain"), ==, "ok");
  g_assert_cmpstr (json_object_get_string_member (second, "end_reason"), ==, "made_up");
  g_assert_cmpint (json_object_get_int_member (second, "events"), ==, 4);
  g_assert_false (json_object_get_boolean_member (second, "active_check"));
  g_assert_cmpstr (json_object_get_string_member (second, "admitted_by"), ==, "");
  JsonObject *third = json_array_get_object_element (logs, 2);
  g_assert_cmpstr (json_object_get_string_member (third, "admitted_by"), ==, XS_SAMPLE_ADMITTED_BY);
  g_assert_cmpint (json_object_get_int_member (json_array_get_object_element (logs, 0), "events"), ==, 0);
}

static void
test_verify_damaged_photo (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = put_log (f, 1, NULL);
  g_autofree char *path = storage_path (f, "photos", sha256);

  flip_byte (path);
  assert_verify (f, 1, sha256);
}

static void
test_verify_lost_photo (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = put_log (f, 1, NULL);
  g_autofree char *path = storage_path (f, "photos", sha256);

  g_assert_cmpint (g_unlink (path), ==, 0);
  assert_verify (f, 1, sha256);
}

static void
test_heal_lost_photo (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo = put_photo (f, 7, &sha256);
  g_autofree char *file = storage_path (f, "photos", sha256);
  g_autofree char *path = xs_wire_path_photo (sha256);

  g_assert_cmpint (g_unlink (file), ==, 0);
  assert_verify (f, 1, sha256);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "PUT", path, photo);
  g_assert_cmpuint (reply->status, ==, 200);
  assert_verify (f, 0, NULL);
}

static void
test_verify_altered_log (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = put_log (f, 1, NULL);

  xs_platform_fixture_exec (
    f,
    "DROP TRIGGER log_document_signed; UPDATE log_document SET bytes ="
    " cast (replace (cast (bytes AS TEXT), '\"credited_s\":121', '\"credited_s\":180') AS BLOB)",
    "DROP TRIGGER log_document_signed ON log_document; UPDATE log_document SET bytes = convert_to"
    " (replace (convert_from (bytes, 'UTF8'), '\"credited_s\":121', '\"credited_s\":180'), 'UTF8')");
  /* That its signature and "duration" contradict it now is the same. */
  assert_verify (f, 1, "bytes");
}

static void
test_verify_altered_signature (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = put_log (f, 1, NULL);

  xs_platform_fixture_exec (f, "DROP TRIGGER log_document_signed; UPDATE log_document SET signature = zeroblob (64)",
                            "DROP TRIGGER log_document_signed ON log_document;"
                            "UPDATE log_document SET signature = decode (repeat ('00', 64), 'hex')");
  assert_verify (f, 1, "signature");
}

static void
test_verify_broken_chain (Fixture *f, gconstpointer data)
{
  g_autofree char *first = put_log (f, 1, NULL);
  g_autofree char *second = put_log (f, 2, first);

  assert_verify (f, 1, "does not follow");
}

static void
test_verify_registration_photo (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (f->storage, &error);
  const XsWireLearner *learner = &g_array_index (learners, XsWireLearner, 0);
  g_autofree char *name = g_strconcat (learner->photo_sha256, "-", learner->stunum, NULL);
  g_autofree char *path = storage_path (f, "registration", name);

  flip_byte (path);
  assert_verify (f, 1, XS_SAMPLE_STUNUM);
}

static void
test_export (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = put_log (f, 1, NULL);
  g_autofree char *out = g_build_filename (f->dir, "out", NULL);
  g_autofree char *folder = g_build_filename (out, XS_SAMPLE_DEVNUM "-1", NULL);
  g_autofree char *log_path = g_build_filename (folder, "log.json", NULL);
  g_autofree char *photo_path = g_build_filename (folder, "photo-0000000101-17.jpg", NULL);
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *photo = NULL;
  gsize size;

  g_assert_true (xs_platform_export (f->storage, out, &paths, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (paths->len, ==, 2);
  g_autoptr (JsonObject) object = xs_json_load_object (log_path, 1024 * 1024, &error);
  g_assert_no_error (error);
  g_assert_true (json_object_get_boolean_member (object, "signature_ok"));
  g_assert_cmpstr (json_object_get_string_member (object, "chain"), ==, "ok");
  g_assert_cmpstr (json_object_get_string_member (object, "verdict"), ==, "waiting");
  JsonObject *log = json_object_get_object_member (object, "log");
  g_assert_cmpint (json_object_get_int_member (log, "credited_s"), ==, 121);
  g_assert_true (g_file_get_contents (photo_path, &photo, &size, &error));
  g_assert_cmpuint (size, ==, 1000);

  /* What cannot be opened is told and does not hold up the rest; a second export replaces the first. */
  g_autofree char *stored = storage_path (f, "photos", sha256);
  flip_byte (stored);
  g_autoptr (GPtrArray) again = NULL;
  g_assert_true (xs_platform_export (f->storage, out, &again, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 1);
}

/* Until the platform says it has no room. Returns: how many photos it took */
static guint
fill_with_photos (Fixture *f)
{
  const guint8 *key = xs_platform_storage_get_seal_key (f->storage)->public_key;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *sha256 = NULL;
      g_autoptr (GBytes) photo = xs_make_photo (key, i, 60000, &sha256);
      g_autofree char *path = xs_wire_path_photo (sha256);
      g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "PUT", path, photo);
      if (reply->status != 201)
        {
          xs_assert_error (reply, 503, XS_WIRE_ERROR_UNAVAILABLE);
          return i;
        }
    }
  return 1000;
}

/* Until a log is refused for now. Returns: how many it took */
static guint
fill_with_logs (Fixture *f)
{
  for (guint i = 0; i < 5000; i++)
    {
      g_auto (XsWireLog) wire_log;
      g_autofree char *recnum = xs_recnum (i + 1);
      xs_wire_log_init (&wire_log);
      xs_sample_log (&wire_log);
      g_array_set_size (wire_log.log.photos, 0);
      wire_log.seq = i + 1;
      g_strlcpy (wire_log.log.recnum, recnum, sizeof wire_log.log.recnum);
      if (i > 0)
        memset (wire_log.previous, 'a', 64);
      g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, XS_SAMPLE_TIME_US, &wire_log);
      if (reply->status != 200)
        {
          xs_assert_error (reply, 503, XS_WIRE_ERROR_UNAVAILABLE);
          return i;
        }
    }
  return 5000;
}

/* That each thing answered as kept is there and whole, and nothing else is. */
static void
assert_kept (Fixture *f, guint n_photos, guint n_logs)
{
  g_autofree char *folder = g_build_filename (f->dir, "photos", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) photos = xs_platform_storage_list_photos (f->storage, &error);
  g_autoptr (JsonNode) logs = xs_platform_list (f->storage, "logs", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (photos->len, ==, n_photos);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (logs)), ==, n_logs);
  g_assert_cmpuint (xs_count_files (xs_platform_storage_get_incoming_dir (f->storage)), ==, 0);
  for (guint i = 0; i < photos->len; i++)
    {
      g_autoptr (GBytes) bytes =
        xs_platform_storage_get_sealed_photo (f->storage, g_array_index (photos, XsPlatformPhoto, i).sha256, NULL,
                                              &error);
      g_assert_no_error (error);
    }
}

static void
test_full_disk (Fixture *f, gconstpointer data)
{
  g_autofree char *root = g_strdup (f->dir);
  g_autofree char *disk = g_build_filename (root, "disk", NULL);
  g_autoptr (GError) error = NULL;

  if (skip_on_server (f))
    return;
  xs_platform_fixture_stop (f);
  g_assert_true (xs_dir_ensure (disk, &error));
  if (!tiny_disk_mount (disk, 2 * 1024 * 1024))
    return;
  g_free (f->dir);
  f->dir = g_build_filename (disk, "data", NULL);
  f->storage = xs_platform_storage_create (f->dir, XS_SAMPLE_INSCODE, "示范驾校", f->clock, &error);
  g_assert_no_error (error);
  g_assert_true (xs_platform_storage_add_learner (f->storage, XS_SAMPLE_STUNUM, "演示学员", NULL, &error));
  xs_platform_storage_close (f->storage);
  xs_platform_fixture_start (f);
  g_autoptr (XsReply) paired = xs_platform_fixture_pair (f, &f->key, XS_SAMPLE_DEVNUM);
  g_assert_cmpuint (paired->status, ==, 200);

  guint n_photos = fill_with_photos (f);
  guint n_logs = fill_with_logs (f);
  g_test_message ("full with %u photos and %u logs", n_photos, n_logs);
  g_assert_cmpuint (n_photos, >, 5);
  assert_kept (f, n_photos, n_logs);

  /* Somebody makes room: the same things are sent again, and go on from there. */
  g_assert_cmpint (mount ("xueshi-test", disk, "tmpfs", MS_REMOUNT, "size=4m"), ==, 0);
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo = put_photo (f, 2000, &sha256);
  assert_kept (f, n_photos + 1, n_logs);
  assert_verify (f, n_logs > 1 ? n_logs - 1 : 0, "does not follow");
  xs_platform_fixture_stop (f);
  tiny_disk_unmount (disk);
  g_free (f->dir);
  f->dir = g_steal_pointer (&root);
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/storage/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                    \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("create-twice", test_create_twice);
  ADD ("bad-names", test_bad_names);
  ADD ("change-learner", test_change_learner);
  ADD ("active-check", test_active_check);
  ADD ("change-photo", test_change_photo);
  ADD ("no-school", test_no_school);
  ADD ("lost-key", test_lost_key);
  ADD ("foreign-key", test_foreign_key);
  ADD ("damaged-database", test_damaged_database);
  ADD ("migrates", test_migrates);
  ADD ("damaged-pages", test_damaged_pages);
  ADD ("two-servers", test_two_servers);
  ADD ("left-overs", test_left_overs);
  ADD ("schemas", test_schemas);
  ADD ("verify-good", test_verify_good);
  ADD ("verify-damaged-photo", test_verify_damaged_photo);
  ADD ("verify-lost-photo", test_verify_lost_photo);
  ADD ("heal-lost-photo", test_heal_lost_photo);
  ADD ("verify-altered-log", test_verify_altered_log);
  ADD ("verify-altered-signature", test_verify_altered_signature);
  ADD ("verify-broken-chain", test_verify_broken_chain);
  ADD ("verify-registration-photo", test_verify_registration_photo);
  ADD ("export", test_export);
  ADD ("full-disk", test_full_disk);
  return g_test_run ();
}
