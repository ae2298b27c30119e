/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-platform-check.h"
#include "xs-platform-commands.h"

gboolean
xs_platform_command_verify (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  gboolean repair = FALSE;
  g_auto (XsPlatformChecked) checked = { 0 };
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "repair", 0, 0, G_OPTION_ARG_NONE, &repair, "Remove what a crash left over, and file again what was not", NULL },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Check every signature, chain, photo, file and key", NULL, 0, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL || !xs_platform_check (storage, repair, &checked, error))
    return FALSE;
  for (guint i = 0; i < checked.notes->len; i++)
    g_print ("note: %s\n", (const char *) g_ptr_array_index (checked.notes, i));
  for (guint i = 0; i < checked.problems->len; i++)
    g_print ("wrong: %s\n", (const char *) g_ptr_array_index (checked.problems, i));
  g_print ("Checked: %u logs, %u appeals, %u consents, %u photos, %u learners, %u files, %u keys.\n", checked.logs,
           checked.appeals, checked.consents, checked.photos, checked.learners, checked.files, checked.keys);
  if (repair)
    g_print ("Repaired: %u.\n", checked.repaired);
  if (checked.problems->len == 0)
    {
      g_print ("All is well.\n");
      return TRUE;
    }
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%u things are wrong in %s", checked.problems->len, data_dir);
  return FALSE;
}
