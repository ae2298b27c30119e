/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/core.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

/** FrameLight: the light of a whole frame, from a small copy of it. Luminance is linear, 0 … 1. */
class FrameLight
{
public:
  explicit FrameLight (const cv::Mat &rgb);

  /** mean: mean luminance. */
  float mean () const;
  /** detail: standard deviation of the grey levels as the eye sees them (not linear), 0 … 1. */
  float detail () const;
  /**
   * background: luminance that a quarter of the background exceeds: the windows and lamps in it.
   * @face: in pixels of the frame; some of what surrounds it is hair and shoulders and counts as face
   */
  float background (const cv::Rect2f &face) const;

private:
  cv::Mat luminance;
  float shrink;
  float grey_deviation;
};

struct FaceLight {
  float luminance; /* mean over the face, linear, 0 … 1 */
  float sharpness; /* re-blur ratio: about 0.2 sharp, below 0.1 blurred; independent of exposure */
};

/** measure_face: light and sharpness inside the outline of the face; NaN when it lies outside the picture. */
FaceLight measure_face (const cv::Mat &rgb, const Mesh &mesh);

} // namespace xs
