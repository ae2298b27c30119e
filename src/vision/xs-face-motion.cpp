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
/*
 * On a slow PC fewer frames are looked at: then the window is as long as so many samples take. Fewer, averaged over
 * neighbours that lie a second apart, show so little of a living face that it is taken for a picture.
 */
static const size_t min_samples = 20;
/* Neighbouring samples are averaged, so that the noise of sensor and landmarks counts for little. */
static const int smooth = 3;
static const double patch_blur_px = 2.5;
/* Forehead to chin of an aligned patch, without the ground beside the face. */
static const cv::Rect patch_inside (20, 25, 72, 80);

/* Patches are laid onto each other at half their size: blurred, they hold no more. */
static const cv::Rect half_inside (10, 12, 36, 40);
static const int max_steps = 8;
/* Steps that move no point of the patch by more than about a fiftieth of a pixel end the search. */
static const double least_step = 0.001;

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

static cv::Mat
half_patch (const cv::Mat &patch)
{
  cv::Mat blurred, half, values;
  cv::GaussianBlur (patch, blurred, cv::Size (), patch_blur_px);
  cv::resize (blurred, half, cv::Size (), 0.5, 0.5, cv::INTER_AREA);
  half.convertTo (values, CV_32F);
  return values;
}

/* Where the pixel (@x, @y) of half_inside is, in a square from -1 to 1: numbers of one size solve well. */
static cv::Vec3d
place_in_square (int x, int y)
{
  return cv::Vec3d (2 * (x + 0.5) / half_inside.width - 1, 2 * (y + 0.5) / half_inside.height - 1, 1);
}

/* What half_inside of @half shows after @map (of that square), one row, mean 0, deviation 1. */
static cv::Mat
look_through (const cv::Mat &half, const cv::Matx33d &map)
{
  cv::Mat seen (1, half_inside.area (), CV_32F);
  float *values = seen.ptr<float> ();
  cv::Scalar mean, deviation;

  for (int y = 0; y < half_inside.height; y++)
    {
      for (int x = 0; x < half_inside.width; x++)
        {
          const cv::Vec3d place = map * place_in_square (x, y);
          /* No picture is seen from behind. */
          const double depth = std::max (place[2], 0.1);
          const double in_x = ((place[0] / depth + 1) * half_inside.width - 1) / 2 + half_inside.x;
          const double in_y = ((place[1] / depth + 1) * half_inside.height - 1) / 2 + half_inside.y;
          const double at_x = std::clamp (in_x, 0.0, half.cols - 1.001);
          const double at_y = std::clamp (in_y, 0.0, half.rows - 1.001);
          const int x0 = (int) at_x, y0 = (int) at_y;
          const double u = at_x - x0, v = at_y - y0;
          const float *row = half.ptr<float> (y0) + x0, *next = half.ptr<float> (y0 + 1) + x0;
          *values++ = (float) ((1 - v) * ((1 - u) * row[0] + u * row[1]) + v * ((1 - u) * next[0] + u * next[1]));
        }
    }
  cv::meanStdDev (seen, mean, deviation);
  return (seen - mean[0]) / std::max (deviation[0], 1.0);
}

FlatFit::FlatFit (const cv::Mat &half)
    : target (look_through (half, cv::Matx33d::eye ())), slopes (half_inside.area (), 8, CV_32F)
{
  const cv::Mat picture = target.reshape (1, half_inside.height);

  for (int y = 0; y < half_inside.height; y++)
    {
      for (int x = 0; x < half_inside.width; x++)
        {
          const int left = std::max (x - 1, 0), right = std::min (x + 1, half_inside.width - 1);
          const int above = std::max (y - 1, 0), below = std::min (y + 1, half_inside.height - 1);
          const cv::Vec3d place = place_in_square (x, y);
          const double sx =
            (picture.at<float> (y, right) - picture.at<float> (y, left)) / (right - left) * half_inside.width / 2;
          const double sy =
            (picture.at<float> (below, x) - picture.at<float> (above, x)) / (below - above) * half_inside.height / 2;
          const double bend = -(sx * place[0] + sy * place[1]);
          float *slope = slopes.ptr<float> (y * half_inside.width + x);
          for (int i = 0; i < 3; i++)
            {
              slope[i] = (float) (sx * place[i]);
              slope[3 + i] = (float) (sy * place[i]);
            }
          slope[6] = (float) (bend * place[0]);
          slope[7] = (float) (bend * place[1]);
        }
    }
  cv::invert (slopes.t () * slopes, solver, cv::DECOMP_SVD);
  solver = solver * slopes.t ();
}

cv::Mat
FlatFit::lay (const cv::Mat &half) const
{
  cv::Matx33d map = cv::Matx33d::eye ();
  cv::Mat best = look_through (half, map);
  double least = cv::norm (best, target);

  for (int step = 0; step < max_steps; step++)
    {
      const cv::Mat difference = look_through (half, map) - target;
      const cv::Mat change = solver * difference.t ();
      const float *p = change.ptr<float> ();
      const cv::Matx33d moved (1 + p[0], p[1], p[2], p[3], 1 + p[4], p[5], p[6], p[7], 1);
      map = map * moved.inv ();
      const cv::Mat laid = look_through (half, map);
      const double distance = cv::norm (laid, target);
      if (!(distance < least))
        break;
      least = distance;
      best = laid;
      if (cv::norm (change, cv::NORM_INF) < least_step)
        break;
    }
  return best;
}

void
FaceMotion::clear ()
{
  samples.clear ();
  flat_fit.reset ();
  moved = blinked = std::numeric_limits<float>::quiet_NaN ();
}

void
FaceMotion::add (const Mesh &mesh, const cv::Mat &patch, float eyes_open, gint64 time_us)
{
  if (!samples.empty () && time_us - samples.back ().time_us < interval_us)
    return;

  Sample sample = {
    time_us, cv::Mat (n_landmarks, 2, CV_64F), half_patch (patch), cv::Mat (), eyes_open, mesh.eye_distance ()
  };
  for (int i = 0; i < n_landmarks; i++)
    {
      sample.landmarks.at<double> (i, 0) = mesh.points[i].x;
      sample.landmarks.at<double> (i, 1) = mesh.points[i].y;
    }
  if (flat_fit)
    sample.laid = flat_fit->lay (sample.half);
  samples.push_back (sample);
  while (samples.size () > min_samples && time_us - samples[0].time_us > window_us + interval_us)
    samples.pop_front ();
  /* One of the samples themselves, so that the rest is no older or younger than they are. */
  if (!flat_fit || fitted_to_us < samples[0].time_us)
    {
      const Sample &middle = samples[samples.size () / 2];
      flat_fit = FlatFit (middle.half);
      fitted_to_us = middle.time_us;
      for (Sample &one : samples)
        one.laid = flat_fit->lay (one.half);
    }
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
  if (samples.size () < min_samples || samples.back ().time_us - samples.front ().time_us < window_us - interval_us)
    return;
  for (const Sample &sample : samples)
    {
      landmarks.push_back (sample.landmarks);
      patches.push_back (sample.laid);
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
