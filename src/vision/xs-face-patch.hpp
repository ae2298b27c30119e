/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

using Landmarks = std::vector<int>;

/** Lab: lightness 0 … 100, a* and b* round 0. */
using Lab = cv::Vec3f;

/** FacePatch: the face and what is above it, scaled to eye_distance_px between the eyes, whatever its size before. */
class FacePatch
{
public:
  static constexpr float eye_distance_px = 64;

  /** FacePatch: not usable() for eyes nearer to each other than 20 px, or a face seen from the side. */
  FacePatch (const cv::Mat &picture, const Mesh &mesh);

  bool
  usable () const
  {
    return !rgb.empty ();
  }
  cv::Point2f
  at (int landmark) const
  {
    return points[landmark];
  }
  bool contains (cv::Point2f point) const;
  bool contains (const Landmarks &landmarks) const;

  /** mean: of the (2 @radius + 1)² pixels round a point or each landmark. */
  Lab mean (cv::Point2f point, int radius) const;
  Lab mean (const Landmarks &landmarks, int radius) const;
  /** median: of the means round the landmarks, each channel by itself. */
  Lab median (const Landmarks &landmarks, int radius) const;
  /** darkest: the least lightness of 3 × 3 pixels round a landmark. */
  float darkest (const Landmarks &landmarks) const;
  /** steepness: mean vertical change of lightness per pixel, over 5 × 5 pixels round each landmark. */
  float steepness (const Landmarks &landmarks) const;

  cv::Mat rgb;

private:
  cv::Mat lab; /* 8 bits, as OpenCV scales it */
  std::vector<cv::Point2f> points;
};

/** quantile: the value that @share of @values, of which there is at least one, lie below. */
float quantile (std::vector<float> values, double share);

/** median_of: each channel by itself. */
Lab median_of (const std::vector<Lab> &colours);

} // namespace xs
