/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-skin.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "xs-face-patch.hpp"
#include "xs-photo-ground.hpp"

namespace xs {

/* Eyes of photos for upload are this far apart; larger ones are made as small, smaller ones stay as they are. */
static const float least_eye_px = 40, largest_eye_px = 80, usual_eye_px = 70;
/* Room for the widest blur beside the face. */
static const int margin_px = 12;
static const size_t least_skin_px = 200;

static const std::vector<int> skin_regions[] = {
  { 117, 118, 101, 36, 205, 187, 123 },         /* cheek */
  { 346, 347, 330, 266, 425, 411, 352 },        /* cheek */
  { 109, 10, 338, 337, 9, 108 },                /* forehead */
  { 6, 196, 3, 51, 45, 4, 275, 281, 248, 419 }, /* nose */
};

/*
 * Logistic regression of smoothed against untouched on the logarithms of the median detail between each blur and the
 * next, from 150 people, each weighted alike; the people of the benchmark are none of them.
 */
static const int n_scales = 5;
static const double blurs_px[n_scales] = { 0.6, 1, 1.6, 2.5, 4 };
static const double weights[n_scales] = { 14.63, -14.03, -14.13, 5.33, 4.7 };
static const double offset = -16.34;
/* L*: less is nothing, and its logarithm must not be infinite. */
static const double least_detail = 0.02;

static cv::Mat
skin_mask (const cv::Size &size, const Mesh &mesh, cv::Point2f origin, float scale)
{
  cv::Mat mask = cv::Mat::zeros (size, CV_8U);

  for (const std::vector<int> &region : skin_regions)
    {
      std::vector<cv::Point> outline;
      for (int landmark : region)
        outline.push_back ((mesh.at (landmark) - origin) * scale);
      cv::fillPoly (mask, std::vector<std::vector<cv::Point>>{ outline }, cv::Scalar (255));
    }
  return mask;
}

static double
median_within (const cv::Mat &values, const cv::Mat &mask)
{
  std::vector<float> chosen;

  for (int y = 0; y < values.rows; y++)
    {
      for (int x = 0; x < values.cols; x++)
        {
          if (mask.at<uchar> (y, x))
            chosen.push_back (values.at<float> (y, x));
        }
    }
  return quantile (std::move (chosen), 0.5);
}

float
skin_naturalness (const cv::Mat &rgb, const Mesh &mesh)
{
  const float eyes = mesh.eye_distance (), scale = eyes > largest_eye_px ? usual_eye_px / eyes : 1;
  const int margin = cvCeil (margin_px / scale);
  const cv::Rect2f bounds = mesh.bounds ();
  const cv::Rect part = cv::Rect (cvFloor (bounds.x) - margin, cvFloor (bounds.y) - margin,
                                  cvCeil (bounds.width) + 2 * margin, cvCeil (bounds.height) + 2 * margin)
                        & cv::Rect (0, 0, rgb.cols, rgb.rows);
  cv::Mat face, lightness, sharper;
  double smoothed = offset;

  if (!(eyes >= least_eye_px) || part.empty ())
    return std::numeric_limits<float>::quiet_NaN ();
  face = rgb (part);
  if (scale < 1)
    cv::resize (face, face, cv::Size (), scale, scale, cv::INTER_AREA);
  const cv::Mat mask = skin_mask (face.size (), mesh, part.tl (), scale);
  if ((size_t) cv::countNonZero (mask) < least_skin_px)
    return std::numeric_limits<float>::quiet_NaN ();
  cv::extractChannel (to_lab (face), lightness, 0);
  sharper = lightness;
  for (int i = 0; i < n_scales; i++)
    {
      cv::Mat blurred;
      cv::GaussianBlur (lightness, blurred, cv::Size (), blurs_px[i]);
      smoothed += weights[i] * std::log (median_within (cv::abs (sharper - blurred), mask) + least_detail);
      sharper = blurred;
    }
  return (float) (1 / (1 + std::exp (smoothed)));
}

} // namespace xs
