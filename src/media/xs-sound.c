/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sound.h"

#include <gst/gst.h>

#include "xs-error.h"
#include "xs-media-private.h"

#define TONE_HZ 660.0
#define TONE_SAMPLES 1024
#define TONE_BUFFERS 44 /* at 44,100 samples a second */
#define PATIENCE_NS (5 * GST_SECOND)

static gboolean
no_sound (GError **error)
{
  g_set_error_literal (error, XS_ERROR, XS_ERROR_MEDIA,
                       "No sound output works: connect headphones or a loudspeaker and turn it on");
  return FALSE;
}

/* autoaudiosink takes one that shows nothing when no device opens. */
static gboolean
has_device (GstElement *sink)
{
  gboolean found = FALSE;

  g_autoptr (GList) children = g_list_copy (GST_BIN_CHILDREN (sink));
  for (GList *l = children; l != NULL; l = l->next)
    {
      GstElementFactory *factory = gst_element_get_factory (l->data);
      found |= factory != NULL && !g_str_equal (GST_OBJECT_NAME (factory), "fakesink");
    }
  return found;
}

gboolean
xs_sound_probe (GError **error)
{
  GstElement *sink;
  gboolean found;

  xs_media_init ();
  sink = gst_element_factory_make ("autoaudiosink", NULL);
  if (sink == NULL)
    return no_sound (error);
  gst_object_ref_sink (sink);
  found = gst_element_set_state (sink, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE && has_device (sink);
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_object_unref (sink);
  return found || no_sound (error);
}

static gboolean
play (GstElement *pipeline, GstElement *sink, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE || !has_device (sink))
    return no_sound (error);
  g_autoptr (GstMessage) message =
    gst_bus_timed_pop_filtered (bus, PATIENCE_NS, (GstMessageType) (GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  if (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    return TRUE;
  return no_sound (error);
}

gboolean
xs_sound_play_test (double volume, GError **error)
{
  double linear = CLAMP (volume, 0.0, 1.0) * CLAMP (volume, 0.0, 1.0) * CLAMP (volume, 0.0, 1.0);
  GstElement *tone, *gain, *convert, *resample, *sink;
  gboolean played;

  xs_media_init ();
  tone = gst_element_factory_make ("audiotestsrc", NULL);
  gain = gst_element_factory_make ("volume", NULL);
  convert = gst_element_factory_make ("audioconvert", NULL);
  resample = gst_element_factory_make ("audioresample", NULL);
  sink = gst_element_factory_make ("autoaudiosink", NULL);
  if (tone == NULL || gain == NULL || convert == NULL || resample == NULL || sink == NULL)
    return no_sound (error);

  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  g_object_set (tone, "freq", TONE_HZ, "num-buffers", TONE_BUFFERS, "samplesperbuffer", TONE_SAMPLES, NULL);
  g_object_set (gain, "volume", linear, NULL);
  gst_bin_add_many (GST_BIN (pipeline), tone, gain, convert, resample, sink, NULL);
  played = gst_element_link_many (tone, gain, convert, resample, sink, NULL) && play (pipeline, sink, error);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return played;
}
