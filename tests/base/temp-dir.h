/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>

G_BEGIN_DECLS

/** temp_dir_remove: delete @path and everything below it, symbolic links themselves and not what they point to. */
static inline void
temp_dir_remove (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      temp_dir_remove (child);
    }
  g_remove (path);
}

/** TempDir: the path of a new empty folder, removed with everything in it at the end of the scope. */
typedef char TempDir;

static inline TempDir *
temp_dir_new (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("xueshi-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

static inline void
temp_dir_free (TempDir *path)
{
  temp_dir_remove (path);
  g_free (path);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TempDir, temp_dir_free)

G_END_DECLS
