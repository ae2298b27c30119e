/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>
#include <unistd.h>

#include "fake-camera.h"
#include "study-fixture.h"
#include "tiny-disk.h"
#include "xs-blob.h"
#include "xs-error.h"
#include "xs-ready-check.h"

/* Real cameras of the test, the real course, a real small disk: each item says what is so, and what is not ready lets
 * nobody in until it is. */

#define WEBCAM_CAPS "video/x-raw,format=YUY2,width=640,height=480,framerate=30/1"
#define DISK_BYTES (24 * 1024 * 1024)
#define FILL_BYTES 4096

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
wait_for (XsReadyCheck *check, XsReadyKind kind, XsReadyState state)
{
  while (xs_ready_check_get_item (check, kind)->state != state)
    g_main_context_iteration (NULL, TRUE);
}

/* Refused with exactly what the item says. */
static void
assert_blocked (StudyFixture *f, XsReadyCheck *check, XsReadyKind kind)
{
  const XsReadyItem *item = xs_ready_check_get_item (check, kind);

  g_assert_cmpint (xs_ready_check_get_state (check), ==, XS_READY_NOT);
  g_assert_cmpstr (item->remedy, !=, "");
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  XsStudyStatus status = study_fixture_status (f);
  g_assert_cmpint (status.phase, ==, XS_STUDY_READY);
  g_assert_nonnull (strstr (status.error_message, item->line));
  g_assert_nonnull (strstr (status.error_message, item->remedy));
}

/* A camera is opened, seen, and closed again; pulled out it blocks, plugged in it is ready by itself. */
static void
test_camera (StudyFixture *f, gconstpointer data)
{
  if (f->photo == NULL)
    return;
  fake_camera_show (f->photo);
  GstDevice *device = fake_camera_plug ("Webcam", WEBCAM_CAPS);
  study_fixture_start (f, NULL, NULL);
  g_autoptr (XsReadyCheck) check = xs_ready_check_new (f->study, f->store, xs_clock_system ());
  XsCamera *camera = xs_study_get_camera (f->study);

  wait_for (check, XS_READY_CAMERA, XS_READY_OK);
  wait_for (check, XS_READY_LIGHT, XS_READY_OK);
  /* A face is before the camera, and whose has agreed to nothing. */
  g_assert_cmpuint (xs_study_get_observation (f->study)->n_faces, ==, 0);
  g_assert_nonnull (strstr (xs_ready_check_get_item (check, XS_READY_CAMERA)->line, "Webcam"));
  g_assert_cmpint (xs_camera_get_state (camera), ==, XS_CAMERA_STOPPED);

  /* Seen just now: it stays closed. Asked for thoroughly it is opened all the same. */
  fake_camera_unplug (device);
  xs_ready_check_run (check, FALSE);
  while (xs_ready_check_is_running (check))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (xs_ready_check_get_item (check, XS_READY_CAMERA)->state, ==, XS_READY_OK);
  g_assert_cmpint (xs_camera_get_state (camera), ==, XS_CAMERA_STOPPED);
  xs_ready_check_run (check, TRUE);
  wait_for (check, XS_READY_CAMERA, XS_READY_NOT);
  assert_blocked (f, check, XS_READY_CAMERA);

  device = fake_camera_plug ("Webcam", WEBCAM_CAPS);
  wait_for (check, XS_READY_CAMERA, XS_READY_OK);
  g_assert_null (study_fixture_status (f).error_message);
  g_assert_cmpint (xs_camera_get_state (camera), ==, XS_CAMERA_STOPPED);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_STUDYING);
  xs_study_sign_out (f->study);
  study_fixture_wait_for_phase (f, XS_STUDY_SUMMARY);
  fake_camera_unplug (device);
}

/* Signing in while the camera is being looked at takes it over as it is. */
static void
test_sign_in_meanwhile (StudyFixture *f, gconstpointer data)
{
  if (f->photo == NULL)
    return;
  fake_camera_show (f->photo);
  GstDevice *device = fake_camera_plug ("Webcam", WEBCAM_CAPS);
  study_fixture_start (f, NULL, NULL);
  g_autoptr (XsReadyCheck) check = xs_ready_check_new (f->study, f->store, xs_clock_system ());
  XsCamera *camera = xs_study_get_camera (f->study);

  while (xs_camera_get_state (camera) == XS_CAMERA_STOPPED)
    g_main_context_iteration (NULL, TRUE);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_STUDYING);
  g_assert_cmpint (xs_camera_get_state (camera), ==, XS_CAMERA_RUNNING);
  wait_for (check, XS_READY_CAMERA, XS_READY_OK);
  g_assert_cmpint (xs_camera_get_state (camera), ==, XS_CAMERA_RUNNING);
  fake_camera_unplug (device);
}

static void
fill (const char *path, gsize left_free_bytes)
{
  g_autofree char *folder = g_path_get_dirname (path);
  guint8 bytes[FILL_BYTES] = { 1 };
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  while (xs_dir_free_bytes (folder) > left_free_bytes)
    g_assert_cmpint (write (fd, bytes, sizeof bytes), ==, sizeof bytes);
  close (fd);
}

static void
test_disk (StudyFixture *f, gconstpointer data)
{
  if (f->photo == NULL || !tiny_disk_mount (f->dir, DISK_BYTES))
    return;
  g_autofree char *filler = g_build_filename (f->dir, "filler", NULL);

  fake_camera_show (f->photo);
  GstDevice *device = fake_camera_plug ("Webcam", WEBCAM_CAPS);
  study_fixture_start (f, NULL, NULL);
  study_fixture_reserve (f, 16);
  {
    g_autoptr (XsReadyCheck) check = xs_ready_check_new (f->study, f->store, xs_clock_system ());
    wait_for (check, XS_READY_DISK, XS_READY_OK);
    fill (filler, 8 * 1024 * 1024);
    xs_ready_check_run (check, FALSE);
    wait_for (check, XS_READY_DISK, XS_READY_NOT);
    assert_blocked (f, check, XS_READY_DISK);
    g_assert_cmpint (g_remove (filler), ==, 0);
    xs_ready_check_run (check, FALSE);
    wait_for (check, XS_READY_DISK, XS_READY_OK);
    while (xs_ready_check_is_running (check))
      g_main_context_iteration (NULL, TRUE);
  }
  fake_camera_unplug (device);
  study_fixture_stop (f);
  tiny_disk_unmount (f->dir);
}

/* A course one of whose lessons was altered: the others can be watched, and which one it is is said. */
static void
test_course (StudyFixture *f, gconstpointer data)
{
  if (f->photo == NULL)
    return;
  g_autofree char *course_dir = xs_course_default_dir ();
  g_autofree char *copy = g_build_filename (f->input_dir, "course", NULL);
  g_autoptr (GDir) dir = g_dir_open (course_dir, 0, NULL);
  g_autoptr (GError) error = NULL;
  const char *name;

  g_assert_cmpint (g_mkdir (copy, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *from = g_build_filename (course_dir, name, NULL);
      g_autofree char *to = g_build_filename (copy, name, NULL);
      g_autofree char *bytes = NULL;
      gsize size;
      if (!g_file_get_contents (from, &bytes, &size, NULL))
        continue;
      if (g_str_has_prefix (name, "lesson-2.") && size > 100000)
        bytes[size / 2] ^= 1;
      g_assert_true (g_file_set_contents (to, bytes, (gssize) size, &error));
    }
  fake_camera_show (f->photo);
  GstDevice *device = fake_camera_plug ("Webcam", WEBCAM_CAPS);
  study_fixture_start (f, NULL, copy);
  g_autoptr (XsReadyCheck) check = xs_ready_check_new (f->study, f->store, xs_clock_system ());
  wait_for (check, XS_READY_COURSE, XS_READY_WARNING);
  const XsLesson *lesson = xs_course_get_lesson (xs_study_get_course (f->study), 1);
  g_assert_nonnull (strstr (xs_ready_check_get_item (check, XS_READY_COURSE)->line, lesson->title));
  wait_for (check, XS_READY_CAMERA, XS_READY_OK);
  g_assert_cmpint (xs_ready_check_get_state (check), ==, XS_READY_WARNING);
  fake_camera_unplug (device);
}

/* The judges by themselves: what is beyond a limit, and what is just not. */

static XsReadyState
clock_state (gint64 ahead_s, gboolean known)
{
  g_auto (XsReadyItem) item = { XS_READY_UNKNOWN, NULL, NULL };
  XsReadyNetwork network = { .clock_known = known, .clock_ahead_us = ahead_s * G_USEC_PER_SEC };
  XsPolicy policy;

  xs_policy_default (&policy);
  xs_ready_judge_clock (&item, &network, &policy);
  g_assert_cmpint (item.state >= XS_READY_WARNING, ==, *item.remedy != '\0');
  return item.state;
}

static void
test_judge_clock (void)
{
  g_assert_cmpint (clock_state (0, FALSE), ==, XS_READY_UNKNOWN);
  for (int sign = -1; sign <= 1; sign += 2)
    {
      g_assert_cmpint (clock_state (sign * 60, TRUE), ==, XS_READY_OK);
      g_assert_cmpint (clock_state (sign * 61, TRUE), ==, XS_READY_WARNING);
      g_assert_cmpint (clock_state (sign * 600, TRUE), ==, XS_READY_WARNING);
      g_assert_cmpint (clock_state (sign * 601, TRUE), ==, XS_READY_NOT);
    }
}

static XsReadyState
network_state (int state, gint64 age_s)
{
  g_auto (XsReadyItem) item = { XS_READY_UNKNOWN, NULL, NULL };
  XsReadyNetwork network = { 0 };
  XsOutboxStatus outbox = { .photos_waiting = age_s > 0 };
  gint64 now_us = 1000000 * (gint64) G_USEC_PER_SEC;
  XsPolicy policy;

  xs_policy_default (&policy);
  network.state = state;
  xs_ready_judge_network (&item, &network, &outbox, age_s > 0 ? now_us - age_s * G_USEC_PER_SEC : 0, now_us, &policy);
  g_assert_cmpint (item.state >= XS_READY_WARNING, ==, *item.remedy != '\0');
  return item.state;
}

static void
test_judge_network (void)
{
  g_assert_cmpint (network_state (XS_READY_NETWORK_UNKNOWN, 0), ==, XS_READY_UNKNOWN);
  g_assert_cmpint (network_state (XS_READY_NETWORK_ONLINE, 0), ==, XS_READY_OK);
  g_assert_cmpint (network_state (XS_READY_NETWORK_ONLINE, 24 * 3600), ==, XS_READY_OK);
  g_assert_cmpint (network_state (XS_READY_NETWORK_ONLINE, 24 * 3600 + 1), ==, XS_READY_WARNING);
  g_assert_cmpint (network_state (XS_READY_NETWORK_OFFLINE, 0), ==, XS_READY_WARNING);
  g_assert_cmpint (network_state (XS_READY_NETWORK_REFUSED, 0), ==, XS_READY_WARNING);
}

static XsReadyState
version_state (const char *version, const char *wanted, int day, gboolean stops)
{
  g_auto (XsReadyItem) item = { XS_READY_UNKNOWN, NULL, NULL };
  XsPolicy policy;

  xs_policy_default (&policy);
  g_strlcpy (policy.min_version, wanted, sizeof policy.min_version);
  policy.min_version_from_day = 20261201;
  policy.min_version_stops = stops;
  xs_ready_judge_version (&item, version, day, &policy);
  g_assert_nonnull (strstr (item.line, version));
  g_assert_cmpint (item.state >= XS_READY_WARNING, ==, *item.remedy != '\0');
  return item.state;
}

/* Told until the day it binds, and from then on as the policy says. */
static void
test_judge_version (void)
{
  g_assert_cmpint (version_state ("1.2.0", "", 20261201, TRUE), ==, XS_READY_OK);
  g_assert_cmpint (version_state ("1.2.0", "1.2", 20261201, TRUE), ==, XS_READY_OK);
  g_assert_cmpint (version_state ("1.2.0", "1.10", 20261130, TRUE), ==, XS_READY_WARNING);
  g_assert_cmpint (version_state ("1.2.0", "1.10", 20261201, TRUE), ==, XS_READY_NOT);
  g_assert_cmpint (version_state ("1.2.0", "1.10", 20261130, FALSE), ==, XS_READY_WARNING);
  g_assert_cmpint (version_state ("1.2.0", "1.10", 20261201, FALSE), ==, XS_READY_WARNING);
}

static void
test_judge_others (void)
{
  g_auto (XsReadyItem) item = { XS_READY_UNKNOWN, NULL, NULL };
  g_autoptr (GPtrArray) damaged = g_ptr_array_new ();
  XsPolicy policy;

  xs_policy_default (&policy);
  xs_ready_judge_light (&item, policy.luminance_min, policy.covered_detail_max, &policy);
  g_assert_cmpint (item.state, ==, XS_READY_OK);
  xs_ready_judge_light (&item, policy.luminance_min - 0.001, policy.covered_detail_max, &policy);
  g_assert_cmpint (item.state, ==, XS_READY_WARNING);
  xs_ready_judge_light (&item, policy.luminance_min, policy.covered_detail_max - 0.001, &policy);
  g_assert_cmpint (item.state, ==, XS_READY_WARNING);

  xs_ready_judge_display (&item, 1024, 768);
  g_assert_cmpint (item.state, ==, XS_READY_OK);
  xs_ready_judge_display (&item, 1023, 768);
  g_assert_cmpint (item.state, ==, XS_READY_WARNING);
  xs_ready_judge_display (&item, 1920, 767);
  g_assert_cmpint (item.state, ==, XS_READY_WARNING);

  xs_ready_judge_course (&item, 2, damaged);
  g_assert_cmpint (item.state, ==, XS_READY_OK);
  g_ptr_array_add (damaged, (gpointer) "One");
  xs_ready_judge_course (&item, 2, damaged);
  g_assert_cmpint (item.state, ==, XS_READY_WARNING);
  g_ptr_array_add (damaged, (gpointer) "Two");
  xs_ready_judge_course (&item, 2, damaged);
  g_assert_cmpint (item.state, ==, XS_READY_NOT);
}

static void
assert_no_camera (XsCameraOutcome outcome, const char *detail, XsCameraKind refused, const char *line)
{
  g_auto (XsReadyItem) item = { XS_READY_UNKNOWN, NULL, NULL };
  g_autofree char *own = g_strdup (detail);
  XsCameraAttempt attempts[XS_CAMERA_N_WAYS] = {
    [XS_CAMERA_WAY_PORTAL] = { outcome, own },
    [XS_CAMERA_WAY_PIPEWIRE] = { XS_CAMERA_OUTCOME_MISSING, NULL },
    [XS_CAMERA_WAY_SYSTEM] = { XS_CAMERA_OUTCOME_EMPTY, NULL },
  };
  g_autofree char *said = xs_ready_describe_attempt (&attempts[XS_CAMERA_WAY_PORTAL]);

  xs_ready_judge_no_camera (&item, "Studio", refused, attempts);
  g_assert_cmpint (item.state, ==, XS_READY_NOT);
  g_assert_cmpstr (item.line, ==, line);
  g_assert_nonnull (strstr (item.remedy, said));
  g_assert_nonnull (strstr (item.remedy, "PipeWire: Not there"));
  g_assert_nonnull (strstr (item.remedy, "The device itself: No camera"));
}

/* What somebody can mend is said first, and what became of each way below. */
static void
test_judge_no_camera (void)
{
  assert_no_camera (XS_CAMERA_OUTCOME_EMPTY, NULL, XS_CAMERA_KIND_REAL, "No camera gives pictures");
  assert_no_camera (XS_CAMERA_OUTCOME_WAITING, NULL, XS_CAMERA_KIND_REAL,
                    "The desktop asks whether the camera may be used");
  assert_no_camera (XS_CAMERA_OUTCOME_DENIED, NULL, XS_CAMERA_KIND_REAL, "The desktop does not allow the camera");
  assert_no_camera (XS_CAMERA_OUTCOME_BUSY, NULL, XS_CAMERA_KIND_REAL, "Another program uses the camera");
  assert_no_camera (XS_CAMERA_OUTCOME_BUSY, "cheese", XS_CAMERA_KIND_REAL, "Another program uses the camera: cheese");
  assert_no_camera (XS_CAMERA_OUTCOME_REFUSED, "Studio", XS_CAMERA_KIND_VIRTUAL,
                    "The only camera is a virtual one: Studio");
  assert_no_camera (XS_CAMERA_OUTCOME_REFUSED, "Studio", XS_CAMERA_KIND_INFRARED,
                    "The only camera is an infrared one: Studio");
  assert_no_camera (XS_CAMERA_OUTCOME_FAILED, "broken", XS_CAMERA_KIND_REAL, "No camera gives pictures");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  fake_camera_register ();

  g_test_add_func ("/study/ready/judge-clock", test_judge_clock);
  g_test_add_func ("/study/ready/judge-network", test_judge_network);
  g_test_add_func ("/study/ready/judge-version", test_judge_version);
  g_test_add_func ("/study/ready/judge-others", test_judge_others);
  g_test_add_func ("/study/ready/judge-no-camera", test_judge_no_camera);
  g_test_add ("/study/ready/camera", StudyFixture, NULL, set_up, test_camera, tear_down);
  g_test_add ("/study/ready/sign-in-meanwhile", StudyFixture, NULL, set_up, test_sign_in_meanwhile, tear_down);
  g_test_add ("/study/ready/disk", StudyFixture, NULL, set_up, test_disk, tear_down);
  g_test_add ("/study/ready/course", StudyFixture, NULL, set_up, test_course, tear_down);
  return g_test_run ();
}
