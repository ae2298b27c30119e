/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-fleet.h"

#include "xs-blob.h"
#include "xs-error.h"

#include <string.h>

#define MAX_BYTES 1024

static GBytes *
print (const XsSyncFleet *fleet)
{
  char *text = g_strdup_printf ("RING=%" G_GINT64_FORMAT "\nWANTED_VERSION=%s\n", fleet->ring, fleet->wanted_version);

  return g_bytes_new_take (text, strlen (text));
}

static void
read_line (const char *line, XsSyncFleet *fleet)
{
  guint64 ring;

  if (g_str_has_prefix (line, "RING=") && g_ascii_string_to_unsigned (line + 5, 10, 0, XS_WIRE_RING_MAX, &ring, NULL))
    fleet->ring = (gint64) ring;
  if (g_str_has_prefix (line, "WANTED_VERSION=") && xs_version_is_valid (line + 15))
    g_strlcpy (fleet->wanted_version, line + 15, sizeof fleet->wanted_version);
}

gboolean
xs_sync_fleet_read (const char *state_dir, XsSyncFleet *fleet, GError **error)
{
  gsize size;
  g_autofree char *path = g_build_filename (state_dir, XS_SYNC_FLEET_FILE, NULL);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) bytes = xs_blob_read (path, MAX_BYTES, &local_error);

  *fleet = (XsSyncFleet){ .ring = -1 };
  if (g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    return TRUE;
  if (bytes == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line (lines[i], fleet);
  return TRUE;
}

gboolean
xs_sync_fleet_keep (const char *state_dir, const XsSyncFleet *fleet, GError **error)
{
  XsSyncFleet known;

  if (xs_sync_fleet_read (state_dir, &known, NULL) && known.ring == fleet->ring
      && strcmp (known.wanted_version, fleet->wanted_version) == 0)
    return TRUE;
  g_autofree char *path = g_build_filename (state_dir, XS_SYNC_FLEET_FILE, NULL);
  g_autoptr (GBytes) bytes = print (fleet);
  return xs_blob_write (path, bytes, error);
}
