/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage-private.h"

G_BEGIN_DECLS

/** XsStorageWalk: how the rows of a table are gone through in the order they came. */
typedef struct {
  const char *query; /* columns …, received_us, id; WHERE (received_us, id) > (?, ?) ORDER BY both LIMIT ? */
  int received_us;   /* column; the id is in the next */
  gsize size;        /* of an item */
  void (*read) (XsSqlRow *row, gpointer item);
  GDestroyNotify clear; /* of what an item owns */
} XsStorageWalk;

/** XsStorageVisit: FALSE with @error set ends the walk. */
typedef gboolean (*XsStorageVisit) (gconstpointer item, gpointer data, GError **error);

/** xs_storage_walk: a page at a time, so that nothing is held while items are looked at: @visit may call @storage. */
gboolean xs_storage_walk (XsPlatformStorage *storage, const XsStorageWalk *walk, XsStorageVisit visit, gpointer data,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
