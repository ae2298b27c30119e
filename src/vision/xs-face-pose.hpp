/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/dnn.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

/** PoseModel: a second opinion on how the head is turned, from the picture itself. About 17 ms. */
class PoseModel
{
public:
  explicit PoseModel (cv::dnn::Net network);

  /** look: what mesh and model say together, nearer the truth than either. */
  Pose look (const cv::Mat &rgb, const Mesh &mesh, const Pose &of_mesh);

private:
  cv::dnn::Net network;
};

} // namespace xs
