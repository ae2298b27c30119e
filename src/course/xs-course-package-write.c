/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course-package.h"

#include "xs-blob.h"
#include "xs-error.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define CHUNK_BYTES (256 * 1024)
#define MODE 0644

typedef struct archive Archive;
typedef struct archive_entry ArchiveEntry;

static void
writer_free (Archive *archive)
{
  archive_write_free (archive);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, writer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchiveEntry, archive_entry_free)

static gboolean
fail_to_write (Archive *archive, GError **error)
{
  gboolean full = archive_errno (archive) == ENOSPC || archive_errno (archive) == EDQUOT;

  g_set_error (error, XS_ERROR, full ? XS_ERROR_NO_SPACE : XS_ERROR_IO, "Cannot write the package: %s; %s",
               archive_error_string (archive), full ? "make space on its disk" : "check its disk");
  return FALSE;
}

/* Nobody's file of no time, so that equal content gives equal packages. */
static gboolean
begin_entry (Archive *archive, const char *name, gint64 size_bytes, GError **error)
{
  g_autoptr (ArchiveEntry) entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, size_bytes);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, MODE);
  archive_entry_set_mtime (entry, 0, 0);
  return archive_write_header (archive, entry) == ARCHIVE_OK || fail_to_write (archive, error);
}

static gboolean
write_data (Archive *archive, const void *data, gsize size, GError **error)
{
  return size == 0 || archive_write_data (archive, data, size) == (gssize) size || fail_to_write (archive, error);
}

static gboolean
put_bytes (Archive *archive, const char *name, const void *data, gsize size, GError **error)
{
  return begin_entry (archive, name, (gint64) size, error) && write_data (archive, data, size, error);
}

static gboolean
changed (const char *path, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s was changed while the package was made: make it again", path);
  return FALSE;
}

static gboolean
put_file (Archive *archive, const char *dir, const XsCourseFile *described, GError **error)
{
  g_autofree char *path = g_build_filename (dir, described->name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (CHUNK_BYTES);
  gint64 done_bytes = 0;
  gssize n = -1;

  if (stream == NULL)
    {
      xs_error_convert (error);
      return FALSE;
    }
  if (!begin_entry (archive, described->name, described->size_bytes, error))
    return FALSE;
  while ((n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, CHUNK_BYTES, NULL, error)) > 0)
    {
      done_bytes += n;
      if (done_bytes > described->size_bytes)
        return changed (path, error);
      g_checksum_update (checksum, buffer, n);
      if (!write_data (archive, buffer, (gsize) n, error))
        return FALSE;
    }
  if (n < 0)
    {
      xs_error_convert (error);
      return FALSE;
    }
  return g_str_equal (g_checksum_get_string (checksum), described->sha256) || changed (path, error);
}

static gboolean
put_files (Archive *archive, const XsCourseManifest *manifest, const char *dir, GBytes *course_json, GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data (course_json, &size);
  const XsCourseFile *first = xs_course_manifest_get_file (manifest, 0);
  g_autofree char *sha256 = xs_sha256_hex (data, size);

  g_return_val_if_fail (g_str_equal (first->sha256, sha256), FALSE);

  if (!put_bytes (archive, first->name, data, size, error))
    return FALSE;
  for (guint i = 1; i < xs_course_manifest_get_n_files (manifest); i++)
    {
      if (!put_file (archive, dir, xs_course_manifest_get_file (manifest, i), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
all_ascii (const XsCourseManifest *manifest)
{
  for (guint i = 0; i < xs_course_manifest_get_n_files (manifest); i++)
    {
      if (!g_str_is_ascii (xs_course_manifest_get_file (manifest, i)->name))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_to (int fd, const XsCourseManifest *manifest, const XsSignKey *key, const char *dir, GBytes *course_json,
          GError **error)
{
  g_autoptr (Archive) archive = archive_write_new ();
  g_autoptr (GBytes) bytes = xs_course_manifest_to_bytes (manifest);
  guint8 signature[XS_SIGNATURE_BYTES];
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  xs_sign (key, data, size, signature);
  /* Chinese names go in as the bytes they are, whatever the locale. */
  if (archive_write_set_format_pax_restricted (archive) != ARCHIVE_OK
      || (!all_ascii (manifest) && archive_write_set_options (archive, "hdrcharset=BINARY") != ARCHIVE_OK)
      || archive_write_open_fd (archive, fd) != ARCHIVE_OK)
    return fail_to_write (archive, error);
  return put_bytes (archive, XS_COURSE_MANIFEST_NAME, data, size, error)
         && put_bytes (archive, XS_COURSE_SIGNATURE_NAME, signature, sizeof signature, error)
         && put_files (archive, manifest, dir, course_json, error)
         && (archive_write_close (archive) == ARCHIVE_OK || fail_to_write (archive, error));
}

gboolean
xs_course_package_write (const char *path, const XsCourseManifest *manifest, const XsSignKey *key, const char *dir,
                         GBytes *course_json, GError **error)
{
  g_autofree char *temporary = g_strdup_printf ("%s.XXXXXX.tmp", path);
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot create %s: %s", temporary, g_strerror (errno));
      return FALSE;
    }
  gboolean written = write_to (fd, manifest, key, dir, course_json, error);
  close (fd);
  if (written && xs_blob_publish (temporary, path, error))
    return TRUE;
  g_unlink (temporary);
  return FALSE;
}
