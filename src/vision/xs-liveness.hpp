/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/dnn.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

/** LivenessModel: tells a face from a print or a screen that shows one, by a small network. Advice, never proof. */
class LivenessModel
{
public:
  explicit LivenessModel (cv::dnn::Net network);

  /** logit: > 0 rather a face, < 0 rather a picture of one; of the frames of a run the mean says far more than one. */
  float logit (const cv::Mat &rgb, const Mesh &mesh);

private:
  cv::dnn::Net network;
};

} // namespace xs
