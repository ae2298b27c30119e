/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-motion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <opencv2/imgproc.hpp>

#include "xs-face-template.hpp"

namespace xs {

static const gint64 window_us = 4400 * 1000;
static const gint64 interval_us = 180 * 1000;
/* Neighbouring samples are averaged, so that the noise of sensor and landmarks counts for little. */
static const int smooth = 3;
static const double patch_blur_px = 2.5;
/* Forehead to chin of an aligned patch, without the ground beside the face. */
static const cv::Rect patch_inside (20, 25, 72, 80);

cv::Mat
aligned_patch (const cv::Mat &rgb, const Mesh &mesh)
{
  cv::Mat grey;
  cv::cvtColor (align_face (rgb, mesh), grey, cv::COLOR_RGB2GRAY);
  return grey;
}

/* Mean 0, deviation 1: neither the light nor the camera's gain is motion. */
static cv::Mat
normalised (const cv::Mat &patch)
{
  cv::Mat blurred, values;
  cv::Scalar mean, deviation;
  cv::GaussianBlur (patch, blurred, cv::Size (), patch_blur_px);
  blurred (patch_inside).convertTo (values, CV_32F);
  cv::meanStdDev (values, mean, deviation);
  return (values - mean[0]) / std::max (deviation[0], 1.0);
}

float
patch_likeness (const cv::Mat &a, const cv::Mat &b)
{
  return (float) cv::mean (normalised (a).mul (normalised (b)))[0];
}

void
FaceMotion::clear ()
{
  samples.clear ();
  moved = blinked = std::numeric_limits<float>::quiet_NaN ();
}

void
FaceMotion::add (const Mesh &mesh, const cv::Mat &patch, float eyes_open, gint64 time_us)
{
  if (!samples.empty () && time_us - samples.back ().time_us < interval_us)
    return;

  Sample sample = { time_us, cv::Mat (n_landmarks, 2, CV_64F), normalised (patch), eyes_open, mesh.eye_distance () };
  for (int i = 0; i < n_landmarks; i++)
    {
      sample.landmarks.at<double> (i, 0) = mesh.points[i].x;
      sample.landmarks.at<double> (i, 1) = mesh.points[i].y;
    }
  samples.push_back (sample);
  while (time_us - samples[0].time_us > window_us + interval_us)
    samples.pop_front ();
  measure ();
}

/* For each element its deviation over the series, after smoothing along it. */
static cv::Mat
deviation_over_time (const std::vector<cv::Mat> &series)
{
  const int n = (int) series.size () - smooth + 1;
  cv::Mat sum = cv::Mat::zeros (series[0].size (), CV_64F), squares = sum.clone ();

  for (int i = 0; i < n; i++)
    {
      cv::Mat mean = cv::Mat::zeros (series[0].size (), CV_64F), value;
      for (int k = 0; k < smooth; k++)
        {
          series[i + k].convertTo (value, CV_64F, 1.0 / smooth);
          mean += value;
        }
      sum += mean;
      squares += mean.mul (mean);
    }
  cv::Mat variance = squares / n - (sum / n).mul (sum / n), deviation;
  cv::sqrt (cv::max (variance, 0), deviation);
  return deviation;
}

/* The landmarks of each sample, laid onto those of the middle one by the affine map that fits best. */
static std::vector<cv::Mat>
lay_onto (const cv::Mat &middle, const std::vector<cv::Mat> &landmarks, double eye_distance)
{
  std::vector<cv::Mat> laid;
  for (const cv::Mat &points : landmarks)
    {
      cv::Mat homogeneous, map;
      cv::hconcat (points, cv::Mat::ones (points.rows, 1, CV_64F), homogeneous);
      cv::solve (homogeneous, middle, map, cv::DECOMP_NORMAL | cv::DECOMP_CHOLESKY);
      laid.push_back (homogeneous * map / eye_distance);
    }
  return laid;
}

void
FaceMotion::measure ()
{
  std::vector<cv::Mat> landmarks, patches;
  double eye_distance = 0;
  float least_open = 1, most_open = 0;

  moved = blinked = std::numeric_limits<float>::quiet_NaN ();
  if (samples.size () <= smooth || samples.back ().time_us - samples.front ().time_us < window_us - interval_us)
    return;
  for (const Sample &sample : samples)
    {
      landmarks.push_back (sample.landmarks);
      patches.push_back (sample.patch);
      eye_distance += sample.eye_distance / samples.size ();
      least_open = std::min (least_open, sample.eyes_open);
      most_open = std::max (most_open, sample.eyes_open);
    }

  const cv::Mat strayed = deviation_over_time (lay_onto (landmarks[landmarks.size () / 2], landmarks, eye_distance));
  cv::Mat length;
  cv::magnitude (strayed.col (0), strayed.col (1), length);
  moved = (float) std::sqrt (cv::mean (length)[0] * cv::mean (deviation_over_time (patches))[0]);
  blinked = std::max (0.f, most_open - least_open);
}

} // namespace xs
