/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* How much earlier than the container declares a stream may end before the file counts as broken off. */
#define XS_MEDIA_END_SLACK_US (G_USEC_PER_SEC)

/** xs_media_init: load GStreamer once. Any thread. */
void xs_media_init (void);

/** xs_media_check_file: @error XS_ERROR_NOT_FOUND, XS_ERROR_IO, XS_ERROR_MEDIA (empty, a folder); names the file. */
gboolean xs_media_check_file (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_media_error_new: (transfer full): an ERROR message of a pipeline as XS_ERROR_MEDIA about the file @path. */
GError *xs_media_error_new (GstMessage *message, const char *path);

/** xs_media_format_time: (transfer full): "1:02.3". */
char *xs_media_format_time (gint64 time_us);

/**
 * xs_media_check_end: whether a file that ended at @end_us ended where it should.
 * @duration_us: what its container declares; 0 or less when it does not say
 * @error: XS_ERROR_MEDIA "breaks off at …"
 */
gboolean xs_media_check_end (const char *path, gint64 end_us, gint64 duration_us, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_media_query_duration_us: -1 when unknown. */
gint64 xs_media_query_duration_us (GstElement *element);

/**
 * xs_media_decode_file: (transfer none): filesrc and decodebin inside @pipeline.
 * @want_audio: FALSE: sound is not decoded; its pads come out as they are in the file
 * Connect to "pad-added" and "no-more-pads" of the returned decodebin. Subtitles are never decoded.
 */
GstElement *xs_media_decode_file (GstBin *pipeline, const char *path, gboolean want_audio);

/**
 * xs_media_watch_demuxers: post an error on @bin, a decodebin or playbin, when a demuxer in it finds no stream.
 * decodebin drops the error of a demuxer that fails while it is still being plugged in, and then waits for ever.
 */
void xs_media_watch_demuxers (GstBin *bin);

typedef enum {
  XS_MEDIA_PAD_VIDEO, /* decoded pictures */
  XS_MEDIA_PAD_AUDIO, /* decoded sound */
  XS_MEDIA_PAD_OTHER, /* anything still encoded */
} XsMediaPadKind;

XsMediaPadKind xs_media_pad_kind (GstPad *pad);

/** xs_media_buffer_end_us: where the buffer ends in stream time, by the segment of @pad; -1 when it bears no time. */
gint64 xs_media_buffer_end_us (GstPad *pad, GstBuffer *buffer);

/**
 * xs_media_map_rgb: (transfer full) (nullable): the pixels of a GST_VIDEO_FORMAT_RGB buffer without copying them:
 * the GBytes keep the buffer mapped.
 */
GBytes *xs_media_map_rgb (GstBuffer *buffer, const GstVideoInfo *info, int *stride_bytes);

/**
 * xs_media_reserve_frames: whatever makes the frames that come to the sink pad @pad makes @n_frames of them at once,
 * and uses them in turn. Otherwise one is added, and kept, in each moment in which all are in use, and such a moment
 * may come after hours.
 * @n_frames: as many as are in use together at the worst; more are made when they are needed. Of frames that only pass
 * through the element before nothing is asked.
 */
void xs_media_reserve_frames (GstPad *pad, guint n_frames);

G_END_DECLS
