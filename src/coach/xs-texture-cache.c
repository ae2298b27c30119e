/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-texture-cache.h"

#define BYTES_PER_PIXEL 4

typedef struct {
  GList link; /* of the order; data: this entry */
  char *name;
  GdkTexture *texture;
} Entry;

struct _XsTextureCache {
  gsize max_bytes, size_bytes;
  GHashTable *entries; /* name → Entry */
  GQueue order;        /* the last used first */
};

static gsize
texture_bytes (GdkTexture *texture)
{
  return (gsize) gdk_texture_get_width (texture) * (gsize) gdk_texture_get_height (texture) * BYTES_PER_PIXEL;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->texture);
  g_free (entry->name);
  g_free (entry);
}

XsTextureCache *
xs_texture_cache_new (gsize max_bytes)
{
  XsTextureCache *cache = g_new0 (XsTextureCache, 1);

  cache->max_bytes = max_bytes;
  cache->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init (&cache->order);
  return cache;
}

void
xs_texture_cache_free (XsTextureCache *cache)
{
  if (cache == NULL)
    return;
  g_hash_table_unref (cache->entries);
  g_free (cache);
}

static void
forget_last (XsTextureCache *cache)
{
  Entry *entry = g_queue_pop_tail_link (&cache->order)->data;

  cache->size_bytes -= texture_bytes (entry->texture);
  g_hash_table_remove (cache->entries, entry->name);
}

void
xs_texture_cache_put (XsTextureCache *cache, const char *name, GdkTexture *texture)
{
  if (g_hash_table_contains (cache->entries, name))
    return;
  Entry *entry = g_new0 (Entry, 1);
  entry->link.data = entry;
  entry->name = g_strdup (name);
  entry->texture = g_object_ref (texture);
  g_hash_table_insert (cache->entries, entry->name, entry);
  g_queue_push_head_link (&cache->order, &entry->link);
  cache->size_bytes += texture_bytes (texture);
  while (cache->size_bytes > cache->max_bytes && cache->order.length > 1)
    forget_last (cache);
}

GdkTexture *
xs_texture_cache_get (XsTextureCache *cache, const char *name)
{
  Entry *entry = g_hash_table_lookup (cache->entries, name);

  if (entry == NULL)
    return NULL;
  g_queue_unlink (&cache->order, &entry->link);
  g_queue_push_head_link (&cache->order, &entry->link);
  return entry->texture;
}

gsize
xs_texture_cache_get_bytes (const XsTextureCache *cache)
{
  return cache->size_bytes;
}

void
xs_texture_cache_empty (XsTextureCache *cache)
{
  while (cache->order.length > 0)
    forget_last (cache);
}
