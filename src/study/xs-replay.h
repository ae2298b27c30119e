/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-json.h"
#include "xs-policy.h"
#include "xs-vision.h"

G_BEGIN_DECLS

typedef struct {
  const char *camera_path; /* recording of the camera */
  const char *photo_path;  /* registration photo */
  const char *lesson_path; /* (nullable): the lesson that played; NULL: one that never ends */
  const char *photos_dir;  /* where the snapshots go, as files; made when needed */
  XsPolicy policy;
  gboolean real_time; /* keep to the recording's own pace instead of going as fast as possible */
} XsReplayOptions;

/**
 * xs_replay: one study session over recorded input, from the first frame to the last, with the same session object
 * as the live study. Blocks.
 * @error: XS_ERROR_NOT_FOUND, XS_ERROR_MEDIA, XS_ERROR_NO_FACE, XS_ERROR_MODEL naming the input that is wrong
 *
 * Returns: (transfer full): the report, as docs/testing.md describes it
 */
JsonObject *xs_replay (const XsReplayOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
