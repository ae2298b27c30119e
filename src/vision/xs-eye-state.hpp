/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/dnn.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

/** EyesClosed: how likely each eye is shut, 0 … 1; NaN for an eye that lies outside the picture. */
struct EyesClosed {
  float left_in_picture;
  float right_in_picture;

  /**
   * mean: of both eyes: above 0.5 they are shut. By one eye alone or by "both", more of the shut are missed or more
   * of the open are taken for shut.
   */
  float
  mean () const
  {
    return (left_in_picture + right_in_picture) / 2;
  }
};

/**
 * EyeState: tells shut eyes from open ones, by a small network that looks at each eye in grey, as it is and with its
 * contrast stretched: in dim faces the first takes open eyes for shut, the second errs elsewhere. An eye is as likely
 * shut as the less certain of the two says.
 */
class EyeState
{
public:
  explicit EyeState (cv::dnn::Net network);

  EyesClosed look (const cv::Mat &rgb, const Mesh &mesh);

private:
  float closed (const cv::Mat &rgb, cv::Point2f corner, cv::Point2f other_corner);
  float likelihood (const cv::Mat &view);

  cv::dnn::Net network;
};

} // namespace xs
