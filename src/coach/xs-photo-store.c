/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-photo-store.h"

#include "xs-error.h"
#include "xs-photo-files.h"
#include "xs-picture.h"
#include "xs-texture-cache.h"

/* Enough for a platform that answers at once; more would only keep what is asked for last waiting. */
#define MAX_AT_ONCE 4

/* One photo, whole or small, that somebody waits for. */
typedef struct {
  char *name; /* in memory and on disk */
  char *sha256;
  XsPhotoKind kind;
  GPtrArray *tasks; /* GTask, each of who waits */
  GList link;       /* of the queue; data: this, while it waits for its turn */
} Want;

struct _XsPhotoStore {
  GObject parent_instance;

  XsReviewClient *client;
  XsPhotoFiles *files;
  XsTextureCache *whole;
  XsTextureCache *small;
  GHashTable *wants; /* name → Want */
  GQueue queue;      /* Want, whose turn has not come; the last asked for first */
  guint n_running;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (XsPhotoStore, xs_photo_store, G_TYPE_OBJECT)

static void
want_free (gpointer data)
{
  Want *want = data;

  g_ptr_array_unref (want->tasks);
  g_free (want->name);
  g_free (want->sha256);
  g_free (want);
}

static char *
name_of (const char *sha256, XsPhotoKind kind)
{
  return g_strconcat (sha256, kind == XS_PHOTO_SMALL ? "-small" : "", NULL);
}

static XsTextureCache *
cache_of (XsPhotoStore *store, XsPhotoKind kind)
{
  return kind == XS_PHOTO_SMALL ? store->small : store->whole;
}

GdkTexture *
xs_photo_store_peek (XsPhotoStore *store, const char *sha256, XsPhotoKind kind)
{
  g_return_val_if_fail (XS_IS_PHOTO_STORE (store), NULL);

  g_autofree char *name = name_of (sha256, kind);
  return xs_texture_cache_get (cache_of (store, kind), name);
}

/* Files and decoding, in another thread */

typedef struct {
  XsPhotoFiles *files;
  guint key_number; /* of when it was asked for */
  char *name;
  char *sha256;
  XsPhotoKind kind;
  GBytes *jpeg; /* (nullable): fresh from the platform, to be kept */
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  xs_photo_files_unref (fetch->files);
  g_free (fetch->name);
  g_free (fetch->sha256);
  g_clear_pointer (&fetch->jpeg, g_bytes_unref);
  g_free (fetch);
}

/* As it is painted: nothing is left to be converted each time. */
static GdkTexture *
texture_of (const XsFrame *frame)
{
  gsize stride = 4 * (gsize) frame->width_px;
  guint32 *pixels = g_malloc (stride * (gsize) frame->height_px);
  const guint8 *rows = g_bytes_get_data (frame->pixels, NULL);
  guint32 *to = pixels;

  for (int y = 0; y < frame->height_px; y++)
    {
      const guint8 *from = rows + (gsize) y * (gsize) frame->stride_bytes;
      for (int x = 0; x < frame->width_px; x++, from += 3)
        *to++ = 0xff000000u | (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];
    }
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, stride * (gsize) frame->height_px);
  return gdk_memory_texture_new (frame->width_px, frame->height_px, GDK_MEMORY_DEFAULT, bytes, stride);
}

static GdkTexture *
decode (GBytes *jpeg, GError **error)
{
  g_autoptr (XsFrame) frame = xs_picture_decode (jpeg, error);

  return frame != NULL ? texture_of (frame) : NULL;
}

static GdkTexture *
make_small (const Fetch *fetch, GBytes *jpeg, GError **error)
{
  g_autoptr (XsFrame) frame = xs_picture_decode (jpeg, error);
  g_autoptr (GBytes) small = frame != NULL ? xs_picture_encode_thumbnail (frame, XS_PHOTO_STORE_SMALL_PX, error) : NULL;

  if (small == NULL)
    return NULL;
  xs_photo_files_write (fetch->files, fetch->key_number, fetch->name, small);
  return decode (small, error);
}

static void
fetch_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fetch *fetch = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = NULL;
  GdkTexture *texture = NULL;

  if (fetch->jpeg != NULL)
    xs_photo_files_write (fetch->files, fetch->key_number, fetch->sha256, fetch->jpeg);
  else if (fetch->kind == XS_PHOTO_SMALL && (jpeg = xs_photo_files_read (fetch->files, fetch->name)) != NULL)
    texture = decode (jpeg, &error);
  if (texture == NULL && error == NULL)
    {
      g_clear_pointer (&jpeg, g_bytes_unref);
      jpeg = fetch->jpeg != NULL ? g_bytes_ref (fetch->jpeg) : xs_photo_files_read (fetch->files, fetch->sha256);
      if (jpeg != NULL)
        texture = fetch->kind == XS_PHOTO_SMALL ? make_small (fetch, jpeg, &error) : decode (jpeg, &error);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, texture, g_object_unref);
}

/* Getting one: what is not on disk the platform is asked for, and what it gives goes the same way. */

static void run_next (XsPhotoStore *store);
static void on_fetched (GObject *source, GAsyncResult *result, gpointer user_data);

/* Says what came of it to all who wait, whose turn it was. */
static void
answer (XsPhotoStore *store, const char *name, GdkTexture *texture, const GError *error)
{
  gpointer key, stolen;

  if (!g_hash_table_steal_extended (store->wants, name, &key, &stolen))
    return;
  Want *want = stolen;
  for (guint i = 0; i < want->tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (want->tasks, i);
      if (texture != NULL)
        g_task_return_pointer (task, g_object_ref (texture), g_object_unref);
      else
        g_task_return_error (task, g_error_copy (error));
    }
  want_free (want);
}

static void
run_fetch (XsPhotoStore *store, const Fetch *of, GBytes *jpeg)
{
  g_autoptr (GTask) task = g_task_new (store, NULL, on_fetched, NULL);
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->files = xs_photo_files_ref (store->files);
  fetch->key_number = of->key_number;
  fetch->name = g_strdup (of->name);
  fetch->sha256 = g_strdup (of->sha256);
  fetch->kind = of->kind;
  fetch->jpeg = jpeg != NULL ? g_bytes_ref (jpeg) : NULL;
  g_task_set_task_data (task, fetch, fetch_free);
  g_task_run_in_thread (task, fetch_in_thread);
}

/* Whether @fetch was begun since the store was emptied last. */
static gboolean
is_current (XsPhotoStore *store, const Fetch *fetch)
{
  return fetch->key_number == xs_photo_files_get_key_number (store->files);
}

static void
finish (XsPhotoStore *store, const Fetch *fetch, GdkTexture *texture, const GError *error)
{
  store->n_running--;
  if (texture != NULL)
    xs_texture_cache_put (cache_of (store, fetch->kind), fetch->name, texture);
  answer (store, fetch->name, texture, error);
  run_next (store);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) fetched = user_data;
  XsPhotoStore *store = g_task_get_source_object (fetched);
  const Fetch *fetch = g_task_get_task_data (fetched);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = xs_review_client_get_photo_finish (XS_REVIEW_CLIENT (source), result, &error);

  if (!is_current (store, fetch))
    return;
  if (jpeg != NULL)
    run_fetch (store, fetch, jpeg);
  else
    finish (store, fetch, NULL, error);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsPhotoStore *store = XS_PHOTO_STORE (source);
  const Fetch *fetch = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);

  if (!is_current (store, fetch))
    return;
  if (texture != NULL || error != NULL)
    finish (store, fetch, texture, error);
  else
    xs_review_client_get_photo_async (store->client, fetch->sha256, fetch->kind == XS_PHOTO_REGISTRATION,
                                      store->cancellable, on_answered, g_object_ref (result));
}

static gboolean
is_wanted (const Want *want)
{
  for (guint i = 0; i < want->tasks->len; i++)
    {
      GCancellable *cancellable = g_task_get_cancellable (g_ptr_array_index (want->tasks, i));
      if (cancellable == NULL || !g_cancellable_is_cancelled (cancellable))
        return TRUE;
    }
  return FALSE;
}

static void
run_next (XsPhotoStore *store)
{
  while (store->n_running < MAX_AT_ONCE && store->queue.length > 0)
    {
      Want *want = g_queue_pop_head_link (&store->queue)->data;
      if (!is_wanted (want))
        {
          g_autoptr (GError) error = g_error_new_literal (XS_ERROR, XS_ERROR_CANCELLED, "nobody waits for the photo");
          answer (store, want->name, NULL, error);
          continue;
        }
      const Fetch fetch = { NULL, xs_photo_files_get_key_number (store->files), want->name, want->sha256, want->kind,
                            NULL };
      store->n_running++;
      want->link.data = NULL;
      run_fetch (store, &fetch, NULL);
    }
}

void
xs_photo_store_get_async (XsPhotoStore *store, const char *sha256, XsPhotoKind kind, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (XS_IS_PHOTO_STORE (store));

  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  g_autofree char *name = name_of (sha256, kind);
  GdkTexture *texture = xs_texture_cache_get (cache_of (store, kind), name);
  if (texture != NULL)
    {
      g_task_return_pointer (task, g_object_ref (texture), g_object_unref);
      return;
    }
  Want *want = g_hash_table_lookup (store->wants, name);
  if (want == NULL)
    {
      want = g_new0 (Want, 1);
      want->sha256 = g_strdup (sha256);
      want->kind = kind;
      want->tasks = g_ptr_array_new_with_free_func (g_object_unref);
      want->name = g_steal_pointer (&name);
      want->link.data = want;
      g_hash_table_insert (store->wants, want->name, want);
    }
  else if (want->link.data != NULL)
    g_queue_unlink (&store->queue, &want->link);
  if (want->link.data != NULL)
    g_queue_push_head_link (&store->queue, &want->link);
  g_ptr_array_add (want->tasks, g_steal_pointer (&task));
  run_next (store);
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
refuse_waiting (XsPhotoStore *store)
{
  guint n;
  g_autofree gpointer *names = g_hash_table_get_keys_as_array (store->wants, &n);
  g_autoptr (GError) error = g_error_new_literal (XS_ERROR, XS_ERROR_CANCELLED, "the photos were forgotten");

  g_queue_init (&store->queue);
  for (guint i = 0; i < n; i++)
    answer (store, names[i], NULL, error);
}

void
xs_photo_store_empty (XsPhotoStore *store)
{
  g_return_if_fail (XS_IS_PHOTO_STORE (store));

  xs_photo_files_empty (store->files);
  g_cancellable_cancel (store->cancellable);
  g_clear_object (&store->cancellable);
  store->cancellable = g_cancellable_new ();
  store->n_running = 0;
  xs_texture_cache_empty (store->whole);
  xs_texture_cache_empty (store->small);
  refuse_waiting (store);
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

  g_hash_table_unref (store->wants);
  xs_texture_cache_free (store->whole);
  xs_texture_cache_free (store->small);
  xs_photo_files_unref (store->files);
  g_clear_object (&store->cancellable);
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
  store->whole = xs_texture_cache_new (XS_PHOTO_STORE_MEMORY_BYTES);
  store->small = xs_texture_cache_new (XS_PHOTO_STORE_SMALL_BYTES);
  store->wants = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, want_free);
  store->cancellable = g_cancellable_new ();
  g_queue_init (&store->queue);
}

XsPhotoStore *
xs_photo_store_new (XsReviewClient *client, const char *dir)
{
  XsPhotoStore *store = g_object_new (XS_TYPE_PHOTO_STORE, NULL);

  store->client = g_object_ref (client);
  store->files = xs_photo_files_new (dir, XS_PHOTO_STORE_DISK_BYTES);
  return store;
}
