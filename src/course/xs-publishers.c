/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-publishers.h"

#include "xs-blob.h"
#include "xs-error.h"

#include <string.h>

#define SUFFIX ".pub"
#define FILE_MAX_BYTES 4096
#define FINGERPRINT_GROUPS 8
#define GROUP_DIGITS 4

gboolean
xs_publisher_write (const char *path, const guint8 key[XS_KEY_BYTES], const char *name, GError **error)
{
  g_autofree char *encoded = g_base64_encode (key, XS_KEY_BYTES);
  char *line = g_strdup_printf ("%s %s\n", encoded, name);
  g_autoptr (GBytes) bytes = g_bytes_new_take (line, strlen (line));

  return xs_blob_write (path, bytes, error);
}

char *
xs_publisher_fingerprint (const guint8 key[XS_KEY_BYTES])
{
  g_autofree char *digits = xs_sha256_hex (key, XS_KEY_BYTES);
  GString *fingerprint = g_string_new (NULL);

  for (guint i = 0; i < FINGERPRINT_GROUPS; i++)
    {
      if (i > 0)
        g_string_append_c (fingerprint, '-');
      g_string_append_len (fingerprint, digits + (gsize) i * GROUP_DIGITS, GROUP_DIGITS);
    }
  return g_string_free (fingerprint, FALSE);
}

static gboolean
read_key (const char *path, guint8 key[XS_KEY_BYTES], GError **error)
{
  g_autoptr (GBytes) bytes = xs_blob_read (path, FILE_MAX_BYTES, error);

  if (bytes == NULL)
    return FALSE;
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  text[strcspn (text, " \t\r\n")] = '\0';
  if (xs_base64_decode_exact (text, "its first word", key, XS_KEY_BYTES, error))
    return TRUE;
  g_prefix_error (error, "%s holds no publisher's key: remove it, or put it there again: ", path);
  return FALSE;
}

static gboolean
has_key (const char *folder, const guint8 key[XS_KEY_BYTES], gboolean *found, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  /* No folder is no publisher. */
  while (dir != NULL && !*found && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      guint8 candidate[XS_KEY_BYTES];

      if (!g_str_has_suffix (name, SUFFIX))
        continue;
      if (!read_key (path, candidate, error))
        return FALSE;
      *found = memcmp (candidate, key, XS_KEY_BYTES) == 0;
    }
  return TRUE;
}

static char *
state_folder (const char *state_dir)
{
  return g_build_filename (state_dir, "publishers", NULL);
}

static char *
program_folder (void)
{
  const char *chosen = g_getenv ("XUESHI_PUBLISHERS_DIR");

  return chosen != NULL && chosen[0] != '\0' ? g_strdup (chosen)
                                             : g_build_filename (XS_PKGDATA_DIR, "publishers", NULL);
}

gboolean
xs_publisher_is_trusted (const char *state_dir, const guint8 key[XS_KEY_BYTES], gboolean *trusted, GError **error)
{
  g_autofree char *ours = state_folder (state_dir);
  g_autofree char *program = program_folder ();

  *trusted = FALSE;
  return has_key (ours, key, trusted, error) && has_key (program, key, trusted, error);
}

gboolean
xs_publisher_trust (const char *state_dir, const guint8 key[XS_KEY_BYTES], const char *name, GError **error)
{
  g_autofree char *folder = state_folder (state_dir);
  g_autofree char *fingerprint = xs_publisher_fingerprint (key);
  g_autofree char *file = g_strconcat (fingerprint, SUFFIX, NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  return xs_dir_ensure (folder, error) && xs_publisher_write (path, key, name, error);
}
