/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-camera.h"

/* ---- Device ------------------------------------------------------------------------------------------------- */

#define FAKE_TYPE_DEVICE (fake_device_get_type ())
G_DECLARE_FINAL_TYPE (FakeDevice, fake_device, FAKE, DEVICE, GstDevice)

struct _FakeDevice {
  GstDevice parent_instance;
};

G_DEFINE_FINAL_TYPE (FakeDevice, fake_device, GST_TYPE_DEVICE)

static gint stalled; /* atomic */
static GMutex hang_lock;
static GCond hang_changed;
static gboolean hanging;
static GWeakRef opened_last;
static char *shown; /* path of a JPEG picture; NULL: the test pattern */

static GstPadProbeReturn
stall_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return g_atomic_int_get (&stalled) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static GstElement *
make_source (const char *name)
{
  if (shown == NULL)
    {
      GstElement *pattern = gst_element_factory_make ("videotestsrc", name);
      g_object_set (pattern, "is-live", TRUE, NULL);
      return pattern;
    }
  g_autoptr (GError) error = NULL;
  g_autofree char *description =
    g_strdup_printf ("filesrc location=\"%s\" ! jpegdec ! videoconvert ! videoscale ! imagefreeze is-live=true", shown);
  GstElement *picture = gst_parse_bin_from_description (description, TRUE, &error);
  g_assert_no_error (error);
  return picture;
}

static GstElement *
fake_device_create_element (GstDevice *device, const char *name)
{
  GstElement *source = make_source (name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");

  g_mutex_lock (&hang_lock);
  while (hanging)
    g_cond_wait (&hang_changed, &hang_lock);
  g_mutex_unlock (&hang_lock);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, stall_probe, NULL, NULL);
  g_weak_ref_set (&opened_last, source);
  return source;
}

static void
fake_device_class_init (FakeDeviceClass *klass)
{
  GST_DEVICE_CLASS (klass)->create_element = fake_device_create_element;
}

static void
fake_device_init (FakeDevice *self)
{
}

/* ---- Provider ----------------------------------------------------------------------------------------------- */

#define FAKE_TYPE_PROVIDER (fake_provider_get_type ())
G_DECLARE_FINAL_TYPE (FakeProvider, fake_provider, FAKE, PROVIDER, GstDeviceProvider)

struct _FakeProvider {
  GstDeviceProvider parent_instance;
};

G_DEFINE_FINAL_TYPE (FakeProvider, fake_provider, GST_TYPE_DEVICE_PROVIDER)

static GList *plugged; /* of GstDevice, main thread and provider start under the lock */
static GMutex plugged_lock;
static GstDeviceProvider *running; /* while a monitor watches */

static gboolean
fake_provider_start (GstDeviceProvider *provider)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&plugged_lock);

  running = provider;
  for (GList *l = plugged; l != NULL; l = l->next)
    gst_device_provider_device_add (provider, l->data);
  return TRUE;
}

static void
fake_provider_stop (GstDeviceProvider *provider)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&plugged_lock);

  running = NULL;
}

static void
fake_provider_class_init (FakeProviderClass *klass)
{
  GstDeviceProviderClass *provider_class = GST_DEVICE_PROVIDER_CLASS (klass);

  provider_class->start = fake_provider_start;
  provider_class->stop = fake_provider_stop;
  gst_device_provider_class_set_static_metadata (provider_class, "Fake cameras", "Source/Video", "For tests", "Xueshi");
}

static void
fake_provider_init (FakeProvider *self)
{
}

void
fake_camera_register (void)
{
  GList *factories = gst_device_provider_factory_list_get_device_providers (GST_RANK_NONE);

  for (GList *l = factories; l != NULL; l = l->next)
    gst_plugin_feature_set_rank (l->data, GST_RANK_NONE);
  g_setenv ("PIPEWIRE_REMOTE", "none", TRUE);
  gst_plugin_feature_list_free (factories);
  g_weak_ref_init (&opened_last, NULL);
  g_assert_true (gst_device_provider_register (NULL, "fakecameraprovider", GST_RANK_PRIMARY, FAKE_TYPE_PROVIDER));
}

GstDevice *
fake_camera_plug (const char *name, const char *caps_text)
{
  return fake_camera_plug_with (name, caps_text, NULL);
}

GstDevice *
fake_camera_plug_with (const char *name, const char *caps_text, const char *properties_text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  g_autoptr (GstStructure) properties =
    properties_text != NULL ? gst_structure_from_string (properties_text, NULL) : NULL;
  GstDevice *device = g_object_new (FAKE_TYPE_DEVICE, "display-name", name, "device-class", "Video/Source", "caps",
                                    caps, "properties", properties, NULL);

  g_assert_true (properties_text == NULL || properties != NULL);

  gst_object_ref_sink (device);
  g_mutex_lock (&plugged_lock);
  plugged = g_list_append (plugged, device);
  if (running != NULL)
    gst_device_provider_device_add (running, device);
  g_mutex_unlock (&plugged_lock);
  return device;
}

void
fake_camera_unplug (GstDevice *device)
{
  g_mutex_lock (&plugged_lock);
  plugged = g_list_remove (plugged, device);
  if (running != NULL)
    gst_device_provider_device_remove (running, device);
  g_mutex_unlock (&plugged_lock);
  gst_object_unref (device);
}

void
fake_camera_show (const char *jpeg_path)
{
  g_free (shown);
  shown = g_strdup (jpeg_path);
}

void
fake_camera_stall (gboolean on)
{
  g_atomic_int_set (&stalled, on);
}

void
fake_camera_hang (gboolean on)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&hang_lock);

  hanging = on;
  g_cond_broadcast (&hang_changed);
}

void
fake_camera_fail (void)
{
  g_autoptr (GstElement) source = g_weak_ref_get (&opened_last);

  g_assert_nonnull (source);
  GST_ELEMENT_ERROR (source, RESOURCE, READ, ("Could not read from the device."), ("made by the test"));
}
