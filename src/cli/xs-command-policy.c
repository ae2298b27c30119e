/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-command-policy.h"

#include "xs-blob.h"

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
