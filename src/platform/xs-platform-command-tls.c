/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-commands.h"

#include "xs-error.h"
#include "xs-platform-storage.h"
#include "xs-platform-tls-make.h"
#include "xs-wire-message.h"

#include <string.h>

gboolean
xs_platform_command_tls_init (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_auto (GStrv) names = NULL;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data_dir, "Folder of the platform", "DIR" },
    { "name", 0, 0, G_OPTION_ARG_STRING_ARRAY, &names,
      "Host name or numeric address that kiosks know this computer by; may be given several times", "NAME" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Make the server's certificate, and the school's authority the first time",
                          NULL, 0, error)
      || !xs_platform_require ("--data", data_dir, error)
      || !xs_platform_require ("--name", names != NULL ? names[0] : NULL, error))
    return FALSE;
  /* Only to see that there is a school, and a folder that is its. */
  g_autoptr (XsPlatformStorage) storage = xs_platform_storage_open (data_dir, xs_clock_system (), error);
  if (storage == NULL)
    return FALSE;
  g_autofree char *folder = g_build_filename (data_dir, XS_PLATFORM_TLS_FOLDER, NULL);
  g_autofree char *authority = g_strdup_printf ("Xueshi %s", xs_platform_storage_get_inscode (storage));
  g_autofree char *pin =
    xs_platform_tls_make (folder, authority, (const char *const *) names, xs_clock_wall_us (xs_clock_system ()), error);
  if (pin == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      gboolean is_ipv6 = strchr (names[i], ':') != NULL;
      g_print ("https://%s%s%s:8480#" XS_WIRE_PIN_FRAGMENT "%s\n", is_ipv6 ? "[" : "", names[i], is_ipv6 ? "]" : "",
               pin);
    }
  return TRUE;
}
