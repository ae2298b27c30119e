/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage-private.h"

G_BEGIN_DECLS

/** XsStorageItems: how the rows of a table are read in the order they came. */
typedef struct {
  const char *query; /* WHERE id > ? ORDER BY id LIMIT ? */
  int id;            /* the column it is in */
  gsize size;        /* of an item */
  void (*read) (XsSqlRow *row, gpointer item);
  GDestroyNotify clear; /* of what an item owns */
} XsStorageItems;

/**
 * XsStorageWalk: a way through all of them, a page at a time, so that no row is open while an item is looked at: the
 * storage may be called meanwhile.
 */
typedef struct {
  XsPlatformStorage *storage;
  const XsStorageItems *items;
  GArray *page; /* (nullable) */
  guint next;   /* of @page */
  gint64 id;    /* of the last item that was read */
} XsStorageWalk;

/** xs_storage_walk_init: begins before the first of @items, which is static. */
void xs_storage_walk_init (XsStorageWalk *walk, XsPlatformStorage *storage, const XsStorageItems *items);
void xs_storage_walk_clear (XsStorageWalk *walk);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsStorageWalk, xs_storage_walk_clear)
/**
 * xs_storage_walk_next: (transfer none) (nullable): the next item, until the next call.
 * @ok: (out): with NULL: TRUE behind the last, FALSE with @error set
 */
gconstpointer xs_storage_walk_next (XsStorageWalk *walk, gboolean *ok, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
