/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera.h"

#include <string.h>

#include "media-fixture.h"
#include "xs-error.h"
#include "xs-media-private.h"

/* Read to the end or to the break; returns how many frames came. */
static guint
read_all (XsRecording *recording, gint64 step_us, gint64 *last_us, GError **error)
{
  guint n = 0;

  while (TRUE)
    {
      g_autoptr (XsFrame) frame = NULL;

      if (!xs_recording_next (recording, &frame, error) || frame == NULL)
        return n;
      g_assert_cmpint (frame->time_us, ==, n * step_us);
      if (last_us != NULL)
        *last_us = frame->time_us;
      n++;
    }
}

static void
test_grid (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fixture_make_video (fixture, "a.mkv", 60);

  for (int fps = 5; fps <= 10; fps += 5)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (XsRecording) recording = xs_recording_open (path, fps, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (read_all (recording, G_USEC_PER_SEC / fps, NULL, &error), ==, 2 * fps);
      g_assert_no_error (error);
    }
}

/* Frame k of the file is grey of its own number: the frame that was current at that time must be the one handed out. */
static void
test_current_frame (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_make (fixture, "avi.avi",
                                        "videotestsrc num-buffers=20 pattern=blink ! "
                                        "video/x-raw,format=I420,width=64,height=48,framerate=10/1 ! avimux");
  g_autoptr (XsRecording) recording = xs_recording_open (path, 20, &error);
  int before = -1, changes = 0, n = 0;

  g_assert_no_error (error);
  while (TRUE)
    {
      g_autoptr (XsFrame) frame = NULL;

      g_assert_true (xs_recording_next (recording, &frame, &error));
      g_assert_no_error (error);
      if (frame == NULL)
        break;
      int bright = xs_frame_data (frame)[24 * frame->stride_bytes + 96] > 128;
      /* Two grid points for each frame of the file: it changes on even ones only. */
      if (before >= 0 && bright != before)
        {
          g_assert_cmpint (n % 2, ==, 0);
          changes++;
        }
      before = bright;
      n++;
    }
  g_assert_cmpint (n, ==, 40);
  g_assert_cmpint (changes, ==, 19);
}

static void
test_frame_properties (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_make (fixture, "red.mkv",
                                        "videotestsrc num-buffers=5 pattern=red ! video/x-raw,format=I420,width=322,"
                                        "height=242,framerate=30/1 ! vp8enc ! matroskamux");
  g_autoptr (XsRecording) recording = xs_recording_open (path, 30, &error);
  g_autoptr (XsFrame) frame = NULL;

  g_assert_no_error (error);
  g_assert_true (xs_recording_next (recording, &frame, &error));
  g_assert_cmpint (frame->width_px, ==, 322);
  g_assert_cmpint (frame->height_px, ==, 242);
  g_assert_cmpint (frame->stride_bytes, >=, 966);
  const guint8 *middle = xs_frame_data (frame) + 121 * frame->stride_bytes + 161 * 3;
  g_assert_cmpint (middle[0], >, 200);
  g_assert_cmpint (middle[1], <, 50);
  g_assert_cmpint (middle[2], <, 50);
}

/* A frame outlives its recording. */
static void
test_frame_outlives (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fixture_make_video (fixture, "a.mkv", 5);
  g_autoptr (XsRecording) recording = xs_recording_open (path, 5, NULL);
  g_autoptr (XsFrame) frame = NULL;

  g_assert_true (xs_recording_next (recording, &frame, NULL));
  g_clear_pointer (&recording, xs_recording_close);
  guint sum = 0;
  for (int i = 0; i < frame->stride_bytes * frame->height_px; i++)
    sum += xs_frame_data (frame)[i];
  g_assert_cmpuint (sum, >, 0);
}

static void
test_sound_is_ignored (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_make_lesson (fixture, "a.webm", 2);
  g_autoptr (XsRecording) recording = xs_recording_open (path, 5, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (read_all (recording, 200000, NULL, &error), ==, 10);
  g_assert_no_error (error);
}

/* Three seconds without a picture are not filled with the last one. */
static void
test_gap (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path =
    fixture_make (fixture, "gap.mkv",
                  "videotestsrc num-buffers=30 ! video/x-raw,width=64,height=48,framerate=30/1 ! c. "
                  "videotestsrc num-buffers=1 ! video/x-raw,width=64,height=48,framerate=1/4 ! "
                  "capssetter caps=video/x-raw,framerate=30/1 ! c. "
                  "videotestsrc num-buffers=30 ! video/x-raw,width=64,height=48,framerate=30/1 ! c. "
                  "concat name=c ! videoconvert ! vp8enc deadline=1 ! matroskamux");
  g_autoptr (XsRecording) recording = xs_recording_open (path, 5, &error);
  gint64 longest_us = 0, last_us = 0;

  g_assert_no_error (error);
  while (TRUE)
    {
      g_autoptr (XsFrame) frame = NULL;

      g_assert_true (xs_recording_next (recording, &frame, &error));
      if (frame == NULL)
        break;
      g_assert_cmpint (frame->time_us % 200000, ==, 0);
      longest_us = MAX (longest_us, frame->time_us - last_us);
      last_us = frame->time_us;
    }
  g_assert_cmpint (longest_us, >=, 3 * G_USEC_PER_SEC);
  g_assert_cmpint (last_us, ==, 5800000);
}

static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_make_video (fixture, "cut.mkv", 180);
  gint64 last_us = 0;

  fixture_truncate (path, 0.5);
  g_autoptr (XsRecording) recording = xs_recording_open (path, 5, &error);
  g_assert_no_error (error);
  guint n = read_all (recording, 200000, &last_us, &error);
  g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
  g_assert_nonnull (strstr (error->message, "cut.mkv"));
  g_assert_nonnull (strstr (error->message, "breaks off"));
  g_test_message ("%u frames, then: %s", n, error->message);
  g_assert_cmpuint (n, >, 8);
  g_assert_cmpuint (n, <, 25);

  /* Asking again gives the same answer. */
  g_autoptr (GError) again = NULL;
  g_autoptr (XsFrame) frame = NULL;
  g_assert_false (xs_recording_next (recording, &frame, &again));
  g_assert_error (again, XS_ERROR, XS_ERROR_MEDIA);
}

/* Cut anywhere, a file either does not open or breaks off: it never passes for a whole one. */
static void
test_cut_anywhere (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = fixture_make_video (fixture, "whole.mkv", 150);
  g_autofree char *contents = NULL;
  gsize size = 0;

  g_assert_true (g_file_get_contents (whole, &contents, &size, NULL));
  for (int percent = 1; percent < 75; percent += 7)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = fixture_write (fixture, "part.mkv", contents, size * (gsize) percent / 100);
      g_autoptr (XsRecording) recording = xs_recording_open (path, 5, &error);

      if (recording != NULL)
        read_all (recording, 200000, NULL, &error);
      g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
      g_assert_nonnull (strstr (error->message, "part.mkv"));
    }
}

/* Cut behind the headers, before the first picture: it is said at once, not when patience runs out. */
static void
test_only_headers (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = fixture_make_video (fixture, "whole.mkv", 30);
  g_autofree char *contents = NULL;
  gsize size = 0;
  gint64 started_us = g_get_monotonic_time ();

  g_assert_true (g_file_get_contents (whole, &contents, &size, NULL));
  for (gsize bytes = 20; bytes < 1000; bytes += 20)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = fixture_write (fixture, "head.mkv", contents, bytes);
      g_autoptr (XsRecording) recording = xs_recording_open (path, 5, &error);

      if (recording != NULL)
        read_all (recording, 200000, NULL, &error);
      if (error != NULL)
        g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
    }
  g_assert_cmpint (g_get_monotonic_time () - started_us, <, 15 * G_USEC_PER_SEC);
}

static void
assert_does_not_open (const char *path, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsRecording) recording = xs_recording_open (path, 5, &error);
  g_autofree char *name = g_path_get_basename (path);

  g_assert_null (recording);
  g_assert_error (error, XS_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, name));
  if (words != NULL)
    g_assert_nonnull (strstr (error->message, words));
}

static void
test_bad_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = fixture_path (fixture, "missing.mkv");
  g_autofree char *empty = fixture_write (fixture, "empty.mkv", "", 0);
  g_autofree char *text = fixture_write (fixture, "text.mkv", "This is plain text.\nNothing else.\n", 34);
  guint8 noise[4096];
  g_autofree char *sound = fixture_make (fixture, "sound.ogg", "audiotestsrc num-buffers=20 ! opusenc ! oggmux");

  for (gsize i = 0; i < sizeof noise; i++)
    noise[i] = (guint8) g_test_rand_int ();
  g_autofree char *random = fixture_write (fixture, "noise.mkv", noise, sizeof noise);

  assert_does_not_open (missing, XS_ERROR_NOT_FOUND, NULL);
  assert_does_not_open (empty, XS_ERROR_MEDIA, "empty");
  assert_does_not_open (text, XS_ERROR_MEDIA, "not a video");
  assert_does_not_open (random, XS_ERROR_MEDIA, NULL);
  assert_does_not_open (sound, XS_ERROR_MEDIA, "no video");
  assert_does_not_open (fixture->dir, XS_ERROR_MEDIA, "folder");
}

/* The real recordings, where they are. */
static void
test_real (Fixture *fixture, gconstpointer data)
{
  const char *media = g_getenv ("XUESHI_TEST_MEDIA");
  g_autofree char *path =
    media != NULL ? g_build_filename (media, "camera", "c.mkv", NULL)
                  : g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "media", "camera", "c.mkv", NULL);
  g_autoptr (GError) error = NULL;
  gint64 last_us = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no recordings of real faces here: set XUESHI_TEST_MEDIA");
      return;
    }
  g_autoptr (XsRecording) recording = xs_recording_open (path, 5, &error);
  g_assert_no_error (error);
  guint n = read_all (recording, 200000, &last_us, &error);
  g_assert_no_error (error);
  g_test_message ("%u frames, the last at %.1f s", n, (double) last_us / G_USEC_PER_SEC);
  g_assert_cmpuint (n, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TEST ("/media/recording/grid", test_grid);
  ADD_TEST ("/media/recording/current-frame", test_current_frame);
  ADD_TEST ("/media/recording/frame-properties", test_frame_properties);
  ADD_TEST ("/media/recording/frame-outlives", test_frame_outlives);
  ADD_TEST ("/media/recording/sound-is-ignored", test_sound_is_ignored);
  ADD_TEST ("/media/recording/gap", test_gap);
  ADD_TEST ("/media/recording/truncated", test_truncated);
  ADD_TEST ("/media/recording/cut-anywhere", test_cut_anywhere);
  ADD_TEST ("/media/recording/only-headers", test_only_headers);
  ADD_TEST ("/media/recording/bad-files", test_bad_files);
  ADD_TEST ("/media/recording/real", test_real);
  return g_test_run ();
}
