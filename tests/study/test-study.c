/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gst/gst.h>

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-picture.h"
#include "xs-study.h"
#include "temp-dir.h"

/*
 * The live study with nothing replaced: a real recording through the real camera pipeline, real models, the real
 * player with the built course, a journal on disk.
 */

#define STUNUM "2000000000000002"

typedef struct
{
  char *dir;
  XsStore *store;
  XsStudy *study;
  char *recording;
  gboolean ready; /* FALSE: something the test needs is not here, and it was skipped */
} Fixture;

static gboolean
pair_and_enrol (XsJournal *journal, gpointer data, GError **error)
{
  GBytes *photo = data;
  XsIdentity identity = { .devnum = "4000000000000004", .inscode = "1000000000000001", .school = "Test" };
  g_autoptr (GArray) roster = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  XsLearner learner = { .stunum = STUNUM, .name = "Test" };
  XsSealKey key;
  g_autofree char *key_path = g_build_filename (xs_journal_get_dir (journal), "platform-key", NULL);
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (photo, NULL), g_bytes_get_size (photo));

  if (!xs_seal_key_load (key_path, &key, error))
    return FALSE;
  memcpy (identity.platform_key, key.public_key, sizeof key.public_key);
  g_strlcpy (learner.photo_sha256, sha256, sizeof learner.photo_sha256);
  g_array_append_val (roster, learner);
  return xs_journal_set_identity (journal, &identity, error) && xs_journal_set_roster (journal, roster, NULL, error)
         && xs_journal_set_registration_photo (journal, sha256, photo, error);
}

static gboolean
read_status (XsJournal *journal, gpointer data, GError **error)
{
  return xs_outbox_get_status (journal, data, error);
}

static XsOutboxStatus
outbox (Fixture *f)
{
  XsOutboxStatus status;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_store_run (f->store, read_status, &status, &error));
  g_assert_no_error (error);
  return status;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *course_dir = xs_course_default_dir ();

  f->dir = temp_dir_new ();
  f->recording = g_build_filename (g_getenv ("XUESHI_DEMO_DIR"), "franck.webm", NULL);
  if (!g_file_test (f->recording, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the demo recording is not here: ./dev setup fetches it");
      return;
    }
  g_autoptr (XsCourse) course = xs_course_load (course_dir, &error);
  g_assert_no_error (error);
  g_autoptr (XsRecording) recording = xs_recording_open (f->recording, 1, &error);
  g_assert_no_error (error);
  g_autoptr (XsFrame) frame = NULL;
  g_assert_true (xs_recording_next (recording, &frame, &error));
  g_autoptr (GBytes) photo = xs_picture_encode_jpeg (frame, 90, &error);
  g_assert_no_error (error);

  XsJournal *journal = xs_journal_open (f->dir, xs_clock_system (), &error);
  g_assert_no_error (error);
  f->store = xs_store_new (journal);
  g_assert_true (xs_store_run (f->store, pair_and_enrol, photo, &error));
  g_autofree char *uri = data != NULL ? g_strdup (data) : g_strdup_printf ("file://%s?loop", f->recording);
  f->study = xs_study_new (f->store, xs_clock_system (), uri, course);
  f->ready = TRUE;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->study != NULL)
    {
      xs_study_shut_down (f->study);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_clear_object (&f->study);
    }
  g_clear_object (&f->store);
  temp_dir_free (f->dir);
  g_free (f->recording);
}

static XsStudyStatus
status_of (Fixture *f)
{
  XsStudyStatus status;

  xs_study_get_status (f->study, &status);
  return status;
}

static void
wait_for_phase (Fixture *f, XsStudyPhase phase)
{
  while (status_of (f).phase != phase)
    {
      g_assert_cmpint (status_of (f).phase, !=, XS_STUDY_FAILED);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_session (Fixture *f, gconstpointer data)
{
  if (!f->ready)
    return;
  wait_for_phase (f, XS_STUDY_READY);
  xs_study_sign_in (f->study, STUNUM);
  wait_for_phase (f, XS_STUDY_STUDYING);
  while (status_of (f).credited_us < 3 * G_USEC_PER_SEC || status_of (f).n_photos < 1)
    g_main_context_iteration (NULL, TRUE);

  /* The learner's own pause stops the counter and costs nothing. */
  xs_study_set_paused (f->study, TRUE);
  while (status_of (f).pause != XS_PAUSE_LESSON_PAUSED)
    g_main_context_iteration (NULL, TRUE);
  gint64 credited_us = status_of (f).credited_us;
  xs_study_set_paused (f->study, FALSE);
  while (status_of (f).credited_us <= credited_us + G_USEC_PER_SEC)
    g_main_context_iteration (NULL, TRUE);

  xs_study_sign_out (f->study);
  wait_for_phase (f, XS_STUDY_SUMMARY);
  const XsStudySummary *summary = xs_study_get_summary (f->study);
  g_assert_cmpstr (summary->stunum, ==, STUNUM);
  g_assert_cmpint (summary->credited_us, >, credited_us);
  g_assert_cmpint (summary->today_us, ==, summary->credited_us);
  g_assert_cmpint (summary->paused_us[XS_PAUSE_LESSON_PAUSED], >, 0);
  g_assert_cmpuint (summary->n_logs, ==, 1);
  g_assert_cmpuint (summary->n_photos, ==, 2);

  XsOutboxStatus waiting = outbox (f);
  g_assert_cmpuint (waiting.logs_waiting, ==, 1);
  g_assert_cmpuint (waiting.photos_waiting, ==, 2);

  /* The next student finds a clean kiosk; the lesson goes on where this one left it. */
  xs_study_dismiss_summary (f->study);
  g_assert_null (status_of (f).learner);
  xs_study_sign_in (f->study, STUNUM);
  wait_for_phase (f, XS_STUDY_STUDYING);
  g_assert_cmpint (status_of (f).today_us, >=, summary->today_us);
  g_assert_cmpint (xs_study_get_lesson_progress (f->study, 0), >, 0);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  if (!f->ready)
    return;
  wait_for_phase (f, XS_STUDY_READY);
  xs_study_sign_in (f->study, "123");
  g_assert_cmpint (status_of (f).phase, ==, XS_STUDY_READY);
  g_assert_nonnull (status_of (f).error_message);

  xs_study_sign_in (f->study, "9999999999999999");
  wait_for_phase (f, XS_STUDY_IDENTIFYING);
  g_assert_null (status_of (f).error_message);
  wait_for_phase (f, XS_STUDY_READY);
  g_assert_nonnull (status_of (f).error_message);
}

/* A camera that shows no face lets nobody in, and the student can go back. */
static void
test_nobody (Fixture *f, gconstpointer data)
{
  if (!f->ready)
    return;
  wait_for_phase (f, XS_STUDY_READY);
  xs_study_sign_in (f->study, STUNUM);
  while (status_of (f).guidance == XS_GUIDANCE_NONE)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (status_of (f).phase, ==, XS_STUDY_IDENTIFYING);
  xs_study_cancel_sign_in (f->study);
  g_assert_cmpint (status_of (f).phase, ==, XS_STUDY_READY);
  g_assert_cmpuint (outbox (f).logs_waiting, ==, 0);
}

/* The recording ends: the camera is lost, the counter stands with that reason, and sign-out still works. */
static void
test_camera_lost (Fixture *f, gconstpointer data)
{
  if (!f->ready)
    return;
  wait_for_phase (f, XS_STUDY_READY);
  xs_study_sign_in (f->study, STUNUM);
  wait_for_phase (f, XS_STUDY_STUDYING);
  while (status_of (f).pause != XS_PAUSE_CAMERA_LOST)
    g_main_context_iteration (NULL, TRUE);
  gint64 credited_us = status_of (f).credited_us;
  g_assert_cmpint (credited_us, >, 0);
  xs_study_sign_out (f->study);
  wait_for_phase (f, XS_STUDY_SUMMARY);
  g_assert_cmpint (xs_study_get_summary (f->study)->credited_us, ==, credited_us);
  g_assert_cmpuint (outbox (f).logs_waiting, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_autofree char *once = g_strdup_printf ("file://%s/franck.webm", g_getenv ("XUESHI_DEMO_DIR"));

  g_test_add ("/study/live/session", Fixture, NULL, set_up, test_session, tear_down);
  g_test_add ("/study/live/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  g_test_add ("/study/live/nobody", Fixture, "test:", set_up, test_nobody, tear_down);
  g_test_add ("/study/live/camera-lost", Fixture, once, set_up, test_camera_lost, tear_down);
  return g_test_run ();
}
