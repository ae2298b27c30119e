/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

#include "xs-review-client.h"

G_BEGIN_DECLS

/**
 * XsPhotoStore: photos that were looked at, for a while: the last ones in memory, up to XS_PHOTO_STORE_MEMORY_BYTES,
 * all of this sign-in on disk, locked with a key that is in this process's memory only. xs_photo_store_empty() at
 * sign-out removes both; what a crash leaves nobody can open, and the next start removes.
 *
 * Belongs to the main thread; files and decoding are done in others.
 */
#define XS_TYPE_PHOTO_STORE (xs_photo_store_get_type ())
G_DECLARE_FINAL_TYPE (XsPhotoStore, xs_photo_store, XS, PHOTO_STORE, GObject)

#define XS_PHOTO_STORE_MEMORY_BYTES (64 * 1024 * 1024)

/** xs_photo_store_new: (transfer full). @dir: made when it is not there; what is in it is removed */
XsPhotoStore *xs_photo_store_new (XsReviewClient *client, const char *dir);
/** xs_photo_store_peek: (transfer none) (nullable): the photo, when it is in memory. */
GdkTexture *xs_photo_store_peek (XsPhotoStore *store, const char *sha256);
/** xs_photo_store_get_async: @registration: see xs_review_client_get_photo_async(). Asked for twice it is got once. */
void xs_photo_store_get_async (XsPhotoStore *store, const char *sha256, gboolean registration,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/**
 * xs_photo_store_get_finish: (transfer full)
 * @error: as of xs_review_client_get_photo_finish(); XS_ERROR_MEDIA when it cannot be decoded
 */
GdkTexture *xs_photo_store_get_finish (XsPhotoStore *store, GAsyncResult *result, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_photo_store_empty: forget all photos. */
void xs_photo_store_empty (XsPhotoStore *store);

G_END_DECLS
