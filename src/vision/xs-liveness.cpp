/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-liveness.hpp"

namespace xs {

static const int input_px = 128;
/*
 * Side of the square the network sees, in sides of the mesh's box. With 1.5 prints and faces of one run of frames come
 * near each other; with 1.8 they are 10 apart. Beyond 2 what is behind the head begins to speak.
 */
static const float view_margin = 1.8f;

LivenessModel::LivenessModel (cv::dnn::Net network_) : network (std::move (network_))
{
}

float
LivenessModel::logit (const cv::Mat &rgb, const Mesh &mesh)
{
  /* The network wants blue first, from 0 to 255. */
  network.setInput (
    cv::dnn::blobFromImage (cut_square (rgb, mesh, view_margin, input_px), 1, cv::Size (), cv::Scalar (), true));
  const cv::Mat output = network.forward ();
  CV_Assert (output.total () >= 2 && output.type () == CV_32F);
  const float *values = output.ptr<float> ();
  return values[0] - values[1];
}

} // namespace xs
