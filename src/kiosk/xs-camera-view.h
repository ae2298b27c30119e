/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-study.h"

G_BEGIN_DECLS

/**
 * XsCameraView: the mirrored preview, with a frame round the face: whole when all is well, else broken. Who is asked to
 * turn the head sees a large arrow on the side to turn to, and a tick there once it is done.
 */
#define XS_TYPE_CAMERA_VIEW (xs_camera_view_get_type ())
G_DECLARE_FINAL_TYPE (XsCameraView, xs_camera_view, XS, CAMERA_VIEW, GtkWidget)

/** xs_camera_view_set_camera: whose preview to show; once. */
void xs_camera_view_set_camera (XsCameraView *self, XsCamera *camera);
/** xs_camera_view_update: where the face is, and whether all is well with it. */
void xs_camera_view_update (XsCameraView *self, const XsStudyStatus *status);

G_END_DECLS
