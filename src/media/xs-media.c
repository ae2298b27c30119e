/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-media-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <gst/base/gstbasetransform.h>
#include <string.h>
#include <unistd.h>

#include "xs-error.h"

/* Where no other sound works it would be tried, and hang for good once any program was killed while it tried: libjack
 * leaves a lock behind in /dev/shm. */
static void
leave_out_jack (void)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find ("jackaudiosink");

  if (factory != NULL)
    gst_plugin_feature_set_rank (GST_PLUGIN_FEATURE (factory), GST_RANK_NONE);
}

void
xs_media_init (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      gst_init (NULL, NULL);
      leave_out_jack ();
      g_once_init_leave (&once, 1);
    }
}

gboolean
xs_media_check_file (const char *path, GError **error)
{
  GStatBuf info;
  g_autofree char *name = g_filename_display_name (path);

  if (g_stat (path, &info) != 0)
    {
      int code = errno;
      gboolean missing = code == ENOENT || code == ENOTDIR;

      g_set_error (error, XS_ERROR, missing ? XS_ERROR_NOT_FOUND : XS_ERROR_IO, "%s: %s", name, g_strerror (code));
      return FALSE;
    }
  if (S_ISDIR (info.st_mode))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s is a folder, not a video file", name);
      return FALSE;
    }
  if (S_ISREG (info.st_mode) && info.st_size == 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s is empty (0 bytes): copy or record it again", name);
      return FALSE;
    }
  if (g_access (path, R_OK) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_IO, "%s: %s", name, g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

GError *
xs_media_error_new (GstMessage *message, const char *path)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *debug = NULL;
  g_autofree char *name = g_filename_display_name (path);

  gst_message_parse_error (message, &cause, &debug);
  g_debug ("%s: %s (%s)", name, cause->message, debug != NULL ? debug : "no details");

  if (g_error_matches (cause, GST_STREAM_ERROR, GST_STREAM_ERROR_TYPE_NOT_FOUND)
      || g_error_matches (cause, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE))
    return g_error_new (XS_ERROR, XS_ERROR_MEDIA, "%s is not a video file", name);
  if (g_error_matches (cause, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN)
      || g_error_matches (cause, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND))
    return g_error_new (XS_ERROR, XS_ERROR_MEDIA,
                        "%s: no decoder for it is installed (%s): convert it to WebM with VP8 or VP9", name,
                        cause->message);
  return g_error_new (XS_ERROR, XS_ERROR_MEDIA, "%s cannot be played: it is damaged or not a video (%s)", name,
                      cause->message);
}

char *
xs_media_format_time (gint64 time_us)
{
  gint64 tenths = MAX (time_us, 0) / (G_USEC_PER_SEC / 10);

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d.%d", tenths / 600, (int) (tenths / 10 % 60), (int) (tenths % 10));
}

gboolean
xs_media_check_end (const char *path, gint64 end_us, gint64 duration_us, GError **error)
{
  if (duration_us <= 0 || end_us + XS_MEDIA_END_SLACK_US >= duration_us)
    return TRUE;

  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *end = xs_media_format_time (end_us);
  g_autofree char *duration = xs_media_format_time (duration_us);
  g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s breaks off at %s of %s: copy it again from its source", name, end,
               duration);
  return FALSE;
}

gint64
xs_media_query_duration_us (GstElement *element)
{
  gint64 duration_ns = -1;

  if (!gst_element_query_duration (element, GST_FORMAT_TIME, &duration_ns) || duration_ns <= 0)
    return -1;
  return duration_ns / 1000;
}

XsMediaPadKind
xs_media_pad_kind (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  if (gst_caps_is_empty (caps) || gst_caps_is_any (caps))
    return XS_MEDIA_PAD_OTHER;

  const char *type = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  if (g_str_equal (type, "video/x-raw"))
    return XS_MEDIA_PAD_VIDEO;
  if (g_str_equal (type, "audio/x-raw"))
    return XS_MEDIA_PAD_AUDIO;
  return XS_MEDIA_PAD_OTHER;
}

static gboolean
autoplug_continue_cb (GstElement *decodebin, GstPad *pad, GstCaps *caps, gpointer user_data)
{
  gboolean want_audio = GPOINTER_TO_INT (user_data);
  const char *type = gst_structure_get_name (gst_caps_get_structure (caps, 0));

  if (g_str_has_prefix (type, "audio/"))
    return want_audio;
  return !g_str_has_prefix (type, "text/") && !g_str_has_prefix (type, "subpicture/")
         && !g_str_has_prefix (type, "application/x-subtitle");
}

static void
no_more_pads_cb (GstElement *demuxer, GstElement *bin)
{
  if (demuxer->numsrcpads == 0)
    GST_ELEMENT_ERROR (bin, STREAM, DEMUX, ("It ends before its first picture or sound."), (NULL));
}

static void
element_added_cb (GstBin *bin, GstBin *sub_bin, GstElement *element, gpointer user_data)
{
  const char *klass = gst_element_get_metadata (element, GST_ELEMENT_METADATA_KLASS);

  if (klass != NULL && strstr (klass, "Demux") != NULL)
    g_signal_connect_object (element, "no-more-pads", G_CALLBACK (no_more_pads_cb), bin, 0);
}

void
xs_media_watch_demuxers (GstBin *bin)
{
  g_signal_connect (bin, "deep-element-added", G_CALLBACK (element_added_cb), NULL);
}

GstElement *
xs_media_decode_file (GstBin *pipeline, const char *path, gboolean want_audio)
{
  GstElement *source = gst_element_factory_make ("filesrc", NULL);
  GstElement *decodebin = gst_element_factory_make ("decodebin", NULL);

  g_object_set (source, "location", path, NULL);
  g_signal_connect (decodebin, "autoplug-continue", G_CALLBACK (autoplug_continue_cb), GINT_TO_POINTER (want_audio));
  xs_media_watch_demuxers (GST_BIN (decodebin));
  gst_bin_add_many (pipeline, source, decodebin, NULL);
  gst_element_link (source, decodebin);
  return decodebin;
}

gint64
xs_media_buffer_end_us (GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment = NULL;

  if (event == NULL || !GST_BUFFER_PTS_IS_VALID (buffer))
    return -1;

  gst_event_parse_segment (event, &segment);
  if (segment->format != GST_FORMAT_TIME)
    return -1;

  GstClockTime end = GST_BUFFER_PTS (buffer);
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    end += GST_BUFFER_DURATION (buffer);
  if (GST_CLOCK_TIME_IS_VALID (segment->stop))
    end = MIN (end, segment->stop);
  guint64 stream_ns = gst_segment_to_stream_time (segment, GST_FORMAT_TIME, end);
  return GST_CLOCK_TIME_IS_VALID (stream_ns) ? (gint64) (stream_ns / 1000) : -1;
}

static void
unmap_frame (gpointer data)
{
  GstVideoFrame *frame = data;

  gst_video_frame_unmap (frame);
  g_free (frame);
}

GBytes *
xs_media_map_rgb (GstBuffer *buffer, const GstVideoInfo *info, int *stride_bytes)
{
  g_autofree GstVideoFrame *frame = g_new0 (GstVideoFrame, 1);

  g_return_val_if_fail (GST_VIDEO_INFO_FORMAT (info) == GST_VIDEO_FORMAT_RGB, NULL);

  if (!gst_video_frame_map (frame, info, buffer, GST_MAP_READ))
    return NULL;

  gsize stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  gsize height = (gsize) GST_VIDEO_FRAME_HEIGHT (frame);
  const guint8 *pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  const guint8 *end = (const guint8 *) frame->map[0].data + frame->map[0].size;

  *stride_bytes = (int) stride;
  if (pixels + stride * height > end)
    {
      gsize there = (gsize) (end - pixels);
      guint8 *copy = g_malloc0 (stride * height);

      memcpy (copy, pixels, there);
      gst_video_frame_unmap (frame);
      return g_bytes_new_take (copy, stride * height);
    }
  return g_bytes_new_with_free_func (pixels, stride * height, unmap_frame, g_steal_pointer (&frame));
}

/* A camera whose frames only pass through has a fixed number of them, and copies as long as nobody asks for some. */
static gboolean
are_passed_through (GstPad *pad)
{
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);
  g_autoptr (GstElement) element = peer != NULL ? gst_pad_get_parent_element (peer) : NULL;

  return GST_IS_BASE_TRANSFORM (element) && gst_base_transform_is_passthrough (GST_BASE_TRANSFORM (element));
}

static GstPadProbeReturn
answer_allocation (GstPad *pad, GstPadProbeInfo *info, gpointer n_frames)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  GstCaps *caps = NULL;
  GstVideoInfo video;

  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION || are_passed_through (pad))
    return GST_PAD_PROBE_OK;
  gst_query_parse_allocation (query, &caps, NULL);
  if (caps == NULL || !gst_video_info_from_caps (&video, caps))
    return GST_PAD_PROBE_OK;
  gst_query_add_allocation_pool (query, NULL, (guint) GST_VIDEO_INFO_SIZE (&video), GPOINTER_TO_UINT (n_frames), 0);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return GST_PAD_PROBE_HANDLED;
}

void
xs_media_reserve_frames (GstPad *pad, guint n_frames)
{
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, answer_allocation, GUINT_TO_POINTER (n_frames), NULL);
}
