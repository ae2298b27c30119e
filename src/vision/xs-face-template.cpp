/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-template.hpp"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace xs {

static const int input_px = 112;
static const int n_anchors = 5;

/* Where eyes, nose and corners of the mouth lie in the pictures the network was trained on. */
static const cv::Point2f anchors[n_anchors] = {
  { 38.2946f, 51.6963f }, { 73.5318f, 51.5014f }, { 56.0252f, 71.7366f },
  { 41.5493f, 92.3655f }, { 70.7299f, 92.2041f },
};

FaceEmbedder::FaceEmbedder (cv::dnn::Net network_) : network (std::move (network_))
{
}

/*
 * The rotation, scaling and shift that brings @from nearest to @to. An affine map, which would also shear, fits the
 * points better and ruins the comparison.
 */
static cv::Matx23d
similarity (const cv::Point2f *from, const cv::Point2f *to, int n)
{
  cv::Point2d from_mean, to_mean;
  double spread = 0, along = 0, across = 0;

  for (int i = 0; i < n; i++)
    {
      from_mean += cv::Point2d (from[i]) / n;
      to_mean += cv::Point2d (to[i]) / n;
    }
  for (int i = 0; i < n; i++)
    {
      const cv::Point2d a = cv::Point2d (from[i]) - from_mean;
      const cv::Point2d b = cv::Point2d (to[i]) - to_mean;
      spread += a.dot (a);
      along += a.dot (b);
      across += a.cross (b);
    }
  along /= spread;
  across /= spread;
  return cv::Matx23d (along, -across, to_mean.x - along * from_mean.x + across * from_mean.y, //
                      across, along, to_mean.y - across * from_mean.x - along * from_mean.y);
}

cv::Mat
align_face (const cv::Mat &rgb, const Mesh &mesh)
{
  const cv::Point2f points[n_anchors] = { mesh.left_eye_in_picture (), mesh.right_eye_in_picture (), mesh.at (1),
                                          mesh.at (61), mesh.at (291) };
  cv::Mat aligned;

  cv::warpAffine (rgb, aligned, similarity (points, anchors, n_anchors), cv::Size (input_px, input_px));
  return aligned;
}

XsTemplate
FaceEmbedder::embed (const cv::Mat &rgb, const Mesh &mesh)
{
  XsTemplate result;

  /* The network wants blue first. */
  network.setInput (
    cv::dnn::blobFromImage (align_face (rgb, mesh), 1 / 128.0, cv::Size (), cv::Scalar::all (127), true));
  const cv::Mat output = network.forward ();
  CV_Assert (output.total () == XS_TEMPLATE_DIMENSIONS && output.type () == CV_32F);
  const float length = (float) cv::norm (output);
  CV_Assert (length > 0);
  const float *values = output.ptr<float> ();
  std::transform (values, values + XS_TEMPLATE_DIMENSIONS, result.values,
                  [length] (float value) { return value / length; });
  return result;
}

float
template_cosine (const XsTemplate &a, const XsTemplate &b)
{
  float sum = 0;
  for (int i = 0; i < XS_TEMPLATE_DIMENSIONS; i++)
    sum += a.values[i] * b.values[i];
  return std::clamp (sum, -1.f, 1.f);
}

} // namespace xs
