/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-camera.h"
#include "xs-store.h"

G_BEGIN_DECLS

/** The journal's setting: an id of xs_camera_list(), or one of the recordings given at the start; none: any camera. */
#define XS_SETTING_CAMERA "camera"

/**
 * xs_chosen_camera_follow: as long as @camera lives: when it runs under an id of an earlier release, that is replaced
 * in the journal. What staff choose meanwhile stays.
 */
void xs_chosen_camera_follow (XsCamera *camera, XsStore *store);

G_END_DECLS
