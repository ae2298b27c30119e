/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Photos of which only the beginning came, kept in the folder of uploads until the rest does. Belongs to one device
 * each: what another sends is never mixed in. Nothing here is promised: the hash of the whole tells at the end.
 */

/** What is shorter is sent again in less than it takes to ask. */
#define XS_PLATFORM_UPLOAD_MIN_BYTES (128 * 1024)
/** One device may leave so many behind; a further one takes the place of the oldest. */
#define XS_PLATFORM_UPLOADS_MAX 8
/** Nobody comes back for it after this long. */
#define XS_PLATFORM_UPLOAD_AGE_US G_TIME_SPAN_DAY

/** xs_platform_upload_find: how many bytes of @sha256 came from this device; 0 when none are here. */
guint64 xs_platform_upload_find (const char *folder, gint64 device_id, const char *sha256);
/**
 * xs_platform_upload_claim: (transfer full) (nullable): take what is here out of the reach of other requests; the path
 * of a file of exactly @size_bytes, or NULL.
 */
char *xs_platform_upload_claim (const char *folder, gint64 device_id, const char *sha256, guint64 size_bytes);
/** xs_platform_upload_keep: the file @path is what came of @sha256: keep it when it is worth it, else remove it. */
void xs_platform_upload_keep (const char *folder, gint64 device_id, const char *sha256, const char *path);
/** xs_platform_upload_forget: all of @sha256 is here: nobody comes back for its beginning. */
void xs_platform_upload_forget (const char *folder, gint64 device_id, const char *sha256);
/**
 * xs_platform_uploads_tidy: remove what is older than XS_PLATFORM_UPLOAD_AGE_US, and with @all_running what requests of
 * a dead server left. @error: XS_ERROR_IO
 */
gboolean xs_platform_uploads_tidy (const char *folder, gboolean all_running, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
