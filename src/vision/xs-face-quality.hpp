/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/core.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

/** linear_luminance: of 8-bit sRGB, CV_32F, 0 … 1. */
cv::Mat linear_luminance (const cv::Mat &rgb);

/** FrameLight: the light of a whole frame, from a small copy of it. Luminance is linear, 0 … 1. */
class FrameLight
{
public:
  explicit FrameLight (const cv::Mat &rgb);

  /** mean: mean luminance. */
  float mean () const;
  /** detail: standard deviation of the grey levels as the eye sees them (not linear), 0 … 1. */
  float detail () const;
  /** backlight_ev: see XsObservation. @face: in pixels of the frame; @face_luminance: see FaceLight */
  float backlight_ev (const cv::Rect2f &face, float face_luminance) const;

private:
  /*
   * Luminance that a quarter of the background exceeds: the windows and lamps in it. Some of what surrounds @face is
   * hair and shoulders and counts as face.
   */
  float background (const cv::Rect2f &face) const;

  cv::Mat luminance;
  float shrink;
  float grey_deviation;
};

/** FaceLight: the measures of these names in XsObservation. */
struct FaceLight {
  float luminance;
  float under_exposure;
  float over_exposure;
  float balance_ev;
  float sharpness;
};

/** measure_face: light and sharpness inside the outline of the face; NaN where it lies outside the picture. */
FaceLight measure_face (const cv::Mat &rgb, const Mesh &mesh);

} // namespace xs
