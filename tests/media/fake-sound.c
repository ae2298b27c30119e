/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-sound.h"

#include <gst/base/gstbasesink.h>

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define FORMAT "S16LE"
#else
#define FORMAT "S16BE"
#endif
/* Below this a sample is silence: what converting leaves of it. */
#define SILENCE 16

#define FAKE_TYPE_SOUND (fake_sound_get_type ())
G_DECLARE_FINAL_TYPE (FakeSound, fake_sound, FAKE, SOUND, GstBaseSink)

struct _FakeSound {
  GstBaseSink parent_instance;
};

G_DEFINE_FINAL_TYPE (FakeSound, fake_sound, GST_TYPE_BASE_SINK)

static gint working; /* atomic */
static GMutex lock;  /* guards what follows */
static guint64 heard_ns;
static double peak, told_peak;

static GstStaticPadTemplate sink_template =
  GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                           GST_STATIC_CAPS ("audio/x-raw, format = (string) " FORMAT
                                            ", layout = (string) interleaved"));

static gboolean
fake_sound_start (GstBaseSink *sink)
{
  return g_atomic_int_get (&working);
}

static void
listen_to (GstBuffer *buffer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GstMapInfo map;
  int loudest = 0;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size / sizeof (gint16); i++)
    loudest = MAX (loudest, ABS ((int) ((const gint16 *) (const void *) map.data)[i]));
  gst_buffer_unmap (buffer, &map);
  if (loudest <= SILENCE)
    return;
  heard_ns += GST_BUFFER_DURATION (buffer);
  peak = MAX (peak, (double) loudest / G_MAXINT16);
}

static GstFlowReturn
fake_sound_render (GstBaseSink *sink, GstBuffer *buffer)
{
  if (g_atomic_int_get (&working))
    {
      listen_to (buffer);
      return GST_FLOW_OK;
    }
  GST_ELEMENT_ERROR (sink, RESOURCE, WRITE, ("The sound device is gone."), ("made by the test"));
  return GST_FLOW_ERROR;
}

static void
fake_sound_class_init (FakeSoundClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *base_class = GST_BASE_SINK_CLASS (klass);

  base_class->start = fake_sound_start;
  base_class->render = fake_sound_render;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "Fake sound", "Sink/Audio", "For tests", "Xueshi");
}

static void
fake_sound_init (FakeSound *self)
{
  gst_base_sink_set_sync (GST_BASE_SINK (self), TRUE);
}

void
fake_sound_register (void)
{
  g_assert_true (gst_element_register (NULL, "fakesound", GST_RANK_PRIMARY + 1000, FAKE_TYPE_SOUND));
}

void
fake_sound_set_working (gboolean on)
{
  g_atomic_int_set (&working, on);
}

int
fake_sound_take_heard_ms (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  int heard_ms = (int) (heard_ns / GST_MSECOND);

  told_peak = peak;
  heard_ns = 0;
  peak = 0;
  return heard_ms;
}

double
fake_sound_get_peak (void)
{
  return told_peak;
}
