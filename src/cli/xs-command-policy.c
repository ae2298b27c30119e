/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-command-policy.h"

#include "xs-blob.h"
#include "xs-command.h"

gboolean
xs_command_load_policy (XsPolicy *policy, const char *path, GError **error)
{
  gsize size;

  if (path == NULL)
    {
      xs_policy_default (policy);
      return TRUE;
    }
  g_autoptr (GBytes) bytes = xs_blob_read (path, XS_POLICY_MAX_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  const char *data = g_bytes_get_data (bytes, &size);
  if (!xs_policy_parse (policy, data != NULL ? data : "", size, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  return TRUE;
}

gboolean
xs_command_policy (int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("check FILE…");
  XsPolicy policy;

  g_option_context_set_summary (context, "Checks policy documents: every field, its range, and what notes are about.\n"
                                         "docs/policy.md and docs/rules.md explain the fields.");
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc < 3 || !g_str_equal (argv[1], "check"))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "“check” and at least one FILE are needed; see --help");
      return FALSE;
    }
  for (int i = 2; i < argc; i++)
    {
      if (!xs_command_load_policy (&policy, argv[i], error))
        return FALSE;
      g_print ("%s: policy “%s”, version %" G_GINT64_FORMAT ", is right\n", argv[i], policy.id, policy.version);
    }
  return TRUE;
}
