/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-ground.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "xs-face-patch.hpp"

namespace xs {

static const float nan_value = std::numeric_limits<float>::quiet_NaN ();
static const double smoothing_px = 0.8;
/* Width of the rim the ground is learnt from, as share of the picture's width. */
static const double rim_share = 0.035;
/* Colour distances: what JPEG and noise make of one colour, and the most a plain ground may differ from itself. */
static const float least_distance = 5, largest_distance = 12, plain_noise = 7;
/* A shadow is this much darker than its ground at most, and as smooth as that. */
static const float deepest_shadow = 40, smooth_gradient = 1.3f;
/* How far from the person ground is judged, as share of the picture's width: nearer, hair and JPEG mix in. */
static const double margin_share = 0.02;

cv::Mat
to_lab (const cv::Mat &rgb)
{
  cv::Mat unit, lab;
  rgb.convertTo (unit, CV_32FC3, 1 / 255.0);
  cv::cvtColor (unit, lab, cv::COLOR_RGB2Lab);
  return lab;
}

/* The rim of the picture above the shoulders. */
static std::vector<cv::Point>
rim_of (const cv::Size &size, float chin_y)
{
  const int width = std::max (2, cvRound (size.width * rim_share));
  const int lowest = std::clamp (cvRound (chin_y), size.height / 4, size.height);
  std::vector<cv::Point> rim;

  for (int y = 0; y < lowest; y++)
    for (int x = 0; x < size.width; x++)
      if (y < width || x < width || x >= size.width - width)
        rim.push_back (cv::Point (x, y));
  return rim;
}

/* A plane through each colour channel. */
struct ColourPlane {
  cv::Vec3f at_zero, per_x, per_y;
  float noise; /* of the rim about it: median distance */

  cv::Vec3f
  at (int x, int y) const
  {
    return at_zero + per_x * (float) x + per_y * (float) y;
  }
};

static ColourPlane
fit_plane (const cv::Mat &lab, const std::vector<cv::Point> &points)
{
  const int n = (int) points.size ();
  std::vector<float> channel (n), distances (n);
  ColourPlane plane = {};

  for (int c = 0; c < 3; c++)
    {
      for (int i = 0; i < n; i++)
        channel[i] = lab.at<cv::Vec3f> (points[i])[c];
      plane.at_zero[c] = quantile (channel, 0.5);
    }
  /* What touches the rim, such as long hair, is left out more strictly each time. */
  for (float allowed : { 25.f, 12.f, 8.f })
    {
      cv::Mat left (0, 3, CV_32F), right (0, 3, CV_32F), solution;
      for (int i = 0; i < n; i++)
        {
          const cv::Vec3f value = lab.at<cv::Vec3f> (points[i]);
          if (cv::norm (value - plane.at (points[i].x, points[i].y)) > allowed)
            continue;
          left.push_back (cv::Mat (cv::Matx13f (1, (float) points[i].x, (float) points[i].y)));
          right.push_back (cv::Mat (value.t ()));
        }
      if (left.rows < n / 3 || !cv::solve (left, right, solution, cv::DECOMP_SVD))
        break;
      plane.at_zero = solution.row (0).clone ().reshape (3).at<cv::Vec3f> (0);
      plane.per_x = solution.row (1).clone ().reshape (3).at<cv::Vec3f> (0);
      plane.per_y = solution.row (2).clone ().reshape (3).at<cv::Vec3f> (0);
    }
  for (int i = 0; i < n; i++)
    distances[i] = (float) cv::norm (lab.at<cv::Vec3f> (points[i]) - plane.at (points[i].x, points[i].y));
  plane.noise = quantile (distances, 0.8);
  return plane;
}

/* Pixels that may be ground: of its colour, or smoothly darkened and of its hue. */
static cv::Mat
find_candidates (const Ground &ground, const ColourPlane &plane, float lowest_shadow_y)
{
  const float limit = std::min (least_distance + plane.noise, largest_distance);
  cv::Mat lightness, dx, dy, gradient, candidates (ground.lab.size (), CV_8U, cv::Scalar (0));

  cv::extractChannel (ground.lab, lightness, 0);
  cv::GaussianBlur (lightness, lightness, cv::Size (), smoothing_px);
  cv::Sobel (lightness, dx, CV_32F, 1, 0, 3, 1 / 8.0);
  cv::Sobel (lightness, dy, CV_32F, 0, 1, 3, 1 / 8.0);
  cv::magnitude (dx, dy, gradient);
  for (int y = 0; y < candidates.rows; y++)
    {
      for (int x = 0; x < candidates.cols; x++)
        {
          const cv::Vec3f difference = ground.lab.at<cv::Vec3f> (y, x) - plane.at (x, y);
          const bool is_near = ground.distance.at<float> (y, x) <= limit;
          const bool is_shadow = y < lowest_shadow_y && gradient.at<float> (y, x) < smooth_gradient && difference[0] < 0
                                 && difference[0] > -deepest_shadow
                                 && std::hypot (difference[1], difference[2]) < limit;
          if (is_near || is_shadow)
            candidates.at<uchar> (y, x) = 255;
        }
    }
  return candidates;
}

/* The part of @candidates that reaches the rim above the shoulders. */
static cv::Mat
connected_to_rim (const cv::Mat &candidates, const std::vector<cv::Point> &rim)
{
  cv::Mat narrowed, labels, mask = cv::Mat::zeros (candidates.size (), CV_8U);
  /* A gap of a pixel in an edge is no door. */
  cv::erode (candidates, narrowed, cv::Mat (), cv::Point (-1, -1), 1, cv::BORDER_CONSTANT, cv::Scalar (255));
  const int n = cv::connectedComponents (narrowed, labels, 4);
  std::vector<int> votes (n, 0);
  std::vector<uchar> chosen (n, 0);

  for (const cv::Point &point : rim)
    votes[labels.at<int> (point)]++;
  for (int i = 1; i < n; i++)
    chosen[i] = votes[i] > (int) rim.size () / 100;
  for (int y = 0; y < mask.rows; y++)
    for (int x = 0; x < mask.cols; x++)
      mask.at<uchar> (y, x) = chosen[labels.at<int> (y, x)] ? 255 : 0;
  cv::dilate (mask, mask, cv::Mat ());
  cv::bitwise_and (mask, candidates, mask);
  return mask;
}

/* Drops islands: all that is not ground and not part of the person. */
static void
drop_islands (cv::Mat &mask, const Mesh &mesh)
{
  cv::Mat person = 255 - mask, labels;
  cv::fillConvexPoly (person, std::vector<cv::Point>{ mesh.at (10), mesh.at (454), mesh.at (152), mesh.at (234) }, 255);
  cv::morphologyEx (person, person, cv::MORPH_OPEN, cv::Mat ());
  cv::connectedComponents (person, labels, 8);
  const cv::Point nose = mesh.at (1);
  const int label = nose.inside (cv::Rect (0, 0, mask.cols, mask.rows)) ? labels.at<int> (nose) : 0;
  mask = labels != label;
}

/* Where the ground is not plain there is none to be measured inside: what reaches the rim is its measure. */
static cv::Mat
rim_mask (const cv::Size &size, const std::vector<cv::Point> &rim)
{
  cv::Mat mask = cv::Mat::zeros (size, CV_8U);
  for (const cv::Point &point : rim)
    mask.at<uchar> (point) = 255;
  return mask;
}

static void
judge_ground (Ground &ground, const std::vector<cv::Point> &rim, const Mesh &mesh)
{
  const int margin = std::max (2, cvRound (ground.mask.cols * margin_share));
  const float chin_y = mesh.at (152).y;
  cv::Mat away, smooth;
  std::vector<float> channels[3];

  if (ground.is_plain)
    cv::erode (ground.mask, away, cv::Mat (), cv::Point (-1, -1), margin, cv::BORDER_CONSTANT, cv::Scalar (255));
  else
    away = rim_mask (ground.mask.size (), rim);
  cv::blur (ground.lab, smooth, cv::Size (2 * margin - 1, 2 * margin - 1));
  for (int y = 0; y < std::min (away.rows, cvRound (chin_y)); y++)
    {
      for (int x = 0; x < away.cols; x++)
        {
          if (!away.at<uchar> (y, x))
            continue;
          const cv::Vec3f value = smooth.at<cv::Vec3f> (y, x);
          for (int c = 0; c < 3; c++)
            channels[c].push_back (value[c]);
        }
    }
  if (channels[0].size () < ground.mask.total () / 100)
    return;
  ground.lightness = quantile (channels[0], 0.5);
  ground.chroma = std::hypot (quantile (channels[1], 0.5), quantile (channels[2], 0.5));
  ground.spread = quantile (channels[0], 0.95) - quantile (channels[0], 0.05);
  ground.shadow = quantile (channels[0], 0.6) - quantile (channels[0], 0.02);
}

Ground
find_ground (const cv::Mat &rgb, const Mesh &mesh)
{
  Ground ground = { cv::Mat (), cv::Mat (), cv::Mat (), false, nan_value, nan_value, nan_value, nan_value };
  cv::GaussianBlur (to_lab (rgb), ground.lab, cv::Size (), smoothing_px);
  const std::vector<cv::Point> rim = rim_of (rgb.size (), mesh.at (152).y);
  const ColourPlane plane = fit_plane (ground.lab, rim);
  size_t on_rim = 0;

  ground.distance.create (rgb.size (), CV_32F);
  for (int y = 0; y < rgb.rows; y++)
    for (int x = 0; x < rgb.cols; x++)
      ground.distance.at<float> (y, x) = (float) cv::norm (ground.lab.at<cv::Vec3f> (y, x) - plane.at (x, y));
  ground.mask = connected_to_rim (find_candidates (ground, plane, mesh.at (152).y), rim);
  drop_islands (ground.mask, mesh);
  for (const cv::Point &point : rim)
    on_rim += ground.mask.at<uchar> (point) != 0;
  ground.is_plain = plane.noise < plain_noise && on_rim * 10 > rim.size () * 7;
  judge_ground (ground, rim, mesh);
  return ground;
}

} // namespace xs
