/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

#include "xs-review-client.h"

G_BEGIN_DECLS

/**
 * XsPhotoStore: photos that were looked at, and small pictures of them, for a while: the last ones in memory, more of
 * this sign-in on disk, locked with a key that is in this process's memory only. xs_photo_store_empty() at sign-out
 * removes both; what a crash leaves nobody can open, and the next start removes.
 *
 * Small pictures are made here, once for each photo: the platform opens no pictures, and knows of each that somebody
 * looked at, however small. What is asked for last is got first, a few at once, and what nobody waits for any more is
 * not asked for.
 *
 * Belongs to the main thread; files and decoding are done in others.
 */
#define XS_TYPE_PHOTO_STORE (xs_photo_store_get_type ())
G_DECLARE_FINAL_TYPE (XsPhotoStore, xs_photo_store, XS, PHOTO_STORE, GObject)

/* In memory: a dozen of the largest photos a kiosk takes, and some hundred small pictures. */
#define XS_PHOTO_STORE_MEMORY_BYTES (24 * 1024 * 1024)
#define XS_PHOTO_STORE_SMALL_BYTES (16 * 1024 * 1024)
/* On disk: some ten thousand photos. */
#define XS_PHOTO_STORE_DISK_BYTES ((gsize) 256 * 1024 * 1024)
/* Width of a small picture. */
#define XS_PHOTO_STORE_SMALL_PX 144

typedef enum {
  XS_PHOTO_WHOLE,
  XS_PHOTO_SMALL,
  XS_PHOTO_REGISTRATION, /* see xs_review_client_get_photo_async() */
} XsPhotoKind;

/** xs_photo_store_new: (transfer full). @dir: made when it is not there; what is in it is removed */
XsPhotoStore *xs_photo_store_new (XsReviewClient *client, const char *dir);
/** xs_photo_store_peek: (transfer none) (nullable): the photo, when it is in memory. */
GdkTexture *xs_photo_store_peek (XsPhotoStore *store, const char *sha256, XsPhotoKind kind);
/** xs_photo_store_get_async: asked for twice it is got once; when all who asked have cancelled, not at all. */
void xs_photo_store_get_async (XsPhotoStore *store, const char *sha256, XsPhotoKind kind, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
/**
 * xs_photo_store_get_finish: (transfer full)
 * @error: as of xs_review_client_get_photo_finish(); XS_ERROR_MEDIA when it cannot be decoded
 */
GdkTexture *xs_photo_store_get_finish (XsPhotoStore *store, GAsyncResult *result, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_photo_store_empty: forget all photos. */
void xs_photo_store_empty (XsPhotoStore *store);

G_END_DECLS
