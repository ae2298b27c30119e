/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-command.h"

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-wire-bundle.h"

gboolean
xs_command_check_export (int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("FOLDER");
  g_auto (XsWireBundle) bundle;

  g_option_context_set_summary (context,
                                "Checks what a kiosk exported: that nothing is missing, damaged or altered, and "
                                "that one device\nsigned all of it. Photos stay sealed.");
  xs_wire_bundle_init (&bundle);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc != 2)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "FOLDER wanted; see --help");
      return FALSE;
    }
  if (!xs_wire_bundle_check (argv[1], &bundle, error))
    return FALSE;
  g_autofree char *made = xs_wall_format (bundle.made_wall_us, "%Y-%m-%d %H:%M:%S");
  g_print ("device %s of school %s, made %s: %u logs, %u photos, %u appeals, %u consents, all whole and signed\n",
           bundle.devnum, bundle.inscode, made, bundle.logs->len, bundle.photos->len, bundle.appeals->len,
           bundle.consents->len);
  return TRUE;
}
