/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course-package.h"

#include "xs-error.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES (64 * 1024)
#define CHUNK_BYTES (256 * 1024)

struct _XsCoursePackage {
  char *path;
  int fd;
  struct archive *archive;
  XsCourseManifest *manifest;
  GBytes *manifest_bytes;
  GBytes *signature;
};

static gboolean
damaged (XsCoursePackage *self, const char *what, const char *name, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT,
               "%s is no course package, or a damaged one (%s%s): get it again from its publisher", self->path, what,
               name);
  return FALSE;
}

static gboolean
fail_to_write (const char *path, int saved_errno, GError **error)
{
  gboolean full = saved_errno == ENOSPC || saved_errno == EDQUOT;

  g_set_error (error, XS_ERROR, full ? XS_ERROR_NO_SPACE : XS_ERROR_IO, "Cannot write %s: %s; %s", path,
               g_strerror (saved_errno), full ? "make space on its disk" : "check its disk");
  return FALSE;
}

/* libarchive's own words, or the disk's. */
static gboolean
fail_to_read (XsCoursePackage *self, GError **error)
{
  const char *message = archive_error_string (self->archive);

  if (archive_errno (self->archive) == EIO)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot read %s: %s; check its disk", self->path, message);
      return FALSE;
    }
  return damaged (self, message != NULL ? message : "broken off", "", error);
}

/* The next entry must be the plain file @name of @size_bytes, or of up to @max_bytes when that is -1. */
static gboolean
next_entry (XsCoursePackage *self, const char *name, gint64 size_bytes, gint64 max_bytes, GError **error)
{
  struct archive_entry *entry;
  int status = archive_read_next_header (self->archive, &entry);

  if (status == ARCHIVE_EOF)
    return damaged (self, "it ends before ", name, error);
  if (status != ARCHIVE_OK)
    return fail_to_read (self, error);
  if (g_strcmp0 (archive_entry_pathname (entry), name) != 0)
    return damaged (self, "something else is in the place of ", name, error);
  if (archive_entry_filetype (entry) != AE_IFREG || archive_entry_hardlink (entry) != NULL
      || !archive_entry_size_is_set (entry))
    return damaged (self, "no plain file is ", name, error);
  gint64 size = archive_entry_size (entry);
  if (size < 0 || size > max_bytes || (size_bytes >= 0 && size != size_bytes))
    return damaged (self, "not of its size is ", name, error);
  return TRUE;
}

static GBytes *
read_small (XsCoursePackage *self, const char *name, gsize max_bytes, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 buffer[8192];
  gssize n;

  if (!next_entry (self, name, -1, (gint64) max_bytes, error))
    return NULL;
  while ((n = archive_read_data (self->archive, buffer, sizeof buffer)) > 0)
    {
      if (bytes->len + (gsize) n > max_bytes)
        {
          damaged (self, "not of its size is ", name, error);
          return NULL;
        }
      g_byte_array_append (bytes, buffer, (guint) n);
    }
  if (n < 0)
    {
      fail_to_read (self, error);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

XsCoursePackage *
xs_course_package_open (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  g_autoptr (XsCoursePackage) self = g_new0 (XsCoursePackage, 1);
  self->path = g_strdup (path);
  self->fd = open (path, O_RDONLY | O_CLOEXEC);
  if (self->fd < 0)
    {
      int saved_errno = errno;
      g_set_error (error, XS_ERROR, saved_errno == ENOENT ? XS_ERROR_NOT_FOUND : XS_ERROR_IO, "Cannot read %s: %s",
                   path, g_strerror (saved_errno));
      return NULL;
    }
  self->archive = archive_read_new ();
  if (archive_read_support_format_tar (self->archive) != ARCHIVE_OK
      || archive_read_open_fd (self->archive, self->fd, BLOCK_BYTES) != ARCHIVE_OK)
    {
      fail_to_read (self, error);
      return NULL;
    }

  self->manifest_bytes = read_small (self, XS_COURSE_MANIFEST_NAME, XS_COURSE_MANIFEST_MAX_BYTES, error);
  if (self->manifest_bytes == NULL)
    return NULL;
  self->signature = read_small (self, XS_COURSE_SIGNATURE_NAME, XS_SIGNATURE_BYTES, error);
  if (self->signature == NULL)
    return NULL;
  self->manifest = xs_course_manifest_parse (self->manifest_bytes, self->signature, error);
  if (self->manifest == NULL)
    {
      g_prefix_error (error, "%s: %s: ", path, XS_COURSE_MANIFEST_NAME);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
xs_course_package_close (XsCoursePackage *self)
{
  if (self == NULL)
    return;
  if (self->archive != NULL)
    archive_read_free (self->archive);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->manifest, xs_course_manifest_free);
  g_clear_pointer (&self->manifest_bytes, g_bytes_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_free (self->path);
  g_free (self);
}

const XsCourseManifest *
xs_course_package_get_manifest (const XsCoursePackage *self)
{
  return self->manifest;
}

const char *
xs_course_package_get_path (const XsCoursePackage *self)
{
  return self->path;
}

static gboolean
write_all (int fd, const guint8 *data, gsize size, const char *name, GError **error)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_to_write (name, errno, error);
      data += n;
      size -= (gsize) n;
    }
  return TRUE;
}

/* Takes the data of the entry before it to @fd, or nowhere when that is -1. */
static gboolean
copy_entry (XsCoursePackage *self, const XsCourseFile *file, int fd, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  gint64 done_bytes = 0;
  gssize n;

  while ((n = archive_read_data (self->archive, buffer, CHUNK_BYTES)) > 0)
    {
      done_bytes += n;
      if (done_bytes > file->size_bytes)
        return damaged (self, "not of its size is ", file->name, error);
      g_checksum_update (checksum, buffer, n);
      if (fd >= 0 && !write_all (fd, buffer, (gsize) n, file->name, error))
        return FALSE;
    }
  if (n < 0)
    return fail_to_read (self, error);
  if (done_bytes != file->size_bytes)
    return damaged (self, "not of its size is ", file->name, error);
  if (!g_str_equal (g_checksum_get_string (checksum), file->sha256))
    return damaged (self, "altered is ", file->name, error);
  return TRUE;
}

static gboolean
flush_and_close (int fd, const char *name, gboolean written, GError **error)
{
  if (written && fsync (fd) != 0)
    written = fail_to_write (name, errno, error);
  if (close (fd) != 0 && written)
    written = fail_to_write (name, errno, error);
  return written;
}

static int
create_file (int dir_fd, const char *name, GError **error)
{
  int fd = openat (dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    fail_to_write (name, errno, error);
  return fd;
}

static gboolean
unpack_file (XsCoursePackage *self, const XsCourseFile *file, int dir_fd, GError **error)
{
  if (!next_entry (self, file->name, file->size_bytes, file->size_bytes, error))
    return FALSE;
  if (dir_fd < 0)
    return copy_entry (self, file, -1, error);

  int fd = create_file (dir_fd, file->name, error);
  return fd >= 0 && flush_and_close (fd, file->name, copy_entry (self, file, fd, error), error);
}

static gboolean
put_bytes (int dir_fd, const char *name, GBytes *bytes, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  int fd = create_file (dir_fd, name, error);

  return fd >= 0 && flush_and_close (fd, name, write_all (fd, data, size, name, error), error);
}

static gboolean
unpack_into (XsCoursePackage *self, int dir_fd, GError **error)
{
  struct archive_entry *entry;

  for (guint i = 0; i < xs_course_manifest_get_n_files (self->manifest); i++)
    {
      if (!unpack_file (self, xs_course_manifest_get_file (self->manifest, i), dir_fd, error))
        return FALSE;
    }
  if (archive_read_next_header (self->archive, &entry) != ARCHIVE_EOF)
    return damaged (self, "there is more in it than its manifest lists", "", error);
  return dir_fd < 0
         || (put_bytes (dir_fd, XS_COURSE_MANIFEST_NAME, self->manifest_bytes, error)
             && put_bytes (dir_fd, XS_COURSE_SIGNATURE_NAME, self->signature, error));
}

gboolean
xs_course_package_unpack (XsCoursePackage *self, const char *dir, GError **error)
{
  if (dir == NULL)
    return unpack_into (self, -1, error);

  int dir_fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir_fd < 0)
    return fail_to_write (dir, errno, error);
  return flush_and_close (dir_fd, dir, unpack_into (self, dir_fd, error), error);
}
