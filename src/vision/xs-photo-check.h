/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-photo-report.h"
#include "xs-photo-rules.h"
#include "xs-vision.h"

G_BEGIN_DECLS

/**
 * xs_photo_check: measure a registration photo and judge it by @rules.
 * @file_bytes: length of the JPEG file that is to be uploaded; 0: no file is, and its size and pixels are not judged
 * @error: XS_ERROR_INVALID for a picture below 48 px, XS_ERROR_FAILED with OpenCV's message
 *
 * Forgets whom @vision follows. A photo without a face, or with several, is judged: it fails. About 100 ms.
 */
gboolean xs_photo_check (XsVision *vision, const XsFrame *photo, const XsPhotoRules *rules, gsize file_bytes,
                         XsPhotoReport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_photo_draw: (transfer full): @photo enlarged, with the measures on it: crown, chin, eyes and sides of the head in
 * green, red or (cannot tell) orange; bands where the limits want them; the ground that fails in red. Beside it one
 * line an item: nick, value, limits. Only ASCII: the reader's language is in xs_photo_item_remedy().
 * @report: of xs_photo_check() for this very photo and @rules
 * @error: as xs_photo_check()
 */
XsFrame *xs_photo_draw (XsVision *vision, const XsFrame *photo, const XsPhotoRules *rules, const XsPhotoReport *report,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
