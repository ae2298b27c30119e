/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-command.h"
#include "xs-sync-fleet.h"

int
xs_command_fleet (int argc, char **argv, GError **error)
{
  g_autofree char *dir = NULL;
  XsSyncFleet fleet;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &dir, "Folder with the kiosk's journal, as xueshi-kiosk has it", "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (
    context, "Tells which version the school wants this kiosk to have, and which it has. Also while the kiosk runs.\n"
             "Exit status 3: it has an older one.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return -1;
  if (dir == NULL || argc > 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--state=DIR is needed: the folder xueshi-kiosk was started with; see --help");
      return -1;
    }
  if (!xs_sync_fleet_read (dir, &fleet, error))
    return -1;
  g_print ("VERSION=%s\nRING=%" G_GINT64_FORMAT "\nWANTED_VERSION=%s\n", XS_VERSION, fleet.ring, fleet.wanted_version);
  return fleet.wanted_version[0] != '\0' && xs_version_compare (XS_VERSION, fleet.wanted_version) < 0 ? 3 : 0;
}
