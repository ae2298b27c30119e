/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/core.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

/**
 * Gaze: where the eyes point in the head, in degrees, signed as in Pose: yaw towards the left of the picture, pitch
 * upwards. For the direction as seen by the camera add the pose of the head. Yaw is good for telling "ahead" from
 * "well to one side", pitch hardly for more than "far down".
 */
struct Gaze {
  float yaw_deg;
  float pitch_deg;
};

/**
 * measure_gaze: from the place of the iris between the corners of the eye, averaged over the eyes that can be read.
 * NaN when neither can: nearly closed, less than 14 px wide, outside the picture, or covered by glare.
 * The mesh seldom follows lids that shut: closed eyes mostly read as looking down, so heed a measure of closed eyes
 * first.
 * @rgb: 8-bit RGB
 */
Gaze measure_gaze (const cv::Mat &rgb, const Mesh &mesh);

} // namespace xs
