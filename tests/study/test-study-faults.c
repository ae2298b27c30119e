/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <unistd.h>

#include "fake-camera.h"
#include "study-fixture.h"
#include "xs-study-lesson.h"
#include "tiny-disk.h"

/* What goes wrong while a student studies: the counter stands with the right reason, says so, and nothing is lost. */

#define WEBCAM_CAPS "video/x-raw,format=YUY2,width=640,height=480,framerate=30/1"
#define NOTICE_LIMIT_US (3 * G_USEC_PER_SEC)
#define DISK_BYTES (24 * 1024 * 1024)
#define FILL_BYTES 4096
#define RESERVE_MB 16
#define STUDIED_US (2 * G_USEC_PER_SEC)

static void
set_up (StudyFixture *f, gconstpointer data)
{
  study_fixture_set_up (f);
}

static void
tear_down (StudyFixture *f, gconstpointer data)
{
  study_fixture_tear_down (f);
}

static void
sign_out (StudyFixture *f)
{
  xs_study_sign_out (f->study);
  study_fixture_wait_for_phase (f, XS_STUDY_SUMMARY);
}

static gint64
stored_credit_us (StudyFixture *f)
{
  const XsStudySummary *summary = xs_study_get_summary (f->study);

  g_assert_cmpint (summary->today_us, ==, summary->credited_us);
  g_assert_cmpuint (summary->n_logs, ==, 1);
  g_assert_cmpuint (study_fixture_outbox (f).logs_waiting, ==, 1);
  return summary->credited_us;
}

/*
 * A recording that breaks off: the counter stands as it was. Nobody can be seen signing out, so that the log waits for
 * it to be made up with a camera that works.
 */
static void
test_recording_breaks_off (StudyFixture *f, gconstpointer data)
{
  if (f->photo == NULL)
    return;
  g_autofree char *camera = study_fixture_begin_recording (f, 120000);
  study_fixture_start (f, camera, NULL);
  study_fixture_study (f, STUDIED_US);
  study_fixture_wait_for_pause (f, XS_PAUSE_CAMERA_LOST);
  g_assert_nonnull (xs_camera_get_error_message (xs_study_get_camera (f->study)));
  gint64 credited_us = study_fixture_status (f).credited_us;

  sign_out (f);
  const XsStudySummary *summary = xs_study_get_summary (f->study);
  g_assert_true (summary->stored);
  g_assert_cmpint (summary->credited_us, ==, credited_us);
  g_assert_cmpint (summary->today_us, ==, credited_us);
  g_assert_cmpint (summary->make_up_until_us, >, summary->end_wall_us);
  g_assert_cmpuint (summary->n_logs, ==, 0);
  g_assert_cmpuint (study_fixture_outbox (f).logs_waiting, ==, 0);
}

static void
assert_lost_within_limit (StudyFixture *f)
{
  gint64 pulled_us = g_get_monotonic_time ();

  study_fixture_wait_for_pause (f, XS_PAUSE_CAMERA_LOST);
  gint64 noticed_us = g_get_monotonic_time () - pulled_us;
  g_test_message ("noticed after %.2f s", (double) noticed_us / G_USEC_PER_SEC);
  g_assert_cmpint (noticed_us, <=, NOTICE_LIMIT_US);
}

/* A camera that is pulled out, put back, and then dies without a word. */
static void
test_camera_unplugged (StudyFixture *f, gconstpointer data)
{
  if (f->photo == NULL)
    return;
  fake_camera_show (f->photo);
  GstDevice *device = fake_camera_plug ("Webcam", WEBCAM_CAPS);
  study_fixture_start (f, NULL, NULL);
  study_fixture_study (f, STUDIED_US);

  fake_camera_unplug (device);
  assert_lost_within_limit (f);
  gint64 credited_us = study_fixture_status (f).credited_us;
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_STUDYING);

  device = fake_camera_plug ("Webcam", WEBCAM_CAPS);
  study_fixture_wait_for_pause (f, XS_PAUSE_NONE);
  study_fixture_wait_for_credit (f, credited_us + G_USEC_PER_SEC);

  fake_camera_stall (TRUE);
  assert_lost_within_limit (f);
  credited_us = study_fixture_status (f).credited_us;
  fake_camera_stall (FALSE);
  study_fixture_wait_for_credit (f, credited_us + G_USEC_PER_SEC);

  sign_out (f);
  g_assert_cmpint (stored_credit_us (f), >=, credited_us + G_USEC_PER_SEC);
  g_assert_cmpint (xs_study_get_summary (f->study)->paused_us[XS_PAUSE_CAMERA_LOST], >, 0);
  study_fixture_stop (f);
  fake_camera_unplug (device);
}

static void
copy_file (const char *from_dir, const char *to_dir, const char *name, gsize max_bytes)
{
  g_autofree char *from = g_build_filename (from_dir, name, NULL);
  g_autofree char *to = g_build_filename (to_dir, name, NULL);
  g_autofree char *bytes = NULL;
  gsize size;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (from, &bytes, &size, &error));
  g_assert_true (g_file_set_contents (to, bytes, (gssize) MIN (size, max_bytes), &error));
}

/* A lesson file that breaks off stops the counter where it does; the next lesson goes on. */
static void
test_lesson_breaks_off (StudyFixture *f, gconstpointer data)
{
  if (f->photo == NULL)
    return;
  g_autofree char *course_dir = xs_course_default_dir ();
  g_autoptr (GDir) course = g_dir_open (course_dir, 0, NULL);
  for (const char *name = g_dir_read_name (course); name != NULL; name = g_dir_read_name (course))
    copy_file (course_dir, f->input_dir, name, g_str_equal (name, "lesson-1.webm") ? 250000 : G_MAXSSIZE);
  g_autofree char *recording = study_fixture_recording ();
  g_autofree char *camera = g_strdup_printf ("file://%s?loop", recording);

  study_fixture_start (f, camera, f->input_dir);
  study_fixture_study (f, G_USEC_PER_SEC);
  study_fixture_wait_for_pause (f, XS_PAUSE_LESSON_FAILED);
  const char *message = xs_lesson_player_get_error_message (xs_study_get_player (f->study));
  g_test_message ("%s", message);
  g_assert_nonnull (strstr (message, "lesson-1.webm"));
  gint64 credited_us = study_fixture_status (f).credited_us;

  xs_study_select_lesson (f->study, 1);
  study_fixture_wait_for_credit (f, credited_us + G_USEC_PER_SEC);
  sign_out (f);
  g_assert_cmpint (stored_credit_us (f), >, credited_us);
}

static void
fill (const char *path, gsize size)
{
  g_autofree char *zeros = g_malloc0 (size);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, zeros, (gssize) size, &error));
}

/* To the last byte. */
static void
fill_disk (const char *path)
{
  static const char zeros[FILL_BYTES];
  int fd = g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  while (write (fd, zeros, sizeof zeros) > 0)
    ;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (fd);
}

static void
test_disk_full (StudyFixture *f, gconstpointer data)
{
  if (f->photo == NULL || !tiny_disk_mount (f->dir, DISK_BYTES))
    return;
  g_autofree char *recording = study_fixture_recording ();
  g_autofree char *camera = g_strdup_printf ("file://%s?loop", recording);
  g_autofree char *filler = g_build_filename (f->dir, "filler", NULL);

  study_fixture_start (f, camera, NULL);
  study_fixture_study (f, STUDIED_US);
  g_assert_null (study_fixture_status (f).error_message);
  while (study_fixture_status (f).error_message == NULL)
    {
      fill_disk (filler);
      g_main_context_iteration (NULL, TRUE);
    }
  g_test_message ("%s", study_fixture_status (f).error_message);
  g_assert_nonnull (strstr (study_fixture_status (f).error_message, "disk"));
  study_fixture_wait_for_pause (f, XS_PAUSE_STARTING);

  /* The storing that is tried every second goes on failing, and the counter stands. */
  gint64 credited_us = study_fixture_status (f).credited_us;
  XsLessonPlayer *player = xs_study_get_player (f->study);
  gint64 full_us = g_get_monotonic_time ();
  while (g_get_monotonic_time () - full_us < STUDIED_US)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (study_fixture_status (f).credited_us, ==, credited_us);
  g_assert_cmpint (xs_lesson_player_get_state (player), !=, XS_LESSON_PLAYING);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_STUDYING);

  g_assert_cmpint (g_remove (filler), ==, 0);
  while (study_fixture_status (f).error_message != NULL)
    g_main_context_iteration (NULL, TRUE);
  study_fixture_wait_for_credit (f, credited_us + G_USEC_PER_SEC);
  sign_out (f);
  gint64 stored_us = stored_credit_us (f);
  g_assert_cmpint (stored_us, >, credited_us);
  g_assert_cmpuint (study_fixture_outbox (f).photos_waiting, ==, 2);
  g_assert_cmpuint (xs_study_get_summary (f->study)->n_photos, ==, 2);
  study_fixture_stop (f);

  /* On disk too, for the next start. */
  study_fixture_start (f, camera, NULL);
  study_fixture_study (f, 0);
  g_assert_cmpint (study_fixture_status (f).today_us, >=, stored_us);
  study_fixture_stop (f);
  tiny_disk_unmount (f->dir);
}

static void
assert_refused (StudyFixture *f, const char *part_of_message)
{
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_READY);
  g_test_message ("%s", study_fixture_status (f).error_message);
  g_assert_nonnull (strstr (study_fixture_status (f).error_message, part_of_message));
}

static char *
list_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **) names->pdata);
}

/* Too little space is told at sign-in, and nothing that is stored goes for it. */
static void
test_disk_reserve (StudyFixture *f, gconstpointer data)
{
  if (f->photo == NULL || !tiny_disk_mount (f->dir, DISK_BYTES))
    return;
  g_autofree char *recording = study_fixture_recording ();
  g_autofree char *camera = g_strdup_printf ("file://%s?loop", recording);
  g_autofree char *filler = g_build_filename (f->dir, "filler", NULL);
  g_autofree char *photos = g_build_filename (f->dir, "photos", NULL);

  study_fixture_start (f, camera, NULL);
  study_fixture_study (f, G_USEC_PER_SEC);
  sign_out (f);
  xs_study_dismiss_summary (f->study);
  g_autofree char *before = list_dir (photos);
  XsOutboxStatus waiting = study_fixture_outbox (f);

  study_fixture_reserve (f, RESERVE_MB);
  fill (filler, DISK_BYTES - RESERVE_MB * 1024 * 1024);
  assert_refused (f, "make space");
  g_autofree char *after = list_dir (photos);
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpuint (study_fixture_outbox (f).photos_waiting, ==, waiting.photos_waiting);

  g_assert_cmpint (g_remove (filler), ==, 0);
  study_fixture_study (f, G_USEC_PER_SEC);
  sign_out (f);
  study_fixture_stop (f);
  tiny_disk_unmount (f->dir);
}

/* The folder of the journal is taken away while nobody studies: nobody signs in to what would be stored nowhere. */
static void
test_folder_gone (StudyFixture *f, gconstpointer data)
{
  if (f->photo == NULL)
    return;
  g_autofree char *elsewhere = g_strconcat (f->dir, "-moved", NULL);
  g_autofree char *recording = study_fixture_recording ();
  g_autofree char *camera = g_strdup_printf ("file://%s?loop", recording);

  study_fixture_start (f, camera, NULL);
  g_assert_cmpint (g_rename (f->dir, elsewhere), ==, 0);
  assert_refused (f, "cannot read its records");
  g_assert_cmpint (g_rename (elsewhere, f->dir), ==, 0);
  study_fixture_study (f, G_USEC_PER_SEC);
  sign_out (f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  fake_camera_register ();

  g_test_add ("/study/faults/disk-full", StudyFixture, NULL, set_up, test_disk_full, tear_down);
  g_test_add ("/study/faults/disk-reserve", StudyFixture, NULL, set_up, test_disk_reserve, tear_down);
  g_test_add ("/study/faults/folder-gone", StudyFixture, NULL, set_up, test_folder_gone, tear_down);
  g_test_add ("/study/faults/recording-breaks-off", StudyFixture, NULL, set_up, test_recording_breaks_off, tear_down);
  g_test_add ("/study/faults/camera-unplugged", StudyFixture, NULL, set_up, test_camera_unplugged, tear_down);
  g_test_add ("/study/faults/lesson-breaks-off", StudyFixture, NULL, set_up, test_lesson_breaks_off, tear_down);
  return g_test_run ();
}
