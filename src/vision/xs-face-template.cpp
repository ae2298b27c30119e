/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-template.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace xs {

static const int input_px = 112;
static const int n_anchors = 5;
/* Samples along each side of a pixel of the view, at most; that far a face may be larger than the view. */
static const int max_samples = 8;
/* What the mean of a face is brought to, the part of the view it is taken over, and how far a view may be bent. */
static const double even_mean = 120 / 255.0;
static const cv::Rect face_part (16, 20, 80, 80);
static const double min_gamma = 0.5, max_gamma = 2;

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

/*
 * A face larger than the view is sampled several times a pixel and averaged: one sample a pixel would turn pores and
 * sensor noise into features.
 */
cv::Mat
align_face (const cv::Mat &rgb, const Mesh &mesh)
{
  const cv::Point2f points[n_anchors] = { mesh.left_eye_in_picture (), mesh.right_eye_in_picture (), mesh.at (1),
                                          mesh.at (61), mesh.at (291) };
  cv::Matx23d to_view = similarity (points, anchors, n_anchors);
  const double scale = std::hypot (to_view (0, 0), to_view (1, 0));
  const int samples = std::clamp ((int) std::ceil (1 / scale - 0.25), 1, max_samples);
  cv::Mat fine, view;

  to_view = to_view * (double) samples;
  to_view (0, 2) += (samples - 1) / 2.0;
  to_view (1, 2) += (samples - 1) / 2.0;
  cv::warpAffine (rgb, fine, to_view, cv::Size (samples * input_px, samples * input_px));
  if (samples == 1)
    return fine;
  cv::resize (fine, view, cv::Size (input_px, input_px), 0, 0, cv::INTER_AREA);
  return view;
}

/*
 * Brighten a dark face and darken a pale one, by a gamma curve. To the network dark faces are alike: on pictures of
 * students at webcams this takes a sixth off the highest scores of different people and leaves those of the same.
 */
static void
even_light (cv::Mat &view)
{
  cv::Mat grey, curve (1, 256, CV_8U);

  cv::cvtColor (view (face_part), grey, cv::COLOR_RGB2GRAY);
  const double mean = std::clamp (cv::mean (grey)[0], 5.0, 250.0) / 255;
  const double gamma = std::clamp (std::log (even_mean) / std::log (mean), min_gamma, max_gamma);
  for (int i = 0; i < 256; i++)
    curve.at<uchar> (i) = cv::saturate_cast<uchar> (255 * std::pow (i / 255.0, gamma));
  cv::LUT (view, curve, view);
}

XsTemplate
FaceEmbedder::embed (const cv::Mat &rgb, const Mesh &mesh)
{
  cv::Mat view = align_face (rgb, mesh);
  XsTemplate result;

  even_light (view);
  /* The network wants blue first. */
  network.setInput (cv::dnn::blobFromImage (view, 1 / 128.0, cv::Size (), cv::Scalar::all (127), true));
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

float
xs_template_cosine (const XsTemplate *a, const XsTemplate *b)
{
  g_return_val_if_fail (a != nullptr && b != nullptr, NAN);

  return xs::template_cosine (*a, *b);
}
