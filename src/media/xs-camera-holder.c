/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera-private.h"

#include <unistd.h>

/* Whether one of the files that process @pid has open is @path. */
static gboolean
has_open (const char *pid, const char *path)
{
  g_autofree char *folder = g_build_filename ("/proc", pid, "fd", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *number;

  while (dir != NULL && (number = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_build_filename (folder, number, NULL);
      g_autofree char *target = g_file_read_link (link, NULL);

      if (g_strcmp0 (target, path) == 0)
        return TRUE;
    }
  return FALSE;
}

/* The daemon holds a camera for others. */
static gboolean
is_go_between (const char *name)
{
  return g_str_equal (name, "pipewire") || g_str_equal (name, "wireplumber");
}

char *
xs_camera_find_holder (const char *path)
{
  g_autofree char *own = g_strdup_printf ("%d", (int) getpid ());
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *pid;

  while (dir != NULL && (pid = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename ("/proc", pid, "comm", NULL);
      g_autofree char *name = NULL;

      if (!g_ascii_isdigit (pid[0]) || g_str_equal (pid, own) || !has_open (pid, path)
          || !g_file_get_contents (file, &name, NULL, NULL))
        continue;
      if (!is_go_between (g_strstrip (name)))
        return g_utf8_make_valid (name, -1);
    }
  return NULL;
}
