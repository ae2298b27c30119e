/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-photo-store.h"

#include <glib/gstdio.h>

#include "xs-blob.h"
#include "xs-cipher.h"
#include "xs-error.h"
#include "xs-picture.h"

#define BYTES_PER_PIXEL 3

struct _XsPhotoStore {
  GObject parent_instance;

  XsReviewClient *client;
  char *dir;
  guint8 key[XS_KEY_BYTES];
  guint epoch;          /* rises with each emptying: what was begun before is not kept */
  GHashTable *textures; /* sha256 → GdkTexture */
  GQueue order;         /* sha256 of @textures, owned by it, the last used first */
  gsize size_bytes;     /* of @textures */
  GHashTable *waiting;  /* sha256 → GPtrArray of GTask */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (XsPhotoStore, xs_photo_store, G_TYPE_OBJECT)

/* Memory */

static gsize
texture_bytes (GdkTexture *texture)
{
  return (gsize) gdk_texture_get_width (texture) * (gsize) gdk_texture_get_height (texture) * BYTES_PER_PIXEL;
}

static void
forget_last (XsPhotoStore *store)
{
  const char *sha256 = g_queue_pop_tail (&store->order);

  store->size_bytes -= texture_bytes (g_hash_table_lookup (store->textures, sha256));
  g_hash_table_remove (store->textures, sha256);
}

static void
keep (XsPhotoStore *store, const char *sha256, GdkTexture *texture)
{
  char *name = g_strdup (sha256);

  if (g_hash_table_contains (store->textures, sha256))
    {
      g_free (name);
      return;
    }
  g_hash_table_insert (store->textures, name, g_object_ref (texture));
  g_queue_push_head (&store->order, name);
  store->size_bytes += texture_bytes (texture);
  while (store->size_bytes > XS_PHOTO_STORE_MEMORY_BYTES && store->order.length > 1)
    forget_last (store);
}

GdkTexture *
xs_photo_store_peek (XsPhotoStore *store, const char *sha256)
{
  g_return_val_if_fail (XS_IS_PHOTO_STORE (store), NULL);

  GdkTexture *texture = g_hash_table_lookup (store->textures, sha256);
  GList *link = texture != NULL ? g_queue_find_custom (&store->order, sha256, (GCompareFunc) g_strcmp0) : NULL;
  if (link != NULL)
    {
      g_queue_unlink (&store->order, link);
      g_queue_push_head_link (&store->order, link);
    }
  return texture;
}

/* Disk, in another thread */

typedef struct {
  char *path;
  char *sha256;
  guint8 key[XS_KEY_BYTES];
  GBytes *jpeg; /* (nullable): fresh from the platform, to be kept */
  gboolean registration;
  guint epoch;
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  g_free (fetch->path);
  g_free (fetch->sha256);
  xs_cipher_forget (fetch->key, sizeof fetch->key);
  g_clear_pointer (&fetch->jpeg, g_bytes_unref);
  g_free (fetch);
}

static GdkTexture *
decode (GBytes *jpeg, GError **error)
{
  g_autoptr (XsFrame) frame = xs_picture_decode (jpeg, error);

  if (frame == NULL)
    return NULL;
  return gdk_memory_texture_new (frame->width_px, frame->height_px, GDK_MEMORY_R8G8B8, frame->pixels,
                                 (gsize) frame->stride_bytes);
}

static GBytes *
read_locked (const Fetch *fetch, GError **error)
{
  g_autoptr (GBytes) locked = xs_blob_read (fetch->path, XS_PICTURE_MAX_BYTES + XS_CIPHER_EXTRA_BYTES, error);

  if (locked == NULL)
    return NULL;
  return xs_cipher_open (fetch->key, g_bytes_get_data (locked, NULL), g_bytes_get_size (locked), fetch->sha256, error);
}

/* A disk that is full, or a file that is damaged, only costs asking again. */
static void
fetch_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fetch *fetch = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = fetch->jpeg != NULL ? g_bytes_ref (fetch->jpeg) : read_locked (fetch, &error);

  if (jpeg == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  if (fetch->jpeg != NULL)
    {
      g_autoptr (GBytes) locked = xs_cipher_lock (fetch->key, jpeg, fetch->sha256);
      if (!xs_blob_write (fetch->path, locked, &error))
        g_message ("A photo is not kept on disk: %s", error->message);
      g_clear_error (&error);
    }
  GdkTexture *texture = decode (jpeg, &error);
  if (texture == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, texture, g_object_unref);
}

/* Getting one */

static void
answer (XsPhotoStore *store, const char *sha256, GdkTexture *texture, const GError *error)
{
  gpointer name, tasks;

  if (!g_hash_table_steal_extended (store->waiting, sha256, &name, &tasks))
    return;
  for (guint i = 0; i < ((GPtrArray *) tasks)->len; i++)
    {
      GTask *task = g_ptr_array_index ((GPtrArray *) tasks, i);
      if (texture != NULL)
        g_task_return_pointer (task, g_object_ref (texture), g_object_unref);
      else
        g_task_return_error (task, g_error_copy (error));
    }
  g_ptr_array_unref (tasks);
  g_free (name);
}

static void on_fetched (GObject *source, GAsyncResult *result, gpointer user_data);

static void
run_fetch (XsPhotoStore *store, const char *sha256, gboolean registration, GBytes *jpeg)
{
  g_autoptr (GTask) task = g_task_new (store, NULL, on_fetched, NULL);
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->path = g_build_filename (store->dir, sha256, NULL);
  fetch->sha256 = g_strdup (sha256);
  memcpy (fetch->key, store->key, sizeof fetch->key);
  fetch->jpeg = jpeg != NULL ? g_bytes_ref (jpeg) : NULL;
  fetch->registration = registration;
  fetch->epoch = store->epoch;
  g_task_set_task_data (task, fetch, (GDestroyNotify) fetch_free);
  g_task_run_in_thread (task, fetch_in_thread);
}

typedef struct {
  XsPhotoStore *store;
  char *sha256;
  gboolean registration;
  guint epoch;
} Asked;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr (XsPhotoStore) store = asked->store;
  g_autofree char *sha256 = asked->sha256;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = xs_review_client_get_photo_finish (XS_REVIEW_CLIENT (source), result, &error);
  gboolean registration = asked->registration, current = asked->epoch == store->epoch;

  g_free (asked);
  if (!current)
    return;
  if (jpeg == NULL)
    answer (store, sha256, NULL, error);
  else
    run_fetch (store, sha256, registration, jpeg);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsPhotoStore *store = XS_PHOTO_STORE (source);
  const Fetch *fetch = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);

  if (fetch->epoch != store->epoch)
    {
      /* Written after the folder was emptied. */
      g_unlink (fetch->path);
      return;
    }
  if (texture != NULL)
    keep (store, fetch->sha256, texture);
  if (texture != NULL || error != NULL)
    {
      answer (store, fetch->sha256, texture, error);
      return;
    }
  Asked *asked = g_new (Asked, 1);
  *asked = (Asked){ g_object_ref (store), g_strdup (fetch->sha256), fetch->registration, store->epoch };
  xs_review_client_get_photo_async (store->client, fetch->sha256, fetch->registration, store->cancellable, on_answered,
                                    asked);
}

void
xs_photo_store_get_async (XsPhotoStore *store, const char *sha256, gboolean registration, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (XS_IS_PHOTO_STORE (store));

  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  GdkTexture *texture = xs_photo_store_peek (store, sha256);
  if (texture != NULL)
    {
      g_task_return_pointer (task, g_object_ref (texture), g_object_unref);
      return;
    }
  GPtrArray *tasks = g_hash_table_lookup (store->waiting, sha256);
  if (tasks == NULL)
    {
      tasks = g_ptr_array_new_with_free_func (g_object_unref);
      g_hash_table_insert (store->waiting, g_strdup (sha256), tasks);
      run_fetch (store, sha256, registration, NULL);
    }
  g_ptr_array_add (tasks, g_steal_pointer (&task));
}

GdkTexture *
xs_photo_store_get_finish (XsPhotoStore *store, GAsyncResult *result, GError **error)
{
  GdkTexture *texture = g_task_propagate_pointer (G_TASK (result), error);

  xs_error_convert (error);
  return texture;
}

/* Forgetting */

static void
remove_files (const char *dir)
{
  g_autoptr (GDir) folder = g_dir_open (dir, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);
      g_unlink (path);
    }
}

static void
refuse_waiting (XsPhotoStore *store)
{
  guint n;
  g_autofree gpointer *names = g_hash_table_get_keys_as_array (store->waiting, &n);
  g_autoptr (GError) error = g_error_new_literal (XS_ERROR, XS_ERROR_CANCELLED, "the photos were forgotten");

  for (guint i = 0; i < n; i++)
    answer (store, names[i], NULL, error);
}

void
xs_photo_store_empty (XsPhotoStore *store)
{
  g_return_if_fail (XS_IS_PHOTO_STORE (store));

  store->epoch++;
  g_cancellable_cancel (store->cancellable);
  g_clear_object (&store->cancellable);
  store->cancellable = g_cancellable_new ();
  refuse_waiting (store);
  while (store->order.length > 0)
    forget_last (store);
  xs_cipher_make_key (store->key);
  remove_files (store->dir);
}

static void
xs_photo_store_dispose (GObject *object)
{
  XsPhotoStore *store = XS_PHOTO_STORE (object);

  if (store->client != NULL)
    xs_photo_store_empty (store);
  g_clear_object (&store->client);
  G_OBJECT_CLASS (xs_photo_store_parent_class)->dispose (object);
}

static void
xs_photo_store_finalize (GObject *object)
{
  XsPhotoStore *store = XS_PHOTO_STORE (object);

  xs_cipher_forget (store->key, sizeof store->key);
  g_hash_table_unref (store->waiting);
  g_hash_table_unref (store->textures);
  g_clear_object (&store->cancellable);
  g_free (store->dir);
  G_OBJECT_CLASS (xs_photo_store_parent_class)->finalize (object);
}

static void
xs_photo_store_class_init (XsPhotoStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_photo_store_dispose;
  G_OBJECT_CLASS (klass)->finalize = xs_photo_store_finalize;
}

static void
xs_photo_store_init (XsPhotoStore *store)
{
  store->textures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  store->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  store->cancellable = g_cancellable_new ();
  g_queue_init (&store->order);
  xs_cipher_make_key (store->key);
}

XsPhotoStore *
xs_photo_store_new (XsReviewClient *client, const char *dir)
{
  XsPhotoStore *store = g_object_new (XS_TYPE_PHOTO_STORE, NULL);

  store->client = g_object_ref (client);
  store->dir = g_strdup (dir);
  if (g_mkdir_with_parents (dir, 0700) != 0)
    g_message ("No photos are kept on disk: %s cannot be made", dir);
  remove_files (dir);
  return store;
}
