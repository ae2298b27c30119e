/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-fixture.h"

#include "postgres-cluster.h"
#include "temp-dir.h"
#include "xs-blob.h"
#include "xs-json.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define INSCODE "1000000000000001"
#define START_US G_GINT64_CONSTANT (1767574800000000) /* 2026-01-05 09:00:00 GMT+8 */
#define MINUTE_US ((gint64) 60 * G_USEC_PER_SEC)

static const char *const devnums[XS_N_DEVICES] = { "4000000000000004", "4000000000000005" };

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GBytes *
xs_media_person (const char *person, guint index)
{
  const char *chosen = g_getenv ("XUESHI_TEST_MEDIA");
  g_autofree char *beside = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "media", NULL);
  g_autofree char *folder = g_build_filename (chosen != NULL ? chosen : beside, person, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  if (names->len == 0)
    {
      g_test_skip_printf ("no pictures of real people in %s", folder);
      return NULL;
    }
  g_ptr_array_sort (names, compare_names);
  g_assert_cmpuint (index, <, names->len);
  GBytes *jpeg = xs_blob_read (g_ptr_array_index (names, index), 4 * 1024 * 1024, &error);
  g_assert_no_error (error);
  return jpeg;
}

static void
pair (XsAuditFixture *f, guint device)
{
  XsWirePairRequest request = { 0 };
  XsWirePairAnswer answer;
  const char *refusal;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("device-%u.key", device);
  g_autofree char *path = g_build_filename (f->dir, name, NULL);
  g_autofree char *code = xs_platform_storage_make_pair_code (f->storage, devnums[device], G_TIME_SPAN_HOUR, &error);

  g_assert_no_error (error);
  g_assert_true (xs_sign_key_load (path, &f->keys[device], &error));
  g_strlcpy (request.code, code, sizeof request.code);
  memcpy (request.device_key, f->keys[device].public_key, XS_KEY_BYTES);
  g_assert_true (xs_platform_storage_pair (f->storage, &request, &answer, &refusal, &error));
  g_assert_no_error (error);
  g_assert_true (xs_platform_storage_find_device (f->storage, devnums[device], &f->devices[device], &error));
}

void
xs_audit_fixture_set_up (XsAuditFixture *f, gconstpointer program)
{
  g_autoptr (GError) error = NULL;

  f->dir = temp_dir_new ();
  f->clock = xs_clock_fake_new (0, START_US);
  if (g_strcmp0 (g_getenv ("XUESHI_TEST_DATABASE"), "postgresql") == 0)
    f->conninfo = postgres_cluster_database_new ();
  f->storage = xs_platform_storage_create_on (f->dir, f->conninfo, INSCODE, "示范驾校", f->clock, &error);
  g_assert_no_error (error);
  xs_audit_fixture_set_face (f, XS_STUDENT, NULL);
  xs_audit_fixture_set_face (f, XS_OTHER_STUDENT, NULL);
  for (guint i = 0; i < XS_N_DEVICES; i++)
    pair (f, i);
  if (program == NULL)
    return;
  f->looker = xs_looker_new (program, 30 * G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  f->auditor = xs_auditor_new (f->storage, f->looker, 60 * G_USEC_PER_SEC);
}

void
xs_audit_fixture_tear_down (XsAuditFixture *f, gconstpointer program)
{
  xs_auditor_free (f->auditor);
  xs_looker_free (f->looker);
  xs_platform_storage_close (f->storage);
  xs_clock_unref (f->clock);
  temp_dir_remove (f->dir);
  g_free (f->dir);
  g_free (f->conninfo);
}

void
xs_audit_fixture_set_policy (XsAuditFixture *f, const char *name, gint64 value)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", "default.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) policy = xs_json_load_object (path, XS_POLICY_MAX_BYTES, &error);

  g_assert_no_error (error);
  json_object_set_int_member (policy, name, value);
  g_autoptr (JsonNode) node = xs_json_node_take_object (g_steal_pointer (&policy));
  char *text = json_to_string (node, FALSE);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  g_assert_true (xs_platform_storage_set_policy (f->storage, bytes, &error));
  g_assert_no_error (error);
}

void
xs_audit_fixture_set_face (XsAuditFixture *f, const char *stunum, GBytes *jpeg)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_add_learner (f->storage, stunum, "演示学员", jpeg, &error));
  g_assert_no_error (error);
}

static void
claim (XsAuditFixture *f, XsPhotoRecord *record, GBytes *jpeg, const XsTemplate *face)
{
  XsObservation observation;

  record->match = NAN;
  record->width_px = 640;
  record->height_px = 480;
  if (f->looker == NULL || !xs_looker_observe (f->looker, jpeg, face, &observation, NULL))
    return;
  record->match = observation.match;
  record->width_px = observation.width_px;
  record->height_px = observation.height_px;
  g_strlcpy (record->picture_hash, observation.picture_hash, sizeof record->picture_hash);
}

static void
take (XsAuditFixture *f, guint device, const XsShot *shot, const XsTemplate *face, XsTeachingLog *log)
{
  XsPhotoRecord record = { .event = shot->event, .wall_us = log->start_wall_us + shot->minute * MINUTE_US };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sealed = xs_seal (xs_platform_storage_get_seal_key (f->storage)->public_key, shot->jpeg);
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  g_autofree char *number = xs_photo_number (++f->n_photos);
  g_autofree char *spool = g_build_filename (xs_platform_storage_get_incoming_dir (f->storage), number, NULL);
  gboolean created;

  record.wall_us += shot->event == XS_PHOTO_SIGN_OUT ? -G_USEC_PER_SEC : G_USEC_PER_SEC;
  g_strlcpy (record.number, number, sizeof record.number);
  g_strlcpy (record.sha256, sha256, sizeof record.sha256);
  claim (f, &record, shot->jpeg, face);
  g_assert_true (
    g_file_set_contents (spool, g_bytes_get_data (sealed, NULL), (gssize) g_bytes_get_size (sealed), NULL));
  g_assert_true (xs_platform_storage_keep_photo (f->storage, sha256, spool, (gint64) g_bytes_get_size (sealed),
                                                 f->devices[device].id, &created, &error));
  g_assert_no_error (error);
  g_array_append_val (log->photos, record);
}

void
xs_audit_fixture_make_log (XsAuditFixture *f, guint device, const char *stunum, int start_min, guint minutes,
                           const XsShot *shots, guint n_shots, const XsTemplate *face, XsWireLog *wire_log)
{
  XsTeachingLog *log = &wire_log->log;

  xs_wire_log_init (wire_log);
  wire_log->seq = ++f->seq[device];
  memset (wire_log->previous, '0', 64);
  g_strlcpy (log->inscode, INSCODE, sizeof log->inscode);
  g_strlcpy (log->stunum, stunum, sizeof log->stunum);
  g_strlcpy (log->devnum, devnums[device], sizeof log->devnum);
  g_snprintf (log->recnum, sizeof log->recnum, "%05u", (guint) wire_log->seq);
  g_strlcpy (log->subjcode, "2211010000", sizeof log->subjcode);
  g_strlcpy (log->policy_id, "national-default", sizeof log->policy_id);
  log->policy_version = 1;
  log->classid = 12;
  log->start_wall_us = START_US + start_min * MINUTE_US;
  log->end_wall_us = log->start_wall_us + minutes * MINUTE_US;
  log->credited_s = minutes * 60;
  log->total_s = log->credited_s;
  log->end_reason = XS_SIGN_OUT_BY_LEARNER;
  for (guint i = 0; i < minutes; i++)
    {
      XsMinuteRecord minute = { .wall_end_us = log->start_wall_us + (i + 1) * MINUTE_US,
                                .credited_us = MINUTE_US,
                                .normal = TRUE };
      guint sequence = ((guint) wire_log->seq * 100 + i) % 9999 + 1;
      g_autofree char *number = xs_minute_number (log->devnum, xs_wall_day (log->start_wall_us), sequence);
      g_strlcpy (minute.number, number, sizeof minute.number);
      g_strlcpy (minute.stunum, stunum, sizeof minute.stunum);
      g_array_append_val (log->minutes, minute);
    }
  for (guint i = 0; i < n_shots; i++)
    take (f, device, &shots[i], face, log);
  xs_wire_log_choose_schema (wire_log);
}

void
xs_audit_fixture_put (XsAuditFixture *f, guint device, const XsWireLog *wire_log, XsWireLogAnswer *answer)
{
  guint8 signature[XS_SIGNATURE_BYTES];
  g_auto (XsWireLogAnswer) own = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = xs_wire_log_encode (wire_log);

  /* It is sent after its end, unless the test let more time pass. */
  gint64 left_us = wire_log->log.end_wall_us + G_USEC_PER_SEC - xs_clock_wall_us (f->clock);
  if (left_us > 0)
    xs_clock_fake_advance (f->clock, left_us);
  xs_sign (&f->keys[device], g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), signature);
  g_assert_true (xs_platform_storage_put_log (f->storage, &f->devices[device], wire_log->seq, bytes, signature,
                                              answer != NULL ? answer : &own, &error));
  g_assert_no_error (error);
  if (answer == NULL && own.status != XS_WIRE_LOG_ACCEPTED)
    g_error ("the log was not accepted: %s: %s", own.reason, own.message);
}

void
xs_audit_fixture_run (XsAuditFixture *f)
{
  gboolean found = TRUE;
  gint64 wait_us;
  g_autoptr (GError) error = NULL;

  while (found)
    {
      g_assert_true (xs_auditor_run_one (f->auditor, &found, &wait_us, &error));
      g_assert_no_error (error);
    }
}

GArray *
xs_audit_fixture_history (XsAuditFixture *f, guint device, gint64 seq)
{
  g_autoptr (GError) error = NULL;
  gint64 log_id;

  g_assert_true (xs_platform_audit_find (f->storage, devnums[device], seq, NULL, &log_id, NULL, &error));
  GArray *history = xs_platform_audit_get_history (f->storage, log_id, &error);
  g_assert_no_error (error);
  return history;
}

gboolean
xs_audit_fixture_has_reason (const GArray *history, const char *word)
{
  const GArray *reasons;

  if (history->len == 0)
    return FALSE;
  reasons = g_array_index (history, XsAuditStep, history->len - 1).reasons;
  for (guint i = 0; i < reasons->len; i++)
    {
      if (strcmp (g_array_index (reasons, XsWireReason, i).word, word) == 0)
        return TRUE;
    }
  return FALSE;
}
