/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace xs {

static const int small_width_px = 160;
/* Sharpness is judged at this distance between the eyes, whatever the size of the face in the frame. */
static const float patch_eye_distance_px = 64;
static const double reblur_sigma_px = 1.5;
/* Half a code value of luminance keeps a black face from being infinitely backlit. */
static const float darkest = 0.5f / 255 / 12.92f;
/* OFIQ's limits of luminance, and its cheek squares: this wide, in distances between the eyes. */
static const float under_exposed = 25 / 255.f;
static const float over_exposed = 247 / 255.f;
static const float cheek_side = 0.3f;
static const int left_cheek_in_picture = 50, right_cheek_in_picture = 280;
static const float background_margin = 1.4f;
static const double background_share = 0.75;

/* sRGB codes as linear light. */
static cv::Mat
make_linear_table ()
{
  cv::Mat table (1, 256, CV_32F);
  for (int i = 0; i < 256; i++)
    {
      const float v = i / 255.f;
      table.at<float> (i) = v <= 0.04045f ? v / 12.92f : std::pow ((v + 0.055f) / 1.055f, 2.4f);
    }
  return table;
}

cv::Mat
linear_luminance (const cv::Mat &rgb)
{
  static const cv::Mat table = make_linear_table ();
  cv::Mat linear, luminance;
  cv::LUT (rgb, table, linear);
  cv::transform (linear, luminance, cv::Matx13f (0.2126f, 0.7152f, 0.0722f));
  return luminance;
}

FrameLight::FrameLight (const cv::Mat &rgb) : shrink (std::min (1.f, (float) small_width_px / rgb.cols))
{
  cv::Mat small, grey;
  cv::Scalar grey_mean, deviation;

  cv::resize (rgb, small, cv::Size (cvRound (rgb.cols * shrink), std::max (1, cvRound (rgb.rows * shrink))), 0, 0,
              cv::INTER_AREA);
  luminance = linear_luminance (small);
  cv::cvtColor (small, grey, cv::COLOR_RGB2GRAY);
  cv::meanStdDev (grey, grey_mean, deviation);
  grey_deviation = (float) (deviation[0] / 255);
}

float
FrameLight::mean () const
{
  return (float) cv::mean (luminance)[0];
}

float
FrameLight::detail () const
{
  return grey_deviation;
}

float
FrameLight::background (const cv::Rect2f &face) const
{
  const cv::Size2f size (face.width * background_margin, face.height * background_margin);
  const cv::Point2f centre = (face.tl () + face.br ()) * 0.5f;
  const cv::Rect2f wide (centre.x - size.width / 2, centre.y - size.height / 2, size.width, size.height);
  std::vector<float> values;

  for (int y = 0; y < luminance.rows; y++)
    {
      for (int x = 0; x < luminance.cols; x++)
        {
          if (!wide.contains (cv::Point2f (x / shrink, y / shrink)))
            values.push_back (luminance.at<float> (y, x));
        }
    }
  if (values.empty ())
    return std::numeric_limits<float>::quiet_NaN ();
  auto at = values.begin () + (size_t) (background_share * (values.size () - 1));
  std::nth_element (values.begin (), at, values.end ());
  return *at;
}

float
FrameLight::backlight_ev (const cv::Rect2f &face, float face_luminance) const
{
  return std::log2 ((background (face) + darkest) / (face_luminance + darkest));
}

static double
mean_gradient (const cv::Mat &grey, const cv::Mat &mask)
{
  cv::Mat dx, dy, magnitude;
  cv::Sobel (grey, dx, CV_32F, 1, 0);
  cv::Sobel (grey, dy, CV_32F, 0, 1);
  cv::magnitude (dx, dy, magnitude);
  return cv::mean (magnitude, mask)[0];
}

/* Mean luminance of the cheek round @centre; NaN when it is not all inside. */
static double
cheek_luminance (const cv::Mat &luminance, cv::Point2f centre)
{
  const int side = cvRound (cheek_side * patch_eye_distance_px);
  const cv::Rect square (cvRound (centre.x) - side / 2, cvRound (centre.y) - side / 2, side, side);

  if ((square & cv::Rect (0, 0, luminance.cols, luminance.rows)) != square)
    return std::numeric_limits<double>::quiet_NaN ();
  return cv::mean (luminance (square))[0];
}

static double
share_of (const cv::Mat &mask, const cv::Mat &chosen)
{
  return (double) cv::countNonZero (mask & chosen) / cv::countNonZero (mask);
}

FaceLight
measure_face (const cv::Mat &rgb, const Mesh &mesh)
{
  const float unknown = std::numeric_limits<float>::quiet_NaN ();
  FaceLight light = { unknown, unknown, unknown, unknown, unknown };
  const cv::Rect2f bounds = mesh.bounds ();
  const cv::Rect inside = cv::Rect (bounds) & cv::Rect (0, 0, rgb.cols, rgb.rows);
  const float scale = patch_eye_distance_px / mesh.eye_distance ();
  const cv::Size size (cvRound (inside.width * scale), cvRound (inside.height * scale));
  /* A face seen from the side has its eyes close together: no use blowing it up. */
  const int largest_px = cvCeil (patch_eye_distance_px * 6);

  if (size.width < 8 || size.height < 8 || size.width > largest_px || size.height > largest_px)
    return light;

  cv::Mat patch, grey, blurred;
  cv::resize (rgb (inside), patch, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);

  std::vector<cv::Point> outline;
  for (const cv::Point2f &point : mesh.outline ())
    outline.push_back (cv::Point ((point - cv::Point2f (inside.tl ())) * scale));
  cv::Mat mask = cv::Mat::zeros (size, CV_8U);
  cv::fillPoly (mask, std::vector<std::vector<cv::Point>>{ outline }, cv::Scalar (255));
  if (cv::countNonZero (mask) == 0)
    return light;

  const cv::Mat luminance = linear_luminance (patch);
  auto cheek = [&] (int landmark) {
    return cheek_luminance (luminance, (mesh.at (landmark) - cv::Point2f (inside.tl ())) * scale) + darkest;
  };
  light.luminance = (float) cv::mean (luminance, mask)[0];
  light.under_exposure = (float) share_of (mask, luminance <= under_exposed);
  light.over_exposure = (float) share_of (mask, luminance >= over_exposed);
  light.balance_ev = (float) std::log2 (cheek (left_cheek_in_picture) / cheek (right_cheek_in_picture));

  cv::cvtColor (patch, grey, cv::COLOR_RGB2GRAY);
  grey.convertTo (grey, CV_32F);
  cv::GaussianBlur (grey, blurred, cv::Size (), reblur_sigma_px);
  const double sharp = mean_gradient (grey, mask);
  if (sharp > 0)
    light.sharpness = (float) (1 - mean_gradient (blurred, mask) / sharp);
  return light;
}

} // namespace xs
