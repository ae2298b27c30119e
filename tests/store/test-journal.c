/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "xs-blob.h"

#include <sqlite3.h>
#include <string.h>

static char *
path_in (StoreFixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, "journal", name, NULL);
}

static guint
count_names (const char *dir_path, const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (dir_path, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_prefix (name, prefix) ? 1 : 0;
  return n;
}

static void
test_second_process (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = g_strdup (xs_journal_get_dir (fixture->journal));
  g_autoptr (GError) error = NULL;

  g_assert_null (xs_journal_open (dir, fixture->clock, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, dir));
  g_clear_error (&error);

  g_clear_pointer (&fixture->journal, xs_journal_close);
  g_autoptr (XsJournal) second = xs_journal_open (dir, fixture->clock, &error);
  g_assert_no_error (error);
  g_assert_nonnull (second);
}

static void
test_unusable_folder (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (fixture->dir, "platform-key", NULL);

  g_assert_null (xs_journal_open (file, fixture->clock, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_IO);
}

static void
test_private_files (StoreFixture *fixture, gconstpointer unused)
{
  static const char *const files[] = { "keys/sign", "keys/seal", "lock" };
  static const char *const dirs[] = { "", "keys", "photos" };
  GStatBuf info;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = path_in (fixture, files[i]);
      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    }
  for (guint i = 0; i < G_N_ELEMENTS (dirs); i++)
    {
      g_autofree char *path = path_in (fixture, dirs[i]);
      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0700);
    }
}

static void
test_keys_stay (StoreFixture *fixture, gconstpointer unused)
{
  XsSignKey sign = *xs_journal_get_sign_key (fixture->journal);
  XsSealKey seal = *xs_journal_get_seal_key (fixture->journal);

  store_fixture_reopen (fixture);
  g_assert_cmpmem (&sign, sizeof sign, xs_journal_get_sign_key (fixture->journal), sizeof sign);
  g_assert_cmpmem (&seal, sizeof seal, xs_journal_get_seal_key (fixture->journal), sizeof seal);
}

static void
test_keys_wrong (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = path_in (fixture, "");
  g_autofree char *sign = path_in (fixture, "keys/sign");
  g_autofree char *kept = path_in (fixture, "kept");
  g_autoptr (GError) error = NULL;
  XsSignKey other;

  g_clear_pointer (&fixture->journal, xs_journal_close);
  g_assert_cmpint (g_rename (sign, kept), ==, 0);
  g_assert_null (xs_journal_open (dir, fixture->clock, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_assert_false (g_file_test (sign, G_FILE_TEST_EXISTS));
  g_clear_error (&error);

  g_assert_true (xs_sign_key_load (sign, &other, NULL));
  g_assert_null (xs_journal_open (dir, fixture->clock, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_clear_error (&error);

  g_assert_cmpint (g_rename (kept, sign), ==, 0);
  store_fixture_reopen (fixture);
}

static void
test_newer_schema (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = path_in (fixture, "");
  g_autofree char *path = path_in (fixture, "journal.db");
  g_autoptr (GError) error = NULL;
  sqlite3 *raw;

  g_clear_pointer (&fixture->journal, xs_journal_close);
  g_assert_cmpint (sqlite3_open (path, &raw), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (raw, "PRAGMA user_version = 999", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (raw), ==, SQLITE_OK);

  g_assert_null (xs_journal_open (dir, fixture->clock, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_TOO_NEW);
  g_assert_cmpuint (count_names (dir, "journal.db.corrupt"), ==, 0);
}

/* What the damaged journal had is kept, and the new one cannot be taken for it. */
static void
test_corrupt (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = path_in (fixture, "");
  g_autofree char *path = path_in (fixture, "journal.db");
  g_autofree char *keys = path_in (fixture, "keys");
  guint8 before[XS_KEY_BYTES];
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  XsIdentity identity;
  g_autoptr (GError) error = NULL;

  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, 1);
  memcpy (before, xs_journal_get_sign_key (fixture->journal)->public_key, sizeof before);
  g_clear_pointer (&fixture->journal, xs_journal_close);
  g_assert_true (g_file_set_contents (path, "this is no database, it only has its name", -1, NULL));

  store_fixture_reopen (fixture);
  g_assert_cmpuint (count_names (dir, "journal.db.corrupt-"), ==, 1);
  g_assert_cmpuint (count_names (dir, "photos.old-"), ==, 1);
  g_assert_cmpuint (count_names (keys, "sign.old-"), ==, 1);
  g_assert_cmpint (memcmp (before, xs_journal_get_sign_key (fixture->journal)->public_key, sizeof before), !=, 0);
  g_assert_false (xs_journal_get_identity (fixture->journal, &identity, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (xs_journal_recover (fixture->journal, NULL, &error));
  g_assert_cmpuint (count_names (dir, "photos.old-"), ==, 1);
}

static void
test_identity (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  XsIdentity identity, other;

  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_get_identity (fixture->journal, &identity, &error));
  g_assert_cmpstr (identity.devnum, ==, DEVNUM);
  g_assert_cmpstr (identity.inscode, ==, INSCODE);
  g_assert_cmpstr (identity.school, ==, "平安驾校");
  g_assert_cmpstr (identity.platform_url, ==, "http://127.0.0.1:8080");
  g_assert_cmpmem (identity.platform_key, XS_KEY_BYTES, fixture->platform.public_key, XS_KEY_BYTES);

  /* Free to change until something is recorded under it. */
  other = identity;
  g_strlcpy (other.devnum, "0000330100000002", sizeof other.devnum);
  g_assert_true (xs_journal_set_identity (fixture->journal, &other, &error));
  g_assert_true (xs_journal_set_identity (fixture->journal, &identity, &error));
  store_begin (fixture->journal, fixture->clock, STUNUM);
  g_assert_false (xs_journal_set_identity (fixture->journal, &other, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_EXISTS);
  g_clear_error (&error);

  /* The address of the same device may change any time. */
  g_strlcpy (identity.platform_url, "https://platform.example", sizeof identity.platform_url);
  g_assert_true (xs_journal_set_identity (fixture->journal, &identity, &error));
  g_assert_true (xs_journal_get_identity (fixture->journal, &other, &error));
  g_assert_cmpstr (other.devnum, ==, DEVNUM);
  g_assert_cmpstr (other.platform_url, ==, "https://platform.example");
}

static void
test_identity_refused (StoreFixture *fixture, gconstpointer unused)
{
  XsIdentity good;

  g_assert_true (xs_journal_get_identity (fixture->journal, &good, NULL));
  for (int i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;
      XsIdentity bad = good;
      if (i == 0)
        bad.devnum[15] = '\0';
      else if (i == 1)
        bad.inscode[3] = 'x';
      else if (i == 2)
        memset (bad.platform_key, 0, XS_KEY_BYTES);
      else
        g_strlcpy (bad.school, "\xff", sizeof bad.school);
      g_assert_false (xs_journal_set_identity (fixture->journal, &bad, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
}

static void
test_unpaired (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = g_build_filename (fixture->dir, "unpaired", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (XsJournal) journal = xs_journal_open (dir, fixture->clock, &error);
  XsSessionHandle handle;
  XsIdentity identity;
  XsPolicy policy;
  guint n_closed = 7;

  g_assert_no_error (error);
  g_assert_false (xs_journal_get_identity (journal, &identity, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  xs_policy_default (&policy);
  g_assert_false (xs_journal_begin_session (journal, STUNUM, SUBJCODE, &policy, START_US, &handle, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (xs_journal_recover (journal, &n_closed, &error));
  g_assert_cmpuint (n_closed, ==, 0);
}

static void
test_policy (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *etag = NULL;
  XsPolicy standard, policy;

  g_assert_true (xs_db_exec (fixture->journal->db, "DELETE FROM policy", &error));
  xs_policy_default (&standard);
  g_assert_true (xs_journal_get_policy (fixture->journal, &policy, &etag, &error));
  g_assert_cmpmem (&policy, sizeof policy, &standard, sizeof standard);
  g_assert_null (etag);

  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "data", "policy", "demo.json", NULL);
  g_autofree char *json = NULL;
  g_assert_true (g_file_get_contents (path, &json, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (xs_journal_set_policy (fixture->journal, json, "\"v2\"", &error));
  g_assert_no_error (error);
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_get_policy (fixture->journal, &policy, &etag, &error));
  g_assert_cmpstr (policy.id, !=, standard.id);
  g_assert_cmpstr (etag, ==, "\"v2\"");

  /* What is refused replaces nothing. */
  g_assert_false (xs_journal_set_policy (fixture->journal, "{\"id\":\"x\"}", "\"v3\"", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_autofree char *still = NULL;
  XsPolicy kept;
  g_assert_true (xs_journal_get_policy (fixture->journal, &kept, &still, &error));
  g_assert_cmpmem (&kept, sizeof kept, &policy, sizeof policy);
  g_assert_cmpstr (still, ==, "\"v2\"");
}

/* Stored by another version of the program: the default applies, and the etag does not keep it from being fetched. */
static void
test_policy_unreadable (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *etag = NULL;
  XsPolicy standard, policy;

  g_assert_true (
    xs_db_run (fixture->journal->db,
               "INSERT OR REPLACE INTO policy (id, json, etag, stored_wall_us) VALUES (1, '{}', '\"v1\"', 0)", &error,
               ""));
  xs_policy_default (&standard);
  g_assert_true (xs_journal_get_policy (fixture->journal, &policy, &etag, &error));
  g_assert_cmpmem (&policy, sizeof policy, &standard, sizeof standard);
  g_assert_null (etag);
}

static void
test_lesson_position (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GError) error = NULL;
  gint64 position = 1, watched = 1;

  g_assert_true (xs_journal_get_lesson_position (journal, STUNUM, "lesson-1", &position, &watched, &error));
  g_assert_cmpint (position, ==, 0);
  g_assert_cmpint (watched, ==, 0);
  g_assert_true (xs_journal_set_lesson_position (journal, STUNUM, "lesson-1", 5, 9, &error));
  g_assert_true (xs_journal_set_lesson_position (journal, STUNUM, "lesson-1", 6, 10, &error));
  g_assert_true (xs_journal_set_lesson_position (journal, OTHER_STUNUM, "lesson-1", 1, 2, &error));
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_get_lesson_position (fixture->journal, STUNUM, "lesson-1", &position, &watched, &error));
  g_assert_cmpint (position, ==, 6);
  g_assert_cmpint (watched, ==, 10);
  g_assert_false (xs_journal_set_lesson_position (fixture->journal, STUNUM, "lesson-1", -1, 10, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/journal/second-process", test_second_process);
  store_fixture_add_test ("/store/journal/unusable-folder", test_unusable_folder);
  store_fixture_add_test ("/store/journal/private-files", test_private_files);
  store_fixture_add_test ("/store/journal/keys-stay", test_keys_stay);
  store_fixture_add_test ("/store/journal/keys-wrong", test_keys_wrong);
  store_fixture_add_test ("/store/journal/newer-schema", test_newer_schema);
  store_fixture_add_test ("/store/journal/corrupt", test_corrupt);
  store_fixture_add_test ("/store/journal/identity", test_identity);
  store_fixture_add_test ("/store/journal/identity-refused", test_identity_refused);
  store_fixture_add_test ("/store/journal/unpaired", test_unpaired);
  store_fixture_add_test ("/store/journal/policy", test_policy);
  store_fixture_add_test ("/store/journal/policy-unreadable", test_policy_unreadable);
  store_fixture_add_test ("/store/journal/lesson-position", test_lesson_position);
  return g_test_run ();
}
