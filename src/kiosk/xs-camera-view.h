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

/** XsCameraTarget: what is asked to be held into a frame in the middle, instead of a frame that follows the face. */
typedef enum {
  XS_CAMERA_TARGET_NONE,
  XS_CAMERA_TARGET_FACE, /* an oval: an outline with words, filled, and with others, while all is well */
  XS_CAMERA_TARGET_CARD, /* a square */
} XsCameraTarget;

/** xs_camera_view_set_target: none at first. */
void xs_camera_view_set_target (XsCameraView *self, XsCameraTarget target);
/** xs_camera_view_set_camera: whose preview to show; once. */
void xs_camera_view_set_camera (XsCameraView *self, XsCamera *camera);
/** xs_camera_view_update: where the face is, and whether all is well with it. */
void xs_camera_view_update (XsCameraView *self, const XsStudyStatus *status);

G_END_DECLS
