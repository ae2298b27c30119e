/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-audit.h"
#include "xs-platform-check.h"
#include "xs-platform-fixture.h"
#include "xs-platform-learner-keys.h"
#include "xs-platform-photos.h"
#include "xs-platform-privacy.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

/* Each kind of damage gives one finding, which names what is damaged, and nothing else. */

typedef XsPlatformFixture Fixture;

#define OTHER "2000000000000003"
#define N_MEANWHILE 20

static void
assert_found (Fixture *f, const char *kind, const char *mentions)
{
  g_auto (XsPlatformChecked) checked = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_check (f->storage, FALSE, &checked, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < checked.problems->len; i++)
    g_test_message ("%s", g_array_index (checked.problems, XsPlatformFinding, i).text);
  g_assert_cmpuint (checked.problems->len, ==, kind != NULL ? 1 : 0);
  if (kind == NULL)
    return;
  const XsPlatformFinding *finding = &g_array_index (checked.problems, XsPlatformFinding, 0);
  g_assert_cmpstr (xs_platform_fault_nick (finding->fault), ==, kind);
  g_assert_nonnull (strstr (finding->text, mentions));
  g_assert_cmpstr (xs_platform_fault_remedy (finding->fault), !=, "");
}

/* (transfer full): the hash of a log with one photo, all of it filed */
static char *
put_log (Fixture *f, gint64 seq, const char *stunum, const char *previous, char **photo_sha256)
{
  g_auto (XsWireLog) wire_log;
  g_autofree char *recnum = xs_recnum ((guint) seq);
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) sealed =
    xs_make_photo (xs_platform_storage_get_seal_key (f->storage)->public_key, (guint) seq, 2000, &sha256);
  g_autofree char *path = xs_wire_path_photo (sha256);
  g_autoptr (XsReply) kept = xs_platform_fixture_send (f, "PUT", path, sealed);

  g_assert_cmpuint (kept->status, ==, 201);
  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  xs_sample_add_photo (&wire_log, "0000000101", XS_PHOTO_SIGN_IN, sha256);
  wire_log.seq = seq;
  if (previous != NULL)
    g_strlcpy (wire_log.previous, previous, sizeof wire_log.previous);
  g_strlcpy (wire_log.log.stunum, stunum, sizeof wire_log.log.stunum);
  g_strlcpy (wire_log.log.recnum, recnum, sizeof wire_log.log.recnum);
  g_autoptr (GBytes) bytes = xs_wire_log_encode (&wire_log);
  g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, xs_clock_wall_us (f->clock), &wire_log);
  g_assert_cmpuint (reply->status, ==, 200);
  if (photo_sha256 != NULL)
    *photo_sha256 = g_steal_pointer (&sha256);
  return xs_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* By the engine, and then by a person. */
static void
judge_first (Fixture *f)
{
  const XsAuditDecision decision = { .devnum = XS_SAMPLE_DEVNUM,
                                     .seq = 1,
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
  XsAuditOutcome outcome;
  gboolean found;
  gint64 version;

  xs_audit_facts_init (&facts);
  g_assert_true (xs_platform_audit_claim (f->storage, G_TIME_SPAN_HOUR, &job, &found, &error));
  g_assert_true (found);
  g_assert_true (xs_platform_audit_read_facts (f->storage, &job, &facts, &error));
  g_autoptr (XsAudit) audit = xs_audit_log (&job.wire_log.log, &job.policy, &facts);
  g_assert_true (xs_platform_audit_finish (f->storage, &job, audit, photos, doubts, &outcome, &error));
  g_assert_true (xs_platform_audit_decide (f->storage, &decision, &version, &error));
  g_assert_no_error (error);
  g_assert_cmpint (version, ==, 2);
}

typedef struct {
  const char *kind;
  const char *mentions;
  const char *damage;
  const char *repair;
} Damage;

/* Log 1 has two steps, log 2 waits for an auditor. */
static const Damage of_rows[] = {
  { "record", XS_SAMPLE_DEVNUM "-1", "UPDATE log SET credited_s = credited_s + 1 WHERE seq = 1",
    "UPDATE log SET credited_s = credited_s - 1 WHERE seq = 1" },
  { "record", XS_SAMPLE_DEVNUM "-1", "UPDATE audit SET end_us = end_us + 1 WHERE version = 2",
    "UPDATE audit SET end_us = end_us - 1 WHERE version = 2" },
  { "record", XS_SAMPLE_DEVNUM "-1",
    "UPDATE log_photo SET event = event + 1 WHERE log_id IN (SELECT id FROM log WHERE seq = 1)",
    "UPDATE log_photo SET event = event - 1 WHERE log_id IN (SELECT id FROM log WHERE seq = 1)" },
  { "history", XS_SAMPLE_DEVNUM "-1", "UPDATE audit_step SET version = 7 WHERE version = 1",
    "UPDATE audit_step SET version = 1 WHERE version = 7" },
  { "history", "step 2", "UPDATE audit_step SET from_state = 'sent' WHERE version = 2",
    "UPDATE audit_step SET from_state = (SELECT to_state FROM audit_step AS former WHERE former.version = 1)"
    " WHERE version = 2" },
  { "state", XS_SAMPLE_DEVNUM "-1", "UPDATE audit SET credited_min = credited_min + 5 WHERE version = 2",
    "UPDATE audit SET credited_min = credited_min - 5 WHERE version = 2" },
  { "state", XS_SAMPLE_DEVNUM "-1", "UPDATE log SET verdict = 'void' WHERE seq = 1",
    "UPDATE log SET verdict = 'valid' WHERE seq = 1" },
  { "queue", XS_SAMPLE_DEVNUM "-2", "DELETE FROM audit_job",
    "INSERT INTO audit_job (id, due_us) SELECT log_id, 1 FROM audit WHERE state = 'received'" },
  { "feed", XS_SAMPLE_DEVNUM "-1", "UPDATE verdict_feed SET last = last - 1",
    "UPDATE verdict_feed SET last = last + 1" },
};

#define TWO_MONTHS                                                                                                     \
  "to_char (date_trunc ('month', now () AT TIME ZONE 'UTC' + INTERVAL '8 hours') + INTERVAL '2 months', '_YYYY_MM')"

static void
test_rows (Fixture *f, gconstpointer data)
{
  g_autofree char *first = put_log (f, 1, XS_SAMPLE_STUNUM, NULL, NULL);
  g_autofree char *second = put_log (f, 2, XS_SAMPLE_STUNUM, first, NULL);

  xs_platform_fixture_file_photos (f);
  judge_first (f);
  assert_found (f, NULL, NULL);
  xs_platform_fixture_exec (f, "DROP TRIGGER audit_step_fixed", "DROP TRIGGER audit_step_fixed ON audit_step");
  for (guint i = 0; i < G_N_ELEMENTS (of_rows); i++)
    {
      g_test_message ("%s", of_rows[i].damage);
      xs_platform_fixture_exec (f, of_rows[i].damage, NULL);
      assert_found (f, of_rows[i].kind, of_rows[i].mentions);
      xs_platform_fixture_exec (f, of_rows[i].repair, NULL);
    }
  if (f->conninfo != NULL)
    {
      xs_platform_fixture_exec (f, NULL, "DO $$ BEGIN EXECUTE 'DROP TABLE photo_read' || " TWO_MONTHS "; END $$");
      assert_found (f, "partition", "photo_read_2");
      xs_platform_fixture_exec (f, NULL, "SELECT make_partitions (3)");
    }
  assert_found (f, NULL, NULL);
  /* A kiosk that was put back to an earlier day. */
  g_autofree char *third = put_log (f, 3, XS_SAMPLE_STUNUM, first, NULL);
  assert_found (f, "chain", XS_SAMPLE_DEVNUM "-3");
}

static void
let_age (const char *path)
{
  struct utimbuf long_ago = { 1000000, 1000000 };

  g_assert_cmpint (utime (path, &long_ago), ==, 0);
}

/* Found at the end of @path: nothing (@size 0), or as much of what was there, with a bit changed when it is as long. */
static void
assert_damage (Fixture *f, const char *path, gssize size, const char *kind, const char *mentions)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  if (size < 0)
    g_assert_cmpint (g_unlink (path), ==, 0);
  else
    {
      g_autofree char *damaged = g_memdup2 (contents, length);
      damaged[length - 1] ^= 1;
      g_assert_true (g_file_set_contents (path, damaged, size > 0 ? size : (gssize) length, NULL));
    }
  assert_found (f, kind, mentions);
  g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));
}

static void
test_files (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL, *theirs = NULL;
  guint8 key[XS_KEY_BYTES];
  g_autoptr (GError) error = NULL;
  g_autofree char *first = put_log (f, 1, XS_SAMPLE_STUNUM, NULL, &sha256);
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (f->storage, &error);
  const char *face = g_array_index (learners, XsWireLearner, 0).photo_sha256;
  g_autofree char *shard = g_strndup (sha256, 2);
  g_autofree char *face_shard = g_strndup (face, 2);
  g_autofree char *photo = g_build_filename (f->dir, "photos", shard, sha256, NULL);
  g_autofree char *stray = g_strconcat (photo, "0", NULL);
  g_autofree char *registration = g_strdup_printf ("%s/registration/%s/%s-" XS_SAMPLE_STUNUM, f->dir, face_shard, face);
  g_autofree char *key_path = xs_learner_key_path (f->storage, XS_SAMPLE_STUNUM);
  g_autofree char *other_key = xs_learner_key_path (f->storage, OTHER);

  g_assert_true (xs_platform_storage_add_learner (f->storage, OTHER, "李四", NULL, &error));
  g_autofree char *second = put_log (f, 2, OTHER, first, &theirs);
  xs_platform_fixture_file_photos (f);
  assert_found (f, NULL, NULL);
  assert_damage (f, photo, 0, "photo-damaged", sha256);
  assert_damage (f, photo, 100, "photo-damaged", sha256);
  assert_damage (f, photo, -1, "photo-missing", sha256);
  assert_damage (f, registration, 0, "registration-photo", XS_SAMPLE_STUNUM);
  assert_damage (f, registration, -1, "registration-photo", XS_SAMPLE_STUNUM);
  /* One finding, though neither of the two photos opens. */
  assert_damage (f, key_path, 20, "key-damaged", "2 photos of the learner");
  assert_damage (f, key_path, -1, "key-missing", key_path);
  g_assert_true (g_file_set_contents (stray, "what is this", -1, NULL));
  let_age (stray);
  assert_found (f, "stray-file", stray);
  g_assert_cmpint (g_unlink (stray), ==, 0);
  xs_platform_fixture_exec (
    f,
    "INSERT INTO photo_gone (sha256, why, gone_us) SELECT log_photo.sha256, 'retention', 1 FROM log_photo"
    " JOIN log ON log.id = log_id WHERE seq = 1",
    NULL);
  assert_found (f, "photo-kept", photo);
  xs_platform_fixture_exec (f, "DELETE FROM photo_gone", NULL);
  g_assert_true (xs_platform_storage_erase_learner (f->storage, OTHER, &error));
  g_assert_no_error (error);
  assert_found (f, NULL, NULL);
  g_assert_true (xs_learner_key_load (f->storage, OTHER, TRUE, key, &error));
  assert_found (f, "key-kept", other_key);
}

typedef struct {
  Fixture *f;
  gint ended;
  guint n_checks;
} Meanwhile;

static gpointer
check_meanwhile (gpointer data)
{
  Meanwhile *meanwhile = data;

  for (; g_atomic_int_get (&meanwhile->ended) == 0 || meanwhile->n_checks == 0; meanwhile->n_checks++)
    assert_found (meanwhile->f, NULL, NULL);
  return NULL;
}

/* While logs come, are filed and judged, and a learner is erased, nothing is found. */
static void
test_meanwhile (Fixture *f, gconstpointer data)
{
  Meanwhile meanwhile = { .f = f };
  g_autofree char *previous = put_log (f, 1, XS_SAMPLE_STUNUM, NULL, NULL);
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("check", check_meanwhile, &meanwhile);

  judge_first (f);
  g_assert_true (xs_platform_storage_add_learner (f->storage, OTHER, "李四", NULL, &error));
  for (guint seq = 2; seq < N_MEANWHILE; seq++)
    {
      char *next = put_log (f, seq, seq % 2 == 0 ? OTHER : XS_SAMPLE_STUNUM, previous, NULL);
      g_free (previous);
      previous = next;
      xs_platform_fixture_file_photos (f);
    }
  /* A server waits for the checker's queries, or leaves the rest to the next run. */
  if (!xs_platform_storage_erase_learner (f->storage, OTHER, &error))
    g_assert_error (error, XS_ERROR, XS_ERROR_BUSY);
  g_atomic_int_set (&meanwhile.ended, 1);
  g_thread_join (thread);
  g_test_message ("checked %u times meanwhile", meanwhile.n_checks);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/fsck/" name, Fixture, NULL, xs_platform_fixture_set_up, func, xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("rows", test_rows);
  ADD ("files", test_files);
  ADD ("meanwhile", test_meanwhile);
  return g_test_run ();
}
