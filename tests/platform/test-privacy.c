/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "postgres-cluster.h"
#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-audit.h"
#include "xs-platform-check.h"
#include "xs-platform-consent.h"
#include "xs-platform-fixture.h"
#include "xs-platform-learner-keys.h"
#include "xs-platform-photos.h"
#include "xs-platform-privacy.h"
#include "xs-platform-register.h"
#include "xs-sql.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

/* What is to be gone is gone from every file of the folder; what must stay, stays; and damage of any kind is named. */

typedef XsPlatformFixture Fixture;

#define OTHER "2000000000000003"
#define NAME "欧阳无名氏"
#define COMMENT "a scar that shows"
#define SOME_SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define MEASURES "{\"of\":\"a face that nobody else has\"}"
#define FACE "\xff\xd8\xff\xe0 a face that nobody else has, of some length"

static const XsPlatformReader reader = { .who = "person:wang", .why = "review" };

static char *
photo_path (Fixture *f, const char *sha256)
{
  g_autofree char *shard = g_strndup (sha256, 2);

  return g_build_filename (f->dir, "photos", shard, sha256, NULL);
}

static guint
send_photo (Fixture *f, const char *sha256, GBytes *sealed)
{
  g_autofree char *path = xs_wire_path_photo (sha256);
  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = path,
                        .body = sealed,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = xs_clock_wall_us (f->clock) };
  g_autoptr (XsReply) reply = xs_send (&request);

  return reply->status;
}

static void
put_log (Fixture *f, gint64 seq, const char *stunum, const char *sha256)
{
  g_auto (XsWireLog) wire_log;
  g_autofree char *recnum = xs_recnum ((guint) seq);

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  xs_sample_add_photo (&wire_log, "0000000101", XS_PHOTO_SIGN_IN, sha256);
  wire_log.seq = seq;
  g_strlcpy (wire_log.log.stunum, stunum, sizeof wire_log.log.stunum);
  g_strlcpy (wire_log.log.recnum, recnum, sizeof wire_log.log.recnum);
  g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, xs_clock_wall_us (f->clock), &wire_log);
  g_assert_cmpuint (reply->status, ==, 200);
}

/* A photo in a log of @stunum. Returns: (transfer full): its sealed bytes */
static GBytes *
put_filed (Fixture *f, gint64 seq, const char *stunum, char **sha256)
{
  GBytes *sealed = xs_make_photo (xs_platform_storage_get_seal_key (f->storage)->public_key, (guint) seq, 2000, sha256);

  g_assert_cmpuint (send_photo (f, *sha256, sealed), ==, 201);
  put_log (f, seq, stunum, *sha256);
  xs_platform_fixture_file_photos (f);
  return sealed;
}

static gboolean
is_here (Fixture *f, const char *sha256)
{
  g_autofree char *path = photo_path (f, sha256);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
assert_check (Fixture *f, gboolean repair, guint n_problems, const char *mentions)
{
  g_auto (XsPlatformChecked) checked = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_check (f->storage, repair, &checked, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < checked.problems->len; i++)
    g_test_message ("%s", g_array_index (checked.problems, XsPlatformFinding, i).text);
  g_assert_cmpuint (checked.problems->len, ==, n_problems);
  if (n_problems > 0)
    g_assert_nonnull (strstr (g_array_index (checked.problems, XsPlatformFinding, 0).text, mentions));
  if (repair)
    g_assert_cmpuint (checked.repaired, >, 0);
}

/* In any file of the platform's folder, or of its database server. */
static gboolean
disk_holds (Fixture *f, const void *bytes, gsize size)
{
  return xs_folder_holds (f->dir, bytes, size)
         || (f->conninfo != NULL && xs_folder_holds (postgres_cluster_dir (), bytes, size));
}

static gboolean
disk_holds_bytes (Fixture *f, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  /* From its middle: whatever stands around it. */
  return disk_holds (f, data + size / 2, MIN (size / 2, 48));
}

/* With the server running, whose connections hold the database's log open, and with samples taken of every table. */
static void
test_erase (Fixture *f, gconstpointer data)
{
  g_autofree char *mine = NULL, *theirs = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) face = g_bytes_new_static (FACE, strlen (FACE));
  guint8 key[XS_KEY_BYTES];

  g_assert_true (xs_platform_storage_add_learner (f->storage, OTHER, NAME, face, &error));
  g_assert_no_error (error);
  g_autoptr (GBytes) sealed = put_filed (f, 1, OTHER, &mine);
  g_autoptr (GBytes) other_sealed = put_filed (f, 3, XS_SAMPLE_STUNUM, &theirs);
  g_autofree char *file_path = photo_path (f, mine);
  g_autofree char *key_path = xs_learner_key_path (f->storage, OTHER);
  g_autoptr (GBytes) plain = xs_unseal (xs_platform_storage_get_seal_key (f->storage), sealed, &error);
  g_autoptr (GBytes) file = xs_blob_read (file_path, 4096, &error);
  g_autoptr (GBytes) key_file = xs_blob_read (key_path, 4096, &error);
  g_assert_no_error (error);
  g_assert_true (xs_learner_key_load (f->storage, OTHER, FALSE, key, &error));
  xs_platform_fixture_exec (
    f,
    "INSERT INTO audit_photo (log_id, number, devnum, stunum, taken_us, seen, plain_sha256, picture_hash, measures)"
    " SELECT id, '0000000101', devnum, stunum, 1, 'present', '', '', '" MEASURES "' FROM log WHERE stunum = '" OTHER
    "'",
    NULL);
  xs_platform_fixture_exec (f,
                            "INSERT INTO registration (stunum, sha256, state, version, reason, comment, who, at_us)"
                            " VALUES ('" OTHER "', '" SOME_SHA256 "', 'returned', 1, 'glare', '" COMMENT
                            "', 'head', 1)",
                            NULL);
  xs_platform_fixture_exec (f, "ANALYZE", "ANALYZE; CHECKPOINT");
  g_assert_true (disk_holds (f, NAME, strlen (NAME)));
  g_assert_true (disk_holds (f, MEASURES, strlen (MEASURES)));
  g_assert_true (disk_holds (f, COMMENT, strlen (COMMENT)));
  g_assert_true (disk_holds_bytes (f, file));
  g_assert_true (disk_holds_bytes (f, key_file));

  g_assert_true (xs_platform_storage_erase_learner (f->storage, OTHER, &error));
  g_assert_no_error (error);
  g_assert_false (disk_holds (f, NAME, strlen (NAME)));
  g_assert_false (disk_holds (f, MEASURES, strlen (MEASURES)));
  g_assert_false (disk_holds (f, COMMENT, strlen (COMMENT)));
  g_assert_false (disk_holds (f, FACE, strlen (FACE)));
  g_assert_false (disk_holds_bytes (f, plain));
  g_assert_false (disk_holds_bytes (f, sealed));
  g_assert_false (disk_holds_bytes (f, file));
  g_assert_false (disk_holds_bytes (f, key_file));
  g_assert_false (disk_holds (f, key, sizeof key));
  g_assert_false (is_here (f, mine));
  g_assert_true (is_here (f, theirs));

  /* What was signed is as good as before, and the roster has one learner less. */
  assert_check (f, FALSE, 0, NULL);
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (f->storage, &error);
  g_assert_cmpuint (learners->len, ==, 1);
  g_assert_null (xs_platform_storage_read_photo (f->storage, mine, &reader, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (xs_platform_storage_erase_learner (f->storage, OTHER, &error));
  g_assert_false (xs_platform_storage_erase_learner (f->storage, "2000000000000099", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

/* Reads one number, then has the learner erased by somebody else. */
static gboolean
erase_while_reading (XsSql *sql, gpointer data, GError **error)
{
  Fixture *f = data;
  gint64 n;
  g_autoptr (GError) local_error = NULL;

  if (!xs_sql_query_int (sql, &n, 0, "SELECT count (*) FROM learner", error, ""))
    return FALSE;
  g_assert_false (xs_platform_storage_erase_learner (f->storage, OTHER, &local_error));
  g_assert_error (local_error, XS_ERROR, XS_ERROR_BUSY);
  return TRUE;
}

/* Who began before may still read the name, and a server would take it along: the next run ends it. */
static void
test_erase_while_read (Fixture *f, gconstpointer data)
{
  XsPlatformRetained retained;
  g_autoptr (GError) error = NULL;

  if (f->conninfo == NULL)
    return g_test_skip ("SQLite has its readers wait");
  g_autoptr (XsSql) reader_sql =
    xs_sql_open_postgresql (f->conninfo, "/org/xueshi/platform/sql-postgresql", FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (xs_platform_storage_add_learner (f->storage, OTHER, NAME, NULL, &error));
  g_assert_true (xs_sql_transaction (reader_sql, erase_while_reading, f, &error));
  g_assert_no_error (error);
  g_assert_true (disk_holds (f, NAME, strlen (NAME)));
  g_assert_true (xs_platform_storage_retain (f->storage, NULL, &retained, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (retained.erased, ==, 1);
  g_assert_false (disk_holds (f, NAME, strlen (NAME)));
}

/* A kiosk that knows of nothing sends what it has: the log is kept, the photo is not, and nobody asks for it again. */
static void
test_late_photo (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) asked = g_ptr_array_new ();

  g_assert_true (xs_platform_storage_erase_learner (f->storage, XS_SAMPLE_STUNUM, &error));
  g_autoptr (GBytes) sealed = put_filed (f, 1, XS_SAMPLE_STUNUM, &sha256);
  g_assert_false (is_here (f, sha256));
  name = xs_learner_key_path (f->storage, XS_SAMPLE_STUNUM);
  g_assert_false (g_file_test (name, G_FILE_TEST_EXISTS));
  g_ptr_array_add (asked, sha256);
  g_autoptr (GPtrArray) missing = xs_platform_storage_find_missing (f->storage, asked, &error);
  g_assert_cmpuint (missing->len, ==, 0);
  g_assert_cmpuint (send_photo (f, sha256, sealed), ==, 200);
  g_assert_false (is_here (f, sha256));
  assert_check (f, FALSE, 0, NULL);
}

/* A crash between the row and the files: the next run ends it. */
static void
test_erase_cut_off (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GError) error = NULL;
  XsPlatformRetained retained;
  g_autoptr (GBytes) sealed = put_filed (f, 1, XS_SAMPLE_STUNUM, &sha256);

  xs_platform_fixture_exec (f, "UPDATE learner SET name = '-', erased_us = 1, erasing = 1", NULL);
  g_assert_true (is_here (f, sha256));
  g_assert_true (xs_platform_storage_retain (f->storage, NULL, &retained, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (retained.erased, ==, 1);
  g_assert_false (is_here (f, sha256));
  assert_check (f, FALSE, 0, NULL);
}

static XsPlatformRetained
retain (Fixture *f)
{
  XsPlatformRetained retained;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_retain (f->storage, NULL, &retained, &error));
  g_assert_no_error (error);
  return retained;
}

static void
let_kiosk_be_seen (Fixture *f)
{
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);

  g_assert_cmpuint (reply->status, ==, 200);
}

/* Judged by the engine, decided by a person, and settled. */
static void
settle (Fixture *f, gint64 seq)
{
  const XsAuditDecision decision = { .devnum = XS_SAMPLE_DEVNUM,
                                     .seq = seq,
                                     .version = 1,
                                     .who = "wang",
                                     .verdict = XS_VERDICT_VALID,
                                     .reason = "",
                                     .comment = "" };
  g_auto (XsAuditJob) job = { 0 };
  g_auto (XsAuditFacts) facts;
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (GArray) doubts = xs_wire_reasons_new ();
  g_autoptr (GError) error = NULL;
  XsAuditSettlement settlement;
  XsAuditOutcome outcome;
  gboolean found;
  gint64 version;

  xs_audit_facts_init (&facts);
  /* Those that are not asked for stay with whoever has claimed them. */
  do
    g_assert_true (xs_platform_audit_claim (f->storage, G_TIME_SPAN_HOUR, &job, &found, &error));
  while (job.wire_log.seq != seq);
  g_assert_true (xs_platform_audit_read_facts (f->storage, &job, &facts, &error));
  g_autoptr (XsAudit) audit = xs_audit_log (&job.wire_log.log, &job.policy, &facts);
  g_assert_true (xs_platform_audit_finish (f->storage, &job, audit, photos, doubts, &outcome, &error));
  g_assert_true (xs_platform_audit_decide (f->storage, &decision, &version, &error));
  g_assert_true (xs_platform_audit_settle (f->storage, &settlement, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (settlement.n_ready, ==, 1);
}

/* The default policy: 1461 days of a judged log, 30 days without one. */
static void
test_retention (Fixture *f, gconstpointer data)
{
  g_autofree char *judged = NULL, *waiting = NULL, *stray = NULL, *later = NULL;
  g_autoptr (GBytes) judged_photo = put_filed (f, 1, XS_SAMPLE_STUNUM, &judged);
  g_autoptr (GBytes) waiting_photo = put_filed (f, 3, XS_SAMPLE_STUNUM, &waiting);
  g_autoptr (GBytes) stray_photo =
    xs_make_photo (xs_platform_storage_get_seal_key (f->storage)->public_key, 5, 2000, &stray);

  settle (f, 1);
  g_assert_cmpuint (send_photo (f, stray, stray_photo), ==, 201);
  xs_clock_fake_advance (f->clock, 29 * G_TIME_SPAN_DAY);
  let_kiosk_be_seen (f);
  g_assert_cmpuint (retain (f).strays, ==, 0);
  xs_clock_fake_advance (f->clock, 2 * G_TIME_SPAN_DAY);
  let_kiosk_be_seen (f);
  g_assert_cmpuint (retain (f).strays, ==, 1);
  g_assert_false (is_here (f, stray));
  /* It was not asked for in vain: it may come again, and its log too. */
  g_assert_cmpuint (send_photo (f, stray, stray_photo), ==, 201);
  put_log (f, 5, XS_SAMPLE_STUNUM, stray);
  settle (f, 5);

  xs_clock_fake_advance (f->clock, 1440 * G_TIME_SPAN_DAY);
  XsPlatformRetained held = retain (f);
  g_assert_true (held.held);
  g_assert_true (is_here (f, judged));
  let_kiosk_be_seen (f);
  XsPlatformRetained retained = retain (f);
  g_assert_false (retained.held);
  g_assert_cmpuint (retained.expired, ==, 1);
  g_assert_false (is_here (f, judged));
  g_assert_true (is_here (f, waiting));
  g_assert_true (is_here (f, stray));
  g_assert_cmpuint (retain (f).expired, ==, 0);
  assert_check (f, FALSE, 0, NULL);
}

/* Reads one number, then has somebody else do what the policy wants. */
static gboolean
retain_while_reading (XsSql *sql, gpointer data, GError **error)
{
  Fixture *f = data;
  gint64 n;
  XsPlatformRetained retained;
  g_autoptr (GError) local_error = NULL;

  if (!xs_sql_query_int (sql, &n, 0, "SELECT count (*) FROM audit_photo", error, ""))
    return FALSE;
  g_assert_false (xs_platform_storage_retain (f->storage, NULL, &retained, &local_error));
  g_assert_error (local_error, XS_ERROR, XS_ERROR_BUSY);
  /* All else is done: only the copy waits. */
  g_assert_cmpuint (retained.strays, ==, 1);
  return TRUE;
}

/* What was measured of who withdrew is owed until the database has no copy of it either. */
static void
test_withdraw_while_read (Fixture *f, gconstpointer data)
{
  XsPlatformRetained retained;
  gboolean withdrawn;
  g_autofree char *mine = NULL, *stray = NULL;
  g_autoptr (GError) error = NULL;

  if (f->conninfo == NULL)
    return g_test_skip ("SQLite has its readers wait");
  g_autoptr (GBytes) sealed = put_filed (f, 1, XS_SAMPLE_STUNUM, &mine);
  settle (f, 1);
  xs_platform_fixture_exec (
    f,
    "INSERT INTO audit_photo (log_id, number, devnum, stunum, taken_us, seen, plain_sha256, picture_hash, measures)"
    " SELECT id, '0000000101', devnum, stunum, 1, 'present', '', '', '" MEASURES "' FROM log;"
    "INSERT INTO registration_check (stunum, sha256, report)"
    " SELECT stunum, repeat ('a', 64), '" MEASURES "' FROM log; CHECKPOINT",
    NULL);
  g_autoptr (GBytes) photo = xs_make_photo (xs_platform_storage_get_seal_key (f->storage)->public_key, 9, 400, &stray);
  g_assert_cmpuint (send_photo (f, stray, photo), ==, 201);
  g_assert_true (xs_platform_storage_withdraw_consent (f->storage, XS_SAMPLE_STUNUM, &withdrawn, &error));
  g_assert_no_error (error);
  xs_clock_fake_advance (f->clock, 40 * G_TIME_SPAN_DAY);
  let_kiosk_be_seen (f);
  g_autoptr (XsSql) reader_sql =
    xs_sql_open_postgresql (f->conninfo, "/org/xueshi/platform/sql-postgresql", FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (xs_sql_transaction (reader_sql, retain_while_reading, f, &error));
  g_assert_no_error (error);
  g_assert_true (disk_holds (f, MEASURES, strlen (MEASURES)));
  g_assert_true (xs_platform_storage_retain (f->storage, NULL, &retained, &error));
  g_assert_no_error (error);
  g_assert_false (disk_holds (f, MEASURES, strlen (MEASURES)));
}

static void
let_age (const char *path)
{
  struct utimbuf long_ago = { 1000000, 1000000 };

  g_assert_cmpint (utime (path, &long_ago), ==, 0);
}

/* Each thing that --repair mends: named before, mended then, and all is well. */
static void
assert_mended (Fixture *f, const char *mentions)
{
  assert_check (f, FALSE, 1, mentions);
  assert_check (f, TRUE, 0, NULL);
  assert_check (f, FALSE, 0, NULL);
}

static void
test_repair (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autofree char *unknown = xs_sha256_hex ("unknown", 7);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sealed = put_filed (f, 1, XS_SAMPLE_STUNUM, &sha256);
  g_autofree char *path = photo_path (f, sha256);
  g_autofree char *left_over = g_strconcat (path, ".ABCDEF.tmp", NULL);
  g_autofree char *registration = g_build_filename (f->dir, "registration", "aa", unknown, NULL);
  g_autofree char *folder = g_path_get_dirname (registration);
  g_autofree char *key_path = xs_learner_key_path (f->storage, OTHER);
  guint8 key[XS_KEY_BYTES];

  g_assert_true (xs_dir_ensure (folder, &error));
  /* Fresh files may be a server's own. */
  g_assert_true (xs_blob_write (left_over, sealed, &error));
  assert_check (f, FALSE, 0, NULL);
  let_age (left_over);
  assert_mended (f, left_over);
  g_assert_true (xs_blob_write (registration, sealed, &error));
  let_age (registration);
  assert_mended (f, registration);
  g_assert_true (xs_learner_key_load (f->storage, OTHER, TRUE, key, &error));
  let_age (key_path);
  assert_mended (f, key_path);
  /* As it came: it was not filed. */
  g_assert_true (xs_blob_write (path, sealed, &error));
  assert_mended (f, sha256);
  xs_platform_fixture_exec (f, "INSERT INTO photo_gone (sha256, why, gone_us) SELECT sha256, 'retention', 1 FROM photo",
                            NULL);
  assert_mended (f, path);
  g_assert_false (is_here (f, sha256));
}

/* What nobody may mend but from a backup stays wrong. */
static void
test_no_repair (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (XsPlatformChecked) checked = { 0 };
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("nonsense", 8);
  g_autoptr (GBytes) sealed = put_filed (f, 1, XS_SAMPLE_STUNUM, &sha256);
  g_autofree char *key_path = xs_learner_key_path (f->storage, XS_SAMPLE_STUNUM);

  g_assert_true (xs_platform_check (f->storage, FALSE, &checked, &error));
  g_assert_cmpuint (checked.logs, ==, 1);
  g_assert_cmpuint (checked.photos, ==, 1);
  g_assert_cmpuint (checked.learners, ==, 1);
  g_assert_cmpuint (checked.files, ==, 2);
  g_assert_cmpuint (checked.keys, ==, 1);

  /* Neither photo nor registration photo opens, for one reason. */
  g_assert_true (xs_blob_write (key_path, nonsense, &error));
  assert_check (f, FALSE, 1, key_path);

  g_assert_true (xs_platform_storage_add_learner (f->storage, OTHER, "李四", NULL, &error));
  xs_platform_fixture_exec (f, "UPDATE log SET stunum = '" OTHER "'", NULL);
  g_auto (XsPlatformChecked) moved = { 0 };
  g_assert_true (xs_platform_check (f->storage, FALSE, &moved, &error));
  gboolean is_named = FALSE;
  for (guint i = 0; i < moved.problems->len; i++)
    is_named =
      is_named
      || strstr (g_array_index (moved.problems, XsPlatformFinding, i).text, "and locked with the key of") != NULL;
  g_assert_true (is_named);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/privacy/" name, Fixture, NULL, xs_platform_fixture_set_up, func, xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("erase", test_erase);
  ADD ("erase-while-read", test_erase_while_read);
  ADD ("late-photo", test_late_photo);
  ADD ("erase-cut-off", test_erase_cut_off);
  ADD ("retention", test_retention);
  ADD ("withdraw-while-read", test_withdraw_while_read);
  ADD ("repair", test_repair);
  ADD ("no-repair", test_no_repair);
  return g_test_run ();
}
