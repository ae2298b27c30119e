/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"

G_BEGIN_DECLS

/** XsPlatformImport: what became of a bundle. */
typedef struct {
  guint photos_new, photos_known;
  guint logs_accepted, logs_known;
  guint others_accepted, others_known; /* appeals, and decisions about consent */
  GPtrArray *refused;                  /* (element-type utf8): which were not accepted, and why */
} XsPlatformImport;

void xs_platform_import_clear (XsPlatformImport *import);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsPlatformImport, xs_platform_import_clear)

/**
 * xs_platform_import: take what a kiosk exported, as if it had sent it: nothing is taken twice, and what arrives over
 * the network afterwards is known. The whole folder is checked before anything of it is taken.
 * @folder: of xs-wire-bundle.h
 * @import: (out): all zero or cleared by the caller
 * @error: as xs_wire_bundle_check(); XS_ERROR_UNAUTHORIZED when no device of this school in use has the key that signed
 *   it
 */
gboolean xs_platform_import (XsPlatformStorage *storage, const char *folder, XsPlatformImport *import, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
