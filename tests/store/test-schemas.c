/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Journals of every version there was, as dumps in tests/data/schema: each opens, keeps all it had, and goes on. */

#include "store-fixture.h"
#include "xs-blob.h"
#include "xs-wire-sample.h"

#include <sqlite3.h>
#include <string.h>

#define EXCUSED "2000000000000010"

static void
load (const char *dir, int version)
{
  g_autofree char *name = g_strdup_printf ("kiosk-%d.sql", version);
  g_autofree char *sql_path = g_test_build_filename (G_TEST_DIST, "data", "schema", name, NULL);
  g_autofree char *db_path = g_build_filename (dir, "journal.db", NULL);
  g_autofree char *keys = g_build_filename (dir, "keys", NULL);
  g_autofree char *key_path = g_build_filename (keys, "sign", NULL);
  g_autofree char *sql = NULL;
  g_autoptr (GError) error = NULL;
  XsSignKey key;
  guint8 both[XS_KEY_BYTES + XS_SIGN_SECRET_BYTES];
  sqlite3 *raw;

  g_file_get_contents (sql_path, &sql, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (xs_dir_ensure (keys, &error));
  g_assert_cmpint (sqlite3_open (db_path, &raw), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (raw, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (raw), ==, SQLITE_OK);
  xs_sample_key (&key);
  memcpy (both, key.public_key, XS_KEY_BYTES);
  memcpy (both + XS_KEY_BYTES, key.secret_key, XS_SIGN_SECRET_BYTES);
  g_assert_true (g_file_set_contents (key_path, (const char *) both, sizeof both, &error));
}

/* What staff and learners left, since version 7; what a learner agreed to is signed now, and sent. */
static void
assert_people (XsJournal *journal, int version)
{
  guint n = version < 7 ? 0 : 1;
  g_autoptr (GError) error = NULL;
  g_autofree char *camera = NULL;
  XsOutboxStatus status;
  XsConsent consent;

  g_assert_true (xs_outbox_get_status (journal, &status, &error));
  g_assert_cmpuint (status.appeals_waiting, ==, n);
  g_assert_cmpuint (status.consents_waiting, ==, n);
  g_assert_true (xs_journal_get_consent (journal, XS_SAMPLE_STUNUM, &consent, &error));
  g_assert_cmpint (consent.text_version, ==, n);
  g_assert_true (xs_journal_get_setting (journal, "camera", &camera, &error));
  g_assert_cmpstr (camera, ==, n == 0 ? NULL : "/dev/video0");
  g_autoptr (GPtrArray) due = xs_outbox_list_due (journal, XS_SAMPLE_TIME_US, 10, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < due->len; i++)
    {
      const XsOutboxItem *item = g_ptr_array_index (due, i);
      if (item->kind == XS_OUTBOX_PHOTO)
        continue;
      g_autoptr (GBytes) bytes = xs_outbox_read (journal, item, &error);
      g_assert_no_error (error);
      g_assert_true (xs_verify (xs_journal_get_sign_key (journal)->public_key, g_bytes_get_data (bytes, NULL),
                                g_bytes_get_size (bytes), g_bytes_get_data (item->signature, NULL)));
    }
}

static void
test_version (gconstpointer data)
{
  int version = GPOINTER_TO_INT (data);
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autoptr (XsClock) clock = xs_clock_fake_new (0, XS_SAMPLE_TIME_US + 24 * 3600 * SECOND_US);
  g_autoptr (GError) error = NULL;
  g_auto (XsWireLog) golden;
  g_auto (XsWireLog) cut_off;
  g_autofree char *etag = NULL;
  gint64 position_us, watched_us, today_us;
  XsOutboxStatus status;
  XsLearner learner;
  XsPolicy policy;
  XsSessionHandle handle;
  guint n_closed;

  load (dir, version);
  g_autoptr (XsJournal) journal = xs_journal_open (dir, clock, &error);
  g_assert_no_error (error);
  g_assert_true (xs_journal_recover (journal, &n_closed, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_closed, ==, 1);

  /* All it had. */
  g_assert_true (xs_outbox_get_status (journal, &status, &error));
  g_assert_cmpuint (status.photos_sent, ==, 3);
  g_assert_cmpuint (status.photos_waiting, ==, 1);
  g_assert_cmpuint (status.logs_waiting, ==, 2);
  g_assert_true (xs_journal_get_credit (journal, XS_SAMPLE_STUNUM, 20260105, &today_us, NULL, &error));
  g_assert_cmpint (today_us, ==, 121499999);
  g_assert_true (
    xs_journal_get_lesson_position (journal, XS_SAMPLE_STUNUM, "lesson-1", &position_us, &watched_us, &error));
  g_assert_cmpint (watched_us, ==, 121 * SECOND_US);
  g_assert_true (xs_journal_find_learner (journal, EXCUSED, &learner, &error));
  g_assert_cmpint (learner.no_turning, ==, version >= 2);
  /* None knew who is excused, or what was decided elsewhere about consent: the roster is fetched anew. */
  g_assert_true (xs_journal_get_roster_etag (journal, &etag, &error));
  g_assert_null (etag);

  /* The log that was signed before is sent as it was; the next one follows it, in a schema that holds what it says. */
  store_read_log (journal, 1, &golden);
  store_read_log (journal, 2, &cut_off);
  g_assert_cmpint (golden.schema, ==, 1);
  g_assert_cmpint (cut_off.schema, ==, 2);
  g_autoptr (GBytes) golden_bytes = xs_sample_bytes ("log-1.json");
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (golden_bytes, NULL), g_bytes_get_size (golden_bytes));
  g_assert_cmpstr (cut_off.previous, ==, sha256);
  g_assert_cmpint (cut_off.log.credited_s, ==, 42);
  g_assert_cmpuint (cut_off.log.photos->len, ==, 1);
  const char *picture_hash = g_array_index (cut_off.log.photos, XsPhotoRecord, 0).picture_hash;
  g_assert_cmpuint (strlen (picture_hash), ==, version < 3 ? 0 : 64);
  g_assert_cmpint (cut_off.log.active_check, ==, version < 2);
  g_assert_cmpuint (cut_off.log.events->len, ==, version < 3 ? 0 : 2);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM recovery"), ==, version < 5 ? 0 : 1);
  assert_people (journal, version);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM verdict WHERE version = 3"), ==, version < 8 ? 0 : 1);

  xs_policy_default (&policy);
  g_assert_true (xs_journal_begin_session (journal, XS_SAMPLE_STUNUM, "2211010000", &policy, xs_clock_wall_us (clock),
                                           &handle, &error));
  g_assert_cmpint (handle.classid, ==, 14);
  g_assert_true (xs_journal_check (journal->db, &error));
  g_assert_true (xs_db_check (journal->db, &error));
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  for (int version = 1; version <= 8; version++)
    {
      g_autofree char *path = g_strdup_printf ("/store/schemas/%d", version);
      g_test_add_data_func (path, GINT_TO_POINTER (version), test_version);
    }
  return g_test_run ();
}
