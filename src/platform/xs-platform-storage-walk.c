/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-storage-walk.h"

#define PAGE_ITEMS 64

void
xs_storage_walk_init (XsStorageWalk *walk, XsPlatformStorage *storage, const XsStorageItems *items)
{
  *walk = (XsStorageWalk){ .storage = storage, .items = items };
}

void
xs_storage_walk_clear (XsStorageWalk *walk)
{
  g_clear_pointer (&walk->page, g_array_unref);
}

static gboolean
read_page (XsStorageWalk *walk, GError **error)
{
  const XsStorageItems *items = walk->items;
  gboolean ok;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (walk->storage->sql, items->query, error, "ii", walk->id, (gint64) PAGE_ITEMS);

  xs_storage_walk_clear (walk);
  walk->next = 0;
  if (row == NULL)
    return FALSE;
  walk->page = g_array_new (FALSE, TRUE, (guint) items->size);
  g_array_set_clear_func (walk->page, items->clear);
  while (xs_sql_row_next (row, &ok, error))
    {
      g_array_set_size (walk->page, walk->page->len + 1);
      items->read (row, walk->page->data + (walk->page->len - 1) * items->size);
      walk->id = xs_sql_row_int (row, items->id);
    }
  return ok;
}

gconstpointer
xs_storage_walk_next (XsStorageWalk *walk, gboolean *ok, GError **error)
{
  gboolean is_used_up = walk->page == NULL || (walk->next == walk->page->len && walk->next == PAGE_ITEMS);

  *ok = !is_used_up || read_page (walk, error);
  return *ok && walk->next < walk->page->len ? walk->page->data + walk->next++ * walk->items->size : NULL;
}
