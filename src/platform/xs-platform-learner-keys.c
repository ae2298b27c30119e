/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-learner-keys.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-storage-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_BYTES (XS_KEY_BYTES + XS_CIPHER_EXTRA_BYTES)
#define PURPOSE "learners"
#define MAGIC_BYTES 8
/* Paths that are remembered; each saves a flush of a folder. */
#define DURABLE_MAX 20000

static const guint8 magic[MAGIC_BYTES] = "XSPHOTO\1";

char *
xs_learner_key_path (XsPlatformStorage *storage, const char *stunum)
{
  return g_build_filename (storage->dir, "keys", "learner", stunum + XS_UNIFIED_DIGITS - 2, stunum, NULL);
}

static void
derive_master (XsPlatformStorage *storage, guint8 master[XS_KEY_BYTES])
{
  xs_cipher_derive_key (storage->seal_key.secret_key, PURPOSE, master);
}

static gboolean
read_key (XsPlatformStorage *storage, const char *path, const char *stunum, guint8 key[XS_KEY_BYTES], GError **error)
{
  guint8 master[XS_KEY_BYTES];
  g_autoptr (GBytes) file = xs_blob_read (path, KEY_FILE_BYTES, error);

  if (file == NULL)
    return FALSE;
  derive_master (storage, master);
  g_autoptr (GBytes) plain =
    xs_cipher_open (master, g_bytes_get_data (file, NULL), g_bytes_get_size (file), stunum, NULL);
  xs_cipher_forget (master, sizeof master);
  if (plain == NULL || g_bytes_get_size (plain) != XS_KEY_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s is damaged: it holds no key of learner %s; restore it", path,
                   stunum);
      return FALSE;
    }
  memcpy (key, g_bytes_get_data (plain, NULL), XS_KEY_BYTES);
  return TRUE;
}

/* A link, not a rename: of two who make a key at a time, the second must take the first's. */
static gboolean
make_key (XsPlatformStorage *storage, const char *path, const char *stunum, GError **error)
{
  guint8 master[XS_KEY_BYTES], key[XS_KEY_BYTES];
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *temporary = g_strconcat (path, ".", uuid, ".tmp", NULL);

  derive_master (storage, master);
  xs_cipher_make_key (key);
  g_autoptr (GBytes) plain = g_bytes_new (key, sizeof key);
  g_autoptr (GBytes) file = xs_cipher_lock (master, plain, stunum);
  xs_cipher_forget (master, sizeof master);
  xs_cipher_forget (key, sizeof key);
  /* keys/learner, and the one in it */
  if (!xs_storage_ensure_folder_of (storage, folder, error) || !xs_storage_ensure_folder_of (storage, path, error)
      || !xs_blob_write (temporary, file, error))
    return FALSE;
  int result = link (temporary, path);
  int saved_errno = errno;
  g_unlink (temporary);
  return result == 0 || saved_errno == EEXIST || xs_storage_fail (error, saved_errno, "write", path);
}

/* Before anything is locked with it: who made it may not have flushed its folder yet, or have died before. */
static gboolean
see_on_disk (XsPlatformStorage *storage, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat info;

  if (stat (path, &info) != 0)
    return xs_storage_fail (error, errno, "read", path);
  /* A key that was destroyed and made again is another one. */
  g_autofree char *identity =
    g_strdup_printf ("%s %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT ".%ld", path, (guint64) info.st_ino,
                     (gint64) info.st_ctim.tv_sec, info.st_ctim.tv_nsec);
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&storage->folder_mutex);
  if (g_hash_table_contains (storage->durable_keys, identity))
    return TRUE;
  if (!xs_dir_flush (folder, error))
    return FALSE;
  if (g_hash_table_size (storage->durable_keys) >= DURABLE_MAX)
    g_hash_table_remove_all (storage->durable_keys);
  g_hash_table_add (storage->durable_keys, g_steal_pointer (&identity));
  return TRUE;
}

gboolean
xs_learner_key_load (XsPlatformStorage *storage, const char *stunum, gboolean make, guint8 key[XS_KEY_BYTES],
                     GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *path = xs_learner_key_path (storage, stunum);

  if (!read_key (storage, path, stunum, key, &local_error))
    {
      if (!make || !g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (!make_key (storage, path, stunum, error) || !read_key (storage, path, stunum, key, error))
        return FALSE;
    }
  return !make || see_on_disk (storage, path, error);
}

gboolean
xs_learner_key_destroy (XsPlatformStorage *storage, const char *stunum, GError **error)
{
  static const guint8 nothing[KEY_FILE_BYTES] = { 0 };
  g_autofree char *path = xs_learner_key_path (storage, stunum);
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    return errno == ENOENT || xs_storage_fail (error, errno, "open", path);
  /* In place: a new file would leave the old bytes on the disk. */
  gboolean written = pwrite (fd, nothing, sizeof nothing, 0) == (gssize) sizeof nothing && fsync (fd) == 0;
  int saved_errno = errno;
  close (fd);
  return written ? xs_blob_remove (path, error) : xs_storage_fail (error, saved_errno, "overwrite", path);
}

GBytes *
xs_photo_file_lock (XsPlatformStorage *storage, const char *stunum, const char *sha256, const guint8 *ephemeral,
                    GBytes *jpeg, GError **error)
{
  static const guint8 none[XS_KEY_BYTES] = { 0 };
  guint8 key[XS_KEY_BYTES];
  gsize size;
  const guint8 *data = g_bytes_get_data (jpeg, &size);

  if (!xs_learner_key_load (storage, stunum, TRUE, key, error))
    return NULL;
  g_autoptr (GByteArray) content = g_byte_array_sized_new ((guint) size + XS_KEY_BYTES);
  g_byte_array_append (content, ephemeral != NULL ? ephemeral : none, XS_KEY_BYTES);
  g_byte_array_append (content, data, (guint) size);
  g_autoptr (GBytes) plain = g_byte_array_free_to_bytes (g_steal_pointer (&content));
  g_autofree char *context = g_strconcat (sha256, " ", stunum, NULL);
  g_autoptr (GBytes) locked = xs_cipher_lock (key, plain, context);
  xs_cipher_forget (key, sizeof key);

  g_autoptr (GByteArray) file = g_byte_array_sized_new ((guint) size + XS_PHOTO_FILE_EXTRA_BYTES);
  g_byte_array_append (file, magic, MAGIC_BYTES);
  g_byte_array_append (file, (const guint8 *) stunum, XS_UNIFIED_DIGITS);
  g_byte_array_append (file, g_bytes_get_data (locked, NULL), (guint) g_bytes_get_size (locked));
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}

gboolean
xs_photo_file_owner (GBytes *file, char stunum[XS_UNIFIED_DIGITS + 1])
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  if (size < MAGIC_BYTES + XS_UNIFIED_DIGITS || memcmp (data, magic, MAGIC_BYTES) != 0)
    return FALSE;
  memcpy (stunum, data + MAGIC_BYTES, XS_UNIFIED_DIGITS);
  stunum[XS_UNIFIED_DIGITS] = '\0';
  return xs_number_check (stunum, XS_UNIFIED_DIGITS, "stunum", NULL);
}

GBytes *
xs_photo_file_open (XsPlatformStorage *storage, GBytes *file, const char *sha256, guint8 ephemeral[XS_KEY_BYTES],
                    GError **error)
{
  guint8 key[XS_KEY_BYTES];
  char stunum[XS_UNIFIED_DIGITS + 1];
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  if (!xs_photo_file_owner (file, stunum))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "Photo %s is damaged", sha256);
      return NULL;
    }
  if (!xs_learner_key_load (storage, stunum, FALSE, key, error))
    return NULL;
  g_autofree char *context = g_strconcat (sha256, " ", stunum, NULL);
  g_autoptr (GBytes) plain = xs_cipher_open (key, data + MAGIC_BYTES + XS_UNIFIED_DIGITS,
                                             size - MAGIC_BYTES - XS_UNIFIED_DIGITS, context, error);
  xs_cipher_forget (key, sizeof key);
  if (plain == NULL || g_bytes_get_size (plain) < XS_KEY_BYTES)
    {
      if (plain != NULL)
        g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "Photo %s is damaged", sha256);
      else
        g_prefix_error (error, "Photo %s: ", sha256);
      return NULL;
    }
  memcpy (ephemeral, g_bytes_get_data (plain, NULL), XS_KEY_BYTES);
  return g_bytes_new_from_bytes (plain, XS_KEY_BYTES, g_bytes_get_size (plain) - XS_KEY_BYTES);
}
