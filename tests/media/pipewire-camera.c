/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A camera of PipeWire's, for tests where there is none: shows what a GStreamer source gives, to as many programs as
 * like, which may come and go. Ending it is unplugging it; after SIGUSR1 it is there and gives no more pictures.
 *
 * Usage: pipewire-camera [--name NAME] [--description TEXT] [--property KEY=VALUE]… [--uri URI | --pattern NICK]
 */
#include <glib-unix.h>
#include <gst/app/gstappsink.h>
#include <pipewire/pipewire.h>
#include <spa/param/video/format-utils.h>
#include <string.h>

#define WIDTH_PX 1280
#define HEIGHT_PX 720
#define FPS 30
#define BYTES_PER_PIXEL 2 /* YUY2 */
#define FRAME_BYTES (WIDTH_PX * HEIGHT_PX * BYTES_PER_PIXEL)

typedef struct {
  struct pw_main_loop *loop;
  struct pw_stream *stream;
  struct spa_source *timer;
  GstElement *pipeline;
  GstAppSink *sink;
  GstSample *newest; /* (nullable) */
  guint64 count;
  gboolean mute;
} Camera;

/* Over and over, as a recording has no end for who looks at it. */
static void
fetch (Camera *self)
{
  GstSample *sample = gst_app_sink_try_pull_sample (self->sink, 0);

  if (sample == NULL)
    {
      if (gst_app_sink_is_eos (self->sink))
        gst_element_seek_simple (self->pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT, 0);
      return;
    }
  g_clear_pointer (&self->newest, gst_sample_unref);
  self->newest = sample;
}

static void
on_tick (void *data, uint64_t expirations)
{
  Camera *self = data;

  fetch (self);
  if (self->newest != NULL && !self->mute)
    pw_stream_trigger_process (self->stream);
}

static void
on_process (void *data)
{
  Camera *self = data;
  struct pw_buffer *buffer = pw_stream_dequeue_buffer (self->stream);
  GstMapInfo map;

  if (buffer == NULL)
    return;
  struct spa_data *target = &buffer->buffer->datas[0];
  struct spa_meta_header *header = spa_buffer_find_meta_data (buffer->buffer, SPA_META_Header, sizeof *header);
  target->chunk->offset = 0;
  target->chunk->stride = WIDTH_PX * BYTES_PER_PIXEL;
  target->chunk->size = 0;
  if (self->newest != NULL && target->data != NULL
      && gst_buffer_map (gst_sample_get_buffer (self->newest), &map, GST_MAP_READ))
    {
      target->chunk->size = (uint32_t) MIN (map.size, target->maxsize);
      memcpy (target->data, map.data, target->chunk->size);
      gst_buffer_unmap (gst_sample_get_buffer (self->newest), &map);
    }
  if (header != NULL)
    *header = (struct spa_meta_header){ .pts = g_get_monotonic_time () * 1000, .seq = self->count };
  self->count++;
  pw_stream_queue_buffer (self->stream, buffer);
}

/* It plays only while somebody looks. */
static void
on_state (void *data, enum pw_stream_state old, enum pw_stream_state state, const char *message)
{
  Camera *self = data;
  gboolean streaming = state == PW_STREAM_STATE_STREAMING;
  struct timespec start = { .tv_nsec = streaming ? 1 : 0 };
  struct timespec interval = { .tv_nsec = streaming ? SPA_NSEC_PER_SEC / FPS : 0 };

  if (state == PW_STREAM_STATE_ERROR)
    {
      g_printerr ("pipewire-camera: %s\n", message);
      pw_main_loop_quit (self->loop);
      return;
    }
  pw_loop_update_timer (pw_main_loop_get_loop (self->loop), self->timer, &start, &interval, false);
  gst_element_set_state (self->pipeline, streaming ? GST_STATE_PLAYING : GST_STATE_PAUSED);
}

static void
on_format (void *data, uint32_t id, const struct spa_pod *format)
{
  Camera *self = data;
  uint8_t space[512];
  struct spa_pod_builder builder = SPA_POD_BUILDER_INIT (space, sizeof space);
  const struct spa_pod *answers[2];

  if (format == NULL || id != SPA_PARAM_Format)
    return;
  answers[0] =
    spa_pod_builder_add_object (&builder, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers, SPA_PARAM_BUFFERS_buffers,
                                SPA_POD_CHOICE_RANGE_Int (8, 2, 16), SPA_PARAM_BUFFERS_blocks, SPA_POD_Int (1),
                                SPA_PARAM_BUFFERS_size, SPA_POD_Int (FRAME_BYTES), SPA_PARAM_BUFFERS_stride,
                                SPA_POD_Int (WIDTH_PX * BYTES_PER_PIXEL), SPA_PARAM_BUFFERS_dataType,
                                SPA_POD_CHOICE_FLAGS_Int (1 << SPA_DATA_MemFd));
  answers[1] = spa_pod_builder_add_object (&builder, SPA_TYPE_OBJECT_ParamMeta, SPA_PARAM_Meta, SPA_PARAM_META_type,
                                           SPA_POD_Id (SPA_META_Header), SPA_PARAM_META_size,
                                           SPA_POD_Int (sizeof (struct spa_meta_header)));
  pw_stream_update_params (self->stream, answers, G_N_ELEMENTS (answers));
}

static const struct pw_stream_events stream_events = {
  PW_VERSION_STREAM_EVENTS,
  .process = on_process,
  .state_changed = on_state,
  .param_changed = on_format,
};

static void
on_signal (void *data, int number)
{
  Camera *self = data;

  pw_main_loop_quit (self->loop);
}

static void
on_mute (void *data, int number)
{
  Camera *self = data;

  self->mute = TRUE;
}

static gboolean
make_pipeline (Camera *self, const char *uri, const char *pattern, GError **error)
{
  g_autofree char *source = uri != NULL ? g_strdup_printf ("uridecodebin uri=\"%s\"", uri)
                                        : g_strdup_printf ("videotestsrc is-live=true pattern=%s", pattern);
  g_autofree char *text =
    g_strdup_printf ("%s ! videoconvert ! videoscale ! videorate ! "
                     "video/x-raw,format=YUY2,width=%d,height=%d,framerate=%d/1,pixel-aspect-ratio=1/1 ! "
                     "appsink name=sink max-buffers=2 drop=true",
                     source, WIDTH_PX, HEIGHT_PX, FPS);

  self->pipeline = gst_parse_launch (text, error);
  if (self->pipeline == NULL)
    return FALSE;
  self->sink = GST_APP_SINK (gst_bin_get_by_name (GST_BIN (self->pipeline), "sink"));
  gst_element_set_state (self->pipeline, GST_STATE_PAUSED);
  return TRUE;
}

static struct pw_properties *
make_properties (const char *name, const char *description, char **more)
{
  struct pw_properties *properties =
    pw_properties_new (PW_KEY_MEDIA_CLASS, "Video/Source", PW_KEY_MEDIA_ROLE, "Camera", PW_KEY_NODE_NAME, name,
                       PW_KEY_NODE_DESCRIPTION, description, NULL);

  for (char **property = more; property != NULL && *property != NULL; property++)
    {
      g_auto (GStrv) parts = g_strsplit (*property, "=", 2);
      if (g_strv_length (parts) == 2)
        pw_properties_set (properties, parts[0], parts[1]);
    }
  return properties;
}

static int
publish (Camera *self, struct pw_properties *properties)
{
  uint8_t space[512];
  struct spa_pod_builder builder = SPA_POD_BUILDER_INIT (space, sizeof space);
  struct pw_loop *loop = pw_main_loop_get_loop (self->loop);
  const struct spa_pod *format =
    spa_pod_builder_add_object (&builder, SPA_TYPE_OBJECT_Format, SPA_PARAM_EnumFormat, SPA_FORMAT_mediaType,
                                SPA_POD_Id (SPA_MEDIA_TYPE_video), SPA_FORMAT_mediaSubtype,
                                SPA_POD_Id (SPA_MEDIA_SUBTYPE_raw), SPA_FORMAT_VIDEO_format,
                                SPA_POD_Id (SPA_VIDEO_FORMAT_YUY2), SPA_FORMAT_VIDEO_size,
                                SPA_POD_Rectangle (&SPA_RECTANGLE (WIDTH_PX, HEIGHT_PX)), SPA_FORMAT_VIDEO_framerate,
                                SPA_POD_Fraction (&SPA_FRACTION (FPS, 1)));

  self->timer = pw_loop_add_timer (loop, on_tick, self);
  self->stream = pw_stream_new_simple (loop, "pipewire-camera", properties, &stream_events, self);
  return pw_stream_connect (self->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
                            PW_STREAM_FLAG_DRIVER | PW_STREAM_FLAG_MAP_BUFFERS, &format, 1);
}

int
main (int argc, char **argv)
{
  Camera self = { 0 };
  g_autofree char *name = NULL, *description = NULL, *uri = NULL, *pattern = NULL;
  g_auto (GStrv) more = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "description", 0, 0, G_OPTION_ARG_STRING, &description, NULL, NULL },
    { "property", 0, 0, G_OPTION_ARG_STRING_ARRAY, &more, NULL, NULL },
    { "uri", 0, 0, G_OPTION_ARG_STRING, &uri, NULL, NULL },
    { "pattern", 0, 0, G_OPTION_ARG_STRING, &pattern, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  gst_init (NULL, NULL);
  pw_init (NULL, NULL);
  /* Before there is a thread of GStreamer's that the signals could reach. */
  self.loop = pw_main_loop_new (NULL);
  pw_loop_add_signal (pw_main_loop_get_loop (self.loop), SIGINT, on_signal, &self);
  pw_loop_add_signal (pw_main_loop_get_loop (self.loop), SIGTERM, on_signal, &self);
  pw_loop_add_signal (pw_main_loop_get_loop (self.loop), SIGUSR1, on_mute, &self);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || !make_pipeline (&self, uri, pattern != NULL ? pattern : "smpte", &error))
    {
      g_printerr ("pipewire-camera: %s\n", error->message);
      return 2;
    }
  if (publish (&self,
               make_properties (name != NULL ? name : "camera", description != NULL ? description : "Camera", more))
      < 0)
    {
      g_printerr ("pipewire-camera: PipeWire does not answer\n");
      return 1;
    }
  pw_main_loop_run (self.loop);
  pw_stream_destroy (self.stream);
  pw_main_loop_destroy (self.loop);
  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  g_clear_pointer (&self.newest, gst_sample_unref);
  gst_object_unref (self.sink);
  gst_object_unref (self.pipeline);
  return 0;
}
