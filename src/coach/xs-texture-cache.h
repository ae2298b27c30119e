/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/** XsTextureCache: pictures by name, the last used ones up to so many bytes. Belongs to one thread; each call O(1). */
typedef struct _XsTextureCache XsTextureCache;

/** xs_texture_cache_new: (transfer full). A single picture is kept however large it is. */
XsTextureCache *xs_texture_cache_new (gsize max_bytes);
void xs_texture_cache_free (XsTextureCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsTextureCache, xs_texture_cache_free)

/** xs_texture_cache_put: what bears the name already stays. */
void xs_texture_cache_put (XsTextureCache *cache, const char *name, GdkTexture *texture);
/** xs_texture_cache_get: (transfer none) (nullable): the picture, which then was the last used. */
GdkTexture *xs_texture_cache_get (XsTextureCache *cache, const char *name);
/** xs_texture_cache_get_bytes: that all pictures take. */
gsize xs_texture_cache_get_bytes (const XsTextureCache *cache);
void xs_texture_cache_empty (XsTextureCache *cache);

G_END_DECLS
