/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gst/gst.h>

#include "study-fixture.h"
#include "xs-blob.h"
#include "xs-crypto.h"
#include "xs-error.h"
#include "xs-journal-private.h"
#include "xs-ribbon.h"
#include "xs-study-lesson.h"
#include "xs-template-file.h"

#include <string.h>

static char *
looped_recording (void)
{
  g_autofree char *path = study_fixture_recording ();

  return path != NULL ? g_strdup_printf ("file://%s?loop", path) : NULL;
}

static void
set_up (StudyFixture *f, gconstpointer camera_uri)
{
  g_autofree char *recording = looped_recording ();

  if (study_fixture_set_up (f))
    study_fixture_start (f, camera_uri != NULL ? camera_uri : recording, NULL);
}

static void
tear_down (StudyFixture *f, gconstpointer data)
{
  study_fixture_tear_down (f);
}

/* What a summary shows of the session: its time and its photos, small. */
static void
check_shown (StudyFixture *f, const XsStudySummary *summary)
{
  g_autoptr (GArray) ribbon = xs_study_list_ribbon (f->study);
  g_autoptr (GArray) slots = xs_study_list_slots (f->study);
  const GArray *photos = xs_taken_photos_get_all (xs_study_get_photos (f->study));
  gint64 sums_us[XS_PAUSE_STARTING + 1];

  xs_ribbon_sum (ribbon, sums_us);
  g_assert_cmpint (sums_us[XS_PAUSE_NONE], ==, summary->credited_us);
  for (XsPause pause = XS_PAUSE_CAMERA_LOST; pause <= XS_PAUSE_STARTING; pause++)
    g_assert_cmpint (sums_us[pause], ==, summary->paused_us[pause]);
  g_assert_cmpuint (photos->len, ==, summary->n_photos);
  g_assert_cmpint (g_array_index (photos, XsTakenPhoto, 0).event, ==, XS_PHOTO_SIGN_IN);
  g_assert_cmpint (g_array_index (photos, XsTakenPhoto, photos->len - 1).event, ==, XS_PHOTO_SIGN_OUT);
  g_assert_nonnull (g_array_index (photos, XsTakenPhoto, 0).jpeg);
  g_assert_cmpuint (slots->len, ==, 1);
  g_assert_nonnull (g_array_index (slots, XsPhotoSlot, 0).jpeg);
}

static void
test_session (StudyFixture *f, gconstpointer data)
{
  if (f->study == NULL)
    return;
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_STUDYING);
  while (study_fixture_status (f).credited_us < 3 * G_USEC_PER_SEC || study_fixture_status (f).n_photos < 1)
    g_main_context_iteration (NULL, TRUE);

  /* The learner's own pause stops the counter and costs nothing. */
  xs_study_set_paused (f->study, TRUE);
  while (study_fixture_status (f).pause != XS_PAUSE_LESSON_PAUSED)
    g_main_context_iteration (NULL, TRUE);
  gint64 credited_us = study_fixture_status (f).credited_us;
  xs_study_set_paused (f->study, FALSE);
  while (study_fixture_status (f).credited_us <= credited_us + G_USEC_PER_SEC)
    g_main_context_iteration (NULL, TRUE);

  xs_study_sign_out (f->study);
  study_fixture_wait_for_phase (f, XS_STUDY_SUMMARY);
  const XsStudySummary *summary = xs_study_get_summary (f->study);
  g_assert_cmpint (summary->close_after_s, ==, 60);
  g_assert_cmpstr (summary->stunum, ==, STUDY_FIXTURE_STUNUM);
  g_assert_cmpint (summary->credited_us, >, credited_us);
  g_assert_cmpint (summary->today_us, ==, summary->credited_us);
  g_assert_cmpint (summary->paused_us[XS_PAUSE_LESSON_PAUSED], >, 0);
  g_assert_cmpuint (summary->n_logs, ==, 1);
  g_assert_cmpuint (summary->n_photos, ==, 2);
  check_shown (f, summary);

  XsOutboxStatus waiting = study_fixture_outbox (f);
  g_assert_cmpuint (waiting.logs_waiting, ==, 1);
  g_assert_cmpuint (waiting.photos_waiting, ==, 2);

  /* The next student finds a clean kiosk; the lesson goes on where this one left it. */
  xs_study_dismiss_summary (f->study);
  g_assert_null (study_fixture_status (f).learner);
  g_assert_null (xs_study_get_photos (f->study));
  g_autoptr (GArray) nothing = xs_study_list_ribbon (f->study);
  g_assert_cmpuint (nothing->len, ==, 0);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_STUDYING);
  g_assert_cmpint (study_fixture_status (f).today_us, >=, summary->today_us);
  g_assert_cmpint (xs_study_get_lesson_progress (f->study, 0), >, 0);
}

static void
test_refusals (StudyFixture *f, gconstpointer data)
{
  if (f->study == NULL)
    return;
  xs_study_sign_in (f->study, "123");
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_READY);
  g_assert_nonnull (study_fixture_status (f).error_message);

  xs_study_sign_in (f->study, "9999999999999999");
  study_fixture_wait_for_phase (f, XS_STUDY_IDENTIFYING);
  g_assert_null (study_fixture_status (f).error_message);
  study_fixture_wait_for_phase (f, XS_STUDY_READY);
  g_assert_nonnull (study_fixture_status (f).error_message);
}

/* A camera that shows no face lets nobody in, and the student can go back. */
static void
test_nobody (StudyFixture *f, gconstpointer data)
{
  if (f->study == NULL)
    return;
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  while (study_fixture_status (f).guidance == XS_GUIDANCE_NONE)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_IDENTIFYING);
  xs_study_cancel_sign_in (f->study);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_READY);
  g_assert_cmpuint (study_fixture_outbox (f).logs_waiting, ==, 0);
}

static void
wait_for_progress (StudyFixture *f, guint lesson, gint64 watched_us)
{
  while (xs_study_get_lesson_progress (f->study, lesson) < watched_us)
    g_main_context_iteration (NULL, TRUE);
}

/* What is watched again does not count, up to where it was watched; nobody gets further than that. */
static void
test_repeat (StudyFixture *f, gconstpointer data)
{
  if (f->study == NULL)
    return;
  study_fixture_study (f, 3 * G_USEC_PER_SEC);
  gint64 watched_us = xs_study_get_lesson_progress (f->study, 0);
  g_assert_false (xs_study_seek (f->study, watched_us + 30 * G_USEC_PER_SEC));
  g_assert_true (xs_study_seek (f->study, 0));
  study_fixture_wait_for_pause (f, XS_PAUSE_REPEAT);
  gint64 credited_us = study_fixture_status (f).credited_us;
  study_fixture_wait_for_pause (f, XS_PAUSE_NONE);
  g_assert_cmpint (study_fixture_status (f).credited_us, <, credited_us + G_USEC_PER_SEC / 2);
  g_assert_cmpint (xs_study_get_lesson_progress (f->study, 0), >=, watched_us);
  study_fixture_wait_for_credit (f, credited_us + G_USEC_PER_SEC);

  /* Left in the middle of what was watched: the next session goes on there, and that is a repeat. */
  g_assert_true (xs_study_seek (f->study, G_USEC_PER_SEC / 2));
  study_fixture_wait_for_pause (f, XS_PAUSE_REPEAT);
  xs_study_sign_out (f->study);
  study_fixture_wait_for_phase (f, XS_STUDY_SUMMARY);
  g_assert_cmpint (xs_study_get_summary (f->study)->paused_us[XS_PAUSE_REPEAT], >, G_USEC_PER_SEC);
  xs_study_dismiss_summary (f->study);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_STUDYING);
  study_fixture_wait_for_pause (f, XS_PAUSE_REPEAT);
  g_assert_cmpint (study_fixture_status (f).lesson, ==, 0);
  g_assert_cmpint (study_fixture_status (f).credited_us, ==, 0);
}

/* The next session goes on with the lesson that was watched last; subtitles are as they were left. */
static void
test_goes_on (StudyFixture *f, gconstpointer data)
{
  g_autofree char *camera = looped_recording ();
  XsSubtitleSize size;

  if (f->study == NULL)
    return;
  study_fixture_study (f, 0);
  g_assert_true (xs_study_get_subtitles (f->study, &size));
  g_assert_cmpint (size, ==, XS_SUBTITLE_MEDIUM);
  xs_study_select_lesson (f->study, 1);
  xs_study_set_subtitles (f->study, FALSE, XS_SUBTITLE_LARGE);
  wait_for_progress (f, 1, 2 * G_USEC_PER_SEC);
  xs_study_sign_out (f->study);
  study_fixture_wait_for_phase (f, XS_STUDY_SUMMARY);
  study_fixture_stop (f);
  study_fixture_start (f, camera, NULL);
  study_fixture_study (f, 0);
  g_assert_cmpint (study_fixture_status (f).lesson, ==, 1);
  g_assert_cmpint (xs_study_get_lesson_progress (f->study, 1), >=, 2 * G_USEC_PER_SEC);
  g_assert_false (xs_study_get_subtitles (f->study, &size));
  g_assert_cmpint (size, ==, XS_SUBTITLE_LARGE);
}

/* The right face alone lets nobody in where the head must be turned; the recorded one never hears the question. */
static void
test_active_check (StudyFixture *f, gconstpointer data)
{
  if (f->study == NULL)
    return;
  study_fixture_use_default_policy (f);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  for (XsGuidanceCode code = XS_GUIDANCE_NONE; code != XS_GUIDANCE_TURN_LEFT && code != XS_GUIDANCE_TURN_RIGHT;)
    {
      g_main_context_iteration (NULL, TRUE);
      code = study_fixture_status (f).guidance;
      g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_IDENTIFYING);
    }
  xs_study_cancel_sign_in (f->study);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_READY);
}

/* Who cannot turn the head, as the school says, is let in by the face alone, and is not asked later either. */
static void
test_excused (StudyFixture *f, gconstpointer data)
{
  if (f->study == NULL)
    return;
  study_fixture_check_often (f);
  study_fixture_excuse (f);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  while (study_fixture_status (f).credited_us < 4 * G_USEC_PER_SEC)
    {
      XsGuidanceCode code = study_fixture_status (f).guidance;
      g_assert_true (code != XS_GUIDANCE_TURN_LEFT && code != XS_GUIDANCE_TURN_RIGHT);
      g_assert_cmpint (study_fixture_status (f).phase, !=, XS_STUDY_READY);
      g_main_context_iteration (NULL, TRUE);
    }
}

/* What was cut off is told to the learner who comes back and is let in, once, and to nobody before. */
static void
test_interrupted (StudyFixture *f, gconstpointer data)
{
  if (f->study == NULL)
    return;
  g_autofree char *camera = looped_recording ();
  study_fixture_study (f, 2 * G_USEC_PER_SEC);
  study_fixture_stop (f);
  study_fixture_start (f, camera, NULL);

  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  while (study_fixture_status (f).learner == NULL)
    g_main_context_iteration (NULL, TRUE);
  xs_study_cancel_sign_in (f->study);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_READY);
  g_assert_null (xs_study_take_interrupted (f->study));

  study_fixture_study (f, 0);
  g_autoptr (GArray) told = NULL;
  while ((told = xs_study_take_interrupted (f->study)) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (told->len, ==, 1);
  g_assert_cmpint (g_array_index (told, XsInterrupted, 0).credited_us, >=, 2 * G_USEC_PER_SEC);
  g_assert_null (xs_study_take_interrupted (f->study));
}

/* What kiosks stored before templates said what made them: the bare values; and the photo, fetched again. */
static gboolean
store_bare_template (XsJournal *journal, gpointer data, GError **error)
{
  XsTemplate template = { { 1 } };
  g_autoptr (GBytes) values = g_bytes_new (&template, sizeof template), photo = xs_blob_read (data, 1024 * 1024, error);
  gsize size;

  if (photo == NULL || !xs_journal_set_template (journal, STUDY_FIXTURE_STUNUM, values, error))
    return FALSE;
  const void *jpeg = g_bytes_get_data (photo, &size);
  g_autofree char *sha256 = xs_sha256_hex (jpeg, size);
  return xs_journal_set_registration_photo (journal, sha256, photo, error);
}

static gboolean
read_template (XsJournal *journal, gpointer data, GError **error)
{
  g_autoptr (GBytes) stored = xs_journal_get_template (journal, STUDY_FIXTURE_STUNUM, error);

  return stored != NULL && xs_template_from_bytes (stored, data, error);
}

/* A template of another model matches nobody: a new one is made of the photo, at the next start or at the sign-in. */
static void
test_other_model (StudyFixture *f, gconstpointer data)
{
  if (f->study == NULL)
    return;
  g_autofree char *camera = looped_recording ();
  XsTemplate template;

  for (int restart = 0; restart < 2; restart++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (xs_store_run (f->store, store_bare_template, f->photo, &error));
      g_assert_no_error (error);
      if (restart)
        {
          study_fixture_stop (f);
          study_fixture_start (f, camera, NULL);
          g_assert_false (xs_store_run (f->store, read_template, &template, &error));
          g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
          g_clear_error (&error);
        }
      study_fixture_study (f, 0);
      g_assert_true (xs_store_run (f->store, read_template, &template, &error));
      g_assert_no_error (error);
      xs_study_sign_out (f->study);
      study_fixture_wait_for_phase (f, XS_STUDY_SUMMARY);
      xs_study_dismiss_summary (f->study);
    }
}

/* A page of an index, as a bad disk leaves it; the running kiosk has no reason to read it. */
static gboolean
damage (XsJournal *journal, gpointer unused, GError **error)
{
  g_autofree char *path = g_build_filename (xs_journal_get_dir (journal), "journal.db", NULL);
  gint64 page;

  /* A look through the database that began before the damage finds none. */
  xs_journal_wait_for_backup (journal);
  if (!xs_db_exec (journal->db, "PRAGMA wal_checkpoint (TRUNCATE)", error)
      || !xs_db_query_int (journal->db, &page, 0, "SELECT rootpage FROM sqlite_schema WHERE name = 'photo_segment'",
                           error, ""))
    return FALSE;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileIOStream) stream = g_file_open_readwrite (file, NULL, error);
  char garbage[64];
  memset (garbage, 0xa5, sizeof garbage);
  if (stream == NULL || !g_seekable_seek (G_SEEKABLE (stream), (page - 1) * 4096, G_SEEK_SET, NULL, error)
      || !g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)), garbage, sizeof garbage,
                                     NULL, NULL, error))
    return FALSE;
  xs_journal_back_up (journal, TRUE);
  xs_journal_wait_for_backup (journal);
  return TRUE;
}

/* Found beside a session: it goes on to its end; then nobody begins another, and the screen says what to do. */
static void
test_damaged (StudyFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (f->study == NULL)
    return;
  study_fixture_study (f, G_USEC_PER_SEC);
  g_assert_true (xs_store_run (f->store, damage, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (xs_store_is_damaged (f->store));
  study_fixture_wait_for_credit (f, study_fixture_status (f).credited_us + G_USEC_PER_SEC);
  xs_study_sign_out (f->study);
  study_fixture_wait_for_phase (f, XS_STUDY_SUMMARY);
  xs_study_dismiss_summary (f->study);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_FAILED);
  g_assert_nonnull (study_fixture_status (f).error_message);
}

/* Found while nobody is there, or has only given the number. */
static void
test_damaged_before (StudyFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (f->study == NULL)
    return;
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_IDENTIFYING);
  g_assert_true (xs_store_run (f->store, damage, NULL, &error));
  g_assert_no_error (error);
  while (study_fixture_status (f).phase != XS_STUDY_FAILED)
    {
      g_assert_cmpint (study_fixture_status (f).phase, !=, XS_STUDY_STUDYING);
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_nonnull (study_fixture_status (f).error_message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);

  g_test_add ("/study/live/session", StudyFixture, NULL, set_up, test_session, tear_down);
  g_test_add ("/study/live/repeat", StudyFixture, NULL, set_up, test_repeat, tear_down);
  g_test_add ("/study/live/goes-on", StudyFixture, NULL, set_up, test_goes_on, tear_down);
  g_test_add ("/study/live/refusals", StudyFixture, NULL, set_up, test_refusals, tear_down);
  g_test_add ("/study/live/nobody", StudyFixture, "test:", set_up, test_nobody, tear_down);
  g_test_add ("/study/live/active-check", StudyFixture, NULL, set_up, test_active_check, tear_down);
  g_test_add ("/study/live/excused", StudyFixture, NULL, set_up, test_excused, tear_down);
  g_test_add ("/study/live/interrupted", StudyFixture, NULL, set_up, test_interrupted, tear_down);
  g_test_add ("/study/live/other-model", StudyFixture, NULL, set_up, test_other_model, tear_down);
  g_test_add ("/study/live/damaged", StudyFixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/study/live/damaged-before", StudyFixture, "test:", set_up, test_damaged_before, tear_down);
  return g_test_run ();
}
