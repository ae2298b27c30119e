/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course.h"
#include "xs-subjcode.h"

#include <gst/gst.h>
#include <stdio.h>
#include <string.h>

/* How far what was declared may lie from what plays. */
#define DURATION_SLACK_US (500 * 1000)
#define AV_SLACK_US (300 * 1000)
#define FRAMES_PER_SECOND 30
#define POSTER_WIDTH 1280
#define POSTER_HEIGHT 720

/* Where a stream ended, in ns, and how many buffers it had. Written by its streaming thread, read after the end. */
typedef struct {
  guint64 end_ns;
  guint buffers;
} Stream;

static XsCourse *
load (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = xs_course_default_dir ();
  XsCourse *course = xs_course_load (dir, &error);

  g_assert_no_error (error);
  return course;
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Stream *stream = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  stream->buffers++;
  stream->end_ns = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
  return GST_PAD_PROBE_OK;
}

static void
watch (GstElement *pipeline, const char *sink_name, Stream *stream)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), sink_name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, stream, NULL);
}

/* Decodes all of it, which only works when nothing is missing and nothing is damaged. */
static void
play_to_the_end (const char *path, Stream *video, Stream *audio)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
    "filesrc name=source ! matroskademux name=demux demux.video_0 ! queue ! vp8dec ! fakesink name=video sync=false "
    "demux.audio_0 ! queue ! opusdec ! fakesink name=audio sync=false",
    &error);
  g_assert_no_error (error);
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  g_object_set (source, "location", path, NULL);
  watch (pipeline, "video", video);
  watch (pipeline, "audio", audio);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message =
    gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_no_error (error);
}

static void
test_plays (gconstpointer data)
{
  g_autoptr (XsCourse) course = load ();
  const XsLesson *lesson = xs_course_get_lesson (course, GPOINTER_TO_UINT (data));
  Stream video = { 0 };
  Stream audio = { 0 };

  play_to_the_end (lesson->video_path, &video, &audio);

  gint64 video_us = video.end_ns / 1000;
  gint64 audio_us = audio.end_ns / 1000;
  g_test_message ("%s: %.2f s declared, video %.2f s, sound %.2f s", lesson->id, lesson->duration_us / 1e6,
                  video_us / 1e6, audio_us / 1e6);
  g_assert_cmpint (ABS (video_us - lesson->duration_us), <=, DURATION_SLACK_US);
  g_assert_cmpint (ABS (audio_us - video_us), <=, AV_SLACK_US);
  g_assert_cmpint (ABS ((gint64) video.buffers * G_USEC_PER_SEC / FRAMES_PER_SECOND - video_us), <=, AV_SLACK_US);
  g_assert_cmpint (lesson->duration_us, >=, 60 * G_USEC_PER_SEC);
  g_assert_cmpint (lesson->duration_us, <=, 120 * G_USEC_PER_SEC);
}

static gint64
parse_time_us (int hours, int minutes, int seconds, int ms)
{
  return (((hours * 60 + minutes) * G_GINT64_CONSTANT (60) + seconds) * 1000 + ms) * 1000;
}

static void
test_subtitles (void)
{
  g_autoptr (XsCourse) course = load ();

  for (guint i = 0; i < xs_course_get_n_lessons (course); i++)
    {
      const XsLesson *lesson = xs_course_get_lesson (course, i);
      g_autoptr (GError) error = NULL;
      g_autofree char *content = NULL;
      gint64 previous_end_us = 0;
      guint n = 0;

      g_assert_nonnull (lesson->subtitles_path);
      g_file_get_contents (lesson->subtitles_path, &content, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_str_has_prefix (content, "WEBVTT\n\n"));
      g_assert_true (g_utf8_validate (content, -1, NULL));

      g_auto (GStrv) lines = g_strsplit (content, "\n", -1);
      for (guint k = 0; lines[k] != NULL; k++)
        {
          int t[8];

          if (strstr (lines[k], "-->") == NULL)
            continue;
          g_assert_cmpint (sscanf (lines[k], "%2d:%2d:%2d.%3d --> %2d:%2d:%2d.%3d", &t[0], &t[1], &t[2], &t[3], &t[4],
                                   &t[5], &t[6], &t[7]),
                           ==, 8);
          gint64 start_us = parse_time_us (t[0], t[1], t[2], t[3]);
          gint64 end_us = parse_time_us (t[4], t[5], t[6], t[7]);
          g_assert_cmpint (start_us, >=, previous_end_us);
          g_assert_cmpint (end_us, >, start_us);
          g_assert_cmpint (end_us, <=, lesson->duration_us);
          g_assert_nonnull (lines[k + 1]);
          g_assert_cmpuint (strlen (lines[k + 1]), >, 0);
          previous_end_us = end_us;
          n++;
        }
      g_assert_cmpuint (n, >=, 10);
    }
}

static guint32
big_endian (const char *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_BE (value);
}

static void
test_course (void)
{
  g_autoptr (XsCourse) course = load ();

  g_assert_cmpstr (xs_course_get_language (course), ==, "zh-CN");
  g_assert_cmpuint (xs_course_get_n_lessons (course), ==, 3);
  for (guint i = 0; i < xs_course_get_n_lessons (course); i++)
    {
      const XsLesson *lesson = xs_course_get_lesson (course, i);
      g_autoptr (GError) error = NULL;
      g_autofree char *png = NULL;
      gsize size;
      XsSubjcode code;

      g_assert_true (xs_lesson_verify (lesson, NULL, &error));
      g_assert_no_error (error);

      g_assert_true (xs_subjcode_parse (&code, lesson->subjcode, &error));
      g_assert_cmpint (code.mode, ==, XS_COURSE_CLASSROOM);
      g_assert_cmpstr (xs_subjcode_vehicle_name (code.vehicle), ==, "C1");
      g_assert_cmpint (code.part, ==, 1);

      g_file_get_contents (lesson->poster_path, &png, &size, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (size, >, 24);
      g_assert_cmpmem (png, 8, "\x89PNG\r\n\x1a\n", 8);
      g_assert_cmpuint (big_endian (png + 16), ==, POSTER_WIDTH);
      g_assert_cmpuint (big_endian (png + 20), ==, POSTER_HEIGHT);
    }
}

/* What a quiz needs to be one that teaches. */
static void
test_chapters (void)
{
  g_autoptr (XsCourse) course = load ();

  g_assert_cmpuint (xs_course_get_n_chapters (course), ==, 2);
  for (guint i = 0; i < xs_course_get_n_chapters (course); i++)
    {
      const XsChapter *chapter = xs_course_get_chapter (course, i);
      guint n_single = 0;
      guint n_true = 0;
      guint right_choices = 0;

      g_assert_cmpuint (chapter->n_questions, >=, 5);
      for (guint k = 0; k < chapter->n_questions; k++)
        {
          const XsQuestion *question = &chapter->questions[k];

          if (question->kind == XS_QUESTION_SINGLE)
            {
              n_single++;
              right_choices |= 1u << question->answer;
            }
          else if (question->answer == 0)
            n_true++;
        }
      guint n_true_false = chapter->n_questions - n_single;
      g_assert_cmpuint (n_single, >=, 2);
      g_assert_cmpuint (n_true_false, >=, 2);
      /* No place that is always right. */
      g_assert_cmpuint (n_true, >, 0);
      g_assert_cmpuint (n_true, <, n_true_false);
      g_assert_cmpuint (right_choices & (right_choices - 1), !=, 0);
    }
}

int
main (int argc, char *argv[])
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sample-course/course", test_course);
  g_test_add_func ("/sample-course/chapters", test_chapters);
  g_test_add_func ("/sample-course/subtitles", test_subtitles);
  g_test_add_data_func ("/sample-course/plays/1", GUINT_TO_POINTER (0), test_plays);
  g_test_add_data_func ("/sample-course/plays/2", GUINT_TO_POINTER (1), test_plays);
  g_test_add_data_func ("/sample-course/plays/3", GUINT_TO_POINTER (2), test_plays);

  return g_test_run ();
}
