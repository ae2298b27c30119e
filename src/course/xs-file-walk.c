/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-file-walk.h"

#include "xs-blob.h"
#include "xs-error.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define BLOCK_BYTES (64 * 1024)

struct _XsFileWalk {
  char *path;
  gsize max_bytes;
  guint n;                 /* files so far */
  GPtrArray *paths;        /* (nullable): of a folder, sorted */
  struct archive *archive; /* (nullable) */
};

static gboolean
is_passed_over (const char *name)
{
  return name[0] == '.' || strcmp (name, "__MACOSX") == 0 || g_ascii_strcasecmp (name, "Thumbs.db") == 0
         || g_ascii_strcasecmp (name, "desktop.ini") == 0;
}

/* Folders. */

static gboolean
collect (GFile *folder, GPtrArray *paths, GError **error)
{
  g_autoptr (GFileEnumerator) children =
    g_file_enumerate_children (folder, G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                               G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, error);

  while (children != NULL && paths->len <= XS_FILE_WALK_MAX)
    {
      GFileInfo *info;
      GFile *child;
      if (!g_file_enumerator_iterate (children, &info, &child, NULL, error))
        return FALSE;
      if (info == NULL)
        return TRUE;
      GFileType type = g_file_info_get_file_type (info);
      if (is_passed_over (g_file_info_get_name (info)))
        continue;
      if (type == G_FILE_TYPE_DIRECTORY && !collect (child, paths, error))
        return FALSE;
      if (type == G_FILE_TYPE_REGULAR)
        g_ptr_array_add (paths, g_file_get_path (child));
    }
  return children != NULL;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
next_of_folder (XsFileWalk *walk, char **name, GBytes **bytes, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (walk->n >= walk->paths->len)
    return TRUE;
  const char *path = g_ptr_array_index (walk->paths, walk->n);
  *bytes = xs_blob_read (path, walk->max_bytes, &local_error);
  if (*bytes == NULL && !g_error_matches (local_error, XS_ERROR, XS_ERROR_INVALID))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_autofree char *base = g_path_get_basename (path);
  *name = g_filename_display_name (base);
  return TRUE;
}

/* Archives. */

static gboolean
fail (XsFileWalk *walk, GError **error)
{
  const char *message = archive_error_string (walk->archive);

  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s: %s; unpack it yourself and name the folder", walk->path,
               message != NULL ? message : "it is damaged");
  return FALSE;
}

static gboolean
open_archive (XsFileWalk *walk, GError **error)
{
  /* Named one by one: what libarchive knows beyond starts other programs. */
  walk->archive = archive_read_new ();
  archive_read_support_format_zip (walk->archive);
  archive_read_support_format_tar (walk->archive);
  archive_read_support_filter_gzip (walk->archive);
  archive_read_support_filter_bzip2 (walk->archive);
  archive_read_support_filter_xz (walk->archive);
  archive_read_support_filter_zstd (walk->archive);
  if (archive_read_open_filename (walk->archive, walk->path, BLOCK_BYTES) == ARCHIVE_OK)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s is neither a folder nor a zip or tar archive", walk->path);
  return FALSE;
}

/* @bytes: (out): NULL when there are more than that */
static gboolean
read_entry (XsFileWalk *walk, struct archive_entry *entry, GBytes **bytes, GError **error)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);
  la_ssize_t n;

  if (archive_entry_size_is_set (entry) && archive_entry_size (entry) > (gint64) walk->max_bytes)
    return TRUE;
  while ((n = archive_read_data (walk->archive, block, BLOCK_BYTES)) > 0)
    {
      g_byte_array_append (data, block, (guint) n);
      if (data->len > walk->max_bytes)
        return TRUE;
    }
  if (n < 0)
    return fail (walk, error);
  *bytes = g_byte_array_free_to_bytes (g_steal_pointer (&data));
  return TRUE;
}

/* (transfer full) (nullable): NULL: it is passed over. */
static char *
name_of (struct archive_entry *entry)
{
  const char *path = archive_entry_pathname (entry);

  if (path == NULL)
    path = archive_entry_pathname_utf8 (entry);
  if (path == NULL || archive_entry_filetype (entry) != AE_IFREG || strstr (path, "__MACOSX") != NULL)
    return NULL;
  g_autofree char *base = g_path_get_basename (path);
  return is_passed_over (base) ? NULL : g_utf8_make_valid (base, -1);
}

static gboolean
next_of_archive (XsFileWalk *walk, char **name, GBytes **bytes, GError **error)
{
  struct archive_entry *entry;

  for (;;)
    {
      int status = archive_read_next_header (walk->archive, &entry);
      if (status == ARCHIVE_EOF)
        return TRUE;
      if (status < ARCHIVE_WARN)
        return fail (walk, error);
      if ((*name = name_of (entry)) != NULL)
        return read_entry (walk, entry, bytes, error);
    }
}

XsFileWalk *
xs_file_walk_new (const char *path, gsize max_bytes, GError **error)
{
  g_autoptr (XsFileWalk) walk = g_new0 (XsFileWalk, 1);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  walk->path = g_strdup (path);
  walk->max_bytes = max_bytes;
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "%s is not there", path);
      return NULL;
    }
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return open_archive (walk, error) ? g_steal_pointer (&walk) : NULL;
  walk->paths = g_ptr_array_new_with_free_func (g_free);
  if (!collect (file, walk->paths, error))
    {
      xs_error_convert (error);
      return NULL;
    }
  g_ptr_array_sort (walk->paths, by_name);
  return g_steal_pointer (&walk);
}

void
xs_file_walk_free (XsFileWalk *walk)
{
  if (walk == NULL)
    return;
  g_clear_pointer (&walk->paths, g_ptr_array_unref);
  g_clear_pointer (&walk->archive, archive_read_free);
  g_free (walk->path);
  g_free (walk);
}

gboolean
xs_file_walk_next (XsFileWalk *walk, char **name, GBytes **bytes, GError **error)
{
  *name = NULL;
  *bytes = NULL;
  if (walk->n >= XS_FILE_WALK_MAX)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s has more than %d files: bring them in parts", walk->path,
                   XS_FILE_WALK_MAX);
      return FALSE;
    }
  if (!(walk->paths != NULL ? next_of_folder (walk, name, bytes, error) : next_of_archive (walk, name, bytes, error)))
    {
      g_clear_pointer (name, g_free);
      return FALSE;
    }
  walk->n++;
  return TRUE;
}
