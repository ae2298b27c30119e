/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera-private.h"

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
  g_autoptr (XsCameraLadder) ladder = xs_camera_ladder_new (NULL);
  g_autolist (GstDevice) devices = xs_camera_ladder_list (ladder);

  for (GList *l = devices; l != NULL; l = l->next)
    g_ptr_array_add (infos, info_new (l->data));
  g_ptr_array_sort (infos, compare_kinds);
  return infos;
}
