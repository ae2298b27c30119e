/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-vision.h"

G_BEGIN_DECLS

/**
 * XsEnrolments: the templates of pictures and template files by path, each made once. Used by one thread.
 */
typedef struct _XsEnrolments XsEnrolments;

/** xs_enrolments_new: loads the face models. @error: XS_ERROR_MODEL */
XsEnrolments *xs_enrolments_new (GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_enrolments_free (XsEnrolments *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsEnrolments, xs_enrolments_free)

/**
 * xs_enrolments_get: (transfer none): the template of the one face in @path, valid as long as @self.
 * @path: a JPEG or PNG, or, when its name ends in .json, a template that “xueshi enrol” wrote
 * @error: why there is none, naming @path: XS_ERROR_NO_FACE, XS_ERROR_MEDIA, XS_ERROR_INVALID, XS_ERROR_NOT_FOUND …;
 *   the same at each call
 */
const XsTemplate *xs_enrolments_get (XsEnrolments *self, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
