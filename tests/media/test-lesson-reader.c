/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem() */
#include "xs-lesson-player.h"

#include <gst/gst.h>
#include <string.h>

#include "media-fixture.h"
#include "xs-error.h"

static void
test_to_the_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_make_lesson (fixture, "lesson.webm", 20);
  gint64 started_us = g_get_monotonic_time ();
  g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (path, &error);
  gboolean ended = TRUE;

  g_assert_no_error (error);
  for (int ms = 0; ms <= 19900; ms += 100)
    {
      g_assert_true (xs_lesson_reader_advance (reader, ms * 1000, &ended, &error));
      g_assert_no_error (error);
      g_assert_false (ended);
    }
  g_assert_true (xs_lesson_reader_advance (reader, 25 * G_USEC_PER_SEC, &ended, &error));
  g_assert_no_error (error);
  g_assert_true (ended);
  /* Back is no way. */
  g_assert_true (xs_lesson_reader_advance (reader, 0, &ended, &error));
  g_assert_false (ended);
  g_assert_cmpint (g_get_monotonic_time () - started_us, <, 15 * G_USEC_PER_SEC);
}

static void
test_video_only (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_make_video (fixture, "lesson.mkv", 90);
  g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (path, &error);
  gboolean ended = TRUE;

  g_assert_no_error (error);
  g_assert_true (xs_lesson_reader_advance (reader, 2 * G_USEC_PER_SEC, &ended, &error));
  g_assert_false (ended);
  g_assert_true (xs_lesson_reader_advance (reader, 4 * G_USEC_PER_SEC, &ended, &error));
  g_assert_true (ended);
}

static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_make_lesson (fixture, "cut.webm", 20);
  int reached_s = 0;
  gboolean ended = FALSE;

  fixture_truncate (path, 0.5);
  g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (path, &error);
  g_assert_no_error (error);
  while (reached_s < 30 && xs_lesson_reader_advance (reader, (reached_s + 1) * G_USEC_PER_SEC, &ended, &error))
    {
      g_assert_false (ended);
      reached_s++;
    }
  g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
  g_test_message ("%d s, then: %s", reached_s, error->message);
  g_assert_nonnull (strstr (error->message, "breaks off"));
  g_assert_cmpint (reached_s, >=, 7);
  g_assert_cmpint (reached_s, <=, 13);
}

static void
test_bad_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = fixture_path (fixture, "missing.webm");
  g_autofree char *empty = fixture_write (fixture, "empty.webm", "", 0);
  g_autofree char *text = fixture_write (fixture, "text.webm", "This is plain text.\n", 20);
  g_autofree char *head = fixture_make_lesson (fixture, "head.webm", 1);
  const char *const paths[] = { missing, empty, text, head };

  fixture_truncate (head, 0.03);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (paths[i], &error);
      g_autofree char *name = g_path_get_basename (paths[i]);

      g_assert_null (reader);
      g_assert_error (error, XS_ERROR, (i == 0 ? (int) XS_ERROR_NOT_FOUND : (int) XS_ERROR_MEDIA));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, name));
    }
}

static void
test_closed_half_way (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fixture_make_lesson (fixture, "lesson.webm", 5);

  for (int i = 0; i < 10; i++)
    {
      g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (path, NULL);
      gboolean ended = FALSE;

      g_assert_nonnull (reader);
      if (i % 2 == 0)
        g_assert_true (xs_lesson_reader_advance (reader, i * 400 * 1000, &ended, NULL));
    }
}

static void
test_drain (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_make_lesson (fixture, "lesson.webm", 3);
  g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (path, &error);
  gint64 end_us = 0;

  g_assert_no_error (error);
  g_assert_true (xs_lesson_reader_check_streams (reader, &error));
  g_assert_no_error (error);
  g_assert_true (xs_lesson_reader_drain (reader, &end_us, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ABS (end_us - 3 * G_USEC_PER_SEC), <, 100 * 1000);
}

static void
test_sound_only (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_make (fixture, "song.webm", "audiotestsrc num-buffers=20 ! opusenc ! webmmux");
  g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (path, &error);

  g_assert_no_error (error);
  g_assert_false (xs_lesson_reader_check_streams (reader, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
  g_assert_nonnull (strstr (error->message, "song.webm has only sound"));
}

/* Of another codec by its name: what is needed for it is told, whether or not the sound could be played. */
static void
rename_codec (const char *path, const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize size;

  g_file_get_contents (path, &content, &size, &error);
  g_assert_no_error (error);
  char *at = memmem (content, size, from, strlen (from));
  g_assert_nonnull (at);
  memcpy (at, to, strlen (to));
  g_file_set_contents (path, content, (gssize) size, &error);
  g_assert_no_error (error);
}

static gboolean
has_decoder (const char *type)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (type);
  GList *decoders = gst_element_factory_list_get_elements (GST_ELEMENT_FACTORY_TYPE_DECODER, GST_RANK_MARGINAL);
  GList *fitting = gst_element_factory_list_filter (decoders, caps, GST_PAD_SINK, FALSE);
  gboolean any = fitting != NULL;

  gst_plugin_feature_list_free (fitting);
  gst_plugin_feature_list_free (decoders);
  return any;
}

static void
test_missing_decoder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *mute = fixture_make_video (fixture, "mute.mkv", 30);
  g_autofree char *spoken = fixture_make_lesson (fixture, "spoken.mkv", 1);
  const char *const paths[] = { mute, spoken };

  if (has_decoder ("video/x-av1"))
    {
      g_test_skip ("this computer plays AV1: nothing is missing");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = g_path_get_basename (paths[i]);

      rename_codec (paths[i], "V_VP8", "V_AV1");
      g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (paths[i], &error);
      if (reader != NULL)
        g_assert_false (xs_lesson_reader_check_streams (reader, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, name));
      g_assert_nonnull (strstr (error->message, "decoder"));
      g_assert_nonnull (strstr (error->message, "AV1"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TEST ("/media/lesson-reader/to-the-end", test_to_the_end);
  ADD_TEST ("/media/lesson-reader/video-only", test_video_only);
  ADD_TEST ("/media/lesson-reader/truncated", test_truncated);
  ADD_TEST ("/media/lesson-reader/bad-files", test_bad_files);
  ADD_TEST ("/media/lesson-reader/drain", test_drain);
  ADD_TEST ("/media/lesson-reader/sound-only", test_sound_only);
  ADD_TEST ("/media/lesson-reader/missing-decoder", test_missing_decoder);
  ADD_TEST ("/media/lesson-reader/closed-half-way", test_closed_half_way);
  return g_test_run ();
}
