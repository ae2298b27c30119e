/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-blob.h"

#include "xs-crash-point.h"
#include "xs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static gboolean
fail_to_read (GError **error, int saved_errno, const char *path)
{
  g_set_error (error, XS_ERROR, saved_errno == ENOENT ? XS_ERROR_NOT_FOUND : XS_ERROR_IO, "Cannot read %s: %s", path,
               g_strerror (saved_errno));
  return FALSE;
}

/* A folder that is not there any more is a disk that was taken away: nothing that somebody looked for in vain. */
static gboolean
fail (GError **error, int saved_errno, const char *verb, const char *path)
{
  gboolean full = saved_errno == ENOSPC || saved_errno == EDQUOT;

  g_set_error (error, XS_ERROR, full ? XS_ERROR_NO_SPACE : XS_ERROR_IO, "Cannot %s %s: %s; %s", verb, path,
               g_strerror (saved_errno),
               full ? "make space on its disk" : "check that its disk is there, sound, and may be written to");
  return FALSE;
}

gboolean
xs_dir_flush (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return fail (error, errno, "open", path);
  int result = fsync (fd);
  int saved_errno = errno;
  close (fd);
  return result == 0 || fail (error, saved_errno, "flush", path);
}

static gboolean
flush_folder_of (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return xs_dir_flush (folder, error);
}

static gboolean
write_all (int fd, const guint8 *data, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      size -= n;
    }
  return TRUE;
}

gboolean
xs_blob_write (const char *path, GBytes *bytes, GError **error)
{
  g_autofree char *temporary = g_strdup_printf ("%s.XXXXXX.tmp", path);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    return fail (error, errno, "create", temporary);

  gboolean written = write_all (fd, data, size);
  if (written)
    {
      xs_crash_point ("file-written");
      written = fsync (fd) == 0;
    }
  int saved_errno = errno;
  if (close (fd) != 0 && written)
    {
      written = FALSE;
      saved_errno = errno;
    }
  xs_crash_point ("file-flushed");
  if (written && g_rename (temporary, path) != 0)
    {
      written = FALSE;
      saved_errno = errno;
    }
  if (!written)
    {
      g_unlink (temporary);
      return fail (error, saved_errno, "write", path);
    }
  xs_crash_point ("file-renamed");
  return flush_folder_of (path, error);
}

gboolean
xs_blob_publish (const char *temporary, const char *path, GError **error)
{
  int fd = open (temporary, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return fail (error, errno, "open", temporary);
  int result = fsync (fd);
  int saved_errno = errno;
  close (fd);
  if (result != 0)
    return fail (error, saved_errno, "flush", temporary);
  if (g_rename (temporary, path) != 0)
    return fail (error, errno, "write", path);
  return flush_folder_of (path, error);
}

GBytes *
xs_blob_read (const char *path, gsize max_bytes, GError **error)
{
  g_autofree char *contents = NULL;
  gsize size;
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    {
      fail_to_read (error, errno, path);
      return NULL;
    }
  if (!S_ISREG (info.st_mode) || (guint64) info.st_size > max_bytes)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s is not a file of at most %" G_GSIZE_FORMAT " bytes", path,
                   max_bytes);
      return NULL;
    }
  if (!g_file_get_contents (path, &contents, &size, error))
    {
      xs_error_convert (error);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&contents), size);
}

gboolean
xs_blob_remove (const char *path, GError **error)
{
  if (g_unlink (path) != 0)
    return errno == ENOENT || fail (error, errno, "remove", path);
  return flush_folder_of (path, error);
}

gboolean
xs_dir_ensure (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) not_flushed = NULL;
  int result = g_mkdir (path, 0700);

  if (result != 0 && errno == ENOENT && strcmp (parent, path) != 0)
    {
      if (!xs_dir_ensure (parent, error))
        return FALSE;
      result = g_mkdir (path, 0700);
    }
  if (result == 0)
    return xs_dir_flush (parent, error);
  int saved_errno = errno;
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return fail (error, saved_errno, "create", path);
  /* Whoever made it may have died before the flush; where others keep it, it may not even be read. */
  if (!xs_dir_flush (parent, &not_flushed))
    g_debug ("%s", not_flushed->message);
  return TRUE;
}

guint64
xs_dir_free_bytes (const char *path)
{
  struct statvfs info;

  if (statvfs (path, &info) != 0)
    return G_MAXUINT64;
  return (guint64) info.f_bavail * info.f_frsize;
}
