/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-vision.h"

G_BEGIN_DECLS

/*
 * A template that leaves the program: in a file, or sealed in the kiosk's journal. Values of two models, or of two ways
 * to cut out the face, compare to nothing meaningful, so the document says what made them. JSON, about 7 kB:
 *
 *   {
 *     "format": "xueshi-face-template", "version": 1,
 *     "model": "fr_feature.onnx", "model_sha256": 64 hexadecimal digits, "recipe": 2,
 *     "dimensions": 512, "values": [512 numbers that make a vector of length 1]
 *   }
 */

/** XS_TEMPLATE_FILE_MAX_BYTES: more is no template. */
#define XS_TEMPLATE_FILE_MAX_BYTES (64 * 1024)

/** xs_template_to_bytes: (transfer full): the document; the values come back exactly. */
GBytes *xs_template_to_bytes (const XsTemplate *self);

/**
 * xs_template_from_bytes: read a document that xs_template_to_bytes() made. No member may be missing or unknown.
 * @out: written only on success
 * @error: XS_ERROR_INVALID: not such a document, or of another model or recipe: enrol again; XS_ERROR_TOO_NEW
 */
gboolean xs_template_from_bytes (GBytes *bytes, XsTemplate *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_template_save: xs_template_to_bytes() into the file @path, mode 0600.
 * @error: XS_ERROR_NO_SPACE, XS_ERROR_IO
 */
gboolean xs_template_save (const XsTemplate *self, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_template_load: xs_template_from_bytes() of the file @path; errors name it.
 * @error: also XS_ERROR_NOT_FOUND, XS_ERROR_IO
 */
gboolean xs_template_load (const char *path, XsTemplate *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
