/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-pose.hpp"

#include <cmath>

namespace xs {

static const int input_px = 224;
/* Side of the square the network sees, in sides of the mesh's box; with others its errors triple. */
static const float view_margin = 1.2f;
/* Its answer for pitch: how likely each of these bins of three degrees is. */
static const char pitch_output[] = "617";
static const int n_bins = 66;
static const float bin_deg = 3;
static const float first_bin_deg = -99;
/* Share of the model in the pitch of both. Yaw and roll the mesh alone tells better. */
static const float model_share = 0.4f;

PoseModel::PoseModel (cv::dnn::Net network_) : network (std::move (network_))
{
}

static float
expected_angle (const float *logits)
{
  float most = logits[0], sum = 0, weighted = 0;
  for (int i = 1; i < n_bins; i++)
    most = std::max (most, logits[i]);
  for (int i = 0; i < n_bins; i++)
    {
      const float likelihood = std::exp (logits[i] - most);
      sum += likelihood;
      weighted += likelihood * i;
    }
  return weighted / sum * bin_deg + first_bin_deg;
}

Pose
PoseModel::look (const cv::Mat &rgb, const Mesh &mesh, const Pose &of_mesh)
{
  cv::Mat view;
  cut_square (rgb, mesh, view_margin, input_px).convertTo (view, CV_32FC3, 1 / 255.0);
  /* Mean and deviation of ImageNet's pictures. */
  view -= cv::Scalar (0.485, 0.456, 0.406);
  cv::multiply (view, cv::Scalar (1 / 0.229, 1 / 0.224, 1 / 0.225), view);
  network.setInput (cv::dnn::blobFromImage (view));
  const cv::Mat output = network.forward (pitch_output);
  CV_Assert (output.total () == n_bins && output.type () == CV_32F);

  Pose pose = of_mesh;
  pose.pitch_deg += model_share * (expected_angle (output.ptr<float> ()) - of_mesh.pitch_deg);
  return pose;
}

} // namespace xs
