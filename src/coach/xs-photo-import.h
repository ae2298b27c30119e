/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-photo-set.h"
#include "xs-review-client.h"

G_BEGIN_DECLS

/**
 * XsPhotoImport: brings the registration photos of a folder or an archive to the platform, one after the other, and
 * waits until the auditor has measured them. No picture is opened here. Once only.
 *
 * Signals: "changed": another file was read, or settled; "done": nothing more happens.
 */
#define XS_TYPE_PHOTO_IMPORT (xs_photo_import_get_type ())
G_DECLARE_FINAL_TYPE (XsPhotoImport, xs_photo_import, XS, PHOTO_IMPORT, GObject)

/** xs_photo_import_new: (transfer full) */
XsPhotoImport *xs_photo_import_new (XsReviewClient *client);
/** xs_photo_import_start: @path: of a folder, or of a zip or tar archive */
void xs_photo_import_start (XsPhotoImport *import, const char *path);
/** xs_photo_import_cancel: what is on the platform stays there. */
void xs_photo_import_cancel (XsPhotoImport *import);
/** xs_photo_import_get_set: (transfer none): what became of each file so far. */
const XsPhotoSet *xs_photo_import_get_set (XsPhotoImport *import);
/** xs_photo_import_get_trouble: (transfer none) (nullable): why it ended early, translated. */
const char *xs_photo_import_get_trouble (XsPhotoImport *import);

G_END_DECLS
