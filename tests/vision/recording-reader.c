/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "recording-reader.h"

#include <gst/app/app.h>
#include <gst/video/video.h>

struct _RecordingReader {
  GstElement *pipeline;
  GstAppSink *sink;
};

RecordingReader *
recording_reader_new (const char *path, int frames_per_second)
{
  g_autofree char *launch =
    g_strdup_printf ("filesrc name=source ! decodebin ! videorate ! video/x-raw,framerate=%d/1 ! videoconvert ! "
                     "video/x-raw,format=RGB ! appsink name=sink sync=false max-buffers=4",
                     frames_per_second);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) source = NULL;
  RecordingReader *reader = g_new0 (RecordingReader, 1);

  reader->pipeline = gst_parse_launch (launch, &error);
  g_assert_no_error (error);
  source = gst_bin_get_by_name (GST_BIN (reader->pipeline), "source");
  g_object_set (source, "location", path, NULL);
  reader->sink = GST_APP_SINK (gst_bin_get_by_name (GST_BIN (reader->pipeline), "sink"));
  g_assert_cmpint (gst_element_set_state (reader->pipeline, GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
  return reader;
}

void
recording_reader_free (RecordingReader *reader)
{
  gst_element_set_state (reader->pipeline, GST_STATE_NULL);
  g_clear_object (&reader->sink);
  g_clear_object (&reader->pipeline);
  g_free (reader);
}

XsFrame *
recording_reader_next (RecordingReader *reader)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (reader->sink);
  g_autoptr (GBytes) pixels = NULL;
  GstVideoInfo info;
  GstVideoFrame video;
  XsFrame *frame;

  if (sample == NULL)
    return NULL;
  g_assert_true (gst_video_info_from_caps (&info, gst_sample_get_caps (sample)));
  g_assert_true (gst_video_frame_map (&video, &info, gst_sample_get_buffer (sample), GST_MAP_READ));
  pixels = g_bytes_new (GST_VIDEO_FRAME_PLANE_DATA (&video, 0),
                        (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&video, 0) * GST_VIDEO_FRAME_HEIGHT (&video));
  frame = xs_frame_new (GST_VIDEO_FRAME_WIDTH (&video), GST_VIDEO_FRAME_HEIGHT (&video),
                        GST_VIDEO_FRAME_PLANE_STRIDE (&video, 0),
                        (gint64) (GST_BUFFER_PTS (gst_sample_get_buffer (sample)) / GST_USECOND), pixels);
  gst_video_frame_unmap (&video);
  return frame;
}
