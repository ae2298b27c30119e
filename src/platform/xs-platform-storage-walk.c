/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-storage-walk.h"

#define PAGE_ITEMS 64

/* The last item that was read. */
typedef struct {
  gint64 received_us;
  gint64 id;
} Place;

/* (transfer full): the next items after @place, which becomes that of the last of them. */
static GArray *
read_page (XsPlatformStorage *storage, const XsStorageWalk *walk, Place *place, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) page = g_array_new (FALSE, TRUE, (guint) walk->size);
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql, walk->query, error, "iii", place->received_us, place->id, (gint64) PAGE_ITEMS);

  if (row == NULL)
    return NULL;
  g_array_set_clear_func (page, walk->clear);
  while (xs_sql_row_next (row, &ok, error))
    {
      g_array_set_size (page, page->len + 1);
      walk->read (row, page->data + (page->len - 1) * walk->size);
      *place = (Place){ xs_sql_row_int (row, walk->received_us), xs_sql_row_int (row, walk->received_us + 1) };
    }
  return ok ? g_steal_pointer (&page) : NULL;
}

gboolean
xs_storage_walk (XsPlatformStorage *storage, const XsStorageWalk *walk, XsStorageVisit visit, gpointer data,
                 GError **error)
{
  Place place = { G_MININT64, 0 };

  for (guint n = PAGE_ITEMS; n == PAGE_ITEMS;)
    {
      g_autoptr (GArray) page = read_page (storage, walk, &place, error);
      if (page == NULL)
        return FALSE;
      n = page->len;
      for (guint i = 0; i < n; i++)
        {
          if (!visit (page->data + i * walk->size, data, error))
            return FALSE;
        }
    }
  return TRUE;
}
