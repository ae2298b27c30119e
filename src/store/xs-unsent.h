/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-outbox.h"

G_BEGIN_DECLS

/**
 * XsUnsent: what waited to be sent at one moment, or had been refused by the platform, to be carried there by hand. The
 * journal keeps all of it, and sends what waits itself when it can: the platform takes nothing twice.
 */
typedef struct _XsUnsent XsUnsent;

/** xs_unsent_list: (transfer full): on the journal's thread. @error: XS_ERROR_NOT_FOUND: not paired */
XsUnsent *xs_unsent_list (XsJournal *journal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_unsent_free (XsUnsent *unsent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsUnsent, xs_unsent_free)
guint xs_unsent_get_n_photos (const XsUnsent *unsent);
guint xs_unsent_get_n_logs (const XsUnsent *unsent);
/** xs_unsent_is_empty: whether nothing at all waits: no log, photo, appeal or decision on consent. */
gboolean xs_unsent_is_empty (const XsUnsent *unsent);

/**
 * xs_unsent_write: write it as a bundle (xs-wire-bundle.h) into a new folder in @dir, and read it back. On any thread;
 * blocks on the disk, which may be a slow stick.
 * @folder: (out) (transfer full): where it is
 * @error: XS_ERROR_NOT_FOUND when nothing waits or @dir is not there, XS_ERROR_NO_SPACE, XS_ERROR_IO, XS_ERROR_CORRUPT
 *   when what was written does not read back; XS_ERROR_CANCELLED
 */
gboolean xs_unsent_write (XsUnsent *unsent, const char *dir, GCancellable *cancellable, char **folder, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
