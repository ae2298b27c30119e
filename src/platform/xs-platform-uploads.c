/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-uploads.h"

#include "xs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define PREFIX "partial-"

static char *
path_of (const char *folder, gint64 device_id, const char *sha256)
{
  g_autofree char *name = g_strdup_printf (PREFIX "%" G_GINT64_FORMAT "-%s", device_id, sha256);

  return g_build_filename (folder, name, NULL);
}

guint64
xs_platform_upload_find (const char *folder, gint64 device_id, const char *sha256)
{
  g_autofree char *path = path_of (folder, device_id, sha256);
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (guint64) status.st_size : 0;
}

void
xs_platform_upload_forget (const char *folder, gint64 device_id, const char *sha256)
{
  g_autofree char *path = path_of (folder, device_id, sha256);

  /* There is hardly ever one, and removing locks the folder for those who receive. */
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    g_unlink (path);
}

char *
xs_platform_upload_claim (const char *folder, gint64 device_id, const char *sha256, guint64 size_bytes)
{
  g_autofree char *path = path_of (folder, device_id, sha256);
  g_autofree char *claimed = g_build_filename (folder, "upload.XXXXXX", NULL);
  int fd = g_mkstemp_full (claimed, O_WRONLY | O_CLOEXEC, 0600);
  GStatBuf status;

  if (fd < 0)
    return NULL;
  close (fd);
  /* Of two requests that go on with it one gets the file, and the other finds none. */
  if (g_rename (path, claimed) == 0)
    {
      if (g_stat (claimed, &status) == 0 && (guint64) status.st_size == size_bytes)
        return g_steal_pointer (&claimed);
      g_rename (claimed, path);
    }
  else
    g_unlink (claimed);
  return NULL;
}

typedef struct {
  char *path;
  gint64 changed_us;
} Left;

/* Of @folder what begins with @prefix. */
static void
foreach_file (const char *folder, const char *prefix, void (*func) (const Left *left, gpointer data), gpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf status;
      if (!g_str_has_prefix (name, prefix) || g_stat (path, &status) != 0)
        continue;
      Left left = { .path = path,
                    .changed_us = status.st_mtim.tv_sec * G_USEC_PER_SEC + status.st_mtim.tv_nsec / 1000 };
      func (&left, data);
    }
}

typedef struct {
  guint count;
  char *oldest;
  gint64 oldest_us;
} Census;

static void
take_census (const Left *left, gpointer data)
{
  Census *census = data;

  census->count++;
  if (census->oldest != NULL && left->changed_us >= census->oldest_us)
    return;
  g_free (census->oldest);
  census->oldest = g_strdup (left->path);
  census->oldest_us = left->changed_us;
}

void
xs_platform_upload_keep (const char *folder, gint64 device_id, const char *sha256, const char *path)
{
  g_autofree char *kept = path_of (folder, device_id, sha256);
  g_autofree char *prefix = g_strdup_printf (PREFIX "%" G_GINT64_FORMAT "-", device_id);
  Census census = { 0 };
  GStatBuf status;

  if (g_stat (path, &status) != 0 || status.st_size < XS_PLATFORM_UPLOAD_MIN_BYTES || g_rename (path, kept) != 0)
    {
      g_unlink (path);
      return;
    }
  foreach_file (folder, prefix, take_census, &census);
  if (census.count > XS_PLATFORM_UPLOADS_MAX)
    g_unlink (census.oldest);
  g_free (census.oldest);
}

static void
remove_old (const Left *left, gpointer data)
{
  gint64 now_us = g_get_real_time ();

  /* One from the future was left before somebody set the clock back. */
  if (ABS (now_us - left->changed_us) > XS_PLATFORM_UPLOAD_AGE_US)
    g_unlink (left->path);
}

gboolean
xs_platform_uploads_tidy (const char *folder, gboolean all_running, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    {
      xs_error_convert (error);
      return FALSE;
    }
  foreach_file (folder, "", remove_old, NULL);
  while (all_running && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (!g_str_has_prefix (name, PREFIX) && g_unlink (path) != 0)
        {
          g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot remove %s: %s", path, g_strerror (errno));
          return FALSE;
        }
    }
  return TRUE;
}
