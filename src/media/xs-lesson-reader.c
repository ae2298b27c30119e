/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-lesson-player.h"

#include <gst/pbutils/pbutils.h>

#include "xs-error.h"
#include "xs-media-private.h"

/* Decoding without a clock to wait for: nothing for this long means that nothing will come. */
#define STALL_LIMIT_US (10 * G_USEC_PER_SEC)

typedef struct {
  XsLessonReader *reader;
  gboolean video;
  gboolean counts; /* decoded picture or sound; anything else is only drained */
  gboolean waits;  /* has reached the target and waits for the next */
  gboolean ended;
  gint64 end_us;
} Stream;

struct _XsLessonReader {
  char *path;
  GstElement *pipeline;
  gint64 duration_us; /* declared by the container, -1 when it does not say */

  GMutex lock; /* guards what follows */
  GCond changed;
  GPtrArray *streams; /* of Stream */
  gint64 target_us;   /* G_MAXINT64: let everything through */
  gboolean closing;
  gboolean all_known; /* no more pads will come */
  guint64 buffers;    /* decoded so far: shows that it moves */
  char *missing;      /* (nullable): what a picture or sound in it needs and this computer has not */
  GError *failure;
};

static gboolean
all_waiting_or_ended (XsLessonReader *self, gboolean *all_ended)
{
  gboolean any = FALSE;

  *all_ended = TRUE;
  for (guint i = 0; i < self->streams->len; i++)
    {
      const Stream *stream = g_ptr_array_index (self->streams, i);

      if (!stream->counts)
        continue;
      any = TRUE;
      if (!stream->ended && !stream->waits)
        return FALSE;
      *all_ended = *all_ended && stream->ended;
    }
  return any && self->all_known;
}

static GstPadProbeReturn
stream_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Stream *stream = user_data;
  XsLessonReader *self = stream->reader;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
    {
      if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
        {
          stream->ended = TRUE;
          g_cond_broadcast (&self->changed);
        }
      return GST_PAD_PROBE_OK;
    }

  stream->end_us = MAX (stream->end_us, xs_media_buffer_end_us (pad, GST_PAD_PROBE_INFO_BUFFER (info)));
  self->buffers++;
  while (stream->counts && !self->closing && stream->end_us >= self->target_us)
    {
      stream->waits = TRUE;
      g_cond_broadcast (&self->changed);
      g_cond_wait (&self->changed, &self->lock);
    }
  stream->waits = FALSE;
  return GST_PAD_PROBE_OK;
}

static void
pad_added_cb (GstElement *decodebin, GstPad *pad, gpointer user_data)
{
  XsLessonReader *self = user_data;
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  Stream *stream = g_new0 (Stream, 1);

  XsMediaPadKind kind = xs_media_pad_kind (pad);
  stream->reader = self;
  stream->video = kind == XS_MEDIA_PAD_VIDEO;
  stream->counts = kind != XS_MEDIA_PAD_OTHER;
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->streams, stream);
  g_mutex_unlock (&self->lock);

  g_object_set (sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, stream_probe, stream, NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_link (pad, sink_pad);
}

static void
no_more_pads_cb (GstElement *decodebin, gpointer user_data)
{
  XsLessonReader *self = user_data;
  gboolean any = FALSE;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  for (guint i = 0; i < self->streams->len; i++)
    any = any || ((Stream *) g_ptr_array_index (self->streams, i))->counts;
  if (!any && self->failure == NULL)
    {
      g_autofree char *name = g_filename_display_name (self->path);
      self->failure = g_error_new (XS_ERROR, XS_ERROR_MEDIA, "%s has neither picture nor sound in it", name);
    }
  self->all_known = TRUE;
  g_cond_broadcast (&self->changed);
}

static GError *
missing_error_new (const char *path, const char *missing)
{
  g_autofree char *name = g_filename_display_name (path);

  return g_error_new (
    XS_ERROR, XS_ERROR_MEDIA,
    "%s needs a decoder that is not installed here (%s): convert it to WebM with VP8 or VP9 and Opus, "
    "or install the decoder on every computer that plays it (gstreamer1.0-libav has most)",
    name, missing);
}

/* Data that nobody sees or hears may be in it as well: no decoder is missed for that. */
static gboolean
is_about_picture_or_sound (GstMessage *message)
{
  g_autoptr (GstCaps) caps = NULL;

  if (!gst_structure_get (gst_message_get_structure (message), "detail", GST_TYPE_CAPS, &caps, NULL)
      || gst_caps_get_size (caps) == 0)
    return FALSE;
  const char *type = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  return g_str_has_prefix (type, "video/") || g_str_has_prefix (type, "audio/");
}

static GstBusSyncReply
bus_cb (GstBus *bus, GstMessage *message, gpointer user_data)
{
  XsLessonReader *self = user_data;

  if (gst_is_missing_plugin_message (message) && is_about_picture_or_sound (message))
    {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
      g_free (self->missing);
      self->missing = gst_missing_plugin_message_get_description (message);
    }
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
      if (self->failure == NULL)
        self->failure = self->missing != NULL ? missing_error_new (self->path, self->missing)
                                              : xs_media_error_new (message, self->path);
      g_cond_broadcast (&self->changed);
    }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* Wait, with the lock held, until every stream has reached the target or ended; FALSE when it hangs. */
static gboolean
wait_for_streams (XsLessonReader *self, gboolean *all_ended)
{
  guint64 seen = self->buffers;
  gint64 deadline_us = g_get_monotonic_time () + STALL_LIMIT_US;

  while (self->failure == NULL && !all_waiting_or_ended (self, all_ended))
    {
      gboolean woken = g_cond_wait_until (&self->changed, &self->lock, deadline_us);

      if (self->buffers != seen)
        {
          seen = self->buffers;
          deadline_us = g_get_monotonic_time () + STALL_LIMIT_US;
        }
      else if (!woken)
        return FALSE;
    }
  return TRUE;
}

static gint64
furthest_end_us (XsLessonReader *self)
{
  gint64 end_us = 0;

  for (guint i = 0; i < self->streams->len; i++)
    end_us = MAX (end_us, ((Stream *) g_ptr_array_index (self->streams, i))->end_us);
  return end_us;
}

XsLessonReader *
xs_lesson_reader_open (const char *path, GError **error)
{
  gboolean ended = FALSE;

  g_return_val_if_fail (path != NULL, NULL);

  xs_media_init ();
  if (!xs_media_check_file (path, error))
    return NULL;

  g_autoptr (XsLessonReader) self = g_new0 (XsLessonReader, 1);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->path = g_strdup (path);
  self->streams = g_ptr_array_new_with_free_func (g_free);
  self->duration_us = -1;
  self->pipeline = gst_pipeline_new (NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, bus_cb, self, NULL);
  GstElement *decodebin = xs_media_decode_file (GST_BIN (self->pipeline), path, TRUE);
  g_signal_connect (decodebin, "pad-added", G_CALLBACK (pad_added_cb), self);
  g_signal_connect (decodebin, "no-more-pads", G_CALLBACK (no_more_pads_cb), self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);

  if (!xs_lesson_reader_advance (self, 0, &ended, error))
    return NULL;
  self->duration_us = xs_media_query_duration_us (self->pipeline);
  return g_steal_pointer (&self);
}

void
xs_lesson_reader_close (XsLessonReader *reader)
{
  XsLessonReader *self = reader;

  if (self == NULL)
    return;

  g_mutex_lock (&self->lock);
  self->closing = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_object (&self->pipeline);
  g_clear_pointer (&self->streams, g_ptr_array_unref);
  g_clear_error (&self->failure);
  g_free (self->missing);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

gboolean
xs_lesson_reader_advance (XsLessonReader *reader, gint64 position_us, gboolean *ended, GError **error)
{
  XsLessonReader *self = reader;
  gboolean all_ended = FALSE;
  g_autofree char *name = NULL;

  g_return_val_if_fail (self != NULL && ended != NULL, FALSE);

  *ended = FALSE;
  name = g_filename_display_name (self->path);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  self->target_us = MAX (self->target_us, position_us);
  for (guint i = 0; i < self->streams->len; i++)
    {
      Stream *stream = g_ptr_array_index (self->streams, i);
      stream->waits = stream->waits && stream->end_us >= self->target_us;
    }
  g_cond_broadcast (&self->changed);

  gboolean moves = wait_for_streams (self, &all_ended);
  if (self->failure != NULL)
    {
      g_autofree char *at = xs_media_format_time (furthest_end_us (self));

      g_propagate_error (error, g_error_copy (self->failure));
      if (furthest_end_us (self) > 0)
        g_prefix_error (error, "at %s: ", at);
      return FALSE;
    }
  if (!moves)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s cannot be read on: the disk or the decoder hangs", name);
      return FALSE;
    }
  if (!all_ended)
    return TRUE;

  gint64 end_us = furthest_end_us (self);
  if (!xs_media_check_end (self->path, end_us, self->duration_us, error))
    return FALSE;
  if (end_us <= 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s has neither picture nor sound in it", name);
      return FALSE;
    }
  *ended = end_us < position_us;
  return TRUE;
}

gboolean
xs_lesson_reader_check_streams (XsLessonReader *reader, GError **error)
{
  XsLessonReader *self = reader;
  gboolean has_picture = FALSE;

  g_return_val_if_fail (self != NULL, FALSE);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  if (self->missing != NULL)
    {
      g_propagate_error (error, missing_error_new (self->path, self->missing));
      return FALSE;
    }
  for (guint i = 0; i < self->streams->len; i++)
    has_picture = has_picture || ((Stream *) g_ptr_array_index (self->streams, i))->video;
  if (!has_picture)
    {
      g_autofree char *name = g_filename_display_name (self->path);
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s has only sound in it: a lesson is a video", name);
    }
  return has_picture;
}

gboolean
xs_lesson_reader_drain (XsLessonReader *reader, gint64 *end_us, GError **error)
{
  XsLessonReader *self = reader;
  gboolean ended = FALSE;

  g_return_val_if_fail (self != NULL && end_us != NULL, FALSE);

  if (!xs_lesson_reader_advance (self, G_MAXINT64, &ended, error))
    return FALSE;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  *end_us = furthest_end_us (self);
  return TRUE;
}
