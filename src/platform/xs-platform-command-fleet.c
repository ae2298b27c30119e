/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-commands.h"
#include "xs-platform-fleet.h"

/* A whole number from 0, or -1 with @error set. */
static gint64
parse_number (const char *what, const char *text, GError **error)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &number, NULL))
    return (gint64) number;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s is a whole number, not “%s”", what, text);
  return -1;
}

gboolean
xs_platform_command_set_ring (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *devnum = NULL;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "devnum", 0, 0, G_OPTION_ARG_STRING, &devnum, "Number of the kiosk, 16 digits", "NUMBER" },
    { NULL },
  };

  if (!xs_platform_parse (
        &argv, entries, "Say among which kiosks one gets new versions: 0 those that get them first; new ones are in 1",
        "RING", 1, error)
      || !xs_platform_require ("--devnum", devnum, error))
    return FALSE;
  gint64 ring = parse_number ("RING", argv[1], error);
  g_autoptr (XsPlatformStorage) storage = ring >= 0 ? xs_platform_open_storage (data_dir, error) : NULL;
  return storage != NULL && xs_platform_fleet_set_ring (storage, devnum, ring, error);
}

gboolean
xs_platform_command_set_version (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  int ring = -1;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "ring", 0, 0, G_OPTION_ARG_INT, &ring, "Of which kiosks", "N" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Say which version the kiosks of a ring are to have; none: any will do",
                          "VERSION|none", 1, error))
    return FALSE;
  if (ring < 0)
    return xs_platform_require ("--ring", NULL, error);
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  return storage != NULL
         && xs_platform_fleet_set_version (storage, ring, g_str_equal (argv[1], "none") ? NULL : argv[1], error);
}

static gboolean
ask_all (XsPlatformStorage *storage, const char *who, GError **error)
{
  g_autoptr (GArray) devices = xs_platform_fleet_list (storage, error);

  for (guint i = 0; devices != NULL && i < devices->len; i++)
    {
      const XsPlatformDevice *device = &g_array_index (devices, XsPlatformFleetDevice, i).device;
      gint64 id;
      if (device->revoked_us != 0)
        continue;
      if (!xs_platform_fleet_ask (storage, device->devnum, who, &id, error))
        return FALSE;
      g_print ("%" G_GINT64_FORMAT "\n", id);
    }
  return devices != NULL;
}

gboolean
xs_platform_command_ask_diagnosis (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *devnum = NULL;
  gboolean all = FALSE;
  gint64 id;
  g_autofree char *who = g_strconcat ("command:", g_get_user_name (), NULL);
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "devnum", 0, 0, G_OPTION_ARG_STRING, &devnum, "Number of the kiosk, 16 digits", "NUMBER" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, "All kiosks", NULL },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries,
                          "Have a kiosk send what it noted of itself, without photos, names and numbers of learners, "
                          "and print the number of that request",
                          NULL, 0, error))
    return FALSE;
  if (all == (devnum != NULL))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "Say --devnum or --all; see --help");
      return FALSE;
    }
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL || all)
    return storage != NULL && ask_all (storage, who, error);
  if (!xs_platform_fleet_ask (storage, devnum, who, &id, error))
    return FALSE;
  g_print ("%" G_GINT64_FORMAT "\n", id);
  return TRUE;
}

gboolean
xs_platform_command_read_diagnosis (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *out = NULL;
  gsize size;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "File to write instead of printing it", "FILE" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries,
                          "Print what a kiosk sent when ask-diagnosis asked it to; list diagnoses says "
                          "which have come",
                          "ID", 1, error))
    return FALSE;
  gint64 id = parse_number ("ID", argv[1], error);
  g_autoptr (XsPlatformStorage) storage = id >= 0 ? xs_platform_open_storage (data_dir, error) : NULL;
  g_autoptr (GBytes) plain = storage != NULL ? xs_platform_fleet_read_diagnosis (storage, id, error) : NULL;
  if (plain == NULL)
    return FALSE;
  if (out != NULL)
    return xs_blob_write (out, plain, error);
  const char *data = g_bytes_get_data (plain, &size);
  g_print ("%.*s\n", (int) size, data);
  return TRUE;
}
