/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera-private.h"

#include "xs-media-private.h"

static void
info_free (gpointer data)
{
  XsCameraInfo *info = data;

  g_free (info->id);
  g_free (info->name);
  g_free (info);
}

static XsCameraInfo *
info_new (GstDevice *device)
{
  XsCameraInfo *info = g_new0 (XsCameraInfo, 1);
  g_autoptr (GstCaps) caps = gst_device_get_caps (device);
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);

  info->id = xs_camera_device_id (device);
  info->name = gst_device_get_display_name (device);
  info->kind = xs_camera_judge_device (info->name, properties, caps);
  return info;
}

static gboolean
has_id (gconstpointer item, gconstpointer id)
{
  return g_str_equal (((const XsCameraInfo *) item)->id, id);
}

static int
compare_kinds (gconstpointer a, gconstpointer b)
{
  const XsCameraInfo *const *first = a, *const *second = b;

  return (int) (*first)->kind - (int) (*second)->kind;
}

GPtrArray *
xs_camera_list (void)
{
  GPtrArray *infos = g_ptr_array_new_with_free_func (info_free);
  g_autoptr (GstDeviceMonitor) monitor = NULL;
  g_autolist (GstDevice) devices = NULL;

  xs_media_init ();
  monitor = gst_device_monitor_new ();
  gst_device_monitor_add_filter (monitor, "Video/Source", NULL);
  if (!gst_device_monitor_start (monitor))
    return infos;
  devices = gst_device_monitor_get_devices (monitor);
  for (GList *l = devices; l != NULL; l = l->next)
    {
      g_autofree char *id = xs_camera_device_id (l->data);
      /* Two providers tell of the same camera. */
      if (!g_ptr_array_find_with_equal_func (infos, id, has_id, NULL))
        g_ptr_array_add (infos, info_new (l->data));
    }
  gst_device_monitor_stop (monitor);
  g_ptr_array_sort (infos, compare_kinds);
  return infos;
}
