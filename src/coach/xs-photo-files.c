/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-files.h"

#include <glib/gstdio.h>

#include "xs-blob.h"
#include "xs-cipher.h"
#include "xs-picture.h"

typedef struct {
  GList link; /* of the order; data: this file */
  char *name;
  gsize size_bytes;
} File;

struct _XsPhotoFiles {
  gatomicrefcount refs;
  char *dir;
  gsize max_bytes;

  GMutex mutex; /* of what follows; never held while the disk works, but for removing */
  guint8 key[XS_KEY_BYTES];
  guint key_number;
  GHashTable *files; /* name → File */
  GQueue order;      /* the last used first */
  gsize size_bytes;
};

static void
file_free (gpointer data)
{
  File *file = data;

  g_free (file->name);
  g_free (file);
}

static void
remove_all (const char *dir)
{
  g_autoptr (GDir) folder = g_dir_open (dir, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);
      g_unlink (path);
    }
}

XsPhotoFiles *
xs_photo_files_new (const char *dir, gsize max_bytes)
{
  XsPhotoFiles *files = g_new0 (XsPhotoFiles, 1);

  g_atomic_ref_count_init (&files->refs);
  g_mutex_init (&files->mutex);
  files->dir = g_strdup (dir);
  files->max_bytes = max_bytes;
  files->files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, file_free);
  g_queue_init (&files->order);
  xs_cipher_make_key (files->key);
  if (g_mkdir_with_parents (dir, 0700) != 0)
    g_message ("No photos are kept on disk: %s cannot be made", dir);
  remove_all (dir);
  return files;
}

XsPhotoFiles *
xs_photo_files_ref (XsPhotoFiles *files)
{
  g_atomic_ref_count_inc (&files->refs);
  return files;
}

void
xs_photo_files_unref (XsPhotoFiles *files)
{
  if (files == NULL || !g_atomic_ref_count_dec (&files->refs))
    return;
  remove_all (files->dir);
  xs_cipher_forget (files->key, sizeof files->key);
  g_hash_table_unref (files->files);
  g_mutex_clear (&files->mutex);
  g_free (files->dir);
  g_free (files);
}

static void
forget (XsPhotoFiles *files, File *file)
{
  g_autofree char *path = g_build_filename (files->dir, file->name, NULL);

  g_unlink (path);
  g_queue_unlink (&files->order, &file->link);
  files->size_bytes -= file->size_bytes;
  g_hash_table_remove (files->files, file->name);
}

static void
note_written (XsPhotoFiles *files, const char *name, gsize size_bytes)
{
  File *file = g_hash_table_lookup (files->files, name);

  if (file == NULL)
    {
      file = g_new0 (File, 1);
      file->link.data = file;
      file->name = g_strdup (name);
      g_hash_table_insert (files->files, file->name, file);
      g_queue_push_head_link (&files->order, &file->link);
    }
  files->size_bytes += size_bytes - file->size_bytes;
  file->size_bytes = size_bytes;
  while (files->size_bytes > files->max_bytes && files->order.length > 1)
    forget (files, g_queue_peek_tail (&files->order));
}

/* A file that a crash has torn does not open, so none is flushed. */
void
xs_photo_files_write (XsPhotoFiles *files, guint key_number, const char *name, GBytes *jpeg)
{
  guint8 key[XS_KEY_BYTES];
  g_autofree char *path = g_build_filename (files->dir, name, NULL);
  g_autoptr (GError) error = NULL;
  gsize size;

  g_mutex_lock (&files->mutex);
  memcpy (key, files->key, sizeof key);
  gboolean current = key_number == files->key_number;
  g_mutex_unlock (&files->mutex);
  if (current)
    {
      g_autoptr (GBytes) locked = xs_cipher_lock (key, jpeg, name);
      const char *data = g_bytes_get_data (locked, &size);
      gboolean written =
        g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
      if (!written)
        g_message ("A photo is not kept on disk: %s", error->message);
      g_mutex_lock (&files->mutex);
      if (key_number != files->key_number)
        g_unlink (path);
      else if (written)
        note_written (files, name, size);
      g_mutex_unlock (&files->mutex);
    }
  xs_cipher_forget (key, sizeof key);
}

GBytes *
xs_photo_files_read (XsPhotoFiles *files, const char *name)
{
  guint8 key[XS_KEY_BYTES];
  g_autofree char *path = g_build_filename (files->dir, name, NULL);
  GBytes *jpeg = NULL;

  g_mutex_lock (&files->mutex);
  File *file = g_hash_table_lookup (files->files, name);
  gboolean there = file != NULL;
  if (there)
    {
      g_queue_unlink (&files->order, &file->link);
      g_queue_push_head_link (&files->order, &file->link);
    }
  memcpy (key, files->key, sizeof key);
  g_mutex_unlock (&files->mutex);
  g_autoptr (GBytes) locked = there ? xs_blob_read (path, XS_PICTURE_MAX_BYTES + XS_CIPHER_EXTRA_BYTES, NULL) : NULL;
  if (locked != NULL)
    jpeg = xs_cipher_open (key, g_bytes_get_data (locked, NULL), g_bytes_get_size (locked), name, NULL);
  xs_cipher_forget (key, sizeof key);
  return jpeg;
}

gsize
xs_photo_files_get_bytes (XsPhotoFiles *files)
{
  g_mutex_lock (&files->mutex);
  gsize size_bytes = files->size_bytes;
  g_mutex_unlock (&files->mutex);
  return size_bytes;
}

guint
xs_photo_files_get_key_number (XsPhotoFiles *files)
{
  g_mutex_lock (&files->mutex);
  guint key_number = files->key_number;
  g_mutex_unlock (&files->mutex);
  return key_number;
}

void
xs_photo_files_empty (XsPhotoFiles *files)
{
  g_mutex_lock (&files->mutex);
  files->key_number++;
  xs_cipher_make_key (files->key);
  while (files->order.length > 0)
    forget (files, g_queue_peek_tail (&files->order));
  remove_all (files->dir);
  g_mutex_unlock (&files->mutex);
}
