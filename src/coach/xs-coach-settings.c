/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-coach-settings.h"

#include <glib/gstdio.h>

#define GROUP "coach"

static char *
get (GKeyFile *file, const char *key)
{
  char *value = g_key_file_get_string (file, GROUP, key, NULL);

  return value != NULL ? value : g_strdup ("");
}

XsCoachSettings *
xs_coach_settings_load (const char *dir)
{
  XsCoachSettings *settings = g_new0 (XsCoachSettings, 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (g_mkdir_with_parents (dir, 0700) != 0)
    g_message ("%s cannot be made: nothing is remembered", dir);
  settings->path = g_build_filename (dir, "coach.ini", NULL);
  (void) g_key_file_load_from_file (file, settings->path, G_KEY_FILE_NONE, NULL);
  settings->server = get (file, "server");
  settings->name = get (file, "name");
  return settings;
}

void
xs_coach_settings_remember (XsCoachSettings *settings, const char *server, const char *name)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *old_server = settings->server, *old_name = settings->name;

  settings->server = g_strdup (server);
  settings->name = g_strdup (name);
  g_key_file_set_string (file, GROUP, "server", server);
  g_key_file_set_string (file, GROUP, "name", name);
  if (!g_key_file_save_to_file (file, settings->path, &error))
    g_message ("Address and name are not remembered: %s", error->message);
}

void
xs_coach_settings_free (XsCoachSettings *settings)
{
  if (settings == NULL)
    return;
  g_free (settings->path);
  g_free (settings->server);
  g_free (settings->name);
  g_free (settings);
}
